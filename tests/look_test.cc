// What a database says of itself: Dump, StateHash, the schema, memory, effects, and what an erase would do.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;
using testing::StatusOf;
using testing::ViolationIs;

// Posts with comments that go with them, likes that lose them, and votes that fall back to the first post.
struct Blog {
  explicit Blog(Options options = {}) : db(options) {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Post", .columns = {{.name = "title", .type = Type::kString}}, .unique = {{"title"}}},
             {.name = "Comment",
              .columns = {{.name = "body", .type = Type::kString}, {.name = "score", .type = Type::kDouble}},
              .belongs_to = {{.target = "Post",
                              .inverse = HasMany("comments"),
                              .on_delete = Action::kCascade,
                              .on_update = Action::kCascade}}},
             {.name = "Like",
              .belongs_to =
                  {{.target = "Post", .on_delete = Action::kSetNull, .on_update = Action::kSetNull}}},
             {.name = "Vote",
              .columns = {{.name = "postId", .default_value = 1}},
              .belongs_to =
                  {{.target = "Post", .on_delete = Action::kSetDefault, .on_update = Action::kSetDefault}}},
             {.name = "Prize", .belongs_to = {{.target = "Comment", .on_delete = Action::kRestrict}}}}),
        IsOk());
    posts = db.GetTable("Post");
    comments = db.GetTable("Comment");
    likes = db.GetTable("Like");
    votes = db.GetTable("Vote");
    prizes = db.GetTable("Prize");
  }
  ~Blog() { EXPECT_THAT(db.Verify(), IsOk()); }

  // Three posts; the second has three comments, two likes and a vote.
  Blog& Fill() {
    EXPECT_THAT(posts.InsertAll({{{"title", "Zero"}}, {{"title", "One"}}, {{"title", "Two"}}}), IsOk());
    EXPECT_THAT(comments.InsertAll(
                    {{{"postId", 2}, {"score", 1.5}}, {{"postId", 2}}, {{"postId", 2}, {"body", "So"}}}),
                IsOk());
    EXPECT_THAT(likes.InsertAll({{{"postId", 2}}, {{"postId", 2}}, {{"postId", 3}}}), IsOk());
    EXPECT_THAT(votes.InsertAll({{{"postId", 2}}, {{"postId", 3}}}), IsOk());
    return *this;
  }
  Ref<> Post(int64_t id) const { return posts.Find("id", id); }

  Database db;
  Table<> posts, comments, likes, votes, prizes;
};

// ---- Dump and StateHash ----

TEST(DumpTest, PrintsSchemaAndRows) {
  Database db;
  ASSERT_THAT(db.CreateTables({{.name = "Author",
                                .columns = {{.name = "name", .type = Type::kString, .not_null = true},
                                            {.name = "score", .type = Type::kDouble, .default_value = 0.5}},
                                .unique = {{"name"}}},
                               {.name = "Book",
                                .columns = {{.name = "title", .type = Type::kString},
                                            {.name = "cover", .type = Type::kBytes},
                                            {.name = "sold", .type = Type::kBool}},
                                .belongs_to = {{.target = "Author",
                                                .inverse = HasMany("books"),
                                                .on_delete = Action::kCascade}}}}),
              IsOk());
  ASSERT_THAT(db.GetTable("Author").InsertAll({{{"name", "O'Hara"}}, {{"name", "Ann"}, {"score", nullptr}}}),
              IsOk());
  ASSERT_THAT(
      db.GetTable("Book").Insert(
          {{"title", "Joints"}, {"cover", Bytes{std::string("\0\xff", 2)}}, {"sold", true}, {"authorId", 2}}),
      IsOk());

  EXPECT_EQ(db.Dump(), R"(Author
  id     int64   not null  auto increment
  name   string  not null
  score  double  default 0.5
  primary key (id)  constraint Author.id
  unique (name)  constraint Author.name
  has many books  through Book.author

Book
  id        int64   not null  auto increment
  title     string
  cover     bytes
  sold      bool
  authorId  int64
  primary key (id)  constraint Book.id
  belongs to author  (authorId) -> Author(id)  on delete cascade  constraint Book.author

Author: 2 rows, last number 2
  id=1 name='O''Hara' score=0.5
  id=2 name='Ann' score=NULL

Book: 1 row, last number 1
  id=1 title='Joints' cover=x'00ff' sold=true authorId=2
)");
}

