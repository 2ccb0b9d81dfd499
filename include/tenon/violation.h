// Why a statement, a commit or a definition was refused, as data: read back from the absl::Status that says it in words.
#ifndef TENON_VIOLATION_H_
#define TENON_VIOLATION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tenon/definition.h"
#include "tenon/row.h"

namespace tenon {

enum class ViolationCode : uint8_t {
  // Foreign keys: kFailedPrecondition.
  kMissingTarget,  // a row written by this statement refers to a key that nobody holds
  kRestrict,       // a target can't go, or change its key: rows refer to it, and the edge says restrict
  kNoAction,       // a target left, or lost its key, while rows refer to it
  kDeferred,       // a deferred edge still leads nowhere at commit
  kConflict,       // two actions would write different values into one cell
  // Rows.
  kNotNull,      // kInvalidArgument: a null where none may be
  kType,         // kInvalidArgument: a value of the wrong type, an unknown column, a column twice
  kUnique,       // kAlreadyExists: a live row has this key, or belongs to this target of a has-one
  kStale,        // kNotFound: the Ref is null, or its row is gone, or it is of another table
  kRange,        // kOutOfRange: arithmetic that leaves the type, an auto-increment at its end
  kLimit,        // kResourceExhausted: memory, rows, text, transactions...
  kReadOnly,     // kFailedPrecondition: a write through a handle of a const Database
  kTransaction,  // kFailedPrecondition: not now (schema change in a transaction, commit out of order...)
  kHandle,       // kNotFound: the handle leads to nothing: no such table or association, or it was dropped
  // Definitions: kInvalidArgument, but for kTableReferenced and kTransaction.
  kUnknownTable,
  kUnknownColumn,
  kTargetNotUnique,
  kColumnCount,
  kTypeMismatch,
  kDuplicateName,
  kDuplicateForeignKey,
  kActionImpossible,
  kTableReferenced,  // kFailedPrecondition: a key, column or table is still referred to
  kDefinition,       // anything else that can't be: an empty name, a float key...
  kCorrupt,          // kInternal, only from Verify(): an invariant does not hold
};

// "fk_restrict", "not_null", ... as the documentation and messages name it.
std::string_view CodeName(ViolationCode code);

struct Violation {
  ViolationCode code = ViolationCode::kDefinition;
  Action action = Action::kNoAction;      // of the edge, where an action led here
  std::string constraint = {};            // "Book.author"; of a key "Tag.word"
  std::string child_table = {};           // of foreign keys; of all else, the table concerned
  std::string target_table = {};          // of foreign keys
  std::vector<std::string> columns = {};  // foreign-key columns, or those of the key or cell
  std::vector<Value> key = {};            // the values that stand in the way
  Ref<> child = {};                       // the first row concerned, if it still exists
  size_t children = 0;                    // how many rows are concerned
  size_t row = 0;            // its place among the rows given to the statement, where that has a meaning
  std::string message = {};  // the sentence for people

  friend bool operator==(const Violation&, const Violation&) = default;
};

// The violations a status carries; empty when it is OK or not of this library. The first is the one the message tells
// first; there are several at a definition, a commit and a Verify. Print status.message(): a status that is streamed shows
// them in raw form.
std::vector<Violation> GetViolations(const absl::Status& status);

}  // namespace tenon

#endif  // TENON_VIOLATION_H_
