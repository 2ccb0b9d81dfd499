// Which foreign keys may be written and what they then lead to; what a refusal says. What happens when a
// target leaves is in action_test.cc, when its key changes in key_change_test.cc.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::InEveryOrder;
using testing::IsOk;
using testing::OrderAndLine;
using testing::ParentAndChild;
using testing::ParentByCode;
using testing::StatusIs;
using testing::Tables;
using testing::Tree;
using testing::ViolationIs;

// The target of a row.
Ref<> TargetOf(Tables& t, std::string_view table, const Value& row, std::string_view association) {
  return t[table].BelongsTo(association).Get(t.Row(table, row));
}

// The children of a Parent whose inverse is called so.
RefList<> ChildrenOf(Tables& t, const Value& parent) {
  RefList<> children;
  for (const Ref<> child : t["Parent"].HasMany("children").Of(t.Row("Parent", parent)))
    children.push_back(child);
  return children;
}

// ---- Existence ----

TEST(ForeignKeyTest, IsEnforcedUnlessToldOtherwise) {
  Tables t(ParentAndChild());

  EXPECT_THAT(t.Insert("Child", {10, 1}), ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
}

TEST(ForeignKeyTest, LeadsToTheRowThatHoldsItsKey) {
  Tables t(ParentAndChild({.inverse = HasMany("children")}), {{"Parent", {{1}, {2}}}});

  EXPECT_THAT(t.Insert("Child", {10, 2}), IsOk());

  EXPECT_EQ(TargetOf(t, "Child", 10, "parent"), t.Row("Parent", 2));
  EXPECT_TRUE(t["Parent"].HasMany("children").Has(t.Row("Parent", 2), t.Row("Child", 10)));
}

TEST(ForeignKeyTest, CannotBeUpdatedToAKeyThatNobodyHolds) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Update("Child", 10, {{"parentId", 2}}),
              ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
}

TEST(ForeignKeyTest, MovesAChildFromTargetToTarget) {
  Tables t(ParentAndChild({.inverse = HasMany("children")}),
           {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {11, 1}}}});

  EXPECT_THAT(t.Update("Child", 10, {{"parentId", 2}}), IsOk());

  EXPECT_THAT(ChildrenOf(t, 1), ElementsAre(t.Row("Child", 11)));
  EXPECT_THAT(ChildrenOf(t, 2), ElementsAre(t.Row("Child", 10)));
}

TEST(ForeignKeyTest, TwoEdgesOnOneColumnMustBothHold) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "B"},
      {.name = "D",
       .columns = {{.name = "x"}},
       .belongs_to = {{.target = "A", .foreign_key = {"x"}}, {.target = "B", .foreign_key = {"x"}}}}};
  InEveryOrder(tables, {{"A", {{1}, {2}}}, {"B", {{2}, {3}}}}, [](Tables& t) {
    EXPECT_THAT(t.Insert("D", {10, 1}), ViolationIs(ViolationCode::kMissingTarget, "D.b"));
    EXPECT_THAT(t.Insert("D", {10, 3}), ViolationIs(ViolationCode::kMissingTarget, "D.a"));
    EXPECT_THAT(t.Insert("D", {10, 2}), IsOk());
  });
}

// ---- NULL ----

TEST(ForeignKeyTest, NullIsAcceptedAndLeadsNowhere) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  EXPECT_THAT(t.Insert("Child", {10, nullptr}), IsOk());

  EXPECT_FALSE(TargetOf(t, "Child", 10, "parent"));
}

TEST(ForeignKeyTest, NullInOneColumnLetsTheOthersHoldAnything) {
  Tables t(OrderAndLine(), {{"Order", {{1, 5}}}});

  EXPECT_THAT(t.InsertAll("Line", {{10, 77, nullptr}, {11, nullptr, 77}, {12, 1, nullptr}}), IsOk());

  EXPECT_FALSE(TargetOf(t, "Line", 12, "order"));
}

