#include "tests/oracle/sql_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::model {
namespace {

using Writes = std::map<RowId, std::map<size_t, Cell>>;

template <class List, class Text>
std::string Join(const List& list, const char* between, Text text) {
  return absl::StrJoin(list, between,
                       [&](std::string* out, const auto& item) { absl::StrAppend(out, text(item)); });
}

std::string Names(const Table& table, const std::vector<size_t>& columns) {
  return Join(columns, ", ", [&](size_t c) { return table.columns[c].name; });
}

// ---- Schemas ----

std::string SqlOf(const Schema& schema, size_t t) {
  const Table& table = schema.tables[t];
  std::string sql = absl::StrCat("CREATE TABLE ", table.name, " (row INTEGER PRIMARY KEY");
  for (const Column& column : table.columns) {
    absl::StrAppend(&sql, ", ", column.name, column.kind == Kind::kText ? " TEXT" : " INTEGER",
                    column.not_null ? " NOT NULL" : "", " DEFAULT ", ToString(column.default_value));
  }
  for (const auto& key : table.keys) absl::StrAppend(&sql, ", UNIQUE (", Names(table, key), ")");
  for (const Edge& edge : schema.edges) {
    if (edge.child != t) continue;
    const std::string columns = Names(table, edge.foreign_key);
    if (edge.one) absl::StrAppend(&sql, ", UNIQUE (", columns, ")");
    if (!edge.enforced) continue;
    const Table& target = schema.tables[edge.target];
    absl::StrAppend(&sql, ", FOREIGN KEY (", columns, ") REFERENCES ", target.name, " (",
                    Names(target, edge.target_key), ") ON DELETE ", std::string(ActionName(edge.on_delete)),
                    " ON UPDATE ", std::string(ActionName(edge.on_update)),
                    edge.deferred ? " DEFERRABLE INITIALLY DEFERRED" : "");
  }
  return sql + ");\n";
}

// ---- Rows ----

std::string Numbers(const std::vector<RowId>& rows) {
  return Join(rows, ", ", [](RowId id) { return absl::StrCat(id); });
}
std::string Where(const std::vector<RowId>& rows) {
  return absl::StrCat(" WHERE row IN (", Numbers(rows), ")");
}

std::string Insert(const Table& table, const std::vector<std::pair<RowId, std::vector<Cell>>>& rows) {
  return absl::StrCat("INSERT INTO ", table.name, " VALUES ", Join(rows, ", ", [](const auto& row) {
                        return absl::StrCat("(", row.first, ", ",
                                            Join(row.second, ", ", [](const Cell& c) { return ToString(c); }),
                                            ")");
                      }));
}

// One update of all these rows of a table, each with its own constants.
std::string Update(const Table& table, const Writes& writes) {
  std::vector<RowId> rows;
  std::map<size_t, std::string> columns;
  for (const auto& [id, cells] : writes) {
    rows.push_back(id);
    for (const auto& [column, cell] : cells) {
      absl::StrAppend(&columns[column], " WHEN ", id, " THEN ", ToString(cell));
    }
  }
  // One row's constants are written as they are: that is the plain case, and the one SQLite's users write.
  const bool plain = rows.size() == 1;
  const std::string sets = Join(columns, ", ", [&](const auto& column) {
    const std::string& name = table.columns[column.first].name;
    if (plain) return absl::StrCat(name, " = ", ToString(writes.begin()->second.at(column.first)));
    return absl::StrCat(name, " = CASE row", column.second, " ELSE ", name, " END");
  });
  return absl::StrCat("UPDATE ", table.name, " SET ", sets, Where(rows));
}

std::string Delete(const Table& table, const std::vector<RowId>& rows) {
  return absl::StrCat("DELETE FROM ", table.name, Where(rows));
}

// ---- Conditions and formulas ----

std::string SqlOf(const Table& table, const Term& term) {
  return term.column.has_value() ? table.columns[*term.column].name : ToString(term.constant);
}
std::string SqlOf(const Table& table, const Formula& formula) {
  if (formula.op == 0) return SqlOf(table, formula.first);
  return absl::StrCat(SqlOf(table, formula.first), " ", std::string(1, formula.op), " ",
                      SqlOf(table, formula.second));
}
std::string SqlOf(const Table& table, const std::vector<Assignment>& assignments) {
  return Join(assignments, ", ", [&](const Assignment& a) {
    return absl::StrCat(table.columns[a.column].name, " = ", SqlOf(table, a.value));
  });
}
std::string SqlOf(const Table& table, const Condition& condition) {
  static constexpr const char* kSigns[] = {" = ", " <> ", " < ", " >= ", " IS "};
  std::string sql =
      condition.tests.empty()
          ? "1"
          : Join(condition.tests, condition.any ? " OR " : " AND ", [&](const Test& test) {
              return absl::StrCat(table.columns[test.column].name,
                                  kSigns[static_cast<size_t>(test.comparison)], ToString(test.value));
            });
  return absl::StrCat(condition.negated ? " WHERE NOT (" : " WHERE (", sql, ")");
}

// ---- Statements ----

class Translation {
 public:
  Translation(const Schema& schema, const State& before, const Direct& direct)
      : schema_(schema), before_(before), direct_(direct) {}

