#include "store/accumulator.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

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
                                            : Way::kWhole;
  result_type_ = op == Op::kAverage                           ? Type::kDouble
                 : way_ == Way::kWhole || way_ == Way::kCount ? Type::kInt64
                 : way_ == Way::kFloating                     ? Type::kDouble
                                                              : type_;
}

void Accumulator::Grow(size_t n) {
  size_ = n;
  if (way_ != Way::kExtreme) counts_.resize(n);
  if (way_ == Way::kWhole) whole_.resize(n);
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
  switch (way_) {
    case Way::kWhole:
      whole_[group] += cell.integer();
      ++counts_[group];
      break;
    case Way::kFloating:
      floating_[group] += FloatingOf(cell, type_);
      ++counts_[group];
      break;
    default:
      if (IsBetter(cell, best_[group])) best_[group] = slot;
      break;
  }
}

// Chunk by chunk over plain arrays; rows that are gone have no link.
template <class V, class Sum>
void Accumulator::AddNumbers(const Edge& edge, std::vector<Sum>* sums) {
  const ArrayView& cells = rows_->column(column_).cells();
  const ArrayView& links = edge.link_view();
  for (Slot first = 0; first < links.size; first += kChunkRows) {
    const Slot count = std::min(kChunkRows, links.size - first);
    const uint32_t* link = &Load<uint32_t>(links, first);
    const V* value = &Load<V>(cells, first);
    for (Slot i = 0; i < count; ++i) {
      if (link[i] >= kGhost) continue;
      (*sums)[link[i]] += value[i];
      ++counts_[link[i]];
    }
  }
}

void Accumulator::AddByTarget(const Edge& edge) {
  if (way_ == Way::kCount) {
    for (Slot target = 0; target < counts_.size(); ++target) counts_[target] += edge.Count(target);
    return;
  }
  const bool plain = way_ != Way::kExtreme && rows_->column(column_).valid() == nullptr;
  if (plain && type_ == Type::kInt32) return AddNumbers<int32_t>(edge, &whole_);
  if (plain && type_ == Type::kInt64) return AddNumbers<int64_t>(edge, &whole_);
  if (plain && type_ == Type::kFloat) return AddNumbers<float>(edge, &floating_);
  if (plain && type_ == Type::kDouble) return AddNumbers<double>(edge, &floating_);
  for (Slot slot = 0; slot < rows_->top(); ++slot) {
    if (edge.link(slot) < kGhost) Add(edge.link(slot), slot);
  }
}

bool Accumulator::Result(size_t group, Cell* cell) const {
  *cell = Cell::Null();
  if (way_ == Way::kExtreme) {
    if (best_[group] != kNoSlot) *cell = rows_->Get(best_[group], column_);
    return true;
  }
  if (way_ == Way::kCount) {
    *cell = Cell::OfInt(counts_[group]);
    return true;
  }
  if (counts_[group] == 0) return true;
  if (op_ == Op::kAverage) {
    const double sum = way_ == Way::kWhole ? static_cast<double>(whole_[group]) : floating_[group];
    *cell = Cell::OfBits(std::bit_cast<uint64_t>(sum / counts_[group]));
  } else if (way_ == Way::kFloating) {
    *cell = Cell::OfBits(std::bit_cast<uint64_t>(floating_[group]));
  } else {
    if (whole_[group] < std::numeric_limits<int64_t>::min() ||
        whole_[group] > std::numeric_limits<int64_t>::max())
      return false;
    *cell = Cell::OfInt(static_cast<int64_t>(whole_[group]));
  }
  return true;
}

}  // namespace tenon::internal
