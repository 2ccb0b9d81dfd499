// The bytes of long text cells of one column: for each chunk of rows a pool of append-only buffers.
//
//   pool of rows 0..4095  ->  | buffer, filling |  ->  | buffer, full |  ->  ...
//
// Keeps  bytes stay where they are until their pool is rewritten, which only happens after a commit; taken back, they are
//        taken back in the opposite order of their appends (undo runs backwards).
// Why    a list that is only extended at its head can be shared by copies of the column: who finds the head shared
//        starts a buffer of its own in front of it.
#ifndef TENON_STORE_TEXT_HEAP_H_
#define TENON_STORE_TEXT_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/memory.h"
#include "store/scratch.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

class TextHeap {
 public:
  explicit TextHeap(Account* account) : account_(account), pools_(account) {}
  TextHeap(const TextHeap&) = delete;  // CopyTo can fail
  TextHeap& operator=(const TextHeap&) = delete;
  ~TextHeap() { Clear(); }

  // Makes room for `bytes` in the pool of `chunk`. False when memory is refused.
  bool Reserve(uint32_t chunk, size_t bytes);
  // Stores text in the room made by Reserve; a cell that holds it. Requires: not inline.
  Text Append(uint32_t chunk, std::string_view bytes);
  // Undoes the last Append of this pool that was not undone yet.
  void TakeBack(uint32_t chunk, size_t bytes);

  // Says that a stored text is no longer in any cell that counts.
  void CountDead(uint32_t chunk, size_t bytes) { pools_[chunk].dead += bytes; }
  // Whether more than half of a pool's bytes are dead, and they are worth the work.
  bool IsWasteful(uint32_t chunk) const {
    return chunk < pools_.size() && pools_[chunk].dead > 256 && pools_[chunk].dead * 2 > pools_[chunk].used;
  }
  // Replaces the buffers of a pool by one that holds the texts of `cells` for which keep(i) is true, and points the
  // cells to it. False when memory is refused, or they are more than 4 GiB; nothing has changed then.
  template <class Keep>
  bool Rewrite(uint32_t chunk, Text* cells, uint32_t count, Keep keep);

  void Clear() {
    if (!pools_.empty()) FreeAll();
  }
  // `out`, which is empty, shares all buffers. False when memory is refused.
  bool CopyTo(TextHeap* out);
  size_t CountBytes() const;
  // Bytes in use, dead ones included, and dead ones.
  size_t used(uint32_t chunk) const { return chunk < pools_.size() ? pools_[chunk].used : 0; }
  size_t dead(uint32_t chunk) const { return chunk < pools_.size() ? pools_[chunk].dead : 0; }

 private:
  struct Buffer {
    Buffer* next;
    uint32_t holders;
    uint32_t used;
    uint32_t capacity;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
  };
  struct Pool {
    Buffer* head = nullptr;
    size_t used = 0;
    size_t dead = 0;
  };
  void FreeAll();
  Buffer* NewBuffer(size_t capacity);
  void Release(Buffer* buffer);

  Account* account_;
  Scratch<Pool> pools_;
};

template <class Keep>
bool TextHeap::Rewrite(uint32_t chunk, Text* cells, uint32_t count, Keep keep) {
  size_t live = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (keep(i) && !cells[i].is_inline()) live += cells[i].length();
  }
  if (live > UINT32_MAX) return false;  // more than a buffer can hold
  Buffer* fresh = live == 0 ? nullptr : NewBuffer(live);
  if (live != 0 && fresh == nullptr) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!keep(i)) {
      cells[i] = Text();  // a row that is gone must not point into a buffer that is gone
    } else if (!cells[i].is_inline()) {
      const std::string_view old = cells[i].view();
      char* at = fresh->bytes() + fresh->used;
      std::memcpy(at, old.data(), old.size());
      fresh->used += static_cast<uint32_t>(old.size());
      cells[i] = Text(std::string_view(at, old.size()));
    }
  }
  Release(pools_[chunk].head);
  pools_[chunk] = {fresh, live, 0};
  return true;
}

}  // namespace tenon::internal

#endif  // TENON_STORE_TEXT_HEAP_H_
