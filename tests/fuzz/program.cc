#include "tests/fuzz/program.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/definitions.h"
#include "tests/fuzz/look.h"
#include "tests/fuzz/values.h"

namespace tenon::fuzz {
namespace {

const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class X>
const absl::Status& StatusOf(const absl::StatusOr<X>& result) {
  return result.status();
}

// Tables that fit each other; what their edges do is drawn.
std::vector<TableDef> ReadSchema(ByteReader& in) {
  const auto edge = [&in](BelongsToDef def) {
    def.on_delete = ReadAction(in);
    def.on_update = ReadAction(in);
    def.enforced = !in.OneIn(8);
    def.deferred = in.OneIn(4);
    return def;
  };
  switch (in.Below(4)) {
    case 0:  // by number and by name, one to one, many to many, to itself
      return {
          {.name = "Author", .columns = {{.name = "name", .type = Type::kString}}, .unique = {"name"}},
          {.name = "Book",
           .columns = {{.name = "title", .type = Type::kString}, {.name = "by", .type = Type::kString}},
           .belongs_to =
               {edge({.target = "Author", .inverse = HasMany("books")}),
                edge({.target = "Author", .as = "editor", .foreign_key = {"by"}, .target_key = {"name"}})}},
          {.name = "Pen", .belongs_to = {edge({.target = "Author", .inverse = HasOne("pen")})}},
          {.name = "Wrote",
           .columns = {{.name = "authorId"}, {.name = "bookId"}},
           .primary_key = {"authorId", "bookId"},
           .belongs_to = {edge({.target = "Author"}), edge({.target = "Book"})}},
          {.name = "Node",
           .columns = {{.name = "parentId", .default_value = 1}},
           .belongs_to = {edge({.target = "Node", .as = "parent", .inverse = HasMany("children")})}}};
    case 1:  // keys of several columns that share some, and are foreign keys themselves
      return {
          {.name = "Tenant", .columns = {{.name = "code", .type = Type::kString}}, .primary_key = {"code"}},
          {.name = "Order",
           .columns = {{.name = "tenant", .type = Type::kString}, {.name = "no", .type = Type::kInt32}},
           .primary_key = {"tenant", "no"},
           .belongs_to = {edge({.target = "Tenant", .foreign_key = {"tenant"}})}},
          {.name = "Line",
           .columns = {{.name = "tenant", .type = Type::kString, .default_value = "a"},
                       {.name = "orderNo", .type = Type::kInt32, .default_value = 1},
                       {.name = "oldNo", .type = Type::kInt32}},
           .belongs_to = {edge({.target = "Order", .foreign_key = {"tenant", "orderNo"}}),
                          edge({.target = "Order", .as = "old", .foreign_key = {"tenant", "oldNo"}}),
                          edge(
                              {.target = "Tenant", .foreign_key = {"tenant"}, .inverse = HasMany("lines")})}},
          {.name = "Ring",
           .columns = {{.name = "a"}, {.name = "b"}, {.name = "c"}},
           .unique = {{"a", "b"}, {"b", "c"}},
           .belongs_to = {
               edge({.target = "Ring", .as = "next", .foreign_key = {"b", "c"}, .target_key = {"a", "b"}}),
               edge({.target = "Ring", .as = "up", .foreign_key = {"c"}})}}};
    case 2:  // every type; a required column that is numbered, and others
      return {{.name = "Cell",
               .columns = {{.name = "no", .type = Type::kInt32, .auto_increment = true},
                           {.name = "flag", .type = Type::kBool, .not_null = true, .default_value = true},
                           {.name = "real", .type = Type::kDouble},
                           {.name = "small", .type = Type::kFloat, .default_value = -0.0f},
                           {.name = "text", .type = Type::kString, .not_null = true, .default_value = ""},
                           {.name = "raw", .type = Type::kBytes},
                           {.name = "rawOf", .type = Type::kBytes, .default_value = Bytes{"a"}}},
               .primary_key = {"no"},
               .unique = {"raw", {"text", "no"}},
               .belongs_to = {edge({.target = "Cell",
                                    .as = "same",
                                    .foreign_key = {"rawOf"},
                                    .target_key = {"raw"},
                                    .inverse = {"others", in.OneIn(3)}})}}};
    default:
      return ReadTableDefs(in);
  }
}

// Writes a value for a column of a row that may have one.
void Give(Row& row, std::string_view column, Value value) {
  for (NamedValue& cell : row) {
    if (cell.column == column) {
      cell.value = std::move(value);
      return;
    }
  }
  row.push_back({column, std::move(value)});
}

}  // namespace

Program::Program(ByteReader& in)
    : in_(in), options_(ReadOptions(in)), closely_(in.OneIn(4)), other_(options_), db_(options_) {
  std::vector<TableDef> tables = ReadSchema(in);
  if (!db_.CreateTables(tables).ok()) {  // an action may be impossible: a cascade never is
    for (TableDef& table : tables) {
      for (BelongsToDef& edge : table.belongs_to) edge.on_delete = edge.on_update = Action::kCascade;
    }
    if (!db_.CreateTables(tables).ok()) {
      tables = {{.name = "A"}};
      static_cast<void>(db_.CreateTables(tables));
    }
  }
  static_cast<void>(other_.CreateTables(tables));
  schema_ = db_.schema();
  for (const TableInfo& info : schema_.tables) InsertAll(info);
}

template <class F>
void Program::Run(F write) {
  const StateHash before = db_.GetStateHash();
  const std::string picture = closely_ ? Picture(db_) : "";
  rolled_back_ = false;
  answer_ = StatusOf(write());
  CheckOk(db_.Verify(), "Verify finds nothing");
  if (answer_.ok() || rolled_back_) return;
  const std::string message(answer_.message());
  Check(db_.GetStateHash() == before, "a refusal leaves no trace", message);
  Check(!closely_ || Picture(db_) == picture, "a refusal leaves all as it was", message);
  Check(answer_.code() == absl::StatusCode::kCancelled || !GetViolations(answer_).empty(),
        "a refusal carries its violations", message);
  Check(answer_.code() != absl::StatusCode::kInternal, "a refusal is the caller's", message);
}

// ---- Arguments ----

const TableInfo& Program::ReadTable() { return in_.Pick(schema_.tables); }

Table<> Program::ReadHandle(const TableInfo& info) {
  switch (in_.Below(64)) {
    case 60:
      return {};
    case 61:
      return other_.GetTable(info.name);
    case 62:
      return std::as_const(db_).GetTable(info.name);
    case 63:
      return kept_.empty() ? Table<>() : in_.Pick(kept_).table;
    default:
      return db_.GetTable(info.name);
  }
}

const TableInfo& Program::ReadTableWithEdge() {
  const size_t first = in_.Below(schema_.tables.size());
  for (size_t i = 0; i < schema_.tables.size(); ++i) {
    const TableInfo& info = schema_.tables[(first + i) % schema_.tables.size()];
    if (!info.belongs_to.empty()) return info;
  }
  return schema_.tables[first];
}

ToOne<> Program::ReadToOne(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  const size_t kind = in_.Below(32);
  for (const InverseInfo& edge : info.inverses) {
    if (kind < 8 && edge.inverse.one) return table.HasOne(edge.inverse.name);
  }
  if (info.belongs_to.empty() || kind == 31) return table.BelongsTo(ReadName(in_));
  return table.BelongsTo(in_.Pick(info.belongs_to).as);
}

Ref<> Program::ReadRef(std::string_view table) {
  const size_t kind = in_.Below(64);
  if (kind == 63) return {};
  if (kind == 62) return Ref<>(in_.Byte(), in_.Byte());
  if (kind == 61) return Ref<>(static_cast<Slot>(in_.Bits()), static_cast<Stamp>(in_.Bits()));
  if (kind >= 58) return refs_.empty() ? Ref<>() : in_.Pick(refs_);
  if (kind >= 30 && !births_.empty()) return births_[kind % births_.size()];
  const Table<> handle = db_.GetTable(table);
  if (handle.empty()) return {};
  return *std::next(handle.begin(), static_cast<std::ptrdiff_t>(kind % handle.size()));
}

Ref<> Program::ReadFarRef(const ToOne<>& edge, const TableInfo& info) {
  const internal::EdgeView& view = *edge.edge();
  if (!edge.status().ok()) return ReadRef(info.name);
  return ReadRef(Table<>(edge.inverse() ? view.child : view.target).name());
}

Row Program::ReadRow(const TableInfo& info) {
  Row row;
  for (const ColumnDef& column : info.columns) {
    const bool left_out = column.auto_increment ? !in_.OneIn(4) : in_.OneIn(4);
    if (!left_out) row.push_back({column.name, ReadValueOf(in_, column.type)});
  }
  for (const BelongsToDef& edge : info.belongs_to) {
    const Ref<> target = in_.OneIn(2) ? ReadRef(edge.target) : Ref<>();
    for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
      absl::StatusOr<Value> value = db_.GetTable(edge.target).Get(target, edge.target_key[i]);
      if (value.ok()) Give(row, edge.foreign_key[i], *std::move(value));
    }
  }
  if (in_.OneIn(32)) row.push_back({ReadName(in_), ReadValue(in_)});
  return row;
}

