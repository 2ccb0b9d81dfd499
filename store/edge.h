// One belongsTo: who points at whom, both ways.
//
//   link_[child]  = its target's slot, or a ghost, or none          heads_[target] -> block of children
//   place_[child] = its place in a long list                        ghosts_[g]     -> children of a key nobody holds
//
// E1  A live child with no null in its foreign key is linked: to the row with that key, or (deferred, not enforced) to
//     the ghost of that key. It stands in that list once, and in no other. All other rows have no link.
// E2  dangling() is the number of children of ghosts.
// E3  Where a list has a block of more than 64 places, place_ tells where each of its children stands. In a shorter one
//     it is quicker to look through the block, which is at hand, than to keep a note in the rows of all who move up.
// Between the steps of a statement the links say whom a child means; E1 holds again when the statement has settled.
#ifndef TENON_STORE_EDGE_H_
#define TENON_STORE_EDGE_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/block_arena.h"
#include "store/chunked_array.h"
#include "store/key_index.h"
#include "store/memory.h"
#include "store/row_store.h"
#include "tenon/definition.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

struct TableNode;

class Edge {
 public:
  Edge(Shared* shared, BelongsToDef definition, uint32_t id, TableNode* child, TableNode* target);
  Edge(const Edge&) = delete;  // views point to it
  Edge& operator=(const Edge&) = delete;

  // ---- What it is ----
  const uint32_t id;
  BelongsToDef def;  // complete
  TableNode* const child;
  TableNode* const target;
  RowStore* child_rows = nullptr;
  RowStore* target_rows = nullptr;
  std::vector<uint32_t> foreign_key;  // columns of the child, pairwise with key->columns
  Key* key = nullptr;                 // of the target
  // The foreign key, where it is one integer that no key, no other edge and no counter hangs on: its cells follow the
  // links, so that one step does for both. Else null.
  Column* plain = nullptr;
  bool dropped = false;
  EdgeView view;
  EdgeView read_only_view;
  bool is_checked() const { return def.enforced && !def.deferred; }
  // Whether this is an index: nobody has the key, ever (Catalog::AddIndex).
  bool is_index() const { return def.target.empty(); }

  // ---- Reading ----
  // A node is a target's slot or, from kGhost on, a ghost.
  uint32_t link(Slot child_slot) const { return link_[child_slot]; }
  // Where a linked child stands among its siblings; kNoSlot if it is not there, which breaks E1.
  uint32_t PlaceOf(Slot child_slot) const;
  uint32_t Count(uint32_t node) const { return HeadOf(node).count; }
  Slot ChildAtPlace(uint32_t node, uint32_t place) const { return arena_.At(HeadOf(node), place); }
  // Calls visit(child) for the children of a node, in order, for as long as it answers true; whether it always did.
  // Requires: visit changes no links.
  template <class Visit>
  bool EachChild(uint32_t node, Visit visit) const {
    const Head& head = HeadOf(node);
    for (uint32_t place = 0; place < head.count;) {
      const SlotRun run = RunAt(arena_.words(), head, place);
      for (uint32_t i = 0; i < run.count; ++i) {
        if (!visit(run.slots[i])) return false;
      }
      place += run.count;
    }
    return true;
  }
  size_t dangling() const { return dangling_; }
  // The ghost for the key that `rows` holds in `columns` of `slot`, or kNoSlot.
  uint32_t FindGhost(const RowStore& rows, absl::Span<const uint32_t> columns, Slot slot) const;
  // Where children stand that have these cells in their foreign key, none of which is null: a target, a ghost, or kNoSlot.
  uint32_t FindNode(absl::Span<const Cell> cells) const;
  // The ghost that dangles for the longest time. Requires: dangling() > 0.
  uint32_t OldestGhost() const;

  // ---- Writing; every Prepare is false when memory is refused ----
  bool GrowChildren(uint32_t n);
  bool GrowTargets(uint32_t n) { return n <= heads_.size || AddTargets(n); }
  // Of a row that is born: no link. Requires: GrowChildren, PrepareChild.
  void NewChild(Slot slot) { link_.Mutable(slot) = kNoSlot; }
  bool PrepareChild(Slot slot) { return link_.Own(slot) && place_.Own(slot); }
  bool PrepareLink(Slot child_slot, uint32_t node);
  void Link(Slot child_slot, uint32_t node);
  // Undoes the last Link.
  void Pop(Slot child_slot);
  bool PrepareUnlink(Slot child_slot, uint32_t place);
  // Requires: the child stands at this place.
  void Unlink(Slot child_slot, uint32_t place);
  // Undoes the last Unlink.
  void Relink(Slot child_slot, uint32_t node, uint32_t place);
  // Asks memory for the lines that a move of `child` to `target` will need: first those that are known by the slots
  // alone, then, when these are there, those behind them.
  void PrefetchMove(Slot child_slot, Slot target_slot) const {
    PrefetchChild(child_slot);
    PrefetchTarget(target_slot);
  }
  void PrefetchChild(Slot child_slot) const { link_.Prefetch(child_slot); }
  void PrefetchTarget(Slot target_slot) const { heads_.Prefetch(target_slot); }
  void PrefetchEnd(Slot target_slot) const { arena_.PrefetchEnd(heads_[target_slot]); }
  // The lines of the row that most likely has this key: where the key is read, and where children are linked.
  void PrefetchLikely(const KeyProbe& probe) const {
    const Slot slot = key->index.FindLikely(probe);
    if (slot == kNoSlot) return;
    target_rows->PrefetchRow(slot, key->columns);
    PrefetchTarget(slot);
  }
  // The first line of a target's children. Requires: the head is there already, else it waits for it.
  void PrefetchChildren(Slot target_slot) const {
    const Head& head = heads_[target_slot];
    if (head.level == 1) arena_.PrefetchWord(head.root);
  }
  void PrefetchOldTarget(Slot child_slot) const {
    if (const uint32_t node = link_[child_slot]; node < kGhost) heads_.Prefetch(node);
  }
  void PrefetchSiblings(Slot child_slot) const {
    const uint32_t node = link_[child_slot];
    if (node < kGhost && heads_[node].level == 1) arena_.PrefetchWord(heads_[node].root);
  }
  // The next ghost, for the foreign key of a child.
  bool PrepareGhost(Slot child_slot);
  uint32_t NewGhost(Slot child_slot);
  // Undoes the last NewGhost, or buries an empty ghost.
  void DropGhost(uint32_t ghost);
  // Once nothing can be undone: gives back what an emptier list no longer needs.
  void Trim(uint32_t node);

