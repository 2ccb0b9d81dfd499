#include "tests/model/meanings.h"

namespace tenon::model {

Meanings::Meanings(const Schema& schema, const State& state) {
  for (size_t e = 0; e < schema.edges.size(); ++e) {
    const Edge& edge = schema.edges[e];
    for (const RowId child : RowsOf(state, edge.child)) Set(e, child, TargetByValue(state, edge, child));
  }
}

std::vector<RowId> Meanings::ChildrenOf(size_t edge, RowId target) const {
  std::vector<RowId> children;
  for (const auto& [edge_and_child, meant] : targets_) {
    if (edge_and_child.first == edge && meant == target) children.push_back(edge_and_child.second);
  }
  return children;
}

void Meanings::Set(size_t edge, RowId child, RowId target) {
  targets_.erase({edge, child});
  if (target != 0) targets_[{edge, child}] = target;
}

}  // namespace tenon::model
