// Runs a fuzz target without a fuzzer: on the files of the folders that are given, and on random bytes.
//
//   replay <folder or file>... [--seed=N] [--strings=N]
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Of the sanitizers, if the program is built with one.
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
}

namespace {

std::string running;

void NameTheInput() { std::fprintf(stderr, "the input was: %s\n", running.c_str()); }

// Whatever ends the process early tells the input.
void NameTheInputAtDeath() {
  const auto handler = [](int) {
    NameTheInput();
    std::_Exit(1);
  };
  std::signal(SIGABRT, handler);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(NameTheInput);
  } else {
    std::signal(SIGSEGV, handler);
  }
}

void Run(std::string name, const std::vector<uint8_t>& bytes) {
  running = std::move(name);
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void RunFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Run(path.string(), {std::istreambuf_iterator<char>(file), {}});
}

// Each string has a seed of its own, so that one can be run again alone: --seed=N --strings=1.
void RunRandom(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> bytes(random() % 400);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  Run("--strings=1 --seed=" + std::to_string(seed), bytes);
}

}  // namespace

int main(int argc, char** argv) {
  NameTheInputAtDeath();
  uint64_t seed = 1;
  uint64_t strings = 2000;
  size_t files = 0;
  for (const std::string_view arg : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (arg.starts_with("--seed=")) {
      seed = std::strtoull(arg.data() + 7, nullptr, 10);
    } else if (arg.starts_with("--strings=")) {
      strings = std::strtoull(arg.data() + 10, nullptr, 10);
    } else if (std::filesystem::is_regular_file(arg)) {
      RunFile(arg), ++files;
    } else {
      size_t in_folder = 0;
      for (const auto& entry : std::filesystem::directory_iterator(arg)) RunFile(entry.path()), ++in_folder;
      if (in_folder == 0) return std::fprintf(stderr, "no files in %s\n", arg.data()), 1;
      files += in_folder;
    }
  }
  for (uint64_t i = 0; i < strings; ++i) RunRandom(seed + i);
  std::printf("%zu files, %llu random strings from seed %llu\n", files,
              static_cast<unsigned long long>(strings), static_cast<unsigned long long>(seed));
  return 0;
}
