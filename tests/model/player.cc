#include "tests/model/player.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "tests/model/translation.h"

namespace tenon::model {

Player::Player(const Schema& schema, std::vector<TableDef> definitions)
    : schema_(schema), definitions_(std::move(definitions)) {
  Open();
}

void Player::Open() {
  db_ = Database();
  defined_ = db_.CreateTables(definitions_);
  tables_.clear();
  to_one_.clear();
  to_many_.clear();
  has_one_.clear();
  for (const Table& table : schema_.tables) tables_.push_back(db_.GetTable(table.name));
  for (const Edge& edge : schema_.edges) {
    const tenon::Table<>& target = tables_[edge.target];
    to_one_.push_back(tables_[edge.child].BelongsTo(edge.association));
    to_many_.push_back(edge.inverse.empty() ? target.HasMany(tables_[edge.child], edge.association)
                                            : target.HasMany(edge.inverse));
    has_one_.push_back(edge.one ? target.HasOne(edge.inverse) : ToOne<>());
  }
}

absl::Status Player::Play(const Statement& s) {
  effects_ = Effects();
  const absl::Status status = Run(s);
  const bool is_transaction = s.verb == Verb::kBegin || s.verb == Verb::kCommit || s.verb == Verb::kRollback;
  if (!is_transaction && s.verb != Verb::kPlanErase) effects_ = db_.LastEffects();
  return status;
}

absl::Status Player::Run(const Statement& s) {
  const tenon::Table<>& table = tables_[s.table];
  const Table& columns = schema_.tables[s.table];
  switch (s.verb) {
    case Verb::kInsert:
      return Born(s.rows[0], table.Insert(RowOf(columns, s.rows[0]), LinksOf(s.rows[0])));
    case Verb::kInsertAll:
      return InsertAll(s);
    case Verb::kInsertColumns:
      return InsertColumns(s);
    case Verb::kUpsert:
      return Upsert(s);
    case Verb::kUpdate:
      return table.Update(RefOf(s.refs[0]), AssignmentsOf(columns, s.assignments));
    case Verb::kUpdateWhere:
      return Matched(
          table.Where(PredicateOf(columns, s.where)).Update(AssignmentsOf(columns, s.assignments)));
    case Verb::kErase:
      return table.Erase(RefOf(s.refs[0]));
    case Verb::kEraseAll:
      return table.EraseAll(RefsOf(s.refs));
    case Verb::kEraseWhere:
      return Matched(table.Where(PredicateOf(columns, s.where)).Erase());
    case Verb::kPlanErase:
      return PlanErase(s);
    case Verb::kClear:
      return Clear(s);
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
      return Begin();
    case Verb::kCommit:
      return Commit(s);
    case Verb::kRollback:
      return Rollback(s);
    case Verb::kCreate:
      break;
  }
  return absl::OkStatus();
}

// ---- Rows by name ----

RefList<> Player::RefsOf(const std::vector<RowId>& ids) const {
  RefList<> refs;
  for (const RowId id : ids) refs.push_back(RefOf(id));
  return refs;
}

std::vector<tenon::Link<>> Player::LinksOf(const NewRow& row) const {
  std::vector<tenon::Link<>> links;
  for (const auto& [edge, target] : row.links) links.push_back(to_one_[edge].To(RefOf(target)));
  return links;
}

absl::Status Player::Born(const NewRow& row, const absl::StatusOr<Ref<>>& ref) {
  if (ref.ok()) refs_[row.id] = *ref;
  return ref.status();
}

absl::Status Player::Born(const std::vector<NewRow>& rows, const absl::StatusOr<RefList<>>& refs) {
  for (size_t i = 0; i < rows.size() && refs.ok(); ++i) refs_[rows[i].id] = (*refs)[i];
  return refs.status();
}

// ---- Statements ----

absl::Status Player::Matched(const absl::StatusOr<size_t>& count) const {
  if (count.ok() && *count != db_.LastEffects().addressed) {
    return absl::InternalError("the number of matches is not that of the effects");
  }
  return count.status();
}

absl::Status Player::InsertAll(const Statement& s) {
  std::vector<tenon::Row> rows;
  for (const NewRow& row : s.rows) rows.push_back(RowOf(schema_.tables[s.table], row));
  return Born(s.rows, tables_[s.table].InsertAll(rows));
}

absl::Status Player::InsertColumns(const Statement& s) {
  const Table& table = schema_.tables[s.table];
  std::vector<std::vector<Value>> values(s.rows[0].cells.size());
  for (const NewRow& row : s.rows) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i].push_back(ValueOf(KindOf(table, row.cells[i].column), row.cells[i].value));
    }
  }
  std::vector<NamedColumn> columns;
  for (size_t i = 0; i < values.size(); ++i) {
    columns.push_back({ColumnName(table, s.rows[0].cells[i].column), values[i]});
  }
  return Born(s.rows, tables_[s.table].InsertColumns(columns));
}

