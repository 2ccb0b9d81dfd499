// An array in chunks that never move: the home of all per-row state.
//
//   spine_ -> | chunk 0 | chunk 1 | chunk 2 |        each chunk: 2^log elements, side by side
//
// Keeps  addresses of elements, once there is more than one chunk; the only chunk of a small array grows 16, 32 ... to
//        full size, so that ten rows cost little, and an empty array owns nothing.
// Why    growth costs one chunk and copies no element; a copy of the array shares its chunks and costs pointers. Each
//        side copies a chunk when it first writes to it: Own() before Mutable(). Only this class knows of sharing.
// Elements are plain bytes: trivially copyable, never zero-filled.
#ifndef TENON_STORE_CHUNKED_ARRAY_H_
#define TENON_STORE_CHUNKED_ARRAY_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "store/memory.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

// The untyped array, with the width of an element and the size of a chunk given at run time.
class ChunkStore : public ArrayView {
 public:
  ChunkStore(Account* account, uint32_t width, uint32_t log) : account_(account), width_(width), log_(log) {}
  ChunkStore(const ChunkStore&) = delete;  // CopyTo can fail, a constructor can't
  ChunkStore& operator=(const ChunkStore&) = delete;
  ~ChunkStore() { Clear(); }

  // Makes room for `n` elements, so that Grow(n) succeeds. False when memory is refused.
  bool Reserve(uint32_t n) { return n <= capacity_ || Extend(n); }
  // At least `n` elements from now on; new ones hold anything. False when memory is refused.
  bool Grow(uint32_t n) {
    if (!Reserve(n)) return false;
    if (n > size) size = n;
    return true;
  }
  uint32_t capacity() const { return capacity_; }
  // Fewer elements; memory stays. Requires: n <= size.
  void Shrink(uint32_t n) {
    assert(n <= size);
    size = n;
  }
  // Gives back all chunks beyond the first `n` elements. Requires: n >= size.
  void Trim(uint32_t n) {
    if (capacity_ - n >= 1u << log_ && capacity_ > 1u << log_) TrimChunks(n);
  }
  // Empty, and owns nothing.
  void Clear();

  // Whether element `i` may be written. Requires: i < capacity.
  bool IsOwned(uint32_t i) const { return spine[i >> log_].share == 0; }
  // Makes element `i` writable. False when memory is refused.
  bool Own(uint32_t i) { return IsOwned(i) || Unshare(i >> log_); }

  // Asks memory for the line of element `i`. Requires: i < capacity.
  void PrefetchElement(uint32_t i) const { AskFor(At(i)); }

  // `out`, which is empty, becomes an equal array that shares all chunks. False when memory is refused.
  bool CopyTo(ChunkStore* out);

  // Bytes that this array holds, counted from its spine: shared chunks are counted by their last holder alone.
  size_t CountBytes() const;
  // Where element `i` is. Requires: i < capacity; to write there, that it is owned.
  std::byte* Address(uint32_t i) const { return At(i); }
  size_t CountChunkBytes(uint32_t chunk) const {
    return static_cast<size_t>(std::min(capacity_ - (chunk << log_), 1u << log_)) * width_;
  }

 protected:
  std::byte* At(uint32_t i) const {
    assert(i < capacity_);
    return spine[i >> log_].data + static_cast<size_t>(i & ((1u << log_) - 1)) * width_;
  }

 private:
  uint32_t ChunkCount() const { return (capacity_ + (1u << log_) - 1) >> log_; }
  Chunk* writable_spine() { return const_cast<Chunk*>(spine); }
  void FreeChunk(uint32_t chunk);
  void TrimChunks(uint32_t n);
  bool Extend(uint32_t n);
  bool ExtendSpine(uint32_t chunks);
  bool Unshare(uint32_t chunk);

  Account* account_;
  uint32_t capacity_ = 0;
  uint32_t spine_capacity_ = 0;
  uint32_t width_;
  uint32_t log_;
};

template <class T, uint32_t kLog = kChunkLog>
class ChunkedArray : public ChunkStore {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  explicit ChunkedArray(Account* account) : ChunkStore(account, sizeof(T), kLog) {}

  // As those of ChunkStore, with the chunk's size known at compile time.
  bool IsOwned(uint32_t i) const { return spine[i >> kLog].share == 0; }
  bool Own(uint32_t i) { return IsOwned(i) || ChunkStore::Own(i); }
  void Prefetch(uint32_t i) const { AskFor(&Load<T, kLog>(*this, i)); }

  const T& operator[](uint32_t i) const {
    assert(i < size);
    return Load<T, kLog>(*this, i);
  }
  // Requires: Own(i).
  T& Mutable(uint32_t i) {
    assert(i < size && IsOwned(i));
    return const_cast<T&>(Load<T, kLog>(*this, i));
  }
  // One element more. False when memory is refused. By value: it may be an element of the array, which moves.
  bool Push(T element) {
    if (!Reserve(size + 1) || !Own(size)) return false;
    ++size;
    Mutable(size - 1) = element;
    return true;
  }
  const T& back() const { return (*this)[size - 1]; }
};

}  // namespace tenon::internal

#endif  // TENON_STORE_CHUNKED_ARRAY_H_
