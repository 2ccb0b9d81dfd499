#include "tests/model/twins.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tenon/tenon.h"
#include "tests/model/text.h"

namespace tenon::model {
namespace {

// ---- The model's words in the engine's ----

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
Cell CellOf(const Value& value) {
  if (const auto number = value.As<int64_t>()) return *number;
  if (const auto text = value.As<std::string>()) return *text;
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

Predicate<> PredicateOf(const Table& table, const Condition& condition) {
  Predicate<> whole;
  for (size_t i = 0; i < condition.tests.size(); ++i) {
    const Test& test = condition.tests[i];
    const Col column(table.columns[test.column].name);
    const Value value = ValueOf(table.columns[test.column].kind, test.value);
    const Predicate<> part = test.comparison == Comparison::kEqual          ? column == value
                             : test.comparison == Comparison::kNotEqual     ? column != value
                             : test.comparison == Comparison::kLess         ? column < value
                             : test.comparison == Comparison::kGreaterEqual ? column >= value
                                                                            : column.IsNull();
    whole = i == 0 ? part : condition.any ? whole || part : whole && part;
  }
  return condition.negated ? !whole : whole;
}

std::string CodeOf(const absl::Status& status) {
  if (status.ok()) return "ok";
  const std::vector<Violation> violations = GetViolations(status);
  return violations.empty() ? "no violation in " + status.ToString()
                            : std::string(CodeName(violations[0].code));
}

}  // namespace

// ---- Both, in step ----

class Twins::Pair {
 public:
  Pair(const Schema& schema, const Schema& engine_schema, Look look)
      : schema_(schema), look_(look), model_(schema) {
    std::vector<TableDef> definitions;
    for (size_t t = 0; t < schema.tables.size(); ++t) definitions.push_back(Definition(engine_schema, t));
    const absl::Status created = db_.CreateTables(std::move(definitions));
    if (!created.ok()) difference_ = absl::StrCat("the schema was refused: ", created.ToString());
    for (const Table& table : schema.tables) tables_.push_back(db_.GetTable(table.name));
    for (const Edge& edge : schema.edges) {
      to_one_.push_back(tables_[edge.child].BelongsTo(edge.association));
      to_many_.push_back(edge.inverse.empty()
                             ? tables_[edge.target].HasMany(tables_[edge.child], edge.association)
                             : tables_[edge.target].HasMany(edge.inverse));
      has_one_.push_back(edge.one ? tables_[edge.target].HasOne(edge.inverse) : ToOne<>());
    }
    Compare();
  }

  // Lets both execute the statement, and compares. Empty: they agree.
  const std::string& Execute(const Statement& s) {
    const bool ends = s.verb == Verb::kCommit || s.verb == Verb::kRollback;
    if (ends && s.depth >= open_.size()) return difference_;  // a shortened program has lost its begin
    const std::string before = seen_;
    const Effects effects_before = db_.LastEffects();
    const Outcome& outcome = outcome_ = model_.Execute(s);
    const absl::Status status = Run(s);
    const std::string expected = outcome.refused ? std::string(CodeName(*outcome.refused)) : "ok";
    if (CodeOf(status) != expected) {
      Differ(
          absl::StrCat("expected ", expected, ", not ", CodeOf(status), ": ", std::string(status.message())));
      return difference_;
    }
    const bool is_transaction = ends || s.verb == Verb::kBegin;
    const bool is_plan = s.verb == Verb::kPlanErase;
    const Effects effects = is_plan ? plan_ : db_.LastEffects();
    const Effects expected_effects = outcome.refused && !is_plan ? effects_before : outcome.effects;
    if (!is_transaction && effects != expected_effects) {
      Differ(absl::StrCat("expected effects ", expected_effects.ToString(), ", not ", effects.ToString()));
    }
    if (is_plan && db_.LastEffects() != effects_before) Differ("a plan has left effects");
    Compare();
    if (s.verb == Verb::kBegin) states_.push_back(before);
    if (s.verb == Verb::kCommit && status.ok()) states_.pop_back();
    if (s.verb == Verb::kRollback) {
      if (seen_ != states_[s.depth]) {
        Differ(absl::StrCat("rolled back to\n", seen_, "not to\n", states_[s.depth]));
      }
      states_.resize(s.depth);
    }
    if ((!status.ok() || is_plan) && seen_ != before) {
      Differ(absl::StrCat("this stays:\n", seen_, "of\n", before));
    }
    return difference_;
  }

