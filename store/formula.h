// An expression bound to a column that it is computed for: names resolved, types checked, ready to run over rows.
#ifndef TENON_STORE_FORMULA_H_
#define TENON_STORE_FORMULA_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "tenon/expression.h"
#include "tenon/internal/cell.h"

namespace tenon::internal {

// A value for one column, computed from a row.
class Formula {
 public:
  // kInvalidArgument: unknown column, or a result that does not fit the column. Its constants must outlive the formula.
  static absl::StatusOr<Formula> Bind(const TableNode& table, uint32_t target,
                                      const std::vector<Expression::Node>& expression);

  // The same value for every row.
  static Formula OfConstant(const TableNode& table, uint32_t target, const Cell& cell) {
    Formula formula(table, target);
    formula.nodes_.push_back({Expression::Op::kConstant, 0, formula.type_, cell});
    return formula;
  }

  uint32_t target() const { return target_; }
  // The value for a row; false when it leaves the type. Long text is a view. Requires: for a constant, any slot.
  bool Compute(Slot slot, Cell* out);

 private:
  struct Node {
    Expression::Op op;
    uint32_t column;
    Type type;
    Cell constant;
  };
  explicit Formula(const TableNode& table, uint32_t target)
      : rows_(&table.rows), target_(target), type_(table.columns[target].type) {}
  static bool Apply(Expression::Op op, bool floating, const Cell& b, Cell* a);

  const RowStore* rows_;
  uint32_t target_;
  Type type_;
  bool floating_ = false;  // computed in double, else in int64
  std::vector<Node> nodes_;
  std::vector<Cell> stack_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_FORMULA_H_
