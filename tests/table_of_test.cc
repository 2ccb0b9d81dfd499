// TableOf: the table that a struct says, what is refused, and structs and tables that were not made for each other.
#include "tenon/table_of.h"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::Fails;
using ::tenon::testing::IsOk;
using ::tenon::testing::ViolationIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Post {
  int64_t id = 0;
  std::string title = {};
};
struct Comment {
  int64_t id = 0;
  std::optional<int64_t> post_id = {};
  std::string body = {};
};

TableDef Posts(std::string name = "Post") { return TableOf<Post>(std::move(name), {PrimaryKey(&Post::id)}); }

// The columns of a definition: "id int64, title string".
std::string Columns(const TableDef& def) {
  return absl::StrJoin(def.columns, ", ", [](std::string* out, const ColumnDef& column) {
    absl::StrAppend(out, column.name, " ", std::string(TypeName(column.type)), column.not_null ? "" : "?");
  });
}
// Their defaults: "7, 'new', NULL"; one that nobody said in parentheses.
std::string Defaults(const TableDef& def) {
  return absl::StrJoin(def.columns, ", ", [](std::string* out, const ColumnDef& column) {
    const std::string value = column.default_value.ToString();
    absl::StrAppend(out, column.implied_default ? absl::StrCat("(", value, ")") : value);
  });
}
// The schema of these tables, as text.
std::string SchemaOf(std::vector<TableDef> tables) {
  Database db;
  EXPECT_THAT(db.CreateTables(std::move(tables)), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  return db.schema().ToString();
}
// Every sentence that refuses these tables; nothing may have been made.
std::vector<std::string> Problems(std::vector<TableDef> tables) {
  Database db;
  const absl::Status status = db.CreateTables(std::move(tables));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(db.schema().tables, IsEmpty());
  std::vector<std::string> messages;
  for (const Violation& violation : GetViolations(status)) messages.push_back(violation.message);
  return messages;
}

// ---- Columns ----

struct Everything {
  bool b = false;
  int32_t i = 0;
  int64_t l = 0;
  float f = 0;
  double d = 0;
  std::string s = {};
  std::optional<bool> ob = {};
  std::optional<int32_t> oi = {};
  std::optional<int64_t> ol = {};
  std::optional<float> of = {};
  std::optional<double> od = {};
  std::optional<std::string> os = {};
};

TEST(TableOfTest, MembersAreColumnsAndOptionalOnesNullable) {
  EXPECT_EQ(Columns(TableOf<Everything>("T")),
            "b bool, i int32, l int64, f float, d double, s string, "
            "ob bool?, oi int32?, ol int64?, of float?, od double?, os string?");
}

enum Plain { kPlain };
enum class Byte : uint8_t { kMost = 255 };
enum class Small : int16_t {};
enum class Int : int32_t {};
enum class Unsigned : uint32_t { kMost = UINT32_MAX };
enum class Long : int64_t {};
struct Enums {
  Plain plain = kPlain;
  Byte byte = {};
  Small small = {};
  Int int_ = {};
  Unsigned unsigned_ = Unsigned::kMost;
  Long long_ = {};
  std::optional<Byte> maybe = {};
};

TEST(TableOfTest, EnumsTakeTheNarrowestColumnThatHoldsAllOfThem) {
  const TableDef def = TableOf<Enums>("T");
  const char* plain = std::is_signed_v<std::underlying_type_t<Plain>> ? "int32" : "int64";
  EXPECT_EQ(Columns(def), absl::StrCat("plain ", plain,
                                       ", byte int32, small int32, int_ int32, unsigned_ int64, long_ int64, "
                                       "maybe int32?"));
  EXPECT_EQ(def.columns[4].default_value, Value(int64_t{UINT32_MAX}));
}

struct Many {
  int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0;
  std::string b0 = {}, b1 = {}, b2 = {}, b3 = {}, b4 = {}, b5 = {}, b6 = {}, b7 = {};
  double c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0;
  bool d0 = false, d1 = false, d2 = false, d3 = false, d4 = false, d5 = false, d6 = false, d7 = false;
};

TEST(TableOfTest, ThirtyTwoMembersAreTakenInOrder) {
  std::vector<std::string> expected;
  for (const char* part : {"a int32", "b string", "c double", "d bool"}) {
    for (int i = 0; i < 8; ++i) expected.push_back(absl::StrCat(std::string(1, part[0]), i, part + 1));
  }
  EXPECT_EQ(Columns(TableOf<Many>("T")), absl::StrJoin(expected, ", "));
}

struct One {
  int64_t only = 0;
};
template <class A, class B>
struct Pair {
  A first = {};
  std::optional<B> second = {};
};
struct Outer {
  struct Inner {
    int64_t value_ = 0;
    std::string blank = {};
  };
};
struct Straße {
  int64_t größe = 0;
};

TEST(TableOfTest, NamesAreReadOfStructsOfEveryKind) {
  struct Local {
    int64_t x1 = 0;
    std::string X = {};
  };
  EXPECT_EQ(Columns(TableOf<One>("T")), "only int64");
  EXPECT_EQ(Columns(TableOf<Local>("T")), "x1 int64, X string");
  EXPECT_EQ(Columns(TableOf<Outer::Inner>("T")), "value_ int64, blank string");
  EXPECT_EQ((Columns(TableOf<Pair<int32_t, std::string>>("T"))), "first int32, second string?");
  EXPECT_EQ((Columns(TableOf<Pair<Byte, double>>("T"))), "first int32, second double?");
  EXPECT_EQ(Columns(TableOf<Straße>("T")), "größe int64");
}

class Account {
 public:
  Account() = default;
  Account(int64_t id, std::string owner) : id_(id), owner_(std::move(owner)) {}
  virtual ~Account() = default;
  int64_t id() const { return id_; }
  const std::string& owner() const { return owner_; }

  static Option<Account> Key() { return PrimaryKey(&Account::id_); }
  static Option<Account> KeyOfSecret() { return Unique(&Account::secret_); }

 private:
  friend auto TenonColumns(const Account*) {
    return tenon::Columns("id", &Account::id_, "owner", &Account::owner_);
  }
  int64_t id_ = 0;
  std::string owner_ = "nobody";
  int64_t secret_ = 7;  // no column
};

TEST(TableOfTest, PrivateMembersAreReachedThroughTenonColumns) {
  const TableDef def = TableOf<Account>("Account", {Account::Key()});
  EXPECT_EQ(Columns(def), "id int64, owner string");
  EXPECT_EQ(Defaults(def), "(0), 'nobody'");

  Database db;
  const Table<Account> accounts = db.CreateTable<Account>("Account", {Account::Key()}).value();
  const Ref<Account> ann = accounts.Insert(Account(7, "Ann")).value();
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(accounts.Get(ann)->id(), 7);
  EXPECT_EQ(accounts.Get(ann)->owner(), "Ann");
}

struct Base {
  int64_t id = 0;
};
struct Derived : Base {
  std::string name = {};
  friend auto TenonColumns(const Derived*) {
    return tenon::Columns("id", static_cast<int64_t Derived::*>(&Base::id), "name", &Derived::name);
  }
};

TEST(TableOfTest, MembersOfABaseAreColumnsAndNamedEitherWay) {
  Database db;
  const auto rows =
      db.CreateTable<Derived>("T", {PrimaryKey(static_cast<int64_t Derived::*>(&Base::id))}).value();
  Derived row;
  row.id = 3;
  row.name = "three";
  const Ref<Derived> three = rows.Insert(row).value();
  EXPECT_EQ(rows.Find(&Base::id, 3), three);
  EXPECT_EQ(rows.Find(&Derived::id, 3), three);
  EXPECT_EQ(*rows.Get(three, &Derived::id), 3);
  EXPECT_THAT(rows.Update(three, {{&Base::id, 4}, {&Derived::name, "four"}}), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  EXPECT_EQ(rows.Get(three)->id, 4);
  EXPECT_EQ(rows.Column(&Derived::id)[three], 4);
}

// ---- Defaults ----

enum class Mood : int32_t { kGood, kBad = 3 };
struct Defaulted {
  int64_t zero = 0;
  int32_t seven = 7;
  std::string empty = {};
  std::string text = "longer than twelve bytes";
  double half = 0.5;
  bool yes = true;
  Mood mood = Mood::kBad;
  std::optional<int64_t> none = {};
  std::optional<int64_t> some = 9;
  std::optional<int64_t> some_zero = 0;
};

TEST(TableOfTest, InitialisersAreDefaultsAndZerosAreNotSaid) {
  EXPECT_EQ(Defaults(TableOf<Defaulted>("T")),
            "(0), 7, (''), 'longer than twelve bytes', 0.5, true, 3, NULL, 9, 0");
}

TEST(TableOfTest, DefaultSaysWhatTheInitialiserDoesNot) {
  const TableDef def =
      TableOf<Defaulted>("T", {Default(&Defaulted::zero, 0), Default(&Defaulted::seven, 7),
                               Default(&Defaulted::empty, "filled"), Default(&Defaulted::none, 1)});
  EXPECT_THAT(def.problems, IsEmpty());
  EXPECT_EQ(Defaults(def), "0, 7, 'filled', 'longer than twelve bytes', 0.5, true, 3, 1, 9, 0");
}

TEST(TableOfTest, RowsByNamesTakeTheDefaults) {
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Defaulted>("T", {Default(&Defaulted::empty, "filled")})}), IsOk());
  ASSERT_THAT(db.GetTable("T").Insert({}), IsOk());
  EXPECT_THAT(db.Verify(), IsOk());
  const auto rows = db.GetTable<Defaulted>("T");
  const Defaulted row = rows.Get(*rows.begin()).value();
  EXPECT_EQ(row.zero, 0);
  EXPECT_EQ(row.seven, 7);
  EXPECT_EQ(row.empty, "filled");
  EXPECT_EQ(row.text, "longer than twelve bytes");
  EXPECT_EQ(row.mood, Mood::kBad);
  EXPECT_EQ(row.none, std::nullopt);
  EXPECT_EQ(row.some, 9);
}

