// ManyToMany: from a row to those it is paired with, read and written, in both faces, with and without a key
// over the pair.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/faces.h"
#include "tests/testing/world.h"

namespace tenon {

struct Post {
  int64_t id = 0;
  std::string title = {};
};
struct Tag {
  int64_t id = 0;
  std::string word = {};
};
struct PostTag {
  int64_t id = 0;
  int64_t post_id = 0;
  int64_t tag_id = 0;
  int32_t weight = 1;
};

static Row RowOf(const Post& post) { return {{"title", post.title}}; }
static Row RowOf(const Tag& tag) { return {{"word", tag.word}}; }
static Row RowOf(const PostTag& pair) {
  return {{"post_id", pair.post_id}, {"tag_id", pair.tag_id}, {"weight", pair.weight}};
}

namespace {

using testing::Act;
using testing::ByNames;
using testing::ByStructs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ListOf;
using testing::Picture;
using testing::StatusIs;
using testing::StatusOf;
using ::testing::UnorderedElementsAre;
using testing::ViolationIs;

enum class PairKey { kNone, kForwards, kBackwards };

// Two posts and four tags. The first post has two tags, one with a weight; the second has one of these too.
template <class Face, PairKey kKey>
struct Tags : testing::World {
  using P = typename Face::template Of<Post>;
  using T = typename Face::template Of<Tag>;
  using L = typename Face::template Of<PostTag>;
  Tags() {
    EXPECT_THAT(
        db.CreateTables(
            {TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()}),
             TableOf<Tag>("Tag", {PrimaryKey(&Tag::id).AutoIncrement(), Unique(&Tag::word)}),
             TableOf<PostTag>("PostTag",
                              {PrimaryKey(&PostTag::id).AutoIncrement(),
                               BelongsTo(&PostTag::post_id, &Post::id, {.on_delete = Action::kCascade}),
                               BelongsTo(&PostTag::tag_id, &Tag::id, {.on_delete = Action::kCascade})})}),
        IsOk());
    pairs = Face::template Open<PostTag>(db, "PostTag");
    const std::vector<std::vector<std::string>> keys[] = {
        {}, {{"post_id", "tag_id"}}, {{"tag_id", "post_id"}}};
    for (const auto& columns : keys[static_cast<int>(kKey)])
      EXPECT_THAT(db.AddUnique(pairs, columns), IsOk());
    posts = Face::template Open<Post>(db, "Post");
    tags = Face::template Open<Tag>(db, "Tag");
    pairs_of = posts.HasMany(pairs, "post");
    tag_of = Face::BelongsTo(pairs, tags, "tag");
    tags_of = posts.Through(pairs_of, tag_of);
    posts_of = tags.Through(tags.HasMany(pairs, "tag"), Face::BelongsTo(pairs, posts, "post"));
    hello = posts.Insert(Face::Row(Post{.title = "hello"})).value();
    other = posts.Insert(Face::Row(Post{.title = "other"})).value();
    wood = tags.Insert(Word("wood")).value();
    glue = tags.Insert(Word("glue")).value();
    nail = tags.Insert(Word("nail")).value();
    saw = tags.Insert(Word("saw")).value();
    heavy = pairs_of.Create(hello, Weight(7), {tag_of.To(wood)}).value();
    EXPECT_THAT(tags_of.Add(hello, glue), IsOk());
    EXPECT_THAT(tags_of.Add(other, glue), IsOk());
  }
  static constexpr bool kHasKey = kKey != PairKey::kNone;
  static auto Word(std::string word) { return Face::Row(Tag{.word = std::move(word)}); }
  static auto Weight(int32_t weight) { return Face::Row(PostTag{.weight = weight}); }
  auto Of(Ref<P> post) const { return ListOf(tags_of.Of(post)); }
  Ref<T> Gone() {
    const Ref<T> gone = tags.Insert(Word("gone")).value();
    EXPECT_THAT(tags.Erase(gone), IsOk());
    return gone;
  }

  Table<P> posts;
  Table<T> tags;
  Table<L> pairs;
  ToMany<P, L> pairs_of;
  ToOne<L, T> tag_of;
  ManyToMany<P, T> tags_of;
  ManyToMany<T, P> posts_of;
  Ref<P> hello, other;
  Ref<T> wood, glue, nail, saw;
  Ref<L> heavy;
};

using Cases = ::testing::Types<Tags<ByNames, PairKey::kNone>, Tags<ByNames, PairKey::kForwards>,
                               Tags<ByStructs, PairKey::kNone>, Tags<ByStructs, PairKey::kForwards>,
                               Tags<ByStructs, PairKey::kBackwards>>;
struct CaseNames {
  template <class Case>
  static std::string GetName(int) {
    return NameOf(static_cast<const Case*>(nullptr));
  }
  template <class Face, PairKey kKey>
  static std::string NameOf(const Tags<Face, kKey>*) {
    return testing::FaceNames::GetName<Face>(0) + (kKey == PairKey::kNone       ? "WithoutKey"
                                                   : kKey == PairKey::kForwards ? "WithKey"
                                                                                : "WithKeyBackwards");
  }
};

