#include "tests/model/program.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::model {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}

  size_t Below(size_t n) { return static_cast<size_t>(bits_() % n); }
  bool Chance(size_t percent) { return Below(100) < percent; }
  template <class V>
  const V& Pick(const std::vector<V>& from) {
    return from[Below(from.size())];
  }

 private:
  std::mt19937_64 bits_;
};

// What a seed uses at all.
struct Swarm {
  explicit Swarm(Random& random)
      : text(random.Chance(35)),
        narrow(random.Chance(25)),
        composite(random.Chance(40)),
        self(random.Chance(60)),
        null_keys(random.Chance(40)),
        auto_increment(random.Chance(50)),
        has_one(random.Chance(35)),
        deferred(random.Chance(40)),
        unenforced(random.Chance(25)),
        overlap(random.Chance(50)),
        required(random.Chance(50)),
        batches(random.Chance(60)),
        transactions(random.Chance(60)),
        mistakes(random.Chance(40)),
        huge(random.Chance(15)),
        bulk(random.Chance(60)),
        keys(3 + random.Below(6)) {
    for (const Action action :
         {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
      if (random.Chance(50)) actions.push_back(action);
    }
    if (actions.empty()) actions = {Action::kCascade};
  }

  bool text;            // text keys
  bool narrow;          // int32 keys
  bool composite;       // keys of two columns
  bool self;            // edges from a table to itself
  bool null_keys;       // unique keys with nulls
  bool auto_increment;  // numbered primary keys
  bool has_one;
  bool deferred;
  bool unenforced;
  bool overlap;       // edges share columns with keys and with each other
  bool required;      // foreign keys that can't be null
  bool batches;       // Batch
  bool transactions;  // Begin, Commit, Rollback
  bool mistakes;      // stale Refs, unknown columns, wrong types
  bool huge;          // numbers near the end of their type
  bool bulk;          // updates of whole tables, computed keys
  size_t keys;        // how many values a key column takes
  std::vector<Action> actions = {};
};

// ---- Schemas ----

class SchemaWriter {
 public:
  SchemaWriter(Random& random, const Swarm& swarm) : random_(random), swarm_(swarm) {}

  Schema Write() {
    const size_t tables = 2 + random_.Below(4);
    for (size_t t = 0; t < tables; ++t) schema_.tables.push_back(NewTable(t));
    const size_t edges = tables + random_.Below(tables + 2);
    for (size_t e = 0; e < edges; ++e) AddEdge();
    return std::move(schema_);
  }

 private:
  Kind KeyKind() {
    if (swarm_.text && random_.Chance(35)) return Kind::kText;
    return swarm_.narrow && random_.Chance(35) ? Kind::kInt32 : Kind::kInt64;
  }

  Cell Default(Kind kind) {
    if (kind == Kind::kText) return std::string(1, static_cast<char>('a' + random_.Below(3)));
    return static_cast<int64_t>(random_.Below(3));
  }

  Table NewTable(size_t t) {
    Table table{absl::StrCat("T", t), {}, {}, false};
    if (swarm_.auto_increment && random_.Chance(50)) {
      table.implicit_id = random_.Chance(50);
      const Kind kind = swarm_.narrow && !table.implicit_id ? Kind::kInt32 : Kind::kInt64;
      table.columns.push_back({"id", kind, true, true, {}});
    } else {
      table.columns.push_back({"id", KeyKind(), true, false, {}});
    }
    table.keys.push_back({0});
    if (swarm_.composite && !table.implicit_id && random_.Chance(50)) {
      table.columns.push_back({"part", KeyKind(), true, false, {}});
      if (random_.Chance(50)) table.columns.back().default_value = Default(table.columns.back().kind);
      table.keys[0].push_back(1);
    }
    table.columns.push_back({"n", swarm_.narrow ? Kind::kInt32 : Kind::kInt64, false, false, {}});
    if (random_.Chance(60)) {
      table.columns.push_back({"u", KeyKind(), !(swarm_.null_keys && random_.Chance(60)), false, {}});
      if (random_.Chance(50)) table.columns.back().default_value = Default(table.columns.back().kind);
      std::vector<size_t> key = {table.columns.size() - 1};
      if (swarm_.composite && random_.Chance(40)) {
        key.insert(random_.Chance(50) ? key.begin() : key.end(), table.columns.size() - 2);  // over n as well
      }
      table.keys.push_back(key);
    }
    return table;
  }

