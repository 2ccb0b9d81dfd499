// OrDie: for tests, examples and main(), where an error ends the program with its message.
#ifndef TENON_OR_DIE_H_
#define TENON_OR_DIE_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tenon {

// The value, or, printed to stderr, why there is none, and the end of the process. Not for servers.
inline void OrDie(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData).c_str());
  std::abort();
}
template <class X>
X OrDie(absl::StatusOr<X> result) {
  OrDie(result.status());
  return *std::move(result);
}

}  // namespace tenon

#endif  // TENON_OR_DIE_H_
