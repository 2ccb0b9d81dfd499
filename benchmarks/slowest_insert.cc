// The slowest single insert while a table grows: the hitch that a player would feel.
//
// The same rows go into five fresh databases. What delays a row every time is the store's doing, what delays
// it once is the machine's: so the least of a row's five latencies counts, and of these the largest is the
// answer.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "benchmarks/by_hand_store.h"
#include "benchmarks/family.h"
#include "benchmarks/sqlite_store.h"
#include "benchmarks/tenon_store.h"

ABSL_FLAG(uint32_t, rows, 10'000'000, "children to insert, into a tenth as many parents");
ABSL_FLAG(bool, random, false, "keys from all of int64 instead of 1, 2, 3 ...");
ABSL_FLAG(std::string, store, "Tenon", "Tenon, SQLite or ByHand");

namespace tenon::benchmarks {
namespace {

constexpr int kRuns = 5;

// Fills a fresh store, and lowers `latencies_ns` to what this run took. Whether all rows got in.
template <class Store>
bool Run(bool random, std::vector<uint32_t>& latencies_ns) {
  using Clock = std::chrono::steady_clock;
  const size_t parent_count = latencies_ns.size() / kChildrenPerParent + 1;
  std::mt19937_64 dice(1);
  Store store;
  store.BeginWrites();
  for (size_t i = 0; i < parent_count; ++i) store.InsertParent(KeyAt(i, random), 0);
  for (size_t i = 0; i < latencies_ns.size(); ++i) {
    const int64_t id = KeyAt(i, random);
    const int64_t parent_id = KeyAt(dice() % parent_count, random);
    const Clock::time_point start = Clock::now();
    store.InsertChild(id, parent_id, 0);
    const std::chrono::nanoseconds latency = Clock::now() - start;
    latencies_ns[i] = static_cast<uint32_t>(std::min<int64_t>(latency.count(), latencies_ns[i]));
  }
  store.EndWrites();
  return store.child_count() == latencies_ns.size();
}

template <class Store>
int Report(const std::string& store) {
  const bool random = absl::GetFlag(FLAGS_random);
  std::vector<uint32_t> latencies_ns(absl::GetFlag(FLAGS_rows), UINT32_MAX);
  for (int run = 0; run < kRuns; ++run) {
    if (!Run<Store>(random, latencies_ns)) {
      std::fprintf(stderr, "slowest_insert: %s refused a row\n", store.c_str());
      return EXIT_FAILURE;
    }
  }
  const auto slowest = std::max_element(latencies_ns.begin(), latencies_ns.end());
  std::printf("%s, %zu rows, %s keys: slowest insert %.1f us (row %td)", store.c_str(), latencies_ns.size(),
              random ? "random" : "dense", *slowest / 1e3, slowest - latencies_ns.begin());
  for (const double percent : {99.9, 50.0}) {
    const auto at = latencies_ns.begin() +
                    static_cast<std::ptrdiff_t>(static_cast<double>(latencies_ns.size() - 1) * percent / 100);
    std::nth_element(latencies_ns.begin(), at, latencies_ns.end());
    std::printf(", p%g %.2f us", percent, *at / 1e3);
  }
  std::printf("\n");
  return EXIT_SUCCESS;
}

int Main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const std::string store = absl::GetFlag(FLAGS_store);
  if (absl::GetFlag(FLAGS_rows) == 0) return EXIT_SUCCESS;
  if (store == "Tenon") return Report<TenonStore>(store);
  if (store == "SQLite") return Report<SqliteStore>(store);
  if (store == "ByHand") return Report<ByHandStore>(store);
  std::fprintf(stderr, "slowest_insert: there is no store %s\n", store.c_str());
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace tenon::benchmarks

int main(int argc, char** argv) { return tenon::benchmarks::Main(argc, argv); }
