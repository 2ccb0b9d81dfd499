// Tables: a database as tests drive it, and the few schemas that most tests of foreign keys need.
#ifndef TENON_TESTS_TESTING_TABLES_H_
#define TENON_TESTS_TESTING_TABLES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon::testing {

// The cells of a row in column order; those left out at the end take their defaults.
using Cells = std::vector<Value>;
struct TableRows {
  std::string_view table = {};
  std::vector<Cells> rows = {};
};

// A row is named by its table and the content of its first column. Every statement is followed by Verify(),
// and one that is refused must have left Dump() as it was.
class Tables {
 public:
  explicit Tables(std::vector<TableDef> definitions, const std::vector<TableRows>& content = {}) {
    EXPECT_THAT(db_.CreateTables(std::move(definitions)), IsOk());
    for (const TableRows& part : content) EXPECT_THAT(InsertAll(part.table, part.rows), IsOk());
  }
  Tables(const Tables&) = delete;  // a Database can't be copied
  Tables& operator=(const Tables&) = delete;

  Database& db() { return db_; }
  Table<> operator[](std::string_view table) { return db_.GetTable(table); }
  Ref<> Row(std::string_view table, const Value& first) {
    return db_.GetTable(table).Find(ColumnNames(table).front(), first);
  }

  // Runs one statement, or a commit, or a change of the schema.
  template <class F>
  absl::Status Run(F statement) {
    const std::string before = db_.Dump();
    const absl::Status status = StatusOf(statement());
    EXPECT_THAT(db_.Verify(), IsOk());
    if (!status.ok()) {
      EXPECT_EQ(db_.Dump(), before) << "a refused statement left a trace";
    }
    return status;
  }

  absl::Status Insert(std::string_view table, const Cells& row) { return InsertAll(table, {row}); }
  absl::Status InsertAll(std::string_view table, const std::vector<Cells>& rows) {
    const std::vector<std::string> names = ColumnNames(table);
    std::vector<tenon::Row> named;
    for (const Cells& cells : rows) {
      named.emplace_back();
      for (size_t i = 0; i < cells.size(); ++i) named.back().push_back({names.at(i), cells[i]});
    }
    return Run([&] { return db_.GetTable(table).InsertAll(named); });
  }
  absl::Status Update(std::string_view table, const Value& first,
                      const std::vector<Assignment<>>& assignments) {
    return Run([&] { return db_.GetTable(table).Update(Row(table, first), assignments); });
  }
  absl::Status Update(std::string_view table, const Predicate<>& where,
                      const std::vector<Assignment<>>& assignments) {
    return Run([&] { return db_.GetTable(table).Where(where).Update(assignments); });
  }
  absl::Status UpdateAll(std::string_view table, const std::vector<Assignment<>>& assignments) {
    return Update(table, Predicate<>(), assignments);
  }
  absl::Status Erase(std::string_view table, const Value& first) {
    return Run([&] { return db_.GetTable(table).Erase(Row(table, first)); });
  }
  absl::Status Erase(std::string_view table, const Predicate<>& where) {
    return Run([&] { return db_.GetTable(table).Where(where).Erase(); });
  }
  absl::Status Clear(std::string_view table) {
    return Run([&] { return db_.GetTable(table).Clear(); });
  }

  // The rows in order of their first column: "(1, NULL) (2, 1)".
  std::string Text(std::string_view table) {
    const Table<> handle = db_.GetTable(table);
    std::vector<std::pair<int64_t, std::string>> rows;
    for (Ref<> ref : handle) {
      const std::vector<Value> cells = *handle.Get(ref);
      const auto print = [](std::string* out, const Value& cell) { out->append(cell.ToString()); };
      rows.emplace_back(cells.front().As<int64_t>().value_or(0),
                        absl::StrCat("(", absl::StrJoin(cells, ", ", print), ")"));
    }
    std::sort(rows.begin(), rows.end());
    return absl::StrJoin(rows, " ", [](std::string* out, const auto& row) { out->append(row.second); });
  }

 private:
  std::vector<std::string> ColumnNames(std::string_view table) {
    const Schema schema = db_.schema();
    std::vector<std::string> names;
    if (const TableInfo* info = schema.Find(table)) {
      for (const ColumnDef& column : info->columns) names.push_back(column.name);
    }
    return names;
  }

  Database db_;
};

