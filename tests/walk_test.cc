// Walking the children of a target, or a table, while the row that the loop stands on is erased, moved or
// unlinked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::testing::ElementsAreArray;
using testing::IsOk;
using testing::StatusOf;
using ::testing::UnorderedElementsAreArray;

// A home full of children, and another home with one child. A child may have toys, and may follow another
// child.
struct Homes {
  explicit Homes(size_t count) {
    EXPECT_THAT(db.CreateTables(
                    {{.name = "Home", .columns = {{.name = "id"}}, .primary_key = {"id"}},
                     {.name = "Child",
                      .columns = {{.name = "note"}},
                      .belongs_to = {{.target = "Home",
                                      .inverse = HasMany("children"),
                                      .on_delete = Action::kCascade,
                                      .on_update = Action::kCascade},
                                     {.target = "Child", .as = "leader", .inverse = HasMany("followers")}}},
                     {.name = "Toy", .belongs_to = {{.target = "Child", .on_delete = Action::kCascade}}}}),
                IsOk());
    homes = db.GetTable("Home");
    children = db.GetTable("Child");
    toys = db.GetTable("Toy");
    home = children.BelongsTo("home");
    leader = children.BelongsTo("leader");
    inhabitants = homes.HasMany("children");
    full = homes.Insert({{"id", 1}}).value();
    other = homes.Insert({{"id", 2}}).value();
    refs = children.InsertColumns({{"homeId", std::vector<int64_t>(count, 1)}}).value();
    EXPECT_THAT(children.Insert({}, {home.To(other)}), IsOk());
  }
  ~Homes() { EXPECT_THAT(db.Verify(), IsOk()); }

  RefList<> Children() const {
    RefList<> all;
    for (const Ref<> child : inhabitants.Of(full)) all.push_back(child);
    return all;
  }

  Database db;
  Table<> homes, children, toys;
  ToOne<> home, leader;
  ToMany<> inhabitants;
  Ref<> full, other;
  RefList<> refs;
};

// What a loop may do to the child it stands on.
struct Deed {
  std::string_view name;
  bool leaves;  // the child is none of the home's afterwards
  std::function<absl::Status(Homes&, Ref<>)> run;
};

const Deed kDeeds[] = {
    {"Erase", true, [](Homes& h, Ref<> child) { return h.children.Erase(child); }},
    {"EraseAll", true, [](Homes& h, Ref<> child) { return h.children.EraseAll({child}); }},
    {"EraseWhere", true,
     [](Homes& h, Ref<> child) {
       return StatusOf(h.children.Where(Col("id") == h.children.Get(child, "id").value()).Erase());
     }},
    {"EraseInABatch", true,
     [](Homes& h, Ref<> child) { return h.db.Batch([&](Batch& b) { b.Erase(h.children, child); }); }},
    {"EraseWithToys", true,
     [](Homes& h, Ref<> child) {
       const absl::Status made = StatusOf(h.toys.Insert({}, {h.toys.BelongsTo("child").To(child)}));
       return made.ok() ? h.children.Erase(child) : made;
     }},
    {"EraseInATransaction", true,
     [](Homes& h, Ref<> child) {
       Transaction tx = h.db.Begin();
       const absl::Status erased = h.children.Erase(child);
       return erased.ok() ? tx.Commit() : erased;
     }},
    {"Move", true, [](Homes& h, Ref<> child) { return h.home.Set(child, h.other); }},
    {"MoveByKey", true, [](Homes& h, Ref<> child) { return h.children.Set(child, "homeId", 2); }},
    {"MoveAsAList", true, [](Homes& h, Ref<> child) { return h.home.SetAll({child}, {h.other}); }},
    {"Unlink", true, [](Homes& h, Ref<> child) { return h.home.Clear(child); }},
    {"UnlinkByKey", true, [](Homes& h, Ref<> child) { return h.children.Set(child, "homeId", nullptr); }},
    {"Note", false, [](Homes& h, Ref<> child) { return h.children.Set(child, "note", 1); }},
    {"MoveToWhereItIs", false, [](Homes& h, Ref<> child) { return h.home.Set(child, h.full); }},
    {"LinkElsewhere", false, [](Homes& h, Ref<> child) { return h.leader.Set(child, child); }},
    {"ChangeItsKey", false,
     [](Homes& h, Ref<> child) {
       return h.children.Update(child, {{"id", Col("id") + 1'000'000}});
     }},
    {"ChangeItsHomesKey", false,
     [](Homes& h, Ref<>) {
       return h.homes.Update(h.other, {{"id", Col("id")}});
     }},
    {"EraseAndRollBack", false,
     [](Homes& h, Ref<> child) {
       Transaction tx = h.db.Begin();
       const absl::Status erased = h.children.Erase(child);
       tx.Rollback();
       return erased;
     }},
};

