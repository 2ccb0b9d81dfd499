#include "tests/model/work.h"

#include <algorithm>

#include "tenon/violation.h"
#include "tests/model/refusal.h"

namespace tenon::model {

void Work::CarryOut(const Statement& s) {
  request_.Gather(s);
  const Step direct = request_.DirectStep();
  Changes changes = Write(direct);
  Record(direct);
  for (const RowId id : request_.born()) changes.erase(id);  // nobody referred to them before
  const std::vector<RowId> gone = EraseLevelByLevel();
  for (Step round = NextRound(changes, gone); !round.cells.empty(); round = NextRound(changes, {})) {
    RequireNoConflict(round);
    changes = Write(round);
  }
  Settle();
}

void Work::Record(const Step& direct) {
  direct_.emplace().erased = request_.erased();
  for (const auto& [id, cells] : direct.cells) {
    if (request_.born().contains(id)) {
      direct_->births[id] = RowAt(id);
      continue;
    }
    for (const auto& [column, planned] : cells) direct_->writes[id][column] = planned.value;
  }
}

// ---- S2: writing a step ----

// Settles what each foreign key written will mean, as things stand before the step; then writes all cells.
Work::Changes Work::Write(const Step& step) {
  std::map<EdgeAndChild, RowId> meanings;
  for (const auto& entry : step.cells) {
    const RowId id = entry.first;
    for (size_t e = 0; e < schema_.edges.size(); ++e) {
      const Edge& edge = schema_.edges[e];
      if (edge.child != RowAt(id).table) continue;
      const bool changes = KeyOf(After(id, step), edge.foreign_key) != KeyOf(RowAt(id), edge.foreign_key);
      if (!changes && !step.births.contains(id) && !step.stays.contains({e, id})) continue;
      meanings[{e, id}] = Meaning(e, id, step);
    }
  }
  Changes changes;
  for (const auto& [id, cells] : step.cells) {
    for (const auto& [column, planned] : cells) {
      if (RowAt(id).cells[column] == planned.value) continue;  // a value that is there already is not written
      Put(schema_, state_, id, column, planned.value);
      changes[id].insert(column);
      changed_.insert({id, column});
      for (const Action action : planned.actions) reach_[{RowAt(id).table, action}].insert(id);
    }
  }
  for (const auto& [edge_and_child, target] : meanings) {
    means_.Set(edge_and_child.first, edge_and_child.second, target);
  }
  return changes;
}

// The row as it will be once `step` is written.
Row Work::After(RowId id, const Step& step) const {
  Row row = RowAt(id);
  if (!step.cells.contains(id)) return row;
  for (const auto& [column, planned] : step.cells.at(id)) row.cells[column] = planned.value;
  return row;
}

// The row that `child` will mean once `step` is written (M2 to M5); 0: none, or the end will show.
RowId Work::Meaning(size_t e, RowId child, const Step& step) const {
  const Edge& edge = schema_.edges[e];
  const Key key = KeyOf(After(child, step), edge.foreign_key);
  if (HasNull(key)) return 0;
  if (step.stays.contains({e, child})) return step.stays.at({e, child});
  for (const RowId id : RowsOf(state_, edge.target)) {
    if (GetsKey(id, edge.target_key, key, step)) return 0;
  }
  for (const RowId id : RowsOf(state_, edge.target)) {
    if (HasHadKey(id, edge.target_key, key)) return id;
  }
  return 0;
}

// Whether the step gives this key to the row: by changing a cell of it, or because the row is born with it.
bool Work::GetsKey(RowId id, const std::vector<size_t>& columns, const Key& key, const Step& step) const {
  const Row after = After(id, step);
  const bool gets = step.births.contains(id) || KeyOf(after, columns) != KeyOf(RowAt(id), columns);
  return gets && !request_.erased().contains(id) && HasKey(after, columns, key);
}

bool Work::HasHadKey(RowId id, const std::vector<size_t>& columns, const Key& key) const {
  if (request_.born().contains(id) || !HasKey(RowAt(id), columns, key)) return false;
  return std::none_of(columns.begin(), columns.end(), [&](size_t c) { return changed_.contains({id, c}); });
}

// ---- S3: erasing ----

std::vector<RowId> Work::EraseLevelByLevel() {
  std::vector<RowId> gone;
  std::vector<RowId> level(request_.erased().begin(), request_.erased().end());
  for (const RowId id : level) Kill(id);
  while (!level.empty()) {
    std::vector<RowId> next;
    for (const Action action :
         {Action::kRestrict, Action::kCascade}) {  // first all that may refuse the level
      for (const RowId id : level) {
        for (size_t e = 0; e < schema_.edges.size(); ++e) {
          if (schema_.edges[e].target != gone_.at(id).table || schema_.edges[e].on_delete != action) continue;
          for (const RowId child : means_.ChildrenOf(e, id)) {
            Require(action != Action::kRestrict, ViolationCode::kRestrict);
            ++cascaded_[RowAt(child).table];
            Kill(child);
            next.push_back(child);
          }
        }
      }
    }
    gone.insert(gone.end(), level.begin(), level.end());
    level = next;
  }
  return gone;
}

// Those who mean the row go on meaning it: rounds and the end will ask them about it.
void Work::Kill(RowId id) {
  gone_[id] = RowAt(id);
  state_.rows.erase(id);
  for (size_t e = 0; e < schema_.edges.size(); ++e) means_.Set(e, id, 0);
}

// ---- S4: rounds ----

Step Work::NextRound(const Changes& changes, const std::vector<RowId>& gone) {
  Step step;
  for (const bool restrict : {true, false}) {  // every RESTRICT before any rewrite is planned
    for (const RowId id : gone) {
      for (size_t e = 0; e < schema_.edges.size() && !restrict; ++e) {
        const Edge& edge = schema_.edges[e];
        if (edge.target == gone_.at(id).table) Treat(e, id, edge.on_delete, {}, step);
      }
    }
    for (const auto& change : changes) {
      const RowId id = change.first;
      const std::set<size_t>& columns = change.second;
      const auto changed = [&](size_t column) { return columns.contains(column); };
      for (size_t e = 0; e < schema_.edges.size() && !gone_.contains(id); ++e) {
        const Edge& edge = schema_.edges[e];
        if (edge.target != RowAt(id).table || restrict != (edge.on_update == Action::kRestrict)) continue;
        if (std::none_of(edge.target_key.begin(), edge.target_key.end(), changed)) continue;
        Treat(e, id, edge.on_update, columns, step);
      }
    }
  }
  return step;
}

// Plans what `action` does to the children of a target that is gone, or whose `columns` have changed.
void Work::Treat(size_t e, RowId target, Action action, const std::set<size_t>& columns, Step& step) const {
  if (action == Action::kNoAction) return;
  const Edge& edge = schema_.edges[e];
  for (const RowId child : means_.ChildrenOf(e, target)) {
    const bool gone = gone_.contains(target);
    // A child that was linked to the target while the target's key was written has the new key already.
    if (!gone && KeyOf(RowAt(child), edge.foreign_key) == KeyOf(RowAt(target), edge.target_key)) continue;
    Require(action != Action::kRestrict, ViolationCode::kRestrict);
    for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
      if (action == Action::kCascade && !columns.contains(edge.target_key[i])) continue;
      const size_t column = edge.foreign_key[i];
      const Cell& otherwise = schema_.tables[edge.child].columns[column].default_value;
      const Cell value = action == Action::kCascade   ? RowAt(target).cells[edge.target_key[i]]
                         : action == Action::kSetNull ? Cell()
                                                      : otherwise;
      auto& cells = step.cells[child];
      Require(!cells.contains(column) || cells.at(column).value == value, ViolationCode::kConflict);
      cells[column].value = value;
      cells[column].actions.insert(action);
    }
    if (action == Action::kCascade) step.stays[{e, child}] = target;
  }
}

