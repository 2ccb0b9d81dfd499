// Several verbs as one statement.
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
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
using testing::ViolationIs;

// A guild must have a leader, and a player must have a guild: neither can come or go alone.
struct Guilds {
  Guilds() {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Guild",
              .columns = {{.name = "name", .type = Type::kString}, {.name = "leaderId", .not_null = true}},
              .unique = {{"name"}},
              .belongs_to = {{.target = "Player", .as = "leader", .on_delete = Action::kRestrict}}},
             {.name = "Player",
              .columns = {{.name = "name", .type = Type::kString},
                          {.name = "score", .default_value = 0},
                          {.name = "guildId", .not_null = true}},
              .unique = {{"name"}},
              .belongs_to =
                  {{.target = "Guild", .inverse = HasMany("players"), .on_delete = Action::kRestrict},
                   {.target = "Player", .as = "friend"}}}}),
        IsOk());
    guilds = db.GetTable("Guild");
    players = db.GetTable("Player");
    leader = guilds.BelongsTo("leader");
    guild = players.BelongsTo("guild");
    friend_of = players.BelongsTo("friend");
    members = guilds.HasMany("players");
    red = Found("Red", "Ann").value();
    ann = players.Find("name", "Ann");
  }
  ~Guilds() { EXPECT_THAT(db.Verify(), IsOk()); }

  // Founds a guild with a player who leads it.
  absl::StatusOr<Ref<>> Found(const std::string& name, const std::string& by) {
    return db.Batch([&](Batch& b) {
      const Ref<> made = b.Insert(guilds, {{"name", name}});
      b.Set(leader, made, b.Insert(players, {{"name", by}}, {guild.To(made)}));
      return made;
    });
  }

  Database db;
  Table<> guilds, players;
  ToOne<> leader, guild, friend_of;
  ToMany<> members;
  Ref<> red, ann;
};

TEST(BatchTest, QueriesInsideSeeTheRowsBeforeItWhateverTheirPlan) {
  Guilds g;
  ASSERT_THAT(g.players.Insert({{"name", "Bob"}, {"score", 3}}, {g.guild.To(g.red)}), IsOk());
  ASSERT_THAT(g.db.AddIndex(g.players, {"score"}), IsOk());
  const Value red = g.guilds.Get(g.red, "id").value();
  const auto expect = [&](size_t players) {
    const std::vector<std::pair<Predicate<>, const char*>> conditions = {
        {Col("name") == "Cid", "by key"},
        {Col("score") == 3, "by index"},
        {Col("guildId") == red, "by Player.guild"},
        {g.guild.Is(g.red), "of a given row"},
    };
    for (const auto& [condition, way] : conditions) {
      const Query<> query = g.players.Where(condition);
      EXPECT_THAT(query.Explain(), ::testing::HasSubstr(way));
      EXPECT_EQ(query.Refs(), g.players.Where(condition || condition).Refs()) << way;
    }
    EXPECT_EQ(g.players.All().Count(), players);
    EXPECT_EQ(g.guilds.Where(g.members.Count() == static_cast<int64_t>(players)).Count(), 1u);
  };
  expect(2);
  EXPECT_THAT(g.db.Batch([&](Batch& b) {
    const Ref<> cid = b.Insert(g.players, {{"name", "Cid"}, {"score", 3}, {"guildId", red}});
    b.Update(g.players, g.ann, {{"score", 3}});
    b.Insert(g.players, {{"name", "Dan"}, {"score", 4}, {"guildId", red}});
    expect(2);
    EXPECT_FALSE(g.players.Find("score", 4));
    EXPECT_FALSE(g.players.Find({{{"score", 4}, {"name", "Dan"}}})) << "no index is over both";
    EXPECT_EQ(g.players.Get(cid, "name").value(), Value("Cid"));
  }),
              IsOk());
  expect(4);

  Transaction around = g.db.Begin();
  ASSERT_THAT(g.players.Insert({{"name", "Eve"}, {"score", 3}}, {g.guild.To(g.red)}), IsOk());
  EXPECT_FALSE(g.db.Batch([&](Batch& b) {
                     b.Insert(g.players, {{"name", "Fay"}, {"score", 3}, {"guildId", red}});
                     expect(5);
                     around.Rollback();
                     expect(4);
                   })
                   .ok());
  expect(4);
}

