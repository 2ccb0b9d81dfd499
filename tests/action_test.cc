// What happens to children when their target is erased: the five actions, chains and circles of them, and
// several of them at once. What happens when a target's key changes is in key_change_test.cc.
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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
using ::testing::IsEmpty;
using testing::IsOk;
using testing::OrderAndLine;
using testing::ParentAndChild;
using testing::Tables;
using testing::Tree;
using testing::ViolationIs;

constexpr Action kRefusingActions[] = {Action::kRestrict, Action::kNoAction};
constexpr Action kAllActions[] = {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull,
                                  Action::kSetDefault};

// ---- RESTRICT and NO ACTION ----

TEST(RestrictTest, TheDefaultIsNoActionOnDelete) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kNoAction, "Child.parent"));
}

TEST(RestrictTest, RestrictKeepsAReferencedTarget) {
  Tables t(ParentAndChild({.on_delete = Action::kRestrict}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kRestrict, "Child.parent"));
}

TEST(RestrictTest, ATargetWithoutChildrenMayGoWhateverTheAction) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(ParentAndChild({.on_delete = action}),
             {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {11, nullptr}}}});

    EXPECT_THAT(t.Erase("Parent", 2), IsOk());

    EXPECT_EQ(t.Text("Child"), "(10, 1) (11, NULL)");
  }
}

TEST(RestrictTest, TargetAndChildMayLeaveInOneStatement) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    InEveryOrder(Tree({.on_delete = action}), {{"Node", {{1, nullptr}, {2, 1}, {3, nullptr}}}},
                 [](Tables& t) {
                   EXPECT_THAT(t.Erase("Node", Col("id") < 3), IsOk());
                   EXPECT_EQ(t.Text("Node"), "(3, NULL)");
                 });
  }
}

TEST(RestrictTest, AWholeTreeMayLeaveInOneStatement) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    InEveryOrder(Tree({.on_delete = action}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}, {4, 1}}}},
                 [](Tables& t) {
                   EXPECT_THAT(t.Clear("Node"), IsOk());
                   EXPECT_EQ(t.Text("Node"), "");
                 });
  }
}

TEST(RestrictTest, TwoRowsThatReferToEachOtherMayLeaveInOneStatement) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    InEveryOrder(Tree({.on_delete = action}), {{"Node", {{1, 2}, {2, 1}}}}, [](Tables& t) {
      EXPECT_THAT(t.Erase("Node", Col("id") <= 2), IsOk());
      EXPECT_EQ(t.Text("Node"), "");
    });
  }
}

TEST(RestrictTest, OneOfTwoRowsThatReferToEachOtherMustStay) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(Tree({.on_delete = action}), {{"Node", {{1, 2}, {2, 1}}}});

    EXPECT_THAT(t.Erase("Node", 1), ViolationIs(action == Action::kRestrict ? ViolationCode::kRestrict
                                                                            : ViolationCode::kNoAction));
  }
}

TEST(RestrictTest, ARowThatRefersOnlyToItselfMayLeave) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(Tree({.on_delete = action}), {{"Node", {{1, 1}}}});

    EXPECT_THAT(t.Erase("Node", 1), IsOk());

    EXPECT_EQ(t.Text("Node"), "");
  }
}

TEST(RestrictTest, OtherColumnsOfAReferencedRowMayChange) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    std::vector<TableDef> tables = ParentAndChild({.on_delete = action, .on_update = action});
    tables[0].columns = {{.name = "name", .type = Type::kString}};
    Tables t(tables, {{"Parent", {{1, "Ann"}}}, {"Child", {{10, 1}}}});

    EXPECT_THAT(t.Update("Parent", 1, {{"name", "Anne"}}), IsOk());

    EXPECT_THAT(t.db().LastEffects().tables, IsEmpty());
    EXPECT_EQ(t.Text("Child"), "(10, 1)");
  }
}

// ---- SET NULL and SET DEFAULT ----

