// Blog: authors, their posts, comments and tags: what questions along edges are tried with.
#ifndef TENON_TESTS_TESTING_BLOG_H_
#define TENON_TESTS_TESTING_BLOG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tenon/or_die.h"
#include "tenon/tenon.h"

namespace tenon::testing {

struct Author {
  int64_t id = 0;
  std::string name = {};
};
struct Post {
  int64_t id = 0;
  std::string title = {};
  std::optional<int64_t> author_id = {};
  double price = 0;
};
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::optional<int64_t> reader_id = {};
  int32_t score = 0;
  std::optional<double> weight = {};
  std::string word = {};
  bool seen = false;
};
struct Tag {
  int64_t id = 0;
  std::string word = {};
};
struct PostTag {
  int64_t post_id = 0;
  int64_t tag_id = 0;
};

struct Blog {
  Blog() = default;
  Blog(const Blog&) = delete;  // its handles lead into its database
  Blog& operator=(const Blog&) = delete;

  Database db;
  Table<Author> authors = OrDie(db.CreateTable<Author>("Author", {PrimaryKey(&Author::id)}));
  Table<Post> posts = OrDie(db.CreateTable<Post>(
      "Post",
      {PrimaryKey(&Post::id), BelongsTo(&Post::author_id, &Author::id, {.on_delete = Action::kSetNull})}));
  Table<Comment> comments = OrDie(db.CreateTable<Comment>(
      "Comment",
      {PrimaryKey(&Comment::id), BelongsTo(&Comment::post_id, &Post::id, {.on_delete = Action::kCascade}),
       BelongsTo(&Comment::reader_id, &Author::id)}));
  Table<Tag> tags = OrDie(db.CreateTable<Tag>("Tag", {PrimaryKey(&Tag::id)}));
  Table<PostTag> post_tags = OrDie(db.CreateTable<PostTag>(
      "PostTag", {PrimaryKey(&PostTag::post_id, &PostTag::tag_id),
                  BelongsTo(&PostTag::post_id, &Post::id, {.on_delete = Action::kCascade}),
                  BelongsTo(&PostTag::tag_id, &Tag::id)}));

  ToOne<Post, Author> author = posts.BelongsTo(authors, &Post::author_id);
  ToOne<Comment, Post> post = comments.BelongsTo(posts, &Comment::post_id);
  ToOne<Comment, Author> reader = comments.BelongsTo(authors, &Comment::reader_id);
  ToMany<Author, Post> posts_of = authors.HasMany(posts, &Post::author_id);
  ToMany<Post, Comment> comments_of = posts.HasMany(comments, &Comment::post_id);
  ManyToMany<Post, Tag> tags_of =
      posts.Through(posts.HasMany(post_tags, &PostTag::post_id), post_tags.BelongsTo(tags, &PostTag::tag_id));

  // "Ann" has posts 1 and 2, "Bob" has 3, "Cid" none; post 4 has no author. Comments 11 to 13 are on post 1, 21 on 2,
  // 41 and 42 on 4; 51 is on none.
  void Fill() {
    for (const auto& [id, name] : {std::pair(1, "Ann"), {2, "Bob"}, {3, "Cid"}})
      OrDie(authors.Insert({id, name}));
    OrDie(posts.InsertAll({{1, "one", 1, 1.5}, {2, "two", 1, 2.5}, {3, "three", 2, 4}, {4, "four", {}, 8}}));
    OrDie(comments.InsertAll({{11, 1, 2, 5, 0.5, "b", true},
                              {12, 1, {}, 3, {}, "a", false},
                              {13, 1, 3, 9, 1.5, "b", true},
                              {21, 2, 1, 3, 2.0, "c", false},
                              {41, 4, 2, 7, {}, "a", false},
                              {42, 4, 2, 1, {}, "", true},
                              {51, {}, 3, 6, -1.0, "b", false}}));
    OrDie(tags.InsertAll({{1, "red"}, {2, "blue"}, {3, "old"}}));
    OrDie(post_tags.InsertAll({{1, 1}, {1, 3}, {3, 1}, {4, 2}}));
  }
  Ref<Author> AuthorOf(int64_t id) const { return authors.Find(&Author::id, id); }
  Ref<Post> PostOf(int64_t id) const { return posts.Find(&Post::id, id); }
  Ref<Comment> CommentOf(int64_t id) const { return comments.Find(&Comment::id, id); }
};

}  // namespace tenon::testing

#endif  // TENON_TESTS_TESTING_BLOG_H_
