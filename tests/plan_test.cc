// How queries find their rows, as Explain tells it, and that they find the same.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Status Define(Database& db) {
  return db.CreateTables(
      {{.name = "Author",
        .columns = {{.name = "id", .not_null = true}, {.name = "name", .type = Type::kString}},
        .primary_key = {"id"}},
       {.name = "Book",
        .columns = {{.name = "id", .not_null = true},
                    {.name = "title", .type = Type::kString},
                    {.name = "year"},
                    {.name = "language", .type = Type::kString},
                    {.name = "pages"},
                    {.name = "authorId", .not_null = true},
                    {.name = "editorId"}},
        .primary_key = {"id"},
        .unique = {"title"},
        .belongs_to = {{.target = "Author", .foreign_key = {"authorId"}, .inverse = HasMany("books")},
                       {.target = "Author", .as = "editor", .foreign_key = {"editorId"}}},
        .index = {"language", "year", {"language", "pages"}}},
       {.name = "Review",
        .columns = {{.name = "id", .not_null = true}, {.name = "stars"}, {.name = "bookId"}},
        .primary_key = {"id"},
        .belongs_to = {{.target = "Book", .foreign_key = {"bookId"}, .inverse = HasMany("reviews")}}}});
}

// Authors A1 to A8. Books B1 to B40: five of each author, four of each of ten years, twenty of each of two languages,
// with 1 to 40 pages; A1 edits B1 and B2. Reviews 1 to 80, two of each book, with 0 to 4 stars.
class PlanTest : public testing::DatabaseTest<Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    authors = db.GetTable("Author");
    books = db.GetTable("Book");
    reviews = db.GetTable("Review");
    author = books.BelongsTo("author");
    editor = books.BelongsTo("editor");
    book = reviews.BelongsTo("book");
    books_of = authors.HasMany("books");
    reviews_of = books.HasMany("reviews");
    for (int id = 1; id <= 8; ++id)
      ASSERT_THAT(authors.Insert({{"id", id}, {"name", absl::StrCat("A", id)}}), IsOk());
    for (int id = 1; id <= 40; ++id) {
      ASSERT_THAT(books.Insert({{"id", id},
                                {"title", absl::StrCat("B", id)},
                                {"year", 2000 + id % 10},
                                {"language", id % 2 == 0 ? "en" : "de"},
                                {"pages", id},
                                {"authorId", (id - 1) % 8 + 1},
                                {"editorId", id <= 2 ? Value(1) : Value()}}),
                  IsOk());
    }
    for (int id = 1; id <= 80; ++id)
      ASSERT_THAT(reviews.Insert({{"id", id}, {"stars", id % 5}, {"bookId", (id - 1) % 40 + 1}}), IsOk());
  }

  static std::vector<int64_t> Ids(const Query<>& query) {
    EXPECT_THAT(query.status(), IsOk());
    std::vector<int64_t> ids;
    for (const std::vector<Value>& row : query.Rows()) ids.push_back(*row[0].As<int64_t>());
    return ids;
  }

  Table<> authors, books, reviews;
  ToOne<> author, editor, book;
  ToMany<> books_of, reviews_of;
};

// ---- Keys and indexes ----

