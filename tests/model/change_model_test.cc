// Random programs, followed by change sets: what a leader sends, carried out by a follower, leaves it equal to the leader;
// the inverse takes it back; and being observed changes nothing.
//
//   --seed=N        the first program (default 1)
//   --programs=N    how many programs; 0: as many as it takes to run so many statements
//   --statements=N  (default 20000)
//
// A difference is printed with its seed and the shortest program that could be found to show it.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/model/program.h"
#include "tests/model/replication.h"
#include "tests/model/shrink.h"

ABSL_FLAG(uint64_t, seed, 1, "the first program to run");
ABSL_FLAG(uint64_t, programs, 0, "how many programs to run; 0: until --statements are spent");
ABSL_FLAG(uint64_t, statements, 20'000, "how many statements to run when --programs is 0");

namespace tenon::model {
namespace {

std::string Divergence(const Program& program) {
  Replication replication(program.schema);
  for (size_t i = 0; i < program.statements.size(); ++i) {
    const std::string difference = replication.Execute(program.statements[i]);
    if (!difference.empty()) return absl::StrCat("statement ", i + 1, ": ", difference);
  }
  return {};
}

TEST(ChangeModelTest, AFollowerAgreesAfterEveryCommit) {
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  const uint64_t programs = absl::GetFlag(FLAGS_programs);
  const uint64_t statements = absl::GetFlag(FLAGS_statements);
  uint64_t seed = first;
  for (uint64_t run = 0; programs != 0 ? seed < first + programs : run < statements; ++seed) {
    const Program program = RandomProgram(seed);
    run += program.statements.size();
    if (Divergence(program).empty()) continue;
    FAIL() << "--seed=" << seed << " --programs=1\n" << Explanation(program, Divergence);
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