TEST(SetNullTest, ChildrenStayAndBelongToNobody) {
  Tables t(ParentAndChild({.on_delete = Action::kSetNull}),
           {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {11, 2}, {12, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL) (11, 2) (12, NULL)");
}

TEST(SetNullTest, NullsEveryColumnOfACompositeKey) {
  Tables t(OrderAndLine({.on_delete = Action::kSetNull}), {{"Order", {{1, 5}}}, {"Line", {{10, 1, 5}}}});

  EXPECT_THAT(t.Clear("Order"), IsOk());

  EXPECT_EQ(t.Text("Line"), "(10, NULL, NULL)");
}

// The other edge then has a null in its key and is at rest too: the documentation says so.
TEST(SetNullTest, AColumnSharedByTwoEdgesBecomesNullForBoth) {
  const std::vector<TableDef> tables = {
      {.name = "Order", .columns = {{.name = "tenant"}, {.name = "no"}}, .primary_key = {"tenant", "no"}},
      {.name = "Item", .columns = {{.name = "tenant"}, {.name = "no"}}, .primary_key = {"tenant", "no"}},
      {.name = "Line",
       .columns = {{.name = "tenant"}, {.name = "orderNo"}, {.name = "itemNo"}},
       .belongs_to = {
           {.target = "Order", .foreign_key = {"tenant", "orderNo"}, .on_delete = Action::kSetNull},
           {.target = "Item", .foreign_key = {"tenant", "itemNo"}, .on_delete = Action::kSetNull},
       }}};
  InEveryOrder(tables, {{"Order", {{1, 5}}}, {"Item", {{1, 7}}}, {"Line", {{10, 1, 5}}}}, [](Tables& t) {
    EXPECT_THAT(t.Update("Line", 10, {{"itemNo", 7}}), IsOk());

    EXPECT_THAT(t.Clear("Order"), IsOk());

    EXPECT_EQ(t.Text("Line"), "(10, NULL, NULL, 7)");
    EXPECT_FALSE(t["Line"].BelongsTo("item").Get(t.Row("Line", 10)));
  });
}

TEST(SetDefaultTest, ChildrenMoveToTheDefault) {
  Tables t(ParentAndChild({.on_delete = Action::kSetDefault}, {.default_value = 9}),
           {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}, {11, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 9) (11, 9)");
  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 11)), t.Row("Parent", 9));
}

TEST(SetDefaultTest, WithoutADefaultChildrenBelongToNobody) {
  Tables t(ParentAndChild({.on_delete = Action::kSetDefault}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL)");
}

TEST(SetDefaultTest, ADefaultThatNobodyHoldsIsRefusedAndBothKeysAreNamed) {
  Tables t(ParentAndChild({.on_delete = Action::kSetDefault}, {.default_value = 815}),
           {{"Parent", {{4711}}}, {"Child", {{10, 4711}}}});

  const absl::Status refused = t.Erase("Parent", 4711);

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("815"), HasSubstr("4711")));
}

// Nothing is written to a child that holds the default already: it is left behind, as by NO ACTION.
TEST(SetDefaultTest, TheDefaultTargetItselfCannotGoWhileItHasChildren) {
  Tables t(ParentAndChild({.on_delete = Action::kSetDefault}, {.default_value = 9}),
           {{"Parent", {{9}}}, {"Child", {{10, 9}}}});

  EXPECT_THAT(t.Erase("Parent", 9), ViolationIs(ViolationCode::kNoAction, "Child.parent"));
}

