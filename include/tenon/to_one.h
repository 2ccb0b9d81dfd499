// ToOne: from a row to at most one other, along an edge: a belongsTo from its child, or a has-one from its target.
#ifndef TENON_TO_ONE_H_
#define TENON_TO_ONE_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/view.h"
#include "tenon/predicate.h"
#include "tenon/row.h"

namespace tenon {

class Database;
template <class T>
class Table;

namespace internal {
// Whether `ref` names a live row of the table whose stamps these are.
inline bool IsLive(const ArrayView& stamps, Ref<> ref) {
  return ref.slot() < stamps.size && ref && Load<Stamp>(stamps, ref.slot()) == ref.stamp();
}
inline Ref<> RefAt(const ArrayView& stamps, Slot slot) { return {slot, Load<Stamp>(stamps, slot)}; }
// The same where the table may have been emptied meanwhile.
inline Ref<> RefOrNull(const ArrayView& stamps, Slot slot) {
  return slot < stamps.size ? RefAt(stamps, slot) : Ref<>();
}
// The target of `child`, from its side of the edge.
inline Ref<> TargetOf(const EdgeView& edge, Ref<> child) {
  if (!IsLive(*edge.child_stamps, child)) return {};
  const uint32_t target = Load<uint32_t>(*edge.link, child.slot());
  return target < kGhost ? RefAt(*edge.target_stamps, target) : Ref<>();
}
}  // namespace internal

// "The new row of A belongs to this target": `books.Insert({...}, {author.To(ann)})`. Costs no hashing.
template <class A = void>
class Link;
template <>
class Link<void> {
 public:
  Link(const internal::EdgeView* edge, absl::Status status, Ref<> target)
      : edge_(edge), status_(std::move(status)), target_(target) {}
  const internal::EdgeView* edge() const { return edge_; }
  const absl::Status& status() const { return status_; }
  Ref<> target() const { return target_; }

 private:
  const internal::EdgeView* edge_;
  absl::Status status_;
  Ref<> target_;
};
template <class A>
class Link : public Link<> {
 public:
  explicit Link(Link<> untyped) : Link<>(std::move(untyped)) {}
};

// From a row of A to at most one row of B.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Get: one load beyond the checks of both Refs.
// Writes are statements: they happen whole or not at all. From the target's side of a has-one, "the target of a" is its
// only child.
template <class A = void, class B = void>
class ToOne;

template <>
class ToOne<void, void> {
 public:
  ToOne() : ToOne(absl::NotFoundError("a default-constructed ToOne leads nowhere")) {}
  explicit ToOne(absl::Status status) : status_(std::move(status)) {}
  // For the library; `inverse`: from the target to its only child.
  ToOne(const internal::EdgeView* edge, bool inverse) : edge_(edge), inverse_(inverse) {}

  // OK, or why this handle leads nowhere.
  absl::Status status() const;

  // The target of `a`; null when `a` is null, stale or linked to nothing, so that calls chain.
  Ref<> Get(Ref<> a) const { return inverse_ ? OnlyChild(a) : internal::TargetOf(*edge_, a); }

  // The targets of many rows, in their order, null where Get is: faster than one by one where they lie far apart.
  RefList<> GetAll(absl::Span<const Ref<>> a) const;

  // Makes `b` the target of `a` by writing b's key into a's foreign key. From the target's side of a has-one: `b`
  // becomes the only child of `a`, and the one that was there is unlinked in the same statement.
  //   kNotFound            `a` or `b` is null or stale
  //   kInvalidArgument     a foreign key that can't be null would have to become null
  //   kAlreadyExists       a key of A that the foreign key is part of exists already
  //   kFailedPrecondition  another edge on the same columns would then lead nowhere
  [[nodiscard]] absl::Status Set(Ref<> a, Ref<> b) const;
  // targets[i] becomes the target of rows[i], as one statement; both spans have one length. Errors as Set.
  [[nodiscard]] absl::Status SetAll(absl::Span<const Ref<>> rows, absl::Span<const Ref<>> targets) const;
  // Unlinks `a`: its foreign key becomes null (from a has-one's target: that of its child). Errors as Set.
  [[nodiscard]] absl::Status Clear(Ref<> a) const;
  // A new row, and it is the target of `a`. Errors as Table::Insert and Set; kAlreadyExists also where `a` has its has-one.
  // `links` are for the new row's other edges.
  [[nodiscard]] absl::StatusOr<Ref<>> Create(Ref<> a, absl::Span<const NamedValue> row,
                                             absl::Span<const Link<>> links = {}) const {
    return CreateRow(a, row, links);
  }