TEST(ForeignKeyTest, NullInOneColumnKeepsCascadesAway) {
  Tables t(OrderAndLine({.on_delete = Action::kCascade}),
           {{"Order", {{1, 5}}}, {"Line", {{10, 1, 5}, {11, 1, nullptr}, {12, nullptr, 5}}}});

  EXPECT_THAT(t.Clear("Order"), IsOk());

  EXPECT_EQ(t.Text("Line"), "(11, 1, NULL) (12, NULL, 5)");
}

TEST(ForeignKeyTest, NullDoesNotLeadToATargetWhoseKeyIsNull) {
  Tables t(ParentByCode({.inverse = HasMany("children")}), {{"Parent", {{1, nullptr}}}});

  EXPECT_THAT(t.Insert("Child", {10, nullptr}), IsOk());

  EXPECT_FALSE(TargetOf(t, "Child", 10, "parent"));
  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 1)), 0u);
}

TEST(ForeignKeyTest, ATargetWhoseKeyIsNullMayLeaveWhateverNullsThereAre) {
  Tables t(ParentByCode({.on_delete = Action::kRestrict}),
           {{"Parent", {{1, nullptr}}}, {"Child", {{10, nullptr}}}});

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
}

// ---- Several rows in one statement ----

TEST(ForeignKeyTest, RowsOfOneInsertMayReferToEachOtherInAnyOrder) {
  InEveryOrder(Tree(), {{"Node", {{1, 3}, {2, nullptr}, {3, 2}}}},
               [](Tables& t) { EXPECT_EQ(TargetOf(t, "Node", 1, "parent"), t.Row("Node", 3)); });
}

TEST(ForeignKeyTest, ARowMayReferToItself) {
  Tables t(Tree());

  EXPECT_THAT(t.Insert("Node", {1, 1}), IsOk());

  EXPECT_EQ(TargetOf(t, "Node", 1, "parent"), t.Row("Node", 1));
}

TEST(ForeignKeyTest, OneBadRowOfAnInsertKeepsAllOut) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  const absl::Status refused = t.InsertAll("Child", {{10, 1}, {11, nullptr}, {12, 99}, {13, 1}});

  ASSERT_THAT(refused, ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
  EXPECT_EQ(GetViolations(refused)[0].row, 2u);
  EXPECT_EQ(t.Text("Child"), "");
}

TEST(ForeignKeyTest, OneBadRowOfABulkLoadKeepsAllOut) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  EXPECT_THAT(t.Run([&] {
    return t["Child"].InsertColumns({{"id", {10, 11}}, {"parentId", {1, 99}}});
  }),
              ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
}

TEST(ForeignKeyTest, OneBadRowOfAnUpdateKeepsAllAsTheyWere) {
  InEveryOrder(ParentAndChild(), {{"Parent", {{1}, {2}, {3}}}, {"Child", {{10, 1}, {11, 2}, {12, 3}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.UpdateAll("Child", {{"parentId", Col("parentId") + 1}}),
                             ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
               });
}

// ---- Precedence: null, then keys, then foreign keys ----

TEST(PrecedenceTest, ANullComesBeforeADuplicateAndAMissingTarget) {
  std::vector<TableDef> tables = ParentAndChild();
  tables[1].columns.push_back({.name = "name", .type = Type::kString, .not_null = true});
  Tables t(tables, {{"Child", {{10, nullptr, "Ann"}}}});

  EXPECT_THAT(t.Insert("Child", {10, 99, nullptr}), ViolationIs(ViolationCode::kNotNull));
}

TEST(PrecedenceTest, ADuplicateComesBeforeAMissingTarget) {
  Tables t(ParentAndChild(), {{"Child", {{10, nullptr}}}});

  EXPECT_THAT(t.Insert("Child", {10, 99}), ViolationIs(ViolationCode::kUnique));
}

TEST(PrecedenceTest, ANullInARequiredForeignKeyComesBeforeAMissingTarget) {
  InEveryOrder({{.name = "Parent"},
                {.name = "Child",
                 .columns = {{.name = "motherId", .not_null = true}, {.name = "fatherId"}},
                 .belongs_to = {{.target = "Parent", .as = "mother"}, {.target = "Parent", .as = "father"}}}},
               {}, [](Tables& t) {
                 EXPECT_THAT(t.Insert("Child", {10, nullptr, 99}), ViolationIs(ViolationCode::kNotNull));
               });
}

// ---- One-to-one ----

TEST(OneToOneTest, AnOccupiedTargetIsRefused) {
  Tables t(ParentAndChild({.inverse = HasOne("child")}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Insert("Child", {11, 1}), ViolationIs(ViolationCode::kUnique));
}

TEST(OneToOneTest, LeadsToTheChild) {
  Tables t(ParentAndChild({.inverse = HasOne("child")}), {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}}}});

  EXPECT_EQ(t["Parent"].HasOne("child").Get(t.Row("Parent", 1)), t.Row("Child", 10));
  EXPECT_FALSE(t["Parent"].HasOne("child").Get(t.Row("Parent", 2)));
}

