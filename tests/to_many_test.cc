// ToMany: from a target to its children, read and written, in both faces.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::optional<int64_t> pinned_id = {};
  std::string text = "(empty)";
  int32_t stars = 0;
};
struct Photo {
  int64_t id = 0;
  int64_t post_id = 0;
  std::string file = {};
};

static Row RowOf(const Post& post) { return {{"title", post.title}}; }
static Row RowOf(const Comment& c) {
  return {{"post_id", c.post_id}, {"pinned_id", c.pinned_id}, {"text", c.text}, {"stars", c.stars}};
}
static Row RowOf(const Photo& photo) { return {{"post_id", photo.post_id}, {"file", photo.file}}; }

namespace {

using testing::Act;
using ::testing::ElementsAre;
using testing::FaceNames;
using testing::Faces;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ListOf;
using testing::Picture;
using testing::StatusIs;
using testing::StatusOf;
using ::testing::UnorderedElementsAre;
using testing::ViolationIs;

// Two posts. The first has two comments and a photo, which must be somebody's; the second has one comment;
// another comment is nobody's. Comments may also be pinned to a post. No two comments of one post say the
// same.
template <class Face>
struct Blog : testing::World {
  using P = typename Face::template Of<Post>;
  using C = typename Face::template Of<Comment>;
  using F = typename Face::template Of<Photo>;
  Blog() {
    EXPECT_THAT(db.CreateTables({TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()}),
                                 TableOf<Comment>("Comment", {PrimaryKey(&Comment::id).AutoIncrement(),
                                                              Unique(&Comment::post_id, &Comment::text),
                                                              BelongsTo(&Comment::post_id, &Post::id),
                                                              BelongsTo(&Comment::pinned_id, &Post::id)}),
                                 TableOf<Photo>("Photo", {PrimaryKey(&Photo::id).AutoIncrement(),
                                                          BelongsTo(&Photo::post_id, &Post::id)})}),
                IsOk());
    posts = Face::template Open<Post>(db, "Post");
    comments = Face::template Open<Comment>(db, "Comment");
    photos = Face::template Open<Photo>(db, "Photo");
    comments_of = posts.HasMany(comments, "post");
    pinned_of = posts.HasMany(comments, "pinned");
    photos_of = posts.HasMany(photos, "post");
    post_of = Face::BelongsTo(comments, posts, "post");
    hello = posts.Insert(Face::Row(Post{.title = "hello"})).value();
    other = posts.Insert(Face::Row(Post{.title = "other"})).value();
    first = comments_of.Create(hello, Say("first")).value();
    second = comments_of.Create(hello, Say("second")).value();
    third = comments_of.Create(other, Say("third")).value();
    loose = comments.Insert(Say("loose")).value();
    photo = photos_of.Create(hello, Face::Row(Photo{.file = "a.png"})).value();
  }
  static auto Say(std::string text, int32_t stars = 0) {
    return Face::Row(Comment{.text = std::move(text), .stars = stars});
  }
  static Predicate<C> Says(std::string_view text) { return Predicate<C>(Col("text") == text); }
  std::vector<Ref<C>> Of(Ref<P> post) const { return ListOf(comments_of.Of(post)); }
  Ref<C> Gone() {
    const Ref<C> gone = comments.Insert(Say("gone")).value();
    EXPECT_THAT(comments.Erase(gone), IsOk());
    return gone;
  }

  Table<P> posts;
  Table<C> comments;
  Table<F> photos;
  ToMany<P, C> comments_of, pinned_of;
  ToMany<P, F> photos_of;
  ToOne<C, P> post_of;
  Ref<P> hello, other;
  Ref<C> first, second, third, loose;
  Ref<F> photo;
};

template <class Face>
class ToManyTest : public ::testing::Test {};
TYPED_TEST_SUITE(ToManyTest, Faces, FaceNames);

// ---- Reading ----

TYPED_TEST(ToManyTest, ReadsItsOwnChildrenInTheOrderTheyCame) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third));
  EXPECT_EQ(w.comments_of.Count(w.hello), 2u);
  EXPECT_EQ(w.comments_of.Of(w.hello).size(), 2u);
}

