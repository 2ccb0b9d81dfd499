// What a change set says of one row: which it is, and what was in it.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;
using Kind = RowChange::Kind;

// Towns known by country and number, each with a name of its own; houses, numbered, of a town.
class World {
 public:
  World() {
    absl::StatusOr<Subscription> s = db.Observe([this](const ChangeSet& changes) { last = changes; });
    EXPECT_THAT(s, IsOk());
    if (s.ok()) subscription_ = *std::move(s);
  }
  World(const World&) = delete;  // observed
  World& operator=(const World&) = delete;

  Database db;
  Table<> towns = *db.CreateTable({.name = "Town",
                                   .columns = {{.name = "name", .type = Type::kString},
                                               {.name = "country", .type = Type::kString},
                                               {.name = "number"}},
                                   .primary_key = {"country", "number"},
                                   .unique = {{"name"}}});
  Table<> houses = *db.CreateTable({.name = "House", .columns = {{.name = "street", .type = Type::kString}}});
  ChangeSet last;

 private:
  Subscription subscription_;
};

TEST(RowChangeTest, NamesTheRowByItsPrimaryKeyAlone) {
  World w;
  const absl::StatusOr<Ref<>> ulm = w.towns.Insert({{"name", "Ulm"}, {"country", "de"}, {"number", 1}});
  ASSERT_THAT(ulm, IsOk());
  ASSERT_EQ(w.last.rows.size(), 1u);
  EXPECT_TRUE(w.last.rows[0].key_before.empty());
  EXPECT_EQ(w.last.rows[0].key_after, (std::vector<Value>{"de", int64_t{1}}));
  ASSERT_THAT(w.towns.Set(*ulm, "number", 2), IsOk());
  EXPECT_EQ(w.last.rows[0].key_before, (std::vector<Value>{"de", int64_t{1}}));
  EXPECT_EQ(w.last.rows[0].key_after, (std::vector<Value>{"de", int64_t{2}}));
  ASSERT_THAT(w.towns.Erase(*ulm), IsOk());
  EXPECT_EQ(w.last.rows[0].key_before, (std::vector<Value>{"de", int64_t{2}}));
  EXPECT_TRUE(w.last.rows[0].key_after.empty());
}

TEST(RowChangeTest, NamesTheRowByItsRef) {
  World w;
  const absl::StatusOr<Ref<>> ulm = w.towns.Insert({{"name", "Ulm"}, {"country", "de"}, {"number", 1}});
  ASSERT_THAT(ulm, IsOk());
  EXPECT_EQ(w.last.rows[0].ref, *ulm);
  ASSERT_THAT(w.towns.Set(*ulm, "name", "Bern"), IsOk());
  EXPECT_EQ(w.last.rows[0].ref, *ulm);
  ASSERT_THAT(w.towns.Erase(*ulm), IsOk());
  EXPECT_EQ(w.last.rows[0].ref, *ulm);  // which leads nowhere now
}

// A name and a key that leaves its first part out are no primary keys.
TEST(RowChangeTest, IsNotLookedUpByAnotherKey) {
  World w;
  ASSERT_THAT(w.towns.Insert({{"name", "Ulm"}, {"country", "de"}, {"number", 1}}), IsOk());
  for (const Value& key : {Value("Ulm"), Value(int64_t{1})}) {
    EXPECT_FALSE(w.db.Apply({.rows = {{.kind = Kind::kErase, .table = "Town", .key_before = {key}}}}).ok());
  }
  EXPECT_EQ(w.towns.size(), 1u);
}

TEST(RowChangeTest, OfARowThatCameHasNothingBefore) {
  World w;
  ASSERT_THAT(w.towns.Insert({{"name", "Ulm"}, {"country", "de"}, {"number", 1}}), IsOk());
  for (const CellChange& cell : w.last.rows[0].cells) EXPECT_TRUE(cell.before.is_null()) << cell.column;
  ASSERT_THAT(w.towns.Clear(), IsOk());
  for (const CellChange& cell : w.last.rows[0].cells) EXPECT_TRUE(cell.after.is_null()) << cell.column;
  EXPECT_EQ(w.last.rows[0].cells.size(), 3u);
}

TEST(ChangeSetPartTest, OfATableHasItsCountersAlone) {
  World w;
  ASSERT_THAT(w.houses.Insert({{"street", "Rue"}}), IsOk());
  EXPECT_EQ(w.last.OfTable("House"), w.last);
  EXPECT_TRUE(w.last.OfTable("Town").empty());
}

TEST(ChangeSetInverseTest, GoesBackwards) {
  World w;
  Transaction tx = w.db.Begin();
  ASSERT_THAT(w.towns.Insert({{"name", "Ulm"}, {"country", "de"}, {"number", 1}}), IsOk());
  ASSERT_THAT(w.houses.Insert({{"street", "Rue"}}), IsOk());
  ASSERT_THAT(tx.Commit(), IsOk());
  EXPECT_EQ(w.last.Inverse().ToString(),
            "erase House (1) {id: 1, street: 'Rue'}\n"
            "erase Town ('de', 1) {name: 'Ulm', country: 'de', number: 1}\n"
            "counter of House: 1 -> 0\n");
  EXPECT_EQ(w.last.Inverse().Inverse(), w.last);
}

TEST(ChangeSetTextTest, ShowsAnUpdateByTheKeyBefore) {
  World w;
  ASSERT_THAT(w.houses.Insert({{"street", "Rue"}}), IsOk());
  ASSERT_THAT(w.houses.Set(w.houses.Find("id", 1), "id", 5), IsOk());
  EXPECT_EQ(w.last.ToString(), "update House (1) {id: 1 -> 5}\ncounter of House: 1 -> 5\n");
}

}  // namespace
}  // namespace tenon
