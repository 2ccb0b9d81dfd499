// ToOne of a belongsTo: from a child to its target, read and written, in both faces. (has_one_test.cc: from
// the target.)
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/faces.h"
#include "tests/testing/world.h"

namespace tenon {

struct Post {
  int64_t id = 0;
  std::string slug = {};
};
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::optional<std::string> seen_slug = {};
  std::string text = {};
};
struct Photo {
  int64_t id = 0;
  int64_t post_id = 0;
};

struct Board {
  int64_t id = 0;
  int64_t code = 0;
};
struct Pin {
  int64_t id = 0;
  std::optional<int64_t> number = {};
};

static Row RowOf(const Post& post) {
  return post.id == 0 ? Row{{"slug", post.slug}} : Row{{"id", post.id}, {"slug", post.slug}};
}
static Row RowOf(const Comment& c) {
  return {{"post_id", c.post_id}, {"seen_slug", c.seen_slug}, {"text", c.text}};
}
static Row RowOf(const Photo& photo) { return {{"post_id", photo.post_id}}; }

namespace {

using testing::Act;
using ::testing::ElementsAre;
using testing::FaceNames;
using testing::Faces;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ListOf;
using testing::Picture;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// Two posts; the first has a comment and a photo, which must be somebody's; another comment is nobody's. A
// comment belongs to a post by its id, and was seen at one by its slug; no two comments of one post say the
// same.
template <class Face>
struct Blog : testing::World {
  using P = typename Face::template Of<Post>;
  using C = typename Face::template Of<Comment>;
  using F = typename Face::template Of<Photo>;
  Blog() {
    EXPECT_THAT(db.CreateTables(
                    {TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement(), Unique(&Post::slug)}),
                     TableOf<Comment>(
                         "Comment",
                         {PrimaryKey(&Comment::id).AutoIncrement(), Unique(&Comment::post_id, &Comment::text),
                          BelongsTo(&Comment::post_id, &Post::id),
                          BelongsTo(&Comment::seen_slug, &Post::slug,
                                    {.on_delete = Action::kSetNull, .on_update = Action::kCascade})}),
                     TableOf<Photo>("Photo", {PrimaryKey(&Photo::id).AutoIncrement(),
                                              BelongsTo(&Photo::post_id, &Post::id)})}),
                IsOk());
    posts = Face::template Open<Post>(db, "Post");
    comments = Face::template Open<Comment>(db, "Comment");
    photos = Face::template Open<Photo>(db, "Photo");
    post_of = Face::BelongsTo(comments, posts, "post");
    seen_at = Face::BelongsTo(comments, posts, "seen");
    post_of_photo = Face::BelongsTo(photos, posts, "post");
    comments_of = posts.HasMany(comments, "post");
    hello = posts.Insert(Slug("hello")).value();
    other = posts.Insert(Slug("other: a slug with a longer name")).value();
    first = comments.Insert(Say("first"), {post_of.To(hello), seen_at.To(hello)}).value();
    loose = comments.Insert(Say("loose")).value();
    photo = photos.Insert(Face::Row(Photo{}), {post_of_photo.To(hello)}).value();
  }
  static auto Slug(std::string slug) { return Face::Row(Post{.slug = std::move(slug)}); }
  static auto Say(std::string text) { return Face::Row(Comment{.text = std::move(text)}); }
  Ref<P> Gone() {
    const Ref<P> gone = posts.Insert(Slug("gone")).value();
    EXPECT_THAT(posts.Erase(gone), IsOk());
    return gone;
  }
  Table<> Untyped(std::string_view table) { return db.GetTable(table); }

  Table<P> posts;
  Table<C> comments;
  Table<F> photos;
  ToOne<C, P> post_of, seen_at;
  ToOne<F, P> post_of_photo;
  ToMany<P, C> comments_of;
  Ref<P> hello, other;
  Ref<C> first, loose;
  Ref<F> photo;
};

template <class Face>
class BelongsToTest : public ::testing::Test {};
TYPED_TEST_SUITE(BelongsToTest, Faces, FaceNames);

// ---- Reading ----

TYPED_TEST(BelongsToTest, GetIsNullForARowThatIsNullStaleOrLinkedToNothing) {
  Blog<TypeParam> w;
  const auto gone = w.comments.Insert(w.Say("gone"), {w.post_of.To(w.hello)}).value();
  ASSERT_THAT(w.comments.Erase(gone), IsOk());

  EXPECT_EQ(w.post_of.Get(w.first), w.hello);
  EXPECT_FALSE(w.post_of.Get(w.loose));
  EXPECT_FALSE(w.post_of.Get(gone));
  EXPECT_FALSE(w.post_of.Get({}));
}

TYPED_TEST(BelongsToTest, FollowsAForeignKeyThatIsWrittenDirectly) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.Untyped("Comment").Set(w.first, "post_id", 2); }), IsOk());
  EXPECT_EQ(w.post_of.Get(w.first), w.other);

  ASSERT_THAT(w.Run([&] { return w.Untyped("Comment").Set(w.first, "post_id", nullptr); }), IsOk());
  EXPECT_FALSE(w.post_of.Get(w.first));
  EXPECT_TRUE(w.posts.Contains(w.hello)) << "to unlink is not to erase";
}

