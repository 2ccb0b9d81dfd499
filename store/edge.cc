#include "store/edge.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tenon::internal {

Edge::Edge(Shared* shared, BelongsToDef definition, uint32_t edge_id, TableNode* child_table,
           TableNode* target_table)
    : id(edge_id),
      def(std::move(definition)),
      child(child_table),
      target(target_table),
      account_(shared->memory),
      link_(&account_),
      place_(&account_),
      heads_(&account_),
      arena_(&account_),
      ghosts_(&account_),
      ghost_index_(&account_, &shared->epoch) {}

// ---- Room ----

bool Edge::GrowChildren(uint32_t n) { return link_.Grow(n) && place_.Grow(n); }

bool Edge::AddTargets(uint32_t n) {
  while (heads_.size < n) {
    if (!heads_.Push(Head{})) return false;
  }
  return true;
}

// Room at the end of a list that has none; from a certain length on its children know their places.
bool Edge::MakeRoom(Head* head) {
  const bool kept = KeepsPlaces(*head);
  const auto all = [&](auto visit) {
    for (uint32_t place = 0; place < head->count; ++place) {
      if (!visit(arena_.At(*head, place), place)) return false;
    }
    return true;
  };
  if (!kept && head->log == kNoPlacesLog && !all([&](Slot sibling, uint32_t) { return place_.Own(sibling); }))
    return false;
  const bool made = arena_.PrepareAppend(head);  // also where it failed, the list may have another shape now
  if (!kept && KeepsPlaces(*head)) {
    all([&](Slot sibling, uint32_t place) {
      place_.Mutable(sibling) = place;
      return true;
    });
  }
  return made;
}

// ---- Links ----

void Edge::Relink(Slot child_slot, uint32_t node, uint32_t place) {
  Head& head = MutableHead(node);
  Slot back = child_slot;
  if (place != head.count) {  // the sibling that took the place goes back to the end
    back = arena_.At(head, place);
    arena_.Set(&head, place, child_slot);
    if (KeepsPlaces(head)) place_.Mutable(back) = head.count;
  }
  arena_.Append(&head, back);
  if (KeepsPlaces(head)) place_.Mutable(child_slot) = place;
  link_.Mutable(child_slot) = node;
  if (node >= kGhost) ++dangling_;
}

void Edge::Trim(uint32_t node) {
  if (node < kGhost) {
    if (node < heads_.size && heads_.IsOwned(node)) arena_.Trim(&MutableHead(node));
    return;
  }
  const Ghost& ghost = ghosts_[node - kGhost];
  if (!ghost.in_use || !ghosts_.IsOwned(node - kGhost)) return;
  if (ghost.head.count == 0) {
    DropGhost(node);
  } else {
    arena_.Trim(&MutableHead(node));
  }
}

// ---- Ghosts ----

uint32_t Edge::FindGhost(const RowStore& rows, absl::Span<const uint32_t> columns, Slot slot) const {
  if (ghost_index_.size() == 0) return kNoSlot;
  const KeyProbe probe = {rows.Probe(columns, slot).hash, kNoNumber};
  // A ghost's key is that of its children; one without children has none any more.
  const uint32_t found = ghost_index_.Find(
      probe, [&](uint32_t g) { return ghosts_[g].head.count > 0; },
      [&](uint32_t g) {
        return ghosts_[g].head.count > 0 &&
               rows.Agree(columns, slot, *child_rows, foreign_key, arena_.At(ghosts_[g].head, 0));
      });
  return found == kNoSlot ? kNoSlot : found + kGhost;
}

uint32_t Edge::FindNode(absl::Span<const Cell> cells) const {
  const Slot row = target_rows->Find(*key, cells);
  if (row != kNoSlot || ghost_index_.size() == 0) return row;
  const uint32_t found = ghost_index_.Find(
      {child_rows->Probe(foreign_key, cells).hash, kNoNumber},
      [&](uint32_t g) { return ghosts_[g].head.count > 0; },
      [&](uint32_t g) {
        return ghosts_[g].head.count > 0 &&
               child_rows->HasCells(foreign_key, arena_.At(ghosts_[g].head, 0), cells);
      });
  return found == kNoSlot ? kNoSlot : found + kGhost;
}

uint32_t Edge::OldestGhost() const {
  uint32_t oldest = kNoSlot;
  for (uint32_t g = 0; g < ghosts_.size; ++g) {
    if (!ghosts_[g].in_use || ghosts_[g].head.count == 0) continue;
    if (oldest == kNoSlot || ghosts_[g].born < ghosts_[oldest].born) oldest = g;
  }
  return oldest + kGhost;
}

bool Edge::PrepareGhost(Slot child_slot) {
  const bool reuse = free_ghost_ != kNoSlot;
  if (reuse ? !ghosts_.Own(free_ghost_) : !(ghosts_.Reserve(ghosts_.size + 1) && ghosts_.Own(ghosts_.size)))
    return false;
  return ghost_index_.PrepareAdd({child_rows->Probe(foreign_key, child_slot).hash, kNoNumber},
                                 [&](uint32_t g) { return ghosts_[g].hash; });
}

uint32_t Edge::NewGhost(Slot child_slot) {
  uint32_t g = free_ghost_;
  Head head;
  if (g != kNoSlot) {
    free_ghost_ = ghosts_[g].next_free;
    head = ghosts_[g].head;  // may have kept a block
  } else {
    g = ghosts_.size;
    ghosts_.Grow(g + 1);
  }
  const uint64_t hash = child_rows->Probe(foreign_key, child_slot).hash;
  ghosts_.Mutable(g) = {head, hash, ++ghosts_born_, kNoSlot, true};
  ghost_index_.Add({hash, kNoNumber}, g);
  return g + kGhost;
}

void Edge::DropGhost(uint32_t ghost_node) {
  const uint32_t g = ghost_node - kGhost;
  Ghost& ghost = ghosts_.Mutable(g);
  assert(ghost.in_use && ghost.head.count == 0);
  ghost_index_.Drop({ghost.hash, kNoNumber}, g);
  arena_.Trim(&ghost.head);
  ghost.in_use = false;
  ghost.next_free = std::exchange(free_ghost_, g);
}

// ---- Giving back ----

void Edge::ResetChildren() {
  assert(dangling_ == 0);
  link_.Clear();
  place_.Clear();
  for (uint32_t t = 0; t < heads_.size; ++t) {
    if (heads_[t].level != 0 && heads_.Own(t)) heads_.Mutable(t) = Head{};
  }
  arena_.Clear();
  ghosts_.Clear();
  ghost_index_.Clear();
  free_ghost_ = kNoSlot;
}

void Edge::ResetTargets() {
  for (uint32_t t = 0; t < heads_.size; ++t) Trim(t);
  heads_.Clear();
}

void Edge::Clear() {
  link_.Clear();
  place_.Clear();
  heads_.Clear();
  arena_.Clear();
  ghosts_.Clear();
  ghost_index_.Clear();
  free_ghost_ = kNoSlot;
  dangling_ = 0;
}

size_t Edge::CountBytes() const {
  return link_.CountBytes() + place_.CountBytes() + heads_.CountBytes() + arena_.CountBytes() +
         ghosts_.CountBytes() + ghost_index_.CountBytes();
}

}  // namespace tenon::internal
