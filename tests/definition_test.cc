// Definitions: what is filled in where nothing is given, what is refused, and the schema read back.
#include <algorithm>
#include <string>
#include <string_view>
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
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::IsSupersetOf;
using testing::Orders;
using testing::StatusIs;
using testing::ViolationIs;

// Defines the tables in a database that has one already. A unit that is refused must have left the schema as
// it was.
absl::Status Define(std::vector<TableDef> tables, Options options = {}) {
  Database db(options);
  EXPECT_THAT(db.CreateTable({.name = "There", .columns = {{.name = "code"}}, .unique = {{"code"}}}), IsOk());
  const std::string before = db.schema().ToString();
  const absl::Status status = db.CreateTables(std::move(tables));
  EXPECT_THAT(db.Verify(), IsOk());
  if (!status.ok()) {
    EXPECT_EQ(db.schema().ToString(), before) << "a refused unit left a trace";
  }
  return status;
}

// Is refused with this code, in words that have both of these in them.
template <class Code>
auto RefusedWith(Code code, std::string_view one, std::string_view other) {
  return AllOf(ViolationIs(code),
               StatusIs(absl::StatusCode::kInvalidArgument,
                        AllOf(HasSubstr(std::string(one)), HasSubstr(std::string(other)))));
}

// The columns of a table as "name type".
std::vector<std::string> ColumnsOf(const TableInfo& table) {
  std::vector<std::string> columns;
  for (const ColumnDef& column : table.columns)
    columns.push_back(column.name + " " + std::string(TypeName(column.type)));
  return columns;
}

// The one table of a new database, or one that refers to a table Author(id, name).
TableInfo Defined(TableDef table) {
  Database db;
  const std::string name = table.name;
  EXPECT_THAT(db.CreateTable({.name = "Author", .columns = {{.name = "name", .type = Type::kString}}}),
              IsOk());
  EXPECT_THAT(db.CreateTable(std::move(table)), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  const Schema schema = db.schema();
  const TableInfo* info = schema.Find(name);
  return info == nullptr ? TableInfo() : *info;
}

// ---- The primary key that is filled in ----

TEST(FilledInTest, ATableWithoutAPrimaryKeyGetsIdAsItsFirstColumn) {
  const TableInfo book = Defined({.name = "Book", .columns = {{.name = "title", .type = Type::kString}}});

  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "title string"));
  EXPECT_TRUE(book.columns.at(0).not_null);
  EXPECT_TRUE(book.columns.at(0).auto_increment);
  ASSERT_FALSE(book.keys.empty());
  EXPECT_TRUE(book.keys[0].primary);
  EXPECT_THAT(book.keys[0].columns, ElementsAre("id"));
}

TEST(FilledInTest, AnAddedIdNumbersTheRows) {
  Database db;
  const Table<> books = *db.CreateTable({.name = "Book"});

  EXPECT_THAT(books.Insert({}), IsOk());
  EXPECT_THAT(books.Insert({}), IsOk());

  EXPECT_TRUE(books.Find("id", 1));
  EXPECT_TRUE(books.Find("id", 2));
}

TEST(FilledInTest, ATableWithAPrimaryKeyGetsNoId) {
  const TableInfo tag =
      Defined({.name = "Tag", .columns = {{.name = "word", .type = Type::kString}}, .primary_key = {"word"}});

  EXPECT_THAT(ColumnsOf(tag), ElementsAre("word string"));
  EXPECT_FALSE(tag.columns.at(0).auto_increment);
}

TEST(FilledInTest, PrimaryKeyColumnsAreNotNull) {
  const TableInfo order = Defined({.name = "Order",
                                   .columns = {{.name = "tenant"}, {.name = "no"}, {.name = "note"}},
                                   .primary_key = {"tenant", "no"}});

  EXPECT_TRUE(order.columns.at(0).not_null);
  EXPECT_TRUE(order.columns.at(1).not_null);
  EXPECT_FALSE(order.columns.at(2).not_null);
}

TEST(FilledInTest, AnIdThatIsNoKeyIsRefused) {
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "id", .type = Type::kString}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Book"), HasSubstr("id"))));
}

TEST(FilledInTest, AnIdThatIsNoKeyIsFineBesideAPrimaryKey) {
  EXPECT_THAT(
      Define({{.name = "Book", .columns = {{.name = "id"}, {.name = "isbn"}}, .primary_key = {"isbn"}}}),
      IsOk());
}

// ---- The edge that is filled in ----