std::vector<Link<>> Program::ReadLinks(const TableInfo& info) {
  std::vector<Link<>> links;
  for (const BelongsToDef& edge : info.belongs_to) {
    if (!in_.OneIn(4)) continue;
    const Ref<> target = ReadRef(edge.target);
    links.push_back(db_.GetTable(info.name).BelongsTo(edge.as).To(target));
  }
  if (in_.OneIn(32)) {
    const ToOne<> edge = ReadToOne(ReadTable());
    links.push_back(edge.To(ReadRef(info.name)));
  }
  return links;
}

std::vector<Assignment> Program::ReadAssignments(const TableInfo& info) {
  std::vector<Assignment> assignments;
  for (size_t i = in_.Below(4); i > 0; --i) {
    const ColumnDef& column = in_.Pick(info.columns);
    Expression value = ReadExpression(in_, info.columns, column.type);
    assignments.push_back({column.name, std::move(value)});
  }
  if (in_.OneIn(64)) assignments.push_back({ReadName(in_), ReadValue(in_)});
  return assignments;
}

// ---- Calls ----

void Program::Step() {
  if (schema_.tables.empty()) return;  // the limits allow none
  if (refusing_ && in_.OneIn(2)) {
    db_.RefuseMemoryForTesting(0);
    refusing_ = false;
  }
  const TableInfo& info = ReadTable();
  switch (in_.Below(32)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return Insert(info);
    case 4:
    case 5:
      return InsertAll(info);
    case 6:
      return InsertColumns(info);
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
      return Update(info);
    case 12:
    case 13:
    case 14:
      return Erase(info);
    case 15:
      return PlanAndErase(info);
    case 16:
      return EraseInALoop(info);
    case 17:
    case 18:
      return SetLinks(ReadTableWithEdge());
    case 19:
      return Clear();
    case 20:
    case 21:
    case 22:
      return RunBatch();
    case 23:
    case 24:
      return Begin();
    case 25:
      return Commit();
    case 26:
      return Rollback();
    case 27:
      return KeepHandles(info);
    case 28:
      return UseKeptHandles();
    case 29:
      return ChangeSchema(info);
    case 30:
      refusing_ = true;
      db_.RefuseMemoryForTesting(1 + in_.Below(64), in_.OneIn(2));
      return;
    default:
      return CheckReads(db_);
  }
}

