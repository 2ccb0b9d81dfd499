// Indexes: rows are found by columns that are no key, whatever is written, and nobody can tell otherwise.
#include <cstddef>
#include <cstdint>
#include <functional>
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
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::tenon::testing::Tables;
using ::tenon::testing::ViolationIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Town(id), Person(id, name, townId, age), with indexes over the name, the town and both; people go with their town, or
// lose it, or follow its key.
std::vector<TableDef> TownAndPerson(Action on_delete, std::vector<KeyColumns> index = {
                                                          "name", "townId", {"townId", "name"}, {"age"}}) {
  return {{.name = "Town", .columns = {{.name = "id"}}, .primary_key = {"id"}},
          {.name = "Person",
           .columns = {{.name = "id", .not_null = true},
                       {.name = "name", .type = Type::kString},
                       {.name = "townId"},
                       {.name = "age", .type = Type::kInt32, .not_null = true, .default_value = 7}},
           .primary_key = {"id"},
           .belongs_to = {{.target = "Town", .on_delete = on_delete, .on_update = Action::kCascade}},
           .index = std::move(index)}};
}

constexpr std::string_view kLong = "a name that is longer than a cell";

// Towns 1 to 3; people 1 to 6: two of them in each of towns 1 and 2, two nowhere.
struct People : Tables {
  explicit People(std::vector<TableDef> tables = TownAndPerson(Action::kCascade))
      : Tables(std::move(tables), {{"Town", {{1}, {2}, {3}}},
                                   {"Person",
                                    {{1, "Ann", 1},
                                     {2, "Bob", 1},
                                     {3, "Ann", 2, 9},
                                     {4, kLong, 2},
                                     {5, "Bob", {}},
                                     {6, {}, {}, 9}}}}) {}
  Table<> people() { return db().GetTable("Person"); }
};

std::vector<int64_t> Ids(const Query<>& query) {
  EXPECT_THAT(query.status(), IsOk());
  std::vector<int64_t> ids;
  for (const std::vector<Value>& row : query.Rows()) ids.push_back(*row[0].As<int64_t>());
  return ids;
}

// Whether all indexes lead to the rows that a walk finds.
void ExpectKept(People& t) {
  EXPECT_THAT(t.db().Verify(), IsOk());
  std::vector<Predicate<>> conditions;
  for (const Value& name : {Value("Ann"), Value("Bob"), Value("Cid"), Value(kLong)}) {
    conditions.push_back(Col("name") == name);
    for (int town = 1; town <= 5; ++town) conditions.push_back(Col("name") == name && Col("townId") == town);
  }
  for (int number = 1; number <= 9; ++number) {
    conditions.push_back(Col("townId") == number);
    conditions.push_back(Col("age") == number);
  }
  for (const Predicate<>& condition : conditions) {
    const Query<> by_index = t.people().Where(condition);
    EXPECT_THAT(by_index.Explain(), Not(HasSubstr("walk")));
    const Query<> by_walk = t.people().Where(condition || condition);
    EXPECT_THAT(by_walk.Explain(), HasSubstr("walk"));
    EXPECT_EQ(by_index.Refs(), by_walk.Refs()) << by_index.Explain();
  }
}

// ---- Declared ----

struct Track {
  int64_t id = 0;
  std::string artist = {};
  std::optional<int32_t> year = {};
};

TEST(IndexTest, DeclaredByStructOrByNamesItIsTheSame) {
  Database by_struct, by_names;
  ASSERT_THAT(by_struct.CreateTable<Track>("Track", {PrimaryKey(&Track::id), Index(&Track::artist),
                                                     Index(&Track::year, &Track::artist)}),
              IsOk());
  ASSERT_THAT(by_names.CreateTable({.name = "Track",
                                    .columns = {{.name = "id", .not_null = true},
                                                {.name = "artist", .type = Type::kString, .not_null = true},
                                                {.name = "year", .type = Type::kInt32}},
                                    .primary_key = {"id"},
                                    .index = {"artist", {"year", "artist"}}}),
              IsOk());
  const auto indexes = [](const Database& db) {
    std::string text;
    const Schema schema = db.schema();
    for (const KeyInfo& key : schema.Find("Track")->keys) {
      text += key.constraint + (key.primary ? " primary\n" : key.unique ? " unique\n" : " index\n");
    }
    return text;
  };
  EXPECT_EQ(indexes(by_struct), "Track.id primary\nTrack.artist index\nTrack.year_artist index\n");
  EXPECT_EQ(indexes(by_struct), indexes(by_names));
  const Table<Track> tracks = by_struct.GetTable<Track>("Track");
  ASSERT_THAT(tracks.InsertAll({{1, "Nina", 1965}, {2, "Ella", 1956}, {3, "Nina", {}}}), IsOk());
  EXPECT_EQ(tracks.Where(Col(&Track::artist) == "Nina").Explain(),
            "Track: 2 by index Track.artist, 2 found where artist = 'Nina'\n");
  EXPECT_EQ(tracks.Where(Col(&Track::artist) == "Nina" && Col(&Track::year) == 1965).Rows()[0].id, 1);
}

