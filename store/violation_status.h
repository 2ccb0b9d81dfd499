// How violations travel inside an absl::Status.
#ifndef TENON_STORE_VIOLATION_STATUS_H_
#define TENON_STORE_VIOLATION_STATUS_H_

#include <vector>

#include "absl/status/status.h"
#include "tenon/violation.h"

namespace tenon::internal {

// The status that carries these violations: the first decides its code; its message tells all of them, in
// order (the first few, where there are very many). OK when there are none. GetViolations gives them back.
absl::Status MakeStatus(std::vector<Violation> violations);

}  // namespace tenon::internal

#endif  // TENON_STORE_VIOLATION_STATUS_H_