// The children in the order of a loop that deals so with those that are chosen: the last sibling takes a
// place that becomes free.
RefList<> Expected(RefList<> block, bool leaves, const std::function<bool(Ref<>)>& chosen) {
  RefList<> shown;
  for (size_t place = 0; place < block.size();) {
    shown.push_back(block[place]);
    if (leaves && chosen(block[place])) {
      block[place] = block.back();
      block.pop_back();
    } else {
      ++place;
    }
  }
  return shown;
}

class WalkTest : public ::testing::TestWithParam<Deed> {
 protected:
  // Walks the children of the full home, deals with those that are chosen, and checks the order in which they
  // come.
  void Walk(Homes& h, const std::function<bool(Ref<>)>& chosen) {
    const RefList<> before = h.Children();
    RefList<> shown;
    for (const Ref<> child : h.inhabitants.Of(h.full)) {
      shown.push_back(child);
      if (chosen(child)) {
        ASSERT_THAT(GetParam().run(h, child), IsOk());
      }
    }
    EXPECT_THAT(shown, ElementsAreArray(Expected(before, GetParam().leaves, chosen)));
    EXPECT_THAT(shown, UnorderedElementsAreArray(before));
    const auto stays = [&](Ref<> child) { return !GetParam().leaves || !chosen(child); };
    EXPECT_EQ(h.inhabitants.Count(h.full),
              static_cast<size_t>(std::count_if(before.begin(), before.end(), stays)));
  }
};
INSTANTIATE_TEST_SUITE_P(Every, WalkTest, ::testing::ValuesIn(kDeeds),
                         [](const auto& deed) { return std::string(deed.param.name); });

TEST_P(WalkTest, ShowsEveryChildOnceWhicheverOfAFewAreDealtWith) {
  for (size_t count = 0; count <= 6; ++count) {
    for (size_t subset = 0; subset < size_t{1} << count; ++subset) {
      SCOPED_TRACE(absl::StrCat(count, " children, subset ", subset));
      Homes h(count);
      const auto chosen = [&](Ref<> child) {
        const auto place = std::find(h.refs.begin(), h.refs.end(), child) - h.refs.begin();
        return ((subset >> place) & 1) != 0;
      };
      Walk(h, chosen);
    }
  }
}

// Sizes about the ends of blocks; all dealt with, every other one, the last half, and a random third.
TEST_P(WalkTest, ShowsEveryChildOnceInAHub) {
  for (const size_t count : {255u, 1024u, 1025u, 2500u}) {
    SCOPED_TRACE(count);
    const std::function<bool(Ref<>)> choices[] = {
        [](Ref<>) { return true; }, [](Ref<> child) { return child.slot() % 2 == 0; },
        [&](Ref<> child) { return child.slot() >= count / 2; },
        [](Ref<> child) { return std::mt19937(child.slot())() % 3 == 0; }};
    for (const auto& chosen : choices) {
      Homes h(count);
      Walk(h, chosen);
    }
  }
}

TEST_P(WalkTest, ShowsEveryChildOnceInATransactionAndTheOrderComesBack) {
  Homes h(300);
  const RefList<> before = h.Children();
  Transaction tx = h.db.Begin();
  Walk(h, [](Ref<> child) { return child.slot() % 3 != 0; });

  tx.Rollback();

  EXPECT_EQ(h.Children(), before);
}

TEST_P(WalkTest, TwoLoopsInsideEachOtherBothEnd) {
  Homes h(12);
  const RefList<> before = h.Children();
  size_t shown = 0;
  for (const Ref<> outer : h.inhabitants.Of(h.full)) {
    EXPECT_THAT(before, ::testing::Contains(outer));
    for (const Ref<> inner : h.inhabitants.Of(h.full)) {
      ASSERT_LE(++shown, 12u * 12u);
      if (inner.slot() % 3 == 0) {
        ASSERT_THAT(GetParam().run(h, inner), IsOk());
      }
    }
  }
}

TEST(ChildRangeTest, KnowsItsSizeAsItBegins) {
  const Homes h(5);
  const ChildRange range = h.inhabitants.Of(h.full);

  ASSERT_THAT(h.home.Clear(h.refs[0]), IsOk());

  EXPECT_EQ(range.size(), 5u);
  EXPECT_FALSE(range.empty());
  EXPECT_EQ(h.inhabitants.Of(h.full).size(), 4u);
}