TEST(DumpTest, IsTheSameForTheSameContentWhereverItLies) {
  Blog straight, crooked;
  straight.Fill();
  ASSERT_THAT(crooked.posts.InsertAll({{{"id", 3}, {"title", "Two"}}, {{"id", 9}, {"title", "Nine"}}}),
              IsOk());
  ASSERT_THAT(crooked.posts.Erase(crooked.Post(9)), IsOk());
  ASSERT_THAT(crooked.posts.InsertAll({{{"id", 2}, {"title", "x"}}, {{"id", 1}, {"title", "Zero"}}}), IsOk());
  ASSERT_THAT(crooked.posts.Set(crooked.Post(2), "title", "One"), IsOk());
  ASSERT_THAT(straight.posts.Insert({{"id", 9}}), IsOk());
  ASSERT_THAT(straight.posts.Erase(straight.Post(9)), IsOk());  // both have counted to nine
  ASSERT_THAT(straight.db.Clear({straight.comments, straight.likes, straight.votes}), IsOk());
  ASSERT_THAT(crooked.comments.InsertAll({{{"id", 3}}}), IsOk());
  ASSERT_THAT(crooked.likes.InsertAll({{{"id", 3}}}), IsOk());
  ASSERT_THAT(crooked.votes.InsertAll({{{"id", 2}}}), IsOk());
  ASSERT_THAT(crooked.db.Clear({crooked.comments, crooked.likes, crooked.votes}), IsOk());

  EXPECT_EQ(crooked.db.Dump(), straight.db.Dump());
  EXPECT_EQ(crooked.db.GetStateHash(), straight.db.GetStateHash());
}

TEST(DumpTest, IsTheSameForTheSameSchemaInWhateverOrder) {
  const BelongsToDef home = {.target = "Town", .as = "home", .foreign_key = {"homeId"}};
  const BelongsToDef work = {.target = "Town", .as = "work", .foreign_key = {"workId"}};
  TableDef person = {.name = "Person",
                     .columns = {{.name = "homeId"}, {.name = "workId"}},
                     .unique = {{"homeId"}, {"workId"}},
                     .belongs_to = {home, work}};
  Database one, two;
  ASSERT_THAT(one.CreateTables({person, {.name = "Town"}}), IsOk());
  person.unique = {{"workId"}, {"homeId"}};
  person.belongs_to = {work, home};
  ASSERT_THAT(two.CreateTables({{.name = "Town"}, person}), IsOk());

  EXPECT_EQ(one.Dump(), two.Dump());
}

TEST(DumpTest, DoesNotDependOnTheSecret) {
  Blog one({.hash_secret = 1}), two({.hash_secret = 2});
  one.Fill();
  two.Fill();

  EXPECT_EQ(one.db.Dump(), two.db.Dump());
  EXPECT_EQ(one.db.GetStateHash(), two.db.GetStateHash());
}

TEST(DumpTest, OfNothingIsTheSameAsOfNothing) {
  EXPECT_EQ(Database().Dump(), Database().Dump());
  EXPECT_EQ(Database().GetStateHash(), Database().GetStateHash());
}

// Two tables, one row in the first, that differ from the plain one in one thing.
struct Variant {
  std::string table = "A";
  std::string column = "cell";
  Type type = Type::kString;
  Value cell = "text";
  bool in_second = false;
  int rows = 1;
};

