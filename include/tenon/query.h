// Rows of one table that meet a condition: a value, nothing runs before a terminal call.
#ifndef TENON_QUERY_H_
#define TENON_QUERY_H_

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"
#include "tenon/row.h"

namespace tenon {

// Results come in slot order, and are empty, null or 0 where status() is not OK. Cost of every terminal call: a walk over the table.
template <class T = void>
class Query;

template <>
class Query<void> {
 public:
  Query(const internal::TableView* table, absl::Status status, Predicate<> where)
      : table_(table), status_(std::move(status)), where_(std::move(where)) {}

  // OK, or why nothing matches: a bad table handle, an unknown column, a comparison across types.
  absl::Status status() const;

  RefList<> Refs() const;
  // The first match; null when there is none.
  Ref<> First() const;
  size_t Count() const;

  // Erases every match as one statement, actions included; the number of matches. Errors as Table::Erase.
  absl::StatusOr<size_t> Erase() const;
  // Updates every match as one statement; the number of matches. Values are computed from each row's old cells.
  // Errors as Table::Update.
  absl::StatusOr<size_t> Update(absl::Span<const Assignment> assignments) const;

 private:
  const internal::TableView* table_;
  absl::Status status_;
  Predicate<> where_;
};

}  // namespace tenon

#endif  // TENON_QUERY_H_