TEST(FilledInTest, EverythingOfAnEdgeButItsTarget) {
  const TableInfo book = Defined({.name = "Book",
                                  .columns = {{.name = "title", .type = Type::kString}},
                                  .belongs_to = {{.target = "Author"}}});

  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "title string", "authorId int64"));
  EXPECT_FALSE(book.columns.at(2).not_null);
  EXPECT_FALSE(book.columns.at(2).auto_increment);
  EXPECT_TRUE(book.columns.at(2).default_value.is_null());
  ASSERT_EQ(book.belongs_to.size(), 1u);
  const BelongsToDef& author = book.belongs_to[0];
  EXPECT_EQ(author.target, "Author");
  EXPECT_EQ(author.as, "author");
  EXPECT_THAT(author.foreign_key, ElementsAre("authorId"));
  EXPECT_THAT(author.target_key, ElementsAre("id"));
  EXPECT_EQ(author.on_delete, Action::kNoAction);
  EXPECT_EQ(author.on_update, Action::kNoAction);
  EXPECT_TRUE(author.enforced);
  EXPECT_FALSE(author.deferred);
  EXPECT_EQ(author.name, "Book.author");
}

TEST(FilledInTest, NothingThatIsGiven) {
  const TableInfo book = Defined({.name = "Book",
                                  .columns = {{.name = "by", .not_null = true}},
                                  .belongs_to = {{.target = "Author",
                                                  .as = "writer",
                                                  .foreign_key = {"by"},
                                                  .inverse = HasMany("books"),
                                                  .on_delete = Action::kCascade,
                                                  .on_update = Action::kRestrict,
                                                  .deferred = true,
                                                  .name = "written by"}}});

  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "by int64"));
  EXPECT_TRUE(book.columns.at(1).not_null);
  ASSERT_EQ(book.belongs_to.size(), 1u);
  const BelongsToDef& writer = book.belongs_to[0];
  EXPECT_EQ(writer.as, "writer");
  EXPECT_THAT(writer.foreign_key, ElementsAre("by"));
  EXPECT_EQ(writer.inverse.name, "books");
  EXPECT_FALSE(writer.inverse.one);
  EXPECT_EQ(writer.on_delete, Action::kCascade);
  EXPECT_EQ(writer.on_update, Action::kRestrict);
  EXPECT_TRUE(writer.deferred);
  EXPECT_EQ(writer.name, "written by");
}

TEST(FilledInTest, TheForeignKeyIsNamedAfterAssociationAndTargetKey) {
  struct Example {
    std::string target, key, as, association, foreign_key;
  };
  for (const Example& e : std::vector<Example>{
           {"Author", "id", "", "author", "authorId"},
           {"Author", "id", "writer", "writer", "writerId"},
           {"purchase_order", "id", "", "purchase_order", "purchaseOrderId"},
           {"Customer", "id", "purchase_order", "purchase_order", "purchaseOrderId"},
           {"country", "_id", "", "country", "countryId"},
           {"account", "user_id", "", "account", "accountUserId"},
           {"line-item", "id", "", "line-item", "lineItemId"},
           {"old friend", "id", "", "old friend", "oldFriendId"},
           {"HTTPServer", "id", "", "hTTPServer", "hTTPServerId"},
           {"Posts", "id", "", "posts", "postsId"},
           {"Person", "code", "", "person", "personCode"},
       }) {
    SCOPED_TRACE(e.target + " " + e.as);
    Database db;
    ASSERT_THAT(db.CreateTable({.name = e.target, .columns = {{.name = e.key}}, .primary_key = {e.key}}),
                IsOk());
    ASSERT_THAT(db.CreateTable({.name = "Child", .belongs_to = {{.target = e.target, .as = e.as}}}), IsOk());
    const BelongsToDef edge = db.schema().Find("Child")->belongs_to.at(0);
    EXPECT_EQ(edge.as, e.association);
    EXPECT_THAT(edge.foreign_key, ElementsAre(e.foreign_key));
    EXPECT_EQ(edge.name, "Child." + e.association);
    EXPECT_THAT(db.GetTable("Child").BelongsTo(e.association).status(), IsOk());
  }
}

TEST(FilledInTest, AForeignKeyIsTypedLikeItsTargetKey) {
  for (const Type type : {Type::kInt32, Type::kInt64, Type::kString, Type::kBytes}) {
    SCOPED_TRACE(TypeName(type));
    Database db;
    ASSERT_THAT(
        db.CreateTables(
            {{.name = "Country", .columns = {{.name = "code", .type = type}}, .primary_key = {"code"}},
             {.name = "City", .belongs_to = {{.target = "Country"}}}}),
        IsOk());
    EXPECT_EQ(db.schema().Find("City")->columns.at(1).type, type);
  }
}

