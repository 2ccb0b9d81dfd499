// Deferred edges: what may lead nowhere until the outermost commit, what may not, and what a commit that is
// refused leaves behind.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using testing::InEveryOrder;
using testing::IsOk;
using testing::ParentAndChild;
using testing::ParentByCode;
using testing::StatusIs;
using testing::Tables;
using ::testing::UnorderedElementsAre;
using testing::ViolationIs;

std::vector<TableDef> Deferred(BelongsToDef edge = {}, ColumnDef foreign_key = {}) {
  edge.deferred = true;
  edge.inverse = HasMany("children");
  return ParentAndChild(edge, foreign_key);
}

// ---- What may wait ----

TEST(DeferredTest, AChildMayComeBeforeItsTarget) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());
  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), t.Row("Parent", 1));
}

TEST(DeferredTest, AChildWithoutATargetLeadsNowhereUntilOneAppears) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.InsertAll("Child", {{10, 1}, {11, 2}, {12, 1}}), IsOk());
  EXPECT_FALSE(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)));

  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 1)), 2u);
}

TEST(DeferredTest, ATargetThatIsUpdatedToTheMissingKeyGetsTheChildren) {
  Tables t(Deferred(), {{"Parent", {{1}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 2}), IsOk());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), t.Row("Parent", 2));
}

TEST(DeferredTest, AViolationIsGoneWithItsChild) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());
  EXPECT_THAT(t.Erase("Child", 10), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
}

TEST(DeferredTest, UnderNoActionATargetMayGoBeforeItsChild) {
  Tables t(Deferred(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
  EXPECT_THAT(t.Erase("Child", 10), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
}

TEST(DeferredTest, UnderNoActionAKeyMayGoAwayAndComeBack) {
  Tables t(Deferred(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), IsOk());
  EXPECT_FALSE(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)));
  EXPECT_THAT(t.Update("Parent", 2, {{"id", 1}}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), t.Row("Parent", 1));
}

TEST(DeferredTest, UnderNoActionATargetMayBeReplacedByAnotherRow) {
  Tables t(Deferred(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), t.Row("Parent", 1));
}

TEST(DeferredTest, WithoutDeferringTheSameReplacementIsRefused) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kNoAction, "Child.parent"));
}

TEST(DeferredTest, ADefaultMayBeMissingUntilCommit) {
  Tables t(Deferred({.on_delete = Action::kSetDefault}, {.default_value = 9}),
           {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
  EXPECT_THAT(t.Insert("Parent", {9}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 9)");
}

TEST(DeferredTest, TheDefaultMayBeTheVeryKeyThatIsRemoved) {
  Tables t(Deferred({.on_delete = Action::kSetDefault}, {.default_value = 9}),
           {{"Parent", {{9}}}, {"Child", {{10, 9}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Erase("Parent", 9), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 9)");
  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
}

TEST(DeferredTest, NoActionOnOneSideOfADiamondIsContentInAnyOrder) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "C", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "D",
       .columns = {{.name = "bId"}, {.name = "cId"}},
       .belongs_to = {{.target = "B", .on_delete = Action::kCascade}, {.target = "C", .deferred = true}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"B", {{1, 1}}}, {"C", {{1, 1}}}, {"D", {{1, 1, 1}}}}, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("D"), "");
  });
}

// ---- What may not wait ----

TEST(DeferredTest, RestrictOnDeleteIsNeverDeferred) {
  Tables t(Deferred({.on_delete = Action::kRestrict}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kRestrict, "Child.parent"));
}

TEST(DeferredTest, RestrictOnUpdateIsNeverDeferred) {
  Tables t(Deferred({.on_update = Action::kRestrict}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), ViolationIs(ViolationCode::kRestrict, "Child.parent"));
}

TEST(DeferredTest, ActionsAreCarriedOutAtOnce) {
  for (const auto& [action, child] : std::vector<std::pair<Action, std::string>>{
           {Action::kCascade, ""}, {Action::kSetNull, "(10, NULL)"}, {Action::kSetDefault, "(10, 9)"}}) {
    SCOPED_TRACE(ActionName(action));
    Tables t(Deferred({.on_delete = action}, {.default_value = 9}),
             {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}}}});
    Transaction tx = t.db().Begin();

    EXPECT_THAT(t.Erase("Parent", 1), IsOk());

    EXPECT_EQ(t.Text("Child"), child);
  }
}

