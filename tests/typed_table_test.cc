// Table<T>: rows in, out, changed and found as structs.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::Fails;
using ::tenon::testing::IsDump;
using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::tenon::testing::StatusOf;
using ::tenon::testing::ViolationIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

enum class State : int32_t { kDraft, kDone = 5, kLost = -1 };

struct Post {
  int64_t id = 0;
  std::string title = {};
  int32_t score = 0;
  std::optional<std::string> note = {};
  State state = State::kDraft;
  double weight = 1;
  friend bool operator==(const Post&, const Post&) = default;
};
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::string body = {};
};
// A table of every kind of key.
struct Thing {
  int64_t id = 0;
  std::string word = {};
  int32_t tenant = 0;
  std::string no = {};
  std::optional<State> state = {};
};

absl::Status Define(Database& db) {
  return db.CreateTables(
      {TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement(), Unique(&Post::title)}),
       TableOf<Comment>("Comment",
                        {PrimaryKey(&Comment::id).AutoIncrement(),
                         BelongsTo(&Comment::post_id, &Post::id,
                                   {.on_delete = Action::kCascade, .on_update = Action::kCascade})}),
       TableOf<Thing>("Thing", {PrimaryKey(&Thing::id), Unique(&Thing::word),
                                Unique(&Thing::tenant, &Thing::no), Unique(&Thing::state)})});
}

// Every statement goes through Run: what is refused leaves no trace, and whatever happened, the store is sound.
class TypedTableTest : public testing::DatabaseTest<Define> {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    posts = db.GetTable<Post>("Post");
    comments = db.GetTable<Comment>("Comment");
    things = db.GetTable<Thing>("Thing");
    post = comments.BelongsTo(posts, &Comment::post_id);
  }
  template <class F>
  auto Run(F statement) {
    const std::string before = db.Dump();
    auto result = statement();
    EXPECT_THAT(db.Verify(), IsOk());
    if (!StatusOf(result).ok()) {
      EXPECT_THAT(db.Dump(), IsDump(before)) << StatusOf(result);
    }
    return result;
  }
  Ref<Post> Add(const Post& row) {
    return Run([&] { return posts.Insert(row); }).value();
  }

  Table<Post> posts;
  Table<Comment> comments;
  Table<Thing> things;
  ToOne<Comment, Post> post;
};

// ---- In and out ----

TEST_F(TypedTableTest, ARowComesBackAsItWentIn) {
  for (const Post& row : {Post{.id = 1}, Post{2, "twelve bytes", INT32_MAX, "", State::kLost, -0.5},
                          Post{-3, std::string("a title longer than twelve bytes, with \0 in it", 46),
                               INT32_MIN, std::string(5000, 'x'), State::kDone, 1e300}}) {
    const Ref<Post> ref = Add(row);
    EXPECT_EQ(posts.Get(ref).value(), row);
  }
  EXPECT_EQ(posts.size(), 3u);
}

TEST_F(TypedTableTest, ACellComesBackAsItsMembersType) {
  const Ref<Post> ref = Add({.title = "a title longer than twelve", .score = 3, .state = State::kDone});
  EXPECT_EQ(posts.Get(ref, &Post::id).value(), 1);
  EXPECT_EQ(posts.Get(ref, &Post::title).value(), "a title longer than twelve");
  EXPECT_EQ(posts.Get(ref, &Post::note).value(), std::nullopt);
  EXPECT_EQ(posts.Get(ref, &Post::state).value(), State::kDone);
  EXPECT_EQ(posts.Get(ref, &Post::weight).value(), 1);
}

TEST_F(TypedTableTest, InsertTakesLinksAndTheyWinOverValues) {
  const Ref<Post> a = Add({.title = "a"}), b = Add({.title = "b"});
  const Ref<Comment> plain = Run([&] { return comments.Insert({.post_id = 1}); }).value();
  const Ref<Comment> linked = Run([&] { return comments.Insert({.body = "x"}, {post.To(b)}); }).value();
  const Ref<Comment> both = Run([&] { return comments.Insert({.post_id = 1}, {post.To(b)}); }).value();
  const Ref<Comment> wrong = Run([&] { return comments.Insert({.post_id = 77}, {post.To(b)}); }).value();
  EXPECT_EQ(post.Get(plain), a);
  EXPECT_EQ(post.Get(linked), b);
  EXPECT_EQ(post.Get(both), b);
  EXPECT_EQ(post.Get(wrong), b);
  EXPECT_EQ(*comments.Get(both, &Comment::post_id), 2);
}

TEST_F(TypedTableTest, InsertRefusesWhatTheRulesRefuse) {
  Add({.title = "a"});
  EXPECT_THAT(Run([&] { return posts.Insert({.title = "a"}); }),
              Fails(absl::StatusCode::kAlreadyExists, ViolationCode::kUnique,
                    HasSubstr("insert Post: another row has title = 'a' (Post.title is unique)")));
  EXPECT_THAT(Run([&] { return comments.Insert({.post_id = 7}); }),
              Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kMissingTarget,
                    HasSubstr("post_id = 7: no such row in Post (Comment.post; insert the Post first")));
  EXPECT_THAT(Run([&] { return comments.Insert({}, {post.To(Ref<Post>())}); }),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("the Ref is null")));
}

