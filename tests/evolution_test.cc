// Changes of the schema of tables that have rows: rows are checked first, and what is refused changes
// nothing.
#include <cstdint>
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
using testing::IsOk;
using testing::ParentAndChild;
using testing::ParentByCode;
using testing::StatusIs;
using testing::Tables;
using testing::Tree;
using testing::ViolationIs;

Violation FirstViolation(const absl::Status& refused) {
  const std::vector<Violation> violations = GetViolations(refused);
  EXPECT_FALSE(violations.empty()) << refused;
  return violations.empty() ? Violation{} : violations.front();
}

// ---- AddColumn ----

absl::Status AddColumn(Tables& t, std::string_view table, const ColumnDef& column) {
  return t.Run([&] { return t.db().AddColumn(t[table], column); });
}

TEST(AddColumnTest, RowsTakeTheDefault) {
  Tables t(ParentAndChild(), {{"Parent", {{1}, {2}}}});

  EXPECT_THAT(
      AddColumn(t, "Parent", {.name = "name", .type = Type::kString, .not_null = true, .default_value = "?"}),
      IsOk());

  EXPECT_EQ(t.Text("Parent"), "(1, '?') (2, '?')");
}

TEST(AddColumnTest, WithoutADefaultRowsAreNull) {
  Tables t(ParentAndChild(), {{"Parent", {{1}, {2}}}});

  EXPECT_THAT(AddColumn(t, "Parent", {.name = "age", .type = Type::kInt32}), IsOk());

  EXPECT_EQ(t.Text("Parent"), "(1, NULL) (2, NULL)");
}

TEST(AddColumnTest, ARequiredOneWithoutADefaultIsRefusedWhereThereAreRows) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  EXPECT_THAT(AddColumn(t, "Parent", {.name = "age", .not_null = true}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Parent"), HasSubstr("age"))));
}

TEST(AddColumnTest, ARequiredOneWithoutADefaultIsFineWhereThereAreNone) {
  Tables t(ParentAndChild());

  EXPECT_THAT(AddColumn(t, "Parent", {.name = "age", .not_null = true}), IsOk());

  EXPECT_THAT(t.Insert("Parent", {1}), ViolationIs(ViolationCode::kNotNull));
}

TEST(AddColumnTest, AutoIncrementNumbersTheRowsInSlotOrderAndGoesOn) {
  Tables t({{.name = "Tag", .columns = {{.name = "key"}}, .primary_key = {"key"}}},
           {{"Tag", {{30}, {10}, {20}}}});

  EXPECT_THAT(AddColumn(t, "Tag", {.name = "no", .not_null = true, .auto_increment = true}), IsOk());

  EXPECT_THAT(t.Insert("Tag", {40}), IsOk());
  EXPECT_EQ(t.Text("Tag"), "(10, 2) (20, 3) (30, 1) (40, 4)");
}

TEST(AddColumnTest, TheColumnCanBeWritten) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  EXPECT_THAT(AddColumn(t, "Child", {.name = "name", .type = Type::kString}), IsOk());

  EXPECT_THAT(t.Update("Child", 10, {{"name", "Ann"}}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 1, 'Ann')");
}

TEST(AddColumnTest, AColumnThatIsThereIsRefused) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  EXPECT_THAT(AddColumn(t, "Child", {.name = "parentId"}), ViolationIs(ViolationCode::kDuplicateName));
}

TEST(AddColumnTest, AColumnNamedAsAnAssociationIsRefused) {
  Tables t(ParentAndChild());

  EXPECT_THAT(AddColumn(t, "Child", {.name = "parent"}), ViolationIs(ViolationCode::kDuplicateName));
}

TEST(AddColumnTest, TheLimitOfColumnsHolds) {
  Database db({.column_limit = 2});
  ASSERT_THAT(db.CreateTable({.name = "Book", .columns = {{.name = "a"}}}), IsOk());
  const std::string before = db.Dump();

  EXPECT_THAT(db.AddColumn(db.GetTable("Book"), {.name = "b"}), ViolationIs(ViolationCode::kLimit));

  EXPECT_EQ(db.Dump(), before);
}

