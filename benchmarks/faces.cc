// What the typed face costs: the same work through structs and members, by names, and over arrays by hand (slots, no checks).
// Sizes on both sides of the cache.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "tenon/or_die.h"
#include "tenon/tenon.h"

namespace {

struct Post {
  std::int64_t id = 0;
  std::string title = {};
};
struct Comment {
  std::int64_t id = 0;
  std::optional<std::int64_t> post_id = {};
  std::int32_t score = 0;
};

// Ten comments a post, each of a random post.
class Blog {
 public:
  explicit Blog(std::int64_t comments) {
    tenon::OrDie(db.CreateTables(
        {tenon::TableOf<Post>("Post", {tenon::PrimaryKey(&Post::id)}),
         tenon::TableOf<Comment>("Comment", {tenon::PrimaryKey(&Comment::id),
                                             tenon::BelongsTo(&Comment::post_id, &Post::id,
                                                              {.inverse = tenon::HasMany("comments")})})}));
    posts = db.GetTable<Post>("Post");
    all = db.GetTable<Comment>("Comment");
    post = all.BelongsTo(posts, &Comment::post_id);
    comments_of = posts.HasMany(all, &Comment::post_id);
    std::vector<Post> rows(static_cast<size_t>(comments / 10));
    for (size_t i = 0; i < rows.size(); ++i) rows[i].id = static_cast<std::int64_t>(i);
    post_refs = tenon::OrDie(posts.InsertAll(rows));
    std::mt19937_64 random(7);
    std::vector<Comment> more(static_cast<size_t>(comments));
    for (size_t i = 0; i < more.size(); ++i) {
      const std::int64_t target = static_cast<std::int64_t>(random() % rows.size());
      more[i] = {static_cast<std::int64_t>(i), target, static_cast<std::int32_t>(i % 100)};
      raw_link.push_back(static_cast<std::uint32_t>(target));
      raw_score.push_back(more[i].score);
    }
    comment_refs = tenon::OrDie(all.InsertAll(more));
    raw_comments.resize(rows.size());
    for (size_t i = 0; i < more.size(); ++i)
      raw_comments[raw_link[i]].push_back(static_cast<std::uint32_t>(i));
    order.resize(more.size());
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), random);
  }

  tenon::Database db;
  tenon::Table<Post> posts;
  tenon::Table<Comment> all;
  tenon::ToOne<Comment, Post> post;
  tenon::ToMany<Post, Comment> comments_of;
  tenon::RefList<Post> post_refs;
  tenon::RefList<Comment> comment_refs;
  std::vector<std::uint32_t> order;  // a shuffle of the comments
  std::vector<std::uint32_t> raw_link;
  std::vector<std::int32_t> raw_score;
  std::vector<std::vector<std::uint32_t>> raw_comments;
};

void Check(benchmark::State& state, std::int64_t got, std::int64_t want) {
  if (got != want) state.SkipWithError("a wrong sum");
}

