// A statement, of whatever verb, comes down to births, writes of cells and erases. They are carried out so:
//
//   S1  Gather   the rows addressed and their new cells are computed from the state before the statement
//   S2  Write    births and all direct writes at once; first it is settled whom each foreign key will mean
//   S3  Erase    level by level: RESTRICT asks for the whole level, then CASCADE takes the next one
//   S4  Rounds   what keys that went or changed do to the children that are left: each round sees the one
//                before, asks every RESTRICT, plans all its rewrites, and writes them at once
//   S5  Settle   NOT NULL, then UNIQUE, then foreign keys by value: this look at the end is NO ACTION
//   S6  Commit   deferred edges, outside a transaction at the end of each statement
//
// What a foreign key means while its statement runs (Work::means_):
//
//   M1  not written: the row it has meant since before the statement, wherever that row's key goes
//   M2  rewritten by CASCADE, or given as a link to a row: that row
//   M3  written by value, and a row gets this key in the same step: nobody yet, the end will show who has it
//   M4  else the row that has had this key since before the statement and has it when the step begins
//   M5  else nobody yet
//
// Births belong to the first step. Rows that are directly erased get no key.
#include "tests/model/model.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tenon::model {
namespace {

// Thrown where a rule refuses the statement, so that the rules read without plumbing.
struct Refusal {
  ViolationCode code;
};
void Require(bool holds, ViolationCode otherwise) {
  if (!holds) throw Refusal{otherwise};
}

// ---- Values ----

Key KeyOf(const Row& row, const std::vector<size_t>& columns) {
  Key key;
  for (const size_t column : columns) key.push_back(row.cells[column]);
  return key;
}
bool HasNull(const Key& key) { return std::any_of(key.begin(), key.end(), IsNull); }
bool HasKey(const Row& row, const std::vector<size_t>& columns, const Key& key) {
  for (size_t i = 0; i < key.size(); ++i) {
    if (row.cells[columns[i]] != key[i]) return false;
  }
  return true;
}

std::vector<RowId> RowsIn(const State& state, size_t table) {
  std::vector<RowId> ids;
  for (const auto& [id, row] : state.rows) {
    if (row.table == table) ids.push_back(id);
  }
  return ids;
}

// The row whose cells in `columns` are `key`; 0 when there is none. NULL equals nothing.
RowId Holder(const State& state, size_t table, const std::vector<size_t>& columns, const Key& key) {
  if (HasNull(key)) return 0;
  for (const auto& [id, row] : state.rows) {
    if (row.table == table && HasKey(row, columns, key)) return id;
  }
  return 0;
}
RowId TargetByValue(const State& state, const Edge& edge, RowId child) {
  return Holder(state, edge.target, edge.target_key, KeyOf(state.rows.at(child), edge.foreign_key));
}
bool Dangles(const State& state, const Edge& edge, RowId child) {
  return !HasNull(KeyOf(state.rows.at(child), edge.foreign_key)) && TargetByValue(state, edge, child) == 0;
}

void RequireType(const Column& column, const Cell& cell) {
  Require(IsNull(cell) || std::holds_alternative<std::string>(cell) == (column.kind == Kind::kText),
          ViolationCode::kType);
}

// ---- One statement under way ----

class Work {
 public:
  Work(const Schema& schema, State& state) : schema_(schema), state_(state) {
    for (size_t e = 0; e < schema.edges.size(); ++e) {
      for (const RowId child : RowsOf(schema.edges[e].child)) {
        if (const RowId target = TargetByValue(state, schema.edges[e], child)) means_[{e, child}] = target;
      }
    }
  }

  void Gather(const Statement& s);
  void CarryOut();
  Effects GetEffects() const;
  const std::optional<Direct>& direct() const { return asked_; }

 private:
  using EdgeAndChild = std::pair<size_t, RowId>;
  using Place = std::pair<RowId, size_t>;  // of a cell: row and column

  // What a step is about to write, and which actions ask for it.
  struct Planned {
    Cell value = {};
    std::set<Action> actions = {};
  };
  struct Step {
    std::map<RowId, std::map<size_t, Planned>> cells = {};
    std::map<EdgeAndChild, RowId> stays = {};  // M2
    std::set<RowId> births = {};               // already there, but their foreign keys mean nothing yet
  };
  using Changes = std::map<RowId, std::set<size_t>>;  // columns by row