template <class Case>
class ManyToManyTest : public ::testing::Test {};
TYPED_TEST_SUITE(ManyToManyTest, Cases, CaseNames);

// ---- Reading ----

TYPED_TEST(ManyToManyTest, LeadsToTheRowsOfItsPairsFromBothSides) {
  TypeParam w;

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood, w.glue));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue));
  EXPECT_THAT(ListOf(w.posts_of.Of(w.glue)), ElementsAre(w.hello, w.other));
  EXPECT_EQ(w.tags_of.Count(w.hello), 2u);
  EXPECT_EQ(w.tags_of.Of(w.hello).size(), 2u);
  EXPECT_EQ(w.posts_of.Count(w.saw), 0u);
  EXPECT_TRUE(w.posts_of.Of(w.saw).empty());
}

TYPED_TEST(ManyToManyTest, HasKnowsPairsFromBothSides) {
  TypeParam w;

  EXPECT_TRUE(w.tags_of.Has(w.hello, w.wood));
  EXPECT_FALSE(w.tags_of.Has(w.other, w.wood));
  EXPECT_TRUE(w.posts_of.Has(w.wood, w.hello));
  EXPECT_FALSE(w.posts_of.Has(w.wood, w.other));
}

TYPED_TEST(ManyToManyTest, HasSeveralMeansAllOfThemHoweverOftenOneIsGiven) {
  TypeParam w;

  EXPECT_TRUE(w.tags_of.Has(w.hello, {w.wood, w.glue, w.wood}));
  EXPECT_FALSE(w.tags_of.Has(w.hello, {w.wood, w.saw}));
  EXPECT_TRUE(w.tags_of.Has(w.other, absl::Span<const decltype(w.wood)>()));
}

TYPED_TEST(ManyToManyTest, NullAndStaleRowsHaveNoPairs) {
  TypeParam w;
  const auto gone = w.Gone();
  const decltype(w.hello) nobody;

  EXPECT_FALSE(w.tags_of.Has(w.hello, gone));
  EXPECT_FALSE(w.tags_of.Has(w.hello, decltype(gone)()));
  EXPECT_FALSE(w.tags_of.Has(w.hello, {w.wood, decltype(gone)()}));
  EXPECT_FALSE(w.tags_of.Has(nobody, w.wood));
  EXPECT_THAT(w.Of(nobody), IsEmpty());
  EXPECT_EQ(w.posts_of.Count(gone), 0u);
}

TYPED_TEST(ManyToManyTest, FollowsPairsThatAreWrittenDirectly) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.db.GetTable("PostTag").Set(w.heavy, "tag_id", 4); }), IsOk());

  EXPECT_TRUE(w.tags_of.Has(w.hello, w.saw));
  EXPECT_FALSE(w.tags_of.Has(w.hello, w.wood));
  EXPECT_THAT(w.Of(w.hello), UnorderedElementsAre(w.saw, w.glue));
}

TYPED_TEST(ManyToManyTest, AnErasedEndTakesItsPairsAlong) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags.Erase(w.glue); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood));
  EXPECT_THAT(w.Of(w.other), IsEmpty());
  EXPECT_EQ(w.pairs.size(), 1u);
}

// ---- Add ----

TYPED_TEST(ManyToManyTest, AddPairsAndKeepsTheRest) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, w.nail); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.posts_of.Add(w.saw, {w.hello, w.other}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood, w.glue, w.nail, w.saw));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue, w.saw));
}

TYPED_TEST(ManyToManyTest, AddGivesAPairTheDefaultsOfItsOtherColumns) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Add(w.other, w.saw); }), IsOk());

  const auto pair = ListOf(w.pairs_of.Of(w.other)).back();
  EXPECT_EQ(w.Cell("PostTag", pair, "weight"), Value(1));
  EXPECT_EQ(w.Cell("PostTag", pair, "id"), Value(4));
}

TYPED_TEST(ManyToManyTest, AddTwiceIsOnePair) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, {w.nail, w.wood, w.nail}); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, w.nail); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood, w.glue, w.nail));
}

TYPED_TEST(ManyToManyTest, AddLeavesAPairThatIsThereAsItIs) {
  TypeParam w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, {w.wood, w.glue}); }), IsOk());

  EXPECT_EQ(Picture(w.db), before);
  EXPECT_EQ(w.Cell("PostTag", w.heavy, "weight"), Value(7));
}

