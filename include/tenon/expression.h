// Values computed from the old cells of one row, as data: Col("score") * 2 + 1 (col.h).
#ifndef TENON_EXPRESSION_H_
#define TENON_EXPRESSION_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/internal/member.h"
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

namespace internal {
// What a column of type V computes in.
template <class V>
using Number = std::conditional_t<std::floating_point<Plain<V>>, double, int64_t>;
}  // namespace internal

// A value computed from a row of T, in N (int64_t or double).
template <class T, class N>
class Computed {
 public:
  explicit Computed(Expression untyped) : untyped_(std::move(untyped)) {}
  template <class A>
  requires std::is_arithmetic_v<A> Computed(A constant)  // NOLINT: a constant can be computed with
      : untyped_(static_cast<N>(constant)) {
    static_assert(
        internal::GoesInto<A, N>(),
        "integers are computed with integers of up to 64 bits, floating-point numbers with numbers");
  }
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

}  // namespace tenon

// Compiled once, in the library.
extern template class std::vector<tenon::Expression::Node>;

#endif  // TENON_EXPRESSION_H_
