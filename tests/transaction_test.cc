// Transactions: after a rollback nothing can tell that there ever was one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// Two teams of three players and one player without; every other player has a badge.
struct World {
  World() {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Team", .columns = {{.name = "name", .type = Type::kString}}, .unique = {{"name"}}},
             {.name = "Player",
              .columns = {{.name = "name", .type = Type::kString}, {.name = "score", .type = Type::kInt32}},
              .unique = {{"name"}},
              .belongs_to = {{.target = "Team",
                              .inverse = HasMany("players"),
                              .on_delete = Action::kSetNull,
                              .on_update = Action::kCascade}}},
             {.name = "Badge",
              .columns = {{.name = "playerId", .not_null = true}},
              .belongs_to =
                  {{.target = "Player", .inverse = HasOne("badge"), .on_delete = Action::kCascade}}}}),
        IsOk());
    teams = db.GetTable("Team");
    players = db.GetTable("Player");
    badges = db.GetTable("Badge");
    team = players.BelongsTo("team");
    members = teams.HasMany("players");
    badge = players.HasOne("badge");
    EXPECT_THAT(teams.InsertAll({{{"name", "Red"}}, {{"name", "Blue, with a longer name"}}}), IsOk());
    red = teams.Find("id", 1);
    blue = teams.Find("id", 2);
    for (int32_t i = 0; i < 7; ++i) {
      const Value of = i == 6 ? Value() : Value(i % 2 + 1);
      someone = players.Insert({{"name", Name(i)}, {"score", i}, {"teamId", of}}).value();
      if (i % 2 == 0) {
        EXPECT_THAT(badges.Insert({{"playerId", i + 1}}), IsOk());
      }
    }
    EXPECT_THAT(players.Erase(players.Find("id", 3)),
                IsOk());  // leaves a hole, and an order of children of its own
  }
  ~World() { EXPECT_THAT(db.Verify(), IsOk()); }

  // A name that is short for some and long for others.
  static std::string Name(int32_t i) {
    return "player " + std::string(static_cast<size_t>(i % 3) * 9, '-') + std::to_string(i);
  }
  Ref<> Player(int64_t id) const { return players.Find("id", id); }

  Database db;
  Table<> teams, players, badges;
  ToOne<> team, badge;
  ToMany<> members;
  Ref<> red, blue, someone;
};

// All that a caller can see of a world: content, names of rows and their order, links and the order of
// children.
struct Picture {
  explicit Picture(const World& w) : dump(w.db.Dump()), hash(w.db.GetStateHash()) {
    for (const Table<>& table : {w.teams, w.players, w.badges}) rows.push_back(table.All().Refs());
    for (const Ref<> t : rows[0]) {
      RefList<> of;
      for (const Ref<> player : w.members.Of(t)) of.push_back(player);
      children.push_back(std::move(of));
      found.push_back(w.teams.Find("name", w.teams.Get(t, "name").value()));
    }
    for (const Ref<> player : rows[1]) {
      found.push_back(w.team.Get(player));
      found.push_back(w.badge.Get(player));
      found.push_back(w.players.Find("name", w.players.Get(player, "name").value()));
    }
  }
  friend bool operator==(const Picture&, const Picture&) = default;

  std::string dump;
  StateHash hash;
  std::vector<RefList<>> rows;
  std::vector<RefList<>> children;
  RefList<> found;
};

struct Act {
  std::string_view name;
  std::function<absl::Status(World&)> run;
};

