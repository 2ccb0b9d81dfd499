#include "tests/oracle/divergence.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "tests/oracle/sql_text.h"

namespace tenon::model {
namespace {

using Rows = std::map<RowId, Row>;
using Columns = std::vector<size_t>;

// ---- Rows ----

RowId TargetOf(const Rows& rows, const Edge& edge, const Row& child) {
  const Key key = KeyOf(child, edge.foreign_key);
  if (HasNull(key)) return 0;
  for (const auto& [id, row] : rows) {
    if (row.table == edge.target && KeyOf(row, edge.target_key) == key) return id;
  }
  return 0;
}

// Whether the row is gone in `after`, or has other cells in these columns.
bool LeftOrMoved(const Rows& before, const Rows& after, RowId id, const Columns& columns) {
  return !after.contains(id) || KeyOf(after.at(id), columns) != KeyOf(before.at(id), columns);
}

// ---- Rules ----

enum class Rule { kNone, kNotNull, kUnique, kForeignKey, kOther };
Rule RuleOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return Rule::kNone;
    case Verdict::kNotNull:
      return Rule::kNotNull;
    case Verdict::kUnique:
      return Rule::kUnique;
    case Verdict::kForeignKey:
    case Verdict::kRestrict:
      return Rule::kForeignKey;
    default:
      return Rule::kOther;
  }
}
Rule RuleOf(const std::optional<ViolationCode>& refused) {
  if (!refused.has_value()) return Rule::kNone;
  switch (*refused) {
    case ViolationCode::kNotNull:
      return Rule::kNotNull;
    case ViolationCode::kUnique:
      return Rule::kUnique;
    case ViolationCode::kMissingTarget:
    case ViolationCode::kRestrict:
    case ViolationCode::kNoAction:
    case ViolationCode::kDeferred:
      return Rule::kForeignKey;
    default:
      return Rule::kOther;
  }
}

// By itself or by actions: rows that have children are not alone.
bool ReachesSeveralRows(const Trial& t) {
  if (t.direct.births.size() + t.direct.writes.size() + t.direct.erased.size() > 1) return true;
  for (const Edge& edge : t.schema.edges) {
    for (const auto& entry : t.before.rows) {
      const RowId target = entry.second.table == edge.child ? TargetOf(t.before.rows, edge, entry.second) : 0;
      if (t.direct.writes.contains(target) || t.direct.erased.contains(target)) return true;
    }
  }
  return false;
}

bool RowTakesKeyOfAnother(const Trial& t) {
  for (size_t table = 0; table < t.schema.tables.size(); ++table) {
    std::vector<Columns> keys = t.schema.tables[table].keys;
    for (const Edge& edge : t.schema.edges) {
      if (edge.child == table && edge.one) keys.push_back(edge.foreign_key);
    }
    for (const Columns& columns : keys) {
      std::map<Key, RowId> held;
      for (const auto& [id, row] : t.before.rows) {
        if (row.table == table && !HasNull(KeyOf(row, columns))) held[KeyOf(row, columns)] = id;
      }
      for (const auto& [id, row] : t.after) {
        if (row.table != table) continue;
        const auto other = held.find(KeyOf(row, columns));
        if (other != held.end() && other->second != id) return true;
      }
    }
  }
  return false;
}

// Target and child, by an edge with this action.
bool PairLeavesOrMoves(const Trial& t, Action action) {
  for (const Edge& edge : t.schema.edges) {
    if (edge.on_delete != action && edge.on_update != action) continue;
    for (const auto& [id, row] : t.before.rows) {
      const RowId target = row.table == edge.child ? TargetOf(t.before.rows, edge, row) : 0;
      if (target != 0 && LeftOrMoved(t.before.rows, t.after, target, edge.target_key) &&
          LeftOrMoved(t.before.rows, t.after, id, edge.foreign_key)) {
        return true;
      }
    }
  }
  return false;
}

// What Tenon would do by these rules.
std::pair<std::optional<ViolationCode>, Rows> Imagine(const Trial& t, const Schema& schema) {
  Model model(schema, t.before);
  Statement statement = t.statement;
  if (statement.verb == Verb::kPlanErase) statement.verb = Verb::kErase;
  if (t.in_transaction) model.Execute({});  // begins one
  const Outcome outcome = model.Execute(statement);
  return {outcome.refused, model.rows()};
}

bool SameWithoutRestrict(const Trial& t) {
  Schema schema = t.schema;
  for (Edge& edge : schema.edges) {
    if (edge.on_delete == Action::kRestrict) edge.on_delete = Action::kNoAction;
    if (edge.on_update == Action::kRestrict) edge.on_update = Action::kNoAction;
  }
  const auto [refused, rows] = Imagine(t, schema);
  return !refused.has_value() && rows == t.rows;
}

bool UpsertLeavesRequiredColumnAlone(const Trial& t) {
  if (t.statement.verb != Verb::kUpsert || t.direct.writes.empty()) return false;
  const std::vector<Column>& columns = t.schema.tables[t.statement.table].columns;
  std::set<size_t> named;
  for (const Given& given : t.statement.rows[0].cells) named.insert(given.column);
  for (size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].not_null && IsNull(columns[c].default_value) && !named.contains(c)) return true;
  }
  return false;
}

// What PRAGMA foreign_key_check would find.
bool SqliteLeavesDanglingKey(const Trial& t) {
  for (const Edge& edge : t.schema.edges) {
    if (!edge.enforced || (edge.deferred && t.in_transaction)) continue;
    for (const auto& entry : t.rows) {
      const Row& row = entry.second;
      if (row.table != edge.child || HasNull(KeyOf(row, edge.foreign_key))) continue;
      if (TargetOf(t.rows, edge, row) == 0) return true;
    }
  }
  return false;
}