TEST(DeferredTest, OtherRulesAreNotDeferred) {
  Tables t(Deferred({}, {.not_null = true}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Insert("Child", {11, nullptr}), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(t.Insert("Child", {10, 1}), ViolationIs(ViolationCode::kUnique));
}

TEST(DeferredTest, OutsideATransactionTheEndOfTheStatementIsTheCommit) {
  Tables t(Deferred(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Insert("Child", {11, 2}), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
  EXPECT_THAT(t.Update("Child", 10, {{"parentId", 2}}),
              ViolationIs(ViolationCode::kDeferred, "Child.parent"));
}

// ---- Commits that are refused ----

TEST(DeferredTest, ARefusedCommitLeavesTheTransactionOpenForRepair) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());
  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
  EXPECT_THAT(tx.status(), IsOk());
  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 1)");
}

TEST(DeferredTest, ATransactionWhoseCommitWasRefusedIsRolledBackWhereItIsLeft) {
  Tables t(Deferred(), {{"Parent", {{1}}}});
  const std::string before = t.db().Dump();
  {
    Transaction tx = t.db().Begin();
    EXPECT_THAT(t.Insert("Child", {10, 2}), IsOk());
    EXPECT_FALSE(t.Run([&] { return tx.Commit(); }).ok());
  }

  EXPECT_EQ(t.db().Dump(), before);
  EXPECT_THAT(t.db().Verify(), IsOk());
}

TEST(DeferredTest, AnInnerCommitDoesNotCheck) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  Transaction inner = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  EXPECT_THAT(t.Run([&] { return inner.Commit(); }), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
}

TEST(DeferredTest, ARollbackToASavepointTakesItsViolationsBack) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  Transaction inner = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  inner.Rollback();

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
}

TEST(DeferredTest, ARollbackToASavepointTakesItsRepairsBackToo) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());
  Transaction inner = t.db().Begin();
  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

  inner.Rollback();

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), ViolationIs(ViolationCode::kDeferred, "Child.parent"));
}

TEST(DeferredTest, AFailingStatementUndoesOnlyItself) {
  Tables t(Deferred());
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Parent", {1}), IsOk());
  EXPECT_THAT(t.Insert("Parent", {1}), ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());

  EXPECT_EQ(t.Text("Parent") + " | " + t.Text("Child"), "(1) | (10, 1)");
}

TEST(DeferredTest, ARefusedCommitListsEachEdgeOnceWithItsCountAndOldestKey) {
  std::vector<TableDef> tables = Deferred();
  tables.push_back({.name = "Note", .belongs_to = {{.target = "Parent", .deferred = true}}});
  Tables t(tables, {{"Parent", {{1}}}});
  EXPECT_THAT(t.db().CreateTable({.name = "Other"}), IsOk());  // changes of the schema do not count
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 98}), IsOk());
  EXPECT_THAT(t.InsertAll("Child", {{11, 97}, {12, 1}, {13, 98}}), IsOk());
  EXPECT_THAT(t.Insert("Note", {20, 99}), IsOk());

  const absl::Status refused = t.Run([&] { return tx.Commit(); });

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  const auto deferred = [](const std::string& constraint, size_t children, const Value& key) {
    return AllOf(Field(&Violation::code, ViolationCode::kDeferred), Field(&Violation::constraint, constraint),
                 Field(&Violation::children, children), Field(&Violation::key, std::vector<Value>{key}));
  };
  EXPECT_THAT(GetViolations(refused),
              UnorderedElementsAre(deferred("Child.parent", 3, 98), deferred("Note.parent", 1, 99)));
}

TEST(DeferredTest, AnEdgeThatIsNotEnforcedIsNotCheckedAtCommitEither) {
  Tables t(Deferred({.enforced = false}));
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Insert("Child", {10, 1}), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
}

TEST(DeferredTest, AKeyThatWasZeroAndIsNullLosesItsChildren) {
  std::vector<TableDef> tables = ParentByCode({.deferred = true});
  Tables t(tables, {{"Parent", {{1, 0}}}, {"Child", {{10, 0}}}});
  Transaction tx = t.db().Begin();

  EXPECT_THAT(t.Update("Parent", 1, {{"code", Value()}}), IsOk());

  EXPECT_FALSE(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)));
}

}  // namespace
}  // namespace tenon
