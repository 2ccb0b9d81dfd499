// Conditions against a naive evaluation in three-valued logic; finding; walking in slot order.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/hash.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;
using testing::ViolationIs;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A column of each type with the values its cells take, and the constants it is compared with.
struct Kind {
  std::string_view column;
  Type type;
  std::vector<Value> cells;
  std::vector<Value> constants;
};

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      {"bool", Type::kBool, {Value(), false, true}, {Value(), false, true}},
      {"int32",
       Type::kInt32,
       {Value(), INT32_MIN, -1, 0, 1, INT32_MAX},
       {Value(), INT32_MIN, 0, 1, int64_t{1}, INT32_MAX, int64_t{INT32_MAX} + 1, int64_t{INT32_MIN} - 1,
        INT64_MIN}},
      {"int64",
       Type::kInt64,
       {Value(), INT64_MIN, -1, 0, 1, int64_t{INT32_MAX} + 1, INT64_MAX},
       {Value(), INT64_MIN, 0, 1, int64_t{1}, INT32_MAX, int64_t{INT32_MAX} + 1, INT64_MAX}},
      {"float",
       Type::kFloat,
       {Value(), -1.5f, 0.0f, 0.1f, 1.5f, std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::quiet_NaN()},
       {Value(), -1.5f, 0.0f, 0.1f, 0.1, 1.5, kInfinity, kNan, 1e300,
        std::numeric_limits<float>::quiet_NaN()}},
      {"double",
       Type::kDouble,
       {Value(), -kInfinity, -1.5, 0.0, 0.1, 1.5, 1e300, kInfinity, kNan},
       {Value(), -kInfinity, -1.5, 0.0, 0.1f, 0.1, 1.5f, kInfinity, kNan,
        std::numeric_limits<float>::quiet_NaN()}},
      {"string",
       Type::kString,
       {Value(), "", "a", "ab", "b", "\xff", std::string("a\0", 2), "a long text that is the first",
        "a long text that is the second"},
       {Value(), "", "a", "ab", "\xff", std::string("a\0", 2), "a long text that is the second",
        "a long text"}},
      {"bytes",
       Type::kBytes,
       {Value(), Bytes{""}, Bytes{"a"}, Bytes{"\x7f"}, Bytes{"\x80"}, Bytes{"a long text that is the first"}},
       {Value(), Bytes{""}, Bytes{"a"}, Bytes{"\x80"}, Bytes{"a long text that is the second"}}},
  };
  return kinds;
}

// Rows whose cells are drawn from the kinds' cells; the id is the first column.
struct Rows {
  explicit Rows(size_t count) {
    TableDef def = {.name = "Row"};
    for (const Kind& kind : Kinds())
      def.columns.push_back({.name = std::string(kind.column), .type = kind.type});
    table = db.CreateTable(std::move(def)).value();
    std::mt19937_64 random(7);
    for (size_t i = 0; i < count; ++i) {
      Row row;
      for (const Kind& kind : Kinds()) row.push_back({kind.column, kind.cells[random() % kind.cells.size()]});
      refs.push_back(table.Insert(row).value());
      cells.push_back(table.Get(refs.back()).value());
    }
  }

  Database db;
  Table<> table;
  RefList<> refs;
  std::vector<std::vector<Value>> cells;  // of each row, the id first
};

// True, false, or neither.
using Truth = std::optional<bool>;
using Cells = std::vector<Value>;

// A condition twice: as the library takes it, and as a function of a row's cells.
struct Condition {
  Predicate<> predicate;
  std::function<Truth(const Cells&)> naive;
};

// What a value compares by: a 64-bit integer, a number with NaN on top, or bytes.
int Order(const Value& a, const Value& b) {
  const auto order = [](const auto& x, const auto& y) { return x < y ? -1 : x > y ? 1 : 0; };
  const auto number = [](const Value& v) -> std::optional<double> {
    if (const auto narrow = v.As<float>()) return *narrow;
    return v.As<double>();
  };
  if (a.As<bool>()) return order(*a.As<bool>(), *b.As<bool>());
  if (a.As<int64_t>()) return order(*a.As<int64_t>(), *b.As<int64_t>());
  if (const auto x = number(a)) {
    const double y = *number(b);
    if (std::isnan(*x) || std::isnan(y)) return order(std::isnan(*x), std::isnan(y));
    return order(*x, y);
  }
  return order(*a.As<std::string>(), *b.As<std::string>());
}

