// Rows of one table that meet a condition: a value, nothing runs before a terminal call.
#ifndef TENON_QUERY_H_
#define TENON_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/assignment.h"
#include "tenon/internal/reflection.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon {

template <class T, class R>
class Aggregate;
template <class T, class K>
class Groups;
namespace internal {
struct GroupCell;
struct Grouping;
class Selection;
}  // namespace internal

// Where and All of a Table begin one; OrderBy and Limit give another one, terminal calls run it.
//
// Results come in slot order, or in the order asked for, and among equals in slot order. Nulls come before all values, NaN
// after all numbers; descending is the reverse. Results are empty, null or 0 where status() is not OK.
// Cost      a look at each candidate, and with OrderBy a sort of the matches. Candidates are the row with a key that the
//           condition names (==, joined by &&), the rows on an edge of a given row (Is(ref)), those on an edge of the rows
//           that meet a condition (Is, Any) if these are few, else all rows of the table. Explain() tells.
template <class T = void>
class Query;

template <>
class Query<void> {
 public:
  Query(const internal::TableView* table, absl::Status status, Predicate<> where)
      : table_(table), status_(std::move(status)), where_(std::move(where)) {}

  // Orders by a column; called again, by another one among equals. By a column of the row that `edge` leads to: where
  // there is none, it is null.
  Query OrderBy(std::string_view column, Order order = Order::kAscending) const;
  Query OrderBy(const ToOne<>& edge, std::string_view column, Order order = Order::kAscending) const;
  // At most `rows` matches, after the first `offset`. Counts for every terminal call.
  Query Limit(size_t rows, size_t offset = 0) const;

  // OK, or why nothing matches: a bad table handle, an unknown column, a comparison across types.
  absl::Status status() const;

  RefList<> Refs() const;
  // The rows themselves, each in column order.
  std::vector<std::vector<Value>> Rows() const;
  // The first match; null when there is none.
  Ref<> First() const;
  size_t Count() const;
  // An aggregate of all matches (aggregate.h): Get(Sum("score")). Null where there is no value.
  //   kNotFound         a bad handle
  //   kInvalidArgument  no such column, or an aggregate that its type does not have
  //   kOutOfRange       a sum of integers that leaves 64 bits
  absl::StatusOr<Value> Get(const Aggregate<void, Value>& aggregate) const;
  // The matches in groups (groups.h): by the row that one edge after the other leads to, by a column.
  Groups<void, Ref<>> GroupBy(std::vector<ToOne<>> edges) const;
  Groups<void, Value> GroupBy(std::string_view column) const;
  // Runs Refs(), and tells how: a line for each table whose rows were looked at, with the way to them and their number.
  // For people: the words may change.
  std::string Explain() const;

  // Erases every match as one statement, actions included; the number of matches. Errors as Table::Erase.
  [[nodiscard]] absl::StatusOr<size_t> Erase() const;
  // Updates every match as one statement; the number of matches. Values are computed from each row's old cells.
  // Errors as Table::Update.
  [[nodiscard]] absl::StatusOr<size_t> Update(absl::Span<const Assignment<>> assignments) const;

  // For the library.
  absl::StatusOr<internal::Selection> Bind(std::string_view verb, bool write) const;

 protected:
  absl::StatusOr<internal::GroupCell> MakeOne(const Aggregate<void, Value>& aggregate) const;
  absl::StatusOr<size_t> UpdateMembers(absl::Span<const internal::MemberAssignment> assignments) const;
  // Writes these rows into as many structs.
  void ReadRows(const RefList<>& refs, void* rows) const;

 private:
  struct Sort {
    const internal::EdgeView* edge;  // null: a column of the row itself
    bool inverse;
    std::string column;
    Order order;
  };
  template <class Write>
  absl::StatusOr<size_t> UpdateEach(internal::Selection& rows, Write write) const;

  const internal::TableView* table_;
  absl::Status status_;
  Predicate<> where_;
  std::vector<Sort> sorts_;
  size_t offset_ = 0;
  size_t limit_ = std::numeric_limits<size_t>::max();
};

template <class T>
class Query : private Query<> {
 public:
  explicit Query(Query<> untyped) : Query<>(std::move(untyped)) {}
  const Query<>& untyped() const { return *this; }

  // Each as in Query<>.
  template <class V>
  Query OrderBy(V T::*member, Order order = Order::kAscending) const {
    return Query(
        Query<>::OrderBy(internal::MemberName(internal::InfoOf<T>(), internal::OffsetOf(member)), order));
  }
  template <class B, class V>
  Query OrderBy(const ToOne<T, B>& edge, V B::*member, Order order = Order::kAscending) const {
    return Query(Query<>::OrderBy(
        edge, internal::MemberName(internal::InfoOf<B>(), internal::OffsetOf(member)), order));
  }
  Query Limit(size_t rows, size_t offset = 0) const { return Query(Query<>::Limit(rows, offset)); }
  using Query<>::Count;
  using Query<>::Erase;
  using Query<>::Explain;
  using Query<>::status;
  RefList<T> Refs() const { return RefList<T>(Query<>::Refs()); }
  std::vector<T> Rows() const {
    const RefList<> refs = Query<>::Refs();
    std::vector<T> rows(refs.size());
    ReadRows(refs, rows.data());
    return rows;
  }
  Ref<T> First() const { return Ref<T>(Query<>::First()); }
  // Get(Sum(&Comment::score)); GroupBy(post, author_of_post); GroupBy(&Comment::score).
  template <class R>
  absl::StatusOr<R> Get(const Aggregate<T, R>& aggregate) const;
  template <class B>
  Groups<T, Ref<B>> GroupBy(const ToOne<T, B>& edge) const;
  template <class B, class C>
  Groups<T, Ref<C>> GroupBy(const ToOne<T, B>& first, const ToOne<B, C>& second) const;
  template <class B, class C, class D>
  Groups<T, Ref<D>> GroupBy(const ToOne<T, B>& first, const ToOne<B, C>& second,
                            const ToOne<C, D>& third) const;
  template <class V>
  Groups<T, V> GroupBy(V T::*member) const;
  [[nodiscard]] absl::StatusOr<size_t> Update(absl::Span<const Assignment<T>> assignments) const {
    return UpdateMembers({assignments.data(), assignments.size()});
  }
};

}  // namespace tenon

#endif  // TENON_QUERY_H_
