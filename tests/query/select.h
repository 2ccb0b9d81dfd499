// A query as data: what is asked, and of which rows.
#ifndef TENON_TESTS_QUERY_SELECT_H_
#define TENON_TESTS_QUERY_SELECT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tenon/tenon.h"
#include "tests/query/data.h"

namespace tenon::query {

using Comparison = Predicate<>::Op;  // kEqual to kGreaterEqual

// From a row to related rows: along an edge; from its target to its children (inverse), and on from these (through).
struct Path {
  size_t edge = 0;
  bool inverse = false;
  std::optional<size_t> through = {};
};
// The table that it leads to.
inline size_t EndOf(const Schema& schema, const Path& path) {
  if (path.through.has_value()) return schema.edges[*path.through].target;
  const Edge& edge = schema.edges[path.edge];
  return path.inverse ? edge.child : edge.target;
}

struct Condition {
  enum class Kind : uint8_t { kTrue, kCompare, kIsNull, kIsRow, kRelated, kAnd, kOr, kNot };
  Kind kind = Kind::kTrue;
  size_t column = 0;                           // kCompare, kIsNull
  Comparison comparison = Comparison::kEqual;  // kCompare, and of a count
  Value constant = {};                         // kCompare
  Path path = {};                              // kIsRow, kRelated
  size_t row = kNobody;                        // kIsRow: its place; kNobody: one that is gone
  std::optional<int64_t> count = {};           // kRelated: how many are compared with; none: at least one
  std::vector<Condition> operands = {};        // kRelated: what the rows at the end meet
};

struct OrderKey {
  std::optional<Path> path = {};  // to at most one row
  size_t column = 0;
  Order order = Order::kAscending;
};

struct Select {
  size_t table = 0;
  Condition where = {};
  std::vector<OrderKey> order = {};
  std::optional<size_t> limit = {};
  size_t offset = 0;
};

// The rows of a query in groups, and what is made of each.
struct Grouped {
  std::vector<Path> path = {};  // one after the other, each to at most one row; empty: by a column
  size_t column = 0;
  Aggregate<>::Op op = Aggregate<>::Op::kCount;
  size_t of = 0;                       // the column that is aggregated
  std::optional<int64_t> having = {};  // groups of more rows than that
};
inline size_t EndOf(const Schema& schema, size_t table, const Grouped& grouped) {
  return grouped.path.empty() ? table : EndOf(schema, grouped.path.back());
}

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_SELECT_H_
