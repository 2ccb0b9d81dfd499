// Order never matters: a random program is played twice, once as it stands and once with something done in another
// order, and after every statement both databases must have answered alike and hold the same rows.
//
//   --seed=N        the first program (default 1)
//   --programs=N    how many programs; 0: as many as it takes to run so many statements
//   --statements=N  (default 20000)
//
// A difference is printed with its seed, its schema and the shortest program that could be found to show it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tests/model/model.h"
#include "tests/model/player.h"
#include "tests/model/program.h"
#include "tests/model/swarm.h"
#include "tests/model/text.h"
#include "tests/model/translation.h"

ABSL_FLAG(uint64_t, seed, 1, "the first program to run");
ABSL_FLAG(uint64_t, programs, 0, "how many programs to run; 0: until --statements are spent");
ABSL_FLAG(uint64_t, statements, 20'000, "how many statements to run when --programs is 0");

namespace tenon::model {
namespace {

template <class List>
void Shuffle(List& list, Random& random) {
  for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.Below(i)]);
}

bool IsTransactional(Verb verb) {
  return verb == Verb::kBegin || verb == Verb::kCommit || verb == Verb::kRollback;
}
bool IsBulkInsert(Verb verb) { return verb == Verb::kInsertAll || verb == Verb::kInsertColumns; }

bool IsNumbered(const Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const Column& column) { return column.auto_increment; });
}
bool AnyNumbered(const Schema& schema) {
  return std::any_of(schema.tables.begin(), schema.tables.end(), IsNumbered);
}
bool RefersToItself(const Schema& schema, size_t table) {
  return std::any_of(schema.edges.begin(), schema.edges.end(),
                     [&](const Edge& edge) { return edge.child == table && edge.target == table; });
}

// ---- Answers ----

// Of a statement that was played in pieces: only whether it was refused can be compared.
constexpr std::string_view kDone = "ok";
constexpr std::string_view kRefused = "refused";

// "ok" and the effects, tables by name; or the code of the violation.
std::string Played(Player& player, const Statement& s) {
  const absl::Status status = player.Play(s);
  if (!status.ok()) return CodeOf(status);
  Effects effects = player.effects();
  std::sort(effects.tables.begin(), effects.tables.end(),
            [](const TableEffects& a, const TableEffects& b) { return a.table < b.table; });
  return absl::StrCat("ok, ", effects.ToString());
}

bool Agree(const std::string& plain, const std::string& varied) {
  if (varied == kDone || varied == kRefused) return plain.starts_with(kDone) == (varied == kDone);
  return plain == varied;
}

// ---- What a variation may do ----

// The same statement with all that is a set in another order.
Statement Shuffled(Statement s, const Schema& schema, Random& random) {
  if (!IsNumbered(schema.tables[s.table])) Shuffle(s.rows, random);
  for (NewRow& row : s.rows) {
    if (s.verb != Verb::kInsertColumns) Shuffle(row.cells, random);
    Shuffle(row.links, random);
  }
  Shuffle(s.assignments, random);
  Shuffle(s.where.tests, random);
  Shuffle(s.tables, random);
  if (s.verb == Verb::kEraseAll) Shuffle(s.refs, random);
  if (s.verb == Verb::kSetAll) {
    std::vector<std::pair<RowId, RowId>> links;
    for (size_t i = 0; i < s.refs.size(); ++i) links.emplace_back(s.refs[i], s.targets[i]);
    Shuffle(links, random);
    for (size_t i = 0; i < links.size(); ++i) std::tie(s.refs[i], s.targets[i]) = links[i];
  }
  for (Statement& part : s.parts) part = Shuffled(part, schema, random);
  return s;
}

// A bulk insert row by row in one Batch.
Statement AsBatch(const Statement& s) {
  Statement batch = {.verb = Verb::kBatch};
  for (const NewRow& row : s.rows) {
    batch.parts.push_back({.verb = Verb::kInsert, .table = s.table, .rows = {row}});
  }
  return batch;
}

// A bulk insert as several in one transaction.
std::string PlayedInPieces(Player& player, const Statement& s, Random& random) {
  const size_t depth = player.open_transactions();
  bool done = player.Play({.verb = Verb::kBegin}).ok();
  for (size_t from = 0; from < s.rows.size() && done;) {
    const size_t rows = std::min(1 + random.Below(2), s.rows.size() - from);
    Statement piece = s;
    piece.rows.assign(s.rows.begin() + static_cast<std::ptrdiff_t>(from),
                      s.rows.begin() + static_cast<std::ptrdiff_t>(from + rows));
    done = player.Play(piece).ok();
    from += rows;
  }
  done = done && player.Play({.verb = Verb::kCommit, .depth = depth}).ok();
  if (!done) Played(player, {.verb = Verb::kRollback, .depth = depth});
  return std::string(done ? kDone : kRefused);
}

struct Variation {
  std::string_view name;
  // Splits that move a commit: without the program's own transactions, and with no deferred edges, which ask there.
  bool moves_commits = false;
  bool (*fits)(const Schema&) = [](const Schema&) { return true; };
  void (*define)(std::vector<TableDef>&, Random&) = [](std::vector<TableDef>&, Random&) {};
  std::string (*play)(Player&, const Statement&, const Program&, Random&) =
      [](Player& player, const Statement& s, const Program&, Random&) { return Played(player, s); };
};