TYPED_TEST(ManyToManyTest, AddOfAListWithOneBadRowChangesNothing) {
  TypeParam w;
  const auto gone = w.Gone();

  const absl::Status refused = w.Run([&] { return w.tags_of.Add(w.hello, {w.nail, w.saw, gone}); });
  ASSERT_THAT(refused, ViolationIs(ViolationCode::kStale));
  EXPECT_EQ(GetViolations(refused)[0].row, 2u);
  EXPECT_THAT(w.Run([&] {
    return w.tags_of.Add(w.hello, {w.nail, decltype(gone)()});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Add({}, w.nail); }), ViolationIs(ViolationCode::kStale));
}

// ---- Remove ----

TYPED_TEST(ManyToManyTest, RemoveErasesPairsAndNeitherEnd) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, w.wood); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.glue));
  EXPECT_FALSE(w.pairs.Contains(w.heavy));
  EXPECT_EQ(w.tags.size(), 4u);
  EXPECT_EQ(w.posts.size(), 2u);
}

TYPED_TEST(ManyToManyTest, RemoveLeavesThePairsOfOthersAlone) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, w.glue); }), IsOk());
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue));

  const std::string before = Picture(w.db);
  EXPECT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, {w.glue, w.saw}); }), IsOk());
  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ManyToManyTest, RemoveTakesARowTwice) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.posts_of.Remove(w.glue, {w.other, w.other, w.hello, w.other}); }), IsOk());

  EXPECT_TRUE(w.posts_of.Of(w.glue).empty());
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood));
}

TYPED_TEST(ManyToManyTest, RemoveOfAListWithOneBadRowChangesNothing) {
  TypeParam w;
  const auto gone = w.Gone();

  EXPECT_THAT(w.Run([&] {
    return w.tags_of.Remove(w.hello, {w.wood, gone});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Remove({}, w.wood); }), ViolationIs(ViolationCode::kStale));
}

// ---- Set, Clear ----

TYPED_TEST(ManyToManyTest, SetIsTheDifferenceAndPairsThatStayAreNotTouched) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, {w.saw, w.wood, w.nail}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), UnorderedElementsAre(w.wood, w.saw, w.nail));
  EXPECT_TRUE(w.pairs.Contains(w.heavy));
  EXPECT_EQ(w.Cell("PostTag", w.heavy, "weight"), Value(7));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue));
}

TYPED_TEST(ManyToManyTest, SetToWhatItIsChangesNothing) {
  TypeParam w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, {w.glue, w.wood, w.glue}); }), IsOk());

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ManyToManyTest, SetTakesARowTwice) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, {w.saw, w.saw, w.wood, w.saw}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood, w.saw));
}

TYPED_TEST(ManyToManyTest, SetOfNoneAndClearErasePairsOnly) {
  TypeParam w;

  ASSERT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, absl::Span<const decltype(w.wood)>()); }), IsOk());
  EXPECT_THAT(w.Of(w.hello), IsEmpty());
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue));

  ASSERT_THAT(w.Run([&] { return w.posts_of.Clear(w.glue); }), IsOk());
  EXPECT_TRUE(w.pairs.empty());
  EXPECT_EQ(w.tags.size(), 4u);
  EXPECT_EQ(w.posts.size(), 2u);
}

TYPED_TEST(ManyToManyTest, SetOfAListWithOneBadRowChangesNothing) {
  TypeParam w;
  const auto gone = w.Gone();

  EXPECT_THAT(w.Run([&] {
    return w.tags_of.Set(w.hello, {w.saw, gone});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Set({}, {w.saw, w.wood}); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Clear({}); }), ViolationIs(ViolationCode::kStale));
}

TYPED_TEST(ManyToManyTest, AListOfOneNullEmptiesNothing) {
  TypeParam w;
  const std::vector<decltype(w.wood)> null(1);

  EXPECT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_FALSE(w.tags_of.Has(w.hello, null));
}

// ---- Create ----

TYPED_TEST(ManyToManyTest, CreateGivesARowThatIsPaired) {
  TypeParam w;

  const auto made = w.Run([&] { return w.tags_of.Create(w.other, w.Word("dowel")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue, *made));
  EXPECT_EQ(w.Cell("Tag", *made, "word"), Value("dowel"));
  EXPECT_EQ(w.Cell("PostTag", ListOf(w.pairs_of.Of(w.other)).back(), "tag_id"), Value(5));
}

TYPED_TEST(ManyToManyTest, CreateThatBreaksAKeyOfTheNewRowLeavesNothing) {
  TypeParam w;

  EXPECT_THAT(w.Run([&] { return w.tags_of.Create(w.other, w.Word("wood")); }),
              ViolationIs(ViolationCode::kUnique, "Tag.word"));
}

TYPED_TEST(ManyToManyTest, CreateOnANullOrStaleRowLeavesNothing) {
  TypeParam w;

  EXPECT_THAT(w.Run([&] { return w.tags_of.Create({}, w.Word("dowel")); }),
              ViolationIs(ViolationCode::kStale));
}

TYPED_TEST(ManyToManyTest, APairWithOtherValuesIsCreatedOnItsOwnEdge) {
  TypeParam w;

  const auto pair =
      w.Run([&] { return w.pairs_of.Create(w.other, TypeParam::Weight(9), {w.tag_of.To(w.saw)}); });

  ASSERT_THAT(pair, IsOk());
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.glue, w.saw));
  EXPECT_EQ(w.Cell("PostTag", *pair, "weight"), Value(9));
}

