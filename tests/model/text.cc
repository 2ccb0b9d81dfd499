#include "tests/model/text.h"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::model {
namespace {

std::string Names(const Table& table, const std::vector<size_t>& columns) {
  return absl::StrJoin(columns, ", ",
                       [&](std::string* out, size_t c) { absl::StrAppend(out, table.columns[c].name); });
}
std::string ColumnName(const Table& table, size_t column) {
  return column < table.columns.size() ? table.columns[column].name : "nosuch";
}
std::string RowName(RowId id) { return absl::StrCat("r", id); }
std::string RowNames(const std::vector<RowId>& ids) {
  return absl::StrJoin(ids, ", ", [](std::string* out, RowId id) { absl::StrAppend(out, RowName(id)); });
}

std::string Text(const Table& table, const Term& term) {
  return term.column.has_value() ? ColumnName(table, *term.column) : ToString(term.constant);
}
std::string Text(const Table& table, const std::vector<Assignment>& assignments) {
  return absl::StrJoin(assignments, ", ", [&](std::string* out, const Assignment& a) {
    absl::StrAppend(out, ColumnName(table, a.column), " = ", Text(table, a.value.first));
    if (a.value.op == 0) return;
    absl::StrAppend(out, " ", std::string(1, a.value.op), " ", Text(table, a.value.second));
  });
}
std::string Text(const Schema& schema, size_t table, const NewRow& row) {
  std::string text = absl::StrCat(RowName(row.id), " {");
  absl::StrAppend(&text, absl::StrJoin(row.cells, ", ", [&](std::string* out, const Given& cell) {
    absl::StrAppend(out, ColumnName(schema.tables[table], cell.column), ": ", ToString(cell.value));
  }));
  for (const auto& [edge, target] : row.links) {
    absl::StrAppend(&text, "; ", schema.edges[edge].association, " -> ", RowName(target));
  }
  return text + "}";
}
std::string Text(const Table& table, const Condition& condition) {
  if (condition.tests.empty()) return condition.negated ? "nothing" : "everything";
  static constexpr const char* kSigns[] = {" = ", " != ", " < ", " >= ", " is "};
  const std::string tests = absl::StrJoin(
      condition.tests, condition.any ? " or " : " and ", [&](std::string* out, const Test& test) {
        absl::StrAppend(out, ColumnName(table, test.column), kSigns[static_cast<size_t>(test.comparison)],
                        ToString(test.value));
      });
  return condition.negated ? absl::StrCat("not (", tests, ")") : tests;
}
const char* KindName(Kind kind) {
  return kind == Kind::kText ? "string" : kind == Kind::kInt32 ? "int32" : "int64";
}

}  // namespace

std::string ToString(const Schema& schema) {
  std::string text;
  for (size_t t = 0; t < schema.tables.size(); ++t) {
    const Table& table = schema.tables[t];
    absl::StrAppend(&text, table.name, table.implicit_id ? ", id by default\n" : "\n");
    for (const Column& column : table.columns) {
      absl::StrAppend(&text, "  ", column.name, " ", KindName(column.kind),
                      column.not_null ? " not null" : "", column.auto_increment ? " auto-increment" : "");
      if (!IsNull(column.default_value)) absl::StrAppend(&text, " default ", ToString(column.default_value));
      absl::StrAppend(&text, "\n");
    }
    for (size_t k = 0; k < table.keys.size(); ++k) {
      absl::StrAppend(&text, k == 0 ? "  primary key (" : "  unique (", Names(table, table.keys[k]), ")\n");
    }
    for (const auto& index : table.indexes) absl::StrAppend(&text, "  index (", Names(table, index), ")\n");
    for (const Edge& edge : schema.edges) {
      if (edge.child != t) continue;
      const Table& target = schema.tables[edge.target];
      absl::StrAppend(&text, "  ", edge.association, " (", Names(table, edge.foreign_key), ") -> ",
                      target.name, " (", Names(target, edge.target_key), ")");
      absl::StrAppend(&text, ", on delete ", std::string(ActionName(edge.on_delete)), ", on update ",
                      std::string(ActionName(edge.on_update)));
      absl::StrAppend(&text, edge.one ? ", has-one" : "", edge.enforced ? "" : ", not enforced",
                      edge.deferred ? ", deferred" : "", "\n");
    }
  }
  return text;
}

