#include "tests/order/player.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/model/cell.h"

namespace tenon::model {
namespace {

// ---- The program's words in the library's ----

Type TypeOf(Kind kind) {
  return kind == Kind::kText ? Type::kString : kind == Kind::kInt32 ? Type::kInt32 : Type::kInt64;
}

Value ValueOf(Kind kind, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return kind == Kind::kInt64 ? Value(*number) : Value(static_cast<int32_t>(*number));
  }
  return {};
}

std::vector<std::string> Names(const Table& table, const std::vector<size_t>& columns) {
  std::vector<std::string> names;
  for (const size_t c : columns) names.push_back(table.columns[c].name);
  return names;
}

TableDef Definition(const Schema& schema, size_t t) {
  const Table& table = schema.tables[t];
  TableDef def{.name = table.name};
  for (const Column& column : table.columns) {
    def.columns.push_back({.name = column.name,
                           .type = TypeOf(column.kind),
                           .not_null = column.not_null,
                           .auto_increment = column.auto_increment,
                           .default_value = ValueOf(column.kind, column.default_value)});
  }
  for (size_t k = 1; k < table.keys.size(); ++k) def.unique.push_back(Names(table, table.keys[k]));
  if (table.implicit_id) {
    def.columns.erase(def.columns.begin());
  } else {
    def.primary_key = Names(table, table.keys[0]);
  }
  for (const Edge& edge : schema.edges) {
    if (edge.child != t) continue;
    const Table& target = schema.tables[edge.target];
    def.belongs_to.push_back({.target = target.name,
                              .as = edge.association,
                              .foreign_key = Names(table, edge.foreign_key),
                              .target_key = Names(target, edge.target_key),
                              .inverse = {edge.inverse, edge.one},
                              .on_delete = edge.on_delete,
                              .on_update = edge.on_update,
                              .enforced = edge.enforced,
                              .deferred = edge.deferred});
  }
  return def;
}

Expression ExpressionOf(const Table& table, Kind kind, const Term& term) {
  if (term.column.has_value()) return Col(table.columns[*term.column].name);
  return Expression(ValueOf(kind, term.constant));
}

Expression ExpressionOf(const Table& table, Kind kind, const Formula& formula) {
  const Expression first = ExpressionOf(table, kind, formula.first);
  const Expression second = ExpressionOf(table, kind, formula.second);
  switch (formula.op) {
    case '+':
      return first + second;
    case '-':
      return first - second;
    case '*':
      return first * second;
    default:
      return first;
  }
}

Predicate<> PredicateOf(const Table& table, const Test& test) {
  const Col column(table.columns[test.column].name);
  const Value value = ValueOf(table.columns[test.column].kind, test.value);
  switch (test.comparison) {
    case Comparison::kEqual:
      return column == value;
    case Comparison::kNotEqual:
      return column != value;
    case Comparison::kLess:
      return column < value;
    case Comparison::kGreaterEqual:
      return column >= value;
    case Comparison::kIsNull:
      break;
  }
  return column.IsNull();
}

}  // namespace

std::vector<TableDef> Definitions(const Schema& schema) {
  std::vector<TableDef> definitions;
  for (size_t t = 0; t < schema.tables.size(); ++t) definitions.push_back(Definition(schema, t));
  return definitions;
}

Player::Player(const Schema& schema, std::vector<TableDef> definitions)
    : schema_(schema), definitions_(std::move(definitions)) {
  Open();
}

void Player::Open() {
  db_ = Database();
  static_cast<void>(db_.CreateTables(definitions_));  // refused: no handle is good, and nothing succeeds
  tables_.clear();
  to_one_.clear();
  to_many_.clear();
  has_one_.clear();
  for (const Table& table : schema_.tables) tables_.push_back(db_.GetTable(table.name));
  for (const Edge& edge : schema_.edges) {
    to_one_.push_back(tables_[edge.child].BelongsTo(edge.association));
    to_many_.push_back(tables_[edge.target].HasMany(tables_[edge.child], edge.association));
    has_one_.push_back(edge.one ? tables_[edge.target].HasOne(edge.inverse) : ToOne<>());
  }
}

// ---- Rows and what is said of them ----

RefList<> Player::RefsOf(const std::vector<RowId>& ids) const {
  RefList<> refs;
  for (const RowId id : ids) refs.push_back(RefOf(id));
  return refs;
}

std::string_view Player::ColumnName(size_t table, size_t column) const {
  const std::vector<Column>& columns = schema_.tables[table].columns;
  return column < columns.size() ? columns[column].name : std::string_view("nosuch");
}

