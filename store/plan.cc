#include "store/plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon::internal {
namespace {

using Node = Condition::Node;
using Relation = Condition::Relation;
using Op = Condition::Op;

// Rows found by way of others are sorted afterwards: worth it where they are this many times fewer than by a walk.
constexpr size_t kSortCost = 4;

// The constants that these columns must be equal to; empty where one of them may differ.
std::vector<Cell> ConstantsOf(const std::vector<const Node*>& conjuncts, absl::Span<const uint32_t> columns) {
  std::vector<Cell> cells;
  for (const uint32_t column : columns) {
    for (const Node* node : conjuncts) {
      if (node->op != Op::kEqual || node->column != column || node->constant.is_null()) continue;
      cells.push_back(node->constant);
      break;
    }
  }
  if (cells.size() != columns.size()) cells.clear();
  return cells;
}

// Of a target, on the average; rounded up.
size_t ChildrenOfOne(const Edge& edge) {
  const size_t targets = std::max<size_t>(1, edge.target_rows->size());
  return (edge.child_rows->size() + targets - 1) / targets;
}

void AppendChildren(const Edge& edge, Slot target, std::vector<Slot>* slots) {
  edge.EachChild(target, [&](Slot child) {
    slots->push_back(child);
    return true;
  });
}

}  // namespace

Plan::Plan(Condition* condition) : condition_(condition), candidate_count_(condition->table().rows.size()) {
  const std::vector<const Node*> conjuncts = condition->Conjuncts();
  ChooseKey(conjuncts);
  if (way_ == Way::kWalk) ChooseIndex(conjuncts);
  ChooseRow(conjuncts);
  PlanOthers(conjuncts);
}

void Plan::ChooseKey(const std::vector<const Node*>& conjuncts) {
  const RowStore& rows = condition_->table().rows;
  for (const Key& key : rows.keys()) {
    const std::vector<Cell> cells = ConstantsOf(conjuncts, key.columns);
    if (cells.empty()) continue;
    way_ = Way::kKey;
    key_ = &key;
    const Slot slot = rows.Find(key, cells);
    candidates_.clear();
    if (slot != kNoSlot) candidates_.push_back(slot);
    candidate_count_ = candidates_.size();
    return;
  }
}

// The rows that stand together in an index, or on an edge, where these are fewer.
void Plan::ChooseIndex(const std::vector<const Node*>& conjuncts) {
  for (const Edge* edge : condition_->table().out) {
    const std::vector<Cell> cells = ConstantsOf(conjuncts, edge->foreign_key);
    if (cells.empty()) continue;
    const uint32_t node = edge->FindNode(cells);
    const size_t count = node == kNoSlot ? 0 : edge->Count(node);
    if (way_ != Way::kWalk && count >= candidate_count_) continue;
    way_ = Way::kIndex;
    edge_ = edge;
    candidate_count_ = count;
    candidates_.clear();
    if (node != kNoSlot) AppendChildren(*edge, node, &candidates_);
    std::sort(candidates_.begin(), candidates_.end());
  }
}

// The rows on an edge of a given row, where these are fewer.
void Plan::ChooseRow(const std::vector<const Node*>& conjuncts) {
  for (const Node* node : conjuncts) {
    if (node->op != Op::kRelated || node->relation->condition != nullptr) continue;
    const Relation& relation = *node->relation;
    if (relation.Holds(0)) continue;
    const Edge& edge = *relation.edge;
    const bool linked = relation.row != kNoSlot && (!relation.inverse || edge.link(relation.row) < kGhost);
    const size_t count = !linked ? 0 : relation.inverse ? 1 : edge.Count(relation.row);
    if (way_ != Way::kWalk && count >= candidate_count_) continue;
    way_ = Way::kRow;
    relation_ = &relation;
    candidate_count_ = count;
    candidates_.clear();
    if (!linked) continue;
    if (relation.inverse) {
      candidates_.push_back(edge.link(relation.row));
    } else {
      AppendChildren(edge, relation.row, &candidates_);
      std::sort(candidates_.begin(), candidates_.end());
    }
  }
}

