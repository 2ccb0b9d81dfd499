// A predicate bound to a table: names resolved, types checked, ready to be asked of rows.
#ifndef TENON_STORE_CONDITION_H_
#define TENON_STORE_CONDITION_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "store/catalog.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"

namespace tenon::internal {

// The order of two cells of a column: null first, NaN after every number.
std::weak_ordering CompareCells(Type type, const Cell& a, const Cell& b);

// Whether cells of two types may be compared with each other: of one type, two integers, two floating-point numbers.
bool AreComparable(Type a, Type b);
// Whether `op` holds between them; not where one is null. Requires: AreComparable.
bool Compares(Predicate<>::Op op, const Cell& a, Type a_type, const Cell& b, Type b_type);

// The table that an edge leads to, seen from `here`. Errors kHandle, kType: it leads nowhere, or from another table.
absl::StatusOr<const TableNode*> EndOf(std::string_view verb, const TableNode& here, const EdgeView& view,
                                       bool inverse);

// The row at the other end of an edge, a target or an only child; kGhost and above where there is none.
inline Slot OtherEnd(const Edge& edge, bool inverse, Slot slot) {
  if (!inverse) return edge.link(slot);
  return edge.Count(slot) == 0 ? kNoSlot : edge.ChildAtPlace(slot, 0);
}

class Condition {
 public:
  using Op = Predicate<>::Op;

  // "So many rows at the other end of an edge meet a condition."
  struct Relation {
    const Edge* edge = nullptr;
    bool inverse = false;                  // from target to children
    Slot row = kNoSlot;                    // the only row that meets it, if there is no `condition`
    std::unique_ptr<Condition> condition;  // of the row at the other end
    Op compare = Op::kGreaterEqual;        // their number ...
    int64_t count = 1;                     // ... with this one
    // The answers, where somebody has worked them out for all rows: by slot of this table, or (to one) by target.
    std::vector<bool> answers;

    const TableNode& there() const { return inverse ? *edge->child : *edge->target; }
    // Whether every row at the other end meets it.
    bool asks_only_whether() const { return condition != nullptr && condition->nodes().empty(); }
    bool Holds(size_t number) const;
  };
  // One operand or operator of the condition, in postfix order.
  struct Node {
    Op op;
    uint32_t column = 0;
    Type type = Type::kBool;  // of the column
    Type constant_type = Type::kBool;
    Cell constant;
    std::unique_ptr<Relation> relation = nullptr;
  };

  // kInvalidArgument: unknown column, a comparison across types, an edge of another table. `predicate` must outlive the
  // condition.
  static absl::StatusOr<Condition> Bind(const TableNode& table, const Predicate<>& predicate) {
    return Bind(table, predicate.nodes());
  }

  // Whether the row meets the condition. Requires: a slot below the table's top.
  bool Matches(Slot slot);

  const TableNode& table() const { return *table_; }
  absl::Span<const Node> nodes() const { return nodes_; }
  // Comparisons and relations that must all be true, each on its own, for the condition to be so.
  std::vector<const Node*> Conjuncts() const;
  // As one would write it.
  std::string ToString() const;

 private:
  enum class Truth : uint8_t { kFalse, kUnknown, kTrue };  // in this order: and = min, or = max
  explicit Condition(const TableNode& table) : table_(&table) {}
  static absl::StatusOr<Condition> Bind(const TableNode& table, const std::vector<Predicate<>::Node>& nodes);
  static absl::Status BindColumn(const TableNode& table, const Predicate<>::Node& node, Node* bound);
  static absl::Status BindRelated(const TableNode& table, const Predicate<>::Node& node, Node* bound);
  Truth Test(const Node& node, Slot slot) const;
  static bool IsRelated(const Relation& relation, Slot slot);
  static std::string RelationText(const Relation& relation);

  const TableNode* table_;
  std::vector<Node> nodes_;
  std::vector<Truth> stack_;  // as deep as it gets, made once
};

}  // namespace tenon::internal

#endif  // TENON_STORE_CONDITION_H_
