// The database as the public headers show it: one catalog, one log, one statement at a time, transactions as marks in
// the log.
#ifndef TENON_STORE_ENGINE_H_
#define TENON_STORE_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/memory.h"
#include "store/observers.h"
#include "store/shadow.h"
#include "store/statement.h"
#include "store/steps.h"
#include "store/violation_text.h"
#include "tenon/effects.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/given_row.h"
#include "tenon/observer.h"
#include "tenon/options.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon::internal {

struct BatchPlan;  // the statement itself; named for the public header

class Engine {
 public:
  explicit Engine(Options options);
  Engine(const Engine&) = delete;  // handles point to it
  Engine& operator=(const Engine&) = delete;

  const Options& options() const { return options_; }
  Memory& memory() { return memory_; }
  const Memory& memory() const { return memory_; }
  Catalog& catalog() { return catalog_; }
  const Catalog& catalog() const { return catalog_; }
  const Account& log_account() const { return log_account_; }
  const Account& scratch_account() const { return scratch_account_; }
  size_t log_bytes() const { return steps_.CountBytes(); }

  // ---- Statements ----

  // Runs `body(Statement&)`, which gathers, then executes and settles: whole, or not at all.
  template <class Body>
  absl::Status Run(std::string_view verb, Body body, Statement::Mode mode = Statement::Mode::kVerb) {
    if (absl::Status s = MayWrite(verb); !s.ok()) return s;
    CopyForTesting();
    statement_.Start(verb, mode, options_.step_limit);
    absl::Status s = body(statement_);
    return End(s.ok() ? ExecuteAndCheck() : std::move(s));
  }
  // As Run, but undone in any case; what it would have done.
  template <class Body>
  absl::StatusOr<ErasePlan> Plan(std::string_view verb, Body body) {
    if (absl::Status s = MayWrite(verb); !s.ok()) return s;
    statement_.Start(verb, Statement::Mode::kVerb, options_.step_limit);
    absl::Status s = body(statement_);
    return EndPlan(s.ok() ? ExecuteAndCheck() : std::move(s));
  }
  Effects LastEffects() const { return Describe(last_addressed_, last_effects_); }
  // Cells for one row of a table, all absent: reused, so that an insert allocates nothing for them.
  absl::Span<Cell> RowBuffer(const TableNode& table) {
    row_buffer_.assign(table.columns.size(), Cell::Absent());
    return absl::MakeSpan(row_buffer_);
  }

  // ---- Batch ----
  absl::Status OpenBatch();
  Statement& batch() { return statement_; }
  bool batch_open() const { return batch_open_; }
  // The transaction around the open batch was rolled back: nothing more can be gathered.
  bool batch_broken() const { return batch_broken_; }
  static absl::Status BrokenBatchError();
  // Executes what was gathered, or undoes the births if `gathered` is an error.
  absl::Status CloseBatch(const absl::Status& gathered);

  // ---- Transactions ----
  absl::StatusOr<uint64_t> Begin();
  absl::Status IsOpen(uint64_t id) const;
  absl::Status Commit(uint64_t id);
  void Rollback(uint64_t id);
  bool in_transaction() const { return !transactions_.empty(); }

  // ---- Written in place ----
  // Whether statements' rules allow it: numbers and bools that nothing hangs on.
  absl::Status MayOpen(const TableNode& table, uint32_t column) const;
  // The row's chunk may be written from now on; in a transaction it is kept as it was. False where MayOpen says no.
  bool OpenChunk(TableNode& table, uint32_t column, Slot slot);

  // ---- Observers ----
  // `table`: empty for all.
  absl::StatusOr<Subscription> Observe(std::string table, Observer observer);

  // ---- Schema ----
  absl::Status CreateTables(const std::vector<TableDef>& tables);
  absl::Status AddColumn(TableNode& table, ColumnDef column);
  absl::Status AddUnique(TableNode& table, const std::vector<std::string>& columns);
  absl::Status AddIndex(TableNode& table, const std::vector<std::string>& columns);
  absl::StatusOr<Edge*> AddBelongsTo(TableNode& table, BelongsToDef def);
  absl::Status DropTable(std::string_view name);
  absl::Status DropUnique(TableNode& table, std::string_view constraint);
  absl::Status DropIndex(TableNode& table, std::string_view constraint);
  absl::Status DropBelongsTo(TableNode& table, std::string_view association);

