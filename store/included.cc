// Lists of related rows: ToOne::GetAll, ToMany::CountAll, ToMany::Include, ManyToMany::Include.
#include <algorithm>
#include <utility>
#include <vector>

#include "store/edge.h"
#include "store/plan.h"
#include "store/selection.h"
#include "store/violation_text.h"
#include "tenon/many_to_many.h"
#include "tenon/to_many.h"
#include "tenon/to_one.h"

namespace tenon {
namespace internal {
namespace {

// What a loop over rows will need is asked of memory for a group of them at once, as far as it is known, step by step.
constexpr size_t kGroup = 32;

template <class Ask>
void AskForGroup(const ArrayView& stamps, absl::Span<const Ref<>> refs, size_t from, Ask ask) {
  if (from % kGroup != 0 || stamps.size <= kCachedRows) return;
  for (size_t i = from; i < std::min(refs.size(), from + kGroup); ++i) {
    if (refs[i].slot() < stamps.size) ask(refs[i].slot());
  }
}

// Gives Refs that have a slot their stamps.
void Stamp(const ArrayView& stamps, absl::Span<Ref<>> refs) {
  for (size_t i = 0; i < refs.size(); ++i) {
    AskForGroup(stamps, refs, i, [&](Slot slot) { AskFor(&Load<tenon::Stamp>(stamps, slot)); });
    refs[i] = RefAt(stamps, refs[i].slot());
  }
}

// From rows to lists of rows at the other end.
class Lists {
 public:
  // `other`: null, or on to the target of each child.
  Lists(const EdgeView& children, const EdgeView* other)
      : children_(*children.edge), other_(other == nullptr ? nullptr : other->edge) {}

  const TableNode& end() const { return other_ == nullptr ? *children_.child : *other_->target; }

  Included<> Make(absl::Span<const Ref<>> a, Selection* selection) {
    const ArrayView& stamps = children_.target_rows->stamps();
    size_t most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      AskForGroup(stamps, a, i, [&](Slot slot) {
        AskFor(&Load<tenon::Stamp>(stamps, slot));
        children_.PrefetchTarget(slot);
      });
      if (IsLive(stamps, a[i])) most += children_.Count(a[i].slot());
    }
    if (selection != nullptr) Plan::Ease(&selection->condition(), most);
    std::vector<size_t> starts(a.size() + 1);
    RefList<> rows(most);
    size_t at = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      AskForGroup(stamps, a, i, [&](Slot slot) { children_.PrefetchChildren(slot); });
      if (IsLive(stamps, a[i])) at = Write(a[i].slot(), selection, &rows, at);
      starts[i + 1] = at;
    }
    rows.resize(at);
    Stamp(end().rows.stamps(), absl::MakeSpan(rows));
    return Included<>(std::move(starts), std::move(rows));
  }

 private:
  // Writes the list of one row, without stamps, from place `at` on; where it ends.
  size_t Write(Slot a, Selection* selection, RefList<>* rows, size_t at) {
    if (selection == nullptr && other_ == nullptr) {
      children_.EachChild(a, [&](Slot child) {
        (*rows)[at++] = Ref<>(child, 0);
        return true;
      });
      return at;
    }
    list_.clear();
    children_.EachChild(a, [&](Slot child) {
      const Slot row = other_ == nullptr ? child : other_->link(child);
      if (row < kGhost && (selection == nullptr || selection->condition().Matches(row))) list_.push_back(row);
      return true;
    });
    if (selection != nullptr) selection->Arrange(&list_);
    for (const Slot row : list_) (*rows)[at++] = Ref<>(row, 0);
    return at;
  }

  const Edge& children_;
  const Edge* other_;
  std::vector<Slot> list_;
};

Included<> Include(const EdgeView& children, const EdgeView* other, absl::Status status,
                   absl::Span<const Ref<>> a, const Query<>* query) {
  if (!status.ok()) return Included<>(a.size(), std::move(status));
  Lists lists(children, other);
  if (query == nullptr) return lists.Make(a, nullptr);
  absl::StatusOr<Selection> selection = query->Bind("include", false);
  if (!selection.ok()) return Included<>(a.size(), selection.status());
  if (&selection->node() != &lists.end()) {
    return Included<>(a.size(), TypeError("include", lists.end(), "the query",
                                          "is of another table, or of another database", 0));
  }
  return lists.Make(a, &*selection);
}

}  // namespace
}  // namespace internal

RefList<> ToOne<void, void>::GetAll(absl::Span<const Ref<>> a) const {
  using internal::AskForGroup;
  RefList<> targets;
  targets.reserve(a.size());
  if (!status().ok()) {
    targets.resize(a.size());
    return targets;
  }
  const internal::Edge& edge = *edge_->edge;
  const internal::ArrayView& stamps = inverse_ ? *edge_->target_stamps : *edge_->child_stamps;
  for (size_t i = 0; i < a.size(); ++i) {
    AskForGroup(stamps, a, i, [&](Slot slot) {
      internal::AskFor(&internal::Load<Stamp>(stamps, slot));
      inverse_ ? edge.PrefetchTarget(slot) : edge.PrefetchChild(slot);
    });
    targets.push_back(Get(a[i]));
  }
  return targets;
}

std::vector<size_t> ToMany<void, void>::CountAll(absl::Span<const Ref<>> a) const {
  std::vector<size_t> counts;
  counts.reserve(a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    internal::AskForGroup(*edge_->target_stamps, a, i, [&](Slot slot) {
      internal::AskFor(&internal::Load<Stamp>(*edge_->target_stamps, slot));
      edge_->edge->PrefetchTarget(slot);
    });
    counts.push_back(Count(a[i]));
  }
  return counts;
}

Included<> ToMany<void, void>::Include(absl::Span<const Ref<>> a) const {
  return internal::Include(*edge_, nullptr, status(), a, nullptr);
}

Included<> ToMany<void, void>::Include(absl::Span<const Ref<>> a, const Query<>& query) const {
  return internal::Include(*edge_, nullptr, status(), a, &query);
}

Included<> ManyToMany<void, void>::Include(absl::Span<const Ref<>> a) const {
  return internal::Include(*pairs_.edge(), other_.edge(), status(), a, nullptr);
}

Included<> ManyToMany<void, void>::Include(absl::Span<const Ref<>> a, const Query<>& query) const {
  return internal::Include(*pairs_.edge(), other_.edge(), status(), a, &query);
}

}  // namespace tenon
