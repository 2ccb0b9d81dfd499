// GoogleMock matchers for what the library answers: IsOk(), StatusIs(code, message), ViolationIs(code, constraint),
// Fails(code, violation, message).
// They take an absl::Status or an absl::StatusOr.
#ifndef TENON_TESTS_TESTING_MATCHERS_H_
#define TENON_TESTS_TESTING_MATCHERS_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "tenon/violation.h"

namespace tenon::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class X>
const absl::Status& StatusOf(const absl::StatusOr<X>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << StatusOf(arg).ToString(absl::StatusToStringMode::kWithNoExtraData);
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "has code " + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString(absl::StatusToStringMode::kWithNoExtraData);
  return StatusOf(arg).code() == code;
}

MATCHER_P2(StatusIs, code, message,
           "has code " + absl::StatusCodeToString(code) + " and a message that fits") {
  *result_listener << StatusOf(arg).ToString(absl::StatusToStringMode::kWithNoExtraData);
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(StatusOf(arg).message()), result_listener);
}

// The first violation has this code.
MATCHER_P(ViolationIs, code, std::string("is refused with ") + std::string(CodeName(code))) {
  *result_listener << StatusOf(arg).ToString(absl::StatusToStringMode::kWithNoExtraData);
  const std::vector<Violation> violations = GetViolations(StatusOf(arg));
  return !violations.empty() && violations.front().code == code;
}

// The first violation has this code and names this constraint.
MATCHER_P2(ViolationIs, code, constraint,
           std::string("is refused with ") + std::string(CodeName(code)) + " by " + constraint) {
  *result_listener << StatusOf(arg).ToString(absl::StatusToStringMode::kWithNoExtraData);
  const std::vector<Violation> violations = GetViolations(StatusOf(arg));
  if (violations.empty()) return false;
  *result_listener << ", by " << violations.front().constraint;
  return violations.front().code == code && violations.front().constraint == constraint;
}

// All three: the code of the status, the first violation, the message.
template <class Message>
auto Fails(absl::StatusCode code, ViolationCode violation, Message message) {
  return ::testing::AllOf(StatusIs(code, message), ViolationIs(violation));
}

}  // namespace tenon::testing

#endif  // TENON_TESTS_TESTING_MATCHERS_H_
