// For tests of what is built on Tenon: matchers for its answers, a fixture with a database of its own, and the difference
// of two dumps. Needs GoogleTest and GoogleMock; its own target.
//
//   using ShopTest = tenon::testing::DatabaseTest<DefineShop>;      // absl::Status DefineShop(tenon::Database&)
//   TEST_F(ShopTest, AnOrderNeedsItsCustomer) {
//     EXPECT_THAT(PlaceOrder(db, 7), ViolationIs(ViolationCode::kMissingTarget, "Order.customer"));
//   }
#ifndef TENON_TESTING_H_
#define TENON_TESTING_H_

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/database.h"
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

// A test with a fresh database, defined by kDefine: `absl::Status kDefine(Database&)`. It takes as long as the
// definitions do: a few microseconds a table. When the test is over, everything the store keeps is checked.
template <auto kDefine>
class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(kDefine(db), IsOk()); }
  void TearDown() override { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
};

// What differs between two dumps, table by table: "- " lines that only `before` has, "+ " lines that only `after` has.
// Empty when they are equal.
inline std::string DumpDifference(const std::string& before, const std::string& after) {
  const auto sections = [](const std::string& dump) {
    std::map<std::string, std::multiset<std::string>> lines;
    std::string section;
    std::istringstream stream(dump);
    for (std::string line; std::getline(stream, line);) {
      if (!line.empty() && line[0] != ' ') section = line.substr(0, line.find(':'));
      if (!line.empty()) lines[section].insert(line);
    }
    return lines;
  };
  std::map<std::string, std::multiset<std::string>> old = sections(before), now = sections(after);
  std::string difference;
  for (const auto& [section, lines] : now) old[section];
  for (const auto& [section, lines] : old) {
    std::vector<std::string> gone, come;
    std::set_difference(lines.begin(), lines.end(), now[section].begin(), now[section].end(),
                        std::back_inserter(gone));
    std::set_difference(now[section].begin(), now[section].end(), lines.begin(), lines.end(),
                        std::back_inserter(come));
    if (gone.empty() && come.empty()) continue;
    difference += section + "\n";
    for (const std::string& line : gone) difference += "- " + line + "\n";
    for (const std::string& line : come) difference += "+ " + line + "\n";
  }
  return difference.empty() && before != after ? "the same lines in another order\n" : difference;
}

// `EXPECT_THAT(db.Dump(), IsDump(before))`: as EXPECT_EQ, but shows what differs and nothing else.
MATCHER_P(IsDump, expected, negation ? "is another dump" : "is that dump") {
  *result_listener << "the difference is\n" << DumpDifference(expected, arg);
  return arg == expected;
}

}  // namespace tenon::testing

#endif  // TENON_TESTING_H_
