// ManyToMany: from a row to the rows it is paired with, by way of a table of pairs that belong to both.
#ifndef TENON_MANY_TO_MANY_H_
#define TENON_MANY_TO_MANY_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/included.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"
#include "tenon/query.h"
#include "tenon/row.h"
#include "tenon/to_many.h"
#include "tenon/to_one.h"

namespace tenon {

// The other ends of one row's pairs, in the order of its pairs (to_many.h); null for a pair that leads nowhere. The
// promises of ChildRange hold for the pairs.
template <class B = void>
class PairRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Ref<B>;
    using reference = Ref<B>;
    using pointer = const Ref<B>*;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const internal::EdgeView* other, ChildRange<>::Iterator pair) : other_(other), pair_(pair) {}
    Ref<B> operator*() const {
      const Ref<> b = internal::TargetOf(*other_, *pair_);
      if constexpr (std::is_void_v<B>) {
        return b;
      } else {
        return Ref<B>(b);
      }
    }
    Iterator& operator++() {
      ++pair_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.pair_ == b.pair_; }

   private:
    const internal::EdgeView* other_ = nullptr;
    ChildRange<>::Iterator pair_;
  };
  using const_iterator = Iterator;
  using value_type = Ref<B>;

  PairRange(const internal::EdgeView* other, ChildRange<> pairs) : other_(other), pairs_(pairs) {}
  Iterator begin() const { return {other_, pairs_.begin()}; }
  Iterator end() const { return {other_, pairs_.end()}; }
  size_t size() const { return pairs_.size(); }
  bool empty() const { return pairs_.empty(); }

 private:
  const internal::EdgeView* other_;
  ChildRange<> pairs_;
};

// From a row of A to rows of B through pairs: `posts.Through(post_tags_of_post, tag_of_post_tag)`.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Count: O(1). Has: O(1) on a key over both foreign keys, else a walk from the side with fewer pairs.
// Writes are statements: they happen whole or not at all. A pair is a row: Add inserts it, with the defaults of its other
// columns, Remove erases it, with whatever belongs to it. For pairs with other values, use Create of the ToMany of pairs.
template <class A = void, class B = void>
class ManyToMany;

template <>
class ManyToMany<void, void> {
 public:
  ManyToMany() : ManyToMany(absl::NotFoundError("a default-constructed ManyToMany leads nowhere")) {}
  explicit ManyToMany(absl::Status status) : status_(std::move(status)) {}
  // `pairs` leads from A to the pairs, `other` from a pair to B; both are belongsTo of the pairs' table.
  ManyToMany(ToMany<> pairs, ToOne<> other);

  // OK, or why this handle leads nowhere.
  absl::Status status() const;

  // The rows that `a` is paired with; none when `a` is null or stale.
  PairRange<> Of(Ref<> a) const { return {other_.edge(), pairs_.Of(a)}; }
  // The number of pairs.
  size_t Count(Ref<> a) const { return pairs_.Count(a); }
  // The rows that many rows are paired with, a list each: as ToMany::Include.
  Included<> Include(absl::Span<const Ref<>> a) const;
  Included<> Include(absl::Span<const Ref<>> a, const Query<>& query) const;
  // Whether `a` is paired with `b`; with all of them.
  bool Has(Ref<> a, Ref<> b) const;
  bool Has(Ref<> a, absl::Span<const Ref<>> b) const;

  // Pairs `a` with rows; with those it is paired with already, nothing is done. Errors as Table::Insert.
  [[nodiscard]] absl::Status Add(Ref<> a, Ref<> b) const { return Add(a, absl::Span<const Ref<>>(&b, 1)); }
  [[nodiscard]] absl::Status Add(Ref<> a, absl::Span<const Ref<>> b) const;
  // Erases the pairs of `a` with these rows, if there are any. Errors as Table::Erase.
  [[nodiscard]] absl::Status Remove(Ref<> a, Ref<> b) const {
    return Remove(a, absl::Span<const Ref<>>(&b, 1));
  }
  [[nodiscard]] absl::Status Remove(Ref<> a, absl::Span<const Ref<>> b) const;
  // `a` is paired with these rows, and no others; pairs that stay are not touched. Errors as Add, Remove.
  [[nodiscard]] absl::Status Set(Ref<> a, absl::Span<const Ref<>> b) const;
  [[nodiscard]] absl::Status Clear(Ref<> a) const { return Set(a, {}); }
  // A new row of B, paired with `a`. Errors as Table::Insert.
  [[nodiscard]] absl::StatusOr<Ref<>> Create(Ref<> a, absl::Span<const NamedValue> row) const {
    return CreateRow(a, row);
  }

