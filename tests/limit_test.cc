// Every limit of Options: what reaches it is taken, one beyond is refused, and the store goes on.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// A table of this name with so many columns, its key included.
TableDef Wide(std::string name, size_t columns) {
  TableDef def = {.name = std::move(name), .columns = {{.name = "id"}}, .primary_key = {"id"}};
  while (def.columns.size() < columns)
    def.columns.push_back({.name = absl::StrCat("column", def.columns.size())});
  return def;
}

// A table of this name that refers to `targets` so many times.
TableDef Referring(std::string name, const std::string& target, size_t times) {
  TableDef def = {.name = std::move(name)};
  for (size_t i = 0; i < times; ++i)
    def.belongs_to.push_back({.target = target, .as = absl::StrCat("edge", i)});
  return def;
}

// A limit: what brings a database up to it, what would go one beyond, and what is fine all the same.
struct Limit {
  std::string_view name;
  Options options;
  std::function<absl::Status(Database&)> reach;
  std::function<absl::Status(Database&)> pass;
  std::function<absl::Status(Database&)> go_on;
};

// Inserts this text into table T, which is made where it is missing.
absl::Status InsertText(Database& db, Value text) {
  if (!db.GetTable("T").status().ok()) {
    const absl::Status made = StatusOf(db.CreateTable(
        {.name = "T",
         .columns = {{.name = "text", .type = Type::kString}, {.name = "bytes", .type = Type::kBytes}}}));
    if (!made.ok()) return made;
  }
  const bool bytes = std::holds_alternative<Bytes>(text.variant());
  return StatusOf(db.GetTable("T").Insert({{bytes ? "bytes" : "text", std::move(text)}}));
}

// Inserts so many rows into table T, which is made where it is missing.
absl::Status InsertRows(Database& db, size_t rows) {
  if (!db.GetTable("T").status().ok()) {
    const absl::Status made = StatusOf(db.CreateTable({.name = "T", .columns = {{.name = "n"}}}));
    if (!made.ok()) return made;
  }
  return StatusOf(db.GetTable("T").InsertAll(std::vector<Row>(rows)));
}