  // S1
  void Bear(size_t table, const NewRow& row);
  void Upsert(size_t table, const NewRow& row);
  void RequireTypes(size_t table, const std::vector<Assignment>& assignments) const;
  void Update(size_t table, RowId id, const std::vector<Assignment>& assignments);
  Key LinkableKey(const Edge& edge, RowId target) const;
  void Set(size_t edge, RowId child, RowId target);
  void Clear(size_t edge, RowId child);
  void Void(RowId child, size_t column);
  void Erase(RowId id);
  void Assign(RowId id, size_t column, const Cell& value);
  std::vector<Place> EqualTo(Place place) const;
  Cell Image(RowId id, size_t column) const;
  // S2
  Step DirectStep();
  void Record(const Step& direct);
  Changes Write(const Step& step);
  Row After(RowId id, const Step& step) const;
  RowId Meaning(size_t edge, RowId child, const Step& step) const;
  bool GetsKey(RowId id, const std::vector<size_t>& columns, const Key& key, const Step& step) const;
  bool HasHadKey(RowId id, const std::vector<size_t>& columns, const Key& key) const;
  // S3
  std::vector<RowId> EraseLevelByLevel();
  void Kill(RowId id);
  // S4
  Step NextRound(const Changes& changes, const std::vector<RowId>& gone);
  void Treat(size_t edge, RowId target, Action action, const std::set<size_t>& columns, Step& step) const;
  void RequireNoConflict(const Step& step);
  // S5
  void Settle() const;

  std::vector<RowId> RowsOf(size_t table) const { return RowsIn(state_, table); }
  std::vector<RowId> ChildrenOf(size_t edge, RowId target) const {
    std::vector<RowId> children;
    for (const auto& [edge_and_child, meant] : means_) {
      if (edge_and_child.first == edge && meant == target) children.push_back(edge_and_child.second);
    }
    return children;
  }
  RowId OnlyChild(size_t edge, RowId target) const {
    const std::vector<RowId> children = ChildrenOf(edge, target);
    return children.empty() ? 0 : children[0];
  }
  Row& RowAt(RowId id) { return state_.rows.at(id); }
  const Row& RowAt(RowId id) const { return state_.rows.at(id); }
  const std::vector<Column>& ColumnsOf(size_t table) const { return schema_.tables[table].columns; }
  void RequireLive(size_t table, RowId id) const {
    const auto found = state_.rows.find(id);
    Require(found != state_.rows.end() && found->second.table == table, ViolationCode::kStale);
  }
  void Put(RowId id, size_t column, const Cell& value);

  const Schema& schema_;
  State& state_;
  std::map<EdgeAndChild, RowId> means_;  // the target each child means; no entry: none, or the end will show