TYPED_TEST(ToManyTest, GivesAnEmptyListWhereThereIsNone) {
  Blog<TypeParam> w;

  EXPECT_TRUE(w.pinned_of.Of(w.hello).empty());
  EXPECT_EQ(w.pinned_of.Count(w.hello), 0u);
}

TYPED_TEST(ToManyTest, NullAndStaleTargetsHaveNoChildren) {
  Blog<TypeParam> w;
  const auto gone = w.posts.Insert(TypeParam::Row(Post{})).value();
  ASSERT_THAT(w.posts.Erase(gone), IsOk());

  for (const auto post : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Of(post), IsEmpty());
    EXPECT_EQ(w.comments_of.Count(post), 0u);
    EXPECT_FALSE(w.comments_of.Has(post, w.first));
    EXPECT_FALSE(w.comments_of.Has(post, w.loose)) << "nobody's child is not nobody's";
  }
}

TYPED_TEST(ToManyTest, HasSeveralMeansAllOfThem) {
  Blog<TypeParam> w;

  EXPECT_TRUE(w.comments_of.Has(w.hello, {w.first, w.second}));
  EXPECT_FALSE(w.comments_of.Has(w.hello, {w.first, w.third}));
  EXPECT_FALSE(w.comments_of.Has(w.hello, {w.first, w.loose}));
}

TYPED_TEST(ToManyTest, HasNoneIsTrue) {
  Blog<TypeParam> w;

  EXPECT_TRUE(w.comments_of.Has(w.other, absl::Span<const decltype(w.first)>()));
}

TYPED_TEST(ToManyTest, HasARowTwiceIsAsHasItOnce) {
  Blog<TypeParam> w;

  EXPECT_TRUE(w.comments_of.Has(w.hello, {w.first, w.first, w.first}));
  EXPECT_FALSE(w.comments_of.Has(w.hello, {w.third, w.third}));
}

TYPED_TEST(ToManyTest, HasNoNullAndNoStaleRow) {
  Blog<TypeParam> w;

  EXPECT_FALSE(w.comments_of.Has(w.hello, decltype(w.first)()));
  EXPECT_FALSE(w.comments_of.Has(w.hello, w.Gone()));
  EXPECT_FALSE(w.comments_of.Has(w.hello, {w.first, decltype(w.first)()}));
}

TYPED_TEST(ToManyTest, FollowsAForeignKeyThatIsWrittenDirectly) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.db.GetTable("Comment").Set(w.first, "post_id", 2); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.second));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third, w.first));
}

TYPED_TEST(ToManyTest, FollowsAnErasedChild) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments.Erase(w.first); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.second));
}

TYPED_TEST(ToManyTest, TwoEdgesToOneTargetAreTwoLists) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.pinned_of.Set(w.hello, {w.third, w.second}); }), IsOk());

  EXPECT_THAT(ListOf(w.pinned_of.Of(w.hello)), UnorderedElementsAre(w.second, w.third));
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third));
}

// ---- Create ----

TYPED_TEST(ToManyTest, CreateGivesAChild) {
  Blog<TypeParam> w;

  const auto made = w.Run([&] { return w.comments_of.Create(w.other, w.Say("new", 5)); });

  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third, *made));
  EXPECT_EQ(w.Cell("Comment", *made, "post_id"), Value(2));
  EXPECT_EQ(w.Cell("Comment", *made, "stars"), Value(5));
}

TYPED_TEST(ToManyTest, CreateOverridesTheForeignKeyItIsGiven) {
  Blog<TypeParam> w;

  const auto made = w.Run(
      [&] { return w.comments_of.Create(w.other, TypeParam::Row(Comment{.post_id = 77, .text = "new"})); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.post_of.Get(*made), w.other);
}

TYPED_TEST(ToManyTest, CreateLinksTheOtherEdgesToo) {
  Blog<TypeParam> w;
  const auto pinned = TypeParam::BelongsTo(w.comments, w.posts, "pinned");

  const auto made = w.Run([&] { return w.comments_of.Create(w.other, w.Say("new"), {pinned.To(w.hello)}); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.post_of.Get(*made), w.other);
  EXPECT_EQ(pinned.Get(*made), w.hello);
}

TYPED_TEST(ToManyTest, CreateOfAChildThatBreaksAKeyLeavesNothing) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.comments_of.Create(w.hello, w.Say("first")); }),
              ViolationIs(ViolationCode::kUnique, "Comment.post_id_text"));
}

