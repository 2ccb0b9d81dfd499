#include "tests/model/program.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/model/random_schema.h"
#include "tests/model/swarm.h"

namespace tenon::model {
namespace {

// Writes statements that fit the state a model is in: half of what it writes should succeed.
class StatementWriter {
 public:
  StatementWriter(Random& random, const Swarm& swarm, const Model& model)
      : random_(random), swarm_(swarm), model_(model), schema_(model.schema()) {}

  Statement Write() {
    drawn_.clear();
    const size_t open = model_.open_transactions();
    if (swarm_.transactions && random_.Chance(open == 0 ? 6 : 12)) {
      Statement s;
      const size_t dice = random_.Below(10);
      if (open == 0 || (dice < 3 && open < 4)) return s;
      s.verb = dice < 7 ? Verb::kCommit : Verb::kRollback;
      s.depth = random_.Chance(90) ? open - 1 : random_.Below(open);
      return s;
    }
    if (swarm_.batches && swarm_.overlap && random_.Chance(8)) return WriteMeeting();
    if (swarm_.batches && random_.Chance(20)) return WriteBatch();
    const size_t table = random_.Below(schema_.tables.size());
    const size_t rows = model_.RowsOf(table).size();
    const size_t dice = random_.Below(100);
    if (dice < (rows == 0 ? 95u : rows < 6 ? 55u : rows < 12 ? 25u : 8u)) return WriteInsert(table);
    if (dice < (rows > 12 ? 55u : 85u) || !swarm_.erases) return WriteUpdate(table);
    return WriteErase(table);
  }

 private:
  using Births = std::vector<std::pair<size_t, RowId>>;  // table and row

  // ---- Values ----

  Cell Value(const Column& column, size_t table) {
    if (random_.Chance(column.not_null ? 1 : 12)) return {};
    if (column.kind == Kind::kText) {
      const size_t letters =
          std::min<size_t>(26, swarm_.keys + (random_.Chance(50) ? 3 * model_.RowsOf(table).size() : 0));
      std::string text(1, static_cast<char>('a' + random_.Below(letters)));
      return random_.Chance(20) ? text + " text that is too long for its cell" : text;
    }
    if (swarm_.huge && random_.Chance(4)) {
      const int64_t greatest = column.kind == Kind::kInt32 ? std::numeric_limits<int32_t>::max()
                                                           : std::numeric_limits<int64_t>::max();
      return greatest - static_cast<int64_t>(random_.Below(3));
    }
    const size_t values = swarm_.keys + (random_.Chance(50) ? 3 * model_.RowsOf(table).size() : 0);
    const int64_t below = random_.Chance(5) ? 3 : 0;
    return static_cast<int64_t>(random_.Below(values)) - below;
  }

  // A value for a cell; of a foreign key often one that leads somewhere.
  Cell LikelyValue(size_t table, size_t column) {
    for (const Edge& edge : schema_.edges) {
      if (edge.child != table) continue;
      for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
        if (edge.foreign_key[i] != column || !random_.Chance(60)) continue;
        const RowId target = LiveRow(edge.target);
        if (target != 0) return model_.rows().at(target).cells[edge.target_key[i]];
      }
    }
    return Value(schema_.tables[table].columns[column], table);
  }

  // A value for a cell; of a column that is a key by itself, one that nobody holds and that is new here.
  Cell FreshValue(size_t table, size_t column) {
    const auto& keys = schema_.tables[table].keys;
    const bool is_key = std::count(keys.begin(), keys.end(), std::vector<size_t>{column}) > 0;
    Cell value = LikelyValue(table, column);
    for (int tries = 0; is_key && tries < 8; ++tries) {
      const std::vector<RowId> rows = model_.RowsOf(table);
      const bool held = std::any_of(rows.begin(), rows.end(),
                                    [&](RowId id) { return model_.rows().at(id).cells[column] == value; });
      if (!held && drawn_.insert({table, value}).second) break;
      value = LikelyValue(table, column);
    }
    return value;
  }

  RowId LiveRow(size_t table) {
    const std::vector<RowId> rows = model_.RowsOf(table);
    return rows.empty() ? 0 : random_.Pick(rows);
  }
  // Mostly a live row; with mistakes now and then one that is gone, was never there, or is of another table.
  RowId AnyRow(size_t table) {
    if (swarm_.mistakes && random_.Chance(4)) {
      return static_cast<RowId>(random_.Below(static_cast<size_t>(next_)));
    }
    return LiveRow(table);
  }

