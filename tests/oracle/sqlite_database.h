// The model's schema and rows in SQLite: in memory, foreign keys on.
#ifndef TENON_TESTS_ORACLE_SQLITE_DATABASE_H_
#define TENON_TESTS_ORACLE_SQLITE_DATABASE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/model/model.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tenon::model {

// What SQLite says of a statement. kRestrict is told from kForeignKey by the code of the error.
enum class Verdict { kOk, kNotNull, kUnique, kForeignKey, kRestrict, kOther };
const char* VerdictName(Verdict verdict);

class SqliteDatabase {
 public:
  explicit SqliteDatabase(const Schema& schema);
  SqliteDatabase(const SqliteDatabase&) = delete;  // it is the connection
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  ~SqliteDatabase();

  // Runs these statements as one; if one of them is refused, none of them. In a savepoint: SQLite 3.40 undoes a
  // refused insert, but not always what it counted of it for deferred keys.
  Verdict Run(const std::vector<std::string>& sql);
  // What Run would say, and the rows it would leave.
  Verdict Try(const std::vector<std::string>& sql, std::map<RowId, Row>& rows);

  // Transactions by depth; the outermost is 0.
  void Begin(size_t depth);
  Verdict Commit(size_t depth);
  void Rollback(size_t depth);

  std::map<RowId, Row> Rows();
  // Whether SQLite counts deferred keys that lead nowhere.
  bool Dangles();

  // Puts this content in, no foreign key asked; `dangling` deferred keys of it lead nowhere.
  void Rewrite(const State& state, size_t dangling);

  // The message of the last refusal.
  const std::string& message() const { return message_; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Query = std::unique_ptr<sqlite3_stmt, Finalize>;

  Verdict Exec(const std::string& sql);
  // Requires: it can't fail.
  void Do(const std::string& sql);
  void Enforce(bool on);

  const Schema schema_;
  sqlite3* db_ = nullptr;
  std::vector<Query> rows_;  // of each table
  std::string message_;
};

}  // namespace tenon::model

#endif  // TENON_TESTS_ORACLE_SQLITE_DATABASE_H_
