// Cells, and what is computed from the cells of one row: formulas and conditions.
#ifndef TENON_TESTS_MODEL_CELL_H_
#define TENON_TESTS_MODEL_CELL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tenon::model {

enum class Kind : uint8_t { kInt32, kInt64, kText };

using Cell = std::variant<std::monostate, int64_t, std::string>;  // monostate is NULL
using Key = std::vector<Cell>;
inline bool IsNull(const Cell& cell) { return cell.index() == 0; }

// The ends of a number's type.
int64_t Least(Kind kind);
int64_t Greatest(Kind kind);

// NULL, 7, 'text'.
std::string ToString(const Cell& cell);

// A column of the row or a constant; `first op second`, or `first` alone.
struct Term {
  std::optional<size_t> column = {};
  Cell constant = {};
};
struct Formula {
  Term first = {};
  char op = 0;  // '+', '-', '*'; 0: only `first`
  Term second = {};
};
// The value for a cell of this kind; nullopt when it leaves the type. Requires: operands of a kind, numbers for `op`.
std::optional<Cell> Compute(const Formula& formula, const std::vector<Cell>& row, Kind kind);

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kGreaterEqual, kIsNull };
struct Test {
  size_t column = 0;
  Comparison comparison = Comparison::kEqual;
  Cell value = {};
};
// All of the tests, or any of them; of no tests at all: every row.
struct Condition {
  bool any = false;
  bool negated = false;
  std::vector<Test> tests = {};
};

// Whether the condition is true; not when it is neither true nor false, because of a NULL.
bool Matches(const Condition& condition, const std::vector<Cell>& row);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_CELL_H_
