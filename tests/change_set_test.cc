// Change sets: what a commit says it changed, carried out elsewhere, undone, and turned into bytes and back.
#include "tenon/change_set.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::Fails;
using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::testing::HasSubstr;

// Authors with books that follow them, reviews that go with their book, and a shelf that a book may stand on.
std::vector<TableDef> Library() {
  return {
      {.name = "Author",
       .columns = {{.name = "id"}, {.name = "name", .type = Type::kString}},
       .primary_key = {"id"},
       .unique = {{"name"}}},
      {.name = "Shelf", .columns = {{.name = "code", .type = Type::kString}}, .primary_key = {"code"}},
      {.name = "Book",
       .columns = {{.name = "id", .auto_increment = true},
                   {.name = "title", .type = Type::kString, .not_null = true},
                   {.name = "authorId"},
                   {.name = "shelfCode", .type = Type::kString},
                   {.name = "price", .type = Type::kDouble}},
       .primary_key = {"id"},
       .belongs_to = {{.target = "Author",
                       .foreign_key = {"authorId"},
                       .on_delete = Action::kCascade,
                       .on_update = Action::kCascade},
                      {.target = "Shelf", .foreign_key = {"shelfCode"}, .on_delete = Action::kSetNull}}},
      {.name = "Review",
       .columns = {{.name = "id"}, {.name = "bookId"}, {.name = "text", .type = Type::kString}},
       .primary_key = {"id"},
       .belongs_to =
           {{.target = "Book", .foreign_key = {"bookId"}, .on_delete = Action::kCascade, .deferred = true}}},
  };
}

// Two databases, the second of which is kept equal to the first by change sets alone, in bytes.
class Pair {
 public:
  Pair() {
    EXPECT_THAT(first.CreateTables(Library()), IsOk());
    EXPECT_THAT(second.CreateTables(Library()), IsOk());
    absl::StatusOr<Subscription> s = first.Observe([this](const ChangeSet& changes) { Follow(changes); });
    EXPECT_THAT(s, IsOk());
    if (s.ok()) subscription_ = *std::move(s);
  }
  Pair(const Pair&) = delete;  // observed
  Pair& operator=(const Pair&) = delete;

  Table<> operator[](std::string_view table) { return first.GetTable(table); }
  void Fill() {
    EXPECT_THAT(
        (*this)["Author"].InsertAll({{{"id", 1}, {"name", "Austen"}}, {{"id", 2}, {"name", "Eliot"}}}),
        IsOk());
    EXPECT_THAT((*this)["Shelf"].InsertAll({{{"code", "A"}}, {{"code", "B"}}}), IsOk());
    EXPECT_THAT((*this)["Book"].InsertAll({{{"title", "Emma"}, {"authorId", 1}, {"shelfCode", "A"}},
                                           {{"title", "Persuasion"}, {"authorId", 1}},
                                           {{"title", "Middlemarch"}, {"authorId", 2}, {"shelfCode", "A"}}}),
                IsOk());
    EXPECT_THAT((*this)["Review"].Insert({{"id", 1}, {"bookId", 1}, {"text", std::string(100, 'x')}}),
                IsOk());
    sets.clear();
  }

  Database first, second;
  std::vector<ChangeSet> sets;

 private:
  void Follow(const ChangeSet& changes) {
    const absl::StatusOr<ChangeSet> read = ChangeSet::FromBytes(changes.ToBytes());
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, changes);
    const StateHash before = second.GetStateHash();
    const std::string dump = second.Dump();
    ASSERT_THAT(second.Apply(*read), IsOk()) << changes.ToString();
    ASSERT_THAT(second.Apply(read->Inverse()), IsOk()) << changes.ToString();
    EXPECT_EQ(second.GetStateHash(), before) << changes.ToString();
    EXPECT_EQ(second.Dump(), dump);
    ASSERT_THAT(second.Apply(*read), IsOk());
    EXPECT_EQ(second.GetStateHash(), first.GetStateHash()) << changes.ToString();
    EXPECT_EQ(second.Dump(), first.Dump());
    EXPECT_THAT(second.Verify(), IsOk());
    sets.push_back(changes);
  }

  Subscription subscription_;
};

TEST(ChangeSetTest, SaysWhatWasInserted) {
  Pair pair;
  ASSERT_THAT(pair["Author"].Insert({{"id", 7}, {"name", "Austen"}}), IsOk());
  ASSERT_EQ(pair.sets.size(), 1u);
  EXPECT_EQ(pair.sets[0].ToString(), "insert Author (7) {id: 7, name: 'Austen'}\n");
  EXPECT_EQ(pair.sets[0].rows[0].ref, pair["Author"].Find("id", 7));
}

TEST(ChangeSetTest, SaysHowCountersMoved) {
  Pair pair;
  ASSERT_THAT(pair["Book"].Insert({{"title", "Emma"}}), IsOk());
  EXPECT_EQ(pair.sets.back().ToString(),
            "insert Book (1) {id: 1, title: 'Emma', authorId: NULL, shelfCode: NULL, price: NULL}\n"
            "counter of Book: 0 -> 1\n");
}

