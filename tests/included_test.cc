// Lists of related rows: Include, GetAll, CountAll.
#include "tenon/included.h"

#include <cstdint>
#include <string>
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
using ::tenon::testing::Tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class IncludedTest : public ::testing::Test, public Blog {
 protected:
  IncludedTest() { Fill(); }
  // Each list as the ids of its rows.
  template <class T>
  std::vector<std::vector<int64_t>> Ids(const Table<T>& table, const Included<T>& included) {
    EXPECT_THAT(included.status(), IsOk());
    std::vector<std::vector<int64_t>> lists;
    for (size_t i = 0; i < included.size(); ++i) {
      lists.emplace_back();
      for (const Ref<T> row : included[i]) lists.back().push_back(table.Get(row)->id);
    }
    return lists;
  }
};

TEST_F(IncludedTest, EachRowHasItsListNullsHaveEmptyOnes) {
  const std::vector<Ref<Post>> asked = {PostOf(4), Ref<Post>(), PostOf(1), PostOf(3), PostOf(1)};
  EXPECT_THAT(Ids(comments, comments_of.Include(asked)),
              ElementsAre(ElementsAre(41, 42), IsEmpty(), ElementsAre(11, 12, 13), IsEmpty(),
                          ElementsAre(11, 12, 13)));
  EXPECT_THAT(comments_of.CountAll(asked), ElementsAre(2, 0, 3, 0, 3));
}

TEST_F(IncludedTest, OfNobodyThereIsNothing) {
  const Included<Comment> none = comments_of.Include({});
  EXPECT_EQ(none.size(), 0u);
  EXPECT_THAT(none.rows(), IsEmpty());
  EXPECT_THAT(comments_of.CountAll({}), IsEmpty());
  EXPECT_THAT(post.GetAll({}), IsEmpty());
}

TEST_F(IncludedTest, AQuerySaysWhichAndInWhatOrderForEachRow) {
  const std::vector<Ref<Post>> asked = {PostOf(1), PostOf(2), PostOf(4)};
  EXPECT_THAT(Ids(comments, comments_of.Include(asked, comments.Where(Col(&Comment::score) >= 5))),
              ElementsAre(ElementsAre(11, 13), IsEmpty(), ElementsAre(41)));
  EXPECT_THAT(Ids(comments, comments_of.Include(asked, comments.All().OrderBy(&Comment::score))),
              ElementsAre(ElementsAre(12, 11, 13), ElementsAre(21), ElementsAre(42, 41)));
  EXPECT_THAT(Ids(comments, comments_of.Include(
                                asked, comments.All().OrderBy(&Comment::score, Order::kDescending).Limit(1))),
              ElementsAre(ElementsAre(13), ElementsAre(21), ElementsAre(41)))
      << "the limit counts for each list";
  EXPECT_THAT(Ids(comments, comments_of.Include(asked, comments.All().Limit(2, 1))),
              ElementsAre(ElementsAre(12, 13), IsEmpty(), ElementsAre(42)));
  EXPECT_THAT(Ids(comments, comments_of.Include(asked, comments.All().Limit(0))),
              ElementsAre(IsEmpty(), IsEmpty(), IsEmpty()));
  EXPECT_THAT(
      Ids(comments, comments_of.Include(asked, comments.Where(reader.Is(Col(&Author::name) == "Bob")))),
      ElementsAre(ElementsAre(11), IsEmpty(), ElementsAre(41, 42)));
}

TEST_F(IncludedTest, TheRowsOfOneLevelAskForTheNext) {
  const std::vector<Ref<Author>> asked = {AuthorOf(1), AuthorOf(2), AuthorOf(3)};
  const Included<Post> written = posts_of.Include(asked);
  EXPECT_THAT(Ids(posts, written), ElementsAre(ElementsAre(1, 2), ElementsAre(3), IsEmpty()));
  const Included<Comment> said = comments_of.Include(written.rows());
  EXPECT_THAT(Ids(comments, said), ElementsAre(ElementsAre(11, 12, 13), ElementsAre(21), IsEmpty()));
  const RefList<Author> readers = reader.GetAll(said.rows());
  EXPECT_THAT(readers, ElementsAre(AuthorOf(2), Ref<Author>(), AuthorOf(3), AuthorOf(1)));
  EXPECT_THAT(authors.Column(&Author::name).GetAll(std::vector<Ref<Author>>{readers[0], readers[2]}),
              ElementsAre("Bob", "Cid"));
}

