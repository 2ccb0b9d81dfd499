// ToMany: from a target to its children, along an edge.
#ifndef TENON_TO_MANY_H_
#define TENON_TO_MANY_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/included.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"
#include "tenon/query.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon {

class Database;
template <class T>
class Table;

// The children of one target, in insertion order until one leaves, when its last sibling takes its place.
//
// The child that the loop stands on may be erased, moved or unlinked: every other child is still visited once. Other
// writes to the same target's children may make the loop skip or repeat a row, never more; it always ends.
template <class B = void>
class ChildRange;

template <>
class ChildRange<void> {
 public:
  // Walks the block the children lie in; after a write (the version moved) it looks again at the place it stands on.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Ref<>;
    using reference = Ref<>;
    using pointer = const Ref<>*;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const internal::EdgeView* edge, Slot target, uint32_t left)
        : edge_(edge), target_(target), left_(left) {
      if (left_ > 0) Look();
    }
    // Null once the row is gone.
    Ref<> operator*() const { return internal::RefOrNull(*edge_->child_stamps, shown_); }
    Iterator& operator++() {
      --left_;
      if (*edge_->version == version_ && run_.count > 1 && left_ > 0) {
        ++place_;
        --run_.count;
        shown_ = *++run_.slots;
      } else {
        Advance();
      }
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

   private:
    uint32_t Count() const {
      return target_ < edge_->heads->size ? internal::Load<internal::Head>(*edge_->heads, target_).count : 0;
    }
    // The place still holds the child it showed: go on. Else a sibling has taken the place, and is shown next.
    void Advance() {
      if (left_ == 0) return;
      if (*edge_->version == version_) {
        ++place_;
      } else if (place_ < Count()) {
        const auto& head = internal::Load<internal::Head>(*edge_->heads, target_);
        if (internal::ChildAt(*edge_->arena, head, place_) == shown_) ++place_;
      }
      Look();
    }
    void Look() {
      if (place_ >= Count()) {
        left_ = 0;
        return;
      }
      run_ = internal::RunAt(*edge_->arena, internal::Load<internal::Head>(*edge_->heads, target_), place_);
      shown_ = *run_.slots;
      version_ = *edge_->version;
    }
    const internal::EdgeView* edge_ = nullptr;
    internal::SlotRun run_ = {nullptr, 0};  // from the place on; good while the version stands
    uint64_t version_ = 0;
    Slot target_ = 0;
    uint32_t place_ = 0;
    uint32_t left_ = 0;  // rows still to be shown, fixed when the loop began; 0 is the end
    Slot shown_ = 0;
  };
  using const_iterator = Iterator;
  using value_type = Ref<>;

  ChildRange(const internal::EdgeView* edge, Slot target, uint32_t count)
      : edge_(edge), target_(target), count_(count) {}

  Iterator begin() const { return {edge_, target_, count_}; }
  Iterator end() const { return {}; }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }

 private:
  const internal::EdgeView* edge_;
  Slot target_;
  uint32_t count_;
};

template <class B>
class ChildRange : public ChildRange<> {
 public:
  using Iterator = internal::TypedIterator<ChildRange<>::Iterator, B>;
  using const_iterator = Iterator;
  using value_type = Ref<B>;

  Iterator begin() const { return {ChildRange<>::begin()}; }
  Iterator end() const { return {}; }
};

// From a row of A to all rows of B that belong to it.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Count, Has: O(1). Of: a walk over slots that lie side by side. Writes: O(rows given, and unlinked).
// Writes are statements: they happen whole or not at all, and all but Create write the foreign keys of rows that are
// there. None of them erases: to delete children, erase them.
template <class A = void, class B = void>
class ToMany;

template <>
class ToMany<void, void> {
 public:
  ToMany() : ToMany(absl::NotFoundError("a default-constructed ToMany leads nowhere")) {}
  explicit ToMany(absl::Status status) : status_(std::move(status)) {}
  explicit ToMany(const internal::EdgeView* edge) : edge_(edge) {}  // for the library

  // OK, or why this handle leads nowhere.
  absl::Status status() const;