Kind Player::KindOf(size_t table, size_t column) const {
  const std::vector<Column>& columns = schema_.tables[table].columns;
  return column < columns.size() ? columns[column].kind : Kind::kInt64;
}

tenon::Row Player::RowOf(size_t table, const NewRow& from) const {
  tenon::Row row;
  for (const auto& [column, cell] : from.cells) {
    row.push_back({ColumnName(table, column), ValueOf(KindOf(table, column), cell)});
  }
  return row;
}

std::vector<tenon::Link<>> Player::LinksOf(const NewRow& from) const {
  std::vector<tenon::Link<>> links;
  for (const auto& [edge, target] : from.links) links.push_back(to_one_[edge].To(RefOf(target)));
  return links;
}

std::vector<tenon::Assignment> Player::AssignmentsOf(const Statement& s) const {
  std::vector<tenon::Assignment> assignments;
  for (const auto& [column, formula] : s.assignments) {
    assignments.push_back({ColumnName(s.table, column),
                           ExpressionOf(schema_.tables[s.table], KindOf(s.table, column), formula)});
  }
  return assignments;
}

Predicate<> Player::ConditionOf(const Statement& s) const {
  Predicate<> whole;
  for (const Test& test : s.where.tests) {
    const Predicate<> part = PredicateOf(schema_.tables[s.table], test);
    whole = whole.nodes().empty() ? part : s.where.any ? whole || part : whole && part;
  }
  return s.where.negated ? !whole : whole;
}

// ---- Statements ----

std::string Player::Told(const absl::Status& status, const Effects& effects) const {
  if (!status.ok()) {
    const std::vector<Violation> violations = GetViolations(status);
    return violations.empty() ? status.ToString() : std::string(CodeName(violations.front().code));
  }
  Effects sorted = effects;
  std::sort(sorted.tables.begin(), sorted.tables.end(),
            [](const TableEffects& a, const TableEffects& b) { return a.table < b.table; });
  return absl::StrCat("ok, ", sorted.ToString());
}

absl::Status Player::Born(const NewRow& row, const absl::StatusOr<Ref<>>& ref) {
  if (ref.ok()) refs_[row.id] = *ref;
  return ref.status();
}

absl::Status Player::Born(const std::vector<NewRow>& rows, const absl::StatusOr<RefList<>>& refs) {
  for (size_t i = 0; i < rows.size() && refs.ok(); ++i) refs_[rows[i].id] = (*refs)[i];
  return refs.status();
}

// Names the row only if it is a new one.
absl::Status Player::Upsert(const Statement& s) {
  const RefList<> before = tables_[s.table].All().Refs();
  const absl::StatusOr<Ref<>> ref = tables_[s.table].Upsert(RowOf(s.table, s.rows[0]));
  const bool known = ref.ok() && std::count(before.begin(), before.end(), *ref) > 0;
  return known ? ref.status() : Born(s.rows[0], ref);
}

absl::Status Player::InsertColumns(const Statement& s) {
  std::vector<std::vector<Value>> values(s.rows[0].cells.size());
  for (const NewRow& row : s.rows) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i].push_back(ValueOf(KindOf(s.table, row.cells[i].column), row.cells[i].value));
    }
  }
  std::vector<NamedColumn> columns;
  for (size_t i = 0; i < values.size(); ++i) {
    columns.push_back({ColumnName(s.table, s.rows[0].cells[i].column), values[i]});
  }
  return Born(s.rows, tables_[s.table].InsertColumns(columns));
}

void Player::Gather(const Statement& s, Batch& batch) {
  const tenon::Table<>& table = tables_[s.table];
  switch (s.verb) {
    case Verb::kInsert:
      refs_[s.rows[0].id] = batch.Insert(table, RowOf(s.table, s.rows[0]), LinksOf(s.rows[0]));
      break;
    case Verb::kCreate:
      refs_[s.rows[0].id] = batch.Create(to_many_[s.edge], RefOf(s.refs[0]), RowOf(s.table, s.rows[0]));
      break;
    case Verb::kUpdate:
      batch.Update(table, RefOf(s.refs[0]), AssignmentsOf(s));
      break;
    case Verb::kSet:
      batch.Set(ToOneOf(s), RefOf(s.refs[0]), RefOf(s.targets[0]));
      break;
    case Verb::kUnlink:
      batch.Clear(ToOneOf(s), RefOf(s.refs[0]));
      break;
    default:
      batch.Erase(table, RefOf(s.refs[0]));
      break;
  }
}