// ---- AddUnique, DropUnique ----

std::vector<TableDef> Tags() {
  return {{.name = "Tag", .columns = {{.name = "word", .type = Type::kString}}}};
}

absl::Status AddUnique(Tables& t, std::string_view table, const std::vector<std::string>& columns) {
  return t.Run([&] { return t.db().AddUnique(t[table], columns); });
}

TEST(AddUniqueTest, HoldsForTheRowsThereAreAndThoseToCome) {
  Tables t(Tags(), {{"Tag", {{1, "a"}, {2, "b"}, {3, nullptr}, {4, nullptr}}}});

  EXPECT_THAT(AddUnique(t, "Tag", {"word"}), IsOk());

  EXPECT_THAT(t.Insert("Tag", {5, "a"}), ViolationIs(ViolationCode::kUnique, "Tag.word"));
  EXPECT_EQ(t["Tag"].Find("word", "b"), t.Row("Tag", 2));
}

TEST(AddUniqueTest, DuplicatesAreRefusedCountedAndTheFirstIsShown) {
  Tables t(Tags(), {{"Tag", {{1, "a"}, {2, "b"}, {3, "b"}, {4, "b"}, {5, "a"}}}});

  const absl::Status refused = AddUnique(t, "Tag", {"word"});

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("Tag")));
  const Violation violation = FirstViolation(refused);
  EXPECT_EQ(violation.code, ViolationCode::kUnique);
  EXPECT_EQ(violation.constraint, "Tag.word");
  EXPECT_EQ(violation.children, 3u);  // rows 3, 4 and 5 repeat a key
  EXPECT_THAT(violation.key, ElementsAre(Value("b")));
  EXPECT_EQ(violation.child, t.Row("Tag", 3));
}

TEST(AddUniqueTest, AColumnThatIsMissingIsRefused) {
  Tables t(Tags());

  EXPECT_THAT(AddUnique(t, "Tag", {"letter"}), ViolationIs(ViolationCode::kUnknownColumn));
}

TEST(AddUniqueTest, AFloatIsNoKey) {
  Tables t({{.name = "Tag", .columns = {{.name = "weight", .type = Type::kFloat}}}});

  EXPECT_THAT(AddUnique(t, "Tag", {"weight"}), ViolationIs(ViolationCode::kDefinition));
}

TEST(AddUniqueTest, TheNewKeyMayBeReferredTo) {
  Tables t({{.name = "Parent", .columns = {{.name = "code"}}}, {.name = "Child"}},
           {{"Parent", {{1, 5}}}, {"Child", {{10}}}});
  EXPECT_THAT(AddUnique(t, "Parent", {"code"}), IsOk());

  EXPECT_THAT(
      t.Run([&] { return t.db().AddBelongsTo(t["Child"], {.target = "Parent", .target_key = {"code"}}); }),
      IsOk());

  EXPECT_THAT(t.Update("Child", 10, {{"parentCode", 5}}), IsOk());
  EXPECT_EQ(t["Child"].BelongsTo("parent").Get(t.Row("Child", 10)), t.Row("Parent", 1));
}

absl::Status DropUnique(Tables& t, std::string_view table, std::string_view constraint) {
  return t.Run([&] { return t.db().DropUnique(t[table], constraint); });
}

TEST(DropUniqueTest, LetsDuplicatesIn) {
  std::vector<TableDef> tables = Tags();
  tables[0].unique = {{"word"}};
  Tables t(tables, {{"Tag", {{1, "a"}}}});

  EXPECT_THAT(DropUnique(t, "Tag", "Tag.word"), IsOk());

  EXPECT_THAT(t.Insert("Tag", {2, "a"}), IsOk());
}

