// Query<T>, Col and conditions along edges, over rows as structs.
#include <cmath>
#include <cstdint>
#include <limits>
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

namespace tenon {
namespace {

using ::tenon::testing::Fails;
using ::tenon::testing::IsDump;
using ::tenon::testing::IsOk;
using ::tenon::testing::ViolationIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Kind : int32_t { kNews, kSport, kRest = 9 };

struct User {
  int64_t id = 0;
  std::string name = {};
  std::optional<int64_t> boss_id = {};
};
struct Post {
  int64_t id = 0;
  std::string title = {};
  int32_t score = 0;
  std::optional<int64_t> rank = {};
  double weight = 0;
  float heat = 0;
  bool open = true;
  Kind kind = Kind::kNews;
  std::optional<std::string> note = {};
  std::optional<int64_t> user_id = {};
};
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  int32_t likes = 0;
};

// A struct with a member that is no column.
struct Wide {
  int64_t id = 0;
  int64_t other = 0;
  friend auto TenonColumns(const Wide*) { return tenon::Columns("id", &Wide::id); }
};

absl::Status Define(Database& db) {
  return db.CreateTables(
      {TableOf<User>("User", {PrimaryKey(&User::id), BelongsTo(&User::boss_id, &User::id)}),
       TableOf<Post>("Post", {PrimaryKey(&Post::id),
                              BelongsTo(&Post::user_id, &User::id, {.on_delete = Action::kSetNull})}),
       TableOf<Comment>("Comment",
                        {PrimaryKey(&Comment::id).AutoIncrement(),
                         BelongsTo(&Comment::post_id, &Post::id, {.on_delete = Action::kCascade})})});
}

// Users 1 (boss of 2, who is boss of 3); posts 1 to 6, of which 1 and 2 are of user 2, 3 of user 3, 4 to 6 of nobody;
// comments on posts 1 (likes 0 and 5), 3 (likes 2), and one on nothing (likes 9).
class TypedQueryTest : public testing::DatabaseTest<Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    users = db.GetTable<User>("User");
    posts = db.GetTable<Post>("Post");
    comments = db.GetTable<Comment>("Comment");
    boss = users.BelongsTo(users, &User::boss_id);
    user = posts.BelongsTo(users, &Post::user_id);
    post = comments.BelongsTo(posts, &Comment::post_id);
    comments_of = posts.HasMany(comments, &Comment::post_id);
    posts_of = users.HasMany(posts, &Post::user_id);
    ASSERT_THAT(users.InsertAll({{1, "Ann", {}}, {2, "Bob", 1}, {3, "Cid", 2}}), IsOk());
    ASSERT_THAT(
        posts.InsertAll(
            {{.id = 1,
              .title = "b",
              .score = 3,
              .rank = 2,
              .weight = 0.5,
              .kind = Kind::kSport,
              .user_id = 2},
             {.id = 2, .title = "a", .score = 3, .rank = {}, .weight = -1, .open = false, .user_id = 2},
             {.id = 3, .title = "c", .score = 1, .rank = 1, .weight = 2, .note = "x", .user_id = 3},
             {.id = 4,
              .title = "a title longer than twelve",
              .score = 5,
              .rank = -7,
              .kind = Kind::kRest,
              .note = ""},
             {.id = 5,
              .title = "d",
              .score = 1,
              .rank = {},
              .weight = std::numeric_limits<double>::infinity()},
             {.id = 6, .title = "e", .score = -2, .rank = 2, .heat = 0.1f}}),
        IsOk());
    ASSERT_THAT(comments.InsertAll(
                    {{.post_id = 1}, {.post_id = 1, .likes = 5}, {.post_id = 3, .likes = 2}, {.likes = 9}}),
                IsOk());
  }
  std::vector<int64_t> Ids(const Query<Post>& query) {
    EXPECT_THAT(query.status(), IsOk());
    std::vector<int64_t> ids;
    for (const Ref<Post> ref : query.Refs()) ids.push_back(posts.Get(ref)->id);
    return ids;
  }
  std::vector<int64_t> Ids(const Predicate<Post>& where) { return Ids(posts.Where(where)); }

  Table<User> users;
  Table<Post> posts;
  Table<Comment> comments;
  ToOne<User, User> boss;
  ToOne<Post, User> user;
  ToOne<Comment, Post> post;
  ToMany<Post, Comment> comments_of;
  ToMany<User, Post> posts_of;
};

// ---- Conditions ----

