// Col: a column, to be compared or computed with, by name or by member: Col("score") >= 3, Col(&Comment::score) + 1.
#ifndef TENON_COL_H_
#define TENON_COL_H_

#include <concepts>
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

// The column `V T::*member`; Col<>: by name.
template <class T = void, class V = void>
class Col;
Col(const char*)->Col<>;
Col(std::string)->Col<>;
Col(std::string_view)->Col<>;
template <class T, class V>
Col(V T::*) -> Col<T, V>;

template <>
class Col<void, void> {
 public:
  explicit Col(std::string_view name) : name_(name) {}

  Predicate<> IsNull() const { return Compare(Predicate<>::Op::kIsNull, {}); }
  // What this column is compared with a value by `op`.
  Predicate<> Compare(Predicate<>::Op op, Value v) const { return Predicate<>({{op, name_, std::move(v)}}); }
  friend Predicate<> operator==(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kEqual, std::move(v));
  }
  friend Predicate<> operator!=(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kNotEqual, std::move(v));
  }
  friend Predicate<> operator<(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kLess, std::move(v));
  }
  friend Predicate<> operator<=(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kLessEqual, std::move(v));
  }
  friend Predicate<> operator>(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kGreater, std::move(v));
  }
  friend Predicate<> operator>=(const Col& c, Value v) {
    return c.Compare(Predicate<>::Op::kGreaterEqual, std::move(v));
  }
  operator Expression() const { return Expression({{Expression::Op::kColumn, name_, {}}}); }  // NOLINT

  friend Expression operator+(const Col& a, const Expression& b) { return Expression(a) + b; }
  friend Expression operator-(const Col& a, const Expression& b) { return Expression(a) - b; }
  friend Expression operator*(const Col& a, const Expression& b) { return Expression(a) * b; }
  friend Expression operator+(const Expression& a, const Col& b) { return a + Expression(b); }
  friend Expression operator-(const Expression& a, const Col& b) { return a - Expression(b); }
  friend Expression operator*(const Expression& a, const Col& b) { return a * Expression(b); }
  friend Expression operator+(const Col& a, const Col& b) { return Expression(a) + Expression(b); }
  friend Expression operator-(const Col& a, const Col& b) { return Expression(a) - Expression(b); }
  friend Expression operator*(const Col& a, const Col& b) { return Expression(a) * Expression(b); }

 private:
  std::string name_;
};

namespace internal {
// Whether a constant of type A says something about a column of P, which is no optional.
template <class A, class P>
inline constexpr bool IsComparedWith = std::floating_point<P>                       ? std::is_arithmetic_v<A>
                                       : std::integral<P> && !std::same_as<P, bool> ? StorableInteger<A>
                                       : StorableNumber<P>                          ? std::same_as<A, P>
                                                           : std::convertible_to<A, std::string_view>;
// It as a Value of the column's kind.
template <class P, class A>
Value ConstantFor(const A& v) {
  if constexpr (std::floating_point<P>) {
    return Value(static_cast<double>(v));
  } else if constexpr (std::is_enum_v<P>) {
    return Value(static_cast<int64_t>(v));
  } else if constexpr (StorableNumber<P>) {
    return Value(v);
  } else {
    return Value(std::string_view(v));
  }
}
// A column of P compared with a constant.
template <class P, class A>
Predicate<> CompareColumn(std::string_view name, Predicate<>::Op op, const A& v) {
  constexpr bool kNull = std::is_same_v<A, std::nullopt_t> || std::is_null_pointer_v<A>;
  static_assert(!kNull, "a comparison with null is never true; ask IsNull()");
  static_assert(kNull || IsComparedWith<A, P>,
                "a column is compared with a constant of its kind (numbers with numbers, text with text)");
  if constexpr (IsComparedWith<A, P>) {
    return Col<>(name).Compare(op, ConstantFor<P>(v));
  } else {
    return {};
  }
}
}  // namespace internal

template <class T, class V>
class Col {
 public:
  static_assert(internal::kStorable<V>, "Col: no column has this type");
  explicit Col(V T::*member)
      : name_(internal::MemberName(internal::InfoOf<T>(), internal::OffsetOf(member))) {}

  Predicate<T> IsNull() const { return Predicate<T>(Col<>(name_).IsNull()); }
  // What this column is compared with a constant by `op`.
  template <class A>
  Predicate<T> Compare(Predicate<>::Op op, const A& v) const {
    return Predicate<T>(internal::CompareColumn<internal::Plain<V>>(name_, op, v));
  }
  operator Computed<T, internal::Number<V>>() const {  // NOLINT: a column can be computed with
    return Computed<T, internal::Number<V>>(Expression(Col<>(name_)));
  }

 private:
  std::string_view name_;
};

template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator==(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kEqual, v); }
template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator!=(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kNotEqual, v); }
template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator<(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kLess, v); }
template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator<=(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kLessEqual, v); }
template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator>(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kGreater, v); }
template <class T, class V, class A>
requires(!std::is_void_v<T>) Predicate<T>
operator>=(const Col<T, V>& c, const A& v) { return c.Compare(Predicate<>::Op::kGreaterEqual, v); }
namespace internal {
// What a column is computed with: a constant, another column, a computed value of its kind.
template <class T, class V>
using Operand = std::type_identity_t<Computed<T, Number<V>>>;
}  // namespace internal

template <class T, class V>
requires(!std::is_void_v<T>) auto operator+(const Col<T, V>& a, const internal::Operand<T, V>& b) {
  return internal::Operand<T, V>(a) + b;
}
template <class T, class V>
requires(!std::is_void_v<T>) auto operator+(const internal::Operand<T, V>& a, const Col<T, V>& b) {
  return a + internal::Operand<T, V>(b);
}
template <class T, class V, class W>
requires(!std::is_void_v<T>) auto operator+(const Col<T, V>& a, const Col<T, W>& b) {
  return internal::Operand<T, V>(a) + internal::Operand<T, V>(b);
}
template <class T, class V>
requires(!std::is_void_v<T>) auto operator-(const Col<T, V>& a, const internal::Operand<T, V>& b) {
  return internal::Operand<T, V>(a) - b;
}
template <class T, class V>
requires(!std::is_void_v<T>) auto operator-(const internal::Operand<T, V>& a, const Col<T, V>& b) {
  return a - internal::Operand<T, V>(b);
}
template <class T, class V, class W>
requires(!std::is_void_v<T>) auto operator-(const Col<T, V>& a, const Col<T, W>& b) {
  return internal::Operand<T, V>(a) - internal::Operand<T, V>(b);
}
template <class T, class V>
requires(!std::is_void_v<T>) auto operator*(const Col<T, V>& a, const internal::Operand<T, V>& b) {
  return internal::Operand<T, V>(a) * b;
}
template <class T, class V>
requires(!std::is_void_v<T>) auto operator*(const internal::Operand<T, V>& a, const Col<T, V>& b) {
  return a * internal::Operand<T, V>(b);
}
template <class T, class V, class W>
requires(!std::is_void_v<T>) auto operator*(const Col<T, V>& a, const Col<T, W>& b) {
  return internal::Operand<T, V>(a) * internal::Operand<T, V>(b);
}

}  // namespace tenon

#endif  // TENON_COL_H_