  // Nothing is left of the children, of the targets.
  void ResetChildren();
  void ResetTargets();
  void Clear();

  // ---- Books ----
  const Head& HeadOf(uint32_t node) const {
    return node < kGhost ? heads_[node] : ghosts_[node - kGhost].head;
  }
  const ArrayView& link_view() const { return link_; }
  const ArrayView& head_view() const { return heads_; }
  const ArrayView& arena_view() const { return arena_.words(); }
  const BlockArena& arena() const { return arena_; }
  uint32_t ghost_count() const { return ghosts_.size; }
  bool GhostInUse(uint32_t i) const { return ghosts_[i].in_use; }
  const KeyIndex& ghost_index() const { return ghost_index_; }
  size_t CountBytes() const;
  Account& account() { return account_; }
  const Account& account() const { return account_; }

 private:
  friend class Shadow;
  struct Ghost {
    Head head;
    uint64_t hash;
    uint64_t born;       // in order of their making
    uint32_t next_free;  // of a ghost not in use
    bool in_use;
  };
  Head& MutableHead(uint32_t node) {
    return node < kGhost ? heads_.Mutable(node) : ghosts_.Mutable(node - kGhost).head;
  }
  bool OwnHead(uint32_t node) { return node < kGhost ? heads_.Own(node) : ghosts_.Own(node - kGhost); }

  static bool KeepsPlaces(const Head& head) { return head.level > 1 || head.log > kNoPlacesLog; }
  bool AddTargets(uint32_t n);
  bool MakeRoom(Head* head);

  static constexpr uint32_t kNoPlacesLog = std::min(6u, kBlockLog);

  Account account_;
  ChunkedArray<uint32_t> link_;
  ChunkedArray<uint32_t> place_;
  ChunkedArray<Head> heads_;
  BlockArena arena_;
  ChunkedArray<Ghost, 6> ghosts_;
  KeyIndex ghost_index_;
  uint32_t free_ghost_ = kNoSlot;
  uint64_t ghosts_born_ = 0;
  size_t dangling_ = 0;
};

inline uint32_t Edge::PlaceOf(Slot child_slot) const {
  const Head& head = HeadOf(link_[child_slot]);
  if (KeepsPlaces(head)) return place_[child_slot];
  if (head.count == 0) return kNoSlot;
  const Slot* slots = RunAt(arena_.words(), head, 0).slots;
  uint32_t place = head.count - 1;  // children leave from the end, when all do
  if (slots[place] == child_slot) return place;
  for (place = 0; place < head.count; ++place) {
    if (slots[place] == child_slot) return place;
  }
  return kNoSlot;
}

inline bool Edge::PrepareLink(Slot child_slot, uint32_t node) {
  if (!PrepareChild(child_slot) || !OwnHead(node)) return false;
  Head& head = MutableHead(node);
  return BlockArena::HasRoom(head) ? arena_.Own(head, head.count) : MakeRoom(&head);
}

inline void Edge::Link(Slot child_slot, uint32_t node) {
  assert(link_[child_slot] == kNoSlot);
  Head& head = MutableHead(node);
  if (KeepsPlaces(head)) place_.Mutable(child_slot) = head.count;
  link_.Mutable(child_slot) = node;
  arena_.Append(&head, child_slot);
  if (node >= kGhost) ++dangling_;
}

inline void Edge::Pop(Slot child_slot) {
  const uint32_t node = link_[child_slot];
  arena_.Pop(&MutableHead(node));
  link_.Mutable(child_slot) = kNoSlot;
  if (node >= kGhost) --dangling_;
}

inline bool Edge::PrepareUnlink(Slot child_slot, uint32_t place) {
  const uint32_t node = link_[child_slot];
  if (!PrepareChild(child_slot) || !OwnHead(node)) return false;
  const Head& head = HeadOf(node);
  const uint32_t last = head.count - 1;
  if (!arena_.Own(head, last) || !arena_.Own(head, place)) return false;
  return place_.Own(arena_.At(head, last)) &&
         (node < kGhost || !ghost_index_.may_be_shared() ||
          ghost_index_.PrepareTake({ghosts_[node - kGhost].hash, kNoNumber}, node - kGhost));
}

inline void Edge::Unlink(Slot child_slot, uint32_t place) {
  const uint32_t node = link_[child_slot];
  Head& head = MutableHead(node);
  const Slot last = arena_.At(head, head.count - 1);
  if (last != child_slot) {  // the last sibling takes the place
    arena_.Set(&head, place, last);
    if (KeepsPlaces(head)) place_.Mutable(last) = place;
  }
  arena_.Pop(&head);
  link_.Mutable(child_slot) = kNoSlot;
  if (node >= kGhost) --dangling_;
}

}  // namespace tenon::internal

#endif  // TENON_STORE_EDGE_H_