TEST(TableOfTest, InitialiserAndDefaultThatDifferAreRefused) {
  EXPECT_THAT(Problems({TableOf<Defaulted>(
                  "T", {Default(&Defaulted::seven, 8), Default(&Defaulted::mood, Mood::kGood),
                        Default(&Defaulted::some, std::nullopt)})}),
              ElementsAre("create T: seven is initialised with 7 and has Default 8 (say one of them)",
                          "create T: mood is initialised with 3 and has Default 0 (say one of them)",
                          "create T: some is initialised with 9 and has Default NULL (say one of them)"));
}

// ---- Keys and edges ----

TEST(TableOfTest, ATableWithoutPrimaryKeyGetsOneThatNoStructKnows) {
  EXPECT_EQ(SchemaOf({TableOf<One>("T")}),
            "T\n"
            "  id    int64  not null  auto increment\n"
            "  only  int64  not null  default 0\n"
            "  primary key (id)  constraint T.id\n");
}

TEST(TableOfTest, AMemberIdThatIsNoKeyIsRefused) {
  EXPECT_THAT(Problems({TableOf<Post>("Post")}),
              ElementsAre(HasSubstr("there is a column id that is not the primary key")));
}

struct Entry {
  int64_t tenant = 0;
  int32_t no = 0;
  std::string code = {};
  std::optional<std::string> alias = {};
};

