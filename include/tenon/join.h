// Join: the rows of a table together with the rows that their belongsTo lead to, in a loop.
#ifndef TENON_JOIN_H_
#define TENON_JOIN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <tuple>
#include <utility>

#include "tenon/internal/view.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon {

// Every row of A that has a target along each edge, with these targets, in slot order: see Join.
template <class A, class... B>
class JoinRange {
 public:
  using Edges = std::array<const internal::EdgeView*, sizeof...(B)>;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::tuple<Ref<A>, Ref<B>...>;
    using reference = value_type;
    using pointer = const value_type*;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Edges& edges, Slot slot, Slot end) : edges_(edges), slot_(slot), end_(end) { Skip(); }
    // Null where a row is gone by now.
    value_type operator*() const { return Make(std::index_sequence_for<B...>()); }
    Iterator& operator++() {
      ++slot_;
      Skip();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.slot_ == b.slot_; }

   private:
    static constexpr Slot kMask = internal::kChunkRows - 1;

    // Goes on to the next row that has all its targets: those that have none, and rows that are gone, have no link.
    void Skip() {
      for (; slot_ < end_; ++slot_) {
        if (((slot_ & kMask) == 0 || version_ != *edges_[0]->version) && !Look()) {
          slot_ = end_;
          return;
        }
        bool all = true;
        for (const uint32_t* links : links_) all = all && links[slot_ & kMask] < internal::kGhost;
        if (all) return;
      }
    }
    // Where the links of the chunk at hand are: good while the version stands. False where there are no rows any more.
    bool Look() {
      version_ = *edges_[0]->version;
      for (size_t i = 0; i < sizeof...(B); ++i) {
        const internal::ArrayView& links = *edges_[i]->link;
        if (slot_ >= links.size) return false;
        links_[i] = &internal::Load<uint32_t>(links, slot_ & ~kMask);
      }
      return true;
    }
    template <size_t... I>
    value_type Make(std::index_sequence<I...>) const {
      return {Ref<A>(internal::RefOrNull(*edges_[0]->child_stamps, slot_)), Ref<B>(TargetAt(I))...};
    }
    Ref<> TargetAt(size_t i) const {
      if (version_ == *edges_[0]->version) {
        return internal::RefAt(*edges_[i]->target_stamps, links_[i][slot_ & kMask]);
      }
      const internal::ArrayView& links = *edges_[i]->link;
      const uint32_t target = slot_ < links.size ? internal::Load<uint32_t>(links, slot_) : internal::kNoSlot;
      return internal::RefOrNull(*edges_[i]->target_stamps, target);
    }

    Edges edges_ = {};
    std::array<const uint32_t*, sizeof...(B)> links_ = {};
    uint64_t version_ = 0;
    Slot slot_ = 0;
    Slot end_ = 0;
  };
  using const_iterator = Iterator;

  explicit JoinRange(const Edges& edges) : edges_(edges), end_(edges[0]->child_stamps->size) {
    for (const internal::EdgeView* edge : edges) {  // of one table, all of them
      if (edge->child_stamps != edges[0]->child_stamps) end_ = 0;
    }
  }
  Iterator begin() const { return Iterator(edges_, 0, end_); }
  Iterator end() const { return Iterator(edges_, end_, end_); }

 private:
  Edges edges_;
  Slot end_;
};

// The rows of a table with the rows that one or more of its belongsTo lead to, those that have them all:
//
//   for (const auto [comment, post] : tenon::Join(post_of_comment)) total += score[comment] * weight[post];
//   for (const auto [match, home, guest] : tenon::Join(home_team, guest_team)) ...
//
// As in a loop over the table, the row the loop stands on may be erased or moved, a row added meanwhile is shown once or not
// at all, and the loop ends. Empty where a handle leads nowhere, and for has-ones: begin where the foreign key is.
// Cost  a load for each row and edge.
template <class A, class B, class... More>
JoinRange<A, B, More...> Join(const ToOne<A, B>& edge, const ToOne<A, More>&... more) {
  const auto view = [](const ToOne<>& handle) {
    return handle.inverse() ? &internal::kNoEdgeView : handle.edge();
  };
  return JoinRange<A, B, More...>({view(edge), view(more)...});
}

}  // namespace tenon

#endif  // TENON_JOIN_H_
