#include "tenon/lookup.h"

#include <limits>

#include "absl/container/inlined_vector.h"
#include "store/catalog.h"
#include "store/engine.h"
#include "store/value_cell.h"
#include "store/violation_text.h"
#include "tenon/to_one.h"

namespace tenon {

using internal::Cell;
using internal::kNoSlot;

absl::Status Lookup<void>::status() const {
  if (absl::Status s = CheckHandle(*table_, status_, "find", false); !s.ok()) return s;
  if (key_->generation == generation_) return absl::OkStatus();
  return internal::SimpleError(ViolationCode::kHandle, "find: the key was dropped");
}

Ref<> Lookup<void>::Find(int64_t value) const {
  if (key_ == nullptr || key_->generation != generation_ || key_->integer == nullptr) return {};
  const internal::RowStore& rows = table_->node->rows;
  const Slot slot = rows.FindInteger(*key_, value);
  return slot == kNoSlot ? Ref<>() : internal::RefAt(rows.stamps(), slot);
}

Ref<> Lookup<void>::Find(std::string_view value) const {
  if (key_ == nullptr || key_->generation != generation_ || key_->columns.size() != 1) return {};
  const internal::RowStore& rows = table_->node->rows;
  if (!internal::IsText(rows.column(key_->columns[0]).type()) || value.size() > INT32_MAX) return {};
  const Cell cell = Cell::OfText(internal::Text(value));
  const Slot slot = rows.Find(*key_, {&cell, 1});
  return slot == kNoSlot ? Ref<>() : internal::RefAt(rows.stamps(), slot);
}

Ref<> Lookup<void>::FindCells(absl::Span<const Cell> cells) const {
  if (key_ == nullptr || key_->generation != generation_ || key_->columns.size() != cells.size()) return {};
  const internal::RowStore& rows = table_->node->rows;
  const Slot slot = rows.Find(*key_, cells);
  return slot == kNoSlot ? Ref<>() : internal::RefAt(rows.stamps(), slot);
}

Ref<> Lookup<void>::Find(absl::Span<const Value> values) const {
  if (key_ == nullptr || key_->generation != generation_ || key_->columns.size() != values.size()) return {};
  const internal::TableNode& node = *table_->node;
  absl::InlinedVector<Cell, 4> cells;
  for (size_t i = 0; i < values.size(); ++i) {
    const Type type = node.columns[key_->columns[i]].type;
    if (values[i].is_null() || !internal::Fits(values[i], type)) return {};
    cells.push_back(internal::CellOf(values[i], type));
  }
  return FindCells(cells);
}

}  // namespace tenon
