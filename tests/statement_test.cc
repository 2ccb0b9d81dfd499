// One statement over one table or two: rows in, rows changed, rows out, and refused as a whole.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusOf;
using testing::ViolationIs;

// Ann, with two books that keep her from going, and Bob, with none.
struct Library {
  Library() {
    EXPECT_THAT(db.CreateTables({{.name = "Author",
                                  .columns = {{.name = "name", .type = Type::kString, .not_null = true},
                                              {.name = "born", .type = Type::kInt32}},
                                  .unique = {{"name"}}},
                                 {.name = "Book",
                                  .columns = {{.name = "title", .type = Type::kString},
                                              {.name = "pages", .type = Type::kInt32, .default_value = 100},
                                              {.name = "sold", .type = Type::kInt64},
                                              {.name = "price", .type = Type::kDouble},
                                              {.name = "weight", .type = Type::kFloat}},
                                  .belongs_to = {{.target = "Author",
                                                  .inverse = HasMany("books"),
                                                  .on_delete = Action::kRestrict}}}}),
                IsOk());
    authors = db.GetTable("Author");
    books = db.GetTable("Book");
    author = books.BelongsTo("author");
    ann = authors.Insert({{"name", "Ann"}, {"born", 1970}}).value();
    bob = authors.Insert({{"name", "Bob"}, {"born", INT32_MAX}}).value();
    joints = books.Insert({{"title", "Joints"}, {"pages", 200}, {"sold", 7}, {"price", 1.5}, {"authorId", 1}})
                 .value();
    tenons =
        books.Insert({{"title", "Tenons"}, {"sold", INT64_MAX}, {"weight", 0.5f}, {"authorId", 1}}).value();
    gone = books.Insert({{"title", "Gone"}}).value();
    EXPECT_THAT(books.Erase(gone), IsOk());
  }
  ~Library() { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<> authors, books;
  ToOne<> author;
  Ref<> ann, bob, joints, tenons, gone;
};

// ---- What is refused ----

struct Refusal {
  std::string_view name;
  ViolationCode code;
  std::function<absl::Status(Library&)> act;
};

const Refusal kRefusals[] = {
    {"InsertUnknownColumn", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"name", "Cid"}, {"nme", "Cid"}}));
     }},
    {"InsertColumnTwice", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"name", "Cid"}, {"name", "Cid"}}));
     }},
    {"InsertWrongType", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"name", 3}}));
     }},
    {"InsertWideIntoNarrow", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.books.Insert({{"pages", int64_t{3}}}));
     }},
    {"InsertNull", ViolationCode::kNotNull,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"name", nullptr}}));
     }},
    {"InsertWithoutRequired", ViolationCode::kNotNull,
     [](Library& l) { return StatusOf(l.authors.Insert({})); }},
    {"InsertPrimaryKeyTwice", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"id", 1}, {"name", "Cid"}}));
     }},
    {"InsertUniqueTwice", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.Insert({{"name", "Bob"}}));
     }},
    {"InsertMissingTarget", ViolationCode::kMissingTarget,
     [](Library& l) {
       return StatusOf(l.books.Insert({{"authorId", 9}}));
     }},
    {"InsertLinkedToNull", ViolationCode::kStale,
     [](Library& l) { return StatusOf(l.books.Insert({}, {l.author.To({})})); }},
    {"InsertLinkedToAnotherTable", ViolationCode::kStale,
     [](Library& l) { return StatusOf(l.books.Insert({}, {l.author.To(l.joints)})); }},
    {"InsertAllSecondRowUnknownColumn", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.InsertAll({{{"name", "Cid"}}, {{"name", "Dan"}, {"x", 1}}}));
     }},
    {"InsertAllSecondRowNull", ViolationCode::kNotNull,
     [](Library& l) {
       return StatusOf(l.authors.InsertAll({{{"name", "Cid"}}, {{"born", 1}}}));
     }},
    {"InsertAllSecondRowTaken", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.InsertAll({{{"name", "Cid"}}, {{"name", "Ann"}}}));
     }},
    {"InsertAllTwoRowsAlike", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.InsertAll({{{"name", "Cid"}}, {{"name", "Cid"}}}));
     }},
    {"InsertAllSecondRowMissingTarget", ViolationCode::kMissingTarget,
     [](Library& l) {
       return StatusOf(l.books.InsertAll({{{"authorId", 1}}, {{"authorId", 9}}}));
     }},
    {"InsertColumnsOfTwoLengths", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid", "Dan"}}, {"born", {1}}}));
     }},
    {"InsertColumnsUnknown", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid"}}, {"nme", {"Cid"}}}));
     }},
    {"InsertColumnsTwice", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid"}}, {"name", {"Cid"}}}));
     }},
    {"InsertColumnsWrongType", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid"}}, {"born", {1.5}}}));
     }},
    {"InsertColumnsWideIntoNarrow", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.books.InsertColumns({{"pages", std::vector<int64_t>{1, 2}}}));
     }},
    {"InsertColumnsNull", ViolationCode::kNotNull,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid", nullptr}}}));
     }},
    {"InsertColumnsTaken", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.InsertColumns({{"name", {"Cid", "Bob"}}}));
     }},
    {"InsertColumnsMissingTarget", ViolationCode::kMissingTarget,
     [](Library& l) {
       return StatusOf(l.books.InsertColumns({{"authorId", {1, nullptr, 9}}}));
     }},

    {"SetUnknownColumn", ViolationCode::kType, [](Library& l) { return l.authors.Set(l.ann, "nme", "Cid"); }},
    {"SetWrongType", ViolationCode::kType, [](Library& l) { return l.authors.Set(l.ann, "born", "1970"); }},
    {"SetNull", ViolationCode::kNotNull, [](Library& l) { return l.authors.Set(l.ann, "name", nullptr); }},
    {"SetTaken", ViolationCode::kUnique, [](Library& l) { return l.authors.Set(l.ann, "name", "Bob"); }},
    {"SetMissingTarget", ViolationCode::kMissingTarget,
     [](Library& l) { return l.books.Set(l.joints, "authorId", 9); }},
    {"SetOfARowThatIsGone", ViolationCode::kStale,
     [](Library& l) { return l.books.Set(l.gone, "title", "x"); }},
    {"SetOfNoRow", ViolationCode::kStale, [](Library& l) { return l.books.Set({}, "title", "x"); }},
    {"UpdateColumnTwice", ViolationCode::kType,
     [](Library& l) {
       return l.authors.Update(l.ann, {{"born", 1}, {"born", 1}});
     }},
    {"UpdateSecondColumnNull", ViolationCode::kNotNull,
     [](Library& l) {
       return l.authors.Update(l.ann, {{"born", 1}, {"name", nullptr}});
     }},
    {"UpdateSecondColumnUnknown", ViolationCode::kType,
     [](Library& l) {
       return l.authors.Update(l.ann, {{"born", 1}, {"nme", "Cid"}});
     }},
    {"UpdateOfMany", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.All().Update({{"born", 1}, {"name", "Cid"}}));
     }},

    {"ComputedPastInt32", ViolationCode::kRange,
     [](Library& l) {
       return l.authors.Update(l.bob, {{"born", Col("born") + 1}});
     }},
    {"ComputedPastInt64", ViolationCode::kRange,
     [](Library& l) {
       return l.books.Update(l.tenons, {{"sold", Col("sold") + 1}});
     }},
    {"ComputedPastInt64InBetween", ViolationCode::kRange,
     [](Library& l) {
       return l.books.Update(l.tenons, {{"sold", Col("sold") * 2 - INT64_MAX}});
     }},
    {"ComputedBelowInt64", ViolationCode::kRange,
     [](Library& l) {
       return l.books.Update(l.tenons, {{"sold", Col("sold") * -1 - 2}});
     }},
    {"ComputedPastInt32InTheSecondRow", ViolationCode::kRange,
     [](Library& l) {
       return StatusOf(l.authors.All().Update({{"born", Col("born") + 1}}));
     }},
    {"ComputedFromText", ViolationCode::kType,
     [](Library& l) {
       return l.books.Update(l.joints, {{"title", Col("title") + 1}});
     }},
    {"ComputedFromTwoKindsOfNumber", ViolationCode::kType,
     [](Library& l) {
       return l.books.Update(l.joints, {{"price", Col("price") + Col("sold")}});
     }},
    {"ComputedFromAnUnknownColumn", ViolationCode::kType,
     [](Library& l) {
       return l.books.Update(l.joints, {{"sold", Col("bought") + 1}});
     }},
    {"ComputedNullWhereNoneMayBe", ViolationCode::kNotNull,
     [](Library& l) {
       return l.books.Update(l.joints, {{"id", Col("id") + Value()}});
     }},

    {"UpsertTakenOnAnotherKey", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.Upsert({{"id", 1}, {"name", "Bob"}}));
     }},
    {"UpsertInsertsTaken", ViolationCode::kUnique,
     [](Library& l) {
       return StatusOf(l.authors.Upsert({{"id", 7}, {"name", "Bob"}}));
     }},
    {"UpsertMissingTarget", ViolationCode::kMissingTarget,
     [](Library& l) {
       return StatusOf(l.books.Upsert({{"id", 1}, {"authorId", 9}}));
     }},
    {"UpsertWrongType", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.Upsert({{"id", 1}, {"born", "x"}}));
     }},
    {"UpsertUnknownColumn", ViolationCode::kType,
     [](Library& l) {
       return StatusOf(l.authors.Upsert({{"id", 1}, {"x", "x"}}));
     }},

    {"EraseOfARowThatIsGone", ViolationCode::kStale, [](Library& l) { return l.books.Erase(l.gone); }},
    {"EraseOfAnotherTablesRow", ViolationCode::kStale, [](Library& l) { return l.authors.Erase(l.joints); }},
    {"EraseReferred", ViolationCode::kRestrict, [](Library& l) { return l.authors.Erase(l.ann); }},
    {"EraseAllOneGone", ViolationCode::kStale,
     [](Library& l) {
       return l.books.EraseAll(RefList<>{l.joints, l.gone});
     }},
    {"EraseAllOneReferred", ViolationCode::kRestrict,
     [](Library& l) {
       return l.authors.EraseAll(RefList<>{l.bob, l.ann});
     }},
    {"EraseWhereOneReferred", ViolationCode::kRestrict,
     [](Library& l) { return StatusOf(l.authors.Where(Col("id") <= 2).Erase()); }},
    {"ClearReferred", ViolationCode::kRestrict, [](Library& l) { return l.authors.Clear(); }},
    {"ClearOfSeveralReferred", ViolationCode::kRestrict, [](Library& l) { return l.db.Clear({l.authors}); }},
};