const Variation kVariations[] = {
    {.name = "Declarations",
     .define =
         [](std::vector<TableDef>& tables, Random& random) {
           Shuffle(tables, random);
           for (TableDef& table : tables) {
             Shuffle(table.unique, random);
             Shuffle(table.index, random);
             Shuffle(table.belongs_to, random);
           }
         }},
    {.name = "Lists",
     .play = [](Player& player, const Statement& s, const Program& program,
                Random& random) { return Played(player, Shuffled(s, program.schema, random)); }},
    {.name = "Rows",  // in memory: every statement finds them in other places
     .fits = [](const Schema& schema) { return !AnyNumbered(schema); },
     .play =
         [](Player& player, const Statement& s, const Program&, Random& random) {
           if (player.open_transactions() == 0 && random.Chance(25)) {
             const absl::Status moved = player.MoveHouse(random);
             if (!moved.ok()) return absl::StrCat("the rows were refused: ", moved.ToString());
           }
           return Played(player, s);
         }},
    {.name = "BulkInserts",
     .play =
         [](Player& player, const Statement& s, const Program& program, Random& random) {
           if (!IsBulkInsert(s.verb)) return Played(player, s);
           if (RefersToItself(program.schema, s.table) || random.Chance(30))
             return Played(player, AsBatch(s));
           return PlayedInPieces(player, s, random);
         }},
    {.name = "OneTransaction",
     .moves_commits = true,
     .play =
         [](Player& player, const Statement& s, const Program&, Random&) {
           if (player.open_transactions() == 0) Played(player, {.verb = Verb::kBegin});
           return Played(player, s);
         }},
    {.name = "ManyTransactions",
     .moves_commits = true,
     .play =
         [](Player& player, const Statement& s, const Program&, Random& random) {
           const size_t open = player.open_transactions();
           if (open < 5 && random.Chance(25)) {
             Played(player, {.verb = Verb::kBegin});
           } else if (open > 0 && random.Chance(30)) {
             Played(player, {.verb = Verb::kCommit, .depth = open - 1});
           }
           return Played(player, s);
         }},
    {.name = "UndoneTwins",  // the statement, or any other of the program, comes first and is undone
     .play =
         [](Player& player, const Statement& s, const Program& program, Random& random) {
           const Statement& twin = random.Chance(50) ? s : random.Pick(program.statements);
           if (!IsTransactional(s.verb) && !IsTransactional(twin.verb)) {
             player.PlayAndRollBack([&] { Played(player, twin); });
           }
           return Played(player, s);
         }},
};

// ---- Twice the same ----

// The program as a variation can take it.
Program Prepared(Program program, const Variation& variation) {
  if (!variation.moves_commits) return program;
  for (Edge& edge : program.schema.edges) edge.deferred = false;
  std::erase_if(program.statements, [](const Statement& s) { return IsTransactional(s.verb); });
  return program;
}

// Plays the program both ways up to the first difference. Empty: there is none.
std::string Difference(const Program& program, const Variation& variation, uint64_t seed) {
  Random random(seed);
  std::vector<TableDef> definitions = Definitions(program.schema);
  Player plain(program.schema, definitions);
  variation.define(definitions, random);
  Player varied(program.schema, definitions);
  for (size_t i = 0; i < program.statements.size(); ++i) {
    const Statement& s = program.statements[i];
    const std::string expected = Played(plain, s);
    const std::string answer = variation.play(varied, s, program, random);
    const std::string at = absl::StrCat("statement ", i + 1, ": ");
    if (!Agree(expected, answer)) return absl::StrCat(at, "expected ", expected, ", not ", answer);
    if (plain.db().GetStateHash() != varied.db().GetStateHash() || plain.db().Dump() != varied.db().Dump()) {
      return absl::StrCat(at, "expected\n", plain.db().Dump(), "not\n", varied.db().Dump());
    }
  }
  const absl::Status sound = varied.db().Verify();
  return sound.ok() ? "" : sound.ToString();
}

// Leaves out statements, as long as a difference stays.
Program Shortened(Program program, const Variation& variation, uint64_t seed) {
  for (size_t run = std::max<size_t>(program.statements.size() / 2, 1); run > 0; run /= 2) {
    for (size_t end = program.statements.size(); end >= run; --end) {
      if (end > program.statements.size() || run == program.statements.size()) continue;
      Program shorter = program;
      const auto last = shorter.statements.begin() + static_cast<std::ptrdiff_t>(end);
      shorter.statements.erase(last - static_cast<std::ptrdiff_t>(run), last);
      if (!Difference(shorter, variation, seed).empty()) program = std::move(shorter);
    }
  }
  return program;
}

std::string Text(const Program& program) {
  std::string text = ToString(program.schema);
  for (size_t i = 0; i < program.statements.size(); ++i) {
    absl::StrAppend(&text, i + 1, ": ", ToString(program.schema, program.statements[i]), "\n");
  }
  return text;
}

class OrderTest : public ::testing::TestWithParam<Variation> {};
INSTANTIATE_TEST_SUITE_P(Of, OrderTest, ::testing::ValuesIn(kVariations),
                         [](const auto& variation) { return std::string(variation.param.name); });

TEST_P(OrderTest, ChangesNothing) {
  const Variation& variation = GetParam();
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  const uint64_t programs = absl::GetFlag(FLAGS_programs);
  const uint64_t statements = absl::GetFlag(FLAGS_statements);
  uint64_t seed = first;
  for (uint64_t run = 0; programs != 0 ? seed < first + programs : run < statements; ++seed) {
    const Program program = Prepared(RandomProgram(seed), variation);
    if (!variation.fits(program.schema)) continue;
    run += program.statements.size();
    const std::string difference = Difference(program, variation, seed);
    if (difference.empty()) continue;
    const Program shortened = Shortened(program, variation, seed);
    FAIL() << "--seed=" << seed << " --programs=1 --gtest_filter=*" << variation.name << "\n"
           << difference << "\n\n"
           << Text(shortened) << Difference(shortened, variation, seed);
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