TEST(ChildRangeTest, KeepsInsertionOrderUntilOneLeaves) {
  const Homes h(5);
  const RefList<>& r = h.refs;
  EXPECT_EQ(h.Children(), r);

  ASSERT_THAT(h.home.Clear(r[1]), IsOk());

  EXPECT_EQ(h.Children(), (RefList<>{r[0], r[4], r[2], r[3]}));
}

TEST(ChildRangeTest, AChildThatComesBackIsTheLast) {
  const Homes h(3);
  const RefList<>& r = h.refs;
  ASSERT_THAT(h.home.Clear(r[0]), IsOk());

  ASSERT_THAT(h.home.Set(r[0], h.full), IsOk());

  EXPECT_EQ(h.Children(), (RefList<>{r[2], r[1], r[0]}));
}

TEST(ChildRangeTest, EndsThoughEveryStepAddsAChild) {
  const Homes h(20);
  size_t shown = 0;
  for (const Ref<> child : h.inhabitants.Of(h.full)) {
    EXPECT_TRUE(h.children.Contains(child));
    ASSERT_LE(++shown, 20u);
    ASSERT_THAT(h.children.Insert({{"homeId", 1}}), IsOk());
  }
  EXPECT_EQ(shown, 20u);
  EXPECT_EQ(h.inhabitants.Count(h.full), 40u);
}

TEST(ChildRangeTest, ShowsOnlyChildrenThoughOthersLeave) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    const Homes h(30);
    size_t shown = 0;
    for (const Ref<> child : h.inhabitants.Of(h.full)) {
      EXPECT_TRUE(h.inhabitants.Has(h.full, child));
      ASSERT_LE(++shown, 30u);
      const Ref<> victim = h.refs[random() % h.refs.size()];
      if (h.children.Contains(victim)) {
        ASSERT_THAT(h.children.Erase(victim), IsOk());
      }
    }
  }
}

TEST(ChildRangeTest, EndsWhenItsTargetGoes) {
  const Homes h(30);
  size_t shown = 0;
  for (const Ref<> child : h.inhabitants.Of(h.full)) {
    EXPECT_EQ(child, h.refs[0]);
    ++shown;
    ASSERT_THAT(h.homes.Erase(h.full), IsOk());
  }
  EXPECT_EQ(shown, 1u);
}

TEST(ChildRangeTest, EndsWhenAllRowsGo) {
  Homes h(30);
  size_t shown = 0;
  for ([[maybe_unused]] const Ref<> child : h.inhabitants.Of(h.full)) {
    ++shown;
    ASSERT_THAT(h.db.Clear({h.homes, h.children, h.toys}), IsOk());
  }
  EXPECT_EQ(shown, 1u);
}

TEST(ChildRangeTest, EndsWhenItsTableIsDropped) {
  Homes h(30);
  size_t shown = 0;
  for ([[maybe_unused]] const Ref<> child : h.inhabitants.Of(h.full)) {
    ++shown;
    ASSERT_THAT(h.db.DropTable("Toy"), IsOk());
    ASSERT_THAT(h.db.DropTable("Child"), IsOk());
  }
  EXPECT_EQ(shown, 1u);
}

// A leader's followers are in the same table; erasing one changes the children of its home as well.
TEST(ChildRangeTest, FollowersOfARowAreWalkedWhileTheyAreErased) {
  const Homes h(40);
  for (size_t i = 1; i < h.refs.size(); ++i) ASSERT_THAT(h.leader.Set(h.refs[i], h.refs[0]), IsOk());
  std::set<Ref<>> shown;
  for (const Ref<> follower : h.children.HasMany("followers").Of(h.refs[0])) {
    EXPECT_TRUE(shown.insert(follower).second);
    ASSERT_THAT(h.children.Erase(follower), IsOk());
  }
  EXPECT_EQ(shown.size(), 39u);
  EXPECT_EQ(h.Children(), RefList<>{h.refs[0]});
}

// ---- Tables ----

TEST(RowRangeTest, ShowsEveryRowOnceWhicheverAreErased) {
  for (size_t count = 0; count <= 6; ++count) {
    for (size_t subset = 0; subset < size_t{1} << count; ++subset) {
      const Homes h(count);
      RefList<> shown;
      for (const Ref<> child : h.children) {
        shown.push_back(child);
        if ((subset >> child.slot()) & 1) {
          ASSERT_THAT(h.children.Erase(child), IsOk());
        }
      }
      EXPECT_EQ(shown.size(), count + 1);
      EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end()));
    }
  }
}

