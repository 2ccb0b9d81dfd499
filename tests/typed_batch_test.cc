// Batch over rows as structs: several verbs as one statement.
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsDump;
using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::tenon::testing::ViolationIs;
using ::testing::HasSubstr;

struct Guild {
  int64_t id = 0;
  std::string name = {};
  int64_t leader_id = 0;
};
struct Player {
  int64_t id = 0;
  std::string name = {};
  int64_t guild_id = 0;
  std::optional<int64_t> friend_id = {};
  int32_t hp = 100;
};

// Guilds and players that require each other.
absl::Status Define(Database& db) {
  return db.CreateTables(
      {TableOf<Guild>("Guild", {PrimaryKey(&Guild::id).AutoIncrement(), Unique(&Guild::name),
                                BelongsTo(&Guild::leader_id, &Player::id)}),
       TableOf<Player>("Player",
                       {PrimaryKey(&Player::id).AutoIncrement(),
                        BelongsTo(&Player::guild_id, &Guild::id, {.on_update = Action::kCascade}),
                        BelongsTo(&Player::friend_id, &Player::id, {.on_delete = Action::kSetNull})})});
}

class TypedBatchTest : public testing::DatabaseTest<Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    guilds = db.GetTable<Guild>("Guild");
    players = db.GetTable<Player>("Player");
    leader = guilds.BelongsTo(players, &Guild::leader_id);
    guild_of = players.BelongsTo(guilds, &Player::guild_id);
    friend_of = players.BelongsTo(players, &Player::friend_id);
    members = guilds.HasMany(players, &Player::guild_id);
  }
  // A guild with its leader.
  absl::StatusOr<Ref<Guild>> Found(const std::string& guild, const std::string& player) {
    return db.Batch([&](Batch& b) {
      const Ref<Guild> g = b.Insert(guilds, {.name = guild});
      const Ref<Player> p = b.Insert(players, {.name = player}, {guild_of.To(g)});
      b.Set(leader, g, p);
      return g;
    });
  }
  template <class F>
  absl::Status Refused(F f) {
    const std::string before = db.Dump();
    const absl::Status status = db.Batch(f);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(db.Dump(), IsDump(before));
    EXPECT_THAT(db.Verify(), IsOk());
    return status;
  }

  Table<Guild> guilds;
  Table<Player> players;
  ToOne<Guild, Player> leader;
  ToOne<Player, Guild> guild_of;
  ToOne<Player, Player> friend_of;
  ToMany<Guild, Player> members;
};

TEST_F(TypedBatchTest, RowsThatRequireEachOtherAreBornTogether) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(guild_of.Get(leader.Get(red)), red);
  EXPECT_EQ(players.Get(leader.Get(red))->name, "Ann");
  EXPECT_EQ(guilds.Get(red)->leader_id, 1);
}

TEST_F(TypedBatchTest, EveryVerbIsPartOfTheOneStatement) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  const Ref<Player> ann = leader.Get(red);
  const Ref<Player> bob = members.Create(red, {.name = "Bob"}, {friend_of.To(ann)}).value();
  const Ref<Player> cid = members.Create(red, {.name = "Cid"}, {friend_of.To(ann)}).value();
  Ref<Player> dan;
  ASSERT_THAT(db.Batch([&](Batch& b) {
    b.Clear(friend_of, bob);
    dan = b.Create(members, red, {.name = "Dan"}, {friend_of.To(bob)});
    b.Update(players, dan,
             {{&Player::hp, Col(&Player::hp) - 1}, {&Player::name, "Daniel, of the Red Guild"}});
    b.Set(leader, red, dan);
    b.Erase(players, ann);
    b.Erase(players, cid);
    b.Update(guilds, red, {{&Guild::id, 70}});
  }),
              IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(leader.Get(red), dan);
  EXPECT_EQ(friend_of.Get(dan), bob);
  EXPECT_FALSE(friend_of.Get(bob));
  EXPECT_EQ(players.Get(dan)->hp, 99);
  EXPECT_EQ(players.Get(dan)->name, "Daniel, of the Red Guild");
  EXPECT_EQ(players.Get(dan)->guild_id, 70);
  EXPECT_EQ(members.Count(red), 2u);
}

