// Tenon, the model and SQLite in step.
#ifndef TENON_TESTS_ORACLE_TRIO_H_
#define TENON_TESTS_ORACLE_TRIO_H_

#include <array>
#include <cstddef>
#include <string>

#include "tests/model/model.h"
#include "tests/model/program.h"
#include "tests/model/twins.h"
#include "tests/oracle/divergence.h"
#include "tests/oracle/sqlite_database.h"

namespace tenon::model {

// Statements by what came of them.
struct Tally {
  size_t agreed = 0;
  size_t agreed_refused = 0;     // of these: all refuse
  size_t agreed_in_several = 0;  // of these: SQL needed several statements
  size_t transactions = 0;       // begins, commits and rollbacks, agreed too
  size_t not_asked = 0;  // Tenon refuses what the statement says itself: a stale Ref, a wrong type, a range
  std::array<size_t, kClasses> diverged = {};

  size_t total() const;
  Tally& operator+=(const Tally& other);
  std::string ToString() const;
};

class Trio {
 public:
  explicit Trio(const Schema& schema);

  // Lets all three execute the statement and compares what they say and all their rows. Empty: they agree, or differ in
  // a way that has a class. SQLite then goes on with Tenon's rows.
  std::string Execute(const Statement& statement);

  const Tally& tally() const { return tally_; }

 private:
  std::string Write(const Statement& statement, const State& before);
  std::string End(const Statement& statement);
  std::string Text(const Trial& trial) const;

  const Schema schema_;
  Twins twins_;
  SqliteDatabase sqlite_;
  Tally tally_;
};

// Runs the program up to the first unexplained difference; "statement 7: ...", or empty.
std::string Unexplained(const Program& program, Tally& tally);

}  // namespace tenon::model

#endif  // TENON_TESTS_ORACLE_TRIO_H_