TEST_F(TypedTableTest, AZeroInARequiredForeignKeyIsAKeyThatNobodyHas) {
  struct Review {
    int64_t id = 0;
    int64_t post_id = 0;
  };
  const auto reviews = db.CreateTable<Review>("Review", {PrimaryKey(&Review::id).AutoIncrement(),
                                                         BelongsTo(&Review::post_id, &Post::id)})
                           .value();
  EXPECT_THAT(Run([&] { return reviews.Insert({}); }),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("post_id = 0: no such row in Post (Review.post")));
}

TEST_F(TypedTableTest, InsertAllGivesARefForEachRowInOrder) {
  const std::vector<Post> rows = {
      {.title = "x"}, {.id = 10, .title = std::string(13, 'y')}, {.title = std::string(200, 'z')}};
  const RefList<Post> refs = Run([&] { return posts.InsertAll(rows); }).value();
  ASSERT_EQ(refs.size(), 3u);
  EXPECT_EQ(posts.Get(refs[0])->id, 1);
  EXPECT_EQ(posts.Get(refs[1])->id, 10);
  EXPECT_EQ(posts.Get(refs[2])->id, 11);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(posts.Get(refs[i])->title, rows[i].title);
}

TEST_F(TypedTableTest, InsertAllKeepsLongTextOfManyRowsApart) {
  std::vector<Post> rows;
  for (int i = 0; i < 300; ++i) {
    rows.push_back(
        {.title = absl::StrCat("a title that is longer than a cell, number ", i),
         .note = i % 2 == 0 ? std::optional(std::string(static_cast<size_t>(i), 'n')) : std::nullopt});
  }
  const RefList<Post> refs = Run([&] { return posts.InsertAll(rows); }).value();
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(posts.Get(refs[i])->title, rows[i].title);
    ASSERT_EQ(posts.Get(refs[i])->note, rows[i].note);
  }
}

TEST_F(TypedTableTest, RowsInsertedTogetherMayReferToEachOther) {
  struct Node {
    int64_t id = 0;
    std::optional<int64_t> parent_id = {};
  };
  const auto nodes =
      db.CreateTable<Node>("Node", {PrimaryKey(&Node::id), BelongsTo(&Node::parent_id, &Node::id)}).value();
  const RefList<Node> refs = Run([&] { return nodes.InsertAll({{1, 2}, {2, 3}, {3, 3}}); }).value();
  const auto parent = nodes.BelongsTo(nodes, &Node::parent_id);
  EXPECT_EQ(parent.Get(refs[0]), refs[1]);
  EXPECT_EQ(parent.Get(refs[1]), refs[2]);
  EXPECT_EQ(parent.Get(refs[2]), refs[2]);
}

TEST_F(TypedTableTest, InsertAllSaysWhichRowIsWrongAndLeavesNone) {
  Add({.title = "a"});
  const auto twice = Run([&] { return posts.InsertAll({{.title = "b"}, {.title = "c"}, {.title = "a"}}); });
  EXPECT_THAT(twice, ViolationIs(ViolationCode::kUnique, "Post.title"));
  EXPECT_EQ(GetViolations(twice.status())[0].row, 2u);
  const auto among = Run([&] { return posts.InsertAll({{.title = "b"}, {.title = "b"}}); });
  EXPECT_EQ(GetViolations(among.status())[0].row, 1u);
  const auto missing = Run([&] { return comments.InsertAll({{.post_id = 1}, {.post_id = 9}}); });
  EXPECT_THAT(missing, ViolationIs(ViolationCode::kMissingTarget, "Comment.post"));
  EXPECT_EQ(GetViolations(missing.status())[0].row, 1u);
  EXPECT_EQ(posts.size(), 1u);
  EXPECT_TRUE(comments.empty());
  EXPECT_EQ(posts.Get(Add({.title = "b"}))->id, 2) << "the numbers were given back";
}

TEST_F(TypedTableTest, InsertAllOfNothingIsFine) {
  EXPECT_THAT(Run([&] { return posts.InsertAll({}); }).value(), IsEmpty());
}

