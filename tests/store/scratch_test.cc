#include "store/scratch.h"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/memory.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

template <class T>
std::vector<T> Elements(const Scratch<T>& list) {
  return {list.begin(), list.end()};
}

TEST(ScratchTest, KeepsElementsInOrderWhileItGrows) {
  Memory memory(0);
  Account account(&memory);
  Scratch<uint64_t> list(&account);
  std::vector<uint64_t> twin(10'000);
  std::iota(twin.begin(), twin.end(), 7);
  for (const uint64_t element : twin) ASSERT_TRUE(list.Push(element));
  EXPECT_EQ(Elements(list), twin);
  EXPECT_EQ(list.back(), twin.back());
  EXPECT_EQ(account.bytes(), list.bytes());
}

TEST(ScratchTest, AnEmptyListOwnsNothing) {
  Memory memory(0);
  Account account(&memory);
  const Scratch<int> list(&account);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.begin(), list.end());
  EXPECT_EQ(account.bytes(), 0u);
}

TEST(ScratchTest, GivesBackItsMemoryWhenItGoes) {
  Memory memory(0);
  Account account(&memory);
  {
    Scratch<int> list(&account);
    ASSERT_TRUE(list.Reserve(1'000));
    EXPECT_GE(account.bytes(), 1'000 * sizeof(int));
  }
  EXPECT_EQ(account.bytes(), 0u);
}

TEST(ScratchTest, PushesWithinReservedRoomAskForNoMemory) {
  Memory memory(0);
  Account account(&memory);
  Scratch<int> list(&account);
  ASSERT_TRUE(list.Reserve(100));
  WithoutMemory(&memory, [&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(list.Push(i));
  });
  EXPECT_EQ(list.size(), 100u);
}

TEST(ScratchTest, ARefusedPushLeavesTheListAsItWas) {
  Memory memory(0);
  Account account(&memory);
  Scratch<uint32_t> list(&account);
  std::vector<uint32_t> twin;
  size_t refused = 0;
  for (uint32_t i = 0; i < 200; ++i) {
    refused += RefuseEachRequest(
        &memory, true, [&] { return list.Push(i); }, [&] { ASSERT_EQ(Elements(list), twin); });
    twin.push_back(i);
  }
  EXPECT_EQ(Elements(list), twin);
  EXPECT_GE(refused, 4u);
}

TEST(ScratchTest, PushTakesAnElementOfTheListItself) {
  Memory memory(0);
  Account account(&memory);
  Scratch<int> list(&account);
  ASSERT_TRUE(list.Push(7));
  while (list.size() < 1'000) ASSERT_TRUE(list.Push(list[0]));  // also as the list moves
  EXPECT_THAT(Elements(list), Each(7));
}

TEST(ScratchTest, ShrinkForgetsTheLastElements) {
  Memory memory(0);
  Account account(&memory);
  Scratch<int> list(&account);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(list.Push(i));
  list.Shrink(2);
  EXPECT_THAT(Elements(list), ElementsAre(0, 1));
  ASSERT_TRUE(list.Push(9));
  EXPECT_THAT(Elements(list), ElementsAre(0, 1, 9));
}

TEST(ScratchTest, ClearKeepsALittleMemoryAndGivesBackMuch) {
  Memory memory(0);
  Account account(&memory);
  Scratch<int> list(&account);
  ASSERT_TRUE(list.Push(1));
  const size_t little = account.bytes();
  list.Clear();
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(account.bytes(), little);

  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(list.Push(i));
  list.Clear();
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(account.bytes(), 0u);
}

TEST(ScratchTest, SwapExchangesTheElements) {
  Memory memory(0);
  Account account(&memory);
  Scratch<int> a(&account);
  Scratch<int> b(&account);
  ASSERT_TRUE(a.Push(1) && a.Push(2) && b.Push(3));
  a.Swap(b);
  EXPECT_THAT(Elements(a), ElementsAre(3));
  EXPECT_THAT(Elements(b), ElementsAre(1, 2));
}

}  // namespace
}  // namespace tenon::internal
