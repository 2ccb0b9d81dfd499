// How long observers last, and what is left of them.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;

struct World {
  explicit World(Options options = {}) : db(options) {}
  Database db;
  Table<> guilds = *db.CreateTable({.name = "Guild", .columns = {{.name = "id"}}, .primary_key = {"id"}});
  Table<> players = *db.CreateTable(
      {.name = "Player",
       .columns = {{.name = "id"}, {.name = "guildId"}},
       .primary_key = {"id"},
       .belongs_to = {{.target = "Guild", .foreign_key = {"guildId"}, .on_update = Action::kCascade}}});
};

TEST(SubscriptionTest, StaysWhenItIsGivenToItself) {
  World w;
  int told = 0;
  absl::StatusOr<Subscription> s = w.db.Observe([&](const ChangeSet&) { ++told; });
  ASSERT_THAT(s, IsOk());
  Subscription& same = *s;
  *s = std::move(same);
  ASSERT_THAT(w.guilds.Insert({{"id", 1}}), IsOk());
  EXPECT_EQ(told, 1);
}

TEST(SubscriptionTest, ItsObserverStaysWhileItRuns) {
  World w;
  std::optional<Subscription> self;
  auto owned = std::make_shared<int>(7);
  std::weak_ptr<int> watched = owned;
  bool stayed = false;
  absl::StatusOr<Subscription> s = w.db.Observe([&self, &watched, &stayed, owned](const ChangeSet&) {
    std::weak_ptr<int>& seen = watched;  // `owned` itself would be gone
    bool& result = stayed;
    self.reset();
    result = !seen.expired();
  });
  ASSERT_THAT(s, IsOk());
  self = *std::move(s);
  owned.reset();
  ASSERT_THAT(w.guilds.Insert({{"id", 1}}), IsOk());
  EXPECT_TRUE(stayed);
  EXPECT_TRUE(watched.expired());
}

// The cascade of a key is logged row by row while somebody observes, and as one step before and after.
TEST(SubscriptionTest, LeavesNoCostBehind) {
  World w;
  ASSERT_THAT(w.guilds.Insert({{"id", 0}}), IsOk());
  const std::vector<int64_t> guild_ids(20'000, 0);
  std::vector<int64_t> ids(guild_ids.size());
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int64_t>(i);
  ASSERT_THAT(w.players.InsertColumns({{"id", ids}, {"guildId", guild_ids}}), IsOk());
  const Ref<> guild = w.guilds.Find("id", 0);
  int64_t key = 0;
  const auto count_requests = [&] {
    static_cast<void>(w.db.RefuseMemoryForTesting(0));
    EXPECT_THAT(w.guilds.Set(guild, "id", key = 1 - key), IsOk());
    return w.db.RefuseMemoryForTesting(0);
  };
  count_requests();  // both keys ask for their places once
  count_requests();
  const size_t alone = count_requests();
  {
    const absl::StatusOr<Subscription> s = w.db.Observe([](const ChangeSet&) {});
    ASSERT_THAT(s, IsOk());
    EXPECT_GT(count_requests(), alone);
  }
  count_requests();  // the first one that nobody observes is still logged row by row
  EXPECT_LE(count_requests(), alone);
}

// Whether the change of a key that twenty rows follow stays within so many steps.
bool IsWithin(size_t steps, bool observed) {
  World w(Options{.step_limit = steps});
  absl::StatusOr<Subscription> s = w.db.Observe([](const ChangeSet&) {});
  EXPECT_THAT(s, IsOk());
  if (s.ok() && !observed) s->End();
  const absl::StatusOr<Ref<>> guild = w.guilds.Insert({{"id", 1}});
  EXPECT_THAT(guild, IsOk());
  for (int id = 0; id < 20; ++id) EXPECT_THAT(w.players.Insert({{"id", id}, {"guildId", 1}}), IsOk());
  return guild.ok() && w.guilds.Set(*guild, "id", 2).ok();
}

TEST(SubscriptionTest, TakesNoMoreStepsOfAStatement) {
  size_t least = 3;  // an insert takes as many
  while (!IsWithin(least, false)) ++least;
  EXPECT_GE(least, 20u);
  EXPECT_TRUE(IsWithin(least, true));
  EXPECT_FALSE(IsWithin(least - 1, true));
}

}  // namespace
}  // namespace tenon
