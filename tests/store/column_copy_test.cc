// Copies of a column: each side writes its own cells, nulls and texts.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/column.h"
#include "store/memory.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"
#include "tests/store/cells.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

const uint64_t generation = 1;

struct ColumnCopyTest : ::testing::Test {
  Memory memory{0};
  Account cells{&memory};
  Account text{&memory};
};

std::vector<Cell> CellsAndNull(Type type) {
  std::vector<Cell> cells = CellsOf(type);
  cells.push_back(Cell::Null());
  return cells;
}

TEST_F(ColumnCopyTest, ACopyCostsPointers) {
  for (const Type type : kTypes) {
    const std::vector<Cell> choice = CellsAndNull(type);
    Column column(type, true, &cells, &text, &generation);
    ASSERT_TRUE(column.Grow(3 * kChunkRows));
    for (Slot row = 0; row < 3 * kChunkRows; ++row)
      ASSERT_TRUE(Put(&column, row, choice[row % choice.size()]));
    const size_t before = memory.bytes() - memory.share_bytes();
    Column copy(type, true, &cells, &text, &generation);
    ASSERT_TRUE(column.CopyTo(&copy));
    EXPECT_LE(memory.bytes() - memory.share_bytes() - before, 6 * sizeof(Chunk) + 16 * 24);
    for (Slot row = 0; row < 3 * kChunkRows; ++row)
      ASSERT_TRUE(SameCell(type, copy.Get(row), column.Get(row)));
  }
}

// Up to five copies of copies; each has rows of its own, and a choice by number for every row.
TEST_F(ColumnCopyTest, RandomProgramsOnCopiesOfCopiesAgreeWithVectors) {
  struct Member {
    std::unique_ptr<Column> column;
    std::vector<size_t> twin;
  };
  std::mt19937_64 random(13);
  for (const Type type : kTypes) {
    const std::vector<Cell> choice = CellsAndNull(type);
    const auto new_column = [&] { return std::make_unique<Column>(type, true, &cells, &text, &generation); };
    std::vector<Member> family;
    for (int step = 0; step < 4'000; ++step) {
      if (family.empty()) family.push_back({new_column(), {}});
      const size_t which = random() % family.size();
      Member& member = family[which];
      const uint64_t action = random() % 100;
      if (action < 30 || member.twin.empty()) {
        const auto row = static_cast<Slot>(member.twin.size());
        member.twin.push_back(random() % choice.size());
        ASSERT_TRUE(member.column->Grow(row + 1) &&
                    Put(member.column.get(), row, choice[member.twin.back()]));
      } else if (action < 95) {
        const auto row = static_cast<Slot>(random() % member.twin.size());
        const size_t next = random() % choice.size();
        const Cell old = member.column->Get(row);
        ASSERT_TRUE(Put(member.column.get(), row, choice[next]));
        if (action % 2 == 0) {
          member.column->Unwrite(row, old);
        } else {
          member.twin[row] = next;
        }
      } else if (action < 98 && family.size() < 5) {
        Member copy = {new_column(), member.twin};
        ASSERT_TRUE(member.column->CopyTo(copy.column.get()));
        family.push_back(std::move(copy));
      } else if (action == 98) {
        family.erase(family.begin() + static_cast<std::ptrdiff_t>(which));
      }
      if (step % 100 != 0) continue;
      for (const Member& m : family) {
        for (size_t row = 0; row < m.twin.size(); ++row) {
          ASSERT_TRUE(SameCell(type, m.column->Get(static_cast<Slot>(row)), choice[m.twin[row]]));
        }
      }
    }
    family.clear();
    EXPECT_EQ(memory.bytes(), memory.share_bytes());
  }
}

TEST_F(ColumnCopyTest, ARequiredColumnsNullsAreItsOwn) {
  for (const Type type : kTypes) {
    const std::vector<Cell> choice = CellsOf(type);
    Column column(type, false, &cells, &text, &generation);
    ASSERT_TRUE(column.Grow(100));
    for (Slot row = 0; row < 100; ++row) ASSERT_TRUE(Put(&column, row, choice[row % choice.size()]));
    Column copy(type, false, &cells, &text, &generation);
    ASSERT_TRUE(column.CopyTo(&copy));
    ASSERT_TRUE(Put(&column, 4, Cell::Null()));
    EXPECT_TRUE(column.has_forbidden_null());
    EXPECT_FALSE(copy.has_forbidden_null());
    EXPECT_TRUE(SameCell(type, copy.Get(4), choice[4 % choice.size()]));
  }
}

TEST_F(ColumnCopyTest, TidyOfOneSideLeavesTheTextsOfTheOther) {
  const std::string old(100, 'x');
  Column column(Type::kString, false, &cells, &text, &generation);
  Bitmap live(&cells);
  ASSERT_TRUE(column.Grow(100) && GrowBits(&live, 100));
  for (Slot row = 0; row < 100; ++row) ASSERT_TRUE(Put(&column, row, Cell::OfText(Text(old))));
  Column copy(Type::kString, false, &cells, &text, &generation);
  ASSERT_TRUE(column.CopyTo(&copy));
  for (Slot row = 0; row < 100; ++row) column.CountDead(row, column.Raw<Text>(row));
  column.Tidy(0, live);
  EXPECT_EQ(column.heap().used(0), 0u);
  for (Slot row = 0; row < 100; ++row) ASSERT_EQ(copy.Get(row).text.view(), old);
}

TEST_F(ColumnCopyTest, RefusedCopiesAndWritesLeaveBothSides) {
  for (const Type type : kTypes) {
    const std::vector<Cell> choice = CellsAndNull(type);
    Column column(type, true, &cells, &text, &generation);
    ASSERT_TRUE(column.Grow(100));
    for (Slot row = 0; row < 100; ++row) ASSERT_TRUE(Put(&column, row, choice[row % choice.size()]));
    const auto check = [&](const Column& side) {
      for (Slot row = 0; row < 100; ++row) {
        ASSERT_TRUE(SameCell(type, side.Get(row), choice[row % choice.size()]));
      }
    };
    const auto copies = [&] {
      Column copy(type, true, &cells, &text, &generation);
      return column.CopyTo(&copy);
    };
    size_t refused = RefuseEachRequest(&memory, true, copies, [&] { check(column); });
    EXPECT_GE(refused, 2u);
    WithoutMemory(&memory, [&] { EXPECT_TRUE(Put(&column, 0, choice[0])); });

    Column copy(type, true, &cells, &text, &generation);
    ASSERT_TRUE(column.CopyTo(&copy));
    const auto writes = [&] { return copy.Prepare(3, choice[choice.size() - 2]); };
    refused = RefuseEachRequest(&memory, true, writes, [&] { check(column), check(copy); });
    EXPECT_GE(refused, 2u);
    copy.Write(3, choice[choice.size() - 2]);
    check(column);
  }
}

}  // namespace
}  // namespace tenon::internal