void Plan::PlanOthers(const std::vector<const Node*>& conjuncts) {
  for (const Node& node : condition_->nodes()) {
    if (node.op != Op::kRelated || node.relation->condition == nullptr) continue;
    Relation& relation = *node.relation;
    if (relation.asks_only_whether()) continue;
    const bool alone = std::find(conjuncts.begin(), conjuncts.end(), &node) != conjuncts.end();
    others_.push_back(
        {&relation, alone && !relation.Holds(0), std::make_unique<Plan>(relation.condition.get())});
    const Other& other = others_.back();
    if (!other.must_hold) continue;
    const size_t found = other.plan->estimate();
    led_to_ = std::min(led_to_, relation.inverse ? found : found + found * ChildrenOfOne(*relation.edge));
  }
}

// How many rows it takes to ask a relation of all candidates, one by one.
size_t Plan::CostOfAsking(const Relation& relation) const {
  return relation.inverse ? candidate_count_ * ChildrenOfOne(*relation.edge) : candidate_count_;
}

// Answers conditions on related rows for all rows at once, where that is less work than to ask candidate by candidate.
void Plan::WorkOut() {
  for (Other& other : others_) {
    if (other.plan->estimate() >= CostOfAsking(*other.relation)) continue;
    std::vector<Slot> found;
    other.plan->ForEach([&](Slot slot) {
      found.push_back(slot);
      return true;
    });
    other.worked_out = true;
    Answer(other.relation, found);
    if (other.must_hold) ChooseRelated(*other.relation, found);
  }
}

void Plan::Ease(Condition* condition, size_t rows) {
  Plan plan(condition);
  plan.candidate_count_ = rows;
  plan.WorkOut();
}

// What the relation answers, those rows at its other end having met its condition.
void Plan::Answer(Relation* relation, const std::vector<Slot>& found) {
  const Edge& edge = *relation->edge;
  std::vector<bool>& answers = relation->answers;
  if (!relation->inverse) {
    answers.assign(edge.target_rows->top(), relation->Holds(0));
    for (const Slot target : found) answers[target] = relation->Holds(1);
    return;
  }
  std::vector<uint32_t> counts(edge.target_rows->top());
  for (const Slot child : found) {
    if (edge.link(child) < kGhost) ++counts[edge.link(child)];
  }
  answers.resize(counts.size());
  for (size_t target = 0; target < counts.size(); ++target) answers[target] = relation->Holds(counts[target]);
}

// The rows that lead to those found, if they are few.
void Plan::ChooseRelated(const Relation& relation, const std::vector<Slot>& found) {
  const Edge& edge = *relation.edge;
  size_t reached = found.size();
  if (!relation.inverse) {
    reached = 0;
    for (const Slot target : found) reached += edge.Count(target);
  }
  if (way_ == Way::kWalk ? reached * kSortCost > candidate_count_ : reached >= candidate_count_) return;
  way_ = Way::kRelated;
  relation_ = &relation;
  candidates_.clear();
  for (const Slot slot : found) {
    if (!relation.inverse) {
      AppendChildren(edge, slot, &candidates_);
    } else if (edge.link(slot) < kGhost) {
      candidates_.push_back(edge.link(slot));
    }
  }
  std::sort(candidates_.begin(), candidates_.end());
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
  candidate_count_ = candidates_.size();
}

std::string Plan::Explain(size_t indent) const {
  const TableNode& table = condition_->table();
  std::string text = absl::StrCat(std::string(indent, ' '), table.name, ": ");
  switch (way_) {
    case Way::kWalk:
      absl::StrAppend(&text, "walk over ", looked_at_);
      break;
    case Way::kKey:
      absl::StrAppend(&text, looked_at_, " by key ", key_->name);
      break;
    case Way::kIndex:
      absl::StrAppend(&text, looked_at_, edge_->is_index() ? " by index " : " by ", edge_->def.name);
      break;
    case Way::kRow:
      absl::StrAppend(&text, looked_at_, " by ", relation_->edge->def.name, " of a given row");
      break;
    case Way::kRelated:
      absl::StrAppend(&text, looked_at_, " by ", relation_->edge->def.name, " of ", relation_->there().name);
      break;
  }
  absl::StrAppend(&text, ", ", matched_, " found");
  if (!condition_->nodes().empty()) absl::StrAppend(&text, " where ", condition_->ToString());
  text += "\n";
  for (const Other& other : others_) {
    if (other.worked_out) text += other.plan->Explain(indent + 2);
  }
  return text;
}

}  // namespace tenon::internal