using Comparison = std::pair<Predicate<> (*)(const Col<>&, Value), bool (*)(int)>;
const Comparison kComparisons[] = {
    {[](const Col<>& c, Value v) { return c == std::move(v); }, [](int order) { return order == 0; }},
    {[](const Col<>& c, Value v) { return c != std::move(v); }, [](int order) { return order != 0; }},
    {[](const Col<>& c, Value v) { return c < std::move(v); }, [](int order) { return order < 0; }},
    {[](const Col<>& c, Value v) { return c <= std::move(v); }, [](int order) { return order <= 0; }},
    {[](const Col<>& c, Value v) { return c > std::move(v); }, [](int order) { return order > 0; }},
    {[](const Col<>& c, Value v) { return c >= std::move(v); }, [](int order) { return order >= 0; }}};

Condition Compare(size_t kind, const Comparison& comparison, const Value& constant) {
  return {comparison.first(Col(Kinds()[kind].column), constant), [=](const Cells& cells) -> Truth {
            const Value& cell = cells[kind + 1];
            if (cell.is_null() || constant.is_null()) return std::nullopt;
            return comparison.second(Order(cell, constant));
          }};
}
Condition IsNull(size_t kind) {
  return {Col(Kinds()[kind].column).IsNull(),
          [=](const Cells& cells) -> Truth { return cells[kind + 1].is_null(); }};
}
Condition Not(Condition a) {
  return {!a.predicate, [a](const Cells& cells) -> Truth {
            const Truth x = a.naive(cells);
            return x.has_value() ? Truth(!*x) : std::nullopt;
          }};
}
Condition And(Condition a, Condition b) {
  return {a.predicate && b.predicate, [a, b](const Cells& cells) -> Truth {
            const Truth x = a.naive(cells), y = b.naive(cells);
            if (x == false || y == false) return false;
            return x.has_value() && y.has_value() ? Truth(true) : std::nullopt;
          }};
}
Condition Or(Condition a, Condition b) {
  return {a.predicate || b.predicate, [a, b](const Cells& cells) -> Truth {
            const Truth x = a.naive(cells), y = b.naive(cells);
            if (x == true || y == true) return true;
            return x.has_value() && y.has_value() ? Truth(false) : std::nullopt;
          }};
}

// The rows for which the condition is true, by the naive way.
RefList<> Expected(const Rows& rows, const Condition& condition) {
  RefList<> refs;
  for (size_t i = 0; i < rows.refs.size(); ++i) {
    if (condition.naive(rows.cells[i]) == true) refs.push_back(rows.refs[i]);
  }
  return refs;
}

TEST(QueryTest, EveryComparisonMatchesWhatItSays) {
  const Rows rows(200);
  for (size_t kind = 0; kind < Kinds().size(); ++kind) {
    for (size_t op = 0; op < std::size(kComparisons); ++op) {
      for (const Value& constant : Kinds()[kind].constants) {
        const Condition condition = Compare(kind, kComparisons[op], constant);
        EXPECT_THAT(rows.table.Where(condition.predicate).status(), IsOk());
        EXPECT_EQ(rows.table.Where(condition.predicate).Refs(), Expected(rows, condition))
            << Kinds()[kind].column << " comparison " << op << " " << constant;
        const Condition inverse = Not(condition);
        EXPECT_EQ(rows.table.Where(inverse.predicate).Refs(), Expected(rows, inverse))
            << Kinds()[kind].column << " not comparison " << op << " " << constant;
      }
    }
  }
}

TEST(QueryTest, NullIsToldFromEveryValue) {
  const Rows rows(200);
  for (size_t kind = 0; kind < Kinds().size(); ++kind) {
    EXPECT_EQ(rows.table.Where(IsNull(kind).predicate).Refs(), Expected(rows, IsNull(kind)));
    EXPECT_EQ(rows.table.Where(Not(IsNull(kind)).predicate).Refs(), Expected(rows, Not(IsNull(kind))));
  }
}

