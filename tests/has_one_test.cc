// ToOne of a has-one: from a target to its only child, in both faces. (association_test.cc: SetAll, swaps,
// uniqueness.)
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/faces.h"
#include "tests/testing/world.h"

namespace tenon {

struct Person {
  int64_t id = 0;
  std::string name = {};
};
struct License {
  int64_t id = 0;
  std::optional<int64_t> person_id = {};
  std::string code = {};
};
struct Badge {
  int64_t id = 0;
  int64_t person_id = 0;
};

static Row RowOf(const Person& person) { return {{"name", person.name}}; }
static Row RowOf(const License& license) {
  return {{"person_id", license.person_id}, {"code", license.code}};
}
static Row RowOf(const Badge& badge) { return {{"person_id", badge.person_id}}; }

namespace {

using testing::Act;
using testing::FaceNames;
using testing::Faces;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::Picture;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// Three persons; the first two have a licence and the first a badge, which must be somebody's; another
// licence is nobody's.
template <class Face>
struct Registry : testing::World {
  using P = typename Face::template Of<Person>;
  using L = typename Face::template Of<License>;
  using B = typename Face::template Of<Badge>;
  Registry() {
    EXPECT_THAT(
        db.CreateTables(
            {TableOf<Person>("Person", {PrimaryKey(&Person::id).AutoIncrement()}),
             TableOf<License>("License",
                              {PrimaryKey(&License::id).AutoIncrement(), Unique(&License::code),
                               BelongsTo(&License::person_id, &Person::id, {.inverse = HasOne("license")})}),
             TableOf<Badge>("Badge",
                            {PrimaryKey(&Badge::id).AutoIncrement(),
                             BelongsTo(&Badge::person_id, &Person::id, {.inverse = HasOne("badge")})})}),
        IsOk());
    persons = Face::template Open<Person>(db, "Person");
    licenses = Face::template Open<License>(db, "License");
    badges = Face::template Open<Badge>(db, "Badge");
    person_of = Face::BelongsTo(licenses, persons, "person");
    license_of = Face::HasOne(persons, licenses, "person", "license");
    badge_of = Face::HasOne(persons, badges, "person", "badge");
    ann = persons.Insert(Face::Row(Person{.name = "Ann"})).value();
    bob = persons.Insert(Face::Row(Person{.name = "Bob"})).value();
    eve = persons.Insert(Face::Row(Person{.name = "Eve"})).value();
    first = license_of.Create(ann, Code("first")).value();
    second = license_of.Create(bob, Code("second")).value();
    loose = licenses.Insert(Code("loose")).value();
    badge = badge_of.Create(ann, Face::Row(Badge{})).value();
  }
  static auto Code(std::string code) { return Face::Row(License{.code = std::move(code)}); }
  Ref<L> Gone() {
    const Ref<L> gone = licenses.Insert(Code("gone")).value();
    EXPECT_THAT(licenses.Erase(gone), IsOk());
    return gone;
  }

  Table<P> persons;
  Table<L> licenses;
  Table<B> badges;
  ToOne<L, P> person_of;
  ToOne<P, L> license_of;
  ToOne<P, B> badge_of;
  Ref<P> ann, bob, eve;
  Ref<L> first, second, loose;
  Ref<B> badge;
};

template <class Face>
class HasOneTest : public ::testing::Test {};
TYPED_TEST_SUITE(HasOneTest, Faces, FaceNames);

TYPED_TEST(HasOneTest, GetIsNullForATargetThatIsNullStaleOrHasNone) {
  Registry<TypeParam> w;
  const auto gone = w.persons.Insert(TypeParam::Row(Person{})).value();
  ASSERT_THAT(w.persons.Erase(gone), IsOk());

  EXPECT_EQ(w.license_of.Get(w.ann), w.first);
  EXPECT_FALSE(w.license_of.Get(w.eve));
  EXPECT_FALSE(w.license_of.Get(gone));
  EXPECT_FALSE(w.license_of.Get({}));
  EXPECT_FALSE(w.person_of.Get(w.license_of.Get(w.eve)));
}

TYPED_TEST(HasOneTest, FollowsAForeignKeyThatIsWrittenDirectlyAndAChildThatIsErased) {
  Registry<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.db.GetTable("License").Set(w.first, "person_id", 3); }), IsOk());
  EXPECT_FALSE(w.license_of.Get(w.ann));
  EXPECT_EQ(w.license_of.Get(w.eve), w.first);

  ASSERT_THAT(w.Run([&] { return w.licenses.Erase(w.license_of.Get(w.eve)); }), IsOk());
  EXPECT_FALSE(w.license_of.Get(w.eve));
}

