// Reads along the edge between parents and children.
#ifndef TENON_BENCHMARKS_READ_WORKLOADS_H_
#define TENON_BENCHMARKS_READ_WORKLOADS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmarks/family.h"
#include "benchmarks/workload.h"

namespace tenon::benchmarks {

// From the key of a child to a cell of its parent.
template <class Store>
void FindAndFollow(State& state) {
  Home<Store>& home = SharedHome<Store>(state);
  const std::vector<int64_t> ids = At(home.family.child_ids, home.family.child_order);
  const int64_t expected = Sum(home.family.parent_scores) * int64_t{kChildrenPerParent};
  bool right = true;
  for (auto _ : state) {
    int64_t sum = 0;
    for (const int64_t id : ids) sum += home.store.FindAndFollow(id);
    right &= sum == expected;
  }
  Finish(state, ids.size(), right);
}

// From a handle of a child to a cell of its parent.
template <class Store>
void Follow(State& state) {
  Home<Store>& home = SharedHome<Store>(state);
  const std::vector<typename Store::Child> children = At(home.children, home.family.child_order);
  const int64_t expected = Sum(home.family.parent_scores) * int64_t{kChildrenPerParent};
  bool right = true;
  for (auto _ : state) {
    int64_t sum = 0;
    for (const auto child : children) sum += home.store.Follow(child);
    right &= sum == expected;
  }
  Finish(state, children.size(), right);
}

// A cell of every child of a parent; by child.
template <class Store>
void SumOfChildren(State& state) {
  Home<Store>& home = SharedHome<Store>(state);
  const std::vector<typename Store::Parent> parents = At(home.parents, home.family.parent_order);
  const int64_t expected = Sum(home.family.child_scores);
  bool right = true;
  for (auto _ : state) {
    int64_t sum = 0;
    for (const auto parent : parents) sum += home.store.SumOfChildren(parent);
    right &= sum == expected;
  }
  Finish(state, home.children.size(), right);
}

// The number of a parent's children; by parent.
template <class Store>
void CountChildren(State& state) {
  Home<Store>& home = SharedHome<Store>(state);
  const std::vector<typename Store::Parent> parents = At(home.parents, home.family.parent_order);
  bool right = true;
  for (auto _ : state) {
    size_t count = 0;
    for (const auto parent : parents) count += home.store.CountChildren(parent);
    right &= count == home.children.size();
  }
  Finish(state, parents.size(), right);
}

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_READ_WORKLOADS_H_
