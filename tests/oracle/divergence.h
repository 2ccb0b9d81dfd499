// Where SQLite and Tenon part by decision, or by a defect of SQLite: each class is a rule that is checked.
#ifndef TENON_TESTS_ORACLE_DIVERGENCE_H_
#define TENON_TESTS_ORACLE_DIVERGENCE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tenon/violation.h"
#include "tests/model/model.h"
#include "tests/oracle/sqlite_database.h"

namespace tenon::model {

// One statement and what came of it on both sides.
struct Trial {
  const Schema& schema;
  const State& before;
  bool in_transaction;
  const Statement& statement;
  const Direct& direct;
  std::vector<std::string> sql;
  // The rules of Tenon, as the model has them.
  std::optional<ViolationCode> refused;
  std::map<RowId, Row> after;
  // SQLite.
  Verdict verdict;
  std::map<RowId, Row> rows;
};

// The rows that Tenon would have if what it plans were carried out.
std::map<RowId, Row> AfterErase(const Trial& plan);

// Whether both let it pass, or refuse it for a rule of the same kind, and the rows are the same.
bool Agree(const Trial& trial);

enum class Class {
  // Both refuse. SQLite names the first rule that a row breaks as it comes to the row; Tenon names RESTRICT and
  // conflicts, which it meets on the way, then not null, unique and foreign keys of all rows at the end.
  kRowsBreakSeveralRules,  // the statement or its actions reach several rows
  kRestrictBeforeTheEnd,   // RESTRICT refuses, and SQLite has met another rule before
  // SQLite refuses.
  // A row takes a key that another gives up in the same statement, or a default on its way out.
  kUniqueRowByRow,
  kRestrictRowByRow,       // target and child of a RESTRICT both leave or move in the same statement
  kUpsertAsksInsertFirst,  // a column that the upsert leaves alone could not be null if the row were new
  // SQLite carries it out.
  kOtherActionBeforeRestrict,  // Tenon would come to the same state if RESTRICT were NO ACTION
  // A defect of SQLite, which counts keys that lead nowhere and miscounts: foreign_key_check finds one in what it let
  // pass, or the number of deferred ones is not 0, or is, against what the rows say.
  kSqliteMiscounts,
  // Either refuses, or the rows differ.
  kActionsConflict,   // two actions would write different values into one cell, and Tenon does not choose
  kActionsShareCell,  // the targets that a child has by two edges over the same column both leave or move
  kKeyAndForeignKey,  // the statement itself writes both ends of one edge: SQLite's cascades see rows half done
  kReadsWhatActionsWrite,  // values come from a foreign key whose target the same update moves: SQLite reads it late
  kNotOneStatement,  // SQL needs several statements for it, and each is checked by itself
};
inline constexpr size_t kClasses = static_cast<size_t>(Class::kNotOneStatement) + 1;
const char* ClassName(Class c);

// The first class whose rule holds; nullopt: the difference is unexplained.
std::optional<Class> ClassOf(const Trial& trial);

}  // namespace tenon::model

#endif  // TENON_TESTS_ORACLE_DIVERGENCE_H_
