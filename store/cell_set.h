// A set of 64-bit ids over Memory: the cells that a statement's rounds have written.
#ifndef TENON_STORE_CELL_SET_H_
#define TENON_STORE_CELL_SET_H_

#include <cstddef>
#include <cstdint>

#include "store/scratch.h"

namespace tenon::internal {

class CellSet {
 public:
  explicit CellSet(Account* account) : slots_(account) {}

  enum class Answer { kNew, kThere, kNoMemory };
  // Requires: id is not 2^64 - 1.
  Answer Insert(uint64_t id) {
    if (2 * (count_ + 1) > slots_.size() && !Grow()) return Answer::kNoMemory;
    uint64_t& slot = *PlaceOf(id);
    if (slot == id) return Answer::kThere;
    slot = id;
    ++count_;
    return Answer::kNew;
  }
  void Clear() {
    slots_.Clear();
    count_ = 0;
  }
  bool empty() const { return count_ == 0; }

 private:
  static constexpr uint64_t kFree = UINT64_MAX;
  uint64_t* PlaceOf(uint64_t id) {
    const size_t mask = slots_.size() - 1;
    size_t at = (id * 0x9E37'79B9'7F4A'7C15u) >> 20 & mask;
    while (slots_[at] != kFree && slots_[at] != id) at = (at + 1) & mask;
    return &slots_[at];
  }
  bool Grow() {
    Scratch<uint64_t> old(slots_.account());
    const size_t size = slots_.empty() ? 16 : 2 * slots_.size();
    if (!old.Reserve(size)) return false;
    while (old.size() < size) static_cast<void>(old.Push(kFree));
    old.Swap(slots_);
    for (const uint64_t id : old) {
      if (id != kFree) *PlaceOf(id) = id;
    }
    return true;
  }

  Scratch<uint64_t> slots_;
  size_t count_ = 0;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_CELL_SET_H_
