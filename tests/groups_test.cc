// Aggregates of a query's rows, and of groups of them along edges and by a column.
#include "tenon/groups.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/or_die.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/blog.h"

namespace tenon {
namespace {

using ::tenon::testing::Author;
using ::tenon::testing::Blog;
using ::tenon::testing::Comment;
using ::tenon::testing::Fails;
using ::tenon::testing::IsOk;
using ::tenon::testing::Post;
using ::tenon::testing::ViolationIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class GroupsTest : public ::testing::Test, public Blog {
 protected:
  GroupsTest() { Fill(); }
  // Groups as pairs, rows by their primary keys.
  template <class T, class R>
  auto ById(const Table<T>& table, const absl::StatusOr<std::vector<Group<Ref<T>, R>>>& groups) {
    std::vector<std::pair<int64_t, R>> pairs;
    for (const auto& [key, value] : OrDie(groups)) pairs.emplace_back(table.Get(key)->id, value);
    return pairs;
  }
  template <class K, class R>
  static auto AsPairs(const absl::StatusOr<std::vector<Group<K, R>>>& groups) {
    std::vector<std::pair<K, R>> pairs;
    for (const auto& [key, value] : OrDie(groups)) pairs.emplace_back(key, value);
    return pairs;
  }
};

TEST_F(GroupsTest, AggregatesOfAllRowsPassNullsOver) {
  EXPECT_EQ(OrDie(comments.All().Get(Sum(&Comment::score))), 34);
  EXPECT_EQ(OrDie(comments.All().Get(Sum(&Comment::weight))), 3.0);
  EXPECT_EQ(OrDie(comments.All().Get(Average(&Comment::weight))), 0.75);
  EXPECT_EQ(OrDie(comments.All().Get(Min(&Comment::weight))), -1.0);
  EXPECT_EQ(OrDie(comments.All().Get(Max(&Comment::word))), "c");
  EXPECT_EQ(OrDie(comments.All().Get(Min(&Comment::word))), "");
  EXPECT_EQ(OrDie(comments.All().Get(Max(&Comment::seen))), true);
  EXPECT_EQ(OrDie(comments.All().Get(Max(&Comment::post_id))), 4);
}

TEST_F(GroupsTest, AggregatesAreOfTheRowsThatTheQueryMeans) {
  EXPECT_EQ(OrDie(comments.Where(post.Is(PostOf(1))).Get(Sum(&Comment::score))), 17);
  EXPECT_EQ(
      OrDie(comments.All().OrderBy(&Comment::score, Order::kDescending).Limit(2).Get(Sum(&Comment::score))),
      16);
  EXPECT_EQ(OrDie(comments.All().Limit(10, 5).Get(Min(&Comment::id))), 42);
}

TEST_F(GroupsTest, OfNoValueThereIsNone) {
  const Query<Comment> none = comments.Where(Col(&Comment::id) == 99);
  EXPECT_EQ(OrDie(none.Get(Sum(&Comment::score))), std::nullopt);
  EXPECT_EQ(OrDie(none.Get(Average(&Comment::score))), std::nullopt);
  EXPECT_EQ(OrDie(none.Get(Max(&Comment::word))), std::nullopt);
  EXPECT_EQ(OrDie(comments.Where(Col(&Comment::weight).IsNull()).Get(Sum(&Comment::weight))), std::nullopt);
}

TEST_F(GroupsTest, ByNameTheyAreValues) {
  const Table<> rows = comments;
  EXPECT_EQ(OrDie(rows.All().Get(Sum("score"))), Value(int64_t{34}));
  EXPECT_EQ(OrDie(rows.All().Get(Average("score"))).As<double>(), 34 / 7.0);
  EXPECT_EQ(OrDie(rows.Where(Col("id") == 99).Get(Min("word"))), Value());
  EXPECT_EQ(OrDie(rows.All().Get(Min("word"))), Value(""));
  EXPECT_EQ(OrDie(rows.All().Get(Max("score"))), Value(int32_t{9}));
}

TEST_F(GroupsTest, AlongAnEdgeGroupsAreTheTargetsThatHaveRows) {
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Count())),
              ElementsAre(Pair(1, 3), Pair(2, 1), Pair(4, 2)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Sum(&Comment::score))),
              ElementsAre(Pair(1, 17), Pair(2, 3), Pair(4, 8)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Sum(&Comment::weight))),
              ElementsAre(Pair(1, 2.0), Pair(2, 2.0), Pair(4, std::nullopt)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Max(&Comment::word))),
              ElementsAre(Pair(1, "b"), Pair(2, "c"), Pair(4, "a")));
  EXPECT_THAT(ById(authors, posts.All().GroupBy(author).Get(Average(&Post::price))),
              ElementsAre(Pair(1, 2.0), Pair(2, 4.0)));
}

