// The edges of a unit: names, added columns, and what can't be.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/resolve_names.h"
#include "store/resolve_unit.h"
#include "tenon/internal/struct_info.h"

namespace tenon::internal {
namespace {

std::string Named(Type type) { return std::string(TypeName(type)); }
std::string Named(Action action) { return std::string(ActionName(action)); }

bool SameSet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.size() != b.size()) return false;
  if (a == b) return true;
  std::vector<absl::string_view> x(a.begin(), a.end());
  std::vector<absl::string_view> y(b.begin(), b.end());
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return x == y;
}

const KeyInfo* FindKey(const TableInfo& table, const std::vector<std::string>& columns) {
  for (const KeyInfo& key : table.keys) {
    if (key.unique && SameSet(key.columns, columns)) return &key;
  }
  return nullptr;
}

// Puts the foreign key of `edge` into the order of the key. Requires: target_key is that key in another
// order.
void PairUp(BelongsToDef& edge, const KeyInfo& key) {
  const bool reordered = !edge.target_key.empty() && edge.target_key != key.columns;
  if (reordered && !edge.foreign_key.empty()) {
    absl::flat_hash_map<absl::string_view, size_t> at;
    for (size_t i = 0; i < edge.target_key.size(); ++i) at.emplace(edge.target_key[i], i);
    std::vector<std::string> paired;
    for (const std::string& column : key.columns)
      paired.push_back(std::move(edge.foreign_key[at.at(column)]));
    edge.foreign_key = std::move(paired);
  }
  edge.target_key = key.columns;
}

}  // namespace

Violation& Unit::ReportEdge(Draft& draft, const BelongsToDef& edge, ViolationCode code,
                            const std::string& text) {
  Violation& violation = Report(draft, code, text);
  violation.constraint = edge.name;
  violation.target_table = edge.target;
  violation.columns = edge.foreign_key;
  return violation;
}

void Unit::NameTargets() {
  absl::flat_hash_map<const StructInfo*, std::vector<const std::string*>> tables;
  for (size_t t = 0; t < own_; ++t) {
    for (size_t i = drafts_[t].first_edge; i < drafts_[t].edges.size(); ++i) {
      const BelongsToDef& edge = drafts_[t].made.belongs_to[i];
      if (edge.target.empty() && edge.target_struct != nullptr) tables.emplace(edge.target_struct, 0);
    }
  }
  if (tables.empty()) return;
  const auto note = [&](const TableInfo& info) {
    if (const auto at = tables.find(info.row_struct); at != tables.end()) at->second.push_back(&info.name);
  };
  for (size_t t = 0; t < own_; ++t) note(drafts_[t].info());
  for (const TableInfo& info : existing_.tables) {
    if (!draft_at_.contains(info.name)) note(info);
  }
  for (size_t t = 0; t < own_; ++t) {
    Draft& draft = drafts_[t];
    for (size_t i = draft.first_edge; i < draft.edges.size(); ++i) {
      BelongsToDef& edge = draft.made.belongs_to[i];
      if (!edge.target.empty() || edge.target_struct == nullptr) continue;
      const std::vector<const std::string*>& found = tables.at(edge.target_struct);
      if (found.size() == 1) {
        edge.target = *found[0];
        continue;
      }
      const std::string names =
          absl::StrJoin(found, ", ", [](std::string* out, const std::string* name) { out->append(*name); });
      const std::string target(edge.target_struct->name);
      ReportEdge(
          draft, edge, ViolationCode::kUnknownTable,
          found.empty()
              ? absl::StrCat(Braced(edge.foreign_key), " leads to the struct ", target,
                             ", and no table was made from it (define it before, or in the same "
                             "CreateTables; or say which table with .target)")
              : absl::StrCat(Braced(edge.foreign_key), " leads to the struct ", target, ", which is that of ",
                             found.size(), " tables: ", names, " (say which with .target)"));
    }
  }
}

