#include "store/block_arena.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/list_twin.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

struct BlockArenaTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

TEST_F(BlockArenaTest, AListOfOneTakesNoBlock) {
  ListTwin lists(&account, 100);
  for (size_t list = 0; list < 100; ++list) ASSERT_TRUE(lists.Append(list, static_cast<Slot>(list)));
  lists.Check();
  EXPECT_EQ(account.bytes(), 0u);
}

TEST_F(BlockArenaTest, AListKeepsItsOrderAtEveryLength) {
  ListTwin lists(&account, 1);
  for (uint32_t i = 0; i < 5'000; ++i) {
    ASSERT_TRUE(lists.Append(0, i * 3));
    if (i > 70 && i % 512 > 1) continue;
    ASSERT_NO_FATAL_FAILURE(lists.Check());
    ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
  }
  lists.Check();
}

TEST_F(BlockArenaTest, AListOfMoreThanAMillionGrowsAndShrinksThroughEveryLevel) {
  constexpr uint32_t kMillion = 1024 * 1024;
  ListTwin lists(&account, 1);
  for (uint32_t i = 0; i < kMillion + 1'500; ++i) ASSERT_TRUE(lists.Append(0, i));
  ASSERT_NO_FATAL_FAILURE(lists.Check());
  ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
  for (const uint32_t length :
       {kMillion + 1'025, kMillion + 1, kMillion, kMillion - 1, kMillion / 2 + 1, kMillion / 2, 5'000u,
        1'025u, 1'024u, 513u, 512u, 257u, 256u, 3u, 2u, 1u, 0u}) {
    SCOPED_TRACE(length);
    while (lists.Count(0) > length) lists.Pop(0);
    lists.Trim(0);
    ASSERT_NO_FATAL_FAILURE(lists.Check());
    ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
    ASSERT_TRUE(lists.Append(0, 7) && lists.Append(0, 8) && lists.Append(0, 9));
    ASSERT_NO_FATAL_FAILURE(lists.Check());
    ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
  }
}

TEST_F(BlockArenaTest, RandomProgramsAgreeWithVectors) {
  for (const size_t count : {1u, 3u, 40u, 2'000u}) {
    std::mt19937_64 random(count);
    ListTwin lists(&account, count);
    for (int step = 0; step < 20'000; ++step) {
      ASSERT_TRUE(RandomListStep(random, &lists));
      if (step % 500 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(lists.Check());
      ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
    }
    EXPECT_EQ(account.bytes(), lists.arena().CountBytes());
  }
}

TEST_F(BlockArenaTest, PoppedRoomTakesAppendsWithoutMemory) {
  for (const uint32_t length : {2u, 100u, 1'024u, 1'025u, 10'000u}) {
    ListTwin lists(&account, 1);
    for (uint32_t i = 0; i < length; ++i) ASSERT_TRUE(lists.Append(0, i));
    while (lists.Count(0) > 0) lists.Pop(0);
    WithoutMemory(&memory, [&] {
      for (uint32_t i = 0; i < length; ++i) ASSERT_TRUE(lists.Append(0, length - i));
    });
    lists.Check();
  }
}

TEST_F(BlockArenaTest, TrimmedBlocksAreUsedAgain) {
  ListTwin lists(&account, 50);
  size_t bytes = 0;
  for (int round = 0; round < 20; ++round) {
    const size_t grown = static_cast<size_t>(round) % 50;
    for (uint32_t i = 0; i < 20'000; ++i) ASSERT_TRUE(lists.Append(grown, i));
    while (lists.Count(grown) > 0) lists.Pop(grown);
    lists.Trim(grown);
    ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
    if (round == 0) bytes = account.bytes();
  }
  EXPECT_EQ(account.bytes(), bytes);
  EXPECT_EQ(lists.arena().CountFreeWords(), lists.arena().words().size);
}

TEST_F(BlockArenaTest, ManyShortListsTakeFewWords) {
  ListTwin lists(&account, 20'000);
  for (size_t list = 0; list < 20'000; ++list) {
    for (uint32_t i = 0; i < 4; ++i) ASSERT_TRUE(lists.Append(list, i));
  }
  ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
  EXPECT_LE(lists.arena().words().size, 20'000 * 4 * 3 / 2);
}

// Red under the address sanitizer alone.
TEST_F(BlockArenaTest, PrefetchEndReadsNothingBeyondTheLastChunk) {
  ListTwin lists(&account, 100);
  for (uint32_t i = 0; i < 51'200; ++i) {
    ASSERT_TRUE(lists.Append(i / 512, i));
    lists.arena().PrefetchEnd(lists.head(i / 512));
  }
}

TEST_F(BlockArenaTest, ClearGivesBackEverything) {
  ListTwin lists(&account, 2);
  for (uint32_t i = 0; i < 5'000; ++i) ASSERT_TRUE(lists.Append(i % 2, i));
  lists.arena().Clear();
  EXPECT_EQ(account.bytes(), 0u);
  EXPECT_EQ(lists.arena().CountFreeWords(), 0u);
}

// ---- Copies ----

TEST_F(BlockArenaTest, ACopyCostsPointers) {
  ListTwin lists(&account, 10);
  for (uint32_t i = 0; i < 100'000; ++i) ASSERT_TRUE(lists.Append(i % 10, i));
  const size_t before = account.bytes();
  const auto copy = lists.Copy();
  ASSERT_NE(copy, nullptr);
  EXPECT_LE(account.bytes() - before, (before / (kChunkRows * 4) + 1) * sizeof(Chunk));
}

TEST_F(BlockArenaTest, RandomProgramsOnCopiesOfCopiesAgreeWithVectors) {
  std::mt19937_64 random(29);
  std::vector<std::unique_ptr<ListTwin>> family;
  for (int step = 0; step < 20'000; ++step) {
    if (family.empty()) family.push_back(std::make_unique<ListTwin>(&account, 30));
    const size_t which = random() % family.size();
    if (step % 50 == 0 && family.size() < 5) {
      family.push_back(family[which]->Copy());
    } else if (step % 300 == 1) {
      family.erase(family.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      ASSERT_TRUE(RandomListStep(random, family[which].get()));
    }
    if (step % 300 != 0) continue;
    for (const auto& lists : family) ASSERT_NO_FATAL_FAILURE(lists->Check());
  }
  family.clear();
  EXPECT_EQ(account.bytes(), 0u);
}

// ---- Refused memory ----

TEST_F(BlockArenaTest, RefusedStepsLeaveAllListsOfBothSides) {
  for (const bool copied : {false, true}) {
    std::mt19937_64 random(31);
    ListTwin lists(&account, 5);
    std::unique_ptr<ListTwin> copy;
    size_t refused = 0;
    for (int step = 0; step < 1'000; ++step) {
      if (copied && step % 100 == 0) {
        refused += RefuseEachRequest(
            &memory, true, [&] { return (copy = lists.Copy()) != nullptr; },
            [&] { ASSERT_NO_FATAL_FAILURE(lists.Check()); });
      }
      refused += RefuseEachRequest(
          &memory, step % 2 == 0, [&] { return RandomListStep(random, &lists); },
          [&] {
            ASSERT_NO_FATAL_FAILURE(lists.Check());
            if (copied) {
              ASSERT_NO_FATAL_FAILURE(copy->Check());
            } else {
              ASSERT_NO_FATAL_FAILURE(lists.CheckWords());
            }
          });
    }
    EXPECT_GE(refused, 10u);
    lists.Check();
  }
}

}  // namespace
}  // namespace tenon::internal
