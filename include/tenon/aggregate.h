// Aggregates: what is made of one column over many rows, as a value: Sum(&Comment::score), Average("price").
//
//   comments.Where(...).Get(Sum(&Comment::score))                                  StatusOr<std::optional<int64_t>>
//   comments.All().GroupBy(post).Having(Count() >= 3).Get(Max(&Comment::score))    by post (groups.h)
//
// As in SQL: nulls are passed over, and what is made of no value is null. A sum of integers is an int64_t; one beyond that
// is an error, kOutOfRange. Floating-point numbers are added up as doubles, in the order of the query. Min and Max go by the order of
// OrderBy, text too.
#ifndef TENON_AGGREGATE_H_
#define TENON_AGGREGATE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tenon/expression.h"
#include "tenon/internal/member.h"
#include "tenon/internal/reflection.h"
#include "tenon/predicate.h"
#include "tenon/row.h"

namespace tenon {

// Of rows of T, giving an R; Aggregate<>: by name, giving a Value.
template <class T = void, class R = Value>
class Aggregate;

template <>
class Aggregate<void, Value> {
 public:
  enum class Op : uint8_t { kCount, kSum, kMin, kMax, kAverage };
  explicit Aggregate(Op op, std::string_view column = {}) : op_(op), column_(column) {}
  Op op() const { return op_; }
  const std::string& column() const { return column_; }  // of a count: empty

 private:
  Op op_;
  std::string column_;
};

template <class T, class R>
class Aggregate : public Aggregate<> {
 public:
  explicit Aggregate(Aggregate<> untyped) : Aggregate<>(std::move(untyped)) {}
};

// The number of rows of a group.
inline Aggregate<void, size_t> Count() {
  return Aggregate<void, size_t>(Aggregate<>(Aggregate<>::Op::kCount));
}
inline Aggregate<> Sum(std::string_view column) { return Aggregate<>(Aggregate<>::Op::kSum, column); }
inline Aggregate<> Min(std::string_view column) { return Aggregate<>(Aggregate<>::Op::kMin, column); }
inline Aggregate<> Max(std::string_view column) { return Aggregate<>(Aggregate<>::Op::kMax, column); }
inline Aggregate<> Average(std::string_view column) { return Aggregate<>(Aggregate<>::Op::kAverage, column); }

namespace internal {
template <class T, class V>
Aggregate<> AggregateOf(Aggregate<>::Op op, V T::*member) {
  return Aggregate<>(op, MemberName(InfoOf<T>(), OffsetOf(member)));
}
template <class V>
inline constexpr bool kCanBeAdded = std::is_arithmetic_v<Plain<V>> && !std::is_same_v<Plain<V>, bool>;
}  // namespace internal

template <class T, class V>
auto Sum(V T::*member) {
  static_assert(internal::kCanBeAdded<V>, "Sum: only numbers are added up");
  return Aggregate<T, std::optional<internal::Number<V>>>(
      internal::AggregateOf(Aggregate<>::Op::kSum, member));
}
template <class T, class V>
auto Average(V T::*member) {
  static_assert(internal::kCanBeAdded<V>, "Average: only numbers are added up");
  return Aggregate<T, std::optional<double>>(internal::AggregateOf(Aggregate<>::Op::kAverage, member));
}
template <class T, class V>
auto Min(V T::*member) {
  return Aggregate<T, std::optional<internal::Plain<V>>>(
      internal::AggregateOf(Aggregate<>::Op::kMin, member));
}
template <class T, class V>
auto Max(V T::*member) {
  return Aggregate<T, std::optional<internal::Plain<V>>>(
      internal::AggregateOf(Aggregate<>::Op::kMax, member));
}

// An aggregate compared with a constant: which groups are wanted.
template <class T = void>
struct GroupCondition {
  Aggregate<> aggregate;
  Predicate<>::Op compare;
  Value constant;
};

template <class T, class R>
GroupCondition<T> operator==(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kEqual, std::move(v)};
}
template <class T, class R>
GroupCondition<T> operator!=(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kNotEqual, std::move(v)};
}
template <class T, class R>
GroupCondition<T> operator<(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kLess, std::move(v)};
}
template <class T, class R>
GroupCondition<T> operator<=(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kLessEqual, std::move(v)};
}
template <class T, class R>
GroupCondition<T> operator>(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kGreater, std::move(v)};
}
template <class T, class R>
GroupCondition<T> operator>=(const Aggregate<T, R>& a, Value v) {
  return {a, Predicate<>::Op::kGreaterEqual, std::move(v)};
}

}  // namespace tenon

#endif  // TENON_AGGREGATE_H_
