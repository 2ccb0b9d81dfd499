// Memory that is refused, at every request of every statement: refused statements change nothing, and neither
// undo nor commit ever asks.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/hash.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

constexpr int64_t kRows = 16;  // of each table of children: the size at which a small chunk has to grow
constexpr uint32_t kMany = internal::kChunkRows + 400;  // more than a chunk, and several pages of a key index
// Where all hashes are equal, rows with keys cost their square: a page and a little more.
constexpr uint32_t kManyKeys = internal::kConstantKeys ? 400 : kMany;

// Two teams; all players are in the first, and all but two follow the second player. Badges, votes, notes and
// hints refer to them by edges of every kind.
struct World {
  explicit World(Options options = {}) : db(options) {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Team", .columns = {{.name = "name", .type = Type::kString}}, .unique = {{"name"}}},
             {.name = "Player",
              .columns = {{.name = "name", .type = Type::kString}, {.name = "score", .type = Type::kInt32}},
              .unique = {{"name"}},
              .belongs_to = {{.target = "Team",
                              .inverse = HasMany("players"),
                              .on_delete = Action::kSetNull,
                              .on_update = Action::kCascade},
                             {.target = "Player",
                              .as = "leader",
                              .inverse = HasMany("followers"),
                              .on_delete = Action::kCascade,
                              .on_update = Action::kCascade}}},
             {.name = "Badge",
              .columns = {{.name = "playerId", .not_null = true}},
              .belongs_to = {{.target = "Player",
                              .inverse = HasOne("badge"),
                              .on_delete = Action::kCascade,
                              .on_update = Action::kCascade}}},
             {.name = "Vote",
              .columns = {{.name = "playerId", .default_value = 1}},
              .belongs_to =
                  {{.target = "Player", .on_delete = Action::kSetDefault, .on_update = Action::kSetDefault}}},
             {.name = "Note",
              .belongs_to = {{.target = "Team",
                              .on_delete = Action::kSetNull,
                              .on_update = Action::kCascade,
                              .deferred = true}}},
             {.name = "Hint", .belongs_to = {{.target = "Team", .enforced = false}}}}),
        IsOk());
    teams = db.GetTable("Team");
    players = db.GetTable("Player");
    badges = db.GetTable("Badge");
    votes = db.GetTable("Vote");
    notes = db.GetTable("Note");
    hints = db.GetTable("Hint");
    team = players.BelongsTo("team");
    leader = players.BelongsTo("leader");
    badge = players.HasOne("badge");
    members = teams.HasMany("players");
    EXPECT_THAT(teams.InsertAll({{{"name", "Red"}}, {{"name", "Blue, with a longer name"}}}), IsOk());
    red = teams.Find("id", 1);
    blue = teams.Find("id", 2);
    std::vector<Row> player_rows, badge_rows, vote_rows, note_rows, hint_rows;
    for (int64_t i = 1; i <= kRows; ++i) {
      player_rows.push_back({{"name", absl::StrCat("a player with number ", i)},
                             {"score", 0},
                             {"teamId", 1},
                             {"leaderId", i <= 2 ? Value() : Value(2)}});
      badge_rows.push_back({{"playerId", i}});
      vote_rows.push_back({{"playerId", 2}});
      note_rows.push_back({{"teamId", 1}});
      hint_rows.push_back({{"teamId", i % 2 == 0 ? 1 : 99}});
    }
    badge_rows.pop_back();
    EXPECT_THAT(players.InsertAll(player_rows), IsOk());
    EXPECT_THAT(badges.InsertAll(badge_rows), IsOk());
    EXPECT_THAT(votes.InsertAll(vote_rows), IsOk());
    EXPECT_THAT(notes.InsertAll(note_rows), IsOk());
    EXPECT_THAT(hints.InsertAll(hint_rows), IsOk());
  }
  Ref<> Player(int64_t id) const { return players.Find("id", id); }

  Database db;
  Table<> teams, players, badges, votes, notes, hints;
  ToOne<> team, leader, badge;
  ToMany<> members;
  Ref<> red, blue;
};