 private:
  struct OpenTransaction {
    uint64_t id;
    uint32_t mark;
    uint64_t generation;  // of chunks written in place, before it
  };
  absl::Status MayWrite(std::string_view verb) const {
    return batch_open_ || observers_->telling() ? BusyError(verb) : absl::OkStatus();
  }
  absl::Status BusyError(std::string_view verb) const;
  void Keep();
  void CopyForTesting() {
    if constexpr (kCopyBeforeWrites) {
      if (transactions_.empty()) shadow_.Take(catalog_);
    }
  }
  absl::Status MayChangeSchema(std::string_view verb) const;
  absl::Status ExecuteAndCheck();
  absl::Status End(absl::Status status);
  absl::StatusOr<ErasePlan> EndPlan(absl::Status status);
  absl::Status WithoutGoneRows(absl::Status status) const;
  Effects Describe(size_t addressed, const std::vector<TableEffect>& of_tables) const;

  absl::Status FillColumn(TableNode& table, uint32_t column);
  absl::Status FillKey(std::string_view verb, TableNode& table, uint32_t key);
  absl::Status LinkRows(std::string_view verb, Edge& edge);
  absl::Status AppendColumn(TableNode& table, const ColumnDef& column);
  void TakeBackColumn(TableNode& table);
  void SchemaChanged();

  Options options_;
  Memory memory_;
  Account log_account_;
  Account scratch_account_;
  Catalog catalog_;
  Steps steps_;
  Statement statement_;
  std::vector<OpenTransaction> transactions_;
  uint64_t last_transaction_ = 0;
  bool batch_open_ = false;
  bool batch_broken_ = false;  // a transaction around it was rolled back
  uint32_t batch_mark_ = 0;    // to here
  uint64_t batch_generation_ = 0;
  size_t last_addressed_ = 0;
  std::vector<TableEffect> last_effects_;
  std::vector<Cell> row_buffer_;
  std::shared_ptr<Observers> observers_ =
      std::make_shared<Observers>();  // subscriptions may outlive the engine
  Shadow shadow_;                     // empty, but where tests ask for it
};

// The status that refuses a read or a write through this handle, or OK.
absl::Status HandleError(const TableView& view, const absl::Status& status, std::string_view verb);
absl::Status HandleError(const EdgeView& view, const absl::Status& status, std::string_view verb);
inline absl::Status CheckHandle(const TableView& view, const absl::Status& status, std::string_view verb,
                                bool write) {
  const bool good =
      status.ok() && view.node != nullptr && !*view.dropped && !(write && view.engine == nullptr);
  return good ? absl::OkStatus() : HandleError(view, status, verb);
}
inline absl::Status CheckHandle(const EdgeView& view, const absl::Status& status, std::string_view verb,
                                bool write) {
  const bool good =
      status.ok() && view.edge != nullptr && !*view.dropped && !(write && view.child->engine == nullptr);
  return good ? absl::OkStatus() : HandleError(view, status, verb);
}
// kNotFound when the Ref is null or stale.
inline absl::Status CheckRef(const TableNode& table, Ref<> ref, std::string_view verb, size_t row = 0) {
  return IsLive(table.rows.stamps(), ref) ? absl::OkStatus() : StaleError(verb, table, !ref, row);
}

// The column of this name, or kInvalidArgument. `hint`: where it is likely to be; `row` goes into the message.
absl::StatusOr<uint32_t> ColumnOf(std::string_view verb, const TableNode& table, std::string_view column,
                                  size_t row = 0, uint32_t hint = 0);
// The cell for a column, or why the value does not go into it.
absl::StatusOr<Cell> CheckedCell(const Engine& engine, std::string_view verb, const TableNode& table,
                                 uint32_t column, const Value& value, size_t row);
// Fills the cells of a row from names, or from a struct: there an auto-increment member of 0 is left out. Errors of
// type kType, kLimit.
absl::Status FillCells(const Engine& engine, std::string_view verb, const TableNode& table,
                       const GivenRow& row, size_t number, absl::Span<Cell> cells);
// kLimit when a cell's text is longer than it may be.
absl::Status CheckText(const Engine& engine, std::string_view verb, const TableNode& table, uint32_t column,
                       const Cell& cell);
// Writes a row's cells into a struct.
void ReadStruct(const StructView& view, Slot slot, void* row);
// Links of a new row, checked. Errors kNotFound, kType.
absl::Status FillLinks(std::string_view verb, const TableNode& table, absl::Span<const Link<>> links,
                       std::vector<Pledge>* pledges);

}  // namespace tenon::internal

#endif  // TENON_STORE_ENGINE_H_
