// Lists of slots, all of one edge: which children each target has.
//
//   Head{root, count, level, log} -> | child | child | child | free |        a block of 2^log slots, up to 1024
//   a longer list is a tree: blocks of block numbers over full blocks of 1024
//
// Keeps  order of appends, but for Replace. Blocks lie in chunks of one array and never cross a chunk.
// Why    append, replace, take the last: O(1) at any length, and a walk reads memory in order. A list never shrinks on
//        Pop, so that an undo finds room; Trim gives memory back once nothing can be undone any more.
#ifndef TENON_STORE_BLOCK_ARENA_H_
#define TENON_STORE_BLOCK_ARENA_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "store/chunked_array.h"
#include "store/memory.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

class BlockArena {
 public:
  explicit BlockArena(Account* account) : words_(account) { free_.fill(kNoSlot); }

  const ArrayView& words() const { return words_; }
  Slot At(const Head& head, uint32_t place) const { return ChildAt(words_, head, place); }

  // Makes room for one more slot at the end. False when memory is refused; the slots are then as before, the
  // blocks may be more.
  bool PrepareAppend(Head* head) { return HasRoom(*head) ? Own(*head, head->count) : MakeRoom(head); }
  // Whether the list is one block, and one more slot fits into it.
  static bool HasRoom(const Head& head) { return head.level == 1 && head.count < (1u << head.log); }
  // Requires: PrepareAppend.
  void Append(Head* head, Slot slot) {
    Set(head, head->count, slot);
    ++head->count;
  }
  // Makes a place writable. False when memory is refused.
  bool Own(const Head& head, uint32_t place) {
    const uint32_t word = WordOf(head, place);
    return word == kNoSlot || words_.Own(word);
  }
  // Requires: Own(place).
  void Set(Head* head, uint32_t place, Slot slot) {
    const uint32_t word = WordOf(*head, place);
    if (word == kNoSlot) {
      head->root = slot;
    } else {
      words_.Mutable(word) = slot;
    }
  }
  void Pop(Head* head) { --head->count; }
  // Gives back blocks that the list no longer needs, as far as they are writable.
  void Trim(Head* head);
  // Asks for the line after the last slot, if it is in the same block: the next one may not be there.
  void PrefetchEnd(const Head& head) const {
    if (HasRoom(head)) words_.Prefetch(head.root + head.count);
  }
  void PrefetchWord(uint32_t word) const { words_.Prefetch(word); }
  // Number of words that the list's blocks take.
  size_t CountWords(const Head& head) const;
  // Number of words that lie in free blocks.
  size_t CountFreeWords() const;
  size_t CountBytes() const { return words_.CountBytes(); }

  void Clear() {
    words_.Clear();
    free_.fill(kNoSlot);
  }
  bool CopyTo(BlockArena* out) {
    out->free_ = free_;
    return words_.CopyTo(&out->words_);
  }

 private:
  static constexpr uint32_t kFan = 1u << kBlockLog;

  // Where a place lies; kNoSlot: in the head itself.
  uint32_t WordOf(const Head& head, uint32_t place) const {
    return head.level == 1 ? head.root + place : head.level == 0 ? kNoSlot : FindWord(head, place);
  }
  uint32_t FindWord(const Head& head, uint32_t place) const;
  bool MakeRoom(Head* head);
  uint32_t Allocate(uint32_t log);  // kNoSlot when memory is refused
  void Free(uint32_t block, uint32_t log);
  uint32_t NewNode(uint32_t log);  // a block of block numbers, all none
  void FreeTree(uint32_t node, uint32_t level, uint32_t log);
  bool GrowRoot(Head* head);
  bool GrowPath(const Head& head);
  bool IsFull(const Head& head) const;

  ChunkedArray<uint32_t> words_;
  std::array<uint32_t, kBlockLog + 1> free_;  // by log: first free block, whose first word is the next one
};

}  // namespace tenon::internal

#endif  // TENON_STORE_BLOCK_ARENA_H_