// All orders of these.
template <class X>
std::vector<std::vector<X>> Orders(const std::vector<X>& items) {
  std::vector<size_t> order(items.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<std::vector<X>> all;
  do {
    all.emplace_back();
    for (const size_t i : order) all.back().push_back(items[i]);
  } while (std::next_permutation(order.begin(), order.end()));
  return all;
}

// Makes the claim for every order of the tables, of the edges of each table and of the rows of each table.
// Columns of foreign keys must be declared: those that are filled in come in the order of the edges.
inline void InEveryOrder(const std::vector<TableDef>& tables, const std::vector<TableRows>& content,
                         absl::FunctionRef<void(Tables&)> claim) {
  std::vector<std::vector<TableDef>> schemas = Orders(tables);
  for (size_t i = 0; i < tables.size(); ++i) {
    std::vector<std::vector<TableDef>> reordered;
    for (const auto& schema : schemas) {
      for (auto& edges : Orders(schema[i].belongs_to)) {
        reordered.push_back(schema);
        reordered.back()[i].belongs_to = std::move(edges);
      }
    }
    schemas = std::move(reordered);
  }
  std::vector<std::vector<TableRows>> contents = {content};
  for (size_t i = 0; i < content.size(); ++i) {
    std::vector<std::vector<TableRows>> reordered;
    for (const auto& rows : contents) {
      for (auto& order : Orders(rows[i].rows)) {
        reordered.push_back(rows);
        reordered.back()[i].rows = std::move(order);
      }
    }
    contents = std::move(reordered);
  }
  for (const auto& schema : schemas) {
    for (const auto& rows : contents) {
      Tables t(schema, rows);
      SCOPED_TRACE(t.db().Dump());
      claim(t);
      if (::testing::Test::HasFailure()) return;  // one order is enough to look at
    }
  }
}

// Parent(id) and Child(id, parentId): the edge Child.parent leads from one to the other.
inline std::vector<TableDef> ParentAndChild(BelongsToDef edge = {}, ColumnDef foreign_key = {}) {
  edge.target = "Parent";
  foreign_key.name = "parentId";
  return {{.name = "Parent"}, {.name = "Child", .columns = {foreign_key}, .belongs_to = {edge}}};
}

// The same by another key than the primary one: Parent(id, code), Child(id, parentCode); both may be null.
inline std::vector<TableDef> ParentByCode(BelongsToDef edge = {}) {
  edge.target = "Parent";
  edge.target_key = {"code"};
  return {{.name = "Parent", .columns = {{.name = "code"}}, .unique = {{"code"}}},
          {.name = "Child", .belongs_to = {edge}}};
}

// Node(id, parentId): a table that refers to itself by the edge Node.parent.
inline std::vector<TableDef> Tree(BelongsToDef edge = {}, ColumnDef foreign_key = {}) {
  edge.target = "Node";
  edge.as = "parent";
  foreign_key.name = "parentId";
  return {{.name = "Node", .columns = {foreign_key}, .belongs_to = {edge}}};
}

// Guild(id) and Player(id, guildId), all keys given: players go with their guild, and follow its key.
inline std::vector<TableDef> GuildAndPlayer() {
  return {{.name = "Guild", .columns = {{.name = "id"}}, .primary_key = {"id"}},
          {.name = "Player",
           .columns = {{.name = "id"}, {.name = "guildId"}},
           .primary_key = {"id"},
           .belongs_to = {{.target = "Guild",
                           .foreign_key = {"guildId"},
                           .on_delete = Action::kCascade,
                           .on_update = Action::kCascade}}}};
}

// A key of two columns: Order(tenant, no), Line(id, tenant, orderNo) with the edge Line.order.
inline std::vector<TableDef> OrderAndLine(BelongsToDef edge = {}, ColumnDef tenant = {},
                                          ColumnDef order_no = {}) {
  edge.target = "Order";
  edge.foreign_key = {"tenant", "orderNo"};
  tenant.name = "tenant";
  order_no.name = "orderNo";
  return {{.name = "Order", .columns = {{.name = "tenant"}, {.name = "no"}}, .primary_key = {"tenant", "no"}},
          {.name = "Line", .columns = {tenant, order_no}, .belongs_to = {edge}}};
}

}  // namespace tenon::testing

#endif  // TENON_TESTS_TESTING_TABLES_H_