// One look at each existing table, whatever their number: is it wanted, or named like one of ours?
void Unit::FindTargets() {
  for (size_t t = 0; t < own_; ++t) {
    for (size_t i = drafts_[t].first_edge; i < drafts_[t].edges.size(); ++i) {
      draft_at_.emplace(drafts_[t].made.belongs_to[i].target, kNoDraft);
    }
  }
  for (const TableInfo& table : existing_.tables) {
    const auto at = draft_at_.find(table.name);
    if (at == draft_at_.end()) continue;
    if (at->second == kNoDraft) {
      at->second = static_cast<uint32_t>(drafts_.size());
      Draft& target = drafts_.emplace_back();
      target.existing = &table;
      target.inverses = table.inverses.size();
      IndexColumns(target);
    } else if (drafts_[at->second].def != nullptr) {
      Report(drafts_[at->second], ViolationCode::kDuplicateName,
             "there is a table of this name (drop it first, or choose another name)");
    }
  }
  for (size_t t = 0; t < drafts_.size(); ++t) {
    for (const InverseInfo& end : drafts_[t].info().inverses) {
      if (!end.inverse.name.empty()) inverse_names_.emplace(t, end.inverse.name);
    }
  }
}

void Unit::NameEdge(Draft& draft, size_t i) {
  BelongsToDef& edge = draft.made.belongs_to[i];
  EdgeDraft& known = draft.edges[i];
  if (edge.target.empty() && edge.target_struct != nullptr) return;  // told by NameTargets
  if (edge.target.empty()) {
    ReportEdge(draft, edge, ViolationCode::kDefinition,
               "a belongsTo has no target (set .target to a table's name)");
    return;
  }
  if (edge.as.empty()) edge.as = DefaultAssociation(edge.target);
  if (edge.name.empty()) edge.name = absl::StrCat(draft.made.name, ".", edge.as);
  known.target = draft_at_.at(edge.target);
  if (known.target == kNoDraft) {
    ReportEdge(draft, edge, ViolationCode::kUnknownTable,
               absl::StrCat(edge.name, " leads to ", edge.target,
                            ", which is no table (define it before, or in the same CreateTables)"));
    return;
  }
  const TableInfo& target = drafts_[known.target].info();
  known.key = edge.target_key.empty() ? &target.keys[0] : FindKey(target, edge.target_key);
  if (known.key == nullptr) return;  // told by CheckTargetKey, when all columns are known

  const std::vector<std::string>& key = known.key->columns;
  if (!edge.foreign_key.empty() && edge.foreign_key.size() != key.size()) {
    ReportEdge(draft, edge, ViolationCode::kColumnCount,
               absl::StrCat(edge.name, " has columns ", Braced(edge.foreign_key), " for those of ",
                            KeyText(edge.target, key), " (name one for each)"));
    return;
  }
  PairUp(edge, *known.key);
  edge.foreign_key.resize(key.size());
  absl::flat_hash_set<absl::string_view> names;
  for (size_t j = 0; j < key.size(); ++j) {
    std::string& name = edge.foreign_key[j];
    if (name.empty()) name = DefaultForeignKey(edge.as, key[j]);
    if (!name.empty() && (key.size() == 1 || names.insert(name).second)) continue;
    ReportEdge(draft, edge, ViolationCode::kDefinition,
               name.empty()
                   ? absl::StrCat(edge.name, " has a foreign-key column without a name (set .foreign_key)")
                   : absl::StrCat(edge.name, " has foreign-key column ", name,
                                  " twice (name one for each column of the target key)"));
    return;
  }
  known.paired = true;
}

void Unit::AddForeignKey(Draft& draft, size_t i) {
  const EdgeDraft& known = draft.edges[i];
  if (!known.paired) return;
  const BelongsToDef& edge = draft.made.belongs_to[i];
  for (size_t j = 0; j < edge.foreign_key.size(); ++j) {
    if (!draft.column_at.emplace(edge.foreign_key[j], draft.made.columns.size()).second) continue;
    draft.made.columns.push_back({.name = edge.foreign_key[j]});
    draft.sources.push_back({known.target, &known.key->columns[j]});
  }
}