// From every comment, in random order, to its post.
template <class ToOne>
void Follow(benchmark::State& state, const Blog& blog, const ToOne& post) {
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const std::uint32_t i : blog.order) sum += post.Get(blog.comment_refs[i]).slot();
  }
  Check(state, sum, std::accumulate(blog.raw_link.begin(), blog.raw_link.end(), std::int64_t{0}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void FollowTyped(benchmark::State& state) {
  const Blog blog(state.range(0));
  Follow(state, blog, blog.post);
}
void FollowByName(benchmark::State& state) {
  const Blog blog(state.range(0));
  Follow(state, blog, blog.db.GetTable("Comment").BelongsTo("post"));
}
void FollowRaw(benchmark::State& state) {
  const Blog blog(state.range(0));
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const std::uint32_t i : blog.order) sum += blog.raw_link[i];
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}

// The scores of every post's comments.
template <class ToMany, class Column, class Refs>
void Sum(benchmark::State& state, const Blog& blog, const ToMany& comments, const Column& score,
         const Refs& posts) {
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const auto post : posts) {
      for (const auto comment : comments.Of(post)) sum += score[comment];
    }
  }
  Check(state, sum, std::accumulate(blog.raw_score.begin(), blog.raw_score.end(), std::int64_t{0}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void SumTyped(benchmark::State& state) {
  const Blog blog(state.range(0));
  Sum(state, blog, blog.comments_of, blog.all.Column(&Comment::score), blog.post_refs);
}
void SumByName(benchmark::State& state) {
  const Blog blog(state.range(0));
  const tenon::RefList<> posts(blog.post_refs.begin(), blog.post_refs.end());
  Sum(state, blog, blog.db.GetTable("Post").HasMany("comments"),
      blog.db.GetTable("Comment").Column<std::int32_t>("score"), posts);
}
void SumRaw(benchmark::State& state) {
  const Blog blog(state.range(0));
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const std::vector<std::uint32_t>& comments : blog.raw_comments) {
      for (const std::uint32_t comment : comments) sum += blog.raw_score[comment];
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}

// Whole rows out, in random order.
void ReadTyped(benchmark::State& state) {
  const Blog blog(state.range(0));
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const std::uint32_t i : blog.order) sum += blog.all.Get(blog.comment_refs[i])->score;
  }
  Check(state, sum, std::accumulate(blog.raw_score.begin(), blog.raw_score.end(), std::int64_t{0}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void ReadByName(benchmark::State& state) {
  const Blog blog(state.range(0));
  const tenon::Table<> comments = blog.db.GetTable("Comment");
  std::int64_t sum = 0;
  for (auto _ : state) {
    sum = 0;
    for (const std::uint32_t i : blog.order)
      sum += *(*comments.Get(blog.comment_refs[i]))[2].As<std::int32_t>();
  }
  Check(state, sum, std::accumulate(blog.raw_score.begin(), blog.raw_score.end(), std::int64_t{0}));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}

// One row a statement, into an empty table, linked by key.
template <class Insert>
void InsertEach(benchmark::State& state, Insert insert) {
  for (auto _ : state) {
    state.PauseTiming();
    Blog blog(10);
    state.ResumeTiming();
    for (std::int64_t i = 10; i < state.range(0); ++i) insert(blog, i);
    if (blog.all.size() != static_cast<size_t>(state.range(0))) state.SkipWithError("a row went missing");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void InsertTyped(benchmark::State& state) {
  InsertEach(state, [](Blog& blog, std::int64_t i) {
    benchmark::DoNotOptimize(blog.all.Insert({.id = i, .post_id = 0, .score = 1}).ok());
  });
}
void InsertByName(benchmark::State& state) {
  InsertEach(state, [](Blog& blog, std::int64_t i) {
    const tenon::Table<>& comments = blog.all;
    benchmark::DoNotOptimize(comments.Insert({{"id", i}, {"post_id", 0}, {"score", 1}}).ok());
  });
}

// One cell of every row: a statement each, and in place.
void SetTyped(benchmark::State& state) {
  const Blog blog(state.range(0));
  std::int32_t value = 0;
  for (auto _ : state) {
    ++value;
    for (const std::uint32_t i : blog.order) {
      benchmark::DoNotOptimize(blog.all.Set(blog.comment_refs[i], &Comment::score, value).ok());
    }
  }
  Check(state, *blog.all.Get(blog.comment_refs[0], &Comment::score), value);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void SetByName(benchmark::State& state) {
  const Blog blog(state.range(0));
  const tenon::Table<>& comments = blog.all;
  std::int32_t value = 0;
  for (auto _ : state) {
    ++value;
    for (const std::uint32_t i : blog.order) {
      benchmark::DoNotOptimize(comments.Set(blog.comment_refs[i], "score", value).ok());
    }
  }
  Check(state, *blog.all.Get(blog.comment_refs[0], &Comment::score), value);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void WriteInPlace(benchmark::State& state) {
  const Blog blog(state.range(0));
  const auto score = blog.all.MutableColumn(&Comment::score);
  std::int32_t value = 0;
  for (auto _ : state) {
    ++value;
    for (const std::uint32_t i : blog.order) score[blog.comment_refs[i]] = value;
  }
  Check(state, *blog.all.Get(blog.comment_refs[0], &Comment::score), value);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}
void WriteRaw(benchmark::State& state) {
  Blog blog(state.range(0));
  std::int32_t value = 0;
  for (auto _ : state) {
    ++value;
    for (const std::uint32_t i : blog.order) blog.raw_score[i] = value;
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(blog.order.size()));
}

#define FACE(f) BENCHMARK(f)->ArgName("comments")->Arg(10'000)->Arg(1'000'000)
FACE(FollowTyped);
FACE(FollowByName);
FACE(FollowRaw);
FACE(SumTyped);
FACE(SumByName);
FACE(SumRaw);
FACE(ReadTyped);
FACE(ReadByName);
FACE(InsertTyped)->Unit(benchmark::kMillisecond);
FACE(InsertByName)->Unit(benchmark::kMillisecond);
FACE(SetTyped);
FACE(SetByName);
FACE(WriteInPlace);
FACE(WriteRaw);

}  // namespace

BENCHMARK_MAIN();