void Program::Insert(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  const Row row = ReadRow(info);
  const bool upsert = in_.OneIn(4);
  const std::vector<Link<>> links = ReadLinks(info);
  Run([&] {
    const absl::StatusOr<Ref<>> ref = upsert ? table.Upsert(row) : table.Insert(row, links);
    if (ref.ok()) Remember(*ref);
    return ref;
  });
}

void Program::InsertAll(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  std::vector<Row> rows(in_.Below(6));
  for (Row& row : rows) row = ReadRow(info);
  Run([&] {
    const absl::StatusOr<RefList<>> refs = table.InsertAll(rows);
    if (refs.ok()) std::for_each(refs->begin(), refs->end(), [this](Ref<> ref) { Remember(ref); });
    return refs;
  });
}

void Program::InsertColumns(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  const size_t rows = in_.Below(6);
  std::deque<std::vector<int64_t>> numbers;
  std::deque<std::vector<std::string>> texts;
  std::deque<std::vector<Value>> values;
  std::vector<NamedColumn> columns;
  for (const ColumnDef& column : info.columns) {
    if (in_.OneIn(4)) continue;
    const size_t count = in_.OneIn(64) ? in_.Below(8) : rows;
    const size_t kind = in_.Below(16);
    if (kind < 5 && column.type == Type::kInt64) {
      numbers.emplace_back(count);
      for (int64_t& number : numbers.back()) number = static_cast<int64_t>(in_.Below(8));
      columns.push_back({column.name, numbers.back()});
    } else if ((kind < 5 && column.type == Type::kString) || kind == 15) {
      texts.emplace_back(count);
      for (std::string& text : texts.back()) text = in_.Text(in_.Below(16));
      columns.push_back({column.name, texts.back()});
    } else {
      values.emplace_back(count);
      for (Value& value : values.back()) value = ReadValueOf(in_, column.type);
      columns.push_back({column.name, values.back()});
    }
  }
  Run([&] { return table.InsertColumns(columns); });
}