TEST_F(GroupsTest, AConditionLeavesGroupsOut) {
  const Query<Comment> high = comments.Where(Col(&Comment::score) >= 5);
  EXPECT_THAT(ById(posts, high.GroupBy(post).Get(Count())), ElementsAre(Pair(1, 2), Pair(4, 1)));
  EXPECT_THAT(ById(posts, high.GroupBy(post).Get(Sum(&Comment::score))),
              ElementsAre(Pair(1, 14), Pair(4, 7)));
}

TEST_F(GroupsTest, SeveralEdgesLeadOn) {
  EXPECT_THAT(ById(authors, comments.All().GroupBy(post, author).Get(Sum(&Comment::score))),
              ElementsAre(Pair(1, 20)));
  OrDie(author.Set(PostOf(4), AuthorOf(3)));
  EXPECT_THAT(ById(authors, comments.All().GroupBy(post, author).Get(Count())),
              ElementsAre(Pair(1, 4), Pair(3, 2)));
}

TEST_F(GroupsTest, ByAColumnGroupsComeInOrderNullFirst) {
  EXPECT_THAT(AsPairs(comments.All().GroupBy(&Comment::word).Get(Count())),
              ElementsAre(Pair("", 1), Pair("a", 2), Pair("b", 3), Pair("c", 1)));
  EXPECT_THAT(AsPairs(comments.All().GroupBy(&Comment::post_id).Get(Sum(&Comment::score))),
              ElementsAre(Pair(std::nullopt, 6), Pair(1, 17), Pair(2, 3), Pair(4, 8)));
  EXPECT_THAT(AsPairs(comments.All().GroupBy(&Comment::seen).Get(Count())),
              ElementsAre(Pair(false, 4), Pair(true, 3)));
  const Table<> rows = comments;
  EXPECT_THAT(AsPairs(rows.All().GroupBy("weight").Get(Count())),
              ElementsAre(Pair(Value(), 3), Pair(Value(-1.0), 1), Pair(Value(0.5), 1), Pair(Value(1.5), 1),
                          Pair(Value(2.0), 1)));
}

TEST_F(GroupsTest, AllNotANumbersAreOneGroupAndSoAreBothZeros) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [id, price] : {std::pair(10, nan), {11, -nan}, {12, 0.0}, {13, -0.0}}) {
    OrDie(posts.Insert({.id = id, .title = "x", .price = price}));
  }
  const auto groups = AsPairs(posts.Where(Col(&Post::title) == "x").GroupBy(&Post::price).Get(Count()));
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0], std::pair(0.0, size_t{2}));
  EXPECT_TRUE(std::isnan(groups[1].first));
  EXPECT_EQ(groups[1].second, 2u);
}

TEST_F(GroupsTest, HavingLeavesTheGroupsOfWhichAllConditionsAreTrue) {
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Having(Count() >= 2).Get(Count())),
              ElementsAre(Pair(1, 3), Pair(4, 2)));
  EXPECT_THAT(ById(posts, comments.All()
                              .GroupBy(post)
                              .Having(Count() >= 2)
                              .Having(Sum(&Comment::score) < 10)
                              .Get(Max(&Comment::score))),
              ElementsAre(Pair(4, 7)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Having(Average(&Comment::weight) == 1).Get(Count())),
              ElementsAre(Pair(1, 3)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Having(Max(&Comment::weight) != 99.0).Get(Count())),
              ElementsAre(Pair(1, 3), Pair(2, 1)))
      << "what is made of nulls is null, and null is not compared";
  EXPECT_THAT(AsPairs(comments.All().GroupBy(&Comment::word).Having(Min(&Comment::word) > "a").Get(Count())),
              ElementsAre(Pair("b", 3), Pair("c", 1)));
  EXPECT_THAT(AsPairs(comments.All().GroupBy(&Comment::word).Having(Count() == 7).Get(Count())), IsEmpty());
}