// A key over the pair refuses its double; without one there may be several.
TYPED_TEST(ManyToManyTest, ADoubledPairIsRefusedByAKeyAndElseIsOneOfSeveral) {
  TypeParam w;
  const auto twin = w.Run([&] { return w.pairs_of.Create(w.hello, w.Weight(8), {w.tag_of.To(w.wood)}); });
  if (TypeParam::kHasKey) {
    EXPECT_THAT(twin, ViolationIs(ViolationCode::kUnique));
    return;
  }
  ASSERT_THAT(twin, IsOk());
  EXPECT_EQ(w.tags_of.Count(w.hello), 3u);
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.wood, w.glue, w.wood));
  EXPECT_TRUE(w.tags_of.Has(w.hello, w.wood));

  ASSERT_THAT(w.Run([&] { return w.tags_of.Add(w.hello, w.wood); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.tags_of.Set(w.hello, {w.wood, w.saw}); }), IsOk());
  EXPECT_TRUE(w.pairs.Contains(w.heavy));
  EXPECT_TRUE(w.pairs.Contains(*twin));
  EXPECT_EQ(w.tags_of.Count(w.hello), 3u);

  ASSERT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, {w.wood, w.wood}); }), IsOk());
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.saw));
}

// ---- Walking while writing ----

TYPED_TEST(ManyToManyTest, ALoopMayRemoveTheRowItStandsOn) {
  TypeParam w;
  for (int i = 0; i < 60; ++i) ASSERT_THAT(w.tags_of.Create(w.hello, w.Word(std::to_string(i))), IsOk());

  size_t seen = 0;
  for (const auto tag : w.tags_of.Of(w.hello)) {
    ASSERT_TRUE(w.tags.Contains(tag));
    switch (++seen % 3) {
      case 0:
        ASSERT_THAT(w.tags_of.Remove(w.hello, tag), IsOk());
        break;
      case 1:
        ASSERT_THAT(w.tags.Erase(tag), IsOk());
        break;
    }
  }

  EXPECT_EQ(seen, 62u);
  EXPECT_EQ(w.tags_of.Count(w.hello), 21u);
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TYPED_TEST(ManyToManyTest, ALoopThatAddsPairsEnds) {
  TypeParam w;

  size_t seen = 0;
  for (const auto tag : w.tags_of.Of(w.hello)) {
    ASSERT_TRUE(w.tags.Contains(tag));
    ASSERT_THAT(w.tags_of.Create(w.hello, w.Word(std::to_string(++seen))), IsOk());
  }

  EXPECT_EQ(seen, 2u);
}

// ---- Whole or not at all ----

template <class W>
std::vector<Act<W>> Acts() {
  return {
      {"Add", [](W& w) { return w.tags_of.Add(w.hello, w.saw); }},
      {"Add several",
       [](W& w) {
         return w.tags_of.Add(w.hello, {w.saw, w.wood, w.nail});
       }},
      {"Remove",
       [](W& w) {
         return w.tags_of.Remove(w.hello, {w.wood, w.saw, w.glue});
       }},
      {"Set",
       [](W& w) {
         return w.tags_of.Set(w.hello, {w.saw, w.glue, w.nail});
       }},
      {"Clear", [](W& w) { return w.tags_of.Clear(w.hello); }},
      {"Create",
       [](W& w) { return StatusOf(w.tags_of.Create(w.hello, w.Word("a word that needs a place"))); }},
      {"Create the pair",
       [](W& w) { return StatusOf(w.pairs_of.Create(w.hello, w.Weight(9), {w.tag_of.To(w.saw)})); }},
  };
}

TYPED_TEST(ManyToManyTest, EveryWriteIsUndoneWithItsTransaction) { testing::ExpectUndone(Acts<TypeParam>()); }

TYPED_TEST(ManyToManyTest, EveryWriteIsWholeOrNotAtAllWhicheverMemoryIsRefused) {
  testing::ExpectWholeOrNotAtAll(Acts<TypeParam>());
}

// ---- Handles that lead nowhere, and rows of other tables ----

template <class W, class Many, class A>
void ExpectNoWay(W& w, const Many& edge, A post, ViolationCode code) {
  EXPECT_THAT(w.Run([&] { return edge.Add(post, w.saw); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Remove(post, w.wood); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Set(post, {w.wood, w.saw}); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Clear(post); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Create(post, w.Word("new")); }), ViolationIs(code));
}
template <class Many, class A, class B>
void ExpectEmpty(const Many& edge, A a, B b) {
  EXPECT_EQ(edge.Count(a), 0u);
  EXPECT_TRUE(edge.Of(a).empty());
  EXPECT_FALSE(edge.Has(a, b));
}

TYPED_TEST(ManyToManyTest, ADefaultConstructedHandleRefusesAllAndShowsNothing) {
  TypeParam w;
  const decltype(w.tags_of) nowhere;

  EXPECT_THAT(nowhere.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("default-constructed")));
  ExpectNoWay(w, nowhere, w.hello, ViolationCode::kHandle);
  ExpectEmpty(nowhere, w.hello, w.wood);
}

