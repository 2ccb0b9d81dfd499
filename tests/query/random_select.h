// Random queries about the rows there are: their constants are mostly cells of these rows.
#ifndef TENON_TESTS_QUERY_RANDOM_SELECT_H_
#define TENON_TESTS_QUERY_RANDOM_SELECT_H_

#include <optional>

#include "tests/query/data.h"
#include "tests/query/random_data.h"
#include "tests/query/select.h"

namespace tenon::query {

Select RandomSelect(Random& random, const Data& data);

Grouped RandomGrouped(Random& random, const Data& data, const Select& select);
// A way from some table to many rows of this one; none where no edge leads to it.
std::optional<Path> RandomPathTo(Random& random, const Data& data, size_t table);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_RANDOM_SELECT_H_
