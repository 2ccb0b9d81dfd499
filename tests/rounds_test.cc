// Key changes that reach one cell on two ways of different length, so in different rounds of a statement.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"
#include "tests/testing/tables.h"

namespace tenon {
namespace {

using testing::IsOk;
using testing::TableRows;
using testing::Tables;
using testing::ViolationIs;

std::string Name(std::string_view way, size_t step) { return absl::StrCat(std::string(way), step); }

// P0 <- P1 <- ... and Q0 <- Q1 <- ..., each table's key following that of the one before; the last of both lead D.x.
std::vector<TableDef> TwoWays(size_t p_steps, size_t q_steps) {
  std::vector<TableDef> tables;
  TableDef end{.name = "D", .columns = {{.name = "x"}}};
  for (const auto& [way, steps] : {std::pair("P", p_steps), std::pair("Q", q_steps)}) {
    for (size_t i = 0; i < steps; ++i) {
      TableDef table{.name = Name(way, i), .columns = {{.name = "id"}}, .primary_key = {"id"}};
      if (i > 0) {
        table.belongs_to = {
            {.target = Name(way, i - 1), .foreign_key = {"id"}, .on_update = Action::kCascade}};
      }
      tables.push_back(table);
    }
    end.belongs_to.push_back(
        {.target = Name(way, steps - 1), .foreign_key = {"x"}, .on_update = Action::kCascade});
  }
  tables.push_back(end);
  return tables;
}

// A row in D that belongs to the key 1 on both ways; and one key more in all tables of each way.
std::vector<TableRows> Content(const std::vector<TableDef>& tables, int64_t p_key, int64_t q_key) {
  std::vector<TableRows> content;
  for (const TableDef& table : tables) {
    if (table.name == "D") {
      content.push_back({table.name, {{10, 1}}});
    } else {
      content.push_back({table.name, {{1}, {table.name[0] == 'P' ? p_key : q_key}}});
    }
  }
  return content;
}

// Gives a row of P0 and one of Q0 other keys in one statement.
absl::Status Change(Tables& t, std::pair<int64_t, int64_t> p, std::pair<int64_t, int64_t> q) {
  return t.Run([&] {
    return t.db().Batch([&](Batch& batch) {
      batch.Update(t["P0"], t.Row("P0", p.first), {{"id", p.second}});
      batch.Update(t["Q0"], t.Row("Q0", q.first), {{"id", q.second}});
    });
  });
}

// D.x follows Q to 3, and so comes to a row on the way from P which a later round gives the key 7. Only that x has been
// written stands against it: 7 is there on both ways.
TEST(RoundsTest, ACellIsNotWrittenTwiceHoweverLateTheSecondTime) {
  for (size_t q = 1; q <= 4; ++q) {
    for (size_t p = q + 1; p <= 5; ++p) {
      SCOPED_TRACE(absl::StrCat(p, " and ", q, " steps"));
      const std::vector<TableDef> tables = TwoWays(p, q);
      Tables t(tables, Content(tables, 3, 7));
      EXPECT_THAT(Change(t, {3, 7}, {1, 3}), ViolationIs(ViolationCode::kConflict));
      EXPECT_THAT(Change(t, {3, 7}, {1, 9}), ViolationIs(ViolationCode::kMissingTarget));
    }
  }
}

TEST(RoundsTest, ACellMayBeReachedTwiceByOneValue) {
  for (size_t q = 1; q <= 4; ++q) {
    for (size_t p = 1; p <= 4; ++p) {
      SCOPED_TRACE(absl::StrCat(p, " and ", q, " steps"));
      const std::vector<TableDef> tables = TwoWays(p, q);
      Tables t(tables, Content(tables, 3, 3));
      EXPECT_THAT(Change(t, {1, 2}, {1, 2}), IsOk());
      EXPECT_EQ(t.Text("D"), "(10, 2)");
    }
  }
}

}  // namespace
}  // namespace tenon
