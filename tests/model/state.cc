#include "tests/model/state.h"

#include <algorithm>
#include <variant>

namespace tenon::model {

Key KeyOf(const Row& row, const std::vector<size_t>& columns) {
  Key key;
  for (const size_t column : columns) key.push_back(row.cells[column]);
  return key;
}

bool HasKey(const Row& row, const std::vector<size_t>& columns, const Key& key) {
  for (size_t i = 0; i < key.size(); ++i) {
    if (row.cells[columns[i]] != key[i]) return false;
  }
  return true;
}

bool HasNull(const Key& key) { return std::any_of(key.begin(), key.end(), IsNull); }

std::vector<RowId> RowsOf(const State& state, size_t table) {
  std::vector<RowId> ids;
  for (const auto& [id, row] : state.rows) {
    if (row.table == table) ids.push_back(id);
  }
  return ids;
}

bool IsLive(const State& state, size_t table, RowId id) {
  const auto found = state.rows.find(id);
  return found != state.rows.end() && found->second.table == table;
}

RowId Holder(const State& state, size_t table, const std::vector<size_t>& columns, const Key& key) {
  if (HasNull(key)) return 0;
  for (const auto& [id, row] : state.rows) {
    if (row.table == table && HasKey(row, columns, key)) return id;
  }
  return 0;
}

RowId TargetByValue(const State& state, const Edge& edge, RowId child) {
  return Holder(state, edge.target, edge.target_key, KeyOf(state.rows.at(child), edge.foreign_key));
}

bool Dangles(const State& state, const Edge& edge, RowId child) {
  return !HasNull(KeyOf(state.rows.at(child), edge.foreign_key)) && TargetByValue(state, edge, child) == 0;
}

void Put(const Schema& schema, State& state, RowId id, size_t column, const Cell& value) {
  Row& row = state.rows.at(id);
  row.cells[column] = value;
  if (!schema.tables[row.table].columns[column].auto_increment || IsNull(value)) return;
  int64_t& counter = state.counters[row.table];
  counter = std::max(counter, std::get<int64_t>(value));
}

}  // namespace tenon::model
