// Queries by the book: nested loops over all rows, in three-valued logic. Knows nothing of plans.
#ifndef TENON_TESTS_QUERY_NAIVE_H_
#define TENON_TESTS_QUERY_NAIVE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "tests/query/data.h"
#include "tests/query/select.h"

namespace tenon::query {

// The places of the rows that are asked for, in order.
std::vector<size_t> Answer(const Data& data, const Select& select);

// What a group is known by, and what was made of it.
struct MadeGroup {
  size_t place = kNobody;           // of the row that the path leads to
  Value key = {};                   // or the value of the column
  std::optional<Value> value = {};  // nullopt: beyond 64 bits
};
std::vector<MadeGroup> Answer(const Data& data, const Select& select, const Grouped& grouped);

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_NAIVE_H_