TEST(QueryTest, ConditionsCombineInThreeValuedLogic) {
  const Rows rows(100);
  std::mt19937_64 random(11);
  const std::function<Condition(int)> draw = [&](int depth) -> Condition {
    const size_t choice = depth == 0 ? 0 : random() % 4;
    if (choice == 1) return Not(draw(depth - 1));
    if (choice == 2) return And(draw(depth - 1), draw(depth - 1));
    if (choice == 3) return Or(draw(depth - 1), draw(depth - 1));
    const size_t kind = random() % Kinds().size();
    if (random() % 8 == 0) return IsNull(kind);
    const std::vector<Value>& constants = Kinds()[kind].constants;
    return Compare(kind, kComparisons[random() % std::size(kComparisons)],
                   constants[random() % constants.size()]);
  };
  for (int i = 0; i < 2000; ++i) {
    const Condition condition = draw(5);
    const RefList<> expected = Expected(rows, condition);
    const Query<> query = rows.table.Where(condition.predicate);
    ASSERT_EQ(query.Refs(), expected) << "condition " << i;
    ASSERT_EQ(query.Count(), expected.size());
    ASSERT_EQ(query.First(), expected.empty() ? Ref<>() : expected.front());
  }
}

TEST(QueryTest, AFloatIsComparedAsTheDoubleItIs) {
  const Rows rows(0);
  const Ref<> tenth = rows.table.Insert({{"float", 0.1f}}).value();

  EXPECT_FALSE(rows.table.Where(Col("float") == 0.1).First());
  EXPECT_EQ(rows.table.Where(Col("float") > 0.1).First(), tenth);
  EXPECT_EQ(rows.table.Where(Col("float") == 0.1f).First(), tenth);
}

TEST(QueryTest, NothingElseIsComparedAcrossTypes) {
  const Rows rows(50);
  const auto group = [](Type type) {  // types of one group compare with each other
    return type == Type::kInt64 ? Type::kInt32 : type == Type::kDouble ? Type::kFloat : type;
  };
  for (const Kind& column : Kinds()) {
    for (const Kind& constant : Kinds()) {
      if (group(column.type) == group(constant.type)) continue;
      const Query<> query = rows.table.Where(Col(column.column) == constant.cells.back());
      EXPECT_THAT(query.status(), ViolationIs(ViolationCode::kType))
          << column.column << " == " << constant.column;
      EXPECT_EQ(query.Count(), 0u);
    }
  }
}