TEST(TableOfTest, KeysAreOfOneMemberOrSeveralAndOfText) {
  EXPECT_EQ(SchemaOf({TableOf<Entry>("Entry", {PrimaryKey(&Entry::tenant, &Entry::no), Unique(&Entry::code),
                                               Unique(&Entry::alias, &Entry::no)})}),
            "Entry\n"
            "  tenant  int64   not null  default 0\n"
            "  no      int32   not null  default 0\n"
            "  code    string  not null  default ''\n"
            "  alias   string\n"
            "  primary key (tenant, no)  constraint Entry.tenant_no\n"
            "  unique (code)  constraint Entry.code\n"
            "  unique (alias, no)  constraint Entry.alias_no\n");
}

TEST(TableOfTest, AnAutoIncrementKeyNumbersZeros) {
  Database db;
  const auto posts = db.CreateTable<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()}).value();
  EXPECT_EQ(posts.Get(posts.Insert({.title = "a"}).value())->id, 1);
  EXPECT_EQ(posts.Get(posts.Insert({.id = 40}).value())->id, 40);
  EXPECT_EQ(posts.Get(posts.Insert({}).value())->id, 41);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, WithoutAutoIncrementZeroIsAKeyLikeAnyOther) {
  Database db;
  ASSERT_THAT(db.CreateTables({Posts()}), IsOk());
  const auto posts = db.GetTable<Post>("Post");
  EXPECT_EQ(posts.Get(posts.Insert({}).value())->id, 0);
  EXPECT_THAT(posts.Insert({}), ViolationIs(ViolationCode::kUnique, "Post.id"));
  EXPECT_THAT(db.Verify(), IsOk());
}

// The name of the association over this member.
template <class C>
std::string Association(std::optional<int64_t> C::*member, BelongsToDef def = {}) {
  return TableOf<C>("C", {BelongsTo(member, &Post::id, std::move(def))}).belongs_to[0].as;
}

TEST(TableOfTest, AssociationsAreNamedAfterTheMemberLessTheKey) {
  struct C {
    std::optional<int64_t> post_id = {}, postId = {}, bigPostId = {}, post__id = {}, id = {}, Id = {},
                           _id = {};
    std::optional<int64_t> paid = {}, post = {};
  };
  EXPECT_EQ(Association(&C::post_id), "post");
  EXPECT_EQ(Association(&C::postId), "post");
  EXPECT_EQ(Association(&C::bigPostId), "bigPost");
  EXPECT_EQ(Association(&C::post__id), "post");
  EXPECT_EQ(Association(&C::post_id, {.as = "article"}), "article");
  // Filled in from the table's name when the definition reaches the database:
  EXPECT_EQ(Association(&C::paid), "");
  EXPECT_EQ(Association(&C::post), "");
  EXPECT_EQ(Association(&C::id), "");
  EXPECT_EQ(Association(&C::Id), "");
  EXPECT_EQ(Association(&C::_id), "");
}

TEST(TableOfTest, AMemberThatDoesNotEndInItsKeyTakesTheTablesName) {
  struct C {
    int64_t key = 0;
    std::optional<int64_t> about = {};
  };
  Database db;
  ASSERT_THAT(db.CreateTables({Posts(), TableOf<C>("C", {BelongsTo(&C::about, &Post::id)})}), IsOk());
  EXPECT_EQ(db.schema().Find("C")->belongs_to[0].as, "post");
  EXPECT_EQ(db.schema().Find("C")->belongs_to[0].name, "C.post");
}

