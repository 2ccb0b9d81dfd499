// Columns read in place: by Ref, and chunk by chunk.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::ViolationIs;

constexpr size_t kChunk = internal::kChunkRows;

// A type with the C++ type it is read as.
template <Type type, class V>
struct Cell {
  static constexpr Type kType = type;
  using Read = V;
  // A value that tells row `i` from its neighbours.
  static Value At(size_t i) {
    const auto n = static_cast<int32_t>(i);
    if constexpr (std::is_same_v<V, bool>) return n % 3 == 0;
    if constexpr (std::is_same_v<V, int32_t>) return n * 7;
    if constexpr (std::is_same_v<V, int64_t>) return int64_t{n} << 33;
    if constexpr (std::is_same_v<V, float>) return static_cast<float>(n) / 8;
    if constexpr (std::is_same_v<V, double>) return n / 8.0;
    if constexpr (std::is_same_v<V, std::string_view>) {
      std::string text = absl::StrCat("text ", n, std::string(i % 20, '-'));
      return type == Type::kBytes ? Value(Bytes{std::move(text)}) : Value(std::move(text));
    }
  }
};
using Cells =
    ::testing::Types<Cell<Type::kBool, bool>, Cell<Type::kInt32, int32_t>, Cell<Type::kInt64, int64_t>,
                     Cell<Type::kFloat, float>, Cell<Type::kDouble, double>,
                     Cell<Type::kString, std::string_view>, Cell<Type::kBytes, std::string_view>>;

// A table with a required and a nullable column of one type; every fifth cell of the latter is null.
template <class C>
class ColumnTest : public ::testing::Test {
 protected:
  ColumnTest()
      : table_(db_.CreateTable({.name = "T",
                                .columns = {{.name = "full", .type = C::kType, .not_null = true},
                                            {.name = "holey", .type = C::kType}}})
                   .value()) {}
  ~ColumnTest() override { EXPECT_THAT(db_.Verify(), IsOk()); }

  void Fill(size_t rows) {
    std::vector<Value> full, holey;
    for (size_t i = 0; i < rows; ++i) {
      full.push_back(C::At(i));
      holey.push_back(i % 5 == 0 ? Value() : C::At(i + 1));
    }
    refs_ = table_.InsertColumns({{"full", full}, {"holey", holey}}).value();
  }

  Database db_;
  Table<> table_;
  RefList<> refs_;
};
TYPED_TEST_SUITE(ColumnTest, Cells);

TYPED_TEST(ColumnTest, ReadsByRefWhatGetReads) {
  using V = typename TypeParam::Read;
  this->Fill(kChunk * 2 + 1);

  const auto full = this->table_.template Column<V>("full");
  const auto holey = this->table_.template Column<V>("holey");

  ASSERT_THAT(full.status(), IsOk());
  ASSERT_THAT(holey.status(), IsOk());
  for (size_t i = 0; i < this->refs_.size(); ++i) {
    const Ref<> ref = this->refs_[i];
    ASSERT_EQ(full[ref], TypeParam::At(i).template As<V>().value());
    ASSERT_FALSE(full.IsNull(ref));
    ASSERT_EQ(holey.IsNull(ref), i % 5 == 0);
    if (i % 5 != 0) {
      ASSERT_EQ(holey[ref], TypeParam::At(i + 1).template As<V>().value());
    }
  }
}

