// What all workloads share: stores with families in them, and the end of a run.
#ifndef TENON_BENCHMARKS_WORKLOAD_H_
#define TENON_BENCHMARKS_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/family.h"

namespace tenon::benchmarks {

using benchmark::State;

// Rows of a statement, where a store takes several.
inline constexpr size_t kBatch = 1000;

// How many runs gave a wrong answer.
inline int wrong_answers = 0;

// Reports the time by item, and whether all answers were right.
inline void Finish(State& state, size_t items, bool right) {
  using benchmark::Counter;
  state.counters["per_item"] = Counter(static_cast<double>(items),
                                       Counter::Flags(Counter::kIsIterationInvariantRate | Counter::kInvert));
  if (right) return;
  state.SkipWithError("wrong answer");
  ++wrong_answers;
}

// The same family for all runs of one size and kind of keys.
inline const Family& GetFamily(const State& state) {
  static auto& families = *new std::map<std::pair<int64_t, int64_t>, Family>;
  const std::pair size_and_kind(state.range(0), state.range(1));
  return families.try_emplace(size_and_kind, static_cast<size_t>(state.range(0)), state.range(1) != 0)
      .first->second;
}

// A store with the parents of a family in it, then with all of it.
template <class Store>
struct Home {
  explicit Home(const Family& f) : family(f) {
    parents.reserve(family.parent_ids.size());
    children.reserve(family.child_ids.size());
    store.BeginWrites();
    for (size_t i = 0; i < family.parent_ids.size(); ++i) {
      parents.push_back(store.InsertParent(family.parent_ids[i], family.parent_scores[i]));
    }
    store.EndWrites();
  }
  void InsertChildren() {
    store.BeginWrites();
    for (size_t i = 0; i < family.child_ids.size(); ++i) {
      children.push_back(
          store.InsertChild(family.child_ids[i], family.child_parent_ids[i], family.child_scores[i]));
    }
    store.EndWrites();
  }

  // Whether the store holds the family, with these ids of parents and this parent of each child.
  bool Holds(const std::vector<int64_t>& parent_ids, const std::vector<uint32_t>& parent_of) {
    std::vector<size_t> counts(parents.size());
    std::vector<int64_t> sums(parents.size());
    bool right = store.parent_count() == parents.size() && store.child_count() == children.size();
    for (size_t i = 0; i < children.size(); ++i) {
      right &= store.ForeignKey(children[i]) == parent_ids[parent_of[i]];
      counts[parent_of[i]] += 1;
      sums[parent_of[i]] += family.child_scores[i];
    }
    for (size_t i = 0; i < parents.size(); ++i) {
      right &= store.CountChildren(parents[i]) == counts[i] && store.SumOfChildren(parents[i]) == sums[i];
    }
    return right;
  }
  bool IsAsBuilt() { return Holds(family.parent_ids, family.parent_of); }

  const Family& family;
  Store store;
  std::vector<typename Store::Parent> parents;
  std::vector<typename Store::Child> children;
};

// A full home of one's own, to write to.
template <class Store>
std::unique_ptr<Home<Store>> NewHome(const State& state) {
  auto home = std::make_unique<Home<Store>>(GetFamily(state));
  home->InsertChildren();
  return home;
}

// A full home that all workloads share which only read.
template <class Store>
Home<Store>& SharedHome(const State& state) {
  static auto& homes = *new std::map<const Family*, std::unique_ptr<Home<Store>>>;
  std::unique_ptr<Home<Store>>& home = homes[&GetFamily(state)];
  if (home == nullptr) home = NewHome<Store>(state);
  return *home;
}

// What lies at these places, gathered before the clock runs: then a pass reads its arguments in order.
template <class V>
std::vector<V> At(const std::vector<V>& values, const std::vector<uint32_t>& places) {
  std::vector<V> result;
  for (const uint32_t place : places) result.push_back(values[place]);
  return result;
}

inline int64_t Sum(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_WORKLOAD_H_