TEST(TableOfTest, AnEdgeIsWhatItIsByNames) {
  const std::string typed =
      SchemaOf({TableOf<Comment>(
                    "Comment", {PrimaryKey(&Comment::id).AutoIncrement(),
                                BelongsTo(&Comment::post_id, &Post::id,
                                          {.inverse = HasMany("comments"), .on_delete = Action::kSetNull})}),
                TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()})});
  EXPECT_EQ(
      typed,
      SchemaOf({{.name = "Comment",
                 .columns = {{.name = "id", .not_null = true, .auto_increment = true},
                             {.name = "post_id"},
                             {.name = "body", .type = Type::kString, .not_null = true, .default_value = ""}},
                 .primary_key = {"id"},
                 .belongs_to = {{.target = "Post",
                                 .as = "post",
                                 .foreign_key = {"post_id"},
                                 .inverse = HasMany("comments"),
                                 .on_delete = Action::kSetNull}}},
                {.name = "Post",
                 .columns = {{.name = "id", .not_null = true, .auto_increment = true},
                             {.name = "title", .type = Type::kString, .not_null = true, .default_value = ""}},
                 .primary_key = {"id"}}}));
}

TEST(TableOfTest, ACompositeEdgePairsItsMembersAndTakesTheTablesName) {
  struct Line {
    int64_t id = 0;
    int64_t tenant = 0;
    std::optional<int32_t> entry_no = {};
  };
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Line>("Line", {PrimaryKey(&Line::id),
                                                      BelongsTo(Key(&Line::entry_no, &Line::tenant),
                                                                Key(&Entry::no, &Entry::tenant))}),
                               TableOf<Entry>("Entry", {PrimaryKey(&Entry::tenant, &Entry::no)})}),
              IsOk());
  const BelongsToDef edge = db.schema().Find("Line")->belongs_to[0];
  EXPECT_EQ(edge.as, "entry");
  EXPECT_THAT(edge.foreign_key, ElementsAre("tenant", "entry_no"));
  EXPECT_THAT(edge.target_key, ElementsAre("tenant", "no"));
}

TEST(TableOfTest, AnEdgeMayLeadToAUniqueKeyOfText) {
  struct Alias {
    int64_t id = 0;
    std::string entry_code = {};
  };
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {TableOf<Entry>("Entry", {PrimaryKey(&Entry::tenant, &Entry::no), Unique(&Entry::code)}),
           TableOf<Alias>("Alias", {PrimaryKey(&Alias::id), BelongsTo(&Alias::entry_code, &Entry::code)})}),
      IsOk());
  const auto entries = db.GetTable<Entry>("Entry");
  const auto aliases = db.GetTable<Alias>("Alias");
  const auto entry = aliases.BelongsTo(entries, &Alias::entry_code);
  const Ref<Entry> oak = entries.Insert({.code = "a code of oak and more"}).value();
  const Ref<Alias> alias = aliases.Insert({.entry_code = "a code of oak and more"}).value();
  EXPECT_EQ(entry.Get(alias), oak);
  EXPECT_THAT(aliases.Insert({.id = 1, .entry_code = "elm"}),
              ViolationIs(ViolationCode::kMissingTarget, "Alias.entry"));
  EXPECT_THAT(db.Verify(), IsOk());
}

struct Node {
  int64_t id = 0;
  std::optional<int64_t> parent_id = {};
};
TEST(TableOfTest, ATableMayReferToItself) {
  Database db;
  const auto nodes = db.CreateTable<Node>("Node", {PrimaryKey(&Node::id).AutoIncrement(),
                                                   BelongsTo(&Node::parent_id, &Node::id)})
                         .value();
  const auto parent = nodes.BelongsTo(nodes, &Node::parent_id);
  const Ref<Node> root = nodes.Insert({}).value();
  const Ref<Node> leaf = nodes.Insert({}, {parent.To(root)}).value();
  EXPECT_EQ(parent.Get(leaf), root);
  EXPECT_EQ(db.schema().Find("Node")->belongs_to[0].as, "parent");
  EXPECT_THAT(db.Verify(), IsOk());
}

struct Player;
struct Guild {
  int64_t id = 0;
  std::optional<int64_t> leader_id = {};
};
struct Player {
  int64_t id = 0;
  int64_t guild_id = 0;
};
TEST(TableOfTest, TablesOfOneUnitMayReferToEachOtherInAnyOrder) {
  const TableDef guild =
      TableOf<Guild>("Guild", {PrimaryKey(&Guild::id), BelongsTo(&Guild::leader_id, &Player::id)});
  const TableDef player =
      TableOf<Player>("Player", {PrimaryKey(&Player::id), BelongsTo(&Player::guild_id, &Guild::id)});
  for (const std::vector<TableDef>& unit : {std::vector{guild, player}, std::vector{player, guild}}) {
    Database db;
    ASSERT_THAT(db.CreateTables(unit), IsOk());
    EXPECT_EQ(db.schema().Find("Guild")->belongs_to[0].target, "Player");
    EXPECT_EQ(db.schema().Find("Player")->belongs_to[0].target, "Guild");
  }
}

