// Table: the rows of one table, by names.
#ifndef TENON_TABLE_H_
#define TENON_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/association.h"
#include "tenon/column.h"
#include "tenon/effects.h"
#include "tenon/internal/view.h"
#include "tenon/key.h"
#include "tenon/predicate.h"
#include "tenon/query.h"
#include "tenon/row.h"

namespace tenon {

// The live rows of a table in slot order. The row that the loop stands on may be erased; a row added meanwhile is shown
// once or not at all; the loop always ends.
class RowRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Ref<>;
    using reference = Ref<>;
    using pointer = const Ref<>*;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const internal::TableView* table, Slot slot, Slot end) : table_(table), slot_(slot), end_(end) {
      Skip();
    }
    // Null once the row is gone.
    Ref<> operator*() const { return internal::RefOrNull(*table_->stamps, slot_); }
    Iterator& operator++() {
      ++slot_;
      Skip();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    // Two ends are equal, also where the table has grown or shrunk in between.
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.slot_ == b.slot_ || (a.slot_ >= a.end_ && b.slot_ >= b.end_);
    }

   private:
    void Skip() {
      while (slot_ < end_ && (slot_ >= table_->stamps->size || !internal::LoadBit(*table_->live, slot_)))
        ++slot_;
    }
    const internal::TableView* table_ = nullptr;
    Slot slot_ = 0;
    Slot end_ = 0;
  };
  explicit RowRange(const internal::TableView* table) : table_(table), end_(table->stamps->size) {}
  Iterator begin() const { return {table_, 0, end_}; }
  Iterator end() const { return {table_, end_, end_}; }

 private:
  const internal::TableView* table_;
  Slot end_;
};

// Values for one column of many rows, looked at and not copied (so make it in the call that reads it): numbers, strings, optionals of these, or Values.
class ColumnValues {
 public:
  template <class V>
  requires std::constructible_from<Value, const V&> ColumnValues(const std::vector<V>& values)
      : ColumnValues(absl::MakeConstSpan(values)) {}  // NOLINT: a view
  ColumnValues(const std::vector<bool>&) = delete;    // has no addresses; use std::vector<Value>
  ColumnValues(std::initializer_list<Value> values) : ColumnValues(absl::Span<const Value>(values)) {}
  template <class V>
  requires std::constructible_from<Value, const V&> ColumnValues(absl::Span<const V> values)  // NOLINT
      : data_(values.data()), size_(values.size()), kind_(KindOf<V>()) {
    if constexpr (KindOf<V>() == Kind::kString) {
      text_ = [](const void* data, size_t i) {
        const V& text = static_cast<const V*>(data)[i];
        return std::string_view(text.data(), text.size());
      };
    } else {
      value_ = [](const void* data, size_t i) { return Value(static_cast<const V*>(data)[i]); };
    }
  }

  // For the library: numbers and strings are read where they are, all else one Value at a time.
  enum class Kind : uint8_t { kInt32, kInt64, kDouble, kString, kOther };
  Kind kind() const { return kind_; }
  const void* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view TextAt(size_t i) const { return text_(data_, i); }
  Value ValueAt(size_t i) const { return value_(data_, i); }

 private:
  template <class V>
  static constexpr Kind KindOf() {
    if constexpr (std::is_same_v<V, int32_t>) return Kind::kInt32;
    if constexpr (std::is_same_v<V, int64_t>) return Kind::kInt64;
    if constexpr (std::is_same_v<V, double>) return Kind::kDouble;
    if constexpr (internal::TextLike<V>) return Kind::kString;
    return Kind::kOther;
  }
  const void* data_;
  size_t size_;
  Kind kind_;
  Value (*value_)(const void*, size_t) = nullptr;
  std::string_view (*text_)(const void*, size_t) = nullptr;
};
struct NamedColumn {
  std::string_view column;
  ColumnValues values;
};

template <class T = void>
class Table;