TEST(OneToOneTest, ManyChildrenMayBelongToNobody) {
  Tables t(ParentAndChild({.inverse = HasOne("child")}), {{"Parent", {{1}}}});

  EXPECT_THAT(t.InsertAll("Child", {{10, nullptr}, {11, nullptr}}), IsOk());
}

TEST(OneToOneTest, HoldsAlsoWhereTheEdgeIsNotEnforced) {
  Tables t(ParentAndChild({.inverse = HasOne("child"), .enforced = false}), {{"Child", {{10, 1}}}});

  EXPECT_THAT(t.Insert("Child", {11, 1}), ViolationIs(ViolationCode::kUnique));
}

// ---- Edges that are not enforced ----

TEST(UnenforcedTest, AMissingTargetIsAcceptedAndLeadsNowhere) {
  Tables t(ParentAndChild({.enforced = false}));

  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  EXPECT_FALSE(TargetOf(t, "Child", 10, "parent"));
}

TEST(UnenforcedTest, ChildrenLinkUpWhenATargetAppears) {
  Tables t(ParentAndChild({.inverse = HasMany("children"), .enforced = false}),
           {{"Child", {{10, 1}, {11, 1}, {12, 2}}}});

  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 1)), 2u);
  EXPECT_EQ(TargetOf(t, "Child", 11, "parent"), t.Row("Parent", 1));
}

TEST(UnenforcedTest, ChildrenLinkUpWhenATargetTakesTheirKey) {
  Tables t(ParentAndChild({.enforced = false}), {{"Parent", {{5}}}, {"Child", {{10, 1}, {11, 5}}}});

  EXPECT_THAT(t.Update("Parent", 5, {{"id", 1}}), IsOk());

  EXPECT_EQ(TargetOf(t, "Child", 10, "parent"), t.Row("Parent", 1));
  EXPECT_FALSE(TargetOf(t, "Child", 11, "parent"));
}