// What a refused statement must leave as it was: content, names of rows, and the order of children.
struct Picture {
  explicit Picture(const World& w) : dump(w.db.Dump()), hash(w.db.GetStateHash()) {
    for (const Table<>& table : {w.teams, w.players, w.badges, w.votes, w.notes, w.hints}) {
      lists.push_back(table.All().Refs());
    }
    for (const Ref<> team : lists[0]) {
      for (const ToMany<>& edge :
           {w.members, w.teams.HasMany(w.notes, "team"), w.teams.HasMany(w.hints, "team")}) {
        lists.emplace_back();
        for (const Ref<> child : edge.Of(team)) lists.back().push_back(child);
      }
    }
  }
  friend bool operator==(const Picture&, const Picture&) = default;

  std::string dump;
  StateHash hash;
  std::vector<RefList<>> lists;
};

struct Act {
  std::string_view name;
  std::function<absl::Status(World&)> run;
};

// Runs one step after the other until one fails.
absl::Status InTurn(std::initializer_list<std::function<absl::Status()>> steps) {
  for (const auto& step : steps) {
    const absl::Status status = step();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

const Act kActs[] = {
    {"Insert",
     [](World& w) {
       return StatusOf(w.players.Insert({{"teamId", 1}, {"leaderId", 2}}));
     }},
    {"InsertLongText",
     [](World& w) {
       return StatusOf(w.players.Insert({{"name", std::string(100'000, 'x')}}));
     }},
    {"InsertLinked",
     [](World& w) {
       return StatusOf(w.players.Insert({}, {w.team.To(w.blue), w.leader.To(w.Player(1))}));
     }},
    {"InsertAll",
     [](World& w) {
       return StatusOf(w.players.InsertAll(std::vector<Row>(40, {{"teamId", 2}, {"leaderId", 2}})));
     }},
    {"InsertColumns",
     [](World& w) {
       std::vector<std::string> names;
       for (uint32_t i = 0; i < kManyKeys; ++i)
         names.push_back(absl::StrCat("yet another player, number ", i));
       return StatusOf(
           w.players.InsertColumns({{"name", names}, {"teamId", std::vector<int64_t>(kManyKeys, 1)}}));
     }},
    {"InsertAGhost",
     [](World& w) {
       return StatusOf(w.hints.Insert({{"teamId", 500}}));
     }},
    {"InsertForGhosts",
     [](World& w) {
       return StatusOf(w.teams.Insert({{"id", 99}}));
     }},
    {"Set", [](World& w) { return w.players.Set(w.Player(1), "score", 7); }},
    {"SetLongText", [](World& w) { return w.players.Set(w.Player(1), "name", std::string(100'000, 'x')); }},
    {"Update",
     [](World& w) {
       return w.players.Update(w.Player(1), {{"score", 7}, {"name", "x"}, {"teamId", 2}});
     }},
    {"UpdateMany",
     [](World& w) {
       return StatusOf(w.players.Where(Col("id") > 3).Update({{"teamId", 2}}));
     }},
    {"UpdateComputed",
     [](World& w) {
       return StatusOf(w.players.All().Update({{"score", Col("score") * 2 + 1}}));
     }},
    {"UpdateKeys",
     [](World& w) {
       return StatusOf(w.badges.All().Update({{"id", Col("id") + 1}}));
     }},
    {"UpdateKeyOfChildren", [](World& w) { return w.teams.Set(w.red, "id", 50); }},
    {"UpdateKeysOfEachOther",
     [](World& w) {
       return StatusOf(w.teams.All().Update({{"id", Col("id") * -1 + 3}}));
     }},
    {"UpdateKeyOfManyKinds", [](World& w) { return w.players.Set(w.Player(2), "id", 200); }},
    {"UpsertNew",
     [](World& w) {
       return StatusOf(w.players.Upsert({{"id", 70}, {"name", "a name of some length"}}));
     }},
    {"UpsertKnown",
     [](World& w) {
       return StatusOf(w.players.Upsert({{"id", 1}, {"name", "a name of some length"}}));
     }},
    {"Erase", [](World& w) { return w.badges.Erase(w.badges.All().First()); }},
    {"EraseCascading", [](World& w) { return w.players.Erase(w.Player(2)); }},
    {"EraseNulling", [](World& w) { return w.teams.Erase(w.red); }},
    {"EraseAll",
     [](World& w) {
       return w.players.EraseAll({w.Player(3), w.Player(5), w.Player(7)});
     }},
    {"EraseWhere", [](World& w) { return StatusOf(w.players.Where(Col("id") > 1).Erase()); }},
    {"Clear", [](World& w) { return w.badges.Clear(); }},
    {"ClearSeveral",
     [](World& w) {
       return w.db.Clear({w.players, w.votes, w.teams});
     }},
    {"SetTarget", [](World& w) { return w.team.Set(w.Player(1), w.blue); }},
    {"SetAllTargets",
     [](World& w) {
       const RefList<> all = w.players.All().Refs();
       return w.team.SetAll(all, RefList<>(all.size(), w.blue));
     }},
    {"SetOnly", [](World& w) { return w.badge.Set(w.Player(16), w.badge.Get(w.Player(1))); }},
    {"ClearTarget", [](World& w) { return w.team.Clear(w.Player(1)); }},
    {"PlanErase",
     [](World& w) {
       const absl::StatusOr<ErasePlan> plan = w.players.PlanErase(w.Player(2));
       return plan.ok() ? plan->verdict : plan.status();
     }},
    {"Batch",
     [](World& w) {
       return w.db.Batch([&](Batch& b) {
         const Ref<> green = b.Insert(w.teams, {{"name", "Green, with a longer name"}});
         for (int i = 0; i < 20; ++i)
           b.Insert(w.badges, {}, {w.badges.BelongsTo("player").To(b.Create(w.members, green, {}))});
         b.Set(w.team, w.Player(1), green);
         b.Update(w.players, w.Player(16), {{"id", 160}, {"score", 1}});
         b.Clear(w.team, w.Player(2));
         b.Erase(w.players, w.Player(3));
       });
     }},
    {"Transaction",
     [](World& w) {
       Transaction tx = w.db.Begin();
       return InTurn({[&] { return tx.status(); },
                      [&] {
                        return StatusOf(w.players.Insert({{"name", "a name of some length"}}));
                      },
                      [&] { return w.teams.Erase(w.red); }, [&] { return tx.Commit(); }});
     }},
    {"Savepoint",
     [](World& w) {
       Transaction outer = w.db.Begin();
       return InTurn({[&] { return outer.status(); }, [&] { return w.players.Set(w.Player(1), "score", 1); },
                      [&] {
                        Transaction inner = w.db.Begin();
                        return InTurn({[&] { return inner.status(); },
                                       [&] { return w.players.Erase(w.Player(2)); },
                                       [&] { return inner.Commit(); }});
                      },
                      [&] { return outer.Commit(); }});
     }},
    {"DeferredAndRepaired",
     [](World& w) {
       Transaction tx = w.db.Begin();
       return InTurn({[&] { return tx.status(); },
                      [&] {
                        return StatusOf(w.notes.Insert({{"teamId", 77}}));
                      },
                      [&] {
                        return StatusOf(w.teams.Insert({{"id", 77}}));
                      },
                      [&] { return tx.Commit(); }});
     }},
};

// The schema changes only outside a transaction.
const Act kSchemaActs[] = {
    {"CreateTable",
     [](World& w) {
       return StatusOf(w.db.CreateTable(
           {.name = "New",
            .columns = {{.name = "word", .type = Type::kString, .default_value = "a longer default"}},
            .unique = {{"word"}},
            .belongs_to = {{.target = "Team"}}}));
     }},
    {"CreateTables",
     [](World& w) {
       return w.db.CreateTables(
           {{.name = "Left", .belongs_to = {{.target = "Right"}}},
            {.name = "Right", .belongs_to = {{.target = "Left"}, {.target = "Player"}}}});
     }},
    {"AddColumn", [](World& w) { return w.db.AddColumn(w.players, {.name = "more", .type = Type::kInt64}); }},
    {"AddColumnOfText",
     [](World& w) {
       return w.db.AddColumn(
           w.players,
           {.name = "more", .type = Type::kString, .not_null = true, .default_value = "a longer default"});
     }},
    {"AddUnique",
     [](World& w) {
       return w.db.AddUnique(w.players, {"teamId", "name"});
     }},
    {"AddBelongsTo",
     [](World& w) {
       return StatusOf(
           w.db.AddBelongsTo(w.votes, {.target = "Team", .as = "place", .foreign_key = {"playerId"}}));
     }},
    {"AddBelongsToWithItsColumn",
     [](World& w) {
       return StatusOf(w.db.AddBelongsTo(w.teams, {.target = "Player", .inverse = HasOne("captain")}));
     }},
    {"DropTable", [](World& w) { return w.db.DropTable("Badge"); }},
    {"DropUnique", [](World& w) { return w.db.DropUnique(w.players, "Player.name"); }},
    {"DropBelongsTo", [](World& w) { return w.db.DropBelongsTo(w.players, "team"); }},
};

class RefusalTest : public ::testing::TestWithParam<Act> {
 protected:
  // Refuses the n-th request of the act, for n = 1, 2, 3... until the act makes no n-th request; each time in
  // a fresh world, once alone and once with all requests that follow.
  template <class Before>
  void RefuseEach(const Before& before_act) {
    World plain;
    before_act(plain);
    ASSERT_THAT(GetParam().run(plain), IsOk());
    for (const bool persistent : {false, true}) {
      for (size_t n = 1;; ++n) {
        SCOPED_TRACE(absl::StrCat("request ", n, persistent ? " and all that follow" : " alone"));
        World w;
        before_act(w);
        const Picture before(w);
        w.db.RefuseMemoryForTesting(n, persistent);
        const absl::Status status = GetParam().run(w);
        const size_t requests = w.db.RefuseMemoryForTesting(0);
        if (!status.ok()) {
          ASSERT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
          ASSERT_THAT(status, ViolationIs(ViolationCode::kLimit));
          ASSERT_EQ(Picture(w), before);
          ASSERT_THAT(w.db.Verify(), IsOk());
          ASSERT_THAT(GetParam().run(w), IsOk());
        }
        ASSERT_EQ(w.db.GetStateHash(), plain.db.GetStateHash());
        ASSERT_THAT(w.db.Verify(), IsOk());
        if (requests < n) {
          ASSERT_THAT(status, IsOk());
          break;
        }
      }
    }
  }
};

class StatementRefusalTest : public RefusalTest {};
INSTANTIATE_TEST_SUITE_P(Every, StatementRefusalTest, ::testing::ValuesIn(kActs),
                         [](const auto& act) { return std::string(act.param.name); });
class SchemaRefusalTest : public RefusalTest {};
INSTANTIATE_TEST_SUITE_P(Every, SchemaRefusalTest, ::testing::ValuesIn(kSchemaActs),
                         [](const auto& act) { return std::string(act.param.name); });

TEST_P(StatementRefusalTest, ChangesNothingWhicheverRequestIsRefused) {
  RefuseEach([](World&) {});
}

TEST_P(SchemaRefusalTest, ChangesNothingWhicheverRequestIsRefused) {
  RefuseEach([](World&) {});
}

// Chunks and blocks that are full, keys that were given up, slots that are free.
TEST_P(StatementRefusalTest, ChangesNothingInAWorldThatWasUsed) {
  RefuseEach([](World& w) {
    ASSERT_THAT(w.players.EraseAll(w.players.InsertAll(std::vector<Row>(17, {{"teamId", 1}})).value()),
                IsOk());
    ASSERT_THAT(w.votes.InsertAll(std::vector<Row>(15)), IsOk());
    ASSERT_THAT(w.players.Set(w.Player(1), "name", std::string(5000, 'y')), IsOk());
  });
}

TEST_P(StatementRefusalTest, LeavesATransactionThatCanBeRolledBack) {
  for (const bool persistent : {false, true}) {
    for (size_t n = 1;; ++n) {
      SCOPED_TRACE(absl::StrCat("request ", n, persistent ? " and all that follow" : " alone"));
      World w;
      const Picture before(w);
      Transaction tx = w.db.Begin();
      ASSERT_THAT(w.players.Erase(w.Player(9)), IsOk());
      ASSERT_THAT(w.players.InsertAll(std::vector<Row>(5, {{"teamId", 1}})), IsOk());
      const Picture inside(w);
      w.db.RefuseMemoryForTesting(n, persistent);
      const absl::Status status = GetParam().run(w);
      const bool reached = w.db.RefuseMemoryForTesting(1) >= n;
      if (status.code() == absl::StatusCode::kResourceExhausted) {
        ASSERT_EQ(Picture(w), inside);
      }

      tx.Rollback();  // while every request is refused

      w.db.RefuseMemoryForTesting(0);
      ASSERT_EQ(Picture(w), before);
      ASSERT_THAT(w.db.Verify(), IsOk());
      if (!reached) break;
    }
  }
}

TEST_P(StatementRefusalTest, IsCommittedThoughEveryRequestIsRefused) {
  World plain, w;
  ASSERT_THAT(GetParam().run(plain), IsOk());
  Transaction tx = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());
  w.db.RefuseMemoryForTesting(1);

  EXPECT_THAT(tx.Commit(), IsOk());

  w.db.RefuseMemoryForTesting(0);
  EXPECT_EQ(w.db.Dump(), plain.db.Dump());
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TEST_P(StatementRefusalTest, IsRolledBackThoughEveryRequestIsRefused) {
  World w;
  const Picture before(w);
  Transaction tx = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());
  w.db.RefuseMemoryForTesting(1);

  tx.Rollback();

  w.db.RefuseMemoryForTesting(0);
  EXPECT_EQ(Picture(w), before);
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TEST(MemoryTest, RefusalsReachTheStatements) {
  World w;
  w.db.RefuseMemoryForTesting(1);

  EXPECT_THAT(w.players.InsertColumns({{"teamId", std::vector<int64_t>(6000, 1)}}),
              ViolationIs(ViolationCode::kLimit));

  EXPECT_GE(w.db.RefuseMemoryForTesting(0), 1u);
}

TEST(MemoryTest, ReadsAskForNone) {
  World w;
  w.db.RefuseMemoryForTesting(1);

  EXPECT_TRUE(w.Player(2));
  EXPECT_TRUE(w.players.Find("score", 0));
  EXPECT_THAT(w.players.Get(w.Player(2), "name"), IsOk());
  EXPECT_EQ(w.team.Get(w.Player(2)), w.red);
  EXPECT_EQ(w.members.Of(w.red).size(), size_t{kRows});
  EXPECT_EQ(w.players.Where(Col("score") == 0).Count(), size_t{kRows});
  EXPECT_THAT(w.players.Column<int32_t>("score").status(), IsOk());

  EXPECT_EQ(w.db.RefuseMemoryForTesting(0), 0u);
}

// ---- A limit ----

TEST(MemoryLimitTest, IsNeverPassed) {
  const size_t limit = World().db.MemoryUsage().total + (size_t{1} << 20);
  World w({.memory_limit = limit});
  absl::Status status;
  std::string before;
  while (status.ok()) {
    before = w.db.Dump();
    status = StatusOf(w.players.InsertAll(std::vector<Row>(500, {{"teamId", 1}})));
    ASSERT_LE(w.db.MemoryUsage().total, limit);
  }

  EXPECT_THAT(status, ViolationIs(ViolationCode::kLimit));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(w.db.Dump(), before);
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TEST(MemoryLimitTest, AStatementThatIsTooLargeLeavesRoomForSmallOnes) {
  const size_t limit = World().db.MemoryUsage().total + (size_t{1} << 20);
  World w({.memory_limit = limit});
  const Picture before(w);

  EXPECT_THAT(w.players.InsertColumns({{"teamId", std::vector<int64_t>(100'000, 1)}}),
              ViolationIs(ViolationCode::kLimit));

  EXPECT_EQ(Picture(w), before);
  EXPECT_THAT(w.players.Insert({{"teamId", 1}}), IsOk());
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TEST(MemoryLimitTest, ALongTextIsRefusedAsAnyOther) {
  const size_t limit = World().db.MemoryUsage().total + (size_t{1} << 20);
  World w({.memory_limit = limit});
  const Picture before(w);

  EXPECT_THAT(w.players.Set(w.Player(1), "name", std::string(size_t{2} << 20, 'x')),
              ViolationIs(ViolationCode::kLimit));

  EXPECT_EQ(Picture(w), before);
}

TEST(MemoryTest, ManyRowsAreBuriedThoughEveryRequestIsRefused) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Node"}).value();
  RefList<> rows = table.InsertAll(std::vector<Row>(200)).value();
  rows.resize(100);
  Transaction tx = db.Begin();
  ASSERT_THAT(table.EraseAll(rows), IsOk());

  db.RefuseMemoryForTesting(1, true);
  EXPECT_THAT(tx.Commit(), IsOk());
  db.RefuseMemoryForTesting(0);

  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(MemoryTest, RowsGoAfterATextColumnWasRefused) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Node"}).value();
  const RefList<> rows = table.InsertAll(std::vector<Row>(100)).value();
  const ColumnDef column = {.name = "text", .type = Type::kString, .default_value = "a text of some length"};
  bool added = false;
  for (size_t request = 1; !added; ++request) {
    db.RefuseMemoryForTesting(request);
    added = db.AddColumn(table, column).ok();
    db.RefuseMemoryForTesting(0);

    ASSERT_THAT(table.Erase(rows[request]), IsOk());
    ASSERT_THAT(db.Verify(), IsOk());
  }
}

TEST(MemoryTest, APlanThatIsRefusedMemoryIsNoVerdict) {
  World w;
  w.db.RefuseMemoryForTesting(1, true);
  const absl::StatusOr<ErasePlan> plan = w.players.PlanErase(w.Player(2));
  w.db.RefuseMemoryForTesting(0);

  EXPECT_THAT(plan, StatusIs(absl::StatusCode::kResourceExhausted));
}

// ---- What it takes ----

TEST(MemoryTest, ASmallDatabaseIsSmall) {
  const std::pair<Type, Value> kinds[] = {{Type::kInt64, 1},
                                          {Type::kInt32, 1},
                                          {Type::kDouble, 0.5},
                                          {Type::kString, "short text"},
                                          {Type::kBool, true}};
  Database db;
  for (int t = 0; t < 20; ++t) {
    TableDef def = {.name = absl::StrCat("Table", t)};  // with its id, ten columns
    for (int c = 0; c < 9; ++c)
      def.columns.push_back({.name = absl::StrCat("column", c), .type = kinds[c % 5].first});
    const Table<> table = db.CreateTable(def).value();
    Row row;
    for (int c = 0; c < 9; ++c)
      row.push_back({def.columns[static_cast<size_t>(c)].name, kinds[c % 5].second});
    for (int i = 0; i < 10; ++i) ASSERT_THAT(table.Insert(row), IsOk());
  }

  EXPECT_LT(db.MemoryUsage().total, size_t{256} << 10) << db.MemoryUsage().ToString();
}

TEST(MemoryTest, TextThatIsReplacedDoesNotPileUp) {
  World w;
  const Ref<> player = w.Player(1);
  ASSERT_THAT(w.players.Set(player, "name", std::string(1000, 'x')), IsOk());
  const size_t before = w.db.MemoryUsage().total;

  for (int i = 0; i < 20'000; ++i) {
    ASSERT_THAT(w.players.Set(player, "name", absl::StrCat(std::string(1000, 'x'), i)), IsOk());
  }

  EXPECT_LT(w.db.MemoryUsage().total, before + (size_t{1} << 20));
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TEST(MemoryTest, TextIsTidiedByTheRowsOfItsOwnChunk) {
  Database db;
  const Table<> table =
      db.CreateTable({.name = "Node", .columns = {{.name = "text", .type = Type::kString}}}).value();
  const RefList<> rows = table.InsertAll(std::vector<Row>(kMany)).value();
  ASSERT_THAT(table.Erase(rows[5]), IsOk());
  const Ref<> row = rows[internal::kChunkRows + 5];

  for (int i = 0; i < 20; ++i) {
    const std::string text = absl::StrCat(std::string(1000, 'x'), i);
    ASSERT_THAT(table.Set(row, "text", text), IsOk());
    ASSERT_EQ(table.Get(row, "text").value(), Value(text));
  }

  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(MemoryTest, ComingsAndGoingsReachAHighWaterMark) {
  World w;
  std::vector<int64_t> ids(3000);
  std::iota(ids.begin(), ids.end(), 1000);  // the same each time: how others fall into pages is chance
  const auto repeat = [&] {
    const RefList<> refs =
        w.players.InsertColumns({{"id", ids}, {"teamId", std::vector<int64_t>(ids.size(), 1)}}).value();
    EXPECT_THAT(w.team.SetAll(refs, RefList<>(refs.size(), w.blue)), IsOk());
    EXPECT_THAT(w.players.EraseAll(refs), IsOk());
    return w.db.MemoryUsage().total;
  };
  for (int i = 0; i < 3; ++i) repeat();  // the lists of a statement change places
  const size_t mark = repeat();

  EXPECT_EQ(repeat(), mark);
  EXPECT_EQ(repeat(), mark);
}

}  // namespace
}  // namespace tenon