  std::vector<std::string> Of(const Statement& s) const {
    const Table& table = schema_.tables[s.table];
    switch (s.verb) {
      case Verb::kUpdate:
        return {absl::StrCat("UPDATE ", table.name, " SET ", SqlOf(table, s.assignments), Where(s.refs))};
      case Verb::kUpdateWhere:
        return {
            absl::StrCat("UPDATE ", table.name, " SET ", SqlOf(table, s.assignments), SqlOf(table, s.where))};
      case Verb::kErase:
      case Verb::kEraseAll:
      case Verb::kPlanErase:
        return {Delete(table, s.refs)};
      case Verb::kEraseWhere:
        return {absl::StrCat("DELETE FROM ", table.name, SqlOf(table, s.where))};
      case Verb::kUpsert:
        return {Upsert(s)};
      default:
        return Direct();
    }
  }

 private:
  // Inserts, links and batches, from what they write.
  std::vector<std::string> Direct() const {
    std::vector<std::string> sql;
    for (size_t t = 0; t < schema_.tables.size(); ++t) {
      std::vector<std::pair<RowId, std::vector<Cell>>> rows;
      for (const auto& [id, row] : direct_.births) {
        if (row.table == t) rows.push_back({id, row.cells});
      }
      if (!rows.empty()) sql.push_back(Insert(schema_.tables[t], rows));
    }
    for (size_t t = 0; t < schema_.tables.size(); ++t) {
      Writes writes;
      for (const auto& [id, cells] : direct_.writes) {
        if (TableOf(id) == t) writes[id] = cells;
      }
      if (!writes.empty()) sql.push_back(Update(schema_.tables[t], writes));
    }
    for (size_t t = 0; t < schema_.tables.size(); ++t) {
      std::vector<RowId> rows;
      for (const RowId id : direct_.erased) {
        if (TableOf(id) == t) rows.push_back(id);
      }
      if (!rows.empty()) sql.push_back(Delete(schema_.tables[t], rows));
    }
    return sql;
  }

  // All columns that are left out are given with their defaults, so that a row can be born of this. Without a
  // primary key it is an insert.
  std::string Upsert(const Statement& s) const {
    const Table& table = schema_.tables[s.table];
    std::vector<Cell> cells;
    for (const Column& column : table.columns) cells.push_back(column.default_value);
    std::vector<size_t> named;
    for (const Given& given : s.rows[0].cells) {
      cells[given.column] = given.value;
      named.push_back(given.column);
    }
    for (size_t c = 0; c < cells.size(); ++c) {
      const bool numbered = table.columns[c].auto_increment && std::count(named.begin(), named.end(), c) == 0;
      if (numbered) cells[c] = before_.counters[s.table] + 1;
    }
    const std::string insert = Insert(table, {{s.rows[0].id, cells}});
    if (std::count(named.begin(), named.end(), table.keys[0][0]) == 0) return insert;
    return absl::StrCat(insert, " ON CONFLICT (", Names(table, table.keys[0]), ") DO UPDATE SET ",
                        Join(named, ", ", [&](size_t c) {
                          const std::string& name = table.columns[c].name;
                          return absl::StrCat(name, " = excluded.", name);
                        }));
  }

  size_t TableOf(RowId id) const {
    return direct_.births.contains(id) ? direct_.births.at(id).table : before_.rows.at(id).table;
  }

  const Schema& schema_;
  const State& before_;
  const model::Direct& direct_;
};

}  // namespace

std::string SqlOf(const Schema& schema) {
  std::string sql;
  for (size_t t = 0; t < schema.tables.size(); ++t) absl::StrAppend(&sql, SqlOf(schema, t));
  return sql;
}

std::string SqlOf(const Schema& schema, const State& state) {
  std::string sql;
  for (size_t t = 0; t < schema.tables.size(); ++t) {
    std::vector<std::pair<RowId, std::vector<Cell>>> rows;
    for (const auto& [id, row] : state.rows) {
      if (row.table == t) rows.push_back({id, row.cells});
    }
    if (!rows.empty()) absl::StrAppend(&sql, Insert(schema.tables[t], rows), ";\n");
  }
  return sql;
}

std::vector<std::string> SqlOf(const Schema& schema, const State& before, const Statement& statement,
                               const Direct& direct) {
  return Translation(schema, before, direct).Of(statement);
}

}  // namespace tenon::model
