#include "store/engine.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/changes.h"
#include "store/value_cell.h"
#include "store/violation_status.h"
#include "store/violation_text.h"

namespace tenon::internal {
namespace {

// Limits that the layout sets, whatever was asked for.
Options Clamped(Options options) {
  options.text_limit = std::min(options.text_limit, size_t{INT32_MAX});
  if (options.step_limit == 0) options.step_limit = SIZE_MAX;
  options.row_limit = std::min(options.row_limit, size_t{kGhost} - 2);
  return options;
}

uint64_t Secret(const Options& options) {
  if (options.hash_secret.has_value()) return *options.hash_secret;
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace

Engine::Engine(Options options)
    : options_(Clamped(options)),
      memory_(options.memory_limit),
      log_account_(&memory_),
      scratch_account_(&memory_),
      catalog_(&memory_, Secret(options), options_.row_limit),
      steps_(&catalog_, &log_account_),
      statement_(&catalog_, &steps_, &scratch_account_) {}

// ---- Statements ----

absl::Status Engine::BusyError(std::string_view verb) const {
  return SimpleError(
      ViolationCode::kTransaction,
      absl::StrCat(Absl(verb),
                   observers_->telling()
                       ? ": observers are being told of a commit (write when they have returned)"
                       : ": a Batch is being gathered (write through the tenon::Batch it hands out)"));
}

absl::Status Engine::ExecuteAndCheck() {
  if (absl::Status s = statement_.Execute(); !s.ok()) return s;
  return transactions_.empty() ? statement_.CheckDeferred(statement_.verb()) : absl::OkStatus();
}

// Rows that were born in the statement are no more: the violations name them by their number alone.
absl::Status Engine::WithoutGoneRows(absl::Status status) const {
  std::vector<Violation> violations = GetViolations(status);
  bool gone = false;
  for (Violation& v : violations) {
    if (!v.child) continue;
    const TableNode* table = catalog_.Find(v.child_table);
    if (table != nullptr && IsLive(table->rows.stamps(), v.child)) continue;
    v.child = {};
    gone = true;
  }
  return gone ? MakeStatus(std::move(violations)) : status;
}

// What the log holds is done for good, and told.
void Engine::Keep() {
  const bool tell = steps_.is_detailed() && !observers_->empty();
  const ChangeSet changes = tell ? CollectChanges(catalog_, steps_) : ChangeSet();
  steps_.Bury();
  if (!changes.empty()) observers_->Tell(changes);
  steps_.set_detailed(!observers_->empty());
}

// Keeps or undoes what the statement did.
absl::Status Engine::End(absl::Status status) {
  if (!status.ok()) {
    steps_.Undo(statement_.mark());
    status = WithoutGoneRows(std::move(status));
  } else {
    last_addressed_ = statement_.addressed;
    last_effects_.swap(statement_.effects());
  }
  statement_.Finish();
  if (status.ok() && transactions_.empty()) Keep();
  return status;
}

absl::StatusOr<ErasePlan> Engine::EndPlan(absl::Status status) {
  ErasePlan plan;
  if (status.ok()) plan.effects = Describe(statement_.addressed, statement_.effects());
  steps_.Undo(statement_.mark());
  statement_.Finish();
  if (status.code() == absl::StatusCode::kResourceExhausted) return status;
  plan.verdict = WithoutGoneRows(std::move(status));
  return plan;
}

Effects Engine::Describe(size_t addressed, const std::vector<TableEffect>& of_tables) const {
  Effects effects;
  effects.addressed = addressed;
  for (const auto& table : catalog_.tables) {  // in order of definition
    for (const TableEffect& e : of_tables) {
      if (e.table != table->id) continue;
      if (e.counts.erased + e.counts.rewritten + e.counts.nulled + e.counts.defaulted == 0) continue;
      effects.tables.push_back(
          {table->name, e.counts.erased, e.counts.rewritten, e.counts.nulled, e.counts.defaulted});
    }
  }
  return effects;
}

// ---- Batch ----

absl::Status Engine::OpenBatch() {
  if (absl::Status s = MayWrite("batch"); !s.ok()) return s;
  batch_open_ = true;
  batch_generation_ = catalog_.shared.generation;
  catalog_.shared.ShutDoors();
  batch_broken_ = false;
  catalog_.shared.gathers = true;
  catalog_.shared.gathers_from = catalog_.shared.last_stamp;
  CopyForTesting();
  statement_.Start("batch", Statement::Mode::kBatch, options_.step_limit);
  return absl::OkStatus();
}

absl::Status Engine::BrokenBatchError() {
  return SimpleError(ViolationCode::kTransaction,
                     "batch: the transaction around it was rolled back while it was gathered");
}

absl::Status Engine::CloseBatch(const absl::Status& gathered) {
  batch_open_ = catalog_.shared.gathers = false;
  catalog_.shared.ShutDoors();
  if (std::exchange(batch_broken_, false)) {
    steps_.Undo(batch_mark_);  // what was written in place since
    statement_.Finish();
    return BrokenBatchError();
  }
  const absl::Status status = End(gathered.ok() ? ExecuteAndCheck() : gathered);
  // Chunks that the transaction around it has opened are kept, and stay open.
  if (in_transaction()) catalog_.shared.generation = batch_generation_;
  return status;
}

// ---- Transactions ----

absl::StatusOr<uint64_t> Engine::Begin() {
  if (absl::Status s = MayWrite("begin"); !s.ok()) return s;
  if (transactions_.size() >= options_.transaction_limit) {
    return LimitError("begin", absl::StrCat(transactions_.size(),
                                            " transactions are open, one inside the other "
                                            "(Options::transaction_limit)"));
  }
  CopyForTesting();
  transactions_.push_back({++last_transaction_, steps_.mark(), catalog_.shared.generation});
  catalog_.shared.ShutDoors();
  return last_transaction_;
}

absl::Status Engine::IsOpen(uint64_t id) const {
  for (const OpenTransaction& t : transactions_) {
    if (t.id == id) return absl::OkStatus();
  }
  return SimpleError(ViolationCode::kTransaction,
                     "transaction: it is not open (committed, rolled back, or moved from)");
}

absl::Status Engine::Commit(uint64_t id) {
  if (absl::Status s = MayWrite("commit"); !s.ok()) return s;
  if (absl::Status s = IsOpen(id); !s.ok()) return s;
  if (transactions_.back().id != id) {
    return SimpleError(ViolationCode::kTransaction, "commit: a transaction inside this one is still open");
  }
  if (transactions_.size() == 1) {
    if (absl::Status s = statement_.CheckDeferred("commit"); !s.ok()) return s;
    transactions_.pop_back();
    catalog_.shared.ShutDoors();
    Keep();
    return absl::OkStatus();
  }
  catalog_.shared.generation = transactions_.back().generation;
  transactions_.pop_back();
  return absl::OkStatus();
}

void Engine::Rollback(uint64_t id) {
  for (size_t i = 0; i < transactions_.size(); ++i) {
    if (transactions_[i].id != id) continue;
    batch_broken_ = batch_open_;
    batch_mark_ = transactions_[i].mark;
    catalog_.shared.gathers = false;  // its rows are gone
    steps_.Undo(transactions_[i].mark);
    transactions_.resize(i);
    catalog_.shared.ShutDoors();
    return;
  }
}

// ---- Observers ----

absl::StatusOr<Subscription> Engine::Observe(std::string table, Observer observer) {
  if (!transactions_.empty() || batch_open_) {
    return SimpleError(ViolationCode::kTransaction,
                       "observe: a transaction or a Batch is open (subscribe before it begins)");
  }
  if (observer == nullptr) return SimpleError(ViolationCode::kHandle, "observe: the observer is empty");
  if (!observers_->telling()) steps_.set_detailed(true);
  return Subscription(observers_, observers_->Add(std::move(table), std::move(observer)));
}

// ---- Written in place ----

absl::Status Engine::MayOpen(const TableNode& table, uint32_t column) const {
  const ColumnDef& def = table.columns[column];
  const ColumnRoles& roles = table.roles[column];
  const auto is_index = [](const Edge* edge) { return edge->is_index(); };
  const char* why = IsText(def.type) ? "is text; write it with Set or Update"
                    : !def.not_null  ? "may be null; write it with Set or Update"
                    : !roles.keys.empty() || !roles.in.empty()
                        ? "is part of a key; write it with Set or Update"
                    : !std::all_of(roles.out.begin(), roles.out.end(), is_index)
                        ? "is part of a foreign key; write it with Set or Update"
                    : !roles.out.empty() ? "is part of an index; write it with Set or Update"
                    : def.auto_increment ? "is numbered; write it with Set or Update"
                                         : nullptr;
  if (observers_->telling()) return BusyError("write in place");
  return why == nullptr ? absl::OkStatus() : TypeError("write in place", table, def.name, why, 0);
}

bool Engine::OpenChunk(TableNode& table, uint32_t column, Slot slot) {
  if (table.dropped || slot >= table.rows.top() || !MayOpen(table, column).ok()) return false;
  const Memory::NoRefusals no_refusals(&memory_);
  Column& cells = table.rows.column(column);
  cells.Open(slot);
  if (in_transaction() || batch_open_) steps_.KeepChunk(table, column, slot);
  return true;
}

// ---- Handles and rows, checked ----

namespace {

// A default-constructed handle's status is made where no Violation can be: in its header.
absl::Status BadHandle(const absl::Status& status) {
  if (!GetViolations(status).empty()) return status;
  return SimpleError(ViolationCode::kHandle, std::string(status.message()));
}

}  // namespace

absl::Status HandleError(const TableView& view, const absl::Status& status, std::string_view verb) {
  if (!status.ok()) return BadHandle(status);
  if (view.node == nullptr) return SimpleError(ViolationCode::kHandle, "the handle leads to no table");
  if (*view.dropped) {
    return SimpleError(ViolationCode::kHandle,
                       absl::StrCat(Absl(verb), " ", view.node->name, ": the table was dropped"));
  }
  return SimpleError(
      ViolationCode::kReadOnly,
      absl::StrCat(Absl(verb), " ", view.node->name, ": the handle is of a const Database and only reads"));
}

absl::Status HandleError(const EdgeView& view, const absl::Status& status, std::string_view verb) {
  if (!status.ok()) return BadHandle(status);
  if (view.edge == nullptr) return SimpleError(ViolationCode::kHandle, "the handle leads to no association");
  if (*view.dropped) {
    return SimpleError(ViolationCode::kHandle,
                       absl::StrCat(Absl(verb), " ", view.edge->def.name, ": the belongsTo was dropped"));
  }
  return SimpleError(ViolationCode::kReadOnly,
                     absl::StrCat(Absl(verb), " ", view.edge->def.name,
                                  ": the handle is of a const Database and only reads"));
}

absl::StatusOr<uint32_t> ColumnOf(std::string_view verb, const TableNode& table, std::string_view column,
                                  size_t row, uint32_t hint) {
  const int found = table.FindColumn(column, hint);
  if (found >= 0) return static_cast<uint32_t>(found);
  return NoColumnError(verb, table, column, row);
}

absl::StatusOr<Cell> CheckedCell(const Engine& engine, std::string_view verb, const TableNode& table,
                                 uint32_t column, const Value& value, size_t row) {
  const ColumnDef& def = table.columns[column];
  if (!Fits(value, def.type)) {
    return TypeError(
        verb, table, def.name,
        absl::StrCat("is of type ", std::string(TypeName(def.type)), "; ", value.ToString(), " is of type ",
                     std::string(TypeName(TypeOf(value))), " (nothing converts but int32 to int64)"),
        row);
  }
  const Cell cell = CellOf(value, def.type);
  if (absl::Status s = CheckText(engine, verb, table, column, cell); !s.ok()) return s;
  return cell;
}

absl::Status CheckText(const Engine& engine, std::string_view verb, const TableNode& table, uint32_t column,
                       const Cell& cell) {
  const size_t limit = engine.options().text_limit;
  if (cell.is_null() || !IsText(table.columns[column].type) || cell.text.length() <= limit)
    return absl::OkStatus();
  return LimitError(verb, absl::StrCat(table.name, ".", table.columns[column].name, ": ", cell.text.length(),
                                       " bytes are more than Options::text_limit allows (", limit, ")"));
}

namespace {

absl::Status FillFromStruct(const Engine& engine, std::string_view verb, const TableNode& table,
                            const GivenRow& row, absl::Span<Cell> cells) {
  const StructView& view = StructView::Of(*row.view());
  for (size_t i = 0; i < view.columns.size(); ++i) {
    const MemberInfo& member = view.info->members[i];
    const uint32_t column = view.columns[i];
    Cell& cell = cells[column] = member.read(static_cast<const char*>(row.row()) + member.offset);
    if (IsText(member.type)) {
      if (absl::Status s = CheckText(engine, verb, table, column, cell); !s.ok()) return s;
    } else if (static_cast<int>(column) == table.auto_column && cell.bits == 0) {
      cell = Cell::Absent();
    }
  }
  return absl::OkStatus();
}

absl::Status FillFromNames(const Engine& engine, std::string_view verb, const TableNode& table,
                           absl::Span<const NamedValue> row, size_t number, absl::Span<Cell> cells) {
  uint32_t hint = 0;
  for (const NamedValue& given : row) {
    const absl::StatusOr<uint32_t> found = ColumnOf(verb, table, given.column, number, hint);
    if (!found.ok()) return found.status();
    const uint32_t column = *found;
    hint = column + 1;
    if (!cells[column].is_absent()) return TypeError(verb, table, given.column, "is given twice", number);
    absl::StatusOr<Cell> cell = CheckedCell(engine, verb, table, column, given.value, number);
    if (!cell.ok()) return cell.status();
    cells[column] = *cell;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FillCells(const Engine& engine, std::string_view verb, const TableNode& table,
                       const GivenRow& row, size_t number, absl::Span<Cell> cells) {
  return row.row() != nullptr ? FillFromStruct(engine, verb, table, row, cells)
                              : FillFromNames(engine, verb, table, row.values(), number, cells);
}

void ReadStruct(const StructView& view, Slot slot, void* row) {
  for (size_t i = 0; i < view.columns.size(); ++i) {
    const MemberInfo& member = view.info->members[i];
    member.write(view.node->rows.Get(slot, view.columns[i]), static_cast<char*>(row) + member.offset);
  }
}

absl::Status FillLinks(std::string_view verb, const TableNode& table, absl::Span<const Link<>> links,
                       std::vector<Pledge>* pledges) {
  for (const Link<>& link : links) {
    if (absl::Status s = CheckHandle(*link.edge(), link.status(), verb, false); !s.ok()) return s;
    Edge* edge = link.edge()->edge;
    if (edge->child != &table) {
      return TypeError(verb, table, edge->def.name, "is a belongsTo of another table, or of another database",
                       0);
    }
    if (absl::Status s = CheckRef(*edge->target, link.target(), verb); !s.ok()) return s;
    pledges->push_back({edge, 0, link.target().slot()});
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