TEST_F(GroupsTest, ByNameGroupsAreKnownByRefsAndValues) {
  const Table<> rows = comments;
  const auto by_post = OrDie(rows.All().GroupBy({post}).Having(Count() > 1).Get(Sum("score")));
  ASSERT_EQ(by_post.size(), 2u);
  EXPECT_EQ(by_post[0].key, PostOf(1));
  EXPECT_EQ(by_post[0].value, Value(int64_t{17}));
  EXPECT_EQ(OrDie(rows.All().GroupBy({post, author}).Get(Count()))[0].key, AuthorOf(1));
}

TEST_F(GroupsTest, ASumBeyond64BitsIsRefusedAndOneThatComesBackIsNot) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const Table<> numbers = OrDie(db.CreateTable(
      {.name = "Number",
       .columns = {{.name = "n", .type = Type::kInt64}, {.name = "g", .type = Type::kInt64}}}));
  OrDie(numbers.Insert({{"n", most}, {"g", 1}}));
  OrDie(numbers.Insert({{"n", 1}, {"g", 1}}));
  EXPECT_THAT(numbers.All().Get(Sum("n")),
              Fails(absl::StatusCode::kOutOfRange, ViolationCode::kRange, HasSubstr("beyond 64 bits")));
  EXPECT_THAT(numbers.All().GroupBy("g").Get(Sum("n")), ViolationIs(ViolationCode::kRange));
  EXPECT_EQ(OrDie(numbers.All().Get(Average("n"))).As<double>(), std::ldexp(1.0, 62));
  OrDie(numbers.Insert({{"n", -2}, {"g", 1}}));
  EXPECT_EQ(OrDie(numbers.All().Get(Sum("n"))), Value(most - 1));
}

TEST_F(GroupsTest, WhatCannotBeIsRefused) {
  const Table<> rows = comments;
  EXPECT_THAT(rows.All().Get(Sum("word")), Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType,
                                                 HasSubstr("only numbers are added up")));
  EXPECT_THAT(rows.All().Get(Average("seen")),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("only numbers")));
  EXPECT_THAT(rows.All().Get(Min("nope")), Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType,
                                                 HasSubstr("is no column of it")));
  EXPECT_THAT(
      rows.All().GroupBy("nope").Get(Count()),
      Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("is no column of it")));
  EXPECT_THAT(rows.All().GroupBy({author}).Get(Count()),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("leads from Post")));
  EXPECT_THAT(rows.All().GroupBy({ToOne<>()}).Get(Count()),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("leads nowhere")));
  EXPECT_THAT(rows.All().GroupBy("word").Having(Sum("score") > "x").Get(Count()),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType,
                    HasSubstr("not compared with a string")));
  EXPECT_THAT(rows.Where(Col("nope") == 1).GroupBy("word").Get(Count()),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("nope")));
  EXPECT_THAT(Table<>().All().Get(Sum("score")),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("")));
}

TEST_F(GroupsTest, FollowWhatIsWritten) {
  OrDie(posts.Erase(PostOf(1)));
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Count())), ElementsAre(Pair(2, 1), Pair(4, 2)));
  {
    const Transaction tx = db.Begin();
    OrDie(post.Set(CommentOf(21), PostOf(4)));
    EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Sum(&Comment::score))),
                ElementsAre(Pair(4, 11)));
  }
  EXPECT_THAT(ById(posts, comments.All().GroupBy(post).Get(Sum(&Comment::score))),
              ElementsAre(Pair(2, 3), Pair(4, 8)));
}

}  // namespace
}  // namespace tenon
