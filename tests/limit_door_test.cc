// Limits at every door: by whatever verb something comes in, what reaches the limit is taken, one more is refused with
// `limit` and nothing changed, and the store goes on. Room that was given up is room again.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// Runs what must be refused by a limit, and looks whether anything has changed.
void ExpectLimit(Database& db, const std::function<absl::Status()>& run) {
  const std::string dump = db.Dump();
  const StateHash hash = db.GetStateHash();

  const absl::Status refused = run();

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kLimit));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(db.Dump() == dump) << "a refused call left a trace";
  EXPECT_EQ(db.GetStateHash(), hash);
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Text ----

// A way in for one text into T(id, text) of a row or of a default.
struct TextDoor {
  std::string_view name;
  std::function<absl::Status(Database& db, const Value& text)> enter;
};

Ref<> FirstRow(Database& db) { return db.GetTable("T").All().First(); }

const TextDoor kTextDoors[] = {
    {"Insert",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").Insert({{"text", text}}));
     }},
    {"InsertAll",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").InsertAll({{{"text", nullptr}}, {{"text", text}}}));
     }},
    {"InsertColumns",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").InsertColumns({{"text", {nullptr, text}}}));
     }},
    {"InsertColumnsOfStrings",  // read where they are; there are none of bytes
     [](Database& db, const Value& text) {
       if (std::holds_alternative<Bytes>(text.variant())) {
         return StatusOf(db.GetTable("T").InsertColumns({{"text", {text}}}));
       }
       const std::vector<std::string> texts = {"", text.As<std::string>().value()};
       return StatusOf(db.GetTable("T").InsertColumns({{"text", texts}}));
     }},
    {"Set", [](Database& db, const Value& text) { return db.GetTable("T").Set(FirstRow(db), "text", text); }},
    {"Update",
     [](Database& db, const Value& text) {
       return db.GetTable("T").Update(FirstRow(db), {{"text", text}});
     }},
    {"UpdateWhere",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").All().Update({{"text", text}}));
     }},
    {"UpsertOfANewRow",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").Upsert({{"id", 50}, {"text", text}}));
     }},
    {"UpsertOfAnOldRow",
     [](Database& db, const Value& text) {
       return StatusOf(db.GetTable("T").Upsert({{"id", 1}, {"text", text}}));
     }},
    {"BatchInsert",
     [](Database& db, const Value& text) {
       return db.Batch([&](Batch& b) { b.Insert(db.GetTable("T"), {{"text", text}}); });
     }},
    {"BatchUpdate",
     [](Database& db, const Value& text) {
       return db.Batch([&](Batch& b) { b.Update(db.GetTable("T"), FirstRow(db), {{"text", text}}); });
     }},
    {"BatchCreate",
     [](Database& db, const Value& text) {
       return db.Batch([&](Batch& b) {
         b.Create(db.GetTable("T").HasMany("below"), FirstRow(db), {{"text", text}});
       });
     }},
    {"DefaultOfATable",
     [](Database& db, const Value& text) {
       const Type type = db.schema().Find("T")->columns[1].type;
       return StatusOf(
           db.CreateTable({.name = "U", .columns = {{.name = "u", .type = type, .default_value = text}}}));
     }},
    {"DefaultOfAColumn",
     [](Database& db, const Value& text) {
       const Type type = db.schema().Find("T")->columns[1].type;
       return db.AddColumn(db.GetTable("T"), {.name = "more", .type = type, .default_value = text});
     }},
};

class TextLimitTest : public ::testing::TestWithParam<TextDoor> {};
INSTANTIATE_TEST_SUITE_P(Every, TextLimitTest, ::testing::ValuesIn(kTextDoors),
                         [](const auto& door) { return std::string(door.param.name); });

TEST_P(TextLimitTest, IsAskedAtEveryDoorOfBothTypes) {
  for (const size_t limit : std::initializer_list<size_t>{0, 3, 12, 13, 5000}) {
    for (const Type type : {Type::kString, Type::kBytes}) {
      SCOPED_TRACE(absl::StrCat(limit, " bytes"));
      Database db({.text_limit = limit});
      ASSERT_THAT(
          db.CreateTable({.name = "T",
                          .columns = {{.name = "text", .type = type}},
                          .belongs_to = {{.target = "T", .as = "above", .inverse = HasMany("below")}}}),
          IsOk());
      ASSERT_THAT(db.GetTable("T").Insert({}), IsOk());
      const auto text = [&](size_t bytes) {
        const std::string data(bytes, 'x');
        return type == Type::kBytes ? Value(Bytes{data}) : Value(data);
      };

      ExpectLimit(db, [&] { return GetParam().enter(db, text(limit + 1)); });
      EXPECT_THAT(GetParam().enter(db, text(limit)), IsOk());
      EXPECT_THAT(db.Verify(), IsOk());
    }
  }
}