TYPED_TEST(ToManyTest, CreateOnANullOrStaleTargetLeavesNothing) {
  Blog<TypeParam> w;
  const auto gone = w.posts.Insert(TypeParam::Row(Post{})).value();
  ASSERT_THAT(w.posts.Erase(gone), IsOk());

  for (const auto post : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Run([&] { return w.comments_of.Create(post, w.Say("new")); }),
                ViolationIs(ViolationCode::kStale));
  }
}

TYPED_TEST(ToManyTest, CreateOfARequiredChildNeedsNoSecondStatement) {
  Blog<TypeParam> w;

  const auto made = w.Run([&] { return w.photos_of.Create(w.other, TypeParam::Row(Photo{.file = "b"})); });

  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(ListOf(w.photos_of.Of(w.other)), ElementsAre(*made));
}

// ---- FirstOrCreate, UpdateOrCreate ----

TYPED_TEST(ToManyTest, FirstOrCreateFindsAChildOfThisTarget) {
  Blog<TypeParam> w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.comments_of.FirstOrCreate(w.hello, w.Says("second"), w.Say("new")); }),
              ::testing::Property(&absl::StatusOr<decltype(w.first)>::value, w.second));

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ToManyTest, FirstOrCreateDoesNotFindTheChildOfAnother) {
  Blog<TypeParam> w;

  const auto made =
      w.Run([&] { return w.comments_of.FirstOrCreate(w.hello, w.Says("third"), w.Say("third")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_NE(*made, w.third);
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second, *made));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third));
}

TYPED_TEST(ToManyTest, FirstOrCreateGivesTheFirstOfSeveral) {
  Blog<TypeParam> w;

  EXPECT_EQ(w.comments_of.FirstOrCreate(w.hello, {}, w.Say("new")).value(), w.first);
}

TYPED_TEST(ToManyTest, FirstOrCreateThatCannotCreateLeavesNothing) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.comments_of.FirstOrCreate(w.hello, w.Says("none"), w.Say("first")); }),
              ViolationIs(ViolationCode::kUnique));
}

TYPED_TEST(ToManyTest, UpdateOrCreateWritesAChildOfThisTarget) {
  Blog<TypeParam> w;

  const auto found =
      w.Run([&] { return w.comments_of.UpdateOrCreate(w.hello, w.Says("first"), w.Say("better", 4)); });

  EXPECT_EQ(found.value(), w.first);
  EXPECT_EQ(w.Cell("Comment", w.first, "text"), Value("better"));
  EXPECT_EQ(w.Cell("Comment", w.first, "stars"), Value(4));
  EXPECT_EQ(w.Cell("Comment", w.first, "id"), Value(1));
  EXPECT_EQ(w.post_of.Get(w.first), w.hello) << "whatever foreign key the row holds";
}

TYPED_TEST(ToManyTest, UpdateOrCreateDoesNotWriteTheChildOfAnother) {
  Blog<TypeParam> w;

  const auto made =
      w.Run([&] { return w.comments_of.UpdateOrCreate(w.hello, w.Says("third"), w.Say("third", 4)); });

  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second, *made));
  EXPECT_EQ(w.Cell("Comment", w.third, "stars"), Value(0));
}

TYPED_TEST(ToManyTest, UpdateOrCreateThatBreaksAKeyLeavesNothing) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.comments_of.UpdateOrCreate(w.hello, w.Says("first"), w.Say("second")); }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] { return w.comments_of.UpdateOrCreate(w.hello, w.Says("none"), w.Say("second")); }),
              ViolationIs(ViolationCode::kUnique));
}

