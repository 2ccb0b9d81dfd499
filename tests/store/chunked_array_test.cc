#include "store/chunked_array.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/arrays.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

struct ChunkedArrayTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

// ---- Growth ----

TEST_F(ChunkedArrayTest, AnEmptyArrayOwnsNothing) {
  Array array(&account);
  EXPECT_EQ(account.bytes(), 0u);
  EXPECT_EQ(array.CountBytes(), 0u);
  Array copy(&account);
  EXPECT_TRUE(array.CopyTo(&copy));
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST_F(ChunkedArrayTest, TheOnlyChunkDoublesFrom16ToFullSize) {
  Array array(&account);
  for (uint32_t n = 1; n <= kRows; ++n) {
    ASSERT_TRUE(array.Push(n - 1));
    uint32_t capacity = 16;
    while (capacity < n) capacity *= 2;
    ASSERT_EQ(account.bytes(), sizeof(Chunk) + capacity * sizeof(uint32_t)) << n;
  }
  EXPECT_TRUE(IsFilled(array, kRows));
  EXPECT_EQ(array.CountBytes(), account.bytes());
}

TEST_F(ChunkedArrayTest, FurtherChunksAreFullFromTheStart) {
  Array array(&account);
  Fill(&array, kRows + 1);
  EXPECT_EQ(account.bytes(), 2 * sizeof(Chunk) + 2 * kChunkBytes);
}

TEST_F(ChunkedArrayTest, ChunksOfFewRowsStartFull) {
  SmallChunks array(&account);
  Fill(&array, 1);
  EXPECT_EQ(account.bytes(), sizeof(Chunk) + 4 * sizeof(uint32_t));
}

TEST_F(ChunkedArrayTest, ElementsStayAtTheirAddressesOnceAChunkIsFull) {
  Array array(&account);
  std::vector<const uint32_t*> addresses;
  Fill(&array, kRows);
  for (uint32_t i = 0; i < 20 * kRows; ++i) {
    Fill(&array, i + 1);
    addresses.push_back(&array[i]);
  }
  for (uint32_t i = 0; i < array.size; ++i) ASSERT_EQ(&array[i], addresses[i]) << i;
  EXPECT_TRUE(IsFilled(array, 20 * kRows));
}

TEST_F(ChunkedArrayTest, GrowthAsksForOneChunkAndNowAndThenASpine) {
  Array array(&account);
  Fill(&array, 5 * kRows);
  for (uint32_t chunks = 6; chunks < 40; ++chunks) {
    memory.RefuseForTesting(0, false);
    Fill(&array, chunks * kRows);
    EXPECT_LE(memory.RefuseForTesting(0, false), 2u);
  }
}

TEST_F(ChunkedArrayTest, ReservedRoomNeedsNoMemory) {
  Array array(&account);
  ASSERT_TRUE(array.Reserve(3 * kRows));
  EXPECT_EQ(array.size, 0u);
  WithoutMemory(&memory, [&] {
    EXPECT_TRUE(array.Grow(kRows));
    Fill(&array, 3 * kRows);
  });
  EXPECT_EQ(array.size, 3 * kRows);
}

TEST_F(ChunkedArrayTest, GrowNeverTakesElementsAway) {
  Array array(&account);
  Fill(&array, 100);
  ASSERT_TRUE(array.Grow(10));
  EXPECT_TRUE(IsFilled(array, 100));
}

TEST_F(ChunkedArrayTest, ShrinkKeepsMemoryAndTrimGivesItBackByChunks) {
  Array array(&account);
  Fill(&array, 5 * kRows);
  const size_t full = account.bytes();
  array.Shrink(kRows + 1);
  EXPECT_EQ(account.bytes(), full);
  array.Trim(3 * kRows);
  EXPECT_EQ(account.bytes(), full - 2 * kChunkBytes);
  array.Trim(array.size);
  EXPECT_EQ(account.bytes(), full - 3 * kChunkBytes);
  EXPECT_TRUE(IsFilled(array, kRows + 1));
  Fill(&array, 5 * kRows);
  EXPECT_EQ(account.bytes(), full);
}

TEST_F(ChunkedArrayTest, ClearGivesBackEverything) {
  Array array(&account);
  Fill(&array, 3 * kRows);
  array.Clear();
  EXPECT_EQ(array.size, 0u);
  EXPECT_EQ(account.bytes(), 0u);
  Fill(&array, 20);
  EXPECT_TRUE(IsFilled(array, 20));
}

TEST_F(ChunkedArrayTest, RefusedGrowthLeavesTheElementsAsTheyWere) {
  for (const bool persistent : {false, true}) {
    SmallChunks array(&account);
    size_t refused = 0;
    for (uint32_t i = 0; i < 100; ++i) {
      refused += RefuseEachRequest(
          &memory, persistent, [&] { return array.Push(i); }, [&] { ASSERT_TRUE(IsFilled(array, i)); });
    }
    EXPECT_TRUE(IsFilled(array, 100));
    EXPECT_GE(refused, 25u);
    EXPECT_EQ(array.CountBytes(), account.bytes());
  }
}

TEST_F(ChunkedArrayTest, ARefusedReserveLeavesWhatItGot) {
  Array array(&account);
  Fill(&array, 20);
  const size_t refused = RefuseEachRequest(
      &memory, true, [&] { return array.Reserve(10 * kRows); },
      [&] {
        ASSERT_TRUE(IsFilled(array, 20));
        ASSERT_EQ(array.CountBytes(), account.bytes());
      });
  EXPECT_GT(refused, 1u);
}

TEST_F(ChunkedArrayTest, PushTakesAnElementOfTheArrayItself) {
  Array array(&account);
  ASSERT_TRUE(array.Push(7));
  while (array.size < 2 * kRows) ASSERT_TRUE(array.Push(array.back()));  // also as the chunk moves
  for (uint32_t i = 0; i < array.size; ++i) ASSERT_EQ(array[i], 7u);
}

TEST_F(ChunkedArrayTest, GrowthStopsAtTheLimit) {
  Memory little(3 * kChunkBytes);
  Account its(&little);
  Array array(&its);
  while (array.Push(array.size)) {
  }
  EXPECT_EQ(array.size, 2 * kRows);
  EXPECT_TRUE(IsFilled(array, 2 * kRows));
}

}  // namespace
}  // namespace tenon::internal
