#include "tests/query/data.h"

namespace tenon::query {
namespace {

bool BelongTogether(const Edge& edge, const Cells& child, const Cells& target) {
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const Value& cell = child[edge.foreign_key[i]];
    if (cell.is_null() || !(cell == target[edge.target_key[i]])) return false;
  }
  return true;
}

}  // namespace

Data Copy(const Schema& schema, Database& db) {
  Data data{.schema = schema};
  for (const TableDef& def : schema.tables) {
    const Table<> table = db.GetTable(def.name);
    std::vector<StoredRow>& rows = data.rows.emplace_back();
    for (const Ref<> ref : table) rows.push_back({ref, table.Get(ref).value()});
    data.gone.emplace_back();
  }
  for (const Edge& edge : schema.edges) {
    const std::vector<StoredRow>& children = data.rows[edge.child];
    const std::vector<StoredRow>& targets = data.rows[edge.target];
    std::vector<size_t>& target_of = data.targets.emplace_back(children.size(), kNobody);
    auto& children_of = data.children.emplace_back(targets.size());
    for (size_t child = 0; child < children.size(); ++child) {
      for (size_t target = 0; target < targets.size(); ++target) {
        if (!BelongTogether(edge, children[child].cells, targets[target].cells)) continue;
        target_of[child] = target;
        children_of[target].push_back(child);
      }
    }
  }
  return data;
}

}  // namespace tenon::query
