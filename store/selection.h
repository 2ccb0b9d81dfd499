// A query bound to its table: which rows it means, and in what order.
#ifndef TENON_STORE_SELECTION_H_
#define TENON_STORE_SELECTION_H_

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "store/condition.h"
#include "store/plan.h"
#include "tenon/predicate.h"

namespace tenon::internal {

inline constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

class Selection {
 public:
  // What to order by: a column of the row, or of the one that an edge leads to.
  struct Key {
    const Edge* edge;  // null: of the row itself
    bool inverse;
    const TableNode* node;  // where the column is
    uint32_t column;
    Order order;
  };
  Selection(TableNode* node, Condition condition, std::vector<Key> keys, size_t offset, size_t limit)
      : node_(node),
        condition_(std::move(condition)),
        keys_(std::move(keys)),
        offset_(offset),
        limit_(limit) {}

  TableNode& node() const { return *node_; }
  Condition& condition() { return condition_; }
  // Whether it is all rows of the table, in slot order.
  bool is_all() const {
    return condition_.nodes().empty() && keys_.empty() && offset_ == 0 && limit_ == kNoLimit;
  }

  // Calls visit(slot) for each row in order, until it answers false.
  template <class Visit>
  void ForEach(Visit visit) {
    if (limit_ == 0) return;
    Plan plan(&condition_);
    if (keys_.empty()) {
      size_t seen = 0;
      plan.ForEach([&](Slot slot) { return seen++ < offset_ || (visit(slot) && seen - offset_ < limit_); });
    } else {
      std::vector<Slot> slots;
      plan.ForEach([&](Slot slot) {
        slots.push_back(slot);
        return true;
      });
      Arrange(&slots);
      for (const Slot slot : slots) {
        if (!visit(slot)) break;
      }
    }
    if (explains_) explanation_ = plan.Explain();
  }
  // The same in slot order.
  template <class Visit>
  void ForEachUnsorted(Visit visit) {
    keys_.clear();
    ForEach(std::move(visit));
  }
  // Of rows that meet the condition those that are meant, in order. `slots`: in the order that counts among equals.
  void Arrange(std::vector<Slot>* slots) const;
  std::string Explain();

 private:
  bool Before(Slot a, Slot b) const;
  static Cell CellAt(const Key& key, Slot slot);
  std::string OrderText() const;

  TableNode* node_;
  Condition condition_;
  std::vector<Key> keys_;
  size_t offset_;
  size_t limit_;
  std::string explanation_;  // of the last ForEach
  bool explains_ = false;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_SELECTION_H_
