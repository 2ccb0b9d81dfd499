// What random queries are asked of: tables and edges by their places in lists, and plain copies of the rows.
#ifndef TENON_TESTS_QUERY_DATA_H_
#define TENON_TESTS_QUERY_DATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tenon/tenon.h"

namespace tenon::query {

inline constexpr size_t kNobody = SIZE_MAX;

// A belongsTo, its columns by their places.
struct Edge {
  size_t child = 0;
  std::vector<size_t> foreign_key = {};
  size_t target = 0;
  std::vector<size_t> target_key = {};
  std::string association = {};
  std::string inverse = {};
  bool one = false;
};

struct Schema {
  std::vector<TableDef> tables = {};  // nothing of them is left to be filled in
  // How many values each column takes: so many keys, or, of 0, the few that are odd for its type.
  std::vector<std::vector<size_t>> spread = {};
  bool nan = false;  // cells and constants may be NaN
  std::vector<Edge> edges = {};
};

using Cells = std::vector<Value>;
struct StoredRow {
  Ref<> ref = {};
  Cells cells = {};
  friend bool operator==(const StoredRow&, const StoredRow&) = default;
};

// The rows of each table in slot order, and who belongs to whom, told by the cells alone.
struct Data {
  Schema schema = {};
  std::vector<std::vector<StoredRow>> rows = {};
  std::vector<RefList<>> gone = {};               // of each table, rows that were erased
  std::vector<std::vector<size_t>> targets = {};  // by edge and child: the place of its target, or kNobody
  std::vector<std::vector<std::vector<size_t>>> children = {};  // by edge and target: their places
};

// Requires: a database of this schema.
Data Copy(const Schema& schema, Database& db);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_DATA_H_
