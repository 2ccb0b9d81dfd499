// Handles and Refs that lead nowhere, to another table, to another database, or only to be read: always an
// error or nothing, never another row.
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// Two authors, each with one book; the first has a pen.
struct Library {
  Library() {
    EXPECT_THAT(
        db.CreateTables({{.name = "Author", .columns = {{.name = "name", .type = Type::kString}}},
                         {.name = "Book",
                          .columns = {{.name = "title", .type = Type::kString}, {.name = "pages"}},
                          .belongs_to = {{.target = "Author",
                                          .inverse = HasMany("books"),
                                          .on_delete = Action::kCascade}}},
                         {.name = "Pen", .belongs_to = {{.target = "Author", .inverse = HasOne("pen")}}}}),
        IsOk());
    Open(db);
    ann = authors.Insert({{"name", "Ann"}}).value();
    bob = authors.Insert({{"name", "Bob"}}).value();
    joints = books.Insert({{"title", "Joints"}, {"pages", 10}}, {author.To(ann)}).value();
    tenons = books.Insert({{"title", "Tenons"}, {"pages", 20}}, {author.To(bob)}).value();
    quill = pens.Insert({}, {owner.To(ann)}).value();
  }
  ~Library() { EXPECT_THAT(db.Verify(), IsOk()); }

  // Takes the handles from `from`: the database itself, or the same as const.
  template <class D>
  void Open(D& from) {
    authors = from.GetTable("Author");
    books = from.GetTable("Book");
    pens = from.GetTable("Pen");
    author = books.BelongsTo("author");
    owner = pens.BelongsTo("author");
    pen = authors.HasOne("pen");
    written = authors.HasMany("books");
  }

  Database db;
  Table<> authors, books, pens;
  ToOne<> author, owner, pen;
  ToMany<> written;
  Ref<> ann, bob, joints, tenons, quill;
};

// Every verb that writes, through the handles of `l`.
struct Verb {
  std::string_view name;
  std::function<absl::Status(const Library& l)> run;
};

const Verb kVerbs[] = {
    {"Insert",
     [](const Library& l) {
       return StatusOf(l.books.Insert({{"title", "x"}}));
     }},
    {"InsertAll",
     [](const Library& l) {
       return StatusOf(l.books.InsertAll({{{"title", "x"}}}));
     }},
    {"InsertColumns",
     [](const Library& l) {
       return StatusOf(l.books.InsertColumns({{"title", {"x"}}}));
     }},
    {"Set", [](const Library& l) { return l.books.Set(l.joints, "title", "x"); }},
    {"Update",
     [](const Library& l) {
       return l.books.Update(l.joints, {{"title", "x"}});
     }},
    {"Upsert",
     [](const Library& l) {
       return StatusOf(l.books.Upsert({{"id", 1}}));
     }},
    {"Erase", [](const Library& l) { return l.books.Erase(l.joints); }},
    {"EraseAll", [](const Library& l) { return l.books.EraseAll({l.joints}); }},
    {"Clear", [](const Library& l) { return l.books.Clear(); }},
    {"PlanErase", [](const Library& l) { return StatusOf(l.books.PlanErase(l.joints)); }},
    {"UpdateWhere",
     [](const Library& l) {
       return StatusOf(l.books.All().Update({{"title", "x"}}));
     }},
    {"EraseWhere", [](const Library& l) { return StatusOf(l.books.All().Erase()); }},
    {"SetTarget", [](const Library& l) { return l.author.Set(l.joints, l.bob); }},
    {"SetAllTargets", [](const Library& l) { return l.author.SetAll({l.joints}, {l.bob}); }},
    {"ClearTarget", [](const Library& l) { return l.author.Clear(l.joints); }},
    {"SetOnly", [](const Library& l) { return l.pen.Set(l.bob, l.quill); }},
    {"ClearOnly", [](const Library& l) { return l.pen.Clear(l.ann); }},
};

class VerbTest : public ::testing::TestWithParam<Verb> {};
INSTANTIATE_TEST_SUITE_P(Every, VerbTest, ::testing::ValuesIn(kVerbs),
                         [](const auto& verb) { return std::string(verb.param.name); });

TEST_P(VerbTest, WritesThroughAGoodHandle) {
  const Library l;

  EXPECT_THAT(GetParam().run(l), IsOk());
}