TYPED_TEST(ToManyTest, OrCreateOnAStaleTargetOrWithAnUnknownColumnIsRefused) {
  Blog<TypeParam> w;
  const Predicate<typename Blog<TypeParam>::C> nonsense(Col("nonsense") == 1);

  EXPECT_THAT(w.Run([&] { return w.comments_of.FirstOrCreate({}, w.Says("first"), w.Say("new")); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.UpdateOrCreate({}, w.Says("first"), w.Say("new")); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.FirstOrCreate(w.hello, nonsense, w.Say("new")); }),
              ViolationIs(ViolationCode::kType));
}

// ---- Add ----

TYPED_TEST(ToManyTest, AddLinksAndKeepsTheRest) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, w.loose); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second, w.loose));
}

TYPED_TEST(ToManyTest, AddMovesTheChildOfAnother) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, {w.loose, w.third}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second, w.loose, w.third));
  EXPECT_THAT(w.Of(w.other), IsEmpty());
}

TYPED_TEST(ToManyTest, AddMovesARequiredChild) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.photos_of.Add(w.other, w.photo); }), IsOk());

  EXPECT_THAT(ListOf(w.photos_of.Of(w.other)), ElementsAre(w.photo));
}

TYPED_TEST(ToManyTest, AddOfARowTwiceOrOfOneThatIsThereIsNoSecondChild) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, {w.loose, w.loose, w.first}); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, w.loose); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.first, w.second, w.loose));
}

TYPED_TEST(ToManyTest, AddWritesTheForeignKeyAndNothingElse) {
  Blog<TypeParam> w;
  const auto cells = [&] { return w.db.GetTable("Comment").Get(w.third).value(); };
  const std::vector<Value> before = cells();

  ASSERT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, w.third); }), IsOk());

  EXPECT_THAT(cells(), ElementsAre(before[0], Value(1), before[2], before[3], before[4]));
}

TYPED_TEST(ToManyTest, AddOfAListWithOneBadRowChangesNothing) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Add(w.hello, {w.loose, w.third, gone});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Add(w.hello, {w.loose, decltype(gone)()});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Add({}, w.loose); }), ViolationIs(ViolationCode::kStale));
}

TYPED_TEST(ToManyTest, AddThatBreaksAKeyOfTheChildChangesNothing) {
  Blog<TypeParam> w;
  const auto same = w.comments_of.Create(w.other, w.Say("first")).value();

  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Add(w.hello, {w.loose, same});
  }),
              ViolationIs(ViolationCode::kUnique));
}

TYPED_TEST(ToManyTest, AddOfNoneIsNothing) {
  Blog<TypeParam> w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, absl::Span<const decltype(w.first)>()); }),
              IsOk());

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ToManyTest, TheViolationOfAListSaysWhichOfItsRows) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  const absl::Status refused = w.Run([&] { return w.comments_of.Add(w.hello, {w.loose, w.third, gone}); });

  ASSERT_EQ(GetViolations(refused).size(), 1u);
  EXPECT_EQ(GetViolations(refused)[0].row, 2u);
}

// ---- Remove ----

TYPED_TEST(ToManyTest, RemoveUnlinksAndErasesNothing) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Remove(w.hello, w.first); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.second));
  EXPECT_TRUE(w.comments.Contains(w.first));
  EXPECT_TRUE(w.Cell("Comment", w.first, "post_id").is_null());
}

TYPED_TEST(ToManyTest, RemoveLeavesTheChildrenOfOthersAlone) {
  Blog<TypeParam> w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.comments_of.Remove(w.hello, {w.third, w.loose}); }), IsOk());

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ToManyTest, RemoveTakesARowTwice) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Remove(w.hello, {w.first, w.third, w.first}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), ElementsAre(w.second));
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third));
}

TYPED_TEST(ToManyTest, RemoveOfARequiredChildIsRefusedAndErasesNothing) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.photos_of.Remove(w.hello, w.photo); }),
              ViolationIs(ViolationCode::kNotNull));
  EXPECT_TRUE(w.photos.Contains(w.photo));
}

TYPED_TEST(ToManyTest, RemoveOfAListWithOneBadRowChangesNothing) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Remove(w.hello, {w.first, gone});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Remove(w.hello, {w.first, decltype(gone)()});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Remove({}, w.first); }), ViolationIs(ViolationCode::kStale));
}

// ---- Set, Clear ----