TYPED_TEST(ColumnTest, ItsChunksHoldEveryRowOnceInSlotOrder) {
  using V = typename TypeParam::Read;
  const auto full = this->table_.template Column<V>("full");  // taken while the table is empty
  const auto holey = this->table_.template Column<V>("holey");
  for (const size_t rows : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{17}, size_t{63}, size_t{64},
                            size_t{65}, kChunk - 1, kChunk, kChunk + 1, size_t{10'000}}) {
    SCOPED_TRACE(rows);
    ASSERT_THAT(this->table_.Clear(), IsOk());
    this->Fill(rows);
    size_t next = 0;
    for (const auto& chunk : full.Chunks()) {
      ASSERT_EQ(chunk.first, next);
      ASSERT_LE(chunk.values.size(), kChunk);
      for (size_t i = 0; i < chunk.values.size(); ++i, ++next) {
        ASSERT_TRUE(chunk.live[i]);
        ASSERT_TRUE(chunk.valid[i]);
        ASSERT_EQ(static_cast<V>(chunk.values[i]), TypeParam::At(next).template As<V>().value());
      }
    }
    EXPECT_EQ(next, rows);
    next = 0;
    for (const auto& chunk : holey.Chunks()) {
      for (size_t i = 0; i < chunk.values.size(); ++i, ++next) ASSERT_EQ(chunk.valid[i], next % 5 != 0);
    }
    EXPECT_EQ(next, rows);
  }
}

TYPED_TEST(ColumnTest, ItsChunksTellTheLivingFromTheGone) {
  using V = typename TypeParam::Read;
  this->Fill(kChunk + 100);
  RefList<> gone;
  for (size_t i = 0; i < this->refs_.size(); i += 3) gone.push_back(this->refs_[i]);
  ASSERT_THAT(this->table_.EraseAll(gone), IsOk());

  const auto full = this->table_.template Column<V>("full");

  for (const auto& chunk : full.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) ASSERT_EQ(chunk.live[i], (chunk.first + i) % 3 != 0);
  }
}

TYPED_TEST(ColumnTest, SeesEveryWrite) {
  using V = typename TypeParam::Read;
  this->Fill(10);
  const auto holey = this->table_.template Column<V>("holey");
  const Ref<> ref = this->refs_[0];
  EXPECT_TRUE(holey.IsNull(ref));

  ASSERT_THAT(this->table_.Set(ref, "holey", TypeParam::At(77)), IsOk());

  EXPECT_FALSE(holey.IsNull(ref));
  EXPECT_EQ(holey[ref], TypeParam::At(77).template As<V>().value());
}

TYPED_TEST(ColumnTest, ReadsWhatARollbackRestored) {
  using V = typename TypeParam::Read;
  this->Fill(10);
  const auto full = this->table_.template Column<V>("full");
  Transaction tx = this->db_.Begin();
  ASSERT_THAT(this->table_.Set(this->refs_[4], "full", TypeParam::At(77)), IsOk());
  ASSERT_THAT(this->table_.Erase(this->refs_[5]), IsOk());

  tx.Rollback();

  EXPECT_EQ(full[this->refs_[4]], TypeParam::At(4).template As<V>().value());
  EXPECT_EQ(full[this->refs_[5]], TypeParam::At(5).template As<V>().value());
}

TYPED_TEST(ColumnTest, AddressesStayPutOnceAChunkIsFull) {
  using V = typename TypeParam::Read;
  this->Fill(kChunk);
  const auto full = this->table_.template Column<V>("full");
  const void* const before = (*full.Chunks().begin()).values.data();

  this->Fill(kChunk * 3);
  ASSERT_THAT(this->table_.Erase(this->table_.Find("id", 1)), IsOk());

  EXPECT_EQ((*full.Chunks().begin()).values.data(), before);
}

TYPED_TEST(ColumnTest, IsOfItsTypeOnly) {
  const Table<>& table = this->table_;
  const std::pair<absl::Status, bool> reads[] = {
      {table.Column<bool>("full").status(), std::is_same_v<typename TypeParam::Read, bool>},
      {table.Column<int32_t>("full").status(), std::is_same_v<typename TypeParam::Read, int32_t>},
      {table.Column<int64_t>("full").status(), std::is_same_v<typename TypeParam::Read, int64_t>},
      {table.Column<float>("full").status(), std::is_same_v<typename TypeParam::Read, float>},
      {table.Column<double>("full").status(), std::is_same_v<typename TypeParam::Read, double>},
      {table.Column<std::string_view>("full").status(),
       std::is_same_v<typename TypeParam::Read, std::string_view>}};

  for (const auto& [status, fits] : reads) {
    if (fits) {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, ViolationIs(ViolationCode::kType));
    }
  }
}