TEST_F(TypedBatchTest, CellsOfARowThatIsBornAreReadAtOnce) {
  ASSERT_THAT(Found("Red", "Ann"), IsOk());
  ASSERT_THAT(db.Batch([&](Batch& b) {
    const Ref<Player> bob = b.Insert(players, {.name = "a name longer than twelve", .guild_id = 1});
    EXPECT_EQ(players.Get(bob, &Player::name).value(), "a name longer than twelve");
    EXPECT_EQ(players.Get(bob)->id, 2);
    EXPECT_EQ(players.size(), 2u);
    EXPECT_FALSE(players.Find(&Player::id, 2)) << "keys do not lead to it yet";
  }),
              IsOk());
  EXPECT_TRUE(players.Find(&Player::id, 2));
}

TEST_F(TypedBatchTest, TheLinkWinsOverTheValue) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  ASSERT_THAT(
      db.Batch([&](Batch& b) { b.Insert(players, {.name = "Bob", .guild_id = 77}, {guild_of.To(red)}); }),
      IsOk());
  EXPECT_EQ(members.Count(red), 2u);
}

TEST_F(TypedBatchTest, TheFirstVerbThatFailsEndsTheBatch) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  absl::Status seen;
  const absl::Status status = Refused([&](Batch& b) {
    EXPECT_TRUE(b.Insert(players, {.name = "Bob"}, {guild_of.To(red)}));
    b.Erase(players, Ref<Player>());
    seen = b.status();
    EXPECT_FALSE(b.Insert(players, {.name = "Cid"}, {guild_of.To(red)})) << "later verbs do nothing";
    EXPECT_FALSE(b.Create(members, red, {.name = "Dan"}));
    b.Update(players, leader.Get(red), {{&Player::hp, 1}});
    b.Set(leader, red, leader.Get(red));
    b.Clear(friend_of, leader.Get(red));
  });
  EXPECT_THAT(status, ViolationIs(ViolationCode::kStale));
  EXPECT_EQ(seen, status);
}

TEST_F(TypedBatchTest, WhatIsWrongInTheEndUndoesItAll) {
  ASSERT_THAT(Found("Red", "Ann"), IsOk());
  EXPECT_THAT(Refused([&](Batch& b) { b.Insert(guilds, {.name = "Blue"}); }),
              ViolationIs(ViolationCode::kMissingTarget, "Guild.leader"));
  EXPECT_THAT(Refused([&](Batch& b) { b.Erase(players, players.Find(&Player::id, 1)); }),
              ViolationIs(ViolationCode::kNoAction, "Guild.leader"));
  EXPECT_THAT(Found("Red", "Eve"), ViolationIs(ViolationCode::kUnique, "Guild.name"));
  EXPECT_THAT(
      Refused([&](Batch& b) {
        b.Update(players, players.Find(&Player::id, 1), {{&Player::hp, Col(&Player::hp) * 100'000'000}});
      }),
      ViolationIs(ViolationCode::kRange));
  const Ref<Guild> blue = Found("Blue", "Eve").value();
  EXPECT_EQ(guilds.Get(blue)->id, 2) << "numbers were given back";
}