TEST(SetDefaultTest, TheDefaultTargetCannotGoTogetherWithOthersWhoseChildrenNeedIt) {
  InEveryOrder(ParentAndChild({.on_delete = Action::kSetDefault}, {.default_value = 9}),
               {{"Parent", {{1}, {2}, {9}}}, {"Child", {{10, 1}, {11, 2}}}}, [](Tables& t) {
                 EXPECT_THAT(t.Clear("Parent"), ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
               });
}

TEST(SetDefaultTest, AWholeTreeMayLeaveWithItsDefaultRow) {
  InEveryOrder(Tree({.on_delete = Action::kSetDefault}, {.default_value = 9}),
               {{"Node", {{9, nullptr}, {1, 9}, {2, 1}}}}, [](Tables& t) {
                 EXPECT_THAT(t.Clear("Node"), IsOk());
                 EXPECT_EQ(t.Text("Node"), "");
               });
}

TEST(SetDefaultTest, ADefaultThatIsTheChildsOwnKeyMakesItReferToItself) {
  Tables t(Tree({.on_delete = Action::kSetDefault}, {.default_value = 2}),
           {{"Node", {{1, nullptr}, {2, 1}}}});

  EXPECT_THAT(t.Erase("Node", 1), IsOk());

  EXPECT_EQ(t.Text("Node"), "(2, 2)");
}

TEST(SetDefaultTest, ADefaultWithANullComponentLeadsNowhere) {
  Tables t(OrderAndLine({.on_delete = Action::kSetDefault}, {.default_value = 99}),
           {{"Order", {{1, 5}}}, {"Line", {{10, 1, 5}}}});

  EXPECT_THAT(t.Clear("Order"), IsOk());

  EXPECT_EQ(t.Text("Line"), "(10, 99, NULL)");
}

// ---- CASCADE ----

// A <- B <- C, all of them keyed by `id`.
std::vector<TableDef> Chain(Action b_to_a, Action c_to_b) {
  return {{.name = "A"},
          {.name = "B", .belongs_to = {{.target = "A", .on_delete = b_to_a}}},
          {.name = "C", .belongs_to = {{.target = "B", .on_delete = c_to_b}}}};
}

TEST(CascadeTest, RunsDownAChain) {
  InEveryOrder(
      Chain(Action::kCascade, Action::kCascade),
      {{"A", {{1}, {2}}}, {"B", {{11, 1}, {12, 2}}}, {"C", {{21, 11}, {22, 12}, {23, 11}}}}, [](Tables& t) {
        EXPECT_THAT(t.Erase("A", 1), IsOk());
        EXPECT_EQ(t.Text("A") + " | " + t.Text("B") + " | " + t.Text("C"), "(2) | (12, 2) | (22, 12)");
      });
}

TEST(CascadeTest, SparesChildrenOfNobody) {
  Tables t(ParentAndChild({.on_delete = Action::kCascade}),
           {{"Parent", {{1}}}, {"Child", {{10, 1}, {11, nullptr}}}});

  EXPECT_THAT(t.Clear("Parent"), IsOk());

  EXPECT_EQ(t.Text("Child"), "(11, NULL)");
}

TEST(CascadeTest, IsStoppedByARestrictBelowAndThenNothingHasChanged) {
  InEveryOrder(Chain(Action::kCascade, Action::kRestrict),
               {{"A", {{1}}}, {"B", {{11, 1}, {12, 1}}}, {"C", {{21, 12}}}},
               [](Tables& t) { EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kRestrict, "C.b")); });
}

TEST(CascadeTest, TreatsTheChildrenOfWhatItErased) {
  InEveryOrder(Chain(Action::kCascade, Action::kSetNull), {{"A", {{1}}}, {"B", {{11, 1}}}, {"C", {{21, 11}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.Erase("A", 1), IsOk());
                 EXPECT_EQ(t.Text("C"), "(21, NULL)");
               });
}

// A(id, bId) and B(id, aId), with a row 1 each that refer to each other.
void InACircle(Action b_to_a, Action a_to_b, absl::FunctionRef<void(Tables&)> claim) {
  const std::vector<TableDef> tables = {
      {.name = "A", .columns = {{.name = "bId"}}, .belongs_to = {{.target = "B", .on_delete = a_to_b}}},
      {.name = "B", .columns = {{.name = "aId"}}, .belongs_to = {{.target = "A", .on_delete = b_to_a}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"B", {{1, 1}}}}, [&](Tables& t) {
    EXPECT_THAT(t.Update("A", 1, {{"bId", 1}}), IsOk());
    claim(t);
  });
}

TEST(CascadeTest, GoesAroundACircleOnce) {
  InACircle(Action::kCascade, Action::kCascade, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("A") + t.Text("B"), "");
  });
}

TEST(CascadeTest, IsNotStoppedByTheRowThatStartedIt) {
  for (const Action back : {Action::kRestrict, Action::kNoAction, Action::kSetNull}) {
    SCOPED_TRACE(ActionName(back));
    InACircle(Action::kCascade, back, [](Tables& t) {
      EXPECT_THAT(t.Erase("A", 1), IsOk());
      EXPECT_EQ(t.Text("A") + t.Text("B"), "");
    });
  }
}

TEST(CascadeTest, TakesASubtree) {
  InEveryOrder(Tree({.on_delete = Action::kCascade}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}, {4, 1}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.Erase("Node", 2), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(1, NULL) (4, 1)");
               });
}

TEST(CascadeTest, TakesBothOfTwoRowsThatReferToEachOther) {
  Tables t(Tree({.on_delete = Action::kCascade}), {{"Node", {{1, 2}, {2, 1}}}});

  EXPECT_THAT(t.Erase("Node", 2), IsOk());

  EXPECT_EQ(t.Text("Node"), "");
}

TEST(SetNullTest, KeepsTheRestOfATree) {
  InEveryOrder(Tree({.on_delete = Action::kSetNull}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}, {4, 1}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.Erase("Node", 1), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(2, NULL) (3, 2) (4, NULL)");
               });
}