// ---- Rows ----

// A way in for so many rows into T(id, aboveId).
struct RowDoor {
  std::string_view name;
  std::function<absl::Status(Database& db, size_t rows)> enter;
};

const RowDoor kRowDoors[] = {
    {"InsertAll",
     [](Database& db, size_t rows) { return StatusOf(db.GetTable("T").InsertAll(std::vector<Row>(rows))); }},
    {"InsertColumns",
     [](Database& db, size_t rows) {
       return StatusOf(db.GetTable("T").InsertColumns({{"aboveId", std::vector<Value>(rows)}}));
     }},
    {"BatchInsert",
     [](Database& db, size_t rows) {
       return db.Batch([&](Batch& b) {
         for (size_t i = 0; i < rows; ++i) b.Insert(db.GetTable("T"), {});
       });
     }},
    {"BatchCreate",
     [](Database& db, size_t rows) {
       return db.Batch([&](Batch& b) {
         const Ref<> first = b.Insert(db.GetTable("T"), {});
         for (size_t i = 1; i < rows; ++i) b.Create(db.GetTable("T").HasMany("below"), first, {});
       });
     }},
    {"InsertInATransaction",
     [](Database& db, size_t rows) {
       Transaction transaction = db.Begin();
       absl::Status status;
       for (size_t i = 0; i < rows && status.ok(); ++i) status = StatusOf(db.GetTable("T").Insert({}));
       return status.ok() ? transaction.Commit() : status;
     }},
    {"UpsertInATransaction",
     [](Database& db, size_t rows) {
       Transaction transaction = db.Begin();
       absl::Status status;
       for (size_t i = 0; i < rows && status.ok(); ++i) status = StatusOf(db.GetTable("T").Upsert({}));
       return status.ok() ? transaction.Commit() : status;
     }},
};

class RowDoorTest : public ::testing::TestWithParam<RowDoor> {
 protected:
  static void Define(Database& db) {
    ASSERT_THAT(db.CreateTable({.name = "T",
                                .belongs_to = {{.target = "T",
                                                .as = "above",
                                                .inverse = HasMany("below"),
                                                .on_delete = Action::kCascade}}}),
                IsOk());
  }
};
INSTANTIATE_TEST_SUITE_P(Every, RowDoorTest, ::testing::ValuesIn(kRowDoors),
                         [](const auto& door) { return std::string(door.param.name); });

TEST_P(RowDoorTest, IsAskedAtEveryDoor) {
  constexpr uint32_t kChunk = internal::kChunkRows;
  for (const size_t limit : {size_t{1}, size_t{7}, size_t{kChunk - 1}, size_t{kChunk}, size_t{kChunk} + 1}) {
    SCOPED_TRACE(absl::StrCat(limit, " rows"));
    Database db({.row_limit = limit});
    Define(db);

    ExpectLimit(db, [&] { return GetParam().enter(db, limit + 1); });
    EXPECT_THAT(GetParam().enter(db, limit), IsOk());
    EXPECT_EQ(db.GetTable("T").size(), limit);
    ExpectLimit(db, [&] { return GetParam().enter(db, 1); });
  }
}

