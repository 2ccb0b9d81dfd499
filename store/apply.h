// A change set, gathered to be carried out.
#ifndef TENON_STORE_APPLY_H_
#define TENON_STORE_APPLY_H_

#include "absl/status/status.h"
#include "store/engine.h"
#include "store/statement.h"
#include "tenon/change_set.h"

namespace tenon::internal {

// Errors kHandle: no such table; kType: no such column, or a value that does not fit; kStale: a row, a cell or a counter is
// not as the change set found it; and as Statement::Insert and Update.
absl::Status GatherChanges(Engine& engine, const ChangeSet& changes, Statement& statement);

}  // namespace tenon::internal

#endif  // TENON_STORE_APPLY_H_