  // Spoils a row or assignments now and then: a column twice, one that there is not, or a wrong type.
  template <class List, class Make>
  void Spoil(size_t table, List& list, Make make) {
    if (!swarm_.mistakes || list.empty() || !random_.Chance(3)) return;
    const std::vector<Column>& columns = schema_.tables[table].columns;
    const size_t dice = random_.Below(3);
    if (dice == 0) {
      list.push_back(list[0]);
    } else if (dice == 1) {
      list.push_back(make(columns.size(), Cell(int64_t{1})));
    } else {
      const size_t c = list[0].column;
      list[0] = make(c, columns[c].kind == Kind::kText ? Cell(int64_t{1}) : Cell(std::string("a")));
    }
  }

  // ---- Insert ----

  NewRow WriteRow(size_t table, const std::set<size_t>& columns) {
    NewRow row;
    row.id = next_++;
    std::map<size_t, Cell> cells;
    for (const size_t c : columns) {
      cells[c] = random_.Chance(70) ? FreshValue(table, c) : LikelyValue(table, c);
    }
    for (const Edge& edge : schema_.edges) {  // a composite foreign key leads somewhere only as a whole
      const RowId target = edge.child == table && random_.Chance(75) ? LiveRow(edge.target) : 0;
      for (size_t i = 0; i < edge.foreign_key.size() && target != 0; ++i) {
        if (!cells.contains(edge.foreign_key[i])) continue;
        cells[edge.foreign_key[i]] = model_.rows().at(target).cells[edge.target_key[i]];
      }
    }
    if (swarm_.overlap && random_.Chance(25)) {  // one number: where edges share columns, keys meet
      const Cell number = static_cast<int64_t>(random_.Below(swarm_.keys));
      for (auto& [column, value] : cells) {
        if (schema_.tables[table].columns[column].kind != Kind::kText) value = number;
      }
    }
    for (const auto& [column, value] : cells) row.cells.push_back({column, value});
    Spoil(table, row.cells, [](size_t column, const Cell& value) { return Given{column, value}; });
    return row;
  }

  std::set<size_t> SomeColumns(size_t table) {
    std::set<size_t> columns;
    const std::vector<Column>& all = schema_.tables[table].columns;
    for (size_t c = 0; c < all.size(); ++c) {
      if (random_.Chance(all[c].auto_increment ? 20 : all[c].not_null ? 97 : 75)) columns.insert(c);
    }
    return columns;
  }

  // Links for a new row, by edges that share no column. Births are rows of the same batch.
  std::vector<Link> WriteLinks(size_t table, const Births& births) {
    std::vector<Link> links;
    std::set<size_t> taken;
    for (size_t e = 0; e < schema_.edges.size(); ++e) {
      const Edge& edge = schema_.edges[e];
      if (edge.child != table || !swarm_.links || !random_.Chance(35)) continue;
      const bool free = std::none_of(edge.foreign_key.begin(), edge.foreign_key.end(),
                                     [&](size_t c) { return taken.contains(c); });
      const RowId target = RowOrBirth(edge.target, births);
      if (!free || target == 0) continue;
      taken.insert(edge.foreign_key.begin(), edge.foreign_key.end());
      links.push_back({e, target});
    }
    return links;
  }

  RowId RowOrBirth(size_t table, const Births& births) {
    for (const auto& [of, id] : births) {
      if (of == table && random_.Chance(40)) return id;
    }
    return AnyRow(table);
  }

