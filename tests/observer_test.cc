// Observers: who is told of a commit, when, and what they may do meanwhile.
#include "tenon/observer.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
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

using ::tenon::testing::Fails;
using ::tenon::testing::IsOk;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Guilds and players, and what observers have heard of them.
struct World {
  World() { EXPECT_THAT(db.CreateTables(testing::GuildAndPlayer()), IsOk()); }
  Table<> operator[](std::string_view table) { return db.GetTable(table); }
  // Writes the name and the number of rows of every set that it sees.
  Subscription Listen(std::string name) {
    absl::StatusOr<Subscription> s = db.Observe([this, name](const ChangeSet& changes) {
      heard.push_back(name + std::to_string(changes.rows.size()));
    });
    EXPECT_THAT(s, IsOk());
    return *std::move(s);
  }
  Database db;
  std::vector<std::string> heard;
};

TEST(ObserverTest, IsToldOfStatementsAndOutermostCommits) {
  World w;
  const Subscription a = w.Listen("a");
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  EXPECT_THAT(w.heard, ElementsAre("a1"));
  Transaction outer = w.db.Begin();
  ASSERT_THAT(w["Guild"].Insert({{"id", 2}}), IsOk());
  {
    Transaction inner = w.db.Begin();
    ASSERT_THAT(w["Guild"].Insert({{"id", 3}}), IsOk());
    ASSERT_THAT(inner.Commit(), IsOk());
  }
  EXPECT_THAT(w.heard, ElementsAre("a1"));
  ASSERT_THAT(outer.Commit(), IsOk());
  EXPECT_THAT(w.heard, ElementsAre("a1", "a2"));
}

TEST(ObserverTest, IsNotToldWhereNothingHappened) {
  World w;
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  const Subscription a = w.Listen("a");
  EXPECT_FALSE(w["Guild"].Insert({{"id", 1}}).ok());                       // refused
  ASSERT_THAT(w["Guild"].Set(w["Guild"].Find("id", 1), "id", 1), IsOk());  // no other value
  ASSERT_THAT(w["Guild"].PlanErase(w["Guild"].Find("id", 1)), IsOk());     // only asked
  {
    Transaction tx = w.db.Begin();
    ASSERT_THAT(w["Guild"].Insert({{"id", 2}}), IsOk());
  }  // rolled back
  Transaction tx = w.db.Begin();
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_THAT(w.heard, IsEmpty());
}

TEST(ObserverTest, SeesTheNewStateAndMayReadIt) {
  World w;
  size_t rows = 0;
  bool found = false;
  const absl::StatusOr<Subscription> s = w.db.Observe([&](const ChangeSet& changes) {
    rows = w["Guild"].size();
    found = w["Guild"].Contains(changes.rows[0].ref);
    EXPECT_THAT(w.db.Verify(), IsOk());
  });
  ASSERT_THAT(s, IsOk());
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  EXPECT_EQ(rows, 1u);
  EXPECT_TRUE(found);
}

TEST(ObserverTest, OfATableHearsOfThatTableAlone) {
  World w;
  std::vector<std::string> heard;
  const absl::StatusOr<Subscription> s =
      w.db.Observe(w["Player"], [&](const ChangeSet& changes) { heard.push_back(changes.ToString()); });
  ASSERT_THAT(s, IsOk());
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  ASSERT_THAT(w["Player"].Insert({{"id", 7}, {"guildId", 1}}), IsOk());
  ASSERT_THAT(w["Guild"].Erase(w["Guild"].Find("id", 1)), IsOk());
  EXPECT_THAT(heard, ElementsAre("insert Player (7) {id: 7, guildId: 1}\n",
                                 "erase Player (7) {id: 7, guildId: 1}\n"));
}

