// The rows that every store is given: parents with ten children each.
#ifndef TENON_BENCHMARKS_FAMILY_H_
#define TENON_BENCHMARKS_FAMILY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace tenon::benchmarks {

inline constexpr size_t kChildrenPerParent = 10;

// The i-th key: 1, 2, 3 ... or numbers from all of int64, distinct because the finaliser of SplitMix64 is a
// bijection.
inline int64_t KeyAt(size_t i, bool random) {
  uint64_t x = i + 1;
  if (!random) return static_cast<int64_t>(x);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return static_cast<int64_t>(x ^ (x >> 31));
}

// Keeps  every parent has ten children, by `parent_of` and by `moved_to`, scattered over the order of
// insertion.
struct Family {
  Family(size_t child_count, bool random_keys) {
    std::mt19937_64 dice(1);
    const size_t parent_count = child_count / kChildrenPerParent;
    for (size_t i = 0; i < parent_count; ++i) {
      parent_ids.push_back(KeyAt(i, random_keys));
      other_parent_ids.push_back(KeyAt(parent_count + i, random_keys));
      new_child_ids.push_back(KeyAt(parent_count * kChildrenPerParent + i, random_keys));
      parent_scores.push_back(static_cast<int64_t>(i % 1000));
      parent_order.push_back(static_cast<uint32_t>(i));
    }
    for (size_t i = 0; i < parent_count * kChildrenPerParent; ++i) {
      child_ids.push_back(KeyAt(i, random_keys));
      child_scores.push_back(static_cast<int64_t>(i % 997));
      child_order.push_back(static_cast<uint32_t>(i));
      parent_of.push_back(static_cast<uint32_t>(i / kChildrenPerParent));
    }
    moved_to = parent_of;
    std::shuffle(parent_order.begin(), parent_order.end(), dice);
    std::shuffle(child_order.begin(), child_order.end(), dice);
    std::shuffle(parent_of.begin(), parent_of.end(), dice);
    std::shuffle(moved_to.begin(), moved_to.end(), dice);
    for (const uint32_t parent : parent_of) child_parent_ids.push_back(parent_ids[parent]);
  }

  // By parent.
  std::vector<int64_t> parent_ids, parent_scores;
  // As many ids that parents may change to, and that no child has yet.
  std::vector<int64_t> other_parent_ids, new_child_ids;
  // By child; `moved_to` is another parent, for moving.
  std::vector<int64_t> child_ids, child_parent_ids, child_scores;
  std::vector<uint32_t> parent_of, moved_to;
  // All parents and all children in the order in which they are visited.
  std::vector<uint32_t> parent_order, child_order;
};

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_FAMILY_H_
