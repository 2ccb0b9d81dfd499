// Database: tables, the edges between them, statements over several tables, and transactions.
#ifndef TENON_DATABASE_H_
#define TENON_DATABASE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/batch.h"
#include "tenon/change_set.h"
#include "tenon/definition.h"
#include "tenon/effects.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/struct_info.h"
#include "tenon/memory_report.h"
#include "tenon/observer.h"
#include "tenon/options.h"
#include "tenon/predicate.h"
#include "tenon/row.h"
#include "tenon/schema.h"
#include "tenon/table.h"
#include "tenon/table_of.h"
#include "tenon/to_many.h"
#include "tenon/to_one.h"
#include "tenon/transaction.h"

namespace tenon {

namespace internal {
class Engine;
struct BatchPlan;
template <class X>
inline constexpr bool kIsStatusOr = false;
template <class X>
inline constexpr bool kIsStatusOr<absl::StatusOr<X>> = true;
}  // namespace internal

// 128 bits that are equal when two databases hold the same rows: a sum over live rows, so that neither order nor
// position count; auto-increment counters included, links and Refs not.
struct StateHash {
  uint64_t high = 0;
  uint64_t low = 0;
  friend bool operator==(const StateHash&, const StateHash&) = default;
};

// An in-memory store of related tables.
//
// Keeps     at the end of every statement: all keys are unique, all enforced edges that are not deferred lead to a live
//           row or are null, no required cell is null; at the end of a transaction the deferred edges too.
// Lifetime  movable: handles follow; what was moved from may only be assigned to or destroyed. Handles, Refs and
//           Transactions must not outlive it.
// Threads   one writer or many readers. There are no caches behind const.
// Failure   whatever a caller does is answered by a Status with its Violations (violation.h); nothing is thrown, printed
//           or aborted, and a failed call has changed nothing.
class Database {
 public:
  explicit Database(Options options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // ---- Schema; kFailedPrecondition in an open transaction ----

  // Defines one table, or several as one unit in any order, which may refer to each other and to themselves. All that
  // is wrong is reported at once, and nothing is defined then.
  //   kInvalidArgument     the definition can't hold; each violation names table, column and remedy
  //   kResourceExhausted   a limit of Options
  [[nodiscard]] absl::StatusOr<Table<>> CreateTable(TableDef table);
  [[nodiscard]] absl::Status CreateTables(std::vector<TableDef> tables);

  // The same from a struct: db.CreateTable<Post>("Post", {PrimaryKey(&Post::id).AutoIncrement()}). See table_of.h.
  template <class T>
  [[nodiscard]] absl::StatusOr<Table<T>> CreateTable(std::string_view name,
                                                     std::initializer_list<Option<T>> options = {}) {
    if (absl::Status s = CreateTables({TableOf<T>(name, options)}); !s.ok()) return s;
    return GetTable<T>(name);
  }

  // The table of this name; a handle that leads nowhere says so in status(). From a const Database it only reads.
  Table<> GetTable(std::string_view name);
  Table<> GetTable(std::string_view name) const;
  // The same for rows of T, however the table was defined. status() lists all members that are no columns of it, or of
  // another type: then the handle leads nowhere.
  template <class T>
  Table<T> GetTable(std::string_view name) {
    return Table<T>(BindTable(name, internal::InfoOf<T>(), false));
  }
  template <class T>
  Table<T> GetTable(std::string_view name) const {
    return Table<T>(BindTable(name, internal::InfoOf<T>(), true));
  }

  // Adds a column, a unique key, an index, a belongsTo to a table that may have rows. Existing rows are checked first: the
  // violation counts the offenders and shows the first. A column that is added takes its default (null when not given;
  // an auto-increment column numbers the rows in slot order).
  //   kInvalidArgument     the definition can't hold, or a required column has no default for the rows there are
  //   kAlreadyExists       rows have the same key (has-one: the same target)
  //   kFailedPrecondition  rows refer to missing targets
  [[nodiscard]] absl::Status AddColumn(const Table<>& table, ColumnDef column);
  [[nodiscard]] absl::Status AddUnique(const Table<>& table, std::vector<std::string> columns);
  [[nodiscard]] absl::Status AddIndex(const Table<>& table, std::vector<std::string> columns);
  [[nodiscard]] absl::StatusOr<ToOne<>> AddBelongsTo(const Table<>& table, BelongsToDef belongs_to);

  // The same by members: db.AddUnique(tags, &Tag::word); db.AddBelongsTo(comments, &Comment::post_id, posts, &Post::id).
  template <class T, class... V>
  [[nodiscard]] absl::Status AddUnique(const Table<T>& table, V T::*... members) {
    const Option<T> unique = Unique(members...);
    return AddUnique(table, internal::MemberNames(internal::InfoOf<T>(), unique.members));
  }
  template <class T, class... V>
  [[nodiscard]] absl::Status AddIndex(const Table<T>& table, V T::*... members) {
    const Option<T> index = Index(members...);
    return AddIndex(table, internal::MemberNames(internal::InfoOf<T>(), index.members));
  }
  template <class A, class B, class... V, class... W>
  [[nodiscard]] absl::StatusOr<ToOne<A, B>> AddBelongsTo(const Table<A>& table,
                                                         const KeyMembers<A, V...>& foreign_key,
                                                         const Table<B>& target,
                                                         const KeyMembers<B, W...>& target_key,
                                                         BelongsToDef belongs_to = {}) {
    if (absl::Status s = CheckTarget(target, "add belongsTo"); !s.ok()) return s;
    belongs_to.target = std::string(target.name());
    const Option<A> option = BelongsTo(foreign_key, target_key, std::move(belongs_to));
    absl::StatusOr<ToOne<>> edge =
        AddBelongsTo(table, internal::DefineBelongsTo(internal::InfoOf<A>(), option));
    if (!edge.ok()) return edge.status();
    return ToOne<A, B>({*std::move(edge), table.view(), target.view()});
  }
  template <class A, class V, class B, class W>
  [[nodiscard]] absl::StatusOr<ToOne<A, B>> AddBelongsTo(const Table<A>& table, V A::*foreign_key,
                                                         const Table<B>& target, W B::*target_key,
                                                         BelongsToDef belongs_to = {}) {
    return AddBelongsTo(table, Key(foreign_key), target, Key(target_key), std::move(belongs_to));
  }

  // Drops a table; its rows go without any action. Handles to it answer kNotFound from then on.
  //   kNotFound            no such table
  //   kFailedPrecondition  a belongsTo of another table refers to it: drop that first
  [[nodiscard]] absl::Status DropTable(std::string_view name);
  // Drops a unique key, an index, by its constraint's name.
  //   kNotFound            no such key; the primary key can't be dropped
  //   kFailedPrecondition  a belongsTo refers to it
  [[nodiscard]] absl::Status DropUnique(const Table<>& table, std::string_view constraint);
  [[nodiscard]] absl::Status DropIndex(const Table<>& table, std::string_view constraint);
  // Drops a belongsTo by its association; its columns and their values stay.
  [[nodiscard]] absl::Status DropBelongsTo(const Table<>& table, std::string_view association);

  Schema schema() const;

  // ---- Statements over several tables ----

  // Erases all rows of these tables as one statement: a RESTRICT between them is no obstacle.
  [[nodiscard]] absl::Status Clear(absl::Span<const Table<>> tables);

  // Runs `f(Batch&)` and then all it gathered as one statement: rows may refer to each other both ways, and are checked
  // once, at the end. Inserts give their Refs at once: their cells can be read and they are counted, but keys, edges
  // and queries do not lead to them yet. Updates and erases run at the end, their values computed from the state before; of several
  // for one cell, or for one has-one, the last counts, and of a row that is erased, none. `f` returns nothing, an
  // absl::Status, any X, or an absl::StatusOr<X>; Batch then returns an absl::Status or an absl::StatusOr<X>. What is
  // not OK is undone. Errors as Insert, Update, Erase. Other verbs inside `f`: kFailedPrecondition; what is written in
  // place (mutable_column.h) is part of the statement.
  template <class F>
  auto Batch(F f) {
    using X = std::invoke_result_t<F, tenon::Batch&>;
    BatchScope scope(engine_.get());
    tenon::Batch batch(engine_.get(), scope.plan);
    if constexpr (std::is_void_v<X>) {
      if (scope.status.ok()) f(batch);
      return scope.Run(batch.status_);
    } else if constexpr (std::is_same_v<X, absl::Status>) {
      absl::Status status = scope.status.ok() ? f(batch) : absl::OkStatus();
      return scope.Run(batch.status_.ok() ? status : batch.status_);
    } else if constexpr (internal::kIsStatusOr<X>) {
      if (!scope.status.ok()) return X(scope.Run(batch.status_));
      X result = f(batch);
      absl::Status status = scope.Run(batch.status_.ok() ? result.status() : batch.status_);
      return status.ok() ? std::move(result) : X(std::move(status));
    } else {
      if (!scope.status.ok()) return absl::StatusOr<X>(scope.Run(batch.status_));
      X result = f(batch);
      absl::Status status = scope.Run(batch.status_);
      return status.ok() ? absl::StatusOr<X>(std::move(result)) : absl::StatusOr<X>(std::move(status));
    }
  }

  // What the last statement that succeeded did.
  Effects LastEffects() const;

  // ---- Transactions ----

  Transaction Begin();

  // ---- Changes ----

  // Tells an observer of every commit (observer.h), of the database or of one table, for as long as the Subscription lives.
  // While somebody observes, a write costs more: the cascade of a key is logged row by row, and a commit copies what it
  // changed.
  //   kFailedPrecondition  in a transaction or a Batch
  //   kNotFound            the table's handle leads nowhere; the observer is empty
  [[nodiscard]] absl::StatusOr<Subscription> Observe(Observer observer);
  [[nodiscard]] absl::StatusOr<Subscription> Observe(const Table<>& table, Observer observer);
  // Carries out a change set as one statement, by the names of tables and columns and the primary keys of rows. No edge acts:
  // what actions did is in the set. On a database equal to that before the commit it gives one equal to that after it.
  //   kNotFound            no such table; or a row, cell or counter is not as it was before the commit
  //   kInvalidArgument     no such column, a value that does not fit, a null where none may be
  //   kAlreadyExists, kFailedPrecondition   keys or references would not hold: it is of another database
  [[nodiscard]] absl::Status Apply(const ChangeSet& changes);

  // ---- Looking at it ----

  // Recomputes everything the store keeps from the cells alone, and lists all that is off. O(all data). Not inside a Batch:
  // kFailedPrecondition.
  absl::Status Verify() const;
  // Equal for databases with the same rows; O(all data).
  StateHash GetStateHash() const;
  // Schema and rows as sorted text, the same for the same content.
  std::string Dump() const;
  MemoryReport MemoryUsage() const;

  // The `after`-th request for memory from now on (1: the next) is refused, and with `persistent` all that follow;
  // 0 ends it. Returns how many requests were made since the last call.
  size_t RefuseMemoryForTesting(size_t after, bool persistent = true);

 private:
  // Opens a batch, runs or drops what was gathered.
  struct BatchScope {
    explicit BatchScope(internal::Engine* engine);
    BatchScope(const BatchScope&) = delete;  // it is the batch that is open
    BatchScope& operator=(const BatchScope&) = delete;
    ~BatchScope();
    absl::Status Run(const absl::Status& gathered);
    internal::Engine* engine;
    internal::BatchPlan* plan;
    absl::Status status;
  };

  // OK if the handle is of this very database.
  absl::Status CheckTarget(const Table<>& table, std::string_view verb) const;
  Table<> BindTable(std::string_view name, const internal::StructInfo& info, bool read_only) const;

  std::unique_ptr<internal::Engine> engine_;
};

}  // namespace tenon

#endif  // TENON_DATABASE_H_
