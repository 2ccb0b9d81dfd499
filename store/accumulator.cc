#include "store/accumulator.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "store/condition.h"
#include "store/violation_text.h"

namespace tenon::internal {

using Op = Aggregate<>::Op;

absl::StatusOr<Accumulator> Accumulator::Bind(std::string_view verb, const TableNode& table,
                                              const Aggregate<>& aggregate) {
  if (aggregate.op() == Op::kCount) return Accumulator(table, Op::kCount, 0);
  const int found = table.FindColumn(aggregate.column());
  if (found < 0) return NoColumnError(verb, table, aggregate.column());
  const auto column = static_cast<uint32_t>(found);
  const Type type = table.columns[column].type;
  const bool adds = aggregate.op() == Op::kSum || aggregate.op() == Op::kAverage;
  if (adds && !IsInteger(type) && !IsFloating(type)) {
    return TypeError(verb, table, aggregate.column(),
                     absl::StrCat("is a ", std::string(TypeName(type)), " column, only numbers are added up"),
                     0);
  }
  return Accumulator(table, aggregate.op(), column);
}

Accumulator::Accumulator(const TableNode& table, Op op, uint32_t column)
    : rows_(&table.rows), op_(op), column_(column) {
  type_ = op == Op::kCount ? Type::kInt64 : table.columns[column].type;
  way_ = op == Op::kCount                   ? Way::kCount
         : op == Op::kMin || op == Op::kMax ? Way::kExtreme
         : IsFloating(type_)                ? Way::kFloating
         : type_ == Type::kInt32            ? Way::kNarrow
                                            : Way::kWide;
  result_type_ = op == Op::kAverage || way_ == Way::kFloating ? Type::kDouble
                 : way_ == Way::kExtreme                      ? type_
                                                              : Type::kInt64;
}

void Accumulator::Grow(size_t n) {
  size_ = n;
  if (way_ == Way::kCount) counts_.resize(n);
  if (way_ == Way::kNarrow) narrow_.resize(n);
  if (way_ == Way::kWide) wide_.resize(n);
  if (way_ == Way::kFloating) floating_.resize(n);
  if (way_ == Way::kExtreme) best_.resize(n, kNoSlot);
}

// The first of equals stays.
bool Accumulator::IsBetter(const Cell& cell, Slot than) const {
  if (than == kNoSlot) return true;
  const std::weak_ordering order = CompareCells(type_, cell, rows_->Get(than, column_));
  return op_ == Op::kMin ? order < 0 : order > 0;
}

void Accumulator::Add(size_t group, Slot slot) {
  if (way_ == Way::kCount) {
    ++counts_[group];
    return;
  }
  const Cell cell = rows_->Get(slot, column_);
  if (cell.is_null()) return;
  const auto add = [&](auto& tally, auto number) {
    tally.sum += number;
    ++tally.count;
  };
  if (way_ == Way::kNarrow) {
    add(narrow_[group], cell.integer());
  } else if (way_ == Way::kWide) {
    add(wide_[group], cell.integer());
  } else if (way_ == Way::kFloating) {
    add(floating_[group], FloatingOf(cell, type_));
  } else if (IsBetter(cell, best_[group])) {
    best_[group] = slot;
  }
}

// Chunk by chunk over plain arrays; rows that are gone have no link.
template <class V, class Sum>
void Accumulator::AddNumbers(const Edge& edge, std::vector<Tally<Sum>>* tallies) {
  const ArrayView& cells = rows_->column(column_).cells();
  const ArrayView& links = edge.link_view();
  const Slot rows = std::min(links.size, cells.size);
  for (Slot first = 0; first < rows; first += kChunkRows) {
    const Slot count = std::min(kChunkRows, rows - first);
    const uint32_t* link = &Load<uint32_t>(links, first);
    const V* value = &Load<V>(cells, first);
    for (Slot i = 0; i < count; ++i) {
      if (link[i] >= kGhost) continue;
      Tally<Sum>& tally = (*tallies)[link[i]];
      tally.sum += value[i];
      ++tally.count;
    }
  }
}

void Accumulator::AddByTarget(const Edge& edge) {
  if (way_ == Way::kCount) {
    for (Slot target = 0; target < counts_.size(); ++target) counts_[target] += edge.Count(target);
    return;
  }
  const bool plain = way_ != Way::kExtreme && rows_->column(column_).valid() == nullptr;
  if (plain && type_ == Type::kInt32) return AddNumbers<int32_t>(edge, &narrow_);
  if (plain && type_ == Type::kInt64) return AddNumbers<int64_t>(edge, &wide_);
  if (plain && type_ == Type::kFloat) return AddNumbers<float>(edge, &floating_);
  if (plain && type_ == Type::kDouble) return AddNumbers<double>(edge, &floating_);
  for (Slot slot = 0; slot < rows_->top(); ++slot) {
    if (edge.link(slot) < kGhost) Add(edge.link(slot), slot);
  }
}

template <class Sum>
bool Accumulator::ResultOf(const Tally<Sum>& tally, Cell* cell) const {
  if (tally.count == 0) return true;
  if (op_ == Op::kAverage) {
    *cell = Cell::OfBits(std::bit_cast<uint64_t>(static_cast<double>(tally.sum) / tally.count));
  } else if constexpr (std::is_same_v<Sum, double>) {
    *cell = Cell::OfBits(std::bit_cast<uint64_t>(tally.sum));
  } else {
    using Limits = std::numeric_limits<int64_t>;
    if (tally.sum < Limits::min() || tally.sum > Limits::max()) return false;
    *cell = Cell::OfInt(static_cast<int64_t>(tally.sum));
  }
  return true;
}

bool Accumulator::Result(size_t group, Cell* cell) const {
  *cell = Cell::Null();
  switch (way_) {
    case Way::kCount:
      *cell = Cell::OfInt(counts_[group]);
      return true;
    case Way::kNarrow:
      return ResultOf(narrow_[group], cell);
    case Way::kWide:
      return ResultOf(wide_[group], cell);
    case Way::kFloating:
      return ResultOf(floating_[group], cell);
    case Way::kExtreme:
      if (best_[group] != kNoSlot) *cell = rows_->Get(best_[group], column_);
      return true;
  }
  return true;
}

}  // namespace tenon::internal