TEST(IndexTest, AddedToAStructsTableItFindsTheRowsThatAreThere) {
  Database db;
  const auto tracks = db.CreateTable<Track>("Track", {PrimaryKey(&Track::id)}).value();
  ASSERT_THAT(tracks.InsertAll({{1, "Nina", 1965}, {2, "Ella", 1956}, {3, "Nina", {}}}), IsOk());
  ASSERT_THAT(db.AddIndex(tracks, &Track::artist), IsOk());
  ASSERT_THAT(db.AddIndex(tracks, &Track::artist, &Track::year), IsOk());
  const Query<Track> query = tracks.Where(Col(&Track::artist) == "Ella");
  EXPECT_EQ(query.Explain(), "Track: 1 by index Track.artist, 1 found where artist = 'Ella'\n");
  EXPECT_EQ(query.Rows()[0].id, 2);
  EXPECT_THAT(db.Verify(), IsOk());
}

// ---- Found ----

TEST(IndexTest, FindGivesTheFirstRowInSlotOrder) {
  People t;
  ASSERT_THAT(t.Update("Person", 1, {{"name", "Cid"}}), IsOk());
  ASSERT_THAT(t.Update("Person", 1, {{"name", "Ann"}}),
              IsOk());  // after 3 in the index, before it in the table
  EXPECT_EQ(t.people().Find("name", "Ann"), t.Row("Person", 1));
  EXPECT_THAT(Ids(t.people().Where(Col("name") == "Ann")), ElementsAre(1, 3));
  ASSERT_THAT(t.Erase("Person", 1), IsOk());
  EXPECT_EQ(t.people().Find("name", "Ann"), t.Row("Person", 3));
  EXPECT_FALSE(t.people().Find("name", "Eve"));
  EXPECT_EQ(t.people().Find({{{"name", "Bob"}, {"townId", 1}}}), t.Row("Person", 2))
      << "in any order of columns";
}

TEST(IndexTest, NullsAreNotFound) {
  People t;
  EXPECT_FALSE(t.people().Find("name", nullptr));
  EXPECT_FALSE(t.people().Find({{{"name", "Bob"}, {"townId", nullptr}}}));
  EXPECT_THAT(Ids(t.people().Where(Col("name") == nullptr)), IsEmpty());
  EXPECT_THAT(Ids(t.people().Where(Col("name") == "Bob" && Col("townId") == nullptr)), IsEmpty());
  EXPECT_THAT(Ids(t.people().Where(Col("name") == "Bob" && Col("townId").IsNull())), ElementsAre(5));
  EXPECT_THAT(Ids(t.people().Where(Col("name").IsNull())), ElementsAre(6));
}

TEST(IndexTest, ANumberBeyondTheColumnsTypeIsFoundNowhere) {
  People t;
  EXPECT_THAT(Ids(t.people().Where(Col("age") == (int64_t{1} << 32) + 9)), IsEmpty());
  EXPECT_FALSE(t.people().Find("age", (int64_t{1} << 32) + 9));
  EXPECT_THAT(Ids(t.people().Where(Col("age") == int64_t{9})), ElementsAre(3, 6));
}

// ---- Kept ----

struct Write {
  std::string_view name;
  std::function<absl::Status(People&)> run;
};