void Unit::GiveTypes(Draft& draft) {
  for (size_t column = draft.first_added; column < draft.made.columns.size(); ++column)
    GiveType(draft, column);
}

// Goes from target key to target key until the type is known, then gives it to all columns on the way.
void Unit::GiveType(Draft& draft, size_t column) {
  using State = TypeSource::State;
  std::vector<std::pair<Draft*, size_t>> path;
  Draft* at = &draft;
  Type type = Type::kInt64;
  while (true) {
    if (at->existing != nullptr || column < at->first_added ||
        at->sources[column - at->first_added].state == State::kKnown) {
      type = at->info().columns[column].type;
      break;
    }
    TypeSource& source = at->sources[column - at->first_added];
    if (source.state == State::kOnPath) {
      const std::string& name = at->made.columns[column].name;
      Report(draft, ViolationCode::kDefinition,
             absl::StrCat("the type of ", at->made.name, ".", name,
                          " follows its target key, and that leads back to it (declare the column)"))
          .columns = {name};
      break;
    }
    source.state = State::kOnPath;
    path.emplace_back(at, column);
    Draft& target = drafts_[source.target];
    const auto next = target.column_at.find(*source.column);
    if (next == target.column_at.end()) break;  // told at the key that names it
    at = &target;
    column = next->second;
  }
  for (const auto& [made, i] : path) {
    made->made.columns[i].type = type;
    made->sources[i - made->first_added].state = State::kKnown;
  }
}

void Unit::CheckEdge(Draft& draft, size_t i) {
  const BelongsToDef& edge = draft.made.belongs_to[i];
  const EdgeDraft& known = draft.edges[i];
  if (i == options_.belongs_to_limit) {
    Report(draft, ViolationCode::kLimit,
           absl::StrCat("it would have ", draft.edges.size(), " belongsTo (Options::belongs_to_limit is ",
                        options_.belongs_to_limit, ")"));
  }
  if (!edge.enforced && (edge.on_delete != Action::kNoAction || edge.on_update != Action::kNoAction)) {
    ReportEdge(draft, edge, ViolationCode::kDefinition,
               absl::StrCat(edge.name,
                            " is not enforced and has an action (an edge has actions only while enforced)"));
  } else {
    CheckAction(draft, edge, "on_delete", edge.on_delete);
    CheckAction(draft, edge, "on_update", edge.on_update);
  }
  if (known.target == kNoDraft) return;
  Draft& target = drafts_[known.target];
  if (known.key == nullptr) CheckTargetKey(draft, edge, target);
  if (known.paired) CheckTypes(draft, edge, target);
  CheckInverse(draft, edge, known.target);
}

// The edge names columns that are no key of its target: which are missing, or how to make them one.
void Unit::CheckTargetKey(Draft& draft, const BelongsToDef& edge, const Draft& target) {
  bool missing = false;
  for (const std::string& column : edge.target_key) {
    if (target.column_at.contains(column)) continue;
    missing = true;
    ReportEdge(draft, edge, ViolationCode::kUnknownColumn,
               absl::StrCat(edge.name, " leads to ", edge.target, ".", column, ", which ", edge.target,
                            " lacks (declare it there, or name another target_key)"))
        .columns = {column};
  }
  if (missing) return;
  ReportEdge(draft, edge, ViolationCode::kTargetNotUnique,
             absl::StrCat(edge.name, " leads to ", KeyText(edge.target, edge.target_key),
                          ", which is not unique (add ", Braced(edge.target_key), " to unique of ",
                          edge.target, ")"))
      .columns = edge.target_key;
}

