// Conditions and computed values over the columns of one row, and over the rows it is related to, as data.
//
//   Col("score") >= 3 && !Col("title").IsNull()                  a Predicate
//   Col(&Comment::score) >= 3 && post.Is(Col(&Post::id) == 7)    a Predicate<Comment>
//   Col("score") * 2 + 1                                         an Expression
//
// A condition compares a column with a constant; columns are not compared with each other, and == nullptr is never true:
// ask IsNull(). Conditions over related rows come from ToOne::Is and ToMany::Any.
// NULL as in SQL: a comparison with NULL is neither true nor false, `!` keeps that, and only what is true matches.
// Integers of both widths compare with each other, a float with a double; nothing else is compared across types.
// Strings and bytes compare byte by byte. NaN is equal to itself and greater than every number, so that order is total.
#ifndef TENON_PREDICATE_H_
#define TENON_PREDICATE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/internal/member.h"
#include "tenon/internal/reflection.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

// A value computed from a row's old cells: a column, a constant, or sums, differences and products of these.
// NULL in, NULL out. Integers are computed in 64 bits and leave neither that nor the column's type (`range`).
class Expression {
 public:
  enum class Op : uint8_t { kColumn, kConstant, kAdd, kSubtract, kMultiply };
  // The expression in postfix order: operands before their operator.
  struct Node {
    Op op;
    std::string column;
    Value constant;
  };
  template <class V>
  requires std::constructible_from<Value, V> Expression(V&& v)
      : nodes_{{Op::kConstant, {}, Value(std::forward<V>(v))}} {}  // NOLINT: a constant is an expression
  explicit Expression(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

  const std::vector<Node>& nodes() const { return nodes_; }

  friend Expression operator+(Expression a, const Expression& b) { return Join(std::move(a), b, Op::kAdd); }
  friend Expression operator-(Expression a, const Expression& b) {
    return Join(std::move(a), b, Op::kSubtract);
  }
  friend Expression operator*(Expression a, const Expression& b) {
    return Join(std::move(a), b, Op::kMultiply);
  }

 private:
  static Expression Join(Expression a, const Expression& b, Op op);
  std::vector<Node> nodes_;
};

// A condition on a row of T. A default-constructed one is always true.
template <class T = void>
class Predicate;

template <>
class Predicate<void> {
 public:
  // kTrue takes no operand: it stands for a default-constructed condition under an operator.
  enum class Op : uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kIsNull,
    kTrue,
    kRelated,  // some row at the other end of `edge` meets `related`, or is `row`
    kAnd,
    kOr,
    kNot
  };
  struct Node {
    Op op;
    std::string column = {};
    Value constant = {};
    const internal::EdgeView* edge = nullptr;
    bool inverse = false;  // from target to children
    bool by_row = false;
    Ref<> row = {};
    std::vector<Node> related = {};
  };
  Predicate() = default;
  explicit Predicate(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}
  // For the library: some row at the other end of an edge meets `related`; is `row`.
  Predicate(const internal::EdgeView* edge, bool inverse, Predicate related);
  Predicate(const internal::EdgeView* edge, bool inverse, Ref<> row);

  // The condition in postfix order; empty: always true.
  const std::vector<Node>& nodes() const { return nodes_; }

  friend Predicate operator&&(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kAnd); }
  friend Predicate operator||(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kOr); }
  friend Predicate operator!(Predicate a);

 private:
  static Predicate Join(Predicate a, const Predicate& b, Op op);
  std::vector<Node> nodes_;
};

template <class T>
class Predicate {
 public:
  Predicate() = default;
  explicit Predicate(Predicate<> untyped) : untyped_(std::move(untyped)) {}
  const Predicate<>& untyped() const { return untyped_; }

  friend Predicate operator&&(Predicate a, const Predicate& b) {
    return Predicate(std::move(a.untyped_) && b.untyped_);
  }
  friend Predicate operator||(Predicate a, const Predicate& b) {
    return Predicate(std::move(a.untyped_) || b.untyped_);
  }
  friend Predicate operator!(Predicate a) { return Predicate(!std::move(a.untyped_)); }

 private:
  Predicate<> untyped_;
};

// A column, to be compared or computed with: Col("score"), Col(&Comment::score).
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
// What a column of type V computes in.
template <class V>
using Number = std::conditional_t<std::floating_point<Plain<V>>, double, int64_t>;
}  // namespace internal

