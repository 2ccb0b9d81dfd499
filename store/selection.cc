#include "store/selection.h"

#include <algorithm>
#include <compare>

#include "absl/strings/str_cat.h"

namespace tenon::internal {

void Selection::Arrange(std::vector<Slot>* slots) const {
  if (!keys_.empty()) {
    const auto at = [&](size_t i) { return slots->begin() + static_cast<std::ptrdiff_t>(i); };
    const size_t last = std::min(slots->size(), limit_ < kNoLimit - offset_ ? offset_ + limit_ : kNoLimit);
    std::partial_sort(slots->begin(), at(last), slots->end(), [&](Slot a, Slot b) { return Before(a, b); });
  }
  slots->erase(slots->begin(),
               slots->begin() + static_cast<std::ptrdiff_t>(std::min(offset_, slots->size())));
  if (slots->size() > limit_) slots->resize(limit_);
}

// By the keys, and among equals by slot.
bool Selection::Before(Slot a, Slot b) const {
  for (const Key& key : keys_) {
    const std::weak_ordering order =
        CompareCells(key.node->columns[key.column].type, CellAt(key, a), CellAt(key, b));
    if (order != 0) return key.order == Order::kAscending ? order < 0 : order > 0;
  }
  return a < b;
}

Cell Selection::CellAt(const Key& key, Slot slot) {
  if (key.edge != nullptr) {
    slot = OtherEnd(*key.edge, key.inverse, slot);
    if (slot >= kGhost) return Cell::Null();
  }
  return key.node->rows.Get(slot, key.column);
}

std::string Selection::Explain() {
  size_t rows = 0;
  explains_ = true;
  ForEach([&](Slot) { return ++rows > 0; });
  if (keys_.empty() && offset_ == 0 && limit_ == kNoLimit) return explanation_;
  return absl::StrCat(explanation_, OrderText(), rows, rows == 1 ? " row\n" : " rows\n");
}

std::string Selection::OrderText() const {
  std::string text;
  for (const Key& key : keys_) {
    absl::StrAppend(&text, text.empty() ? "order by " : ", ");
    if (key.edge != nullptr) absl::StrAppend(&text, key.node->name, ".");
    absl::StrAppend(&text, key.node->columns[key.column].name,
                    key.order == Order::kDescending ? " descending" : "");
  }
  if (limit_ != kNoLimit) absl::StrAppend(&text, text.empty() ? "" : ", ", "limit ", limit_);
  if (offset_ != 0) absl::StrAppend(&text, text.empty() ? "" : ", ", "offset ", offset_);
  return text + ": ";
}

}  // namespace tenon::internal