TEST(DropUniqueTest, IsRefusedWhileABelongsToRefersToTheKey) {
  Tables t(ParentByCode(), {{"Parent", {{1, 5}}}});

  const absl::Status refused = DropUnique(t, "Parent", "Parent.code");

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Child.parent")));
  EXPECT_EQ(FirstViolation(refused).code, ViolationCode::kTableReferenced);
}

TEST(DropUniqueTest, SucceedsOnceTheBelongsToIsDropped) {
  Tables t(ParentByCode(), {{"Parent", {{1, 5}}}});
  EXPECT_THAT(t.Run([&] { return t.db().DropBelongsTo(t["Child"], "parent"); }), IsOk());

  EXPECT_THAT(DropUnique(t, "Parent", "Parent.code"), IsOk());
}

TEST(DropUniqueTest, AKeyThatIsMissingIsNotFound) {
  Tables t(Tags());

  EXPECT_THAT(DropUnique(t, "Tag", "Tag.word"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(DropUniqueTest, ThePrimaryKeyStays) {
  Tables t(Tags());

  EXPECT_FALSE(DropUnique(t, "Tag", t.db().schema().Find("Tag")->keys.at(0).constraint).ok());
}

// ---- AddBelongsTo ----

// Parent and Child with no edge between them yet.
std::vector<TableDef> Strangers() {
  return {{.name = "Parent"}, {.name = "Child", .columns = {{.name = "parentId"}}}};
}

absl::StatusOr<ToOne<>> AddBelongsTo(Tables& t, std::string_view child, const BelongsToDef& edge) {
  absl::StatusOr<ToOne<>> added = absl::UnknownError("not run");
  const absl::Status status = t.Run([&] {
    added = t.db().AddBelongsTo(t[child], edge);
    return added.status();
  });
  EXPECT_EQ(added.status(), status);
  return added;
}

TEST(AddBelongsToTest, RowsAreLinkedFromBothEnds) {
  Tables t(Strangers(), {{"Parent", {{1}, {2}}}, {"Child", {{10, 1}, {11, nullptr}, {12, 2}, {13, 1}}}});

  const absl::StatusOr<ToOne<>> parent =
      AddBelongsTo(t, "Child", {.target = "Parent", .inverse = HasMany("children")});

  ASSERT_THAT(parent, IsOk());
  EXPECT_EQ(parent->Get(t.Row("Child", 13)), t.Row("Parent", 1));
  EXPECT_FALSE(parent->Get(t.Row("Child", 11)));
  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 1)), 2u);
  EXPECT_EQ(t["Parent"].HasMany("children").Count(t.Row("Parent", 2)), 1u);
}

TEST(AddBelongsToTest, IsEnforcedFromThenOn) {
  Tables t(Strangers(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  ASSERT_THAT(AddBelongsTo(t, "Child", {.target = "Parent", .on_delete = Action::kRestrict}), IsOk());

  EXPECT_THAT(t.Insert("Child", {11, 2}), ViolationIs(ViolationCode::kMissingTarget, "Child.parent"));
  EXPECT_THAT(t.Erase("Parent", 1), ViolationIs(ViolationCode::kRestrict, "Child.parent"));
}

TEST(AddBelongsToTest, DanglingRowsAreRefusedCountedAndTheFirstIsShown) {
  for (const bool deferred : {false, true}) {
    SCOPED_TRACE(deferred ? "deferred" : "immediate");
    Tables t(Strangers(), {{"Parent", {{1}}}, {"Child", {{10, 1}, {11, 4711}, {12, 4712}, {13, 4711}}}});

    const absl::StatusOr<ToOne<>> refused =
        AddBelongsTo(t, "Child", {.target = "Parent", .deferred = deferred});

    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("4711")));
    const Violation violation = FirstViolation(refused.status());
    EXPECT_EQ(violation.constraint, "Child.parent");
    EXPECT_EQ(violation.children, 3u);
    EXPECT_THAT(violation.key, ElementsAre(Value(4711)));
    EXPECT_EQ(violation.child, t.Row("Child", 11));
  }
}

