// Predicates and expressions bound to a table: names resolved, types checked, ready to run over rows.
#ifndef TENON_STORE_CONDITION_H_
#define TENON_STORE_CONDITION_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "store/cell.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"

namespace tenon::internal {

class Condition {
 public:
  // kInvalidArgument: unknown column, or a comparison across types. `predicate` must outlive the condition.
  static absl::StatusOr<Condition> Bind(const TableNode& table, const Predicate<>& predicate);

  // Whether the row meets the condition. Requires: a slot below the table's top.
  bool Matches(Slot slot);

 private:
  enum class Truth : uint8_t { kFalse, kUnknown, kTrue };  // in this order: and = min, or = max
  struct Node {
    Predicate<>::Op op;
    uint32_t column;
    Type type;  // of the column
    Type constant_type;
    Cell constant;
  };
  explicit Condition(const TableNode& table) : rows_(&table.rows) {}
  Truth Test(const Node& node, Slot slot) const;

  const RowStore* rows_;
  std::vector<Node> nodes_;
  std::vector<Truth> stack_;  // as deep as it gets, made once
};

// A value for one column, computed from a row.
class Formula {
 public:
  // kInvalidArgument: unknown column, or a result that does not fit the column. `expression` must outlive the formula.
  static absl::StatusOr<Formula> Bind(const TableNode& table, uint32_t target, const Expression& expression);

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

#endif  // TENON_STORE_CONDITION_H_