TEST(TableOfTest, AStructOfTwoTablesNeedsTheTargetsName) {
  const auto comments = [](BelongsToDef def) {
    return TableOf<Comment>(
        "Comment", {PrimaryKey(&Comment::id), BelongsTo(&Comment::post_id, &Post::id, std::move(def))});
  };
  EXPECT_THAT(
      Problems({Posts("Post"), Posts("Draft"), comments({})}),
      ElementsAre(AllOf(HasSubstr("create Comment: {\"post_id\"} leads to the struct "),
                        HasSubstr("Post, which is that of 2 tables: Post, Draft (say which with .target)"))));
  Database db;
  ASSERT_THAT(db.CreateTables({Posts("Post"), Posts("Draft"), comments({.target = "Draft"})}), IsOk());
  EXPECT_EQ(db.schema().Find("Comment")->belongs_to[0].target, "Draft");
  EXPECT_EQ(db.schema().Find("Comment")->belongs_to[0].as, "post");
}

TEST(TableOfTest, AStructOfNoTableIsNoTarget) {
  EXPECT_THAT(Problems({TableOf<Comment>(
                  "Comment", {PrimaryKey(&Comment::id), BelongsTo(&Comment::post_id, &Post::id)})}),
              ElementsAre(AllOf(HasSubstr("Post, and no table was made from it"), HasSubstr(".target"))));
}

TEST(TableOfTest, TheTargetMayBeATableMadeByHandOrBefore) {
  Database db;
  ASSERT_THAT(db.CreateTable({.name = "Post"}), IsOk());  // no struct
  ASSERT_THAT(db.CreateTables({Posts("Article")}), IsOk());
  struct C {
    int64_t key = 0;
    std::optional<int64_t> post_id = {}, article_id = {};
  };
  ASSERT_THAT(db.CreateTable<C>("C", {BelongsTo(&C::post_id, &Post::id, {.target = "Post"}),
                                      BelongsTo(&C::article_id, &Post::id)}),
              IsOk());
  EXPECT_EQ(db.schema().Find("C")->belongs_to[0].target, "Post");
  EXPECT_EQ(db.schema().Find("C")->belongs_to[1].target, "Article");
}