TEST(AddBelongsToTest, DanglingRowsAreAcceptedWhereItIsNotEnforcedAndLinkUpLater) {
  Tables t(Strangers(), {{"Parent", {{1}}}, {"Child", {{10, 1}, {11, 2}}}});
  const absl::StatusOr<ToOne<>> parent = AddBelongsTo(t, "Child", {.target = "Parent", .enforced = false});
  ASSERT_THAT(parent, IsOk());
  EXPECT_FALSE(parent->Get(t.Row("Child", 11)));

  EXPECT_THAT(t.Insert("Parent", {2}), IsOk());

  EXPECT_EQ(parent->Get(t.Row("Child", 11)), t.Row("Parent", 2));
}

TEST(AddBelongsToTest, HasOneOverDuplicatesIsRefused) {
  for (const bool enforced : {true, false}) {
    SCOPED_TRACE(enforced ? "enforced" : "not enforced");
    Tables t(Strangers(),
             {{"Parent", {{1}, {2}}}, {"Child", {{10, 2}, {11, 1}, {12, 1}, {13, nullptr}, {14, nullptr}}}});

    const absl::StatusOr<ToOne<>> refused =
        AddBelongsTo(t, "Child", {.target = "Parent", .inverse = HasOne("child"), .enforced = enforced});

    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAlreadyExists));
    EXPECT_EQ(FirstViolation(refused.status()).code, ViolationCode::kUnique);
  }
}

TEST(AddBelongsToTest, HasOneHoldsFromThenOn) {
  Tables t(Strangers(), {{"Parent", {{1}}}, {"Child", {{10, 1}, {11, nullptr}, {12, nullptr}}}});

  ASSERT_THAT(AddBelongsTo(t, "Child", {.target = "Parent", .inverse = HasOne("child")}), IsOk());

  EXPECT_EQ(t["Parent"].HasOne("child").Get(t.Row("Parent", 1)), t.Row("Child", 10));
  EXPECT_THAT(t.Update("Child", 11, {{"parentId", 1}}), ViolationIs(ViolationCode::kUnique));
}

TEST(AddBelongsToTest, AForeignKeyThatIsMissingIsAddedAndNull) {
  Tables t({{.name = "Parent"}, {.name = "Child"}}, {{"Parent", {{1}}}, {"Child", {{10}}}});

  ASSERT_THAT(AddBelongsTo(t, "Child", {.target = "Parent"}), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, NULL)");
  EXPECT_THAT(t.Update("Child", 10, {{"parentId", 1}}), IsOk());
}

TEST(AddBelongsToTest, ATableWithRowsMayComeToReferToItself) {
  Tables t({{.name = "Node", .columns = {{.name = "parentId"}}}}, {{"Node", {{1, 2}, {2, 2}, {3, nullptr}}}});

  const absl::StatusOr<ToOne<>> parent = AddBelongsTo(t, "Node", {.target = "Node", .as = "parent"});

  ASSERT_THAT(parent, IsOk());
  EXPECT_EQ(parent->Get(t.Row("Node", 1)), t.Row("Node", 2));
  EXPECT_EQ(parent->Get(t.Row("Node", 2)), t.Row("Node", 2));
}

TEST(AddBelongsToTest, ADefinitionThatCannotHoldIsRefused) {
  Tables t(Strangers(), {{"Child", {{10, nullptr}}}});

  EXPECT_THAT(AddBelongsTo(t, "Child", {.target = "Nobody"}), ViolationIs(ViolationCode::kUnknownTable));
  EXPECT_THAT(AddBelongsTo(t, "Child", {.target = "Parent", .as = "parentId"}),
              ViolationIs(ViolationCode::kDuplicateName));
  EXPECT_THAT(AddBelongsTo(t, "Child", {.target = "Parent", .target_key = {"code"}}),
              ViolationIs(ViolationCode::kUnknownColumn));
}

