#include "store/violation_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "store/value_cell.h"
#include "store/violation_status.h"

namespace tenon::internal {
namespace {

std::vector<Value> ValuesOf(const TableNode& table, absl::Span<const uint32_t> columns, Slot slot) {
  std::vector<Value> values;
  for (const uint32_t c : columns) values.push_back(ValueOf(table.rows.Get(slot, c), table.columns[c].type));
  return values;
}

std::vector<std::string> NamesOf(const TableNode& table, absl::Span<const uint32_t> columns) {
  std::vector<std::string> names;
  for (const uint32_t c : columns) names.push_back(table.columns[c].name);
  return names;
}

Ref<> RefOf(const TableNode& table, Slot slot) {
  const Stamp stamp = table.rows.stamps()[slot];
  return stamp == 0 ? Ref<>() : Ref<>(slot, stamp);
}

Violation OfEdge(ViolationCode code, const Edge& edge, Slot child) {
  Violation v;
  v.code = code;
  v.constraint = edge.def.name;
  v.child_table = edge.child->name;
  v.target_table = edge.target->name;
  v.columns = NamesOf(*edge.child, edge.foreign_key);
  v.key = ValuesOf(*edge.child, edge.foreign_key, child);
  v.child = RefOf(*edge.child, child);
  v.children = 1;
  return v;
}

std::string Rows(size_t n) { return absl::StrCat(n, n == 1 ? " row refers" : " rows refer"); }

absl::Status Finish(Violation v, std::string message) {
  v.message = std::move(message);
  return MakeStatus({std::move(v)});
}

}  // namespace

std::string KeyText(absl::Span<const std::string> columns, absl::Span<const Value> key) {
  const auto print = [](std::string* out, const Value& v) { out->append(v.ToString()); };
  if (columns.size() == 1) return absl::StrCat(columns[0], " = ", key[0].ToString());
  return absl::StrCat("(", absl::StrJoin(columns, ", "), ") = (", absl::StrJoin(key, ", ", print), ")");
}

std::string RowText(const TableNode& table, Slot slot) {
  for (const Key& key : table.rows.keys()) {
    if (!key.primary) continue;
    std::string text = absl::StrCat(table.name, "[");
    for (const uint32_t c : key.columns) {
      absl::StrAppend(&text, c == key.columns[0] ? "" : ", ", table.columns[c].name, "=",
                      ValueOf(table.rows.Get(slot, c), table.columns[c].type).ToString());
    }
    return absl::StrCat(text, "]");
  }
  return table.name;
}

absl::Status NotNullError(std::string_view verb, const TableNode& table, Slot slot, uint32_t column,
                          size_t row) {
  Violation v;
  v.code = ViolationCode::kNotNull;
  v.constraint = absl::StrCat(table.name, ".", table.columns[column].name);
  v.child_table = table.name;
  v.columns = {table.columns[column].name};
  v.child = RefOf(table, slot);
  v.children = 1;
  v.row = row;
  return Finish(v, absl::StrCat(Absl(verb), " ", RowText(table, slot), ": ", table.columns[column].name,
                                " would be null (", v.constraint, " is required; give it a value)"));
}

absl::Status UniqueError(std::string_view verb, const TableNode& table, const Key& key, Slot slot,
                         size_t row) {
  Violation v;
  v.code = ViolationCode::kUnique;
  v.constraint = key.name;
  v.child_table = table.name;
  v.columns = NamesOf(table, key.columns);
  v.key = ValuesOf(table, key.columns, slot);
  v.child = RefOf(table, slot);
  v.children = 1;
  v.row = row;
  std::string rule = absl::StrCat(key.name, " is ", key.primary ? "the primary key" : "unique");
  if (key.one_to_one) {
    rule = absl::StrCat(key.name, " is one-to-one");
    for (const Edge* edge : table.out) {
      if (edge->def.name == key.name) v.target_table = edge->target->name;
    }
  }
  return Finish(v, absl::StrCat(Absl(verb), " ", table.name, ": another row has ", KeyText(v.columns, v.key),
                                " (", rule, ")"));
}

absl::Status MissingTargetError(std::string_view verb, const Edge& edge, Slot child, Slot left, size_t row) {
  Violation v = OfEdge(ViolationCode::kMissingTarget, edge, child);
  v.row = row;
  const std::string key = KeyText(v.columns, v.key);
  if (left != kNoSlot) {
    v.action = Action::kSetDefault;
    return Finish(
        v, absl::StrCat(Absl(verb), " ", RowText(*edge.target, left), ": its children in ", edge.child->name,
                        " would get the default ", key, ", which no row of ", edge.target->name, " has (",
                        edge.def.name, ", set default; insert that row first)"));
  }
  return Finish(v, absl::StrCat(Absl(verb), " ", edge.child->name, ": ", key, ": no such row in ",
                                edge.target->name, " (", edge.def.name, "; insert the ", edge.target->name,
                                " first, or in the same statement)"));
}

absl::Status RestrictError(std::string_view verb, const Edge& edge, Slot target, Slot child) {
  Violation v = OfEdge(ViolationCode::kRestrict, edge, child);  // the child still holds the key that is meant
  v.action = Action::kRestrict;
  v.children = edge.Count(target);
  if (!edge.target->rows.IsAlive(target)) {
    return Finish(v, absl::StrCat(Absl(verb), " ", RowText(*edge.target, target), ": ", Rows(v.children),
                                  " to it through ", edge.def.name,
                                  " (on_delete: restrict; erase or move them first)"));
  }
  return Finish(v, absl::StrCat(Absl(verb), " ", edge.target->name, ": ", Rows(v.children), " to ",
                                KeyText(NamesOf(*edge.target, edge.key->columns), v.key), " through ",
                                edge.def.name, " (on_update: restrict; move them first)"));
}

absl::Status NoActionError(std::string_view verb, const Edge& edge, Slot child, size_t children) {
  Violation v = OfEdge(ViolationCode::kNoAction, edge, child);
  v.children = children;
  return Finish(v, absl::StrCat(Absl(verb), " ", edge.target->name, ": ", Rows(children), " to ",
                                KeyText(NamesOf(*edge.target, edge.key->columns), v.key),
                                ", which no row has any more, through ", edge.def.name,
                                " (no action; erase or move them in the same statement, or first)"));
}

absl::Status DeferredError(std::string_view verb, absl::Span<const Edge* const> edges) {
  std::vector<Violation> all;
  for (const Edge* edge : edges) {
    Violation v = OfEdge(ViolationCode::kDeferred, *edge, edge->ChildAtPlace(edge->OldestGhost(), 0));
    v.children = edge->dangling();
    v.message =
        absl::StrCat(Absl(verb), ": ", v.children, v.children == 1 ? " row" : " rows", " of ",
                     edge->child->name, v.children == 1 ? " refers" : " refer", " to missing rows of ",
                     edge->target->name, ", first ", KeyText(v.columns, v.key), " (", edge->def.name,
                     verb == "commit" ? ", deferred; insert the targets or move the rows, and commit again)"
                                      : ", deferred: outside of a transaction it is checked at once)");
    all.push_back(std::move(v));
  }
  return MakeStatus(std::move(all));
}

absl::Status ConflictError(std::string_view verb, const TableNode& table, Slot slot, uint32_t column) {
  Violation v;
  v.code = ViolationCode::kConflict;
  v.child_table = table.name;
  v.columns = {table.columns[column].name};
  v.child = RefOf(table, slot);
  v.children = 1;
  for (const Edge* edge : table.roles[column].out) {
    if (v.constraint.empty() && !edge->is_index()) v.constraint = edge->def.name;
  }
  return Finish(v, absl::StrCat(Absl(verb), " ", RowText(table, slot),
                                ": two actions would write different values into ", table.name, ".",
                                table.columns[column].name, " (edges that share a column must agree on it)"));
}

absl::Status LinkConflictError(std::string_view verb, const Edge& edge, uint32_t column) {
  Violation v;
  v.code = ViolationCode::kConflict;
  v.constraint = edge.def.name;
  v.child_table = edge.child->name;
  v.target_table = edge.target->name;
  v.columns = {edge.child->columns[column].name};
  return Finish(
      v, absl::StrCat(Absl(verb), " ", edge.child->name, ": two links would write different values into ",
                      edge.child->name, ".", v.columns[0], " (their targets must agree on it)"));
}

absl::Status StaleError(std::string_view verb, const TableNode& table, bool null, size_t row) {
  Violation v;
  v.code = ViolationCode::kStale;
  v.child_table = table.name;
  v.row = row;
  return Finish(
      v, absl::StrCat(
             Absl(verb), " ", table.name, ": the Ref ",
             null ? "is null" : "names no row of this table (its row is gone, or is of another table)"));
}

absl::Status NullKeyError(std::string_view verb, const Edge& edge, Slot target) {
  Violation v;
  v.code = ViolationCode::kStale;
  v.constraint = edge.def.name;
  v.child_table = edge.child->name;
  v.target_table = edge.target->name;
  v.columns = NamesOf(*edge.target, edge.key->columns);
  return Finish(v, absl::StrCat(Absl(verb), " ", edge.child->name, ": ", RowText(*edge.target, target),
                                " has a null in its key (", absl::StrJoin(v.columns, ", "),
                                "), so that no row can belong to it (", edge.def.name, ")"));
}

absl::Status RangeError(std::string_view verb, const TableNode& table, uint32_t column, size_t row) {
  Violation v;
  v.code = ViolationCode::kRange;
  v.child_table = table.name;
  v.columns = {table.columns[column].name};
  v.row = row;
  const std::string type(TypeName(table.columns[column].type));
  return Finish(
      v, absl::StrCat(Absl(verb), " ", table.name, ": the value of ", v.columns[0], " leaves its type (",
                      type, table.columns[column].auto_increment ? ", auto-increment)" : ")"));
}

absl::Status TypeError(std::string_view verb, const TableNode& table, std::string_view column,
                       std::string_view what, size_t row) {
  Violation v;
  v.code = ViolationCode::kType;
  v.child_table = table.name;
  v.columns = {std::string(column)};
  v.row = row;
  return Finish(v, absl::StrCat(Absl(verb), " ", table.name, ": ", Absl(column), " ", Absl(what)));
}

absl::Status NoColumnError(std::string_view verb, const TableNode& table, std::string_view column,
                           size_t row) {
  return TypeError(verb, table, absl::StrCat("\"", Absl(column), "\""),
                   "is no column of it (schema() lists them)", row);
}

absl::Status NoMemberError(std::string_view verb, const TableNode& table) {
  return TypeError(verb, table, "a member of its struct", "is no column of it", 0);
}

absl::Status MalformedError(std::string_view verb, const TableNode& table) {
  return TypeError(verb, table, "the condition or expression", "is empty or malformed (was it moved from?)",
                   0);
}

absl::Status LimitError(std::string_view verb, std::string_view what) {
  return SimpleError(ViolationCode::kLimit, absl::StrCat(Absl(verb), ": ", Absl(what)));
}

absl::Status SimpleError(ViolationCode code, std::string message) {
  Violation v;
  v.code = code;
  return Finish(v, std::move(message));
}

}  // namespace tenon::internal