TEST_F(TypedQueryTest, ColumnsAreComparedWithConstantsOfTheirKind) {
  EXPECT_THAT(Ids(Col(&Post::score) == 3), ElementsAre(1, 2));
  EXPECT_THAT(Ids(Col(&Post::score) != 3), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(Ids(Col(&Post::score) < 1), ElementsAre(6));
  EXPECT_THAT(Ids(Col(&Post::score) <= 1), ElementsAre(3, 5, 6));
  EXPECT_THAT(Ids(Col(&Post::score) > 3), ElementsAre(4));
  EXPECT_THAT(Ids(Col(&Post::score) >= int64_t{3}), ElementsAre(1, 2, 4));
  EXPECT_THAT(Ids(Col(&Post::score) < int64_t{1} << 40), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Ids(Col(&Post::weight) > 0.25), ElementsAre(1, 3, 5));
  EXPECT_THAT(Ids(Col(&Post::weight) >= 2), ElementsAre(3, 5));
  EXPECT_THAT(Ids(Col(&Post::heat) == 0.1f), ElementsAre(6));
  EXPECT_THAT(Ids(Col(&Post::open) == false), ElementsAre(2));
  EXPECT_THAT(Ids(Col(&Post::kind) == Kind::kRest), ElementsAre(4));
  EXPECT_THAT(Ids(Col(&Post::title) == "a"), ElementsAre(2));
  EXPECT_THAT(Ids(Col(&Post::title) > std::string("a title")), ElementsAre(1, 3, 4, 5, 6));
  EXPECT_THAT(Ids(Col(&Post::title) == std::string_view("a title longer than twelve")), ElementsAre(4));
  EXPECT_THAT(Ids(Col(&Post::note) == ""), ElementsAre(4));
}

TEST_F(TypedQueryTest, NullIsNeitherTrueNorFalse) {
  EXPECT_THAT(Ids(Col(&Post::rank).IsNull()), ElementsAre(2, 5));
  EXPECT_THAT(Ids(!Col(&Post::rank).IsNull()), ElementsAre(1, 3, 4, 6));
  EXPECT_THAT(Ids(Col(&Post::rank) == 2), ElementsAre(1, 6));
  EXPECT_THAT(Ids(Col(&Post::rank) != 2), ElementsAre(3, 4));
  EXPECT_THAT(Ids(!(Col(&Post::rank) == 2)), ElementsAre(3, 4));
  EXPECT_THAT(Ids(Col(&Post::rank) == 2 || Col(&Post::score) == 3), ElementsAre(1, 2, 6));
  EXPECT_THAT(Ids(!(Col(&Post::rank) == 2 && Col(&Post::score) == 3)), ElementsAre(3, 4, 5, 6));
}

TEST_F(TypedQueryTest, ADefaultPredicateIsAlwaysTrue) {
  EXPECT_THAT(Ids(Predicate<Post>()), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Ids(!Predicate<Post>()), IsEmpty());
  EXPECT_THAT(Ids(Predicate<Post>() && Col(&Post::id) == 4), ElementsAre(4));
  EXPECT_THAT(Ids(Predicate<Post>() || Col(&Post::id) == 4), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(TypedQueryTest, NaNIsEqualToItselfAndAboveAllNumbers) {
  const double nan = std::nan("");
  ASSERT_THAT(posts.Set(posts.Find(&Post::id, 3), &Post::weight, nan), IsOk());
  EXPECT_THAT(Ids(Col(&Post::weight) == nan), ElementsAre(3));
  EXPECT_THAT(Ids(Col(&Post::weight) > 1e308), ElementsAre(3, 5));
}

// ---- Order and limit ----

TEST_F(TypedQueryTest, ResultsComeInSlotOrderUnlessAskedOtherwise) {
  EXPECT_THAT(Ids(posts.All()), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::score)), ElementsAre(6, 3, 5, 1, 2, 4));
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::score, Order::kDescending)), ElementsAre(4, 1, 2, 3, 5, 6));
}

TEST_F(TypedQueryTest, SeveralColumnsOrderAmongEquals) {
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::score).OrderBy(&Post::title, Order::kDescending)),
              ElementsAre(6, 5, 3, 1, 2, 4));
  EXPECT_THAT(
      Ids(posts.All().OrderBy(&Post::open, Order::kDescending).OrderBy(&Post::kind).OrderBy(&Post::title)),
      ElementsAre(3, 5, 6, 1, 4, 2));
}