void Program::Update(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  switch (in_.Below(4)) {
    case 0: {
      const Ref<> ref = ReadRef(info.name);
      const ColumnDef& column = in_.Pick(info.columns);
      const Value value = ReadValueOf(in_, column.type);
      Run([&] { return table.Set(ref, column.name, value); });
      return;
    }
    case 1: {
      const Ref<> ref = ReadRef(info.name);
      const std::vector<Assignment> assignments = ReadAssignments(info);
      Run([&] { return table.Update(ref, assignments); });
      return;
    }
    default: {
      const Query<> query = table.Where(ReadPredicate(in_, info.columns));
      const std::vector<Assignment> assignments = ReadAssignments(info);
      const size_t count = query.Count();
      Check(query.Refs().size() == count && static_cast<bool>(query.First()) == (count > 0),
            "a query counts what it shows");
      Run([&]() -> absl::Status {
        const absl::StatusOr<size_t> matches = query.Update(assignments);
        Check(!matches.ok() || *matches == count, "an update by condition tells the number of matches");
        return matches.status();
      });
    }
  }
}

void Program::Erase(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  if (in_.OneIn(2)) {
    const Query<> query = table.Where(ReadPredicate(in_, info.columns));
    Run([&] { return query.Erase(); });
    return;
  }
  RefList<> refs(1 + in_.Below(3));
  for (Ref<>& ref : refs) ref = ReadRef(info.name);
  Run([&] { return table.EraseAll(refs); });
}

void Program::PlanAndErase(const TableInfo& info) {
  const Table<> table = db_.GetTable(info.name);
  const Ref<> ref = ReadRef(info.name);
  const std::string before = Picture(db_);
  absl::StatusOr<ErasePlan> plan;
  Run([&] { return plan = table.PlanErase(ref); });
  Check(Picture(db_) == before, "a plan changes nothing");
  Run([&] { return table.Erase(ref); });
  if (refusing_ || options_.memory_limit != 0) return;  // they may not ask for the same memory
  const absl::Status planned = plan.ok() ? plan->verdict : plan.status();
  Check(planned == answer_, "an erase is answered as planned",
        planned.ToString() + "\n" + answer_.ToString());
  Check(!answer_.ok() || plan->effects == db_.LastEffects(), "an erase does what was planned",
        plan.ok() ? plan->effects.ToString() + "\n" + db_.LastEffects().ToString() : "");
}

