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
#include "tenon/assignment.h"
#include "tenon/column.h"
#include "tenon/column_values.h"
#include "tenon/effects.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/reflection.h"
#include "tenon/internal/view.h"
#include "tenon/lookup.h"
#include "tenon/many_to_many.h"
#include "tenon/mutable_column.h"
#include "tenon/predicate.h"
#include "tenon/query.h"
#include "tenon/row.h"
#include "tenon/row_range.h"
#include "tenon/to_many.h"
#include "tenon/to_one.h"

namespace tenon {

class Database;
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
  tenon::Lookup<> Lookup(absl::Span<const std::string_view> columns) const;
  tenon::Lookup<> Lookup(std::initializer_list<std::string_view> columns) const {
    return Lookup(absl::Span<const std::string_view>(columns));
  }
  tenon::Lookup<> Lookup(std::string_view column) const { return Lookup({column}); }

  // The column's cells in place. V: bool, int32_t, int64_t, float, double, std::string_view; see Column::status().
  template <class V>
  tenon::Column<void, V> Column(std::string_view column) const;

  // The same to be written in place, for numbers and bools; see mutable_column.h.
  template <class V>
  tenon::MutableColumn<void, V> MutableColumn(std::string_view column) const;

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
  [[nodiscard]] absl::Status Update(Ref<> ref, absl::Span<const Assignment<>> assignments) const;
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

  // Two edges in a row: from this table to its pairs, and from a pair to the row at its other end.
  ManyToMany<> Through(const ToMany<>& pairs, const ToOne<>& other) const;

  // For the library.
  const internal::TableView* view() const { return view_; }

 protected:
  struct FoundColumn {
    uint32_t column;
    const internal::ArrayView* cells;
    const internal::ArrayView* valid;
    const internal::ColumnDoor* door;
  };
  // For Table<T>: rows as structs, members by their offsets. Requires: the view is bound to the struct.
  absl::StatusOr<Ref<>> InsertRow(const internal::GivenRow& row, absl::Span<const Link<>> links) const;
  absl::StatusOr<RefList<>> InsertStructs(const void* rows, size_t count) const;
  absl::Status GetStruct(Ref<> ref, void* row) const;
  absl::Status GetMember(Ref<> ref, uint32_t member, void* value) const;
  absl::Status SetMember(Ref<> ref, const internal::MemberCell& value) const;
  absl::Status UpdateMembers(Ref<> ref, absl::Span<const internal::MemberAssignment> assignments) const;
  absl::Status ReplaceStruct(Ref<> ref, const void* row) const;
  absl::StatusOr<Ref<>> UpsertRow(const internal::GivenRow& row) const;
  Ref<> FindMembers(absl::Span<const internal::MemberCell> key) const;
  tenon::Lookup<> LookupMembers(absl::Span<const uint32_t> members) const;
  absl::StatusOr<FoundColumn> FindMember(uint32_t member) const;
  template <class V>
  tenon::Column<void, V> ColumnFrom(const absl::StatusOr<FoundColumn>& found) const {
    if (!found.ok()) return tenon::Column<void, V>(found.status());
    return tenon::Column<void, V>(view_, found->cells, found->valid);
  }
  template <class V>
  tenon::MutableColumn<void, V> MutableColumnFrom(const absl::StatusOr<FoundColumn>& found) const {
    if (!found.ok()) return tenon::MutableColumn<void, V>(found.status());
    return tenon::MutableColumn<void, V>(view_, found->column, found->cells, found->door);
  }
  // The foreign key of an edge between two bound tables: members of the child, or the association's name.
  struct EdgeKey {
    absl::Span<const uint32_t> members = {};
    std::string_view association = {};
  };
  internal::BoundToOne BelongsToOf(const EdgeKey& key, const Table& target) const;
  internal::BoundToMany HasManyOf(const EdgeKey& key, const Table& child) const;
  internal::BoundToOne HasOneOf(const EdgeKey& key, const Table& child) const;

 private:
  static absl::StatusOr<const internal::EdgeView*> FindEdge(const Table& child, const EdgeKey& key,
                                                            const Table& target);
  absl::StatusOr<FoundColumn> FindColumn(std::string_view column, Type type, bool text) const;
  tenon::Lookup<> LookupColumns(absl::Span<const uint32_t> columns) const;
  Ref<> FindRow(absl::Span<const uint32_t> columns, absl::Span<const internal::Cell> cells) const;

  const internal::TableView* view_ = &internal::kNoTableView;
  absl::Status status_;
};