// Among columns of one type, every variant has a hash of its own.
TEST(StateHashTest, TellsEveryDifference) {
  const double nan = std::bit_cast<double>(0x7ff8'0000'0000'0000),
               other_nan = std::bit_cast<double>(0x7ff8'0000'0000'0001);
  const Variant variants[] = {
      {},
      {.table = "B"},
      {.column = "call"},
      {.in_second = true},
      {.rows = 0},
      {.rows = 2},
      {.cell = nullptr},
      {.cell = ""},
      {.cell = "test"},
      {.cell = "text "},
      {.cell = std::string("text\0", 5)},
      {.type = Type::kBytes, .cell = Bytes{"text"}},
      {.type = Type::kBool, .cell = false},
      {.type = Type::kBool, .cell = true},
      {.type = Type::kInt64, .cell = 0},
      {.type = Type::kInt64, .cell = 1},
      {.type = Type::kInt64, .cell = -1},
      {.type = Type::kDouble, .cell = 0.0},
      {.type = Type::kDouble, .cell = -0.0},
      {.type = Type::kDouble, .cell = nan},
      {.type = Type::kDouble, .cell = other_nan},
  };
  std::vector<StateHash> hashes;
  for (const Variant& variant : variants) {
    Database db;
    ASSERT_THAT(db.CreateTables({{.name = variant.table,
                                  .columns = {{.name = "id"}, {.name = variant.column, .type = variant.type}},
                                  .primary_key = {"id"}},
                                 {.name = "Second",
                                  .columns = {{.name = "id"}, {.name = variant.column, .type = variant.type}},
                                  .primary_key = {"id"}}}),
                IsOk());
    for (int i = 0; i < variant.rows; ++i) {
      const Table<> table = db.GetTable(variant.in_second ? "Second" : variant.table);
      ASSERT_THAT(table.Insert({{"id", i}, {variant.column, variant.cell}}), IsOk());
    }
    hashes.push_back(db.GetStateHash());
  }

  for (size_t a = 0; a < hashes.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      if (variants[a].type == variants[b].type) {
        EXPECT_FALSE(hashes[a] == hashes[b]) << a << " and " << b;
      }
    }
  }
}

// Cells that change places, among rows or columns, do not add up to the same.
TEST(StateHashTest, TellsWhereACellIs) {
  Database one, two, three;
  for (Database* db : {&one, &two, &three}) {
    ASSERT_THAT(db->CreateTable({.name = "T", .columns = {{.name = "a"}, {.name = "b"}}}), IsOk());
  }
  ASSERT_THAT(one.GetTable("T").InsertAll({{{"a", 1}, {"b", 2}}, {{"a", 3}, {"b", 4}}}), IsOk());
  ASSERT_THAT(two.GetTable("T").InsertAll({{{"a", 2}, {"b", 1}}, {{"a", 4}, {"b", 3}}}), IsOk());
  ASSERT_THAT(three.GetTable("T").InsertAll({{{"a", 1}, {"b", 4}}, {{"a", 3}, {"b", 2}}}), IsOk());

  EXPECT_FALSE(one.GetStateHash() == two.GetStateHash());
  EXPECT_FALSE(one.GetStateHash() == three.GetStateHash());
}

TEST(StateHashTest, CountsTheAutoIncrement) {
  Blog one, two;
  const StateHash before = two.db.GetStateHash();
  ASSERT_THAT(two.posts.Erase(two.posts.Insert({}).value()), IsOk());

  EXPECT_FALSE(one.db.GetStateHash() == two.db.GetStateHash());
  EXPECT_EQ(one.db.GetStateHash(), before);
}

TEST(StateHashTest, ComesBackWithTheContent) {
  Blog blog;
  blog.Fill();
  const StateHash before = blog.db.GetStateHash();

  ASSERT_THAT(blog.posts.Set(blog.Post(1), "title", "x"), IsOk());
  EXPECT_FALSE(blog.db.GetStateHash() == before);
  ASSERT_THAT(blog.posts.Set(blog.Post(1), "title", "Zero"), IsOk());

  EXPECT_EQ(blog.db.GetStateHash(), before);
}

// ---- Schema ----

TEST(SchemaTest, ReadsBackWhatWasDeclaredAndFilledIn) {
  const Blog blog;
  const Schema schema = blog.db.schema();
  ASSERT_EQ(schema.tables.size(), 5u);

  const TableInfo* comment = schema.Find("Comment");

  ASSERT_NE(comment, nullptr);
  EXPECT_EQ(comment, &schema.tables[1]);
  ASSERT_EQ(comment->columns.size(), 4u);
  EXPECT_EQ(comment->columns[0].name, "id");
  EXPECT_TRUE(comment->columns[0].auto_increment);
  EXPECT_TRUE(comment->columns[0].not_null);
  EXPECT_EQ(comment->columns[3].name, "postId");
  EXPECT_FALSE(comment->columns[3].not_null);
  ASSERT_EQ(comment->keys.size(), 1u);
  EXPECT_TRUE(comment->keys[0].primary);
  ASSERT_EQ(comment->belongs_to.size(), 1u);
  EXPECT_EQ(comment->belongs_to[0].as, "post");
  EXPECT_EQ(comment->belongs_to[0].name, "Comment.post");
  EXPECT_THAT(comment->belongs_to[0].target_key, ElementsAre("id"));
  EXPECT_EQ(comment->inverses.size(), 1u);
}

TEST(SchemaTest, ReadsBackTheOtherEndOfEveryEdge) {
  const Blog blog;
  const Schema schema = blog.db.schema();

  const TableInfo* post = schema.Find("Post");

  ASSERT_NE(post, nullptr);
  ASSERT_EQ(post->inverses.size(), 3u);
  EXPECT_EQ(post->inverses[0].child_table, "Comment");
  EXPECT_EQ(post->inverses[0].association, "post");
  EXPECT_EQ(post->inverses[0].inverse.name, "comments");
  EXPECT_EQ(post->inverses[1].inverse.name, "");
  ASSERT_EQ(post->keys.size(), 2u);
  EXPECT_EQ(post->keys[1].constraint, "Post.title");
}

TEST(SchemaTest, KnowsNoOtherTable) { EXPECT_EQ(Blog().db.schema().Find("post"), nullptr); }

TEST(SchemaTest, ItsTextNamesEveryColumnKeyAndEdge) {
  const std::string text = Blog().db.schema().ToString();

  for (const std::string_view word :
       {"Post", "title", "Comment", "body", "score", "double", "postId", "cascade", "set null", "set default",
        "restrict", "comments", "Post.title", "Comment.post"}) {
    EXPECT_THAT(text, HasSubstr(std::string(word)));
  }
}

TEST(SchemaTest, WordsAreAsDocumented) {
  EXPECT_EQ(TypeName(Type::kBool), "bool");
  EXPECT_EQ(TypeName(Type::kInt32), "int32");
  EXPECT_EQ(TypeName(Type::kBytes), "bytes");
  EXPECT_EQ(ActionName(Action::kNoAction), "no action");
  EXPECT_EQ(ActionName(Action::kSetDefault), "set default");
  EXPECT_EQ(CodeName(ViolationCode::kRestrict), "fk_restrict");
  EXPECT_EQ(CodeName(ViolationCode::kNotNull), "not_null");
}

TEST(SchemaTest, AStatusThatIsNotOursHasNoViolations) {
  EXPECT_THAT(GetViolations(absl::OkStatus()), IsEmpty());
  EXPECT_THAT(GetViolations(absl::InternalError("of somebody else")), IsEmpty());
}

// ---- Memory ----

TEST(MemoryUsageTest, ItsPartsAddUpToTheTotal) {
  Blog blog;
  blog.Fill();
  ASSERT_THAT(
      blog.comments.InsertColumns({{"body", std::vector<std::string>(5000, "a text that is no short one")}}),
      IsOk());

  const MemoryReport report = blog.db.MemoryUsage();

  const auto add = [](size_t sum, const MemoryUse& use) { return sum + use.bytes; };
  EXPECT_EQ(std::accumulate(report.uses.begin(), report.uses.end(), size_t{0}, add), report.total);
  EXPECT_GT(report.total, 5000u * 60u);
}

TEST(MemoryUsageTest, NamesTablesAndPurposes) {
  Blog blog;
  blog.Fill();

  const MemoryReport report = blog.db.MemoryUsage();

  for (const MemoryUse& use : report.uses) {
    EXPECT_THAT(use.purpose,
                ::testing::AnyOf("columns", "text", "rows", "keys", "edges", "log", "scratch", "shares"));
    EXPECT_TRUE(use.table.empty() || blog.db.schema().Find(use.table) != nullptr) << use.table;
  }
  EXPECT_THAT(report.ToString(), HasSubstr("Comment"));
}

// Bytes that a table takes for one purpose.
size_t BytesOf(const Database& db, std::string_view table, std::string_view purpose) {
  size_t bytes = 0;
  for (const MemoryUse& use : db.MemoryUsage().uses) {
    if (use.table == table && use.purpose == purpose) bytes += use.bytes;
  }
  return bytes;
}

TEST(MemoryUsageTest, AccountsForLongTextByItsTable) {
  Blog blog;
  blog.Fill();
  const size_t before = BytesOf(blog.db, "Comment", "text");

  ASSERT_THAT(blog.comments.Insert({{"body", std::string(100'000, 'x')}}), IsOk());

  EXPECT_GE(BytesOf(blog.db, "Comment", "text"), before + 100'000);
  EXPECT_LT(BytesOf(blog.db, "Post", "text"), 100'000u);
}

TEST(MemoryUsageTest, ATableThatIsEmptyAgainGivesItsChunksBack) {
  if (internal::kChunkRows < 1'000) GTEST_SKIP() << "a copy still has the chunks";
  Blog blog;
  ASSERT_THAT(blog.comments.InsertColumns({{"score", std::vector<double>(100'000, 1.5)}}), IsOk());
  EXPECT_GE(BytesOf(blog.db, "Comment", "columns"), 100'000 * sizeof(double));

  ASSERT_THAT(blog.comments.Clear(), IsOk());

  EXPECT_LT(BytesOf(blog.db, "Comment", "columns"), 100'000u);
  EXPECT_LT(BytesOf(blog.db, "Comment", "rows"), 100'000u);
}

TEST(MemoryUsageTest, AnEdgeThatIsEmptyAgainGivesItsChunksBack) {
  if (internal::kChunkRows < 1'000) GTEST_SKIP() << "a copy still has the chunks";
  Blog blog;
  std::vector<int64_t> ids(50'000);
  std::iota(ids.begin(), ids.end(), 1);
  ASSERT_THAT(blog.posts.InsertColumns({{"id", ids}}), IsOk());
  ASSERT_THAT(blog.comments.InsertColumns({{"postId", ids}}), IsOk());
  EXPECT_GE(BytesOf(blog.db, "Comment", "edges"), ids.size() * 16);

  ASSERT_THAT(blog.comments.Clear(), IsOk());
  ASSERT_THAT(blog.posts.Clear(), IsOk());

  EXPECT_LT(BytesOf(blog.db, "Comment", "edges"), 100'000u);
}

TEST(MemoryUsageTest, ListsThatTheirChildrenLeaveAreGivenBack) {
  if (internal::kChunkRows < 1'000) GTEST_SKIP() << "blocks in chunks that a copy has too are kept";
  Blog blog;
  const RefList<> posts = blog.posts.InsertAll(std::vector<Row>(100)).value();
  const RefList<> comments = blog.comments.InsertAll(std::vector<Row>(1000)).value();
  const auto move_to = [&](Ref<> post) {
    EXPECT_THAT(blog.comments.BelongsTo("post").SetAll(comments, RefList<>(comments.size(), post)), IsOk());
    return BytesOf(blog.db, "Comment", "edges");
  };
  for (const Ref<> post : {posts[0], posts[1]}) move_to(post);
  const size_t bytes = move_to(posts[2]);

  for (size_t i = 3; i < posts.size(); ++i) move_to(posts[i]);

  EXPECT_LT(BytesOf(blog.db, "Comment", "edges"), bytes + 50'000);
}

TEST(MemoryUsageTest, KeysThatNobodyHasDoNotPileUp) {
  Database db;
  ASSERT_THAT(db.CreateTables({{.name = "Post"},
                               {.name = "Comment", .belongs_to = {{.target = "Post", .enforced = false}}}}),
              IsOk());
  const Table<> comments = db.GetTable("Comment");
  const Ref<> comment = comments.Insert({{"postId", 1}}).value();

  for (int post = 2; post < 5000; ++post) ASSERT_THAT(comments.Set(comment, "postId", post), IsOk());

  EXPECT_LT(BytesOf(db, "Comment", "edges"), 50'000u);
}

// ---- Effects ----

// A statement on a filled blog, and what it does.
struct Case {
  std::string_view name;
  std::function<absl::Status(Blog&)> run;
  Effects effects;
};

const Case kCases[] = {
    {"InsertOne", [](Blog& b) { return StatusOf(b.posts.Insert({})); }, {.addressed = 1}},
    {"InsertTwo",
     [](Blog& b) {
       return StatusOf(b.posts.InsertAll({{}, {}}));
     },
     {.addressed = 2}},
    {"InsertColumns",
     [](Blog& b) {
       return StatusOf(b.likes.InsertColumns({{"postId", {1, 2, 3}}}));
     },
     {.addressed = 3}},
    {"UpdateOne", [](Blog& b) { return b.posts.Set(b.Post(1), "title", "x"); }, {.addressed = 1}},
    {"UpdateOneToWhatItIs",
     [](Blog& b) { return b.posts.Set(b.Post(1), "title", "Zero"); },
     {.addressed = 1}},
    {"UpdateMatching",
     [](Blog& b) {
       return StatusOf(b.comments.Where(Col("postId") == 2).Update({{"score", 1.5}}));
     },
     {.addressed = 3}},
    {"UpdateNone",
     [](Blog& b) {
       return StatusOf(b.comments.Where(Col("postId") == 9).Update({{"score", 1.5}}));
     },
     {}},
    {"Upsert",
     [](Blog& b) {
       return StatusOf(b.posts.Upsert({{"id", 1}, {"title", "x"}}));
     },
     {.addressed = 1}},
    {"EraseAlone", [](Blog& b) { return b.posts.Erase(b.Post(1)); }, {.addressed = 1}},
    {"EraseWithAll",
     [](Blog& b) { return b.posts.Erase(b.Post(2)); },
     {.addressed = 1,
      .tables = {{.table = "Comment", .erased = 3},
                 {.table = "Like", .nulled = 2},
                 {.table = "Vote", .defaulted = 1}}}},
    {"EraseTwo",
     [](Blog& b) {
       return b.posts.EraseAll({b.Post(2), b.Post(3)});
     },
     {.addressed = 2,
      .tables = {{.table = "Comment", .erased = 3},
                 {.table = "Like", .nulled = 3},
                 {.table = "Vote", .defaulted = 2}}}},
    {"ChangeKey",
     [](Blog& b) { return b.posts.Set(b.Post(2), "id", 20); },
     {.addressed = 1,
      .tables = {{.table = "Comment", .rewritten = 3},
                 {.table = "Like", .nulled = 2},
                 {.table = "Vote", .defaulted = 1}}}},
    {"EraseMatching", [](Blog& b) { return StatusOf(b.comments.All().Erase()); }, {.addressed = 3}},
    {"Clear", [](Blog& b) { return b.likes.Clear(); }, {.addressed = 3}},
    {"ClearSeveral",
     [](Blog& b) {
       return b.db.Clear({b.posts, b.comments, b.likes, b.votes});
     },
     {.addressed = 11}},
    {"SetTarget",
     [](Blog& b) { return b.likes.BelongsTo("post").Set(b.likes.Find("id", 1), b.Post(1)); },
     {.addressed = 1}},
    {"SetAllTargets",
     [](Blog& b) { return b.likes.BelongsTo("post").SetAll(b.likes.All().Refs(), RefList<>(3, b.Post(1))); },
     {.addressed = 3}},
    {"Batch",
     [](Blog& b) {
       return b.db.Batch([&](Batch& batch) {
         batch.Insert(b.posts, {});
         batch.Update(b.posts, b.Post(1), {{"title", "x"}});
         batch.Erase(b.posts, b.Post(3));
       });
     },
     {.addressed = 3, .tables = {{.table = "Like", .nulled = 1}, {.table = "Vote", .defaulted = 1}}}},
    {"ClearTarget",
     [](Blog& b) { return b.likes.BelongsTo("post").Clear(b.likes.Find("id", 1)); },
     {.addressed = 1}},
};

class EffectsTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Every, EffectsTest, ::testing::ValuesIn(kCases),
                         [](const auto& effects) { return std::string(effects.param.name); });

TEST(LastEffectsTest, CountARowOnceThatTwoCascadesReach) {
  Database db;
  ASSERT_THAT(
      db.CreateTables({{.name = "City"},
                       {.name = "Road",
                        .belongs_to = {{.target = "City", .as = "from", .on_update = Action::kCascade},
                                       {.target = "City", .as = "to", .on_update = Action::kCascade}}}}),
      IsOk());
  ASSERT_THAT(db.GetTable("City").InsertAll({{}, {}}), IsOk());
  ASSERT_THAT(db.GetTable("Road").Insert({{"fromId", 1}, {"toId", 2}}), IsOk());

  ASSERT_THAT(db.GetTable("City").Where(Predicate<>()).Update({{"id", Col("id") + 10}}), IsOk());

  EXPECT_EQ(db.LastEffects().ToString(), "2 rows; Road: 1 rewritten");
}

TEST(LastEffectsTest, CountARowOnceThatTwoRoundsReach) {
  Database db;
  const auto to = [](std::string target, std::string as) {
    return BelongsToDef{.target = target, .as = as, .on_update = Action::kCascade};
  };
  ASSERT_THAT(
      db.CreateTables({{.name = "City"},
                       {.name = "Town", .primary_key = {"cityId"}, .belongs_to = {to("City", "city")}},
                       {.name = "Road", .belongs_to = {to("City", "from"), to("Town", "to")}}}),
      IsOk());
  ASSERT_THAT(db.GetTable("City").Insert({}), IsOk());
  ASSERT_THAT(db.GetTable("Town").Insert({{"cityId", 1}}), IsOk());
  ASSERT_THAT(db.GetTable("Road").Insert({{"fromId", 1}, {"toCityId", 1}}), IsOk());

  ASSERT_THAT(db.GetTable("City").Set(db.GetTable("City").Find("id", 1), "id", 2), IsOk());

  EXPECT_EQ(db.LastEffects().ToString(), "1 row; Town: 1 rewritten; Road: 1 rewritten");
}

TEST(LastEffectsTest, CountAllChildrenOfALongList) {
  Blog blog;
  const Ref<> post = blog.posts.Insert({}).value();
  ASSERT_THAT(blog.comments.InsertAll(std::vector<Row>(100, {{"postId", 1}})), IsOk());

  ASSERT_THAT(blog.posts.Erase(post), IsOk());

  EXPECT_EQ(blog.db.LastEffects().ToString(), "1 row; Comment: 100 erased");
}

TEST_P(EffectsTest, TellWhatTheStatementDid) {
  Blog blog;
  blog.Fill();

  ASSERT_THAT(GetParam().run(blog), IsOk());

  EXPECT_EQ(blog.db.LastEffects(), GetParam().effects) << blog.db.LastEffects().ToString();
}

TEST_P(EffectsTest, AreTheSameInATransaction) {
  Blog blog;
  blog.Fill();
  Transaction tx = blog.db.Begin();

  ASSERT_THAT(GetParam().run(blog), IsOk());

  EXPECT_EQ(blog.db.LastEffects(), GetParam().effects) << blog.db.LastEffects().ToString();
  EXPECT_THAT(tx.Commit(), IsOk());
}

TEST_P(EffectsTest, StayUntilAnotherStatementSucceeds) {
  Blog blog;
  blog.Fill();
  ASSERT_THAT(GetParam().run(blog), IsOk());

  EXPECT_THAT(blog.posts.Insert({{"titel", "x"}}), ViolationIs(ViolationCode::kType));
  EXPECT_THAT(blog.likes.Insert({{"postId", 99}}), ViolationIs(ViolationCode::kMissingTarget));
  EXPECT_EQ(blog.posts.All().Count(), blog.posts.size());

  EXPECT_EQ(blog.db.LastEffects(), GetParam().effects) << blog.db.LastEffects().ToString();
}

TEST(EffectsTextTest, SaysItInAFewWords) {
  const Effects effects = {.addressed = 1,
                           .tables = {{.table = "Comment", .erased = 3}, {.table = "Post", .nulled = 2}}};

  EXPECT_EQ(effects.ToString(), "1 row; Comment: 3 erased; Post: 2 nulled");
}

// ---- PlanErase ----

TEST(PlanEraseTest, SaysWhatEraseThenDoes) {
  for (const int64_t id : {1, 2, 3}) {
    Blog blog;
    blog.Fill();

    const ErasePlan plan = blog.posts.PlanErase(blog.Post(id)).value();

    EXPECT_THAT(plan.verdict, IsOk());
    ASSERT_THAT(blog.posts.Erase(blog.Post(id)), IsOk());
    EXPECT_EQ(plan.effects, blog.db.LastEffects()) << plan.effects.ToString();
  }
}

TEST(PlanEraseTest, SaysWhatWouldRefuseIt) {
  Blog blog;
  blog.Fill();
  ASSERT_THAT(blog.prizes.Insert({{"commentId", 2}}), IsOk());

  const ErasePlan plan = blog.posts.PlanErase(blog.Post(2)).value();

  EXPECT_EQ(plan.verdict, blog.posts.Erase(blog.Post(2)));
  EXPECT_THAT(plan.verdict, ViolationIs(ViolationCode::kRestrict, "Prize.comment"));
  EXPECT_EQ(plan.effects, Effects());
}

TEST(PlanEraseTest, ChangesNothing) {
  for (const bool in_transaction : {false, true}) {
    for (const bool refused : {false, true}) {
      Blog blog;
      blog.Fill();
      if (refused) {
        ASSERT_THAT(blog.prizes.Insert({{"commentId", 2}}), IsOk());
      }
      const std::string dump = blog.db.Dump();
      const StateHash hash = blog.db.GetStateHash();
      const Effects effects = blog.db.LastEffects();
      const RefList<> comments = blog.comments.All().Refs();
      Transaction tx = blog.db.Begin();
      if (!in_transaction) tx.Rollback();

      ASSERT_THAT(blog.posts.PlanErase(blog.Post(2)), IsOk());

      EXPECT_EQ(blog.db.Dump(), dump);
      EXPECT_EQ(blog.db.GetStateHash(), hash);
      EXPECT_EQ(blog.db.LastEffects(), effects);
      EXPECT_EQ(blog.comments.All().Refs(), comments);
    }
  }
}

TEST(PlanEraseTest, SparesThePlanForARowThatIsNone) {
  Blog blog;
  blog.Fill();

  EXPECT_THAT(blog.posts.PlanErase({}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(blog.posts.PlanErase(blog.comments.All().First()), ViolationIs(ViolationCode::kStale));
}

// Outside a transaction a deferred edge is asked at the end of the statement, inside one at the commit.
TEST(PlanEraseTest, AsksDeferredEdgesOnlyWhereTheEraseWould) {
  Database db;
  ASSERT_THAT(db.CreateTables(
                  {{.name = "Post"}, {.name = "Note", .belongs_to = {{.target = "Post", .deferred = true}}}}),
              IsOk());
  const Table<> posts = db.GetTable("Post");
  const Ref<> post = posts.Insert({}).value();
  ASSERT_THAT(db.GetTable("Note").Insert({{"postId", 1}}), IsOk());

  EXPECT_THAT(posts.PlanErase(post).value().verdict, ViolationIs(ViolationCode::kDeferred));
  const Transaction tx = db.Begin();
  EXPECT_THAT(posts.PlanErase(post).value().verdict, IsOk());

  EXPECT_THAT(db.Verify(), IsOk());
}

}  // namespace
}  // namespace tenon
