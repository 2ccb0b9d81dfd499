// The content of the store: a map of rows, and what is found by walking over all of them.
#ifndef TENON_TESTS_MODEL_STATE_H_
#define TENON_TESTS_MODEL_STATE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "tests/model/cell.h"
#include "tests/model/schema.h"
#include "tests/model/statement.h"

namespace tenon::model {

struct Row {
  size_t table = 0;
  std::vector<Cell> cells = {};
  friend bool operator==(const Row&, const Row&) = default;
};

struct State {
  std::map<RowId, Row> rows = {};
  std::vector<int64_t> counters = {};  // by table: the greatest number its auto-increment column ever held
};

Key KeyOf(const Row& row, const std::vector<size_t>& columns);
bool HasKey(const Row& row, const std::vector<size_t>& columns, const Key& key);
bool HasNull(const Key& key);

std::vector<RowId> RowsOf(const State& state, size_t table);
bool IsLive(const State& state, size_t table, RowId id);
// The row whose cells in `columns` are `key`; 0 when there is none. NULL equals nothing.
RowId Holder(const State& state, size_t table, const std::vector<size_t>& columns, const Key& key);
RowId TargetByValue(const State& state, const Edge& edge, RowId child);
// Whether the foreign key leads nowhere.
bool Dangles(const State& state, const Edge& edge, RowId child);

// Writes a cell. A number larger than all before raises the counter.
void Put(const Schema& schema, State& state, RowId id, size_t column, const Cell& value);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_STATE_H_