  std::optional<Direct> asked_;
  size_t addressed_ = 0;   // a batch adds up its verbs
  std::set<RowId> named_;  // rows that verbs write or erase: they are not among those that actions reach
  std::set<RowId> born_;
  std::set<RowId> erased_;                          // directly
  std::map<RowId, std::map<size_t, Cell>> direct_;  // values that verbs write; of several the last
  std::map<EdgeAndChild, RowId> linked_;            // links given as rows that no later verb made void
  std::set<Place> changed_;                         // cells changed so far
  std::set<Place> rewritten_;                       // cells that rounds have planned so far
  std::map<RowId, Row> gone_;                       // rows erased so far
  std::map<std::pair<size_t, Action>, std::set<RowId>> reach_;  // rows that actions changed, by table
  std::map<size_t, size_t> cascaded_;                           // rows that CASCADE erased, by table
};

// ---- S1: what the verbs ask for ----

void Work::Gather(const Statement& s) {
  switch (s.verb) {
    case Verb::kInsert:
    case Verb::kInsertAll:
    case Verb::kInsertColumns:
      for (const NewRow& row : s.rows) Bear(s.table, row);
      break;
    case Verb::kUpsert:
      Upsert(s.table, s.rows[0]);
      break;
    case Verb::kUpdate:
      Update(s.table, s.refs[0], s.assignments);
      break;
    case Verb::kUpdateWhere:
      RequireTypes(s.table, s.assignments);
      for (const RowId id : RowsOf(s.table)) {
        if (Matches(s.where, RowAt(id).cells)) Update(s.table, id, s.assignments);
      }
      break;
    case Verb::kErase:
    case Verb::kEraseAll:
    case Verb::kPlanErase:
      for (const RowId id : s.refs) {
        RequireLive(s.table, id);
        Erase(id);
      }
      break;
    case Verb::kEraseWhere:
      for (const RowId id : RowsOf(s.table)) {
        if (Matches(s.where, RowAt(id).cells)) Erase(id);
      }
      break;
    case Verb::kClear:
      for (const size_t table : s.tables) {
        for (const RowId id : RowsOf(table)) Erase(id);
      }
      break;
    case Verb::kSet:
    case Verb::kSetAll:
      for (size_t i = 0; i < s.refs.size(); ++i) {
        const RowId child = s.inverse ? s.targets[i] : s.refs[i];
        const RowId target = s.inverse ? s.refs[i] : s.targets[i];
        RequireLive(schema_.edges[s.edge].child, child);
        RequireLive(schema_.edges[s.edge].target, target);
        const RowId old = s.inverse ? OnlyChild(s.edge, target) : 0;
        // It makes room, unless this very batch has given it a target of its own.
        if (old != 0 && old != child && linked_.contains({s.edge, old})) ++addressed_;
        if (old != 0 && old != child && !linked_.contains({s.edge, old})) Clear(s.edge, old);
        Set(s.edge, child, target);
        ++addressed_;
      }
      break;
    case Verb::kUnlink: {
      RequireLive(s.inverse ? schema_.edges[s.edge].target : schema_.edges[s.edge].child, s.refs[0]);
      const RowId child = s.inverse ? OnlyChild(s.edge, s.refs[0]) : s.refs[0];
      if (child != 0) Clear(s.edge, child);
      if (child == 0) ++addressed_;
      break;
    }
    case Verb::kCreate: {
      NewRow row = s.rows[0];
      row.links.push_back({s.edge, s.refs[0]});
      Bear(schema_.edges[s.edge].child, row);
      break;
    }
    case Verb::kBatch:
      for (const Statement& part : s.parts) Gather(part);
      break;
    case Verb::kBegin:
    case Verb::kCommit:
    case Verb::kRollback:
      break;
  }
}

// A column left out gets its default, or the next number; a link wins over a value.
void Work::Bear(size_t table, const NewRow& row) {
  const std::vector<Column>& columns = ColumnsOf(table);
  std::set<size_t> given;
  Row born{table, {}};
  for (const Column& column : columns) born.cells.push_back(column.default_value);
  for (const auto& [column, value] : row.cells) {
    Require(column < columns.size() && given.insert(column).second, ViolationCode::kType);
    RequireType(columns[column], value);
    born.cells[column] = value;
  }
  for (const auto& [e, target] : row.links) {
    const Edge& edge = schema_.edges[e];
    const Key key = LinkableKey(edge, target);
    given.insert(edge.foreign_key.begin(), edge.foreign_key.end());
    for (size_t i = 0; i < key.size(); ++i) born.cells[edge.foreign_key[i]] = key[i];
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].auto_increment || given.contains(i)) continue;
    Require(state_.counters[table] < Greatest(columns[i].kind), ViolationCode::kRange);
    born.cells[i] = state_.counters[table] + 1;
  }
  state_.rows[row.id] = Row{table, std::vector<Cell>(columns.size())};
  for (size_t i = 0; i < columns.size(); ++i) Put(row.id, i, born.cells[i]);
  born_.insert(row.id);
  named_.insert(row.id);
  ++addressed_;
  for (const auto& [edge, target] : row.links) Set(edge, row.id, target);
}

// Goes by the primary key alone.
void Work::Upsert(size_t table, const NewRow& row) {
  const std::vector<size_t>& primary = schema_.tables[table].keys[0];
  std::vector<Assignment> assignments;
  Row named{table, {}};
  for (const Column& column : ColumnsOf(table)) named.cells.push_back(column.default_value);
  for (const auto& [column, value] : row.cells) {
    assignments.push_back({column, {{std::nullopt, value}}});
    if (column < named.cells.size()) named.cells[column] = value;
  }
  const RowId found = Holder(state_, table, primary, KeyOf(named, primary));
  if (found == 0) return Bear(table, row);
  Update(table, found, assignments);
}