TEST_F(PlanTest, WithoutAConditionItIsAWalk) {
  EXPECT_EQ(authors.All().Explain(), "Author: walk over 8, 8 found\n");
  EXPECT_THAT(Ids(authors.All()), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(PlanTest, AKeyBeatsAnIndex) {
  const Query<> query = books.Where(Col("year") == 2003 && Col("title") == "B13");
  EXPECT_EQ(query.Explain(), "Book: 1 by key Book.title, 1 found where year = 2003 and title = 'B13'\n");
  EXPECT_THAT(Ids(query), ElementsAre(13));
}

TEST_F(PlanTest, AKeyThatNobodyHasEndsTheSearch) {
  const Query<> query = books.Where(Col("title") == "B99" && Col("year") == 2003);
  EXPECT_EQ(query.Explain(), "Book: 0 by key Book.title, 0 found where title = 'B99' and year = 2003\n");
  EXPECT_THAT(Ids(query), IsEmpty());
}

TEST_F(PlanTest, OfSeveralIndexesTheOneWithFewestRowsLeads) {
  const Query<> query = books.Where(Col("language") == "de" && Col("year") == 2003);
  EXPECT_EQ(query.Explain(), "Book: 4 by index Book.year, 4 found where language = 'de' and year = 2003\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 13, 23, 33));
}

TEST_F(PlanTest, AnIndexOverTwoColumnsNeedsBoth) {
  const Query<> both = books.Where(Col("pages") == 7 && Col("language") == "de");
  EXPECT_EQ(both.Explain(),
            "Book: 1 by index Book.language_pages, 1 found where pages = 7 and language = 'de'\n");
  EXPECT_THAT(Ids(both), ElementsAre(7));
  const Query<> one = books.Where(Col("pages") == 7);
  EXPECT_EQ(one.Explain(), "Book: walk over 40, 1 found where pages = 7\n");
  EXPECT_THAT(Ids(one), ElementsAre(7));
}

TEST_F(PlanTest, AForeignKeyIsAnIndex) {
  const Query<> query = books.Where(Col("authorId") == 3);
  EXPECT_EQ(query.Explain(), "Book: 5 by Book.author, 5 found where authorId = 3\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 11, 19, 27, 35));
}

TEST_F(PlanTest, ByAnIndexRowsComeInSlotOrder) {
  ASSERT_THAT(books.Set(books.Find("id", 3), "year", 1999), IsOk());
  ASSERT_THAT(books.Set(books.Find("id", 3), "year", 2003),
              IsOk());  // the last to come, the first in the table
  const Query<> query = books.Where(Col("year") == 2003);
  EXPECT_EQ(query.Explain(), "Book: 4 by index Book.year, 4 found where year = 2003\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 13, 23, 33));
}

TEST_F(PlanTest, AnOrUsesNoIndex) {
  const Query<> query = books.Where(Col("id") == 3 || Col("year") == 2004);
  EXPECT_EQ(query.Explain(), "Book: walk over 40, 5 found where id = 3 or year = 2004\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 4, 14, 24, 34));
}

TEST_F(PlanTest, AnOrUnderAnAndLeavesTheIndexBesideIt) {
  const Query<> query = books.Where((Col("id") == 3 || Col("id") == 23) && Col("year") == 2003);
  EXPECT_EQ(query.Explain(),
            "Book: 4 by index Book.year, 2 found where (id = 3 or id = 23) and year = 2003\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 23));
}

TEST_F(PlanTest, ANotUsesNoIndex) {
  const Query<> query = authors.Where(!(Col("id") == 3));
  EXPECT_EQ(query.Explain(), "Author: walk over 8, 7 found where not id = 3\n");
  EXPECT_THAT(Ids(query), ElementsAre(1, 2, 4, 5, 6, 7, 8));
}

TEST_F(PlanTest, ARangeUsesNoIndex) {
  const Query<> query = books.Where(Col("year") >= 2009);
  EXPECT_EQ(query.Explain(), "Book: walk over 40, 4 found where year >= 2009\n");
  EXPECT_THAT(Ids(query), ElementsAre(9, 19, 29, 39));
}

// ---- Related rows ----

TEST_F(PlanTest, AGivenTargetLeadsToItsChildren) {
  const Query<> query = books.Where(author.Is(authors.Find("id", 3)) && Col("year") == 2007);
  EXPECT_EQ(query.Explain(),
            "Book: 4 by index Book.year, 1 found where author is a given row and year = 2007\n")
      << "four of the year, five of the author";
  EXPECT_THAT(Ids(query), ElementsAre(27));
  const Query<> alone = books.Where(author.Is(authors.Find("id", 3)));
  EXPECT_EQ(alone.Explain(), "Book: 5 by Book.author of a given row, 5 found where author is a given row\n");
  EXPECT_THAT(Ids(alone), ElementsAre(3, 11, 19, 27, 35));
}

TEST_F(PlanTest, ATargetThatIsGoneLeadsToNobody) {
  const Query<> query = books.Where(author.Is(Ref<>()));
  EXPECT_EQ(query.Explain(), "Book: 0 by Book.author of a given row, 0 found where author is a given row\n");
  EXPECT_THAT(Ids(query), IsEmpty());
}

TEST_F(PlanTest, AConditionOnTheTargetIsWorkedOutFromTheFewerTargets) {
  const Query<> query = books.Where(author.Is(Col("name") == "A3"));
  EXPECT_EQ(query.Explain(),
            "Book: 5 by Book.author of Author, 5 found where author(name = 'A3')\n"
            "  Author: walk over 8, 1 found where name = 'A3'\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 11, 19, 27, 35));
}

TEST_F(PlanTest, ManyTargetsAnswerButDoNotLead) {
  const Query<> query = books.Where(author.Is(Col("name") >= "A3"));
  EXPECT_EQ(query.Explain(),
            "Book: walk over 40, 30 found where author(name >= 'A3')\n"
            "  Author: walk over 8, 6 found where name >= 'A3'\n");
  EXPECT_EQ(query.Count(), 30u);
}

TEST_F(PlanTest, FewCandidatesAreAskedOneByOne) {
  const Query<> query = books.Where(Col("id") == 3 && author.Is(Col("name") == "A3"));
  EXPECT_EQ(query.Explain(), "Book: 1 by key Book.id, 1 found where id = 3 and author(name = 'A3')\n");
  EXPECT_THAT(Ids(query), ElementsAre(3));
}

TEST_F(PlanTest, AConditionOnAChildLeadsFromTheChild) {
  const Query<> query = authors.Where(books_of.Any(Col("title") == "B13"));
  EXPECT_EQ(query.Explain(),
            "Author: 1 by Book.author of Book, 1 found where any books(title = 'B13')\n"
            "  Book: 1 by key Book.title, 1 found where title = 'B13'\n");
  EXPECT_THAT(Ids(query), ElementsAre(5));
}

TEST_F(PlanTest, ATargetOfSeveralChildrenIsFoundOnce) {
  const Query<> query = authors.Where(books_of.Any(Col("language") == "de" && Col("pages") == 9) ||
                                      books_of.Any(Col("title") == "B1"));
  EXPECT_THAT(Ids(query), ElementsAre(1));
  const Query<> twice = books.Where(reviews_of.Any(Col("bookId") == 5));
  EXPECT_EQ(twice.Explain(),
            "Book: 1 by Review.book of Review, 1 found where any reviews(bookId = 5)\n"
            "  Review: 2 by Review.book, 2 found where bookId = 5\n");
  EXPECT_THAT(Ids(twice), ElementsAre(5));
}

TEST_F(PlanTest, TwoHopsAreWorkedOutFromTheFarEnd) {
  const Query<> query = reviews.Where(book.Is(author.Is(Col("id") == 3)));
  EXPECT_EQ(query.Explain(),
            "Review: 10 by Review.book of Book, 10 found where book(author(id = 3))\n"
            "  Book: 5 by Book.author of Author, 5 found where author(id = 3)\n"
            "    Author: 1 by key Author.id, 1 found where id = 3\n");
  EXPECT_THAT(Ids(query), ElementsAre(3, 11, 19, 27, 35, 43, 51, 59, 67, 75));
}

TEST_F(PlanTest, ARequiredTargetIsThereUnasked) {
  const Query<> required = books.Where(author.Is(Predicate<>()) && Col("year") == 2003);
  EXPECT_EQ(required.Explain(), "Book: 4 by index Book.year, 4 found where true and year = 2003\n");
  EXPECT_THAT(Ids(required), ElementsAre(3, 13, 23, 33));
  const Query<> optional = books.Where(editor.Is(Predicate<>()));
  EXPECT_EQ(optional.Explain(), "Book: walk over 40, 2 found where editor\n");
  EXPECT_THAT(Ids(optional), ElementsAre(1, 2));
}

TEST_F(PlanTest, NumbersOfChildrenAreKnown) {
  ASSERT_THAT(reviews.Erase(reviews.Find("id", 7)), IsOk());
  const Query<> query = books.Where(reviews_of.Count() < 2);
  EXPECT_EQ(query.Explain(), "Book: walk over 40, 1 found where count of reviews < 2\n");
  EXPECT_THAT(Ids(query), ElementsAre(7));
}

TEST_F(PlanTest, ACountThatNoneMeetsTooDoesNotLead) {
  const Query<> query = books.Where(reviews_of.Count(Col("id") == 7) < 1 && Col("year") == 2007);
  EXPECT_EQ(query.Explain(),
            "Book: 4 by index Book.year, 3 found where count of reviews(id = 7) < 1 and year = 2007\n"
            "  Review: 1 by key Review.id, 1 found where id = 7\n");
  EXPECT_THAT(Ids(query), ElementsAre(17, 27, 37));
  const Query<> enough = books.Where(reviews_of.Count(Col("id") == 7) > 0);
  EXPECT_EQ(enough.Explain(),
            "Book: 1 by Review.book of Review, 1 found where count of reviews(id = 7) > 0\n"
            "  Review: 1 by key Review.id, 1 found where id = 7\n");
  EXPECT_THAT(Ids(enough), ElementsAre(7));
}

TEST_F(PlanTest, ARelationUnderANotDoesNotLead) {
  const Query<> query = books.Where(!author.Is(Col("id") == 3));
  EXPECT_EQ(query.Explain(),
            "Book: walk over 40, 35 found where not author(id = 3)\n"
            "  Author: 1 by key Author.id, 1 found where id = 3\n");
  EXPECT_EQ(query.Count(), 35u);
}

// ---- Order and limit ----

TEST_F(PlanTest, ALimitStopsTheWalk) {
  const Query<> query = books.Where(Col("pages") > 10).Limit(2, 1);
  EXPECT_EQ(query.Explain(), "Book: walk over 13, 3 found where pages > 10\nlimit 2, offset 1: 2 rows\n");
  EXPECT_THAT(Ids(query), ElementsAre(12, 13));
  EXPECT_EQ(books.All().Limit(0).Explain(), "limit 0: 0 rows\n");
}

TEST_F(PlanTest, AnOrderLooksAtAllMatches) {
  const Query<> query = books.Where(Col("year") == 2003).OrderBy("pages", Order::kDescending).Limit(1);
  EXPECT_EQ(
      query.Explain(),
      "Book: 4 by index Book.year, 4 found where year = 2003\norder by pages descending, limit 1: 1 row\n");
  EXPECT_THAT(Ids(query), ElementsAre(33));
}

TEST_F(PlanTest, AnOrderMayBeThatOfTheTarget) {
  const Query<> query =
      books.Where(Col("year") == 2003).OrderBy(author, "name", Order::kDescending).OrderBy("id");
  EXPECT_EQ(query.Explain(),
            "Book: 4 by index Book.year, 4 found where year = 2003\n"
            "order by Author.name descending, id: 4 rows\n");
  EXPECT_THAT(Ids(query), ElementsAre(23, 13, 3, 33)) << "A7, A5, A3, A1";
}

}  // namespace
}  // namespace tenon
