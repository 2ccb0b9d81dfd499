#include "tests/oracle/sqlite_database.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/oracle/sql_text.h"

namespace tenon::model {
namespace {

Verdict VerdictOf(int code) {
  switch (code) {
    case SQLITE_OK:
      return Verdict::kOk;
    case SQLITE_CONSTRAINT_NOTNULL:
      return Verdict::kNotNull;
    case SQLITE_CONSTRAINT_UNIQUE:
      return Verdict::kUnique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Verdict::kForeignKey;
    case SQLITE_CONSTRAINT_TRIGGER:  // actions are triggers, and RESTRICT is one that raises
      return Verdict::kRestrict;
    default:
      return Verdict::kOther;
  }
}

Cell CellAt(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement, column)};
    default:
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column)));
  }
}

}  // namespace

const char* VerdictName(Verdict verdict) {
  static constexpr const char* kNames[] = {"ok",          "not null", "unique",
                                           "foreign key", "restrict", "another error"};
  return kNames[static_cast<size_t>(verdict)];
}

void SqliteDatabase::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteDatabase::SqliteDatabase(const Schema& schema) : schema_(schema) {
  sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                  nullptr);
  sqlite3_extended_result_codes(db_, 1);
  Do("PRAGMA foreign_keys = ON");
  Do(SqlOf(schema));
  // A child whose target there never is: see Rewrite.
  Do("CREATE TABLE nobody (id INTEGER PRIMARY KEY);"
     "CREATE TABLE dangler (id INTEGER REFERENCES nobody DEFERRABLE INITIALLY DEFERRED)");
  for (const Table& table : schema.tables) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_, absl::StrCat("SELECT * FROM ", table.name).c_str(), -1, &statement, nullptr);
    rows_.emplace_back(statement);
  }
}

SqliteDatabase::~SqliteDatabase() {
  rows_.clear();
  sqlite3_close(db_);
}

Verdict SqliteDatabase::Run(const std::vector<std::string>& sql) {
  Do("SAVEPOINT statement");
  Verdict verdict = Verdict::kOk;
  for (size_t i = 0; i < sql.size() && verdict == Verdict::kOk; ++i) verdict = Exec(sql[i]);
  if (verdict == Verdict::kOk) verdict = Exec("RELEASE statement");  // outside a transaction: a commit
  if (verdict != Verdict::kOk) Do("ROLLBACK TO statement; RELEASE statement");
  return verdict;
}

Verdict SqliteDatabase::Try(const std::vector<std::string>& sql, std::map<RowId, Row>& rows) {
  const bool would_commit = sqlite3_get_autocommit(db_) != 0;
  Do("SAVEPOINT trial");
  Verdict verdict = Run(sql);
  if (verdict == Verdict::kOk && would_commit && Dangles()) verdict = Verdict::kForeignKey;
  if (verdict == Verdict::kOk) rows = Rows();
  Do("ROLLBACK TO trial; RELEASE trial");
  if (verdict != Verdict::kOk) rows = Rows();
  return verdict;
}

void SqliteDatabase::Begin(size_t depth) { Do(absl::StrCat("SAVEPOINT t", depth)); }
Verdict SqliteDatabase::Commit(size_t depth) { return Exec(absl::StrCat("RELEASE t", depth)); }
void SqliteDatabase::Rollback(size_t depth) {
  Do(absl::StrCat("ROLLBACK TO t", depth, "; RELEASE t", depth));
}

std::map<RowId, Row> SqliteDatabase::Rows() {
  std::map<RowId, Row> rows;
  for (size_t t = 0; t < rows_.size(); ++t) {
    sqlite3_stmt* statement = rows_[t].get();
    while (sqlite3_step(statement) == SQLITE_ROW) {
      Row& row = rows[sqlite3_column_int(statement, 0)];
      row.table = t;
      for (int c = 1; c < sqlite3_column_count(statement); ++c) row.cells.push_back(CellAt(statement, c));
    }
    sqlite3_reset(statement);
  }
  return rows;
}

bool SqliteDatabase::Dangles() {
  int dangles = 0;
  int highest = 0;
  sqlite3_db_status(db_, SQLITE_DBSTATUS_DEFERRED_FKS, &dangles, &highest, 0);
  return dangles != 0;
}

// SQLite counts deferred keys that lead nowhere, and forgets to while foreign keys are off; so the number is put
// right by a child that comes while they are on and goes while they are off, or the other way round.
void SqliteDatabase::Rewrite(const State& state, size_t dangling) {
  Do("SAVEPOINT rewrite");
  while (Dangles()) {
    Enforce(false);
    Do("INSERT INTO dangler VALUES (1)");
    Enforce(true);
    Do("DELETE FROM dangler");
  }
  for (size_t i = 0; i < dangling; ++i) Do("INSERT INTO dangler VALUES (1)");
  Enforce(false);
  Do("DELETE FROM dangler");
  for (const Table& table : schema_.tables) Do(absl::StrCat("DELETE FROM ", table.name));
  Do(SqlOf(schema_, state));
  Enforce(true);
  Do("RELEASE rewrite");
}

Verdict SqliteDatabase::Exec(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) message_ = sqlite3_errmsg(db_);
  return VerdictOf(code);
}

void SqliteDatabase::Do(const std::string& sql) {
  if (Exec(sql) == Verdict::kOk) return;
  std::fprintf(stderr, "SQLite refused \"%s\": %s\n", sql.c_str(), message_.c_str());
  std::abort();
}

// The PRAGMA would be ignored in a transaction.
void SqliteDatabase::Enforce(bool on) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, nullptr);
}

}  // namespace tenon::model
