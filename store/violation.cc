// Violations, and the payload that carries them in a status.
//
// The payload is text, since whoever prints a status sees it: a version, a count, and then each violation field by field.
// Numbers end with a space; texts follow their length and a colon; lists follow their length; a value follows the index of
// its alternative. It is read back as if a stranger had written it: whatever does not fit ends the reading, and there are
// no violations then.
#include "tenon/violation.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "store/violation_status.h"

namespace tenon {
namespace {

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

class Writer {
 public:
  void Number(uint64_t number) { absl::StrAppend(&out_, number, " "); }
  void Text(const std::string& text) { absl::StrAppend(&out_, text.size(), ":", text, " "); }
  void Cell(const Value& value) {
    const auto& v = value.variant();
    Number(v.index());
    if (const auto* b = std::get_if<bool>(&v)) Number(*b ? 1 : 0);
    if (const auto* i = std::get_if<int32_t>(&v)) Number(static_cast<uint32_t>(*i));
    if (const auto* i = std::get_if<int64_t>(&v)) Number(static_cast<uint64_t>(*i));
    if (const auto* f = std::get_if<float>(&v)) Number(std::bit_cast<uint32_t>(*f));
    if (const auto* d = std::get_if<double>(&v)) Number(std::bit_cast<uint64_t>(*d));
    if (const auto* s = std::get_if<std::string>(&v)) Text(*s);
    if (const auto* b = std::get_if<Bytes>(&v)) Text(b->data);
  }
  void One(const Violation& violation) {
    Number(static_cast<uint64_t>(violation.code));
    Number(static_cast<uint64_t>(violation.action));
    Text(violation.constraint);
    Text(violation.child_table);
    Text(violation.target_table);
    Number(violation.columns.size());
    for (const std::string& column : violation.columns) Text(column);
    Number(violation.key.size());
    for (const Value& value : violation.key) Cell(value);
    Number(violation.child.slot());
    Number(violation.child.stamp());
    Number(violation.children);
    Number(violation.row);
    Text(violation.message);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads zeros and empty texts once anything did not fit; ok() tells.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return in_.empty(); }

  uint64_t Number(uint64_t most = UINT64_MAX, char end = ' ') {
    const size_t digits = in_.find(end);
    uint64_t number = 0;
    if (digits == std::string_view::npos) return Fail();
    const auto [rest, error] = std::from_chars(in_.data(), in_.data() + digits, number);
    if (error != std::errc() || rest != in_.data() + digits || number > most) return Fail();
    in_.remove_prefix(digits + 1);
    return number;
  }
  // The length of a text or list: what it counts takes at least one byte each.
  size_t Length(char end = ' ') { return static_cast<size_t>(Number(in_.size(), end)); }
  std::string Text() {
    const size_t length = Length(':');
    if (length >= in_.size() || in_[length] != ' ') {  // the length itself took bytes
      Fail();
      return {};
    }
    std::string text(in_.substr(0, length));
    in_.remove_prefix(length + 1);
    return text;
  }
  Value Cell() {
    switch (Number(7)) {
      case 1:
        return Number(1) != 0;
      case 2:
        return static_cast<int32_t>(static_cast<uint32_t>(Number(UINT32_MAX)));
      case 3:
        return static_cast<int64_t>(Number());
      case 4:
        return std::bit_cast<float>(static_cast<uint32_t>(Number(UINT32_MAX)));
      case 5:
        return std::bit_cast<double>(Number());
      case 6:
        return Text();
      case 7:
        return Bytes{Text()};
      default:
        return {};
    }
  }
  Violation One() {
    Violation violation;
    violation.code = static_cast<ViolationCode>(Number(static_cast<uint64_t>(ViolationCode::kCorrupt)));
    violation.action = static_cast<Action>(Number(static_cast<uint64_t>(Action::kSetDefault)));
    violation.constraint = Text();
    violation.child_table = Text();
    violation.target_table = Text();
    for (size_t left = Length(); ok_ && left > 0; --left) violation.columns.push_back(Text());
    for (size_t left = Length(); ok_ && left > 0; --left) violation.key.push_back(Cell());
    const auto slot = static_cast<Slot>(Number(UINT32_MAX));
    const auto stamp = static_cast<Stamp>(Number(UINT32_MAX));
    violation.child = Ref<>(slot, stamp);
    violation.children = static_cast<size_t>(Number());
    violation.row = static_cast<size_t>(Number());
    violation.message = Text();
    return violation;
  }

 private:
  uint64_t Fail() {
    ok_ = false;
    in_ = {};
    return 0;
  }
  std::string_view in_;
  bool ok_ = true;
};

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
  Reader reader(flat);
  if (reader.Number() != kVersion) return {};
  std::vector<Violation> violations;
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left) violations.push_back(reader.One());
  if (!reader.ok() || !reader.AtEnd()) return {};
  if (violations.size() == 1) violations[0].message = std::string(status.message());
  return violations;
}

namespace internal {

absl::Status MakeStatus(std::vector<Violation> violations) {
  if (violations.empty()) return absl::OkStatus();
  absl::Status status(StatusCodeOf(violations[0].code), MessageOf(violations));
  if (violations.size() == 1) violations[0].message.clear();  // it is the status's own
  Writer writer;
  writer.Number(kVersion);
  writer.Number(violations.size());
  for (const Violation& violation : violations) writer.One(violation);
  status.SetPayload(kUrl, absl::Cord(writer.Take()));
  return status;
}

}  // namespace internal
}  // namespace tenon
