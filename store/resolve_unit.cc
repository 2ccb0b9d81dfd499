// Tables, columns and keys of a unit; its edges are in resolve_edge.cc.
#include "store/resolve_unit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "store/resolve_names.h"

namespace tenon::internal {
namespace {

constexpr size_t kMostColumns = 1000;
constexpr size_t kMostTables = 10'000;

std::string Named(Type type) { return std::string(TypeName(type)); }

bool IsInteger(Type type) { return type == Type::kInt32 || type == Type::kInt64; }
bool MayBeKey(Type type) { return IsInteger(type) || type == Type::kString || type == Type::kBytes; }

// Widens an integer to the column's type; whether the value is of that type then.
bool Fit(Type type, Value& value) {
  if (value.is_null()) return true;
  if (type == Type::kInt64) {
    if (const auto wide = value.As<int64_t>()) value = *wide;
  }
  // The alternatives of a Value stand in the order of the types, after null.
  return value.variant().index() == static_cast<size_t>(type) + 1;
}

// One text for each set of columns, whatever their order.
std::string SetOf(const std::vector<std::string>& columns) {
  std::vector<absl::string_view> sorted(columns.begin(), columns.end());
  std::sort(sorted.begin(), sorted.end());
  std::string set;
  for (const absl::string_view column : sorted) absl::StrAppend(&set, column.size(), ":", column);
  return set;
}

}  // namespace

Violation& Unit::Report(Draft& draft, ViolationCode code, const std::string& text) {
  Violation& violation = draft.violations.emplace_back();
  violation.code = code;
  const std::string& table = draft.info().name;
  const std::string making = absl::StrCat("create ", table.empty() ? "a table" : table);
  violation.child_table = table;
  violation.message = absl::StrCat(operation_.empty() ? making : operation_, ": ", text);
  return violation;
}

std::vector<Violation> Unit::TakeViolations() {
  std::vector<Violation> all;
  for (Draft& draft : drafts_) {
    all.insert(all.end(), std::make_move_iterator(draft.violations.begin()),
               std::make_move_iterator(draft.violations.end()));
  }
  return all;
}

void Unit::Start(const TableDef& def) {
  Draft& draft = drafts_.emplace_back();
  draft.def = &def;
  draft.made.name = def.name;
  draft.made.belongs_to = def.belongs_to;
  draft.made.row_struct = def.row_struct;
  draft.edges.resize(def.belongs_to.size());
  for (const std::string& problem : def.problems) Report(draft, ViolationCode::kDefinition, problem);

  std::vector<KeyInfo>& keys = draft.made.keys;
  keys.reserve(1 + def.unique.size() + def.index.size());
  KeyInfo& primary = keys.emplace_back();
  primary.primary = true;
  primary.columns = def.primary_key;
  if (primary.columns.empty()) primary.columns.emplace_back("id");
  for (const std::vector<std::string>& columns : def.unique) keys.emplace_back().columns = columns;
  for (const std::vector<std::string>& columns : def.index) {
    keys.emplace_back().columns = columns;
    keys.back().unique = false;
  }
  for (KeyInfo& key : keys) key.constraint = KeyConstraint(def.name, key.columns);

  if (def.name.empty()) Report(draft, ViolationCode::kDefinition, "it has no name (set .name)");
  if (!draft_at_.emplace(def.name, own_).second) {
    Report(draft, ViolationCode::kDuplicateName,
           "two tables of the unit have this name (a table's name is its own)");
  }
  ++own_;
  const size_t limit = std::min(options_.table_limit, kMostTables);
  const size_t room = limit - std::min(limit, existing_.tables.size());
  if (own_ == room + 1) {
    Report(draft, ViolationCode::kLimit,
           absl::StrCat("there would be more than ", limit, " tables (Options::table_limit)"));
  }
}

Draft& Unit::Extend(const TableInfo& table) {
  Draft& draft = drafts_.emplace_back();
  draft.made = table;
  draft.edges.resize(table.belongs_to.size());
  draft.first_edge = table.belongs_to.size();
  draft.inverses = table.inverses.size();
  draft_at_.emplace(table.name, own_);
  ++own_;
  return draft;
}

void Unit::Resolve() {
  NameTargets();
  FindTargets();
  // The tables of the unit come first; drafts of existing targets behind them are only looked at.
  for (size_t t = 0; t < own_; ++t) {
    for (size_t i = drafts_[t].first_edge; i < drafts_[t].edges.size(); ++i) NameEdge(drafts_[t], i);
  }
  for (size_t t = 0; t < own_; ++t) LayColumns(drafts_[t]);
  for (size_t t = 0; t < own_; ++t) GiveTypes(drafts_[t]);
  for (size_t t = 0; t < own_; ++t) {
    Draft& draft = drafts_[t];
    CheckColumnLimit(draft);
    if (draft.def != nullptr) CheckKeys(draft, 0);
    CheckNames(draft);
  }
  // Only now is it known of all columns whether they are part of a primary key, and so not null.
  for (size_t t = 0; t < own_; ++t) {
    Draft& draft = drafts_[t];
    for (size_t i = draft.first_edge; i < draft.edges.size(); ++i) CheckEdge(draft, i);
    CheckForeignKeysDiffer(draft);
  }
}

void Unit::IndexColumns(Draft& draft) {
  const std::vector<ColumnDef>& columns = draft.info().columns;
  draft.column_at.reserve(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) draft.column_at.emplace(columns[i].name, i);
}

// A name is indexed where it stands in the definition: columns may still move.
void Unit::LayColumns(Draft& draft) {
  std::vector<ColumnDef>& columns = draft.made.columns;
  size_t most = columns.size();
  for (const BelongsToDef& edge : draft.made.belongs_to) most += edge.foreign_key.size();
  if (draft.def == nullptr) {
    columns.reserve(most);
    IndexColumns(draft);
  } else {
    const std::vector<ColumnDef>& declared = draft.def->columns;
    most += 1 + declared.size();
    columns.reserve(most);
    draft.column_at.reserve(most);
    const std::string& id = draft.made.keys[0].columns[0];
    if (draft.def->primary_key.empty()) {
      if (std::any_of(declared.begin(), declared.end(), [&](const ColumnDef& c) { return c.name == id; })) {
        Report(draft, ViolationCode::kDefinition,
               "there is a column id that is not the primary key (add .primary_key = {\"id\"}, or rename it)")
            .columns = {id};
      } else {
        columns.push_back({.name = id, .type = Type::kInt64, .not_null = true, .auto_increment = true});
        draft.column_at.emplace(id, 0);
      }
    }
    const std::string* counting = columns.empty() ? nullptr : &id;
    for (const ColumnDef& column : declared) {
      if (!draft.column_at.emplace(column.name, columns.size()).second) {
        Report(
            draft, ViolationCode::kDuplicateName,
            absl::StrCat("two columns are named ", column.name, " (a column's name is its own in its table)"))
            .columns = {column.name};
        continue;
      }
      columns.push_back(column);
      CheckColumn(draft, columns.back());
      if (!column.auto_increment) continue;
      if (counting != nullptr) {
        Report(draft, ViolationCode::kDefinition,
               absl::StrCat("columns ", *counting, " and ", column.name,
                            " both have auto_increment (one in a table; an `id` that was added has it)"))
            .columns = {*counting, column.name};
      }
      counting = &column.name;
    }
  }
  draft.first_added = columns.size();
  for (size_t i = draft.first_edge; i < draft.edges.size(); ++i) AddForeignKey(draft, i);
}

void Unit::CheckColumn(Draft& draft, ColumnDef& column) {
  const auto report = [&](ViolationCode code, const std::string& text) {
    Report(draft, code, text).columns = {column.name};
  };
  if (column.name.empty()) report(ViolationCode::kDefinition, "a column has no name (set .name)");
  if (column.type > Type::kBytes) {
    report(ViolationCode::kDefinition, absl::StrCat("column ", column.name, " has no type (set .type)"));
    return;
  }
  Value& value = column.default_value;
  if (!Fit(column.type, value)) {
    report(ViolationCode::kType,
           absl::StrCat("the default of column ", column.name, " is ", value.ToString(), ", no ",
                        Named(column.type), " (integers widen, nothing else converts)"));
  }
  if (const auto text = value.As<std::string_view>();
      text.has_value() && text->size() > options_.text_limit) {
    report(ViolationCode::kLimit, absl::StrCat("the default of column ", column.name, " has ", text->size(),
                                               " bytes (Options::text_limit is ", options_.text_limit, ")"));
  }
  if (!column.auto_increment) return;
  if (!IsInteger(column.type)) {
    report(ViolationCode::kDefinition,
           absl::StrCat("column ", column.name, " is ", Named(column.type),
                        " and can't count (auto_increment is for int32 and int64)"));
  }
  if (!value.is_null()) {
    report(ViolationCode::kDefinition,
           absl::StrCat("column ", column.name, " has auto_increment and a default (leave one of them out)"));
  }
}

void Unit::CheckColumnLimit(Draft& draft) {
  const size_t limit = std::min(options_.column_limit, kMostColumns);
  if (draft.made.columns.size() <= limit) return;
  Report(draft, ViolationCode::kLimit,
         absl::StrCat("it would have ", draft.made.columns.size(), " columns (Options::column_limit is ",
                      limit, ")"));
}

// A column that an edge would have added, had the edge been right: only the edge is told of.
bool Unit::MayBeAdded(const Draft& draft, const std::string& column) const {
  for (size_t i = draft.first_edge; i < draft.edges.size(); ++i) {
    const BelongsToDef& edge = draft.made.belongs_to[i];
    if (draft.edges[i].paired) continue;
    const std::vector<std::string>& given = edge.foreign_key;
    const bool named = std::find(given.begin(), given.end(), column) != given.end();
    const bool alike =
        given.empty() && !edge.as.empty() && absl::StartsWith(column, DefaultForeignKey(edge.as, {}));
    if (named || alike) return true;
  }
  return false;
}

void Unit::CheckKey(Draft& draft, const KeyInfo& key) {
  const auto report = [&](ViolationCode code, const std::string& text) -> Violation& {
    Violation& violation = Report(draft, code, text);
    violation.constraint = key.constraint;
    return violation;
  };
  if (key.columns.empty())
    report(ViolationCode::kDefinition,
           absl::StrCat(key.unique ? "a unique key" : "an index", " has no columns (name one or more)"));
  absl::flat_hash_set<absl::string_view> names;
  for (const std::string& name : key.columns) {
    if (key.columns.size() > 1 && !names.insert(name).second) {
      report(ViolationCode::kDefinition,
             absl::StrCat("key ", key.constraint, " has column ", name, " twice (once is enough)"))
          .columns = {name};
      continue;
    }
    const auto at = draft.column_at.find(name);
    if (at == draft.column_at.end()) {
      if (MayBeAdded(draft, name)) continue;
      report(ViolationCode::kUnknownColumn, absl::StrCat("key ", key.constraint, " has column ", name,
                                                         ", which the table lacks (declare it in .columns)"))
          .columns = {name};
      continue;
    }
    ColumnDef& column = draft.made.columns[at->second];
    if (key.primary) column.not_null = true;
    if (MayBeKey(column.type)) continue;
    report(ViolationCode::kDefinition,
           absl::StrCat("column ", name, " of key ", key.constraint, " is ", Named(column.type),
                        " (bool, float and double can't be in a key or index)"))
        .columns = {name};
  }
}

void Unit::CheckKeys(Draft& draft, size_t first) {
  const std::vector<KeyInfo>& keys = draft.made.keys;
  for (size_t i = first; i < keys.size(); ++i) CheckKey(draft, keys[i]);
  if (keys.size() == 1) return;
  absl::flat_hash_map<std::string, const KeyInfo*> sets;
  sets.reserve(keys.size());
  for (const KeyInfo& key : keys) {
    const auto [at, fresh] = sets.emplace(SetOf(key.columns), &key);
    if (fresh || key.columns.empty()) continue;
    Violation& violation =
        Report(draft, ViolationCode::kDuplicateName,
               absl::StrCat(key.unique ? "unique " : "index ", Braced(key.columns), " is on the columns of ",
                            at->second->unique ? "key " : "index ", at->second->constraint,
                            at->second->primary ? ", the primary key" : "", " (leave it out)"));
    violation.constraint = key.constraint;
    violation.columns = key.columns;
  }
}

// Constraints and associations are named once in a table, and no association is named as a column.
void Unit::CheckNames(Draft& draft) {
  absl::flat_hash_map<absl::string_view, const KeyInfo*> constraints;
  constraints.reserve(draft.made.keys.size() + draft.made.belongs_to.size());
  for (const KeyInfo& key : draft.made.keys) {
    const auto [at, fresh] = constraints.emplace(key.constraint, &key);
    // Two keys on the same columns are told of by CheckKeys.
    if (fresh || SetOf(at->second->columns) == SetOf(key.columns)) continue;
    Report(draft, ViolationCode::kDuplicateName,
           absl::StrCat("keys ", Braced(at->second->columns), " and ", Braced(key.columns),
                        " are both named ", key.constraint, " (rename a column)"))
        .constraint = key.constraint;
  }
  absl::flat_hash_set<absl::string_view> associations;
  associations.reserve(draft.made.belongs_to.size());
  for (const BelongsToDef& edge : draft.made.belongs_to) {
    if (edge.as.empty()) continue;  // it has no target either, and that is told
    if (!associations.insert(edge.as).second) {
      ReportEdge(draft, edge, ViolationCode::kDuplicateName,
                 absl::StrCat("two associations are named ", edge.as, " (set .as of one of them)"));
    } else if (!constraints.emplace(edge.name, nullptr).second) {
      ReportEdge(draft, edge, ViolationCode::kDuplicateName,
                 absl::StrCat("two constraints are named ", edge.name, " (set .name of the belongsTo)"));
    }
    if (draft.column_at.contains(edge.as)) {
      ReportEdge(
          draft, edge, ViolationCode::kDuplicateName,
          absl::StrCat("association ", edge.as, " is named as a column (set .as, or rename the column)"))
          .columns = {edge.as};
    }
  }
}

}  // namespace tenon::internal
