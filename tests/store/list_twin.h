// The lists of a block arena beside vectors.
#ifndef TENON_TESTS_STORE_LIST_TWIN_H_
#define TENON_TESTS_STORE_LIST_TWIN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "store/block_arena.h"
#include "store/memory.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

class ListTwin {
 public:
  ListTwin(Account* account, size_t lists)
      : arena_(account), account_(account), heads_(lists), twins_(lists) {}

  BlockArena& arena() { return arena_; }
  size_t list_count() const { return heads_.size(); }
  size_t Count(size_t list) const { return twins_[list].size(); }
  Head& head(size_t list) { return heads_[list]; }

  // False when memory is refused.
  bool Append(size_t list, Slot slot) {
    if (!arena_.PrepareAppend(&heads_[list])) return false;
    arena_.Append(&heads_[list], slot);
    twins_[list].push_back(slot);
    return true;
  }
  // False when memory is refused. Requires: place < Count(list).
  bool Set(size_t list, uint32_t place, Slot slot) {
    if (!arena_.Own(heads_[list], place)) return false;
    arena_.Set(&heads_[list], place, slot);
    twins_[list][place] = slot;
    return true;
  }
  // Requires: Count(list) > 0.
  void Pop(size_t list) {
    arena_.Pop(&heads_[list]);
    twins_[list].pop_back();
  }
  void Trim(size_t list) { arena_.Trim(&heads_[list]); }

  // Null when memory is refused.
  std::unique_ptr<ListTwin> Copy() {
    auto copy = std::make_unique<ListTwin>(account_, list_count());
    if (!arena_.CopyTo(&copy->arena_)) return nullptr;
    copy->heads_ = heads_;
    copy->twins_ = twins_;
    return copy;
  }

  void CheckList(size_t list) const {
    ASSERT_EQ(heads_[list].count, twins_[list].size());
    for (uint32_t i = 0; i < heads_[list].count; ++i)
      ASSERT_EQ(arena_.At(heads_[list], i), twins_[list][i]) << i;
  }
  void Check() const {
    for (size_t list = 0; list < heads_.size(); ++list) ASSERT_NO_FATAL_FAILURE(CheckList(list)) << list;
  }
  // Every word is in one block, of a list or free. Holds for an arena that was never copied.
  void CheckWords() const {
    size_t words = arena_.CountFreeWords();
    for (const Head& head : heads_) words += arena_.CountWords(head);
    ASSERT_EQ(words, arena_.words().size);
  }

 private:
  BlockArena arena_;
  Account* account_;
  std::vector<Head> heads_;
  std::vector<std::vector<Slot>> twins_;
};

// One of: a few or a few thousand appends or pops, a set, a trim. False when memory is refused.
inline bool RandomListStep(std::mt19937_64& random, ListTwin* lists) {
  const size_t list = random() % lists->list_count();
  const uint64_t action = random() % 10;
  const uint64_t times = random() % (random() % 30 == 0 ? 3'000 : 6);
  if (action < 5) {
    for (uint64_t i = 0; i < times; ++i) {
      if (!lists->Append(list, static_cast<Slot>(random() % kGhost))) return false;
    }
  } else if (action < 8) {
    for (uint64_t i = 0; i < times && lists->Count(list) > 0; ++i) lists->Pop(list);
  } else if (action == 8) {
    lists->Trim(list);
  } else if (lists->Count(list) > 0) {
    return lists->Set(list, static_cast<uint32_t>(random() % lists->Count(list)), static_cast<Slot>(times));
  }
  return true;
}

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_LIST_TWIN_H_
