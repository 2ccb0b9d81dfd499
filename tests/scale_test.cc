// Long chains and large hubs: linear time, a constant stack, and no step that costs more for having many
// siblings. Times are printed, not asserted; a step of linear cost would not end within the test's time.
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <optional>
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
using testing::StatusOf;
using testing::ViolationIs;

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
constexpr int64_t kScaleDown = 20;
constexpr size_t kStackBytes = 2 << 20;  // instrumented frames are larger
#else
constexpr int64_t kScaleDown = 1;
constexpr size_t kStackBytes = 256 << 10;
#endif
constexpr int64_t kChain = 1'000'000 / kScaleDown;
constexpr int64_t kHub = 5'000'000 / kScaleDown;
constexpr int64_t kSteps = 100'000 / kScaleDown;

// Runs `f` on a stack that recursion over a chain would overflow.
void OnSmallStack(const std::function<void()>& f) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  const auto run = [](void* function) -> void* {
    (*static_cast<const std::function<void()>*>(function))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&f)), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  ASSERT_EQ(pthread_attr_destroy(&attributes), 0);
}

// Prints what `f` took.
void Timed(std::string_view what, int64_t rows, const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::cout << "  " << what << ", " << rows << " rows: " << took.count() << " ms\n";
}

// ---- A chain ----

// Nodes of a tree of which each has one child. The tree's number is part of a node's key, and of its foreign
// key.
struct Chain {
  Chain(int64_t count, Action on_delete, Action on_update) : rows(count) {
    nodes = db.CreateTable({.name = "Node",
                            .columns = {{.name = "tree"}, {.name = "n"}, {.name = "parent"}},
                            .unique = {{"tree", "n"}},
                            .belongs_to = {{.target = "Node",
                                            .as = "above",
                                            .foreign_key = {"tree", "parent"},
                                            .target_key = {"tree", "n"},
                                            .inverse = HasMany("below"),
                                            .on_delete = on_delete,
                                            .on_update = on_update}}})
                .value();
    std::vector<int64_t> tree, n;
    std::vector<std::optional<int64_t>> parent;
    for (int64_t i = 0; i < count; ++i) {
      tree.push_back(1);
      n.push_back(i);
      parent.push_back(i == 0 ? std::nullopt : std::optional<int64_t>(i - 1));
    }
    refs = nodes.InsertColumns({{"tree", tree}, {"n", n}, {"parent", parent}}).value();
  }

  Database db;
  Table<> nodes;
  RefList<> refs;  // the root first
  int64_t rows;
};

// A statement that goes down the whole chain, and what it leaves.
struct Descent {
  std::string_view name;
  Action on_delete;
  Action on_update;
  absl::Status (*run)(const Chain&);
  TableEffects (*effects)(size_t rows);
  void (*check)(const Chain&);
};

absl::Status EraseRoot(const Chain& chain) { return chain.nodes.Erase(chain.refs.front()); }
absl::Status MoveRootToTree2(const Chain& chain) { return chain.nodes.Set(chain.refs.front(), "tree", 2); }

const Descent kDescents[] = {
    {"EraseCascades", Action::kCascade, Action::kNoAction, EraseRoot,
     [](size_t rows) { return TableEffects{.table = "Node", .erased = rows - 1}; },
     [](const Chain& chain) { EXPECT_TRUE(chain.nodes.empty()); }},
    {"KeyChangeCascades", Action::kNoAction, Action::kCascade, MoveRootToTree2,
     [](size_t rows) { return TableEffects{.table = "Node", .rewritten = rows - 1}; },
     [](const Chain& chain) {
       EXPECT_EQ(chain.nodes.Where(Col("tree") == 2).Count(), static_cast<size_t>(chain.rows));
       EXPECT_EQ(chain.nodes.BelongsTo("above").Get(chain.refs.back()), chain.refs[chain.refs.size() - 2]);
     }},
    {"KeyChangeNulls", Action::kNoAction, Action::kSetNull, MoveRootToTree2,
     [](size_t rows) { return TableEffects{.table = "Node", .nulled = rows - 1}; },
     [](const Chain& chain) {
       EXPECT_EQ(chain.nodes.Where(Col("tree").IsNull()).Count(), static_cast<size_t>(chain.rows) - 1);
       EXPECT_FALSE(chain.nodes.BelongsTo("above").Get(chain.refs.back()));
     }},
    {"EraseNullsAndTheNullCascades", Action::kSetNull, Action::kCascade, EraseRoot,
     [](size_t rows) { return TableEffects{.table = "Node", .rewritten = rows - 2, .nulled = 1}; },
     [](const Chain& chain) {
       EXPECT_EQ(chain.nodes.Where(Col("tree").IsNull()).Count(), static_cast<size_t>(chain.rows) - 1);
       EXPECT_EQ(chain.nodes.Where(Col("parent").IsNull()).Count(), 1u);
     }},
};

