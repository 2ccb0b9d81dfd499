// Programs that must not compile, and what compilers must say of them. Each is chosen by its name; above it stands the
// sentence that must be printed, of one compiler or of both. Behind #elif is the same without the mistake: all of these
// together are the control, which compiles.
#include "tests/mistakes/shop.h"

using namespace tenon;  // NOLINT: it is what beginners write

void Program(Shop& shop) {
  [[maybe_unused]] auto& [db, users, posts, user, ann, hello] = shop;

  // ---- Definitions ----

  // g++    'titel' is not a member of 'Post'
  // clang  no member named 'titel' in 'Post'
#ifdef MISSPELT_MEMBER
  TableOf<Post>("Post", {Unique(&Post::titel)});
#elif defined(CONTROL)
  TableOf<Post>("Post", {Unique(&Post::title)});
#endif

  // both   a foreign-key member must have the type of its target-key member (std::optional around it = nullable)
#ifdef FOREIGN_KEY_OF_ANOTHER_TYPE
  TableOf<Post>("Post", {PrimaryKey(&Post::id), BelongsTo(&Post::score, &User::id)});
#elif defined(CONTROL)
  TableOf<Post>("Post", {PrimaryKey(&Post::id), BelongsTo(&Post::user_id, &User::id)});
#endif

  // both   a foreign-key member must have the type of its target-key member
#ifdef FOREIGN_KEY_OF_ANOTHER_TYPE_ADDED
  (void)db.AddBelongsTo(posts, &Post::score, users, &User::id);
#elif defined(CONTROL)
  (void)db.AddBelongsTo(posts, &Post::user_id, users, &User::id);
#endif

  // both   a foreign key has as many members as its target key
#ifdef FOREIGN_KEY_OF_ANOTHER_LENGTH
  BelongsTo(Key(&Post::user_id, &Post::id), Key(&User::id));
#elif defined(CONTROL)
  BelongsTo(Key(&Post::user_id), Key(&User::id));
#endif

  // both   a target key can't be std::optional
#ifdef OPTIONAL_TARGET_KEY
  BelongsTo(&Post::user_id, &Post::rank);
#elif defined(CONTROL)
  BelongsTo(&Post::user_id, &Post::id);
#endif

  // both   a primary key can't be std::optional
#ifdef OPTIONAL_PRIMARY_KEY
  PrimaryKey(&Post::rank);
#elif defined(CONTROL)
  PrimaryKey(&Post::id);
#endif

  // both   bool, float and double can't be part of a key
#ifdef FLOATING_KEY
  struct Point {
    double x = 0;
  };
  Unique(&Point::x);
#endif

  // both   AutoIncrement is for a key of one int32 or int64
#ifdef COUNTING_TEXT
  PrimaryKey(&Post::title).AutoIncrement();
#elif defined(CONTROL)
  PrimaryKey(&Post::id).AutoIncrement();
#endif

  // g++    could not convert
  // clang  no matching function for call to 'TableOf'
#ifdef KEY_OF_ANOTHER_STRUCT
  TableOf<Post>("Post", {PrimaryKey(&User::id)});
#endif

  // g++    designator order for field 'tenon::BelongsToDef::inverse' does not match declaration order
  // clang  ISO C++ requires field designators to be specified in declaration order
#ifdef DESIGNATORS_OUT_OF_ORDER
  BelongsTo(&Post::user_id, &User::id, {.on_delete = Action::kCascade, .inverse = HasMany("posts")});
#elif defined(CONTROL)
  BelongsTo(&Post::user_id, &User::id, {.inverse = HasMany("posts"), .on_delete = Action::kCascade});
#endif

  // ---- Structs ----

  // both   for small or unsigned integers take the next wider signed one
#ifdef UNSIGNED_MEMBER
  struct Row {
    std::uint64_t n = 0;
  };
  TableOf<Row>("Row");
#elif defined(CONTROL)
  struct Row {
    std::int64_t n = 0;
  };
  TableOf<Row>("Row");
#endif

  // both   a member of a row is bool, a signed integer of 32 or 64 bits, an enum, float, double, std::string
#ifdef CHAR_MEMBER
  struct Row {
    char c = 0;
  };
  TableOf<Row>("Row");
#endif

  // both   a member of a row is bool, a signed integer of 32 or 64 bits, an enum, float, double, std::string
#ifdef STRING_VIEW_MEMBER
  struct Row {
    std::string_view s = {};
  };
  TableOf<Row>("Row");
#endif

  // both   a member of a row is bool, a signed integer of 32 or 64 bits, an enum, float, double, std::string
#ifdef VECTOR_MEMBER
  struct Row {
    std::vector<int> v = {};
  };
  TableOf<Row>("Row");
#endif

  // both   a member of a row is bool, a signed integer of 32 or 64 bits, an enum, float, double, std::string
#ifdef STRUCT_MEMBER
  struct Row {
    User u = {};
  };
  TableOf<Row>("Row");
#endif

  // both   a row struct has at most 32 members; put the others into a table of their own, has-one
#ifdef TOO_MANY_MEMBERS
  struct Row {
    int a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0, a8 = 0, a9 = 0, a10 = 0;
    int b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0, b8 = 0, b9 = 0, b10 = 0;
    int c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0, c8 = 0, c9 = 0, c10 = 0;
  };
  TableOf<Row>("Row");
#endif

  // both   a row struct has at least one member
#ifdef NO_MEMBERS
  struct Row {};
  TableOf<Row>("Row");
#endif

  // both   with private members, constructors or virtual functions it needs a friend TenonColumns
#ifdef PRIVATE_MEMBERS
  class Row {
    std::int64_t id_ = 0;
  };
  TableOf<Row>("Row");
#endif

  // both   a row struct has no base; give it a friend TenonColumns
#ifdef BASE_CLASS
  struct Row : User {
    std::int64_t n = 0;
  };
  TableOf<Row>("Row");
#endif

  // both   an_array_or_bit_field_needs_a_friend_TenonColumns
#ifdef ARRAY_MEMBER
  struct Row {
    std::int64_t n = 0;
    int a[3] = {};
  };
  TableOf<Row>("Row");
#endif

  // ---- Rows ----

  // both   this member is of another struct than the table's
#ifdef GET_OF_ANOTHER_STRUCT
  (void)posts.Get(hello, &User::name);
#elif defined(CONTROL)
  (void)posts.Get(hello, &Post::title);
#endif

  // both   this member is of another struct than the table's
#ifdef COLUMN_OF_ANOTHER_STRUCT
  (void)posts.Column(&User::id);
#elif defined(CONTROL)
  (void)posts.Column(&Post::id);
#endif

  // both   this member is of another struct than the table's
#ifdef UPDATE_OF_ANOTHER_STRUCT
  (void)posts.Update(hello, {{&User::name, "x"}});
#elif defined(CONTROL)
  (void)posts.Update(hello, {{&Post::title, "x"}});
#endif

  // both   this member is of another struct than the table's
#ifdef SET_OF_ANOTHER_STRUCT
  (void)posts.Set(hello, &User::name, "x");
#elif defined(CONTROL)
  (void)posts.Set(hello, &Post::title, "x");
#endif

  // both   this member is of another struct than the table's
#ifdef FIND_OF_ANOTHER_STRUCT
  (void)posts.Find(&User::id, 1);
#elif defined(CONTROL)
  (void)posts.Find(&Post::id, 1);
#endif

  // g++    cannot convert 'tenon::Predicate<User>' to 'const tenon::Predicate<Post>&'
  // clang  no viable conversion from 'Predicate<User>' to 'const Predicate<Post>'
#ifdef WHERE_OF_ANOTHER_STRUCT
  (void)posts.Where(Col(&User::id) == 1).Count();
#elif defined(CONTROL)
  (void)posts.Where(Col(&Post::id) == 1).Count();
#endif

  // both   the value doesn't convert to the type of the column
#ifdef UPDATE_TO_A_VALUE_THAT_DOES_NOT_FIT
  (void)posts.Update(hello, {{&Post::title, 3}});
#elif defined(CONTROL)
  (void)posts.Update(hello, {{&Post::score, 3}});
#endif

  // both   the value doesn't convert to the type of the column
#ifdef UPDATE_TO_A_WIDER_INTEGER
  (void)posts.Update(hello, {{&Post::score, std::int64_t{3}}});
#elif defined(CONTROL)
  (void)posts.Update(hello, {{&Post::id, std::int32_t{3}}});
#endif

  // both   integers are computed for integer columns, floating-point numbers for theirs
#ifdef UPDATE_TO_A_SUM_OF_ANOTHER_KIND
  struct Point {
    double x = 0;
    int n = 0;
  };
  (void)Table<Point>().Update({}, {{&Point::n, Col(&Point::x) + 1}});
#endif

  // both   integers are computed with integers of up to 64 bits, floating-point numbers with numbers
#ifdef SUM_WITH_A_FRACTION
  (void)posts.Update(hello, {{&Post::score, Col(&Post::score) + 1.5}});
#elif defined(CONTROL)
  (void)posts.Update(hello, {{&Post::score, Col(&Post::score) + 1}});
#endif

  // both   a column is compared with a constant of its kind (numbers with numbers, text with text)
#ifdef COMPARE_WITH_ANOTHER_KIND
  (void)posts.Where(Col(&Post::title) == 3).Count();
#elif defined(CONTROL)
  (void)posts.Where(Col(&Post::title) == "three").Count();
#endif

  // both   a comparison with null is never true; ask IsNull()
#ifdef COMPARE_WITH_NULLOPT
  (void)posts.Where(Col(&Post::rank) == std::nullopt).Count();
#elif defined(CONTROL)
  (void)posts.Where(Col(&Post::rank).IsNull()).Count();
#endif

  // both   the value doesn't convert to the type of the column
#ifdef SET_TO_A_VALUE_THAT_DOES_NOT_FIT
  (void)posts.Set(hello, &Post::title, 3);
#elif defined(CONTROL)
  (void)posts.Set(hello, &Post::score, 3);
#endif

  // both   the value doesn't convert to the type of the column
#ifdef WIDER_VALUE_FOR_SET
  (void)posts.Set(hello, &Post::score, std::int64_t{1} << 40);
#endif

  // both   the value doesn't convert to the type of the column
#ifdef FRACTION_FOR_FIND
  (void)posts.Find(&Post::id, 1.9);
#elif defined(CONTROL)
  (void)posts.Find(&Post::id, 1);
#endif

  // both   the value doesn't convert to the type of the column
#ifdef FRACTION_FOR_LOOKUP
  (void)posts.Lookup(&Post::id).Find(1.9);
#elif defined(CONTROL)
  (void)posts.Lookup(&Post::id).Find(1);
#endif

  // both   the value doesn't convert to the type of the column
#ifdef TEXT_FOR_DEFAULT
  Default(&Post::score, "three");
#elif defined(CONTROL)
  Default(&Post::score, 3);
#endif

  // both   an enum is not computed with
#ifdef COMPUTED_ENUM
  enum class Kind : std::uint8_t { kOne };
  struct Thing {
    Kind kind = Kind::kOne;
    std::int32_t n = 0;
  };
  Assignment<Thing>(&Thing::kind, Col(&Thing::n) + 300);
#endif

  // g++    cannot convert
  // clang  cannot convert argument of incomplete type
#ifdef UPDATE_WITH_DESIGNATORS
  (void)posts.Update(hello, {.title = "x"});
#endif

  // both   MutableColumn is for plain numbers and bool; use Set, or Update for several
#ifdef MUTABLE_COLUMN_OF_OPTIONAL
  (void)posts.MutableColumn(&Post::rank);
#elif defined(CONTROL)
  (void)posts.MutableColumn(&Post::score);
#endif

  // both   MutableColumn is for plain numbers and bool; use Set, or Update for several
#ifdef MUTABLE_COLUMN_OF_STRING
  (void)posts.MutableColumn(&Post::title);
#endif

  // ---- Refs ----

  // both   'Ref<User>' to 'Ref<Post>'
#ifdef REF_OF_ANOTHER_TABLE
  (void)posts.Get(ann);
#elif defined(CONTROL)
  (void)posts.Get(hello);
#endif

  // both   'Ref<User>' to 'Ref<Post>'
#ifdef REFS_SWAPPED
  (void)user.Set(ann, hello);
#elif defined(CONTROL)
  (void)user.Set(hello, ann);
#endif

  // g++    use of deleted function
  // clang  overload resolution selected deleted operator '=='
#ifdef REFS_OF_TWO_TABLES_COMPARED
  (void)(ann == hello);
#elif defined(CONTROL)
  (void)(ann == user.Get(hello));
#endif

  // ---- Answers ----

  // g++    ignoring return value of
  // clang  ignoring return value of function declared with 'nodiscard' attribute
#ifdef STATUS_IGNORED
  posts.Set(hello, &Post::title, "x");
#endif

  // g++    ignoring return value of
  // clang  ignoring return value of function declared with 'nodiscard' attribute
#ifdef INSERT_IGNORED
  posts.Insert({.title = "x"});
#endif

  // g++    ignoring return
  // clang  ignoring return value of function declared with 'nodiscard' attribute
#ifdef BEGIN_IGNORED
  db.Begin();
#elif defined(CONTROL)
  const Transaction tx = db.Begin();
#endif

  // g++    has no member named 'Insert'
  // clang  did you mean to use '->' instead of '.'?
#ifdef STAR_FORGOTTEN_OF_A_TABLE
  auto things = db.CreateTable<User>("Thing");
  (void)things.Insert({});
#elif defined(CONTROL)
  auto things = *db.CreateTable<User>("Thing");
  (void)things.Insert({});
#endif

  // both   no known conversion
#ifdef STAR_FORGOTTEN_OF_A_REF
  auto post = posts.Insert({.title = "x"});
  (void)posts.Get(post);
#elif defined(CONTROL)
  auto post = *posts.Insert({.title = "x"});
  (void)posts.Get(post);
#endif
}
