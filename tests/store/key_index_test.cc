#include "store/key_index.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/index_twin.h"
#include "tests/store/key_draw.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

struct KeyIndexTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

TEST_F(KeyIndexTest, AnEmptyIndexOwnsNothing) {
  const IndexTwin twin(&account, kNumbers);
  EXPECT_TRUE(twin.AgreesOn(0) && twin.AgreesOn(kNoNumber));
  EXPECT_EQ(account.bytes(), 0u);
}

TEST_F(KeyIndexTest, RandomProgramsAgreeWithAMap) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualNumbers, kEqualTexts}) {
    for (const KeyDraw draw : kKeyDraws) {
      SCOPED_TRACE(::testing::Message() << look.name << ", " << draw.name);
      std::mt19937_64 random(17);
      IndexTwin twin(&account, look);
      for (int step = 0; step < 6'000; ++step) {
        ASSERT_TRUE(RandomStep(random, draw, &twin));
        ASSERT_TRUE(twin.AgreesOn(draw.key(random)));
        if (step % 300 != 0) continue;
        ASSERT_NO_FATAL_FAILURE(twin.Check());
      }
      EXPECT_EQ(twin.index().CountBytes(), account.bytes());
      twin.index().Clear();
      EXPECT_EQ(account.bytes(), 0u);
    }
  }
}

// Room that is kept for retired keys must not multiply when pages split.
TEST_F(KeyIndexTest, TakesAtMostThreeTimesTheRoomWhenAllKeysAreReplacedInOneEpoch) {
  if (kChunkRows < 1'000) GTEST_SKIP() << "the pointers to tiny pages weigh more";
  for (const uint32_t rows : {288u, 147'000u}) {
    uint32_t epoch = 1;
    KeyIndex index(&account, &epoch);
    std::vector<uint64_t> hashes(rows);
    std::mt19937_64 random(rows);
    const auto add = [&](uint32_t row) {
      hashes[row] = random();
      ASSERT_TRUE(index.PrepareAdd({hashes[row], kNoNumber}, [&](Slot s) { return hashes[s]; }));
      index.Add({hashes[row], kNoNumber}, row);
    };
    for (uint32_t row = 0; row < rows; ++row) add(row);
    const size_t before = account.bytes();
    ++epoch;
    for (uint32_t row = 0; row < rows; ++row) index.Retire({hashes[row], kNoNumber}, row);
    for (uint32_t row = 0; row < rows; ++row) add(row);
    EXPECT_LE(account.bytes(), 3 * before);
    for (uint32_t row = 0; row < rows; ++row) ASSERT_TRUE(index.Contains({hashes[row], kNoNumber}, row));
  }
}

TEST_F(KeyIndexTest, FindsTheRowAliveBesideDeadOnesOfItsKey) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualTexts}) {
    IndexTwin twin(&account, look);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(twin.Add(7));
      ASSERT_TRUE(twin.AgreesOn(7));
      ASSERT_TRUE(twin.Kill(7));
      ASSERT_TRUE(twin.AgreesOn(7));
    }
    ASSERT_TRUE(twin.Add(7));
    twin.Check();
    twin.Commit();
    twin.Check();
    EXPECT_EQ(twin.index().size(), 1u);
  }
}

