// What happens to children when their target's key changes: each action, keys that move on to other rows in
// the same statement, and children whose own foreign key is written along with it.
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/hash.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using testing::InEveryOrder;
using testing::IsOk;
using testing::OrderAndLine;
using testing::ParentAndChild;
using testing::ParentByCode;
using testing::TableRows;
using testing::Tables;
using testing::Tree;
using testing::ViolationIs;

constexpr Action kAllActions[] = {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull,
                                  Action::kSetDefault};

// ---- One key ----

std::vector<TableRows> ParentWithTwoChildren() {
  return {{"Parent", {{1}, {9}}}, {"Child", {{10, 1}, {11, 1}}}};
}

TEST(KeyChangeTest, TheDefaultIsNoActionOnUpdate) {
  Tables t(ParentAndChild(), ParentWithTwoChildren());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), ViolationIs(ViolationCode::kNoAction, "Child.parent"));
}

TEST(KeyChangeTest, RestrictKeepsTheKey) {
  Tables t(ParentAndChild({.on_update = Action::kRestrict}), ParentWithTwoChildren());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), ViolationIs(ViolationCode::kRestrict, "Child.parent"));
}

TEST(KeyChangeTest, CascadeTakesTheChildrenAlong) {
  Tables t(ParentAndChild({.inverse = HasMany("children"), .on_update = Action::kCascade}),
           ParentWithTwoChildren());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 2) (11, 2)");
  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 2)), 2u);
  EXPECT_THAT(t.db().LastEffects().tables, ElementsAre(TableEffects{.table = "Child", .rewritten = 2}));
}

TEST(KeyChangeTest, SetNullLeavesTheChildrenBehind) {
  Tables t(ParentAndChild({.on_update = Action::kSetNull}), ParentWithTwoChildren());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL) (11, NULL)");
}

TEST(KeyChangeTest, SetDefaultMovesTheChildrenToTheDefault) {
  Tables t(ParentAndChild({.on_update = Action::kSetDefault}, {.default_value = 9}), ParentWithTwoChildren());

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 2}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 9) (11, 9)");
}

TEST(KeyChangeTest, AKeyThatBecomesTheDefaultKeepsItsChildren) {
  Tables t(ParentAndChild({.on_update = Action::kSetDefault}, {.default_value = 7}), ParentWithTwoChildren());
  const Ref<> parent = t.Row("Parent", 1);

  EXPECT_THAT(t.Update("Parent", 1, {{"id", 7}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 7) (11, 7)");
  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), parent);
}

TEST(KeyChangeTest, TheSameKeyAgainIsNoChangeWhateverTheAction) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(ParentAndChild({.on_update = action}), ParentWithTwoChildren());

    EXPECT_THAT(t.UpdateAll("Parent", {{"id", Col("id")}}), IsOk());

    EXPECT_EQ(t.Text("Child"), "(10, 1) (11, 1)");
    EXPECT_EQ(t.db().LastEffects(), Effects{.addressed = 2});
  }
}

TEST(KeyChangeTest, TheSameTextAgainIsNoChange) {
  Tables t(
      {{.name = "Country", .columns = {{.name = "code", .type = Type::kString}}, .primary_key = {"code"}},
       {.name = "City", .belongs_to = {{.target = "Country", .on_update = Action::kSetNull}}}},
      {{"Country", {{"a code beyond twelve bytes"}}}, {"City", {{1, "a code beyond twelve bytes"}}}});

  EXPECT_THAT(t.UpdateAll("Country", {{"code", "a code beyond twelve bytes"}}), IsOk());

  EXPECT_EQ(t.Text("City"), "(1, 'a code beyond twelve bytes')");
}

