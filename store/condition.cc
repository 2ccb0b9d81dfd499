#include "store/condition.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/value_cell.h"
#include "store/violation_text.h"
#include "tenon/to_one.h"

namespace tenon::internal {
namespace {

using Op = Predicate<>::Op;

// NaN is equal to itself and after every number.
std::weak_ordering Order(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return static_cast<int>(std::isnan(a)) <=> static_cast<int>(std::isnan(b));
  return a < b   ? std::weak_ordering::less
         : a > b ? std::weak_ordering::greater
                 : std::weak_ordering::equivalent;
}

std::weak_ordering Order(const Cell& a, Type a_type, const Cell& b, Type b_type) {
  if (IsText(a_type)) return a.text.view().compare(b.text.view()) <=> 0;
  if (IsFloating(a_type)) return Order(FloatingOf(a, a_type), FloatingOf(b, b_type));
  return a.integer() <=> b.integer();
}

bool IsComparison(Op op) { return op <= Op::kGreaterEqual; }
bool IsJoining(Op op) { return op == Op::kAnd || op == Op::kOr; }

bool Holds(Op op, std::weak_ordering order) {
  switch (op) {
    case Op::kEqual:
      return order == 0;
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

const char* Sign(Op op) {
  constexpr const char* kSigns[] = {" = ", " != ", " < ", " <= ", " > ", " >= "};
  return kSigns[static_cast<size_t>(op)];
}

}  // namespace

std::weak_ordering CompareCells(Type type, const Cell& a, const Cell& b) {
  if (a.is_null() || b.is_null()) return static_cast<int>(!a.is_null()) <=> static_cast<int>(!b.is_null());
  return Order(a, type, b, type);
}

// ---- Binding ----

bool AreComparable(Type a, Type b) {
  return a == b || (IsInteger(a) && IsInteger(b)) || (IsFloating(a) && IsFloating(b));
}

bool Compares(Op op, const Cell& a, Type a_type, const Cell& b, Type b_type) {
  return !a.is_null() && !b.is_null() && Holds(op, Order(a, a_type, b, b_type));
}

absl::StatusOr<const TableNode*> EndOf(std::string_view verb, const TableNode& here, const EdgeView& view,
                                       bool inverse) {
  if (view.edge == nullptr || *view.dropped) {
    return SimpleError(
        ViolationCode::kHandle,
        absl::StrCat(Absl(verb), " ", here.name, ": the association leads nowhere (its status() says why)"));
  }
  const Edge& edge = *view.edge;
  const TableNode& from = inverse ? *edge.target : *edge.child;
  if (&from == &here) return inverse ? edge.child : edge.target;
  return TypeError(
      verb, here, edge.def.name,
      absl::StrCat("leads from ", from.name, inverse ? " to its children" : "", ", not from this table"), 0);
}

absl::StatusOr<Condition> Condition::Bind(const TableNode& table,
                                          const std::vector<Predicate<>::Node>& nodes) {
  Condition condition(table);
  int depth = 0;  // operands on the stack
  for (const Predicate<>::Node& node : nodes) {
    const bool operand = node.op <= Op::kRelated;
    if (node.op > Op::kNot) return MalformedError("where", table);
    depth += operand ? 1 : IsJoining(node.op) ? -1 : 0;
    if (depth < 1) return MalformedError("where", table);
    Node& bound = condition.nodes_.emplace_back(Node{node.op, {}, {}, {}, {}});
    absl::Status status;
    if (node.op == Op::kRelated) {
      status = BindRelated(table, node, &bound);
    } else if (node.op <= Op::kIsNull) {
      status = BindColumn(table, node, &bound);
    }
    if (!status.ok()) return status;
  }
  if (!nodes.empty() && depth != 1) return MalformedError("where", table);
  condition.stack_.reserve(condition.nodes_.size());
  return condition;
}

absl::Status Condition::BindColumn(const TableNode& table, const Predicate<>::Node& node, Node* bound) {
  const int column = table.FindColumn(node.column);
  if (column < 0) return NoColumnError("where", table, node.column);
  bound->column = static_cast<uint32_t>(column);
  bound->type = table.columns[bound->column].type;
  if (node.op == Op::kIsNull || node.constant.is_null()) return absl::OkStatus();
  bound->constant_type = TypeOf(node.constant);
  if (!AreComparable(bound->type, bound->constant_type)) {
    return TypeError(
        "where", table, node.column,
        absl::StrCat("is a ", std::string(TypeName(bound->type)), ", not compared with a ",
                     std::string(TypeName(bound->constant_type)), " (", node.constant.ToString(), ")"),
        0);
  }
  bound->constant = CellOf(node.constant, bound->constant_type);
  return absl::OkStatus();
}

absl::Status Condition::BindRelated(const TableNode& table, const Predicate<>::Node& node, Node* bound) {
  if (node.edge == nullptr || !IsComparison(node.compare)) return MalformedError("where", table);
  const absl::StatusOr<const TableNode*> end = EndOf("where", table, *node.edge, node.inverse);
  if (!end.ok()) return end.status();
  const TableNode& there = **end;
  auto relation = std::make_unique<Relation>();
  relation->edge = node.edge->edge;
  relation->inverse = node.inverse;
  relation->compare = node.compare;
  relation->count = node.count;
  if (node.by_row) {
    if (IsLive(there.rows.stamps(), node.row)) relation->row = node.row.slot();
  } else {
    absl::StatusOr<Condition> related = Bind(there, node.related);
    if (!related.ok()) return related.status();
    relation->condition = std::make_unique<Condition>(*std::move(related));
    std::vector<Node>& asked = relation->condition->nodes_;
    if (asked.size() == 1 && asked[0].op == Op::kTrue) asked.clear();
  }
  // Who must have a target has one.
  const Edge& edge = *relation->edge;
  const auto required = [&](uint32_t c) { return edge.child->columns[c].not_null; };
  if (!node.inverse && relation->asks_only_whether() && edge.is_checked() &&
      std::all_of(edge.foreign_key.begin(), edge.foreign_key.end(), required)) {
    bound->op = Op::kTrue;
    return absl::OkStatus();
  }
  bound->relation = std::move(relation);
  return absl::OkStatus();
}

// ---- Asking ----

bool Condition::Relation::Holds(size_t number) const {
  return internal::Holds(compare, static_cast<int64_t>(number) <=> count);
}

// True or false, never unknown, as EXISTS and COUNT in SQL.
bool Condition::IsRelated(const Relation& relation, Slot slot) {
  const Edge& edge = *relation.edge;
  const auto meets = [&](Slot other) {
    return relation.condition == nullptr ? other == relation.row : relation.condition->Matches(other);
  };
  if (!relation.inverse) {
    const uint32_t target = edge.link(slot);
    if (target >= kGhost) return relation.Holds(0);
    return relation.answers.empty() ? relation.Holds(meets(target) ? 1 : 0) : relation.answers[target];
  }
  if (!relation.answers.empty()) return relation.answers[slot];
  if (relation.asks_only_whether()) return relation.Holds(edge.Count(slot));
  const bool decided_by_one = relation.compare == Op::kGreaterEqual && relation.count == 1;
  size_t number = 0;
  edge.EachChild(slot, [&](Slot child) {
    number += meets(child) ? 1 : 0;
    return number == 0 || !decided_by_one;
  });
  return relation.Holds(number);
}

Condition::Truth Condition::Test(const Node& node, Slot slot) const {
  if (node.op == Op::kTrue) return Truth::kTrue;
  if (node.op == Op::kRelated) return IsRelated(*node.relation, slot) ? Truth::kTrue : Truth::kFalse;
  const Cell cell = table_->rows.Get(slot, node.column);
  if (node.op == Op::kIsNull) return cell.is_null() ? Truth::kTrue : Truth::kFalse;
  if (cell.is_null() || node.constant.is_null()) return Truth::kUnknown;
  const std::weak_ordering order = Order(cell, node.type, node.constant, node.constant_type);
  return internal::Holds(node.op, order) ? Truth::kTrue : Truth::kFalse;
}

bool Condition::Matches(Slot slot) {
  if (nodes_.empty()) return true;
  if (nodes_.size() == 1) return Test(nodes_[0], slot) == Truth::kTrue;
  stack_.clear();
  for (const Node& node : nodes_) {
    if (node.op == Op::kNot) {
      Truth& top = stack_.back();
      if (top != Truth::kUnknown) top = top == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    } else if (IsJoining(node.op)) {
      const Truth b = stack_.back();
      stack_.pop_back();
      Truth& a = stack_.back();
      a = node.op == Op::kAnd ? std::min(a, b) : std::max(a, b);
    } else {
      stack_.push_back(Test(node, slot));
    }
  }
  return stack_.back() == Truth::kTrue;
}

// ---- What it says ----

std::vector<const Condition::Node*> Condition::Conjuncts() const {
  std::vector<const Node*> alone;
  size_t needed = 1;  // operands of "and"s, and of nothing else, that end at the node at hand
  for (size_t i = nodes_.size(); i-- > 0 && needed > 0;) {
    if (nodes_[i].op == Op::kAnd) {
      ++needed;
      continue;
    }
    --needed;
    if (nodes_[i].op <= Op::kRelated) {
      alone.push_back(&nodes_[i]);
      continue;
    }
    for (size_t operands = nodes_[i].op == Op::kNot ? 1 : 2;
         operands > 0;) {  // the whole operand is passed over
      const Op op = nodes_[--i].op;
      operands += op <= Op::kRelated ? size_t(-1) : IsJoining(op) ? 1 : 0;
    }
  }
  std::reverse(alone.begin(), alone.end());
  return alone;
}

std::string Condition::ToString() const {
  struct Part {
    std::string text;
    Op op;
  };
  std::vector<Part> stack;
  const auto within = [](const Part& part, Op op) {
    return IsJoining(part.op) && part.op != op ? absl::StrCat("(", part.text, ")") : part.text;
  };
  for (const Node& node : nodes_) {
    if (node.op == Op::kNot) {
      stack.back() = {absl::StrCat("not ", within(stack.back(), Op::kNot)), Op::kNot};
    } else if (IsJoining(node.op)) {
      const Part b = std::move(stack.back());
      stack.pop_back();
      const char* word = node.op == Op::kAnd ? " and " : " or ";
      stack.back() = {absl::StrCat(within(stack.back(), node.op), word, within(b, node.op)), node.op};
    } else if (node.op == Op::kTrue) {
      stack.push_back({"true", node.op});
    } else if (node.op == Op::kRelated) {
      stack.push_back({RelationText(*node.relation), node.op});
    } else {
      const std::string& name = table_->columns[node.column].name;
      stack.push_back(
          {node.op == Op::kIsNull
               ? absl::StrCat(name, " is null")
               : absl::StrCat(name, Sign(node.op), ValueOf(node.constant, node.constant_type).ToString()),
           node.op});
    }
  }
  return stack.empty() ? "true" : std::move(stack.back().text);
}

// "author is the row at hand", "author(name = 'Ann')", "count of Book.author(price > 3) > 2".
std::string Condition::RelationText(const Relation& relation) {
  const BelongsToDef& def = relation.edge->def;
  std::string text = !relation.inverse           ? def.as
                     : !def.inverse.name.empty() ? def.inverse.name
                                                 : absl::StrCat(relation.edge->child->name, ".", def.as);
  if (relation.condition == nullptr) return absl::StrCat(text, " is a given row");
  if (!relation.asks_only_whether()) absl::StrAppend(&text, "(", relation.condition->ToString(), ")");
  if (relation.compare == Op::kGreaterEqual && relation.count == 1)
    return relation.inverse ? absl::StrCat("any ", text) : text;
  return absl::StrCat("count of ", text, Sign(relation.compare), relation.count);
}

}  // namespace tenon::internal
