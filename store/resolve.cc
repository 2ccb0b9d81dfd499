#include "store/resolve.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "store/resolve_names.h"
#include "store/resolve_unit.h"
#include "store/violation_status.h"
#include "tenon/violation.h"

namespace tenon::internal {
namespace {

absl::Status NoSuchTable(const std::string& operation, std::string_view table) {
  Violation violation;
  violation.code = ViolationCode::kHandle;
  violation.child_table = std::string(table);
  violation.message = absl::StrCat(operation, ": there is no table ", violation.child_table,
                                   " (it was never defined, or dropped)");
  return MakeStatus({std::move(violation)});
}

// Edges that would lead nowhere without a key, or without a table if `key` is null.
std::vector<Violation> EdgesInto(const Schema& existing, std::string_view table, const KeyInfo* key,
                                 const std::string& operation) {
  std::vector<Violation> found;
  for (const TableInfo& child : existing.tables) {
    if (key == nullptr && child.name == table) continue;  // its own edges go with it
    for (const BelongsToDef& edge : child.belongs_to) {
      if (edge.target != table || (key != nullptr && edge.target_key != key->columns)) continue;
      Violation& violation = found.emplace_back();
      violation.code = ViolationCode::kTableReferenced;
      violation.constraint = edge.name;
      violation.child_table = child.name;
      violation.target_table = edge.target;
      violation.columns = edge.foreign_key;
      violation.message = absl::StrCat(operation, ": ", edge.name, " of table ", child.name,
                                       " refers to it (drop that belongsTo first)");
    }
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<TableInfo>> ResolveTables(const Schema& existing,
                                                     const std::vector<TableDef>& tables,
                                                     const Options& options) {
  Unit unit(existing, options);
  for (const TableDef& def : tables) unit.Start(def);
  unit.Resolve();
  std::vector<Violation> violations = unit.TakeViolations();
  if (!violations.empty()) return MakeStatus(std::move(violations));
  std::vector<TableInfo> resolved;
  resolved.reserve(tables.size());
  for (size_t i = 0; i < tables.size(); ++i) resolved.push_back(std::move(unit.drafts()[i].made));
  return resolved;
}

absl::StatusOr<ColumnDef> ResolveColumn(const Schema& existing, std::string_view table, ColumnDef column,
                                        const Options& options) {
  const std::string operation = absl::StrCat("add column ", std::string(table), ".", column.name);
  const TableInfo* info = existing.Find(table);
  if (info == nullptr) return NoSuchTable(operation, table);
  Unit unit(existing, options, operation);
  Draft& draft = unit.Extend(*info);
  unit.CheckColumn(draft, column);
  for (const ColumnDef& other : info->columns) {
    if (other.name == column.name) {
      unit.Report(draft, ViolationCode::kDuplicateName, "there is a column of this name (choose another one)")
          .columns = {column.name};
    }
    if (other.auto_increment && column.auto_increment) {
      unit.Report(draft, ViolationCode::kDefinition,
                  absl::StrCat("column ", other.name, " has auto_increment already (one in a table)"))
          .columns = {other.name, column.name};
    }
  }
  draft.made.columns.push_back(column);
  unit.IndexColumns(draft);
  unit.CheckNames(draft);
  unit.CheckColumnLimit(draft);
  std::vector<Violation> violations = unit.TakeViolations();
  if (!violations.empty()) return MakeStatus(std::move(violations));
  return column;
}

absl::StatusOr<KeyInfo> ResolveKey(const Schema& existing, std::string_view table,
                                   const std::vector<std::string>& columns, bool unique) {
  KeyInfo key{.constraint = KeyConstraint(std::string(table), columns), .columns = columns, .unique = unique};
  const std::string operation = absl::StrCat(unique ? "add unique " : "add index ", key.constraint);
  const TableInfo* info = existing.Find(table);
  if (info == nullptr) return NoSuchTable(operation, table);
  const Options options;  // no limit counts keys
  Unit unit(existing, options, operation);
  Draft& draft = unit.Extend(*info);
  unit.IndexColumns(draft);
  draft.made.keys.push_back(key);
  unit.CheckKeys(draft, draft.made.keys.size() - 1);
  unit.CheckNames(draft);
  std::vector<Violation> violations = unit.TakeViolations();
  if (!violations.empty()) return MakeStatus(std::move(violations));
  return key;
}

absl::StatusOr<ResolvedBelongsTo> ResolveBelongsTo(const Schema& existing, std::string_view table,
                                                   BelongsToDef edge, const Options& options) {
  const std::string operation = absl::StrCat("add belongsTo ", std::string(table), ".",
                                             edge.as.empty() ? DefaultAssociation(edge.target) : edge.as);
  const TableInfo* info = existing.Find(table);
  if (info == nullptr) return NoSuchTable(operation, table);
  Unit unit(existing, options, operation);
  Draft& draft = unit.Extend(*info);
  draft.made.belongs_to.push_back(std::move(edge));
  draft.edges.emplace_back();
  unit.Resolve();
  std::vector<Violation> violations = unit.TakeViolations();
  if (!violations.empty()) return MakeStatus(std::move(violations));
  ResolvedBelongsTo resolved;
  resolved.edge = std::move(draft.made.belongs_to.back());
  for (size_t i = draft.first_added; i < draft.made.columns.size(); ++i) {
    resolved.added_columns.push_back(std::move(draft.made.columns[i]));
  }
  return resolved;
}

absl::Status CheckDropTable(const Schema& existing, std::string_view table) {
  const std::string operation = absl::StrCat("drop table ", std::string(table));
  if (existing.Find(table) == nullptr) return NoSuchTable(operation, table);
  return MakeStatus(EdgesInto(existing, table, nullptr, operation));
}

absl::Status CheckDropUnique(const Schema& existing, std::string_view table, std::string_view constraint) {
  const std::string operation = absl::StrCat("drop unique ", std::string(constraint));
  const TableInfo* info = existing.Find(table);
  if (info == nullptr) return NoSuchTable(operation, table);
  const auto key = std::find_if(info->keys.begin(), info->keys.end(),
                                [&](const KeyInfo& k) { return k.unique && k.constraint == constraint; });
  if (key != info->keys.end() && !key->primary)
    return MakeStatus(EdgesInto(existing, table, &*key, operation));
  Violation violation;
  violation.constraint = std::string(constraint);
  violation.child_table = info->name;
  if (key == info->keys.end()) {
    violation.code = ViolationCode::kHandle;
    violation.message =
        absl::StrCat(operation, ": ", info->name, " has no key of this name (schema() lists its keys)");
  } else {
    violation.code = ViolationCode::kDefinition;
    violation.message =
        absl::StrCat(operation, ": it is the primary key (a table keeps the one it was made with)");
  }
  return MakeStatus({std::move(violation)});
}

}  // namespace tenon::internal