TEST(TypedTableLimitTest, TextBeyondTheLimitIsRefusedByEveryVerb) {
  Database db({.text_limit = 20});
  ASSERT_THAT(Define(db), IsOk());
  const auto posts = db.GetTable<Post>("Post");
  const std::string fits(20, 'x'), long_text(21, 'x');
  const Ref<Post> ref = posts.Insert({.title = fits, .note = fits}).value();
  const std::string before = db.Dump();
  const auto refused =
      Fails(absl::StatusCode::kResourceExhausted, ViolationCode::kLimit, HasSubstr("Options::text_limit"));
  EXPECT_THAT(posts.Insert({.title = long_text}), refused);
  EXPECT_THAT(posts.Insert({.title = "x", .note = long_text}), refused);
  EXPECT_THAT(posts.InsertAll({{.title = "y"}, {.title = long_text}}), refused);
  EXPECT_THAT(posts.Set(ref, &Post::note, long_text), refused);
  EXPECT_THAT(posts.Update(ref, {{&Post::note, long_text}}), refused);
  EXPECT_THAT(posts.Replace(ref, {.title = long_text}), refused);
  EXPECT_THAT(posts.Upsert({.title = long_text}), refused);
  EXPECT_THAT(posts.Upsert({.id = 1, .title = long_text}), refused);
  EXPECT_THAT(posts.All().Update({{&Post::note, long_text}}), refused);
  EXPECT_THAT(db.Batch([&](Batch& b) { b.Insert(posts, {.title = long_text}); }), refused);
  EXPECT_THAT(db.Dump(), IsDump(before));
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Changed ----

TEST_F(TypedTableTest, SetWritesOneCell) {
  const Ref<Post> ref = Add({.title = "a", .score = 1});
  EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::title, "longer than twelve bytes"); }), IsOk());
  EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::note, "n"); }), IsOk());
  EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::state, State::kLost); }), IsOk());
  EXPECT_EQ(posts.Get(ref).value(), (Post{1, "longer than twelve bytes", 1, "n", State::kLost, 1}));
  EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::note, std::nullopt); }), IsOk());
  EXPECT_EQ(posts.Get(ref)->note, std::nullopt);
}

TEST_F(TypedTableTest, SetOfAKeyTakesItsChildrenAlong) {
  const Ref<Post> ref = Add({.title = "a"});
  const Ref<Comment> c = comments.Insert({.post_id = 1}).value();
  EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::id, 9); }), IsOk());
  EXPECT_EQ(*comments.Get(c, &Comment::post_id), 9);
  EXPECT_THAT(Run([&] { return comments.Set(c, &Comment::post_id, 1); }),
              ViolationIs(ViolationCode::kMissingTarget));
  EXPECT_THAT(Run([&] { return comments.Set(c, &Comment::post_id, std::nullopt); }), IsOk());
  EXPECT_FALSE(post.Get(c));
}

TEST_F(TypedTableTest, UpdateWritesSeveralCellsAtOnce) {
  const Ref<Post> ref = Add({.title = "a", .note = "n"});
  EXPECT_THAT(Run([&] {
                return posts.Update(ref, {{&Post::title, "b"},
                                          {&Post::score, 7},
                                          {&Post::note, std::nullopt},
                                          {&Post::state, State::kDone},
                                          {&Post::weight, 2}});
              }),
              IsOk());
  EXPECT_EQ(posts.Get(ref).value(), (Post{1, "b", 7, std::nullopt, State::kDone, 2}));
}

TEST_F(TypedTableTest, UpdateComputesFromTheRowAsItWas) {
  const Ref<Post> ref = Add({.title = "a", .score = 10, .weight = 0.5});
  EXPECT_THAT(Run([&] {
                return posts.Update(ref, {{&Post::score, Col(&Post::score) * 2 + 1},
                                          {&Post::id, Col(&Post::score) - Col(&Post::id)},
                                          {&Post::weight, 1 - Col(&Post::weight) * 3}});
              }),
              IsOk());
  EXPECT_EQ(posts.Get(ref)->score, 21);
  EXPECT_EQ(posts.Get(ref)->id, 9);
  EXPECT_EQ(posts.Get(ref)->weight, -0.5);
  EXPECT_THAT(Run([&] {
                return posts.Update(ref, {{&Post::score, Col(&Post::score)}, {&Post::id, Col(&Post::score)}});
              }),
              IsOk());
  EXPECT_EQ(posts.Get(ref)->id, 21);
}

TEST_F(TypedTableTest, AComputedValueMayBeNullAndMayNotLeaveItsType) {
  struct Sum {
    int64_t id = 0;
    std::optional<int32_t> part = {};
    std::optional<int32_t> sum = 4;
    int32_t whole = INT32_MAX;
  };
  const auto sums = db.CreateTable<Sum>("Sum", {PrimaryKey(&Sum::id)}).value();
  const Ref<Sum> ref = sums.Insert({}).value();
  EXPECT_THAT(Run([&] { return sums.Update(ref, {{&Sum::sum, Col(&Sum::part) + 1}}); }), IsOk());
  EXPECT_EQ(sums.Get(ref)->sum, std::nullopt);
  EXPECT_THAT(Run([&] {
                return sums.Update(ref, {{&Sum::whole, Col(&Sum::part) + 1}});
              }),
              ViolationIs(ViolationCode::kNotNull, "Sum.whole"));
  EXPECT_THAT(Run([&] {
                return sums.Update(ref, {{&Sum::whole, Col(&Sum::whole) + 1}});
              }),
              Fails(absl::StatusCode::kOutOfRange, ViolationCode::kRange, HasSubstr("whole")));
}

TEST_F(TypedTableTest, UpdateTakesEachMemberOnce) {
  const Ref<Post> ref = Add({.title = "a"});
  EXPECT_THAT(
      Run([&] {
        return posts.Update(ref, {{&Post::score, 1}, {&Post::score, 2}});
      }),
      Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("score is given twice")));
  EXPECT_THAT(Run([&] { return posts.Update(ref, {}); }), IsOk());
}

