// Conditions over the columns of one row, and over the rows it is related to, as data.
//
//   Col("score") >= 3 && !Col("title").IsNull()                  a Predicate
//   Col(&Comment::score) >= 3 && post.Is(Col(&Post::id) == 7)    a Predicate<Comment>
//
// A condition compares a column with a constant (col.h); columns are not compared with each other, and == nullptr is never
// true: ask IsNull(). Conditions over related rows come from ToOne::Is and ToMany::Any.
// NULL as in SQL: a comparison with NULL is neither true nor false, `!` keeps that, and only what is true matches.
// Integers of both widths compare with each other, a float with a double; nothing else is compared across types.
// Strings and bytes compare byte by byte. NaN is equal to itself and greater than every number, so that order is total.
#ifndef TENON_PREDICATE_H_
#define TENON_PREDICATE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

enum class Order : uint8_t { kAscending, kDescending };

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
    kRelated,  // of the rows at the other end of `edge`, so many meet `related`, or are `row`
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
    Op compare = Op::kGreaterEqual;  // how many: at least one
    int64_t count = 1;
  };
  Predicate() = default;
  explicit Predicate(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}
  // For the library: some row at the other end of an edge meets `related`; is `row`.
  Predicate(const internal::EdgeView* edge, bool inverse, Predicate related);
  Predicate(const internal::EdgeView* edge, bool inverse, Ref<> row);

  // For the library: the relation this is, with so many rows. Requires: it is one.
  Predicate Counted(Op compare, int64_t count) const;

  // The condition in postfix order; empty: always true.
  const std::vector<Node>& nodes() const { return nodes_; }

  friend Predicate operator&&(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kAnd); }
  friend Predicate operator||(Predicate a, const Predicate& b) { return Join(std::move(a), b, Op::kOr); }
  friend Predicate operator!(Predicate a);

 private:
  static Predicate Join(Predicate a, const Predicate& b, Op op);
  std::vector<Node> nodes_;
};

// How many rows at the other end of an edge meet a condition, to be compared with a number: `comments.Count() >= 3`.
template <class T = void>
class RelatedCount {
 public:
  // For the library; `related`: one relation.
  explicit RelatedCount(Predicate<> related) : related_(std::move(related)) {}

  friend Predicate<T> operator==(const RelatedCount& c, int64_t n) { return c.Compare(Op::kEqual, n); }
  friend Predicate<T> operator!=(const RelatedCount& c, int64_t n) { return c.Compare(Op::kNotEqual, n); }
  friend Predicate<T> operator<(const RelatedCount& c, int64_t n) { return c.Compare(Op::kLess, n); }
  friend Predicate<T> operator<=(const RelatedCount& c, int64_t n) { return c.Compare(Op::kLessEqual, n); }
  friend Predicate<T> operator>(const RelatedCount& c, int64_t n) { return c.Compare(Op::kGreater, n); }
  friend Predicate<T> operator>=(const RelatedCount& c, int64_t n) { return c.Compare(Op::kGreaterEqual, n); }

 private:
  using Op = Predicate<>::Op;
  Predicate<T> Compare(Op op, int64_t n) const { return Predicate<T>(related_.Counted(op, n)); }
  Predicate<> related_;
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

}  // namespace tenon

// Compiled once, in the library.
extern template class std::vector<tenon::Predicate<>::Node>;

#endif  // TENON_PREDICATE_H_