  Statement WriteInsert(size_t table) {
    Statement s;
    s.table = table;
    const size_t dice = random_.Below(10);
    if (dice < 5) {
      s.verb = Verb::kInsert;
      s.rows = {WriteRow(table, SomeColumns(table))};
      if (random_.Chance(40)) s.rows[0].links = WriteLinks(table, {});
    } else if (dice < 7 && swarm_.upserts) {
      s.verb = Verb::kUpsert;
      std::set<size_t> columns = SomeColumns(table);
      const auto& primary = schema_.tables[table].keys[0];
      columns.insert(primary.begin(), primary.end());
      if (schema_.tables[table].columns[0].auto_increment && random_.Chance(30)) columns.erase(0);
      s.rows = {WriteRow(table, columns)};
    } else {
      s.verb = dice < 9 ? Verb::kInsertAll : Verb::kInsertColumns;
      std::set<size_t> columns = SomeColumns(table);
      if (columns.empty()) columns = {0};
      const size_t count = 1 + random_.Below(5);
      while (s.rows.size() < count) {
        if (s.verb == Verb::kInsertAll) columns = SomeColumns(table);
        NewRow row = WriteRow(table, columns);
        if (s.verb == Verb::kInsertColumns && row.cells.size() != columns.size()) {
          continue;  // spoiled: not as columns
        }
        ReferToEachOther(table, s.rows, row);
        s.rows.push_back(std::move(row));
      }
    }
    return s;
  }

  // Lets rows of one statement refer to each other and to themselves.
  void ReferToEachOther(size_t table, const std::vector<NewRow>& rows, NewRow& row) {
    for (const Edge& edge : schema_.edges) {
      if (edge.child != table || edge.target != table || !random_.Chance(40)) continue;
      const NewRow& target = rows.empty() || random_.Chance(25) ? row : random_.Pick(rows);
      const std::vector<Given> key = target.cells;  // `target` may be `row`
      for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
        for (const Given& from : key) {
          for (Given& to : row.cells) {
            if (from.column == edge.target_key[i] && to.column == edge.foreign_key[i]) to.value = from.value;
          }
        }
      }
    }
  }

  // ---- Update ----

  Formula Constant(Cell value) {
    Formula formula;
    formula.first.constant = std::move(value);
    return formula;
  }

  // Col + k, Col - k, Col * k, or one column and another.
  Formula Computed(size_t table, size_t column) {
    const std::vector<Column>& columns = schema_.tables[table].columns;
    std::vector<size_t> alike;
    for (size_t c = 0; c < columns.size(); ++c) {
      if (columns[c].kind == columns[column].kind) alike.push_back(c);
    }
    Formula formula;
    formula.first.column = random_.Chance(80) ? column : random_.Pick(alike);
    if (columns[column].kind == Kind::kText) return formula;
    if (random_.Chance(10)) return formula;
    formula.op = random_.Pick<char>({'+', '+', '+', '-', '-', '*'});
    if (random_.Chance(10)) {
      formula.second.column = random_.Pick(alike);
    } else {
      int64_t k = static_cast<int64_t>(1 + random_.Below(3));
      if (swarm_.huge && random_.Chance(10)) {
        k = int64_t{1} << (columns[column].kind == Kind::kInt32 ? 30 : 62);
      }
      formula.second.constant = random_.Chance(3) ? Cell() : Cell(k);
    }
    if (formula.op == '-' && random_.Chance(10)) {
      std::swap(formula.first, formula.second);  // k - Col: swaps keys
    }
    return formula;
  }

  std::vector<Assignment> WriteAssignments(size_t table, size_t percent_computed) {
    const std::vector<Column>& columns = schema_.tables[table].columns;
    std::vector<Assignment> assignments;
    const size_t count = 1 + random_.Below(3);
    std::set<size_t> used;
    for (size_t i = 0; i < count; ++i) {
      const size_t c = random_.Below(columns.size());
      if (!used.insert(c).second) continue;
      assignments.push_back(
          {c, random_.Chance(percent_computed) ? Computed(table, c) : Constant(LikelyValue(table, c))});
    }
    if (random_.Chance(15)) AssignWholeForeignKey(table, assignments);
    Spoil(table, assignments, [this](size_t column, const Cell& value) {
      return Assignment{column, Constant(value)};
    });
    return assignments;
  }