TEST_F(TypedBatchTest, WhatTheFunctionReturnsDecides) {
  ASSERT_THAT(Found("Red", "Ann"), IsOk());
  const auto insert = [&](Batch& b) { return b.Insert(players, {.name = "Bob", .guild_id = 1}); };
  EXPECT_THAT(Refused([&](Batch& b) {
                insert(b);
                return absl::CancelledError("changed my mind");
              }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("changed my mind")));
  const absl::StatusOr<int> none = db.Batch([&](Batch& b) -> absl::StatusOr<int> {
    insert(b);
    return absl::AbortedError("no");
  });
  EXPECT_THAT(none, StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(players.size(), 1u);
  const absl::StatusOr<int> seven = db.Batch([&](Batch& b) -> absl::StatusOr<int> {
    insert(b);
    return 7;
  });
  EXPECT_EQ(seven.value(), 7);
  const absl::StatusOr<Ref<Player>> ref = db.Batch(insert);
  EXPECT_EQ(players.Get(*ref)->id, 3);
}

TEST_F(TypedBatchTest, OtherWritesInsideAreRefused) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  const Ref<Player> ann = leader.Get(red);
  ASSERT_THAT(db.Batch([&](Batch&) {
    const auto refused = ViolationIs(ViolationCode::kTransaction);
    EXPECT_THAT(players.Insert({.guild_id = 1}), refused);
    EXPECT_THAT(players.InsertAll({{.guild_id = 1}}), refused);
    EXPECT_THAT(players.Set(ann, &Player::hp, 1), refused);
    EXPECT_THAT(players.Update(ann, {{&Player::hp, 1}}), refused);
    EXPECT_THAT(players.Replace(ann, {}), refused);
    EXPECT_THAT(players.Upsert({}), refused);
    EXPECT_THAT(players.Erase(ann), refused);
    EXPECT_THAT(players.All().Update({{&Player::hp, 1}}), refused);
    EXPECT_THAT(members.Create(red, {}), refused);
    EXPECT_THAT(friend_of.Set(ann, ann), refused);
  }),
              IsOk());
  EXPECT_EQ(players.Get(ann)->hp, 100);
}

TEST_F(TypedBatchTest, HandlesThatLeadNowhereEndIt) {
  EXPECT_THAT(Refused([](Batch& b) { b.Insert(Table<Player>(), {}); }), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([](Batch& b) {
                b.Update(Table<Player>(), {}, {{&Player::hp, 1}});
              }),
              ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([](Batch& b) { b.Erase(Table<Player>(), {}); }), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([](Batch& b) { b.Set(ToOne<Player, Guild>(), {}, {}); }),
              ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([](Batch& b) { b.Clear(ToOne<Player, Guild>(), {}); }),
              ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([](Batch& b) { b.Create(ToMany<Guild, Player>(), {}, {}); }),
              ViolationIs(ViolationCode::kHandle));
}