  // The children of `a`; none when `a` is null or stale.
  ChildRange<> Of(Ref<> a) const { return {edge_, a.slot(), static_cast<uint32_t>(Count(a))}; }
  size_t Count(Ref<> a) const {
    if (!internal::IsLive(*edge_->target_stamps, a)) return 0;
    return internal::Load<internal::Head>(*edge_->heads, a.slot()).count;
  }
  // Of many rows at once, faster than one by one where they lie far apart.
  std::vector<size_t> CountAll(absl::Span<const Ref<>> a) const;
  // The children of many rows, a list each: in the order of Of; or those that a query of B means, in its order, among equals
  // and without one in that of Of, and its limit and offset count for each list:
  //   comments_of.Include(posts, comments.Where(Col("score") >= 3).OrderBy("score", Order::kDescending).Limit(2))
  // Cost  a look at each child.
  Included<> Include(absl::Span<const Ref<>> a) const;
  Included<> Include(absl::Span<const Ref<>> a, const Query<>& query) const;
  // Whether `b` belongs to `a`; not when either is null or stale. Of several: whether all do.
  bool Has(Ref<> a, Ref<> b) const {
    return internal::IsLive(*edge_->target_stamps, a) && internal::IsLive(*edge_->child_stamps, b) &&
           internal::Load<uint32_t>(*edge_->link, b.slot()) == a.slot();
  }
  bool Has(Ref<> a, absl::Span<const Ref<>> b) const {
    if (!internal::IsLive(*edge_->target_stamps, a)) return false;
    for (const Ref<> child : b) {
      if (!Has(a, child)) return false;
    }
    return true;
  }

  // A new child of `a`; `links` are for the child's other edges. Errors as Table::Insert.
  [[nodiscard]] absl::StatusOr<Ref<>> Create(Ref<> a, absl::Span<const NamedValue> row,
                                             absl::Span<const Link<>> links = {}) const {
    return CreateRow(a, row, links);
  }
  // The first child of `a` that meets `search`, else a new one from `row`.
  [[nodiscard]] absl::StatusOr<Ref<>> FirstOrCreate(Ref<> a, const Predicate<>& search,
                                                    absl::Span<const NamedValue> row) const {
    return FindOrCreate(a, search, row, false);
  }
  // The first child of `a` that meets `search`, with these values written into it, else a new one from them. Errors as
  // Table::Update, Table::Insert.
  [[nodiscard]] absl::StatusOr<Ref<>> UpdateOrCreate(Ref<> a, const Predicate<>& search,
                                                     absl::Span<const NamedValue> row) const {
    return FindOrCreate(a, search, row, true);
  }

  // Makes rows children of `a`, whatever they belonged to before; those that are stay. Errors as ToOne::Set.
  [[nodiscard]] absl::Status Add(Ref<> a, Ref<> b) const { return Add(a, absl::Span<const Ref<>>(&b, 1)); }
  [[nodiscard]] absl::Status Add(Ref<> a, absl::Span<const Ref<>> b) const;
  // Unlinks those of the rows that belong to `a`: their foreign key becomes null. Others are left alone.
  //   kNotFound            `a` or one of the rows is null or stale
  //   kInvalidArgument     the foreign key may not be null
  [[nodiscard]] absl::Status Remove(Ref<> a, Ref<> b) const {
    return Remove(a, absl::Span<const Ref<>>(&b, 1));
  }
  [[nodiscard]] absl::Status Remove(Ref<> a, absl::Span<const Ref<>> b) const;
  // These rows, and no others, are the children of `a`; the order of the list is none of the children. Errors as Add, Remove.
  [[nodiscard]] absl::Status Set(Ref<> a, absl::Span<const Ref<>> b) const;
  [[nodiscard]] absl::Status Clear(Ref<> a) const { return Set(a, {}); }

  // For Where: rows with a child; with one that meets a condition.
  Predicate<> Any(Predicate<> condition = {}) const { return Predicate<>(edge_, true, std::move(condition)); }
  // For Where: by the number of children; of those that meet a condition: `children.Count(Col("age") < 7) > 2`.
  RelatedCount<> Count() const { return RelatedCount<>(Any()); }
  RelatedCount<> Count(Predicate<> condition) const { return RelatedCount<>(Any(std::move(condition))); }

  const internal::EdgeView* edge() const { return edge_; }  // for the library

 protected:
  absl::StatusOr<Ref<>> CreateRow(Ref<> a, const internal::GivenRow& row,
                                  absl::Span<const Link<>> links) const;
  absl::StatusOr<Ref<>> FindOrCreate(Ref<> a, const Predicate<>& search, const internal::GivenRow& row,
                                     bool update) const;

 private:
  const internal::EdgeView* edge_ = &internal::kNoEdgeView;
  absl::Status status_;
};