TEST_P(RowDoorTest, HasRoomAgainWhereRowsWereErasedClearedOrUndone) {
  Database db({.row_limit = 5});
  Define(db);
  const Table<> table = db.GetTable("T");
  for (int round = 0; round < 3; ++round) {
    ASSERT_THAT(GetParam().enter(db, 5), IsOk());
    ASSERT_THAT(table.Erase(FirstRow(db)), IsOk());
    ASSERT_THAT(table.Clear(), IsOk());
    Transaction transaction = db.Begin();
    ASSERT_THAT(GetParam().enter(db, 5), IsOk());
    transaction.Rollback();
  }
  EXPECT_THAT(GetParam().enter(db, 5), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(RowLimitTest, CountsLiveRowsAlsoWhereAnEraseMayStillBeUndone) {
  Database db({.row_limit = 2});
  const Table<> table = db.CreateTable({.name = "T"}).value();
  ASSERT_THAT(table.InsertAll({{}, {}}), IsOk());
  const StateHash before = db.GetStateHash();

  Transaction transaction = db.Begin();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(table.Erase(FirstRow(db)), IsOk());
    ASSERT_THAT(table.Insert({}), IsOk());
    ExpectLimit(db, [&] { return StatusOf(table.Insert({})); });
  }
  transaction.Rollback();

  EXPECT_EQ(db.GetStateHash(), before);
  ExpectLimit(db, [&] { return StatusOf(table.Insert({})); });
}

TEST(RowLimitTest, CountsTheRowsOfABatchBeforeItErases) {
  Database db({.row_limit = 2});
  const Table<> table = db.CreateTable({.name = "T"}).value();
  ASSERT_THAT(table.InsertAll({{}, {}}), IsOk());

  ExpectLimit(db, [&] {
    return db.Batch([&](Batch& b) {
      b.Erase(table, FirstRow(db));
      b.Insert(table, {});
    });
  });
}

// ---- Schema ----

// A table of this name with so many columns, its key included.
TableDef Wide(std::string name, size_t columns) {
  TableDef def = {.name = std::move(name), .columns = {{.name = "id"}}, .primary_key = {"id"}};
  while (def.columns.size() < columns) {
    def.columns.push_back({.name = absl::StrCat("column", def.columns.size())});
  }
  return def;
}

// A table of this name that refers to `target` so many times.
TableDef Referring(std::string name, const std::string& target, size_t times) {
  TableDef def = {.name = std::move(name)};
  for (size_t i = 0; i < times; ++i) {
    def.belongs_to.push_back({.target = target, .as = absl::StrCat("edge", i)});
  }
  return def;
}

TEST(ColumnLimitTest, CountsTheColumnsThatAreFilledIn) {
  Database db({.column_limit = 4});
  const auto table = [](std::string name, size_t columns, size_t edges) {
    TableDef def = Referring(std::move(name), "A", edges);  // with an id, and a column for each edge
    for (size_t i = 0; i < columns; ++i) def.columns.push_back({.name = absl::StrCat("column", i)});
    return def;
  };
  ASSERT_THAT(db.CreateTable(Wide("A", 1)), IsOk());

  ExpectLimit(db, [&] { return StatusOf(db.CreateTable(table("B", 4, 0))); });
  ExpectLimit(db, [&] { return StatusOf(db.CreateTable(table("B", 2, 2))); });
  EXPECT_THAT(db.CreateTable(table("B", 3, 0)), IsOk());
  EXPECT_THAT(db.CreateTable(table("C", 1, 2)), IsOk());
  ExpectLimit(db, [&] { return StatusOf(db.AddBelongsTo(db.GetTable("B"), {.target = "A"})); });
  EXPECT_THAT(db.AddBelongsTo(db.GetTable("B"), {.target = "A", .foreign_key = {"column0"}}), IsOk())
      << "an edge over columns that are there adds none";
}

TEST(ColumnLimitTest, IsAThousandAtMost) {
  Database db({.column_limit = 5000});

  ExpectLimit(db, [&] { return StatusOf(db.CreateTable(Wide("A", 1001))); });
  EXPECT_THAT(db.CreateTable(Wide("A", 1000)), IsOk());
  ExpectLimit(db, [&] { return db.AddColumn(db.GetTable("A"), {.name = "more"}); });
}

TEST(TableLimitTest, HasRoomAgainWhereATableWasDropped) {
  Database db({.table_limit = 2});
  ASSERT_THAT(db.CreateTable(Wide("A", 1)), IsOk());
  for (int round = 0; round < 5; ++round) {
    ASSERT_THAT(db.CreateTable(Wide("B", 1)), IsOk());
    ExpectLimit(db, [&] { return StatusOf(db.CreateTable(Wide("C", 1))); });
    ASSERT_THAT(db.DropTable("B"), IsOk());
  }
}

TEST(TableLimitTest, IsTenThousandUnlessSaidOtherwiseAndAtMost) {
  for (const Options& options : {Options{}, Options{.table_limit = 20'000}}) {
    Database db(options);
    std::vector<TableDef> tables;
    for (int i = 0; i < 10'000; ++i) tables.push_back(Wide(absl::StrCat("T", i), 1));
    ASSERT_THAT(db.CreateTables(tables), IsOk());

    ExpectLimit(db, [&] { return StatusOf(db.CreateTable(Wide("more", 1))); });
    EXPECT_THAT(db.GetTable("T9999").Insert({{"id", 1}}), IsOk());
  }
}

TEST(EdgeLimitTest, CountsAnEdgeToItselfOnBothEnds) {
  Database out({.belongs_to_limit = 2});
  ExpectLimit(out, [&] { return StatusOf(out.CreateTable(Referring("A", "A", 3))); });
  EXPECT_THAT(out.CreateTable(Referring("A", "A", 2)), IsOk());

  Database in({.inverse_limit = 2});
  ExpectLimit(in, [&] { return StatusOf(in.CreateTable(Referring("A", "A", 3))); });
  EXPECT_THAT(in.CreateTable(Referring("A", "A", 2)), IsOk());
  ExpectLimit(in, [&] { return StatusOf(in.CreateTable(Referring("B", "A", 1))); });
}

TEST(EdgeLimitTest, CountsTheEdgesOfOneUnitTogether) {
  Database db({.inverse_limit = 4});

  ExpectLimit(db, [&] {
    return db.CreateTables({Referring("B", "A", 2), Wide("A", 1), Referring("C", "A", 3)});
  });
  EXPECT_THAT(db.CreateTables({Referring("B", "A", 2), Wide("A", 1), Referring("C", "A", 2)}), IsOk());
}

TEST(EdgeLimitTest, HasRoomAgainWhereAnEdgeOrItsTableWasDropped) {
  Database db({.belongs_to_limit = 2, .inverse_limit = 2});
  ASSERT_THAT(db.CreateTables({Wide("A", 1), Referring("B", "A", 2)}), IsOk());
  for (int round = 0; round < 3; ++round) {
    ExpectLimit(db, [&] { return StatusOf(db.CreateTable(Referring("C", "A", 1))); });
    ASSERT_THAT(db.DropBelongsTo(db.GetTable("B"), "edge1"), IsOk());
    ASSERT_THAT(db.CreateTable(Referring("C", "A", 1)), IsOk());
    ASSERT_THAT(db.DropTable("C"), IsOk());
    ASSERT_THAT(db.AddBelongsTo(db.GetTable("B"), {.target = "A", .as = "edge1", .foreign_key = {"edge1Id"}}),
                IsOk());
  }
}

TEST(EdgeLimitTest, LetsAThousandEdgesInUnlessSaidOtherwise) {
  Database db;
  std::vector<TableDef> tables = {Wide("A", 1)};
  for (int i = 0; i < 20; ++i) tables.push_back(Referring(absl::StrCat("T", i), "A", 50));
  ASSERT_THAT(db.CreateTables(tables), IsOk());

  ExpectLimit(db, [&] { return StatusOf(db.CreateTable(Referring("more", "A", 1))); });
  EXPECT_THAT(db.GetTable("T7").Insert({}), IsOk());
}

// ---- Limits of nothing ----

TEST(ZeroLimitTest, AllowsNothingAndBreaksNothing) {
  Database no_rows({.row_limit = 0}), no_tables({.table_limit = 0}), no_columns({.column_limit = 0}),
      no_edges({.belongs_to_limit = 0}), no_inverses({.inverse_limit = 0}),
      no_transactions({.transaction_limit = 0});
  for (Database* db : {&no_rows, &no_edges, &no_inverses, &no_transactions}) {
    ASSERT_THAT(db->CreateTable(Wide("A", 2)), IsOk());
  }

  ExpectLimit(no_rows, [&] { return StatusOf(no_rows.GetTable("A").Insert({{"id", 1}})); });
  ExpectLimit(no_tables, [&] { return StatusOf(no_tables.CreateTable(Wide("A", 1))); });
  ExpectLimit(no_columns, [&] { return StatusOf(no_columns.CreateTable(Wide("A", 1))); });
  ExpectLimit(no_edges, [&] { return StatusOf(no_edges.CreateTable(Referring("B", "A", 1))); });
  ExpectLimit(no_inverses, [&] { return StatusOf(no_inverses.CreateTable(Referring("B", "A", 1))); });
  ExpectLimit(no_transactions, [&] { return no_transactions.Begin().status(); });
  EXPECT_THAT(no_transactions.GetTable("A").Insert({{"id", 1}}), IsOk()) << "a statement is no transaction";
}

// ---- Memory ----

// What asks for memory in a database of Group(id, name) and Item(id, name, groupId) that holds a few rows.
struct Work {
  std::string_view name;
  std::function<absl::Status(Database&)> run;
};

std::vector<std::string> Names(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i)
    names.push_back(absl::StrCat("a name that needs a place of its own, ", i));
  return names;
}

const Work kWorks[] = {
    {"InsertColumns",
     [](Database& db) {
       return StatusOf(db.GetTable("Item").InsertColumns({{"name", Names(9000)}}));
     }},
    {"InsertOneByOne",
     [](Database& db) {
       Transaction transaction = db.Begin();
       absl::Status status;
       for (int i = 0; i < 3000 && status.ok(); ++i) {
         status = StatusOf(db.GetTable("Item").Insert({{"groupId", 1}}));
       }
       return status.ok() ? transaction.Commit() : status;
     }},
    {"UpdateToLongText",
     [](Database& db) {
       return StatusOf(db.GetTable("Item").All().Update({{"name", std::string(100'000, 'x')}}));
     }},
    {"MoveAll",
     [](Database& db) {
       return StatusOf(db.GetTable("Item").All().Update({{"groupId", 2}}));
     }},
    {"ChangeTheKeyOfAll",
     [](Database& db) {
       return StatusOf(db.GetTable("Item").All().Update({{"id", Col("id") + 1'000'000}}));
     }},
    {"EraseAll", [](Database& db) { return db.GetTable("Group").Clear(); }},
    {"AddColumn",
     [](Database& db) { return db.AddColumn(db.GetTable("Item"), {.name = "more", .default_value = 7}); }},
    {"AddUnique",
     [](Database& db) {
       return db.AddUnique(db.GetTable("Item"), {"id", "groupId"});
     }},
    {"AddBelongsTo",
     [](Database& db) {
       return StatusOf(db.AddBelongsTo(db.GetTable("Item"), {.target = "Group", .as = "other"}));
     }},
};

class MemoryLimitTest : public ::testing::TestWithParam<Work> {
 protected:
  static Database Limited(size_t limit) { return Database({.memory_limit = limit, .hash_secret = 1}); }
  // Row by row, so that to fill a database takes hardly more than it then holds.
  static absl::Status Fill(Database& db) {
    const absl::Status defined =
        db.CreateTables({{.name = "Group", .columns = {{.name = "name", .type = Type::kString}}},
                         {.name = "Item",
                          .columns = {{.name = "name", .type = Type::kString}},
                          .belongs_to = {{.target = "Group", .on_delete = Action::kCascade}}}});
    if (!defined.ok()) return defined;
    for (const std::string& name : Names(3)) {
      const absl::Status inserted = StatusOf(db.GetTable("Group").Insert({{"name", name}}));
      if (!inserted.ok()) return inserted;
    }
    for (const std::string& name : Names(300)) {
      const absl::Status inserted =
          StatusOf(db.GetTable("Item").Insert({{"name", name}, {"groupId", 1 + name.back() % 2}}));
      if (!inserted.ok()) return inserted;
    }
    return absl::OkStatus();
  }
  // The least limit with which a new database does this.
  static size_t LeastFor(const std::function<absl::Status(Database&)>& run) {
    size_t refused = 0, enough = size_t{64} << 20;
    while (enough - refused > 1) {
      const size_t limit = refused + (enough - refused) / 2;
      Database db = Limited(limit);
      (run(db).ok() ? enough : refused) = limit;
    }
    return enough;
  }
};
INSTANTIATE_TEST_SUITE_P(Every, MemoryLimitTest, ::testing::ValuesIn(kWorks),
                         [](const auto& work) { return std::string(work.param.name); });

TEST_P(MemoryLimitTest, IsExactToTheByte) {
  static const size_t filled = LeastFor(Fill);
  const size_t enough = LeastFor([&](Database& db) {
    const absl::Status status = Fill(db);
    return status.ok() ? GetParam().run(db) : status;
  });
  ASSERT_GT(enough, filled) << "asks for no memory: no test";

  Database good = Limited(enough);
  ASSERT_THAT(Fill(good), IsOk());
  EXPECT_THAT(GetParam().run(good), IsOk());
  EXPECT_LE(good.MemoryUsage().total, enough);
  EXPECT_THAT(good.Verify(), IsOk());

  Database db = Limited(enough - 1);
  ASSERT_THAT(Fill(db), IsOk());
  ExpectLimit(db, [&] { return GetParam().run(db); });
  EXPECT_LE(db.MemoryUsage().total, enough - 1);
  EXPECT_THAT(db.GetTable("Item").Erase(db.GetTable("Item").All().First()), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
}

}  // namespace
}  // namespace tenon
