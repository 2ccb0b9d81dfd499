// One cell of each type: what goes in comes out to the bit, and nothing of another type goes in.
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::ViolationIs;

constexpr Type kTypes[] = {Type::kBool,   Type::kInt32,  Type::kInt64, Type::kFloat,
                           Type::kDouble, Type::kString, Type::kBytes};

// Values that a cell of this type may find hard to keep.
std::vector<Value> Samples(Type type) {
  using Float = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  const std::string texts[] = {"",
                               "a",
                               std::string(12, 'b'),  // the longest that lies in the cell itself
                               std::string(13, 'c'),
                               std::string("\0", 1),
                               std::string("before\0after the end", 20),
                               "\xff\x80\xc3\x28",
                               std::string(1 << 20, 'd')};
  std::vector<Value> samples;
  switch (type) {
    case Type::kBool:
      return {false, true};
    case Type::kInt32:
      return {0, 1, -1, INT32_MIN, INT32_MAX};
    case Type::kInt64:
      return {int64_t{0}, int64_t{-1}, int64_t{INT32_MAX} + 1, INT64_MIN, INT64_MAX};
    case Type::kFloat:
      return {0.0f,
              -0.0f,
              1.5f,
              Float::denorm_min(),
              Float::max(),
              Float::lowest(),
              Float::infinity(),
              -Float::infinity(),
              Float::quiet_NaN(),
              std::bit_cast<float>(0x7fc0'0123)};
    case Type::kDouble:
      return {0.0,
              -0.0,
              0.1,
              Double::denorm_min(),
              Double::max(),
              Double::lowest(),
              Double::infinity(),
              -Double::infinity(),
              Double::quiet_NaN(),
              std::bit_cast<double>(0x7ff8'0000'0000'0123)};
    case Type::kString:
      for (const std::string& text : texts) samples.emplace_back(text);
      return samples;
    case Type::kBytes:
      for (const std::string& text : texts) samples.emplace_back(Bytes{text});
      return samples;
  }
  return samples;
}

// A table with a key and one column, `cell`.
struct OneColumn {
  explicit OneColumn(Type type, bool not_null = false, Value default_value = {})
      : table(db.CreateTable({.name = "T",
                              .columns = {{.name = "cell",
                                           .type = type,
                                           .not_null = not_null,
                                           .default_value = std::move(default_value)}}})
                  .value()) {}
  Value Cell(Ref<> ref) const { return table.Get(ref, "cell").value(); }

  Database db;
  Table<> table;
};

class TypeTest : public ::testing::TestWithParam<Type> {};
INSTANTIATE_TEST_SUITE_P(Every, TypeTest, ::testing::ValuesIn(kTypes),
                         [](const auto& type) { return std::string(TypeName(type.param)); });

TEST_P(TypeTest, KeepsWhatIsInserted) {
  OneColumn one(GetParam());
  for (const Value& sample : Samples(GetParam())) {
    const Ref<> ref = one.table.Insert({{"cell", sample}}).value();
    EXPECT_EQ(one.Cell(ref), sample);
    EXPECT_EQ(one.table.Get(ref).value().at(1), sample);
  }
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST_P(TypeTest, KeepsEveryValueThatReplacesAnother) {
  OneColumn one(GetParam());
  std::vector<Value> samples = Samples(GetParam());
  samples.emplace_back(nullptr);
  const Ref<> ref = one.table.Insert({}).value();
  for (const Value& from : samples) {
    for (const Value& to : samples) {
      ASSERT_THAT(one.table.Set(ref, "cell", from), IsOk());
      ASSERT_THAT(one.table.Set(ref, "cell", to), IsOk());
      EXPECT_EQ(one.Cell(ref), to);
    }
  }
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST_P(TypeTest, TakesNoOtherTypeButWidensInt32) {
  OneColumn one(GetParam());
  const Ref<> ref = one.table.Insert({}).value();
  for (const Type other : kTypes) {
    if (other == GetParam()) continue;
    const bool widens = other == Type::kInt32 && GetParam() == Type::kInt64;
    for (const Value& sample : Samples(other)) {
      SCOPED_TRACE(TypeName(other));
      const std::string before = one.db.Dump();
      const absl::Status set = one.table.Set(ref, "cell", sample);
      if (widens) {
        EXPECT_THAT(set, IsOk());
        EXPECT_EQ(one.Cell(ref), sample);
      } else {
        EXPECT_THAT(set, ViolationIs(ViolationCode::kType));
        EXPECT_THAT(one.table.Insert({{"cell", sample}}), ViolationIs(ViolationCode::kType));
        EXPECT_EQ(one.db.Dump(), before);
      }
    }
  }
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST_P(TypeTest, IsNullWhenLeftOutWithoutADefault) {
  OneColumn one(GetParam());

  const Ref<> ref = one.table.Insert({}).value();

  EXPECT_TRUE(one.Cell(ref).is_null());
}

TEST_P(TypeTest, TakesItsDefaultWhenLeftOut) {
  for (const Value& sample : Samples(GetParam())) {
    OneColumn one(GetParam(), /*not_null=*/true, sample);
    EXPECT_EQ(one.Cell(one.table.Insert({}).value()), sample);
  }
}

TEST_P(TypeTest, TakesANullThatIsGivenInSpiteOfItsDefault) {
  OneColumn one(GetParam(), /*not_null=*/false, Samples(GetParam()).back());

  const Ref<> ref = one.table.Insert({{"cell", nullptr}}).value();

  EXPECT_TRUE(one.Cell(ref).is_null());
}

TEST_P(TypeTest, RefusesNullWhereItIsRequired) {
  OneColumn one(GetParam(), /*not_null=*/true);
  const Ref<> ref = one.table.Insert({{"cell", Samples(GetParam()).back()}}).value();
  const std::string before = one.db.Dump();

  EXPECT_THAT(one.table.Insert({}), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(one.table.Insert({{"cell", nullptr}}), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(one.table.Set(ref, "cell", nullptr), ViolationIs(ViolationCode::kNotNull));

  EXPECT_EQ(one.db.Dump(), before);
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST(ValueTest, TextOfEveryLengthReplacesTextOfEveryOther) {
  OneColumn one(Type::kString);
  const Ref<> ref = one.table.Insert({}).value();
  for (size_t from = 0; from < 40; ++from) {
    for (size_t to = 0; to < 40; ++to) {
      ASSERT_THAT(one.table.Set(ref, "cell", std::string(from, 'x')), IsOk());
      ASSERT_THAT(one.table.Set(ref, "cell", std::string(to, 'y')), IsOk());
      ASSERT_EQ(one.Cell(ref), Value(std::string(to, 'y')));
    }
  }
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST(ValueTest, LongTextsOfManyRowsDoNotMix) {
  OneColumn one(Type::kString);
  RefList<> refs;
  const auto text = [](size_t i) { return std::string(i % 97 * 11, static_cast<char>('a' + i % 26)); };
  for (size_t i = 0; i < 5000; ++i) refs.push_back(one.table.Insert({{"cell", text(i)}}).value());

  for (size_t i = 0; i < refs.size(); i += 3)
    ASSERT_THAT(one.table.Set(refs[i], "cell", text(i + 1)), IsOk());

  for (size_t i = 0; i < refs.size(); ++i) ASSERT_EQ(one.Cell(refs[i]), Value(text(i % 3 == 0 ? i + 1 : i)));
  EXPECT_THAT(one.db.Verify(), IsOk());
}

TEST(ValueTest, IntegersBecomeTheNarrowerTypeThatHoldsThem) {
  EXPECT_EQ(Value(static_cast<int8_t>(-5)).As<int32_t>(), -5);
  EXPECT_EQ(Value(uint16_t{65535}).As<int32_t>(), 65535);
  EXPECT_EQ(Value(INT32_MIN).As<int32_t>(), INT32_MIN);
  EXPECT_EQ(Value(uint32_t{4'000'000'000}).As<int32_t>(), std::nullopt);
  EXPECT_EQ(Value(uint32_t{4'000'000'000}).As<int64_t>(), 4'000'000'000);
  EXPECT_EQ(Value(7LL).As<int32_t>(), std::nullopt);
  EXPECT_EQ(Value(7LL).As<int64_t>(), 7);
}

// Would not fit, or would be a surprise.
static_assert(!std::constructible_from<Value, uint64_t>);
static_assert(!std::constructible_from<Value, long double>);
static_assert(!std::constructible_from<Value, void*>);

TEST(ValueTest, NothingIsWrittenAsNullInFourWays) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value(nullptr).is_null());
  EXPECT_TRUE(Value(static_cast<const char*>(nullptr)).is_null());
  EXPECT_TRUE(Value(std::optional<int32_t>()).is_null());
  EXPECT_EQ(Value(std::optional<int32_t>(4)), Value(4));
}

TEST(ValueTest, ReadsAsItsOwnTypeOnly) {
  EXPECT_EQ(Value(true).As<bool>(), true);
  EXPECT_EQ(Value(true).As<int32_t>(), std::nullopt);
  EXPECT_EQ(Value(1).As<bool>(), std::nullopt);
  EXPECT_EQ(Value(1).As<int64_t>(), 1);
  EXPECT_EQ(Value(1).As<double>(), std::nullopt);
  EXPECT_EQ(Value(1.5f).As<float>(), 1.5f);
  EXPECT_EQ(Value(1.5f).As<double>(), std::nullopt);
  EXPECT_EQ(Value("it").As<std::string>(), "it");
  EXPECT_EQ(Value(Bytes{"it"}).As<std::string_view>(), "it");
  EXPECT_EQ(Value("3").As<int32_t>(), std::nullopt);
  EXPECT_EQ(Value().As<int32_t>(), std::nullopt);
}

TEST(ValueTest, IsEqualByNumberByBitsAndByBytes) {
  EXPECT_EQ(Value(3), Value(int64_t{3}));
  EXPECT_EQ(Value(), Value(nullptr));
  EXPECT_EQ(Value(std::numeric_limits<double>::quiet_NaN()), Value(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_NE(Value(0.0), Value(-0.0));
  EXPECT_NE(Value("a"), Value(Bytes{"a"}));
  EXPECT_NE(Value(""), Value());
  EXPECT_NE(Value(0), Value());
  EXPECT_NE(Value(0), Value(false));
  EXPECT_NE(Value(std::string("a\0b", 3)), Value("a"));
}

TEST(ValueTest, PrintsAsDumpsPrintIt) {
  const std::pair<Value, std::string_view> cases[] = {{Value(), "NULL"},
                                                      {Value(42), "42"},
                                                      {Value(INT64_MIN), "-9223372036854775808"},
                                                      {Value(1.5), "1.5"},
                                                      {Value("it's"), "'it''s'"},
                                                      {Value(Bytes{std::string("\0\xff", 2)}), "x'00ff'"},
                                                      {Value("\x01"), "'\\x01'"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(value.ToString(), text);
}

}  // namespace
}  // namespace tenon