const Limit kLimits[] = {
    {"TextByInsert",
     {.text_limit = 20},
     [](Database& db) { return InsertText(db, std::string(20, 'x')); },
     [](Database& db) { return InsertText(db, std::string(21, 'x')); },
     [](Database& db) { return InsertText(db, "short"); }},
    {"BytesByInsert",
     {.text_limit = 20},
     [](Database& db) { return InsertText(db, Bytes{std::string(20, 'x')}); },
     [](Database& db) { return InsertText(db, Bytes{std::string(21, 'x')}); },
     [](Database& db) { return InsertText(db, Bytes{"short"}); }},
    {"ShortTextByInsert",
     {.text_limit = 3},
     [](Database& db) { return InsertText(db, "abc"); },
     [](Database& db) { return InsertText(db, "abcd"); },
     [](Database& db) { return InsertText(db, ""); }},
    {"TextByUpdate",
     {.text_limit = 20},
     [](Database& db) { return InsertText(db, std::string(20, 'x')); },
     [](Database& db) {
       return StatusOf(db.GetTable("T").All().Update({{"text", std::string(21, 'x')}}));
     },
     [](Database& db) {
       return StatusOf(db.GetTable("T").All().Update({{"text", std::string(20, 'y')}}));
     }},
    {"TextByColumns",
     {.text_limit = 20},
     [](Database& db) { return InsertText(db, std::string(20, 'x')); },
     [](Database& db) {
       return StatusOf(db.GetTable("T").InsertColumns({{"text", {"", std::string(21, 'x')}}}));
     },
     [](Database& db) {
       return StatusOf(db.GetTable("T").InsertColumns({{"text", {"", std::string(20, 'y')}}}));
     }},
    {"TextOf16MB",
     {},
     [](Database& db) { return InsertText(db, std::string(size_t{16} << 20, 'x')); },
     [](Database& db) { return InsertText(db, std::string((size_t{16} << 20) + 1, 'x')); },
     [](Database& db) { return InsertText(db, "short"); }},

    {"RowsOneByOne",
     {.row_limit = 3},
     [](Database& db) {
       for (int i = 0; i < 2; ++i) {
         const absl::Status inserted = InsertRows(db, 1);
         if (!inserted.ok()) return inserted;
       }
       return InsertRows(db, 1);
     },
     [](Database& db) { return InsertRows(db, 1); },
     [](Database& db) {
       const absl::Status erased = db.GetTable("T").Erase(db.GetTable("T").All().First());
       return erased.ok() ? InsertRows(db, 1) : erased;
     }},
    {"RowsInOneStatement",
     {.row_limit = 5000},
     [](Database& db) { return InsertRows(db, 4990); },
     [](Database& db) { return InsertRows(db, 11); },
     [](Database& db) { return InsertRows(db, 10); }},
    {"RowsByColumns",
     {.row_limit = 3},
     [](Database& db) { return InsertRows(db, 1); },
     [](Database& db) {
       return StatusOf(db.GetTable("T").InsertColumns({{"n", {1, 2, 3}}}));
     },
     [](Database& db) {
       return StatusOf(db.GetTable("T").InsertColumns({{"n", {1, 2}}}));
     }},
    {"RowsByUpsert",
     {.row_limit = 1},
     [](Database& db) { return InsertRows(db, 1); },
     [](Database& db) {
       return StatusOf(db.GetTable("T").Upsert({{"id", 2}}));
     },
     [](Database& db) {
       return StatusOf(db.GetTable("T").Upsert({{"id", 1}, {"n", 5}}));
     }},
    {"RowsByBatch",
     {.row_limit = 2},
     [](Database& db) { return InsertRows(db, 1); },
     [](Database& db) {
       return db.Batch([&](Batch& b) {
         for (int i = 0; i < 2; ++i) b.Insert(db.GetTable("T"), {});
       });
     },
     [](Database& db) { return InsertRows(db, 1); }},

    {"ColumnsAtDefinition",
     {.column_limit = 5},
     [](Database& db) { return StatusOf(db.CreateTable(Wide("A", 5))); },
     [](Database& db) { return StatusOf(db.CreateTable(Wide("B", 6))); },
     [](Database& db) { return StatusOf(db.CreateTable(Wide("B", 5))); }},
    {"ColumnsAdded",
     {.column_limit = 5},
     [](Database& db) { return StatusOf(db.CreateTable(Wide("A", 5))); },
     [](Database& db) { return db.AddColumn(db.GetTable("A"), {.name = "more"}); },
     [](Database& db) {
       return StatusOf(db.GetTable("A").Insert({{"id", 1}}));
     }},
    {"ColumnsOf1000",
     {},
     [](Database& db) { return StatusOf(db.CreateTable(Wide("A", 1000))); },
     [](Database& db) { return StatusOf(db.CreateTable(Wide("B", 1001))); },
     [](Database& db) { return StatusOf(db.CreateTable(Wide("B", 1000))); }},

    {"TablesOneByOne",
     {.table_limit = 2},
     [](Database& db) {
       const absl::Status made = StatusOf(db.CreateTable(Wide("A", 1)));
       return made.ok() ? StatusOf(db.CreateTable(Wide("B", 1))) : made;
     },
     [](Database& db) { return StatusOf(db.CreateTable(Wide("C", 1))); },
     [](Database& db) {
       return StatusOf(db.GetTable("B").Insert({{"id", 1}}));
     }},
    {"TablesAsOneUnit",
     {.table_limit = 2},
     [](Database& db) { return StatusOf(db.CreateTable(Wide("A", 1))); },
     [](Database& db) {
       return db.CreateTables({Wide("B", 1), Wide("C", 1)});
     },
     [](Database& db) { return db.CreateTables({Wide("B", 1)}); }},

    {"EdgesOutAtDefinition",
     {.belongs_to_limit = 2},
     [](Database& db) {
       return db.CreateTables({Wide("A", 1), Referring("B", "A", 2)});
     },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 3))); },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 2))); }},
    {"EdgesOutAdded",
     {.belongs_to_limit = 2},
     [](Database& db) {
       return db.CreateTables({Wide("A", 1), Referring("B", "A", 2)});
     },
     [](Database& db) { return StatusOf(db.AddBelongsTo(db.GetTable("B"), {.target = "B", .as = "above"})); },
     [](Database& db) {
       return StatusOf(db.AddBelongsTo(db.GetTable("A"), {.target = "A", .as = "above"}));
     }},
    {"EdgesOutOf64",
     {},
     [](Database& db) {
       return db.CreateTables({Wide("A", 1), Referring("B", "A", 64)});
     },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 65))); },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 64))); }},
    {"EdgesInAtDefinition",
     {.inverse_limit = 3},
     [](Database& db) {
       return db.CreateTables({Wide("A", 1), Referring("B", "A", 2)});
     },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 2))); },
     [](Database& db) { return StatusOf(db.CreateTable(Referring("C", "A", 1))); }},
    {"EdgesInAdded",
     {.inverse_limit = 2},
     [](Database& db) {
       return db.CreateTables({Wide("A", 1), Referring("B", "A", 2)});
     },
     [](Database& db) { return StatusOf(db.AddBelongsTo(db.GetTable("A"), {.target = "A", .as = "above"})); },
     [](Database& db) {
       return StatusOf(db.AddBelongsTo(db.GetTable("A"), {.target = "B", .as = "above"}));
     }},
};

class LimitTest : public ::testing::TestWithParam<Limit> {};
INSTANTIATE_TEST_SUITE_P(Every, LimitTest, ::testing::ValuesIn(kLimits),
                         [](const auto& limit) { return std::string(limit.param.name); });

