// Every invariant, recomputed from the cells alone.
#ifndef TENON_STORE_VERIFY_H_
#define TENON_STORE_VERIFY_H_

#include "absl/status/status.h"
#include "store/engine.h"

namespace tenon::internal {

// OK, or kInternal with one violation (kCorrupt) for each thing that is off. O(all data).
absl::Status Verify(const Engine& engine);

}  // namespace tenon::internal

#endif  // TENON_STORE_VERIFY_H_