  // For Where: rows that are paired with some row; with one that meets a condition.
  Predicate<> Any(Predicate<> condition = {}) const { return pairs_.Any(other_.Is(std::move(condition))); }
  // For Where: by the number of pairs; of those with rows that meet a condition.
  RelatedCount<> Count() const { return RelatedCount<>(Any()); }
  RelatedCount<> Count(Predicate<> condition) const { return RelatedCount<>(Any(std::move(condition))); }

 protected:
  const ToMany<>& pairs() const { return pairs_; }
  const ToOne<>& other() const { return other_; }
  absl::StatusOr<Ref<>> CreateRow(Ref<> a, const internal::GivenRow& row) const;

 private:
  ToMany<> pairs_;
  ToOne<> other_;
  absl::Status status_;
};

template <class A, class B>
class ManyToMany : public ManyToMany<> {
 public:
  ManyToMany() = default;
  explicit ManyToMany(absl::Status status) : ManyToMany<>(std::move(status)) {}
  // For the library; `b`: the view bound to the struct.
  ManyToMany(ManyToMany<> untyped, const internal::TableView* b) : ManyToMany<>(std::move(untyped)), b_(b) {}

  // Each as in ManyToMany<>.
  PairRange<B> Of(Ref<A> a) const { return PairRange<B>(other().edge(), pairs().Of(a)); }
  size_t Count(Ref<A> a) const { return ManyToMany<>::Count(a); }
  Included<B> Include(absl::Span<const Ref<A>> a) const {
    return Included<B>(ManyToMany<>::Include(internal::Untyped(a)));
  }
  Included<B> Include(absl::Span<const Ref<A>> a, const Query<B>& query) const {
    return Included<B>(ManyToMany<>::Include(internal::Untyped(a), query.untyped()));
  }
  bool Has(Ref<A> a, Ref<B> b) const { return ManyToMany<>::Has(a, b); }
  bool Has(Ref<A> a, absl::Span<const Ref<B>> b) const { return ManyToMany<>::Has(a, internal::Untyped(b)); }
  [[nodiscard]] absl::Status Add(Ref<A> a, Ref<B> b) const { return ManyToMany<>::Add(a, b); }
  [[nodiscard]] absl::Status Add(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ManyToMany<>::Add(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Remove(Ref<A> a, Ref<B> b) const { return ManyToMany<>::Remove(a, b); }
  [[nodiscard]] absl::Status Remove(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ManyToMany<>::Remove(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Set(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ManyToMany<>::Set(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Clear(Ref<A> a) const { return ManyToMany<>::Clear(a); }
  [[nodiscard]] absl::StatusOr<Ref<B>> Create(Ref<A> a, const B& row) const {
    return absl::StatusOr<Ref<B>>(CreateRow(a, {b_, &row}));
  }
  Predicate<A> Any() const { return Predicate<A>(ManyToMany<>::Any()); }
  Predicate<A> Any(const Predicate<B>& condition) const {
    return Predicate<A>(ManyToMany<>::Any(condition.untyped()));
  }
  RelatedCount<A> Count() const { return RelatedCount<A>(ManyToMany<>::Any()); }
  RelatedCount<A> Count(const Predicate<B>& condition) const {
    return RelatedCount<A>(ManyToMany<>::Any(condition.untyped()));
  }

 private:
  const internal::TableView* b_ = &internal::kNoTableView;
};

}  // namespace tenon

#endif  // TENON_MANY_TO_MANY_H_
