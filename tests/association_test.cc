// The two ends of an edge as handles, by names: how they are reached, many rows at once, a has-one from both
// sides. What each accessor promises in either face: to_one_test.cc, has_one_test.cc, to_many_test.cc,
// many_to_many_test.cc.
#include <cstddef>
#include <cstdint>
#include <functional>
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
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

RefList<> Children(const ToMany<>& edge, Ref<> target) {
  RefList<> children;
  for (const Ref<> child : edge.Of(target)) children.push_back(child);
  return children;
}

// Two authors and three books. A book may have an editor too, and must have a shelf, named by its word; of
// one author's books no two are on one shelf.
struct Library {
  Library() {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Author", .columns = {{.name = "name", .type = Type::kString}}},
             {.name = "Shelf",
              .columns = {{.name = "word", .type = Type::kString, .not_null = true}},
              .unique = {{"word"}}},
             {.name = "Book",
              .columns =
                  {{.name = "title", .type = Type::kString},
                   {.name = "authorId"},
                   {.name = "shelf_word", .type = Type::kString, .not_null = true, .default_value = "A"}},
              .unique = {{"authorId", "shelf_word"}},
              .belongs_to = {{.target = "Author", .inverse = HasMany("books")},
                             {.target = "Author", .as = "editor"},
                             {.target = "Shelf",
                              .foreign_key = {"shelf_word"},
                              .target_key = {"word"},
                              .inverse = HasMany("books")}}}}),
        IsOk());
    authors = db.GetTable("Author");
    shelves = db.GetTable("Shelf");
    books = db.GetTable("Book");
    author = books.BelongsTo("author");
    editor = books.BelongsTo("editor");
    shelf = books.BelongsTo("shelf");
    written = authors.HasMany("books");
    edited = authors.HasMany(books, "editor");
    ann = authors.Insert({{"name", "Ann"}}).value();
    bob = authors.Insert({{"name", "Bob"}}).value();
    a = shelves.Insert({{"word", "A"}}).value();
    b = shelves.Insert({{"word", "B: a shelf with a longer name"}}).value();
    joints = books.Insert({{"title", "Joints"}}, {author.To(ann), shelf.To(a)}).value();
    tenons = books.Insert({{"title", "Tenons"}}, {author.To(ann), shelf.To(b)}).value();
    wood = books.Insert({{"title", "Wood"}}).value();
  }
  ~Library() { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<> authors, shelves, books;
  ToOne<> author, editor, shelf;
  ToMany<> written, edited;
  Ref<> ann, bob, a, b, joints, tenons, wood;
};

// ---- Reading ----

TEST(ToOneTest, LeadsToTheTarget) {
  const Library l;

  EXPECT_EQ(l.author.Get(l.joints), l.ann);
  EXPECT_EQ(l.shelf.Get(l.tenons), l.b);
  EXPECT_FALSE(l.author.Get(l.wood));
  EXPECT_FALSE(l.editor.Get(l.joints));
}

TEST(ToOneTest, ChainsThroughNothing) {
  const Library l;

  EXPECT_FALSE(l.author.Get(l.author.Get(Ref<>())));
  EXPECT_FALSE(l.written.Has(l.author.Get(l.wood), l.wood));
}

TEST(ToManyTest, IsReachedByItsNameOrByItsEdge) {
  const Library l;
  ASSERT_THAT(l.editor.Set(l.wood, l.ann), IsOk());

  EXPECT_THAT(Children(l.authors.HasMany("books"), l.ann), ElementsAre(l.joints, l.tenons));
  EXPECT_THAT(Children(l.authors.HasMany(l.books, "author"), l.ann), ElementsAre(l.joints, l.tenons));
  EXPECT_THAT(Children(l.authors.HasMany(l.books, "editor"), l.ann), ElementsAre(l.wood));
  EXPECT_THAT(Children(l.shelves.HasMany("books"), l.a), ElementsAre(l.joints, l.wood));
}