void Program::EraseInALoop(const TableInfo& info) {
  const Table<> table = db_.GetTable(info.name);
  const auto write = [&](Ref<> ref) {
    const size_t kind = in_.Below(8);
    if (kind < 4) Run([&] { return table.Erase(ref); });
    if (kind == 6) Run([&] { return table.Insert({}); });
    if (kind == 7) Run([&] { return table.Clear(); });
  };
  if (info.inverses.empty() || in_.OneIn(2)) {
    for (const Ref<> ref : table) write(ref);
    return;
  }
  const InverseInfo inverse = in_.Pick(info.inverses);
  const Table<> child_table = db_.GetTable(inverse.child_table);
  const Ref<> target = ReadRef(info.name);
  const ToMany<> children = table.HasMany(child_table, inverse.association);
  const ToOne<> edge = child_table.BelongsTo(inverse.association);
  for (const Ref<> child : children.Of(target)) {
    const size_t kind = in_.Below(8);
    if (kind < 3) Run([&] { return child_table.Erase(child); });
    if (kind == 3) Run([&] { return edge.Clear(child); });
    if (kind == 4) {
      const Ref<> to = ReadRef(info.name);
      Run([&] { return edge.Set(child, to); });
    }
    if (kind == 5) write(target);
  }
}

void Program::SetLinks(const TableInfo& info) {
  const ToOne<> edge = ReadToOne(info);
  switch (in_.Below(4)) {
    case 0: {
      const Ref<> a = ReadRef(info.name);
      Run([&] { return edge.Clear(a); });
      return;
    }
    case 1: {
      RefList<> rows(in_.Below(4));
      for (Ref<>& row : rows) row = ReadRef(info.name);
      RefList<> targets(in_.OneIn(16) ? in_.Below(4) : rows.size());
      for (Ref<>& target : targets) target = ReadFarRef(edge, info);
      Run([&] { return edge.SetAll(rows, targets); });
      return;
    }
    default: {
      const Ref<> a = ReadRef(info.name);
      const Ref<> b = ReadFarRef(edge, info);
      Run([&] { return edge.Set(a, b); });
    }
  }
}

void Program::Clear() {
  std::vector<Table<>> tables(in_.Below(4));
  for (Table<>& table : tables) table = ReadHandle(ReadTable());
  Run([&] { return db_.Clear(tables); });
}

void Program::RunBatch() {
  Run([&] {
    const absl::Status status = db_.Batch([&](Batch& batch) {
      for (size_t i = in_.Below(8); i > 0; --i) Gather(batch);
      return in_.OneIn(32) ? absl::CancelledError() : absl::OkStatus();
    });
    births_.clear();
    return status;
  });
}