  // For Insert: the new row belongs to `b`. Only on the child's side.
  Link<> To(Ref<> b) const { return Link<>(edge_, inverse_ ? WrongSide() : status_, b); }

  // For Where: rows whose target is `b`; whose target meets a condition. A row without a target meets none.
  Predicate<> Is(Ref<> b) const { return Predicate<>(edge_, inverse_, b); }
  Predicate<> Is(Predicate<> condition) const { return Predicate<>(edge_, inverse_, std::move(condition)); }

  // For the library.
  const internal::EdgeView* edge() const { return edge_; }
  bool inverse() const { return inverse_; }

 protected:
  absl::StatusOr<Ref<>> CreateRow(Ref<> a, const internal::GivenRow& row,
                                  absl::Span<const Link<>> links) const;
  // Writes the key of `b` into a struct of the child's table that is no row yet.
  absl::Status AssignTo(const internal::TableView* child, void* row, Ref<> b) const;

 private:
  // Not inline, so that Get is.
  Ref<> OnlyChild(Ref<> a) const;
  static absl::Status WrongSide();

  const internal::EdgeView* edge_ = &internal::kNoEdgeView;
  absl::Status status_;
  bool inverse_ = false;
};

namespace internal {
// A ToOne between two tables that are bound to structs: all that ToOne<A, B> knows but its types.
class BoundToOne : public ToOne<> {
 public:
  BoundToOne() = default;
  BoundToOne(ToOne<> untyped, const TableView* a, const TableView* b)
      : ToOne<>(std::move(untyped)), a_(a), b_(b) {}
  const TableView* a() const { return a_; }
  const TableView* b() const { return b_; }

 protected:
  // As Create, Assign, with structs.
  absl::StatusOr<Ref<>> CreateStruct(Ref<> a, const void* row, absl::Span<const Link<>> links) const {
    return CreateRow(a, {b_, row}, links);
  }
  absl::Status AssignStruct(void* row, Ref<> b) const { return AssignTo(a_, row, b); }

 private:
  const TableView* a_ = &kNoTableView;
  const TableView* b_ = &kNoTableView;
};
}  // namespace internal

template <class A, class B>
class ToOne : public internal::BoundToOne {
 public:
  ToOne() = default;

  // Each as in ToOne<>.
  Ref<B> Get(Ref<A> a) const { return Ref<B>(ToOne<>::Get(a)); }
  RefList<B> GetAll(absl::Span<const Ref<A>> a) const {
    return RefList<B>(ToOne<>::GetAll(internal::Untyped(a)));
  }
  [[nodiscard]] absl::Status Set(Ref<A> a, Ref<B> b) const { return ToOne<>::Set(a, b); }
  [[nodiscard]] absl::Status SetAll(absl::Span<const Ref<A>> rows, absl::Span<const Ref<B>> targets) const {
    return ToOne<>::SetAll(internal::Untyped(rows), internal::Untyped(targets));
  }
  [[nodiscard]] absl::Status Clear(Ref<A> a) const { return ToOne<>::Clear(a); }
  [[nodiscard]] absl::StatusOr<Ref<B>> Create(Ref<A> a, const B& row) const {
    return absl::StatusOr<Ref<B>>(CreateStruct(a, &row, {}));
  }
  [[nodiscard]] absl::StatusOr<Ref<B>> Create(Ref<A> a, const B& row, absl::Span<const Link<B>> links) const {
    return absl::StatusOr<Ref<B>>(CreateStruct(a, &row, {links.data(), links.size()}));
  }
  // Writes the key of `b` into the foreign key of a struct that is not inserted yet. Only on the child's side.
  //   kNotFound            `b` is null or stale
  //   kInvalidArgument     a column of the foreign key is no member of A
  [[nodiscard]] absl::Status Assign(A& row, Ref<B> b) const { return AssignStruct(&row, b); }
  Link<A> To(Ref<B> b) const { return Link<A>(ToOne<>::To(b)); }
  Predicate<A> Is(Ref<B> b) const { return Predicate<A>(ToOne<>::Is(b)); }
  Predicate<A> Is(const Predicate<B>& condition) const {
    return Predicate<A>(ToOne<>::Is(condition.untyped()));
  }

 private:
  friend class Database;
  template <class>
  friend class Table;
  explicit ToOne(internal::BoundToOne bound) : internal::BoundToOne(std::move(bound)) {}
};

}  // namespace tenon

#endif  // TENON_TO_ONE_H_