TEST(ObserverTest, MayNotWrite) {
  World w;
  const Table<> guild = w["Guild"];
  std::vector<absl::Status> answers;
  const absl::StatusOr<Subscription> s = w.db.Observe([&](const ChangeSet&) {
    answers.push_back(guild.Insert({{"id", 2}}).status());
    answers.push_back(guild.Clear());
    answers.push_back(guild.Where({}).Erase().status());
    answers.push_back(w.db.Begin().status());
    answers.push_back(w.db.Batch([](Batch&) {}));
    answers.push_back(w.db.CreateTable({.name = "T"}).status());
    answers.push_back(w.db.AddColumn(guild, {.name = "n"}));
    answers.push_back(w.db.DropTable("Player"));
    answers.push_back(w.db.Apply({}));
    answers.push_back(guild.PlanErase(guild.Find("id", 1)).status());
  });
  ASSERT_THAT(s, IsOk());
  ASSERT_THAT(guild.Insert({{"id", 1}}), IsOk());
  ASSERT_EQ(answers.size(), 10u);
  for (const absl::Status& answer : answers) {
    EXPECT_THAT(answer, Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kTransaction,
                              HasSubstr("observers are being told")));
  }
  EXPECT_EQ(guild.size(), 1u);
  EXPECT_THAT(w.db.Verify(), IsOk());
  ASSERT_THAT(guild.Insert({{"id", 3}}), IsOk());  // and the store goes on
}

TEST(SubscriptionTest, EndsWithItsObject) {
  World w;
  std::optional<Subscription> a = w.Listen("a");
  Subscription b = w.Listen("b");
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  a.reset();
  ASSERT_THAT(w["Guild"].Insert({{"id", 2}}), IsOk());
  Subscription c = std::move(b);
  ASSERT_THAT(w["Guild"].Insert({{"id", 3}}), IsOk());
  c = w.Listen("c");
  ASSERT_THAT(w["Guild"].Insert({{"id", 4}}), IsOk());
  c.End();
  ASSERT_THAT(w["Guild"].Insert({{"id", 5}}), IsOk());
  EXPECT_THAT(w.heard, ElementsAre("a1", "b1", "b1", "b1", "c1"));
}

TEST(SubscriptionTest, MayBeOwnedByAnObserver) {
  World w;
  auto b = std::make_shared<Subscription>(w.Listen("b"));
  absl::StatusOr<Subscription> a = w.db.Observe([b](const ChangeSet&) {});
  ASSERT_THAT(a, IsOk());
  b.reset();
  a->End();  // and b with it
  auto own = std::make_shared<Subscription>();
  absl::StatusOr<Subscription> self = w.db.Observe([own](const ChangeSet&) {});
  ASSERT_THAT(self, IsOk());
  *own = *std::move(self);
  Subscription* last = own.get();
  own.reset();
  last->End();
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  EXPECT_THAT(w.heard, IsEmpty());
}

TEST(SubscriptionTest, MayOutliveTheDatabase) {
  Subscription s;
  {
    World w;
    s = w.Listen("a");
  }
  s.End();
}

TEST(SubscriptionTest, ComesAndGoesWhileOthersAreTold) {
  World w;
  std::optional<Subscription> self, late;
  Subscription b;
  absl::StatusOr<Subscription> s = w.db.Observe([&](const ChangeSet&) {
    w.heard.push_back("self");
    b.End();
    self.reset();
    if (!late.has_value()) late = w.Listen("late");
  });
  ASSERT_THAT(s, IsOk());
  self = *std::move(s);
  b = w.Listen("b");
  ASSERT_THAT(w["Guild"].Insert({{"id", 1}}), IsOk());
  ASSERT_THAT(w["Guild"].Insert({{"id", 2}}), IsOk());
  EXPECT_THAT(w.heard, ElementsAre("self", "late1"));
}

TEST(SubscriptionTest, BeginsOutsideOfTransactionsAndBatches) {
  World w;
  const auto refused =
      Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kTransaction, HasSubstr("observe"));
  {
    Transaction tx = w.db.Begin();
    EXPECT_THAT(w.db.Observe([](const ChangeSet&) {}), refused);
  }
  ASSERT_THAT(w.db.Batch([&](Batch&) { EXPECT_THAT(w.db.Observe([](const ChangeSet&) {}), refused); }),
              IsOk());
  EXPECT_THAT(w.db.Observe(nullptr), Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, _));
  EXPECT_THAT(w.db.Observe(Table<>(), [](const ChangeSet&) {}),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, _));
}

}  // namespace
}  // namespace tenon
