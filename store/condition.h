// Predicates and expressions bound to a table: names resolved, types checked, ready to run over rows.
#ifndef TENON_STORE_CONDITION_H_
#define TENON_STORE_CONDITION_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "tenon/expression.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"

namespace tenon::internal {

// The order of two cells of a column: null first, NaN after every number.
std::weak_ordering CompareCells(Type type, const Cell& a, const Cell& b);

class Condition {
 public:
  // kInvalidArgument: unknown column, a comparison across types, an edge of another table. `predicate` must outlive the
  // condition.
  static absl::StatusOr<Condition> Bind(const TableNode& table, const Predicate<>& predicate) {
    return Bind(table, predicate.nodes());
  }

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
    const Edge* edge = nullptr;
    bool inverse = false;
    Slot row = kNoSlot;                            // the only row that meets it, if there is no `related`
    std::unique_ptr<Condition> related = nullptr;  // for the row at the other end
  };
  explicit Condition(const TableNode& table) : rows_(&table.rows) {}
  static absl::StatusOr<Condition> Bind(const TableNode& table, const std::vector<Predicate<>::Node>& nodes);
  static absl::Status BindRelated(const TableNode& table, const Predicate<>::Node& node, Node* bound);
  Truth Test(const Node& node, Slot slot) const;
  static bool IsRelated(const Node& node, Slot slot);

  const RowStore* rows_;
  std::vector<Node> nodes_;
  std::vector<Truth> stack_;  // as deep as it gets, made once
};

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

#endif  // TENON_STORE_CONDITION_H_
