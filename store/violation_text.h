// The sentences and Violations of refused statements. Built while the state they speak of is still there, before the undo.
//
// A message reads: operation subject: what stands in the way (the rule behind it).
#ifndef TENON_STORE_VIOLATION_TEXT_H_
#define TENON_STORE_VIOLATION_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/edge.h"
#include "tenon/violation.h"

namespace tenon::internal {

// "Author[id=1]": a row by its primary key, as its cells stand.
std::string RowText(const TableNode& table, Slot slot);
// "authorId = 7", "(tenant, no) = (1, 7)".
std::string KeyText(absl::Span<const std::string> columns, absl::Span<const Value> key);

// `verb` says what was being done: "insert", "update", "erase", ...
absl::Status NotNullError(std::string_view verb, const TableNode& table, Slot slot, uint32_t column,
                          size_t row);
absl::Status UniqueError(std::string_view verb, const TableNode& table, const Key& key, Slot slot,
                         size_t row);
// A child whose key nobody holds. `left` is not kNoSlot: SET DEFAULT wrote it, because this target left.
absl::Status MissingTargetError(std::string_view verb, const Edge& edge, Slot child, Slot left, size_t row);
// `child` is one of those that refer to the target.
absl::Status RestrictError(std::string_view verb, const Edge& edge, Slot target, Slot child);
// A target that is gone, or has another key now, while `children` rows refer to what it was.
absl::Status NoActionError(std::string_view verb, const Edge& edge, Slot child, size_t children);
// One violation for each of these edges, each with dangling children.
absl::Status DeferredError(std::string_view verb, absl::Span<const Edge* const> edges);
absl::Status ConflictError(std::string_view verb, const TableNode& table, Slot slot, uint32_t column);
absl::Status LinkConflictError(std::string_view verb, const Edge& edge, uint32_t column);
absl::Status StaleError(std::string_view verb, const TableNode& table, bool null, size_t row);
// A link to a row whose target key is null.
absl::Status NullKeyError(std::string_view verb, const Edge& edge, Slot target);
absl::Status RangeError(std::string_view verb, const TableNode& table, uint32_t column, size_t row);
absl::Status TypeError(std::string_view verb, const TableNode& table, std::string_view column,
                       std::string_view what, size_t row);
// A name that is no column of the table; a member of its struct that is bound to none.
absl::Status NoColumnError(std::string_view verb, const TableNode& table, std::string_view column,
                           size_t row = 0);
absl::Status NoMemberError(std::string_view verb, const TableNode& table);
// A condition or expression put together by hand, or moved from.
absl::Status MalformedError(std::string_view verb, const TableNode& table);
absl::Status LimitError(std::string_view verb, std::string_view what);
absl::Status SimpleError(ViolationCode code, std::string message);

}  // namespace tenon::internal

#endif  // TENON_STORE_VIOLATION_TEXT_H_