TEST(FilledInTest, ACompositeForeignKeyHasOneColumnForEachOfTheTargetKey) {
  Database db;
  ASSERT_THAT(db.CreateTables({{.name = "Order",
                                .columns = {{.name = "tenant", .type = Type::kString}, {.name = "no"}},
                                .primary_key = {"tenant", "no"}},
                               {.name = "Line", .belongs_to = {{.target = "Order"}}}}),
              IsOk());

  EXPECT_THAT(ColumnsOf(*db.schema().Find("Line")),
              ElementsAre("id int64", "orderTenant string", "orderNo int64"));
  EXPECT_THAT(db.schema().Find("Line")->belongs_to.at(0).foreign_key, ElementsAre("orderTenant", "orderNo"));
}

TEST(FilledInTest, AForeignKeyThatIsGivenIsAddedWhereTheTableLacksIt) {
  const TableInfo book =
      Defined({.name = "Book", .belongs_to = {{.target = "Author", .foreign_key = {"writtenBy"}}}});

  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "writtenBy int64"));
  EXPECT_FALSE(book.columns.at(1).not_null);
}

TEST(FilledInTest, AForeignKeyThatIsThereIsTakenAsItIs) {
  const TableInfo book =
      Defined({.name = "Book",
               .columns = {{.name = "authorId", .not_null = true}, {.name = "title", .type = Type::kString}},
               .belongs_to = {{.target = "Author"}}});

  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "authorId int64", "title string"));
  EXPECT_TRUE(book.columns.at(1).not_null);
}

TEST(FilledInTest, ColumnsAreAddedInTheOrderOfTheEdges) {
  const TableInfo letter =
      Defined({.name = "Letter",
               .belongs_to = {{.target = "Author", .as = "sender"}, {.target = "Author", .as = "receiver"}}});

  EXPECT_THAT(ColumnsOf(letter), ElementsAre("id int64", "senderId int64", "receiverId int64"));
}

TEST(FilledInTest, AKeyIsNamedAfterTableAndColumn) {
  const TableInfo tag =
      Defined({.name = "Tag", .columns = {{.name = "word", .type = Type::kString}}, .unique = {{"word"}}});

  ASSERT_EQ(tag.keys.size(), 2u);
  EXPECT_EQ(tag.keys[1].constraint, "Tag.word");
  EXPECT_FALSE(tag.keys[1].primary);
}

// ---- Units ----

TEST(UnitTest, TablesMayComeInAnyOrder) {
  const std::vector<TableDef> chain = {{.name = "A"},
                                       {.name = "B", .belongs_to = {{.target = "A"}}},
                                       {.name = "C", .belongs_to = {{.target = "B"}}}};
  for (const std::vector<TableDef>& tables : Orders(chain)) EXPECT_THAT(Define(tables), IsOk());
}

TEST(UnitTest, TablesMayReferToEachOther) {
  EXPECT_THAT(Define({{.name = "Guild", .belongs_to = {{.target = "Player", .as = "leader"}}},
                      {.name = "Player", .belongs_to = {{.target = "Guild"}}}}),
              IsOk());
}

TEST(UnitTest, RequiredEdgesMayFormACircle) {
  EXPECT_THAT(
      Define(
          {{.name = "A", .columns = {{.name = "bId", .not_null = true}}, .belongs_to = {{.target = "B"}}},
           {.name = "B", .columns = {{.name = "aId", .not_null = true}}, .belongs_to = {{.target = "A"}}}}),
      IsOk());
}

TEST(UnitTest, ATableMayReferToItself) {
  EXPECT_THAT(Define({{.name = "Node",
                       .belongs_to = {{.target = "Node", .as = "parent", .inverse = HasMany("children")}}}}),
              IsOk());
}

TEST(UnitTest, ATableMayReferToOneThatWasThere) {
  EXPECT_THAT(Define({{.name = "Book", .belongs_to = {{.target = "There", .target_key = {"code"}}}}}),
              IsOk());
}

TEST(UnitTest, AForeignKeyMayLeadToOneThatIsAddedToAnotherTable) {
  const std::vector<TableDef> chain = {{.name = "A"},
                                       {.name = "B", .unique = {{"aId"}}, .belongs_to = {{.target = "A"}}},
                                       {.name = "C", .belongs_to = {{.target = "B", .target_key = {"aId"}}}}};
  for (const std::vector<TableDef>& tables : Orders(chain)) EXPECT_THAT(Define(tables), IsOk());
}