const Act kActs[] = {
    {"InsertOne",
     [](World& w) {
       return StatusOf(w.players.Insert({{"name", "Eve"}, {"teamId", 2}}));
     }},
    {"InsertMany",
     [](World& w) {
       return StatusOf(w.players.InsertColumns(
           {{"score", std::vector<int32_t>(5000, 1)}, {"teamId", std::vector<int64_t>(5000, 1)}}));
     }},
    {"InsertLargeNumber",
     [](World& w) {
       return StatusOf(w.players.Insert({{"id", 1000}}));
     }},
    {"SetNumber", [](World& w) { return w.players.Set(w.someone, "score", 77); }},
    {"SetTextShort", [](World& w) { return w.players.Set(w.someone, "name", ""); }},
    {"SetTextLong", [](World& w) { return w.players.Set(w.someone, "name", std::string(100'000, 'x')); }},
    {"SetNull", [](World& w) { return w.players.Set(w.someone, "name", nullptr); }},
    {"UpdateMany",
     [](World& w) {
       return StatusOf(w.players.All().Update({{"score", Col("score") * -1 + 100}}));
     }},
    {"ChangeKeyThatOthersReferTo", [](World& w) { return w.teams.Set(w.red, "id", 100); }},
    {"SwapKeysThatOthersReferTo",
     [](World& w) {
       return StatusOf(w.teams.All().Update({{"id", Col("id") * -1 + 3}}));
     }},
    {"SwapNames",
     [](World& w) {
       return w.db.Batch([&](Batch& b) {
         b.Update(w.players, w.Player(1), {{"name", World::Name(1)}});
         b.Update(w.players, w.Player(2), {{"name", World::Name(0)}});
       });
     }},
    {"Move", [](World& w) { return w.team.Set(w.Player(1), w.blue); }},
    {"MoveByKey", [](World& w) { return w.players.Set(w.Player(2), "teamId", 1); }},
    {"MoveAll",
     [](World& w) {
       const RefList<> all = w.players.All().Refs();
       return w.team.SetAll(all, RefList<>(all.size(), w.red));
     }},
    {"Unlink", [](World& w) { return w.team.Clear(w.Player(1)); }},
    {"ReplaceBadge", [](World& w) { return w.badge.Set(w.Player(2), w.badge.Get(w.Player(1))); }},
    {"EraseChild", [](World& w) { return w.players.Erase(w.Player(1)); }},
    {"EraseTarget", [](World& w) { return w.teams.Erase(w.red); }},
    {"EraseBadge", [](World& w) { return w.badges.Erase(w.badge.Get(w.Player(1))); }},
    {"EraseWhere", [](World& w) { return StatusOf(w.players.Where(Col("score") >= 2).Erase()); }},
    {"EraseAndInsertAgain",
     [](World& w) {
       const absl::Status erased = w.players.Erase(w.Player(1));
       return erased.ok() ? StatusOf(w.players.Insert({{"id", 1}, {"name", World::Name(0)}})) : erased;
     }},
    {"UpsertNew",
     [](World& w) {
       return StatusOf(w.players.Upsert({{"id", 50}, {"teamId", 1}}));
     }},
    {"UpsertKnown",
     [](World& w) {
       return StatusOf(w.players.Upsert({{"id", 1}, {"teamId", 2}}));
     }},
    {"ClearOne", [](World& w) { return w.players.Clear(); }},
    {"ClearAll",
     [](World& w) {
       return w.db.Clear({w.teams, w.players, w.badges});
     }},
    {"BatchOfAll",
     [](World& w) {
       return w.db.Batch([&](Batch& b) {
         const Ref<> green = b.Insert(w.teams, {{"name", "Green"}});
         const Ref<> eve = b.Create(w.members, green, {{"name", "Eve"}});
         b.Insert(w.badges, {}, {w.badges.BelongsTo("player").To(eve)});
         b.Set(w.team, w.Player(1), green);
         b.Clear(w.team, w.Player(2));
         b.Erase(w.teams, w.blue);
       });
     }},
    {"PlanErase", [](World& w) { return StatusOf(w.teams.PlanErase(w.red)); }},
};

class ActTest : public ::testing::TestWithParam<Act> {};
INSTANTIATE_TEST_SUITE_P(Every, ActTest, ::testing::ValuesIn(kActs),
                         [](const auto& act) { return std::string(act.param.name); });

TEST_P(ActTest, RolledBackLeavesNoTrace) {
  World w;
  const Picture before(w);
  Transaction tx = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());

  tx.Rollback();

  EXPECT_EQ(Picture(w), before) << w.db.Dump();
}

TEST_P(ActTest, LeftWithoutCommitLeavesNoTrace) {
  World w;
  const Picture before(w);
  {
    const Transaction tx = w.db.Begin();
    ASSERT_THAT(GetParam().run(w), IsOk());
  }
  EXPECT_EQ(Picture(w), before) << w.db.Dump();
}

TEST_P(ActTest, CommittedIsAsIfThereHadBeenNoTransaction) {
  World plain, committed;
  ASSERT_THAT(GetParam().run(plain), IsOk());
  Transaction tx = committed.db.Begin();
  ASSERT_THAT(GetParam().run(committed), IsOk());

  ASSERT_THAT(tx.Commit(), IsOk());

  EXPECT_EQ(committed.db.Dump(), plain.db.Dump());
  EXPECT_EQ(committed.db.GetStateHash(), plain.db.GetStateHash());
}

// Where the rows lie, now and after a few more have come: free slots and orders are part of what a rollback
// restores.
std::vector<Slot> Slots(const World& w) {
  for (int i = 0; i < 4; ++i) EXPECT_THAT(w.players.Insert({}), IsOk());
  const Picture picture(w);
  std::vector<Slot> slots;
  for (const auto* lists : {&picture.rows, &picture.children}) {
    for (const RefList<>& list : *lists) {
      for (const Ref<> ref : list) slots.push_back(ref.slot());
    }
  }
  return slots;
}

TEST_P(ActTest, DoneAgainAfterARollbackIsAsIfDoneOnce) {
  World once, twice;
  ASSERT_THAT(GetParam().run(once), IsOk());
  Transaction tx = twice.db.Begin();
  ASSERT_THAT(GetParam().run(twice), IsOk());
  tx.Rollback();

  ASSERT_THAT(GetParam().run(twice), IsOk());

  EXPECT_EQ(twice.db.Dump(), once.db.Dump());
  EXPECT_EQ(twice.db.GetStateHash(), once.db.GetStateHash());
  EXPECT_EQ(Slots(twice), Slots(once));
}

TEST_P(ActTest, RowsMadeInsideAreStaleForEver) {
  World w;
  const std::vector<RefList<>> before = Picture(w).rows;
  Transaction tx = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());
  const std::vector<RefList<>> inside = Picture(w).rows;
  tx.Rollback();

  ASSERT_THAT(GetParam().run(w), IsOk());  // takes the same slots again

  const Table<> tables[] = {w.teams, w.players, w.badges};
  for (size_t t = 0; t < 3; ++t) {
    for (const Ref<> ref : inside[t]) {
      const bool is_new = std::find(before[t].begin(), before[t].end(), ref) == before[t].end();
      EXPECT_FALSE(is_new && tables[t].Contains(ref));
    }
  }
}

TEST_P(ActTest, RepeatedAndRolledBackGrowsNothing) {
  World w;
  const auto repeat = [&] {
    Transaction tx = w.db.Begin();
    EXPECT_THAT(GetParam().run(w), IsOk());
    const size_t inside = w.db.MemoryUsage().total;
    tx.Rollback();
    EXPECT_LE(w.db.MemoryUsage().total, inside);
    return w.db.MemoryUsage().total;
  };
  for (int i = 0; i < 3; ++i) repeat();  // the lists of a statement change places
  const size_t mark = repeat();

  EXPECT_EQ(repeat(), mark);
  EXPECT_EQ(repeat(), mark);
}

TEST_P(ActTest, UndoneByItsSavepointLeavesWhatTheOuterOneWrote) {
  World w;
  Transaction outer = w.db.Begin();
  ASSERT_THAT(w.players.Insert({{"name", "Dan"}, {"teamId", 1}}), IsOk());
  ASSERT_THAT(w.team.Set(w.Player(2), w.red), IsOk());
  const Picture before(w);
  Transaction inner = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());

  inner.Rollback();

  EXPECT_EQ(Picture(w), before) << w.db.Dump();
  EXPECT_THAT(outer.Commit(), IsOk());
  EXPECT_EQ(Picture(w), before);
}

TEST_P(ActTest, CommittedInsideIsUndoneByTheOuterRollback) {
  World w;
  const Picture before(w);
  Transaction outer = w.db.Begin();
  ASSERT_THAT(w.team.Set(w.Player(2), w.red), IsOk());
  Transaction inner = w.db.Begin();
  ASSERT_THAT(GetParam().run(w), IsOk());
  ASSERT_THAT(inner.Commit(), IsOk());

  outer.Rollback();

  EXPECT_EQ(Picture(w), before) << w.db.Dump();
}

TEST_P(ActTest, AfterAnyOtherIsUndoneWithIt) {
  for (const Act& first : kActs) {
    SCOPED_TRACE(first.name);
    World w;
    const Picture before(w);
    Transaction tx = w.db.Begin();
    ASSERT_THAT(first.run(w), IsOk());
    GetParam().run(w).IgnoreError();  // may well be refused after the first

    tx.Rollback();

    EXPECT_EQ(Picture(w), before) << w.db.Dump();
  }
}

// Transactions inside each other, each ended one way or the other, against the pictures taken as they began.
TEST(TransactionTest, RandomNestingComesBackToWhereItBegan) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    World w;
    std::vector<std::pair<Transaction, Picture>> open;
    for (int step = 0; step < 60; ++step) {
      const uint64_t choice = random() % 8;
      if (choice < 2 && open.size() < 6) {
        open.emplace_back(w.db.Begin(), Picture(w));
      } else if (choice == 2 && !open.empty()) {
        ASSERT_THAT(open.back().first.Commit(), IsOk());
        open.pop_back();
      } else if (choice == 3 && !open.empty()) {
        const size_t down_to = random() % open.size();
        open[down_to].first.Rollback();
        ASSERT_EQ(Picture(w), open[down_to].second);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(down_to), open.end());
      } else {
        kActs[random() % std::size(kActs)].run(w).IgnoreError();
      }
      ASSERT_THAT(w.db.Verify(), IsOk());
    }
  }
}