TEST_P(LimitTest, IsReachedAndNotPassedAndTheStoreGoesOn) {
  Database db(GetParam().options);
  ASSERT_THAT(GetParam().reach(db), IsOk());
  const std::string dump = db.Dump();
  const StateHash hash = db.GetStateHash();

  const absl::Status refused = GetParam().pass(db);

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kLimit));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_TRUE(db.Dump() == dump);
  EXPECT_EQ(db.GetStateHash(), hash);
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_THAT(GetParam().go_on(db), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TransactionLimitTest, CountsThoseThatAreOpenAtOnce) {
  Database db({.transaction_limit = 3});
  const Table<> table = db.CreateTable({.name = "T"}).value();
  std::vector<Transaction> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(db.Begin());
    ASSERT_THAT(open.back().status(), IsOk());
    ASSERT_THAT(table.Insert({}), IsOk());
  }

  Transaction beyond = db.Begin();

  EXPECT_THAT(beyond.status(), ViolationIs(ViolationCode::kLimit));
  EXPECT_THAT(beyond.status(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(beyond.Commit(), ViolationIs(ViolationCode::kLimit));
  beyond.Rollback();
  EXPECT_EQ(table.size(), 3u);
  for (; !open.empty(); open.pop_back()) EXPECT_THAT(open.back().Commit(), IsOk());
  EXPECT_EQ(table.size(), 3u);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TransactionLimitTest, HasRoomAgainWhenOneHasEnded) {
  Database db({.transaction_limit = 1});
  const Table<> table = db.CreateTable({.name = "T"}).value();
  { const Transaction first = db.Begin(); }

  Transaction second = db.Begin();

  EXPECT_THAT(second.status(), IsOk());
  EXPECT_THAT(table.Insert({}), IsOk());
  EXPECT_THAT(second.Commit(), IsOk());
}

TEST(TransactionLimitTest, IsAThousandUnlessSaidOtherwise) {
  Database db;
  const Table<> table = db.CreateTable({.name = "T"}).value();
  std::vector<Transaction> open;
  for (int i = 0; i < 1000; ++i) {
    open.push_back(db.Begin());
    ASSERT_THAT(table.Insert({}), IsOk());
  }
  EXPECT_THAT(db.Begin().status(), ViolationIs(ViolationCode::kLimit));

  open.front().Rollback();

  EXPECT_TRUE(table.empty());
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(MemoryLimitTest, OfNothingAllowsNoRow) {
  Database db({.memory_limit = 1});
  const absl::StatusOr<Table<>> table = db.CreateTable({.name = "T"});

  const absl::Status refused = table.ok() ? StatusOf(table->Insert({})) : table.status();

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kLimit));
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Steps ----

TEST(StepLimitTest, BoundsOneStatement) {
  Database db(Options{.step_limit = 50});
  ASSERT_THAT(db.CreateTables(testing::GuildAndPlayer()), IsOk());
  const Table<> guild = db.GetTable("Guild");
  const Table<> player = db.GetTable("Player");
  ASSERT_THAT(guild.Insert({{"id", 1}}), IsOk());
  for (int i = 0; i < 60; ++i) ASSERT_THAT(player.Insert({{"id", i}, {"guildId", 1}}), IsOk());
  const Ref<> one = guild.Find("id", 1);
  const auto refused = StatusIs(absl::StatusCode::kResourceExhausted, ::testing::HasSubstr("step_limit"));
  const StateHash before = db.GetStateHash();

  EXPECT_THAT(guild.Erase(one), refused);         // 60 go along
  EXPECT_THAT(guild.Set(one, "id", 2), refused);  // 60 follow
  EXPECT_THAT(player.Where({}).Update({{"id", Col("id") + 100}}), refused);
  EXPECT_EQ(db.GetStateHash(), before);
  EXPECT_THAT(db.Verify(), IsOk());

  // An erased row takes two steps: it is unlinked, and dies. A transaction has no budget of its own.
  Transaction tx = db.Begin();
  EXPECT_THAT(player.Where(Col("id") < 25).Erase(), IsOk());
  EXPECT_THAT(player.Where(Col("id") < 51).Erase(), refused);
  EXPECT_THAT(player.Where(Col("id") < 50).Erase(), IsOk());
  EXPECT_THAT(guild.Set(one, "id", 2), IsOk());
  EXPECT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(player.size(), 10u);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(StepLimitTest, CountsEveryChildThatFollowsAKeyWhetherOrNotSomebodyIsTold) {
  for (const bool observed : {false, true}) {
    Database db(Options{.step_limit = 100});
    ASSERT_THAT(db.CreateTables(testing::GuildAndPlayer()), IsOk());
    absl::StatusOr<Subscription> subscription = Subscription();
    if (observed) subscription = db.Observe([](const ChangeSet&) {});
    ASSERT_THAT(subscription, IsOk());
    const Table<> guild = db.GetTable("Guild");
    for (int i = 0; i < 4; ++i) ASSERT_THAT(guild.Insert({{"id", i}}), IsOk());
    for (int i = 0; i < 120; ++i) {
      ASSERT_THAT(db.GetTable("Player").Insert({{"id", i}, {"guildId", i % 4}}), IsOk());
    }

    EXPECT_THAT(guild.Where({}).Update({{"id", Col("id") + 10}}), ViolationIs(ViolationCode::kLimit));
    EXPECT_THAT(guild.Where(Col("id") < 2).Update({{"id", Col("id") + 10}}), IsOk());
    EXPECT_THAT(db.Verify(), IsOk());
  }
}

}  // namespace
}  // namespace tenon
