// Join: rows with their targets, in a loop.
#include "tenon/join.h"

#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/or_die.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/blog.h"

namespace tenon {
namespace {

using ::tenon::testing::Blog;
using ::tenon::testing::Comment;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class JoinTest : public ::testing::Test, public Blog {
 protected:
  JoinTest() { Fill(); }
  std::vector<std::pair<int64_t, int64_t>> CommentsWithPosts() {
    std::vector<std::pair<int64_t, int64_t>> ids;
    for (const auto [c, p] : Join(post)) ids.emplace_back(comments.Get(c)->id, posts.Get(p)->id);
    return ids;
  }
};

TEST_F(JoinTest, ShowsRowsThatHaveATargetInTheirOrder) {
  EXPECT_THAT(CommentsWithPosts(),
              ElementsAre(Pair(11, 1), Pair(12, 1), Pair(13, 1), Pair(21, 2), Pair(41, 4), Pair(42, 4)));
}

TEST_F(JoinTest, OverSeveralEdgesShowsRowsThatHaveAllTargets) {
  std::vector<std::tuple<int64_t, int64_t, std::string>> seen;
  for (const auto [c, p, r] : Join(post, reader)) {
    seen.emplace_back(comments.Get(c)->id, posts.Get(p)->id, authors.Get(r)->name);
  }
  EXPECT_THAT(seen, ElementsAre(std::tuple(11, 1, "Bob"), std::tuple(13, 1, "Cid"), std::tuple(21, 2, "Ann"),
                                std::tuple(41, 4, "Bob"), std::tuple(42, 4, "Bob")));
}

TEST_F(JoinTest, ByNameShowsRefs) {
  size_t rows = 0;
  for (const auto [c, p] : Join(db.GetTable("Comment").BelongsTo("post"))) {
    EXPECT_EQ(db.GetTable("Comment").BelongsTo("post").Get(c), p);
    ++rows;
  }
  EXPECT_EQ(rows, 6u);
}

TEST_F(JoinTest, IsEmptyWhereAHandleLeadsNowhereOrTheEdgesAreOfTwoTables) {
  for (const auto row : Join(ToOne<>())) ADD_FAILURE() << std::get<0>(row).slot();
  const ToOne<> comment_post = post, post_author = author;
  for (const auto row : Join(comment_post, post_author)) ADD_FAILURE() << std::get<0>(row).slot();
  for (const auto row : Join(comment_post, ToOne<>())) ADD_FAILURE() << std::get<0>(row).slot();
  OrDie(db.DropBelongsTo(db.GetTable("Comment"), "post"));
  for (const auto row : Join(comment_post)) ADD_FAILURE() << std::get<0>(row).slot();
}

TEST_F(JoinTest, TheRowTheLoopStandsOnMayGo) {
  std::vector<int64_t> seen;
  for (const auto [c, p] : Join(post)) {
    seen.push_back(comments.Get(c)->id);
    OrDie(comments.Erase(c));
  }
  EXPECT_THAT(seen, ElementsAre(11, 12, 13, 21, 41, 42));
  EXPECT_EQ(comments.size(), 1u);
}

TEST_F(JoinTest, EndsWhenTheTableIsEmptied) {
  size_t rows = 0;
  for (const auto row : Join(post)) {
    rows += comments.Contains(std::get<0>(row)) ? 1 : 0;
    OrDie(comments.Clear());
  }
  EXPECT_EQ(rows, 1u);
}

TEST_F(JoinTest, SeesMovesThatTheLoopMakes) {
  std::vector<std::pair<int64_t, int64_t>> seen;
  for (const auto [c, p] : Join(post)) {
    seen.emplace_back(comments.Get(c)->id, posts.Get(p)->id);
    OrDie(post.Set(CommentOf(42), PostOf(3)));
    OrDie(post.Clear(CommentOf(21)));
    OrDie(comments.Insert({.id = 1000 + static_cast<int64_t>(seen.size()), .post_id = 1}));
  }
  seen.resize(5);
  EXPECT_THAT(seen, ElementsAre(Pair(11, 1), Pair(12, 1), Pair(13, 1), Pair(41, 4), Pair(42, 3)));
}

TEST_F(JoinTest, CrossesChunksAndPassesRowsThatAreGone) {
  for (int64_t id = 100; id < 10'000; ++id) {
    OrDie(comments.Insert(
        {.id = id, .post_id = id % 2 == 0 ? std::optional<int64_t>(id % 4 + 1) : std::nullopt}));
  }
  OrDie(comments.Where(Col(&Comment::id) >= 3'000 && Col(&Comment::id) < 8'500).Erase());
  size_t rows = 0;
  for (const auto [c, p] : Join(post)) {
    ASSERT_EQ(post.Get(c), p);
    ++rows;
  }
  EXPECT_EQ(rows, 6u + (3'000 - 100) / 2 + (10'000 - 8'500) / 2);
}

}  // namespace
}  // namespace tenon
