// Queries by the book: nested loops over all rows, in three-valued logic. Knows nothing of plans.
#ifndef TENON_TESTS_QUERY_NAIVE_H_
#define TENON_TESTS_QUERY_NAIVE_H_

#include <cstddef>
#include <vector>

#include "tests/query/data.h"
#include "tests/query/select.h"

namespace tenon::query {

// The places of the rows that are asked for, in order.
std::vector<size_t> Answer(const Data& data, const Select& select);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_NAIVE_H_