TEST_P(VerbTest, IsRefusedByADefaultHandle) {
  Library l;
  const std::string before = l.db.Dump();
  l.authors = l.books = l.pens = Table<>();
  l.author = l.owner = l.pen = ToOne<>();

  EXPECT_THAT(GetParam().run(l), StatusIs(absl::StatusCode::kNotFound, HasSubstr("default-constructed")));

  EXPECT_EQ(l.db.Dump(), before);
}

TEST_P(VerbTest, IsRefusedByAHandleOfAConstDatabase) {
  Library l;
  const std::string before = l.db.Dump();
  l.Open(std::as_const(l.db));

  const absl::Status refused = GetParam().run(l);

  EXPECT_THAT(refused, ViolationIs(ViolationCode::kReadOnly));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(l.db.Dump(), before);
}

TEST_P(VerbTest, IsRefusedByAHandleOfADroppedTable) {
  Library l;
  ASSERT_THAT(l.db.DropTable("Book"), IsOk());
  ASSERT_THAT(l.db.DropTable("Pen"), IsOk());
  const std::string before = l.db.Dump();

  EXPECT_THAT(GetParam().run(l), ViolationIs(ViolationCode::kHandle));

  EXPECT_EQ(l.db.Dump(), before);
}

// ---- Refs ----

// Ways in which a Ref is no row of Book any more, or never was.
struct Stale {
  std::string_view name;
  std::function<Ref<>(Library&)> make;
};

const Stale kStale[] = {
    {"Null", [](Library&) { return Ref<>(); }},
    {"OfAnotherTable", [](Library& l) { return l.bob; }},
    {"Erased",
     [](Library& l) {
       EXPECT_THAT(l.books.Erase(l.joints), IsOk());
       return l.joints;
     }},
    {"ErasedAndItsSlotTakenAgain",
     [](Library& l) {
       EXPECT_THAT(l.books.Erase(l.joints), IsOk());
       EXPECT_EQ(l.books.Insert({{"title", "Joints"}}).value().slot(), l.joints.slot());
       return l.joints;
     }},
    {"ErasedByACascade",
     [](Library& l) {
       EXPECT_THAT(l.owner.Clear(l.quill), IsOk());
       EXPECT_THAT(l.authors.Erase(l.ann), IsOk());
       return l.joints;
     }},
    {"Cleared",
     [](Library& l) {
       EXPECT_THAT(l.books.Clear(), IsOk());
       EXPECT_THAT(l.books.InsertAll({{}, {}, {}}), IsOk());
       return l.joints;
     }},
    {"RolledBackAndItsSlotTakenAgain",
     [](Library& l) {
       Transaction tx = l.db.Begin();
       const Ref<> made = l.books.Insert({}).value();
       tx.Rollback();
       EXPECT_EQ(l.books.Insert({}).value().slot(), made.slot());
       return made;
     }},
    {"OfNoSlotThereIs", [](Library&) { return Ref<>(1'000'000, 1); }},
};

class StaleTest : public ::testing::TestWithParam<Stale> {};
INSTANTIATE_TEST_SUITE_P(Every, StaleTest, ::testing::ValuesIn(kStale),
                         [](const auto& stale) { return std::string(stale.param.name); });

TEST_P(StaleTest, EveryVerbRefusesIt) {
  Library l;
  const Ref<> stale = GetParam().make(l);
  const std::string before = l.db.Dump();
  const absl::Status refused[] = {
      l.books.Set(stale, "title", "x"),
      l.books.Update(stale, {{"title", "x"}}),
      l.books.Erase(stale),
      l.books.EraseAll({l.tenons, stale}),
      StatusOf(l.books.PlanErase(stale)),
      l.author.Set(stale, l.bob),
      l.author.SetAll({l.tenons, stale}, {l.bob, l.bob}),
      l.author.Clear(stale),
      StatusOf(l.books.Get(stale, "title")),
      StatusOf(l.books.Get(stale)),
  };

  for (const absl::Status& status : refused) EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));

  EXPECT_EQ(l.db.Dump(), before);
}

TEST_P(StaleTest, EveryWriteNamesTheReason) {
  Library l;

  EXPECT_THAT(l.books.Set(GetParam().make(l), "title", "x"), ViolationIs(ViolationCode::kStale));
}