TEST(UnenforcedTest, ATargetLeavesItsChildrenWithTheirKeys) {
  Tables t(ParentAndChild({.enforced = false}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 1)");
  EXPECT_FALSE(TargetOf(t, "Child", 10, "parent"));
}

TEST(UnenforcedTest, CommitDoesNotAskForTargets) {
  Tables t(ParentAndChild({.enforced = false}));
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
}

// ---- Upsert ----

TEST(UpsertTest, UpdatesATargetInPlaceWhateverTheAction) {
  for (const Action action :
       {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
    SCOPED_TRACE(ActionName(action));
    std::vector<TableDef> tables = ParentAndChild({.on_delete = action, .on_update = action});
    tables[0].columns = {{.name = "name", .type = Type::kString}};
    Tables t(tables, {{"Parent", {{1, "Ann"}}}, {"Child", {{10, 1}}}});
    const Ref<> parent = t.Row("Parent", 1);

    EXPECT_THAT(t.Run([&] { return t["Parent"].Upsert({{"id", 1}, {"name", "Anne"}}); }), IsOk());

    EXPECT_EQ(t.Text("Parent") + " | " + t.Text("Child"), "(1, 'Anne') | (10, 1)");
    EXPECT_EQ(TargetOf(t, "Child", 10, "parent"), parent);
  }
}

TEST(UpsertTest, AMissingTargetIsRefusedForANewRowAndForAnOldOne) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  for (const int64_t id : {10, 11}) {
    EXPECT_THAT(t.Run([&] {
      return t["Child"].Upsert({{"id", id}, {"parentId", 99}});
    }),
                ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
  }
}

// ---- What a refusal says, as data ----

Violation TheViolation(const absl::Status& refused) {
  const std::vector<Violation> violations = GetViolations(refused);
  EXPECT_EQ(violations.size(), 1u) << refused;
  return violations.empty() ? Violation{} : violations.front();
}

// The edge and, in words, its name.
void ExpectChildParent(const Violation& violation) {
  EXPECT_EQ(violation.constraint, "Child.parent");
  EXPECT_EQ(violation.child_table, "Child");
  EXPECT_EQ(violation.target_table, "Parent");
  EXPECT_THAT(violation.columns, ElementsAre("parentId"));
  EXPECT_THAT(violation.message, HasSubstr("Child.parent"));
}

TEST(ViolationTest, MissingTargetNamesTheKeyThatNobodyHolds) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  const absl::Status refused = t.Update("Child", 10, {{"parentId", 4711}});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kMissingTarget);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.child, t.Row("Child", 10));
}

TEST(ViolationTest, MissingTargetOfANewRowSaysWhichRowOfTheStatementItIs) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  const absl::Status refused = t.InsertAll("Child", {{10, 1}, {11, 4711}});

  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kMissingTarget);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.row, 1u);
  EXPECT_FALSE(violation.child);
}

TEST(ViolationTest, MissingTargetOfADefaultNamesTheAction) {
  Tables t(ParentAndChild({.on_delete = Action::kSetDefault}, {.default_value = 815}),
           {{"Parent", {{4711}}}, {"Child", {{10, 4711}}}});

  const absl::Status refused = t.Erase("Parent", 4711);

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kMissingTarget);
  EXPECT_EQ(violation.action, Action::kSetDefault);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(815)));
  EXPECT_EQ(violation.child, t.Row("Child", 10));
}

TEST(ViolationTest, RestrictCountsTheChildrenAndNamesTheFirst) {
  Tables t(ParentAndChild({.on_delete = Action::kRestrict}),
           {{"Parent", {{4711}, {2}}}, {"Child", {{9, 2}, {10, 4711}, {11, 4711}}}});

  const absl::Status refused = t.Erase("Parent", 4711);

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kRestrict);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.children, 2u);
  EXPECT_EQ(violation.child, t.Row("Child", 10));
}

TEST(ViolationTest, NoActionNamesTheKeyThatIsStillNeeded) {
  Tables t(ParentAndChild(), {{"Parent", {{4711}}}, {"Child", {{10, 4711}, {11, 4711}}}});

  const absl::Status refused = t.Update("Parent", 4711, {{"id", 1}});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kNoAction);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.children, 2u);
}

TEST(ViolationTest, ACompositeKeyIsGivenWhole) {
  Tables t(OrderAndLine());

  const Violation violation = TheViolation(t.Insert("Line", {10, 7, 8}));

  EXPECT_EQ(violation.constraint, "Line.order");
  EXPECT_THAT(violation.columns, ElementsAre("tenant", "orderNo"));
  EXPECT_THAT(violation.key, ElementsAre(Value(7), Value(8)));
}

TEST(ViolationTest, DeferredNamesTheKeyThatNobodyHolds) {
  Tables t(ParentAndChild({.deferred = true}));
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.InsertAll("Child", {{10, 4711}, {11, 4711}}), IsOk());

  const absl::Status refused = t.Run([&] { return tx.Commit(); });

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kDeferred);
  ExpectChildParent(violation);
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.children, 2u);
  EXPECT_EQ(violation.child, t.Row("Child", 10));
}