TYPED_TEST(ManyToManyTest, AHandleOverADroppedEdgeRefusesAllAndShowsNothing) {
  for (const std::string_view association : {"post", "tag"}) {
    SCOPED_TRACE(association);
    TypeParam w;
    ASSERT_THAT(w.db.DropBelongsTo(w.pairs, association), IsOk());

    EXPECT_THAT(w.tags_of.status(), ViolationIs(ViolationCode::kHandle));
    ExpectNoWay(w, w.tags_of, w.hello, ViolationCode::kHandle);
    EXPECT_FALSE(w.tags_of.Has(w.hello, w.wood));
    for (const auto tag : w.tags_of.Of(w.hello)) EXPECT_FALSE(tag);
  }
}

TYPED_TEST(ManyToManyTest, AHandleOverADroppedTableRefusesAllAndShowsNothing) {
  TypeParam w;
  ASSERT_THAT(w.db.DropTable("PostTag"), IsOk());

  EXPECT_THAT(w.tags_of.status(), ViolationIs(ViolationCode::kHandle));
  ExpectNoWay(w, w.tags_of, w.hello, ViolationCode::kHandle);
  ExpectEmpty(w.tags_of, w.hello, w.wood);
}

TEST(ManyToManyHandleTest, OfAConstDatabaseReadsAndDoesNotWrite) {
  Tags<ByNames, PairKey::kForwards> by_names;
  Tags<ByStructs, PairKey::kForwards> by_structs;
  const auto expect = [](auto& w, const auto& tags_of) {
    EXPECT_THAT(tags_of.status(), IsOk());
    EXPECT_THAT(ListOf(tags_of.Of(w.hello)), ElementsAre(w.wood, w.glue));
    EXPECT_TRUE(tags_of.Has(w.hello, w.wood));
    ExpectNoWay(w, tags_of, w.hello, ViolationCode::kReadOnly);
  };

  const Database& names = by_names.db;
  expect(by_names,
         names.GetTable("Post").Through(names.GetTable("Post").HasMany(names.GetTable("PostTag"), "post"),
                                        names.GetTable("PostTag").BelongsTo("tag")));

  const Database& structs = by_structs.db;
  const auto posts = structs.GetTable<Post>("Post");
  const auto pairs = structs.GetTable<PostTag>("PostTag");
  expect(by_structs, posts.Through(posts.HasMany(pairs, &PostTag::post_id),
                                   pairs.BelongsTo(structs.GetTable<Tag>("Tag"), &PostTag::tag_id)));
}

TEST(ManyToManyHandleTest, RefusesRowsOfOtherTables) {
  Tags<ByNames, PairKey::kForwards> w;

  ExpectNoWay(w, w.tags_of, w.wood, ViolationCode::kStale);
  ExpectEmpty(w.tags_of, w.wood, w.wood);
  EXPECT_FALSE(w.tags_of.Has(w.hello, w.hello));
  EXPECT_THAT(w.Run([&] {
    return w.tags_of.Add(w.hello, {w.saw, w.other});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.tags_of.Remove(w.hello, w.heavy); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.tags_of.Set(w.hello, {w.wood, w.hello});
  }),
              ViolationIs(ViolationCode::kStale));
}

// ---- Handles that do not fit together ----

TEST(ThroughTest, SaysWhyTwoHandlesDoNotFit) {
  Tags<ByNames, PairKey::kForwards> w, elsewhere;
  const ToOne<> post_of = w.pairs.BelongsTo("post");
  const struct {
    std::string_view name;
    ManyToMany<> handle;
    std::string_view says;
  } cases[] = {
      {"back where it came from", w.posts.Through(w.pairs_of, post_of), "leads back where it came from"},
      {"from another table", w.posts.Through(w.tags.HasMany(w.pairs, "tag"), post_of),
       "does not lead from Post"},
      {"of another database", w.posts.Through(w.pairs_of, elsewhere.tag_of),
       "not both belongsTo of one table"},
      {"by no pairs", w.posts.Through(ToMany<>(), w.tag_of), "default-constructed ToMany"},
      {"to nowhere", w.posts.Through(w.pairs_of, ToOne<>()), "default-constructed ToOne"},
      {"by an unknown name", w.posts.Through(w.pairs_of, w.pairs.BelongsTo("word")), "\"word\""},
      {"from nowhere", Table<>().Through(w.pairs_of, w.tag_of), "default-constructed Table"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(c.handle.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr(std::string(c.says))));
    ExpectNoWay(w, c.handle, w.hello, ViolationCode::kHandle);
    ExpectEmpty(c.handle, w.hello, w.wood);
  }
}