absl::Status Player::End(const Statement& s) {
  if (s.depth >= open_.size()) return absl::OkStatus();  // a shortened program has lost its begin
  absl::Status status;
  if (s.verb == Verb::kCommit) {
    status = open_[s.depth].Commit();
    if (status.ok()) open_.pop_back();
  } else {
    open_[s.depth].Rollback();
    while (open_.size() > s.depth) open_.pop_back();
  }
  return status;
}

absl::Status Player::Run(const Statement& s) {
  const tenon::Table<>& table = tables_[s.table];
  switch (s.verb) {
    case Verb::kInsert:
      return Born(s.rows[0], table.Insert(RowOf(s.table, s.rows[0]), LinksOf(s.rows[0])));
    case Verb::kInsertAll: {
      std::vector<tenon::Row> rows;
      for (const NewRow& row : s.rows) rows.push_back(RowOf(s.table, row));
      return Born(s.rows, table.InsertAll(rows));
    }
    case Verb::kInsertColumns:
      return InsertColumns(s);
    case Verb::kUpsert:
      return Upsert(s);
    case Verb::kUpdate:
      return table.Update(RefOf(s.refs[0]), AssignmentsOf(s));
    case Verb::kUpdateWhere:
      return table.Where(ConditionOf(s)).Update(AssignmentsOf(s)).status();
    case Verb::kErase:
      return table.Erase(RefOf(s.refs[0]));
    case Verb::kEraseAll:
      return table.EraseAll(RefsOf(s.refs));
    case Verb::kEraseWhere:
      return table.Where(ConditionOf(s)).Erase().status();
    case Verb::kPlanErase: {
      const absl::StatusOr<ErasePlan> plan = table.PlanErase(RefOf(s.refs[0]));
      plan_ = plan.ok() ? plan->effects : Effects();
      return plan.ok() ? plan->verdict : plan.status();
    }
    case Verb::kClear: {
      std::vector<tenon::Table<>> tables;
      for (const size_t t : s.tables) tables.push_back(tables_[t]);
      return db_.Clear(tables);
    }
    case Verb::kSet:
      return ToOneOf(s).Set(RefOf(s.refs[0]), RefOf(s.targets[0]));
    case Verb::kSetAll:
      return ToOneOf(s).SetAll(RefsOf(s.refs), RefsOf(s.targets));
    case Verb::kUnlink:
      return ToOneOf(s).Clear(RefOf(s.refs[0]));
    case Verb::kBatch:
      return db_.Batch([&](Batch& batch) {
        for (const Statement& part : s.parts) Gather(part, batch);
      });
    case Verb::kBegin:
      open_.push_back(db_.Begin());
      return open_.back().status();
    case Verb::kCommit:
    case Verb::kRollback:
      return End(s);
    case Verb::kCreate:
      break;
  }
  return absl::OkStatus();
}

std::string Player::Play(const Statement& s) {
  const absl::Status status = Run(s);
  const bool statement = s.verb != Verb::kBegin && s.verb != Verb::kCommit && s.verb != Verb::kRollback;
  return Told(status, s.verb == Verb::kPlanErase ? plan_ : statement ? db_.LastEffects() : Effects());
}

std::string Player::PlayAsBatch(const Statement& s) {
  RefList<> refs;
  const absl::Status status = db_.Batch([&](Batch& batch) {
    for (const NewRow& row : s.rows) refs.push_back(batch.Insert(tables_[s.table], RowOf(s.table, row)));
  });
  if (status.ok()) static_cast<void>(Born(s.rows, refs));
  return Told(status, db_.LastEffects());
}

absl::Status Player::MoveHouse(Random& random) {
  struct Lodger {
    size_t table;
    Ref<> old;
    std::vector<Value> cells;
  };
  std::vector<Lodger> lodgers;
  for (size_t t = 0; t < tables_.size(); ++t) {
    for (const Ref<> ref : tables_[t]) lodgers.push_back({t, ref, tables_[t].Get(ref).value()});
  }
  for (size_t i = lodgers.size(); i > 1; --i) std::swap(lodgers[i - 1], lodgers[random.Below(i)]);
  Open();
  std::map<Ref<>, Ref<>> moved;
  const absl::Status status = db_.Batch([&](Batch& batch) {
    for (const Lodger& lodger : lodgers) {
      tenon::Row row;
      for (size_t c = 0; c < lodger.cells.size(); ++c) {
        row.push_back({ColumnName(lodger.table, c), lodger.cells[c]});
      }
      moved[lodger.old] = batch.Insert(tables_[lodger.table], row);
    }
  });
  for (auto& [id, ref] : refs_) ref = moved.contains(ref) ? moved.at(ref) : Ref<>();
  return status;
}

}  // namespace tenon::model