TEST(TableOfTest, AUnitMixesStructsAndNames) {
  Database db;
  ASSERT_THAT(
      db.CreateTables(
          {{.name = "Tag",
            .columns = {{.name = "comment", .type = Type::kInt64}},
            .belongs_to = {{.target = "Comment", .as = "about", .foreign_key = {"comment"}}}},
           TableOf<Comment>("Comment", {PrimaryKey(&Comment::id), BelongsTo(&Comment::post_id, &Post::id)}),
           Posts()}),
      IsOk());
  ASSERT_THAT(db.GetTable<Post>("Post").Insert({.id = 1}), IsOk());
  ASSERT_THAT(db.GetTable<Comment>("Comment").Insert({.id = 2, .post_id = 1}), IsOk());
  EXPECT_THAT(db.GetTable("Tag").Insert({{"comment", 2}}), IsOk());
  EXPECT_THAT(db.GetTable("Tag").Insert({{"comment", 3}}),
              ViolationIs(ViolationCode::kMissingTarget, "Tag.about"));
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- What is refused ----

struct Child {
  int64_t id = 0;
  int64_t post_id = 0;
};
TableDef Children(BelongsToDef def, bool stated = false) {
  if (stated) {
    return TableOf<Child>("Child", {PrimaryKey(&Child::id), Default(&Child::post_id, 0),
                                    BelongsTo(&Child::post_id, &Post::id, std::move(def))});
  }
  return TableOf<Child>("Child",
                        {PrimaryKey(&Child::id), BelongsTo(&Child::post_id, &Post::id, std::move(def))});
}

TEST(TableOfTest, SetDefaultNeedsADefaultThatIsStated) {
  EXPECT_THAT(
      Problems({Posts(), Children({.on_delete = Action::kSetDefault})}),
      ElementsAre(HasSubstr("Child.post: on_delete is set default, but post_id may not be null and has no "
                            "default")));
  Database db;
  ASSERT_THAT(db.CreateTables({Posts(), Children({.on_delete = Action::kSetDefault}, true)}), IsOk());
  const auto posts = db.GetTable<Post>("Post");
  const auto children = db.GetTable<Child>("Child");
  const Ref<Post> zero = posts.Insert({}).value();
  const Ref<Post> one = posts.Insert({.id = 1}).value();
  const Ref<Child> child = children.Insert({.post_id = 1}).value();
  ASSERT_THAT(posts.Erase(one), IsOk());
  EXPECT_EQ(children.BelongsTo(posts, &Child::post_id).Get(child), zero);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, SetDefaultTakesAnInitialiserAndTheNullOfAnOptional) {
  struct Stated {
    int64_t key = 0;
    int64_t post_id = 5;
  };
  EXPECT_THAT(Database().CreateTables(
                  {Posts(), TableOf<Stated>("Stated", {BelongsTo(&Stated::post_id, &Post::id,
                                                                 {.on_delete = Action::kSetDefault})})}),
              IsOk());
  EXPECT_THAT(Database().CreateTables(
                  {Posts(), TableOf<Comment>("Comment", {PrimaryKey(&Comment::id),
                                                         BelongsTo(&Comment::post_id, &Post::id,
                                                                   {.on_delete = Action::kSetDefault})})}),
              IsOk());
}

TEST(TableOfTest, SetNullNeedsAnOptional) {
  EXPECT_THAT(
      Problems({Posts(), Children({.on_delete = Action::kSetNull})}),
      ElementsAre("create Child: Child.post: on_delete is set null, but post_id may not be null (make it "
                  "nullable, or choose another action)"));
}

TEST(TableOfTest, ATargetKeyMustBeUnique) {
  struct Note {
    int64_t id = 0;
    std::string title = {};
  };
  EXPECT_THAT(
      Problems(
          {Posts(), TableOf<Note>("Note", {PrimaryKey(&Note::id), BelongsTo(&Note::title, &Post::title)})}),
      ElementsAre(
          "create Note: Note.post leads to Post(title), which is not unique (add {\"title\"} to unique "
          "of Post)"));
}

TEST(TableOfTest, AnOptionOfAMemberThatIsNoColumnIsRefused) {
  EXPECT_THAT(Problems({TableOf<Account>("Account", {Account::Key(), Account::KeyOfSecret()})}),
              ::testing::Contains(HasSubstr("that is no column (add it to its TenonColumns)")));
}

TEST(TableOfTest, APrimaryKeyIsGivenOnce) {
  EXPECT_THAT(Problems({TableOf<Entry>("Entry", {PrimaryKey(&Entry::tenant), PrimaryKey(&Entry::no)})}),
              ElementsAre("create Entry: PrimaryKey is given twice (name all members of the key in one)"));
}

TEST(TableOfTest, ANumberedKeyHasNoDefault) {
  struct Numbered {
    int64_t id = 5;
  };
  const auto refused = ElementsAre(HasSubstr("column id has auto_increment and a default"));
  EXPECT_THAT(Problems({TableOf<Numbered>("T", {PrimaryKey(&Numbered::id).AutoIncrement()})}), refused);
  EXPECT_THAT(Problems({TableOf<One>("T", {PrimaryKey(&One::only).AutoIncrement(), Default(&One::only, 0)})}),
              ElementsAre(HasSubstr("column only has auto_increment and a default")));
  EXPECT_THAT(Problems({TableOf<One>("T", {Default(&One::only, 0), PrimaryKey(&One::only).AutoIncrement()})}),
              ElementsAre(HasSubstr("column only has auto_increment and a default")));
}

TEST(TableOfTest, TwoKeysOnTheSameMembersAreRefused) {
  EXPECT_THAT(Problems({TableOf<Entry>(
                  "Entry", {PrimaryKey(&Entry::tenant, &Entry::no), Unique(&Entry::no, &Entry::tenant)})}),
              ElementsAre(HasSubstr("unique {\"no\", \"tenant\"} is on the columns of key Entry.tenant_no")));
  EXPECT_THAT(Problems({TableOf<Entry>("Entry", {PrimaryKey(&Entry::no, &Entry::no)})}),
              ElementsAre(HasSubstr("has column no twice")));
}

TEST(TableOfTest, TwoAssociationsOrInversesOfOneNameAreRefused) {
  struct C {
    int64_t key = 0;
    std::optional<int64_t> post_id = {}, postId = {};
  };
  EXPECT_THAT(
      Problems({Posts(), TableOf<C>("C", {BelongsTo(&C::post_id, &Post::id, {.inverse = HasMany("cs")}),
                                          BelongsTo(&C::postId, &Post::id, {.inverse = HasMany("cs")})})}),
      ElementsAre(HasSubstr("two associations are named post (set .as of one of them)"),
                  HasSubstr("two inverses of Post are named cs")));
}

TEST(TableOfTest, ATablesNameIsItsOwnAndNotEmpty) {
  EXPECT_THAT(Problems({Posts(), Posts()}), ElementsAre(HasSubstr("two tables of the unit have this name")));
  EXPECT_THAT(Problems({Posts("")}), ElementsAre("create a table: it has no name (set .name)"));
}

TEST(TableOfTest, AllThatIsWrongIsToldAtOnce) {
  struct Wrong {
    int64_t key = 0;
    int64_t post_id = 0;
    int32_t seven = 7;
  };
  EXPECT_THAT(
      Problems(
          {Posts("Post"),
           TableOf<Wrong>("Wrong", {PrimaryKey(&Wrong::key), PrimaryKey(&Wrong::seven),
                                    Default(&Wrong::seven, 8), Unique(&Wrong::key),
                                    BelongsTo(&Wrong::post_id, &Post::id, {.on_delete = Action::kSetNull})}),
           TableOf<Comment>("Comment", {PrimaryKey(&Comment::id), BelongsTo(&Comment::post_id, &Node::id)})}),
      ::testing::UnorderedElementsAre(HasSubstr("PrimaryKey is given twice"), HasSubstr("has Default 8"),
                                      HasSubstr("is on the columns of key Wrong.key"),
                                      HasSubstr("on_delete is set null"),
                                      HasSubstr("no table was made from it")));
}

TEST(TableOfTest, CreateTableSaysWhyItMadeNone) {
  Database db;
  EXPECT_THAT(db.CreateTable<Post>("Post"), Fails(absl::StatusCode::kInvalidArgument,
                                                  ViolationCode::kDefinition, HasSubstr("create Post: ")));
  EXPECT_THAT(db.schema().tables, IsEmpty());
  ASSERT_THAT(db.CreateTables({Posts()}), IsOk());
  const Transaction tx = db.Begin();
  EXPECT_THAT(db.CreateTable<Node>("Node", {PrimaryKey(&Node::id)}),
              ViolationIs(ViolationCode::kTransaction));
}

// ---- Tables and structs that were not made for each other ----

TEST(TableOfTest, TheDynamicFaceOpensWhatStructsDefined) {
  Database db;
  const auto posts = db.CreateTable<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()}).value();
  const Ref<> hello = db.GetTable("Post").Insert({{"title", "Hello"}}).value();
  EXPECT_EQ(posts.Get(Ref<Post>(hello))->title, "Hello");
  EXPECT_EQ(*db.GetTable("Post").Get(posts.Insert({.title = "x"}).value(), "id"), Value(2));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, AStructOpensATableMadeByHandThatKnowsMore) {
  Database db;
  ASSERT_THAT(
      db.CreateTable({.name = "Post",
                      .columns = {{.name = "image", .type = Type::kBytes, .default_value = Bytes{"none"}},
                                  {.name = "title", .type = Type::kString, .not_null = true},
                                  {.name = "id", .not_null = true},
                                  {.name = "rank", .default_value = 3}},
                      .primary_key = {"id"}}),
      IsOk());
  const auto posts = db.GetTable<Post>("Post");
  ASSERT_THAT(posts.status(), IsOk());
  const Ref<Post> hello = posts.Insert({.id = 4, .title = "Hello"}).value();
  EXPECT_EQ(posts.Get(hello)->id, 4);
  EXPECT_EQ(posts.Get(hello)->title, "Hello");
  const Table<> untyped = posts;
  EXPECT_EQ(*untyped.Get(hello, "image"), Value(Bytes{"none"}));
  ASSERT_THAT(untyped.Set(hello, "rank", 9), IsOk());
  ASSERT_THAT(posts.Replace(hello, {.id = 4, .title = "Bye"}), IsOk());
  ASSERT_THAT(posts.Upsert({.id = 4, .title = "Bye, bye"}), IsOk());
  EXPECT_EQ(*untyped.Get(hello, "rank"), Value(9)) << "what the struct does not know stays";
  EXPECT_EQ(posts.Where(Col(&Post::title) == "Bye, bye").Rows().size(), 1u);
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, OneStructServesSeveralTables) {
  Database db;
  ASSERT_THAT(db.CreateTables({Posts("Post"), Posts("Draft")}), IsOk());
  const auto posts = db.GetTable<Post>("Post");
  const auto drafts = db.GetTable<Post>("Draft");
  const Ref<Post> post = posts.Insert({.id = 1, .title = "post"}).value();
  const Ref<Post> draft = drafts.Insert({.id = 1, .title = "draft"}).value();
  EXPECT_EQ(*posts.Get(post, &Post::title), "post");
  EXPECT_EQ(*drafts.Get(draft, &Post::title), "draft");
  EXPECT_THAT(posts.Get(draft), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(drafts.Erase(post), ViolationIs(ViolationCode::kStale));
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, OneTableServesSeveralStructs) {
  struct Title {
    std::string title = {};
  };
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()})}), IsOk());
  const auto titles = db.GetTable<Title>("Post");
  const Ref<Title> a = titles.Insert({.title = "a"}).value();
  EXPECT_EQ(db.GetTable<Post>("Post").Get(Ref<Post>(a))->id, 1);
  EXPECT_EQ(titles.Get(a)->title, "a");
  EXPECT_THAT(db.Verify(), IsOk());
}