const std::vector<Write>& Writes() {
  static const std::vector<Write> writes = {
      {"insert",
       [](People& t) {
         return t.Insert("Person", {7, "Ann", 1, 9});
       }},
      {"insert all",
       [](People& t) {
         return t.InsertAll("Person", {{7, "Ann", 3}, {8, kLong, {}}});
       }},
      {"insert columns",
       [](People& t) {
         const std::vector<int64_t> ids = {7, 8};
         const std::vector<std::string_view> names = {"Cid", "Ann"};
         return t.people().InsertColumns({{"id", ids}, {"name", names}}).status();
       }},
      {"set", [](People& t) { return t.people().Set(t.Row("Person", 1), "name", "Bob"); }},
      {"set to null", [](People& t) { return t.people().Set(t.Row("Person", 4), "name", nullptr); }},
      {"set from null", [](People& t) { return t.people().Set(t.Row("Person", 6), "name", kLong); }},
      {"set a foreign key", [](People& t) { return t.people().Set(t.Row("Person", 1), "townId", 2); }},
      {"link",
       [](People& t) { return t.people().BelongsTo("town").Set(t.Row("Person", 5), t.Row("Town", 3)); }},
      {"unlink", [](People& t) { return t.people().BelongsTo("town").Clear(t.Row("Person", 1)); }},
      {"update",
       [](People& t) {
         return t.Update("Person", 2, {{"name", "Cid"}, {"townId", 3}, {"age", 8}});
       }},
      {"update all",
       [](People& t) {
         return t.UpdateAll("Person", {{"age", Col("age") - 1}});
       }},
      {"update by a query",
       [](People& t) {
         return t.Update("Person", Col("name") == "Ann", {{"name", "Bob"}, {"age", 1}});
       }},
      {"upsert, new",
       [](People& t) {
         return t.people().Upsert({{{"id", 9}, {"name", "Ann"}, {"townId", 2}}}).status();
       }},
      {"upsert, there",
       [](People& t) {
         return t.people().Upsert({{{"id", 1}, {"name", "Cid"}}}).status();
       }},
      {"erase", [](People& t) { return t.Erase("Person", 3); }},
      {"erase by a query", [](People& t) { return t.Erase("Person", Col("name") == "Bob"); }},
      {"erase the town", [](People& t) { return t.Erase("Town", 1); }},
      {"change the town's key",
       [](People& t) {
         return t.Update("Town", 1, {{"id", 4}});
       }},
      {"swap keys of towns",
       [](People& t) {
         return t.UpdateAll("Town", {{"id", Col("id") * -1 + 4}});
       }},
      {"batch",
       [](People& t) {
         return t.db().Batch([&](Batch& b) {
           b.Erase(t.people(), t.Row("Person", 2));
           b.Insert(t.people(), {{{"id", 7}, {"name", "Bob"}, {"townId", 3}}});
           b.Update(t.people(), t.Row("Person", 1), {{{"name", "Cid"}}});
           b.Set(t.people().BelongsTo("town"), t.Row("Person", 6), t.Row("Town", 2));
         });
       }},
      {"clear", [](People& t) { return t.Clear("Person"); }},
      {"clear both",
       [](People& t) {
         return t.db().Clear({t.people(), t.db().GetTable("Town")});
       }},
  };
  return writes;
}

TEST(IndexTest, EveryWriteKeepsIt) {
  for (const Action on_delete : {Action::kCascade, Action::kSetNull}) {
    for (const Write& write : Writes()) {
      SCOPED_TRACE(write.name);
      People t(TownAndPerson(on_delete));
      const std::string before = t.db().Dump();
      EXPECT_THAT(t.Run([&] { return write.run(t); }), IsOk());
      EXPECT_NE(t.db().Dump(), before) << "changes nothing: no test";
      ExpectKept(t);
      EXPECT_THAT(t.InsertAll("Town", {{5}}), IsOk());
      EXPECT_THAT(t.InsertAll("Person", {{20, "Ann", 5}, {21, "Bob", {}}}), IsOk());
      ExpectKept(t);
    }
  }
}

TEST(IndexTest, EveryRollbackKeepsIt) {
  for (const Action on_delete : {Action::kCascade, Action::kSetNull}) {
    for (const Write& write : Writes()) {
      SCOPED_TRACE(write.name);
      People t(TownAndPerson(on_delete));
      const std::string before = t.db().Dump();
      {
        const Transaction undone = t.db().Begin();
        EXPECT_THAT(write.run(t), IsOk());
        ExpectKept(t);
      }
      EXPECT_EQ(t.db().Dump(), before);
      ExpectKept(t);
    }
  }
}