void Work::RequireTypes(size_t table, const std::vector<Assignment>& assignments) const {
  std::set<size_t> given;
  for (const auto& [column, formula] : assignments) {
    Require(column < ColumnsOf(table).size() && given.insert(column).second, ViolationCode::kType);
    if (formula.op != 0 || formula.first.column.has_value()) continue;
    RequireType(ColumnsOf(table)[column], formula.first.constant);
  }
}

// All values are computed from the row's old cells before the first is written.
void Work::Update(size_t table, RowId id, const std::vector<Assignment>& assignments) {
  RequireLive(table, id);
  RequireTypes(table, assignments);
  std::map<size_t, Cell> values;
  for (const auto& [column, formula] : assignments) {
    const std::optional<Cell> value = Compute(formula, RowAt(id).cells, ColumnsOf(table)[column].kind);
    Require(value.has_value(), ViolationCode::kRange);
    values[column] = *value;
  }
  for (const auto& [column, value] : values) {
    Void(id, column);
    Assign(id, column, value);
  }
  named_.insert(id);
  ++addressed_;
}

// A row without a key can't be linked to.
Key Work::LinkableKey(const Edge& edge, RowId target) const {
  RequireLive(edge.target, target);
  Key key = KeyOf(RowAt(target), edge.target_key);
  Require(!HasNull(key), ViolationCode::kStale);
  return key;
}

// A link to a row means that row, whatever becomes of its key.
void Work::Set(size_t e, RowId child, RowId target) {
  const Edge& edge = schema_.edges[e];
  const Key key = LinkableKey(edge, target);
  for (size_t i = 0; i < key.size(); ++i) direct_[child][edge.foreign_key[i]] = key[i];
  linked_[{e, child}] = target;
  named_.insert(child);
}

void Work::Clear(size_t edge, RowId child) {
  for (const size_t column : schema_.edges[edge].foreign_key) {
    Void(child, column);
    Assign(child, column, {});
  }
  named_.insert(child);
  ++addressed_;
}

void Work::Erase(RowId id) {
  addressed_ += erased_.insert(id).second ? 1 : 0;
  named_.insert(id);
}

// A row born in this statement is written at once, to be read. (Links show at the end, but those it is born with.)
void Work::Assign(RowId id, size_t column, const Cell& value) {
  if (born_.contains(id)) Put(id, column, value);
  direct_[id][column] = value;
}

// A value for a column of a foreign key makes an earlier link void. (A link does not: two links must agree.)
void Work::Void(RowId child, size_t column) {
  std::erase_if(linked_, [&](const auto& link) {
    const std::vector<size_t>& columns = schema_.edges[link.first.first].foreign_key;
    return link.first.second == child && std::count(columns.begin(), columns.end(), column) > 0;
  });
}

// The cell, and all that links make it equal to: cells of targets' keys, which may be written by links themselves.
std::vector<Work::Place> Work::EqualTo(Place place) const {
  std::vector<Place> places = {place};
  for (size_t at = 0; at < places.size(); ++at) {
    const auto [id, column] = places[at];
    for (const auto& [edge_and_child, target] : linked_) {
      const Edge& edge = schema_.edges[edge_and_child.first];
      for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
        const Place next = {target, edge.target_key[i]};
        if (edge_and_child.second != id || edge.foreign_key[i] != column) continue;
        if (std::count(places.begin(), places.end(), next) == 0) places.push_back(next);
      }
    }
  }
  return places;
}

// What the cell will hold once the direct writes are done: of a link, what the cell will hold where links end, or
// holds where they lead in a circle. Two ends must agree.
Cell Work::Image(RowId id, size_t column) const {
  std::set<Cell> values;
  for (const Place& place : EqualTo({id, column})) {
    const std::vector<Place> beyond = EqualTo(place);
    const bool is_end = std::all_of(beyond.begin(), beyond.end(), [&](const Place& other) {
      const std::vector<Place> back = EqualTo(other);
      return std::count(back.begin(), back.end(), place) > 0;
    });
    const auto writes = direct_.find(place.first);
    const bool written = writes != direct_.end() && writes->second.contains(place.second);
    if (is_end)
      values.insert(written ? writes->second.at(place.second) : RowAt(place.first).cells[place.second]);
  }
  Require(values.size() == 1, ViolationCode::kConflict);
  return *values.begin();
}