TEST_F(TypedTableTest, ReplaceWritesTheWholeRowAndKeepsItsNumber) {
  const Ref<Post> ref = Add({.title = "a", .score = 3, .note = "n"});
  EXPECT_THAT(Run([&] { return posts.Replace(ref, {.title = "b"}); }), IsOk());
  EXPECT_EQ(posts.Get(ref).value(), (Post{.id = 1, .title = "b"}));
  EXPECT_THAT(Run([&] { return posts.Replace(ref, {.id = 8, .title = "b"}); }), IsOk());
  EXPECT_EQ(posts.Get(ref)->id, 8);
  const Ref<Post> other = Add({.title = "c"});
  EXPECT_THAT(Run([&] { return posts.Replace(other, {.title = "b"}); }),
              ViolationIs(ViolationCode::kUnique, "Post.title"));
}

TEST_F(TypedTableTest, ReplaceOfARowGotByGetChangesNothing) {
  const Ref<Post> ref = Add({.title = "a title longer than twelve bytes", .note = std::string(100, 'n')});
  const Post row = posts.Get(ref).value();
  EXPECT_THAT(Run([&] { return posts.Replace(ref, row); }), IsOk());
  EXPECT_EQ(posts.Get(ref).value(), row);
}

TEST_F(TypedTableTest, ReplaceOfAKeyThatIsNotNumberedWritesZero) {
  const Ref<Thing> ref = things.Insert({.id = 5, .word = "w"}).value();
  EXPECT_THAT(Run([&] { return things.Replace(ref, {.word = "w"}); }), IsOk());
  EXPECT_EQ(things.Get(ref)->id, 0);
}

TEST_F(TypedTableTest, UpsertOfZeroInserts) {
  const Ref<Post> a = Run([&] { return posts.Upsert({.title = "a"}); }).value();
  const Ref<Post> b = Run([&] { return posts.Upsert({.title = "b"}); }).value();
  EXPECT_NE(a, b);
  EXPECT_EQ(posts.Get(b)->id, 2);
}

TEST_F(TypedTableTest, UpsertOfAKeyThatIsThereUpdatesItsRow) {
  const Ref<Post> a = Add({.title = "a", .score = 3});
  EXPECT_EQ(Run([&] { return posts.Upsert({.id = 1, .title = "b"}); }).value(), a);
  EXPECT_EQ(posts.Get(a).value(), (Post{.id = 1, .title = "b"}));
  const Ref<Post> new_one = Run([&] { return posts.Upsert({.id = 5, .title = "c"}); }).value();
  EXPECT_EQ(posts.Get(new_one)->id, 5);
  EXPECT_EQ(posts.size(), 2u);
}

TEST_F(TypedTableTest, UpsertThatMeetsAnotherKeyIsRefused) {
  Add({.title = "a"});
  Add({.title = "b"});
  EXPECT_THAT(Run([&] { return posts.Upsert({.title = "a"}); }),
              ViolationIs(ViolationCode::kUnique, "Post.title"));
  EXPECT_THAT(Run([&] { return posts.Upsert({.id = 2, .title = "a"}); }),
              ViolationIs(ViolationCode::kUnique, "Post.title"));
}

TEST_F(TypedTableTest, UpsertGoesByAPrimaryKeyOfSeveralMembers) {
  struct Seat {
    int32_t row = 0;
    std::string letter = {};
    std::optional<std::string> who = {};
  };
  const auto seats = db.CreateTable<Seat>("Seat", {PrimaryKey(&Seat::letter, &Seat::row)}).value();
  const Ref<Seat> ref = Run([&] { return seats.Upsert({1, "a", "Ann"}); }).value();
  EXPECT_EQ(Run([&] { return seats.Upsert({1, "a", "Bob"}); }).value(), ref);
  EXPECT_NE(Run([&] { return seats.Upsert({2, "a", "Bob"}); }).value(), ref);
  EXPECT_EQ(seats.Get(ref)->who, "Bob");
}

TEST_F(TypedTableTest, EraseTakesTheChildrenThatCascade) {
  const Ref<Post> a = Add({.title = "a"}), b = Add({.title = "b"});
  ASSERT_THAT(comments.InsertAll({{.post_id = 1}, {.post_id = 1}, {.post_id = 2}}), IsOk());
  const ErasePlan plan = Run([&] { return posts.PlanErase(a); }).value();
  EXPECT_EQ(plan.effects.ToString(), "1 row; Comment: 2 erased");
  EXPECT_THAT(Run([&] { return posts.Erase(a); }), IsOk());
  EXPECT_EQ(comments.size(), 1u);
  EXPECT_FALSE(posts.Contains(a));
  EXPECT_TRUE(posts.Contains(b));
}