// A value computed from a row of T, in N (int64_t or double).
template <class T, class N>
class Computed {
 public:
  explicit Computed(Expression untyped) : untyped_(std::move(untyped)) {}
  Computed(N constant) : untyped_(constant) {}  // NOLINT: a constant can be computed with
  const Expression& untyped() const { return untyped_; }

  friend Computed operator+(const Computed& a, const Computed& b) {
    return Computed(a.untyped_ + b.untyped_);
  }
  friend Computed operator-(const Computed& a, const Computed& b) {
    return Computed(a.untyped_ - b.untyped_);
  }
  friend Computed operator*(const Computed& a, const Computed& b) {
    return Computed(a.untyped_ * b.untyped_);
  }

 private:
  Expression untyped_;
};

template <class T, class V>
class Col {
 public:
  static_assert(internal::Storable<V>, "Col: no column has this type");
  explicit Col(V T::*member)
      : untyped_(internal::MemberName(internal::InfoOf<T>(), internal::OffsetOf(member))) {}

  Predicate<T> IsNull() const { return Predicate<T>(untyped_.IsNull()); }
  // What this column is compared with a constant by `op`.
  template <class A>
  Predicate<T> Compare(Predicate<>::Op op, const A& v) const {
    using P = internal::Plain<V>;
    static_assert(internal::IsComparedWith<A, P>,
                  "a column is compared with a constant of its kind (numbers with numbers, text with text)");
    if constexpr (internal::IsComparedWith<A, P>) {
      return Predicate<T>(untyped_.Compare(op, internal::ConstantFor<P>(v)));
    } else {
      return {};
    }
  }
  operator Computed<T, internal::Number<V>>() const {  // NOLINT: a column can be computed with
    return Computed<T, internal::Number<V>>(Expression(untyped_));
  }

 private:
  Col<> untyped_;
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
// A comparison with nullopt is never true: ask IsNull().
template <class T, class V>
requires(!std::is_void_v<T>) Predicate<T>
operator==(const Col<T, V>&, std::nullopt_t) = delete;
template <class T, class V>
requires(!std::is_void_v<T>) Predicate<T>
operator!=(const Col<T, V>&, std::nullopt_t) = delete;

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

// A column with what to write into it: {"score", 3}, {"score", Col("score") + 1}; {&T::score, 3}, {&T::score, Col(&T::score) + 1}.
template <class T = void>
struct Assignment;

template <>
struct Assignment<void> {
  std::string_view column;
  Expression value;
};

namespace internal {
// A member with a value, or with nodes to compute it by.
struct MemberAssignment : MemberCell {
  std::vector<Expression::Node> nodes = {};
};
// Whether a value of type A can be given for a member of type V, and loses nothing but digits behind the point.
template <class A, class V>
constexpr bool GoesInto() {
  using P = Plain<V>;
  if constexpr (std::is_arithmetic_v<A> && std::floating_point<P>) {
    return !std::same_as<A, bool>;
  } else if constexpr (std::integral<A> && std::integral<P>) {
    if constexpr (std::same_as<A, bool> || std::same_as<P, bool>) return std::same_as<A, P>;
    return std::signed_integral<A> ? sizeof(A) <= sizeof(P) : sizeof(A) < sizeof(P);
  } else if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<P>) {
    return false;
  } else {
    return std::convertible_to<A, Arg<V>>;
  }
}
}  // namespace internal

// Text is looked at, not copied: an Assignment is made in the call that reads it.
template <class T>
struct Assignment : internal::MemberAssignment {
  template <class C, class V, class A>
  Assignment(V C::*member, const A& value) : MemberAssignment{{internal::MemberOffset<T>(member), {}}, {}} {
    static_assert(internal::GoesInto<A, V>(), "the value doesn't convert to the type of the column");
    if constexpr (internal::GoesInto<A, V>()) {
      if constexpr (std::is_arithmetic_v<A>) {
        cell = internal::ToCell(static_cast<internal::Plain<V>>(value));
      } else {
        cell = internal::ToCell<internal::Arg<V>>(value);
      }
    }
  }
  template <class C, class V, class N>
  Assignment(V C::*member, const Computed<T, N>& value)
      : MemberAssignment{{internal::MemberOffset<T>(member), {}}, value.untyped().nodes()} {
    static_assert(std::is_same_v<N, internal::Number<V>>,
                  "integers are computed for integer columns, floating-point numbers for theirs");
  }
  template <class C, class V, class W>
  Assignment(V C::*member, const Col<T, W>& value)
      : Assignment(member, static_cast<Computed<T, internal::Number<W>>>(value)) {}
};

}  // namespace tenon

#endif  // TENON_PREDICATE_H_
