// Random schemas with all kinds of edges, keys and indexes, and rows that came and went.
#ifndef TENON_TESTS_QUERY_RANDOM_DATA_H_
#define TENON_TESTS_QUERY_RANDOM_DATA_H_

#include <cstddef>
#include <vector>

#include "tests/model/swarm.h"
#include "tests/query/data.h"

namespace tenon::query {

using model::Random;

// Three or four tables, often with a table of pairs.
Schema RandomSchema(Random& random);

// A value for a cell of this column, or a constant to compare it with.
Value RandomCell(Random& random, const Schema& schema, size_t table, size_t column);

// Runs so many random inserts, erases and updates in all databases alike. Refused ones do no harm. Tells, by table, who was
// erased. Requires: databases that are equal up to their indexes, of this schema.
std::vector<RefList<>> RunAtRandom(Random& random, const Schema& schema, size_t statements,
                                   const std::vector<Database*>& databases);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_RANDOM_DATA_H_