TEST_F(TypedQueryTest, NullsComeFirstAndLastWhenDescending) {
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::rank)), ElementsAre(2, 5, 4, 3, 1, 6));
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::rank, Order::kDescending)), ElementsAre(1, 6, 3, 4, 2, 5));
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::note)), ElementsAre(1, 2, 5, 6, 4, 3));
}

TEST_F(TypedQueryTest, NaNComesAfterAllNumbers) {
  ASSERT_THAT(posts.Set(posts.Find(&Post::id, 1), &Post::weight, std::nan("")), IsOk());
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::weight)), ElementsAre(2, 4, 6, 3, 5, 1));
  EXPECT_THAT(Ids(posts.All().OrderBy(&Post::weight, Order::kDescending)), ElementsAre(1, 5, 3, 4, 6, 2));
}

TEST_F(TypedQueryTest, LimitTakesAPageOfTheOrder) {
  const Query<Post> by_title = posts.All().OrderBy(&Post::title);  // 2 4 1 3 5 6
  EXPECT_THAT(Ids(by_title.Limit(2)), ElementsAre(2, 4));
  EXPECT_THAT(Ids(by_title.Limit(2, 2)), ElementsAre(1, 3));
  EXPECT_THAT(Ids(by_title.Limit(9, 4)), ElementsAre(5, 6));
  EXPECT_THAT(Ids(by_title.Limit(2, 6)), IsEmpty());
  EXPECT_THAT(Ids(by_title.Limit(0)), IsEmpty());
  EXPECT_THAT(Ids(by_title.Limit(SIZE_MAX, 5)), ElementsAre(6));
  EXPECT_THAT(Ids(by_title.Limit(SIZE_MAX, SIZE_MAX)), IsEmpty());
  EXPECT_THAT(Ids(posts.Where(Col(&Post::score) > 0).Limit(2, 1)), ElementsAre(2, 3));
  EXPECT_THAT(Ids(by_title.Limit(5).Limit(1)), ElementsAre(2)) << "the last one counts";
}

TEST_F(TypedQueryTest, AQueryIsAValueThatRunsWhenAsked) {
  const Query<Post> sport = posts.Where(Col(&Post::kind) == Kind::kSport);
  EXPECT_EQ(sport.Count(), 1u);
  ASSERT_THAT(posts.Insert({.id = 7, .kind = Kind::kSport}), IsOk());
  EXPECT_EQ(sport.Count(), 2u);
  for (const Ref<Post> ref : posts.Where(Col(&Post::score) >= 3).OrderBy(&Post::id).Limit(1).Refs()) {
    EXPECT_EQ(posts.Get(ref)->id, 1);  // no step of a query dangles
  }
}

// ---- Terminal calls ----

TEST_F(TypedQueryTest, RowsAreCopiesOfTheMatches) {
  const std::vector<Post> rows = posts.Where(Col(&Post::score) >= 3).OrderBy(&Post::title).Rows();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].title, "a");
  EXPECT_EQ(rows[0].rank, std::nullopt);
  EXPECT_EQ(rows[1].title, "a title longer than twelve");
  EXPECT_EQ(rows[1].kind, Kind::kRest);
  EXPECT_EQ(rows[1].note, "");
  EXPECT_EQ(rows[2].id, 1);
}

TEST_F(TypedQueryTest, FirstIsTheFirstOfTheOrderOrNull) {
  EXPECT_EQ(posts.All().First(), posts.Find(&Post::id, 1));
  EXPECT_EQ(posts.All().OrderBy(&Post::score).First(), posts.Find(&Post::id, 6));
  EXPECT_EQ(posts.All().OrderBy(&Post::score).Limit(1, 2).First(), posts.Find(&Post::id, 5));
  EXPECT_EQ(posts.Where(Col(&Post::title) == "a title longer than twelve").OrderBy(&Post::score).First(),
            posts.Find(&Post::id, 4));
  EXPECT_FALSE(posts.Where(Col(&Post::score) == 77).First());
  EXPECT_FALSE(posts.All().Limit(0).First());
}

TEST_F(TypedQueryTest, CountCountsWithinTheLimit) {
  EXPECT_EQ(posts.All().Count(), 6u);
  EXPECT_EQ(posts.Where(Col(&Post::score) > 0).Count(), 5u);
  EXPECT_EQ(posts.Where(Col(&Post::score) > 0).OrderBy(&Post::title).Limit(3, 1).Count(), 3u);
  EXPECT_EQ(posts.All().Limit(9, 5).Count(), 1u);
}