TEST(TransactionTest, IsOpenUntilItIsCommitted) {
  World w;
  Transaction tx = w.db.Begin();
  EXPECT_THAT(tx.status(), IsOk());

  EXPECT_THAT(tx.Commit(), IsOk());

  EXPECT_THAT(tx.status(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(TransactionTest, ItsWritesAreSeenAtOnce) {
  World w;
  Transaction tx = w.db.Begin();

  const Ref<> eve = w.players.Insert({{"name", "Eve"}}).value();

  EXPECT_EQ(w.players.Find("name", "Eve"), eve);
  EXPECT_THAT(tx.Commit(), IsOk());
  EXPECT_TRUE(w.players.Contains(eve));
}

TEST(TransactionTest, EndsOnlyOnce) {
  World w;
  Transaction tx = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());
  ASSERT_THAT(tx.Commit(), IsOk());
  const Picture committed(w);

  EXPECT_THAT(tx.Commit(), ViolationIs(ViolationCode::kTransaction));
  tx.Rollback();

  EXPECT_EQ(Picture(w), committed);
}

TEST(TransactionTest, CannotBeCommittedOnceRolledBack) {
  World w;
  Transaction tx = w.db.Begin();
  tx.Rollback();

  EXPECT_THAT(tx.status(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(tx.Commit(), ViolationIs(ViolationCode::kTransaction));
}

TEST(TransactionTest, TheOuterOneWaitsForTheInner) {
  World w;
  Transaction outer = w.db.Begin();
  Transaction inner = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  EXPECT_THAT(outer.Commit(), ViolationIs(ViolationCode::kTransaction));

  EXPECT_THAT(inner.Commit(), IsOk());
  EXPECT_THAT(outer.Commit(), IsOk());
  EXPECT_EQ(w.players.Get(w.someone, "score").value(), Value(5));
}

TEST(TransactionTest, ARollbackOfTheOuterOneEndsTheInner) {
  World w;
  const Picture before(w);
  Transaction outer = w.db.Begin();
  Transaction inner = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  outer.Rollback();

  EXPECT_THAT(inner.status(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(inner.Commit(), ViolationIs(ViolationCode::kTransaction));
  inner.Rollback();
  EXPECT_EQ(Picture(w), before);
}

TEST(TransactionTest, AnEndedOneDoesNotTouchItsSuccessor) {
  World w;
  Transaction first = w.db.Begin();
  ASSERT_THAT(first.Commit(), IsOk());
  Transaction second = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  first.Rollback();
  EXPECT_THAT(first.Commit(), ViolationIs(ViolationCode::kTransaction));

  EXPECT_THAT(second.status(), IsOk());
  EXPECT_THAT(second.Commit(), IsOk());
  EXPECT_EQ(w.players.Get(w.someone, "score").value(), Value(5));
}

TEST(TransactionTest, MovedGoesOnElsewhere) {
  World w;
  Transaction first = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  Transaction second = std::move(first);

  EXPECT_THAT(first.status(), StatusIs(absl::StatusCode::kFailedPrecondition));  // NOLINT: what is left of it
  EXPECT_THAT(first.Commit(), ViolationIs(ViolationCode::kTransaction));
  first.Rollback();
  EXPECT_THAT(second.status(), IsOk());
  EXPECT_THAT(second.Commit(), IsOk());
  EXPECT_EQ(w.players.Get(w.someone, "score").value(), Value(5));
}

TEST(TransactionTest, AssignedToRollsBackWhatItHeld) {
  World w, other;
  const Picture before(w);
  Transaction tx = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  tx = other.db.Begin();

  EXPECT_EQ(Picture(w), before);
  ASSERT_THAT(other.players.Set(other.someone, "score", 5), IsOk());
  EXPECT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(other.players.Get(other.someone, "score").value(), Value(5));
}

TEST(TransactionTest, GoesWithItsDatabaseWhenThatMoves) {
  World w;
  Transaction tx = w.db.Begin();
  ASSERT_THAT(w.players.Set(w.someone, "score", 5), IsOk());

  Database moved = std::move(w.db);

  EXPECT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(w.players.Get(w.someone, "score").value(), Value(5));
  w.db = std::move(moved);
}

TEST(TransactionTest, ARefusedStatementUndoesItselfAlone) {
  World w;
  Transaction tx = w.db.Begin();
  ASSERT_THAT(w.players.Insert({{"name", "Eve"}}), IsOk());
  const Picture before(w);

  EXPECT_THAT(w.players.InsertAll({{{"name", "Fay"}}, {{"name", "Eve"}}}),
              ViolationIs(ViolationCode::kUnique));

  EXPECT_EQ(Picture(w), before);
  EXPECT_THAT(tx.Commit(), IsOk());
}

TEST(TransactionTest, SlotsFreedInsideAreNotReusedInside) {
  World w;
  Transaction tx = w.db.Begin();
  const Ref<> first = w.Player(1);
  ASSERT_THAT(w.players.Erase(first), IsOk());
  const Ref<> eve = w.players.Insert({{"name", "Eve"}}).value();

  tx.Rollback();

  EXPECT_TRUE(w.players.Contains(first));
  EXPECT_FALSE(w.players.Contains(eve));
}

TEST(TransactionTest, TheSchemaStaysAsItIsWhileOneIsOpen) {
  World w;
  const std::string schema = w.db.schema().ToString();
  const Transaction tx = w.db.Begin();
  const absl::Status refused[] = {
      StatusOf(w.db.CreateTable({.name = "New"})),
      w.db.CreateTables({{.name = "New"}}),
      w.db.AddColumn(w.teams, {.name = "size"}),
      w.db.AddUnique(w.players, {"score"}),
      StatusOf(w.db.AddBelongsTo(w.teams, {.target = "Player"})),
      w.db.DropTable("Badge"),
      w.db.DropUnique(w.players, "Player.name"),
      w.db.DropBelongsTo(w.players, "team"),
  };
  for (const absl::Status& status : refused) EXPECT_THAT(status, ViolationIs(ViolationCode::kTransaction));

  EXPECT_EQ(w.db.schema().ToString(), schema);
}

TEST(TransactionTest, CommittedComingsAndGoingsReachAHighWaterMark) {
  World w;
  std::vector<int64_t> ids(3000);
  std::iota(ids.begin(), ids.end(), 1000);  // the same each time: how others fall into pages is chance
  const auto repeat = [&] {
    Transaction tx = w.db.Begin();
    const RefList<> refs =
        w.players.InsertColumns({{"id", ids}, {"teamId", std::vector<int64_t>(ids.size(), 1)}}).value();
    EXPECT_THAT(w.players.EraseAll(refs), IsOk());
    EXPECT_THAT(tx.Commit(), IsOk());
    return w.db.MemoryUsage().total;
  };
  for (int i = 0; i < 3; ++i) repeat();  // the lists of a statement change places
  const size_t mark = repeat();

  EXPECT_EQ(repeat(), mark);
  EXPECT_EQ(repeat(), mark);
}

}  // namespace
}  // namespace tenon