namespace internal {
template <class V>
inline constexpr bool kIsColumnType =
    std::is_same_v<V, std::string_view> || std::is_same_v<V, bool> || std::is_same_v<V, int32_t> ||
    std::is_same_v<V, int64_t> || std::is_same_v<V, float> || std::is_same_v<V, double>;
}  // namespace internal

template <class V>
tenon::Column<void, V> Table<void>::Column(std::string_view column) const {
  static_assert(internal::kIsColumnType<V>,
                "a Column is of bool, int32_t, int64_t, float, double or std::string_view");
  return ColumnFrom<V>(FindColumn(column, internal::ColumnType<V>(), std::is_same_v<V, std::string_view>));
}

template <class V>
tenon::MutableColumn<void, V> Table<void>::MutableColumn(std::string_view column) const {
  static_assert(internal::kIsColumnType<V>, "a MutableColumn is of bool, int32_t, int64_t, float or double");
  return MutableColumnFrom<V>(FindColumn(column, internal::ColumnType<V>(), false));
}

// The rows of a table as structs of T; members name the columns. All that is said of Table<> holds, errors included.
//
// It is bound to the table once, by Database::CreateTable<T> or GetTable<T>: then a member is a column, and no name is
// looked up again. A row goes in and out member by member, with nothing allocated but long strings.
template <class T>
class Table : public Table<> {
 public:
  Table() = default;

  // ---- Rows in ----

  // Adds a row; an auto-increment member left at 0 gets the next number. Links as in `{post.To(hello)}`.
  [[nodiscard]] absl::StatusOr<Ref<T>> Insert(const T& row) const {
    return absl::StatusOr<Ref<T>>(InsertRow({view(), &row}, {}));
  }
  [[nodiscard]] absl::StatusOr<Ref<T>> Insert(const T& row, absl::Span<const Link<T>> links) const {
    return absl::StatusOr<Ref<T>>(InsertRow({view(), &row}, {links.data(), links.size()}));
  }
  // Adds many as one statement.
  [[nodiscard]] absl::StatusOr<RefList<T>> InsertAll(absl::Span<const T> rows) const {
    return absl::StatusOr<RefList<T>>(InsertStructs(rows.data(), rows.size()));
  }
  [[nodiscard]] absl::StatusOr<RefList<T>> InsertAll(std::initializer_list<T> rows) const {
    return absl::StatusOr<RefList<T>>(InsertStructs(rows.begin(), rows.size()));
  }

  // ---- Rows out ----

  bool Contains(Ref<T> ref) const { return Table<>::Contains(ref); }
  using Iterator = internal::TypedIterator<RowRange::Iterator, T>;
  Iterator begin() const { return {Table<>::begin()}; }
  Iterator end() const { return {Table<>::end()}; }

  // A copy of the row; of one cell.
  absl::StatusOr<T> Get(Ref<T> ref) const {
    absl::StatusOr<T> row(absl::in_place);
    if (absl::Status s = GetStruct(ref, &*row); !s.ok()) row = std::move(s);
    return row;
  }
  template <class C, class V>
  absl::StatusOr<V> Get(Ref<T> ref, V C::*member) const {
    absl::StatusOr<V> value(absl::in_place);
    if (absl::Status s = GetMember(ref, internal::MemberOffset<T>(member), &*value); !s.ok())
      value = std::move(s);
    return value;
  }

  // The row that holds a key, or the first whose cells are these; null when there is none, and for nullopt.
  template <class C, class V, class A = internal::Arg<V>>
  Ref<T> Find(V C::*member, const A& value) const {
    const internal::MemberCell key{internal::MemberOffset<T>(member), internal::GivenCell<V>(value)};
    return Ref<T>(FindMembers({&key, 1}));
  }
  Ref<T> Find(std::initializer_list<Assignment<T>> key) const {
    std::vector<internal::MemberCell> cells(key.begin(), key.end());
    return Ref<T>(FindMembers(cells));
  }
  // The primary or unique key over these members, in this order: for loops that find many rows.
  template <class... V>
  tenon::Lookup<T, V...> Lookup(V T::*... members) const {
    static_assert(sizeof...(V) > 0, "Lookup: name the members of the key");
    const uint32_t offsets[] = {internal::OffsetOf(members)...};
    return tenon::Lookup<T, V...>(LookupMembers(offsets));
  }

  // The column's cells in place; see Column::status(). Of an enum they are integers, of a string views.
  template <class C, class V>
  tenon::Column<T, V> Column(V C::*member) const {
    return {ColumnFrom<V>(FindMember(internal::MemberOffset<T>(member)))};
  }
  // The same to be written in place, for numbers and bools; see mutable_column.h.
  template <class C, class V>
  tenon::MutableColumn<T, V> MutableColumn(V C::*member) const {
    return {MutableColumnFrom<V>(FindMember(internal::MemberOffset<T>(member)))};
  }