  void AssignWholeForeignKey(size_t table, std::vector<Assignment>& assignments) {
    for (const Edge& edge : schema_.edges) {
      const RowId target = edge.child == table ? LiveRow(edge.target) : 0;
      if (target == 0 || !random_.Chance(60)) continue;
      assignments.clear();
      for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
        assignments.push_back(
            {edge.foreign_key[i], Constant(model_.rows().at(target).cells[edge.target_key[i]])});
      }
    }
  }

  // Several number columns, mostly by the same distance.
  std::vector<Assignment> WriteShift(size_t table) {
    const std::vector<Column>& columns = schema_.tables[table].columns;
    std::vector<Assignment> assignments;
    const bool apart = random_.Chance(20);
    const auto distance = [&] {
      const int64_t sign = random_.Chance(50) ? 1 : -1;
      return sign * static_cast<int64_t>(1 + random_.Below(3));
    };
    const int64_t k = distance();
    for (size_t c = 0; c < columns.size(); ++c) {
      if (columns[c].kind == Kind::kText || !random_.Chance(c == 0 ? 85 : 40)) continue;
      Formula formula;
      formula.first.column = c;
      formula.op = '+';
      formula.second.constant = apart ? distance() : k;
      assignments.push_back({c, formula});
    }
    if (assignments.empty()) assignments.push_back({0, Constant(LikelyValue(table, 0))});
    return assignments;
  }

  Condition WriteCondition(size_t table) {
    const std::vector<Column>& columns = schema_.tables[table].columns;
    Condition condition;
    condition.any = random_.Chance(40);
    condition.negated = random_.Chance(15);
    const size_t tests = random_.Chance(20) ? 0 : 1 + random_.Below(2);
    for (size_t i = 0; i < tests; ++i) {
      const size_t c = random_.Below(columns.size());
      const auto comparison = static_cast<Comparison>(random_.Below(5));
      condition.tests.push_back(
          {c, comparison, comparison == Comparison::kIsNull ? Cell() : LikelyValue(table, c)});
    }
    return condition;
  }

  Statement WriteUpdate(size_t table) {
    Statement s;
    s.table = table;
    if (swarm_.links && random_.Chance(25) && !schema_.edges.empty()) return WriteLink({}, false);
    if (swarm_.bulk && random_.Chance(50)) {
      s.verb = Verb::kUpdateWhere;
      s.where = WriteCondition(table);
      s.assignments = random_.Chance(50) ? WriteShift(table) : WriteAssignments(table, 60);
    } else {
      s.verb = Verb::kUpdate;
      s.refs = {AnyRow(table)};
      s.assignments = WriteAssignments(table, 30);
    }
    return s;
  }

  // ToOne::Set, SetAll, Clear.
  Statement WriteLink(const Births& births, bool in_batch) {
    Statement s;
    s.edge = random_.Below(schema_.edges.size());
    const Edge& edge = schema_.edges[s.edge];
    s.table = edge.child;
    s.inverse = edge.one && random_.Chance(50);
    s.refs = {RowOrBirth(s.inverse ? edge.target : edge.child, births)};
    if (random_.Chance(25)) {
      s.verb = Verb::kUnlink;
      return s;
    }
    s.verb = Verb::kSet;
    s.targets = {RowOrBirth(s.inverse ? edge.child : edge.target, births)};
    if (s.inverse || in_batch || !random_.Chance(30)) return s;
    s.verb = Verb::kSetAll;
    std::set<RowId> rows(s.refs.begin(), s.refs.end());
    for (size_t i = random_.Below(4); i > 0; --i) {
      const RowId row = AnyRow(edge.child);
      if (!rows.insert(row).second) continue;
      s.refs.push_back(row);
      s.targets.push_back(AnyRow(edge.target));
    }
    return s;
  }

  // ---- Erase ----

  Statement WriteErase(size_t table) {
    Statement s;
    s.table = table;
    const size_t dice = random_.Below(40);
    if (dice < 16) {
      s.verb = Verb::kErase;
      s.refs = {AnyRow(table)};
    } else if (dice < 25) {
      s.verb = Verb::kEraseAll;
      for (size_t i = random_.Below(5); i > 0; --i) s.refs.push_back(AnyRow(table));
    } else if (dice < 30) {
      s.verb = Verb::kEraseWhere;
      s.where = WriteCondition(table);
    } else if (dice < 39) {
      s.verb = Verb::kPlanErase;
      s.refs = {AnyRow(table)};
    } else {
      s.verb = Verb::kClear;
      for (size_t i = random_.Below(3) + 1; i > 0; --i) {
        s.tables.push_back(random_.Below(schema_.tables.size()));
      }
    }
    return s;
  }

  // ---- Batch ----

  Statement WriteBatch() {
    Statement batch;
    batch.verb = Verb::kBatch;
    Births births;
    const size_t count = 1 + random_.Below(6);
    while (batch.parts.size() < count) {
      Statement s;
      s.table = random_.Below(schema_.tables.size());
      const size_t dice = random_.Below(20);
      if (dice < 5) {
        s.verb = Verb::kInsert;
        s.rows = {WriteRow(s.table, SomeColumns(s.table))};
        s.rows[0].links = WriteLinks(s.table, births);
        births.push_back({s.table, s.rows[0].id});
      } else if (dice < 7 && swarm_.links && !schema_.edges.empty()) {
        s.verb = Verb::kCreate;
        s.edge = random_.Below(schema_.edges.size());
        s.table = schema_.edges[s.edge].child;
        s.refs = {RowOrBirth(schema_.edges[s.edge].target, births)};
        s.rows = {WriteRow(s.table, SomeColumns(s.table))};
        if (s.refs[0] != 0) births.push_back({s.table, s.rows[0].id});
      } else if (dice < 12) {
        s.verb = Verb::kUpdate;
        s.refs = {RowOrBirth(s.table, births)};
        s.assignments = random_.Chance(30) ? WriteShift(s.table) : WriteAssignments(s.table, 20);
      } else if (dice < 16 && swarm_.links && !schema_.edges.empty()) {
        s = WriteLink(births, true);
      } else if (swarm_.erases) {
        s.verb = Verb::kErase;
        s.refs = {RowOrBirth(s.table, births)};
      } else {
        continue;
      }
      const bool nobody =
          std::count(s.refs.begin(), s.refs.end(), 0) + std::count(s.targets.begin(), s.targets.end(), 0) > 0;
      if (!nobody || random_.Chance(2)) batch.parts.push_back(std::move(s));
    }
    return batch;
  }

  // A batch that moves or erases both targets of a child whose edges share a column: actions meet in one
  // cell.
  Statement WriteMeeting() {
    std::vector<std::pair<RowId, RowId>> meetings;  // targets
    for (size_t a = 0; a < schema_.edges.size(); ++a) {
      for (size_t b = 0; b < a; ++b) {
        const std::vector<size_t>& columns = schema_.edges[b].foreign_key;
        const bool share =
            std::find_first_of(columns.begin(), columns.end(), schema_.edges[a].foreign_key.begin(),
                               schema_.edges[a].foreign_key.end()) != columns.end();
        if (schema_.edges[a].child != schema_.edges[b].child || !share) continue;
        for (const RowId child : model_.RowsOf(schema_.edges[a].child)) {
          const RowId target = model_.TargetOf(a, child);
          const RowId other = model_.TargetOf(b, child);
          if (target != 0 && other != 0) meetings.push_back({target, other});
        }
      }
    }
    if (meetings.empty()) return WriteBatch();
    Statement batch;
    batch.verb = Verb::kBatch;
    const auto [target, other] = random_.Pick(meetings);
    for (const RowId id : {target, other}) {
      Statement s;
      s.table = model_.rows().at(id).table;
      s.refs = {id};
      s.verb = swarm_.erases && random_.Chance(20) ? Verb::kErase : Verb::kUpdate;
      for (const std::vector<size_t>& key : schema_.tables[s.table].keys) {
        const size_t c = random_.Pick(key);
        const bool taken = std::any_of(s.assignments.begin(), s.assignments.end(),
                                       [&](const Assignment& a) { return a.column == c; });
        if (!taken) {
          s.assignments.push_back(
              {c, random_.Chance(50) ? Constant(FreshValue(s.table, c)) : Computed(s.table, c)});
        }
      }
      batch.parts.push_back(std::move(s));
    }
    return batch;
  }

  Random& random_;
  const Swarm& swarm_;
  const Model& model_;
  const Schema& schema_;
  RowId next_ = 1;
  std::set<std::pair<size_t, Cell>> drawn_;  // for the statement that is being written
};

}  // namespace

Program RandomProgram(uint64_t seed) {
  Random random(seed);
  const Swarm swarm(random);
  Program program;
  program.schema = RandomSchema(random, swarm);
  Model model(program.schema);
  StatementWriter writer(random, swarm, model);
  const size_t length = 100 + random.Below(300);
  while (program.statements.size() < length) {
    program.statements.push_back(writer.Write());
    model.Execute(program.statements.back());
  }
  return program;
}

}  // namespace tenon::model
