#include "store/block_arena.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tenon::internal {

// ---- Blocks ----

// From the free list of the size, else half of a larger block, else fresh words at the end.
uint32_t BlockArena::Allocate(uint32_t log) {
  uint32_t from = log;
  while (from <= kBlockLog && free_[from] == kNoSlot) ++from;
  if (from > kBlockLog) {
    uint32_t unit = std::clamp<uint32_t>(words_.size, std::min(16u, kFan), kFan);
    unit = std::max(std::bit_floor(unit), 1u << log);
    while (words_.size % unit != 0) {  // what alignment leaves over is free
      const auto gap = static_cast<uint32_t>(std::countr_zero(words_.size));
      const uint32_t block = words_.size;
      if (!words_.Reserve(block + (1u << gap)) || !words_.Own(block)) return kNoSlot;
      words_.Grow(block + (1u << gap));
      Free(block, gap);
    }
    from = static_cast<uint32_t>(std::countr_zero(unit));
    const uint32_t block = words_.size;
    if (block > kNoSlot - 2 * kFan) return kNoSlot;  // block numbers end here
    if (!words_.Reserve(block + unit) || !words_.Own(block)) return kNoSlot;
    words_.Grow(block + unit);
    Free(block, from);
  }
  const uint32_t block = free_[from];
  if (!words_.Own(block)) return kNoSlot;
  free_[from] = words_[block];
  while (from > log) {
    --from;
    Free(block + (1u << from), from);
  }
  return block;
}

// Requires: the block is writable.
void BlockArena::Free(uint32_t block, uint32_t log) {
  words_.Mutable(block) = free_[log];
  free_[log] = block;
}

uint32_t BlockArena::NewNode(uint32_t log) {
  const uint32_t node = Allocate(log);
  if (node == kNoSlot) return kNoSlot;
  for (uint32_t i = 0; i < (1u << log); ++i) words_.Mutable(node + i) = kNoSlot;
  return node;
}

// ---- Lists ----

uint32_t BlockArena::FindWord(const Head& head, uint32_t place) const {
  uint32_t node = head.root;
  for (uint32_t level = head.level; level > 1; --level) {
    node = words_[node + ((place >> ((level - 1) * kBlockLog)) & (kFan - 1))];
  }
  return node + (place & (kFan - 1));
}

bool BlockArena::IsFull(const Head& head) const {
  if (head.level == 0) return head.count == 1;
  return head.count == uint64_t{1} << (head.log + (head.level - 1) * kBlockLog);
}

// A root of twice the size, or a root above the root.
bool BlockArena::GrowRoot(Head* head) {
  if (head->level == 0) {
    const uint32_t block = Allocate(1);
    if (block == kNoSlot) return false;
    words_.Mutable(block) = head->root;
    *head = {block, head->count, 1, 1};
    return true;
  }
  if (head->log == kBlockLog) {
    const uint32_t root = NewNode(1);
    if (root == kNoSlot) return false;
    words_.Mutable(root) = head->root;
    *head = {root, head->count, static_cast<uint8_t>(head->level + 1), 1};
    return true;
  }
  const uint32_t old_words = 1u << head->log;
  const uint32_t root = NewNode(head->log + 1u);
  if (root == kNoSlot) return false;
  if (!words_.Own(head->root)) {
    Free(root, head->log + 1u);
    return false;
  }
  for (uint32_t i = 0; i < old_words; ++i) words_.Mutable(root + i) = words_[head->root + i];
  Free(head->root, head->log);
  head->root = root;
  ++head->log;
  return true;
}

// The blocks from the root to the place after the last.
bool BlockArena::GrowPath(const Head& head) {
  uint32_t node = head.root;
  for (uint32_t level = head.level; level > 1; --level) {
    const uint32_t word = node + ((head.count >> ((level - 1) * kBlockLog)) & (kFan - 1));
    if (words_[word] == kNoSlot) {
      if (!words_.Own(word)) return false;
      const uint32_t fresh = NewNode(kBlockLog);
      if (fresh == kNoSlot) return false;
      words_.Mutable(word) = fresh;
    }
    node = words_[word];
  }
  return true;
}