std::string ToString(const Schema& schema, const Statement& s) {
  const Table& table = schema.tables[s.table];
  const auto edge = [&] {
    return absl::StrCat(schema.edges[s.edge].association, s.inverse ? " (has-one end)" : "");
  };
  const auto rows = [&] {
    return absl::StrJoin(s.rows, ", ", [&](std::string* out, const NewRow& row) {
      absl::StrAppend(out, Text(schema, s.table, row));
    });
  };
  switch (s.verb) {
    case Verb::kInsert:
      return absl::StrCat("insert ", table.name, " ", rows());
    case Verb::kInsertAll:
      return absl::StrCat("insert all ", table.name, " ", rows());
    case Verb::kInsertColumns:
      return absl::StrCat("insert columns ", table.name, " ", rows());
    case Verb::kUpsert:
      return absl::StrCat("upsert ", table.name, " ", rows());
    case Verb::kUpdate:
      return absl::StrCat("update ", table.name, " ", RowNames(s.refs), ": ", Text(table, s.assignments));
    case Verb::kUpdateWhere:
      return absl::StrCat("update ", table.name, " where ", Text(table, s.where), ": ",
                          Text(table, s.assignments));
    case Verb::kErase:
      return absl::StrCat("erase ", table.name, " ", RowNames(s.refs));
    case Verb::kEraseAll:
      return absl::StrCat("erase all ", table.name, " ", RowNames(s.refs));
    case Verb::kEraseWhere:
      return absl::StrCat("erase ", table.name, " where ", Text(table, s.where));
    case Verb::kPlanErase:
      return absl::StrCat("plan erase ", table.name, " ", RowNames(s.refs));
    case Verb::kClear:
      return absl::StrCat("clear ", absl::StrJoin(s.tables, ", ", [&](std::string* out, size_t t) {
                            absl::StrAppend(out, schema.tables[t].name);
                          }));
    case Verb::kSet:
      return absl::StrCat("set ", edge(), " of ", RowNames(s.refs), " to ", RowNames(s.targets));
    case Verb::kSetAll:
      return absl::StrCat("set all ", edge(), " of ", RowNames(s.refs), " to ", RowNames(s.targets));
    case Verb::kUnlink:
      return absl::StrCat("unlink ", edge(), " of ", RowNames(s.refs));
    case Verb::kCreate:
      return absl::StrCat("create by ", edge(), " of ", RowNames(s.refs), " ", rows());
    case Verb::kBatch: {
      std::string text = "batch";
      for (const Statement& part : s.parts) absl::StrAppend(&text, "\n    ", ToString(schema, part));
      return text;
    }
    case Verb::kBegin:
      return "begin";
    case Verb::kCommit:
      return absl::StrCat("commit ", s.depth);
    case Verb::kRollback:
      return absl::StrCat("rollback ", s.depth);
  }
  return {};
}

std::string Dump(const Model& model) {
  const Schema& schema = model.schema();
  std::string dump;
  for (size_t t = 0; t < schema.tables.size(); ++t) {
    std::set<Key> rows;  // the primary key makes them all different
    for (const RowId id : model.RowsOf(t)) rows.insert(model.rows().at(id).cells);
    absl::StrAppend(&dump, schema.tables[t].name, ", counter ", model.state().counters[t], "\n");
    for (const Key& row : rows) {
      for (const Cell& cell : row) absl::StrAppend(&dump, " ", ToString(cell));
      absl::StrAppend(&dump, "\n");
    }
  }
  return dump;
}

}  // namespace tenon::model
