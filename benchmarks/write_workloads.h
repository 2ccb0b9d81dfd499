// Writes that the edge between parents and children has to follow, and their undoing.
#ifndef TENON_BENCHMARKS_WRITE_WORKLOADS_H_
#define TENON_BENCHMARKS_WRITE_WORKLOADS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "benchmarks/family.h"
#include "benchmarks/workload.h"

namespace tenon::benchmarks {

// Children with the parents they move to and come back to: one pass moves all there, the next one all back.
template <class Store>
struct Moves {
  explicit Moves(const Home<Store>& home)
      : children(At(home.children, home.family.child_order)),
        there(At(At(home.parents, home.family.moved_to), home.family.child_order)),
        back(At(At(home.parents, home.family.parent_of), home.family.child_order)) {}
  std::vector<typename Store::Child> children;
  std::vector<typename Store::Parent> there, back;
};

// Times pass(store, children, parents).
template <class Store, class F>
void MoveWith(State& state, F pass) {
  const auto home = NewHome<Store>(state);
  const Moves<Store> moves(*home);
  bool right = true, moved = false;
  for (auto _ : state) {
    right &= pass(home->store, moves.children, moved ? moves.back : moves.there);
    moved = !moved;
  }
  right &= home->Holds(home->family.parent_ids, moved ? home->family.moved_to : home->family.parent_of);
  Finish(state, moves.children.size(), right);
}

template <class Store>
void Move(State& state) {
  MoveWith<Store>(state, [](Store& store, const auto& children, const auto& parents) {
    bool right = true;
    store.BeginWrites();
    for (size_t i = 0; i < children.size(); ++i) right &= store.Move(children[i], parents[i]);
    store.EndWrites();
    return right;
  });
}

template <class Store>
void MoveInBatches(State& state) {
  MoveWith<Store>(state, [](Store& store, const auto& children, const auto& parents) {
    bool right = true;
    for (size_t i = 0; i < children.size(); i += kBatch) {
      right &= store.MoveAll(absl::MakeConstSpan(children).subspan(i, kBatch),
                             absl::MakeConstSpan(parents).subspan(i, kBatch));
    }
    return right;
  });
}

// Every parent gets another key, which the foreign keys of its children follow; by child.
template <class Store>
void ChangeKey(State& state) {
  const auto home = NewHome<Store>(state);
  const Family& family = home->family;
  const std::vector<int64_t>* ids = &family.parent_ids;
  for (auto _ : state) {
    ids = ids == &family.parent_ids ? &family.other_parent_ids : &family.parent_ids;
    home->store.BeginWrites();
    for (const uint32_t i : family.parent_order) {
      home->parents[i] = home->store.ChangeKey(home->parents[i], (*ids)[i]);
    }
    home->store.EndWrites();
  }
  Finish(state, home->children.size(), home->Holds(*ids, family.parent_of));
}

// Every parent is erased, and its children with it; by row.
template <class Store>
void CascadeDelete(State& state) {
  size_t rows = 0;
  bool right = true;
  for (auto _ : state) {
    state.PauseTiming();
    auto home = NewHome<Store>(state);
    const std::vector<typename Store::Parent> parents = At(home->parents, home->family.parent_order);
    rows = parents.size() + home->children.size();
    state.ResumeTiming();
    home->store.BeginWrites();
    for (const auto parent : parents) right &= home->store.EraseParent(parent);
    home->store.EndWrites();
    state.PauseTiming();
    right &= home->store.parent_count() == 0 && home->store.child_count() == 0;
    home.reset();
    state.ResumeTiming();
  }
  Finish(state, rows, right);
}

// A transaction with a tenth as many writes as there are children is undone, and only the undoing is timed.
template <class Store, class F>
void RollBack(State& state, F write) {
  const auto home = NewHome<Store>(state);
  const size_t writes = home->parents.size();
  bool right = true;
  for (auto _ : state) {
    state.PauseTiming();
    home->store.Begin();
    right &= write(*home, writes);
    state.ResumeTiming();
    home->store.Rollback();
  }
  Finish(state, writes, right && home->IsAsBuilt());
}

template <class Store>
void RollBackInserts(State& state) {
  RollBack<Store>(state, [](Home<Store>& home, size_t writes) {
    const size_t child_count = home.children.size();
    for (size_t i = 0; i < writes; ++i) {
      home.store.InsertChild(home.family.new_child_ids[i], home.family.child_parent_ids[i], 0);
    }
    return home.store.child_count() == child_count + writes;
  });
}

template <class Store>
void RollBackMoves(State& state) {
  RollBack<Store>(state, [](Home<Store>& home, size_t writes) {
    bool right = true;
    for (size_t i = 0; i < writes; ++i) {
      const uint32_t child = home.family.child_order[i];
      right &= home.store.Move(home.children[child], home.parents[home.family.moved_to[child]]);
    }
    return right;
  });
}

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_WRITE_WORKLOADS_H_
