#include "store/condition.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/value_cell.h"
#include "store/violation_status.h"
#include "tenon/to_one.h"

namespace tenon::internal {
namespace {

bool IsFloating(Type type) { return type == Type::kFloat || type == Type::kDouble; }

double Floating(const Cell& cell, Type type) {
  return type == Type::kFloat ? cell.as_float() : cell.as_double();
}

// Whether two types may be compared with each other.
bool Comparable(Type a, Type b) {
  return a == b || (IsInteger(a) && IsInteger(b)) || (IsFloating(a) && IsFloating(b));
}

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
  if (IsFloating(a_type)) return Order(Floating(a, a_type), Floating(b, b_type));
  return a.integer() <=> b.integer();
}

bool IsOperator(Predicate<>::Op op) { return op == Predicate<>::Op::kAnd || op == Predicate<>::Op::kOr; }

absl::Status Refuse(ViolationCode code, const TableNode& table, const std::string& column,
                    std::string message) {
  Violation violation;
  violation.code = code;
  violation.child_table = table.name;
  violation.columns = {column};
  violation.message = std::move(message);
  return MakeStatus({violation});
}

absl::Status NoColumn(const TableNode& table, const std::string& column) {
  return Refuse(ViolationCode::kType, table, column,
                absl::StrCat(table.name, " has no column \"", column, "\" (its columns are in schema())"));
}

// Nodes put together by hand, or an expression that was moved from.
absl::Status Malformed(const char* verb, const TableNode& table) {
  return Refuse(ViolationCode::kType, table, "",
                absl::StrCat(verb, " ", table.name,
                             ": the condition or expression is empty or malformed (was it moved from?)"));
}

std::string Name(Type type) { return std::string(TypeName(type)); }

}  // namespace

std::weak_ordering CompareCells(Type type, const Cell& a, const Cell& b) {
  if (a.is_null() || b.is_null()) return static_cast<int>(!a.is_null()) <=> static_cast<int>(!b.is_null());
  return Order(a, type, b, type);
}

absl::StatusOr<Condition> Condition::Bind(const TableNode& table,
                                          const std::vector<Predicate<>::Node>& nodes) {
  using Op = Predicate<>::Op;
  Condition condition(table);
  int depth = 0;  // operands on the stack
  for (const Predicate<>::Node& node : nodes) {
    if (IsOperator(node.op)) {
      if (--depth < 1) return Malformed("where", table);
    } else if (node.op == Op::kNot) {
      if (depth < 1) return Malformed("where", table);
    } else if (node.op <= Op::kRelated) {
      ++depth;
    } else {
      return Malformed("where", table);
    }
    Node bound = {node.op, 0, Type::kBool, Type::kBool, Cell()};
    if (node.op == Op::kRelated) {
      if (absl::Status s = BindRelated(table, node, &bound); !s.ok()) return s;
    } else if (node.op <= Op::kIsNull) {
      const int column = table.FindColumn(node.column);
      if (column < 0) return NoColumn(table, node.column);
      bound.column = static_cast<uint32_t>(column);
      bound.type = table.columns[bound.column].type;
      if (node.op != Op::kIsNull && !node.constant.is_null()) {
        bound.constant_type = TypeOf(node.constant);
        if (!Comparable(bound.type, bound.constant_type)) {
          return Refuse(ViolationCode::kType, table, node.column,
                        absl::StrCat("where ", table.name, ".", node.column, ": a ", Name(bound.type),
                                     " is not compared with a ", Name(bound.constant_type), " (",
                                     node.constant.ToString(), ")"));
        }
        bound.constant = CellOf(node.constant, bound.constant_type);
      }
    }
    condition.nodes_.push_back(std::move(bound));
  }
  if (!condition.nodes_.empty() && depth != 1) return Malformed("where", table);
  condition.stack_.reserve(condition.nodes_.size());
  return condition;
}