TYPED_TEST(ToManyTest, SetReplacesTheWholeList) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Set(w.hello, {w.third, w.second}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), UnorderedElementsAre(w.second, w.third));
  EXPECT_THAT(w.Of(w.other), IsEmpty());
  EXPECT_FALSE(w.post_of.Get(w.first));
  EXPECT_TRUE(w.comments.Contains(w.first));
}

TYPED_TEST(ToManyTest, SetToWhatItIsChangesNothing) {
  Blog<TypeParam> w;
  const std::string before = Picture(w.db);

  EXPECT_THAT(w.Run([&] { return w.comments_of.Set(w.hello, {w.second, w.first}); }), IsOk());

  EXPECT_EQ(Picture(w.db), before);
}

TYPED_TEST(ToManyTest, SetTakesARowTwice) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] {
    return w.comments_of.Set(w.hello, {w.third, w.first, w.third, w.first});
  }),
              IsOk());

  EXPECT_THAT(w.Of(w.hello), UnorderedElementsAre(w.first, w.third));
}

TYPED_TEST(ToManyTest, SetOfNoneEmptiesTheListAndErasesNothing) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Set(w.hello, absl::Span<const decltype(w.first)>()); }),
              IsOk());

  EXPECT_THAT(w.Of(w.hello), IsEmpty());
  EXPECT_EQ(w.comments.size(), 4u);
  EXPECT_THAT(w.Of(w.other), ElementsAre(w.third));
}

TYPED_TEST(ToManyTest, ClearIsSetOfNone) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.comments_of.Clear(w.hello); }), IsOk());
  ASSERT_THAT(w.Run([&] { return w.pinned_of.Clear(w.hello); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), IsEmpty());
  EXPECT_EQ(w.comments.size(), 4u);
}

TYPED_TEST(ToManyTest, SetOfAListWithOneBadRowChangesNothing) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Set(w.hello, {w.third, gone});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Set({}, {w.third, w.first});
  }),
              ViolationIs(ViolationCode::kStale));
}