TEST_F(TypedTableTest, EraseAllIsOneStatement) {
  const Ref<Post> a = Add({.title = "a"}), b = Add({.title = "b"}), c = Add({.title = "c"});
  EXPECT_THAT(Run([&] { return posts.EraseAll({a, Ref<Post>(), b}); }), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(Run([&] { return posts.EraseAll({a, c}); }), IsOk());
  EXPECT_THAT(std::vector<Ref<Post>>(posts.begin(), posts.end()), ElementsAre(b));
  EXPECT_THAT(Run([&] { return posts.EraseAll({}); }), IsOk());
}

TEST_F(TypedTableTest, ClearErasesAllRows) {
  Add({.title = "a"});
  Add({.title = "b"});
  ASSERT_THAT(comments.Insert({.post_id = 1}), IsOk());
  EXPECT_THAT(Run([&] { return posts.Clear(); }), IsOk());
  EXPECT_TRUE(posts.empty());
  EXPECT_TRUE(comments.empty());
  Add({.title = "a"});
  EXPECT_THAT(Run([&] { return db.Clear({comments, posts}); }), IsOk());
  EXPECT_TRUE(posts.empty());
}

// ---- Found ----

TEST_F(TypedTableTest, FindLooksAKeyUp) {
  const Ref<Post> a = Add({.title = "a"}), b = Add({.title = "a title longer than twelve bytes"});
  EXPECT_EQ(posts.Find(&Post::id, 1), a);
  EXPECT_EQ(posts.Find(&Post::title, "a title longer than twelve bytes"), b);
  EXPECT_FALSE(posts.Find(&Post::id, 3));
  EXPECT_FALSE(posts.Find(&Post::title, "a title longer than twelve bytes!"));
}

TEST_F(TypedTableTest, FindWalksWhereThereIsNoKeyAndGivesTheFirst) {
  Add({.title = "a", .score = 1});
  const Ref<Post> b = Add({.title = "b", .score = 2, .note = "x"});
  Add({.title = "c", .score = 2, .note = "x"});
  EXPECT_EQ(posts.Find(&Post::score, 2), b);
  EXPECT_EQ(posts.Find(&Post::note, "x"), b);
  EXPECT_FALSE(posts.Find(&Post::score, 3));
}

TEST_F(TypedTableTest, FindTakesSeveralMembersInAnyOrder) {
  const RefList<Thing> refs =
      things.InsertAll({{1, "a", 1, "x", {}}, {2, "b", 1, "y", {}}, {3, "c", 2, "x", {}}}).value();
  EXPECT_EQ(things.Find({{&Thing::tenant, 1}, {&Thing::no, "y"}}), refs[1]);
  EXPECT_EQ(things.Find({{&Thing::no, "x"}, {&Thing::tenant, 2}}), refs[2]);
  EXPECT_EQ(things.Find({{&Thing::word, "b"}, {&Thing::no, "y"}, {&Thing::id, 2}}), refs[1]);
  EXPECT_FALSE(things.Find({{&Thing::no, "y"}, {&Thing::tenant, 2}}));
  EXPECT_FALSE(things.Find({{&Thing::no, "y"}, {&Thing::no, "y"}}));
  EXPECT_FALSE(things.Find({}));
}

TEST_F(TypedTableTest, FindOfNulloptFindsNothing) {
  Add({.title = "a"});
  ASSERT_THAT(things.Insert({}), IsOk());
  EXPECT_FALSE(posts.Find(&Post::note, std::nullopt));
  EXPECT_FALSE(things.Find(&Thing::state, std::nullopt));
  EXPECT_FALSE(things.Find({{&Thing::state, std::nullopt}, {&Thing::id, 0}}));
}

TEST_F(TypedTableTest, LookupFindsByKeysOfEveryKind) {
  const RefList<Thing> refs = things
                                  .InsertAll({{1, "a", 1, "x", State::kDone},
                                              {2, "a word of more than twelve bytes", 1, "y", State::kLost},
                                              {-3, "c", 2, "x", {}}})
                                  .value();
  const auto by_id = things.Lookup(&Thing::id);
  const auto by_word = things.Lookup(&Thing::word);
  const auto by_no = things.Lookup(&Thing::tenant, &Thing::no);
  const auto by_state = things.Lookup(&Thing::state);
  for (const absl::Status& s : {by_id.status(), by_word.status(), by_no.status(), by_state.status()}) {
    EXPECT_THAT(s, IsOk());
  }
  EXPECT_EQ(by_id.Find(-3), refs[2]);
  EXPECT_FALSE(by_id.Find(3));
  EXPECT_EQ(by_word.Find("a word of more than twelve bytes"), refs[1]);
  EXPECT_FALSE(by_word.Find(""));
  EXPECT_EQ(by_no.Find(1, "y"), refs[1]);
  EXPECT_FALSE(by_no.Find(2, "y"));
  EXPECT_EQ(by_state.Find(State::kLost), refs[1]);
  EXPECT_FALSE(by_state.Find(State::kDraft));
}

TEST_F(TypedTableTest, LookupNeedsAKeyOverItsMembersInThisOrder) {
  EXPECT_THAT(posts.Lookup(&Post::score).status(),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle,
                    HasSubstr("has no primary or unique key over these columns")));
  EXPECT_THAT(things.Lookup(&Thing::no, &Thing::tenant).status(), ViolationIs(ViolationCode::kHandle));
  EXPECT_FALSE(posts.Lookup(&Post::score).Find(0));
}

