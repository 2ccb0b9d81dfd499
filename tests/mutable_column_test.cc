// MutableColumn: cells written in place, what it is refused for, and how such writes are undone and told of.
#include "tenon/mutable_column.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::Fails;
using ::tenon::testing::IsDump;
using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::tenon::testing::ViolationIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Guild {
  int64_t id = 0;
};
struct Player {
  int64_t id = 0;
  int64_t guild_id = 1;
  int32_t hp = 100;
  int64_t gold = 0;
  float speed = 1;
  double luck = 0.5;
  bool awake = true;
  std::optional<int64_t> rank = {};
  std::string name = {};
  int32_t seat = 0;  // unique with guild_id
};

absl::Status Define(Database& db) {
  return db.CreateTables(
      {TableOf<Guild>("Guild", {PrimaryKey(&Guild::id)}),
       TableOf<Player>("Player", {PrimaryKey(&Player::id), BelongsTo(&Player::guild_id, &Guild::id),
                                  Unique(&Player::guild_id, &Player::seat)})});
}

class MutableColumnTest : public testing::DatabaseTest<Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    players = db.GetTable<Player>("Player");
    ASSERT_THAT(db.GetTable<Guild>("Guild").Insert({1}), IsOk());
    hp = players.MutableColumn(&Player::hp);
  }
  // Players 0 .. n-1, each with as much hp as its number.
  void Fill(int32_t n) {
    std::vector<Player> rows;
    for (int32_t i = 0; i < n; ++i) rows.push_back({.id = i, .hp = i, .seat = i});
    refs = players.InsertAll(rows).value();
  }
  int32_t Hp(Ref<Player> ref) { return players.Get(ref, &Player::hp).value(); }
  // The bytes that the database uses, by purpose.
  size_t Bytes(const std::string& purpose) {
    size_t bytes = 0;
    for (const MemoryUse& use : db.MemoryUsage().uses) bytes += use.purpose == purpose ? use.bytes : 0;
    return bytes;
  }
  // The change set of what `f` does in one transaction.
  template <class F>
  ChangeSet Changes(F f) {
    ChangeSet seen;
    const Subscription s = db.Observe([&](const ChangeSet& changes) { seen = changes; }).value();
    Transaction tx = db.Begin();
    f();
    EXPECT_THAT(tx.Commit(), IsOk());
    EXPECT_THAT(db.Verify(), IsOk());
    return seen;
  }

  Table<Player> players;
  MutableColumn<Player, int32_t> hp;
  RefList<Player> refs;
};

// ---- Writes ----

TEST_F(MutableColumnTest, WritesCellsOfEveryPlainType) {
  Fill(3);
  ASSERT_THAT(hp.status(), IsOk());
  hp[refs[0]] += 10;
  hp[refs[2]] = -1;
  players.MutableColumn(&Player::gold)[refs[1]] = INT64_MIN;
  players.MutableColumn(&Player::speed)[refs[1]] = 0.25f;
  players.MutableColumn(&Player::luck)[refs[1]] *= 3;
  players.MutableColumn(&Player::awake)[refs[1]] = false;
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(Hp(refs[0]), 10);
  EXPECT_EQ(Hp(refs[1]), 1);
  EXPECT_EQ(Hp(refs[2]), -1);
  const Player row = players.Get(refs[1]).value();
  EXPECT_EQ(row.gold, INT64_MIN);
  EXPECT_EQ(row.speed, 0.25f);
  EXPECT_EQ(row.luck, 1.5);
  EXPECT_EQ(row.awake, false);
}

TEST_F(MutableColumnTest, EveryFaceSeesWhatWasWritten) {
  Fill(3);
  hp[refs[1]] = 77;
  EXPECT_EQ(players.Find(&Player::hp, 77), refs[1]);
  EXPECT_EQ(players.Column(&Player::hp)[refs[1]], 77);
  EXPECT_EQ(players.Where(Col(&Player::hp) > 70).First(), refs[1]);
  EXPECT_EQ(*db.GetTable("Player").Get(refs[1], "hp"), Value(77));
  EXPECT_THAT(players.Update(refs[1], {{&Player::hp, Col(&Player::hp) + 1}}), IsOk());
  EXPECT_EQ(hp[refs[1]], 78);
}