  void AddEdge() {
    Edge edge;
    edge.child = random_.Below(schema_.tables.size());
    edge.target = swarm_.self && random_.Chance(35) ? edge.child : random_.Below(schema_.tables.size());
    if (edge.child == edge.target && !swarm_.self) return;
    const bool twin = swarm_.overlap && !schema_.edges.empty() && random_.Chance(30);
    if (twin) {  // the same columns to another key of the same table: actions may meet in one cell
      const Edge& other = random_.Pick(schema_.edges);
      edge.child = other.child;
      edge.target = other.target;
    }
    Table& child = schema_.tables[edge.child];
    const Table& target = schema_.tables[edge.target];
    edge.target_key = random_.Chance(twin ? 40 : 70) ? target.keys[0] : random_.Pick(target.keys);
    if (random_.Chance(20)) std::reverse(edge.target_key.begin(), edge.target_key.end());
    edge.association = absl::StrCat("e", schema_.edges.size());
    const std::vector<Column> columns = child.columns;  // if the edge can't be, neither may its columns
    if (swarm_.overlap && random_.Chance(twin ? 95 : 30)) edge.foreign_key = ForeignKeyOfAnother(edge);
    for (size_t i = edge.foreign_key.size(); i < edge.target_key.size(); ++i) {
      edge.foreign_key.push_back(ForeignKeyColumn(edge, target.columns[edge.target_key[i]].kind));
    }
    if (IsKnown(edge)) {
      child.columns = columns;
      return;
    }
    if (swarm_.unenforced && random_.Chance(40)) {
      edge.enforced = false;
    } else {
      edge.deferred = swarm_.deferred && random_.Chance(50);
      edge.on_delete = Possible(edge, random_.Pick(swarm_.actions));
      edge.on_update = Possible(edge, random_.Pick(swarm_.actions));
    }
    edge.one = swarm_.has_one && random_.Chance(40);
    if (edge.one || random_.Chance(50)) edge.inverse = absl::StrCat(edge.association, "_back");
    schema_.edges.push_back(edge);
  }

  // The columns of another edge of the child, if they fit the key.
  std::vector<size_t> ForeignKeyOfAnother(const Edge& edge) const {
    const std::vector<Column>& columns = schema_.tables[edge.child].columns;
    const std::vector<Column>& target_columns = schema_.tables[edge.target].columns;
    for (const Edge& other : schema_.edges) {
      if (other.child != edge.child || other.foreign_key.size() != edge.target_key.size()) continue;
      bool fits = true;
      for (size_t i = 0; i < edge.target_key.size(); ++i) {
        fits = fits && columns[other.foreign_key[i]].kind == target_columns[edge.target_key[i]].kind;
      }
      if (fits) return other.foreign_key;
    }
    return {};
  }

  // A column of the child that is there already, or a new one.
  size_t ForeignKeyColumn(const Edge& edge, Kind kind) {
    std::vector<Column>& columns = schema_.tables[edge.child].columns;
    std::vector<size_t> fit;
    for (size_t c = 0; c < columns.size(); ++c) {
      const bool taken = std::count(edge.foreign_key.begin(), edge.foreign_key.end(), c) > 0;
      if (columns[c].kind == kind && !taken) fit.push_back(c);
    }
    if (swarm_.overlap && !fit.empty() && random_.Chance(60))
      return random_.Chance(50) ? fit.back() : random_.Pick(fit);
    const bool required = swarm_.required && random_.Chance(30);
    columns.push_back({absl::StrCat("f", columns.size()), kind, required, false, {}});
    if (random_.Chance(40)) columns.back().default_value = Default(kind);
    return columns.size() - 1;
  }

  // Whether there is an edge over the same columns to the same key, or this one leads from each row to
  // itself.
  bool IsKnown(const Edge& edge) const {
    const auto as_set = [](const std::vector<size_t>& v) { return std::set<size_t>(v.begin(), v.end()); };
    if (edge.child == edge.target && as_set(edge.foreign_key) == as_set(edge.target_key)) return true;
    return std::any_of(schema_.edges.begin(), schema_.edges.end(), [&](const Edge& other) {
      return other.child == edge.child && other.target == edge.target &&
             as_set(other.foreign_key) == as_set(edge.foreign_key) &&
             as_set(other.target_key) == as_set(edge.target_key);
    });
  }

