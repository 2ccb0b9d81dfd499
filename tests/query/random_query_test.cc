// Random queries over random rows: whatever plan finds them, results and their order are those of nested loops over all
// rows, of the same database without its indexes, and of SQLite.
//
//   --seed=N     the first data set (default 1); each is asked 40 queries
//   --queries=N  (default 5000)
//
// A failure is printed with its seed, the query in SQL, how it was run, and the schema.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "gtest/gtest.h"
#include "tests/query/trial.h"

ABSL_FLAG(uint64_t, seed, 1, "the first data set");
ABSL_FLAG(uint64_t, queries, 5'000, "how many queries");

namespace tenon::query {
namespace {

constexpr uint64_t kQueriesOfOne = 40;

TEST(RandomQueryTest, NoPlanChangesAResult) {
  const uint64_t queries = absl::GetFlag(FLAGS_queries);
  const auto start = std::chrono::steady_clock::now();
  uint64_t seed = absl::GetFlag(FLAGS_seed);
  for (uint64_t asked = 0; asked < queries; ++seed) {
    Trial trial(seed);
    for (uint64_t i = 0; i < kQueriesOfOne; ++i, ++asked) {
      const std::string difference = trial.NextDifference();
      if (difference.empty()) continue;
      FAIL() << "--seed=" << seed << " --queries=" << kQueriesOfOne << ", query " << i << "\n" << difference;
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << "seeds to " << seed - 1 << ", "
            << static_cast<uint64_t>(static_cast<double>(queries) / seconds.count()) << " queries a second\n";
}

}  // namespace
}  // namespace tenon::query

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