TEST(BatchTest, TwoRowsMayRequireEachOther) {
  Guilds g;

  const Ref<> blue = g.Found("Blue", "Bob").value();

  const Ref<> bob = g.leader.Get(blue);
  EXPECT_EQ(g.players.Get(bob, "name").value(), Value("Bob"));
  EXPECT_EQ(g.guild.Get(bob), blue);
  EXPECT_EQ(g.members.Count(blue), 1u);
}

TEST(BatchTest, TwoRowsThatRequireEachOtherGoTogether) {
  Guilds g;
  ASSERT_THAT(g.guilds.Erase(g.red), ViolationIs(ViolationCode::kRestrict));

  const auto done = g.db.Batch([&](Batch& b) {
    b.Erase(g.guilds, g.red);
    b.Erase(g.players, g.ann);
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_TRUE(g.guilds.empty());
  EXPECT_TRUE(g.players.empty());
}

TEST(BatchTest, OfNothingIsNothing) {
  Guilds g;
  const std::string before = g.db.Dump();

  EXPECT_THAT(g.db.Batch([](Batch&) {}), IsOk());

  EXPECT_EQ(g.db.Dump(), before);
}

// ---- What the function answers ----

TEST(BatchTest, AnswersWhatItsFunctionAnswers) {
  Guilds g;

  const absl::StatusOr<std::string> answer = g.db.Batch([&](Batch& b) {
    b.Update(g.players, g.ann, {{"score", 3}});
    return std::string("done");
  });

  EXPECT_EQ(answer.value(), "done");
  EXPECT_EQ(g.players.Get(g.ann, "score").value(), Value(3));
}

TEST(BatchTest, IsUndoneWhenItsFunctionGivesAnErrorForAResult) {
  Guilds g;
  const std::string before = g.db.Dump();

  const absl::StatusOr<Ref<>> made = g.db.Batch([&](Batch& b) -> absl::StatusOr<Ref<>> {
    b.Insert(g.guilds, {{"name", "Blue"}, {"leaderId", 1}});
    return absl::CancelledError("no");
  });

  EXPECT_THAT(made, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(g.db.Dump(), before);
}

TEST(BatchTest, IsNotVerifiedWhileItIsGathered) {
  Guilds g;
  EXPECT_THAT(g.db.Batch([&](Batch&) { return g.db.Verify(); }), ViolationIs(ViolationCode::kTransaction));
}

TEST(BatchTest, IsUndoneWhenItsFunctionSaysSo) {
  Guilds g;
  const std::string before = g.db.Dump();

  const auto done = g.db.Batch([&](Batch& b) {
    b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    return absl::AbortedError("on second thoughts");
  });

  EXPECT_THAT(done, StatusIs(absl::StatusCode::kAborted, "on second thoughts"));
  EXPECT_EQ(g.db.Dump(), before);
}

TEST(BatchTest, TheFirstVerbThatFailsEndsIt) {
  Guilds g;
  const std::string before = g.db.Dump();

  const auto done = g.db.Batch([&](Batch& b) {
    EXPECT_TRUE(b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)}));
    EXPECT_THAT(b.status(), IsOk());
    EXPECT_FALSE(b.Insert(g.players, {{"nme", "Fay"}}));
    EXPECT_THAT(b.status(), ViolationIs(ViolationCode::kType));
    EXPECT_FALSE(b.Insert(g.players, {{"name", "Gus"}}, {g.guild.To(g.red)}));
    EXPECT_FALSE(b.Create(g.members, g.red, {{"name", "Hal"}}));
    b.Erase(g.players, {});
    EXPECT_THAT(b.status(), ViolationIs(ViolationCode::kType));
    return absl::OkStatus();
  });

  EXPECT_THAT(done, ViolationIs(ViolationCode::kType));
  EXPECT_EQ(g.db.Dump(), before);
}