TEST(ToManyTest, IsReachedOnlyFromItsTarget) {
  const Library l;

  EXPECT_THAT(l.books.HasMany("books").status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(l.shelves.HasMany(l.books, "author").status(), StatusIs(absl::StatusCode::kNotFound));
}

// ---- Writing ----

TEST(ToOneTest, SetWritesTheTargetsKey) {
  const Library l;

  EXPECT_THAT(l.author.Set(l.joints, l.bob), IsOk());

  EXPECT_EQ(l.author.Get(l.joints), l.bob);
  EXPECT_EQ(l.books.Get(l.joints, "authorId").value(), Value(2));
  EXPECT_THAT(Children(l.written, l.ann), ElementsAre(l.tenons));
  EXPECT_THAT(Children(l.written, l.bob), ElementsAre(l.joints));
}

TEST(ToOneTest, SetWritesAKeyThatIsNoPrimaryKey) {
  const Library l;

  EXPECT_THAT(l.shelf.Set(l.wood, l.b), IsOk());

  EXPECT_EQ(l.books.Get(l.wood, "shelf_word").value(), Value("B: a shelf with a longer name"));
}

TEST(ToOneTest, ClearWritesNull) {
  const Library l;

  EXPECT_THAT(l.author.Clear(l.joints), IsOk());
  EXPECT_THAT(l.author.Clear(l.wood), IsOk());

  EXPECT_FALSE(l.author.Get(l.joints));
  EXPECT_TRUE(l.books.Get(l.joints, "authorId").value().is_null());
}

TEST(ToOneTest, SetAllMovesEachToItsOwnTarget) {
  const Library l;

  EXPECT_THAT(l.author.SetAll({l.joints, l.tenons, l.wood}, {l.bob, l.bob, l.ann}), IsOk());

  EXPECT_THAT(Children(l.written, l.ann), ElementsAre(l.wood));
  EXPECT_EQ(l.written.Count(l.bob), 2u);
}

TEST(ToOneTest, SetAllOfNoneIsNothing) {
  const Library l;
  const std::string before = l.db.Dump();

  EXPECT_THAT(l.author.SetAll({}, {}), IsOk());

  EXPECT_EQ(l.db.Dump(), before);
}

// One by one the two would stand on one shelf for a moment.
TEST(ToOneTest, SetAllAsksKeysOnlyAtItsEnd) {
  const Library l;
  EXPECT_THAT(l.shelf.Set(l.joints, l.b), ViolationIs(ViolationCode::kUnique));

  EXPECT_THAT(l.shelf.SetAll({l.joints, l.tenons}, {l.b, l.a}), IsOk());

  EXPECT_EQ(l.shelf.Get(l.joints), l.b);
  EXPECT_EQ(l.shelf.Get(l.tenons), l.a);
}

TEST(ToOneTest, SetAllMovesManyAndKeepsTheirOrder) {
  const Library l;
  const RefList<> refs = l.books.InsertColumns({{"authorId", std::vector<Value>(10'000)}}).value();

  EXPECT_THAT(l.editor.SetAll(refs, RefList<>(refs.size(), l.bob)), IsOk());

  EXPECT_EQ(Children(l.edited, l.bob), refs);
}

struct Refusal {
  std::string_view name;
  absl::StatusCode code;
  std::function<absl::Status(const Library&)> act;
};

const Refusal kRefusals[] = {
    {"SetNullChild", absl::StatusCode::kNotFound, [](const Library& l) { return l.author.Set({}, l.bob); }},
    {"SetNullTarget", absl::StatusCode::kNotFound,
     [](const Library& l) { return l.author.Set(l.joints, {}); }},
    {"SetTheWrongWayRound", absl::StatusCode::kNotFound,
     [](const Library& l) { return l.author.Set(l.bob, l.joints); }},
    {"SetToATargetOfAnotherTable", absl::StatusCode::kNotFound,
     [](const Library& l) { return l.author.Set(l.joints, l.b); }},
    {"SetWhereAKeyIsTaken", absl::StatusCode::kAlreadyExists,
     [](const Library& l) { return l.author.Set(l.wood, l.ann); }},
    {"ClearWhatIsRequired", absl::StatusCode::kInvalidArgument,
     [](const Library& l) { return l.shelf.Clear(l.joints); }},
    {"SetAllOneChildNull", absl::StatusCode::kNotFound,
     [](const Library& l) {
       return l.author.SetAll({l.joints, {}}, {l.bob, l.bob});
     }},
    {"SetAllOneTargetNull", absl::StatusCode::kNotFound,
     [](const Library& l) {
       return l.author.SetAll({l.joints, l.tenons}, {l.bob, {}});
     }},
    {"SetAllOfTwoLengths", absl::StatusCode::kInvalidArgument,
     [](const Library& l) {
       return l.author.SetAll({l.joints, l.tenons}, {l.bob});
     }},
    {"SetAllOntoOneKey", absl::StatusCode::kAlreadyExists,
     [](const Library& l) {
       return l.shelf.SetAll({l.joints, l.tenons}, {l.a, l.a});
     }},
    {"InsertOntoATakenKey", absl::StatusCode::kAlreadyExists,
     [](const Library& l) {
       return StatusOf(l.books.Insert({}, {l.author.To(l.ann), l.shelf.To(l.b)}));
     }},
    {"InsertOneLinkNull", absl::StatusCode::kNotFound,
     [](const Library& l) {
       return StatusOf(l.books.Insert({}, {l.author.To(l.bob), l.shelf.To({})}));
     }},
};

class RefusalTest : public ::testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(Every, RefusalTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& refusal) { return std::string(refusal.param.name); });

TEST_P(RefusalTest, ChangesNothing) {
  const Library l;
  const std::string dump = l.db.Dump();
  const StateHash hash = l.db.GetStateHash();

  EXPECT_THAT(GetParam().act(l), StatusIs(GetParam().code));

  EXPECT_EQ(l.db.Dump(), dump);
  EXPECT_EQ(l.db.GetStateHash(), hash);
  EXPECT_THAT(Children(l.written, l.ann), ElementsAre(l.joints, l.tenons));
}

// ---- Keys of several columns, and shared ones ----

// Lines of orders, by tenant and number; the tenant is a target of its own.
struct Orders {
  Orders() {
    EXPECT_THAT(db.CreateTables({{.name = "Tenant"},
                                 {.name = "Order",
                                  .columns = {{.name = "tenant"}, {.name = "no"}},
                                  .primary_key = {"tenant", "no"}},
                                 {.name = "Line",
                                  .columns = {{.name = "tenant"}, {.name = "orderNo"}},
                                  .belongs_to = {{.target = "Order",
                                                  .foreign_key = {"tenant", "orderNo"},
                                                  .inverse = HasMany("lines")},
                                                 {.target = "Tenant",
                                                  .as = "owner",
                                                  .foreign_key = {"tenant"},
                                                  .inverse = HasMany("lines")}}}}),
                IsOk());
    orders = db.GetTable("Order");
    lines = db.GetTable("Line");
    order = lines.BelongsTo("order");
    owner = lines.BelongsTo("owner");
    EXPECT_THAT(db.GetTable("Tenant").InsertAll({{{"id", 1}}, {{"id", 2}}}), IsOk());
    first = orders.Insert({{"tenant", 1}, {"no", 7}}).value();
    second = orders.Insert({{"tenant", 2}, {"no", 8}}).value();
    foreign = orders.Insert({{"tenant", 3}, {"no", 9}}).value();
    line = lines.Insert({}, {order.To(first)}).value();
  }
  ~Orders() { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<> orders, lines;
  ToOne<> order, owner;
  Ref<> first, second, foreign, line;
};

TEST(CompositeEdgeTest, ALinkWritesEveryColumn) {
  const Orders o;

  EXPECT_THAT(o.lines.Get(o.line).value(), ElementsAre(Value(1), Value(1), Value(7)));
  EXPECT_EQ(o.owner.Get(o.line), o.db.GetTable("Tenant").Find("id", 1));
}

TEST(CompositeEdgeTest, SetMovesTheEdgeThatSharesAColumnToo) {
  const Orders o;

  EXPECT_THAT(o.order.Set(o.line, o.second), IsOk());

  EXPECT_EQ(o.order.Get(o.line), o.second);
  EXPECT_EQ(o.owner.Get(o.line), o.db.GetTable("Tenant").Find("id", 2));
}

TEST(CompositeEdgeTest, SetIsRefusedWhereTheOtherEdgeWouldLeadNowhere) {
  const Orders o;
  const std::string before = o.db.Dump();

  EXPECT_THAT(o.order.Set(o.line, o.foreign), ViolationIs(ViolationCode::kMissingTarget, "Line.owner"));

  EXPECT_EQ(o.db.Dump(), before);
  EXPECT_EQ(o.order.Get(o.line), o.first);
}

TEST(CompositeEdgeTest, ClearUnlinksTheEdgeThatSharesAColumnToo) {
  const Orders o;

  EXPECT_THAT(o.order.Clear(o.line), IsOk());

  EXPECT_FALSE(o.order.Get(o.line));
  EXPECT_FALSE(o.owner.Get(o.line));
}

// ---- A row and its own kind ----

TEST(SelfEdgeTest, LeadsToItselfOrToAnother) {
  Database db;
  const Table<> people =
      db.CreateTable({.name = "Person",
                      .belongs_to = {{.target = "Person", .as = "boss", .inverse = HasMany("staff")}}})
          .value();
  const ToOne<> boss = people.BelongsTo("boss");
  const Ref<> ann = people.Insert({}).value(), bob = people.Insert({}).value();

  EXPECT_THAT(boss.SetAll({ann, bob}, {ann, ann}), IsOk());

  EXPECT_EQ(boss.Get(ann), ann);
  EXPECT_EQ(boss.Get(boss.Get(bob)), ann);
  EXPECT_THAT(Children(people.HasMany("staff"), ann), ElementsAre(ann, bob));
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- One to one ----

// Two persons, of whom the first has a licence; another licence is nobody's.
struct Registry {
  Registry() {
    EXPECT_THAT(db.CreateTables({{.name = "Person"},
                                 {.name = "License",
                                  .belongs_to = {{.target = "Person", .inverse = HasOne("license")}}}}),
                IsOk());
    persons = db.GetTable("Person");
    licenses = db.GetTable("License");
    person = licenses.BelongsTo("person");
    license = persons.HasOne("license");
    ann = persons.Insert({}).value();
    bob = persons.Insert({}).value();
    eve = persons.Insert({}).value();
    first = licenses.Insert({}, {person.To(ann)}).value();
    second = licenses.Insert({}, {person.To(bob)}).value();
    loose = licenses.Insert({}).value();
  }
  ~Registry() { EXPECT_THAT(db.Verify(), IsOk()); }

  Database db;
  Table<> persons, licenses;
  ToOne<> person, license;
  Ref<> ann, bob, eve, first, second, loose;
};

TEST(HasOneTest, ManyMayBelongToNobody) {
  const Registry r;

  EXPECT_THAT(r.licenses.InsertAll({{}, {}}), IsOk());
}

TEST(HasOneTest, SetFromTheChildTakesAFreePlace) {
  const Registry r;

  EXPECT_THAT(r.person.Set(r.loose, r.eve), IsOk());

  EXPECT_EQ(r.license.Get(r.eve), r.loose);
}

TEST(HasOneTest, SetFromTheTargetTakesAFreePlace) {
  const Registry r;

  EXPECT_THAT(r.license.Set(r.eve, r.loose), IsOk());

  EXPECT_EQ(r.person.Get(r.loose), r.eve);
}

TEST(HasOneTest, TwoMaySwapFromEitherSide) {
  for (const bool from_target : {false, true}) {
    const Registry r;

    if (from_target) {
      EXPECT_THAT(r.license.SetAll({r.ann, r.bob}, {r.second, r.first}), IsOk());
    } else {
      EXPECT_THAT(r.person.SetAll({r.first, r.second}, {r.bob, r.ann}), IsOk());
    }

    EXPECT_EQ(r.license.Get(r.ann), r.second);
    EXPECT_EQ(r.license.Get(r.bob), r.first);
  }
}

TEST(HasOneTest, TwoMaySwapInABatch) {
  Registry r;

  EXPECT_THAT(r.db.Batch([&](Batch& b) {
    b.Set(r.license, r.ann, r.second);
    b.Set(r.license, r.bob, r.first);
  }),
              IsOk());

  EXPECT_EQ(r.license.Get(r.ann), r.second);
  EXPECT_EQ(r.license.Get(r.bob), r.first);
}

TEST(HasOneTest, SetAllFromTheTargetsReplaces) {
  const Registry r;

  EXPECT_THAT(r.license.SetAll({r.ann, r.eve}, {r.loose, r.first}), IsOk());

  EXPECT_EQ(r.license.Get(r.ann), r.loose);
  EXPECT_EQ(r.license.Get(r.eve), r.first);
  EXPECT_EQ(r.license.Get(r.bob), r.second);
}

TEST(HasOneTest, OneChildCannotBeGivenToTwo) {
  const Registry r;
  const std::string before = r.db.Dump();

  EXPECT_FALSE(r.license.SetAll({r.ann, r.eve}, {r.loose, r.loose}).ok());

  EXPECT_EQ(r.db.Dump(), before);
}

TEST(HasOneTest, APlaceIsFreeAgainWhenItsChildGoes) {
  const Registry r;
  ASSERT_THAT(r.licenses.Erase(r.first), IsOk());

  EXPECT_FALSE(r.license.Get(r.ann));
  EXPECT_THAT(r.person.Set(r.loose, r.ann), IsOk());
}

TEST(ToOneTest, ALinkRaisesTheCounterOfItsForeignKey) {
  Database db;
  const Table<> posts = db.CreateTable({.name = "Post"}).value();
  const Table<> notes =
      db.CreateTable({.name = "Note",
                      .columns = {{.name = "code"}, {.name = "postId", .auto_increment = true}},
                      .primary_key = {"code"},
                      .belongs_to = {{.target = "Post"}}})
          .value();
  ASSERT_THAT(posts.InsertAll({{{"id", 1}}, {{"id", 2}}, {{"id", 3}}}), IsOk());
  const Ref<> note = notes.Insert({{"code", 1}}).value();

  ASSERT_THAT(notes.BelongsTo("post").Set(note, posts.Find("id", 2)), IsOk());

  const Ref<> next = notes.Insert({{"code", 2}}).value();
  EXPECT_EQ(notes.Get(next, "postId").value(), Value(int64_t{3}));
}

}  // namespace
}  // namespace tenon