TYPED_TEST(BelongsToTest, AForeignKeyThatNobodyHoldsIsRefused) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.Untyped("Comment").Set(w.first, "post_id", 77); }),
              ViolationIs(ViolationCode::kMissingTarget, "Comment.post"));
  EXPECT_THAT(w.Run([&] { return w.comments.Insert(TypeParam::Row(Comment{.post_id = 77})); }),
              ViolationIs(ViolationCode::kMissingTarget, "Comment.post"));
}

TYPED_TEST(BelongsToTest, StaysLinkedWhenTheTargetsKeyChanges) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.Untyped("Post").Set(w.hello, "slug", "goodbye"); }), IsOk());

  EXPECT_EQ(w.seen_at.Get(w.first), w.hello);
  EXPECT_EQ(w.Cell("Comment", w.first, "seen_slug"), Value("goodbye"));
}

TYPED_TEST(BelongsToTest, LeadsNowhereWhenItsTargetIsErased) {
  Blog<TypeParam> w;
  ASSERT_THAT(w.seen_at.Set(w.loose, w.other), IsOk());

  ASSERT_THAT(w.Run([&] { return w.posts.Erase(w.seen_at.Get(w.loose)); }), IsOk());

  EXPECT_FALSE(w.seen_at.Get(w.loose));
  EXPECT_TRUE(w.comments.Contains(w.loose));
}

// Elsewhere a falsy key counts as none.
TYPED_TEST(BelongsToTest, ZeroNegativeAndEmptyKeysAreKeys) {
  Blog<TypeParam> w;
  const Ref<> minus = w.Untyped("Post").Insert({{"id", -1}, {"slug", ""}}).value();
  const Ref<> zero = w.Untyped("Post").Insert({{"id", 0}, {"slug", "0"}}).value();

  for (const Ref<>& target : {minus, zero}) {
    const Ref<typename Blog<TypeParam>::P> post(target);
    ASSERT_THAT(w.Run([&] { return w.post_of.Set(w.loose, post); }), IsOk());
    ASSERT_THAT(w.Run([&] { return w.seen_at.Set(w.loose, post); }), IsOk());
    EXPECT_EQ(w.post_of.Get(w.loose), post);
    EXPECT_EQ(w.seen_at.Get(w.loose), post);
    EXPECT_THAT(ListOf(w.comments_of.Of(post)), ElementsAre(w.loose));
  }
  EXPECT_EQ(w.Cell("Comment", w.loose, "post_id"), Value(0));
}

// ---- Set, Clear ----

TYPED_TEST(BelongsToTest, SetWritesTheForeignKeyAndNothingElse) {
  Blog<TypeParam> w;
  const std::vector<Value> before = w.Untyped("Comment").Get(w.first).value();

  ASSERT_THAT(w.Run([&] { return w.post_of.Set(w.first, w.other); }), IsOk());

  EXPECT_THAT(w.Untyped("Comment").Get(w.first).value(),
              ElementsAre(before[0], Value(2), before[2], before[3]));
}

TYPED_TEST(BelongsToTest, SetToTheSameTwiceIsFine) {
  Blog<TypeParam> w;
  ASSERT_THAT(w.Run([&] { return w.post_of.Set(w.loose, w.hello); }), IsOk());
  const std::string once = Picture(w.db);

  ASSERT_THAT(w.Run([&] { return w.post_of.Set(w.loose, w.hello); }), IsOk());

  EXPECT_EQ(Picture(w.db), once);
}

// Elsewhere it is how a link is emptied unawares.
TYPED_TEST(BelongsToTest, SetToANullOrStaleTargetIsRefusedAndKeepsTheLink) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  for (const auto target : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Run([&] { return w.post_of.Set(w.first, target); }), ViolationIs(ViolationCode::kStale));
    EXPECT_THAT(w.Run([&] {
      return w.post_of.SetAll({w.loose, w.first}, {w.hello, target});
    }),
                ViolationIs(ViolationCode::kStale));
    EXPECT_EQ(w.post_of.Get(w.first), w.hello);
  }
}

TYPED_TEST(BelongsToTest, SetAllOfOneRowIsNoSpecialCase) {
  Blog<TypeParam> w;
  const std::vector<decltype(w.loose)> row = {w.loose};
  const std::vector<decltype(w.other)> target = {w.other}, null(1);

  EXPECT_THAT(w.Run([&] { return w.post_of.SetAll(row, null); }), ViolationIs(ViolationCode::kStale));
  ASSERT_THAT(w.Run([&] { return w.post_of.SetAll(row, target); }), IsOk());

  EXPECT_EQ(w.post_of.Get(w.loose), w.other);
}

TYPED_TEST(BelongsToTest, ClearUnlinksAndErasesNothing) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.post_of.Clear(w.first); }), IsOk());

  EXPECT_FALSE(w.post_of.Get(w.first));
  EXPECT_TRUE(w.posts.Contains(w.hello));
  EXPECT_EQ(w.seen_at.Get(w.first), w.hello) << "the other edge to the same target stays";
}