TEST(UnitTest, AllThatIsWrongIsReportedAtOnce) {
  const absl::Status refused = Define({
      {.name = "Good"},
      {.name = "There"},
      {.name = "Book",
       .columns = {{.name = "title", .type = Type::kString},
                   {.name = "title"},
                   {.name = "goodId", .type = Type::kString}},
       .belongs_to = {{.target = "Nobody"}, {.target = "Good"}}},
      {.name = "Page", .columns = {{.name = "no", .type = Type::kDouble}}, .primary_key = {"no"}},
  });

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument));
  const auto is = [](ViolationCode code) { return Field(&Violation::code, code); };
  EXPECT_THAT(GetViolations(refused),
              IsSupersetOf({is(ViolationCode::kDuplicateName), is(ViolationCode::kUnknownTable),
                            is(ViolationCode::kTypeMismatch), is(ViolationCode::kDefinition)}));
  EXPECT_GE(GetViolations(refused).size(), 5u);
}

TEST(UnitTest, AnEmptyUnitIsFine) { EXPECT_THAT(Define({}), IsOk()); }

// ---- Names ----

TEST(NamesTest, TwoTablesOfOneName) {
  EXPECT_THAT(Define({{.name = "Book"}, {.name = "Book"}}),
              RefusedWith(ViolationCode::kDuplicateName, "Book", "Book"));
}

TEST(NamesTest, ATableThatIsThere) {
  EXPECT_THAT(Define({{.name = "There"}}), RefusedWith(ViolationCode::kDuplicateName, "There", "There"));
}

TEST(NamesTest, TwoColumnsOfOneName) {
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "title"}, {.name = "title"}}}}),
              RefusedWith(ViolationCode::kDuplicateName, "Book", "title"));
}

TEST(NamesTest, TwoAssociationsOfOneName) {
  EXPECT_THAT(
      Define({{.name = "Author"},
              {.name = "Book",
               .belongs_to = {{.target = "Author"}, {.target = "Author", .foreign_key = {"editorId"}}}}}),
      RefusedWith(ViolationCode::kDuplicateName, "Book", "author"));
}

TEST(NamesTest, TwoInversesOfOneNameOnOneTarget) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Book", .belongs_to = {{.target = "Author", .inverse = HasMany("works")}}},
                      {.name = "Song", .belongs_to = {{.target = "Author", .inverse = HasOne("works")}}}}),
              RefusedWith(ViolationCode::kDuplicateName, "Author", "works"));
}

TEST(NamesTest, OneInverseNameOnTwoTargetsIsFine) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Publisher"},
                      {.name = "Book",
                       .belongs_to = {{.target = "Author", .inverse = HasMany("books")},
                                      {.target = "Publisher", .inverse = HasMany("books")}}}}),
              IsOk());
}

TEST(NamesTest, AnAssociationNamedAsAColumn) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Book",
                       .columns = {{.name = "author", .type = Type::kString}},
                       .belongs_to = {{.target = "Author"}}}}),
              RefusedWith(ViolationCode::kDuplicateName, "Book", "author"));
}

TEST(NamesTest, AnAssociationNamedAsItsOwnForeignKey) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Book", .belongs_to = {{.target = "Author", .foreign_key = {"author"}}}}}),
              RefusedWith(ViolationCode::kDuplicateName, "Book", "author"));
}

TEST(NamesTest, ATableWithoutAName) {
  EXPECT_THAT(Define({{.columns = {{.name = "title"}}}}), ViolationIs(ViolationCode::kDefinition));
}

TEST(NamesTest, AColumnWithoutAName) {
  EXPECT_THAT(Define({{.name = "Book", .columns = {{}}}}),
              RefusedWith(ViolationCode::kDefinition, "Book", ""));
}

// ---- Targets ----

TEST(TargetTest, ATableThatIsMissing) {
  EXPECT_THAT(Define({{.name = "Book", .belongs_to = {{.target = "Nobody"}}}}),
              RefusedWith(ViolationCode::kUnknownTable, "Book", "Nobody"));
}

TEST(TargetTest, ATableThatComesInALaterUnit) {
  Database db;
  EXPECT_THAT(db.CreateTable({.name = "Book", .belongs_to = {{.target = "Author"}}}),
              ViolationIs(ViolationCode::kUnknownTable));
  EXPECT_THAT(db.CreateTable({.name = "Author"}), IsOk());
  EXPECT_THAT(db.CreateTable({.name = "Book", .belongs_to = {{.target = "Author"}}}), IsOk());
}

TEST(TargetTest, AColumnThatIsMissing) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Book", .belongs_to = {{.target = "Author", .target_key = {"isni"}}}}}),
              RefusedWith(ViolationCode::kUnknownColumn, "Author", "isni"));
}

TEST(TargetTest, AColumnThatIsNoKey) {
  EXPECT_THAT(Define({{.name = "Author", .columns = {{.name = "isni"}}},
                      {.name = "Book", .belongs_to = {{.target = "Author", .target_key = {"isni"}}}}}),
              RefusedWith(ViolationCode::kTargetNotUnique, "Author", "isni"));
}