TEST(KeyChangeTest, TextIsComparedByteForByte) {
  Tables t(
      {{.name = "Country", .columns = {{.name = "code", .type = Type::kString}}, .primary_key = {"code"}},
       {.name = "City", .belongs_to = {{.target = "Country", .on_update = Action::kCascade}}}},
      {{"Country", {{"Abc"}}}});

  EXPECT_THAT(t.Insert("City", {1, "aBC"}), ViolationIs(ViolationCode::kMissingTarget, "City.country"));
}

TEST(KeyChangeTest, AKeyThatBecomesNullTakesItsChildrenAlong) {
  Tables t(ParentByCode({.on_update = Action::kCascade}), {{"Parent", {{1, 5}}}, {"Child", {{10, 5}}}});

  EXPECT_THAT(t.Update("Parent", 1, {{"code", nullptr}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL)");
  EXPECT_FALSE(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)));
}

TEST(KeyChangeTest, AKeyCannotBecomeNullWhileChildrenNeedIt) {
  Tables t(ParentByCode(), {{"Parent", {{1, 5}}}, {"Child", {{10, 5}}}});

  EXPECT_THAT(t.Update("Parent", 1, {{"code", nullptr}}),
              ViolationIs(ViolationCode::kNoAction, "Child.parent"));
}

TEST(KeyChangeTest, OneComponentOfACompositeKeyMayChange) {
  Tables t(OrderAndLine({.on_update = Action::kCascade}),
           {{"Order", {{1, 5}}}, {"Line", {{10, 1, 5}, {11, 1, nullptr}, {12, nullptr, 5}}}});

  EXPECT_THAT(t.UpdateAll("Order", {{"no", 6}}), IsOk());

  EXPECT_EQ(t.Text("Line"), "(10, 1, 6) (11, 1, NULL) (12, NULL, 5)");
}

TEST(KeyChangeTest, OneRowThatMustKeepItsKeyKeepsAllOfThem) {
  for (const Action action : {Action::kRestrict, Action::kNoAction}) {
    SCOPED_TRACE(ActionName(action));
    InEveryOrder(ParentAndChild({.on_update = action}), {{"Parent", {{1}, {2}, {3}}}, {"Child", {{10, 2}}}},
                 [](Tables& t) {
                   EXPECT_FALSE(t.UpdateAll("Parent", {{"id", Col("id") + 100}}).ok());
                 });
  }
}

// ---- Keys that are foreign keys: rounds ----

// A <- B <- C, one key for all three: a row of B or C has the id of the A it extends.
std::vector<TableDef> SharedKeys(Action c_to_b) {
  return {{.name = "A"},
          {.name = "B",
           .columns = {{.name = "aId"}},
           .primary_key = {"aId"},
           .belongs_to = {{.target = "A", .on_update = Action::kCascade}}},
          {.name = "C",
           .columns = {{.name = "bId"}},
           .belongs_to = {{.target = "B", .foreign_key = {"bId"}, .on_update = c_to_b}}}};
}

TEST(RoundsTest, CascadeRunsDownAChainOfKeys) {
  InEveryOrder(SharedKeys(Action::kCascade),
               {{"A", {{1}, {2}}}, {"B", {{1}, {2}}}, {"C", {{10, 1}, {11, 2}}}}, [](Tables& t) {
                 EXPECT_THAT(t.Update("A", 1, {{"id", 7}}), IsOk());
                 EXPECT_EQ(t.Text("B") + " | " + t.Text("C"), "(2) (7) | (10, 7) (11, 2)");
               });
}

TEST(RoundsTest, ARestrictBelowACascadeRefuses) {
  InEveryOrder(SharedKeys(Action::kRestrict), {{"A", {{1}}}, {"B", {{1}}}, {"C", {{10, 1}}}}, [](Tables& t) {
    EXPECT_THAT(t.Update("A", 1, {{"id", 7}}), ViolationIs(ViolationCode::kRestrict, "C.b"));
  });
}