TEST(IndexTest, ASavepointUndoesItsOwnPart) {
  for (const Write& write : Writes()) {
    SCOPED_TRACE(write.name);
    People t;
    Transaction kept = t.db().Begin();
    EXPECT_THAT(t.Insert("Person", {30, "Ann", 3}), IsOk());
    {
      const Transaction undone = t.db().Begin();
      EXPECT_THAT(t.Run([&] { return write.run(t); }), IsOk());
      ExpectKept(t);
    }
    ExpectKept(t);
    EXPECT_THAT(Ids(t.people().Where(Col("name") == "Ann")), ElementsAre(1, 3, 30));
    EXPECT_THAT(kept.Commit(), IsOk());
    ExpectKept(t);
  }
}

TEST(IndexTest, ARefusedWriteKeepsIt) {
  People t;
  EXPECT_THAT(t.InsertAll("Person", {{7, "Ann", 1}, {8, "Cid", 99}}),
              ViolationIs(ViolationCode::kMissingTarget));
  EXPECT_THAT(t.UpdateAll("Person", {{"name", "Cid"}, {"id", 1}}), ViolationIs(ViolationCode::kUnique));
  ExpectKept(t);
  EXPECT_THAT(Ids(t.people().Where(Col("name") == "Cid")), IsEmpty());
}

TEST(IndexTest, AChangeSetKeepsIt) {
  for (const Write& write : Writes()) {
    SCOPED_TRACE(write.name);
    People leader, follower;
    const Subscription subscription =
        leader.db()
            .Observe([&](const ChangeSet& changes) { EXPECT_THAT(follower.db().Apply(changes), IsOk()); })
            .value();
    EXPECT_THAT(write.run(leader), IsOk());
    EXPECT_EQ(follower.db().Dump(), leader.db().Dump());
    ExpectKept(follower);
  }
}

// ---- Added and dropped ----

TEST(IndexTest, AddedToRowsItIsAsIfItHadBeenThere) {
  for (const Write& write : Writes()) {
    SCOPED_TRACE(write.name);
    People t(TownAndPerson(Action::kCascade, {}));
    ASSERT_THAT(t.Run([&] { return write.run(t); }), IsOk());
    const StateHash before = t.db().GetStateHash();
    const std::vector<TableDef> with_indexes = TownAndPerson(Action::kCascade);
    for (const KeyColumns& index : with_indexes[1].index)
      ASSERT_THAT(t.Run([&] { return t.db().AddIndex(t.people(), index); }), IsOk());
    EXPECT_EQ(t.db().GetStateHash(), before);
    ExpectKept(t);
  }
}

TEST(IndexTest, DroppedItIsNoMoreAndResultsStay) {
  People t;
  const Query<> query = t.people().Where(Col("name") == "Bob");
  const RefList<> before = query.Refs();
  ASSERT_THAT(t.Run([&] { return t.db().DropIndex(t.people(), "Person.name"); }), IsOk());
  EXPECT_EQ(query.Explain(), "Person: walk over 6, 2 found where name = 'Bob'\n");
  EXPECT_EQ(query.Refs(), before);
  EXPECT_EQ(t.people().Find("name", "Bob"), before[0]);
  EXPECT_THAT(t.db().schema().ToString(), Not(HasSubstr("index (name)")));
  EXPECT_THAT(t.Update("Person", 1, {{"name", "Bob"}}), IsOk());
  EXPECT_THAT(t.db().DropIndex(t.people(), "Person.name"),
              StatusIs(absl::StatusCode::kNotFound,
                       "drop index: Person has no index \"Person.name\" (schema() lists them)"));
  ASSERT_THAT(t.Run([&] { return t.db().AddIndex(t.people(), {"name"}); }), IsOk());
  ExpectKept(t);
}