TEST_F(KeyIndexTest, WhatOverflowedIsTakenInAgainOnceThereIsRoom) {
  IndexTwin twin(&account, kEqualTexts);
  for (const uint64_t first : {1'000u, 2'000u, 3'000u}) {
    for (uint64_t key = 100; key < 1'000; ++key) ASSERT_TRUE(twin.Add(key));
    twin.Commit();
    ASSERT_NO_FATAL_FAILURE(twin.Check());
    for (uint64_t key = 100; key < 1'000; ++key) ASSERT_TRUE(twin.Kill(key));
    twin.Commit();
    for (uint64_t key = 0; key < 30; ++key) ASSERT_TRUE(twin.Add(first + key));
    ASSERT_NO_FATAL_FAILURE(twin.Check());
  }
}

// Texts whose hashes begin alike, by the top bits of the key: 1 all zeros, 2 all ones, 3 eight zeros.
constexpr KeyLook kCrowds = {"texts in crowds",
                             [](uint64_t key) {
                               return key >> 62 == 1   ? uint64_t{0}
                                      : key >> 62 == 2 ? UINT64_MAX
                                      : key >> 62 == 3 ? GoodHash(key) >> 8
                                                       : GoodHash(key);
                             },
                             false};

// Adds so many keys to a crowd: more than a page holds. Then others, so that the directory may grow.
void AddCrowd(IndexTwin* twin, uint64_t crowd, uint64_t count) {
  for (uint64_t key = 0; key < count; ++key) ASSERT_TRUE(twin->Add(crowd << 62 | key));
  twin->Commit();
  for (uint64_t key = 0; key < 20'000; ++key) ASSERT_TRUE(twin->Add(key));
  twin->Commit();
}

TEST_F(KeyIndexTest, WhatNoBitTellsApartIsNotSplit) {
  for (const uint64_t crowd : {1u, 2u}) {
    IndexTwin twin(&account, kCrowds);
    ASSERT_NO_FATAL_FAILURE(AddCrowd(&twin, crowd, 500));
    for (uint64_t key = 500; key < 600; ++key) ASSERT_TRUE(twin.Add(crowd << 62 | key));
    ASSERT_NO_FATAL_FAILURE(twin.Check());
  }
}

TEST_F(KeyIndexTest, WhatOverflowedIsSplitOnceABitTellsItApart) {
  IndexTwin twin(&account, kCrowds);
  ASSERT_NO_FATAL_FAILURE(AddCrowd(&twin, 3, 500));
  const size_t before = twin.rehashes();
  for (uint64_t key = 500; key < 1'500; ++key) ASSERT_TRUE(twin.Add(uint64_t{3} << 62 | key));
  ASSERT_NO_FATAL_FAILURE(twin.Check());
  EXPECT_LE(twin.rehashes() - before, 10'000u);
}

TEST_F(KeyIndexTest, ADroppedEntryThatIsNotThereIsNothing) {
  const uint32_t epoch = 1;
  KeyIndex index(&account, &epoch);
  ASSERT_TRUE(index.PrepareAdd({1, kNoNumber}, [](Slot) { return uint64_t{1}; }));
  index.Add({1, kNoNumber}, 5);
  index.Drop({1, kNoNumber}, 6);
  index.Drop({2, 1}, 0);
  EXPECT_EQ(index.size(), 1u);
}

// ---- Cost ----

TEST_F(KeyIndexTest, DenseNumbersTakeFourToEightBytesEach) {
  if (kChunkRows < 1'000) GTEST_SKIP() << "the pointers to tiny chunks weigh more";
  for (const uint64_t count : {1'000u, 10'000u, 100'000u}) {
    IndexTwin twin(&account, kNumbers);
    for (uint64_t key = 1; key <= count; ++key) ASSERT_TRUE(twin.Add(key));
    EXPECT_LE(account.bytes(), count * 8 + 4'096 * 4 + 1'000);
    EXPECT_EQ(twin.rehashes(), 0u);
  }
}

TEST_F(KeyIndexTest, OtherKeysTakeTenBytesEachOnAverage) {
  if (kChunkRows < 1'000) GTEST_SKIP() << "the pointers to tiny pages weigh more";
  for (const KeyLook look : {kNumbers, kTexts}) {
    IndexTwin twin(&account, look);
    double sum = 0;
    for (uint64_t i = 1; i <= 100'000; ++i) {
      ASSERT_TRUE(twin.Add(i * 1'000'003));
      if (i > 1'000) sum += static_cast<double>(account.bytes()) / static_cast<double>(i);
      ASSERT_LE(account.bytes(), 16 * i + 4'096) << i;
    }
    EXPECT_LT(sum / 99'000, 12);
  }
}

TEST_F(KeyIndexTest, NoAddEverMovesMoreThanAFewPages) {
  IndexTwin twin(&account, kTexts);
  size_t most = 0;
  for (uint64_t key = 0; key < 200'000; ++key) {
    const size_t before = twin.rehashes();
    ASSERT_TRUE(twin.Add(key));
    most = std::max(most, twin.rehashes() - before);
  }
  EXPECT_LE(most, 3 * 384u);
}

TEST_F(KeyIndexTest, StridesAndPoorHashesCostNeitherAnswersNorMuchMemory) {
  static constexpr KeyLook kLooks[] = {
      {"itself", [](uint64_t key) { return key; }, false},
      {"shifted", [](uint64_t key) { return key << 40; }, true},
      {"few bits", [](uint64_t key) { return key & 0xF00; }, false},
      {"one tag", [](uint64_t key) { return GoodHash(key) & ~uint64_t{0xFF}; }, false}};
  for (const KeyLook look : kLooks) {
    for (uint32_t log = 0; log <= 52; log += 4) {
      SCOPED_TRACE(::testing::Message() << look.name << " of multiples of 2^" << log);
      IndexTwin twin(&account, look);
      for (uint64_t i = 0; i < 2'000; ++i) ASSERT_TRUE(twin.Add(i << log));
      ASSERT_NO_FATAL_FAILURE(twin.Check());
      EXPECT_TRUE(account.bytes() <= 2'000 * 100u || kChunkRows < 1'000)
          << account.bytes();  // tiny pages cost more
      twin.Commit();
      for (uint64_t i = 0; i < 2'000; i += 2) ASSERT_TRUE(twin.Retire(i << log));
      ASSERT_NO_FATAL_FAILURE(twin.Check());
      twin.Undo();
      ASSERT_NO_FATAL_FAILURE(twin.Check());
    }
  }
}

// ---- Undo without memory ----

TEST_F(KeyIndexTest, WhatIsRetiredFindsRoomAfterItsPageWasFilledAndSplit) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualTexts}) {
    for (const uint64_t count : {9u, 288u, 2'000u}) {
      const auto rehash_of = [look](const std::vector<uint64_t>& keys) {
        return [look, &keys](Slot slot) { return look.hash(keys[slot]); };
      };
      const uint32_t epoch = 5;
      KeyIndex index(&account, &epoch);
      std::vector<uint64_t> keys;  // by slot
      const auto probe = [&](Slot slot) {
        return KeyProbe{look.hash(keys[slot]), look.numbers ? keys[slot] : kNoNumber};
      };
      const auto add = [&](uint64_t key) {
        keys.push_back(key);
        const auto slot = static_cast<Slot>(keys.size() - 1);
        ASSERT_TRUE(index.PrepareAdd(probe(slot), rehash_of(keys)));
        index.Add(probe(slot), slot);
      };
      for (uint64_t i = 0; i < count; ++i) add(i * 99'991);
      for (Slot slot = 0; slot < count; ++slot) index.Retire(probe(slot), slot);
      for (uint64_t i = 0; i < 3 * count; ++i) add(1 + i * 77'777);
      WithoutMemory(&memory, [&] {
        for (auto slot = static_cast<Slot>(count); slot-- > 0;) index.Restore(probe(slot), slot);
      });
      EXPECT_EQ(index.size(), 4 * count);
      for (Slot slot = 0; slot < keys.size(); ++slot) ASSERT_TRUE(index.Contains(probe(slot), slot));
    }
  }
}

TEST_F(KeyIndexTest, ACommitForgetsTheRoomOfWhatWasRetired) {
  if (kChunkRows < 1'000) GTEST_SKIP() << "other keys split other pages, where pages are tiny";
  IndexTwin twin(&account, kTexts);
  for (uint64_t key = 0; key < 200; ++key) ASSERT_TRUE(twin.Add(key));
  twin.Commit();
  const size_t bytes = account.bytes();
  for (uint64_t round = 1; round < 100; ++round) {
    for (uint64_t key = 0; key < 20; ++key) {
      ASSERT_TRUE(twin.Change(round == 1 ? key : (round - 1) * 1'000 + key, round * 1'000 + key));
    }
    twin.Commit();
  }
  EXPECT_EQ(account.bytes(), bytes);
}

TEST_F(KeyIndexTest, ARefusedStepLeavesAllEntries) {
  const uint64_t keys = std::min(3'000u, 100 * kChunkRows);  // tiny pages ask for memory all the time
  for (const KeyLook look : {kNumbers, kTexts, kEqualTexts}) {
    for (const bool persistent : {false, true}) {
      IndexTwin twin(&account, look);
      size_t refused = 0;
      for (uint64_t i = 0; i < keys; ++i) {
        const uint64_t key = i % 3 == 0 ? i * 1'000'000'007 : i;
        refused += RefuseEachRequest(
            &memory, persistent, [&] { return twin.Add(key); },
            [&] { ASSERT_NO_FATAL_FAILURE(twin.Check()); });
      }
      ASSERT_NO_FATAL_FAILURE(twin.Check());
      EXPECT_GE(refused, 10u);
      EXPECT_EQ(twin.index().CountBytes(), account.bytes());
    }
  }
}

}  // namespace
}  // namespace tenon::internal