TEST(BatchTest, ARefusalAtItsEndUndoesItAll) {
  Guilds g;
  const std::string before = g.db.Dump();
  const StateHash hash = g.db.GetStateHash();
  Ref<> eve;

  const auto done = g.db.Batch([&](Batch& b) {
    eve = b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    b.Update(g.players, g.ann, {{"name", "Eve"}});
    return eve;
  });

  EXPECT_THAT(done, ViolationIs(ViolationCode::kUnique));
  EXPECT_TRUE(eve);
  EXPECT_FALSE(g.players.Contains(eve));
  EXPECT_EQ(g.db.Dump(), before);
  EXPECT_EQ(g.db.GetStateHash(), hash);
}

TEST(BatchTest, EachVerbRefusesWhatItCannotTake) {
  const std::pair<ViolationCode, std::function<void(Guilds&, Batch&)>> cases[] = {
      {ViolationCode::kHandle, [](Guilds&, Batch& b) { b.Insert(Table<>(), {}); }},
      {ViolationCode::kHandle,
       [](Guilds& g, Batch& b) {
         b.Update(Table<>(), g.ann, {{"score", 1}});
       }},
      {ViolationCode::kHandle, [](Guilds& g, Batch& b) { b.Set(ToOne<>(), g.ann, g.ann); }},
      {ViolationCode::kHandle, [](Guilds& g, Batch& b) { b.Clear(ToOne<>(), g.ann); }},
      {ViolationCode::kHandle, [](Guilds& g, Batch& b) { b.Create(ToMany<>(), g.ann, {}); }},
      {ViolationCode::kHandle, [](Guilds& g, Batch& b) { b.Erase(Table<>(), g.ann); }},
      {ViolationCode::kStale,
       [](Guilds& g, Batch& b) {
         b.Update(g.players, g.red, {{"score", 1}});
       }},
      {ViolationCode::kStale, [](Guilds& g, Batch& b) { b.Set(g.friend_of, g.ann, {}); }},
      {ViolationCode::kStale, [](Guilds& g, Batch& b) { b.Set(g.friend_of, {}, g.ann); }},
      {ViolationCode::kStale, [](Guilds& g, Batch& b) { b.Clear(g.friend_of, g.red); }},
      {ViolationCode::kStale,
       [](Guilds& g, Batch& b) {
         b.Create(g.members, {}, {{"name", "Eve"}});
       }},
      {ViolationCode::kStale, [](Guilds& g, Batch& b) { b.Erase(g.guilds, g.ann); }},
      {ViolationCode::kType,
       [](Guilds& g, Batch& b) {
         b.Update(g.players, g.ann, {{"scor", 1}});
       }},
      {ViolationCode::kType,
       [](Guilds& g, Batch& b) {
         b.Update(g.players, g.ann, {{"score", "1"}});
       }},
      {ViolationCode::kNotNull,
       [](Guilds& g, Batch& b) {
         b.Insert(g.players, {{"name", "Eve"}});
       }},
      {ViolationCode::kNotNull, [](Guilds& g, Batch& b) { b.Clear(g.leader, g.red); }},
      {ViolationCode::kMissingTarget,
       [](Guilds& g, Batch& b) {
         b.Update(g.players, g.ann, {{"guildId", 9}});
       }},
      {ViolationCode::kRestrict, [](Guilds& g, Batch& b) { b.Erase(g.players, g.ann); }},
  };
  Guilds g;
  const std::string before = g.db.Dump();
  for (size_t i = 0; i < std::size(cases); ++i) {
    EXPECT_THAT(g.db.Batch([&](Batch& b) { cases[i].second(g, b); }), ViolationIs(cases[i].first))
        << "case " << i;
    EXPECT_EQ(g.db.Dump(), before) << "case " << i;
  }
}

// ---- When things happen ----

TEST(BatchTest, ANewRowsCellsCanBeReadAtOnce) {
  Guilds g;

  const auto done = g.db.Batch([&](Batch& b) {
    const Ref<> eve = b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    EXPECT_EQ(g.players.Get(eve, "name").value(), Value("Eve"));
    EXPECT_EQ(g.players.Get(eve, "score").value(), Value(0));
    EXPECT_EQ(g.players.Get(eve, "id").value(), Value(2));
  });

  EXPECT_THAT(done, IsOk());
}