void Work::CarryOut() {
  const Step direct = DirectStep();
  Changes changes = Write(direct);
  Record(direct);
  for (const RowId id : born_) changes.erase(id);  // nobody referred to them before
  const std::vector<RowId> gone = EraseLevelByLevel();
  for (Step round = NextRound(changes, gone); !round.cells.empty(); round = NextRound(changes, {})) {
    RequireNoConflict(round);
    changes = Write(round);
  }
  Settle();
}

void Work::Record(const Step& direct) {
  asked_.emplace().erased = erased_;
  for (const auto& [id, cells] : direct.cells) {
    if (born_.contains(id)) {
      asked_->births[id] = RowAt(id);
      continue;
    }
    for (const auto& [column, planned] : cells) asked_->writes[id][column] = planned.value;
  }
}

// ---- S2: writing a step ----

// The direct writes, less those of rows that are directly erased.
Work::Step Work::DirectStep() {
  Step step;
  for (const RowId id : erased_) direct_.erase(id);
  std::erase_if(linked_, [&](const auto& link) { return erased_.contains(link.first.second); });
  for (const auto& [edge_and_child, target] : linked_) {
    for (const size_t column : schema_.edges[edge_and_child.first].target_key) {
      Require(!IsNull(Image(target, column)), ViolationCode::kStale);
    }
  }
  for (const auto& [id, values] : direct_) {
    for (const auto& [column, value] : values) step.cells[id][column].value = Image(id, column);
  }
  step.stays = linked_;
  step.births = born_;
  for (const RowId id : born_) step.cells[id];
  return step;
}

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
      Put(id, column, planned.value);
      changes[id].insert(column);
      changed_.insert({id, column});
      for (const Action action : planned.actions) reach_[{RowAt(id).table, action}].insert(id);
    }
  }
  for (const auto& [edge_and_child, target] : meanings) {
    means_.erase(edge_and_child);
    if (target != 0) means_[edge_and_child] = target;
  }
  return changes;
}

// An explicit write of a larger number raises the counter.
void Work::Put(RowId id, size_t column, const Cell& value) {
  Row& row = RowAt(id);
  row.cells[column] = value;
  if (!ColumnsOf(row.table)[column].auto_increment || IsNull(value)) return;
  state_.counters[row.table] = std::max(state_.counters[row.table], std::get<int64_t>(value));
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
  for (const RowId id : RowsOf(edge.target)) {
    if (GetsKey(id, edge.target_key, key, step)) return 0;
  }
  for (const RowId id : RowsOf(edge.target)) {
    if (HasHadKey(id, edge.target_key, key)) return id;
  }
  return 0;
}

// Whether the step gives this key to the row: by changing a cell of it, or because the row is born with it.
bool Work::GetsKey(RowId id, const std::vector<size_t>& columns, const Key& key, const Step& step) const {
  const Row after = After(id, step);
  const bool gets = step.births.contains(id) || KeyOf(after, columns) != KeyOf(RowAt(id), columns);
  return gets && !erased_.contains(id) && HasKey(after, columns, key);
}

bool Work::HasHadKey(RowId id, const std::vector<size_t>& columns, const Key& key) const {
  if (born_.contains(id) || !HasKey(RowAt(id), columns, key)) return false;
  return std::none_of(columns.begin(), columns.end(), [&](size_t c) { return changed_.contains({id, c}); });
}

// ---- S3: erasing ----

