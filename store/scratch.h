// A list that grows through Memory: what a statement keeps on the side.
#ifndef TENON_STORE_SCRATCH_H_
#define TENON_STORE_SCRATCH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "store/memory.h"

namespace tenon::internal {

template <class T>
class Scratch {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  explicit Scratch(Account* account) : account_(account) {}
  Scratch(const Scratch&) = delete;  // a copy could fail
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { Free(); }

  // False when memory is refused; the list is then as before. By value: it may be an element of the list, which moves.
  bool Push(T element) {
    if (size_ == capacity_ && !Reserve(size_ + 1)) return false;
    data_[size_++] = element;
    return true;
  }
  bool Reserve(size_t n) {
    if (n <= capacity_) return true;
    const size_t capacity = std::max(n, capacity_ == 0 ? size_t{16} : 2 * capacity_);
    auto* grown = static_cast<T*>(account_->Allocate(capacity * sizeof(T)));
    if (grown == nullptr) return false;
    if (size_ != 0) std::memcpy(static_cast<void*>(grown), data_, size_ * sizeof(T));
    account_->Free(data_, capacity_ * sizeof(T));
    data_ = grown;
    capacity_ = capacity;
    return true;
  }
  // Empties the list; keeps a little memory, so that small statements ask for none.
  void Clear() {
    size_ = 0;
    if (capacity_ > kKeep) Free();
  }
  void Shrink(size_t n) { size_ = n; }
  void Swap(Scratch& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  Account* account() const { return account_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t bytes() const { return capacity_ * sizeof(T); }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  static constexpr size_t kKeep = 256;
  void Free() {
    account_->Free(data_, capacity_ * sizeof(T));
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

  Account* account_;
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_SCRATCH_H_