// B.aId is both a foreign key, set to null when its A goes, and a key that C refers to.
std::vector<TableDef> NullableKeys(Action c_to_b) {
  return {{.name = "A"},
          {.name = "B",
           .columns = {{.name = "aId"}},
           .unique = {{"aId"}},
           .belongs_to = {{.target = "A", .on_delete = Action::kSetNull}}},
          {.name = "C", .belongs_to = {{.target = "B", .target_key = {"aId"}, .on_update = c_to_b}}}};
}

TEST(RoundsTest, ANullThatAnActionWroteIsCascaded) {
  InEveryOrder(NullableKeys(Action::kCascade), {{"A", {{1}}}, {"B", {{10, 1}}}, {"C", {{20, 1}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.Erase("A", 1), IsOk());
                 EXPECT_EQ(t.Text("B") + " | " + t.Text("C"), "(10, NULL) | (20, NULL)");
               });
}

TEST(RoundsTest, ARestrictBelowASetNullRefuses) {
  InEveryOrder(NullableKeys(Action::kRestrict), {{"A", {{1}}}, {"B", {{10, 1}}}, {"C", {{20, 1}}}},
               [](Tables& t) { EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kRestrict, "C.b")); });
}

TEST(RoundsTest, ACircleOfKeysComesToRest) {
  const std::vector<TableDef> tables = {
      {.name = "A", .belongs_to = {{.target = "B", .foreign_key = {"id"}, .on_update = Action::kCascade}}},
      {.name = "B", .belongs_to = {{.target = "A", .foreign_key = {"id"}, .on_update = Action::kCascade}}}};
  InEveryOrder(tables, {}, [](Tables& t) {
    EXPECT_THAT(t.db().Batch([&](Batch& b) {
      b.Insert(t["A"], {{"id", 1}});
      b.Insert(t["B"], {{"id", 1}});
    }),
                IsOk());

    EXPECT_THAT(t.Update("A", 1, {{"id", 2}}), IsOk());

    EXPECT_EQ(t.Text("A") + " | " + t.Text("B"), "(2) | (2)");
  });
}