TEST_F(TypedQueryTest, EraseIsOneStatementOverTheMatches) {
  EXPECT_EQ(posts.Where(Col(&Post::score) == 3).Erase().value(), 2u);
  EXPECT_THAT(Ids(posts.All()), ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(comments.size(), 2u) << "those of post 1 went with it";
  EXPECT_EQ(posts.All().OrderBy(&Post::score, Order::kDescending).Limit(1).Erase().value(), 1u);
  EXPECT_THAT(Ids(posts.All()), ElementsAre(3, 5, 6));
  EXPECT_EQ(posts.Where(Col(&Post::id) == 77).Erase().value(), 0u);
}

TEST_F(TypedQueryTest, AnEraseThatOneRowForbidsErasesNone) {
  const std::string before = db.Dump();
  EXPECT_THAT(users.Where(Col(&User::id) <= 2).Erase(), ViolationIs(ViolationCode::kNoAction, "User.boss"));
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_EQ(users.All().Erase().value(), 3u) << "all of them at once are in nobody's way";
}

TEST_F(TypedQueryTest, UpdateWritesValuesComputedFromEachRow) {
  EXPECT_EQ(posts.Where(Col(&Post::score) >= 3)
                .Update({{&Post::score, Col(&Post::score) + 10}, {&Post::note, "long enough for the heap"}})
                .value(),
            3u);
  EXPECT_THAT(Ids(Col(&Post::note) == "long enough for the heap"), ElementsAre(1, 2, 4));
  EXPECT_THAT(Ids(Col(&Post::score) == 13), ElementsAre(1, 2));
  EXPECT_THAT(Ids(Col(&Post::score) == 15), ElementsAre(4));
}

TEST_F(TypedQueryTest, UpdateMayMoveKeysThroughEachOther) {
  ASSERT_THAT(comments.Clear(), IsOk());
  EXPECT_EQ(posts.All().Update({{&Post::id, Col(&Post::id) + 1}}).value(), 6u);
  EXPECT_THAT(Ids(posts.All()), ElementsAre(2, 3, 4, 5, 6, 7));
  EXPECT_THAT(posts.All().Update({{&Post::id, 1}}), ViolationIs(ViolationCode::kUnique, "Post.id"));
  EXPECT_THAT(Ids(posts.All()), ElementsAre(2, 3, 4, 5, 6, 7));
}

TEST_F(TypedQueryTest, AnUpdateThatLeavesTheTypeChangesNothing) {
  const std::string before = db.Dump();
  EXPECT_THAT(posts.All().Update({{&Post::score, Col(&Post::score) * 1'000'000'000}}),
              ViolationIs(ViolationCode::kRange));
  EXPECT_THAT(db.Dump(), IsDump(before));
}

// ---- Along edges ----

TEST_F(TypedQueryTest, IsFindsRowsByTheirTarget) {
  EXPECT_THAT(Ids(user.Is(users.Find(&User::id, 2))), ElementsAre(1, 2));
  EXPECT_THAT(Ids(user.Is(users.Find(&User::id, 1))), IsEmpty());
  EXPECT_THAT(Ids(user.Is(Ref<User>())), IsEmpty()) << "a null Ref is nobody's target";
}

TEST_F(TypedQueryTest, IsTakesAConditionOfTheTarget) {
  EXPECT_THAT(Ids(user.Is(Col(&User::name) >= "Bob")), ElementsAre(1, 2, 3));
  EXPECT_THAT(Ids(user.Is(Col(&User::name) == "Cid") || Col(&Post::id) == 6), ElementsAre(3, 6));
  EXPECT_THAT(Ids(user.Is(Predicate<User>())), ElementsAre(1, 2, 3)) << "whoever has a target";
}

TEST_F(TypedQueryTest, ConditionsAlongEdgesNest) {
  EXPECT_THAT(Ids(user.Is(boss.Is(Col(&User::name) == "Ann"))), ElementsAre(1, 2));
  EXPECT_THAT(Ids(user.Is(boss.Is(boss.Is(Col(&User::name) == "Ann")))), ElementsAre(3));
  EXPECT_EQ(comments.Where(post.Is(user.Is(Col(&User::name) == "Cid") && Col(&Post::score) == 1)).Count(),
            1u);
  EXPECT_EQ(users.Where(posts_of.Any(comments_of.Any(Col(&Comment::likes) >= 5))).First(),
            users.Find(&User::id, 2));
}

TEST_F(TypedQueryTest, NotOfAConditionOnTheTargetHoldsForRowsWithoutOne) {
  EXPECT_THAT(Ids(!user.Is(Col(&User::name) == "Bob")), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(Ids(user.Is(!(Col(&User::name) == "Bob"))), ElementsAre(3));
  EXPECT_THAT(Ids(!user.Is(users.Find(&User::id, 2))), ElementsAre(3, 4, 5, 6));
}

TEST_F(TypedQueryTest, AnyFindsRowsByTheirChildren) {
  EXPECT_THAT(Ids(comments_of.Any()), ElementsAre(1, 3));
  EXPECT_THAT(Ids(!comments_of.Any()), ElementsAre(2, 4, 5, 6));
  EXPECT_THAT(Ids(comments_of.Any(Col(&Comment::likes) == 5)), ElementsAre(1));
  EXPECT_THAT(Ids(comments_of.Any(Col(&Comment::likes) > 8)), IsEmpty());
  EXPECT_THAT(Ids(!comments_of.Any(Col(&Comment::likes) < 5)), ElementsAre(2, 4, 5, 6));
}

TEST_F(TypedQueryTest, WritesGoByConditionsOnRowsThatTheyChange) {
  // Each boss's boss counts as before the statement.
  EXPECT_EQ(
      users.Where(boss.Is(!Col(&User::boss_id).IsNull())).Update({{&User::boss_id, std::nullopt}}).value(),
      1u);
  EXPECT_EQ(users.Where(!Col(&User::boss_id).IsNull()).Count(), 1u);
  EXPECT_EQ(posts.Where(comments_of.Any()).Erase().value(), 2u);
  EXPECT_EQ(comments.size(), 1u);
}

// ---- Errors ----

TEST_F(TypedQueryTest, AnAssociationThatLeadsNowhereMatchesNothingAndSaysSo) {
  const ToOne<Post, User> nowhere;
  const Query<Post> query = posts.Where(nowhere.Is(Col(&User::id) == 1));
  EXPECT_THAT(query.status(), Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle,
                                    HasSubstr("the association leads nowhere")));
  EXPECT_THAT(query.Refs(), IsEmpty());
  EXPECT_THAT(query.Rows(), IsEmpty());
  EXPECT_FALSE(query.First());
  EXPECT_EQ(query.Count(), 0u);
  EXPECT_EQ(query.Erase().status(), query.status());
  EXPECT_EQ(query.Update({{&Post::score, 1}}).status(), query.status());
}

TEST_F(TypedQueryTest, AnEdgeOfAnotherTableOfTheStructIsRefused) {
  const auto drafts =
      db.CreateTable<Post>("Draft", {PrimaryKey(&Post::id), BelongsTo(&Post::user_id, &User::id)}).value();
  EXPECT_THAT(drafts.Where(user.Is(Col(&User::id) == 1)).status(),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType,
                    HasSubstr("Post.user leads from Post")));
}

TEST_F(TypedQueryTest, AQueryOfADroppedTableSaysSo) {
  const Query<Comment> query = comments.Where(Col(&Comment::likes) > 1);
  ASSERT_THAT(db.DropTable("Comment"), IsOk());
  EXPECT_THAT(query.status(), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(query.Refs(), IsEmpty());
  EXPECT_THAT(query.Erase(), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(posts.Where(comments_of.Any()).status(), ViolationIs(ViolationCode::kHandle));
}

TEST_F(TypedQueryTest, AMemberThatIsNoColumnOfTheTableIsRefused) {
  const auto wides = db.CreateTable<Wide>("Wide", {PrimaryKey(&Wide::id)}).value();
  ASSERT_THAT(wides.Insert({}), IsOk());
  const Ref<Wide> ref = *wides.begin();
  EXPECT_THAT(wides.Where(Col(&Wide::other) == 1).status(), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(wides.All().OrderBy(&Wide::other).status(), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(wides.All().Update({{&Wide::other, 1}}), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(wides.Get(ref, &Wide::other), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(wides.Set(ref, &Wide::other, 1), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(wides.Column(&Wide::other).status(), ViolationIs(ViolationCode::kType));
  EXPECT_FALSE(wides.Find(&Wide::other, 0));
  EXPECT_FALSE(wides.Lookup(&Wide::other).status().ok());
}

}  // namespace
}  // namespace tenon