TEST(SetNullTest, KeepsTheOtherOfTwoRowsThatReferToEachOther) {
  Tables t(Tree({.on_delete = Action::kSetNull}), {{"Node", {{1, 2}, {2, 1}}}});

  EXPECT_THAT(t.Erase("Node", 1), IsOk());

  EXPECT_EQ(t.Text("Node"), "(2, NULL)");
}

// A million rows, each the child of the one before it.
std::vector<int64_t> LongChain() {
  std::vector<int64_t> ids(1'000'000);
  std::iota(ids.begin(), ids.end(), 1);
  return ids;
}

TEST(CascadeTest, HasNoLimitOfDepth) {
  const std::vector<int64_t> ids = LongChain();
  Database db;
  ASSERT_THAT(db.CreateTables(Tree({.on_delete = Action::kCascade})), IsOk());
  const Table<> nodes = db.GetTable("Node");
  std::vector<std::optional<int64_t>> parents = {std::nullopt};
  parents.insert(parents.end(), ids.begin(), ids.end() - 1);
  ASSERT_THAT(nodes.InsertColumns({{"id", ids}, {"parentId", parents}}), IsOk());

  EXPECT_THAT(nodes.Erase(nodes.Find("id", 1)), IsOk());

  EXPECT_EQ(nodes.size(), 0u);
  EXPECT_THAT(db.LastEffects().tables, ElementsAre(TableEffects{.table = "Node", .erased = ids.size() - 1}));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(CascadeTest, ComesBackWithARollback) {
  Tables t(Chain(Action::kCascade, Action::kSetNull),
           {{"A", {{1}}}, {"B", {{11, 1}, {12, 1}}}, {"C", {{21, 11}}}});
  const std::string before = t.db().Dump();
  const Ref<> b = t.Row("B", 11);
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("A", 1), IsOk());

  tx.Rollback();

  EXPECT_EQ(t.db().Dump(), before);
  EXPECT_EQ(t["C"].BelongsTo("b").Get(t.Row("C", 21)), b);
  EXPECT_THAT(t.db().Verify(), IsOk());
}

TEST(CascadeTest, ComesBackWithARollbackToASavepoint) {
  Tables t(Chain(Action::kCascade, Action::kCascade),
           {{"A", {{1}, {2}}}, {"B", {{11, 1}, {12, 2}}}, {"C", {{21, 12}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("A", 1), IsOk());
  const std::string before = t.db().Dump();
  Transaction savepoint = t.db().Begin();
  EXPECT_THAT(t.Erase("A", 2), IsOk());

  savepoint.Rollback();

  EXPECT_EQ(t.db().Dump(), before);
  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
  EXPECT_EQ(t.Text("B"), "(12, 2)");
}

TEST(CascadeTest, ARowThatTakesTheKeyLaterGetsNoneOfTheOldChildren) {
  for (const Action action : {Action::kSetNull, Action::kCascade}) {
    SCOPED_TRACE(ActionName(action));
    Tables t(ParentAndChild({.inverse = HasMany("children"), .on_delete = action}),
             {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
    EXPECT_THAT(t.Erase("Parent", 1), IsOk());

    EXPECT_THAT(t.Insert("Parent", {1}), IsOk());

    EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 1)), 0u);
  }
}

// ---- One-to-one ----

std::vector<TableDef> OneToOne(Action on_delete) {
  return ParentAndChild({.inverse = HasOne("child"), .on_delete = on_delete}, {.default_value = 9});
}

TEST(OneToOneActionTest, SetDefaultOntoAnOccupiedTargetIsRefused) {
  Tables t(OneToOne(Action::kSetDefault), {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}, {11, 9}}}});

  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kUnique));
}

TEST(OneToOneActionTest, SetDefaultOfTwoChildrenInOneStatementIsRefused) {
  InEveryOrder(
      OneToOne(Action::kSetDefault), {{"Parent", {{1}, {2}, {9}}}, {"Child", {{11, 1}, {12, 2}}}},
      [](Tables& t) { EXPECT_THAT(t.Erase("Parent", Col("id") < 9), ViolationIs(ViolationCode::kUnique)); });
}

TEST(OneToOneActionTest, SetNullMayLeaveManyNulls) {
  Tables t(OneToOne(Action::kSetNull), {{"Parent", {{1}, {2}}}, {"Child", {{11, 1}, {12, 2}}}});

  EXPECT_THAT(t.Clear("Parent"), IsOk());

  EXPECT_EQ(t.Text("Child"), "(11, NULL) (12, NULL)");
}

