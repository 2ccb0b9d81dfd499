// Tables, rows and queries in SQLite's words. Each table has the row's slot as a column more, which decides ties.
#ifndef TENON_TESTS_QUERY_SQL_TEXT_H_
#define TENON_TESTS_QUERY_SQL_TEXT_H_

#include <string>

#include "tests/query/data.h"
#include "tests/query/select.h"

namespace tenon::query {

// Tables with all rows. Columns have no type, so that SQLite converts nothing; floats and doubles are all doubles.
std::string SqlOf(const Data& data);

// Selects the slots of the rows that are asked for, in order.
std::string SqlOf(const Data& data, const Select& select);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_SQL_TEXT_H_
