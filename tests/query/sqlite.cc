#include "tests/query/sqlite.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace tenon::query {

Sqlite::Sqlite() {
  sqlite3_open_v2(":memory:", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                  nullptr);
}

Sqlite::~Sqlite() { sqlite3_close(db_); }

void Sqlite::Run(const std::string& sql) {
  Check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), sql);
}

std::vector<int64_t> Sqlite::Numbers(const std::string& sql) {
  std::vector<int64_t> numbers;
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), sql);
  while (sqlite3_step(statement) == SQLITE_ROW) numbers.push_back(sqlite3_column_int64(statement, 0));
  Check(sqlite3_finalize(statement), sql);
  return numbers;
}

void Sqlite::Check(int code, const std::string& sql) {
  if (code == SQLITE_OK) return;
  std::fprintf(stderr, "SQLite refused \"%s\": %s\n", sql.c_str(), sqlite3_errmsg(db_));
  std::abort();
}

}  // namespace tenon::query
