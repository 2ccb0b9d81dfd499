#include "tests/model/cell.h"

#include <limits>

#include "absl/strings/str_cat.h"

namespace tenon::model {
namespace {

const Cell& Operand(const Term& term, const std::vector<Cell>& row) {
  return term.column.has_value() ? row[*term.column] : term.constant;
}
// True, false, or neither.
std::optional<bool> Holds(const Test& test, const std::vector<Cell>& row) {
  const Cell& cell = row[test.column];
  if (test.comparison == Comparison::kIsNull) return IsNull(cell);
  if (IsNull(cell) || IsNull(test.value)) return std::nullopt;
  switch (test.comparison) {
    case Comparison::kEqual:
      return cell == test.value;
    case Comparison::kNotEqual:
      return cell != test.value;
    case Comparison::kLess:
      return cell < test.value;
    default:
      return cell >= test.value;
  }
}
}  // namespace

int64_t Greatest(Kind kind) {
  return kind == Kind::kInt32 ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int64_t>::max();
}
int64_t Least(Kind kind) {
  return kind == Kind::kInt32 ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
}

std::string ToString(const Cell& cell) {
  if (IsNull(cell)) return "NULL";
  if (const auto* number = std::get_if<int64_t>(&cell)) return absl::StrCat(*number);
  return absl::StrCat("'", std::get<std::string>(cell), "'");
}

std::optional<Cell> Compute(const Formula& formula, const std::vector<Cell>& row, Kind kind) {
  const Cell& first = Operand(formula.first, row);
  if (formula.op == 0) return first;
  const Cell& second = Operand(formula.second, row);
  if (IsNull(first) || IsNull(second)) return Cell();
  const int64_t a = std::get<int64_t>(first);
  const int64_t b = std::get<int64_t>(second);
  int64_t result = 0;
  const bool overflow = formula.op == '+'   ? __builtin_add_overflow(a, b, &result)
                        : formula.op == '-' ? __builtin_sub_overflow(a, b, &result)
                                            : __builtin_mul_overflow(a, b, &result);
  if (overflow || result < Least(kind) || result > Greatest(kind)) return std::nullopt;
  return result;
}

bool Matches(const Condition& condition, const std::vector<Cell>& row) {
  // Of "any", one true test decides; of "all", one false test. Else one that is neither makes the whole
  // neither.
  std::optional<bool> result = !condition.any || condition.tests.empty();
  for (const Test& test : condition.tests) {
    const std::optional<bool> holds = Holds(test, row);
    if (holds == condition.any) {
      result = holds;
      break;
    }
    if (!holds.has_value()) result = std::nullopt;
  }
  return result == !condition.negated;
}

}  // namespace tenon::model
