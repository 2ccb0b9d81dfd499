// A row as a verb is given it: by names, or as a struct.
#ifndef TENON_INTERNAL_GIVEN_ROW_H_
#define TENON_INTERNAL_GIVEN_ROW_H_

#include "absl/types/span.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon::internal {

// Looked at, not copied. Requires of a struct: it is the one to which the table's view was bound (Database::GetTable).
class GivenRow {
 public:
  GivenRow(absl::Span<const NamedValue> values) : values_(values) {}  // NOLINT: a row by names is a row
  GivenRow(const Row& values) : values_(values) {}                    // NOLINT
  GivenRow(const TableView* view, const void* row) : view_(view), row_(row) {}

  absl::Span<const NamedValue> values() const { return values_; }
  const TableView* view() const { return view_; }
  const void* row() const { return row_; }  // null: by names

 private:
  absl::Span<const NamedValue> values_;
  const TableView* view_ = nullptr;
  const void* row_ = nullptr;
};

}  // namespace tenon::internal

#endif  // TENON_INTERNAL_GIVEN_ROW_H_
