#include "store/memory.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

TEST(MemoryTest, BytesAreWhatWasAllocatedAndNotFreed) {
  Memory memory(0);
  Account account(&memory);
  void* a = account.Allocate(100);
  void* b = account.Allocate(28);
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  std::memset(a, 1, 100);
  std::memset(b, 2, 28);
  EXPECT_EQ(memory.bytes(), 128u);

  account.Free(a, 100);
  EXPECT_EQ(memory.bytes(), 28u);
  EXPECT_EQ(account.bytes(), 28u);

  account.Free(b, 28);
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(MemoryTest, AccountsAreCountedApartAndTogether) {
  Memory memory(0);
  Account rows(&memory);
  Account keys(&memory);
  void* row = rows.Allocate(40);
  void* key = keys.Allocate(2);
  EXPECT_EQ(rows.bytes(), 40u);
  EXPECT_EQ(keys.bytes(), 2u);
  EXPECT_EQ(memory.bytes(), 42u);
  rows.Free(row, 40);
  keys.Free(key, 2);
}

TEST(MemoryTest, FreeingNullDoesNothing) {
  Memory memory(0);
  Account account(&memory);
  account.Free(nullptr, 0);
  account.Free(nullptr, 16);
  EXPECT_EQ(account.bytes(), 0u);
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(MemoryTest, TheLimitItselfIsGranted) {
  Memory memory(100);
  Account account(&memory);
  void* all = account.Allocate(100);
  EXPECT_NE(all, nullptr);
  account.Free(all, 100);
}

TEST(MemoryTest, ARequestBeyondTheLimitIsRefusedAndCountsNothing) {
  Memory memory(100);
  Account account(&memory);
  void* most = account.Allocate(60);
  EXPECT_EQ(account.Allocate(41), nullptr);
  EXPECT_EQ(account.Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(account.bytes(), 60u);
  EXPECT_EQ(memory.bytes(), 60u);
  account.Free(most, 60);
}

TEST(MemoryTest, WhatIsFreedMayBeAllocatedAgain) {
  Memory memory(100);
  Account account(&memory);
  account.Free(account.Allocate(100), 100);
  void* again = account.Allocate(100);
  EXPECT_NE(again, nullptr);
  account.Free(again, 100);
}

TEST(MemoryTest, ARequestThatTheSystemRefusesCountsNothing) {
  Memory memory(0);
  Account account(&memory);
  memory.RefuseForTesting(1, false);
  EXPECT_EQ(account.Allocate(8), nullptr);
  EXPECT_EQ(account.bytes(), 0u);
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(MemoryTest, RefusesOneRequestOrAllFromItOn) {
  for (const bool persistent : {false, true}) {
    Memory memory(0);
    Account account(&memory);
    memory.RefuseForTesting(2, persistent);
    void* first = account.Allocate(8);
    void* second = account.Allocate(8);
    void* third = account.Allocate(8);
    EXPECT_NE(first, nullptr);
    EXPECT_EQ(second, nullptr);
    EXPECT_EQ(third == nullptr, persistent);
    account.Free(first, 8);
    account.Free(third, 8);
  }
}

TEST(MemoryTest, CountsTheRequestsSinceTheLastCall) {
  Memory memory(0);
  Account account(&memory);
  account.Free(account.Allocate(8), 8);
  account.Free(account.Allocate(8), 8);
  EXPECT_EQ(memory.RefuseForTesting(1, false), 2u);
  EXPECT_EQ(account.Allocate(8), nullptr);
  EXPECT_EQ(memory.RefuseForTesting(0, false), 1u);
  EXPECT_EQ(memory.RefuseForTesting(0, false), 0u);
}

// ---- Shares ----

TEST(MemoryTest, AShareCountsItsHolders) {
  Memory memory(0);
  const uint32_t share = memory.NewShare();
  ASSERT_NE(share, 0u);
  EXPECT_EQ(memory.Holders(share), 2u);
  memory.AddHolder(share);
  EXPECT_EQ(memory.Holders(share), 3u);
  EXPECT_EQ(memory.DropHolder(share), 2u);
  EXPECT_EQ(memory.DropHolder(share), 1u);
  EXPECT_EQ(memory.Holders(share), 1u);
  EXPECT_EQ(memory.DropHolder(share), 0u);
}

TEST(MemoryTest, SharesAreMemoryToo) {
  Memory memory(0);
  EXPECT_EQ(memory.share_bytes(), 0u);
  ASSERT_NE(memory.NewShare(), 0u);
  EXPECT_GT(memory.share_bytes(), 0u);
  EXPECT_EQ(memory.bytes(), memory.share_bytes());
}

TEST(MemoryTest, SharesKeepTheirCountsWhileTheirNumberGrows) {
  Memory memory(0);
  std::vector<uint32_t> shares;
  for (uint32_t i = 0; i < 1'000; ++i) {
    shares.push_back(memory.NewShare());
    for (uint32_t holder = 0; holder < i % 5; ++holder) memory.AddHolder(shares[i]);
  }
  for (uint32_t i = 0; i < 1'000; ++i) EXPECT_EQ(memory.Holders(shares[i]), 2 + i % 5);
}

TEST(MemoryTest, DroppedSharesAreUsedAgain) {
  Memory memory(0);
  std::vector<uint32_t> shares;
  for (int i = 0; i < 100; ++i) shares.push_back(memory.NewShare());
  const size_t bytes = memory.bytes();
  for (int round = 0; round < 10; ++round) {
    for (uint32_t& share : shares) {
      memory.DropHolder(share);
      memory.DropHolder(share);
    }
    for (uint32_t& share : shares) share = memory.NewShare();
    for (const uint32_t share : shares) EXPECT_EQ(memory.Holders(share), 2u);
  }
  EXPECT_EQ(memory.bytes(), bytes);
}

TEST(MemoryTest, ARefusedShareIsNoneAndLeavesTheOthers) {
  Memory memory(0);
  std::vector<uint32_t> shares;
  size_t refused = 0;
  while (shares.size() < 500) {
    uint32_t share = 0;
    refused += RefuseEachRequest(
        &memory, true, [&] { return (share = memory.NewShare()) != 0; },
        [&] {
          for (const uint32_t old : shares) ASSERT_EQ(memory.Holders(old), 2u);
        });
    shares.push_back(share);
  }
  EXPECT_GE(refused, 3u);
}

}  // namespace
}  // namespace tenon::internal