absl::Status Condition::BindRelated(const TableNode& table, const Predicate<>::Node& node, Node* bound) {
  const EdgeView* view = node.edge;
  if (view == nullptr || view->edge == nullptr || *view->dropped) {
    return Refuse(
        ViolationCode::kHandle, table, "",
        absl::StrCat("where ", table.name, ": the association leads nowhere (its status() says why)"));
  }
  bound->edge = view->edge;
  bound->inverse = node.inverse;
  const TableNode& here = node.inverse ? *view->edge->target : *view->edge->child;
  const TableNode& there = node.inverse ? *view->edge->child : *view->edge->target;
  if (&here != &table) {
    return Refuse(ViolationCode::kType, table, "",
                  absl::StrCat("where ", table.name, ": ", view->edge->def.name, " leads from ", here.name,
                               node.inverse ? " to its children" : "", ", not from this table"));
  }
  if (node.by_row) {
    if (IsLive(there.rows.stamps(), node.row)) bound->row = node.row.slot();
    return absl::OkStatus();
  }
  absl::StatusOr<Condition> related = Bind(there, node.related);
  if (!related.ok()) return related.status();
  bound->related = std::make_unique<Condition>(*std::move(related));
  return absl::OkStatus();
}

// Whether a row is at the other end that is asked for: true or false, never unknown, as EXISTS in SQL.
bool Condition::IsRelated(const Node& node, Slot slot) {
  const auto meets = [&](Slot other) {
    return node.related == nullptr ? other == node.row : node.related->Matches(other);
  };
  const Edge& edge = *node.edge;
  if (!node.inverse) return edge.link(slot) < kGhost && meets(edge.link(slot));
  for (uint32_t i = 0; i < edge.Count(slot); ++i) {
    if (meets(edge.ChildAtPlace(slot, i))) return true;
  }
  return false;
}

Condition::Truth Condition::Test(const Node& node, Slot slot) const {
  if (node.op == Predicate<>::Op::kRelated) return IsRelated(node, slot) ? Truth::kTrue : Truth::kFalse;
  const Cell cell = rows_->Get(slot, node.column);
  if (node.op == Predicate<>::Op::kIsNull) return cell.is_null() ? Truth::kTrue : Truth::kFalse;
  if (cell.is_null() || node.constant.is_null()) return Truth::kUnknown;
  const std::weak_ordering order = Order(cell, node.type, node.constant, node.constant_type);
  bool holds = false;
  switch (node.op) {
    case Predicate<>::Op::kEqual:
      holds = order == 0;
      break;
    case Predicate<>::Op::kNotEqual:
      holds = order != 0;
      break;
    case Predicate<>::Op::kLess:
      holds = order < 0;
      break;
    case Predicate<>::Op::kLessEqual:
      holds = order <= 0;
      break;
    case Predicate<>::Op::kGreater:
      holds = order > 0;
      break;
    case Predicate<>::Op::kGreaterEqual:
      holds = order >= 0;
      break;
    default:
      break;
  }
  return holds ? Truth::kTrue : Truth::kFalse;
}

bool Condition::Matches(Slot slot) {
  if (nodes_.empty()) return true;
  stack_.clear();
  for (const Node& node : nodes_) {
    if (node.op == Predicate<>::Op::kTrue) {
      stack_.push_back(Truth::kTrue);
    } else if (node.op == Predicate<>::Op::kNot) {
      Truth& top = stack_.back();
      if (top != Truth::kUnknown) top = top == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    } else if (IsOperator(node.op)) {
      const Truth b = stack_.back();
      stack_.pop_back();
      Truth& a = stack_.back();
      a = node.op == Predicate<>::Op::kAnd ? std::min(a, b) : std::max(a, b);
    } else {
      stack_.push_back(Test(node, slot));
    }
  }
  return stack_.back() == Truth::kTrue;
}

