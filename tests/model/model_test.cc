// The engine and the model run the same random programs in step; after every statement they must agree on
// everything that a caller can see.
//
//   --seed=N        the first program (default 1)
//   --programs=N    how many programs; 0: as many as it takes to run so many statements
//   --statements=N  (default 100000)
//
// A difference is printed with its seed and the shortest program that could be found to show it, also as C++.
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "gtest/gtest.h"
#include "tests/model/program.h"
#include "tests/model/shrink.h"
#include "tests/model/twins.h"

ABSL_FLAG(uint64_t, seed, 1, "the first program to run");
ABSL_FLAG(uint64_t, programs, 0, "how many programs to run; 0: until --statements are spent");
ABSL_FLAG(uint64_t, statements, 100'000, "how many statements to run when --programs is 0");

namespace tenon::model {
namespace {

TEST(ModelTest, RandomProgramsAgree) {
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  const uint64_t programs = absl::GetFlag(FLAGS_programs);
  const uint64_t statements = absl::GetFlag(FLAGS_statements);
  uint64_t seed = first;
  for (uint64_t run = 0; programs != 0 ? seed < first + programs : run < statements; ++seed) {
    const Program program = RandomProgram(seed);
    run += program.statements.size();
    if (Difference(program).empty()) continue;
    FAIL() << "--seed=" << seed << " --programs=1\n" << Explanation(program, Difference);
  }
  std::cout << "seeds " << first << " to " << seed - 1 << "\n";
}

}  // namespace
}  // namespace tenon::model

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
