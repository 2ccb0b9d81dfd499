// A key index beside a std::map, and the rows that both are about.
//
// Rows are born with a key, change it, and die; at the end of an epoch all that is committed or undone. Dead rows stay
// in the index until then, and an undo must do without memory.
#ifndef TENON_TESTS_STORE_INDEX_TWIN_H_
#define TENON_TESTS_STORE_INDEX_TWIN_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "store/key_index.h"
#include "store/memory.h"
#include "tenon/internal/view.h"
#include "tests/store/refusal.h"

namespace tenon::internal {

// How keys look to the index.
struct KeyLook {
  const char* name;
  uint64_t (*hash)(uint64_t key);
  bool numbers;  // else like texts
};
inline uint64_t GoodHash(uint64_t key) {
  key = (key ^ key >> 30) * 0xBF58'476D'1CE4'E5B9u;
  key = (key ^ key >> 27) * 0x94D0'49BB'1331'11EBu;
  return key ^ key >> 31;
}
inline uint64_t NoHash(uint64_t) { return 0; }
inline constexpr KeyLook kNumbers = {"numbers", GoodHash, true};
inline constexpr KeyLook kTexts = {"texts", GoodHash, false};
inline constexpr KeyLook kEqualNumbers = {"numbers of equal hash", NoHash, true};
inline constexpr KeyLook kEqualTexts = {"texts of equal hash", NoHash, false};

class IndexTwin {
 public:
  IndexTwin(Account* account, KeyLook look) : index_(account, &epoch_), account_(account), look_(look) {}

  KeyIndex& index() { return index_; }
  const std::map<uint64_t, Slot>& map() const { return map_; }
  bool Has(uint64_t key) const { return map_.contains(key); }
  size_t rehashes() const { return rehashes_; }

  // ---- One step each; false when memory is refused ----

  // Requires: !Has(key).
  bool Add(uint64_t key) {
    EXPECT_FALSE(Has(key)) << key;
    if (!PrepareAdd(key)) return false;
    rows_.push_back({key, true});
    Enter(key, static_cast<Slot>(rows_.size() - 1));
    return true;
  }
  // The others require: Has(key).
  bool Kill(uint64_t key) {
    const Slot slot = map_.at(key);
    if (!index_.PrepareTake(Probe(key), slot)) return false;
    rows_[slot].alive = false;
    map_.erase(key);
    steps_.push_back({Step::kDeath, key, slot});
    return true;
  }
  bool Retire(uint64_t key) {
    const Slot slot = map_.at(key);
    if (!index_.PrepareTake(Probe(key), slot)) return false;
    index_.Retire(Probe(key), slot);
    map_.erase(key);
    steps_.push_back({Step::kRetire, key, slot});
    return true;
  }
  // Requires: !Has(to). False also leaves the key retired: undo then.
  bool Change(uint64_t key, uint64_t to) {
    const Slot slot = map_.at(key);
    if (!Retire(key) || !PrepareAdd(to)) return false;
    rows_[slot].key = to;
    Enter(to, slot);
    return true;
  }

  // ---- The end of an epoch ----

  void Commit() {
    for (const Step& step : steps_) {
      if (step.kind == Step::kDeath) index_.Drop(Probe(rows_[step.slot].key), step.slot);
    }
    steps_.clear();
    ++epoch_;
  }
  void Undo() {
    WithoutMemory(&account_->memory(), [&] {
      for (; !steps_.empty(); steps_.pop_back()) Undo(steps_.back());
    });
    ++epoch_;
  }

  // Requires: an epoch has just begun. Null when memory is refused.
  std::unique_ptr<IndexTwin> Copy() {
    auto copy = std::make_unique<IndexTwin>(account_, look_);
    if (!index_.CopyTo(&copy->index_)) return nullptr;
    copy->rows_ = rows_;
    copy->map_ = map_;
    return copy;
  }

  // ---- Claims ----

  Slot Find(uint64_t key) const {
    return index_.Find(
        Probe(key), [&](Slot slot) { return rows_[slot].alive; },
        [&](Slot slot) { return rows_[slot].key == key; });
  }
  bool AgreesOn(uint64_t key) const {
    const auto found = map_.find(key);
    const Slot slot = found == map_.end() ? kNoSlot : found->second;
    return Find(key) == slot && (slot == kNoSlot || index_.Contains(Probe(key), slot));
  }
  void Check() const {
    std::multiset<Slot> entries;
    std::multiset<Slot> twins;
    index_.ForEach([&](Slot slot) { entries.insert(slot); });
    for (const auto& [key, slot] : map_) twins.insert(slot);
    for (const Step& step : steps_) {
      if (step.kind == Step::kDeath) twins.insert(step.slot);
    }
    ASSERT_EQ(entries, twins);
    ASSERT_EQ(index_.size(), twins.size());
    for (const auto& [key, slot] : map_) ASSERT_TRUE(AgreesOn(key)) << key;
  }

 private:
  struct Row {
    uint64_t key;
    bool alive;
  };
  struct Step {
    enum Kind { kAdd, kRetire, kDeath } kind;
    uint64_t key;
    Slot slot;
  };
  KeyProbe Probe(uint64_t key) const { return {look_.hash(key), look_.numbers ? key : kNoNumber}; }
  bool PrepareAdd(uint64_t key) {
    return index_.PrepareAdd(Probe(key), [&](Slot slot) {
      ++rehashes_;
      return look_.hash(rows_[slot].key);
    });
  }
  void Enter(uint64_t key, Slot slot) {
    index_.Add(Probe(key), slot);
    map_[key] = slot;
    steps_.push_back({Step::kAdd, key, slot});
  }
  void Undo(const Step& step) {
    Row& row = rows_[step.slot];
    if (step.kind == Step::kAdd) {
      index_.Drop(Probe(step.key), step.slot);
      map_.erase(step.key);
      return;
    }
    row.key = step.key;
    row.alive = true;
    map_[step.key] = step.slot;
    if (step.kind == Step::kRetire) index_.Restore(Probe(step.key), step.slot);
  }

  uint32_t epoch_ = 1;
  KeyIndex index_;
  Account* account_;
  KeyLook look_;
  size_t rehashes_ = 0;
  std::vector<Row> rows_;
  std::map<uint64_t, Slot> map_;
  std::vector<Step> steps_;
};

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_INDEX_TWIN_H_