TEST(OneToOneActionTest, SetDefaultSucceedsOnceTheHolderHasLeftInTheSameTransaction) {
  Tables t(OneToOne(Action::kSetDefault), {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}, {11, 9}}}});
  Transaction tx = t.db().Begin();
  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(t.Erase("Child", 11), IsOk());

  EXPECT_THAT(t.Erase("Parent", 1), IsOk());

  EXPECT_THAT(t.Run([&] { return tx.Commit(); }), IsOk());
  EXPECT_EQ(t.Text("Child"), "(10, 9)");
}

TEST(OneToOneActionTest, ACascadeBesideARefusedDefaultIsUndoneToo) {
  std::vector<TableDef> tables = OneToOne(Action::kSetDefault);
  tables.push_back({.name = "Note",
                    .columns = {{.name = "parentId"}},
                    .belongs_to = {{.target = "Parent", .on_delete = Action::kCascade}}});
  InEveryOrder(tables, {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}, {11, 9}}}, {"Note", {{20, 1}}}},
               [](Tables& t) { EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kUnique)); });
}

// ---- Several actions at once: no order of declaration may decide ----

// B and C belong to A by CASCADE; D belongs to both. Row 1 of each.
void InADiamond(Action d_to_b, Action d_to_c, absl::FunctionRef<void(Tables&)> claim) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "C", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "D",
       .columns = {{.name = "bId"}, {.name = "cId"}},
       .belongs_to = {{.target = "B", .on_delete = d_to_b}, {.target = "C", .on_delete = d_to_c}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"B", {{1, 1}}}, {"C", {{1, 1}}}, {"D", {{1, 1, 1}}}}, claim);
}

TEST(SeveralActionsTest, ADiamondOfCascadesErasesEachRowOnce) {
  InADiamond(Action::kCascade, Action::kCascade, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("B") + t.Text("C") + t.Text("D"), "");
    for (const TableEffects& table : t.db().LastEffects().tables) EXPECT_EQ(table.erased, 1u) << table.table;
  });
}

TEST(SeveralActionsTest, RestrictOnOneSideOfADiamondRefuses) {
  InADiamond(Action::kCascade, Action::kRestrict,
             [](Tables& t) { EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kRestrict, "D.c")); });
}

TEST(SeveralActionsTest, NoActionOnOneSideOfADiamondAsksAtTheEnd) {
  InADiamond(Action::kCascade, Action::kNoAction, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("D"), "");
  });
}

// B belongs to A by CASCADE, D to B by CASCADE and to A by this action. Row 1 of each.
void InATriangle(Action d_to_a, absl::FunctionRef<void(Tables&)> claim) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "D",
       .columns = {{.name = "aId"}, {.name = "bId"}},
       .belongs_to = {{.target = "A", .on_delete = d_to_a}, {.target = "B", .on_delete = Action::kCascade}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"B", {{1, 1}}}, {"D", {{1, 1, 1}}}}, claim);
}

TEST(SeveralActionsTest, RestrictOnTheShortSideOfATriangleRefuses) {
  InATriangle(Action::kRestrict,
              [](Tables& t) { EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kRestrict, "D.a")); });
}

TEST(SeveralActionsTest, NoActionOnTheShortSideOfATriangleAsksAtTheEnd) {
  InATriangle(Action::kNoAction, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("D"), "");
  });
}

TEST(SeveralActionsTest, DeletionBeatsRewritingOnTheShortSideOfATriangle) {
  for (const Action action : {Action::kSetNull, Action::kSetDefault}) {
    SCOPED_TRACE(ActionName(action));
    InATriangle(action, [](Tables& t) {
      EXPECT_THAT(t.Erase("A", 1), IsOk());
      EXPECT_EQ(t.Text("D"), "");
    });
  }
}

// D belongs to A twice; its row 1 belongs to row 1 both ways, by CASCADE and by this action.
void InParallel(Action other, absl::FunctionRef<void(Tables&)> claim) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "D",
       .columns = {{.name = "oneId"}, {.name = "otherId"}},
       .belongs_to = {{.target = "A", .as = "one", .on_delete = Action::kCascade},
                      {.target = "A", .as = "other", .on_delete = other}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"D", {{1, 1, 1}}}}, claim);
}

