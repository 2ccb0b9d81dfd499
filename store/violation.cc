// Violations, and the payload that carries them in a status.
//
// The payload is a version, a count, and then each violation field by field (fields.h).
#include "tenon/violation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "store/fields.h"
#include "store/violation_status.h"

namespace tenon {
namespace {

using internal::FieldReader;
using internal::FieldWriter;

constexpr char kUrl[] = "tenon.dev/violations";
constexpr uint64_t kVersion = 1;
constexpr size_t kMessagesShown = 50;

absl::StatusCode StatusCodeOf(ViolationCode code) {
  switch (code) {
    case ViolationCode::kMissingTarget:
    case ViolationCode::kRestrict:
    case ViolationCode::kNoAction:
    case ViolationCode::kDeferred:
    case ViolationCode::kConflict:
    case ViolationCode::kReadOnly:
    case ViolationCode::kTransaction:
    case ViolationCode::kTableReferenced:
      return absl::StatusCode::kFailedPrecondition;
    case ViolationCode::kUnique:
      return absl::StatusCode::kAlreadyExists;
    case ViolationCode::kStale:
    case ViolationCode::kHandle:
      return absl::StatusCode::kNotFound;
    case ViolationCode::kRange:
      return absl::StatusCode::kOutOfRange;
    case ViolationCode::kLimit:
      return absl::StatusCode::kResourceExhausted;
    case ViolationCode::kCorrupt:
      return absl::StatusCode::kInternal;
    case ViolationCode::kNotNull:
    case ViolationCode::kType:
    case ViolationCode::kUnknownTable:
    case ViolationCode::kUnknownColumn:
    case ViolationCode::kTargetNotUnique:
    case ViolationCode::kColumnCount:
    case ViolationCode::kTypeMismatch:
    case ViolationCode::kDuplicateName:
    case ViolationCode::kDuplicateForeignKey:
    case ViolationCode::kActionImpossible:
    case ViolationCode::kDefinition:
      return absl::StatusCode::kInvalidArgument;
  }
  return absl::StatusCode::kUnknown;
}

// One violation speaks for itself; several become numbered lines.
std::string MessageOf(const std::vector<Violation>& violations) {
  if (violations.size() == 1) return violations[0].message;
  std::string out = absl::StrCat(violations.size(), " problems:");
  const size_t shown = std::min(violations.size(), kMessagesShown);
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&out, "\n  ", i + 1, ". ", violations[i].message);
  if (shown < violations.size()) absl::StrAppend(&out, "\n  and ", violations.size() - shown, " more");
  return out;
}

void Write(const Violation& violation, FieldWriter& out) {
  out.Number(static_cast<uint64_t>(violation.code));
  out.Number(static_cast<uint64_t>(violation.action));
  out.Text(violation.constraint);
  out.Text(violation.child_table);
  out.Text(violation.target_table);
  out.Number(violation.columns.size());
  for (const std::string& column : violation.columns) out.Text(column);
  out.Write(violation.key);
  out.Number(violation.child.slot());
  out.Number(violation.child.stamp());
  out.Number(violation.children);
  out.Number(violation.row);
  out.Text(violation.message);
}

Violation ReadViolation(FieldReader& in) {
  Violation violation;
  violation.code = static_cast<ViolationCode>(in.Number(static_cast<uint64_t>(ViolationCode::kCorrupt)));
  violation.action = static_cast<Action>(in.Number(static_cast<uint64_t>(Action::kSetDefault)));
  violation.constraint = in.Text();
  violation.child_table = in.Text();
  violation.target_table = in.Text();
  for (size_t left = in.Length(); in.ok() && left > 0; --left) violation.columns.push_back(in.Text());
  violation.key = in.Values();
  const auto slot = static_cast<Slot>(in.Number(UINT32_MAX));
  violation.child = Ref<>(slot, static_cast<Stamp>(in.Number(UINT32_MAX)));
  violation.children = static_cast<size_t>(in.Number());
  violation.row = static_cast<size_t>(in.Number());
  violation.message = in.Text();
  return violation;
}

}  // namespace

std::string_view CodeName(ViolationCode code) {
  switch (code) {
    case ViolationCode::kMissingTarget:
      return "fk_missing_target";
    case ViolationCode::kRestrict:
      return "fk_restrict";
    case ViolationCode::kNoAction:
      return "fk_no_action";
    case ViolationCode::kDeferred:
      return "fk_deferred";
    case ViolationCode::kConflict:
      return "fk_conflict";
    case ViolationCode::kNotNull:
      return "not_null";
    case ViolationCode::kType:
      return "type";
    case ViolationCode::kUnique:
      return "unique";
    case ViolationCode::kStale:
      return "stale";
    case ViolationCode::kRange:
      return "range";
    case ViolationCode::kLimit:
      return "limit";
    case ViolationCode::kReadOnly:
      return "read_only";
    case ViolationCode::kTransaction:
      return "transaction";
    case ViolationCode::kHandle:
      return "handle";
    case ViolationCode::kUnknownTable:
      return "unknown_table";
    case ViolationCode::kUnknownColumn:
      return "unknown_column";
    case ViolationCode::kTargetNotUnique:
      return "target_not_unique";
    case ViolationCode::kColumnCount:
      return "column_count";
    case ViolationCode::kTypeMismatch:
      return "type_mismatch";
    case ViolationCode::kDuplicateName:
      return "duplicate_name";
    case ViolationCode::kDuplicateForeignKey:
      return "duplicate_foreign_key";
    case ViolationCode::kActionImpossible:
      return "action_impossible";
    case ViolationCode::kTableReferenced:
      return "table_referenced";
    case ViolationCode::kDefinition:
      return "definition";
    case ViolationCode::kCorrupt:
      return "corrupt";
  }
  return "unknown";
}

std::vector<Violation> GetViolations(const absl::Status& status) {
  const auto payload = status.GetPayload(kUrl);
  if (!payload.has_value()) return {};
  const std::string flat(*payload);
  FieldReader reader(flat);
  if (reader.Number() != kVersion) return {};
  std::vector<Violation> violations;
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left)
    violations.push_back(ReadViolation(reader));
  if (!reader.ok() || !reader.AtEnd()) return {};
  if (violations.size() == 1) violations[0].message = std::string(status.message());
  return violations;
}

namespace internal {

absl::Status MakeStatus(std::vector<Violation> violations) {
  if (violations.empty()) return absl::OkStatus();
  absl::Status status(StatusCodeOf(violations[0].code), MessageOf(violations));
  if (violations.size() == 1) violations[0].message.clear();  // it is the status's own
  FieldWriter writer;
  writer.Number(kVersion);
  writer.Number(violations.size());
  for (const Violation& violation : violations) Write(violation, writer);
  status.SetPayload(kUrl, absl::Cord(writer.Take()));
  return status;
}

}  // namespace internal
}  // namespace tenon
