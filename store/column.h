// The cells of one column: fixed-size values, or 16-byte texts over a heap; bits that say which are not null.
//
// A required column has no such bits. While a statement runs it may hold nulls all the same, since only its end decides
// (rule 4 of the statement); the first null that is written makes the bits, ForgetNulls drops them.
#ifndef TENON_STORE_COLUMN_H_
#define TENON_STORE_COLUMN_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "store/chunked_array.h"
#include "store/memory.h"
#include "store/text_heap.h"
#include "tenon/internal/cell.h"
#include "tenon/row.h"

namespace tenon::internal {

// Bits in 64-bit words; words cover rows as chunks of rows do.
using Bitmap = ChunkedArray<uint64_t, kWordChunkLog>;

// Room for `n` bits, new words zero. False when memory is refused.
inline bool GrowBits(Bitmap* bits, uint32_t n) {
  for (const uint32_t words = (n + 63) >> 6; bits->size < words;) {
    if (!bits->Push(0)) return false;
  }
  return true;
}
// Requires: the word of bit `i` is owned.
inline void WriteBit(Bitmap* bits, uint32_t i, bool on) {
  uint64_t& word = bits->Mutable(i >> 6);
  const uint64_t mask = uint64_t{1} << (i & 63);
  word = on ? word | mask : word & ~mask;
}

class Column {
 public:
  // `generation`: moves when no chunk may be written in place any more (ColumnDoor).
  Column(Type type, bool nullable, Account* cells, Account* text, const uint64_t* generation);

  Type type() const { return type_; }
  const ArrayView& cells() const { return cells_; }
  // Null when the column can't hold nulls.
  const ArrayView* valid() const { return nullable_ ? &valid_ : nullptr; }

  // ---- Written in place ----

  const ColumnDoor& door() const { return door_; }
  // The row's chunk may be written in place until the generation moves. False when memory is refused.
  bool Open(Slot slot);
  // The bytes of the row's chunk, and where they are.
  size_t CountChunkBytes(Slot slot) const { return cells_.CountChunkBytes(slot >> kChunkLog); }
  // A number or bool of a chunk that was copied; nullopt beyond its bytes.
  std::optional<Cell> CellIn(const std::byte* chunk, size_t bytes, uint32_t row) const;
  void* CellAddress(Slot slot) const { return cells_.Address(slot); }
  std::byte* ChunkData(Slot slot) const { return cells_.spine[slot >> kChunkLog].data; }

  // ---- Written by statements ----

  // Makes room for rows below `n`, so that Grow(n) succeeds. False when memory is refused.
  bool Reserve(uint32_t n) { return cells_.Reserve(n) && (!tracks_null_ || GrowBits(&valid_, n)); }
  // Cells for rows below `n`. False when memory is refused.
  bool Grow(uint32_t n) { return Reserve(n) && cells_.Grow(n); }

  // The cell of a row. Long text is a view into the heap.
  Cell Get(Slot slot) const {
    if (IsNull(slot)) return Cell::Null();
    return GetValue(slot);
  }
  bool IsNull(Slot slot) const { return tracks_null_ && !LoadBit(valid_, slot); }
  // Whether a required column was given a null since the last ForgetNulls.
  bool has_forbidden_null() const { return tracks_null_ && !nullable_; }
  void ForgetNulls() {
    if (nullable_) return;
    tracks_null_ = false;
    valid_.Clear();
  }
  // The bits of an integer cell that is not null.
  int64_t Integer(Slot slot) const {
    return type_ == Type::kInt64 ? Load<int64_t>(cells_, slot) : Load<int32_t>(cells_, slot);
  }

  // Writes an integer over another one: nothing but the number changes. Requires: Own.
  void WriteInteger(Slot slot, int64_t number) {
    if (type_ == Type::kInt64) {
      Mutable<int64_t>(slot) = number;
    } else {
      Mutable<int32_t>(slot) = static_cast<int32_t>(number);
    }
  }
  bool Own(Slot slot) { return cells_.Own(slot); }

  // From now on there are cells for the rows below `n`. Requires: Reserve(n).
  void Resize(uint32_t n) { cells_.size = n; }

  // Makes the row's cell writable, with room for this content. False when memory is refused.
  bool Prepare(Slot slot, const Cell& cell) {
    return tracks_null_ || cell.is_null() || IsText(type_) ? PrepareAny(slot, cell) : cells_.Own(slot);
  }
  // Writes the content; long text is copied into the heap. Requires: Prepare.
  void Write(Slot slot, const Cell& cell) {
    assert(!cell.is_absent());
    if (type_ == Type::kInt64 && !tracks_null_) {
      Mutable<int64_t>(slot) = cell.integer();
    } else {
      WriteAny(slot, cell);
    }
  }
  // Takes back the last Write to this row's chunk: `old` is what the cell held before; long text is where it was.
  void Unwrite(Slot slot, const Cell& old);
  // Long text of a cell that counts no more, in the books.
  void CountDead(Slot slot, const Text& text) {
    if (!text.is_inline()) text_.CountDead(slot >> kChunkLog, text.length());
  }
  // Rewrites the text of a chunk of rows if it is mostly dead; `live` says which rows count. Best effort.
  void Tidy(uint32_t chunk, const Bitmap& live);
  void Clear();

  // `out`, which is empty and of the same type, shares all chunks and texts. False when memory is refused.
  bool CopyTo(Column* out) {
    return cells_.CopyTo(&out->cells_) && valid_.CopyTo(&out->valid_) && text_.CopyTo(&out->text_);
  }
  size_t CountCellBytes() const { return cells_.CountBytes() + valid_.CountBytes() + marks_.CountBytes(); }
  size_t CountTextBytes() const { return text_.CountBytes(); }
  const TextHeap& heap() const { return text_; }

  void Prefetch(Slot slot) const { cells_.PrefetchElement(slot); }
  // The address of a cell's storage; V is the type that Column<V> shows.
  template <class V>
  const V& Raw(Slot slot) const {
    return Load<V>(cells_, slot);
  }

 private:
  Cell GetValue(Slot slot) const;
  bool TrackNulls(uint32_t n);
  bool PrepareAny(Slot slot, const Cell& cell);
  void WriteAny(Slot slot, const Cell& cell);
  void Store(Slot slot, const Cell& cell);
  template <class V>
  V& Mutable(Slot slot) {
    return const_cast<V&>(Load<V>(cells_, slot));
  }

  Type type_;
  bool nullable_;
  bool tracks_null_;
  ChunkStore cells_;
  Bitmap valid_;
  TextHeap text_;
  ChunkedArray<uint64_t> marks_;
  ColumnDoor door_;
};

inline Cell Column::GetValue(Slot slot) const {
  switch (type_) {
    case Type::kBool:
      return Cell::OfBits(Load<bool>(cells_, slot) ? 1 : 0);
    case Type::kInt32:
      return Cell::OfInt(Load<int32_t>(cells_, slot));
    case Type::kInt64:
      return Cell::OfInt(Load<int64_t>(cells_, slot));
    case Type::kFloat:
      return Cell::OfBits(std::bit_cast<uint32_t>(Load<float>(cells_, slot)));
    case Type::kDouble:
      return Cell::OfBits(std::bit_cast<uint64_t>(Load<double>(cells_, slot)));
    case Type::kString:
    case Type::kBytes:
      break;
  }
  return Cell::OfText(Load<Text>(cells_, slot));
}

}  // namespace tenon::internal

#endif  // TENON_STORE_COLUMN_H_
