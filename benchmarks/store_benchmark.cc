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

// What a store does not have is not asked of it: SQLite has no handles, the hand has no undo.
template <class Store>
void Register(const std::string& store) {
  std::vector<int64_t> sizes;
  for (const std::string& size : absl::GetFlag(FLAGS_children)) sizes.push_back(std::atoll(size.c_str()));
  const auto add = [&](const std::string& name, void (*workload)(State&)) {
    return benchmark::RegisterBenchmark(("BM_" + name + "<" + store + ">").c_str(), workload)
        ->ArgNames({"children", "random"})
        ->ArgsProduct({sizes, {0, 1}})
        ->Unit(benchmark::kMillisecond);
  };
  add("Insert", Insert<Store>);
  if constexpr (requires { &Store::InsertChildren; }) add("InsertInBatches", InsertInBatches<Store>);
  add("FindAndFollow", FindAndFollow<Store>);
  if constexpr (requires { &Store::Follow; }) add("Follow", Follow<Store>);
  add("SumOfChildren", SumOfChildren<Store>);
  add("CountChildren", CountChildren<Store>);
  add("Move", Move<Store>);
  if constexpr (requires { &Store::MoveAll; }) add("MoveInBatches", MoveInBatches<Store>);
  add("ChangeKey", ChangeKey<Store>);
  add("CascadeDelete", CascadeDelete<Store>);
  if constexpr (requires { &Store::Rollback; }) {
    // Far more time goes into what is undone than into undoing it: no number of passes is to be found by
    // trying.
    add("RollBackInserts", RollBackInserts<Store>)->Iterations(5);
    add("RollBackMoves", RollBackMoves<Store>)->Iterations(5);
  }
}

}  // namespace

int Main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  Register<SqliteStore>("SQLite");
  Register<ByHandStore>("ByHand");
  Register<TenonStore>("Tenon");
  benchmark::RunSpecifiedBenchmarks();
  return wrong_answers == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace tenon::benchmarks

int main(int argc, char** argv) { return tenon::benchmarks::Main(argc, argv); }
