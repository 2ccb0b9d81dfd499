// The list of mistakes for ./dev mutants fits the sources as they are: each is about a line that is there, once.
#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

constexpr char kList[] = "tests/mutants/mutants.txt";

struct Mutant {
  std::string file;
  std::string words;
  std::string line;
  std::string mistake;
};

// The lines of a file, without the blanks around them. Paths are relative to the root of the workspace.
std::vector<std::string> LinesOf(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  for (std::string line; std::getline(file, line);) lines.emplace_back(absl::StripAsciiWhitespace(line));
  return lines;
}

// "file: words", "- line", "+ mistake"; comments and empty lines between them.
std::vector<Mutant> ReadList() {
  std::vector<std::string> lines = LinesOf(kList);
  std::erase_if(lines, [](const std::string& line) { return line.empty() || line[0] == '#'; });
  EXPECT_EQ(lines.size() % 3, 0u) << "three lines for each mutant";
  std::vector<Mutant> mutants;
  for (size_t i = 0; i + 2 < lines.size(); i += 3) {
    const size_t colon = lines[i].find(": ");
    if (colon == std::string::npos || lines[i + 1][0] != '-' || lines[i + 2][0] != '+') {
      ADD_FAILURE() << "expected \"file: words\", \"- line\", \"+ mistake\": " << lines[i];
      break;
    }
    const auto text = [](const std::string& line) {
      return std::string(absl::StripAsciiWhitespace(line.substr(1)));
    };
    mutants.push_back(
        {lines[i].substr(0, colon), lines[i].substr(colon + 2), text(lines[i + 1]), text(lines[i + 2])});
  }
  return mutants;
}

TEST(MutantsTest, EachIsAboutALineThatIsThereOnce) {
  for (const Mutant& mutant : ReadList()) {
    const std::vector<std::string> lines = LinesOf(mutant.file);
    EXPECT_EQ(std::count(lines.begin(), lines.end(), mutant.line), 1)
        << mutant.file << ": " << mutant.words << "\n  " << mutant.line;
    EXPECT_NE(mutant.line, mutant.mistake) << mutant.file << ": " << mutant.words;
  }
}

// At least sixty, all over the engine.
TEST(MutantsTest, ThereAreEnough) {
  const std::vector<Mutant> mutants = ReadList();
  EXPECT_GE(mutants.size(), 60u);
  EXPECT_TRUE(std::all_of(mutants.begin(), mutants.end(),
                          [](const Mutant& m) { return absl::StartsWith(m.file, "store/"); }));
}

}  // namespace
}  // namespace tenon