namespace internal {
// A ToMany whose children's table is bound to a struct: all that ToMany<A, B> knows but its types.
class BoundToMany : public ToMany<> {
 public:
  BoundToMany() = default;
  BoundToMany(ToMany<> untyped, const TableView* b) : ToMany<>(std::move(untyped)), b_(b) {}
  const TableView* b() const { return b_; }

 protected:
  // As Create, FirstOrCreate and UpdateOrCreate, with structs.
  absl::StatusOr<Ref<>> CreateStruct(Ref<> a, const void* row, absl::Span<const Link<>> links) const {
    return CreateRow(a, {b_, row}, links);
  }
  absl::StatusOr<Ref<>> FindOrCreateStruct(Ref<> a, const Predicate<>& search, const void* row,
                                           bool update) const {
    return FindOrCreate(a, search, {b_, row}, update);
  }

 private:
  const TableView* b_ = &kNoTableView;
};
}  // namespace internal

template <class A, class B>
class ToMany : public internal::BoundToMany {
 public:
  ToMany() = default;

  // Each as in ToMany<>.
  ChildRange<B> Of(Ref<A> a) const { return {ToMany<>::Of(a)}; }
  size_t Count(Ref<A> a) const { return ToMany<>::Count(a); }
  std::vector<size_t> CountAll(absl::Span<const Ref<A>> a) const {
    return ToMany<>::CountAll(internal::Untyped(a));
  }
  Included<B> Include(absl::Span<const Ref<A>> a) const {
    return Included<B>(ToMany<>::Include(internal::Untyped(a)));
  }
  Included<B> Include(absl::Span<const Ref<A>> a, const Query<B>& query) const {
    return Included<B>(ToMany<>::Include(internal::Untyped(a), query.untyped()));
  }
  bool Has(Ref<A> a, Ref<B> b) const { return ToMany<>::Has(a, b); }
  bool Has(Ref<A> a, absl::Span<const Ref<B>> b) const { return ToMany<>::Has(a, internal::Untyped(b)); }

  [[nodiscard]] absl::StatusOr<Ref<B>> Create(Ref<A> a, const B& row) const {
    return absl::StatusOr<Ref<B>>(CreateStruct(a, &row, {}));
  }
  [[nodiscard]] absl::StatusOr<Ref<B>> Create(Ref<A> a, const B& row, absl::Span<const Link<B>> links) const {
    return absl::StatusOr<Ref<B>>(CreateStruct(a, &row, {links.data(), links.size()}));
  }
  [[nodiscard]] absl::StatusOr<Ref<B>> FirstOrCreate(Ref<A> a, const Predicate<B>& search,
                                                     const B& row) const {
    return absl::StatusOr<Ref<B>>(FindOrCreateStruct(a, search.untyped(), &row, false));
  }
  // A primary key that is auto-increment and left at 0 stays as it is, and so does the link to `a`.
  [[nodiscard]] absl::StatusOr<Ref<B>> UpdateOrCreate(Ref<A> a, const Predicate<B>& search,
                                                      const B& row) const {
    return absl::StatusOr<Ref<B>>(FindOrCreateStruct(a, search.untyped(), &row, true));
  }
  [[nodiscard]] absl::Status Add(Ref<A> a, Ref<B> b) const { return ToMany<>::Add(a, b); }
  [[nodiscard]] absl::Status Add(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ToMany<>::Add(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Remove(Ref<A> a, Ref<B> b) const { return ToMany<>::Remove(a, b); }
  [[nodiscard]] absl::Status Remove(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ToMany<>::Remove(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Set(Ref<A> a, absl::Span<const Ref<B>> b) const {
    return ToMany<>::Set(a, internal::Untyped(b));
  }
  [[nodiscard]] absl::Status Clear(Ref<A> a) const { return ToMany<>::Clear(a); }

  Predicate<A> Any() const { return Predicate<A>(ToMany<>::Any()); }
  Predicate<A> Any(const Predicate<B>& condition) const {
    return Predicate<A>(ToMany<>::Any(condition.untyped()));
  }
  RelatedCount<A> Count() const { return RelatedCount<A>(ToMany<>::Any()); }
  RelatedCount<A> Count(const Predicate<B>& condition) const {
    return RelatedCount<A>(ToMany<>::Any(condition.untyped()));
  }

 private:
  friend class Database;
  template <class>
  friend class Table;
  explicit ToMany(internal::BoundToMany bound) : internal::BoundToMany(std::move(bound)) {}
};

}  // namespace tenon

#endif  // TENON_TO_MANY_H_
