// What a small database costs: twenty tables of ten columns and ten rows, each table belonging to the one
// before it.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "tenon/tenon.h"

ABSL_FLAG(uint32_t, runs, 200, "databases to make, one after the other");

namespace tenon::benchmarks {
namespace {

constexpr int kTables = 20;
constexpr int kRows = 10;

std::string TableName(int table) { return "Table" + std::to_string(table); }

// The first table belongs to itself, so that all have ten columns: `id` and `previousId` are added.
absl::Status Define(Database& db) {
  std::vector<TableDef> tables;
  for (int i = 0; i < kTables; ++i) {
    tables.push_back({.name = TableName(i),
                      .columns = {{.name = "name", .type = Type::kString, .not_null = true},
                                  {.name = "text", .type = Type::kString},
                                  {.name = "data", .type = Type::kBytes},
                                  {.name = "level", .type = Type::kInt32, .not_null = true},
                                  {.name = "points", .type = Type::kInt64},
                                  {.name = "alive", .type = Type::kBool},
                                  {.name = "speed", .type = Type::kFloat},
                                  {.name = "weight", .type = Type::kDouble}},
                      .belongs_to = {{.target = TableName(std::max(i - 1, 0)), .as = "previous"}}});
  }
  return db.CreateTables(std::move(tables));
}

absl::Status Fill(Database& db) {
  for (int i = 0; i < kTables; ++i) {
    const Table<> table = db.GetTable(TableName(i));
    for (int row = 1; row <= kRows; ++row) {
      const auto ref = table.Insert({{"name", "a name"},
                                     {"text", "a text too long to lie in its cell"},
                                     {"data", Bytes{"some bytes"}},
                                     {"level", row},
                                     {"points", int64_t{row}},
                                     {"alive", true},
                                     {"speed", 0.5f},
                                     {"weight", 0.5},
                                     {"previousId", row}});
      if (!ref.ok()) return ref.status();
    }
  }
  return absl::OkStatus();
}

size_t MallocBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

int Main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  using Clock = std::chrono::steady_clock;
  using Microseconds = std::chrono::duration<double, std::micro>;
  const uint32_t runs = std::max(absl::GetFlag(FLAGS_runs), 1u);
  std::vector<double> define_us, fill_us;
  define_us.reserve(runs);  // so that they ask for no memory while it is counted
  fill_us.reserve(runs);
  size_t accounted_bytes = 0, malloc_bytes = 0;
  for (uint32_t run = 0; run < runs; ++run) {
    const size_t malloc_bytes_before = MallocBytes();
    const Clock::time_point start = Clock::now();
    Database db;
    absl::Status status = Define(db);
    const Clock::time_point defined = Clock::now();
    if (status.ok()) status = Fill(db);
    const Clock::time_point filled = Clock::now();
    malloc_bytes = MallocBytes() - malloc_bytes_before;
    accounted_bytes = db.MemoryUsage().total;
    if (status.ok()) status = db.Verify();
    if (!status.ok()) {
      std::fprintf(stderr, "small_database: %s\n", status.ToString().c_str());
      return EXIT_FAILURE;
    }
    define_us.push_back(Microseconds(defined - start).count());
    fill_us.push_back(Microseconds(filled - defined).count());
  }
  std::printf("%d tables, 10 columns, %d rows each: define %.0f us, fill %.0f us\n", kTables, kRows,
              Median(define_us), Median(fill_us));
  std::printf("%.1f KiB by MemoryUsage(), %.1f KiB by malloc\n", static_cast<double>(accounted_bytes) / 1024,
              static_cast<double>(malloc_bytes) / 1024);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace tenon::benchmarks

int main(int argc, char** argv) { return tenon::benchmarks::Main(argc, argv); }