TEST(BatchTest, KeysAndChildrenAreSeenAsTheyWereBefore) {
  Guilds g;

  const auto done = g.db.Batch([&](Batch& b) {
    b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    b.Update(g.players, g.ann, {{"name", "Anna"}, {"score", 9}});
    EXPECT_FALSE(g.players.Find("name", "Eve"));
    EXPECT_EQ(g.players.Find("name", "Ann"), g.ann);
    EXPECT_EQ(g.players.Get(g.ann, "score").value(), Value(0));
    EXPECT_EQ(g.members.Count(g.red), 1u);
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_TRUE(g.players.Find("name", "Eve"));
  EXPECT_EQ(g.players.Find("name", "Anna"), g.ann);
  EXPECT_EQ(g.members.Count(g.red), 2u);
}

TEST(BatchTest, ACellThatIsSetTwiceTakesTheLastValue) {
  Guilds g;

  const auto done = g.db.Batch([&](Batch& b) {
    b.Update(g.players, g.ann, {{"score", 1}, {"name", "Anna"}});
    b.Update(g.players, g.ann, {{"score", 2}});
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.players.Get(g.ann, "score").value(), Value(2));
  EXPECT_EQ(g.players.Get(g.ann, "name").value(), Value("Anna"));
}

TEST(BatchTest, ComputedValuesAreComputedFromTheStateBefore) {
  Guilds g;
  ASSERT_THAT(g.players.Set(g.ann, "score", 10), IsOk());

  const auto done = g.db.Batch([&](Batch& b) {
    b.Update(g.players, g.ann, {{"score", 1}});
    b.Update(g.players, g.ann, {{"score", Col("score") + 5}});
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.players.Get(g.ann, "score").value(), Value(15));
}

TEST(BatchTest, UpdatesOfRowsThatItErasesAreDropped) {
  Guilds g;
  const Ref<> eve = g.players.Insert({{"name", "Eve"}}, {g.guild.To(g.red)}).value();

  const auto done = g.db.Batch([&](Batch& b) {
    b.Erase(g.players, eve);
    b.Update(g.players, eve, {{"name", "Ann"}, {"id", 1000}});  // would be a duplicate, and count
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_FALSE(g.players.Contains(eve));
  const Ref<> next = g.players.Insert({{"name", "Eva"}}, {g.guild.To(g.red)}).value();
  EXPECT_EQ(g.players.Get(next, "id").value(), Value(int64_t{3}));
}

TEST(BatchTest, OfManyValuesForACellTheLastStays) {
  Guilds g;
  const Ref<> eve = g.players.Insert({{"name", "Eve"}}, {g.guild.To(g.red)}).value();

  const auto done = g.db.Batch([&](Batch& b) {
    for (int i = 0; i < 100; ++i) {
      b.Update(g.players, eve, {{"score", i}});
      b.Update(g.players, g.ann, {{"score", -i}});
    }
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.players.Get(eve, "score").value(), Value(int64_t{99}));
  EXPECT_EQ(g.players.Get(g.ann, "score").value(), Value(int64_t{-99}));
}

TEST(BatchTest, ARowThatLeavesIsGoneWhateverBecameOfItsKey) {
  Database db;
  ASSERT_THAT(
      db.CreateTables({{.name = "House"},
                       {.name = "Room", .belongs_to = {{.target = "House", .on_delete = Action::kCascade}}},
                       {.name = "Lamp",
                        .belongs_to = {{.target = "Room",
                                        .on_delete = Action::kSetNull,
                                        .on_update = Action::kRestrict}}}}),
      IsOk());
  const Table<> houses = db.GetTable("House"), rooms = db.GetTable("Room"), lamps = db.GetTable("Lamp");
  const Ref<> house = houses.Insert({}).value();
  const Ref<> room = rooms.Insert({{"houseId", 1}}).value();
  const Ref<> lamp = lamps.Insert({{"roomId", 1}}).value();

  const auto done = db.Batch([&](Batch& b) {
    b.Update(rooms, room, {{"id", 7}});  // would be refused, if the room stayed
    b.Erase(houses, house);
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(lamps.Get(lamp, "roomId").value(), Value());
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(BatchTest, ARowMayComeAndChangeInIt) {
  Guilds g;
  Ref<> eve;

  const auto done = g.db.Batch([&](Batch& b) {
    eve = b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    b.Update(g.players, eve, {{"name", "Eva"}, {"score", 4}});
    b.Set(g.friend_of, eve, eve);
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.players.Find("name", "Eva"), eve);
  EXPECT_EQ(g.friend_of.Get(eve), eve);
}

TEST(BatchTest, ARowMayComeAndGoInIt) {
  Guilds g;
  Ref<> eve;

  const auto done = g.db.Batch([&](Batch& b) {
    eve = b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    b.Erase(g.players, eve);
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_FALSE(g.players.Contains(eve));
  EXPECT_EQ(g.players.size(), 1u);
}

TEST(BatchTest, TwoRowsMaySwapTheirKeys) {
  Guilds g;
  const Ref<> eve = g.players.Insert({{"name", "Eve"}}, {g.guild.To(g.red)}).value();

  const auto done = g.db.Batch([&](Batch& b) {
    b.Update(g.players, g.ann, {{"name", "Eve"}});
    b.Update(g.players, eve, {{"name", "Ann"}});
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.players.Find("name", "Ann"), eve);
  EXPECT_EQ(g.players.Find("name", "Eve"), g.ann);
}

TEST(BatchTest, ARowLinkedByItsRefIsMeantWhateverBecomesOfItsKey) {
  Guilds g;
  const Ref<> blue = g.Found("Blue", "Bob").value();
  const Ref<> eve = g.players.Insert({{"name", "Eve"}}, {g.guild.To(blue)}).value();

  const auto done = g.db.Batch([&](Batch& b) {
    b.Set(g.friend_of, g.ann, eve);
    b.Update(g.players, eve, {{"id", 70}});
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.friend_of.Get(g.ann), eve);
  EXPECT_EQ(g.players.Get(g.ann, "friendId").value(), Value(70));
}

TEST(BatchTest, AColumnThatLinksShareIsHandedOnFromRowToRow) {
  Database db;
  const Table<> nodes =
      db.CreateTable(
            {.name = "Node",
             .columns = {{.name = "tenant"}, {.name = "no"}, {.name = "parentNo"}},
             .primary_key = {"tenant", "no"},
             .belongs_to = {{.target = "Node", .as = "parent", .foreign_key = {"tenant", "parentNo"}}}})
          .value();
  const ToOne<> parent = nodes.BelongsTo("parent");
  const RefList<> chain = nodes
                              .InsertAll({{{"tenant", 2}, {"no", 1}},
                                          {{"tenant", 1}, {"no", 2}},
                                          {{"tenant", 1}, {"no", 3}},
                                          {{"tenant", 1}, {"no", 4}}})
                              .value();

  const auto done = db.Batch([&](Batch& b) {
    for (size_t i = 1; i < chain.size(); ++i) b.Set(parent, chain[i], chain[i - 1]);
  });

  EXPECT_THAT(done, IsOk());
  for (size_t i = 1; i < chain.size(); ++i) {
    EXPECT_EQ(parent.Get(chain[i]), chain[i - 1]);
    EXPECT_EQ(nodes.Get(chain[i], "tenant").value(), Value(int64_t{2}));
  }
}

// Each column is handed on from one link to the other and back: the chain is longer than there are links.
TEST(BatchTest, TwoRowsLinkedToEachOtherHandAKeyOnThroughAllTheirColumns) {
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {{.name = "A",
            .columns = {{.name = "id", .not_null = true}, {.name = "part", .not_null = true}},
            .primary_key = {"id", "part"},
            .belongs_to =
                {{.target = "B", .as = "b", .foreign_key = {"id", "bPart"}, .target_key = {"id", "part"}}}},
           {.name = "B",
            .columns = {{.name = "id", .not_null = true}, {.name = "part", .not_null = true}},
            .primary_key = {"id", "part"},
            .belongs_to = {{.target = "A",
                            .as = "a",
                            .foreign_key = {"part", "id"},
                            .target_key = {"id", "part"},
                            .deferred = true}}}}),
      IsOk());
  const Table<> a = db.GetTable("A");
  const Table<> b = db.GetTable("B");
  const Transaction tx = db.Begin();
  Ref<> in_a, in_b;
  ASSERT_THAT(db.Batch([&](Batch& batch) {
    in_b = batch.Insert(b, {{"id", 2}, {"part", 0}});
    in_a = batch.Insert(a, {{"id", 2}, {"part", 1}});
  }),
              IsOk());
  EXPECT_THAT(db.Batch([&](Batch& batch) {
    batch.Set(a.BelongsTo("b"), in_a, in_b);
    batch.Set(b.BelongsTo("a"), in_b, in_a);
  }),
              IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_THAT(*a.Get(in_a), ::testing::ElementsAre(Value(1), Value(1), Value(1)));
  EXPECT_THAT(*b.Get(in_b), ::testing::ElementsAre(Value(1), Value(1)));
}

TEST(BatchTest, ALinkMayGiveATargetTheKeyThatItsChildrenTake) {
  Database db;
  ASSERT_THAT(db.CreateTables({{.name = "Owner"},
                               {.name = "Profile",
                                .columns = {{.name = "id", .not_null = true, .auto_increment = true}},
                                .primary_key = {"id"},
                                .belongs_to = {{.target = "Owner", .foreign_key = {"id"}}}},
                               {.name = "Picture", .belongs_to = {{.target = "Profile"}}}}),
              IsOk());
  const Table<> profiles = db.GetTable("Profile");
  const Table<> pictures = db.GetTable("Picture");
  const Ref<> owner = db.GetTable("Owner").Insert({{"id", 7}}).value();
  Ref<> profile, picture;
  EXPECT_THAT(db.Batch([&](Batch& batch) {
    profile = batch.Insert(profiles, {});
    picture = batch.Create(profiles.HasMany(pictures, "profile"), profile, {});
    batch.Clear(profiles.BelongsTo("owner"), profile);  // its key is null until the next link
    batch.Set(profiles.BelongsTo("owner"), profile, owner);
  }),
              IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(*profiles.Get(profile, "id"), Value(7));
  EXPECT_EQ(pictures.BelongsTo("profile").Get(picture), profile);
}

TEST(BatchTest, ALinkIsClearedInIt) {
  Guilds g;
  ASSERT_THAT(g.friend_of.Set(g.ann, g.ann), IsOk());

  EXPECT_THAT(g.db.Batch([&](Batch& b) { b.Clear(g.friend_of, g.ann); }), IsOk());

  EXPECT_FALSE(g.friend_of.Get(g.ann));
}

TEST(BatchTest, AChildIsCreatedUnderItsTarget) {
  Guilds g;

  const Ref<> eve = g.db.Batch([&](Batch& b) {
                          return b.Create(g.members, g.red, {{"name", "Eve"}});
                        })
                        .value();

  EXPECT_EQ(g.guild.Get(eve), g.red);
  EXPECT_TRUE(g.members.Has(g.red, eve));
}

TEST(BatchTest, ManyRowsComeInOne) {
  Guilds g;

  const auto done = g.db.Batch([&](Batch& b) {
    for (int i = 0; i < 6000; ++i) {
      const Ref<> made = b.Insert(g.guilds, {});
      b.Set(g.leader, made, b.Create(g.members, made, {}));
    }
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_EQ(g.guilds.size(), 6001u);
  EXPECT_EQ(g.players.size(), 6001u);
}

// ---- What may not happen meanwhile ----

TEST(BatchTest, OtherWritesAreRefusedMeanwhileAndDoNotDisturbIt) {
  Guilds g;

  const auto done = g.db.Batch([&](Batch& b) {
    const Ref<> eve = b.Insert(g.players, {{"name", "Eve"}}, {g.guild.To(g.red)});
    const absl::Status refused[] = {
        testing::StatusOf(g.players.Insert({{"name", "Fay"}})),
        testing::StatusOf(g.players.InsertAll({{{"name", "Fay"}}})),
        g.players.Set(g.ann, "score", 1),
        testing::StatusOf(g.players.Upsert({{"id", 1}})),
        g.players.Erase(g.ann),
        g.players.Erase(eve),
        g.players.Clear(),
        g.db.Clear({g.players, g.guilds}),
        g.friend_of.Set(g.ann, g.ann),
        g.friend_of.Clear(g.ann),
        testing::StatusOf(g.players.All().Update({{"score", 1}})),
        testing::StatusOf(g.players.PlanErase(g.ann)),
        g.db.Batch([](Batch&) { FAIL() << "a batch in a batch"; }),
        g.db.AddColumn(g.players, {.name = "more"}),
        g.db.DropTable("Player"),
    };
    for (const absl::Status& status : refused) EXPECT_THAT(status, ViolationIs(ViolationCode::kTransaction));
    Transaction tx = g.db.Begin();
    EXPECT_THAT(tx.status(), ViolationIs(ViolationCode::kTransaction));
    EXPECT_THAT(tx.Commit(), ViolationIs(ViolationCode::kTransaction));
    tx.Rollback();
  });

  EXPECT_THAT(done, IsOk());
  EXPECT_TRUE(g.players.Find("name", "Eve"));
  EXPECT_EQ(g.players.size(), 2u);
}

TEST(BatchTest, GathersNothingMoreOnceTheTransactionAroundItIsRolledBack) {
  Guilds g;
  const std::string before = g.db.Dump();
  Transaction tx = g.db.Begin();

  const absl::Status refused = g.db.Batch([&](Batch& b) {
    b.Insert(g.players, {{"name", "Eve"}, {"guildId", 1}});
    tx.Rollback();
    EXPECT_FALSE(b.Insert(g.players, {{"name", "Dan"}, {"guildId", 1}}));
  });

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kTransaction));
  EXPECT_EQ(g.db.Dump(), before);
}

TEST(BatchTest, KeepsLongTextThatTheCallerLetsGo) {
  Guilds g;
  EXPECT_THAT(g.db.Batch([&](Batch& b) {
    const std::string name(100, 'x');
    b.Update(g.players, g.ann, {{"name", name}});
  }),
              IsOk());

  EXPECT_EQ(g.players.Get(g.ann, "name").value(), Value(std::string(100, 'x')));
}

TEST(BatchTest, ARefusedOneLeavesNothingForTheNextStatement) {
  Guilds g;
  const std::string before = g.db.Dump();

  EXPECT_THAT(g.db.Batch([&](Batch& b) {
    b.Update(g.players, g.ann, {});  // nothing to write
    b.Insert(g.players, {{"name", "Bob"}, {"guildId", 99}});
  }),
              ViolationIs(ViolationCode::kMissingTarget));

  EXPECT_EQ(g.db.Dump(), before);
  ASSERT_THAT(g.db.CreateTable({.name = "Other"}), IsOk());
  EXPECT_THAT(g.db.GetTable("Other").Insert({}), IsOk());
  EXPECT_THAT(g.db.Verify(), IsOk());
}

TEST(BatchTest, IsUndoneWithItsTransaction) {
  Guilds g;
  const std::string before = g.db.Dump();
  Transaction tx = g.db.Begin();
  ASSERT_THAT(g.Found("Blue", "Bob"), IsOk());

  tx.Rollback();

  EXPECT_EQ(g.db.Dump(), before);
}

// A new row has the key of an old one, and both go: the child that is born meanwhile belongs to the old one, and goes along.
TEST(BatchTest, ErasesInWhateverOrderTheyWereAskedFor) {
  for (const bool new_first : {true, false}) {
    Database db;
    const Table<> parents =
        *db.CreateTable({.name = "Parent", .columns = {{.name = "id"}}, .primary_key = {"id"}});
    const Table<> children = *db.CreateTable(
        {.name = "Child", .belongs_to = {{.target = "Parent", .on_delete = Action::kCascade}}});
    const Ref<> old = parents.Insert({{"id", 1}}).value();
    EXPECT_THAT(db.Batch([&](Batch& b) {
      const Ref<> fresh = b.Insert(parents, {{"id", 1}});
      b.Insert(children, {{"parentId", 1}});
      b.Erase(parents, new_first ? fresh : old);
      b.Erase(parents, new_first ? old : fresh);
    }),
                IsOk());
    EXPECT_EQ(parents.size() + children.size(), 0u);
    EXPECT_THAT(db.Verify(), IsOk());
  }
}

}  // namespace
}  // namespace tenon
