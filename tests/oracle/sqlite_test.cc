// Random programs on Tenon, the model and SQLite at once. What SQLite does otherwise must be of a class that is known,
// by a rule that is checked (divergence.h); anything else fails.
//
//   --seed=N        the first program (default 1)
//   --programs=N    how many programs; 0: as many as it takes to run so many statements
//   --statements=N  (default 20000)
//
// A failure is printed with its seed and the shortest program that could be found to show it.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "gtest/gtest.h"
#include "tests/model/program.h"
#include "tests/model/shrink.h"
#include "tests/oracle/trio.h"

ABSL_FLAG(uint64_t, seed, 1, "the first program to run");
ABSL_FLAG(uint64_t, programs, 0, "how many programs to run; 0: until --statements are spent");
ABSL_FLAG(uint64_t, statements, 20'000, "how many statements to run when --programs is 0");

namespace tenon::model {
namespace {

std::string Unexplained(const Program& program) {
  Tally tally;
  return Unexplained(program, tally);
}

TEST(SqliteTest, EveryDifferenceHasAClass) {
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  const uint64_t programs = absl::GetFlag(FLAGS_programs);
  const uint64_t statements = absl::GetFlag(FLAGS_statements);
  const auto start = std::chrono::steady_clock::now();
  Tally tally;
  uint64_t seed = first;
  for (; programs != 0 ? seed < first + programs : tally.total() < statements; ++seed) {
    const Program program = RandomProgram(seed);
    if (Unexplained(program, tally).empty()) continue;
    FAIL() << "--seed=" << seed << " --programs=1\n" << Explanation(program, Unexplained);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << tally.ToString() << "seeds " << first << " to " << seed - 1 << ", "
            << static_cast<int64_t>(static_cast<double>(tally.total()) / seconds.count())
            << " statements a second\n";
}

}  // namespace
}  // namespace tenon::model

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