TEST(TargetTest, PartOfAKey) {
  EXPECT_THAT(Define({{.name = "Order",
                       .columns = {{.name = "tenant"}, {.name = "no"}},
                       .primary_key = {"tenant", "no"}},
                      {.name = "Line", .belongs_to = {{.target = "Order", .target_key = {"no"}}}}}),
              RefusedWith(ViolationCode::kTargetNotUnique, "Order", "no"));
}

TEST(TargetTest, MoreThanAKey) {
  EXPECT_THAT(Define({{.name = "Author", .columns = {{.name = "isni"}}, .unique = {{"isni"}}},
                      {.name = "Book", .belongs_to = {{.target = "Author", .target_key = {"id", "isni"}}}}}),
              RefusedWith(ViolationCode::kTargetNotUnique, "Author", "isni"));
}

TEST(TargetTest, AUniqueKeyIsAsGoodAsThePrimaryOne) {
  EXPECT_THAT(Define({{.name = "Author", .columns = {{.name = "isni"}}, .unique = {{"isni"}}},
                      {.name = "Book", .belongs_to = {{.target = "Author", .target_key = {"isni"}}}}}),
              IsOk());
}

TEST(TargetTest, OneColumnForTwo) {
  EXPECT_THAT(Define({{.name = "Order",
                       .columns = {{.name = "tenant"}, {.name = "no"}},
                       .primary_key = {"tenant", "no"}},
                      {.name = "Line", .belongs_to = {{.target = "Order", .foreign_key = {"orderNo"}}}}}),
              RefusedWith(ViolationCode::kColumnCount, "Line", "Order"));
}

TEST(TargetTest, TwoColumnsForOne) {
  EXPECT_THAT(
      Define({{.name = "Author"},
              {.name = "Book",
               .belongs_to = {{.target = "Author", .foreign_key = {"a", "b"}, .target_key = {"id"}}}}}),
      RefusedWith(ViolationCode::kColumnCount, "Book", "Author"));
}

TEST(TargetTest, TypesMustBeIdentical) {
  const std::vector<std::pair<Type, Type>> pairs = {{Type::kString, Type::kInt64},
                                                    {Type::kInt64, Type::kString},
                                                    {Type::kInt64, Type::kInt32},
                                                    {Type::kInt32, Type::kInt64},
                                                    {Type::kBytes, Type::kString}};
  for (const auto& [child, target] : pairs) {
    SCOPED_TRACE(TypeName(child));
    SCOPED_TRACE(TypeName(target));
    EXPECT_THAT(
        Define({{.name = "Author", .columns = {{.name = "key", .type = target}}, .primary_key = {"key"}},
                {.name = "Book",
                 .columns = {{.name = "authorKey", .type = child}},
                 .belongs_to = {{.target = "Author"}}}}),
        RefusedWith(ViolationCode::kTypeMismatch, "Book", "authorKey"));
  }
}

TEST(TargetTest, ADoubleLeadsToNoInteger) {
  EXPECT_THAT(Define({{.name = "Author"},
                      {.name = "Book",
                       .columns = {{.name = "authorId", .type = Type::kDouble}},
                       .belongs_to = {{.target = "Author"}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Book"), HasSubstr("authorId"))));
}

TEST(TargetTest, TwoEdgesOnOneColumnToOneKey) {
  for (const Action other : {Action::kNoAction, Action::kCascade, Action::kSetNull}) {
    SCOPED_TRACE(ActionName(other));
    EXPECT_THAT(
        Define({{.name = "Author"},
                {.name = "Book",
                 .belongs_to =
                     {{.target = "Author", .as = "writer", .foreign_key = {"by"}},
                      {.target = "Author", .as = "editor", .foreign_key = {"by"}, .on_delete = other}}}}),
        RefusedWith(ViolationCode::kDuplicateForeignKey, "Book", "writer"));
  }
}

TEST(TargetTest, TwoEdgesOnOneColumnToTwoKeysAreFine) {
  EXPECT_THAT(
      Define({{.name = "Author", .columns = {{.name = "isni"}}, .unique = {{"isni"}}},
              {.name = "Book",
               .belongs_to =
                   {{.target = "Author", .as = "writer", .foreign_key = {"by"}},
                    {.target = "Author", .as = "editor", .foreign_key = {"by"}, .target_key = {"isni"}}}}}),
      IsOk());
}

// ---- Keys ----

TEST(KeyTest, OfNoColumnThatIsThere) {
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "title"}}, .primary_key = {"isbn"}}}),
              RefusedWith(ViolationCode::kUnknownColumn, "Book", "isbn"));
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "title"}}, .unique = {{"isbn"}}}}),
              RefusedWith(ViolationCode::kUnknownColumn, "Book", "isbn"));
}