// Row n of a tenant refers to row n - 1 of the same tenant: one more round for each row.
TEST(RoundsTest, HaveNoLimit) {
  Database db;
  ASSERT_THAT(db.CreateTable({.name = "Link",
                              .columns = {{.name = "tenant"}, {.name = "no"}, {.name = "beforeNo"}},
                              .primary_key = {"tenant", "no"},
                              .belongs_to = {{.target = "Link",
                                              .as = "before",
                                              .foreign_key = {"tenant", "beforeNo"},
                                              .on_update = Action::kCascade}}}),
              IsOk());
  const Table<> links = db.GetTable("Link");
  const size_t rows = internal::kConstantKeys ? 1'000 : 100'000;  // equal hashes cost their square
  const std::vector<int64_t> tenants(rows, 1);
  std::vector<int64_t> numbers(tenants.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  std::vector<std::optional<int64_t>> before = {std::nullopt};
  before.insert(before.end(), numbers.begin(), numbers.end() - 1);
  ASSERT_THAT(links.InsertColumns({{"tenant", tenants}, {"no", numbers}, {"beforeNo", before}}), IsOk());

  EXPECT_THAT(links.Set(links.Find("no", 1), "tenant", 2), IsOk());

  EXPECT_EQ(links.Where(Col("tenant") == 2).Count(), tenants.size());
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Several edges on one column or one row ----

TEST(SeveralEdgesTest, CascadeAndSetNullEachWriteTheirOwnColumn) {
  const std::vector<TableDef> tables = {
      {.name = "A"},
      {.name = "D",
       .columns = {{.name = "oneId"}, {.name = "otherId"}},
       .belongs_to = {{.target = "A", .as = "one", .on_update = Action::kCascade},
                      {.target = "A", .as = "other", .on_update = Action::kSetNull}}}};
  InEveryOrder(tables, {{"A", {{1}}}, {"D", {{10, 1, 1}}}}, [](Tables& t) {
    EXPECT_THAT(t.Update("A", 1, {{"id", 2}}), IsOk());
    EXPECT_EQ(t.Text("D"), "(10, 2, NULL)");
  });
}

// D.x leads to A and to B at once.
std::vector<TableDef> TwoTargets(Action to_a, Action to_b) {
  return {{.name = "A"},
          {.name = "B"},
          {.name = "D",
           .columns = {{.name = "x"}},
           .belongs_to = {{.target = "A", .foreign_key = {"x"}, .on_update = to_a},
                          {.target = "B", .foreign_key = {"x"}, .on_update = to_b}}}};
}

TEST(SeveralEdgesTest, ACascadeFromOneTargetMustSuitTheOther) {
  InEveryOrder(
      TwoTargets(Action::kCascade, Action::kCascade), {{"A", {{1}}}, {"B", {{1}}}, {"D", {{10, 1}}}},
      [](Tables& t) {
        EXPECT_THAT(t.Update("A", 1, {{"id", 2}}), ViolationIs(ViolationCode::kMissingTarget, "D.b"));
      });
}

TEST(SeveralEdgesTest, ACascadeFromOneTargetMayLeadToAnotherRowOfTheOther) {
  InEveryOrder(TwoTargets(Action::kCascade, Action::kNoAction),
               {{"A", {{1}}}, {"B", {{1}, {2}}}, {"D", {{10, 1}}}}, [](Tables& t) {
                 EXPECT_THAT(t.Update("A", 1, {{"id", 2}}), IsOk());
                 EXPECT_EQ(t.Text("D"), "(10, 2)");
                 EXPECT_EQ(t["D"].BelongsTo("b").Get(t.Row("D", 10)), t.Row("B", 2));
               });
}

// Gives A and B the key 1 new values in one statement.
absl::Status UpdateBoth(Tables& t, int64_t a, int64_t b) {
  return t.Run([&] {
    return t.db().Batch([&](Batch& batch) {
      batch.Update(t["A"], t.Row("A", 1), {{"id", a}});
      batch.Update(t["B"], t.Row("B", 1), {{"id", b}});
    });
  });
}

TEST(SeveralEdgesTest, TwoTargetsMayTakeTheirChildToOnePlace) {
  InEveryOrder(TwoTargets(Action::kCascade, Action::kCascade), {{"A", {{1}}}, {"B", {{1}}}, {"D", {{10, 1}}}},
               [](Tables& t) {
                 EXPECT_THAT(UpdateBoth(t, 2, 2), IsOk());
                 EXPECT_EQ(t.Text("D"), "(10, 2)");
               });
}

TEST(SeveralEdgesTest, TwoTargetsCannotTakeTheirChildToTwoPlaces) {
  InEveryOrder(TwoTargets(Action::kCascade, Action::kCascade), {{"A", {{1}}}, {"B", {{1}}}, {"D", {{10, 1}}}},
               [](Tables& t) { EXPECT_THAT(UpdateBoth(t, 2, 3), ViolationIs(ViolationCode::kConflict)); });
}

TEST(SeveralEdgesTest, ACascadeAndANullForOneCellAreAConflict) {
  InEveryOrder(TwoTargets(Action::kCascade, Action::kSetNull), {{"A", {{1}}}, {"B", {{1}}}, {"D", {{10, 1}}}},
               [](Tables& t) { EXPECT_THAT(UpdateBoth(t, 2, 2), ViolationIs(ViolationCode::kConflict)); });
}

TEST(SeveralEdgesTest, RestrictRefusesBeforeAConflictIsSeen) {
  std::vector<TableDef> tables = TwoTargets(Action::kCascade, Action::kSetNull);
  tables.push_back({.name = "E", .belongs_to = {{.target = "A", .on_update = Action::kRestrict}}});
  InEveryOrder(tables, {{"A", {{1}}}, {"B", {{1}}}, {"D", {{10, 1}}}, {"E", {{20, 1}}}}, [](Tables& t) {
    EXPECT_THAT(UpdateBoth(t, 2, 2), ViolationIs(ViolationCode::kRestrict, "E.a"));
  });
}

// ---- Rows that refer to themselves ----

TEST(SelfReferenceTest, KeyAndForeignKeyMayChangeTogetherWhateverTheAction) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    Tables t(Tree({.on_update = action}), {{"Node", {{1, 1}}}});

    EXPECT_THAT(t.Update("Node", 1, {{"id", 2}, {"parentId", 2}}), IsOk());

    EXPECT_EQ(t.Text("Node"), "(2, 2)");
  }
}

