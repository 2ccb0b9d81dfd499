// World: a database whose every statement is checked, and acts that are tried in it.
#ifndef TENON_TESTS_TESTING_WORLD_H_
#define TENON_TESTS_TESTING_WORLD_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon::testing {

// All that a refused or undone statement leaves as it was: rows and counters, the names of rows in their
// order, and the order of the children of each target.
inline std::string Picture(Database& db) {
  const StateHash hash = db.GetStateHash();
  std::string picture = absl::StrCat(db.Dump(), "state ", hash.high, " ", hash.low, "\n");
  const auto add = [&](Ref<> ref) { absl::StrAppend(&picture, " ", ref.slot(), ":", ref.stamp()); };
  for (const TableInfo& table : db.schema().tables) {
    const Table<> rows = db.GetTable(table.name);
    absl::StrAppend(&picture, "rows of ", table.name, ":");
    for (const Ref<> row : rows) add(row);
    for (const InverseInfo& edge : table.inverses) {
      const ToMany<> children = rows.HasMany(db.GetTable(edge.child_table), edge.association);
      absl::StrAppend(&picture, "\n", edge.child_table, ".", edge.association, ":");
      for (const Ref<> row : rows) {
        absl::StrAppend(&picture, " [");
        for (const Ref<> child : children.Of(row)) add(child);
        absl::StrAppend(&picture, " ]");
      }
    }
    absl::StrAppend(&picture, "\n");
  }
  return picture;
}

struct World {
  World() = default;
  World(const World&) = delete;  // its handles lead into its database
  World& operator=(const World&) = delete;

  // Runs one statement: what the store keeps is checked after it, and one that is refused leaves no trace.
  template <class F>
  auto Run(F statement) {
    const std::string before = Picture(db);
    auto result = statement();
    EXPECT_THAT(db.Verify(), IsOk());
    if (!StatusOf(result).ok()) {
      EXPECT_EQ(Picture(db), before) << "a refused statement left a trace";
    }
    return result;
  }
  Value Cell(std::string_view table, Ref<> row, std::string_view column) {
    return db.GetTable(table).Get(row, column).value();
  }

  Database db;
};

template <class Rows>
auto ListOf(const Rows& rows) {
  std::vector<typename Rows::value_type> list;
  for (const auto row : rows) list.push_back(row);
  return list;
}

// A statement that succeeds in a fresh W.
template <class W>
struct Act {
  std::string_view name;
  std::function<absl::Status(W&)> run;
};

// In a transaction that is rolled back, also while all memory is refused.
template <class W>
void ExpectUndone(const std::vector<Act<W>>& acts) {
  for (const Act<W>& act : acts) {
    SCOPED_TRACE(act.name);
    W world;
    const std::string before = Picture(world.db);
    Transaction transaction = world.db.Begin();
    ASSERT_THAT(act.run(world), IsOk());
    ASSERT_NE(Picture(world.db), before) << "changes nothing: no test";
    ASSERT_THAT(world.db.Verify(), IsOk());
    world.db.RefuseMemoryForTesting(1);

    transaction.Rollback();

    world.db.RefuseMemoryForTesting(0);
    EXPECT_EQ(Picture(world.db), before);
    EXPECT_THAT(world.db.Verify(), IsOk());
    EXPECT_THAT(act.run(world), IsOk());
  }
}

// With the n-th request for memory refused, alone or with all that follow, for n = 1, 2, 3... until there is
// no n-th.
template <class W>
void ExpectWholeOrNotAtAll(const std::vector<Act<W>>& acts) {
  for (const Act<W>& act : acts) {
    W plain;
    ASSERT_THAT(act.run(plain), IsOk()) << act.name;
    for (const bool persistent : {false, true}) {
      for (size_t n = 1;; ++n) {
        SCOPED_TRACE(absl::StrCat(std::string(act.name), ", request ", n));
        W world;
        const std::string before = Picture(world.db);
        world.db.RefuseMemoryForTesting(n, persistent);
        const absl::Status status = act.run(world);
        const size_t requests = world.db.RefuseMemoryForTesting(0);
        if (!status.ok()) {
          ASSERT_THAT(status, ViolationIs(ViolationCode::kLimit));
          ASSERT_EQ(Picture(world.db), before);
          ASSERT_THAT(world.db.Verify(), IsOk());
          ASSERT_THAT(act.run(world), IsOk());
        }
        ASSERT_EQ(world.db.Dump(), plain.db.Dump());
        ASSERT_THAT(world.db.Verify(), IsOk());
        if (requests < n) break;
      }
    }
  }
}

}  // namespace tenon::testing

#endif  // TENON_TESTS_TESTING_WORLD_H_
