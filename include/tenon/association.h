// The two ends of a belongsTo, as handles: ToOne leads from a child to its target, ToMany from a target to its
// children. Both read the links that the store keeps: nothing is hashed, nothing can be stale.
#ifndef TENON_ASSOCIATION_H_
#define TENON_ASSOCIATION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

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
}  // namespace internal

// "The new row belongs to this target": `books.Insert({...}, {author.To(ann)})`. Costs no hashing.
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

// From a row of A to at most one row of B: a belongsTo from its child, or a has-one from its target.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Get: one load beyond the checks of both Refs.
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
  Ref<> Get(Ref<> a) const {
    const internal::EdgeView& e = *edge_;
    if (inverse_) {
      if (!internal::IsLive(*e.target_stamps, a)) return {};
      const auto& head = internal::Load<internal::Head>(*e.heads, a.slot());
      if (head.count == 0) return {};
      return internal::RefAt(*e.child_stamps, internal::ChildAt(*e.arena, head, 0));
    }
    if (!internal::IsLive(*e.child_stamps, a)) return {};
    const uint32_t target = internal::Load<uint32_t>(*e.link, a.slot());
    return target < internal::kGhost ? internal::RefAt(*e.target_stamps, target) : Ref<>();
  }

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

  // For Insert: the new row belongs to `b`. Only on the child's side.
  Link<> To(Ref<> b) const { return Link<>(edge_, inverse_ ? WrongSide() : status_, b); }

  // For the library.
  const internal::EdgeView* edge() const { return edge_; }
  bool inverse() const { return inverse_; }

 private:
  static absl::Status WrongSide();

  const internal::EdgeView* edge_ = &internal::kNoEdgeView;
  absl::Status status_;
  bool inverse_ = false;
};

// The children of one target, in insertion order until one leaves, when its last sibling takes its place.
//
// The child that the loop stands on may be erased, moved or unlinked: every other child is still visited once. Other
// writes to the same target's children may make the loop skip or repeat a row, never more; it always ends.
class ChildRange {
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

// From a row of A to all rows of B that belong to it.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Count, Has: O(1). Of: a walk over slots that lie side by side.
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
  ChildRange Of(Ref<> a) const { return {edge_, a.slot(), static_cast<uint32_t>(Count(a))}; }
  size_t Count(Ref<> a) const {
    if (!internal::IsLive(*edge_->target_stamps, a)) return 0;
    return internal::Load<internal::Head>(*edge_->heads, a.slot()).count;
  }
  // Whether `b` belongs to `a`; not when either is null or stale.
  bool Has(Ref<> a, Ref<> b) const {
    return internal::IsLive(*edge_->target_stamps, a) && internal::IsLive(*edge_->child_stamps, b) &&
           internal::Load<uint32_t>(*edge_->link, b.slot()) == a.slot();
  }

  const internal::EdgeView* edge() const { return edge_; }  // for the library

 private:
  const internal::EdgeView* edge_ = &internal::kNoEdgeView;
  absl::Status status_;
};

}  // namespace tenon

#endif  // TENON_ASSOCIATION_H_
