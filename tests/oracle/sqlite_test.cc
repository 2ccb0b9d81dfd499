#include <iostream>
#include <map>
#include <string>
#include <chrono>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/model/program.h"
#include "tests/model/text.h"
#include "tests/model/twins.h"
#include "tests/oracle/sql_text.h"
#include "tests/oracle/sqlite_database.h"

ABSL_FLAG(uint64_t, seed, 1, "the first program to run");
ABSL_FLAG(uint64_t, programs, 0, "how many programs to run; 0: until --statements are spent");
ABSL_FLAG(uint64_t, statements, 20'000, "how many statements to run when --programs is 0");
ABSL_FLAG(std::string, show, "", "show");

namespace tenon::model {
bool operator==(const Row& a, const Row& b) { return a.table == b.table && a.cells == b.cells; }
namespace {

TEST(SqliteTest, X) {
  std::map<std::string, int> counts;
  std::map<std::string, std::string> examples;
  uint64_t total = 0;
  for (uint64_t seed = absl::GetFlag(FLAGS_seed); total < absl::GetFlag(FLAGS_statements); ++seed) {
    const Program p = RandomProgram(seed);
    Twins twins(p.schema, Look::kRows);
    SqliteDatabase sqlite(p.schema);
    for (size_t i = 0; i < p.statements.size(); ++i) {
      const Statement& s = p.statements[i];
      ++total;
      const State before = twins.model().state();
      const size_t open = twins.model().open_transactions();
      ASSERT_EQ(twins.Execute(s), "") << seed;
      const Outcome& o = twins.outcome();
      const State& after = twins.model().state();
      std::string key;
      if (s.verb == Verb::kBegin) { sqlite.Begin(open); continue; }
      Verdict v = Verdict::kOk;
      size_t n = 1;
      std::vector<std::string> sql;
      if (s.verb == Verb::kCommit) {
        if (o.refused == ViolationCode::kTransaction) continue;
        v = sqlite.Commit(s.depth);
        if (v == Verdict::kOk && o.refused) { std::cout << seed << " commit too low\n"; break; }
        if (v != Verdict::kOk && !o.refused) { std::cout << seed << " commit too high\n"; break; }
      } else if (s.verb == Verb::kRollback) {
        sqlite.Rollback(s.depth);
      } else {
        if (o.refused == ViolationCode::kStale || o.refused == ViolationCode::kType || o.refused == ViolationCode::kRange) { counts["skip " + std::string(CodeName(*o.refused))]++; continue; }
        if (o.refused == ViolationCode::kConflict && o.direct.births.empty() && o.direct.writes.empty() && o.direct.erased.empty()) {counts["conflict in gather"]++; continue;}
        sql = SqlOf(p.schema, before, s, o.direct);
        n = sql.size();
        v = s.verb == Verb::kPlanErase ? sqlite.Try(sql) : sqlite.Run(sql);
      }
      const auto rows = sqlite.Rows();
      std::string mk = o.refused ? std::string(CodeName(*o.refused)) : "ok";
      std::string vk = VerdictName(v);
      auto kind = [](std::string k) { return k == "fk_missing_target" || k == "fk_restrict" || k == "fk_no_action" || k == "fk_deferred" || k == "foreign key" || k == "restrict" ? "fk" : k == "not_null" || k == "not null" ? "not_null" : k; };
      const bool same = rows == after.rows;
      if (kind(mk) == kind(vk) && same) {
        counts[n > 1 ? "agreed, several" : "agreed"]++;
        const bool dangles = twins.model().Dangling() > 0;
        if (sqlite.Dangles() != dangles) {
          counts["counter"]++;
          examples["counter"] = absl::StrCat(seed, ":", i + 1, " ", absl::StrJoin(sql, "; "));
          sqlite.Rewrite(after, twins.model().Dangling());
        }
        continue;
      }
      key = absl::StrCat(n > 1 ? "several " : "", ToString(p.schema, s).substr(0, ToString(p.schema, s).find_first_of(" \n")), o.direct.births.size()+o.direct.writes.size()+o.direct.erased.size() > 1 ? " many" : "", ": ", mk, " / ", vk, same ? "" : " other state");
      counts[key]++;
      std::string text = absl::StrCat(seed, ":", i + 1, " ", ToString(p.schema, s), "\n   ", absl::StrJoin(sql, "; "), "\n");
      if (key == absl::GetFlag(FLAGS_show)) {
        std::cout << "==== " << ToString(p.schema) << Dump(Model(p.schema, before)) << text;
        for (auto& [id, row] : before.rows) std::cout << " r" << id << " " << p.schema.tables[row.table].name << absl::StrJoin(row.cells, ",", [](std::string* o, const Cell& c) { *o += ToString(c); }) << (after.rows.count(id) ? (after.rows.at(id) == row ? "" : " -> " + absl::StrJoin(after.rows.at(id).cells, ",", [](std::string* o, const Cell& c) { *o += ToString(c); })) : " gone") << "   S:" << (rows.count(id) ? (rows.at(id) == row ? "" : " -> " + absl::StrJoin(rows.at(id).cells, ",", [](std::string* o, const Cell& c) { *o += ToString(c); })) : " gone")<< "\n";
      }
      examples[key] = text;
      sqlite.Rewrite(after, twins.model().Dangling());
      if (sqlite.Rows() != after.rows) { std::cout << seed << " rewrite\n"; return; }
    }
  }
  for (auto& [k, v] : counts) std::cout << v << "  " << k << "\n";
}
}  // namespace
}  // namespace tenon::model
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