TEST_F(TypedTableTest, ALookupEndsWithItsKey) {
  const auto by_word = things.Lookup(&Thing::word);
  ASSERT_THAT(things.Insert({.word = "w"}), IsOk());
  ASSERT_TRUE(by_word.Find("w"));
  ASSERT_THAT(db.DropUnique(things, "Thing.word"), IsOk());
  EXPECT_FALSE(by_word.Find("w"));
  EXPECT_THAT(by_word.status(), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(TypedTableTest, TheRowOfALoopMayBeErasedInIt) {
  for (const char* title : {"a", "b", "c", "d"}) Add({.title = title});
  std::string seen;
  for (const Ref<Post> ref : posts) {
    seen += posts.Get(ref)->title;
    if (seen.back() != 'c') {
      ASSERT_THAT(posts.Erase(ref), IsOk());
    }
  }
  EXPECT_EQ(seen, "abcd");
  EXPECT_EQ(posts.size(), 1u);
}

TEST_F(TypedTableTest, ALoopThatEmptiesTheTableEnds) {
  for (const char* title : {"a", "b", "c"}) Add({.title = title});
  int rounds = 0;
  for (const Ref<Post> ref : posts) {
    ++rounds;
    EXPECT_TRUE(ref);
    ASSERT_THAT(posts.Clear(), IsOk());
  }
  EXPECT_EQ(rounds, 1);
}

TEST_F(TypedTableTest, ALoopThatAddsRowsEnds) {
  Add({.title = "a"});
  int rounds = 0;
  for (const Ref<Post> ref : posts) {
    EXPECT_TRUE(posts.Contains(ref));
    ASSERT_THAT(posts.Insert({.title = absl::StrCat("new ", ++rounds)}), IsOk());
    ASSERT_LT(rounds, 10);
  }
  EXPECT_EQ(posts.size(), 1u + static_cast<size_t>(rounds));
}

// ---- Columns ----

struct Cells {
  int64_t id = 0;
  bool b = false;
  int32_t i = 0;
  float f = 0;
  double d = 0;
  std::string s = {};
  State e = State::kDraft;
  std::optional<int64_t> oi = {};
  std::optional<std::string> os = {};
  std::optional<State> oe = {};
};

TEST_F(TypedTableTest, AColumnOfEachTypeReadsItsCells) {
  const auto rows = db.CreateTable<Cells>("Cells", {PrimaryKey(&Cells::id)}).value();
  const Ref<Cells> full =
      rows.Insert({1, true, -2, 0.5f, 0.25, "text of more than twelve", State::kLost, 7, "x", State::kDone})
          .value();
  const Ref<Cells> bare = rows.Insert({}).value();
  const std::string text = "text of more than twelve";
  EXPECT_EQ(rows.Column(&Cells::id)[full], 1);
  EXPECT_EQ(rows.Column(&Cells::b)[full], true);
  EXPECT_EQ(rows.Column(&Cells::i)[full], -2);
  EXPECT_EQ(rows.Column(&Cells::f)[full], 0.5f);
  EXPECT_EQ(rows.Column(&Cells::d)[full], 0.25);
  EXPECT_EQ(rows.Column(&Cells::s)[full], text);
  EXPECT_EQ(rows.Column(&Cells::e)[full], State::kLost);
  EXPECT_EQ(rows.Column(&Cells::oi)[full], 7);
  EXPECT_EQ(rows.Column(&Cells::os)[full], "x");
  EXPECT_EQ(rows.Column(&Cells::oe)[full], State::kDone);
  EXPECT_EQ(rows.Column(&Cells::oi)[bare], std::nullopt);
  EXPECT_EQ(rows.Column(&Cells::os)[bare], std::nullopt);
  EXPECT_EQ(rows.Column(&Cells::oe)[bare], std::nullopt);
  EXPECT_TRUE(rows.Column(&Cells::oe).IsNull(bare));
  EXPECT_FALSE(rows.Column(&Cells::oe).IsNull(full));
}

TEST_F(TypedTableTest, ChunksShowLiveRowsAndHoles) {
  std::vector<Post> rows;
  for (int32_t i = 0; i < 5000; ++i)
    rows.push_back(
        {.title = absl::StrCat(i), .score = i, .state = i % 2 == 0 ? State::kDone : State::kDraft});
  const RefList<Post> refs = posts.InsertAll(rows).value();
  for (size_t i = 0; i < refs.size(); i += 3) ASSERT_THAT(posts.Erase(refs[i]), IsOk());
  int64_t expected = 0;
  for (const Ref<Post> ref : posts) expected += posts.Get(ref)->score;
  const auto score = posts.Column(&Post::score);
  const auto state = posts.Column(&Post::state);
  int64_t total = 0, count = 0, done = 0;
  for (const auto& chunk : score.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      if (chunk.live[i]) total += chunk.values[i], ++count;
    }
  }
  for (const auto& chunk : state.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      if (chunk.live[i] && chunk.values[i] == static_cast<int32_t>(State::kDone)) ++done;
    }
  }
  EXPECT_EQ(total, expected);
  EXPECT_EQ(count, 3333);
  EXPECT_EQ(done, posts.Where(Col(&Post::state) == State::kDone).Count());
}