TEST(KeyTest, OfNoColumnAtAll) {
  EXPECT_THAT(Define({{.name = "Book", .unique = {KeyColumns(std::vector<std::string>())}}}),
              RefusedWith(ViolationCode::kDefinition, "Book", ""));
}

TEST(KeyTest, BoolFloatAndDoubleAreRefusedAndTheMessageSaysSo) {
  for (const Type type : {Type::kBool, Type::kFloat, Type::kDouble}) {
    SCOPED_TRACE(TypeName(type));
    const std::string name(TypeName(type));
    EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "k", .type = type}}, .primary_key = {"k"}}}),
                AllOf(RefusedWith(ViolationCode::kDefinition, "Book", "k"),
                      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name))));
    EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "k", .type = type}}, .unique = {{"k"}}}}),
                AllOf(RefusedWith(ViolationCode::kDefinition, "Book", "k"),
                      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name))));
  }
}

TEST(KeyTest, AutoIncrementIsForIntegers) {
  EXPECT_THAT(Define({{.name = "Book",
                       .columns = {{.name = "isbn", .type = Type::kString, .auto_increment = true}},
                       .primary_key = {"isbn"}}}),
              RefusedWith(ViolationCode::kDefinition, "Book", "isbn"));
  EXPECT_THAT(Define({{.name = "Book",
                       .columns = {{.name = "no", .type = Type::kInt32, .auto_increment = true}},
                       .primary_key = {"no"}}}),
              IsOk());
}

TEST(KeyTest, OneColumnOfATableNumbersIt) {
  EXPECT_THAT(
      Define({{.name = "Book",
               .columns = {{.name = "no", .auto_increment = true}, {.name = "other", .auto_increment = true}},
               .primary_key = {"no"}}}),
      RefusedWith(ViolationCode::kDefinition, "Book", "other"));
}

TEST(KeyTest, ADefaultFitsItsColumn) {
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "pages", .default_value = "many"}}}}),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Book"), HasSubstr("pages"))));
  EXPECT_THAT(
      Define({{.name = "Book",
               .columns = {{.name = "pages", .type = Type::kInt64, .not_null = true, .default_value = 1}}}}),
      IsOk());
}

// ---- Actions that could never succeed ----

// Book.author with this action, on erase and on a key change in turn, over this foreign key.
void ExpectEachTime(Action action, const ColumnDef& foreign_key,
                    const ::testing::Matcher<const absl::Status&>& answer) {
  for (const bool on_delete : {true, false}) {
    SCOPED_TRACE(on_delete ? "on delete" : "on update");
    BelongsToDef author = {.target = "Author"};
    (on_delete ? author.on_delete : author.on_update) = action;
    EXPECT_THAT(
        Define({{.name = "Author"}, {.name = "Book", .columns = {foreign_key}, .belongs_to = {author}}}),
        answer);
  }
}

TEST(ActionImpossibleTest, SetNullOnARequiredColumn) {
  ExpectEachTime(Action::kSetNull, {.name = "authorId", .not_null = true},
                 RefusedWith(ViolationCode::kActionImpossible, "Book", "authorId"));
}

TEST(ActionImpossibleTest, SetDefaultOnARequiredColumnWithoutADefault) {
  ExpectEachTime(Action::kSetDefault, {.name = "authorId", .not_null = true},
                 RefusedWith(ViolationCode::kActionImpossible, "Book", "authorId"));
}

TEST(ActionImpossibleTest, SetDefaultOnARequiredColumnWithADefaultIsFine) {
  ExpectEachTime(Action::kSetDefault, {.name = "authorId", .not_null = true, .default_value = 1}, IsOk());
}

TEST(ActionImpossibleTest, CascadeAndRestrictOnARequiredColumnAreFine) {
  for (const Action action : {Action::kCascade, Action::kRestrict, Action::kNoAction}) {
    ExpectEachTime(action, {.name = "authorId", .not_null = true}, IsOk());
  }
}

TEST(ActionImpossibleTest, SetNullOnACompositeKeyWithOneRequiredColumn) {
  EXPECT_THAT(Define({{.name = "Order",
                       .columns = {{.name = "tenant"}, {.name = "no"}},
                       .primary_key = {"tenant", "no"}},
                      {.name = "Line",
                       .columns = {{.name = "tenant", .not_null = true}, {.name = "orderNo"}},
                       .belongs_to = {{.target = "Order",
                                       .foreign_key = {"tenant", "orderNo"},
                                       .on_delete = Action::kSetNull}}}}),
              RefusedWith(ViolationCode::kActionImpossible, "Line", "tenant"));
}