TEST_F(MutableColumnTest, IsReachedByNameToo) {
  Fill(2);
  const Table<> table = db.GetTable("Player");
  table.MutableColumn<int32_t>("hp")[refs[1]] = 9;
  EXPECT_EQ(Hp(refs[1]), 9);
  EXPECT_THAT(table.MutableColumn<int64_t>("hp").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hp is a int32, not a int64")));
  EXPECT_THAT(table.MutableColumn<int64_t>("mana").status(), ViolationIs(ViolationCode::kType));
}

TEST_F(MutableColumnTest, KeepsWritingWhileTheTableGrowsAndShrinks) {
  for (int32_t round = 0; round < 4; ++round) {
    std::vector<Player> rows;
    for (int32_t i = 0; i < 3000; ++i)
      rows.push_back({.id = round * 3000 + i, .hp = 0, .seat = round * 3000 + i});
    const RefList<Player> some = players.InsertAll(rows).value();
    for (const Ref<Player> ref : players) ++hp[ref];
    for (size_t i = 0; i < some.size(); i += 2) ASSERT_THAT(players.Erase(some[i]), IsOk());
  }
  EXPECT_THAT(db.Verify(), IsOk());
  for (const Ref<Player> ref : players) ASSERT_EQ(Hp(ref), 4 - players.Get(ref)->id / 3000);
}

TEST_F(MutableColumnTest, ChunksAreSpansThatAreWrittenAsAWhole) {
  Fill(9000);
  for (size_t i = 0; i < refs.size(); i += 7) ASSERT_THAT(players.Erase(refs[i]), IsOk());
  size_t cells = 0, live = 0;
  for (const auto& chunk : hp.Chunks()) {
    cells += chunk.values.size();
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      chunk.values[i] += 1;
      if (!chunk.live[i]) continue;
      ++live;
      ASSERT_EQ(chunk.values[i], static_cast<int32_t>(chunk.first + i) + 1);
    }
  }
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(cells, 9000u);
  EXPECT_EQ(live, players.size());
  for (const Ref<Player> ref : players) ASSERT_EQ(Hp(ref), players.Get(ref)->id + 1);
}

TEST_F(MutableColumnTest, AnEmptyTableHasNoChunks) { EXPECT_EQ(hp.Chunks().begin(), hp.Chunks().end()); }

// ---- Refused ----

TEST_F(MutableColumnTest, IsRefusedForWhatSomethingHangsOn) {
  const Table<> table = players;
  const auto refused = [](const char* why) {
    return Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr(why));
  };
  EXPECT_THAT(players.MutableColumn(&Player::id).status(),
              refused("write in place Player: id is part of a key; write it with Set or Update"));
  EXPECT_THAT(players.MutableColumn(&Player::seat).status(), refused("seat is part of a key"));
  EXPECT_THAT(players.MutableColumn(&Player::guild_id).status(), refused("guild_id is part of a key"));
  EXPECT_THAT(table.MutableColumn<int64_t>("rank").status(), refused("rank may be null"));
}

TEST_F(MutableColumnTest, IsRefusedForAForeignKeyThatIsNoKey) {
  struct Pet {
    int64_t id = 0;
    int64_t guild_id = 0;
  };
  const auto pets =
      db.CreateTable<Pet>("Pet", {PrimaryKey(&Pet::id), BelongsTo(&Pet::guild_id, &Guild::id)}).value();
  EXPECT_THAT(pets.MutableColumn(&Pet::guild_id).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("guild_id is part of a foreign key")));
}

