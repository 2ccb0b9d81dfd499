// One column read in place: by Ref, or chunk by chunk as plain spans.
#ifndef TENON_COLUMN_H_
#define TENON_COLUMN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/internal/member.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

// One bit for each row of a chunk. No bits at all: every row's bit is set.
class ChunkBits {
 public:
  ChunkBits() = default;
  ChunkBits(const uint64_t* words, uint32_t first) : words_(words), first_(first) {}
  bool operator[](size_t i) const {
    const size_t at = first_ + i;
    return words_ == nullptr || ((words_[at >> 6] >> (at & 63)) & 1) != 0;
  }

 private:
  const uint64_t* words_ = nullptr;
  uint32_t first_ = 0;
};

// The cells of up to 4096 rows that lie side by side. A row that is gone still has a cell, with what it last held:
// ask `live`. A null's value is unspecified: ask `valid`.
template <class Cell>
struct ColumnChunk {
  Slot first;  // the slot of values[0]
  absl::Span<const Cell> values;
  ChunkBits live;
  ChunkBits valid;
};

namespace internal {
// What a column of V holds: numbers as they are, enums as integers, strings and bytes as texts.
template <class V>
using StoredAs = std::conditional_t<std::is_enum_v<Plain<V>>,
                                    std::conditional_t<ColumnType<V>() == Type::kInt32, int32_t, int64_t>,
                                    std::conditional_t<std::is_arithmetic_v<Plain<V>>, Plain<V>, Text>>;
}  // namespace internal

// The cells of one column. By name, V is bool, int32_t, int64_t, float, double or std::string_view (strings and bytes);
// of a struct's member, its type.
//
// Lifetime  a handle, good while its Database lives; spans and string_views are good until the next write.
// Cost      [ref]: two loads, no check. Chunks: nothing is copied.
template <class T, class V>
class Column;

template <class V>
class Column<void, V> {
 public:
  using Cell = internal::StoredAs<V>;

  // A handle that leads nowhere.
  Column() : Column(absl::NotFoundError("a default-constructed Column")) {}
  explicit Column(absl::Status status) : status_(std::move(status)) {}
  // For the library.
  Column(const internal::TableView* table, const internal::ArrayView* cells, const internal::ArrayView* valid)
      : table_(table), cells_(cells), valid_(valid) {}

  // OK, or why this handle reads nothing: no such column, its type is not V, or the table was dropped.
  absl::Status status() const {
    if (table_ == nullptr || !*table_->dropped) return status_;
    return absl::NotFoundError("column: the table was dropped");
  }

  // The cell; a string as a view. Requires: status() is OK and `ref` names a live row of the table. A null's value is
  // unspecified, but std::nullopt for an optional member.
  internal::Arg<V> operator[](Ref<> ref) const {
    if constexpr (internal::kIsOptional<V>) {
      if (IsNull(ref)) return std::nullopt;
    }
    const Cell& cell = internal::Load<Cell>(*cells_, ref.slot());
    if constexpr (std::is_enum_v<internal::Plain<V>>) {
      return static_cast<internal::Plain<V>>(cell);
    } else if constexpr (std::is_same_v<Cell, internal::Text>) {
      return cell.view();
    } else {
      return cell;
    }
  }
  // Of many rows, in their order. Same precondition for each.
  std::vector<internal::Arg<V>> GetAll(absl::Span<const Ref<>> refs) const {
    std::vector<internal::Arg<V>> cells;
    cells.reserve(refs.size());
    for (const Ref<> ref : refs) cells.push_back((*this)[ref]);
    return cells;
  }
  // Same precondition.
  bool IsNull(Ref<> ref) const { return valid_ != nullptr && !internal::LoadBit(*valid_, ref.slot()); }

  class Iterator;
  struct ChunkRange {
    const Column* column;
    Iterator begin() const { return Iterator(column, 0); }
    Iterator end() const {
      const uint32_t rows = column->cells_ == nullptr ? 0 : column->cells_->size;
      return Iterator(column, (rows + internal::kChunkRows - 1) >> internal::kChunkLog);
    }
  };
  // All cells in slot order: `for (const auto& chunk : score.Chunks())`. Empty when status() is not OK.
  ChunkRange Chunks() const& { return {this}; }
  ChunkRange Chunks() const&& = delete;  // the range looks into this handle: give it a name first

  class Iterator {
   public:
    using value_type = ColumnChunk<Cell>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Column* column, uint32_t chunk) : column_(column), chunk_(chunk) {}
    value_type operator*() const {
      const uint32_t first = chunk_ << internal::kChunkLog;
      const uint32_t rows = column_->cells_->size;  // a table may be emptied while it is walked
      if (first >= rows) return {first, {}, {}, {}};
      const uint32_t count = std::min(rows - first, internal::kChunkRows);
      const auto* values = reinterpret_cast<const Cell*>(column_->cells_->spine[chunk_].data);
      return {first, absl::Span<const Cell>(values, count), Bits(column_->table_->live, first),
              Bits(column_->valid_, first)};
    }
    Iterator& operator++() {
      ++chunk_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(column_, chunk_++); }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.chunk_ == b.chunk_; }

   private:
    static ChunkBits Bits(const internal::ArrayView* words, uint32_t first) {
      if (words == nullptr) return {};
      return {&internal::Load<uint64_t, internal::kWordChunkLog>(*words, first >> 6), first & 63};
    }
    const Column* column_ = nullptr;
    uint32_t chunk_ = 0;
  };

 private:
  const internal::TableView* table_ = nullptr;
  const internal::ArrayView* cells_ = nullptr;
  const internal::ArrayView* valid_ = nullptr;
  absl::Status status_;
};

template <class T, class V>
class Column : public Column<void, V> {
 public:
  internal::Arg<V> operator[](Ref<T> ref) const { return Column<void, V>::operator[](ref); }
  std::vector<internal::Arg<V>> GetAll(absl::Span<const Ref<T>> refs) const {
    return Column<void, V>::GetAll(internal::Untyped(refs));
  }
  bool IsNull(Ref<T> ref) const { return Column<void, V>::IsNull(ref); }
};

}  // namespace tenon

#endif  // TENON_COLUMN_H_