TEST(QueryTest, AConditionThatIsWrongMatchesNothingAndChangesNothing) {
  const Rows rows(50);
  const std::string before = rows.db.Dump();
  for (const Predicate<>& wrong : {Col("int") == 1, Col("int32") == "1",
                                   Col("int32") == 1 || Col("none").IsNull(), !(Col("none") == 1)}) {
    const Query<> query = rows.table.Where(wrong);
    EXPECT_THAT(query.status(), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(query.Refs(), IsEmpty());
    EXPECT_FALSE(query.First());
    EXPECT_EQ(query.Count(), 0u);
    EXPECT_THAT(query.Erase(), ViolationIs(ViolationCode::kType));
    EXPECT_THAT(query.Update({{"int32", 1}}), ViolationIs(ViolationCode::kType));
  }
  EXPECT_EQ(rows.db.Dump(), before);
}

TEST(QueryTest, NoConditionIsTrueOfEveryRow) {
  const Rows rows(50);

  EXPECT_EQ(rows.table.All().Refs(), rows.refs);
  EXPECT_EQ(rows.table.Where({}).Count(), 50u);
}

TEST(QueryTest, RunsWhenItIsAsked) {
  const Rows rows(0);
  const Query<> query = rows.table.Where(Col("int32") == 1);
  EXPECT_EQ(query.Count(), 0u);

  const Ref<> one = rows.table.Insert({{"int32", 1}}).value();

  EXPECT_THAT(query.Refs(), ElementsAre(one));
}

// A condition is a list of steps, not a tree that would have to be climbed.
TEST(QueryTest, AConditionMayBeDeep) {
  const Rows rows(0);
  const Ref<> one = rows.table.Insert({{"int32", 1}}).value();
  Predicate<> deep = Col("int32") == 1;
  for (int i = 0; i < 1'000'000; ++i) deep = !std::move(deep);
  Predicate<> wide = Col("int32") == 0;
  for (int i = 2; i < 10'000; ++i) wide = std::move(wide) || Col("int32") == i;
  std::vector<Predicate<>::Node> last_first(10'000, {Predicate<>::Op::kEqual, "int32", 1});
  last_first.insert(last_first.end(), 9'999, {Predicate<>::Op::kAnd, "", {}});

  EXPECT_THAT(rows.table.Where(deep).Refs(), ElementsAre(one));
  EXPECT_THAT(rows.table.Where(wide).Refs(), IsEmpty());
  EXPECT_THAT(rows.table.Where(Predicate<>(last_first)).Refs(), ElementsAre(one));
}

// ---- Find ----

// Orders by tenant and number, and a mark that is no key.
struct Orders {
  Orders()
      : table(db.CreateTable({.name = "Order",
                              .columns = {{.name = "tenant"},
                                          {.name = "code", .type = Type::kString},
                                          {.name = "mark", .type = Type::kDouble}},
                              .primary_key = {"tenant", "code"}})
                  .value()) {
    first = table.Insert({{"tenant", 1}, {"code", "a"}, {"mark", 0.5}}).value();
    second = table.Insert({{"tenant", 1}, {"code", "a code that is longer"}, {"mark", 0.5}}).value();
    third = table.Insert({{"tenant", 2}, {"code", "a"}}).value();
  }
  Database db;
  Table<> table;
  Ref<> first, second, third;
};

TEST(FindTest, TakesTheColumnsOfAKeyInAnyOrder) {
  const Orders orders;

  EXPECT_EQ(orders.table.Find({{"tenant", 1}, {"code", "a code that is longer"}}), orders.second);
  EXPECT_EQ(orders.table.Find({{"code", "a"}, {"tenant", int64_t{2}}}), orders.third);
  EXPECT_FALSE(orders.table.Find({{"code", "b"}, {"tenant", 1}}));
}

TEST(FindTest, GivesTheFirstRowWhereTheColumnsAreNoKey) {
  const Orders orders;

  EXPECT_EQ(orders.table.Find("mark", 0.5), orders.first);
  EXPECT_EQ(orders.table.Find("tenant", 2), orders.third);
  EXPECT_EQ(orders.table.Find({{"tenant", 1}, {"mark", 0.5}}), orders.first);
}

TEST(FindTest, AnswersNullToWhatCannotBe) {
  const Orders orders;

  EXPECT_FALSE(orders.table.Find("none", 1));
  EXPECT_FALSE(orders.table.Find("tenant", "1"));
  EXPECT_FALSE(orders.table.Find("mark", 1));
  EXPECT_FALSE(orders.table.Find({{"tenant", 1}, {"code", 1}}));
}

TEST(FindTest, FindsNoNull) {
  const Orders orders;

  EXPECT_FALSE(orders.table.Find("mark", nullptr));
  EXPECT_FALSE(orders.table.Find({{"tenant", 2}, {"mark", nullptr}}));
  EXPECT_FALSE(orders.table.Find({{"tenant", 2}, {"code", nullptr}}));
}

TEST(FindTest, FollowsEveryKeyThroughManyRows) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Word",
                                        .columns = {{.name = "text", .type = Type::kString}, {.name = "n"}},
                                        .unique = {{"text"}, {"n"}}})
                            .value();
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
  const int64_t rows = internal::kConstantKeys ? 2'000 : 20'000;  // equal hashes cost their square
  for (int64_t i = 0; i < rows; ++i) {
    texts.push_back(std::to_string(i * i));
    numbers.push_back(i * 4'807'526'976 + 1);  // a stride that folds a weak hash into few buckets
  }
  const RefList<> refs = table.InsertColumns({{"text", texts}, {"n", numbers}}).value();

  for (size_t i = 0; i < refs.size(); ++i) {
    ASSERT_EQ(table.Find("text", texts[i]), refs[i]);
    ASSERT_EQ(table.Find("n", numbers[i]), refs[i]);
    ASSERT_FALSE(table.Find("n", numbers[i] + 1));
  }
}

// ---- Order ----

TEST(OrderTest, RowsComeInSlotOrder) {
  const Orders orders;

  RefList<> walked;
  for (const Ref<> ref : orders.table) walked.push_back(ref);

  EXPECT_THAT(walked, ElementsAre(orders.first, orders.second, orders.third));
}

TEST(OrderTest, TheSlotFreedLastIsTakenFirst) {
  const Orders orders;
  ASSERT_THAT(orders.table.Erase(orders.first), IsOk());
  ASSERT_THAT(orders.table.Erase(orders.second), IsOk());

  const Ref<> fourth = orders.table.Insert({{"tenant", 4}, {"code", "a"}}).value();
  const Ref<> fifth = orders.table.Insert({{"tenant", 5}, {"code", "a"}}).value();

  EXPECT_THAT(orders.table.All().Refs(), ElementsAre(fifth, fourth, orders.third));
}

TEST(KeyTest, OfTwoColumnsFindsByValuesInTheirOrder) {
  Database db;
  const Table<> orders =
      db.CreateTable({.name = "Order",
                      .columns = {{.name = "tenant"}, {.name = "no", .type = Type::kString}},
                      .unique = {{"tenant", "no"}}})
          .value();
  const Ref<> first = orders.Insert({{"tenant", 1}, {"no", "a"}}).value();

  const Lookup<> key = orders.Lookup({"tenant", "no"});

  EXPECT_THAT(key.status(), testing::IsOk());
  EXPECT_EQ(key.Find({Value(1), Value("a")}), first);
  EXPECT_EQ(key.Find({Value(1), Value("b")}), Ref<>());
  EXPECT_EQ(key.Find({Value("a"), Value(1)}), Ref<>());
  EXPECT_EQ(key.Find(1), Ref<>());
}

TEST(KeyTest, AnswersNothingOnceItWasDropped) {
  Database db;
  const Table<> words = db.CreateTable({.name = "Word",
                                        .columns = {{.name = "word", .type = Type::kString}, {.name = "n"}},
                                        .unique = {"word"}})
                            .value();
  ASSERT_THAT(words.Insert({{"word", "oak"}, {"n", 7}}), testing::IsOk());
  const Lookup<> key = words.Lookup("word");
  EXPECT_TRUE(key.Find("oak"));

  ASSERT_THAT(db.DropUnique(words, "Word.word"), testing::IsOk());
  ASSERT_THAT(db.AddUnique(words, {"n"}), testing::IsOk());  // takes its place

  EXPECT_FALSE(key.status().ok());
  EXPECT_FALSE(key.Find("oak"));
  EXPECT_FALSE(key.Find(7));
}

TEST(ExpressionTest, TakesItsColumnsOnEitherSide) {
  Database db;
  const Table<> table = db.CreateTable({.name = "T", .columns = {{.name = "a"}, {.name = "b"}}}).value();
  const Ref<> row = table.Insert({{"a", 5}, {"b", 2}}).value();

  ASSERT_THAT(table.Update(row, {{"a", 10 - Col("a")}, {"b", Col("a") * Col("b")}}), testing::IsOk());

  EXPECT_EQ(*table.Get(row, "a"), Value(5));
  EXPECT_EQ(*table.Get(row, "b"), Value(10));
}

TEST(ExpressionTest, MovedFromOrPutTogetherWronglyIsRefused) {
  Database db;
  const Table<> table = db.CreateTable({.name = "T", .columns = {{.name = "a"}}}).value();
  const Ref<> row = table.Insert({{"a", 5}}).value();
  using Node = Expression::Node;
  using Term = Predicate<>::Node;

  for (const std::vector<Node>& nodes :
       {std::vector<Node>{},
        {{Expression::Op::kAdd, {}, {}}},
        {{Expression::Op::kColumn, "a", {}}, {Expression::Op::kColumn, "a", {}}}}) {
    EXPECT_THAT(table.Update(row, {{"a", Expression(nodes)}}), testing::ViolationIs(ViolationCode::kType));
  }
  for (const std::vector<Term>& nodes :
       {std::vector<Term>{{Predicate<>::Op::kAnd, {}, {}}},
        {{Predicate<>::Op::kNot, {}, {}}},
        {{Predicate<>::Op::kIsNull, "a", {}}, {Predicate<>::Op::kIsNull, "a", {}}}}) {
    EXPECT_THAT(table.Where(Predicate<>(nodes)).status(), testing::ViolationIs(ViolationCode::kType));
    EXPECT_EQ(table.Where(Predicate<>(nodes)).Count(), 0u);
  }
}

}  // namespace
}  // namespace tenon