TEST(SelfReferenceTest, TheForeignKeyFollowsACascade) {
  Tables t(Tree({.on_update = Action::kCascade}), {{"Node", {{1, 1}}}});

  EXPECT_THAT(t.Update("Node", 1, {{"id", 2}}), IsOk());

  EXPECT_EQ(t.Text("Node"), "(2, 2)");
}

TEST(SelfReferenceTest, TheKeyAloneMayNotChangeUnderRestrict) {
  Tables t(Tree({.on_update = Action::kRestrict}), {{"Node", {{1, 1}}}});

  EXPECT_THAT(t.Update("Node", 1, {{"id", 2}}), ViolationIs(ViolationCode::kRestrict, "Node.parent"));
}

TEST(SelfReferenceTest, TheKeyAloneMayNotChangeUnderNoAction) {
  Tables t(Tree(), {{"Node", {{1, 1}}}});

  EXPECT_THAT(t.Update("Node", 1, {{"id", 2}}), ViolationIs(ViolationCode::kNoAction, "Node.parent"));
}

TEST(SelfReferenceTest, TheForeignKeyMayMoveToAnotherRow) {
  Tables t(Tree(), {{"Node", {{1, 1}, {2, nullptr}}}});

  EXPECT_THAT(t.Update("Node", 1, {{"parentId", 2}}), IsOk());

  EXPECT_EQ(t.Text("Node"), "(1, 2) (2, NULL)");
}

// ---- Keys that pass from row to row in one statement ----

// Parents 11 and 12; the child of 12 is 50. `id + 1` gives the key 12 to another row.
std::vector<TableRows> NeighboursWithOneChild() { return {{"Parent", {{11}, {12}}}, {"Child", {{50, 12}}}}; }

TEST(ShiftTest, UnderNoActionTheChildStaysWithTheKey) {
  InEveryOrder(ParentAndChild(), NeighboursWithOneChild(), [](Tables& t) {
    const Ref<> eleven = t.Row("Parent", 11);
    EXPECT_THAT(t.UpdateAll("Parent", {{"id", Col("id") + 1}}), IsOk());
    EXPECT_EQ(t.Text("Child"), "(50, 12)");
    EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 50)), eleven);
  });
}

TEST(ShiftTest, UnderRestrictItIsRefusedAlthoughTheKeyIsTakenOver) {
  InEveryOrder(ParentAndChild({.on_update = Action::kRestrict}), NeighboursWithOneChild(), [](Tables& t) {
    EXPECT_THAT(t.UpdateAll("Parent", {{"id", Col("id") + 1}}),
                ViolationIs(ViolationCode::kRestrict, "Child.parent"));
  });
}

TEST(ShiftTest, UnderCascadeEachChildStaysWithItsTarget) {
  InEveryOrder(ParentAndChild({.on_update = Action::kCascade}),
               {{"Parent", {{1}, {2}, {3}}}, {"Child", {{10, 1}, {20, 2}}}}, [](Tables& t) {
                 EXPECT_THAT(t.UpdateAll("Parent", {{"id", Col("id") + 1}}), IsOk());
                 EXPECT_EQ(t.Text("Child"), "(10, 2) (20, 3)");
               });
}

