// Mistakes are planted by giving the engine another rule than the model; each must come out as the few statements
// that show it.
#include "tests/model/shrink.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/definition.h"
#include "tests/model/cpp_text.h"
#include "tests/model/program.h"
#include "tests/model/twins.h"

namespace tenon::model {
namespace {

using ::testing::HasSubstr;

// What is found when the engine takes `from` for `to`.
Failure Planted(Action from, Action to) {
  return [from, to](const Program& program) -> std::string {
    Schema mistaken = program.schema;
    for (Edge& edge : mistaken.edges) {
      if (edge.on_delete == from) edge.on_delete = to;
    }
    Twins twins(program.schema, mistaken, Look::kRows);
    for (size_t i = 0; i < program.statements.size(); ++i) {
      const std::string& difference = twins.Execute(program.statements[i]);
      if (!difference.empty()) return absl::StrCat("statement ", i + 1, ": ", difference);
    }
    return {};
  };
}

// The first random program that fails.
Program FailingProgram(const Failure& failure) {
  uint64_t seed = 1;
  while (failure(RandomProgram(seed)).empty()) ++seed;
  return RandomProgram(seed);
}

struct Mistake {
  const char* name;
  Action from;
  Action to;
};
class PlantedMistakeTest : public testing::TestWithParam<Mistake> {};
INSTANTIATE_TEST_SUITE_P(Mistakes, PlantedMistakeTest,
                         testing::Values(Mistake{"RestrictIsNoAction", Action::kRestrict, Action::kNoAction},
                                         Mistake{"CascadeIsRestrict", Action::kCascade, Action::kRestrict},
                                         Mistake{"CascadeIsNoAction", Action::kCascade, Action::kNoAction},
                                         Mistake{"SetNullIsNoAction", Action::kSetNull, Action::kNoAction},
                                         Mistake{"NoActionIsRestrict", Action::kNoAction, Action::kRestrict}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(PlantedMistakeTest, ShrinksToThreeStatementsAndOneEdge) {
  const Failure failure = Planted(GetParam().from, GetParam().to);
  const Program program = FailingProgram(failure);
  const Program shrunk = Shrink(program, failure);

  EXPECT_LE(shrunk.statements.size(), 3u) << ToCpp(shrunk);
  EXPECT_EQ(shrunk.schema.edges.size(), 1u) << ToCpp(shrunk);
  EXPECT_EQ(KindOf(failure(shrunk)), KindOf(failure(program)));
}

TEST(ShrinkTest, KindsForgetPlacesAndNumbers) {
  EXPECT_EQ(KindOf("statement 7: expected ok, not unique: insert T1: id = 3"), "expected ok, not unique");
  EXPECT_EQ(KindOf("statement 12: 3 rows in T1"), KindOf("statement 2: 1 rows in T0"));
  EXPECT_EQ(KindOf(""), "");
}

TEST(CppTextTest, ProgramReadsAsATest) {
  Program program;
  program.schema.tables = {
      {"T", {{"id", Kind::kInt64, true, false, {}}, {"f", Kind::kText, false, false, {}}}, {{0}}, false}};
  Statement insert;
  insert.verb = Verb::kInsert;
  insert.rows = {{1, {{0, int64_t{7}}, {1, std::string("a")}}, {}}};
  program.statements = {insert, insert};
  program.statements[1].rows[0].id = 2;

  const std::string text = ToCpp(program);

  EXPECT_THAT(text, HasSubstr(R"({.name = "f", .type = Type::kString}}, .primary_key = {"id"}})"));
  EXPECT_THAT(text, HasSubstr(R"(const auto born1 = T.Insert({{"id", 7}, {"f", "a"}});)"));
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(EXPECT_THAT(T.Insert({{"id", 7}, {"f", "a"}}), testing::ViolationIs(ViolationCode::kUnique));)"));
  EXPECT_THAT(text, HasSubstr(R"(EXPECT_EQ(*T.Get(r1), (std::vector<Value>{7, "a"}));)"));
}

}  // namespace
}  // namespace tenon::model
