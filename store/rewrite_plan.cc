#include "store/rewrite_plan.h"

namespace tenon::internal {

// Not std::stable_sort: that would ask for memory behind the back of Memory.
void RewritePlan::Sort() {
  const auto before = [](const Rewrite& a, const Rewrite& b) {
    return a.order() != b.order() ? a.order() < b.order() : a.sequence < b.sequence;
  };
  if (!std::is_sorted(list_.begin(), list_.end(), before)) std::sort(list_.begin(), list_.end(), before);
}

void RewritePlan::KeepLast() {
  size_t kept = 0;
  for (size_t i = 0; i < list_.size(); ++i) {
    if (i + 1 < list_.size() && list_[i].order() == list_[i + 1].order()) continue;
    list_[kept++] = list_[i];
  }
  list_.Shrink(kept);
}

const Rewrite* RewritePlan::FindConflict(const Catalog& catalog) const {
  for (size_t i = 1; i < list_.size(); ++i) {
    const Rewrite& a = list_[i - 1];
    const Rewrite& b = list_[i];
    if (a.order() != b.order()) continue;
    if (!SameCell(catalog.tables[a.table()]->columns[a.column()].type, a.value, b.value)) return &b;
  }
  return nullptr;
}

absl::Span<const Rewrite> RewritePlan::RowAt(size_t from) const {
  size_t to = from + 1;
  while (to < list_.size() && list_[to].row_id() == list_[from].row_id()) ++to;
  return {list_.begin() + from, to - from};
}

absl::Span<const Rewrite> RewritePlan::RowOf(uint32_t table, Slot slot) const {
  const uint64_t row = uint64_t{table} << 32 | slot;
  const Rewrite* at = std::lower_bound(list_.begin(), list_.end(), row,
                                       [](const Rewrite& r, uint64_t id) { return r.row_id() < id; });
  if (at == list_.end() || at->row_id() != row) return {};
  return RowAt(static_cast<size_t>(at - list_.begin()));
}

Cell CellAfter(const TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites, uint32_t column) {
  for (const Rewrite& rewrite : rewrites) {
    if (rewrite.column() == column) return rewrite.value;
  }
  return table.rows.Get(slot, column);
}

}  // namespace tenon::internal