TEST(SeveralActionsTest, RestrictBeatsCascadeBetweenTheSameTwoRows) {
  InParallel(Action::kRestrict, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kRestrict, "D.other"));
  });
}

TEST(SeveralActionsTest, NoActionIsContentWhenACascadeTookTheRow) {
  InParallel(Action::kNoAction, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("D"), "");
  });
}

TEST(SeveralActionsTest, CascadeBeatsSetNullBetweenTheSameTwoRows) {
  InParallel(Action::kSetNull, [](Tables& t) {
    EXPECT_THAT(t.Erase("A", 1), IsOk());
    EXPECT_EQ(t.Text("D"), "");
  });
}

TEST(SeveralActionsTest, TwoActionsThatWouldFillOneCellDifferentlyAreAConflict) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
      {.name = "D",
       .columns = {{.name = "x", .default_value = 9}},
       .belongs_to = {{.target = "A", .foreign_key = {"x"}, .on_delete = Action::kSetNull},
                      {.target = "B", .foreign_key = {"x"}, .on_delete = Action::kSetDefault}}}};
  InEveryOrder(tables, {{"A", {{1}, {9}}}, {"B", {{1, 1}, {9, 9}}}, {"D", {{1, 1}}}},
               [](Tables& t) { EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kConflict)); });
}

// ---- Many rows in one statement ----

TEST(ManyRowsTest, TheCountIsOfMatchedRowsAlsoWhereACascadeWouldReachThem) {
  InEveryOrder(Tree({.on_delete = Action::kCascade}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}}}},
               [](Tables& t) {
                 const absl::StatusOr<size_t> erased = t["Node"].Where(Col("id") <= 2).Erase();

                 ASSERT_THAT(erased, IsOk());
                 EXPECT_EQ(*erased, 2u);
                 EXPECT_EQ(t.db().LastEffects(),
                           (Effects{.addressed = 2, .tables = {TableEffects{.table = "Node", .erased = 1}}}));
               });
}

TEST(ManyRowsTest, ARowThatMatchesOnlyAfterAnActionIsNotErased) {
  InEveryOrder(Tree({.on_delete = Action::kSetNull}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.Erase("Node", Col("parentId").IsNull()), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(2, NULL) (3, 2)");
               });
}

TEST(ManyRowsTest, OneRowThatMustStayKeepsAllOfThem) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    InEveryOrder(ParentAndChild({.on_delete = action}), {{"Parent", {{1}, {2}, {3}}}, {"Child", {{10, 2}}}},
                 [](Tables& t) { EXPECT_FALSE(t.Clear("Parent").ok()); });
  }
}

// ---- Clear ----

TEST(ClearTest, RunsTheActionsOfATableThatIsReferredTo) {
  Tables t(ParentAndChild({.on_delete = Action::kCascade}),
           {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {11, 2}}}});

  EXPECT_THAT(t.Clear("Parent"), IsOk());

  EXPECT_EQ(t.Text("Parent") + t.Text("Child"), "");
}

TEST(ClearTest, NeverEmptiesATableWhoseActionIsSetNull) {
  Tables t(ParentAndChild({.on_delete = Action::kSetNull}),
           {{"Parent", {{1}}}, {"Child", {{10, 1}, {11, nullptr}}}});

  EXPECT_THAT(t.Clear("Parent"), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL) (11, NULL)");
}

TEST(ClearTest, IsRefusedByChildrenThatMayNotBeLeftAlone) {
  for (const Action action : kRefusingActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(ParentAndChild({.on_delete = action}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

    EXPECT_FALSE(t.Clear("Parent").ok());
  }
}

TEST(ClearTest, SucceedsWhenTheChildTableIsEmpty) {
  Tables t(ParentAndChild({.on_delete = Action::kRestrict}), {{"Parent", {{1}}}});

  EXPECT_THAT(t.Clear("Parent"), IsOk());

  EXPECT_EQ(t.Text("Parent"), "");
}

TEST(ClearTest, SeveralTablesAreOneStatementInAnyOrder) {
  for (const std::vector<std::string>& names : testing::Orders<std::string>({"Parent", "Child", "Parent"})) {
    Tables t(ParentAndChild({.on_delete = Action::kRestrict}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
    std::vector<Table<>> tables;
    for (const std::string& name : names) tables.push_back(t[name]);

    EXPECT_THAT(t.Run([&] { return t.db().Clear(tables); }), IsOk());

    EXPECT_EQ(t.Text("Parent") + t.Text("Child"), "");
  }
}

}  // namespace
}  // namespace tenon