void Program::Gather(Batch& batch) {
  const TableInfo& info = ReadTable();
  const auto born = [this](Ref<> ref) {
    if (!ref) return;
    births_.push_back(ref);
    Remember(ref);
  };
  const TableInfo& with_edge = ReadTableWithEdge();
  switch (in_.Below(16)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const Table<> table = ReadHandle(info);
      const Row row = ReadRow(info);
      const std::vector<Link<>> links = ReadLinks(info);
      return born(batch.Insert(table, row, links));
    }
    case 4:
    case 5: {
      if (info.inverses.empty()) return;
      const InverseInfo& inverse = in_.Pick(info.inverses);
      const TableInfo* child = schema_.Find(inverse.child_table);
      const ToMany<> edge = ReadHandle(info).HasMany(db_.GetTable(child->name), inverse.association);
      const Ref<> ref = ReadRef(info.name);
      const Row row = ReadRow(*child);
      return born(batch.Create(edge, ref, row));
    }
    case 6:
    case 7:
    case 8: {
      const Table<> table = ReadHandle(info);
      const Ref<> ref = ReadRef(info.name);
      return batch.Update(table, ref, ReadAssignments(info));
    }
    case 9:
    case 10: {
      const ToOne<> edge = ReadToOne(with_edge);
      const Ref<> a = ReadRef(with_edge.name);
      return batch.Set(edge, a, ReadFarRef(edge, with_edge));
    }
    case 11: {
      const ToOne<> edge = ReadToOne(with_edge);
      return batch.Clear(edge, ReadRef(with_edge.name));
    }
    case 12:
    case 13:
    case 14: {
      const Table<> table = ReadHandle(info);
      return batch.Erase(table, ReadRef(info.name));
    }
    default:
      return Misuse();
  }
}

// What may not be done, or only read, while a batch is gathered.
void Program::Misuse() {
  const TableInfo& info = ReadTable();
  const Table<> table = db_.GetTable(info.name);
  const Ref<> ref = ReadRef(info.name);
  switch (in_.Below(8)) {
    case 0:
      return Check(!table.Insert({}).ok(), "no insert while a batch is gathered");
    case 1:
      return Check(!table.Erase(ref).ok(), "no erase while a batch is gathered");
    case 2:
      return Check(!db_.Begin().status().ok(), "no transaction while a batch is gathered");
    case 3:
      return Check(!db_.Verify().ok(), "no Verify while a batch is gathered");
    case 4:
      return Check(!db_.Batch([](Batch&) {}).ok(), "no batch while a batch is gathered");
    case 5:
      return Check(!db_.CreateTable({.name = "Late"}).ok(), "no table while a batch is gathered");
    case 6:
      if (!open_.empty()) {
        rolled_back_ = true;
        open_[in_.Below(open_.size())].transaction.Rollback();
      }
      return;
    default: {
      Check(table.Get(ref).ok() == table.Contains(ref), "a row that is there can be read");
      Check(!table.PlanErase(ref).ok(), "no plan while a batch is gathered");
      const std::string picture = Picture(db_);
      Check(!picture.empty(), "a database can be read while a batch is gathered");
    }
  }
}

void Program::Begin() {
  if (open_.size() >= 8) return;
  std::string before = Picture(db_);
  open_.push_back({db_.Begin(), std::move(before)});
}