TEST_F(TypedBatchTest, HandlesOfAnotherDatabaseEndIt) {
  Database other;
  ASSERT_THAT(Define(other), IsOk());
  const auto foreign = other.GetTable<Player>("Player");
  const auto foreign_guilds = other.GetTable<Guild>("Guild");
  EXPECT_THAT(Refused([&](Batch& b) { b.Insert(foreign, {}); }), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(Refused([&](Batch& b) {
                b.Update(foreign, {}, {{&Player::hp, 1}});
              }),
              ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(
      Refused([&](Batch& b) { b.Create(foreign_guilds.HasMany(foreign, &Player::guild_id), {}, {}); }),
      ViolationIs(ViolationCode::kHandle));
  EXPECT_TRUE(foreign.empty());
  EXPECT_THAT(other.Verify(), IsOk());
}

TEST_F(TypedBatchTest, StructsAndNamesGoTogether) {
  const Ref<Guild> red = Found("Red", "Ann").value();
  const Table<> by_name = db.GetTable("Player");
  ASSERT_THAT(db.Batch([&](Batch& b) {
    const Ref<> bob = b.Insert(by_name, {{"name", "Bob"}, {"guild_id", 1}});
    b.Update(players, Ref<Player>(bob), {{&Player::hp, 3}});
    const Ref<Player> cid = b.Insert(players, {.name = "Cid"}, {guild_of.To(red)});
    b.Update(by_name, cid, {{"hp", 4}});
    b.Set(friend_of, cid, Ref<Player>(bob));
  }),
              IsOk());
  EXPECT_EQ(players.Get(players.Find(&Player::name, "Bob"))->hp, 3);
  EXPECT_EQ(players.Get(players.Find(&Player::name, "Cid"))->hp, 4);
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Several verbs on one has-one: the last counts, seen from either end ----

struct Team {
  int64_t id = 0;
};
struct Captain {
  int64_t id = 0;
  std::optional<int64_t> team_id = {};
};

class CaptainsTest : public ::testing::Test {
 protected:
  CaptainsTest() {
    EXPECT_THAT(db.CreateTables({TableOf<Team>("Team", {PrimaryKey(&Team::id)}),
                                 TableOf<Captain>("Captain", {PrimaryKey(&Captain::id),
                                                              BelongsTo(&Captain::team_id, &Team::id,
                                                                        {.inverse = HasOne("captain")})})}),
                IsOk());
    teams = db.GetTable<Team>("Team");
    captains = db.GetTable<Captain>("Captain");
    captain = teams.HasOne(captains, &Captain::team_id);
    team = captains.BelongsTo(teams, &Captain::team_id);
    red = teams.Insert({.id = 1}).value();
    blue = teams.Insert({.id = 2}).value();
    ann = captains.Insert({.id = 1, .team_id = 1}).value();
    bob = captains.Insert({.id = 2}).value();
  }
  void TearDown() override { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<Team> teams;
  Table<Captain> captains;
  ToOne<Team, Captain> captain;
  ToOne<Captain, Team> team;
  Ref<Team> red, blue;
  Ref<Captain> ann, bob;
};

TEST_F(CaptainsTest, AClearAfterASetLeavesNobody) {
  EXPECT_THAT(db.Batch([&](Batch& b) {
    b.Set(captain, red, bob);
    b.Clear(captain, red);
  }),
              IsOk());
  EXPECT_FALSE(captain.Get(red));
  EXPECT_FALSE(team.Get(bob));
}

TEST_F(CaptainsTest, OfTwoSetsTheSecondCounts) {
  EXPECT_THAT(db.Batch([&](Batch& b) {
    b.Set(captain, red, bob);
    b.Set(captain, red, ann);
  }),
              IsOk());
  EXPECT_EQ(captain.Get(red), ann);
  EXPECT_FALSE(team.Get(bob));
}

TEST_F(CaptainsTest, WhoWasGivenAwaySinceIsNotPutOut) {
  EXPECT_THAT(db.Batch([&](Batch& b) {
    b.Set(captain, red, bob);
    b.Set(captain, blue, bob);
    b.Set(captain, red, ann);
  }),
              IsOk());
  EXPECT_EQ(captain.Get(red), ann);
  EXPECT_EQ(captain.Get(blue), bob);
}

TEST_F(CaptainsTest, ClearOfATargetWhoseChildHasMovedOnLeavesItThere) {
  EXPECT_THAT(db.Batch([&](Batch& b) {
    b.Set(captain, blue, ann);
    b.Clear(captain, red);
  }),
              IsOk());
  EXPECT_EQ(captain.Get(blue), ann);
  EXPECT_FALSE(captain.Get(red));
}

TEST_F(CaptainsTest, ANewRowGivesWayToALaterSet) {
  EXPECT_THAT(db.Batch([&](Batch& b) {
    const Ref<Team> green = b.Insert(teams, {.id = 3});
    b.Insert(captains, {.id = 3}, {team.To(green)});
    b.Set(captain, green, bob);
  }),
              IsOk());
  EXPECT_EQ(captain.Get(teams.Find(&Team::id, 3)), bob);
  EXPECT_FALSE(team.Get(captains.Find(&Captain::id, 3)));
}

}  // namespace
}  // namespace tenon
