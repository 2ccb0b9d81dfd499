// The same questions to every store: Tenon, SQLite, and structs linked by hand.
//
// An iteration is one pass over all children (or parents) in shuffled order; `per_item` is its time by item.
// Every workload checks what it computed: a wrong answer is reported, and makes the program fail.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "benchmark/benchmark.h"
#include "benchmarks/by_hand_store.h"
#include "benchmarks/insert_workloads.h"
#include "benchmarks/read_workloads.h"
#include "benchmarks/sqlite_store.h"
#include "benchmarks/tenon_store.h"
#include "benchmarks/workload.h"
#include "benchmarks/write_workloads.h"

ABSL_FLAG(std::vector<std::string>, children, std::vector<std::string>({"10000", "1000000"}),
          "numbers of children, ten of each parent");

namespace tenon::benchmarks {
namespace {

benchmark::internal::Benchmark* Add(const std::string& name, const std::string& store,
                                    void (*workload)(State&)) {
  std::vector<int64_t> sizes;
  for (const std::string& size : absl::GetFlag(FLAGS_children)) sizes.push_back(std::atoll(size.c_str()));
  return benchmark::RegisterBenchmark(("BM_" + name + "<" + store + ">").c_str(), workload)
      ->ArgNames({"children", "random"})
      ->ArgsProduct({sizes, {0, 1}})
      ->Unit(benchmark::kMillisecond);
}

// What a store does not have is not asked of it: SQLite has no handles, the hand has no undo.
template <class Store>
void RegisterWrites(const std::string& store) {
  Add("Insert", store, Insert<Store>);
  if constexpr (requires { &Store::InsertChildren; }) Add("InsertInBatches", store, InsertInBatches<Store>);
  Add("Move", store, Move<Store>);
  if constexpr (requires { &Store::MoveAll; }) Add("MoveInBatches", store, MoveInBatches<Store>);
  Add("ChangeKey", store, ChangeKey<Store>);
  Add("CascadeDelete", store, CascadeDelete<Store>);
}

template <class Store>
void RegisterAll(const std::string& store) {
  RegisterWrites<Store>(store);
  Add("FindAndFollow", store, FindAndFollow<Store>);
  if constexpr (requires { &Store::Follow; }) Add("Follow", store, Follow<Store>);
  Add("SumOfChildren", store, SumOfChildren<Store>);
  Add("CountChildren", store, CountChildren<Store>);
  if constexpr (requires { &Store::Rollback; }) {
    // Far more time goes into what is undone than into undoing it: no number of passes is to be found by
    // trying.
    Add("RollBackInserts", store, RollBackInserts<Store>)->Iterations(5);
    Add("RollBackMoves", store, RollBackMoves<Store>)->Iterations(5);
  }
}

}  // namespace

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  RegisterAll<SqliteStore>("SQLite");
  RegisterAll<ByHandStore>("ByHand");
  RegisterAll<TenonStore>("Tenon");
  RegisterWrites<ObservedTenonStore>("TenonObserved");
  benchmark::RunSpecifiedBenchmarks();
  return wrong_answers == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace tenon::benchmarks

int main(int argc, char** argv) { return tenon::benchmarks::Main(argc, argv); }