// A cell that one round has written may not get another value from a later one.
void Work::RequireNoConflict(const Step& step) {
  for (const auto& [id, cells] : step.cells) {
    for (const auto& [column, planned] : cells) {
      const bool first = rewritten_.insert({id, column}).second;
      Require(first || planned.value == RowAt(id).cells[column], ViolationCode::kConflict);
    }
  }
}

// ---- S5: the end of the statement ----

void Work::Settle() const {
  for (const auto& [id, row] : state_.rows) {
    const std::vector<Column>& columns = schema_.tables[row.table].columns;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      Require(!columns[i].not_null || !IsNull(row.cells[i]), ViolationCode::kNotNull);
    }
  }
  for (size_t t = 0; t < schema_.tables.size(); ++t) {
    std::vector<std::vector<size_t>> keys = schema_.tables[t].keys;
    for (const Edge& edge : schema_.edges) {
      if (edge.child == t && edge.one) keys.push_back(edge.foreign_key);
    }
    for (const std::vector<size_t>& columns : keys) {
      std::set<Key> seen;
      for (const RowId id : RowsOf(state_, t)) {
        const Key key = KeyOf(RowAt(id), columns);
        Require(HasNull(key) || seen.insert(key).second, ViolationCode::kUnique);
      }
    }
  }
  // Whoever still means a row must have meant one that left or moved: nobody holds the key it writes.
  for (const bool meant_a_row : {false, true}) {
    for (size_t e = 0; e < schema_.edges.size(); ++e) {
      const Edge& edge = schema_.edges[e];
      if (!edge.enforced || edge.deferred) continue;
      for (const RowId child : RowsOf(state_, edge.child)) {
        if (means_.Contains(e, child) != meant_a_row) continue;
        Require(!Dangles(state_, edge, child),
                meant_a_row ? ViolationCode::kNoAction : ViolationCode::kMissingTarget);
      }
    }
  }
}

Effects Work::GetEffects() const {
  Effects effects;
  effects.addressed = request_.addressed();
  for (size_t t = 0; t < schema_.tables.size(); ++t) {
    const auto reached = [&](Action action) {
      const auto rows = reach_.find({t, action});
      if (rows == reach_.end()) return size_t{0};
      return static_cast<size_t>(std::count_if(rows->second.begin(), rows->second.end(),
                                               [&](RowId id) { return !request_.named().contains(id); }));
    };
    TableEffects table;
    table.table = schema_.tables[t].name;
    table.erased = cascaded_.contains(t) ? cascaded_.at(t) : 0;
    table.rewritten = reached(Action::kCascade);
    table.nulled = reached(Action::kSetNull);
    table.defaulted = reached(Action::kSetDefault);
    if (table.erased + table.rewritten + table.nulled + table.defaulted > 0) effects.tables.push_back(table);
  }
  return effects;
}

}  // namespace tenon::model
