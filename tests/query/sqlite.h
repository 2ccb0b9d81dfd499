// SQLite in memory: it runs a script, and selects numbers.
#ifndef TENON_TESTS_QUERY_SQLITE_H_
#define TENON_TESTS_QUERY_SQLITE_H_

#include <cstdint>
#include <string>
#include <vector>

struct sqlite3;

namespace tenon::query {

class Sqlite {
 public:
  Sqlite();
  Sqlite(const Sqlite&) = delete;  // it is the connection
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite();

  // Requires of both: SQLite takes it.
  void Run(const std::string& sql);
  // The first column of the result.
  std::vector<int64_t> Numbers(const std::string& sql);

 private:
  void Check(int code, const std::string& sql);
  sqlite3* db_ = nullptr;
};

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_SQLITE_H_
