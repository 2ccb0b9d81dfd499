// Copies of a chunked array: they cost pointers, and each side pays for the chunks that it writes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/arrays.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

struct ArrayCopyTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

TEST_F(ArrayCopyTest, ACopyCostsItsSpine) {
  Array array(&account);
  Fill(&array, 5 * kRows);
  const size_t before = account.bytes();
  Array copy(&account);
  ASSERT_TRUE(array.CopyTo(&copy));
  EXPECT_EQ(account.bytes() - before, 5 * sizeof(Chunk));
  EXPECT_EQ(memory.bytes() - account.bytes(), memory.share_bytes());
  EXPECT_EQ(Elements(copy), Elements(array));
  EXPECT_EQ(&copy[kRows], &array[kRows]);
}

TEST_F(ArrayCopyTest, AWriteOnEitherSideCopiesOneChunkAndLeavesTheOtherSide) {
  for (const bool write_copy : {false, true}) {
    Array array(&account);
    Fill(&array, 5 * kRows);
    Array copy(&account);
    ASSERT_TRUE(array.CopyTo(&copy));
    Array& written = write_copy ? copy : array;
    const Array& other = write_copy ? array : copy;
    const std::vector<uint32_t> old = Elements(other);
    const size_t before = account.bytes();

    for (uint32_t i = 2 * kRows; i < 3 * kRows; ++i) ASSERT_TRUE(Set(&written, i, 7));

    EXPECT_EQ(account.bytes() - before, kChunkBytes);
    EXPECT_EQ(Elements(other), old);
    EXPECT_EQ(written[2 * kRows], 7u);
    EXPECT_EQ(written[3 * kRows], 3 * kRows);
    EXPECT_TRUE(written.IsOwned(2 * kRows));
    EXPECT_FALSE(written.IsOwned(3 * kRows));
  }
}

TEST_F(ArrayCopyTest, TheLastHolderOfAChunkWritesItInPlace) {
  Array array(&account);
  Fill(&array, 2 * kRows);
  const uint32_t* address = &array[0];
  {
    Array copy(&account);
    ASSERT_TRUE(array.CopyTo(&copy));
  }
  WithoutMemory(&memory, [&] {
    for (uint32_t i = 0; i < array.size; i += kRows) EXPECT_TRUE(Set(&array, i, 1));
  });
  EXPECT_EQ(&array[0], address);
}

TEST_F(ArrayCopyTest, TheOnlyChunkOfACopyGrowsApart) {
  Array array(&account);
  Fill(&array, 16);
  Array copy(&account);
  ASSERT_TRUE(array.CopyTo(&copy));
  Fill(&array, 40);
  ASSERT_TRUE(Set(&array, 3, 99));
  ASSERT_TRUE(copy.Push(77));
  EXPECT_EQ(copy.size, 17u);
  EXPECT_EQ(copy[3], 3u);
  EXPECT_EQ(copy[16], 77u);
  EXPECT_EQ(array[16], 16u);
}

TEST_F(ArrayCopyTest, ReservedRoomOfACopyIsNotWrittenByBoth) {
  Array array(&account);
  Fill(&array, 5);
  ASSERT_TRUE(array.Reserve(2 * kRows));
  Array copy(&account);
  ASSERT_TRUE(array.CopyTo(&copy));
  ASSERT_TRUE(array.Push(1) && copy.Push(2));
  EXPECT_EQ(array[5], 1u);
  EXPECT_EQ(copy[5], 2u);
}

TEST_F(ArrayCopyTest, TrimAndClearOfOneSideLeaveTheOther) {
  Array array(&account);
  Fill(&array, 4 * kRows);
  Array copy(&account);
  ASSERT_TRUE(array.CopyTo(&copy));
  const std::vector<uint32_t> old = Elements(copy);
  array.Shrink(10);
  array.Trim(10);
  EXPECT_EQ(Elements(copy), old);
  array.Clear();
  EXPECT_EQ(Elements(copy), old);
  copy.Clear();
  EXPECT_EQ(account.bytes(), 0u);
}