void Unit::CheckTypes(Draft& draft, const BelongsToDef& edge, const Draft& target) {
  for (size_t j = 0; j < edge.foreign_key.size(); ++j) {
    const auto there = target.column_at.find(edge.target_key[j]);
    if (there == target.column_at.end()) continue;  // told at the key
    const Type type = target.info().columns[there->second].type;
    const ColumnDef& column = draft.made.columns[draft.column_at.at(edge.foreign_key[j])];
    if (column.type == type) continue;
    ReportEdge(
        draft, edge, ViolationCode::kTypeMismatch,
        absl::StrCat(edge.name, ": column ", column.name, " is ", Named(column.type), ", its target ",
                     edge.target, ".", edge.target_key[j], " is ", Named(type), " (make both of one type)"))
        .columns = {column.name};
  }
}

// SET NULL and SET DEFAULT must be able to succeed when there are children.
void Unit::CheckAction(Draft& draft, const BelongsToDef& edge, const char* event, Action action) {
  if (action > Action::kSetDefault) {
    ReportEdge(draft, edge, ViolationCode::kDefinition,
               absl::StrCat(edge.name, ": ", event, " is no Action"));
    return;
  }
  if (action != Action::kSetNull && action != Action::kSetDefault) return;
  for (const std::string& name : edge.foreign_key) {
    const auto at = draft.column_at.find(name);
    if (at == draft.column_at.end()) continue;  // the edge is wrong in another way, and told
    const ColumnDef& column = draft.made.columns[at->second];
    const bool stated = !column.default_value.is_null() && !column.implied_default;
    if (!column.not_null || (action == Action::kSetDefault && stated)) continue;
    Violation& violation = ReportEdge(
        draft, edge, ViolationCode::kActionImpossible,
        absl::StrCat(edge.name, ": ", event, " is ", Named(action), ", but ", name, " may not be null",
                     action == Action::kSetNull
                         ? " (make it nullable, or choose another action)"
                         : " and has no default (give it one, or choose another action)"));
    violation.action = action;
    violation.columns = {name};
  }
}

void Unit::CheckInverse(Draft& draft, const BelongsToDef& edge, uint32_t target) {
  const std::string& name = edge.inverse.name;
  if (!name.empty() && !inverse_names_.emplace(target, name).second) {
    ReportEdge(draft, edge, ViolationCode::kDuplicateName,
               absl::StrCat("two inverses of ", edge.target, " are named ", name, " (set .inverse of ",
                            edge.name, " to another name)"));
  }
  Draft& end = drafts_[target];
  ++end.inverses;
  if (end.inverses == options_.inverse_limit + 1) {
    ReportEdge(draft, edge, ViolationCode::kLimit,
               absl::StrCat(edge.target, " would have ", end.inverses,
                            " edges into it (Options::inverse_limit is ", options_.inverse_limit, ")"));
  }
  if (end.existing == nullptr) end.made.inverses.push_back({draft.made.name, edge.as, edge.inverse});
}

void Unit::CheckForeignKeysDiffer(Draft& draft) {
  using Columns = absl::Span<const std::string>;
  const std::vector<BelongsToDef>& edges = draft.made.belongs_to;
  if (edges.size() < 2) return;
  absl::flat_hash_map<std::tuple<absl::string_view, Columns, Columns>, const BelongsToDef*> seen;
  seen.reserve(edges.size());
  for (size_t i = 0; i < edges.size(); ++i) {
    const BelongsToDef& edge = edges[i];
    if (i >= draft.first_edge && !draft.edges[i].paired) continue;
    const auto [at, fresh] = seen.emplace(
        std::make_tuple(absl::string_view(edge.target), Columns(edge.target_key), Columns(edge.foreign_key)),
        &edge);
    if (fresh) continue;
    ReportEdge(draft, edge, ViolationCode::kDuplicateForeignKey,
               absl::StrCat(edge.name, " leads from ", Braced(edge.foreign_key), " to ",
                            KeyText(edge.target, edge.target_key), ", and so does ", at->second->name,
                            " (use ", at->second->as, ", and leave ", edge.as, " out)"));
  }
}

}  // namespace tenon::internal