TEST_F(TypedTableTest, ChunksSayWhichCellsAreNull) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(comments.Insert({.body = absl::StrCat(i)}), IsOk());
  }
  Add({.title = "a"});
  const Ref<Comment> linked = comments.Find(&Comment::body, "70");
  ASSERT_THAT(comments.Set(linked, &Comment::post_id, 1), IsOk());
  std::vector<Slot> valid;
  const auto column = comments.Column(&Comment::post_id);
  for (const auto& chunk : column.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      if (chunk.live[i] && chunk.valid[i]) valid.push_back(chunk.first + static_cast<Slot>(i));
    }
  }
  EXPECT_THAT(valid, ElementsAre(linked.slot()));
}

// ---- What leads nowhere ----

TEST_F(TypedTableTest, AStaleRefIsRefusedByEveryVerbAndReadsNothing) {
  const Ref<Post> gone = Add({.title = "a"});
  ASSERT_THAT(posts.Erase(gone), IsOk());
  const Ref<Post> reused = Add({.title = "b"});
  ASSERT_EQ(gone.slot(), reused.slot());
  const Ref<Comment> comment = comments.Insert({}).value();
  for (const Ref<Post> ref : {gone, Ref<Post>()}) {
    const auto refused =
        Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("Post: the Ref "));
    EXPECT_THAT(posts.Get(ref), refused);
    EXPECT_THAT(posts.Get(ref, &Post::title), refused);
    EXPECT_THAT(Run([&] { return posts.Set(ref, &Post::title, "x"); }), refused);
    EXPECT_THAT(Run([&] { return posts.Update(ref, {{&Post::title, "x"}}); }), refused);
    EXPECT_THAT(Run([&] { return posts.Replace(ref, {.title = "x"}); }), refused);
    EXPECT_THAT(Run([&] { return posts.Erase(ref); }), refused);
    EXPECT_THAT(Run([&] { return posts.EraseAll({reused, ref}); }), refused);
    EXPECT_THAT(posts.PlanErase(ref), refused);
    EXPECT_THAT(Run([&] { return post.Set(comment, ref); }), refused);
    EXPECT_FALSE(posts.Contains(ref));
  }
  EXPECT_EQ(posts.Get(reused)->title, "b");
}

TEST(TypedHandleTest, DefaultConstructedHandlesLeadNowhere) {
  const Table<Post> posts;
  const auto refused = ViolationIs(ViolationCode::kHandle);
  EXPECT_THAT(posts.status(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("default-constructed")));
  EXPECT_THAT(posts.Get(Ref<Post>()), refused);
  EXPECT_THAT(posts.Get(Ref<Post>(), &Post::id), refused);
  EXPECT_THAT(posts.Insert({}), refused);
  EXPECT_THAT(posts.InsertAll({{}}), refused);
  EXPECT_THAT(posts.Set({}, &Post::id, 1), refused);
  EXPECT_THAT(posts.Update({}, {{&Post::id, 1}}), refused);
  EXPECT_THAT(posts.Replace({}, {}), refused);
  EXPECT_THAT(posts.Upsert({}), refused);
  EXPECT_THAT(posts.Erase({}), refused);
  EXPECT_THAT(posts.EraseAll({}), refused);
  EXPECT_THAT(posts.Clear(), refused);
  EXPECT_THAT(posts.PlanErase({}), refused);
  EXPECT_FALSE(posts.Find(&Post::id, 1));
  EXPECT_FALSE(posts.Contains({}));
  EXPECT_EQ(posts.size(), 0u);
  EXPECT_EQ(posts.begin(), posts.end());
  EXPECT_FALSE(posts.Lookup(&Post::id).status().ok());
  EXPECT_FALSE(posts.Column(&Post::id).status().ok());
  EXPECT_FALSE(posts.MutableColumn(&Post::score).status().ok());
  EXPECT_THAT(posts.All().status(), refused);
  EXPECT_THAT(posts.All().Refs(), IsEmpty());
  EXPECT_THAT(posts.All().Rows(), IsEmpty());
  EXPECT_FALSE(posts.BelongsTo(posts, &Post::id).status().ok());

  const Column<Post, int64_t> column;
  const auto chunks = column.Chunks();
  EXPECT_FALSE(column.status().ok());
  EXPECT_EQ(chunks.begin(), chunks.end());
  const MutableColumn<Post, int64_t> mutable_column;
  EXPECT_FALSE(mutable_column.status().ok());
  EXPECT_EQ(mutable_column.Chunks().begin(), mutable_column.Chunks().end());
  EXPECT_FALSE((Lookup<Post, int64_t>().status().ok()));
  EXPECT_FALSE((Lookup<Post, int64_t>().Find(1)));
}