// The rows of one table, kept column by column; a row is named by its Ref.
//
// Keeps     a key names at most one live row; every enforced foreign key is null or finds its target.
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Threads   one writer or many readers of a Database; the caller decides who goes.
// Failure   a write is one statement: when it returns an error nothing has changed, in any table.
// Cost      Get, Contains, Find on a key: O(1). Insert: O(columns + keys + edges), and never a rehash.
//           Walking: O(slots).
//
// Every write may also answer kFailedPrecondition (the handle is of a const Database, or a Batch is being gathered),
// kNotFound (the handle leads to no table) and kResourceExhausted (a limit of Options).
template <>
class Table<void> {
 public:
  Table() : Table(absl::NotFoundError("a default-constructed Table leads nowhere")) {}
  explicit Table(absl::Status status) : status_(std::move(status)) {}
  explicit Table(const internal::TableView* view) : view_(view) {}  // for the library

  // OK, or why this handle leads nowhere (never opened, table dropped).
  absl::Status status() const;
  // The table's name; empty when the handle is bad.
  std::string_view name() const;

  // ---- Rows in ----

  // Adds a row. Columns left out take their default; an auto-increment column, the next number. `links` point the row
  // at targets that are known, without hashing; a link wins over a value given for the same column.
  //   kInvalidArgument     unknown column, wrong type, null where none may be
  //   kAlreadyExists       a live row has one of its keys
  //   kFailedPrecondition  a foreign key names a missing target
  //   kNotFound            the target of a link is null or stale
  //   kOutOfRange          the auto-increment column is at the end of its type
  [[nodiscard]] absl::StatusOr<Ref<>> Insert(absl::Span<const NamedValue> row,
                                             absl::Span<const Link<>> links = {}) const;
  // Adds many rows as one statement: they may refer to each other, in any order, and to themselves. Errors as Insert;
  // the violation's `row` says which.
  [[nodiscard]] absl::StatusOr<RefList<>> InsertAll(const std::vector<Row>& rows) const;
  // The same from columns, all of one length. The fastest way in: no name is looked up per row.
  //   `books.InsertColumns({{"id", ids}, {"authorId", authors}})`
  //   kInvalidArgument     also where the columns are not of one length
  [[nodiscard]] absl::StatusOr<RefList<>> InsertColumns(absl::Span<const NamedColumn> columns) const;

  // ---- Rows out ----

  bool Contains(Ref<> ref) const { return internal::IsLive(*view_->stamps, ref); }
  size_t size() const { return *view_->size; }
  bool empty() const { return size() == 0; }
  RowRange::Iterator begin() const { return RowRange(view_).begin(); }
  RowRange::Iterator end() const { return RowRange(view_).end(); }

  // A cell; a row in column order.
  //   kNotFound          the Ref is null or stale
  //   kInvalidArgument   no such column
  absl::StatusOr<Value> Get(Ref<> ref, std::string_view column) const;
  absl::StatusOr<std::vector<Value>> Get(Ref<> ref) const;

  // The row that holds a key, or the first row in slot order whose cells are these; null when there is none (also for
  // an unknown column or a value of another type). O(1) on the columns of a key in any order, else a walk.
  Ref<> Find(std::string_view column, const Value& value) const;
  Ref<> Find(absl::Span<const NamedValue> key) const;

  // The primary or unique key over these columns, in this order of values: for loops that find many rows.
  tenon::Key<> Key(absl::Span<const std::string_view> columns) const;
  tenon::Key<> Key(std::initializer_list<std::string_view> columns) const {
    return Key(absl::Span<const std::string_view>(columns));
  }
  tenon::Key<> Key(std::string_view column) const { return Key({column}); }

  // The column's cells in place. V: bool, int32_t, int64_t, float, double, std::string_view; see Column::status().
  template <class V>
  tenon::Column<void, V> Column(std::string_view column) const;

  Query<> Where(Predicate<> condition) const { return Query<>(view_, status_, std::move(condition)); }
  Query<> All() const { return Where({}); }

