#include "tests/oracle/trio.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/oracle/sql_text.h"

namespace tenon::model {
namespace {

std::string Text(const std::map<RowId, Row>& rows) {
  return absl::StrJoin(rows, "", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, "\n    r", entry.first, " of table ", entry.second.table, ":");
    for (const Cell& cell : entry.second.cells) absl::StrAppend(out, " ", ToString(cell));
  });
}

}  // namespace

// ---- Tally ----

size_t Tally::total() const {
  return agreed + transactions + not_asked + std::accumulate(diverged.begin(), diverged.end(), size_t{0});
}

Tally& Tally::operator+=(const Tally& other) {
  agreed += other.agreed;
  agreed_refused += other.agreed_refused;
  agreed_in_several += other.agreed_in_several;
  transactions += other.transactions;
  not_asked += other.not_asked;
  for (size_t c = 0; c < kClasses; ++c) diverged[c] += other.diverged[c];
  return *this;
}

std::string Tally::ToString() const {
  std::string text;
  const auto line = [&](size_t count, const char* what) {
    const std::string number = absl::StrCat(count);
    absl::StrAppend(&text, std::string(9 - std::min<size_t>(number.size(), 8), ' '), number, "  ", what,
                    "\n");
  };
  line(total(), "statements");
  line(agreed, "agree");
  line(agreed_refused, "  of these refused by all");
  line(agreed_in_several, "  of these several statements in SQL");
  line(transactions, "begins, commits and rollbacks agree");
  line(not_asked, "not asked: Tenon refuses what the statement says itself");
  for (size_t c = 0; c < kClasses; ++c) line(diverged[c], ClassName(static_cast<Class>(c)));
  return text;
}

// ---- All three, in step ----

Trio::Trio(const Schema& schema) : schema_(schema), twins_(schema, Look::kRows), sqlite_(schema) {}

std::string Trio::Execute(const Statement& s) {
  const size_t open = twins_.model().open_transactions();
  const bool ends = s.verb == Verb::kCommit || s.verb == Verb::kRollback;
  if (ends && s.depth >= open) return {};  // a shortened program has lost its begin
  const State before = twins_.model().state();
  const std::string& difference = twins_.Execute(s);
  if (!difference.empty()) return absl::StrCat("Tenon and the model: ", difference);
  if (s.verb == Verb::kBegin) {
    ++tally_.transactions;
    sqlite_.Begin(open);
    return {};
  }
  if (ends) return End(s);
  if (twins_.outcome().direct.has_value()) return Write(s, before);
  ++tally_.not_asked;
  return {};
}

std::string Trio::End(const Statement& s) {
  ++tally_.transactions;
  const std::optional<ViolationCode>& refused = twins_.outcome().refused;
  if (refused == ViolationCode::kTransaction) return {};  // an inner one is open: to SQLite that ends both
  Verdict verdict = Verdict::kOk;
  if (s.verb == Verb::kCommit) {
    verdict = sqlite_.Commit(s.depth);
  } else {
    sqlite_.Rollback(s.depth);
  }
  if (refused.has_value() != (verdict == Verdict::kForeignKey)) {
    return absl::StrCat("commit: Tenon says ", refused ? std::string(CodeName(*refused)) : "ok", ", SQLite ",
                        VerdictName(verdict));
  }
  const auto rows = sqlite_.Rows();
  if (rows == twins_.model().rows()) return {};
  return absl::StrCat("end of a transaction: Tenon has", model::Text(twins_.model().rows()), "\n  SQLite",
                      model::Text(rows));
}

std::string Trio::Write(const Statement& s, const State& before) {
  const Model& model = twins_.model();
  const Outcome& outcome = twins_.outcome();
  const bool in_transaction = model.open_transactions() > 0;
  Trial trial = {schema_,         before,
                 in_transaction,  s,
                 *outcome.direct, SqlOf(schema_, before, s, *outcome.direct),
                 outcome.refused, model.rows(),
                 Verdict::kOk,    {}};
  if (s.verb == Verb::kPlanErase) {
    trial.after = AfterErase(trial);
    trial.verdict = sqlite_.Try(trial.sql, trial.rows);
  } else {
    trial.verdict = sqlite_.Run(trial.sql);
    trial.rows = sqlite_.Rows();
  }
  if (Agree(trial) && sqlite_.Dangles() == (model.Dangling() > 0)) {
    ++tally_.agreed;
    tally_.agreed_refused += trial.refused ? 1 : 0;
    tally_.agreed_in_several += trial.sql.size() > 1 ? 1 : 0;
    return {};
  }
  // Of the same rows, only one of the two can have counted right the deferred keys that lead nowhere.
  const std::optional<Class> c = Agree(trial) ? Class::kSqliteMiscounts : ClassOf(trial);
  if (!c.has_value()) return Text(trial);
  ++tally_.diverged[static_cast<size_t>(*c)];
  sqlite_.Rewrite(model.state(), model.Dangling());
  return {};
}

std::string Trio::Text(const Trial& t) const {
  return absl::StrCat("Tenon says ", t.refused ? std::string(CodeName(*t.refused)) : "ok", ", SQLite ",
                      VerdictName(t.verdict), ": ", sqlite_.message(), "\n  ", absl::StrJoin(t.sql, ";\n  "),
                      "\n  before", model::Text(t.before.rows), "\n  Tenon", model::Text(t.after),
                      "\n  SQLite", model::Text(t.rows));
}

std::string Unexplained(const Program& program, Tally& tally) {
  Trio trio(program.schema);
  std::string difference;
  for (size_t i = 0; i < program.statements.size() && difference.empty(); ++i) {
    difference = trio.Execute(program.statements[i]);
    if (!difference.empty()) difference = absl::StrCat("statement ", i + 1, ": ", difference);
  }
  tally += trio.tally();
  return difference;
}

}  // namespace tenon::model
