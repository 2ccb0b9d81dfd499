#include "store/text_heap.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

// A text that is no other, and too long for a cell.
std::string Long(uint64_t n, size_t length = 20) {
  std::string text = std::to_string(n) + ".";
  text.resize(length < 13 ? 13 : length, static_cast<char>('a' + n % 26));
  return text;
}

Text Append(TextHeap* heap, uint32_t chunk, const std::string& text) {
  EXPECT_TRUE(heap->Reserve(chunk, text.size()));
  return heap->Append(chunk, text);
}

struct TextHeapTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
  TextHeap heap{&account};
};

TEST_F(TextHeapTest, AnEmptyHeapOwnsNothing) {
  EXPECT_EQ(account.bytes(), 0u);
  EXPECT_EQ(heap.used(3), 0u);
  EXPECT_FALSE(heap.IsWasteful(3));
}

TEST_F(TextHeapTest, TextsStayWhereTheyWerePut) {
  std::vector<std::pair<Text, std::string>> texts;
  for (uint32_t i = 0; i < 5'000; ++i) {
    const std::string text = Long(i, i % 100 == 0 ? 3'000 : i % 60);
    texts.emplace_back(Append(&heap, i % 3, text), text);
  }
  for (const auto& [text, twin] : texts) ASSERT_EQ(text.view(), twin);
  EXPECT_EQ(account.bytes(), heap.CountBytes());
}

TEST_F(TextHeapTest, AppendsIntoReservedRoomNeedNoMemory) {
  const std::string text = Long(1, 100'000);
  ASSERT_TRUE(heap.Reserve(0, text.size()));
  WithoutMemory(&memory, [&] { EXPECT_EQ(heap.Append(0, text).view(), text); });
}

TEST_F(TextHeapTest, UsedCountsTheBytesOfItsPool) {
  Append(&heap, 2, Long(1, 30));
  Append(&heap, 2, Long(2, 40));
  EXPECT_EQ(heap.used(0), 0u);
  EXPECT_EQ(heap.used(2), 70u);
  heap.TakeBack(2, 40);
  EXPECT_EQ(heap.used(2), 30u);
}

TEST_F(TextHeapTest, WhatIsTakenBackBackwardsIsGivenBack) {
  const size_t before = Append(&heap, 0, Long(0)).length();
  const size_t bytes = account.bytes();
  std::vector<size_t> lengths;
  for (uint32_t i = 1; i < 500; ++i) lengths.push_back(Append(&heap, 0, Long(i, 13 + i * i % 999)).length());
  EXPECT_GT(account.bytes(), bytes);
  for (; !lengths.empty(); lengths.pop_back()) heap.TakeBack(0, lengths.back());
  EXPECT_EQ(heap.used(0), before);
  EXPECT_EQ(account.bytes(), bytes);
}

TEST_F(TextHeapTest, RandomAppendsAndTakeBacksAgreeWithStacksOfStrings) {
  std::mt19937_64 random(11);
  std::vector<std::pair<Text, std::string>> stacks[3];
  for (uint64_t step = 0; step < 20'000; ++step) {
    const auto chunk = static_cast<uint32_t>(random() % 3);
    auto& stack = stacks[chunk];
    if (random() % 20 < 10) {
      const std::string text = Long(step, random() % 200);
      stack.emplace_back(Append(&heap, chunk, text), text);
    } else if (random() % 9 == 0) {
      ASSERT_TRUE(heap.Reserve(chunk, random() % 500));  // and then something else was refused
    } else if (!stack.empty()) {
      heap.TakeBack(chunk, stack.back().second.size());
      stack.pop_back();
    }
    size_t used = 0;
    for (const auto& [text, twin] : stack) used += text.length();
    ASSERT_EQ(heap.used(chunk), used);
    if (!stack.empty()) {
      const auto& [text, twin] = stack[random() % stack.size()];
      ASSERT_EQ(text.view(), twin);
    }
  }
  for (const auto& stack : stacks) {
    for (const auto& [text, twin] : stack) ASSERT_EQ(text.view(), twin);
  }
}

TEST_F(TextHeapTest, ARefusedReserveChangesNothing) {
  const Text text = Append(&heap, 0, Long(1));
  size_t refused = 0;
  for (const uint32_t length : {100u, 1'000u, 100'000u}) {
    refused += RefuseEachRequest(
        &memory, true, [&] { return heap.Reserve(length % 7, length); },
        [&] {
          ASSERT_EQ(text.view(), Long(1));
          ASSERT_EQ(account.bytes(), heap.CountBytes());
        });
  }
  EXPECT_GE(refused, 3u);
}

// ---- Rewriting ----

struct Page {
  std::vector<Text> cells;
  std::vector<std::string> twins;
};

Page Fill(TextHeap* heap, uint32_t rows) {
  Page page;
  for (uint32_t i = 0; i < rows; ++i) {
    page.twins.push_back(i % 5 == 0 ? "short" : Long(i, 40));
    page.cells.push_back(i % 5 == 0 ? Text("short") : Append(heap, 0, page.twins[i]));
  }
  return page;
}

TEST_F(TextHeapTest, IsWastefulWhenMoreThanHalfIsDeadAndWorthTheWork) {
  for (uint32_t i = 0; i < 100; ++i) Append(&heap, 0, Long(i, 20));
  heap.CountDead(0, 1'000);
  EXPECT_FALSE(heap.IsWasteful(0));
  heap.CountDead(0, 1);
  EXPECT_TRUE(heap.IsWasteful(0));
  Append(&heap, 1, Long(1, 20));
  heap.CountDead(1, 20);
  EXPECT_FALSE(heap.IsWasteful(1)) << "few bytes";
}

TEST_F(TextHeapTest, RewriteKeepsLiveTextsAndGivesBackTheRest) {
  Page page = Fill(&heap, 1'000);
  const auto keep = [](uint32_t i) { return i % 7 == 0; };
  const size_t before = account.bytes();
  ASSERT_TRUE(heap.Rewrite(0, page.cells.data(), 1'000, keep));
  size_t live = 0;
  for (uint32_t i = 0; i < 1'000; ++i) {
    ASSERT_EQ(page.cells[i].view(), keep(i) ? page.twins[i] : "");
    if (!page.cells[i].is_inline()) live += page.cells[i].length();
  }
  EXPECT_EQ(heap.used(0), live);
  EXPECT_EQ(heap.dead(0), 0u);
  EXPECT_LT(account.bytes(), before / 4);
  EXPECT_EQ(account.bytes(), heap.CountBytes());
}

TEST_F(TextHeapTest, RewriteWithoutLiveTextsGivesBackAllBuffers) {
  Page page = Fill(&heap, 10);
  ASSERT_TRUE(heap.Rewrite(0, page.cells.data(), 10, [](uint32_t) { return false; }));
  EXPECT_EQ(heap.used(0), 0u);
  EXPECT_EQ(Append(&heap, 0, Long(5)).view(), Long(5));
}

TEST_F(TextHeapTest, ARefusedRewriteChangesNothing) {
  Page page = Fill(&heap, 100);
  const size_t refused = RefuseEachRequest(
      &memory, true,
      [&] { return heap.Rewrite(0, page.cells.data(), 100, [](uint32_t i) { return i % 2 == 0; }); },
      [&] {
        for (uint32_t i = 0; i < 100; ++i) ASSERT_EQ(page.cells[i].view(), page.twins[i]);
      });
  EXPECT_EQ(refused, 1u);
}

}  // namespace
}  // namespace tenon::internal