TEST(ShiftTest, OneToOneChildrenFollowInAnyOrder) {
  InEveryOrder(ParentAndChild({.inverse = HasOne("child"), .on_update = Action::kCascade}),
               {{"Parent", {{1}, {2}, {3}}}, {"Child", {{10, 1}, {20, 2}, {30, 3}}}}, [](Tables& t) {
                 EXPECT_THAT(t.UpdateAll("Parent", {{"id", Col("id") + 1}}), IsOk());
                 EXPECT_EQ(t.Text("Child"), "(10, 2) (20, 3) (30, 4)");
               });
}

TEST(ShiftTest, TwoRowsMaySwapTheirKeys) {
  InEveryOrder(ParentAndChild({.on_update = Action::kCascade}),
               {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {20, 2}}}}, [](Tables& t) {
                 const Ref<> one = t.Row("Parent", 1);
                 EXPECT_THAT(t.UpdateAll("Parent", {{"id", Expression(3) - Col("id")}}), IsOk());
                 EXPECT_EQ(t.Text("Child"), "(10, 2) (20, 1)");
                 EXPECT_EQ(t.Row("Parent", 2), one);
               });
}

// A tree of four rows, with the key of each and of its parent moved by `step` in one statement.
void ShiftATree(Action on_update, int64_t step, absl::FunctionRef<void(Tables&, const absl::Status&)> claim) {
  InEveryOrder(
      Tree({.on_update = on_update}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}, {4, 1}}}}, [&](Tables& t) {
        claim(t, t.UpdateAll("Node", {{"id", Col("id") + step}, {"parentId", Col("parentId") + step}}));
      });
}

TEST(ShiftTest, KeysAndForeignKeysOfATreeMayMoveTogetherWhateverTheAction) {
  for (const Action action : kAllActions) {
    SCOPED_TRACE(ActionName(action));
    ShiftATree(action, 100, [](Tables& t, const absl::Status& status) {
      EXPECT_THAT(status, IsOk());
      EXPECT_EQ(t.Text("Node"), "(101, NULL) (102, 101) (103, 102) (104, 101)");
    });
  }
}

// 2 becomes the key of what was 1, and a foreign key 2 means that row, not the one that is just giving the
// key up.
TEST(ShiftTest, EachRowOfATreeKeepsItsParentWhereOldAndNewKeysOverlap) {
  for (const Action action : kAllActions) {
    for (const int64_t step : {1, -1, 2}) {
      SCOPED_TRACE(ActionName(action));
      SCOPED_TRACE(step);
      ShiftATree(action, step, [&](Tables& t, const absl::Status& status) {
        EXPECT_THAT(status, IsOk());
        const ToOne<> parent = t["Node"].BelongsTo("parent");
        EXPECT_FALSE(parent.Get(t.Row("Node", 1 + step)));
        EXPECT_EQ(parent.Get(t.Row("Node", 2 + step)), t.Row("Node", 1 + step));
        EXPECT_EQ(parent.Get(t.Row("Node", 3 + step)), t.Row("Node", 2 + step));
        EXPECT_EQ(parent.Get(t.Row("Node", 4 + step)), t.Row("Node", 1 + step));
      });
    }
  }
}