TEST(ActionImpossibleTest, SetNullOnAPrimaryKey) {
  EXPECT_THAT(Define({{.name = "Person"},
                      {.name = "License",
                       .columns = {{.name = "personId"}},
                       .primary_key = {"personId"},
                       .belongs_to = {{.target = "Person",
                                       .inverse = HasOne("license"),
                                       .on_delete = Action::kSetNull}}}}),
              RefusedWith(ViolationCode::kActionImpossible, "License", "personId"));
}

TEST(ActionImpossibleTest, AnyActionOfAnEdgeThatIsNotEnforced) {
  for (const Action action : {Action::kRestrict, Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
    SCOPED_TRACE(ActionName(action));
    EXPECT_THAT(Define({{.name = "Author"},
                        {.name = "Book",
                         .belongs_to = {{.target = "Author", .on_delete = action, .enforced = false}}}}),
                StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Book"), HasSubstr("author"))));
    EXPECT_THAT(Define({{.name = "Author"},
                        {.name = "Book",
                         .belongs_to = {{.target = "Author", .on_update = action, .enforced = false}}}}),
                StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("Book"), HasSubstr("author"))));
  }
}

// ---- Limits: each is reached, and one beyond it is refused ----

MATCHER(IsLimit, "is refused by a limit") {
  return ::testing::ExplainMatchResult(ViolationIs(ViolationCode::kLimit), arg, result_listener) &&
         ::testing::ExplainMatchResult(StatusIs(absl::StatusCode::kResourceExhausted), arg, result_listener);
}

TEST(LimitsTest, Columns) {
  const Options options = {.column_limit = 3};

  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "a"}, {.name = "b"}}}}, options), IsOk());
  EXPECT_THAT(Define({{.name = "Book", .columns = {{.name = "a"}, {.name = "b"}, {.name = "c"}}}}, options),
              IsLimit());
}

TEST(LimitsTest, ColumnsThatAreFilledInCountToo) {
  const Options options = {.column_limit = 3};

  EXPECT_THAT(
      Define({{.name = "Book", .columns = {{.name = "a"}}, .belongs_to = {{.target = "There"}}}}, options),
      IsOk());
  EXPECT_THAT(
      Define(
          {{.name = "Book", .columns = {{.name = "a"}, {.name = "b"}}, .belongs_to = {{.target = "There"}}}},
          options),
      IsLimit());
}

// One of them is there before.
TEST(LimitsTest, Tables) {
  const Options options = {.table_limit = 3};

  EXPECT_THAT(Define({{.name = "A"}, {.name = "B"}}, options), IsOk());
  EXPECT_THAT(Define({{.name = "A"}, {.name = "B"}, {.name = "C"}}, options), IsLimit());
}

// Tables that refer to the one that is there, by this many edges each.
std::vector<TableDef> Referring(size_t tables, size_t edges) {
  std::vector<TableDef> unit;
  for (size_t i = 0; i < tables; ++i) {
    unit.push_back({.name = "T" + std::to_string(i)});
    for (size_t j = 0; j < edges; ++j) {
      unit.back().belongs_to.push_back({.target = "There", .as = "there" + std::to_string(j)});
    }
  }
  return unit;
}

TEST(LimitsTest, EdgesOutOfATable) {
  const Options options = {.belongs_to_limit = 2};

  EXPECT_THAT(Define(Referring(2, 2), options), IsOk());
  EXPECT_THAT(Define(Referring(1, 3), options), IsLimit());
}

TEST(LimitsTest, EdgesIntoATable) {
  const Options options = {.inverse_limit = 4};

  EXPECT_THAT(Define(Referring(2, 2), options), IsOk());
  EXPECT_THAT(Define(Referring(5, 1), options), IsLimit());
}

// ---- Read back ----

Schema Library() {
  Database db;
  EXPECT_THAT(
      db.CreateTables(
          {{.name = "Book",
            .columns = {{.name = "title", .type = Type::kString, .not_null = true},
                        {.name = "isbn", .type = Type::kString},
                        {.name = "copies", .type = Type::kInt32, .default_value = 1}},
            .unique = {{"isbn"}},
            .belongs_to = {{.target = "Author", .inverse = HasMany("books"), .on_delete = Action::kCascade},
                           {.target = "Book", .as = "sequelOf"}}},
           {.name = "Author"},
           {.name = "Portrait", .belongs_to = {{.target = "Author", .inverse = HasOne("portrait")}}}}),
      IsOk());
  return db.schema();
}