TEST_F(IncludedTest, GoesThroughPairs) {
  const std::vector<Ref<Post>> asked = {PostOf(1), PostOf(2), PostOf(3), PostOf(4)};
  EXPECT_THAT(Ids(tags, tags_of.Include(asked)),
              ElementsAre(ElementsAre(1, 3), IsEmpty(), ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(Ids(tags, tags_of.Include(asked, tags.Where(Col(&Tag::word) != "red"))),
              ElementsAre(ElementsAre(3), IsEmpty(), IsEmpty(), ElementsAre(2)));
  EXPECT_THAT(Ids(tags, tags_of.Include(asked, tags.All().OrderBy(&Tag::word).Limit(1))),
              ElementsAre(ElementsAre(3), IsEmpty(), ElementsAre(1), ElementsAre(2)));
}

TEST_F(IncludedTest, ListsAreWhatWasThereWhenTheyWereMade) {
  const std::vector<Ref<Post>> asked = {PostOf(1)};
  const Included<Comment> before = comments_of.Include(asked);
  const Ref<Comment> gone = CommentOf(12);
  OrDie(comments.Erase(gone));
  EXPECT_EQ(before[0].size(), 3u);
  EXPECT_FALSE(comments.Contains(before[0][1])) << "a Ref in a list goes stale like any other";
  EXPECT_THAT(Ids(comments, comments_of.Include(asked)), ElementsAre(ElementsAre(11, 13)));
  OrDie(posts.Erase(asked[0]));
  EXPECT_THAT(Ids(comments, comments_of.Include(asked)), ElementsAre(IsEmpty()))
      << "and so does one that is asked for";
  EXPECT_THAT(comments_of.CountAll(asked), ElementsAre(0));
  EXPECT_THAT(post.GetAll(std::vector<Ref<Comment>>{gone}), ElementsAre(Ref<Post>()));
}

TEST_F(IncludedTest, WhatCannotBeIsEmptyAndSaysWhy) {
  const std::vector<Ref<Post>> asked = {PostOf(1), PostOf(2)};
  const Included<> nowhere = ToMany<>().Include({asked.data(), asked.size()});
  EXPECT_THAT(nowhere.status(),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("leads nowhere")));
  EXPECT_EQ(nowhere.size(), 2u);
  EXPECT_THAT(nowhere[1], IsEmpty());
  const ToMany<>& untyped = comments_of;
  EXPECT_THAT(untyped.Include({asked.data(), asked.size()}, db.GetTable("Tag").All()).status(),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("of another table")));
  EXPECT_THAT(
      untyped.Include({asked.data(), asked.size()}, db.GetTable("Comment").Where(Col("x") == 1)).status(),
      Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("is no column of it")));
  EXPECT_THAT(ToOne<>().GetAll({asked.data(), asked.size()}), ElementsAre(Ref<>(), Ref<>()));
}

TEST_F(IncludedTest, AHasOneIsReadForManyRowsFromBothEnds) {
  const Table<> licenses = OrDie(db.CreateTable(
      {.name = "License",
       .belongs_to = {{.target = "Author", .foreign_key = {"authorId"}, .inverse = HasOne("license")}}}));
  const Ref<> license = OrDie(licenses.Insert({{"authorId", 2}}));
  const ToOne<> license_of = db.GetTable("Author").HasOne("license");
  const std::vector<Ref<>> asked = {AuthorOf(1), AuthorOf(2), Ref<>()};
  EXPECT_THAT(license_of.GetAll(asked), ElementsAre(Ref<>(), license, Ref<>()));
}

TEST_F(IncludedTest, ManyRowsAreWhatTheyAreOneByOne) {
  for (int64_t id = 100; id < 40'000; ++id) {  // beyond what is taken for cached
    OrDie(posts.Insert({.id = id, .author_id = id % 3 + 1}));
    if (id % 7 == 0) OrDie(comments.Insert({.id = id, .post_id = id - id % 5}));
  }
  std::vector<Ref<Post>> asked;
  for (const Ref<Post> row : posts) asked.push_back(row);
  const Included<Comment> lists = comments_of.Include(asked);
  const std::vector<size_t> counts = comments_of.CountAll(asked);
  const RefList<Author> writers = author.GetAll(asked);
  for (size_t i = 0; i < asked.size(); ++i) {
    ASSERT_EQ(counts[i], comments_of.Count(asked[i]));
    ASSERT_EQ(writers[i], author.Get(asked[i]));
    std::vector<Ref<Comment>> one_by_one;
    for (const Ref<Comment> child : comments_of.Of(asked[i])) one_by_one.push_back(child);
    ASSERT_TRUE(std::equal(lists[i].begin(), lists[i].end(), one_by_one.begin(), one_by_one.end()));
  }
}

}  // namespace
}  // namespace tenon