  // The action, unless the columns could never take what it would write.
  Action Possible(const Edge& edge, Action action) const {
    for (const size_t c : edge.foreign_key) {
      const Column& column = schema_.tables[edge.child].columns[c];
      const bool not_null = column.not_null || column.auto_increment;
      if (action == Action::kSetNull && not_null) return Action::kNoAction;
      if (action == Action::kSetDefault && not_null && IsNull(column.default_value)) return Action::kNoAction;
    }
    return action;
  }

  Random& random_;
  const Swarm& swarm_;
  Schema schema_;
};

// ---- Programs ----

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
    if (dice < (rows > 12 ? 55u : 85u)) return WriteUpdate(table);
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
    return static_cast<int64_t>(random_.Below(values)) - (random_.Chance(5) ? 3 : 0);
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

  // A value for a cell; of a column that is a key by itself one that nobody holds and that was not drawn
  // before.
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
    if (swarm_.mistakes && random_.Chance(4))
      return static_cast<RowId>(random_.Below(static_cast<size_t>(next_)));
    return LiveRow(table);
  }

  // Spoils a row or a list of assignments now and then: a column twice, or none that there is, or a wrong
  // type.
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
    for (const size_t c : columns)
      cells[c] = random_.Chance(70) ? FreshValue(table, c) : LikelyValue(table, c);
    for (const Edge& edge : schema_.edges) {  // a composite foreign key leads somewhere only as a whole
      const RowId target = edge.child == table && random_.Chance(75) ? LiveRow(edge.target) : 0;
      for (size_t i = 0; i < edge.foreign_key.size() && target != 0; ++i) {
        if (!cells.contains(edge.foreign_key[i])) continue;
        cells[edge.foreign_key[i]] = model_.rows().at(target).cells[edge.target_key[i]];
      }
    }
    if (swarm_.overlap &&
        random_.Chance(25)) {  // one number throughout: where edges share columns, keys meet
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
      if (edge.child != table || !random_.Chance(35)) continue;
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
    } else if (dice < 7) {
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
        if (s.verb == Verb::kInsertColumns && row.cells.size() != columns.size())
          continue;  // spoiled: not as columns
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
      if (swarm_.huge && random_.Chance(10))
        k = int64_t{1} << (columns[column].kind == Kind::kInt32 ? 30 : 62);
      formula.second.constant = random_.Chance(3) ? Cell() : Cell(k);
    }
    if (formula.op == '-' && random_.Chance(10))
      std::swap(formula.first, formula.second);  // k - Col: swaps keys
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
      return static_cast<int64_t>(1 + random_.Below(3)) * (random_.Chance(50) ? 1 : -1);
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
    if (random_.Chance(25) && !schema_.edges.empty()) return WriteLink({}, false);
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
      for (size_t i = random_.Below(3) + 1; i > 0; --i)
        s.tables.push_back(random_.Below(schema_.tables.size()));
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
      } else if (dice < 7 && !schema_.edges.empty()) {
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
      } else if (dice < 16 && !schema_.edges.empty()) {
        s = WriteLink(births, true);
      } else {
        s.verb = Verb::kErase;
        s.refs = {RowOrBirth(s.table, births)};
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
      s.verb = random_.Chance(20) ? Verb::kErase : Verb::kUpdate;
      for (const std::vector<size_t>& key : schema_.tables[s.table].keys) {
        const size_t c = random_.Pick(key);
        const bool taken = std::any_of(s.assignments.begin(), s.assignments.end(),
                                       [&](const Assignment& a) { return a.column == c; });
        if (!taken)
          s.assignments.push_back(
              {c, random_.Chance(50) ? Constant(FreshValue(s.table, c)) : Computed(s.table, c)});
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

// ---- Text ----

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

Program RandomProgram(uint64_t seed) {
  Random random(seed);
  const Swarm swarm(random);
  Program program;
  program.schema = SchemaWriter(random, swarm).Write();
  Model model(program.schema);
  StatementWriter writer(random, swarm, model);
  const size_t length = 100 + random.Below(300);
  while (program.statements.size() < length) {
    program.statements.push_back(writer.Write());
    model.Execute(program.statements.back());
  }
  return program;
}

size_t CountStatements(const std::vector<Statement>& statements) {
  size_t count = statements.size();
  for (const Statement& s : statements) count += CountStatements(s.parts);
  return count;
}

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

}  // namespace tenon::model