TEST(IndexTest, ItIsNoKeyAndNoAssociation) {
  People t;
  EXPECT_THAT(t.db().DropUnique(t.people(), "Person.name"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(t.db().DropIndex(t.people(), "Person.id"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(t.db().DropIndex(t.people(), "Person.town"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(t.db().DropBelongsTo(t.people(), ""), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(t.people().BelongsTo("").status().ok());
  EXPECT_FALSE(t.people().Lookup("name").status().ok());
  EXPECT_THAT(t.db().schema().Find("Person")->inverses, IsEmpty());
  EXPECT_EQ(t.db().schema().Find("Person")->belongs_to.size(), 1u);
  EXPECT_THAT(t.db().AddBelongsTo(t.db().GetTable("Town"),
                                  {.target = "Person", .foreign_key = {"name"}, .target_key = {"name"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("which is not unique")));
}

TEST(IndexTest, TheSchemaMayChangeAroundIt) {
  People t;
  ASSERT_THAT(t.db().AddColumn(t.people(), {.name = "note", .type = Type::kString}), IsOk());
  ASSERT_THAT(t.db().AddUnique(t.people(), {"name", "id"}), IsOk());
  ASSERT_THAT(t.db().DropBelongsTo(t.people(), "town"), IsOk());
  EXPECT_EQ(t.people().Where(Col("townId") == 1).Explain(),
            "Person: 2 by index Person.townId, 2 found where townId = 1\n");
  ExpectKept(t);
  EXPECT_THAT(t.UpdateAll("Person", {{"townId", 99}}), IsOk()) << "nobody asks for a town any more";
  ExpectKept(t);
  ASSERT_THAT(t.db().AddUnique(t.db().GetTable("Town"), {"id"}), ViolationIs(ViolationCode::kDuplicateName));
  ASSERT_THAT(t.db().DropTable("Person"), IsOk());
  EXPECT_THAT(t.db().Verify(), IsOk());
}

TEST(IndexTest, NoneIsAddedOrDroppedInATransaction) {
  People t;
  const Transaction open = t.db().Begin();
  EXPECT_THAT(t.db().AddIndex(t.people(), {"id", "age"}), ViolationIs(ViolationCode::kTransaction));
  EXPECT_THAT(t.db().DropIndex(t.people(), "Person.name"), ViolationIs(ViolationCode::kTransaction));
}

TEST(IndexTest, ItsColumnIsNotWrittenInPlace) {
  People t(TownAndPerson(Action::kCascade, {}));
  const MutableColumn<void, int32_t> age = t.people().MutableColumn<int32_t>("age");
  const Ref<> ann = t.Row("Person", 1);
  age[ann] = 3;
  ASSERT_THAT(t.db().AddIndex(t.people(), {"age"}), IsOk());
  EXPECT_THAT(age.status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "write in place Person: age is part of an index; write it with Set or Update"));
  age[ann] = 4;
  EXPECT_EQ(t.people().Find("age", 3), ann);
  EXPECT_THAT(t.db().Verify(), IsOk());
  ASSERT_THAT(t.db().DropIndex(t.people(), "Person.age"), IsOk());
  age[ann] = 5;
  EXPECT_EQ(t.people().Find("age", 5), ann);
}

// ---- Refused ----

absl::Status Defined(std::vector<KeyColumns> index) {
  Database db;
  TableDef table{.name = "T",
                 .columns = {{.name = "id"},
                             {.name = "a"},
                             {.name = "b"},
                             {.name = "a_b"},
                             {.name = "x", .type = Type::kDouble},
                             {.name = "y", .type = Type::kFloat},
                             {.name = "z", .type = Type::kBool}},
                 .primary_key = {"id"},
                 .unique = {{"a", "b"}}};
  table.index = std::move(index);
  return db.CreateTables({std::move(table)});
}

TEST(IndexTest, DefinitionsThatCantHoldAreRefused) {
  const auto refused = [](const char* message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
  };
  EXPECT_THAT(Defined({"a", "b", {"id", "a"}}), IsOk());
  EXPECT_THAT(Defined({"id"}),
              refused("index {\"id\"} is on the columns of key T.id, the primary key (leave it out)"));
  EXPECT_THAT(Defined({{"b", "a"}}),
              refused("index {\"b\", \"a\"} is on the columns of key T.a_b (leave it out)"));
  EXPECT_THAT(Defined({"b", "b"}), refused("index {\"b\"} is on the columns of index T.b (leave it out)"));
  EXPECT_THAT(Defined({{"b", "b"}}), refused("key T.b_b has column b twice (once is enough)"));
  EXPECT_THAT(Defined({"c"}),
              refused("key T.c has column c, which the table lacks (declare it in .columns)"));
  EXPECT_THAT(Defined({"x"}),
              refused("column x of key T.x is double (bool, float and double can't be in a key or index)"));
  EXPECT_THAT(Defined({"y"}), refused("column y of key T.y is float"));
  EXPECT_THAT(Defined({"z"}), refused("column z of key T.z is bool"));
  EXPECT_THAT(Defined({std::vector<std::string>()}), refused("an index has no columns (name one or more)"));
  EXPECT_THAT(Defined({"a_b"}),
              refused("keys {\"a\", \"b\"} and {\"a_b\"} are both named T.a_b (rename a column)"));
}

TEST(IndexTest, SoAreThoseThatAreAdded) {
  People t;
  const std::string before = t.db().schema().ToString();
  EXPECT_THAT(
      t.db().AddIndex(t.people(), {"name"}),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          "add index Person.name: index {\"name\"} is on the columns of index Person.name (leave it out)"));
  EXPECT_THAT(t.db().AddIndex(t.people(), {"nothing"}), ViolationIs(ViolationCode::kUnknownColumn));
  EXPECT_THAT(t.db().AddIndex(t.people(), {}), ViolationIs(ViolationCode::kDefinition));
  EXPECT_THAT(t.db().AddIndex(Table<>(), {"name"}), ViolationIs(ViolationCode::kHandle));
  EXPECT_THAT(t.db().AddUnique(t.people(), {"name"}), ViolationIs(ViolationCode::kDuplicateName));
  EXPECT_EQ(t.db().schema().ToString(), before);
  EXPECT_THAT(t.db().Verify(), IsOk());
}

TEST(IndexTest, NoViolationNamesIt) {
  Tables t({{.name = "A"},
            {.name = "B", .belongs_to = {{.target = "A", .on_delete = Action::kCascade}}},
            {.name = "D",
             .columns = {{.name = "x", .default_value = 9}},
             .belongs_to = {{.target = "A", .foreign_key = {"x"}, .on_delete = Action::kSetNull},
                            {.target = "B", .foreign_key = {"x"}, .on_delete = Action::kSetDefault}},
             .index = {"x"}}},
           {{"A", {{1}, {9}}}, {"B", {{1, 1}, {9, 9}}}, {"D", {{10, 1}}}});
  EXPECT_THAT(t.Erase("A", 1), ViolationIs(ViolationCode::kConflict, "D.a"));
}

// ---- Memory ----

TEST(IndexTest, ItsMemoryIsNamed) {
  People t;
  const auto bytes = [&] {
    size_t sum = 0;
    for (const MemoryUse& use : t.db().MemoryUsage().uses) {
      if (use.table == "Person" && use.purpose == "indexes") sum += use.bytes;
    }
    return sum;
  };
  EXPECT_GT(bytes(), 0u);
  for (const char* name : {"name", "townId", "townId_name", "age"})
    ASSERT_THAT(t.db().DropIndex(t.people(), std::string("Person.") + name), IsOk());
  EXPECT_EQ(bytes(), 0u);
  EXPECT_THAT(t.db().Verify(), IsOk());
}

TEST(IndexTest, WithoutMemoryNoneIsAdded) {
  size_t refusals = 0;
  for (size_t n = 1;; ++n) {
    People t(TownAndPerson(Action::kCascade, {}));
    const std::string before = t.db().Dump();
    t.db().RefuseMemoryForTesting(n);
    const absl::Status status = t.db().AddIndex(t.people(), {"name"});
    t.db().RefuseMemoryForTesting(0);
    EXPECT_THAT(t.db().Verify(), IsOk());
    if (status.ok()) break;
    ++refusals;
    EXPECT_THAT(status, ViolationIs(ViolationCode::kLimit));
    EXPECT_EQ(t.db().Dump(), before);
    EXPECT_THAT(t.db().AddIndex(t.people(), {"name"}), IsOk());
    EXPECT_THAT(Ids(t.people().Where(Col("name") == "Bob")), ElementsAre(2, 5));
  }
  EXPECT_GT(refusals, 0u);
}

}  // namespace
}  // namespace tenon
