// One column written in place: a loop that changes numbers in every row, without a statement for each.
//
//   auto hp = players.MutableColumn(&Player::hp);
//   for (Ref<Player> p : players) hp[p] += 1;
#ifndef TENON_MUTABLE_COLUMN_H_
#define TENON_MUTABLE_COLUMN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/column.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

namespace internal {
// The address of a row's cell, made writable with its chunk; null when the column may not be written (any more).
void* OpenCell(const TableView& table, uint32_t column, Slot slot);
// A cell that nobody reads.
void* Nowhere();
// Whether the column may be written in place, or why not.
absl::Status CheckMutable(const TableView& table, uint32_t column);
}  // namespace internal

// The cells of one column of numbers or bools that no key, no edge and no null hangs on.
//
// Undo      In a transaction such writes are undone like all others, and are in its change set: the first write to each
//           4096 rows, after each Begin and in each Batch, keeps a copy of them. Outside of one they take effect at once
//           and are in no change set.
// Lifetime  a handle, good while its Database lives; references and spans are good until the next write of another kind,
//           Begin, Commit or Rollback.
// Threads   a write. Not within an observer.
// Memory    what it takes is counted and never refused.
// Cost      [ref]: three loads, no check of the Ref.
template <class T, class V>
class MutableColumn;

template <class V>
class MutableColumn<void, V> {
 public:
  static_assert(std::is_arithmetic_v<V>,
                "MutableColumn is for plain numbers and bool; use Set, or Update for several");

  // A handle that leads nowhere.
  MutableColumn() : MutableColumn(absl::NotFoundError("a default-constructed MutableColumn")) {}
  explicit MutableColumn(absl::Status status) : status_(std::move(status)) {}
  // For the library.
  MutableColumn(const internal::TableView* table, uint32_t column, const internal::ArrayView* cells,
                const internal::ColumnDoor* door)
      : table_(table), cells_(cells), door_(door), column_(column) {}

  // OK, or why this handle writes nothing: no such column, of another type, nullable, part of a key, foreign key or index,
  // auto-increment; the table was dropped; the handle is of a const Database.
  absl::Status status() const {
    return table_ == nullptr ? status_ : internal::CheckMutable(*table_, column_);
  }

  // Requires: status() is OK and `ref` names a live row of the table. Where the column may not be written, the reference
  // is to a cell that nobody reads.
  V& operator[](Ref<> ref) const {
    if (door_->IsOpen(ref.slot())) return const_cast<V&>(internal::Load<V>(*cells_, ref.slot()));
    void* cell = internal::OpenCell(*table_, column_, ref.slot());
    return *static_cast<V*>(cell != nullptr ? cell : internal::Nowhere());
  }

  // The cells of up to 4096 rows that lie side by side. Those of rows that are gone are shown too: ask `live`.
  struct Chunk {
    Slot first;  // the slot of values[0]
    absl::Span<V> values;
    ChunkBits live;
  };
  class Iterator {
   public:
    using value_type = Chunk;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const MutableColumn* column, uint32_t chunk) : column_(column), chunk_(chunk) {}
    Chunk operator*() const {
      const uint32_t first = chunk_ << internal::kChunkLog;
      auto* values = static_cast<V*>(internal::OpenCell(*column_->table_, column_->column_, first));
      if (values == nullptr)
        return {first, {}, {}};  // the table was emptied, or the column made a key, meanwhile
      const uint32_t count = std::min(column_->cells_->size - first, internal::kChunkRows);
      const auto* words =
          &internal::Load<uint64_t, internal::kWordChunkLog>(*column_->table_->live, first >> 6);
      return {first, absl::Span<V>(values, count), ChunkBits(words, first & 63)};
    }
    Iterator& operator++() {
      ++chunk_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(column_, chunk_++); }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.chunk_ == b.chunk_; }

   private:
    const MutableColumn* column_ = nullptr;
    uint32_t chunk_ = 0;
  };
  struct ChunkRange {
    const MutableColumn* column;
    Iterator begin() const { return Iterator(column, 0); }
    Iterator end() const {
      const uint32_t rows = column->status().ok() ? column->cells_->size : 0;
      return Iterator(column, (rows + internal::kChunkRows - 1) >> internal::kChunkLog);
    }
  };
  // All cells in slot order. Empty when status() is not OK.
  ChunkRange Chunks() const& { return {this}; }
  ChunkRange Chunks() const&& = delete;  // the range looks into this handle: give it a name first

 private:
  const internal::TableView* table_ = nullptr;
  const internal::ArrayView* cells_ = nullptr;
  const internal::ColumnDoor* door_ = nullptr;
  uint32_t column_ = 0;
  absl::Status status_;
};

template <class T, class V>
class MutableColumn : public MutableColumn<void, V> {
 public:
  V& operator[](Ref<T> ref) const { return MutableColumn<void, V>::operator[](ref); }
};

}  // namespace tenon

#endif  // TENON_MUTABLE_COLUMN_H_