// A family of up to six copies of copies, each with its twin; whoever is dropped gives back what it alone held.
TEST_F(ArrayCopyTest, RandomProgramsOnCopiesOfCopiesAgreeWithVectors) {
  std::mt19937_64 random(5);
  struct Member {
    std::unique_ptr<SmallChunks> array;
    std::vector<uint32_t> twin;
  };
  std::vector<Member> family;
  const auto below = [&](size_t n) { return static_cast<uint32_t>(random() % n); };
  for (int step = 0; step < 30'000; ++step) {
    if (family.empty()) family.push_back({std::make_unique<SmallChunks>(&account), {}});
    const uint32_t which = below(family.size());
    SmallChunks& array = *family[which].array;
    std::vector<uint32_t>& twin = family[which].twin;
    const uint32_t action = below(20);
    if (action < 10) {
      twin.push_back(static_cast<uint32_t>(step));
      ASSERT_TRUE(array.Push(twin.back()));
    } else if (action < 16 && !twin.empty()) {
      const uint32_t i = below(twin.size());
      ASSERT_TRUE(Set(&array, i, twin[i] = static_cast<uint32_t>(step)));
    } else if (action == 16) {
      const uint32_t size = array.size - below(array.size / 2 + 1);
      array.Shrink(size);
      twin.resize(size);
      if (below(2) == 0) array.Trim(size);
    } else if (action == 17 && family.size() < 6) {
      Member copy = {std::make_unique<SmallChunks>(&account), twin};
      ASSERT_TRUE(array.CopyTo(copy.array.get()));
      family.push_back(std::move(copy));
    } else if (action == 18 && below(4) == 0) {
      family.erase(family.begin() + which);
    }
    if (step % 100 == 0) {
      for (const Member& member : family) ASSERT_EQ(Elements(*member.array), member.twin) << step;
    }
  }
  while (family.size() > 1) family.pop_back();
  EXPECT_EQ(account.bytes(), family[0].array->CountBytes());
  family.clear();
  EXPECT_EQ(account.bytes(), 0u);
}

// ---- Refused memory ----

TEST_F(ArrayCopyTest, ARefusedCopyLeavesTheOriginalWritable) {
  SmallChunks array(&account);
  Fill(&array, 1'000);  // 250 shares: their own array grows, too
  const std::vector<uint32_t> old = Elements(array);
  const size_t bytes = account.bytes();
  const size_t refused = RefuseEachRequest(
      &memory, true,
      [&] {
        SmallChunks copy(&account);
        return array.CopyTo(&copy);
      },
      [&] {
        ASSERT_EQ(Elements(array), old);
        ASSERT_EQ(account.bytes(), bytes);
        WithoutMemory(&memory, [&] {
          for (uint32_t i = 0; i < array.size; ++i) ASSERT_TRUE(Set(&array, i, i));
        });
      });
  EXPECT_GE(refused, 3u);
}

TEST_F(ArrayCopyTest, ARefusedWriteLeavesBothSides) {
  Array array(&account);
  Fill(&array, 3 * kRows);
  Array copy(&account);
  ASSERT_TRUE(array.CopyTo(&copy));
  const std::vector<uint32_t> old = Elements(array);
  WithoutMemory(&memory, [&] {
    EXPECT_FALSE(Set(&array, kRows, 1));
    EXPECT_FALSE(Set(&copy, kRows, 1));
    EXPECT_FALSE(array.Push(1));
  });
  EXPECT_EQ(Elements(array), old);
  EXPECT_EQ(Elements(copy), old);
  EXPECT_TRUE(Set(&array, kRows, 1));
  EXPECT_EQ(Elements(copy), old);
}

}  // namespace
}  // namespace tenon::internal