TEST(TableOfTest, AStructThatDoesNotFitListsEveryMismatch) {
  Database db;
  ASSERT_THAT(db.CreateTables({TableOf<Comment>("Comment", {PrimaryKey(&Comment::id)})}), IsOk());
  struct Other {
    int32_t id = 0;
    int64_t post_id = 0;
    std::optional<std::string> body = {};
    bool missing = false;
  };
  const auto others = db.GetTable<Other>("Comment");
  std::vector<std::string> messages;
  for (const Violation& violation : GetViolations(others.status())) messages.push_back(violation.message);
  EXPECT_THAT(
      messages,
      ElementsAre(
          AllOf(HasSubstr("open Comment as "),
                HasSubstr("id is int32 in the struct and int64 in the table (make both of one type)")),
          HasSubstr("post_id may be null in the table (make it a std::optional)"),
          HasSubstr("body is never null in the table (make it no std::optional)"),
          HasSubstr("missing is no column of it")));
  EXPECT_EQ(others.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(others.Insert({}).status(), others.status());
  EXPECT_EQ(others.size(), 0u);
}

TEST(TableOfTest, ATableThatIsNotThereSaysSo) {
  Database db;
  EXPECT_THAT(db.GetTable<Post>("Post").status(),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("Post")));
}

TEST(TableOfTest, AConstDatabaseOnlyReads) {
  Database db;
  const auto posts = db.CreateTable<Post>("Post", {PrimaryKey(&Post::id)}).value();
  const Ref<Post> hello = posts.Insert({.id = 1, .title = "Hello"}).value();
  const std::string before = db.Dump();

  const Table<Post> reader = std::as_const(db).GetTable<Post>("Post");

  ASSERT_THAT(reader.status(), IsOk());
  EXPECT_EQ(reader.Get(hello)->title, "Hello");
  EXPECT_EQ(reader.Find(&Post::id, 1), hello);
  EXPECT_EQ(reader.Column(&Post::title)[hello], "Hello");
  EXPECT_EQ(reader.Where(Col(&Post::title) == "Hello").First(), hello);
  const auto refused = ViolationIs(ViolationCode::kReadOnly);
  EXPECT_THAT(reader.Insert({.id = 2}), refused);
  EXPECT_THAT(reader.InsertAll({{.id = 2}}), refused);
  EXPECT_THAT(reader.Set(hello, &Post::title, "x"), refused);
  EXPECT_THAT(reader.Update(hello, {{&Post::title, "x"}}), refused);
  EXPECT_THAT(reader.Replace(hello, {}), refused);
  EXPECT_THAT(reader.Upsert({}), refused);
  EXPECT_THAT(reader.Erase(hello), refused);
  EXPECT_THAT(reader.EraseAll({hello}), refused);
  EXPECT_THAT(reader.Clear(), refused);
  EXPECT_THAT(reader.PlanErase(hello), refused);
  EXPECT_THAT(reader.All().Erase(), refused);
  EXPECT_THAT(reader.All().Update({{&Post::title, "x"}}), refused);
  EXPECT_THAT(reader.MutableColumn(&Post::id).status(), refused);
  EXPECT_EQ(db.Dump(), before);
}