// Names the row only if it is a new one.
absl::Status Player::Upsert(const Statement& s) {
  const RefList<> before = tables_[s.table].All().Refs();
  const absl::StatusOr<Ref<>> ref = tables_[s.table].Upsert(RowOf(schema_.tables[s.table], s.rows[0]));
  const bool known = ref.ok() && std::count(before.begin(), before.end(), *ref) > 0;
  return known ? ref.status() : Born(s.rows[0], ref);
}

absl::Status Player::PlanErase(const Statement& s) {
  const absl::StatusOr<ErasePlan> plan = tables_[s.table].PlanErase(RefOf(s.refs[0]));
  if (!plan.ok()) return plan.status();
  effects_ = plan->effects;
  return plan->verdict;
}

absl::Status Player::Clear(const Statement& s) {
  std::vector<tenon::Table<>> tables;
  for (const size_t t : s.tables) tables.push_back(tables_[t]);
  return tables.size() == 1 ? tables[0].Clear() : db_.Clear(tables);
}

void Player::Gather(const Statement& s, Batch& batch) {
  const tenon::Table<>& table = tables_[s.table];
  const Table& columns = schema_.tables[s.table];
  switch (s.verb) {
    case Verb::kInsert:
      refs_[s.rows[0].id] = batch.Insert(table, RowOf(columns, s.rows[0]), LinksOf(s.rows[0]));
      break;
    case Verb::kCreate:
      refs_[s.rows[0].id] = batch.Create(to_many_[s.edge], RefOf(s.refs[0]), RowOf(columns, s.rows[0]));
      break;
    case Verb::kUpdate:
      batch.Update(table, RefOf(s.refs[0]), AssignmentsOf(columns, s.assignments));
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

// ---- Transactions. A program that was shortened may have lost the begin of one. ----

absl::Status Player::Begin() {
  open_.push_back(db_.Begin());
  return open_.back().status();
}

absl::Status Player::Commit(const Statement& s) {
  if (s.depth >= open_.size()) return absl::OkStatus();
  const absl::Status status = open_[s.depth].Commit();
  if (status.ok()) open_.pop_back();
  return status;
}

absl::Status Player::Rollback(const Statement& s) {
  if (s.depth >= open_.size()) return absl::OkStatus();
  open_[s.depth].Rollback();
  bool all_know = true;
  for (size_t depth = 0; depth < open_.size(); ++depth) {
    all_know = all_know && open_[depth].status().ok() == (depth < s.depth);
  }
  while (open_.size() > s.depth) open_.pop_back();
  return all_know ? absl::OkStatus() : absl::InternalError("a transaction does not know whether it is open");
}

// ---- Another house ----

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
        row.push_back({ColumnName(schema_.tables[lodger.table], c), lodger.cells[c]});
      }
      moved[lodger.old] = batch.Insert(tables_[lodger.table], row);
    }
  });
  for (auto& [id, ref] : refs_) ref = moved.contains(ref) ? moved.at(ref) : Ref<>();
  return status;
}

}  // namespace tenon::model
