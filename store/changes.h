// The log, read as what it changed in the end.
#ifndef TENON_STORE_CHANGES_H_
#define TENON_STORE_CHANGES_H_

#include "store/catalog.h"
#include "store/steps.h"
#include "tenon/change_set.h"

namespace tenon::internal {

// What the steps in the log changed. Requires: steps.is_detailed() since the log was empty; not buried yet, since what
// erased rows and overwritten texts held is read from where it was. O(steps).
ChangeSet CollectChanges(const Catalog& catalog, const Steps& steps);

}  // namespace tenon::internal

#endif  // TENON_STORE_CHANGES_H_