TEST(RowRangeTest, ShowsEveryRowOfManyWhileAllAreErased) {
  const Homes h(2 * internal::kChunkRows + 1'000);
  const size_t rows = h.children.size();
  RefList<> shown;
  for (const Ref<> child : h.children) {
    shown.push_back(child);
    ASSERT_THAT(h.children.Erase(child), IsOk());
  }
  EXPECT_EQ(shown.size(), rows);
  EXPECT_TRUE(h.children.empty());
}

TEST(RowRangeTest, SkipsWhatIsGone) {
  const Homes h(6);
  ASSERT_THAT(h.children.EraseAll({h.refs[0], h.refs[3], h.refs[5]}), IsOk());
  RefList<> shown;

  for (const Ref<> child : h.children) shown.push_back(child);

  EXPECT_EQ(shown, h.children.All().Refs());
  EXPECT_EQ(shown.size(), 4u);
}

TEST(RowRangeTest, DoesNotShowRowsErasedAhead) {
  const Homes h(10);
  RefList<> shown;
  for (const Ref<> child : h.children) {
    shown.push_back(child);
    if (child == h.refs[2]) {
      ASSERT_THAT(h.children.EraseAll({h.refs[0], h.refs[3], h.refs[4]}), IsOk());
    }
  }
  EXPECT_EQ(shown.size(), 9u);
  EXPECT_THAT(shown, ::testing::Not(::testing::Contains(h.refs[3])));
}

TEST(RowRangeTest, EndsThoughEveryStepAddsARow) {
  const Homes h(20);
  std::set<Ref<>> shown;
  for (const Ref<> child : h.children) {
    EXPECT_TRUE(shown.insert(child).second);
    ASSERT_LE(shown.size(), 21u);
    ASSERT_THAT(h.children.Insert({}), IsOk());
  }
  EXPECT_EQ(shown.size(), 21u);
}

TEST(RowRangeTest, EndsThoughEveryStepReplacesItsRow) {
  const Homes h(20);
  size_t shown = 0;
  for (const Ref<> child : h.children) {
    EXPECT_TRUE(h.children.Contains(child));
    ASSERT_LE(++shown, 21u);
    ASSERT_THAT(h.children.Erase(child), IsOk());
    ASSERT_THAT(h.children.Insert({}), IsOk());
  }
  EXPECT_EQ(shown, 21u);
}

TEST(RowRangeTest, EndsWhenAllRowsGo) {
  const Homes h(20);
  size_t shown = 0;
  for ([[maybe_unused]] const Ref<> child : h.children) {
    ++shown;
    ASSERT_THAT(h.children.Clear(), IsOk());
  }
  EXPECT_EQ(shown, 1u);
}

TEST(RowRangeTest, EndsWhenItsTableIsDropped) {
  Homes h(20);
  size_t shown = 0;
  for ([[maybe_unused]] const Ref<> child : h.children) {
    ++shown;
    ASSERT_THAT(h.db.DropTable("Toy"), IsOk());
    ASSERT_THAT(h.db.DropTable("Child"), IsOk());
  }
  EXPECT_EQ(shown, 1u);
}

// The end is asked anew each time: it must be met all the same.
TEST(TableWalkTest, ByIteratorsEndsWhenTheLastRowIsErased) {
  Database db;
  const Table<> table = db.CreateTable({.name = "T", .columns = {{.name = "a"}}}).value();
  ASSERT_TRUE(table.InsertColumns({{"a", {1, 2, 3}}}).ok());
  size_t seen = 0;

  for (auto it = table.begin(); it != table.end(); ++it) {
    ++seen;
    ASSERT_TRUE(table.Erase(*it).ok());
    EXPECT_FALSE(*it) << "its row is gone";
  }

  EXPECT_EQ(seen, 3u);
  EXPECT_TRUE(table.empty());
}

TEST(TableWalkTest, ByIteratorsEndsWhereRowsAreAdded) {
  Database db;
  const Table<> table = db.CreateTable({.name = "T", .columns = {{.name = "a"}}}).value();
  ASSERT_TRUE(table.InsertColumns({{"a", {1, 2, 3}}}).ok());
  size_t seen = 0;

  for (auto it = table.begin(); it != table.end() && seen < 100; ++it) {
    EXPECT_TRUE(*it);
    ++seen;
    ASSERT_TRUE(table.Insert({{"a", 4}}).ok());
  }

  EXPECT_EQ(seen, 3u);
}

}  // namespace
}  // namespace tenon
