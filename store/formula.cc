#include "store/formula.h"

#include <bit>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "store/value_cell.h"
#include "store/violation_text.h"

namespace tenon::internal {

static std::string Name(Type type) { return std::string(TypeName(type)); }

absl::StatusOr<Formula> Formula::Bind(const TableNode& table, uint32_t target,
                                      const std::vector<Expression::Node>& expression) {
  Formula formula(table, target);
  const std::string& name = table.columns[target].name;
  bool doubles = false;
  int depth = 0;  // operands on the stack
  for (const Expression::Node& node : expression) {
    const bool operand = node.op == Expression::Op::kColumn || node.op == Expression::Op::kConstant;
    if (node.op > Expression::Op::kMultiply) return MalformedError("update", table);
    depth += operand ? 1 : -1;
    if (depth < 1) return MalformedError("update", table);
    Node bound = {node.op, 0, formula.type_, Cell()};
    if (node.op == Expression::Op::kColumn) {
      const int column = table.FindColumn(node.column);
      if (column < 0) return NoColumnError("update", table, node.column);
      bound.column = static_cast<uint32_t>(column);
      bound.type = table.columns[bound.column].type;
    } else if (node.op == Expression::Op::kConstant && !node.constant.is_null()) {
      bound.type = TypeOf(node.constant);
    }
    const bool typed = node.op == Expression::Op::kColumn ||
                       (node.op == Expression::Op::kConstant && !node.constant.is_null());
    if (typed && expression.size() == 1) {
      if (bound.type != formula.type_ && !(bound.type == Type::kInt32 && formula.type_ == Type::kInt64)) {
        return TypeError("update", table, name,
                         absl::StrCat("is a ", Name(formula.type_), " column, a ", Name(bound.type),
                                      " does not go into it (nothing converts but int32 to int64)"),
                         0);
      }
    } else if (typed) {
      doubles |= bound.type == Type::kDouble && node.op == Expression::Op::kColumn;
      const bool numeric = IsInteger(bound.type) || IsFloating(bound.type);
      if (!numeric || IsInteger(bound.type) != IsInteger(formula.type_) ||
          !(IsInteger(formula.type_) || IsFloating(formula.type_))) {
        return TypeError(
            "update", table, name,
            absl::StrCat("is a ", Name(formula.type_), " column, and there is a ", Name(bound.type),
                         " in the sum (integers go with integers, floating-point numbers with their kind)"),
            0);
      }
    }
    if (node.op == Expression::Op::kConstant) bound.constant = CellOf(node.constant, bound.type);
    formula.nodes_.push_back(bound);
  }
  if (depth != 1) return MalformedError("update", table);
  formula.floating_ = IsFloating(formula.type_);
  if (doubles && formula.type_ == Type::kFloat) {
    return TypeError("update", table, name, "is a float column, a double does not go into it", 0);
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
        cell = Cell::OfBits(std::bit_cast<uint64_t>(FloatingOf(cell, node.type)));
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
