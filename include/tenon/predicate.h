// Conditions and computed values over the columns of one row, as data.
//
//   Col("score") >= 3 && !Col("title").IsNull()        a Predicate
//   Col("score") * 2 + 1                                an Expression
//
// A condition compares a column with a constant; columns are not compared with each other, and == nullptr is never true:
// ask IsNull().
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
    kAnd,
    kOr,
    kNot
  };
  struct Node {
    Op op;
    std::string column;
    Value constant;
  };
  Predicate() = default;
  explicit Predicate(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

  // The condition in postfix order; empty: always true.
  const std::vector<Node>& nodes() const { return nodes_; }

  friend Predicate operator&&(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kAnd); }
  friend Predicate operator||(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kOr); }
  friend Predicate operator!(Predicate a);

 private:
  static Predicate Join(Predicate a, const Predicate& b, Op op);
  std::vector<Node> nodes_;
};

// A column by name, to be compared or computed with.
class Col {
 public:
  explicit Col(std::string_view name) : name_(name) {}

  Predicate<> IsNull() const { return Compare(Predicate<>::Op::kIsNull, {}); }
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
  Predicate<> Compare(Predicate<>::Op op, Value v) const { return Predicate<>({{op, name_, std::move(v)}}); }
  std::string name_;
};

// A column's name with what to write into it: `{"score", 3}`, `{"score", Col("score") + 1}`.
struct Assignment {
  std::string_view column;
  Expression value;
};

}  // namespace tenon

#endif  // TENON_PREDICATE_H_
