#include "store/memory.h"

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tenon::internal {

void* Memory::Allocate(size_t bytes) {
  if (!refuses_) {
    void* block = std::malloc(bytes);
    if (block == nullptr) std::abort();
    bytes_ += bytes;
    return block;
  }
  ++requests_;
  if (refuse_at_ != 0 && (requests_ == refuse_at_ || (refuse_on_ && requests_ > refuse_at_))) return nullptr;
  if (limit_ != 0 && (bytes_ > limit_ || bytes > limit_ - bytes_)) return nullptr;
  void* block = std::malloc(bytes);
  if (block != nullptr) bytes_ += bytes;
  return block;
}

void Memory::Free(void* block, size_t bytes) {
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  std::free(block);
}

size_t Memory::RefuseForTesting(size_t after, bool persistent) {
  refuse_at_ = after;
  refuse_on_ = persistent;
  return std::exchange(requests_, 0);
}

uint32_t Memory::NewShare() {
  uint32_t share = free_share_;
  if (share != 0) {
    free_share_ = shares_[share];
  } else {
    if (share_count_ >= share_capacity_) {
      const uint32_t capacity = share_capacity_ == 0 ? 64 : 2 * share_capacity_;
      auto* grown = static_cast<uint32_t*>(Allocate(capacity * sizeof(uint32_t)));
      if (grown == nullptr) return 0;
      if (shares_ != nullptr) std::memcpy(grown, shares_, share_capacity_ * sizeof(uint32_t));
      Free(shares_, share_capacity_ * sizeof(uint32_t));
      shares_ = grown;
      share_capacity_ = capacity;
    }
    share = share_count_++;
  }
  shares_[share] = 2;
  return share;
}

uint32_t Memory::DropHolder(uint32_t share) {
  const uint32_t left = --shares_[share];
  if (left == 0) shares_[share] = std::exchange(free_share_, share);
  return left;
}

}  // namespace tenon::internal