std::vector<RowId> Work::EraseLevelByLevel() {
  std::vector<RowId> gone;
  std::vector<RowId> level(erased_.begin(), erased_.end());
  for (const RowId id : level) Kill(id);
  while (!level.empty()) {
    std::vector<RowId> next;
    for (const Action action :
         {Action::kRestrict, Action::kCascade}) {  // first all that may refuse the level
      for (const RowId id : level) {
        for (size_t e = 0; e < schema_.edges.size(); ++e) {
          if (schema_.edges[e].target != gone_.at(id).table || schema_.edges[e].on_delete != action) continue;
          for (const RowId child : ChildrenOf(e, id)) {
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
  for (size_t e = 0; e < schema_.edges.size(); ++e) means_.erase({e, id});
}

// ---- S4: rounds ----

Work::Step Work::NextRound(const Changes& changes, const std::vector<RowId>& gone) {
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
  for (const RowId child : ChildrenOf(e, target)) {
    const bool gone = gone_.contains(target);
    // A child that was linked to the target while the target's key was written has the new key already.
    if (!gone && KeyOf(RowAt(child), edge.foreign_key) == KeyOf(RowAt(target), edge.target_key)) continue;
    Require(action != Action::kRestrict, ViolationCode::kRestrict);
    for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
      if (action == Action::kCascade && !columns.contains(edge.target_key[i])) continue;
      const size_t column = edge.foreign_key[i];
      const Cell value = action == Action::kCascade   ? RowAt(target).cells[edge.target_key[i]]
                         : action == Action::kSetNull ? Cell()
                                                      : ColumnsOf(edge.child)[column].default_value;
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
    for (size_t i = 0; i < row.cells.size(); ++i) {
      Require(!ColumnsOf(row.table)[i].not_null || !IsNull(row.cells[i]), ViolationCode::kNotNull);
    }
  }
  for (size_t t = 0; t < schema_.tables.size(); ++t) {
    std::vector<std::vector<size_t>> keys = schema_.tables[t].keys;
    for (const Edge& edge : schema_.edges) {
      if (edge.child == t && edge.one) keys.push_back(edge.foreign_key);
    }
    for (const std::vector<size_t>& columns : keys) {
      std::set<Key> seen;
      for (const RowId id : RowsOf(t)) {
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
      for (const RowId child : RowsOf(edge.child)) {
        if (means_.contains({e, child}) != meant_a_row) continue;
        Require(!Dangles(state_, edge, child),
                meant_a_row ? ViolationCode::kNoAction : ViolationCode::kMissingTarget);
      }
    }
  }
}

Effects Work::GetEffects() const {
  Effects effects;
  effects.addressed = addressed_;
  for (size_t t = 0; t < schema_.tables.size(); ++t) {
    const auto reached = [&](Action action) {
      const auto rows = reach_.find({t, action});
      if (rows == reach_.end()) return size_t{0};
      return static_cast<size_t>(std::count_if(rows->second.begin(), rows->second.end(),
                                               [&](RowId id) { return !named_.contains(id); }));
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

}  // namespace

// ---- The store ----

Model::Model(Schema schema) : schema_(std::move(schema)) { state_.counters.resize(schema_.tables.size()); }

Outcome Model::Execute(const Statement& s) {
  const bool innermost = s.depth + 1 == saved_.size();
  switch (s.verb) {
    case Verb::kBegin:
      saved_.push_back(state_);
      return {};
    case Verb::kCommit:  // a failed commit leaves the transaction open
      if (!innermost) return {ViolationCode::kTransaction, {}, {}};
      if (s.depth == 0 && Dangling() > 0) return {ViolationCode::kDeferred, {}, {}};
      saved_.pop_back();
      return {};
    case Verb::kRollback:  // and all inner ones
      state_ = saved_[s.depth];
      saved_.resize(s.depth);
      return {};
    default:
      break;
  }
  const State before = state_;
  Work work(schema_, state_);
  try {
    work.Gather(s);
    work.CarryOut();
    Require(!saved_.empty() || Dangling() == 0, ViolationCode::kDeferred);
    if (s.verb == Verb::kPlanErase) state_ = before;
    return {std::nullopt, work.GetEffects(), work.direct()};
  } catch (const Refusal& refusal) {
    state_ = before;
    return {refusal.code, {}, work.direct()};
  }
}

size_t Model::Dangling() const {
  size_t dangling = 0;
  for (const Edge& edge : schema_.edges) {
    if (!edge.enforced || !edge.deferred) continue;
    for (const RowId child : RowsOf(edge.child)) dangling += Dangles(state_, edge, child) ? 1 : 0;
  }
  return dangling;
}

bool Model::IsLive(size_t table, RowId id) const {
  const auto found = state_.rows.find(id);
  return found != state_.rows.end() && found->second.table == table;
}

std::vector<RowId> Model::RowsOf(size_t table) const { return RowsIn(state_, table); }

RowId Model::TargetOf(size_t edge, RowId child) const {
  return TargetByValue(state_, schema_.edges[edge], child);
}

}  // namespace tenon::model