class ChainTest : public ::testing::TestWithParam<Descent> {};
INSTANTIATE_TEST_SUITE_P(Every, ChainTest, ::testing::ValuesIn(kDescents),
                         [](const auto& descent) { return std::string(descent.param.name); });

TEST_P(ChainTest, IsDescendedOnAConstantStackAndComesBack) {
  const Descent& descent = GetParam();
  for (const int64_t rows : {kChain / 4, kChain}) {
    Chain chain(rows, descent.on_delete, descent.on_update);
    const StateHash before = chain.db.GetStateHash();
    OnSmallStack([&] {
      Transaction tx = chain.db.Begin();
      Timed(descent.name, rows, [&] { ASSERT_THAT(descent.run(chain), IsOk()); });
      descent.check(chain);
      Timed("rolled back", rows, [&] { tx.Rollback(); });
    });
    EXPECT_EQ(chain.db.GetStateHash(), before);
    EXPECT_THAT(chain.db.Verify(), IsOk());

    OnSmallStack([&] { Timed("for good", rows, [&] { ASSERT_THAT(descent.run(chain), IsOk()); }); });

    const Effects effects = chain.db.LastEffects();
    EXPECT_EQ(effects.addressed, 1u);
    EXPECT_THAT(effects.tables, ::testing::ElementsAre(descent.effects(static_cast<size_t>(rows))))
        << effects.ToString();
    descent.check(chain);
    EXPECT_THAT(chain.db.Verify(), IsOk());
  }
}

TEST(LongChainTest, IsClearedPlannedAndDroppedOnAConstantStack) {
  Chain chain(kChain, Action::kCascade, Action::kNoAction);
  OnSmallStack([&] {
    Timed("planned", kChain, [&] {
      const ErasePlan plan = chain.nodes.PlanErase(chain.refs.front()).value();
      EXPECT_EQ(plan.effects.tables.at(0).erased, static_cast<size_t>(kChain) - 1);
    });
    EXPECT_EQ(chain.nodes.size(), static_cast<size_t>(kChain));
    Timed("verified", kChain, [&] { EXPECT_THAT(chain.db.Verify(), IsOk()); });
    Timed("cleared", kChain, [&] { EXPECT_THAT(chain.nodes.Clear(), IsOk()); });
    EXPECT_THAT(chain.db.DropTable("Node"), IsOk());
  });
}

// ---- A hub ----

// One home of very many children, and another of none.
class HubTest : public ::testing::Test {
 protected:
  HubTest() {
    EXPECT_THAT(db_.CreateTables({{.name = "Home"},
                                  {.name = "Child",
                                   .belongs_to = {{.target = "Home",
                                                   .inverse = HasMany("children"),
                                                   .on_delete = Action::kRestrict}}}}),
                IsOk());
    homes_ = db_.GetTable("Home");
    children_ = db_.GetTable("Child");
    home_ = children_.BelongsTo("home");
    inhabitants_ = homes_.HasMany("children");
    full_ = homes_.Insert({}).value();
    empty_ = homes_.Insert({}).value();
    Timed("inserted", kHub, [&] {
      refs_ =
          children_.InsertColumns({{"homeId", std::vector<int64_t>(static_cast<size_t>(kHub), 1)}}).value();
    });
  }
  ~HubTest() override {
    Timed("verified", kHub, [&] { EXPECT_THAT(db_.Verify(), IsOk()); });
  }