TEST(SchemaTest, TablesComeInOrderOfDefinition) {
  const Schema schema = Library();

  ASSERT_EQ(schema.tables.size(), 3u);
  EXPECT_EQ(schema.tables[0].name, "Book");
  EXPECT_EQ(schema.tables[1].name, "Author");
  EXPECT_EQ(schema.tables[2].name, "Portrait");
}

TEST(SchemaTest, ColumnsComeWithTypeDefaultAndWhetherTheyAreRequired) {
  const Schema schema = Library();

  const TableInfo& book = *schema.Find("Book");
  EXPECT_THAT(ColumnsOf(book), ElementsAre("id int64", "title string", "isbn string", "copies int32",
                                           "authorId int64", "sequelOfId int64"));
  EXPECT_TRUE(book.columns[1].not_null);
  EXPECT_FALSE(book.columns[2].not_null);
  EXPECT_EQ(book.columns[3].default_value, Value(1));
}

TEST(SchemaTest, KeysComeWithThePrimaryOneFirst) {
  const Schema schema = Library();

  const TableInfo& book = *schema.Find("Book");
  ASSERT_GE(book.keys.size(), 2u);
  EXPECT_TRUE(book.keys[0].primary);
  EXPECT_THAT(book.keys[0].columns, ElementsAre("id"));
  EXPECT_FALSE(book.keys[1].primary);
  EXPECT_THAT(book.keys[1].columns, ElementsAre("isbn"));
  EXPECT_EQ(book.keys[1].constraint, "Book.isbn");
}

TEST(SchemaTest, EdgesAreSeenFromBothEnds) {
  const Schema schema = Library();

  const TableInfo& book = *schema.Find("Book");
  ASSERT_EQ(book.belongs_to.size(), 2u);
  EXPECT_EQ(book.belongs_to[0].inverse.name, "books");
  EXPECT_EQ(book.belongs_to[1].target, "Book");
  ASSERT_EQ(book.inverses.size(), 1u);
  EXPECT_EQ(book.inverses[0].child_table, "Book");
  EXPECT_EQ(book.inverses[0].association, "sequelOf");
  EXPECT_EQ(book.inverses[0].inverse.name, "");
  const auto inverse = [](const std::string& child, const std::string& association, const std::string& name,
                          bool one) {
    return AllOf(Field(&InverseInfo::child_table, child), Field(&InverseInfo::association, association),
                 Field(&InverseInfo::inverse, AllOf(Field(&Inverse::name, name), Field(&Inverse::one, one))));
  };
  EXPECT_THAT(schema.Find("Author")->inverses,
              ::testing::UnorderedElementsAre(inverse("Book", "author", "books", false),
                                              inverse("Portrait", "author", "portrait", true)));
  EXPECT_THAT(schema.Find("Portrait")->inverses, IsEmpty());
}

TEST(SchemaTest, ATableThatIsNotThereIsNull) {
  const Schema schema = Library();

  EXPECT_EQ(schema.Find("Nobody"), nullptr);
}

TEST(SchemaTest, WhatWasReadBackDefinesTheSameSchema) {
  const Schema schema = Library();
  std::vector<TableDef> tables;
  for (const TableInfo& table : schema.tables) {
    tables.push_back({.name = table.name, .columns = table.columns, .belongs_to = table.belongs_to});
    for (const KeyInfo& key : table.keys) {
      if (key.primary) {
        tables.back().primary_key = key.columns;
      } else if (std::none_of(table.belongs_to.begin(), table.belongs_to.end(),
                              [&](const BelongsToDef& edge) {
                                return edge.inverse.one && edge.foreign_key == key.columns;
                              })) {
        tables.back().unique.push_back(key.columns);
      }
    }
  }
  Database again;

  EXPECT_THAT(again.CreateTables(tables), IsOk());

  EXPECT_EQ(again.schema().ToString(), schema.ToString());
}

TEST(SchemaTest, EveryEdgeCanBeWalkedFromBothEnds) {
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {{.name = "Author"},
           {.name = "Book", .belongs_to = {{.target = "Author", .inverse = HasMany("books")}}},
           {.name = "Song", .belongs_to = {{.target = "Author"}}},
           {.name = "Portrait", .belongs_to = {{.target = "Author", .inverse = HasOne("portrait")}}}}),
      IsOk());
  const Table<> authors = db.GetTable("Author");

  EXPECT_THAT(authors.HasMany("books").status(), IsOk());
  EXPECT_THAT(authors.HasMany(db.GetTable("Song"), "author").status(), IsOk());
  EXPECT_THAT(authors.HasOne("portrait").status(), IsOk());
  EXPECT_THAT(authors.HasMany("portrait").status(), IsOk());
  EXPECT_THAT(authors.HasOne("books").status(), ViolationIs(ViolationCode::kHandle));
}

}  // namespace
}  // namespace tenon