  Query<T> Where(const Predicate<T>& condition) const {
    return Query<T>(Table<>::Where(condition.untyped()));
  }
  Query<T> All() const { return Query<T>(Table<>::All()); }

  // ---- Rows changed ----

  // One cell; several as one statement, computed from the row where that is said: {&T::n, Col(&T::n) + 1}.
  template <class C, class V, class A = internal::Arg<V>>
  [[nodiscard]] absl::Status Set(Ref<T> ref, V C::*member, const A& value) const {
    return SetMember(ref, {internal::MemberOffset<T>(member), internal::GivenCell<V>(value)});
  }
  [[nodiscard]] absl::Status Update(Ref<T> ref, absl::Span<const Assignment<T>> assignments) const {
    return UpdateMembers(ref, {assignments.data(), assignments.size()});
  }
  // The whole row; an auto-increment member that is 0 keeps its number.
  [[nodiscard]] absl::Status Replace(Ref<T> ref, const T& row) const { return ReplaceStruct(ref, &row); }
  // Writes the row over the one with its primary key, or adds it (also if the key is to be numbered and is 0).
  [[nodiscard]] absl::StatusOr<Ref<T>> Upsert(const T& row) const {
    return absl::StatusOr<Ref<T>>(UpsertRow({view(), &row}));
  }
  [[nodiscard]] absl::Status Erase(Ref<T> ref) const { return Table<>::Erase(ref); }
  [[nodiscard]] absl::Status EraseAll(absl::Span<const Ref<T>> refs) const {
    return Table<>::EraseAll(internal::Untyped(refs));
  }
  [[nodiscard]] absl::StatusOr<ErasePlan> PlanErase(Ref<T> ref) const { return Table<>::PlanErase(ref); }

  // ---- Edges: by the members of the foreign key, or by the association's name where that would be ambiguous ----

  // To the target: `comments.BelongsTo(posts, &Comment::post_id)`.
  template <class B, class... V>
  ToOne<T, B> BelongsTo(const Table<B>& target, V T::*... foreign_key) const {
    static_assert(sizeof...(V) > 0, "BelongsTo: name the members of the foreign key, or the association");
    const uint32_t members[] = {internal::OffsetOf(foreign_key)...};
    return ToOne<T, B>(BelongsToOf({members}, target));
  }
  template <class B>
  ToOne<T, B> BelongsTo(const Table<B>& target, std::string_view association) const {
    return ToOne<T, B>(BelongsToOf({{}, association}, target));
  }
  // To the children: `posts.HasMany(comments, &Comment::post_id)`.
  template <class B, class... V>
  ToMany<T, B> HasMany(const Table<B>& child, V B::*... foreign_key) const {
    static_assert(sizeof...(V) > 0,
                  "HasMany: name the members of the child's foreign key, or its association");
    const uint32_t members[] = {internal::OffsetOf(foreign_key)...};
    return ToMany<T, B>(HasManyOf({members}, child));
  }
  template <class B>
  ToMany<T, B> HasMany(const Table<B>& child, std::string_view association) const {
    return ToMany<T, B>(HasManyOf({{}, association}, child));
  }
  // To the only child, of an edge declared with HasOne.
  template <class B, class... V>
  ToOne<T, B> HasOne(const Table<B>& child, V B::*... foreign_key) const {
    static_assert(sizeof...(V) > 0,
                  "HasOne: name the members of the child's foreign key, or its association");
    const uint32_t members[] = {internal::OffsetOf(foreign_key)...};
    return ToOne<T, B>(HasOneOf({members}, child));
  }
  template <class B>
  ToOne<T, B> HasOne(const Table<B>& child, std::string_view association) const {
    return ToOne<T, B>(HasOneOf({{}, association}, child));
  }
  // Through pairs: `posts.Through(posts.HasMany(post_tags, &PostTag::post_id), post_tags.BelongsTo(tags, &PostTag::tag_id))`.
  template <class L, class B>
  ManyToMany<T, B> Through(const ToMany<T, L>& pairs, const ToOne<L, B>& other) const {
    return ManyToMany<T, B>(Table<>::Through(pairs, other), other.b());
  }

 private:
  friend class Database;
  explicit Table(Table<> bound) : Table<>(std::move(bound)) {}
};

}  // namespace tenon

#endif  // TENON_TABLE_H_
