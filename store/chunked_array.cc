#include "store/chunked_array.h"

#include <algorithm>
#include <cstring>

namespace tenon::internal {
namespace {

// What the only chunk of a small array starts with; a chunk of fewer rows starts full.
constexpr uint32_t kFirst = 16;
// Elements of one array.
constexpr uint32_t kMostElements = 0xFFFF'0000u;

}  // namespace

bool ChunkStore::ExtendSpine(uint32_t chunks) {
  if (chunks <= spine_capacity_) return true;
  const uint32_t capacity = std::max(chunks, spine_capacity_ * 2);
  auto* grown = static_cast<Chunk*>(account_->Allocate(capacity * sizeof(Chunk)));
  if (grown == nullptr) return false;
  if (spine != nullptr) std::memcpy(grown, spine, ChunkCount() * sizeof(Chunk));
  account_->Free(writable_spine(), spine_capacity_ * sizeof(Chunk));
  spine = grown;
  spine_capacity_ = capacity;
  return true;
}

bool ChunkStore::Extend(uint32_t n) {
  if (n > kMostElements) return false;  // before a count could wrap
  const uint32_t rows = 1u << log_;
  if (capacity_ < rows) {  // the only chunk grows
    uint32_t capacity = std::max(capacity_, std::min(kFirst, rows));
    while (capacity < n && capacity < rows) capacity *= 2;
    if (capacity > capacity_) {
      if (!ExtendSpine(1)) return false;
      auto* grown = static_cast<std::byte*>(account_->Allocate(static_cast<size_t>(capacity) * width_));
      if (grown == nullptr) return false;
      if (capacity_ != 0) {
        std::memcpy(grown, spine[0].data, static_cast<size_t>(capacity_) * width_);
        FreeChunk(0);
      }
      writable_spine()[0] = {grown, 0};
      capacity_ = capacity;
    }
  }
  while (capacity_ < n) {
    const uint32_t chunk = capacity_ >> log_;
    if (!ExtendSpine(chunk + 1)) return false;
    auto* fresh = static_cast<std::byte*>(account_->Allocate(static_cast<size_t>(rows) * width_));
    if (fresh == nullptr) return false;
    writable_spine()[chunk] = {fresh, 0};
    capacity_ += rows;
  }
  return true;
}

bool ChunkStore::Unshare(uint32_t chunk) {
  Memory& memory = account_->memory();
  const uint32_t share = spine[chunk].share;
  if (memory.Holders(share) == 1) {  // the other side let go
    memory.DropHolder(share);
    writable_spine()[chunk].share = 0;
    return true;
  }
  const size_t bytes = CountChunkBytes(chunk);
  auto* copy = static_cast<std::byte*>(account_->Allocate(bytes));
  if (copy == nullptr) return false;
  std::memcpy(copy, spine[chunk].data, bytes);
  memory.DropHolder(share);
  writable_spine()[chunk] = {copy, 0};
  return true;
}

void ChunkStore::FreeChunk(uint32_t chunk) {
  const uint32_t share = spine[chunk].share;
  if (share != 0 && account_->memory().DropHolder(share) != 0) return;
  account_->Free(spine[chunk].data, CountChunkBytes(chunk));
}

void ChunkStore::TrimChunks(uint32_t n) {
  assert(n >= size);
  const uint32_t rows = 1u << log_;
  while (capacity_ > rows && capacity_ - rows >= n) {
    FreeChunk(ChunkCount() - 1);
    capacity_ -= rows;
  }
}

void ChunkStore::Clear() {
  for (uint32_t chunk = 0, n = ChunkCount(); chunk < n; ++chunk) FreeChunk(chunk);
  account_->Free(writable_spine(), spine_capacity_ * sizeof(Chunk));
  spine = nullptr;
  size = capacity_ = spine_capacity_ = 0;
}

bool ChunkStore::CopyTo(ChunkStore* out) {
  assert(out->capacity_ == 0 && out->width_ == width_ && out->log_ == log_);
  const uint32_t chunks = ChunkCount();
  if (chunks == 0) return true;
  if (!out->ExtendSpine(chunks)) return false;
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    Chunk& mine = writable_spine()[chunk];
    if (mine.share != 0) {
      account_->memory().AddHolder(mine.share);
    } else {
      mine.share = account_->memory().NewShare();
      if (mine.share == 0) {
        out->Clear();
        return false;
      }
    }
    out->writable_spine()[chunk] = mine;
    out->capacity_ = std::min(capacity_, (chunk + 1) << log_);
  }
  out->size = size;
  return true;
}

size_t ChunkStore::CountBytes() const {
  size_t bytes = spine_capacity_ * sizeof(Chunk);
  for (uint32_t chunk = 0; chunk < ChunkCount(); ++chunk) bytes += CountChunkBytes(chunk);
  return bytes;
}

}  // namespace tenon::internal