// Elsewhere a list of one null is a way to empty it.
TYPED_TEST(ToManyTest, AListOfOneNullEmptiesNothing) {
  Blog<TypeParam> w;
  const std::vector<decltype(w.first)> null(1);

  EXPECT_THAT(w.Run([&] { return w.comments_of.Set(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Add(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Remove(w.hello, null); }), ViolationIs(ViolationCode::kStale));
  EXPECT_FALSE(w.comments_of.Has(w.hello, null));
}

TYPED_TEST(ToManyTest, SetAndClearThatWouldLeaveARequiredChildAloneAreRefused) {
  Blog<TypeParam> w;
  const auto more = w.photos_of.Create(w.other, TypeParam::Row(Photo{.file = "b.png"})).value();

  EXPECT_THAT(w.Run([&] { return w.photos_of.Set(w.hello, {more}); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(w.Run([&] { return w.photos_of.Clear(w.hello); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_EQ(w.photos.size(), 2u);

  EXPECT_THAT(w.Run([&] { return w.photos_of.Set(w.hello, {w.photo, more}); }), IsOk());
  EXPECT_EQ(w.photos_of.Count(w.hello), 2u);
}

// One leaves and another takes its place in the key: in one statement they do not meet.
TYPED_TEST(ToManyTest, SetAsksKeysOnlyAtItsEnd) {
  Blog<TypeParam> w;
  const auto same = w.comments_of.Create(w.other, w.Say("first")).value();

  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Set(w.hello, {w.first, same});
  }),
              ViolationIs(ViolationCode::kUnique));
  ASSERT_THAT(w.Run([&] { return w.comments_of.Set(w.hello, {same, w.second}); }), IsOk());

  EXPECT_THAT(w.Of(w.hello), UnorderedElementsAre(same, w.second));
}

// ---- Walking while writing ----

TYPED_TEST(ToManyTest, ALoopMayEraseTheRowItStandsOn) {
  Blog<TypeParam> w;
  for (int i = 0; i < 100; ++i) ASSERT_THAT(w.comments_of.Create(w.hello, w.Say(std::to_string(i))), IsOk());

  size_t seen = 0;
  for (const auto comment : w.comments_of.Of(w.hello)) {
    ++seen;
    ASSERT_THAT(w.comments.Erase(comment), IsOk());
  }

  EXPECT_EQ(seen, 102u);
  EXPECT_THAT(w.Of(w.hello), IsEmpty());
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TYPED_TEST(ToManyTest, ALoopMayRemoveOrMoveTheRowItStandsOn) {
  Blog<TypeParam> w;
  for (int i = 0; i < 100; ++i) ASSERT_THAT(w.comments_of.Create(w.hello, w.Say(std::to_string(i))), IsOk());

  size_t seen = 0;
  for (const auto comment : w.comments_of.Of(w.hello)) {
    switch (++seen % 3) {
      case 0:
        ASSERT_THAT(w.comments_of.Remove(w.hello, comment), IsOk());
        break;
      case 1:
        ASSERT_THAT(w.comments_of.Add(w.other, comment), IsOk());
        break;
    }
  }

  EXPECT_EQ(seen, 102u);
  EXPECT_EQ(w.comments_of.Count(w.hello), 34u);
  EXPECT_EQ(w.comments_of.Count(w.other), 35u);
  EXPECT_THAT(w.db.Verify(), IsOk());
}

TYPED_TEST(ToManyTest, ALoopThatAddsChildrenEnds) {
  Blog<TypeParam> w;
  const size_t before = w.comments_of.Count(w.hello);

  size_t seen = 0;
  for (const auto comment : w.comments_of.Of(w.hello)) {
    EXPECT_TRUE(w.comments.Contains(comment));
    ASSERT_THAT(w.comments_of.Create(w.hello, w.Say(std::to_string(++seen))), IsOk());
  }

  EXPECT_EQ(seen, before);
}

TYPED_TEST(ToManyTest, ALoopThatClearsTheListEnds) {
  Blog<TypeParam> w;

  size_t seen = 0;
  for (const auto comment : w.comments_of.Of(w.hello)) {
    EXPECT_TRUE(w.comments.Contains(comment));
    ASSERT_THAT(w.comments_of.Clear(w.hello), IsOk());
    ++seen;
  }

  EXPECT_EQ(seen, 1u);
}

// ---- Whole or not at all ----

template <class Face>
std::vector<Act<Blog<Face>>> Acts() {
  using W = Blog<Face>;
  return {
      {"Create",
       [](W& w) { return StatusOf(w.comments_of.Create(w.hello, w.Say("a text that needs a place"))); }},
      {"FirstOrCreate",
       [](W& w) { return StatusOf(w.comments_of.FirstOrCreate(w.hello, w.Says("none"), w.Say("new"))); }},
      {"UpdateOrCreate, found",
       [](W& w) {
         return StatusOf(
             w.comments_of.UpdateOrCreate(w.hello, w.Says("first"), w.Say("a text that needs a place")));
       }},
      {"UpdateOrCreate, made",
       [](W& w) { return StatusOf(w.comments_of.UpdateOrCreate(w.hello, w.Says("none"), w.Say("new"))); }},
      {"Add", [](W& w) { return w.comments_of.Add(w.hello, w.loose); }},
      {"Add several",
       [](W& w) {
         return w.comments_of.Add(w.hello, {w.loose, w.first, w.third});
       }},
      {"Remove",
       [](W& w) {
         return w.comments_of.Remove(w.hello, {w.second, w.third, w.first});
       }},
      {"Set",
       [](W& w) {
         return w.comments_of.Set(w.hello, {w.third, w.second, w.loose});
       }},
      {"Clear", [](W& w) { return w.comments_of.Clear(w.hello); }},
  };
}

TYPED_TEST(ToManyTest, EveryWriteIsUndoneWithItsTransaction) { testing::ExpectUndone(Acts<TypeParam>()); }

TYPED_TEST(ToManyTest, EveryWriteIsWholeOrNotAtAllWhicheverMemoryIsRefused) {
  testing::ExpectWholeOrNotAtAll(Acts<TypeParam>());
}

// ---- Handles that lead nowhere, and rows of other tables ----

// Every write of the handle is refused with this code, and every read gives nothing.
template <class W, class Many, class Target>
void ExpectNoWay(W& w, const Many& edge, Target post, ViolationCode code) {
  EXPECT_THAT(w.Run([&] { return edge.Create(post, w.Say("new")); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.FirstOrCreate(post, w.Says("none"), w.Say("new")); }),
              ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.UpdateOrCreate(post, w.Says("first"), w.Say("new")); }),
              ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Add(post, w.loose); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Remove(post, w.first); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Set(post, {w.first, w.third}); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Clear(post); }), ViolationIs(code));
}

TYPED_TEST(ToManyTest, ADefaultConstructedHandleRefusesAllAndShowsNothing) {
  Blog<TypeParam> w;
  const decltype(w.comments_of) nowhere;

  EXPECT_THAT(nowhere.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("default-constructed")));
  ExpectNoWay(w, nowhere, w.hello, ViolationCode::kHandle);
  EXPECT_EQ(nowhere.Count(w.hello), 0u);
  EXPECT_TRUE(nowhere.Of(w.hello).empty());
  EXPECT_FALSE(nowhere.Has(w.hello, w.first));
}

TYPED_TEST(ToManyTest, AHandleToADroppedEdgeRefusesAllAndShowsNothing) {
  Blog<TypeParam> w;
  ASSERT_THAT(w.db.DropBelongsTo(w.comments, "post"), IsOk());

  EXPECT_THAT(w.comments_of.status(), ViolationIs(ViolationCode::kHandle));
  ExpectNoWay(w, w.comments_of, w.hello, ViolationCode::kHandle);
  EXPECT_EQ(w.comments_of.Count(w.hello), 0u);
  EXPECT_TRUE(w.comments_of.Of(w.hello).empty());
  EXPECT_FALSE(w.comments_of.Has(w.hello, w.first));
}

TEST(ToManyHandleTest, OfAConstDatabaseReadsAndDoesNotWrite) {
  Blog<testing::ByStructs> w;
  const Database& db = w.db;
  const auto posts = db.GetTable<Post>("Post");
  const auto comments_of = posts.HasMany(db.GetTable<Comment>("Comment"), &Comment::post_id);

  EXPECT_THAT(comments_of.status(), IsOk());
  EXPECT_THAT(ListOf(comments_of.Of(w.hello)), ElementsAre(w.first, w.second));
  ExpectNoWay(w, comments_of, w.hello, ViolationCode::kReadOnly);
}

TEST(ToManyHandleTest, ByNamesOfAConstDatabaseReadsAndDoesNotWrite) {
  Blog<testing::ByNames> w;
  const Database& db = w.db;
  const ToMany<> comments_of = db.GetTable("Post").HasMany(db.GetTable("Comment"), "post");

  EXPECT_THAT(ListOf(comments_of.Of(w.hello)), ElementsAre(w.first, w.second));
  ExpectNoWay(w, comments_of, w.hello, ViolationCode::kReadOnly);
}

TEST(ToManyHandleTest, RefusesRowsOfOtherTables) {
  Blog<testing::ByNames> w;

  EXPECT_THAT(w.Run([&] { return w.comments_of.Add(w.first, w.loose); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Add(w.hello, {w.loose, w.photo});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Remove(w.hello, w.photo); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return w.comments_of.Set(w.hello, {w.first, w.other});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments_of.Create(w.photo, w.Say("new")); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_FALSE(w.comments_of.Has(w.hello, w.photo));
  EXPECT_TRUE(w.comments_of.Of(w.photo).empty());
}

TEST(ToManyHandleTest, ByMembersNamesTheForeignKey) {
  Blog<testing::ByStructs> w;

  EXPECT_THAT(ListOf(w.posts.HasMany(w.comments, &Comment::post_id).Of(w.hello)),
              ElementsAre(w.first, w.second));
  EXPECT_THAT(ListOf(w.posts.HasMany(w.comments, &Comment::pinned_id).Of(w.hello)), IsEmpty());
  EXPECT_THAT(w.posts.HasMany(w.comments, &Comment::stars).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no belongsTo over (stars)")));
}

}  // namespace
}  // namespace tenon