bool BlockArena::MakeRoom(Head* head) {
  if (IsFull(*head) && !GrowRoot(head)) return false;
  if (head->level > 1 && !GrowPath(*head)) return false;
  return Own(*head, head->count);
}

// ---- Giving back ----

// The depth of the tree bounds this recursion: at most four levels.
void BlockArena::FreeTree(uint32_t node, uint32_t level, uint32_t log) {
  if (level > 1) {
    for (uint32_t i = 0; i < (1u << log) && words_[node + i] != kNoSlot; ++i) {
      FreeTree(words_[node + i], level - 1, kBlockLog);
    }
  }
  if (words_.IsOwned(node)) Free(node, log);  // else it stays unused until the table empties
}

void BlockArena::Trim(Head* head) {
  if (head->level == 0) {
    if (head->count == 0) head->root = kNoSlot;
    return;
  }
  if (!words_.IsOwned(head->root)) return;
  if (head->count == 0) {
    FreeTree(head->root, head->level, head->log);
    *head = Head{};
    return;
  }
  while (head->level > 1) {
    // Subtrees beyond the one after the last child's.
    const uint32_t shift = (head->level - 1u) * kBlockLog;
    for (uint32_t i = ((head->count - 1) >> shift) + 2; i < (1u << head->log); ++i) {
      uint32_t& word = words_.Mutable(head->root + i);
      if (word == kNoSlot) break;
      FreeTree(word, head->level - 1u, kBlockLog);
      word = kNoSlot;
    }
    if (head->count > (uint64_t{1} << shift) / 2) return;
    // Half of one subtree is enough: the root goes. The second subtree may still be there.
    const uint32_t first = words_[head->root];
    if (!words_.IsOwned(first)) return;
    if (const uint32_t second = words_[head->root + 1]; second != kNoSlot) {
      FreeTree(second, head->level - 1u, kBlockLog);
    }
    Free(head->root, head->log);
    *head = {first, head->count, static_cast<uint8_t>(head->level - 1), static_cast<uint8_t>(kBlockLog)};
  }
  const uint32_t block = head->root;
  if (head->count == 1) {
    const Slot only = words_[block];
    Free(block, head->log);
    *head = {only, 1, 0, 0};
    return;
  }
  uint32_t log = head->log;
  while (log > 1 && head->count <= (1u << log) / 4) --log;
  if (log == head->log) return;
  const uint32_t smaller = free_[log];
  if (smaller != kNoSlot && words_.IsOwned(smaller)) {
    // Pieces never become a block again: a list that grows and shrinks time after time must not make new ones.
    free_[log] = words_[smaller];
    for (uint32_t i = 0; i < head->count; ++i) words_.Mutable(smaller + i) = words_[block + i];
    Free(block, head->log);
    head->root = smaller;
  } else {
    for (uint32_t half = head->log; half-- > log;) Free(block + (1u << half), half);
  }
  head->log = static_cast<uint8_t>(log);
}

size_t BlockArena::CountWords(const Head& head) const {
  if (head.level == 0) return 0;
  size_t words = size_t{1} << head.log;
  if (head.level == 1) return words;
  for (uint32_t i = 0; i < (1u << head.log) && words_[head.root + i] != kNoSlot; ++i) {
    words += CountWords({words_[head.root + i], 0, static_cast<uint8_t>(head.level - 1), kBlockLog});
  }
  return words;
}

size_t BlockArena::CountFreeWords() const {
  size_t words = 0;
  for (uint32_t log = 0; log <= kBlockLog; ++log) {
    for (uint32_t block = free_[log]; block != kNoSlot; block = words_[block]) words += size_t{1} << log;
  }
  return words;
}

}  // namespace tenon::internal