// ---- What a hard reading found ----

struct Twice {
  int64_t id = 0;
  int64_t v = 0;
  friend auto TenonColumns(const Twice*) {
    return tenon::Columns("id", &Twice::id, "v", &Twice::v, "w", &Twice::v);
  }
};

TEST(ColumnsTest, AMemberThatIsNamedTwiceIsRefused) {
  Database db;
  EXPECT_THAT(db.CreateTable<Twice>("Twice", {PrimaryKey(&Twice::id)}),
              testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                ::testing::HasSubstr("columns v and w are one member")));
  ASSERT_THAT(db.CreateTable({.name = "Twice",
                              .columns = {{.name = "id", .not_null = true},
                                          {.name = "v", .not_null = true},
                                          {.name = "w", .not_null = true}},
                              .primary_key = {"id"}}),
              IsOk());
  EXPECT_THAT(db.GetTable<Twice>("Twice").status(),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("named twice")));
}

struct Owner {
  int64_t id = 0;
};
struct Owned {
  int64_t id = 0;
  std::optional<int64_t> owner_id = {};
};

TEST(AddBelongsToTest, ATargetThatLeadsNowhereOrElsewhereIsRefused) {
  Database db, other;
  const auto owned = db.CreateTable<Owned>("Owned", {PrimaryKey(&Owned::id)}).value();
  ASSERT_THAT(db.CreateTable<Owner>("Owner", {PrimaryKey(&Owner::id)}), IsOk());
  const auto elsewhere = other.CreateTable<Owner>("Owner", {PrimaryKey(&Owner::id)}).value();
  const auto nowhere = db.GetTable<Owner>("Nobody");

  EXPECT_THAT(db.AddBelongsTo(owned, &Owned::owner_id, nowhere, &Owner::id),
              testing::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(db.AddBelongsTo(owned, &Owned::owner_id, elsewhere, &Owner::id),
              testing::StatusIs(absl::StatusCode::kNotFound, ::testing::HasSubstr("another Database")));
  EXPECT_THAT(db.AddBelongsTo(owned, &Owned::owner_id, db.GetTable<Owner>("Owner"), &Owner::id), IsOk());
}

}  // namespace
}  // namespace tenon