TEST(ChangeSetTest, HoldsWhatActionsDid) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Author"].Set(pair["Author"].Find("id", 1), "id", 10), IsOk());
  EXPECT_EQ(pair.sets.back().ToString(),
            "update Author (1) {id: 1 -> 10}\n"
            "update Book (1) {authorId: 1 -> 10}\n"
            "update Book (2) {authorId: 1 -> 10}\n");
  ASSERT_THAT(pair["Shelf"].Erase(pair["Shelf"].Find("code", "A")), IsOk());
  EXPECT_EQ(pair.sets.back().ToString(),
            "erase Shelf ('A') {code: 'A'}\n"
            "update Book (1) {shelfCode: 'A' -> NULL}\n"
            "update Book (3) {shelfCode: 'A' -> NULL}\n");
  ASSERT_THAT(pair["Author"].Erase(pair["Author"].Find("id", 10)), IsOk());
  EXPECT_EQ(pair.sets.back().rows.size(), 4u);  // two books and a review go along
}

TEST(ChangeSetTest, HoldsErasedRowsWhole) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Book"].Erase(pair["Book"].Find("id", 1)), IsOk());
  const ChangeSet& changes = pair.sets.back();
  ASSERT_EQ(changes.rows.size(), 2u);
  EXPECT_EQ(changes.rows[1].table, "Review");
  EXPECT_EQ(changes.rows[1].cells[2].before, Value(std::string(100, 'x')));
  EXPECT_FALSE(pair["Review"].Contains(changes.rows[1].ref));
}

TEST(ChangeSetTest, IsTheNetOfATransaction) {
  Pair pair;
  pair.Fill();
  const Table<> book = pair["Book"];
  const Ref<> emma = book.Find("id", 1);
  {
    Transaction outer = pair.first.Begin();
    ASSERT_THAT(book.Set(emma, "title", "x"), IsOk());
    {
      Transaction inner = pair.first.Begin();
      ASSERT_THAT(book.Erase(emma), IsOk());
      inner.Rollback();
    }
    ASSERT_THAT(book.Set(emma, "title", "Emma, again"), IsOk());
    ASSERT_THAT(book.Set(book.Find("id", 2), "title", "y"), IsOk());
    ASSERT_THAT(book.Set(book.Find("id", 2), "title", "Persuasion"), IsOk());
    const absl::StatusOr<Ref<>> fleeting = book.Insert({{"id", 50}, {"title", "z"}});
    ASSERT_THAT(fleeting, IsOk());
    ASSERT_THAT(book.Erase(*fleeting), IsOk());
    EXPECT_TRUE(pair.sets.empty());
    ASSERT_THAT(outer.Commit(), IsOk());
  }
  ASSERT_EQ(pair.sets.size(), 1u);
  EXPECT_EQ(pair.sets[0].ToString(),
            "update Book (1) {title: 'Emma' -> 'Emma, again'}\n"
            "counter of Book: 3 -> 50\n");
}

TEST(ChangeSetTest, TakesARowThatIsErasedAndMadeAgainForTwo) {
  Pair pair;
  pair.Fill();
  Transaction tx = pair.first.Begin();
  ASSERT_THAT(pair["Author"].Erase(pair["Author"].Find("id", 2)), IsOk());
  ASSERT_THAT(pair["Author"].Insert({{"id", 2}, {"name", "Eliot"}}), IsOk());
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(pair.sets.back().rows.size(), 3u);
}

// The key 1 goes to another row, and a book that followed to the key 10 comes back to it: in the end it holds what it held.
TEST(ChangeSetTest, ItsActionsAreNotCarriedOutTwice) {
  Pair pair;
  pair.Fill();
  Transaction tx = pair.first.Begin();
  ASSERT_THAT(pair["Author"].Set(pair["Author"].Find("id", 1), "id", 10), IsOk());
  ASSERT_THAT(pair["Author"].Insert({{"id", 1}, {"name", "Bronte"}}), IsOk());
  ASSERT_THAT(pair["Book"].Where(Col("authorId") == 10).Update({{"authorId", 1}}), IsOk());
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(pair.sets.back().ToString(),
            "update Author (1) {id: 1 -> 10}\n"
            "insert Author (1) {id: 1, name: 'Bronte'}\n");
}

TEST(ChangeSetTest, KeysMaySwap) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Author"].Where({}).Update({{"id", 3 - Col("id")}}), IsOk());
  EXPECT_EQ(pair.sets.back().rows.size(), 5u);
}

TEST(ChangeSetTest, AClearedTableComesBack) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Author"].Clear(), IsOk());
  ASSERT_THAT(pair["Author"].Insert({{"id", 1}}), IsOk());
}