  // Runs `step` on children from all over the hub, and returns how many requests for memory one of them made
  // at most.
  size_t Scatter(std::string_view what, const std::function<absl::Status(Ref<>)>& step) {
    size_t most = 0;
    Timed(what, kSteps, [&] {
      const size_t stride = refs_.size() / static_cast<size_t>(kSteps);
      db_.RefuseMemoryForTesting(0);
      for (size_t i = 0; i < static_cast<size_t>(kSteps); ++i) {
        ASSERT_THAT(step(refs_[i * stride]), IsOk());
        most = std::max(most, db_.RefuseMemoryForTesting(0));
      }
    });
    return most;
  }
  // A few requests at most: a chunk, a block, the log.
  static constexpr size_t kFewRequests = 16;
  static size_t Left(int64_t gone) { return static_cast<size_t>(kHub - gone); }

  Database db_;
  Table<> homes_, children_;
  ToOne<> home_;
  ToMany<> inhabitants_;
  Ref<> full_, empty_;
  RefList<> refs_;
};

TEST_F(HubTest, OneChildIsUnlinkedAtOnce) {
  EXPECT_LE(Scatter("unlinked", [&](Ref<> child) { return home_.Clear(child); }), kFewRequests);

  EXPECT_EQ(inhabitants_.Count(full_), Left(kSteps));
  EXPECT_FALSE(home_.Get(refs_.front()));
}

TEST_F(HubTest, OneChildIsMovedAtOnceThereAndBack) {
  EXPECT_LE(Scatter("moved", [&](Ref<> child) { return home_.Set(child, empty_); }), kFewRequests);
  EXPECT_EQ(inhabitants_.Count(full_), Left(kSteps));
  EXPECT_EQ(inhabitants_.Count(empty_), static_cast<size_t>(kSteps));

  EXPECT_LE(Scatter("moved back", [&](Ref<> child) { return children_.Set(child, "homeId", 1); }),
            kFewRequests);

  EXPECT_EQ(inhabitants_.Count(full_), Left(0));
}

TEST_F(HubTest, OneChildIsErasedAtOnce) {
  EXPECT_LE(Scatter("erased", [&](Ref<> child) { return children_.Erase(child); }), kFewRequests);

  EXPECT_EQ(inhabitants_.Count(full_), Left(kSteps));
  EXPECT_FALSE(inhabitants_.Has(full_, refs_.front()));
}

TEST_F(HubTest, OneChildIsUnlinkedAndRolledBackAtOnce) {
  EXPECT_LE(Scatter("unlinked and rolled back",
                    [&](Ref<> child) {
                      Transaction tx = db_.Begin();
                      return home_.Clear(child);
                    }),
            kFewRequests);

  EXPECT_EQ(inhabitants_.Count(full_), Left(0));
}

TEST_F(HubTest, ARestrictRefusesAtOnceAndCounts) {
  absl::Status refused;
  Timed("refused", kSteps, [&] {
    for (int64_t i = 0; i < kSteps; ++i) refused = homes_.Erase(full_);
  });

  ASSERT_THAT(refused, ViolationIs(ViolationCode::kRestrict, "Child.home"));
  EXPECT_EQ(GetViolations(refused).front().children, Left(0));
}

TEST_F(HubTest, AllChildrenAreWalkedErasedAndBroughtBack) {
  size_t walked = 0;
  Timed("walked", kHub, [&] {
    for (const Ref<> child : inhabitants_.Of(full_)) walked += child == refs_[walked];
  });
  EXPECT_EQ(walked, Left(0));
  const StateHash before = db_.GetStateHash();
  Transaction tx = db_.Begin();
  Timed("erased", kHub, [&] { EXPECT_THAT(children_.EraseAll(refs_), IsOk()); });
  EXPECT_EQ(inhabitants_.Count(full_), 0u);

  Timed("rolled back", kHub, [&] { tx.Rollback(); });

  EXPECT_EQ(db_.GetStateHash(), before);
  EXPECT_EQ(inhabitants_.Count(full_), Left(0));
}

}  // namespace
}  // namespace tenon
