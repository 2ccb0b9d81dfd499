#include "store/text_heap.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

namespace tenon::internal {

TextHeap::Buffer* TextHeap::NewBuffer(size_t capacity) {
  void* block = account_->Allocate(sizeof(Buffer) + capacity);
  if (block == nullptr) return nullptr;
  return new (block) Buffer{nullptr, 1, 0, static_cast<uint32_t>(capacity)};
}

void TextHeap::Release(Buffer* buffer) {
  while (buffer != nullptr && --buffer->holders == 0) {
    Buffer* next = buffer->next;
    account_->Free(buffer, sizeof(Buffer) + buffer->capacity);
    buffer = next;
  }
}

bool TextHeap::Reserve(uint32_t chunk, size_t bytes) {
  while (pools_.size() <= chunk) {
    if (!pools_.Push({})) return false;
  }
  Pool& pool = pools_[chunk];
  Buffer* head = pool.head;
  if (head != nullptr && head->holders == 1 && head->capacity - head->used >= bytes) return true;
  const size_t usual =
      head == nullptr ? 64 : std::clamp<size_t>(2 * size_t{head->capacity}, 64, size_t{1} << 15);
  Buffer* fresh = NewBuffer(std::max(bytes, usual));
  if (fresh == nullptr) return false;
  fresh->next = head;  // takes over the pool's hold of it
  pool.head = fresh;
  return true;
}

Text TextHeap::Append(uint32_t chunk, std::string_view bytes) {
  Pool& pool = pools_[chunk];
  Buffer* head = pool.head;
  assert(head->holders == 1 && head->capacity - head->used >= bytes.size());
  char* at = head->bytes() + head->used;
  std::memcpy(at, bytes.data(), bytes.size());
  head->used += static_cast<uint32_t>(bytes.size());
  pool.used += bytes.size();
  return Text(std::string_view(at, bytes.size()));
}

void TextHeap::TakeBack(uint32_t chunk, size_t bytes) {
  Pool& pool = pools_[chunk];
  const auto drop_empty = [&] {
    while (pool.head != nullptr && pool.head->holders == 1 && pool.head->used == 0) {
      Buffer* next = pool.head->next;
      account_->Free(pool.head, sizeof(Buffer) + pool.head->capacity);
      pool.head = next;
    }
  };
  drop_empty();
  assert(pool.head->holders == 1 && pool.head->used >= bytes);
  pool.head->used -= static_cast<uint32_t>(bytes);
  pool.used -= bytes;
  drop_empty();
}

void TextHeap::FreeAll() {
  for (Pool& pool : pools_) Release(pool.head);
  Scratch<Pool>(account_).Swap(pools_);
}

bool TextHeap::CopyTo(TextHeap* out) {
  if (!out->pools_.Reserve(pools_.size())) return false;
  for (const Pool& pool : pools_) {
    if (pool.head != nullptr) ++pool.head->holders;
    out->pools_.Push(pool);
  }
  return true;
}

size_t TextHeap::CountBytes() const {
  size_t bytes = pools_.bytes();
  for (const Pool& pool : pools_) {
    for (const Buffer* b = pool.head; b != nullptr; b = b->next) bytes += sizeof(Buffer) + b->capacity;
  }
  return bytes;
}

}  // namespace tenon::internal