void Program::Commit() {
  if (open_.empty()) return;
  const size_t at = in_.OneIn(8) ? in_.Below(open_.size()) : open_.size() - 1;
  Run([&] { return open_[at].transaction.Commit(); });
  Check(answer_.code() != absl::StatusCode::kResourceExhausted || options_.transaction_limit < 1000,
        "a commit asks for no memory");
  if (answer_.ok()) open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Program::Rollback() {
  if (open_.empty()) return;
  const size_t at = in_.OneIn(8) ? in_.Below(open_.size()) : open_.size() - 1;
  Transaction& transaction = open_[at].transaction;
  const bool was_open = transaction.status().ok();
  Run([&] {
    if (in_.OneIn(16)) {
      transaction = Transaction(std::move(transaction));
      Check(transaction.status().ok() == was_open, "a transaction that is moved stays open");
    }
    transaction.Rollback();
    return absl::OkStatus();
  });
  Check(!was_open || Picture(db_) == open_[at].before, "a rollback restores everything");
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Program::ChangeSchema(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  Run([&]() -> absl::Status {
    switch (in_.Below(8)) {
      case 0:
        return db_.AddColumn(table, ReadColumnDef(in_));
      case 1:
        return db_.AddUnique(table, {in_.Pick(info.columns).name});
      case 2: {
        BelongsToDef edge = ReadBelongsToDef(in_);
        edge.target = in_.Pick(schema_.tables).name;
        if (in_.OneIn(2)) edge.foreign_key = {in_.Pick(info.columns).name};
        return db_.AddBelongsTo(table, std::move(edge)).status();
      }
      case 3:
        return db_.DropUnique(table, in_.Pick(info.keys).constraint);
      case 4:
        if (info.belongs_to.empty()) return absl::OkStatus();
        return db_.DropBelongsTo(table, in_.Pick(info.belongs_to).as);
      case 5:
        if (schema_.tables.size() == 1) return absl::OkStatus();
        return db_.DropTable(info.name);
      case 6:
        return db_.CreateTables(ReadTableDefs(in_));
      default: {
        Database moved(std::move(db_));  // handles and transactions follow
        db_ = std::move(moved);
        return absl::OkStatus();
      }
    }
  });
  schema_ = db_.schema();
}

void Program::KeepHandles(const TableInfo& info) {
  if (kept_.size() >= 16) return;
  Handles kept;
  kept.table = ReadHandle(info);
  kept.numbers = kept.table.Column<int64_t>(in_.Pick(info.columns).name);
  kept.texts = kept.table.Column<std::string_view>(in_.Pick(info.columns).name);
  kept.key = kept.table.Key(in_.Pick(in_.Pick(info.keys).columns));
  kept.target = ReadToOne(info);
  kept.only_child = ReadToOne(info);
  if (!info.inverses.empty()) kept.children = kept.table.HasMany(in_.Pick(info.inverses).inverse.name);
  kept_.push_back(std::move(kept));
}

void Program::UseKeptHandles() {
  for (const Handles& kept : kept_) {
    size_t rows = 0;
    const Ref<> any = ReadRef(kept.table.name());
    for (const Ref<> ref : kept.table) {
      ++rows;
      Check(kept.table.Get(ref).ok(), "a row that is shown can be read");
      if (kept.numbers.status().ok() && !kept.numbers.IsNull(ref))
        static_cast<void>(Value(kept.numbers[ref]));
      if (kept.texts.status().ok() && !kept.texts.IsNull(ref)) static_cast<void>(Value(kept.texts[ref]));
      for (const Ref<> child : kept.children.Of(ref)) Check(static_cast<bool>(child), "a child has a name");
    }
    Check(rows == kept.table.size(), "an old handle shows all rows");
    Check(kept.table.status().ok() || rows == 0, "a handle that leads nowhere shows no rows");
    for (const auto& chunk : kept.numbers.Chunks()) {
      for (size_t i = 0; i < chunk.values.size(); ++i) static_cast<void>(chunk.live[i] && chunk.valid[i]);
    }
    for (const ToOne<>& edge : {kept.target, kept.only_child}) {
      Check(edge.status().ok() || !edge.Get(any), "an edge that leads nowhere has no target");
    }
    const Ref<> found = kept.key.Find(int64_t{1});
    Check(!found || (kept.key.status().ok() && kept.table.Contains(found)), "an old key finds live rows");
    Check(!kept.key.Find("a") || kept.key.status().ok(), "a key that is gone finds nothing");
    Check(kept.children.Count(any) == kept.children.Of(any).size(), "an old inverse counts what it shows");
  }
}

void Program::Remember(Ref<> ref) {
  if (refs_.size() < 256) refs_.push_back(ref);
}

void Program::Finish() {
  db_.RefuseMemoryForTesting(1);  // an undo needs none
  while (!open_.empty()) {
    const bool was_open = open_.back().transaction.status().ok();
    const std::string before = open_.back().before;
    open_.pop_back();
    Check(!was_open || Picture(db_) == before, "the end of a scope rolls back");
  }
  db_.RefuseMemoryForTesting(0);
  CheckOk(db_.Verify(), "Verify finds nothing in the end");
  CheckOk(other_.Verify(), "Verify finds nothing in the other database");
  CheckReads(db_);
}

}  // namespace tenon::fuzz
