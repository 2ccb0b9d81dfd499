// One random data set, in Tenon with indexes and without, and in SQLite; queries about it are asked of all.
#ifndef TENON_TESTS_QUERY_TRIAL_H_
#define TENON_TESTS_QUERY_TRIAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tenon/tenon.h"
#include "tests/query/random_data.h"
#include "tests/query/select.h"
#include "tests/query/sqlite.h"
#include "tests/query/subject.h"

namespace tenon::query {

class Trial {
 public:
  explicit Trial(uint64_t seed);

  // Asks one more random query. What any of the answers has that the naive one has not, with the query as text; empty
  // where all agree.
  std::string NextDifference();

 private:
  std::string Difference(const Select& select);
  std::string SqliteDifference(const Select& select, const RefList<>& expected);
  std::string GroupDifference(const Select& select);
  std::string IncludeDifference(const Select& select);
  std::string EraseDifference(const Select& select, const RefList<>& expected);
  std::string UpdateDifference(const Select& select, const RefList<>& expected);
  // Runs a statement by the query, and the same by Refs on the twin; both are rolled back.
  template <class ByQuery, class ByRefs>
  std::string WriteDifference(const RefList<>& expected, ByQuery by_query, ByRefs by_refs);

  Random random_;
  Schema schema_;
  Subject indexed_;
  Subject plain_;  // the same without an index
  Data data_;
  Sqlite sqlite_;
  // Where queries are asked within transactions: deferred edges may lead nowhere then.
  std::optional<Transaction> indexed_transaction_;
  std::optional<Transaction> plain_transaction_;
};

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_TRIAL_H_
