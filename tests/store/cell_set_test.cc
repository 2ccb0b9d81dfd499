#include "store/cell_set.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

using Answer = CellSet::Answer;

TEST(CellSetTest, SaysWhetherAnIdIsNew) {
  Memory memory(0);
  Account account(&memory);
  CellSet set(&account);
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.Insert(0), Answer::kNew);
  EXPECT_EQ(set.Insert(UINT64_MAX - 1), Answer::kNew);
  EXPECT_EQ(set.Insert(0), Answer::kThere);
  EXPECT_EQ(set.Insert(UINT64_MAX - 1), Answer::kThere);
  EXPECT_FALSE(set.empty());
}

TEST(CellSetTest, AgreesWithASetOnRandomIds) {
  std::mt19937_64 random(1);
  Memory memory(0);
  Account account(&memory);
  CellSet set(&account);
  std::set<uint64_t> twin;
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t id = random() % 8'000 << (random() % 3 * 24);
    ASSERT_EQ(set.Insert(id), twin.insert(id).second ? Answer::kNew : Answer::kThere) << id;
  }
}

TEST(CellSetTest, AgreesWithASetOnIdsOfAnyStride) {
  for (uint32_t log = 0; log < 50; ++log) {
    Memory memory(0);
    Account account(&memory);
    CellSet set(&account);
    for (uint64_t i = 0; i < 1'000; ++i) ASSERT_EQ(set.Insert(i << log), Answer::kNew) << log;
    for (uint64_t i = 0; i < 1'000; ++i) ASSERT_EQ(set.Insert(i << log), Answer::kThere) << log;
  }
}

TEST(CellSetTest, ClearForgetsAllIds) {
  Memory memory(0);
  Account account(&memory);
  CellSet set(&account);
  for (const uint64_t count : {3u, 100u, 5'000u, 3u}) {
    for (uint64_t id = 0; id < count; ++id) ASSERT_EQ(set.Insert(id), Answer::kNew);
    set.Clear();
    EXPECT_TRUE(set.empty());
  }
}

TEST(CellSetTest, ARefusedInsertLeavesTheSetAsItWas) {
  Memory memory(0);
  Account account(&memory);
  CellSet set(&account);
  size_t refused = 0;
  for (uint64_t id = 0; id < 300; ++id) {
    Answer answer;
    refused += RefuseEachRequest(
        &memory, true, [&] { return (answer = set.Insert(id)) != Answer::kNoMemory; },
        [&] { ASSERT_EQ(set.empty(), id == 0); });
    ASSERT_EQ(answer, Answer::kNew);
  }
  for (uint64_t id = 0; id < 300; ++id) EXPECT_EQ(set.Insert(id), Answer::kThere);
  EXPECT_GE(refused, 5u);
}

TEST(CellSetTest, GivesBackItsMemoryWhenItGoes) {
  Memory memory(0);
  Account account(&memory);
  {
    CellSet set(&account);
    for (uint64_t id = 0; id < 1'000; ++id) ASSERT_EQ(set.Insert(id), Answer::kNew);
    EXPECT_GT(account.bytes(), 0u);
  }
  EXPECT_EQ(account.bytes(), 0u);
}

}  // namespace
}  // namespace tenon::internal