absl::StatusOr<Formula> Formula::Bind(const TableNode& table, uint32_t target,
                                      const std::vector<Expression::Node>& expression) {
  Formula formula(table, target);
  const std::string& name = table.columns[target].name;
  bool doubles = false;
  int depth = 0;  // operands on the stack
  for (const Expression::Node& node : expression) {
    const bool operand = node.op == Expression::Op::kColumn || node.op == Expression::Op::kConstant;
    if (node.op > Expression::Op::kMultiply) return Malformed("update", table);
    depth += operand ? 1 : -1;
    if (depth < 1) return Malformed("update", table);
    Node bound = {node.op, 0, formula.type_, Cell()};
    if (node.op == Expression::Op::kColumn) {
      const int column = table.FindColumn(node.column);
      if (column < 0) return NoColumn(table, node.column);
      bound.column = static_cast<uint32_t>(column);
      bound.type = table.columns[bound.column].type;
    } else if (node.op == Expression::Op::kConstant && !node.constant.is_null()) {
      bound.type = TypeOf(node.constant);
    }
    const bool is_operand = node.op == Expression::Op::kColumn ||
                            (node.op == Expression::Op::kConstant && !node.constant.is_null());
    if (is_operand && expression.size() == 1) {
      if (bound.type != formula.type_ && !(bound.type == Type::kInt32 && formula.type_ == Type::kInt64)) {
        return Refuse(
            ViolationCode::kType, table, name,
            absl::StrCat("update ", table.name, ".", name, ": a ", Name(bound.type), " does not go into a ",
                         Name(formula.type_), " column (nothing converts but int32 to int64)"));
      }
    } else if (is_operand) {
      doubles |= bound.type == Type::kDouble && node.op == Expression::Op::kColumn;
      const bool numeric = IsInteger(bound.type) || IsFloating(bound.type);
      if (!numeric || IsInteger(bound.type) != IsInteger(formula.type_) ||
          !(IsInteger(formula.type_) || IsFloating(formula.type_))) {
        return Refuse(
            ViolationCode::kType, table, name,
            absl::StrCat("update ", table.name, ".", name, ": a ", Name(bound.type), " in a sum for a ",
                         Name(formula.type_),
                         " column (integers go with integers, floating-point numbers with their kind)"));
      }
    }
    if (node.op == Expression::Op::kConstant) bound.constant = CellOf(node.constant, bound.type);
    formula.nodes_.push_back(bound);
  }
  if (depth != 1) return Malformed("update", table);
  formula.floating_ = IsFloating(formula.type_);
  if (doubles && formula.type_ == Type::kFloat) {
    return Refuse(
        ViolationCode::kType, table, name,
        absl::StrCat("update ", table.name, ".", name, ": a double does not go into a float column"));
  }
  formula.stack_.reserve(formula.nodes_.size());
  return formula;
}

bool Formula::Apply(Expression::Op op, bool floating, const Cell& b, Cell* a) {
  if (a->is_null() || b.is_null()) {
    *a = Cell::Null();
    return true;
  }
  if (floating) {
    const double x = a->as_double();
    const double y = b.as_double();
    const double r = op == Expression::Op::kAdd ? x + y : op == Expression::Op::kSubtract ? x - y : x * y;
    *a = Cell::OfBits(std::bit_cast<uint64_t>(r));
    return true;
  }
  int64_t r = 0;
  const bool overflow = op == Expression::Op::kAdd ? __builtin_add_overflow(a->integer(), b.integer(), &r)
                        : op == Expression::Op::kSubtract
                            ? __builtin_sub_overflow(a->integer(), b.integer(), &r)
                            : __builtin_mul_overflow(a->integer(), b.integer(), &r);
  *a = Cell::OfInt(r);
  return !overflow;
}

bool Formula::Compute(Slot slot, Cell* out) {
  if (nodes_.size() == 1) {
    *out =
        nodes_[0].op == Expression::Op::kConstant ? nodes_[0].constant : rows_->Get(slot, nodes_[0].column);
    return true;
  }
  stack_.clear();
  for (const Node& node : nodes_) {
    if (node.op == Expression::Op::kColumn || node.op == Expression::Op::kConstant) {
      Cell cell = node.op == Expression::Op::kConstant ? node.constant : rows_->Get(slot, node.column);
      if (floating_ && !cell.is_null())
        cell = Cell::OfBits(std::bit_cast<uint64_t>(Floating(cell, node.type)));
      stack_.push_back(cell);
    } else {
      const Cell b = stack_.back();
      stack_.pop_back();
      if (!Apply(node.op, floating_, b, &stack_.back())) return false;
    }
  }
  *out = stack_.back();
  if (out->is_null()) return true;
  if (type_ == Type::kFloat) {
    *out = Cell::OfBits(std::bit_cast<uint32_t>(static_cast<float>(out->as_double())));
  } else if (type_ == Type::kInt32) {
    return out->integer() >= std::numeric_limits<int32_t>::min() &&
           out->integer() <= std::numeric_limits<int32_t>::max();
  }
  return true;
}

}  // namespace tenon::internal