class RefusalTest : public ::testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(Every, RefusalTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& refusal) { return std::string(refusal.param.name); });

TEST_P(RefusalTest, ChangesNothing) {
  Library l;
  const std::string dump = l.db.Dump();
  const StateHash hash = l.db.GetStateHash();

  EXPECT_THAT(GetParam().act(l), ViolationIs(GetParam().code));

  EXPECT_EQ(l.db.Dump(), dump);
  EXPECT_EQ(l.db.GetStateHash(), hash);
}

TEST_P(RefusalTest, LeavesAnOpenTransactionAsItWas) {
  Library l;
  Transaction tx = l.db.Begin();
  EXPECT_THAT(l.authors.Insert({{"name", "Eve"}}), IsOk());
  const std::string dump = l.db.Dump();
  const StateHash hash = l.db.GetStateHash();

  EXPECT_THAT(GetParam().act(l), ViolationIs(GetParam().code));

  EXPECT_EQ(l.db.Dump(), dump);
  EXPECT_EQ(l.db.GetStateHash(), hash);
  EXPECT_THAT(tx.Commit(), IsOk());
}

// The status code that goes with a violation.
absl::StatusCode CodeOf(ViolationCode code) {
  switch (code) {
    case ViolationCode::kType:
    case ViolationCode::kNotNull:
      return absl::StatusCode::kInvalidArgument;
    case ViolationCode::kUnique:
      return absl::StatusCode::kAlreadyExists;
    case ViolationCode::kStale:
      return absl::StatusCode::kNotFound;
    case ViolationCode::kRange:
      return absl::StatusCode::kOutOfRange;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

TEST_P(RefusalTest, AnswersTheCodeOfItsViolation) {
  Library l;

  EXPECT_THAT(GetParam().act(l), testing::StatusIs(CodeOf(GetParam().code)));
}

TEST(StatementTest, ARefusedRowOfManyIsNamedByItsPlace) {
  Library l;

  const absl::Status refused =
      StatusOf(l.authors.InsertAll({{{"name", "Cid"}}, {{"name", "Dan"}}, {{"name", "Ann"}}}));

  ASSERT_THAT(refused, ViolationIs(ViolationCode::kUnique, "Author.name"));
  EXPECT_EQ(GetViolations(refused).front().row, 2u);
  EXPECT_THAT(GetViolations(refused).front().key, ElementsAre(Value("Ann")));
}

// ---- Rows in ----

TEST(StatementTest, AnInsertedRowIsThere) {
  Library l;

  const Ref<> cid = l.authors.Insert({{"name", "Cid"}}).value();

  EXPECT_TRUE(l.authors.Contains(cid));
  EXPECT_EQ(l.authors.size(), 3u);
  EXPECT_EQ(l.authors.Find("name", "Cid"), cid);
  EXPECT_THAT(l.authors.Get(cid).value(), ElementsAre(Value(3), Value("Cid"), Value()));
}

TEST(StatementTest, ALinkSparesTheForeignKey) {
  Library l;

  const Ref<> wood = l.books.Insert({{"title", "Wood"}}, {l.author.To(l.bob)}).value();

  EXPECT_EQ(l.author.Get(wood), l.bob);
  EXPECT_EQ(l.books.Get(wood, "authorId").value(), Value(2));
}

TEST(StatementTest, ALinkWinsOverAValue) {
  Library l;

  const Ref<> wood = l.books.Insert({{"authorId", 1}}, {l.author.To(l.bob)}).value();

  EXPECT_EQ(l.books.Get(wood, "authorId").value(), Value(2));
}

// A category below another, by number.
struct Tree {
  Tree()
      : table(db.CreateTable({.name = "Category",
                              .columns = {{.name = "id", .type = Type::kInt64},
                                          {.name = "parent", .type = Type::kInt64}},
                              .primary_key = {"id"},
                              .belongs_to = {{.target = "Category",
                                              .as = "above",
                                              .foreign_key = {"parent"},
                                              .inverse = HasMany("below")}}})
                  .value()) {}
  ~Tree() { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<> table;
};

TEST(StatementTest, RowsOfOneInsertReferToEachOtherInAnyOrder) {
  // Above one another; in a circle; one its own parent.
  const std::vector<std::array<Value, 3>> shapes = {{{Value(), 1, 2}}, {{3, 1, 2}}, {{1, 1, 2}}, {{2, 3, 3}}};
  for (const auto& parents : shapes) {
    std::optional<StateHash> hash;
    std::array<int, 3> order = {0, 1, 2};
    do {
      Tree tree;
      std::vector<Row> rows;
      for (const int i : order) rows.push_back({{"id", i + 1}, {"parent", parents[static_cast<size_t>(i)]}});

      ASSERT_THAT(tree.table.InsertAll(rows), IsOk());

      const ToOne<> above = tree.table.BelongsTo("above");
      for (const Ref<> ref : tree.table) {
        EXPECT_EQ(above.Get(ref), tree.table.Find("id", tree.table.Get(ref, "parent").value()));
      }
      if (!hash.has_value()) hash = tree.db.GetStateHash();
      EXPECT_EQ(tree.db.GetStateHash(), *hash);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(StatementTest, ARowMayBeItsOwnTarget) {
  Tree tree;

  const Ref<> root = tree.table.Insert({{"id", 1}, {"parent", 1}}).value();

  EXPECT_EQ(tree.table.BelongsTo("above").Get(root), root);
}

TEST(StatementTest, ColumnsAndRowsOfTheSameContentLeadToTheSameState) {
  Library by_rows, by_columns;
  std::vector<Row> rows;
  std::vector<std::string> titles;
  std::vector<int32_t> pages;
  std::vector<std::optional<int64_t>> sold;
  std::vector<double> prices;
  std::vector<std::optional<float>> weights;
  std::vector<Value> authors;
  for (int32_t i = 0; i < 10'000; ++i) {
    titles.push_back(std::string(static_cast<size_t>(i % 40), 't'));
    pages.push_back(i);
    sold.push_back(i % 3 == 0 ? std::nullopt : std::optional<int64_t>(i));
    prices.push_back(i / 8.0);
    weights.push_back(i % 5 == 0 ? std::nullopt : std::optional<float>(0.25f));
    authors.push_back(i % 7 == 0 ? Value() : Value(i % 2 + 1));
    rows.push_back({{"title", titles.back()},
                    {"pages", pages.back()},
                    {"sold", sold.back()},
                    {"price", prices.back()},
                    {"weight", weights.back()},
                    {"authorId", authors.back()}});
  }

  const RefList<> refs = by_columns.books
                             .InsertColumns({{"title", titles},
                                             {"pages", pages},
                                             {"sold", sold},
                                             {"price", prices},
                                             {"weight", weights},
                                             {"authorId", authors}})
                             .value();

  ASSERT_THAT(by_rows.books.InsertAll(rows), IsOk());
  EXPECT_EQ(refs.size(), 10'000u);
  EXPECT_EQ(by_columns.books.Get(refs[9999], "pages").value(), Value(9999));
  EXPECT_EQ(by_columns.db.Dump(), by_rows.db.Dump());
  EXPECT_EQ(by_columns.db.GetStateHash(), by_rows.db.GetStateHash());
}

TEST(StatementTest, ColumnsTakeTextByViewAndNarrowIntegers) {
  Library l;
  const std::vector<std::string_view> titles = {"A", "B"};
  const std::vector<int32_t> sold = {1, 2};

  const RefList<> refs = l.books.InsertColumns({{"title", titles}, {"sold", sold}}).value();

  EXPECT_EQ(l.books.Get(refs[1], "title").value(), Value("B"));
  EXPECT_EQ(l.books.Get(refs[1], "sold").value(), Value(2));
  EXPECT_EQ(l.books.Get(refs[1], "pages").value(), Value(100));
}

TEST(StatementTest, NoRowsAreInsertedGladly) {
  Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.books.InsertAll({}).value(), IsEmpty());
  EXPECT_THAT(l.books.InsertColumns({{"pages", std::vector<int32_t>()}}).value(), IsEmpty());

  EXPECT_EQ(l.db.Dump(), before);
}

// ---- Rows changed ----

TEST(StatementTest, SeveralColumnsChangeAtOnceFromTheOldCells) {
  Library l;

  EXPECT_THAT(l.books.Update(l.joints, {{"title", "Knots"},
                                        {"pages", Col("pages") * 2},
                                        {"sold", Col("pages") + Col("sold")},
                                        {"price", Col("price") - 1.0}}),
              IsOk());

  EXPECT_THAT(l.books.Get(l.joints).value(),
              ElementsAre(Value(1), Value("Knots"), Value(400), Value(207), Value(0.5), Value(), Value(1)));
}

TEST(StatementTest, AnUpdateOfManyTellsHowManyMatchedAlsoWhereNothingChanged) {
  Library l;

  EXPECT_EQ(l.books.Where(Col("pages") >= 100).Update({{"pages", 200}}).value(), 2u);

  EXPECT_EQ(l.books.Where(Col("pages") == 200).Count(), 2u);
}

TEST(StatementTest, AnUpdateChoosesItsRowsBeforeItWrites) {
  Library l;

  EXPECT_EQ(l.books.Where(Col("pages") < 200).Update({{"pages", Col("pages") + 100}}).value(), 1u);

  EXPECT_EQ(l.books.Where(Col("pages") == 200).Count(), 2u);
}

TEST(StatementTest, NullInNullOut) {
  Library l;

  EXPECT_THAT(l.books.Update(l.tenons, {{"price", Col("price") * 2.0}, {"pages", Col("pages") + Value()}}),
              IsOk());

  EXPECT_TRUE(l.books.Get(l.tenons, "price").value().is_null());
  EXPECT_TRUE(l.books.Get(l.tenons, "pages").value().is_null());
}

TEST(StatementTest, FloatsAreComputedAsFloats) {
  Library l;

  EXPECT_THAT(l.books.Update(l.tenons, {{"weight", Col("weight") * 3.0f - 0.25f}}), IsOk());

  EXPECT_EQ(l.books.Get(l.tenons, "weight").value(), Value(1.25f));
}

TEST(StatementTest, AnInt32IsComputedIn64BitsAndStoredWhereItFits) {
  Library l;

  EXPECT_THAT(l.authors.Update(l.bob, {{"born", Col("born") + int64_t{INT32_MAX} - INT32_MAX}}), IsOk());

  EXPECT_EQ(l.authors.Get(l.bob, "born").value(), Value(INT32_MAX));
}

// Every operator at the ends of int64, against arithmetic in 128 bits.
TEST(StatementTest, ArithmeticIsExactOrRefused) {
  using Wide = __int128;
  Library l;
  const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, INT32_MIN,     -2,       -1, 0, 1,
                           2,         INT32_MAX,     INT64_MAX - 1, INT64_MAX};
  for (const int64_t a : edges) {
    for (const int64_t b : edges) {
      const Wide wide_a = a, wide_b = b;
      const std::pair<Expression, Wide> cases[] = {{Col("sold") + b, wide_a + wide_b},
                                                   {Col("sold") - b, wide_a - wide_b},
                                                   {Col("sold") * b, wide_a * wide_b}};
      for (const auto& [expression, exact] : cases) {
        ASSERT_THAT(l.books.Set(l.joints, "sold", a), IsOk());
        const absl::Status status = l.books.Update(l.joints, {{"sold", expression}});
        if (exact >= INT64_MIN && exact <= INT64_MAX) {
          EXPECT_THAT(status, IsOk());
          EXPECT_EQ(l.books.Get(l.joints, "sold").value(), Value(static_cast<int64_t>(exact)));
        } else {
          EXPECT_THAT(status, ViolationIs(ViolationCode::kRange));
        }
      }
    }
  }
}

TEST(StatementTest, KeysMayShiftAndSwapWithinOneUpdate) {
  Tree tree;
  ASSERT_THAT(tree.table.InsertAll({{{"id", 1}}, {{"id", 2}}, {{"id", 3}}}), IsOk());
  const Ref<> first = tree.table.Find("id", 1);

  EXPECT_THAT(tree.table.All().Update({{"id", Col("id") + 1}}), IsOk());
  EXPECT_EQ(tree.table.Find("id", 2), first);
  EXPECT_THAT(tree.table.All().Update({{"id", Col("id") * -1 + 6}}), IsOk());  // 2, 3, 4 become 4, 3, 2

  EXPECT_EQ(tree.table.Find("id", 4), first);
  EXPECT_EQ(tree.table.size(), 3u);
}

TEST(StatementTest, AKeySetToItselfIsNoChange) {
  Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.authors.Update(l.ann, {{"id", 1}, {"name", "Ann"}}), IsOk());

  EXPECT_EQ(l.db.Dump(), before);
}

// ---- Upsert ----

TEST(UpsertTest, OfANewKeyInserts) {
  Library l;

  const Ref<> cid = l.authors.Upsert({{"id", 7}, {"name", "Cid"}}).value();

  EXPECT_EQ(l.authors.Find("id", 7), cid);
  EXPECT_EQ(l.authors.size(), 3u);
}

TEST(UpsertTest, OfAKnownKeyWritesInPlace) {
  Library l;

  const Ref<> ref = l.authors.Upsert({{"id", 1}, {"name", "Anna"}}).value();

  EXPECT_EQ(ref, l.ann);
  EXPECT_EQ(l.authors.HasMany("books").Count(l.ann), 2u);
  EXPECT_THAT(l.authors.Get(l.ann).value(), ElementsAre(Value(1), Value("Anna"), Value(1970)));
}

TEST(UpsertTest, LeavesColumnsThatAreNotNamedInSpiteOfTheirDefaults) {
  Library l;

  EXPECT_THAT(l.books.Upsert({{"id", 1}, {"title", "Knots"}}), IsOk());

  EXPECT_EQ(l.books.Get(l.joints, "pages").value(), Value(200));
}

TEST(UpsertTest, WithoutAKeyInsertsUnderTheNextNumber) {
  Library l;

  const Ref<> cid = l.authors.Upsert({{"name", "Cid"}}).value();

  EXPECT_EQ(l.authors.Get(cid, "id").value(), Value(3));
}

TEST(UpsertTest, GoesByAllColumnsOfTheKey) {
  Database db;
  Table<> table = db.CreateTable({.name = "Order",
                                  .columns = {{.name = "tenant"}, {.name = "no"}, {.name = "sum"}},
                                  .primary_key = {"tenant", "no"}})
                      .value();
  const Ref<> first = table.Insert({{"tenant", 1}, {"no", 1}, {"sum", 10}}).value();

  EXPECT_NE(table.Upsert({{"sum", 20}, {"no", 2}, {"tenant", 1}}).value(), first);
  EXPECT_EQ(table.Upsert({{"sum", 30}, {"no", 1}, {"tenant", 1}}).value(), first);

  EXPECT_EQ(table.Get(first, "sum").value(), Value(30));
  EXPECT_EQ(table.size(), 2u);
}

// ---- Rows out ----

TEST(EraseTest, TakesTheRowAndItsKeys) {
  Library l;

  EXPECT_THAT(l.authors.Erase(l.bob), IsOk());

  EXPECT_FALSE(l.authors.Contains(l.bob));
  EXPECT_EQ(l.authors.size(), 1u);
  EXPECT_FALSE(l.authors.Find("name", "Bob"));
  EXPECT_THAT(l.authors.Insert({{"name", "Bob"}}), IsOk());
}

TEST(EraseTest, ByConditionTellsHowMany) {
  Library l;

  EXPECT_EQ(l.books.Where(Col("pages") <= 200).Erase().value(), 2u);

  EXPECT_TRUE(l.books.empty());
}

TEST(EraseTest, OfManyTakesThemAll) {
  Library l;
  const RefList<> refs = l.books.InsertColumns({{"sold", std::vector<int64_t>(10'000, 1)}}).value();

  EXPECT_THAT(l.books.EraseAll(refs), IsOk());

  EXPECT_EQ(l.books.size(), 2u);
}

TEST(ClearTest, TakesAllRowsAndTheTableGoesOn) {
  Library l;

  EXPECT_THAT(l.books.Clear(), IsOk());

  EXPECT_TRUE(l.books.empty());
  EXPECT_FALSE(l.books.Contains(l.joints));
  EXPECT_EQ(l.authors.HasMany("books").Count(l.ann), 0u);
  EXPECT_THAT(l.books.Insert({{"authorId", 1}}), IsOk());
}

TEST(ClearTest, OfSeveralTablesMindsNoRestrictBetweenThem) {
  for (const bool authors_first : {true, false}) {
    Library l;
    const Table<> first = authors_first ? l.authors : l.books;
    const Table<> second = authors_first ? l.books : l.authors;

    EXPECT_THAT(l.db.Clear({first, second, first}), IsOk());

    EXPECT_TRUE(l.authors.empty());
    EXPECT_TRUE(l.books.empty());
  }
}

TEST(ClearTest, OfNothingIsNothing) {
  Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.db.Clear({}), IsOk());

  EXPECT_EQ(l.db.Dump(), before);
}

// ---- Auto-increment ----

// Tickets that are numbered as they come.
struct Tickets {
  explicit Tickets(Type type)
      : table(db.CreateTable({.name = "Ticket",
                              .columns = {{.name = "no", .type = type, .auto_increment = true},
                                          {.name = "word", .type = Type::kString}},
                              .primary_key = {"no"},
                              .unique = {{"word"}}})
                  .value()) {}
  ~Tickets() { EXPECT_THAT(db.Verify(), IsOk()); }
  // The number that the next ticket gets.
  Value Next() { return table.Get(table.Insert({}).value(), "no").value(); }

  Database db;
  Table<> table;
};

class AutoIncrementTest : public ::testing::TestWithParam<Type> {
 protected:
  // The last number of the type.
  Value Last() const { return GetParam() == Type::kInt32 ? Value(INT32_MAX) : Value(INT64_MAX); }
  Value LastButOne() const {
    return GetParam() == Type::kInt32 ? Value(INT32_MAX - 1) : Value(INT64_MAX - 1);
  }
};
INSTANTIATE_TEST_SUITE_P(Both, AutoIncrementTest, ::testing::Values(Type::kInt32, Type::kInt64),
                         [](const auto& type) { return std::string(TypeName(type.param)); });

TEST_P(AutoIncrementTest, CountsFromOne) {
  Tickets tickets(GetParam());

  EXPECT_EQ(tickets.Next(), Value(1));
  EXPECT_EQ(tickets.Next(), Value(2));
}

TEST_P(AutoIncrementTest, NeedsNoKey) {
  Database db;
  const Table<> words =
      db.CreateTable({.name = "Word",
                      .columns = {{.name = "no", .type = GetParam(), .auto_increment = true},
                                  {.name = "word", .type = Type::kString}},
                      .primary_key = {"word"}})
          .value();

  EXPECT_EQ(words.Get(words.Insert({{"word", "one"}}).value(), "no").value(), Value(1));
  EXPECT_EQ(words.Get(words.Insert({{"word", "two"}}).value(), "no").value(), Value(2));
}

TEST_P(AutoIncrementTest, NumbersTheRowsOfOneStatementInTheirOrder) {
  Tickets tickets(GetParam());

  const RefList<> refs = tickets.table.InsertAll({{}, {{"no", 10}}, {}}).value();

  EXPECT_EQ(tickets.table.Get(refs[0], "no").value(), Value(1));
  EXPECT_EQ(tickets.table.Get(refs[1], "no").value(), Value(10));
  EXPECT_EQ(tickets.table.Get(refs[2], "no").value(), Value(11));
}

TEST_P(AutoIncrementTest, NumbersTheRowsOfColumnsInTheirOrder) {
  Tickets tickets(GetParam());

  const RefList<> refs = tickets.table.InsertColumns({{"word", {"a", "b", "c"}}}).value();

  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(tickets.table.Get(refs[i], "no").value(), Value(static_cast<int32_t>(i + 1)));
}

TEST_P(AutoIncrementTest, IsRaisedByALargerNumberHoweverItIsWritten) {
  Tickets tickets(GetParam());

  ASSERT_THAT(tickets.table.Insert({{"no", 10}}), IsOk());
  EXPECT_EQ(tickets.Next(), Value(11));
  ASSERT_THAT(tickets.table.InsertColumns({{"no", {20, 15}}}), IsOk());
  EXPECT_EQ(tickets.Next(), Value(21));
  ASSERT_THAT(tickets.table.Set(tickets.table.Find("no", 10), "no", 30), IsOk());
  EXPECT_EQ(tickets.Next(), Value(31));
  ASSERT_THAT(tickets.table.Where(Col("no") == 31).Update({{"no", Col("no") + 9}}), IsOk());
  EXPECT_EQ(tickets.Next(), Value(41));
  ASSERT_THAT(tickets.table.Upsert({{"no", 50}}), IsOk());
  EXPECT_EQ(tickets.Next(), Value(51));
  ASSERT_THAT(tickets.db.Batch([&](Batch& b) { b.Insert(tickets.table, {{"no", 60}}); }), IsOk());
  EXPECT_EQ(tickets.Next(), Value(61));
}

TEST_P(AutoIncrementTest, IsNotMovedBySmallerNumbersOrByErasing) {
  Tickets tickets(GetParam());
  ASSERT_THAT(tickets.table.InsertAll({{{"no", 10}}, {{"no", 3}}, {{"no", 0}}, {{"no", -7}}}), IsOk());

  EXPECT_EQ(tickets.Next(), Value(11));
  EXPECT_TRUE(tickets.table.Find("no", 0));
  ASSERT_THAT(tickets.table.Erase(tickets.table.Find("no", 11)), IsOk());
  EXPECT_EQ(tickets.Next(), Value(12));
  ASSERT_THAT(tickets.table.Clear(), IsOk());
  EXPECT_EQ(tickets.Next(), Value(13));
}

TEST_P(AutoIncrementTest, IsRefusedAtTheEndOfItsType) {
  Tickets tickets(GetParam());
  ASSERT_THAT(tickets.table.Insert({{"no", LastButOne()}}), IsOk());
  EXPECT_EQ(tickets.Next(), Last());
  const std::string before = tickets.db.Dump();

  EXPECT_THAT(tickets.table.Insert({}), ViolationIs(ViolationCode::kRange));
  EXPECT_THAT(tickets.table.InsertColumns({{"word", {"a"}}}), ViolationIs(ViolationCode::kRange));

  EXPECT_EQ(tickets.db.Dump(), before);
  EXPECT_THAT(tickets.table.Insert({{"no", 5}}), IsOk());
}

TEST_P(AutoIncrementTest, GivesBackTheNumbersOfARefusedStatement) {
  Tickets tickets(GetParam());
  ASSERT_THAT(tickets.table.Insert({{"word", "a"}}), IsOk());

  EXPECT_THAT(tickets.table.InsertAll({{}, {{"no", 40}}, {{"word", "a"}}}),
              ViolationIs(ViolationCode::kUnique));

  EXPECT_EQ(tickets.Next(), Value(2));
}

TEST(StatementTest, ACascadeRaisesTheAutoIncrement) {
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {{.name = "Person", .columns = {{.name = "id"}}, .primary_key = {"id"}},
           {.name = "Passport",
            .columns = {{.name = "id", .not_null = true, .auto_increment = true}},
            .primary_key = {"id"},
            .belongs_to = {{.target = "Person", .foreign_key = {"id"}, .on_update = Action::kCascade}}}}),
      IsOk());
  const Table<> persons = db.GetTable("Person"), passports = db.GetTable("Passport");
  const Ref<> ann = persons.Insert({{"id", 1}}).value();
  ASSERT_THAT(persons.Insert({{"id", 51}}), IsOk());
  const Ref<> passport = passports.Insert({{"id", 1}}).value();

  ASSERT_THAT(persons.Set(ann, "id", 50), IsOk());

  EXPECT_EQ(passports.Get(passport, "id").value(), Value(50));
  EXPECT_EQ(passports.Get(passports.Insert({}).value(), "id").value(), Value(51));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(UpsertTest, GoesByTheDefaultOfAKeyThatIsNotGiven) {
  Database db;
  const Table<> table = db.CreateTable({.name = "Setting",
                                        .columns = {{.name = "slot", .default_value = 1}, {.name = "score"}},
                                        .primary_key = {"slot"}})
                            .value();
  const Ref<> first = table.Upsert({{"score", 1}}).value();

  const auto again = table.Upsert({{"score", 2}});

  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(*again, first);
  EXPECT_EQ(table.Get(first, "score").value(), Value(int64_t{2}));
}

}  // namespace
}  // namespace tenon