  const Model& model() const { return model_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  Ref<> RefOf(RowId id) const { return refs_.contains(id) ? refs_.at(id) : Ref<>(); }
  RefList<> RefsOf(const std::vector<RowId>& ids) const {
    RefList<> refs;
    for (const RowId id : ids) refs.push_back(RefOf(id));
    return refs;
  }

  std::string_view ColumnName(size_t table, size_t column) const {
    const auto& columns = schema_.tables[table].columns;
    return column < columns.size() ? columns[column].name : std::string_view("nosuch");
  }
  Kind KindOf(size_t table, size_t column) const {
    const auto& columns = schema_.tables[table].columns;
    return column < columns.size() ? columns[column].kind : Kind::kInt64;
  }
  tenon::Row RowOf(size_t table, const NewRow& from) const {
    tenon::Row row;
    for (const auto& [column, cell] : from.cells) {
      row.push_back({ColumnName(table, column), ValueOf(KindOf(table, column), cell)});
    }
    return row;
  }
  std::vector<tenon::Link<>> LinksOf(const NewRow& from) const {
    std::vector<tenon::Link<>> links;
    for (const auto& [edge, target] : from.links) links.push_back(to_one_[edge].To(RefOf(target)));
    return links;
  }
  std::vector<tenon::Assignment> AssignmentsOf(const Statement& s) const {
    std::vector<tenon::Assignment> assignments;
    for (const auto& [column, formula] : s.assignments) {
      assignments.push_back({ColumnName(s.table, column),
                             ExpressionOf(schema_.tables[s.table], KindOf(s.table, column), formula)});
    }
    return assignments;
  }
  const ToOne<>& ToOneOf(const Statement& s) const { return s.inverse ? has_one_[s.edge] : to_one_[s.edge]; }

  absl::Status Born(const NewRow& row, const absl::StatusOr<Ref<>>& ref) {
    if (ref.ok()) refs_[row.id] = *ref;
    return ref.status();
  }
  absl::Status Born(const std::vector<NewRow>& rows, const absl::StatusOr<RefList<>>& refs) {
    for (size_t i = 0; i < rows.size() && refs.ok(); ++i) refs_[rows[i].id] = (*refs)[i];
    return refs.status();
  }
  absl::Status Matched(const absl::StatusOr<size_t>& count) {
    if (count.ok() && *count != db_.LastEffects().addressed) {
      Differ("the number of matches is not that of the effects");
    }
    return count.status();
  }

  absl::Status Run(const Statement& s) {
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
      case Verb::kUpsert: {
        const absl::StatusOr<Ref<>> ref = table.Upsert(RowOf(s.table, s.rows[0]));
        return model_.IsLive(s.table, s.rows[0].id) ? Born(s.rows[0], ref) : ref.status();
      }
      case Verb::kUpdate:
        return table.Update(RefOf(s.refs[0]), AssignmentsOf(s));
      case Verb::kUpdateWhere:
        return Matched(table.Where(PredicateOf(schema_.tables[s.table], s.where)).Update(AssignmentsOf(s)));
      case Verb::kErase:
        return table.Erase(RefOf(s.refs[0]));
      case Verb::kEraseAll:
        return table.EraseAll(RefsOf(s.refs));
      case Verb::kEraseWhere:
        return Matched(table.Where(PredicateOf(schema_.tables[s.table], s.where)).Erase());
      case Verb::kPlanErase: {
        const absl::StatusOr<ErasePlan> plan = table.PlanErase(RefOf(s.refs[0]));
        plan_ = plan.ok() ? plan->effects : Effects();
        return plan.ok() ? plan->verdict : plan.status();
      }
      case Verb::kClear: {
        std::vector<tenon::Table<>> tables;
        for (const size_t t : s.tables) tables.push_back(tables_[t]);
        return tables.size() == 1 ? tables[0].Clear() : db_.Clear(tables);
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
      case Verb::kCreate:
        break;
      case Verb::kBegin:
        open_.push_back(db_.Begin());
        return open_.back().status();
      case Verb::kCommit: {
        const absl::Status status = open_[s.depth].Commit();
        if (status.ok()) open_.pop_back();
        return status;
      }
      case Verb::kRollback:
        open_[s.depth].Rollback();
        for (const Transaction& transaction : open_) {
          const bool over = &transaction - open_.data() >= static_cast<std::ptrdiff_t>(s.depth);
          if (transaction.status().ok() == over) Differ("a transaction does not know whether it is open");
        }
        while (open_.size() > s.depth) open_.pop_back();
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status InsertColumns(const Statement& s) {
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

  void Gather(const Statement& s, Batch& batch) {
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

  // Everything a caller can see, against the model. What the two can't share (slots, stamps, the order of
  // rows and of children) goes into `seen_`, which an undone statement must leave as it was.
  void Compare() {
    seen_.clear();
    for (size_t t = 0; t < tables_.size(); ++t) CompareRows(t);
    for (size_t e = 0; e < to_one_.size(); ++e) CompareEdge(e);
    if (look_ == Look::kRows) return;
    for (const auto& [id, ref] : refs_) CompareStale(id, ref);
    const absl::Status sound = db_.Verify();
    if (!sound.ok()) Differ(absl::StrCat("Verify: ", sound.ToString()));
    const StateHash hash = db_.GetStateHash();
    const auto [known, first] = hashes_.try_emplace(Dump(model_), hash);
    if (!first && known->second != hash) Differ("two hashes for one content");
  }

  void CompareRows(size_t t) {
    const tenon::Table<>& table = tables_[t];
    const std::vector<RowId> ids = model_.RowsOf(t);
    if (table.size() != ids.size()) Differ(absl::StrCat(table.size(), " rows in ", schema_.tables[t].name));
    std::set<Ref<>> walked;
    for (const Ref<> ref : table) {
      walked.insert(ref);
      absl::StrAppend(&seen_, " ", ref.slot(), "/", ref.stamp());
    }
    absl::StrAppend(&seen_, " are the rows of ", schema_.tables[t].name, "\n");
    for (const RowId id : ids) {
      const Ref<> ref = RefOf(id);
      const std::vector<Cell>& cells = model_.rows().at(id).cells;
      const absl::StatusOr<std::vector<Value>> values = table.Get(ref);
      if (!values.ok() || !table.Contains(ref) || !walked.contains(ref)) {
        Differ(absl::StrCat("r", id, " of ", schema_.tables[t].name, " is not there"));
        continue;
      }
      for (size_t c = 0; c < cells.size(); ++c) {
        const Cell cell = CellOf((*values)[c]);
        if (cell == cells[c]) continue;
        Differ(absl::StrCat("r", id, ".", schema_.tables[t].columns[c].name, ": expected ",
                            ToString(cells[c]), ", not ", ToString(cell)));
      }
      for (const std::vector<size_t>& key : schema_.tables[t].keys) {
        std::vector<NamedValue> named;
        for (const size_t c : key) named.push_back({ColumnName(t, c), ValueOf(KindOf(t, c), cells[c])});
        const bool has_null = std::any_of(key.begin(), key.end(), [&](size_t c) { return IsNull(cells[c]); });
        if (table.Find(named) != (has_null ? Ref<>() : ref)) {
          Differ(absl::StrCat("r", id, " is not found by a key"));
        }
      }
    }
  }

  void CompareEdge(size_t e) {
    const Edge& edge = schema_.edges[e];
    const auto differ = [&](RowId id, std::string_view what) {
      Differ(absl::StrCat(edge.association, " of r", id, ": ", std::string(what)));
    };
    std::map<RowId, std::set<Ref<>>> children;
    for (const RowId id : model_.RowsOf(edge.child)) {
      const RowId target = model_.TargetOf(e, id);
      if (target != 0) children[target].insert(RefOf(id));
      if (to_one_[e].Get(RefOf(id)) != RefOf(target)) differ(id, absl::StrCat("its target is not r", target));
      if (target != 0 && !to_many_[e].Has(RefOf(target), RefOf(id))) {
        differ(id, "its target does not have it");
      }
    }
    for (const RowId id : model_.RowsOf(edge.target)) {
      const Ref<> ref = RefOf(id);
      std::set<Ref<>> walked;
      for (const Ref<> child : to_many_[e].Of(ref)) {
        walked.insert(child);
        absl::StrAppend(&seen_, " ", child.slot());
      }
      absl::StrAppend(&seen_, " are the children of ", ref.slot(), " by ", edge.association, "\n");
      if (walked != children[id]) differ(id, "other children");
      if (to_many_[e].Count(ref) != children[id].size()) differ(id, "another number of children");
      const Ref<> only = children[id].empty() ? Ref<>() : *children[id].begin();
      if (edge.one && has_one_[e].Get(ref) != only) differ(id, "another only child");
    }
  }

  // A row that is gone is refused by every verb, and reads as nothing.
  void CompareStale(RowId id, Ref<> ref) {
    if (model_.rows().contains(id)) return;
    for (const tenon::Table<>& table : tables_) {
      if (table.Contains(ref)) Differ(absl::StrCat("r", id, " should be gone"));
    }
    for (size_t e = 0; e < to_one_.size(); ++e) {
      if (to_one_[e].Get(ref)) Differ(absl::StrCat("r", id, " is gone and has a target"));
      if (to_many_[e].Count(ref) != 0) Differ(absl::StrCat("r", id, " is gone and has children"));
    }
  }

  void Differ(std::string what) {
    if (difference_.empty()) difference_ = std::move(what);
  }

  const Schema schema_;
  const Look look_;
  Model model_;
  Outcome outcome_;
  Database db_;
  std::vector<tenon::Table<>> tables_;
  std::vector<ToOne<>> to_one_;
  std::vector<ToMany<>> to_many_;
  std::vector<ToOne<>> has_one_;
  std::map<RowId, Ref<>> refs_;  // of all rows there ever were
  std::vector<Transaction> open_;
  Effects plan_;
  std::string seen_;                         // what undoing must restore, besides the content
  std::vector<std::string> states_;          // the same at each Begin
  std::map<std::string, StateHash> hashes_;  // of every content there ever was
  std::string difference_;                   // the first
};

Twins::Twins(const Schema& schema, Look look) : Twins(schema, schema, look) {}
Twins::Twins(const Schema& schema, const Schema& engine_schema, Look look)
    : pair_(std::make_unique<Pair>(schema, engine_schema, look)) {}
Twins::~Twins() = default;
const std::string& Twins::Execute(const Statement& statement) { return pair_->Execute(statement); }
const Model& Twins::model() const { return pair_->model(); }
const Outcome& Twins::outcome() const { return pair_->outcome(); }

std::string Difference(const Program& program) {
  Twins twins(program.schema);
  for (size_t i = 0; i < program.statements.size(); ++i) {
    const std::string& difference = twins.Execute(program.statements[i]);
    if (!difference.empty()) return absl::StrCat("statement ", i + 1, ": ", difference);
  }
  return {};
}

}  // namespace tenon::model