TEST(ThroughTest, DoesNotTakeTheTargetsEndOfAHasOne) {
  Database db;
  ASSERT_THAT(db.CreateTables({{.name = "Person"},
                               {.name = "Licence",
                                .belongs_to = {{.target = "Person", .inverse = HasOne("licence")},
                                               {.target = "Person", .as = "issuer"}}}}),
              IsOk());
  const Table<> persons = db.GetTable("Person"), licences = db.GetTable("Licence");

  EXPECT_THAT(persons.Through(persons.HasMany(licences, "issuer"), persons.HasOne("licence")).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("not both belongsTo of one table")));
  EXPECT_THAT(persons.Through(persons.HasMany(licences, "issuer"), licences.BelongsTo("person")).status(),
              IsOk());
}

// ---- A table paired with itself ----

struct Followers : testing::World {
  Followers() {
    EXPECT_THAT(db.CreateTables(
                    {{.name = "User"},
                     {.name = "Follow",
                      .columns = {{.name = "followerId"}, {.name = "followedId"}},
                      .primary_key = {"followerId", "followedId"},
                      .belongs_to = {{.target = "User", .as = "follower", .on_delete = Action::kCascade},
                                     {.target = "User", .as = "followed", .on_delete = Action::kCascade}}}}),
                IsOk());
    users = db.GetTable("User");
    follows = db.GetTable("Follow");
    followed_by = users.Through(users.HasMany(follows, "follower"), follows.BelongsTo("followed"));
    followers_of = users.Through(users.HasMany(follows, "followed"), follows.BelongsTo("follower"));
    ann = users.Insert({}).value();
    bob = users.Insert({}).value();
  }
  Table<> users, follows;
  ManyToMany<> followed_by, followers_of;
  Ref<> ann, bob;
};

TEST(SelfPairTest, TheTwoDirectionsAreApart) {
  Followers w;

  ASSERT_THAT(w.Run([&] { return w.followed_by.Add(w.ann, w.bob); }), IsOk());

  EXPECT_TRUE(w.followed_by.Has(w.ann, w.bob));
  EXPECT_FALSE(w.followed_by.Has(w.bob, w.ann));
  EXPECT_THAT(ListOf(w.followers_of.Of(w.bob)), ElementsAre(w.ann));
  EXPECT_TRUE(w.followers_of.Of(w.ann).empty());
}

TEST(SelfPairTest, ARowMayBePairedWithItself) {
  Followers w;

  ASSERT_THAT(w.Run([&] { return w.followed_by.Set(w.ann, {w.bob, w.ann}); }), IsOk());
  EXPECT_THAT(ListOf(w.followers_of.Of(w.ann)), ElementsAre(w.ann));

  ASSERT_THAT(w.Run([&] { return w.followers_of.Remove(w.ann, w.ann); }), IsOk());
  EXPECT_THAT(ListOf(w.followed_by.Of(w.ann)), ElementsAre(w.bob));
}

TEST(SelfPairTest, ARowThatFollowsItselfLeavesWithAllItsPairs) {
  Followers w;
  ASSERT_THAT(w.followed_by.Set(w.ann, {w.bob, w.ann}), IsOk());
  ASSERT_THAT(w.followed_by.Add(w.bob, w.ann), IsOk());

  ASSERT_THAT(w.Run([&] { return w.users.Erase(w.ann); }), IsOk());

  EXPECT_TRUE(w.follows.empty());
}

TEST(SelfPairTest, CreateFollowsOrIsFollowed) {
  Followers w;

  const Ref<> idol = w.Run([&] { return w.followed_by.Create(w.ann, {}); }).value();
  const Ref<> fan = w.Run([&] { return w.followers_of.Create(w.ann, {}); }).value();

  EXPECT_THAT(ListOf(w.followed_by.Of(w.ann)), ElementsAre(idol));
  EXPECT_THAT(ListOf(w.followers_of.Of(w.ann)), ElementsAre(fan));
}

// ---- Pairs that others refer to, or that need more than two ends ----