TEST_P(StaleTest, EveryLookPassesItOnAsNothing) {
  Library l;
  const Ref<> stale = GetParam().make(l);

  EXPECT_FALSE(l.books.Contains(stale));
  EXPECT_FALSE(l.author.Get(stale));
  EXPECT_FALSE(l.written.Has(l.bob, stale));
}

TEST(HandleTest, ATargetThatIsNoneIsRefusedAndHasNoChildren) {
  Library l;
  Ref<> cid = l.authors.Insert({}).value();
  ASSERT_THAT(l.authors.Erase(cid), IsOk());
  const std::string before = l.db.Dump();
  for (const Ref<> target : {Ref<>(), cid, l.joints}) {
    EXPECT_THAT(l.author.Set(l.joints, target), ViolationIs(ViolationCode::kStale));
    EXPECT_THAT(l.author.SetAll({l.joints}, {target}), ViolationIs(ViolationCode::kStale));
    EXPECT_THAT(l.pen.Set(target, l.quill), ViolationIs(ViolationCode::kStale));
    EXPECT_THAT(l.pen.Clear(target), ViolationIs(ViolationCode::kStale));
    EXPECT_FALSE(l.pen.Get(target));
    EXPECT_EQ(l.written.Count(target), 0u);
    EXPECT_TRUE(l.written.Of(target).empty());
    EXPECT_FALSE(l.written.Has(target, l.joints));
    for (const Ref<> child : l.written.Of(target)) ADD_FAILURE() << child.slot();
  }
  EXPECT_EQ(l.db.Dump(), before);
}

static_assert(sizeof(Ref<>) == 8);

TEST(RefTest, IsNullUntilItIsGiven) {
  const Library l;

  EXPECT_FALSE(Ref<>());
  EXPECT_TRUE(l.ann);
  EXPECT_EQ(Ref<>(), Ref<>());
}

TEST(RefTest, ComparesAndHashesAsAValue) {
  const Library l;
  const Ref<> copy = l.ann;

  EXPECT_EQ(copy, l.ann);
  EXPECT_NE(l.ann, l.bob);
  EXPECT_LT(l.ann, l.bob);
  EXPECT_EQ(absl::HashOf(copy), absl::HashOf(l.ann));
}

TEST(RefTest, ATypedOneIsAlsoAnUntypedOne) {
  struct Row;
  const Ref<Row> typed(Ref<>(3, 4));

  EXPECT_EQ(Ref<>(typed), Ref<>(3, 4));
  static_assert(!std::is_convertible_v<Ref<>, Ref<Row>>);
}

// ---- Handles that lead nowhere ----