TEST(ViolationTest, AnEdgesOwnNameStandsInItsViolations) {
  Tables t(ParentAndChild({.name = "every child has a parent"}));

  const absl::Status refused = t.Insert("Child", {10, 1});

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kMissingTarget, "every child has a parent"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("every child has a parent"));
}

TEST(ViolationTest, ConflictNamesTheCell) {
  InEveryOrder({{.name = "A"},
                {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
                {.name = "D",
                 .columns = {{.name = "x", .default_value = 9}},
                 .belongs_to = {{.target = "A", .foreign_key = {"x"}, .on_delete = Action::kSetNull},
                                {.target = "B", .foreign_key = {"x"}, .on_delete = Action::kSetDefault}}}},
               {{"A", {{1}, {9}}}, {"B", {{1, 1}, {9, 9}}}, {"D", {{10, 1}}}}, [](Tables& t) {
                 const absl::Status refused = t.Erase("A", 1);

                 EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("x")));
                 const Violation violation = TheViolation(refused);
                 EXPECT_EQ(violation.code, ViolationCode::kConflict);
                 EXPECT_EQ(violation.child_table, "D");
                 EXPECT_THAT(violation.columns, ElementsAre("x"));
                 EXPECT_EQ(violation.child, t.Row("D", 10));
               });
}

TEST(ViolationTest, NotNullNamesTableColumnAndRow) {
  Tables t(ParentAndChild({}, {.not_null = true}), {{"Parent", {{1}}}});

  const absl::Status refused = t.InsertAll("Child", {{10, 1}, {11, nullptr}});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parentId")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kNotNull);
  EXPECT_EQ(violation.child_table, "Child");
  EXPECT_THAT(violation.columns, ElementsAre("parentId"));
  EXPECT_EQ(violation.row, 1u);
}

TEST(ViolationTest, UniqueNamesTheKeyAndItsValues) {
  Tables t(ParentByCode(), {{"Parent", {{1, 4711}}}});

  const absl::Status refused = t.InsertAll("Parent", {{2, 4712}, {3, 4711}});

  EXPECT_THAT(refused,
              StatusIs(absl::StatusCode::kAlreadyExists, AllOf(HasSubstr("Parent.code"), HasSubstr("4711"))));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kUnique);
  EXPECT_EQ(violation.constraint, "Parent.code");
  EXPECT_EQ(violation.child_table, "Parent");
  EXPECT_THAT(violation.columns, ElementsAre("code"));
  EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
  EXPECT_EQ(violation.row, 1u);
}

TEST(ViolationTest, StaleNamesTheTable) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});
  const Ref<> gone = t.Row("Parent", 1);
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  const absl::Status refused = t.Run([&] { return t["Parent"].Erase(gone); });

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kNotFound, HasSubstr("Parent")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kStale);
  EXPECT_EQ(violation.child_table, "Parent");
}

TEST(ViolationTest, TypeNamesTableColumnAndRow) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  const absl::Status refused = t.InsertAll("Child", {{10, 1}, {11, "one"}});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parentId")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kType);
  EXPECT_EQ(violation.child_table, "Child");
  EXPECT_THAT(violation.columns, ElementsAre("parentId"));
  EXPECT_EQ(violation.row, 1u);
}

TEST(ViolationTest, RangeNamesTableAndColumn) {
  Tables t(ParentAndChild(), {{"Child", {{std::numeric_limits<int64_t>::max(), nullptr}}}});

  const absl::Status refused = t.UpdateAll("Child", {{"id", Col("id") + 1}});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("id")));
  const Violation violation = TheViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kRange);
  EXPECT_EQ(violation.child_table, "Child");
  EXPECT_THAT(violation.columns, ElementsAre("id"));
}

TEST(ViolationTest, TransactionIsFailedPrecondition) {
  Tables t(ParentAndChild());
  Transaction tx = t.db().Begin();

  const absl::Status refused = t.Run([&] { return t.db().CreateTable({.name = "Late"}); });

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(TheViolation(refused).code, ViolationCode::kTransaction);
}

}  // namespace
}  // namespace tenon