  // ---- Rows changed ----

  // Set writes one cell; Update several as one statement, and there a value may be computed from the row:
  // {"n", Col("n") + 1}. Where the columns are a key that others refer to, the edges' on_update actions run.
  //   kNotFound            the Ref is null or stale
  //   kInvalidArgument     unknown column, a column twice, wrong type, null where none may be
  //   kAlreadyExists       a live row has the new key
  //   kFailedPrecondition  a foreign key names a missing target, or rows refer to the old key
  //   kOutOfRange          a computed value leaves its column's type
  [[nodiscard]] absl::Status Set(Ref<> ref, std::string_view column, Value value) const;
  [[nodiscard]] absl::Status Update(Ref<> ref, absl::Span<const Assignment> assignments) const;
  // Updates the row with this primary key in place (other columns left out stay), or inserts one. A key column left out
  // counts with its default. Errors as Insert, Update.
  [[nodiscard]] absl::StatusOr<Ref<>> Upsert(absl::Span<const NamedValue> row) const;

  // Erases one row, or many as one statement, with all that the edges' on_delete actions bring.
  //   kNotFound            a Ref is null or stale
  //   kFailedPrecondition  rows refer to it and may not be left alone
  //   kInvalidArgument, kAlreadyExists  an action would break a key of the rows it writes
  [[nodiscard]] absl::Status Erase(Ref<> ref) const;
  [[nodiscard]] absl::Status EraseAll(absl::Span<const Ref<>> refs) const;
  // Erases all rows: one statement, actions included. Database::Clear empties several tables at once.
  [[nodiscard]] absl::Status Clear() const;
  // What Erase would do, or what would refuse it; changes nothing, costs what the erase would. A write to the thread
  // rule. kNotFound, kFailedPrecondition as Erase for the handle and the Ref.
  [[nodiscard]] absl::StatusOr<ErasePlan> PlanErase(Ref<> ref) const;

  // ---- Edges ----

  // The belongsTo of this table with this association name.
  ToOne<> BelongsTo(std::string_view association) const;
  // The inverse with this name, of whatever edge leads here. HasMany reaches every edge with a named inverse; HasOne
  // only those declared so.
  ToMany<> HasMany(std::string_view inverse) const;
  ToOne<> HasOne(std::string_view inverse) const;
  // The edge by its child table and association: reaches unnamed inverses too.
  ToMany<> HasMany(const Table<>& child, std::string_view association) const;

  // For the library.
  const internal::TableView* view() const { return view_; }

 private:
  absl::Status FindColumn(std::string_view column, Type type, bool text, const internal::ArrayView** cells,
                          const internal::ArrayView** valid) const;

  const internal::TableView* view_ = &internal::kNoTableView;
  absl::Status status_;
};

template <class V>
tenon::Column<void, V> Table<void>::Column(std::string_view column) const {
  constexpr bool kText = std::is_same_v<V, std::string_view>;
  static_assert(kText || std::is_same_v<V, bool> || std::is_same_v<V, int32_t> ||
                    std::is_same_v<V, int64_t> || std::is_same_v<V, float> || std::is_same_v<V, double>,
                "a Column is of bool, int32_t, int64_t, float, double or std::string_view");
  constexpr Type kType = std::is_same_v<V, bool>      ? Type::kBool
                         : std::is_same_v<V, int32_t> ? Type::kInt32
                         : std::is_same_v<V, int64_t> ? Type::kInt64
                         : std::is_same_v<V, float>   ? Type::kFloat
                         : std::is_same_v<V, double>  ? Type::kDouble
                                                      : Type::kString;
  const internal::ArrayView* cells = nullptr;
  const internal::ArrayView* valid = nullptr;
  absl::Status status = FindColumn(column, kType, kText, &cells, &valid);
  if (!status.ok()) return tenon::Column<void, V>(std::move(status));
  return tenon::Column<void, V>(view_, cells, valid);
}

}  // namespace tenon

#endif  // TENON_TABLE_H_