// Every read of a table that is none.
void ExpectNothing(const Table<>& none, Ref<> ref) {
  EXPECT_THAT(none.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(none.size(), 0u);
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.Contains(ref));
  for (const Ref<> row : none) ADD_FAILURE() << row.slot();
  EXPECT_THAT(none.Get(ref), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(none.Get(ref, "id"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(none.Find("id", 1));
  EXPECT_FALSE(none.Find({{"id", 1}}));
  EXPECT_THAT(none.All().status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(none.All().Refs(), IsEmpty());
  EXPECT_FALSE(none.Where(Col("id") == 1).First());
  EXPECT_EQ(none.All().Count(), 0u);
  EXPECT_THAT(none.Column<int64_t>("id").status(), Not(IsOk()));
  EXPECT_THAT(none.BelongsTo("author").status(), Not(IsOk()));
  EXPECT_THAT(none.HasMany("books").status(), Not(IsOk()));
  EXPECT_THAT(none.HasOne("pen").status(), Not(IsOk()));
  EXPECT_THAT(none.HasMany(none, "author").status(), Not(IsOk()));
}

TEST(HandleTest, ADefaultTableIsEmpty) {
  const Library l;

  ExpectNothing(Table<>(), l.ann);

  EXPECT_EQ(Table<>().name(), "");
}

TEST(HandleTest, AnUnknownTableIsEmpty) {
  Library l;

  ExpectNothing(l.db.GetTable("Autor"), l.ann);

  EXPECT_THAT(l.db.GetTable("Autor").status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("Autor")));
  EXPECT_THAT(l.db.GetTable("Autor").Insert({}), ViolationIs(ViolationCode::kHandle));
}

TEST(HandleTest, ADroppedTableIsEmpty) {
  Library l;
  const Column<void, int64_t> pages = l.books.Column<int64_t>("pages");
  ASSERT_THAT(l.db.DropTable("Book"), IsOk());

  ExpectNothing(l.books, l.joints);

  for (const auto& chunk : pages.Chunks()) EXPECT_EQ(chunk.values.size(), 0u);
  EXPECT_THAT(l.author.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(l.author.Get(l.joints));
  EXPECT_THAT(l.written.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(l.written.Count(l.ann), 0u);
  EXPECT_TRUE(l.written.Of(l.ann).empty());
}

TEST(HandleTest, ATableThatComesAgainUnderTheNameIsAnother) {
  Library l;
  ASSERT_THAT(l.db.DropTable("Book"), IsOk());

  const Table<> again =
      l.db.CreateTable({.name = "Book", .columns = {{.name = "title", .type = Type::kString}}}).value();

  EXPECT_THAT(l.books.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(again.status(), IsOk());
  EXPECT_FALSE(again.Contains(l.joints));
}

TEST(HandleTest, ADroppedEdgeLeadsNowhere) {
  Library l;
  ASSERT_THAT(l.db.DropBelongsTo(l.books, "author"), IsOk());

  EXPECT_THAT(l.author.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(l.author.Get(l.joints));
  EXPECT_THAT(l.author.Set(l.joints, l.bob), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(l.author.Clear(l.joints), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(l.books.Insert({}, {l.author.To(l.bob)}), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(l.written.status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(l.written.Count(l.ann), 0u);
  EXPECT_THAT(l.books.BelongsTo("author").status(), StatusIs(absl::StatusCode::kNotFound));
}

TEST(HandleTest, DefaultEdgesLeadNowhere) {
  const Library l;

  EXPECT_FALSE(ToOne<>().Get(l.joints));
  EXPECT_EQ(ToMany<>().Count(l.ann), 0u);
  EXPECT_FALSE(ToMany<>().Has(l.ann, l.joints));
  EXPECT_TRUE(ToMany<>().Of(l.ann).empty());
  EXPECT_THAT(l.books.Insert({}, {ToOne<>().To(l.ann)}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT((Column<void, int64_t>().status()), StatusIs(absl::StatusCode::kNotFound));
}

TEST(HandleTest, UnknownEdgesSayWhichOne) {
  const Library l;
  const absl::Status unknown[] = {l.books.BelongsTo("editor").status(),
                                  l.authors.BelongsTo("editor").status(),
                                  l.authors.HasMany("editor").status(), l.authors.HasOne("editor").status(),
                                  l.authors.HasMany(l.books, "editor").status()};

  for (const absl::Status& status : unknown)
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("editor")));
}

TEST(HandleTest, HasOneReachesOnlyWhatWasDeclaredSo) {
  const Library l;

  EXPECT_THAT(l.authors.HasOne("books").status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(l.authors.HasMany("pen").status(), IsOk());
  EXPECT_EQ(l.authors.HasMany("pen").Count(l.ann), 1u);
}

TEST(HandleTest, UnknownColumnsAreInvalid) {
  const Library l;

  EXPECT_THAT(l.books.Get(l.joints, "titel"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("titel")));
  EXPECT_THAT(l.books.Column<int64_t>("titel").status(), Not(IsOk()));
}

// ---- Handles of another database ----

TEST(HandleTest, AHandleOfAnotherDatabaseIsRefused) {
  Library here, there;
  const std::string before_here = here.db.Dump(), before_there = there.db.Dump();
  const absl::Status refused[] = {
      here.db.Clear({there.books}),
      here.db.Clear({here.pens, there.books}),
      here.db.AddColumn(there.books, {.name = "more"}),
      here.db.AddUnique(there.books, {"title"}),
      StatusOf(here.db.AddBelongsTo(there.books, {.target = "Author", .as = "editor"})),
      here.db.DropUnique(there.books, "Book.id"),
      here.db.DropBelongsTo(there.books, "author"),
      StatusOf(here.books.Insert({}, {there.author.To(there.ann)})),
      here.authors.HasMany(there.books, "author").status(),
      here.db.Batch([&](Batch& b) { b.Insert(there.books, {}); }),
      here.db.Batch([&](Batch& b) {
        b.Update(there.books, there.joints, {{"pages", 1}});
      }),
      here.db.Batch([&](Batch& b) { b.Set(there.author, there.joints, there.bob); }),
      here.db.Batch([&](Batch& b) { b.Clear(there.author, there.joints); }),
      here.db.Batch([&](Batch& b) { b.Create(there.written, there.ann, {}); }),
      here.db.Batch([&](Batch& b) { b.Erase(there.books, there.joints); }),
  };

  for (size_t i = 0; i < std::size(refused); ++i) EXPECT_THAT(refused[i], Not(IsOk())) << "case " << i;

  EXPECT_EQ(here.db.Dump(), before_here);
  EXPECT_EQ(there.db.Dump(), before_there);
}

TEST(HandleTest, ALinkOfAnotherTableIsRefused) {
  Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.books.Insert({}, {l.owner.To(l.bob)}), Not(IsOk()));

  EXPECT_EQ(l.db.Dump(), before);
}

TEST(HandleTest, ALinkFromTheTargetsSideIsRefused) {
  Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.authors.Insert({}, {l.pen.To(l.quill)}), Not(IsOk()));
  EXPECT_THAT(l.pens.Insert({}, {l.pen.To(l.bob)}), Not(IsOk()));

  EXPECT_EQ(l.db.Dump(), before);
}

// ---- Handles and their database ----

TEST(HandleTest, AConstDatabaseIsReadAsAnyOther) {
  Library l;
  l.Open(std::as_const(l.db));

  EXPECT_THAT(l.books.status(), IsOk());
  EXPECT_EQ(l.books.name(), "Book");
  EXPECT_EQ(l.books.size(), 2u);
  EXPECT_EQ(l.books.Get(l.joints, "title").value(), Value("Joints"));
  EXPECT_EQ(l.books.Find("id", 2), l.tenons);
  EXPECT_THAT(l.books.Where(Col("pages") > 10).Refs(), ElementsAre(l.tenons));
  EXPECT_EQ(l.books.Column<int64_t>("pages")[l.joints], 10);
  EXPECT_EQ(l.author.Get(l.joints), l.ann);
  EXPECT_EQ(l.pen.Get(l.ann), l.quill);
  EXPECT_TRUE(l.written.Has(l.ann, l.joints));
  EXPECT_EQ(l.authors.HasMany(l.books, "author").Count(l.bob), 1u);
}

TEST(HandleTest, AReadOnlyHandleIsRefusedByVerbsOfTheDatabaseToo) {
  Library l;
  const std::string before = l.db.Dump();
  Database& db = l.db;
  const Table<> books = std::as_const(db).GetTable("Book");

  EXPECT_THAT(db.Clear({books}), ViolationIs(ViolationCode::kReadOnly));
  EXPECT_THAT(db.Batch([&](Batch& b) { b.Insert(books, {}); }), ViolationIs(ViolationCode::kReadOnly));
  EXPECT_THAT(db.AddColumn(books, {.name = "more"}), ViolationIs(ViolationCode::kReadOnly));

  EXPECT_EQ(l.db.Dump(), before);
}

TEST(HandleTest, HandlesFollowADatabaseThatMoves) {
  Library l;

  Database second = std::move(l.db);
  Database third;
  third = std::move(second);

  EXPECT_EQ(l.author.Get(l.joints), l.ann);
  EXPECT_THAT(l.author.Set(l.joints, l.bob), IsOk());
  EXPECT_EQ(l.written.Count(l.bob), 2u);
  EXPECT_EQ(third.GetTable("Book").Get(l.joints, "authorId").value(), Value(2));
  EXPECT_EQ(third.GetTable("Book").Find("id", 1), l.joints);
  EXPECT_THAT(third.Verify(), IsOk());
  l.db = std::move(third);
}

TEST(HandleTest, ACopyIsTheSameHandle) {
  const Library l;
  const Table<> books = l.books;

  const Ref<> made = books.Insert({{"title", "Wood"}}).value();

  EXPECT_TRUE(l.books.Contains(made));
}

}  // namespace
}  // namespace tenon