// Votes belong to the pairs of students and courses; a pair may need a grade too.
struct School : testing::World {
  explicit School(Action on_delete = Action::kNoAction, bool needs_grade = false) {
    EXPECT_THAT(
        db.CreateTables({{.name = "Student"},
                         {.name = "Course",
                          .columns = {{.name = "code", .type = Type::kString, .not_null = true}},
                          .unique = {{"code"}}},
                         {.name = "Seat",
                          .columns = {{.name = "studentId"},
                                      {.name = "courseId"},
                                      {.name = "grade", .type = Type::kInt32, .not_null = needs_grade}},
                          .primary_key = {"studentId", "courseId"},
                          .belongs_to = {{.target = "Student"}, {.target = "Course"}}},
                         {.name = "Vote",
                          .belongs_to = {{.target = "Seat",
                                          .foreign_key = {"studentId", "courseId"},
                                          .on_delete = on_delete}}}}),
        IsOk());
    students = db.GetTable("Student");
    courses = db.GetTable("Course");
    seats = db.GetTable("Seat");
    votes = db.GetTable("Vote");
    seats_of = students.HasMany(seats, "student");
    course_of = seats.BelongsTo("course");
    courses_of = students.Through(seats_of, course_of);
    ann = students.Insert({}).value();
    logic = courses.Insert({{"code", "logic"}}).value();
    music = courses.Insert({{"code", "music"}}).value();
    seat = seats_of.Create(ann, {{"grade", 1}}, {course_of.To(logic)}).value();
    vote = votes.Insert({}, {votes.BelongsTo("seat").To(seat)}).value();
  }
  Table<> students, courses, seats, votes;
  ToMany<> seats_of;
  ToOne<> course_of;
  ManyToMany<> courses_of;
  Ref<> ann, logic, music, seat, vote;
};

TEST(PairOwnerTest, PairsThatMayNotGoRefuseEveryVerbThatErasesThem) {
  for (const auto& [action, code] : {std::pair(Action::kRestrict, ViolationCode::kRestrict),
                                     std::pair(Action::kNoAction, ViolationCode::kNoAction)}) {
    School w(action);

    EXPECT_THAT(w.Run([&] { return w.courses_of.Remove(w.ann, w.logic); }), ViolationIs(code, "Vote.seat"));
    EXPECT_THAT(w.Run([&] { return w.courses_of.Set(w.ann, {w.music}); }), ViolationIs(code, "Vote.seat"));
    EXPECT_THAT(w.Run([&] { return w.courses_of.Clear(w.ann); }), ViolationIs(code, "Vote.seat"));

    EXPECT_THAT(w.Run([&] {
      return w.courses_of.Set(w.ann, {w.music, w.logic});
    }),
                IsOk())
        << "the pair stays";
  }
}

TEST(PairOwnerTest, WhatBelongsToAPairGoesWithIt) {
  School w(Action::kCascade);

  ASSERT_THAT(w.Run([&] { return w.courses_of.Set(w.ann, {w.music}); }), IsOk());

  EXPECT_TRUE(w.votes.empty());
  EXPECT_EQ(w.db.LastEffects().ToString(), "2 rows; Vote: 1 erased");
}

TEST(PairOwnerTest, WhatBelongsToAPairMayBeUnlinked) {
  School w(Action::kSetNull);

  ASSERT_THAT(w.Run([&] { return w.courses_of.Remove(w.ann, w.logic); }), IsOk());

  EXPECT_FALSE(w.votes.BelongsTo("seat").Get(w.vote));
}

