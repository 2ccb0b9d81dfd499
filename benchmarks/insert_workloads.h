// Children are inserted: their keys must be new, their parents' keys must exist.
#ifndef TENON_BENCHMARKS_INSERT_WORKLOADS_H_
#define TENON_BENCHMARKS_INSERT_WORKLOADS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/family.h"
#include "benchmarks/workload.h"

namespace tenon::benchmarks {

// Times insert(home), and tells how many bytes a child takes, its share of its parent's list included. No
// store is told how much is coming: growing is part of it.
template <class Store, class F>
void InsertInto(State& state, F insert) {
  bool right = true;
  size_t bytes = 0;
  const size_t child_count = GetFamily(state).child_ids.size();
  for (auto _ : state) {
    state.PauseTiming();
    {
      Home<Store> home(GetFamily(state));
      const size_t bytes_before = home.store.bytes();
      state.ResumeTiming();
      insert(home);
      state.PauseTiming();
      bytes = home.store.bytes() - bytes_before;
      right &= home.store.child_count() == child_count;
      for (size_t i = 0; i < home.children.size(); ++i) {
        right &= home.store.ForeignKey(home.children[i]) == home.family.child_parent_ids[i];
      }
    }
    state.ResumeTiming();
  }
  state.counters["bytes_per_child"] = static_cast<double>(bytes) / static_cast<double>(child_count);
  Finish(state, child_count, right);
}

template <class Store>
void Insert(State& state) {
  InsertInto<Store>(state, [](Home<Store>& home) { home.InsertChildren(); });
}

template <class Store>
void InsertInBatches(State& state) {
  InsertInto<Store>(state, [](Home<Store>& home) {
    const Family& family = home.family;
    for (size_t i = 0; i < family.child_ids.size(); i += kBatch) {
      const auto batch = [i](const std::vector<int64_t>& v) {
        return absl::MakeConstSpan(v).subspan(i, kBatch);
      };
      home.store.InsertChildren(batch(family.child_ids), batch(family.child_parent_ids),
                                batch(family.child_scores));
    }
  });
}

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_INSERT_WORKLOADS_H_