TEST(ChangeSetTest, CellsOfEveryTypeSurviveTheirBytes) {
  Database db;
  ASSERT_THAT(db.CreateTable({.name = "T",
                              .columns = {{.name = "id"},
                                          {.name = "b", .type = Type::kBool},
                                          {.name = "i", .type = Type::kInt32},
                                          {.name = "l", .type = Type::kInt64},
                                          {.name = "f", .type = Type::kFloat},
                                          {.name = "d", .type = Type::kDouble},
                                          {.name = "s", .type = Type::kString},
                                          {.name = "x", .type = Type::kBytes}},
                              .primary_key = {"id"}}),
              IsOk());
  ChangeSet seen;
  const absl::StatusOr<Subscription> s = db.Observe([&](const ChangeSet& changes) { seen = changes; });
  ASSERT_THAT(s, IsOk());
  ASSERT_THAT(db.GetTable("T").Insert({{"id", std::numeric_limits<int64_t>::min()},
                                       {"b", true},
                                       {"i", std::numeric_limits<int32_t>::min()},
                                       {"l", std::numeric_limits<int64_t>::max()},
                                       {"f", std::numeric_limits<float>::quiet_NaN()},
                                       {"d", -0.0},
                                       {"s", std::string("a\0b", 3)},
                                       {"x", Bytes{std::string("\xff\0", 2)}}}),
              IsOk());
  const absl::StatusOr<ChangeSet> read = ChangeSet::FromBytes(seen.ToBytes());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, seen);
}

// ---- What is refused ----

TEST(ApplyTest, RefusesAnotherState) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Book"].Set(pair["Book"].Find("id", 1), "title", "x"), IsOk());
  const ChangeSet update = pair.sets.back();
  const std::string before = pair.second.Dump();
  EXPECT_THAT(pair.second.Apply(update), Fails(absl::StatusCode::kNotFound, ViolationCode::kStale,
                                               HasSubstr("Book (1) holds something else in title")));
  ChangeSet erase = update;
  erase.rows[0].key_before = {99};
  EXPECT_THAT(pair.second.Apply(erase),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("Book (99) is not there")));
  ChangeSet counter;
  counter.counters = {{"Book", 77, 78}};
  EXPECT_THAT(pair.second.Apply(counter),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("another counter")));
  counter.counters = {{"Book", 3, -5}};
  EXPECT_THAT(pair.second.Apply(counter),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("counter")));
  counter.counters = {{"Author", 0, 5}};  // numbers nothing
  EXPECT_THAT(pair.second.Apply(counter),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("counter")));
  EXPECT_EQ(pair.second.Dump(), before);
}

TEST(ApplyTest, RefusesNamesAndTypesThatAreNotThere) {
  Pair pair;
  pair.Fill();
  ChangeSet changes;
  changes.rows = {{.kind = RowChange::Kind::kInsert, .table = "Author", .key_after = {9}}};
  changes.rows[0].cells = {{"id", nullptr, 9}, {"nose", nullptr, 1}};
  EXPECT_THAT(pair.second.Apply(changes),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("nose")));
  changes.rows[0].cells[1] = {"name", nullptr, 1};
  EXPECT_THAT(pair.second.Apply(changes),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("name")));
  changes.rows[0].table = "Publisher";
  EXPECT_THAT(pair.second.Apply(changes),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("Publisher")));
}

TEST(ApplyTest, KeepsKeysAndReferences) {
  Pair pair;
  pair.Fill();
  ChangeSet changes;
  changes.rows = {{.kind = RowChange::Kind::kErase, .table = "Author", .key_before = {2}}};
  EXPECT_THAT(pair.second.Apply(changes),
              Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kNoAction, HasSubstr("Book")));
  changes.rows = {{.kind = RowChange::Kind::kInsert, .table = "Author", .cells = {{"id", nullptr, 2}}}};
  EXPECT_THAT(pair.second.Apply(changes),
              Fails(absl::StatusCode::kAlreadyExists, ViolationCode::kUnique, HasSubstr("Author")));
  EXPECT_EQ(pair.second.Dump(), pair.first.Dump());
}

TEST(ChangeSetBytesTest, EveryTruncationIsRefused) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Author"].Erase(pair["Author"].Find("id", 1)), IsOk());
  const std::string bytes = pair.sets.back().ToBytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(ChangeSet::FromBytes(std::string_view(bytes).substr(0, length)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << length;
  }
  EXPECT_THAT(ChangeSet::FromBytes(bytes + "x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ChangeSetBytesTest, DamagedBytesAreRefusedOrMeanSomethingElse) {
  Pair pair;
  pair.Fill();
  ASSERT_THAT(pair["Author"].Erase(pair["Author"].Find("id", 1)), IsOk());
  const std::string bytes = pair.sets.back().ToBytes();
  std::mt19937 random(1);
  size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = bytes;
    for (int n = 0; n < 1 + i % 3; ++n)
      damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    const absl::StatusOr<ChangeSet> read = ChangeSet::FromBytes(damaged);
    if (!read.ok()) {
      ++refused;
      continue;
    }
    const std::string before = pair.second.Dump();
    Transaction tx = pair.second.Begin();
    const bool applied = pair.second.Apply(read->Inverse()).ok();
    if (!applied) {
      EXPECT_EQ(pair.second.Dump(), before);
    }
    ASSERT_THAT(pair.second.Verify(), IsOk());
    tx.Rollback();
    ASSERT_EQ(pair.second.Dump(), before);
  }
  EXPECT_GT(refused, 1000u);
}

}  // namespace
}  // namespace tenon