// Of what either side did, if it did anything.
bool SharedCellsLoseTargets(const Trial& t) {
  const auto lost = [&](const Edge& edge, const Row& child) {
    const RowId target = TargetOf(t.before.rows, edge, child);
    return target != 0 && (LeftOrMoved(t.before.rows, t.after, target, edge.target_key) ||
                           LeftOrMoved(t.before.rows, t.rows, target, edge.target_key));
  };
  for (const Edge& a : t.schema.edges) {
    for (const Edge& b : t.schema.edges) {
      const bool share = std::find_first_of(a.foreign_key.begin(), a.foreign_key.end(), b.foreign_key.begin(),
                                            b.foreign_key.end()) != a.foreign_key.end();
      if (&a == &b || a.child != b.child || !share) continue;
      for (const auto& entry : t.before.rows) {
        const Row& row = entry.second;
        if (row.table == a.child && lost(a, row) && lost(b, row)) return true;
      }
    }
  }
  return false;
}

// A formula of an update of several rows reads a column that follows a key which the update writes as well.
bool ReadsWhatActionsWrite(const Trial& t) {
  const auto reads = [&](size_t column) {
    return std::any_of(t.statement.assignments.begin(), t.statement.assignments.end(),
                       [&](const Assignment& a) {
                         return a.value.first.column == column || a.value.second.column == column;
                       });
  };
  const auto writes = [&](size_t column) {
    return std::any_of(t.statement.assignments.begin(), t.statement.assignments.end(),
                       [&](const Assignment& a) { return a.column == column; });
  };
  return std::any_of(t.schema.edges.begin(), t.schema.edges.end(), [&](const Edge& edge) {
    return edge.enforced && edge.child == t.statement.table && edge.target == t.statement.table &&
           std::any_of(edge.foreign_key.begin(), edge.foreign_key.end(), reads) &&
           std::any_of(edge.target_key.begin(), edge.target_key.end(), writes);
  });
}

bool WritesBothEnds(const Trial& t) {
  const auto writes = [&](size_t table, const Columns& columns) {
    return std::any_of(t.direct.writes.begin(), t.direct.writes.end(), [&](const auto& row) {
      const Row& old = t.before.rows.at(row.first);
      return old.table == table && std::any_of(row.second.begin(), row.second.end(), [&](const auto& cell) {
               return std::count(columns.begin(), columns.end(), cell.first) > 0 &&
                      old.cells[cell.first] != cell.second;
             });
    });
  };
  return std::any_of(t.schema.edges.begin(), t.schema.edges.end(), [&](const Edge& edge) {
    return edge.enforced && writes(edge.child, edge.foreign_key) && writes(edge.target, edge.target_key);
  });
}

}  // namespace

Rows AfterErase(const Trial& plan) { return Imagine(plan, plan.schema).second; }

bool Agree(const Trial& t) { return RuleOf(t.refused) == RuleOf(t.verdict) && t.after == t.rows; }

const char* ClassName(Class c) {
  static constexpr const char* kNames[kClasses] = {
      "both refuse: rows break several rules",
      "both refuse: restrict before the end of the statement",
      "SQLite refuses: unique row by row",
      "SQLite refuses: restrict row by row",
      "SQLite refuses: upsert asks as if it inserted",
      "Tenon refuses: restrict, though another action would remove the child",
      "SQLite miscounts keys that lead nowhere",
      "actions conflict",
      "actions share a cell",
      "key and foreign key written together",
      "values computed from what actions write",
      "not one statement in SQL",
  };
  return kNames[static_cast<size_t>(c)];
}

std::optional<Class> ClassOf(const Trial& t) {
  if (t.verdict == Verdict::kNotNull && UpsertLeavesRequiredColumnAlone(t))
    return Class::kUpsertAsksInsertFirst;
  const bool passes = !t.refused.has_value();
  const bool passes_sqlite = t.verdict == Verdict::kOk;
  if (t.verdict == Verdict::kOther) return std::nullopt;
  if (SqliteLeavesDanglingKey(t)) return Class::kSqliteMiscounts;
  if (t.sql.size() > 1) return Class::kNotOneStatement;
  if (t.refused == ViolationCode::kConflict) return Class::kActionsConflict;
  if (!passes && !passes_sqlite) {
    if (t.refused == ViolationCode::kRestrict) return Class::kRestrictBeforeTheEnd;
    if (ReachesSeveralRows(t)) return Class::kRowsBreakSeveralRules;
    return std::nullopt;
  }
  if (passes && t.verdict == Verdict::kUnique &&
      (RowTakesKeyOfAnother(t) || PairLeavesOrMoves(t, Action::kSetDefault))) {
    return Class::kUniqueRowByRow;
  }
  if (passes && t.verdict == Verdict::kRestrict && PairLeavesOrMoves(t, Action::kRestrict))
    return Class::kRestrictRowByRow;
  if (t.refused == ViolationCode::kRestrict && passes_sqlite && SameWithoutRestrict(t)) {
    return Class::kOtherActionBeforeRestrict;
  }
  if (SharedCellsLoseTargets(t)) return Class::kActionsShareCell;
  if (WritesBothEnds(t)) return Class::kKeyAndForeignKey;
  if (t.statement.verb == Verb::kUpdateWhere && ReadsWhatActionsWrite(t))
    return Class::kReadsWhatActionsWrite;
  return std::nullopt;
}

}  // namespace tenon::model
