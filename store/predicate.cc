// Conditions and computed values, put together in postfix order.
#include "tenon/predicate.h"

#include "tenon/expression.h"

#include <utility>

namespace tenon {

Expression Expression::Join(Expression a, const Expression& b, Op op) {
  a.nodes_.insert(a.nodes_.end(), b.nodes_.begin(), b.nodes_.end());
  a.nodes_.push_back({op, {}, {}});
  return a;
}

Predicate<void>::Predicate(const internal::EdgeView* edge, bool inverse, Predicate related) {
  nodes_.push_back(
      {.op = Op::kRelated, .edge = edge, .inverse = inverse, .related = std::move(related.nodes_)});
}

Predicate<void>::Predicate(const internal::EdgeView* edge, bool inverse, Ref<> row) {
  nodes_.push_back({.op = Op::kRelated, .edge = edge, .inverse = inverse, .by_row = true, .row = row});
}

Predicate<> Predicate<>::Counted(Op compare, int64_t count) const {
  Predicate counted = *this;
  counted.nodes_[0].compare = compare;
  counted.nodes_[0].count = count;
  return counted;
}

// An empty operand is always true, so it drops out of an "and" and decides an "or".
Predicate<> Predicate<>::Join(Predicate a, const Predicate& b, Op op) {
  if (a.nodes_.empty()) return op == Op::kAnd ? b : a;
  if (b.nodes_.empty()) return op == Op::kAnd ? a : b;
  a.nodes_.insert(a.nodes_.end(), b.nodes_.begin(), b.nodes_.end());
  a.nodes_.push_back({op, {}, {}});
  return a;
}

Predicate<> operator!(Predicate<> a) {
  using Op = Predicate<>::Op;
  if (a.nodes_.empty()) a.nodes_.push_back({Op::kTrue, {}, {}});
  a.nodes_.push_back({Op::kNot, {}, {}});
  return a;
}

}  // namespace tenon

template class std::vector<tenon::Expression::Node>;
template class std::vector<tenon::Predicate<>::Node>;