TYPED_TEST(BelongsToTest, ClearOfWhatIsRequiredIsRefused) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.post_of_photo.Clear(w.photo); }), ViolationIs(ViolationCode::kNotNull));
  EXPECT_THAT(w.Run([&] { return w.post_of.Clear({}); }), ViolationIs(ViolationCode::kStale));
}

// ---- A new row with a link ----

TYPED_TEST(BelongsToTest, ALinkWinsOverTheValueThatIsGiven) {
  Blog<TypeParam> w;

  const auto made = w.Run(
      [&] { return w.comments.Insert(TypeParam::Row(Comment{.post_id = 77}), {w.post_of.To(w.other)}); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.post_of.Get(*made), w.other);
}

TYPED_TEST(BelongsToTest, ALinkToANullOrStaleTargetLeavesNothing) {
  Blog<TypeParam> w;
  const auto gone = w.Gone();

  for (const auto target : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Run([&] { return w.comments.Insert(w.Say("new"), {w.post_of.To(target)}); }),
                ViolationIs(ViolationCode::kStale));
  }
}

// ---- Create: the target is new ----

TYPED_TEST(BelongsToTest, CreateGivesATargetAndLinks) {
  Blog<TypeParam> w;

  const auto made = w.Run([&] { return w.post_of.Create(w.loose, w.Slug("new")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.post_of.Get(w.loose), *made);
  EXPECT_EQ(w.Cell("Post", *made, "slug"), Value("new"));
  EXPECT_EQ(w.Cell("Comment", w.loose, "post_id"), Value(3));
}

TYPED_TEST(BelongsToTest, CreateByAKeyThatIsNoPrimaryKey) {
  Blog<TypeParam> w;

  const auto made = w.Run([&] { return w.seen_at.Create(w.loose, w.Slug("new, with a longer name")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.seen_at.Get(w.loose), *made);
  EXPECT_EQ(w.Cell("Comment", w.loose, "seen_slug"), Value("new, with a longer name"));
  EXPECT_FALSE(w.post_of.Get(w.loose));
}

TYPED_TEST(BelongsToTest, CreateReplacesTheLinkAndKeepsTheOldTarget) {
  Blog<TypeParam> w;

  const auto made = w.Run([&] { return w.post_of.Create(w.first, w.Slug("new")); });

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(w.post_of.Get(w.first), *made);
  EXPECT_TRUE(w.posts.Contains(w.hello));
  EXPECT_TRUE(w.comments_of.Of(w.hello).empty());
}

TYPED_TEST(BelongsToTest, CreateForARequiredForeignKeyMovesIt) {
  Blog<TypeParam> w;

  ASSERT_THAT(w.Run([&] { return w.post_of_photo.Create(w.photo, w.Slug("new")); }), IsOk());

  EXPECT_EQ(w.Cell("Photo", w.photo, "post_id"), Value(3));
}

TYPED_TEST(BelongsToTest, CreateOfATargetThatBreaksItsKeyLeavesNothing) {
  Blog<TypeParam> w;

  EXPECT_THAT(w.Run([&] { return w.post_of.Create(w.loose, w.Slug("hello")); }),
              ViolationIs(ViolationCode::kUnique, "Post.slug"));
}

TYPED_TEST(BelongsToTest, CreateForANullOrStaleChildLeavesNoTarget) {
  Blog<TypeParam> w;
  const auto gone = w.comments.Insert(w.Say("gone")).value();
  ASSERT_THAT(w.comments.Erase(gone), IsOk());

  for (const auto child : {decltype(gone)(), gone}) {
    EXPECT_THAT(w.Run([&] { return w.post_of.Create(child, w.Slug("new")); }),
                ViolationIs(ViolationCode::kStale));
  }
}

// ---- Whole or not at all ----

template <class Face>
std::vector<Act<Blog<Face>>> Acts() {
  using W = Blog<Face>;
  return {
      {"Set", [](W& w) { return w.post_of.Set(w.first, w.other); }},
      {"Set by a text", [](W& w) { return w.seen_at.Set(w.first, w.other); }},
      {"SetAll",
       [](W& w) {
         return w.post_of.SetAll({w.first, w.loose}, {w.other, w.hello});
       }},
      {"Clear", [](W& w) { return w.seen_at.Clear(w.first); }},
      {"Create", [](W& w) { return StatusOf(w.post_of.Create(w.first, w.Slug("new, with a longer name"))); }},
      {"Create by a text",
       [](W& w) { return StatusOf(w.seen_at.Create(w.first, w.Slug("new, with a longer name"))); }},
      {"Insert with links",
       [](W& w) {
         return StatusOf(w.comments.Insert(w.Say("new"), {w.post_of.To(w.other), w.seen_at.To(w.other)}));
       }},
  };
}

TYPED_TEST(BelongsToTest, EveryWriteIsUndoneWithItsTransaction) { testing::ExpectUndone(Acts<TypeParam>()); }

TYPED_TEST(BelongsToTest, EveryWriteIsWholeOrNotAtAllWhicheverMemoryIsRefused) {
  testing::ExpectWholeOrNotAtAll(Acts<TypeParam>());
}

// ---- Handles that lead nowhere, and rows of other tables ----

template <class W, class One, class A, class B>
void ExpectNoWay(W& w, const One& edge, A child, B target, ViolationCode code) {
  EXPECT_THAT(w.Run([&] { return edge.Set(child, target); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.SetAll({child, child}, {target, target}); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Clear(child); }), ViolationIs(code));
  EXPECT_THAT(w.Run([&] { return edge.Create(child, w.Slug("new")); }), ViolationIs(code));
}

TYPED_TEST(BelongsToTest, ADefaultConstructedHandleRefusesAllAndLeadsNowhere) {
  Blog<TypeParam> w;
  const decltype(w.post_of) nowhere;

  EXPECT_THAT(nowhere.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("default-constructed")));
  EXPECT_FALSE(nowhere.Get(w.first));
  ExpectNoWay(w, nowhere, w.first, w.other, ViolationCode::kHandle);
  EXPECT_THAT(w.Run([&] { return w.comments.Insert(w.Say("new"), {nowhere.To(w.hello)}); }),
              ViolationIs(ViolationCode::kHandle));
}

TYPED_TEST(BelongsToTest, AHandleToADroppedEdgeRefusesAllAndLeadsNowhere) {
  Blog<TypeParam> w;
  ASSERT_THAT(w.db.DropBelongsTo(w.comments, "post"), IsOk());

  EXPECT_THAT(w.post_of.status(), ViolationIs(ViolationCode::kHandle));
  EXPECT_FALSE(w.post_of.Get(w.first));
  ExpectNoWay(w, w.post_of, w.first, w.other, ViolationCode::kHandle);
  EXPECT_THAT(w.Run([&] { return w.comments.Insert(w.Say("new"), {w.post_of.To(w.hello)}); }),
              ViolationIs(ViolationCode::kHandle));
  EXPECT_EQ(w.seen_at.Get(w.first), w.hello) << "the other edge stays";
}

TEST(BelongsToHandleTest, OfAConstDatabaseReadsAndDoesNotWrite) {
  Blog<testing::ByNames> by_names;
  Blog<testing::ByStructs> by_structs;
  const Database& names = by_names.db;
  const Database& structs = by_structs.db;
  const auto expect = [](auto& w, const auto& post_of) {
    EXPECT_THAT(post_of.status(), IsOk());
    EXPECT_EQ(post_of.Get(w.first), w.hello);
    ExpectNoWay(w, post_of, w.first, w.other, ViolationCode::kReadOnly);
  };

  expect(by_names, names.GetTable("Comment").BelongsTo("post"));
  expect(by_structs,
         structs.GetTable<Comment>("Comment").BelongsTo(structs.GetTable<Post>("Post"), &Comment::post_id));
}

TEST(BelongsToHandleTest, RefusesRowsOfOtherTables) {
  Blog<testing::ByNames> w;

  ExpectNoWay(w, w.post_of, w.photo, w.other, ViolationCode::kStale);
  EXPECT_THAT(w.Run([&] { return w.post_of.Set(w.first, w.photo); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments.Insert(w.Say("new"), {w.post_of.To(w.first)}); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return w.comments.Insert(w.Say("new"), {w.post_of_photo.To(w.hello)}); }).status(),
              ::testing::Not(IsOk()))
      << "a link of another table's edge";
  EXPECT_FALSE(w.post_of.Get(w.photo));
}

// ---- By structs only ----

TEST(AssignTest, WritesTheKeyOfATargetIntoAStructThatIsNoRowYet) {
  Blog<testing::ByStructs> w;
  Comment comment{.text = "new"};

  EXPECT_THAT(w.post_of.Assign(comment, w.other), IsOk());
  EXPECT_THAT(w.seen_at.Assign(comment, w.hello), IsOk());

  EXPECT_EQ(comment.post_id, 2);
  EXPECT_EQ(comment.seen_slug, "hello");
  EXPECT_EQ(comment.text, "new");
  EXPECT_EQ(w.post_of.Get(w.comments.Insert(comment).value()), w.other);
}

TEST(AssignTest, OfANullOrStaleTargetLeavesTheStructAlone) {
  Blog<testing::ByStructs> w;
  Comment comment{.post_id = 1};

  EXPECT_THAT(w.post_of.Assign(comment, {}), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.post_of.Assign(comment, w.Gone()), ViolationIs(ViolationCode::kStale));
  const ToOne<Comment, Post> nowhere;
  EXPECT_THAT(nowhere.Assign(comment, w.hello), ViolationIs(ViolationCode::kHandle));

  EXPECT_EQ(comment.post_id, 1);
}

TEST(BelongsToHandleTest, ByMembersNamesTheForeignKey) {
  Blog<testing::ByStructs> w;

  EXPECT_EQ(w.comments.BelongsTo(w.posts, &Comment::post_id).Get(w.first), w.hello);
  EXPECT_EQ(w.comments.BelongsTo(w.posts, &Comment::seen_slug).Get(w.first), w.hello);
  EXPECT_THAT(w.comments.BelongsTo(w.posts, &Comment::text).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no belongsTo over (text)")));
  EXPECT_THAT(w.comments.BelongsTo(w.posts, "author").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"author\"")));
}

TEST(SetByKeyTest, AKeyIsFoundAndThenSetOrWrittenAsACell) {
  Blog<testing::ByStructs> w;

  EXPECT_THAT(w.Run([&] { return w.comments.Set(w.loose, &Comment::post_id, 2); }), IsOk());
  EXPECT_EQ(w.post_of.Get(w.loose), w.other);

  EXPECT_THAT(w.Run([&] { return w.post_of.Set(w.loose, w.posts.Find(&Post::slug, "hello")); }), IsOk());
  EXPECT_EQ(w.post_of.Get(w.loose), w.hello);

  EXPECT_THAT(w.Run([&] { return w.post_of.Set(w.loose, w.posts.Find(&Post::slug, "none")); }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_EQ(w.post_of.Get(w.loose), w.hello);
}

// ---- Two edges on one column ----

// A pin's number is the id of one board and the code of another, or of the same.
struct Boards : testing::World {
  Boards() {
    EXPECT_THAT(
        db.CreateTables({TableOf<Board>("Board", {PrimaryKey(&Board::id), Unique(&Board::code)}),
                         TableOf<Pin>("Pin", {PrimaryKey(&Pin::id).AutoIncrement(),
                                              BelongsTo(&Pin::number, &Board::id, {.as = "byId"}),
                                              BelongsTo(&Pin::number, &Board::code, {.as = "byCode"})})}),
        IsOk());
    boards = db.GetTable<Board>("Board");
    pins = db.GetTable<Pin>("Pin");
    by_id = pins.BelongsTo(boards, "byId");
    by_code = pins.BelongsTo(boards, "byCode");
    one = boards.Insert({.id = 1, .code = 2}).value();
    two = boards.Insert({.id = 2, .code = 1}).value();
    three = boards.Insert({.id = 3, .code = 9}).value();
    pin = pins.Insert({.number = 1}).value();
  }
  Table<Board> boards;
  Table<Pin> pins;
  ToOne<Pin, Board> by_id, by_code;
  Ref<Board> one, two, three;
  Ref<Pin> pin;
};

TEST(TwoEdgesOnOneColumnTest, AreToldApartByTheirNamesOnly) {
  Boards w;

  EXPECT_THAT(w.pins.BelongsTo(w.boards, &Pin::number).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"byId\", \"byCode\"")));
  EXPECT_EQ(w.by_id.Get(w.pin), w.one);
  EXPECT_EQ(w.by_code.Get(w.pin), w.two);
}

TEST(TwoEdgesOnOneColumnTest, MoveTogether) {
  Boards w;

  ASSERT_THAT(w.Run([&] { return w.by_id.Set(w.pin, w.two); }), IsOk());
  EXPECT_EQ(w.by_code.Get(w.pin), w.one);

  ASSERT_THAT(w.Run([&] { return w.by_code.Clear(w.pin); }), IsOk());
  EXPECT_FALSE(w.by_id.Get(w.pin));
}

TEST(TwoEdgesOnOneColumnTest, BothMustLeadSomewhereOrNothingIsDone) {
  Boards w;

  EXPECT_THAT(w.Run([&] { return w.by_id.Set(w.pin, w.three); }),
              ViolationIs(ViolationCode::kMissingTarget, "Pin.byCode"));
  EXPECT_THAT(w.Run([&] { return w.by_id.Create(w.pin, {.id = 4, .code = 8}); }),
              ViolationIs(ViolationCode::kMissingTarget, "Pin.byCode"));
  EXPECT_THAT(w.Run([&] { return w.boards.HasMany(w.pins, "byId").Add(w.three, w.pin); }),
              ViolationIs(ViolationCode::kMissingTarget, "Pin.byCode"));

  const absl::StatusOr<Ref<Board>> both = w.Run([&] { return w.by_id.Create(w.pin, {.id = 4, .code = 4}); });
  ASSERT_THAT(both, IsOk());
  EXPECT_EQ(w.by_code.Get(w.pin), *both);
}

// ---- Edges of several columns ----

TEST(CompositeEdgeTest, CreateThatBreaksTheEdgeThatSharesAColumnLeavesNothing) {
  testing::World w;
  ASSERT_THAT(
      w.db.CreateTables({{.name = "Tenant"},
                         {.name = "Order",
                          .columns = {{.name = "tenant"}, {.name = "no"}},
                          .primary_key = {"tenant", "no"}},
                         {.name = "Line",
                          .columns = {{.name = "tenant"}, {.name = "orderNo"}},
                          .belongs_to = {{.target = "Order", .foreign_key = {"tenant", "orderNo"}},
                                         {.target = "Tenant", .as = "owner", .foreign_key = {"tenant"}}}}}),
      IsOk());
  const Table<> lines = w.db.GetTable("Line");
  const ToOne<> order = lines.BelongsTo("order"), owner = lines.BelongsTo("owner");
  const Ref<> one = w.db.GetTable("Tenant").Insert({}).value();
  const Ref<> line = lines.Insert({}, {owner.To(one)}).value();

  EXPECT_THAT(w.Run([&] {
    return order.Create(line, {{"tenant", 9}, {"no", 1}});
  }),
              ViolationIs(ViolationCode::kMissingTarget, "Line.owner"));
  EXPECT_EQ(owner.Get(line), one);

  const absl::StatusOr<Ref<>> made = w.Run([&] { return order.Create(line, {{"tenant", 1}, {"no", 1}}); });
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(order.Get(line), *made);
  EXPECT_EQ(owner.Get(line), one);
}

// ---- A row and its own kind ----

struct Tree : testing::World {
  explicit Tree(BelongsToDef parent_def = {}) {
    parent_def.target = "Node";
    parent_def.as = "parent";
    parent_def.inverse = HasMany("children");
    EXPECT_THAT(db.CreateTable({.name = "Node",
                                .columns = {{.name = "name", .type = Type::kString, .not_null = true}},
                                .unique = {{"name"}},
                                .belongs_to = {parent_def}}),
                IsOk());
    nodes = db.GetTable("Node");
    parent = nodes.BelongsTo("parent");
    children = nodes.HasMany("children");
    root = nodes.Insert({{"name", "root"}}).value();
  }
  Table<> nodes;
  ToOne<> parent;
  ToMany<> children;
  Ref<> root;
};

TEST(SelfEdgeTest, CreateGivesAParentAndLeavesNothingWhereItCannot) {
  Tree w;

  const Ref<> above = w.Run([&] { return w.parent.Create(w.root, {{"name", "above"}}); }).value();
  EXPECT_EQ(w.parent.Get(w.root), above);
  EXPECT_FALSE(w.parent.Get(above));

  EXPECT_THAT(w.Run([&] {
    return w.parent.Create(w.root, {{"name", "root"}});
  }),
              ViolationIs(ViolationCode::kUnique));
  EXPECT_EQ(w.parent.Get(w.root), above);
}

TEST(SelfEdgeTest, ARowMayBecomeItsOwnParentAndChild) {
  Tree w;

  ASSERT_THAT(w.Run([&] { return w.children.Add(w.root, w.root); }), IsOk());

  EXPECT_EQ(w.parent.Get(w.root), w.root);
  ASSERT_THAT(w.Run([&] { return w.nodes.Erase(w.root); }), IsOk()) << "it is its own only obstacle";
}

TEST(SelfEdgeTest, ARingMayBeClosed) {
  Tree w;
  const Ref<> below = w.children.Create(w.root, {{"name", "below"}}).value();

  ASSERT_THAT(w.Run([&] { return w.parent.Set(w.root, below); }), IsOk());

  EXPECT_EQ(w.parent.Get(w.parent.Get(below)), below);
}

// ---- Edges that are not enforced, and deferred ones ----

TEST(LooseEdgeTest, LeadsNowhereUntilATargetAppears) {
  Tree w({.enforced = false});
  const Ref<> orphan = w.nodes.Insert({{"name", "orphan"}, {"parentId", 7}}).value();

  EXPECT_FALSE(w.parent.Get(orphan));
  const Ref<> seven = w.Run([&] { return w.nodes.Insert({{"id", 7}, {"name", "seven"}}); }).value();
  EXPECT_EQ(w.parent.Get(orphan), seven);
  EXPECT_THAT(ListOf(w.children.Of(seven)), ElementsAre(orphan));

  ASSERT_THAT(w.Run([&] { return w.nodes.Erase(seven); }), IsOk());
  EXPECT_FALSE(w.parent.Get(orphan));
  EXPECT_EQ(w.Cell("Node", orphan, "parentId"), Value(7)) << "no action";
}

TEST(LooseEdgeTest, IsWrittenLikeAnyOther) {
  Tree w({.enforced = false});
  const Ref<> node = w.nodes.Insert({{"name", "node"}, {"parentId", 7}}).value();

  ASSERT_THAT(w.Run([&] { return w.parent.Set(node, w.root); }), IsOk());
  EXPECT_EQ(w.children.Count(w.root), 1u);
  ASSERT_THAT(w.Run([&] { return w.parent.Clear(node); }), IsOk());
  EXPECT_TRUE(w.Cell("Node", node, "parentId").is_null());
  ASSERT_THAT(w.Run([&] { return w.parent.Create(node, {{"name", "new"}}); }), IsOk());
  EXPECT_TRUE(w.parent.Get(node));
}

TEST(DeferredEdgeTest, MayLeadNowhereUntilTheCommit) {
  Tree w({.deferred = true});
  Transaction transaction = w.db.Begin();
  const Ref<> orphan = w.Run([&] { return w.nodes.Insert({{"name", "orphan"}, {"parentId", 7}}); }).value();

  EXPECT_FALSE(w.parent.Get(orphan));
  EXPECT_THAT(w.Run([&] { return transaction.Commit(); }),
              ViolationIs(ViolationCode::kDeferred, "Node.parent"));

  ASSERT_THAT(w.Run([&] { return w.parent.Set(orphan, w.root); }), IsOk());
  EXPECT_THAT(transaction.Commit(), IsOk());
  EXPECT_EQ(w.parent.Get(orphan), w.root);
}

TEST(DeferredEdgeTest, CreateAndClearMendItToo) {
  Tree w({.deferred = true});
  Transaction transaction = w.db.Begin();
  const Ref<> a = w.nodes.Insert({{"name", "a"}, {"parentId", 7}}).value();
  const Ref<> b = w.nodes.Insert({{"name", "b"}, {"parentId", 8}}).value();

  ASSERT_THAT(w.Run([&] { return w.parent.Create(a, {{"name", "new"}}); }), IsOk());
  EXPECT_THAT(w.Run([&] { return transaction.Commit(); }), ViolationIs(ViolationCode::kDeferred));
  ASSERT_THAT(w.Run([&] { return w.parent.Clear(b); }), IsOk());

  EXPECT_THAT(transaction.Commit(), IsOk());
}

// ---- A target that nobody can belong to ----

TEST(NullKeyTest, NobodyCanBelongToATargetWhoseKeyIsNull) {
  testing::World w;
  ASSERT_THAT(w.db.CreateTables({{.name = "Place", .columns = {{.name = "code"}}, .unique = {{"code"}}},
                                 {.name = "Visit",
                                  .columns = {{.name = "code"}},
                                  .belongs_to = {{.target = "Place",
                                                  .foreign_key = {"code"},
                                                  .target_key = {"code"},
                                                  .inverse = HasMany("visits")}}}}),
              IsOk());
  const Table<> places = w.db.GetTable("Place"), visits = w.db.GetTable("Visit");
  const ToOne<> place = visits.BelongsTo("place");
  const ToMany<> visits_of = places.HasMany("visits");
  const Ref<> unnamed = places.Insert({}).value(), five = places.Insert({{"code", 5}}).value();
  const Ref<> visit = visits.Insert({}, {place.To(five)}).value(), stray = visits.Insert({}).value();

  EXPECT_FALSE(visits_of.Has(unnamed, stray)) << "null is not null's target";
  EXPECT_THAT(w.Run([&] { return place.Set(visit, unnamed); }),
              ViolationIs(ViolationCode::kStale, "Visit.place"));
  EXPECT_THAT(w.Run([&] { return place.Create(visit, {}); }),
              ViolationIs(ViolationCode::kStale, "Visit.place"));
  EXPECT_THAT(w.Run([&] { return visits_of.Add(unnamed, visit); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] {
    return visits_of.Set(unnamed, {stray, visit});
  }),
              ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(w.Run([&] { return visits_of.Create(unnamed, {}); }), ViolationIs(ViolationCode::kStale));
  EXPECT_EQ(place.Get(visit), five);
}

// ---- Tables that refer to each other, and nested rows ----

struct Departments : testing::World {
  Departments() {
    EXPECT_THAT(db.CreateTables(
                    {{.name = "Department",
                      .columns = {{.name = "headId", .not_null = true}},
                      .belongs_to = {{.target = "Person", .as = "head"}}},
                     {.name = "Person",
                      .columns = {{.name = "departmentId", .not_null = true},
                                  {.name = "name", .type = Type::kString}},
                      .unique = {{"name"}},
                      .belongs_to = {{.target = "Department", .inverse = HasMany("people")}}},
                     {.name = "Badge", .belongs_to = {{.target = "Person", .inverse = HasMany("badges")}}}}),
                IsOk());
    departments = db.GetTable("Department");
    persons = db.GetTable("Person");
    badges = db.GetTable("Badge");
    head = departments.BelongsTo("head");
    department = persons.BelongsTo("department");
    people = departments.HasMany("people");
    badges_of = persons.HasMany("badges");
  }
  // A department, its head, its other people, and a badge for each.
  absl::StatusOr<Ref<>> Found(const std::vector<std::string>& names) {
    return db.Batch([&](Batch& b) {
      const Ref<> made = b.Insert(departments, {});
      for (const std::string& name : names) {
        const Ref<> person = b.Create(people, made, {{"name", name}});
        b.Create(badges_of, person, {});
        if (name == names.front()) b.Set(head, made, person);
      }
      return made;
    });
  }
  Table<> departments, persons, badges;
  ToOne<> head, department;
  ToMany<> people, badges_of;
};

TEST(NestedInsertTest, ABatchMakesTargetsChildrenAndTheirChildren) {
  Departments w;

  const Ref<> made = w.Run([&] { return w.Found({"Ann", "Bob", "Eve"}); }).value();

  EXPECT_EQ(w.people.Count(made), 3u);
  EXPECT_EQ(w.persons.Get(w.head.Get(made), "name").value(), Value("Ann"));
  EXPECT_EQ(w.department.Get(w.head.Get(made)), made) << "required both ways";
  for (const Ref<> person : w.people.Of(made)) EXPECT_EQ(w.badges_of.Count(person), 1u);
}

TEST(NestedInsertTest, OfWhichOneRowCannotBeMadeLeavesNothing) {
  Departments w;
  ASSERT_THAT(w.Found({"Ann"}), IsOk());

  EXPECT_THAT(w.Run([&] { return w.Found({"Bob", "Eve", "Ann"}); }), ViolationIs(ViolationCode::kUnique));
  EXPECT_THAT(w.Run([&] { return w.Found({}); }), ViolationIs(ViolationCode::kNotNull)) << "no head";
}

TEST(NestedInsertTest, IsUndoneAndIsWholeOrNotAtAll) {
  const std::vector<Act<Departments>> acts = {
      {"Found", [](Departments& w) {
         return StatusOf(w.Found({"Ann", "Bob", "Eve, with a longer name"}));
       }}};

  testing::ExpectUndone(acts);
  testing::ExpectWholeOrNotAtAll(acts);
}

TEST(MutualEdgeTest, ARequiredTargetMayBeExchangedForANewOne) {
  Departments w;
  const Ref<> made = w.Found({"Ann"}).value();

  EXPECT_THAT(w.Run([&] {
    return w.head.Create(made, {{"name", "Bob"}});
  }),
              ViolationIs(ViolationCode::kNotNull))
      << "Bob needs a department";
  const absl::StatusOr<Ref<>> bob = w.Run([&] {
    return w.head.Create(made, {{"name", "Bob"}, {"departmentId", 1}});
  });

  ASSERT_THAT(bob, IsOk());
  EXPECT_EQ(w.head.Get(made), *bob);
  EXPECT_EQ(w.people.Count(made), 2u);
}

// ---- Create with links for the new row's other edges ----

struct Country {
  int64_t id = 0;
};
struct Town {
  int64_t id = 0;
  int64_t country_id = 0;
};
struct Mayor {
  int64_t id = 0;
  std::optional<int64_t> town_id = {};
  int64_t country_id = 0;
};

TEST(CreateWithLinksTest, TheNewRowsOtherEdgesAreGivenAtEitherEnd) {
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {TableOf<Country>("Country", {PrimaryKey(&Country::id)}),
           TableOf<Town>("Town", {PrimaryKey(&Town::id), BelongsTo(&Town::country_id, &Country::id)}),
           TableOf<Mayor>("Mayor", {PrimaryKey(&Mayor::id), BelongsTo(&Mayor::country_id, &Country::id),
                                    BelongsTo(&Mayor::town_id, &Town::id, {.inverse = HasOne("mayor")})})}),
      IsOk());
  const auto countries = db.GetTable<Country>("Country");
  const auto towns = db.GetTable<Town>("Town");
  const auto mayors = db.GetTable<Mayor>("Mayor");
  const auto town = mayors.BelongsTo(towns, &Mayor::town_id);
  const auto mayor = towns.HasOne(mayors, &Mayor::town_id);
  const auto country_of_town = towns.BelongsTo(countries, &Town::country_id);
  const auto country_of_mayor = mayors.BelongsTo(countries, &Mayor::country_id);
  const Ref<Country> home = countries.Insert({.id = 7}).value();
  const Ref<Mayor> ann = mayors.Insert({.id = 1}, {country_of_mayor.To(home)}).value();

  const auto new_town = town.Create(ann, {.id = 10}, {country_of_town.To(home)});
  ASSERT_THAT(new_town, IsOk());
  EXPECT_EQ(town.Get(ann), *new_town);
  EXPECT_EQ(country_of_town.Get(*new_town), home);
  EXPECT_THAT(db.Verify(), IsOk());

  const Ref<Town> empty = towns.Insert({.id = 11}, {country_of_town.To(home)}).value();
  const auto new_mayor = mayor.Create(empty, {.id = 2}, {country_of_mayor.To(home)});
  ASSERT_THAT(new_mayor, IsOk());
  EXPECT_EQ(town.Get(*new_mayor), empty);
  EXPECT_EQ(country_of_mayor.Get(*new_mayor), home);
  EXPECT_THAT(db.Verify(), IsOk());

  const std::string before = db.Dump();
  EXPECT_THAT(town.Create(ann, {.id = 12}), ViolationIs(ViolationCode::kMissingTarget, "Town.country"));
  EXPECT_EQ(db.Dump(), before);
}

struct Nation {
  int64_t id = 0;
  std::optional<int64_t> code = {};
};
struct Port {
  int64_t id = 0;
  int64_t nation_code = 0;
};

TEST(AssignTest, ATargetWithoutAKeyIsRefused) {
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Nation>("Nation", {PrimaryKey(&Nation::id), Unique(&Nation::code)}),
                               TableOf<Port>("Port", {PrimaryKey(&Port::id)})}),
              IsOk());
  ASSERT_THAT(db.AddBelongsTo(db.GetTable("Port"),
                              {.target = "Nation", .foreign_key = {"nation_code"}, .target_key = {"code"}}),
              IsOk());
  const auto nations = db.GetTable<Nation>("Nation");
  const auto nation = db.GetTable<Port>("Port").BelongsTo(nations, &Port::nation_code);
  Port port{.id = 1, .nation_code = 7};
  EXPECT_THAT(nation.Assign(port, nations.Insert({.id = 1}).value()), ::testing::Not(IsOk()));
  EXPECT_EQ(port.nation_code, 7);
  EXPECT_THAT(nation.Assign(port, nations.Insert({.id = 2, .code = 49}).value()), IsOk());
  EXPECT_EQ(port.nation_code, 49);
}

}  // namespace
}  // namespace tenon