// ---- Create ----

TYPED_TEST(HasOneTest, CreateGivesTheOnlyChild) {
  Registry<TypeParam> w;

  const auto made = w.Run([&] { return w.license_of.Create(w.eve, w.Code("new")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.license_of.Get(w.eve), *made);
  EXPECT_EQ(w.person_of.Get(*made), w.eve);
  EXPECT_EQ(w.Cell("License", *made, "code"), Value("new"));
}

TYPED_TEST(HasOneTest, CreateOverridesTheForeignKeyItIsGiven) {
  Registry<TypeParam> w;

  const auto made = w.Run(
      [&] { return w.license_of.Create(w.eve, TypeParam::Row(License{.person_id = 1, .code = "new"})); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.person_of.Get(*made), w.eve);
}

TYPED_TEST(HasOneTest, CreateOnAnOccupiedTargetIsRefusedAndKeepsWhatItHas) {
  Registry<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.license_of.Create(w.ann, w.Code("new")); }),
              ViolationIs(ViolationCode::kUnique, "License.person"));
  EXPECT_THAT(w.Run([&] { return w.badge_of.Create(w.ann, TypeParam::Row(Badge{})); }),
              ViolationIs(ViolationCode::kUnique, "Badge.person"));
  EXPECT_EQ(w.license_of.Get(w.ann), w.first);
}

TYPED_TEST(HasOneTest, CreateThatBreaksAKeyOrHasNoTargetLeavesNothing) {
  Registry<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.license_of.Create(w.eve, w.Code("first")); }),
              ViolationIs(ViolationCode::kUnique, "License.code"));
  EXPECT_THAT(w.Run([&] { return w.license_of.Create({}, w.Code("new")); }),
              ViolationIs(ViolationCode::kStale));
}

TYPED_TEST(HasOneTest, CreateOfATargetForAChildMovesItThere) {
  Registry<TypeParam> w;

  const auto made = w.Run([&] { return w.person_of.Create(w.first, TypeParam::Row(Person{.name = "New"})); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.license_of.Get(*made), w.first);
  EXPECT_FALSE(w.license_of.Get(w.ann));
}

// No second row comes in by any other door either.
TYPED_TEST(HasOneTest, ASecondChildIsRefusedAtEveryDoor) {
  Registry<TypeParam> w;
  const auto by_many = w.persons.HasMany(w.licenses, "person");

  EXPECT_THAT(w.Run([&] { return w.licenses.Insert(TypeParam::Row(License{.person_id = 1})); }),
              ViolationIs(ViolationCode::kUnique, "License.person"));
  EXPECT_THAT(w.Run([&] { return w.licenses.Insert(w.Code("new"), {w.person_of.To(w.ann)}); }),
              ViolationIs(ViolationCode::kUnique, "License.person"));
  EXPECT_THAT(w.Run([&] { return w.person_of.Set(w.loose, w.ann); }), ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] {
    return w.person_of.SetAll({w.first, w.loose}, {w.eve, w.eve});
  }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] { return by_many.Add(w.ann, w.loose); }), ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] { return by_many.Create(w.ann, w.Code("new")); }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] {
    return by_many.Set(w.eve, {w.loose, w.first});
  }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] {
    return w.db.GetTable("License").All().Update({{"person_id", 3}});
  }),
              ViolationIs(ViolationCode::kUnique));
}

// ---- Set, Clear ----

TYPED_TEST(HasOneTest, SetOnAnOccupiedTargetUnlinksTheOldChildInTheSameStatement) {
  Registry<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.license_of.Set(w.ann, w.loose); }), IsOk());

  EXPECT_EQ(w.license_of.Get(w.ann), w.loose);
  EXPECT_FALSE(w.person_of.Get(w.first));
  EXPECT_TRUE(w.licenses.Contains(w.first));
}

TYPED_TEST(HasOneTest, SetTakesTheChildOfAnother) {
  Registry<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.license_of.Set(w.ann, w.second); }), IsOk());

  EXPECT_EQ(w.license_of.Get(w.ann), w.second);
  EXPECT_FALSE(w.license_of.Get(w.bob));
  EXPECT_FALSE(w.person_of.Get(w.first));
}

