// Copies of a key index: each side copies a page when it first writes to it.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "store/key_index.h"
#include "store/memory.h"
#include "tests/store/index_twin.h"
#include "tests/store/key_draw.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

struct IndexCopyTest : ::testing::Test {
  Memory memory{0};
  Account account{&memory};
};

TEST_F(IndexCopyTest, ACopyCostsPointersAndAWriteOnePage) {
  if (kChunkRows < 1'000) GTEST_SKIP() << "the pointers to tiny pages weigh more";
  IndexTwin twin(&account, kTexts);
  for (uint64_t key = 0; key < 100'000; ++key) ASSERT_TRUE(twin.Add(key));
  twin.Commit();
  const size_t before = account.bytes();
  const std::unique_ptr<IndexTwin> copy = twin.Copy();
  ASSERT_NE(copy, nullptr);
  const size_t copied = account.bytes();
  EXPECT_LE(copied - before, before / 64) << "16 bytes for each page of 2 KB";
  ASSERT_TRUE(twin.Retire(5));
  EXPECT_LE(account.bytes() - copied, 12'000u) << "a page and its part of the list of pages";
  EXPECT_TRUE(copy->AgreesOn(5));
}

TEST_F(IndexCopyTest, RandomProgramsOnCopiesOfCopiesAgreeWithMaps) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualNumbers}) {
    for (const KeyDraw draw : kKeyDraws) {
      SCOPED_TRACE(::testing::Message() << look.name << ", " << draw.name);
      std::mt19937_64 random(23);
      std::vector<std::unique_ptr<IndexTwin>> family;
      for (int step = 0; step < 6'000; ++step) {
        if (family.empty()) family.push_back(std::make_unique<IndexTwin>(&account, look));
        const size_t which = random() % family.size();
        if (step % 40 == 0 && family.size() < 5) {
          family[which]->Commit();
          family.push_back(family[which]->Copy());
        } else if (step % 200 == 1) {
          family.erase(family.begin() + static_cast<std::ptrdiff_t>(which));
        } else {
          ASSERT_TRUE(RandomStep(random, draw, family[which].get()));
        }
        if (step % 300 != 0) continue;
        for (const auto& twin : family) ASSERT_NO_FATAL_FAILURE(twin->Check());
      }
      family.clear();
      EXPECT_EQ(account.bytes(), 0u);
    }
  }
}

// The dead row of the same number had the dense place when the row was added; it is free when the row is restored.
TEST_F(IndexCopyTest, ARestoreIntoADensePlaceLeavesTheCopy) {
  IndexTwin twin(&account, kNumbers);
  for (uint64_t key = 0; key < 10; ++key) ASSERT_TRUE(twin.Add(key));
  ASSERT_TRUE(twin.Kill(5));
  ASSERT_TRUE(twin.Add(5));
  twin.Commit();
  const std::unique_ptr<IndexTwin> copy = twin.Copy();
  ASSERT_TRUE(twin.Retire(5));
  twin.Undo();
  twin.Check();
  copy->Check();
}

// ---- Refused memory ----

TEST_F(IndexCopyTest, ARefusedCopyLeavesTheOriginalWritable) {
  for (const KeyLook look : {kNumbers, kTexts}) {
    IndexTwin twin(&account, look);
    for (uint64_t key = 0; key < 1'000; ++key) ASSERT_TRUE(twin.Add(key) && twin.Add((key + 1) << 32));
    twin.Commit();
    uint64_t next = 0;
    const size_t refused = RefuseEachRequest(
        &memory, true, [&] { return twin.Copy() != nullptr; },
        [&] {
          ASSERT_NO_FATAL_FAILURE(twin.Check());
          ASSERT_TRUE(twin.Retire(next) && twin.Add(next + 5'000));
          twin.Undo();
          ASSERT_TRUE(twin.Retire(next) && twin.Add((next + 5'000) << 8));
          twin.Commit();
          ASSERT_NO_FATAL_FAILURE(twin.Check());
          ++next;
        });
    EXPECT_GE(refused, 3u);
  }
}

TEST_F(IndexCopyTest, ACopyMayShareTheRoomThatARefusedStepHasMade) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualTexts}) {
    IndexTwin twin(&account, look);
    std::unique_ptr<IndexTwin> copy = twin.Copy();
    for (uint64_t key = 1; key < 500; ++key) {
      RefuseEachRequest(
          &memory, true, [&] { return twin.Add(key << 32); },
          [&] {
            twin.Commit();
            copy = twin.Copy();
          });
      ASSERT_NO_FATAL_FAILURE(copy->Check());
    }
    ASSERT_NO_FATAL_FAILURE(twin.Check());
  }
}

TEST_F(IndexCopyTest, ARefusedStepLeavesBothSides) {
  for (const KeyLook look : {kNumbers, kTexts, kEqualTexts}) {
    for (const bool write_copy : {false, true}) {
      IndexTwin twin(&account, look);
      for (uint64_t key = 0; key < 1'000; key += key % 4 + 1) ASSERT_TRUE(twin.Add(key));
      twin.Commit();
      const std::unique_ptr<IndexTwin> copy = twin.Copy();
      IndexTwin& written = write_copy ? *copy : twin;
      std::mt19937_64 random(2);
      size_t refused = 0;
      for (int step = 0; step < 150; ++step) {
        const KeyDraw draw = kKeyDraws[step % 4];
        refused += RefuseEachRequest(
            &memory, true,
            [&] {
              std::mt19937_64 same = random;
              return RandomStep(same, draw, &written);
            },
            [&] {
              written.Undo();
              ASSERT_NO_FATAL_FAILURE(twin.Check());
              ASSERT_NO_FATAL_FAILURE(copy->Check());
            });
        random.discard(7);
      }
      EXPECT_GE(refused, 3u);
    }
  }
}

}  // namespace
}  // namespace tenon::internal