TEST(AddBelongsToTest, ASecondEdgeOnTheSameColumnToTheSameKeyIsRefused) {
  Tables t(ParentAndChild());

  EXPECT_THAT(AddBelongsTo(t, "Child", {.target = "Parent", .as = "other", .foreign_key = {"parentId"}}),
              ViolationIs(ViolationCode::kDuplicateForeignKey));
}

// ---- DropBelongsTo ----

absl::Status DropBelongsTo(Tables& t, std::string_view table, std::string_view association) {
  return t.Run([&] { return t.db().DropBelongsTo(t[table], association); });
}

TEST(DropBelongsToTest, ColumnsAndValuesStayAndNothingIsCheckedAnyMore) {
  Tables t(ParentAndChild({.on_delete = Action::kRestrict}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 1)");
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
  EXPECT_THAT(t.Insert("Child", {11, 99}), IsOk());
}

TEST(DropBelongsToTest, HandlesOfTheEdgeLeadNowhere) {
  Tables t(ParentAndChild({.inverse = HasMany("children")}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  const ToOne<> parent = t["Child"].BelongsTo("parent");
  const ToMany<> children = t["Parent"].HasMany("children");

  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), IsOk());

  EXPECT_THAT(parent.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(parent.Get(t.Row("Child", 10)));
  EXPECT_THAT(children.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(children.Count(t.Row("Parent", 1)), 0u);
  EXPECT_THAT(t["Child"].BelongsTo("parent").status(), ViolationIs(ViolationCode::kHandle));
}

TEST(DropBelongsToTest, OneToOneGoesWithIt) {
  Tables t(ParentAndChild({.inverse = HasOne("child")}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), IsOk());

  EXPECT_THAT(t.Insert("Child", {11, 1}), IsOk());
}

TEST(DropBelongsToTest, TheEdgeMayBeAddedAgain) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), IsOk());

  const absl::StatusOr<ToOne<>> parent =
      AddBelongsTo(t, "Child", {.target = "Parent", .on_delete = Action::kCascade});

  ASSERT_THAT(parent, IsOk());
  EXPECT_EQ(parent->Get(t.Row("Child", 10)), t.Row("Parent", 1));
}

TEST(DropBelongsToTest, AnAssociationThatIsMissingIsNotFound) {
  Tables t(ParentAndChild());

  EXPECT_THAT(DropBelongsTo(t, "Child", "mother"), StatusIs(absl::StatusCode::kNotFound));
}

// ---- DropTable ----

absl::Status DropTable(Tables& t, std::string_view table) {
  return t.Run([&] { return t.db().DropTable(table); });
}

TEST(DropTableTest, IsRefusedWhileAnotherTableRefersToIt) {
  for (const Action action :
       {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
    SCOPED_TRACE(ActionName(action));
    Tables t(ParentAndChild({.on_delete = action}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

    const absl::Status refused = DropTable(t, "Parent");

    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Child.parent")));
    EXPECT_EQ(FirstViolation(refused).code, ViolationCode::kTableReferenced);
  }
}

TEST(DropTableTest, IsRefusedAlsoWithoutChildRows) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}});

  EXPECT_THAT(DropTable(t, "Parent"), ViolationIs(ViolationCode::kTableReferenced));
}

TEST(DropTableTest, SucceedsOnceTheBelongsToIsDropped) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), IsOk());

  EXPECT_THAT(DropTable(t, "Parent"), IsOk());

  EXPECT_EQ(t.Text("Child"), "(10, 1)");
}

