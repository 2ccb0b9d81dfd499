// Copies of a text heap: they share buffers, and each side appends to buffers of its own.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "store/text_heap.h"
#include "tenon/internal/view.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

std::string Long(uint64_t n) { return std::to_string(n) + std::string(13 + n % 90, 'x'); }

Text Append(TextHeap* heap, const std::string& text) {
  EXPECT_TRUE(heap->Reserve(0, text.size()));
  return heap->Append(0, text);
}

struct TextCopyTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

TEST_F(TextCopyTest, ACopySharesAllBuffers) {
  TextHeap heap(&account);
  for (uint32_t i = 0; i < 2'000; ++i) Append(&heap, Long(i));
  const size_t before = account.bytes();
  TextHeap copy(&account);
  ASSERT_TRUE(heap.CopyTo(&copy));
  EXPECT_LE(account.bytes() - before, 16 * 24u) << "one list of pools";
  EXPECT_EQ(copy.used(0), heap.used(0));
}

TEST_F(TextCopyTest, AppendsAfterACopyAreSeenByOneSideOnly) {
  TextHeap heap(&account);
  const Text old = Append(&heap, Long(1));
  TextHeap copy(&account);
  ASSERT_TRUE(heap.CopyTo(&copy));
  const Text mine = Append(&heap, Long(2));
  const Text yours = Append(&copy, Long(3));
  EXPECT_EQ(old.view(), Long(1));
  EXPECT_EQ(mine.view(), Long(2));
  EXPECT_EQ(yours.view(), Long(3));
  EXPECT_EQ(heap.used(0), Long(1).size() + Long(2).size());
  EXPECT_EQ(copy.used(0), Long(1).size() + Long(3).size());
}

TEST_F(TextCopyTest, WhatWasAppendedAfterACopyCanBeTakenBack) {
  TextHeap heap(&account);
  const Text old = Append(&heap, Long(1));
  TextHeap copy(&account);
  ASSERT_TRUE(heap.CopyTo(&copy));
  const size_t bytes = account.bytes();
  for (uint32_t i = 0; i < 100; ++i) Append(&copy, Long(i));
  for (uint32_t i = 100; i-- > 0;) copy.TakeBack(0, Long(i).size());
  EXPECT_EQ(account.bytes(), bytes);
  EXPECT_EQ(copy.used(0), Long(1).size());
  EXPECT_EQ(old.view(), Long(1));
}

TEST_F(TextCopyTest, ARewriteOfOneSideLeavesTheTextsOfTheOther) {
  TextHeap heap(&account);
  std::vector<Text> cells;
  for (uint32_t i = 0; i < 500; ++i) cells.push_back(Append(&heap, Long(i)));
  auto copy = std::make_unique<TextHeap>(&account);
  ASSERT_TRUE(heap.CopyTo(copy.get()));
  std::vector<Text> copied = cells;
  ASSERT_TRUE(copy->Rewrite(0, copied.data(), 500, [](uint32_t i) { return i % 10 == 0; }));
  for (uint32_t i = 0; i < 500; ++i) ASSERT_EQ(cells[i].view(), Long(i));
  heap.Clear();
  for (uint32_t i = 0; i < 500; i += 10) ASSERT_EQ(copied[i].view(), Long(i));
  copy.reset();
  EXPECT_EQ(account.bytes(), 0u);
}

TEST_F(TextCopyTest, ARefusedCopyLeavesTheOriginal) {
  TextHeap heap(&account);
  std::vector<Text> cells;
  for (uint32_t i = 0; i < 100; ++i) cells.push_back(Append(&heap, Long(i)));
  const size_t bytes = account.bytes();
  const size_t refused = RefuseEachRequest(
      &memory, true,
      [&] {
        TextHeap copy(&account);
        return heap.CopyTo(&copy);
      },
      [&] { ASSERT_EQ(account.bytes(), bytes); });
  EXPECT_EQ(refused, 1u);
  for (uint32_t i = 0; i < 100; ++i) ASSERT_EQ(cells[i].view(), Long(i));
  heap.TakeBack(0, Long(99).size());
  EXPECT_EQ(Append(&heap, Long(7)).view(), Long(7));
}

// Each member of the family has a stack of texts; what lies below its mark was there when it was last copied, and is
// not taken back (a copy is made between transactions).
TEST_F(TextCopyTest, RandomProgramsOnCopiesOfCopiesAgreeWithStacks) {
  struct Member {
    std::unique_ptr<TextHeap> heap;
    std::vector<std::pair<Text, uint64_t>> stack;
    size_t mark = 0;
  };
  std::mt19937_64 random(3);
  std::vector<Member> family;
  for (uint64_t step = 0; step < 20'000; ++step) {
    if (family.empty()) family.push_back({std::make_unique<TextHeap>(&account), {}, 0});
    const size_t which = random() % family.size();
    Member& member = family[which];
    const uint64_t action = random() % 100;
    if (action < 60) {
      member.stack.emplace_back(Append(member.heap.get(), Long(step)), step);
    } else if (action < 94) {
      if (member.stack.size() == member.mark) continue;
      member.heap->TakeBack(0, Long(member.stack.back().second).size());
      member.stack.pop_back();
    } else if (action < 97 && family.size() < 6) {
      member.mark = member.stack.size();
      Member copy = {std::make_unique<TextHeap>(&account), member.stack, member.mark};
      ASSERT_TRUE(member.heap->CopyTo(copy.heap.get()));
      family.push_back(std::move(copy));
    } else if (action >= 97 && random() % 2 == 0) {
      family.erase(family.begin() + static_cast<std::ptrdiff_t>(which));
    }
    if (step % 100 != 0) continue;
    for (const Member& m : family) {
      for (const auto& [text, n] : m.stack) ASSERT_EQ(text.view(), Long(n));
    }
  }
  while (family.size() > 1) family.pop_back();
  EXPECT_EQ(account.bytes(), family[0].heap->CountBytes());
  family.clear();
  EXPECT_EQ(account.bytes(), 0u);
}

}  // namespace
}  // namespace tenon::internal