TEST(PairColumnTest, APairThatNeedsMoreThanItsEndsIsRefusedAndNothingIsLeftBehind) {
  School w(Action::kNoAction, /*needs_grade=*/true);

  EXPECT_THAT(w.Run([&] { return w.courses_of.Add(w.ann, w.music); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(w.Run([&] {
    return w.courses_of.Set(w.ann, {w.logic, w.music});
  }),
              ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(w.Run([&] {
    return w.courses_of.Create(w.ann, {{"code", "sport"}});
  }),
              ViolationIs(ViolationCode::kNotNull));

  EXPECT_THAT(w.Run([&] {
    return w.seats_of.Create(w.ann, {{"grade", 3}}, {w.course_of.To(w.music)});
  }),
              IsOk());
  EXPECT_THAT(ListOf(w.courses_of.Of(w.ann)), ElementsAre(w.logic, w.music));
}

// ---- Pairs with an end that is missing ----

TEST(OpenPairTest, IsCountedAndShownAsNullAndGoesWithSet) {
  testing::World w;
  ASSERT_THAT(w.db.CreateTables({{.name = "Post"},
                                 {.name = "Tag"},
                                 {.name = "PostTag", .belongs_to = {{.target = "Post"}, {.target = "Tag"}}}}),
              IsOk());
  const Table<> posts = w.db.GetTable("Post"), tags = w.db.GetTable("Tag"), pairs = w.db.GetTable("PostTag");
  const ToMany<> pairs_of = posts.HasMany(pairs, "post");
  const ManyToMany<> tags_of = posts.Through(pairs_of, pairs.BelongsTo("tag"));
  const Ref<> post = posts.Insert({}).value(), tag = tags.Insert({}).value();
  ASSERT_THAT(pairs_of.Create(post, {}), IsOk());

  EXPECT_EQ(tags_of.Count(post), 1u);
  EXPECT_THAT(ListOf(tags_of.Of(post)), ElementsAre(Ref<>()));
  EXPECT_FALSE(tags_of.Has(post, Ref<>()));

  ASSERT_THAT(w.Run([&] { return tags_of.Set(post, {tag}); }), IsOk());
  EXPECT_THAT(ListOf(tags_of.Of(post)), ElementsAre(tag));
  EXPECT_EQ(pairs.size(), 1u);
}

// ---- Ends that share a column ----

// Of two firms, people and rooms; the key of a pair holds the firm once, for both ends.
struct Firms : testing::World {
  Firms() {
    const std::vector<ColumnDef> firm_and_no = {{.name = "firm"}, {.name = "no"}};
    EXPECT_THAT(db.CreateTables({{.name = "Person", .columns = firm_and_no, .primary_key = {"firm", "no"}},
                                 {.name = "Room", .columns = firm_and_no, .primary_key = {"firm", "no"}},
                                 {.name = "Desk",
                                  .columns = {{.name = "firm"}, {.name = "personNo"}, {.name = "roomNo"}},
                                  .primary_key = {"firm", "personNo", "roomNo"},
                                  .belongs_to = {{.target = "Person", .foreign_key = {"firm", "personNo"}},
                                                 {.target = "Room", .foreign_key = {"firm", "roomNo"}}}}}),
                IsOk());
    persons = db.GetTable("Person");
    desks = db.GetTable("Desk");
    rooms_of = persons.Through(persons.HasMany(desks, "person"), desks.BelongsTo("room"));
    ann = persons.Insert({{"firm", 1}, {"no", 1}}).value();
    here = db.GetTable("Room").Insert({{"firm", 1}, {"no", 7}}).value();
    there = db.GetTable("Room").Insert({{"firm", 2}, {"no", 7}}).value();
  }
  Table<> persons, desks;
  ManyToMany<> rooms_of;
  Ref<> ann, here, there;
};

TEST(SharedColumnPairTest, PairsWhatAgreesOnTheColumn) {
  Firms w;

  ASSERT_THAT(w.Run([&] { return w.rooms_of.Add(w.ann, w.here); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.rooms_of.Add(w.ann, w.here); }), IsOk());

  EXPECT_TRUE(w.rooms_of.Has(w.ann, w.here));
  EXPECT_FALSE(w.rooms_of.Has(w.ann, w.there));
  EXPECT_EQ(w.desks.size(), 1u);

  ASSERT_THAT(w.Run([&] { return w.rooms_of.Remove(w.ann, w.here); }), IsOk());
  EXPECT_TRUE(w.desks.empty());
}

TEST(SharedColumnPairTest, RefusesWhatDoesNotAgreeAndLeavesNothing) {
  Firms w;

  EXPECT_THAT(w.Run([&] {
    return w.rooms_of.Add(w.ann, {w.here, w.there});
  }),
              ViolationIs(ViolationCode::kConflict, "Desk.room"));
  EXPECT_THAT(w.Run([&] {
    return w.rooms_of.Set(w.ann, {w.here, w.there});
  }),
              ViolationIs(ViolationCode::kConflict, "Desk.room"));
  EXPECT_THAT(w.Run([&] {
    return w.rooms_of.Create(w.ann, {{"firm", 2}, {"no", 8}});
  }),
              ViolationIs(ViolationCode::kConflict, "Desk.room"));
}

struct Reader {
  int64_t id = 0;
};
struct Paper {
  int64_t id = 0;
};
struct Reads {
  int64_t reader_id = 0;
  int64_t paper_id = 0;
};

TEST(PairRangeTest, ItsIteratorsNeedNoRange) {
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Reader>("Reader", {PrimaryKey(&Reader::id)}),
                               TableOf<Paper>("Paper", {PrimaryKey(&Paper::id)}),
                               TableOf<Reads>("Reads", {PrimaryKey(&Reads::reader_id, &Reads::paper_id),
                                                        BelongsTo(&Reads::reader_id, &Reader::id),
                                                        BelongsTo(&Reads::paper_id, &Paper::id)})}),
              IsOk());
  const auto readers = db.GetTable<Reader>("Reader");
  const auto papers = db.GetTable<Paper>("Paper");
  const auto reads = db.GetTable<Reads>("Reads");
  const auto read =
      readers.Through(readers.HasMany(reads, &Reads::reader_id), reads.BelongsTo(papers, &Reads::paper_id));
  const Ref<Reader> ann = readers.Insert({.id = 1}).value();
  const Ref<Paper> paper = papers.Insert({.id = 1}).value();
  ASSERT_THAT(read.Add(ann, paper), IsOk());

  const auto first = read.Of(ann).begin();
  EXPECT_EQ(*first, paper);
  EXPECT_NE(std::find(read.Of(ann).begin(), read.Of(ann).end(), paper), read.Of(ann).end());
  EXPECT_FALSE(read.Has(Ref<Reader>(), absl::Span<const Ref<Paper>>()));
}

}  // namespace
}  // namespace tenon