TYPED_TEST(HasOneTest, SetToWhatItHasChangesNothing) {
  Registry<TypeParam> w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.license_of.Set(w.ann, w.first); }), IsOk());
  EXPECT_THAT(w.Run([&] { return w.badge_of.Set(w.ann, w.badge); }), IsOk());

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(HasOneTest, SetToANullOrStaleChildIsRefusedAndKeepsWhatItHas) {
  Registry<TypeParam> w;
  const auto gone = w.Gone();

  for (const auto child : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Run([&] { return w.license_of.Set(w.ann, child); }), ViolationIs(ViolationCode::kStale));
    EXPECT_THAT(w.Run([&] {
      return w.license_of.SetAll({w.eve, w.ann}, {w.loose, child});
    }),
                ViolationIs(ViolationCode::kStale));
    EXPECT_EQ(w.license_of.Get(w.ann), w.first);
  }
}

// Elsewhere the old child is erased.
TYPED_TEST(HasOneTest, ARequiredChildIsNeitherPutOutNorErased) {
  Registry<TypeParam> w;
  const auto other = w.badge_of.Create(w.bob, TypeParam::Row(Badge{})).value();

  EXPECT_THAT(w.Run([&] { return w.badge_of.Set(w.ann, other); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(w.Run([&] { return w.badge_of.Clear(w.ann); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_EQ(w.badges.size(), 2u);

  ASSERT_THAT(w.Run([&] { return w.badge_of.Set(w.eve, w.badge); }), IsOk()) << "to a free place it may go";
  EXPECT_FALSE(w.badge_of.Get(w.ann));
}

TYPED_TEST(HasOneTest, ClearUnlinksAndErasesNothing) {
  Registry<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.license_of.Clear(w.ann); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.license_of.Clear(w.eve); }), IsOk());

  EXPECT_FALSE(w.license_of.Get(w.ann));
  EXPECT_TRUE(w.licenses.Contains(w.first));
  EXPECT_THAT(w.Run([&] { return w.license_of.Clear({}); }), ViolationIs(ViolationCode::kStale));
}

// ---- Whole or not at all ----

template <class Face>
std::vector<Act<Registry<Face>>> Acts() {
  using W = Registry<Face>;
  return {
      {"Set", [](W& w) { return w.license_of.Set(w.eve, w.loose); }},
      {"Set on an occupied target", [](W& w) { return w.license_of.Set(w.ann, w.second); }},
      {"SetAll",
       [](W& w) {
         return w.license_of.SetAll({w.ann, w.bob, w.eve}, {w.second, w.first, w.loose});
       }},
      {"Clear", [](W& w) { return w.license_of.Clear(w.ann); }},
      {"Create",
       [](W& w) { return StatusOf(w.license_of.Create(w.eve, w.Code("a code that needs a place"))); }},
  };
}

TYPED_TEST(HasOneTest, EveryWriteIsUndoneWithItsTransaction) { testing::ExpectUndone(Acts<TypeParam>()); }

TYPED_TEST(HasOneTest, EveryWriteIsWholeOrNotAtAllWhicheverMemoryIsRefused) {
  testing::ExpectWholeOrNotAtAll(Acts<TypeParam>());
}

// ---- Handles that lead nowhere, and rows of other tables ----

template <class W, class One, class A, class B>
void ExpectNoWay(W& w, const One& edge, A target, B child, ViolationCode code) {
  EXPECT_THAT(w.Run([&] { return edge.Set(target, child); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.SetAll({target, target}, {child, child}); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Clear(target); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Create(target, w.Code("new")); }), ViolationIs(code));
}

TYPED_TEST(HasOneTest, AHandleToADroppedEdgeRefusesAllAndLeadsNowhere) {
  Registry<TypeParam> w;
  ASSERT_THAT(w.db.DropBelongsTo(w.licenses, "person"), IsOk());

  EXPECT_THAT(w.license_of.status(), ViolationIs(ViolationCode::kHandle));
  EXPECT_FALSE(w.license_of.Get(w.ann));
  ExpectNoWay(w, w.license_of, w.ann, w.loose, ViolationCode::kHandle);
}

TYPED_TEST(HasOneTest, IsNoLinkForANewRow) {
  Registry<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.persons.Insert(TypeParam::Row(Person{}), {w.license_of.To(w.loose)}); }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the child's side")));
}

TEST(HasOneHandleTest, OfAConstDatabaseReadsAndDoesNotWrite) {
  Registry<testing::ByNames> by_names;
  Registry<testing::ByStructs> by_structs;
  const Database& names = by_names.db;
  const Database& structs = by_structs.db;
  const auto expect = [](auto& w, const auto& license_of) {
    EXPECT_THAT(license_of.status(), IsOk());
    EXPECT_EQ(license_of.Get(w.ann), w.first);
    ExpectNoWay(w, license_of, w.ann, w.loose, ViolationCode::kReadOnly);
  };

  expect(by_names, names.GetTable("Person").HasOne("license"));
  expect(by_structs, structs.GetTable<Person>("Person").HasOne(structs.GetTable<License>("License"),
                                                               &License::person_id));
}

TEST(HasOneHandleTest, RefusesRowsOfOtherTables) {
  Registry<testing::ByNames> w;

  ExpectNoWay(w, w.license_of, w.first, w.loose, ViolationCode::kStale);
  EXPECT_THAT(w.Run([&] { return w.license_of.Set(w.ann, w.badge); }), ViolationIs(ViolationCode::kStale));
  EXPECT_FALSE(w.license_of.Get(w.first));
}

TEST(HasOneHandleTest, ExistsOnlyWhereItWasDeclared) {
  testing::World w;
  ASSERT_THAT(w.db.CreateTables({TableOf<Person>("Person", {PrimaryKey(&Person::id)}),
                                 TableOf<License>("License", {PrimaryKey(&License::id),
                                                              BelongsTo(&License::person_id, &Person::id,
                                                                        {.inverse = HasMany("licenses")})})}),
              IsOk());
  const auto persons = w.db.GetTable<Person>("Person");
  const auto licenses = w.db.GetTable<License>("License");

  EXPECT_THAT(persons.HasOne(licenses, &License::person_id).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("is no has-one")));
  EXPECT_THAT(persons.HasOne(licenses, "person").status(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(w.db.GetTable("Person").HasOne("licenses").status(), StatusIs(absl::StatusCode::kNotFound));
}

TEST(HasOneHandleTest, AssignIsForTheChildsSide) {
  Registry<testing::ByStructs> w;
  Person person;

  EXPECT_THAT(w.license_of.Assign(person, w.loose), StatusIs(absl::StatusCode::kInvalidArgument));
}

// ---- A has-one that is not enforced is one-to-one all the same ----

TEST(LooseHasOneTest, TakesNoSecondChildEvenOfATargetThatIsNotThere) {
  testing::World w;
  ASSERT_THAT(w.db.CreateTables(
                  {{.name = "Person"},
                   {.name = "License",
                    .belongs_to = {{.target = "Person", .inverse = HasOne("license"), .enforced = false}}}}),
              IsOk());
  const Table<> persons = w.db.GetTable("Person"), licenses = w.db.GetTable("License");
  const ToOne<> license_of = persons.HasOne("license");
  const Ref<> waiting = licenses.Insert({{"personId", 7}}).value();

  EXPECT_THAT(w.Run([&] { return licenses.Insert({{"personId", 7}}); }), ViolationIs(ViolationCode::kUnique));

  const Ref<> seven = w.Run([&] { return persons.Insert({{"id", 7}}); }).value();
  EXPECT_EQ(license_of.Get(seven), waiting);
  EXPECT_THAT(w.Run([&] { return license_of.Create(seven, {}); }), ViolationIs(ViolationCode::kUnique));
  ASSERT_THAT(w.Run([&] { return license_of.Clear(seven); }), IsOk());
  EXPECT_THAT(w.Run([&] { return license_of.Create(seven, {}); }), IsOk());
}

// ---- A table that has one of itself ----

TEST(SelfHasOneTest, AChainIsRelinkedFromEitherSide) {
  testing::World w;
  ASSERT_THAT(
      w.db.CreateTable(
          {.name = "Page", .belongs_to = {{.target = "Page", .as = "previous", .inverse = HasOne("next")}}}),
      IsOk());
  const Table<> pages = w.db.GetTable("Page");
  const ToOne<> previous = pages.BelongsTo("previous"), next = pages.HasOne("next");
  const Ref<> a = pages.Insert({}).value();
  const Ref<> b = w.Run([&] { return next.Create(a, {}); }).value();
  const Ref<> c = w.Run([&] { return next.Create(b, {}); }).value();

  EXPECT_THAT(w.Run([&] { return next.Create(a, {}); }), ViolationIs(ViolationCode::kUnique));
  ASSERT_THAT(w.Run([&] { return next.Set(a, c); }), IsOk());

  EXPECT_EQ(previous.Get(c), a);
  EXPECT_FALSE(previous.Get(b));
  EXPECT_FALSE(next.Get(b));
  ASSERT_THAT(w.Run([&] { return next.Set(b, b); }), IsOk());
  EXPECT_EQ(previous.Get(b), b);
}

}  // namespace
}  // namespace tenon
