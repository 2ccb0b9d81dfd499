// Check: what a fuzz target claims. A claim that does not hold ends the process, as a sanitizer's finding does.
#ifndef TENON_TESTS_FUZZ_CHECK_H_
#define TENON_TESTS_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tenon::fuzz {

inline void Check(bool holds, std::string_view claim, const std::string& detail = "") {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n%s\n", static_cast<int>(claim.size()), claim.data(),
               detail.c_str());
  std::abort();
}
inline void CheckOk(const absl::Status& status, std::string_view claim) {
  if (!status.ok()) Check(false, claim, std::string(status.message()));
}

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_CHECK_H_