TEST_F(MutableColumnTest, IsRefusedForANumberedColumnThatIsNoKey) {
  ASSERT_THAT(db.CreateTable({.name = "Log",
                              .columns = {{.name = "key", .not_null = true},
                                          {.name = "no", .not_null = true, .auto_increment = true}},
                              .primary_key = {"key"}}),
              IsOk());
  EXPECT_THAT(db.GetTable("Log").MutableColumn<int64_t>("no").status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no is numbered")));
}

TEST_F(MutableColumnTest, IsRefusedOnceAKeyOrAnEdgeTakesTheColumn) {
  Fill(2);
  const auto gold = players.MutableColumn(&Player::gold);
  ASSERT_THAT(hp.status(), IsOk());
  ASSERT_THAT(gold.status(), IsOk());
  gold[refs[0]] = gold[refs[1]] = 1;
  ASSERT_THAT(db.AddUnique(players, &Player::hp), IsOk());
  ASSERT_THAT(
      db.AddBelongsTo(players, &Player::gold, db.GetTable<Guild>("Guild"), &Guild::id, {.as = "bank"}),
      IsOk());
  const std::string before = db.Dump();

  EXPECT_THAT(hp.status(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hp is part of a key")));
  EXPECT_THAT(gold.status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gold is part of a foreign key")));
  hp[refs[0]] = 1;  // breaks the precondition, and nothing else
  gold[refs[0]] = 77;
  EXPECT_EQ(hp.Chunks().begin(), hp.Chunks().end());
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_THAT(db.Verify(), IsOk());

  ASSERT_THAT(db.DropUnique(players, "Player.hp"), IsOk());
  EXPECT_THAT(hp.status(), IsOk());
  hp[refs[0]] = 1;
  EXPECT_EQ(Hp(refs[0]), 1);
}

TEST_F(MutableColumnTest, CellsThatAreOpenAreShutByAKeyAndByAnIndex) {
  Fill(2);
  hp[refs[0]] = 5;
  hp[refs[1]] = 6;
  ASSERT_THAT(db.AddUnique(players, &Player::hp), IsOk());
  hp[refs[0]] = 6;
  EXPECT_EQ(Hp(refs[0]), 5);
  EXPECT_THAT(db.Verify(), IsOk());

  ASSERT_THAT(db.DropUnique(players, "Player.hp"), IsOk());
  hp[refs[0]] = 7;
  ASSERT_THAT(db.AddIndex(players, &Player::hp), IsOk());
  EXPECT_THAT(hp.status(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hp is part of an index")));
  hp[refs[0]] = 6;
  EXPECT_EQ(Hp(refs[0]), 7);
  EXPECT_EQ(hp.Chunks().begin(), hp.Chunks().end());

  ASSERT_THAT(db.DropIndex(players, "Player.hp"), IsOk());
  hp[refs[0]] = 8;
  EXPECT_EQ(Hp(refs[0]), 8);
}

TEST_F(MutableColumnTest, ADroppedTableTakesNoWrites) {
  ASSERT_THAT(db.CreateTable({.name = "T", .columns = {{.name = "n", .not_null = true, .default_value = 0}}}),
              IsOk());
  const auto n = db.GetTable("T").MutableColumn<int64_t>("n");
  const Ref<> ref = db.GetTable("T").Insert({}).value();
  n[ref] = 3;
  ASSERT_THAT(db.DropTable("T"), IsOk());
  EXPECT_THAT(n.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("the table was dropped")));
  EXPECT_EQ(n.Chunks().begin(), n.Chunks().end());
}

// ---- Undone and kept ----

TEST_F(MutableColumnTest, ARollbackUndoesEveryWrite) {
  Fill(5000);
  const std::string before = db.Dump();
  {
    Transaction tx = db.Begin();
    for (const Ref<Player> ref : players) hp[ref] = -1;
    for (const auto& chunk : hp.Chunks()) {
      for (int32_t& value : chunk.values) value *= 3;
    }
    players.MutableColumn(&Player::awake)[refs[17]] = false;
    EXPECT_EQ(Hp(refs[4999]), -3);
  }
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST_F(MutableColumnTest, ACommitKeepsEveryWrite) {
  Fill(3);
  Transaction tx = db.Begin();
  hp[refs[0]] = 50;
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(Hp(refs[0]), 50);
  { const Transaction next = db.Begin(); }
  EXPECT_EQ(Hp(refs[0]), 50);
}

TEST_F(MutableColumnTest, ASavepointUndoesItsOwnWritesAndNoOthers) {
  Fill(3);
  Transaction outer = db.Begin();
  hp[refs[0]] = 50;
  {
    const Transaction inner = db.Begin();
    hp[refs[0]] = 60;
    hp[refs[1]] = 61;
  }
  EXPECT_EQ(Hp(refs[0]), 50);
  EXPECT_EQ(Hp(refs[1]), 1);
  hp[refs[2]] = 52;
  {
    Transaction inner = db.Begin();
    hp[refs[2]] = 62;
    ASSERT_THAT(inner.Commit(), IsOk());
  }
  hp[refs[2]] += 1;
  EXPECT_EQ(Hp(refs[2]), 63);
  outer.Rollback();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(Hp(refs[i]), static_cast<int32_t>(i));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST_F(MutableColumnTest, ABatchThatFailsUndoesWhatWasWrittenInIt) {
  Fill(3);
  hp[refs[1]] = 5;
  const std::string before = db.Dump();
  EXPECT_THAT(db.Batch([&](Batch& b) {
    hp[refs[0]] = 50;
    b.Insert(players, {.id = 0});  // there is one
    hp[refs[1]] = 51;
  }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_THAT(db.Batch([&](Batch&) {
    hp[refs[0]] = 50;
    return absl::CancelledError("no");
  }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(db.Dump(), IsDump(before));
  hp[refs[0]] = 7;
  EXPECT_EQ(Hp(refs[0]), 7);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST_F(MutableColumnTest, ABatchThatSucceedsKeepsWhatWasWrittenInIt) {
  Fill(3);
  ASSERT_THAT(db.Batch([&](Batch& b) {
    const Ref<Player> born = b.Insert(players, {.id = 9, .hp = 1, .seat = 9});
    hp[born] += 8;
    hp[refs[0]] = 50;
    b.Update(players, refs[1], {{&Player::hp, 51}});
  }),
              IsOk());
  EXPECT_EQ(Hp(players.Find(&Player::id, 9)), 9);
  EXPECT_EQ(Hp(refs[0]), 50);
  EXPECT_EQ(Hp(refs[1]), 51);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST_F(MutableColumnTest, AStatementThatFailsKeepsWhatWasWrittenBeforeIt) {
  Fill(3);
  Transaction tx = db.Begin();
  hp[refs[0]] = 50;
  EXPECT_FALSE(players.Update(refs[0], {{&Player::hp, 60}, {&Player::id, 1}}).ok());
  EXPECT_EQ(Hp(refs[0]), 50);
  hp[refs[0]] = 51;
  EXPECT_EQ(Hp(refs[0]), 51);
  tx.Rollback();
  EXPECT_EQ(Hp(refs[0]), 0);
}

TEST_F(MutableColumnTest, SetBeforeBetweenAndAfterIsUndoneInOrder) {
  Fill(3);
  {
    const Transaction tx = db.Begin();
    ASSERT_THAT(players.Set(refs[0], &Player::hp, 10), IsOk());
    hp[refs[0]] = 20;
    ASSERT_THAT(players.Set(refs[0], &Player::hp, 30), IsOk());
    {
      const Transaction inner = db.Begin();
      hp[refs[0]] = 40;
      ASSERT_THAT(players.Set(refs[0], &Player::hp, 50), IsOk());
    }
    EXPECT_EQ(Hp(refs[0]), 30);
    hp[refs[0]] = 60;
  }
  EXPECT_EQ(Hp(refs[0]), 0);
}

TEST_F(MutableColumnTest, RowsBornAndErasedAroundAWriteAreUndone) {
  Fill(15);  // one more makes the small array full, two make it grow
  const std::string before = db.Dump();
  {
    const Transaction tx = db.Begin();
    hp[refs[0]] = 50;
    for (int32_t i = 0; i < 40; ++i) {
      const Ref<Player> born = players.Insert({.id = 100 + i, .hp = 1, .seat = 100 + i}).value();
      hp[born] += i;
    }
    ASSERT_THAT(players.Erase(refs[1]), IsOk());
    ASSERT_THAT(players.Erase(refs[0]), IsOk());
    for (const auto& chunk : hp.Chunks()) {
      for (int32_t& value : chunk.values) value = 7;
    }
  }
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_EQ(Hp(refs[0]), 0);
  EXPECT_EQ(Hp(refs[1]), 1);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST_F(MutableColumnTest, AHandleOutlivesTransactions) {
  Fill(2);
  for (int i = 0; i < 3; ++i) {
    hp[refs[0]] = 10;
    {
      const Transaction tx = db.Begin();
      hp[refs[0]] = 20;
    }
    EXPECT_EQ(Hp(refs[0]), 10);
    Transaction tx = db.Begin();
    hp[refs[0]] = 30;
    ASSERT_THAT(tx.Commit(), IsOk());
    EXPECT_EQ(Hp(refs[0]), 30);
  }
}

// ---- Told ----

TEST_F(MutableColumnTest, AChangeSetShowsExactlyTheCellsThatDiffer) {
  Fill(5000);
  const ChangeSet changes = Changes([&] {
    for (const Ref<Player> ref : players) hp[ref] += 0;
    hp[refs[3]] = 33;
    hp[refs[4998]] = -8;
    hp[refs[7]] = 70;
    hp[refs[7]] = 7;  // as it was
    players.MutableColumn(&Player::luck)[refs[3]] = 0.75;
  });
  EXPECT_EQ(changes.ToString(),
            "update Player (3) {hp: 3 -> 33, luck: 0.5 -> 0.75}\n"
            "update Player (4998) {hp: 4998 -> -8}\n");
}

TEST_F(MutableColumnTest, SetAndWritesOfOneCellAreOneChange) {
  Fill(5);
  const ChangeSet changes = Changes([&] {
    ASSERT_THAT(players.Set(refs[0], &Player::hp, 10), IsOk());  // before
    hp[refs[0]] = 20;
    hp[refs[1]] = 21;
    ASSERT_THAT(players.Set(refs[1], &Player::hp, 11), IsOk());  // after
    ASSERT_THAT(players.Set(refs[2], &Player::hp, 12), IsOk());  // and back to what it was
    hp[refs[2]] = 2;
    hp[refs[3]] = 23;
    ASSERT_THAT(players.Set(refs[3], &Player::hp, 3), IsOk());
  });
  EXPECT_EQ(changes.ToString(),
            "update Player (0) {hp: 0 -> 20}\n"
            "update Player (1) {hp: 1 -> 11}\n");
}

TEST_F(MutableColumnTest, RowsBornAndErasedAreToldWithTheirCellsBefore) {
  Fill(5);
  const ChangeSet changes = Changes([&] {
    hp[refs[0]] = 50;
    ASSERT_THAT(players.Erase(refs[0]), IsOk());
    ASSERT_THAT(players.Erase(refs[1]), IsOk());
    for (const auto& chunk : hp.Chunks()) {
      for (int32_t& value : chunk.values) value += 1000;
    }
    const Ref<Player> born = players.Insert({.id = 9, .hp = 1, .seat = 9}).value();
    hp[born] = 99;
    const Ref<Player> gone = players.Insert({.id = 10, .seat = 10}).value();
    hp[gone] = 98;
    ASSERT_THAT(players.Erase(gone), IsOk());
  });
  std::vector<std::string> lines;
  for (const RowChange& row : changes.rows) {
    std::string line = row.kind == RowChange::Kind::kInsert  ? "insert "
                       : row.kind == RowChange::Kind::kErase ? "erase "
                                                             : "update ";
    absl::StrAppend(&line, (row.key_before.empty() ? row.key_after : row.key_before)[0].ToString());
    for (const CellChange& cell : row.cells) {
      if (cell.column == "hp")
        absl::StrAppend(&line, ": ", cell.before.ToString(), " -> ", cell.after.ToString());
    }
    lines.push_back(std::move(line));
  }
  EXPECT_THAT(lines, ::testing::UnorderedElementsAre("erase 0: 0 -> NULL", "erase 1: 1 -> NULL",
                                                     "update 2: 2 -> 1002", "update 3: 3 -> 1003",
                                                     "update 4: 4 -> 1004", "insert 9: NULL -> 99"));
}

TEST_F(MutableColumnTest, ChangesOfWritesAreCarriedOutElsewhereAndBack) {
  Fill(50);
  Database other;
  ASSERT_THAT(Define(other), IsOk());
  ASSERT_THAT(other.GetTable<Guild>("Guild").Insert({1}), IsOk());
  for (const Ref<Player> ref : players)
    ASSERT_THAT(other.GetTable<Player>("Player").Insert(*players.Get(ref)), IsOk());
  const std::string before = db.Dump();
  const ChangeSet changes = Changes([&] {
    ASSERT_THAT(players.Erase(refs[20]), IsOk());
    for (const auto& chunk : hp.Chunks()) {
      for (int32_t& value : chunk.values) value = value * 2 - 5;
    }
    ASSERT_THAT(players.Insert({.id = 90, .hp = 3, .seat = 90}), IsOk());
  });
  EXPECT_THAT(other.Apply(changes), IsOk());
  EXPECT_THAT(other.Dump(), IsDump(db.Dump()));
  EXPECT_EQ(other.GetStateHash(), db.GetStateHash());
  EXPECT_THAT(other.Apply(changes.Inverse()), IsOk());
  EXPECT_THAT(other.Dump(), IsDump(before));
}

TEST_F(MutableColumnTest, SpansWrittenOverDeadRowsLeaveNoFalseChanges) {
  Fill(40);
  for (size_t i = 0; i < 40; i += 2) ASSERT_THAT(players.Erase(refs[i]), IsOk());
  const ChangeSet changes = Changes([&] {
    for (const auto& chunk : hp.Chunks()) {
      for (size_t i = 0; i < chunk.values.size(); ++i) {
        if (!chunk.live[i]) chunk.values[i] = -1;
      }
    }
  });
  EXPECT_TRUE(changes.empty()) << changes.ToString();
}

TEST_F(MutableColumnTest, WritesUndoneBySavepointsAreNotTold) {
  Fill(3);
  const ChangeSet changes = Changes([&] {
    {
      const Transaction inner = db.Begin();
      hp[refs[0]] = 50;
    }
    hp[refs[1]] = 51;
    {
      const Transaction inner = db.Begin();
      hp[refs[1]] = 61;
      hp[refs[2]] = 62;
    }
  });
  EXPECT_EQ(changes.ToString(), "update Player (1) {hp: 1 -> 51}\n");
}

TEST_F(MutableColumnTest, ABatchIsToldOfItsWrites) {
  Fill(3);
  std::vector<std::string> told;
  const Subscription s =
      db.Observe([&](const ChangeSet& changes) { told.push_back(changes.ToString()); }).value();
  ASSERT_THAT(db.Batch([&](Batch&) { hp[refs[0]] = 50; }), IsOk());
  EXPECT_THAT(told, ElementsAre("update Player (0) {hp: 0 -> 50}\n"));
}

TEST_F(MutableColumnTest, OutsideOfATransactionNobodyIsTold) {
  Fill(3);
  std::vector<std::string> told;
  const Subscription s =
      db.Observe([&](const ChangeSet& changes) { told.push_back(changes.ToString()); }).value();
  hp[refs[0]] = 50;
  EXPECT_THAT(told, IsEmpty());
  ASSERT_THAT(players.Set(refs[1], &Player::hp, 51), IsOk());
  {
    Transaction tx = db.Begin();
    hp[refs[2]] = 52;
    ASSERT_THAT(tx.Commit(), IsOk());
  }
  EXPECT_THAT(told, ElementsAre("update Player (1) {hp: 1 -> 51}\n", "update Player (2) {hp: 2 -> 52}\n"));
}

TEST_F(MutableColumnTest, ATransactionOfNothingButSameValuesTellsNobody) {
  Fill(3);
  int told = 0;
  const Subscription s = db.Observe([&](const ChangeSet&) { ++told; }).value();
  Transaction tx = db.Begin();
  for (const Ref<Player> ref : players) hp[ref] += 0;
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(told, 0);
}

// ---- Memory ----

TEST_F(MutableColumnTest, MemoryIsGivenBackByCommitAndRollback) {
  Fill(10'000);
  size_t before = 0;
  for (const bool commit : {true, true, false, true}) {  // what the first leaves is what marks the chunks
    Transaction tx = db.Begin();
    const size_t log = Bytes("log");
    for (const Ref<Player> ref : players) hp[ref] += 1;
    EXPECT_GE(Bytes("log"), log + 10'000 * sizeof(int32_t)) << "the copies are counted";
    if (commit) {
      ASSERT_THAT(tx.Commit(), IsOk());
    } else {
      tx.Rollback();
    }
    const size_t after = db.MemoryUsage().total;
    if (before != 0) {
      EXPECT_EQ(after, before) << db.MemoryUsage().ToString();
    }
    before = after;
  }
  EXPECT_EQ(Hp(refs[0]), 3);
}

TEST_F(MutableColumnTest, ChunksAreKeptOncePerTransaction) {
  Fill(10'000);
  const Transaction tx = db.Begin();
  for (const Ref<Player> ref : players) hp[ref] += 1;
  const size_t log = Bytes("log");
  for (const Ref<Player> ref : players) hp[ref] += 1;
  EXPECT_EQ(Bytes("log"), log);
}

TEST(MutableColumnLimitTest, MemoryLimitsDoNotRefuseWhatCannotBeRefused) {
  Database db;
  ASSERT_THAT(Define(db), IsOk());
  ASSERT_THAT(db.GetTable<Guild>("Guild").Insert({1}), IsOk());
  const auto players = db.GetTable<Player>("Player");
  std::vector<Player> rows;
  for (int32_t i = 0; i < 5000; ++i) rows.push_back({.id = i, .hp = i, .seat = i});
  const RefList<Player> refs = players.InsertAll(rows).value();
  const auto hp = players.MutableColumn(&Player::hp);
  const std::string before = db.Dump();
  db.RefuseMemoryForTesting(1);
  {
    const Transaction tx = db.Begin();
    for (const Ref<Player> ref : refs) hp[ref] = -1;
    EXPECT_FALSE(players.Insert({.id = 9999, .seat = 9999}).ok()) << "other writes are refused";
  }
  db.RefuseMemoryForTesting(0);
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(MutableColumnLimitTest, ALimitThatIsReachedStillLetsCellsBeWritten) {
  struct Row {
    int64_t id = 0;
    int64_t n = 0;
  };
  Database db({.memory_limit = 400'000});
  const auto rows = db.CreateTable<Row>("Row", {PrimaryKey(&Row::id).AutoIncrement()}).value();
  RefList<Row> refs;
  while (true) {
    const auto ref = rows.Insert({});
    if (!ref.ok()) {
      EXPECT_THAT(ref, ViolationIs(ViolationCode::kLimit));
      break;
    }
    refs.push_back(*ref);
  }
  ASSERT_GT(refs.size(), 1000u);
  const auto n = rows.MutableColumn(&Row::n);
  {
    Transaction tx = db.Begin();
    for (const Ref<Row> ref : refs) n[ref] = 5;
    ASSERT_THAT(tx.Commit(), IsOk());
  }
  {
    const Transaction tx = db.Begin();
    for (const Ref<Row> ref : refs) n[ref] = 6;
  }
  EXPECT_EQ(*rows.Get(refs.back(), &Row::n), 5);
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- What a hard reading found ----

struct Counter {
  int64_t id = 0;
  int64_t n = 0;
};
struct Counters {
  explicit Counters(int64_t rows, Options options = {}) : db(options) {
    table = db.CreateTable<Counter>("Counter", {PrimaryKey(&Counter::id)}).value();
    std::vector<Counter> all(static_cast<size_t>(rows));
    for (size_t i = 0; i < all.size(); ++i) all[i].id = static_cast<int64_t>(i);
    refs = table.InsertAll(all).value();
    n = table.MutableColumn(&Counter::n);
  }
  Database db;
  Table<Counter> table;
  RefList<Counter> refs;
  MutableColumn<Counter, int64_t> n;
};

TEST(WrittenInPlaceTest, WithinABatchWhoseTransactionIsRolledBackItIsUndone) {
  Counters c(10);
  std::vector<ChangeSet> told;
  const Subscription subscription =
      c.db.Observe([&](const ChangeSet& changes) { told.push_back(changes); }).value();
  Transaction tx = c.db.Begin();
  const absl::Status status = c.db.Batch([&](Batch&) {
    tx.Rollback();
    c.n[c.refs[0]] = 99;
  });
  EXPECT_THAT(status, ViolationIs(ViolationCode::kTransaction));
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 0);
  EXPECT_THAT(c.table.Set(c.refs[1], &Counter::n, 5), IsOk());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].rows.size(), 1u);
  EXPECT_THAT(c.db.Verify(), IsOk());
}

struct Four {
  int64_t id = 0;
  int64_t a = 0, b = 0, c = 0, d = 0;
};

TEST(WrittenInPlaceTest, ABudgetOfStepsHoldsBesideIt) {
  Database db({.step_limit = 3});
  const auto table = db.CreateTable<Four>("Four", {PrimaryKey(&Four::id)}).value();
  const Ref<Four> row = table.Insert({.id = 1}).value();
  const auto a = table.MutableColumn(&Four::a), b = table.MutableColumn(&Four::b);
  const auto c = table.MutableColumn(&Four::c), d = table.MutableColumn(&Four::d);
  const auto write = [&](std::vector<Assignment<Four>> assignments) {
    return db.Batch([&](Batch& batch) {
      a[row] = b[row] = c[row] = d[row] = 1;
      batch.Update(table, row, assignments);
    });
  };

  EXPECT_THAT(write({{&Four::a, 7}, {&Four::b, 7}, {&Four::c, 7}, {&Four::d, 7}}),
              ViolationIs(ViolationCode::kLimit));
  EXPECT_EQ(table.Get(row)->a, 0);
  EXPECT_THAT(write({{&Four::a, 7}, {&Four::b, 7}, {&Four::c, 7}}), IsOk()) << "what is kept is no step";
  EXPECT_EQ(table.Get(row)->d, 1);
}

TEST(WrittenInPlaceTest, ALoopOverChunksEndsWhenTheTableIsEmptied) {
  Counters c(9000);
  size_t cells = 0;
  for (const auto& chunk : c.n.Chunks()) {
    cells += chunk.values.size();
    EXPECT_THAT(c.table.Clear(), IsOk());
  }
  EXPECT_LE(cells, size_t{internal::kChunkRows});

  Counters d(9000);
  const auto column = d.table.Column(&Counter::n);
  for (const auto& chunk : column.Chunks()) {
    EXPECT_LE(chunk.values.size(), size_t{internal::kChunkRows});
    EXPECT_THAT(d.table.Clear(), IsOk());
  }
}

TEST(WrittenInPlaceTest, AHandleThatOnlyReadsNeverWrites) {
  Counters c(10);
  const Database& reader = c.db;
  const auto n = reader.GetTable<Counter>("Counter").MutableColumn(&Counter::n);
  EXPECT_THAT(n.status(), ViolationIs(ViolationCode::kReadOnly));
  c.n[c.refs[0]] = 2;
  n[c.refs[0]] = 7;
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 2);
}

TEST(WrittenInPlaceTest, EmptyBatchesInATransactionCostNothing) {
  Counters c(10);
  Transaction tx = c.db.Begin();
  const auto write = [&] {
    c.n[c.refs[0]] += 1;
    EXPECT_THAT(c.db.Batch([](Batch&) {}), IsOk());
    Transaction inner = c.db.Begin();
    EXPECT_THAT(inner.Commit(), IsOk());
  };
  write();
  const size_t bytes = c.db.MemoryUsage().total;
  for (int i = 0; i < 100; ++i) write();
  EXPECT_EQ(c.db.MemoryUsage().total, bytes);
  tx.Rollback();
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 0);
}

TEST(WrittenInPlaceTest, WhatAnInnerTransactionWroteIsUndoneWithTheOuterOne) {
  Counters c(10);
  Transaction outer = c.db.Begin();
  c.n[c.refs[0]] = 1;
  {
    Transaction inner = c.db.Begin();
    c.n[c.refs[0]] = 2;
    c.n[c.refs[1]] = 3;
    EXPECT_THAT(inner.Commit(), IsOk());
  }
  c.n[c.refs[0]] = 4;
  {
    Transaction inner = c.db.Begin();
    c.n[c.refs[0]] = 5;
  }
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 4);
  c.n[c.refs[1]] = 6;
  outer.Rollback();
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 0);
  EXPECT_EQ(c.table.Get(c.refs[1], &Counter::n).value(), 0);
  EXPECT_THAT(c.db.Verify(), IsOk());
}

TEST(WrittenInPlaceTest, AnObserverMayNot) {
  Counters c(10);
  absl::Status within;
  const Subscription subscription = c.db.Observe([&](const ChangeSet&) {
                                          within = c.n.status();
                                          c.n[c.refs[0]] = 9;
                                        })
                                        .value();
  EXPECT_THAT(c.table.Set(c.refs[1], &Counter::n, 5), IsOk());
  EXPECT_THAT(within, ViolationIs(ViolationCode::kTransaction));
  EXPECT_EQ(c.table.Get(c.refs[0], &Counter::n).value(), 0);
}

}  // namespace
}  // namespace tenon
