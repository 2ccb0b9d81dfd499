// Random queries about the rows there are: their constants are mostly cells of these rows.
#ifndef TENON_TESTS_QUERY_RANDOM_SELECT_H_
#define TENON_TESTS_QUERY_RANDOM_SELECT_H_

#include "tests/query/data.h"
#include "tests/query/random_data.h"
#include "tests/query/select.h"

namespace tenon::query {

Select RandomSelect(Random& random, const Data& data);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_RANDOM_SELECT_H_