TEST_F(TypedTableTest, HandlesOfADroppedTableSaySo) {
  const Ref<Thing> ref = things.Insert({.id = 1}).value();
  const auto column = things.Column(&Thing::tenant);
  const auto by_id = things.Lookup(&Thing::id);
  ASSERT_THAT(db.DropTable("Thing"), IsOk());
  const auto refused =
      Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("Thing: the table was dropped"));
  EXPECT_THAT(things.status(), refused);
  EXPECT_THAT(things.Get(ref), refused);
  EXPECT_THAT(things.Insert({}), refused);
  EXPECT_THAT(things.Set(ref, &Thing::id, 1), refused);
  EXPECT_THAT(things.Update(ref, {{&Thing::id, 1}}), refused);
  EXPECT_THAT(things.Upsert({}), refused);
  EXPECT_THAT(things.All().status(), refused);
  EXPECT_FALSE(things.Contains(ref));
  EXPECT_FALSE(things.Find(&Thing::id, 1));
  EXPECT_FALSE(by_id.Find(1));
  EXPECT_FALSE(column.status().ok());
  EXPECT_EQ(column.Chunks().begin(), column.Chunks().end());
  EXPECT_EQ(things.begin(), things.end());

  const auto again = db.CreateTable<Thing>("Thing", {PrimaryKey(&Thing::id)}).value();
  EXPECT_THAT(again.Insert({.id = 1}), IsOk());
  EXPECT_THAT(things.status(), refused) << "the old handle does not lead to the new table";
}

TEST_F(TypedTableTest, AMovedDatabaseKeepsItsTypedHandles) {
  const Ref<Post> ref = Add({.title = "a"});
  Database moved = std::move(db);
  EXPECT_EQ(posts.Get(ref)->title, "a");
  EXPECT_THAT(posts.Set(ref, &Post::title, "b"), IsOk());
  EXPECT_EQ(moved.GetTable<Post>("Post").Get(ref)->title, "b");
  db = std::move(moved);
}

// ---- Schema, by members ----

TEST_F(TypedTableTest, AddUniqueByMembersChecksTheRowsThereAre) {
  Add({.title = "a", .score = 1});
  const Ref<Post> b = Add({.title = "b", .score = 1});
  EXPECT_THAT(Run([&] { return db.AddUnique(posts, &Post::score, &Post::state); }),
              ViolationIs(ViolationCode::kUnique));
  ASSERT_THAT(posts.Set(b, &Post::score, 2), IsOk());
  EXPECT_THAT(Run([&] { return db.AddUnique(posts, &Post::score, &Post::state); }), IsOk());
  EXPECT_EQ(posts.Lookup(&Post::score, &Post::state).Find(2, State::kDraft), b);
  EXPECT_THAT(Run([&] { return posts.Insert({.title = "c", .score = 2}); }),
              ViolationIs(ViolationCode::kUnique, "Post.score_state"));
}

struct Like {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::optional<int32_t> tenant = {};
  std::optional<std::string> thing_no = {};
};
TEST_F(TypedTableTest, AddBelongsToByMembersGivesTheEdge) {
  const auto likes = db.CreateTable<Like>("Like", {PrimaryKey(&Like::id).AutoIncrement()}).value();
  const Ref<Like> like = likes.Insert({.post_id = 1}).value();
  EXPECT_THAT(Run([&] { return db.AddBelongsTo(likes, &Like::post_id, posts, &Post::id); }),
              ViolationIs(ViolationCode::kMissingTarget));
  const Ref<Post> a = Add({.title = "a"});
  const auto liked = Run([&] {
                       return db.AddBelongsTo(likes, &Like::post_id, posts, &Post::id,
                                              {.inverse = HasMany("likes"), .on_delete = Action::kSetNull});
                     }).value();
  EXPECT_EQ(liked.Get(like), a);
  EXPECT_EQ(posts.HasMany(likes, &Like::post_id).Count(a), 1u);
  EXPECT_EQ(db.schema().Find("Like")->belongs_to[0].name, "Like.post");
  EXPECT_THAT(Run([&] { return posts.Erase(a); }), IsOk());
  EXPECT_EQ(likes.Get(like)->post_id, std::nullopt);
}

TEST_F(TypedTableTest, AddBelongsToTakesKeysOfSeveralMembers) {
  const auto likes = db.CreateTable<Like>("Like", {PrimaryKey(&Like::id).AutoIncrement()}).value();
  const Ref<Thing> thing = things.Insert({.id = 1, .tenant = 3, .no = "x"}).value();
  const Ref<Like> like = likes.Insert({.tenant = 3, .thing_no = "x"}).value();
  const auto liked = Run([&] {
                       return db.AddBelongsTo(likes, Key(&Like::thing_no, &Like::tenant), things,
                                              Key(&Thing::no, &Thing::tenant));
                     }).value();
  EXPECT_EQ(liked.Get(like), thing);
  EXPECT_EQ(likes.BelongsTo(things, &Like::tenant, &Like::thing_no).Get(like), thing);
  EXPECT_EQ(likes.BelongsTo(things, "thing").Get(like), thing);
}

TEST_F(TypedTableTest, AnEdgeThatIsNotThereSaysSo) {
  EXPECT_THAT(posts.HasMany(things, &Thing::tenant).status(),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle,
                    HasSubstr("Thing has no belongsTo over (tenant) to Post")));
  EXPECT_THAT(comments.BelongsTo(things, "post").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("Comment has no belongsTo \"post\" to Thing")));
  EXPECT_THAT(posts.HasOne(comments, &Comment::post_id).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("Comment.post is no has-one")));
  const auto nowhere = posts.HasMany(things, &Thing::tenant);
  EXPECT_EQ(nowhere.Create(Ref<Post>(), {}).status(), nowhere.status());
}

}  // namespace
}  // namespace tenon