TEST(DropTableTest, AChildGoesAndItsTargetStays) {
  Tables t(ParentAndChild({.inverse = HasMany("children"), .on_delete = Action::kRestrict}),
           {{"Parent", {{1}}}, {"Child", {{10, 1}}}});

  EXPECT_THAT(DropTable(t, "Child"), IsOk());

  EXPECT_THAT(t["Parent"].HasMany("children").status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(t.Erase("Parent", 1), IsOk());
}

TEST(DropTableTest, AReferenceToItselfIsNoObstacle) {
  Tables t(Tree({.on_delete = Action::kRestrict}), {{"Node", {{1, nullptr}, {2, 1}}}});

  EXPECT_THAT(DropTable(t, "Node"), IsOk());

  EXPECT_EQ(t.db().schema().Find("Node"), nullptr);
}

TEST(DropTableTest, HandlesAnswerNotFoundAndReadNothing) {
  Tables t(ParentAndChild({.inverse = HasMany("children")}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  const Table<> children = t["Child"];
  const ToOne<> parent = children.BelongsTo("parent");
  const ToMany<> of_parent = t["Parent"].HasMany("children");
  const Ref<> child = t.Row("Child", 10);

  EXPECT_THAT(DropTable(t, "Child"), IsOk());

  EXPECT_THAT(children.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(children.size(), 0u);
  EXPECT_FALSE(children.Contains(child));
  EXPECT_FALSE(children.Find("id", 10));
  EXPECT_THAT(children.Get(child, "parentId"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(children.Insert({{"id", 11}}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(parent.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(parent.Get(child));
  EXPECT_EQ(of_parent.Count(t.Row("Parent", 1)), 0u);
}

TEST(DropTableTest, HandlesStayBadWhenATableOfThatNameComesBack) {
  Tables t(ParentAndChild(), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  const Table<> old = t["Child"];
  const Ref<> child = t.Row("Child", 10);
  EXPECT_THAT(DropTable(t, "Child"), IsOk());

  EXPECT_THAT(t.Run([&] { return t.db().CreateTable({.name = "Child"}); }), IsOk());

  EXPECT_THAT(old.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(t["Child"].Contains(child));
  EXPECT_THAT(t["Child"].status(), IsOk());
}

TEST(DropTableTest, TablesComeAndGoAnyNumberOfTimes) {
  Database db;
  ASSERT_THAT(db.CreateTable({.name = "Stays"}), IsOk());
  for (int i = 0; i < 17'000; ++i) {  // more than there are numbers for
    absl::StatusOr<Table<>> table = db.CreateTable({.name = "Goes"});
    ASSERT_THAT(table, IsOk()) << i;
    ASSERT_THAT(table->Insert({{"id", 1}}), IsOk());
    ASSERT_THAT(db.DropTable("Goes"), IsOk());
  }
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(DropTableTest, ATableThatIsMissingIsNotFound) {
  Tables t(ParentAndChild());

  EXPECT_THAT(DropTable(t, "Nobody"), StatusIs(absl::StatusCode::kNotFound));
}

// ---- Not in a transaction ----

TEST(SchemaChangeTest, IsRefusedInATransaction) {
  std::vector<TableDef> tables = ParentAndChild();
  tables.push_back(
      {.name = "Tag", .columns = {{.name = "word"}, {.name = "parentId"}}, .unique = {{"word"}}});
  Tables t(tables, {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  Transaction tx = t.db().Begin();

  const auto not_now =
      AllOf(StatusIs(absl::StatusCode::kFailedPrecondition), ViolationIs(ViolationCode::kTransaction));
  EXPECT_THAT(t.Run([&] { return t.db().CreateTable({.name = "Late"}); }), not_now);
  EXPECT_THAT(t.Run([&] { return t.db().CreateTables({{.name = "Late"}}); }), not_now);
  EXPECT_THAT(AddColumn(t, "Tag", {.name = "late"}), not_now);
  EXPECT_THAT(AddUnique(t, "Tag", {"parentId"}), not_now);
  EXPECT_THAT(AddBelongsTo(t, "Tag", {.target = "Parent"}), not_now);
  EXPECT_THAT(DropBelongsTo(t, "Child", "parent"), not_now);
  EXPECT_THAT(DropUnique(t, "Tag", "Tag.word"), not_now);
  EXPECT_THAT(DropTable(t, "Tag"), not_now);
}

TEST(SchemaChangeTest, IsAcceptedAfterTheTransaction) {
  Tables t(ParentAndChild());
  {
    Transaction tx = t.db().Begin();
    EXPECT_THAT(t.Insert("Parent", {1}), IsOk());
    EXPECT_THAT(tx.Commit(), IsOk());
  }

  EXPECT_THAT(AddColumn(t, "Parent", {.name = "name", .type = Type::kString}), IsOk());

  EXPECT_EQ(t.Text("Parent"), "(1, NULL)");
}

TEST(SchemaChangeTest, LeavesRefsAndHandlesOfTheTableGood) {
  Tables t(ParentAndChild({.inverse = HasMany("children")}), {{"Parent", {{1}}}, {"Child", {{10, 1}}}});
  const Table<> children = t["Child"];
  const ToOne<> parent = children.BelongsTo("parent");
  const Ref<> child = t.Row("Child", 10);

  EXPECT_THAT(AddColumn(t, "Child", {.name = "name", .type = Type::kString}), IsOk());
  EXPECT_THAT(AddUnique(t, "Child", {"name"}), IsOk());
  EXPECT_THAT(AddBelongsTo(t, "Child", {.target = "Child", .as = "friend"}), IsOk());

  EXPECT_THAT(children.status(), IsOk());
  EXPECT_EQ(parent.Get(child), t.Row("Parent", 1));
  EXPECT_THAT(t.Run([&] { return children.Update(child, {{"name", "Ann"}, {"friendId", 10}}); }), IsOk());
  EXPECT_EQ(t.Text("Child"), "(10, 1, 'Ann', 10)");
}

TEST(AddColumnTest, TakesRowsAfterOthersWereRolledBack) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Node"}).value();
  {
    const Transaction tx = db.Begin();
    ASSERT_THAT(table.InsertAll(std::vector<Row>(100)), IsOk());
  }

  ASSERT_THAT(db.AddColumn(table, {.name = "weight", .default_value = 7}), IsOk());

  const absl::StatusOr<Ref<>> row = table.Insert({});
  ASSERT_THAT(row, IsOk());
  EXPECT_EQ(table.Get(*row, "weight").value(), Value(int64_t{7}));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(AddColumnTest, KeepsTheBooksOfLongTextWhereRowsAreGone) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Node"}).value();
  const RefList<> rows = table.InsertAll(std::vector<Row>(3)).value();
  ASSERT_THAT(table.Erase(rows[1]), IsOk());

  ASSERT_THAT(
      db.AddColumn(table, {.name = "text", .type = Type::kString, .default_value = "a text of some length"}),
      IsOk());

  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(AddUniqueTest, RowsThatAreGoneHaveNoKey) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Node", .columns = {{.name = "code"}}}).value();
  const RefList<> rows = table.InsertAll({{{"code", 1}}, {{"code", 2}}, {{"code", 3}}}).value();
  ASSERT_THAT(table.Erase(rows[1]), IsOk());

  ASSERT_THAT(db.AddUnique(table, {"code"}), IsOk());

  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(DropUniqueTest, EdgesToAnotherKeyAreNoObstacle) {
  Tables t(ParentByCode());
  ASSERT_THAT(t.db().CreateTable({.name = "Note", .belongs_to = {{.target = "Parent"}}}), IsOk());
  ASSERT_THAT(t.db().AddUnique(t["Parent"], {"id", "code"}), IsOk());

  EXPECT_THAT(t.db().DropUnique(t["Parent"], "Parent.id_code"), IsOk());
}

}  // namespace
}  // namespace tenon
