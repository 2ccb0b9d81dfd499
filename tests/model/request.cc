#include "tests/model/request.h"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

#include "tenon/violation.h"
#include "tests/model/refusal.h"

namespace tenon::model {
namespace {

void RequireType(const Column& column, const Cell& cell) {
  Require(IsNull(cell) || std::holds_alternative<std::string>(cell) == (column.kind == Kind::kText),
          ViolationCode::kType);
}

}  // namespace

void Request::RequireLive(size_t table, RowId id) const {
  Require(IsLive(state_, table, id), ViolationCode::kStale);
}

RowId Request::OnlyChild(size_t edge, RowId target) const {
  const std::vector<RowId> children = before_.ChildrenOf(edge, target);
  return children.empty() ? 0 : children[0];
}

// ---- Verbs ----

void Request::Gather(const Statement& s) {
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
      for (const RowId id : RowsOf(state_, s.table)) {
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
      for (const RowId id : RowsOf(state_, s.table)) {
        if (Matches(s.where, RowAt(id).cells)) Erase(id);
      }
      break;
    case Verb::kClear:
      for (const size_t table : s.tables) {
        for (const RowId id : RowsOf(state_, table)) Erase(id);
      }
      break;
    case Verb::kSet:
    case Verb::kSetAll:
      SetAll(s);
      break;
    case Verb::kUnlink:
      Unlink(s);
      break;
    case Verb::kCreate: {
      NewRow row = s.rows[0];
      row.links.push_back({s.edge, s.refs[0]});
      Bear(schema_.edges[s.edge].child, row);
      break;
    }
    case Verb::kBatch:
      in_batch_ = true;
      for (const Statement& part : s.parts) Gather(part);
      break;
    case Verb::kBegin:
    case Verb::kCommit:
    case Verb::kRollback:
      break;
  }
}

// A column left out gets its default, or the next number; a link wins over a value.
void Request::Bear(size_t table, const NewRow& row) {
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
  for (size_t i = 0; i < columns.size(); ++i) Put(schema_, state_, row.id, i, born.cells[i]);
  born_.insert(row.id);
  named_.insert(row.id);
  ++addressed_;
  for (const auto& [edge, target] : row.links) Set(edge, row.id, target);
}

// Goes by the primary key alone.
void Request::Upsert(size_t table, const NewRow& row) {
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

void Request::RequireTypes(size_t table, const std::vector<Assignment>& assignments) const {
  std::set<size_t> given;
  for (const auto& [column, formula] : assignments) {
    Require(column < ColumnsOf(table).size() && given.insert(column).second, ViolationCode::kType);
    if (formula.op != 0 || formula.first.column.has_value()) continue;
    RequireType(ColumnsOf(table)[column], formula.first.constant);
  }
}

// All values are computed from the row's old cells before the first is written.
void Request::Update(size_t table, RowId id, const std::vector<Assignment>& assignments) {
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
Key Request::LinkableKey(const Edge& edge, RowId target) const {
  RequireLive(edge.target, target);
  Key key = KeyOf(RowAt(target), edge.target_key);
  Require(!HasNull(key), ViolationCode::kStale);
  return key;
}

void Request::SetAll(const Statement& s) {
  for (size_t i = 0; i < s.refs.size(); ++i) {
    const RowId child = s.inverse ? s.targets[i] : s.refs[i];
    const RowId target = s.inverse ? s.refs[i] : s.targets[i];
    RequireLive(schema_.edges[s.edge].child, child);
    RequireLive(schema_.edges[s.edge].target, target);
    if (s.inverse) Vacate(s.edge, target, child);
    const RowId old = s.inverse ? OnlyChild(s.edge, target) : 0;
    if (old != 0 && old != child) PutOut(s.edge, old);
    Set(s.edge, child, target);
    ++addressed_;
  }
}

// A link to a row means that row, whatever becomes of its key.
void Request::Set(size_t e, RowId child, RowId target) {
  const Edge& edge = schema_.edges[e];
  const Key key = LinkableKey(edge, target);
  for (size_t i = 0; i < key.size(); ++i) direct_[child][edge.foreign_key[i]] = key[i];
  linked_[{e, child}] = target;
  named_.insert(child);
}

void Request::Unlink(const Statement& s) {
  const Edge& edge = schema_.edges[s.edge];
  RequireLive(s.inverse ? edge.target : edge.child, s.refs[0]);
  if (!s.inverse) return Clear(s.edge, s.refs[0]);
  Vacate(s.edge, s.refs[0], 0);
  const RowId child = OnlyChild(s.edge, s.refs[0]);
  if (child != 0) PutOut(s.edge, child);
  if (child == 0) ++addressed_;
}

// Whom an earlier verb of the batch has given to the target, belongs to nobody: of several has-one verbs the last counts.
void Request::Vacate(size_t edge, RowId target, RowId keep) {
  if (!in_batch_) return;
  std::vector<RowId> children;
  for (const auto& [edge_and_child, to] : linked_) {
    if (edge_and_child.first == edge && to == target && edge_and_child.second != keep) {
      children.push_back(edge_and_child.second);
    }
  }
  for (const RowId child : children) Clear(edge, child);
}

// It makes room, unless this very batch has given it a target of its own.
void Request::PutOut(size_t edge, RowId child) {
  if (!linked_.contains({edge, child})) return Clear(edge, child);
  ++addressed_;
}

void Request::Clear(size_t edge, RowId child) {
  for (const size_t column : schema_.edges[edge].foreign_key) {
    Void(child, column);
    Assign(child, column, {});
  }
  named_.insert(child);
  ++addressed_;
}

void Request::Erase(RowId id) {
  addressed_ += erased_.insert(id).second ? 1 : 0;
  named_.insert(id);
}

// A row born in this statement is written at once, to be read. (Links show at the end, but those it is born with.)
void Request::Assign(RowId id, size_t column, const Cell& value) {
  if (born_.contains(id)) Put(schema_, state_, id, column, value);
  direct_[id][column] = value;
}

// A value for a column of a foreign key makes an earlier link void. (A link does not: two links must agree.)
void Request::Void(RowId child, size_t column) {
  std::erase_if(linked_, [&](const auto& link) {
    const std::vector<size_t>& columns = schema_.edges[link.first.first].foreign_key;
    return link.first.second == child && std::count(columns.begin(), columns.end(), column) > 0;
  });
}

// ---- What comes of them ----

// The cell, and all that links make it equal to: cells of targets' keys, which may be written by links themselves.
std::vector<Request::Place> Request::EqualTo(Place place) const {
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
// holds where they lead in a circle.
std::set<Cell> Request::Images(RowId id, size_t column) const {
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
  return values;
}

// Two ends must agree.
Cell Request::Image(RowId id, size_t column) const {
  const std::set<Cell> values = Images(id, column);
  Require(values.size() == 1, ViolationCode::kConflict);
  return *values.begin();
}

Step Request::DirectStep() {
  Step step;
  for (const RowId id : erased_) direct_.erase(id);
  std::erase_if(linked_, [&](const auto& link) { return erased_.contains(link.first.second); });
  for (const auto& [edge_and_child, target] : linked_) {
    for (const size_t column : schema_.edges[edge_and_child.first].target_key) {
      const std::set<Cell> values = Images(target, column);
      Require(values.size() != 1 || !IsNull(*values.begin()), ViolationCode::kStale);
    }
  }
  for (const auto& [edge_and_child, target] : linked_) {
    for (const size_t column : schema_.edges[edge_and_child.first].target_key) Image(target, column);
  }
  for (const auto& [id, values] : direct_) {
    for (const auto& [column, value] : values) step.cells[id][column].value = Image(id, column);
  }
  step.stays = linked_;
  step.births = born_;
  for (const RowId id : born_) step.cells[id];
  return step;
}

}  // namespace tenon::model