// A table whose rows have a number.
struct Numbers {
  explicit Numbers(size_t rows)
      : table(db.CreateTable({.name = "T", .columns = {{.name = "n"}}}).value()),
        refs(table.InsertColumns({{"n", std::vector<int64_t>(rows, 1)}}).value()) {}
  Database db;
  Table<> table;
  RefList<> refs;
};

TEST(ChunksTest, OfABadHandleAreNone) {
  const Numbers numbers(10);
  const Column<void, int32_t> wrong = numbers.table.Column<int32_t>("n");
  const Column<void, int64_t> unknown = numbers.table.Column<int64_t>("m");
  const Column<void, int64_t> nothing;
  EXPECT_THAT(wrong.status(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(unknown.status(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(nothing.status(), StatusIs(absl::StatusCode::kNotFound));

  EXPECT_TRUE(wrong.Chunks().begin() == wrong.Chunks().end());
  EXPECT_TRUE(unknown.Chunks().begin() == unknown.Chunks().end());
  EXPECT_TRUE(nothing.Chunks().begin() == nothing.Chunks().end());
}

TEST(ChunksTest, SumAsAWalkDoes) {
  const Numbers numbers(20'000);
  ASSERT_THAT(numbers.table.Where(Col("id") <= 5000).Update({{"n", Col("id")}}), IsOk());
  ASSERT_THAT(numbers.table.Where(Col("id") > 15'000).Erase(), IsOk());
  const Column<void, int64_t> n = numbers.table.Column<int64_t>("n");
  int64_t by_chunks = 0, by_refs = 0;

  for (const auto& chunk : n.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      if (chunk.live[i]) by_chunks += chunk.values[i];
    }
  }
  for (const Ref<> ref : numbers.table) by_refs += n[ref];

  EXPECT_EQ(by_chunks, by_refs);
  EXPECT_EQ(by_refs, 5000 * 5001 / 2 + 10'000);
}

TEST(ChunksTest, ASlotTakenAgainHoldsTheNewRow) {
  const Numbers numbers(100);
  ASSERT_THAT(numbers.table.Erase(numbers.refs[1]), IsOk());
  const Ref<> made = numbers.table.Insert({{"n", 9}}).value();
  const Column<void, int64_t> n = numbers.table.Column<int64_t>("n");

  const ColumnChunk<int64_t> chunk = *n.Chunks().begin();

  EXPECT_EQ(made.slot(), 1u);
  EXPECT_TRUE(chunk.live[1]);
  EXPECT_EQ(chunk.values[1], 9);
}

TEST(ChunksTest, OfAColumnAddedToManyRowsHoldItsDefault) {
  Numbers numbers(10'000);
  ASSERT_THAT(numbers.db.AddColumn(
                  numbers.table, {.name = "word", .type = Type::kString, .default_value = "a long default"}),
              IsOk());
  const auto word = numbers.table.Column<std::string_view>("word");

  size_t rows = 0;
  for (const auto& chunk : word.Chunks()) {
    for (const std::string_view text : chunk.values) {
      ASSERT_EQ(text, "a long default");
      ++rows;
    }
  }

  EXPECT_EQ(rows, 10'000u);
  EXPECT_THAT(numbers.db.Verify(), IsOk());
}

TEST(ChunksTest, AnIteratorStepsOnBeforeOrAfter) {
  const Numbers numbers(kChunk * 2);
  const Column<void, int64_t> n = numbers.table.Column<int64_t>("n");
  auto it = n.Chunks().begin();

  EXPECT_EQ((*it++).first, 0u);

  EXPECT_EQ((*it).first, kChunk);
  EXPECT_TRUE(++it == n.Chunks().end());
}

}  // namespace
}  // namespace tenon
