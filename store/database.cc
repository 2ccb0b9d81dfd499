#include "tenon/database.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "store/apply.h"
#include "store/dump.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/struct_view.h"
#include "store/verify.h"
#include "store/violation_text.h"

namespace tenon {

using internal::Cell;
using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::Engine;
using internal::Statement;
using internal::TableNode;

Database::Database(Options options) : engine_(std::make_unique<Engine>(options)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

// ---- Schema ----

absl::StatusOr<Table<>> Database::CreateTable(TableDef table) {
  std::string name = table.name;
  if (absl::Status s = engine_->CreateTables({std::move(table)}); !s.ok()) return s;
  return GetTable(name);
}

absl::Status Database::CreateTables(std::vector<TableDef> tables) { return engine_->CreateTables(tables); }

namespace {

Table<> Open(const Engine& engine, std::string_view name, bool read_only) {
  const TableNode* node = engine.catalog().Find(name);
  if (node == nullptr) {
    return Table<>(internal::SimpleError(ViolationCode::kHandle,
                                         absl::StrCat("there is no table \"", internal::Absl(name), "\"")));
  }
  return Table<>(read_only ? &node->read_only_view : &node->view);
}

// OK if the handle is of this very database, and writes, and a batch that is open can still gather.
absl::Status CheckOwn(const Engine& engine, const Table<>& table, std::string_view verb) {
  if (engine.batch_broken()) return Engine::BrokenBatchError();
  if (absl::Status s = CheckHandle(*table.view(), table.status(), verb, true); !s.ok()) return s;
  if (table.view()->engine == &engine) return absl::OkStatus();
  return internal::SimpleError(ViolationCode::kHandle,
                               absl::StrCat(internal::Absl(verb), " ", table.view()->node->name,
                                            ": the handle is of another Database"));
}
absl::Status CheckOwn(const Engine& engine, const internal::EdgeView& edge, const absl::Status& status,
                      std::string_view verb) {
  if (engine.batch_broken()) return Engine::BrokenBatchError();
  if (absl::Status s = CheckHandle(edge, status, verb, true); !s.ok()) return s;
  if (edge.child->engine == &engine) return absl::OkStatus();
  return internal::SimpleError(
      ViolationCode::kHandle,
      absl::StrCat(internal::Absl(verb), " ", edge.edge->def.name, ": the handle is of another Database"));
}

}  // namespace

Table<> Database::GetTable(std::string_view name) { return Open(*engine_, name, false); }
Table<> Database::GetTable(std::string_view name) const { return Open(*engine_, name, true); }

absl::Status Database::CheckTarget(const Table<>& table, std::string_view verb) const {
  return tenon::CheckOwn(*engine_, table, verb);
}

Table<> Database::BindTable(std::string_view name, const internal::StructInfo& info, bool read_only) const {
  Table<> table = Open(*engine_, name, read_only);
  if (!table.status().ok()) return table;
  const absl::StatusOr<const internal::StructView*> bound =
      engine_->catalog().Bind(*table.view()->node, info, read_only);
  return bound.ok() ? Table<>(*bound) : Table<>(bound.status());
}

absl::Status Database::AddColumn(const Table<>& table, ColumnDef column) {
  if (absl::Status s = CheckOwn(*engine_, table, "add column"); !s.ok()) return s;
  return engine_->AddColumn(*table.view()->node, std::move(column));
}

absl::Status Database::AddUnique(const Table<>& table, std::vector<std::string> columns) {
  if (absl::Status s = CheckOwn(*engine_, table, "add unique"); !s.ok()) return s;
  return engine_->AddUnique(*table.view()->node, columns);
}

absl::StatusOr<ToOne<>> Database::AddBelongsTo(const Table<>& table, BelongsToDef belongs_to) {
  if (absl::Status s = CheckOwn(*engine_, table, "add belongsTo"); !s.ok()) return s;
  absl::StatusOr<Edge*> edge = engine_->AddBelongsTo(*table.view()->node, std::move(belongs_to));
  if (!edge.ok()) return edge.status();
  return ToOne<>(&(*edge)->view, false);
}

absl::Status Database::DropTable(std::string_view name) { return engine_->DropTable(name); }

absl::Status Database::AddIndex(const Table<>& table, std::vector<std::string> columns) {
  if (absl::Status s = CheckOwn(*engine_, table, "add index"); !s.ok()) return s;
  return engine_->AddIndex(*table.view()->node, columns);
}

absl::Status Database::DropIndex(const Table<>& table, std::string_view constraint) {
  if (absl::Status s = CheckOwn(*engine_, table, "drop index"); !s.ok()) return s;
  return engine_->DropIndex(*table.view()->node, constraint);
}

absl::Status Database::DropUnique(const Table<>& table, std::string_view constraint) {
  if (absl::Status s = CheckOwn(*engine_, table, "drop unique"); !s.ok()) return s;
  return engine_->DropUnique(*table.view()->node, constraint);
}

absl::Status Database::DropBelongsTo(const Table<>& table, std::string_view association) {
  if (absl::Status s = CheckOwn(*engine_, table, "drop belongsTo"); !s.ok()) return s;
  return engine_->DropBelongsTo(*table.view()->node, association);
}

Schema Database::schema() const { return engine_->catalog().DescribeSchema(); }

// ---- Statements over several tables ----

absl::Status Database::Clear(absl::Span<const Table<>> tables) {
  for (const Table<>& table : tables) {
    if (absl::Status s = CheckOwn(*engine_, table, "clear"); !s.ok()) return s;
  }
  return engine_->Run("clear", [&](Statement& statement) -> absl::Status {
    for (const Table<>& table : tables) {
      if (absl::Status s = GatherAll(*table.view()->node, statement); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

Effects Database::LastEffects() const { return engine_->LastEffects(); }

// ---- Transactions ----

Transaction Database::Begin() {
  absl::StatusOr<uint64_t> id = engine_->Begin();
  if (!id.ok()) return Transaction(nullptr, 0, id.status());
  return Transaction(engine_.get(), *id, absl::OkStatus());
}

Transaction::Transaction(Transaction&& other) noexcept
    : engine_(std::exchange(other.engine_, nullptr)), id_(other.id_), status_(other.status_) {}

Transaction& Transaction::operator=(Transaction&& other) noexcept {
  if (this == &other) return *this;
  Rollback();
  engine_ = std::exchange(other.engine_, nullptr);
  id_ = other.id_;
  status_ = other.status_;
  return *this;
}

Transaction::~Transaction() { Rollback(); }

absl::Status Transaction::status() const {
  if (!status_.ok()) return status_;
  if (engine_ != nullptr) return engine_->IsOpen(id_);
  return internal::SimpleError(ViolationCode::kTransaction,
                               "transaction: it is not open (committed, rolled back, or moved from)");
}

absl::Status Transaction::Commit() {
  if (absl::Status s = status(); !s.ok()) return s;
  if (absl::Status s = engine_->Commit(id_); !s.ok()) return s;
  engine_ = nullptr;
  return absl::OkStatus();
}

void Transaction::Rollback() {
  if (engine_ != nullptr) engine_->Rollback(id_);
  engine_ = nullptr;
}

// ---- Batch ----

Database::BatchScope::BatchScope(Engine* e) : engine(e), plan(nullptr), status(e->OpenBatch()) {}

Database::BatchScope::~BatchScope() {
  if (engine != nullptr && status.ok()) static_cast<void>(engine->CloseBatch(absl::CancelledError()));
}

absl::Status Database::BatchScope::Run(const absl::Status& gathered) {
  if (!status.ok()) return status;
  return std::exchange(engine, nullptr)->CloseBatch(gathered);
}

Ref<> Batch::InsertRow(const Table<>& table, const internal::GivenRow& row, absl::Span<const Link<>> links) {
  if (!status_.ok()) return {};
  Slot slot = 0;
  status_ = CheckOwn(*engine_, table, "insert");
  if (!status_.ok()) return {};
  TableNode& node = *table.view()->node;
  status_ = GatherInsert(*engine_, "insert", node, row, links, 0, engine_->batch(), &slot);
  return status_.ok() ? internal::RefAt(node.rows.stamps(), slot) : Ref<>();
}

void Batch::UpdateRow(const Table<>& table, Ref<> ref, absl::Span<const Assignment<>> assignments) {
  if (!status_.ok()) return;
  status_ = [&]() -> absl::Status {
    if (absl::Status s = CheckOwn(*engine_, table, "update"); !s.ok()) return s;
    TableNode& node = *table.view()->node;
    if (absl::Status s = CheckRef(node, ref, "update"); !s.ok()) return s;
    return GatherUpdate(*engine_, "update", node, ref.slot(), assignments, engine_->batch());
  }();
}

void Batch::UpdateMembers(const Table<>& table, Ref<> ref,
                          absl::Span<const internal::MemberAssignment> assignments) {
  if (!status_.ok()) return;
  status_ = [&]() -> absl::Status {
    if (absl::Status s = CheckOwn(*engine_, table, "update"); !s.ok()) return s;
    TableNode& node = *table.view()->node;
    if (absl::Status s = CheckRef(node, ref, "update"); !s.ok()) return s;
    absl::StatusOr<std::vector<internal::Formula>> formulas =
        BindMembers(*engine_, "update", internal::StructView::Of(*table.view()), assignments);
    if (!formulas.ok()) return formulas.status();
    return GatherFormulas("update", node, ref.slot(), *formulas, engine_->batch());
  }();
}

void Batch::SetLink(const ToOne<>& edge, Ref<> a, Ref<> b) {
  if (!status_.ok()) return;
  status_ = CheckOwn(*engine_, *edge.edge(), edge.status(), "set");
  if (status_.ok()) status_ = GatherSet(*edge.edge()->edge, edge.inverse(), a, b, engine_->batch());
}

void Batch::ClearLink(const ToOne<>& edge, Ref<> a) {
  if (!status_.ok()) return;
  status_ = CheckOwn(*engine_, *edge.edge(), edge.status(), "clear");
  if (status_.ok()) status_ = GatherClear(*edge.edge()->edge, edge.inverse(), a, engine_->batch());
}

Ref<> Batch::CreateRow(const ToMany<>& edge, Ref<> a, const internal::GivenRow& row,
                       absl::Span<const Link<>> links) {
  if (!status_.ok()) return {};
  status_ = CheckOwn(*engine_, *edge.edge(), edge.status(), "insert");
  if (!status_.ok()) return {};
  std::vector<Link<>> all(links.begin(), links.end());
  all.emplace_back(edge.edge(), absl::OkStatus(), a);
  return InsertRow(Table<>(edge.edge()->child), row, all);
}

void Batch::EraseRow(const Table<>& table, Ref<> ref) {
  if (!status_.ok()) return;
  status_ = [&]() -> absl::Status {
    if (absl::Status s = CheckOwn(*engine_, table, "erase"); !s.ok()) return s;
    if (absl::Status s = CheckRef(*table.view()->node, ref, "erase"); !s.ok()) return s;
    return engine_->batch().Erase(*table.view()->node, ref.slot());
  }();
}

// ---- Changes ----

absl::StatusOr<Subscription> Database::Observe(Observer observer) {
  return engine_->Observe("", std::move(observer));
}

absl::StatusOr<Subscription> Database::Observe(const Table<>& table, Observer observer) {
  if (absl::Status s = CheckOwn(*engine_, table, "observe"); !s.ok()) return s;
  return engine_->Observe(table.view()->node->name, std::move(observer));
}

absl::Status Database::Apply(const ChangeSet& changes) {
  return engine_->Run(
      "apply", [&](Statement& statement) { return GatherChanges(*engine_, changes, statement); },
      Statement::Mode::kChanges);
}

// ---- Looking at it ----

absl::Status Database::Verify() const {
  if (engine_->batch_open()) {
    return internal::SimpleError(ViolationCode::kTransaction,
                                 "verify: a Batch is being gathered; its rows have no keys and links yet");
  }
  return internal::Verify(*engine_);
}
StateHash Database::GetStateHash() const { return internal::HashState(engine_->catalog()); }
std::string Database::Dump() const { return internal::DumpState(engine_->catalog()); }

MemoryReport Database::MemoryUsage() const { return internal::ReportMemory(*engine_); }

std::string MemoryReport::ToString() const {
  std::string text = absl::StrCat(total, " bytes\n");
  for (const MemoryUse& use : uses) {
    absl::StrAppend(&text, "  ", use.table.empty() ? "(database)" : use.table, " ", use.purpose, " ",
                    use.bytes, "\n");
  }
  return text;
}

size_t Database::RefuseMemoryForTesting(size_t after, bool persistent) {
  return engine_->memory().RefuseForTesting(after, persistent);
}

}  // namespace tenon