TEST(ShiftTest, TheForeignKeysOfATreeFollowACascade) {
  InEveryOrder(Tree({.on_update = Action::kCascade}), {{"Node", {{1, nullptr}, {2, 1}, {3, 2}, {4, 1}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.UpdateAll("Node", {{"id", Col("id") + 100}}), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(101, NULL) (102, 101) (103, 102) (104, 101)");
               });
}

TEST(ShiftTest, AForeignKeyThatIsWrittenFollowsTheRowThatHadTheKey) {
  InEveryOrder(Tree({.on_update = Action::kCascade}), {{"Node", {{1, nullptr}, {2, nullptr}, {3, 2}}}},
               [](Tables& t) {
                 EXPECT_THAT(t.UpdateAll("Node", {{"id", Col("id") + 100}, {"parentId", 1}}), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(101, 101) (102, 101) (103, 101)");
               });
}

TEST(ShiftTest, AForeignKeyThatIsWrittenMeansTheRowThatGetsTheKey) {
  InEveryOrder(Tree({.on_update = Action::kCascade}), {{"Node", {{1, nullptr}, {2, nullptr}}}},
               [](Tables& t) {
                 const Ref<> one = t.Row("Node", 1);
                 EXPECT_THAT(t.UpdateAll("Node", {{"id", Col("id") + 1}, {"parentId", 2}}), IsOk());
                 EXPECT_EQ(t.Text("Node"), "(2, 2) (3, 2)");
                 EXPECT_EQ(t["Node"].BelongsTo("parent").Get(t.Row("Node", 3)), one);
               });
}

TEST(ShiftTest, RestrictLooksAtChildrenAfterTheDirectWrites) {
  Tables t(ParentAndChild({.on_update = Action::kRestrict}), {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(t.Run([&] {
    return t.db().Batch([&](Batch& b) {
      b.Update(t["Parent"], t.Row("Parent", 1), {{"id", 3}});
      b.Update(t["Child"], t.Row("Child", 10), {{"parentId", 2}});
    });
  }),
              IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 2)");
}

TEST(KeyChangeTest, CascadesOfALaterRoundMayAgreeOnACell) {
  const BelongsToDef by_code = {.target = "Root", .foreign_key = {"code"}, .on_update = Action::kCascade};
  const auto to = [](std::string target) {
    return BelongsToDef{
        .target = target, .foreign_key = {"code"}, .target_key = {"code"}, .on_update = Action::kCascade};
  };
  Tables t({{.name = "Root"},
            {.name = "Left", .columns = {{.name = "code"}}, .unique = {{"code"}}, .belongs_to = {by_code}},
            {.name = "Right", .columns = {{.name = "code"}}, .unique = {{"code"}}, .belongs_to = {by_code}},
            {.name = "Leaf", .columns = {{.name = "code"}}, .belongs_to = {to("Left"), to("Right")}}},
           {{"Root", {{1}}}, {"Left", {{10, 1}}}, {"Right", {{20, 1}}}, {"Leaf", {{30, 1}}}});

  EXPECT_THAT(t.Update("Root", 1, {{"id", 2}}), IsOk());

  EXPECT_EQ(t.Text("Leaf"), "(30, 2)");
}

TEST(KeyChangeTest, ACascadeWritesOnlyThePartsOfAKeyThatChanged) {
  const std::vector<ColumnDef> key = {{.name = "tenant"}, {.name = "no"}};
  const auto to = [](std::string target, std::string no) {
    return BelongsToDef{.target = target, .foreign_key = {"tenant", no}, .on_update = Action::kCascade};
  };
  Tables t({{.name = "Left", .columns = key, .primary_key = {"tenant", "no"}},
            {.name = "Right", .columns = key, .primary_key = {"tenant", "no"}},
            {.name = "Leaf",
             .columns = {{.name = "tenant"}, {.name = "leftNo"}, {.name = "rightNo"}},
             .belongs_to = {to("Left", "leftNo"), to("Right", "rightNo")}}},
           {{"Left", {{1, 7}, {2, 8}}}, {"Right", {{1, 5}}}, {"Leaf", {{10, 1, 7, 5}}}});
  const auto update = [&](Batch& b) {
    b.Update(t["Left"], t["Left"].Find({{"tenant", 1}, {"no", 7}}), {{"no", 8}});
    b.Update(t["Right"], t["Right"].Find({{"tenant", 1}, {"no", 5}}), {{"tenant", 2}});
  };

  EXPECT_THAT(t.Run([&] { return t.db().Batch(update); }), IsOk());

  EXPECT_EQ(t.Text("Leaf"), "(10, 2, 8, 5)");  // of tenant 2 by the one, of number 8 by the other
}

}  // namespace
}  // namespace tenon
