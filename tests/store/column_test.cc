#include "store/column.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/memory.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"
#include "tests/store/cells.h"
#include "tests/store/refusal.h"

namespace tenon::internal {
namespace {

const uint64_t generation = 1;

struct ColumnTest : ::testing::Test {
  Memory memory{0};
  Account cells{&memory};
  Account text{&memory};
};

TEST_F(ColumnTest, AnEmptyColumnOwnsNothing) {
  for (const Type type : kTypes) {
    const Column column(type, true, &cells, &text, &generation);
    EXPECT_EQ(memory.bytes(), 0u);
  }
}

TEST_F(ColumnTest, EveryTypeKeepsItsCells) {
  for (const Type type : kTypes) {
    for (const bool nullable : {false, true}) {
      Column column(type, nullable, &cells, &text, &generation);
      const std::vector<Cell> twin = CellsOf(type);
      constexpr uint32_t kRows = 10'000;
      for (uint32_t row = 0; row < kRows; ++row) {
        ASSERT_TRUE(column.Grow(row + 1));
        ASSERT_TRUE(Put(&column, row, twin[row % twin.size()]));
      }
      for (uint32_t row = 0; row < kRows; ++row) {
        ASSERT_TRUE(SameCell(type, column.Get(row), twin[row % twin.size()]));
      }
      EXPECT_EQ(cells.bytes(), column.CountCellBytes());
      EXPECT_EQ(text.bytes(), column.CountTextBytes());
      EXPECT_EQ(text.bytes() != 0, IsText(type));
    }
    EXPECT_EQ(memory.bytes(), 0u);
  }
}

TEST_F(ColumnTest, IntegerReadsBothWidths) {
  for (const Type type : {Type::kInt32, Type::kInt64}) {
    Column column(type, false, &cells, &text, &generation);
    ASSERT_TRUE(column.Grow(1) && Put(&column, 0, Cell::OfInt(-7)));
    EXPECT_EQ(column.Integer(0), -7);
  }
}

// ---- Nulls ----

TEST_F(ColumnTest, EveryTypeHoldsNullsBesideValues) {
  for (const Type type : kTypes) {
    Column column(type, true, &cells, &text, &generation);
    const std::vector<Cell> twin = CellsOf(type);
    ASSERT_TRUE(column.Grow(1'000));
    for (Slot row = 0; row < 1'000; ++row) ASSERT_TRUE(Put(&column, row, twin[row % twin.size()]));
    for (Slot row = 0; row < 1'000; row += 3) ASSERT_TRUE(Put(&column, row, Cell::Null()));
    for (Slot row = 0; row < 1'000; row += 6) ASSERT_TRUE(Put(&column, row, twin[0]));
    for (Slot row = 0; row < 1'000; ++row) {
      ASSERT_EQ(column.IsNull(row), row % 3 == 0 && row % 6 != 0);
      if (row % 3 == 0) continue;
      ASSERT_TRUE(SameCell(type, column.Get(row), twin[row % twin.size()]));
    }
    EXPECT_FALSE(column.has_forbidden_null());
    ASSERT_NE(column.valid(), nullptr);
    EXPECT_EQ(LoadBit(*column.valid(), 3), false);
  }
}

TEST_F(ColumnTest, ARequiredColumnHoldsNullsUntilTheyAreForgotten) {
  for (const Type type : kTypes) {
    Column column(type, false, &cells, &text, &generation);
    const std::vector<Cell> twin = CellsOf(type);
    ASSERT_TRUE(column.Grow(300));
    for (Slot row = 0; row < 300; ++row) ASSERT_TRUE(Put(&column, row, twin[1]));
    const size_t bytes = cells.bytes();
    EXPECT_EQ(column.valid(), nullptr);
    EXPECT_FALSE(column.has_forbidden_null());

    ASSERT_TRUE(Put(&column, 200, Cell::Null()));
    EXPECT_TRUE(column.has_forbidden_null());
    for (Slot row = 0; row < 300; ++row) ASSERT_EQ(column.IsNull(row), row == 200);
    ASSERT_TRUE(column.Grow(500) && Put(&column, 499, Cell::Null()) && Put(&column, 498, twin[1]));
    EXPECT_TRUE(column.IsNull(499));
    EXPECT_FALSE(column.IsNull(498));
    column.Unwrite(498, twin[0]);
    column.Unwrite(499, twin[0]);
    column.Resize(300);
    column.Unwrite(200, twin[1]);
    EXPECT_FALSE(column.IsNull(200));

    column.ForgetNulls();
    EXPECT_FALSE(column.has_forbidden_null());
    EXPECT_TRUE(SameCell(type, column.Get(200), twin[1]));
    EXPECT_LE(cells.bytes(), bytes * 2) << "the cells have grown, the bits are gone";
    EXPECT_EQ(cells.bytes(), column.CountCellBytes());
  }
}

TEST_F(ColumnTest, ForgetNullsLeavesAColumnThatMayHoldThem) {
  Column column(Type::kInt64, true, &cells, &text, &generation);
  ASSERT_TRUE(column.Grow(1) && Put(&column, 0, Cell::Null()));
  column.ForgetNulls();
  EXPECT_TRUE(column.IsNull(0));
}

// ---- Back ----

TEST_F(ColumnTest, UnwriteBackwardsRestoresEveryCellAndTheHeap) {
  std::mt19937_64 random(9);
  for (const Type type : kTypes) {
    for (const bool nullable : {false, true}) {
      Column column(type, nullable, &cells, &text, &generation);
      std::vector<Cell> choice = CellsOf(type);
      choice.push_back(Cell::Null());
      ASSERT_TRUE(column.Grow(100));
      for (Slot row = 0; row < 100; ++row) ASSERT_TRUE(Put(&column, row, choice[row % (choice.size() - 1)]));
      const size_t text_bytes = text.bytes();
      std::vector<std::pair<Slot, Cell>> undo;
      for (int step = 0; step < 2'000; ++step) {
        const auto row = static_cast<Slot>(random() % 100);
        undo.emplace_back(row, column.Get(row));
        ASSERT_TRUE(Put(&column, row, choice[random() % choice.size()]));
      }
      WithoutMemory(&memory, [&] {
        for (; !undo.empty(); undo.pop_back()) column.Unwrite(undo.back().first, undo.back().second);
      });
      for (Slot row = 0; row < 100; ++row) {
        ASSERT_TRUE(SameCell(type, column.Get(row), choice[row % (choice.size() - 1)]));
      }
      EXPECT_EQ(text.bytes(), text_bytes);
    }
  }
}

TEST_F(ColumnTest, ARefusedPrepareLeavesEveryCell) {
  for (const Type type : kTypes) {
    Column column(type, false, &cells, &text, &generation);
    const std::vector<Cell> twin = CellsOf(type);
    ASSERT_TRUE(column.Grow(200));
    for (Slot row = 0; row < 200; ++row) ASSERT_TRUE(Put(&column, row, twin[row % twin.size()]));
    const auto check = [&] {
      for (Slot row = 0; row < 200; ++row)
        ASSERT_TRUE(SameCell(type, column.Get(row), twin[row % twin.size()]));
    };
    const size_t refused = RefuseEachRequest(
        &memory, true, [&] { return Put(&column, 7, Cell::Null()); }, check);
    EXPECT_GE(refused, 2u);
  }
}

TEST_F(ColumnTest, TidyKeepsTheTextsOfLiveRowsAndGivesBackTheOthers) {
  Column column(Type::kString, false, &cells, &text, &generation);
  Bitmap live(&cells);
  const std::string old(300, 'x');
  const auto tidy = [&] {
    for (uint32_t chunk = 0; chunk * kChunkRows < 1'000; ++chunk) column.Tidy(chunk, live);
  };
  ASSERT_TRUE(column.Grow(1'000) && GrowBits(&live, 1'000));
  for (Slot row = 0; row < 1'000; ++row) {
    ASSERT_TRUE(Put(&column, row, Cell::OfText(Text(old))));
    WriteBit(&live, row, row % 3 == 0);
  }
  const size_t before = text.bytes();
  tidy();
  EXPECT_EQ(text.bytes(), before) << "nothing is dead yet";
  for (Slot row = 0; row < 1'000; ++row) {
    if (row % 3 != 0) column.CountDead(row, column.Raw<Text>(row));
  }
  tidy();
  EXPECT_LT(text.bytes(), before * 2 / 3);
  for (Slot row = 0; row < 1'000; row += 3) ASSERT_EQ(column.Get(row).text.view(), old);
}

}  // namespace
}  // namespace tenon::internal
