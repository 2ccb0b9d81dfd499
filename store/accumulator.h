// Accumulator: one aggregate, of as many groups of rows as there are.
#ifndef TENON_STORE_ACCUMULATOR_H_
#define TENON_STORE_ACCUMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "store/catalog.h"
#include "tenon/aggregate.h"
#include "tenon/internal/cell.h"

namespace tenon::internal {

// Nulls are passed over. Where a sum of whole numbers may leave 64 bits it is kept in 128, so that neither the order of rows
// nor what lies between decides whether it fits. Floating-point numbers are added up in the order in which they come.
class Accumulator {
 public:
  // kInvalidArgument: no such column, or its type has no such aggregate.
  static absl::StatusOr<Accumulator> Bind(std::string_view verb, const TableNode& table,
                                          const Aggregate<>& aggregate);

  Type result_type() const { return result_type_; }
  size_t size() const { return size_; }
  // There are groups below `n`.
  void Grow(size_t n);
  void Add(size_t group, Slot slot);
  // The same for every row that an edge leads from, by target. Requires: Grow(targets).
  void AddByTarget(const Edge& edge);
  // Null: of no value. False: the number leaves 64 bits.
  bool Result(size_t group, Cell* cell) const;

 private:
  enum class Way { kCount, kNarrow, kWide, kFloating, kExtreme };
  template <class Sum>
  struct Tally {
    Sum sum = 0;
    uint32_t count = 0;
  };
  Accumulator(const TableNode& table, Aggregate<>::Op op, uint32_t column);
  bool IsBetter(const Cell& cell, Slot than) const;
  template <class V, class Sum>
  void AddNumbers(const Edge& edge, std::vector<Tally<Sum>>* tallies);
  template <class Sum>
  bool ResultOf(const Tally<Sum>& tally, Cell* cell) const;

  const RowStore* rows_;
  Aggregate<>::Op op_;
  uint32_t column_;
  Type type_;
  Type result_type_;
  Way way_;
  size_t size_ = 0;
  // By group, the one that the way needs.
  std::vector<uint32_t> counts_;
  std::vector<Tally<int64_t>> narrow_;  // fewer than 2^31 rows of 32 bits each
  std::vector<Tally<absl::int128>> wide_;
  std::vector<Tally<double>> floating_;
  std::vector<Slot> best_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_ACCUMULATOR_H_
