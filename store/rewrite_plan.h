// The cells that one step of a statement is going to write, all decided before the first is written.
#ifndef TENON_STORE_REWRITE_PLAN_H_
#define TENON_STORE_REWRITE_PLAN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/scratch.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

inline constexpr uint32_t kNoEdge = 0xFFFF'FFFFu;

// One cell to be written.
struct Rewrite {
  uint32_t part;  // table and column
  Slot slot;
  Cell value;
  // The edge for which this value keeps the row with its target: `to`, or (kNoSlot) the one it is linked to.
  uint32_t via = kNoEdge;
  Slot to = kNoSlot;

  uint32_t table() const { return TableOfPart(part); }
  uint32_t column() const { return PartIndex(part); }
  uint64_t row_id() const { return uint64_t{table()} << 32 | slot; }
  Action action = Action::kNoAction;  // that wants it
  uint32_t sequence = 0;              // when it was added
  // Orders by table, row, column.
  std::pair<uint64_t, uint32_t> order() const { return {row_id(), column()}; }
  uint64_t cell_id() const { return uint64_t{part} << 32 | slot; }
};

class RewritePlan {
 public:
  explicit RewritePlan(Account* account) : list_(account) {}

  [[nodiscard]] bool Add(Rewrite rewrite) {
    rewrite.sequence = static_cast<uint32_t>(list_.size());
    return list_.Push(rewrite);
  }
  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  const Rewrite& operator[](size_t i) const { return list_[i]; }
  void Clear() { list_.Clear(); }
  void Swap(RewritePlan& other) { list_.Swap(other.list_); }

  // By table, row, column; equal cells in the order they were added.
  void Sort();
  // Of several rewrites of a cell the last one stays. Requires: sorted.
  void KeepLast();
  // Drops the rewrites for which drop(rewrite) is true.
  template <class Drop>
  void DropIf(Drop drop) {
    list_.Shrink(static_cast<size_t>(std::remove_if(list_.begin(), list_.end(), drop) - list_.begin()));
  }
  // The first two rewrites of one cell that differ, or null. Requires: sorted.
  const Rewrite* FindConflict(const Catalog& catalog) const;
  // The rewrites of the row at `from`: they lie side by side.
  absl::Span<const Rewrite> RowAt(size_t from) const;
  // The rewrites of a row. Requires: sorted.
  absl::Span<const Rewrite> RowOf(uint32_t table, Slot slot) const;

 private:
  Scratch<Rewrite> list_;
};

// What a row's cell will be, given the rewrites of that row.
Cell CellAfter(const TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites, uint32_t column);

}  // namespace tenon::internal

#endif  // TENON_STORE_REWRITE_PLAN_H_
