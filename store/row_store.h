// The rows of one table: slots, stamps, cells, keys. Births, deaths and writes here are unchecked and unlogged; the
// rules are with `statement`, the log with `steps`.
//
//   slot      0    1    2    3          stamp 0: no row; a dead row keeps its slot and cells until it is buried
//   stamps_ | 17 | 0  | 21 | 9 |        live_ has a bit for each stamp that is not 0, for scans
//   free_   | 1 |                       slots to be reused, last freed first
#ifndef TENON_STORE_ROW_STORE_H_
#define TENON_STORE_ROW_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "store/chunked_array.h"
#include "store/column.h"
#include "store/hash.h"
#include "store/key_index.h"
#include "store/memory.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

// What is the same for all tables of a database.
struct Shared {
  Memory* memory;
  Hasher hasher;
  Stamp last_stamp = 0;
  uint32_t epoch = 1;  // counts outermost statements and transactions
  size_t row_limit = 0;
  uint64_t version = 1;          // moves with every statement, undo and change of the schema
  uint64_t generation = 1;       // of chunks that are written in place (ColumnDoor)
  uint64_t last_generation = 1;  // none is given twice
  bool gathers = false;          // a Batch is open
  Stamp gathers_from = 0;        // the last one given before it
  // No chunk may be written in place any more.
  void ShutDoors() { generation = ++last_generation; }
};

// A primary or unique key, or the hidden one that keeps a has-one one-to-one. NULL in any column: the row has no key.
struct Key {
  Key(Account* account, const uint32_t* epoch) : index(account, epoch) {}
  std::string name;                 // the constraint
  std::vector<uint32_t> columns;    // none: the key was dropped
  const Column* integer = nullptr;  // its column, if it is one integer
  uint32_t generation = 0;          // how often the place was given to another key
  bool primary = false;
  bool one_to_one = false;  // over the foreign key of a has-one
  KeyIndex index;
};

// A table of so many rows is in the cache as a rule: asking memory ahead would only cost.
inline constexpr uint32_t kCachedRows = 1u << 15;

inline constexpr size_t kMaxKeys = 1000;  // of one table, hidden ones included

class RowStore {
 public:
  explicit RowStore(Shared* shared);
  RowStore(const RowStore&) = delete;  // views point to it
  RowStore& operator=(const RowStore&) = delete;

  // ---- Shape ----
  Column& column(uint32_t i) { return *columns_[i]; }
  const Column& column(uint32_t i) const { return *columns_[i]; }
  uint32_t column_count() const { return static_cast<uint32_t>(columns_.size()); }
  // A column whose cells for the rows that are there are still to be written. Null when memory is refused.
  Column* AddColumn(Type type, bool nullable);
  void DropLastColumn();
  std::deque<Key>& keys() { return keys_; }
  const std::deque<Key>& keys() const { return keys_; }
  // The new key's index; -1 when there are too many. It holds no rows yet.
  int AddKey(std::string name, std::vector<uint32_t> columns);
  // The key finds and keeps nothing from now on; its place stays, so that the others keep theirs.
  void DropKey(uint32_t key);

  // ---- Rows ----
  size_t size() const { return size_; }
  const size_t* size_address() const { return &size_; }
  // One beyond the last slot in use.
  Slot top() const { return stamps_.size; }
  const ChunkedArray<Stamp>& stamps() const { return stamps_; }
  const Bitmap& live() const { return live_; }
  bool IsAlive(Slot slot) const { return stamps_[slot] != 0; }
  // Whether conditions are asked of the row. Not of one that the open Batch has born: no key and no edge leads to it yet,
  // so only a walk would find it.
  bool IsShown(Slot slot) const {
    return IsAlive(slot) && (!shared_->gathers || stamps_[slot] - shared_->gathers_from - 1 >=
                                                      shared_->last_stamp - shared_->gathers_from);
  }
  Cell Get(Slot slot, uint32_t column) const { return columns_[column]->Get(slot); }

  // Asks memory for a row's stamp and these cells.
  void PrefetchRow(Slot slot, absl::Span<const uint32_t> columns) const {
    stamps_.Prefetch(slot);
    for (const uint32_t c : columns) columns_[c]->Prefetch(slot);
  }

  enum class Room { kMade, kNoMemory, kRowLimit };
  // Makes room for one more row with these cells, one for each column, and tells its slot.
  Room PrepareBirth(absl::Span<const Cell> cells, Slot* slot);
  // Requires: PrepareBirth with the same cells.
  void Birth(Slot slot, absl::Span<const Cell> cells);
  // The last row born that was not unborn yet is no more; `reused`: its slot came from the free ones.
  void Unbirth(Slot slot, bool reused);
  bool NextSlotIsReused() const { return free_.size != 0; }
  // Makes room for the death of a row. False when memory is refused.
  bool PrepareDeath(Slot slot);
  void Death(Slot slot);
  void Undeath(Slot slot, Stamp stamp);
  // Asks memory for what Bury needs first, and then, when that is there, for the rest.
  void PrefetchBurial(Slot slot) const;
  void PrefetchKeys(Slot slot) const;
  // Rewrites texts of the row's chunk if they are mostly dead. Best effort.
  void Tidy(Slot slot);
  // A dead row's slot is free, its text counted dead, its keys out of the indexes. Needs no memory.
  void Bury(Slot slot);
  // Gives back everything; slots start over. Requires: no rows, none to be buried.
  void Reset();
  // Gives back everything, rows included.
  void Drop();

  // ---- Keys ----
  bool HasNull(absl::Span<const uint32_t> columns, Slot slot) const {
    for (const uint32_t c : columns) {
      if (columns_[c]->IsNull(slot)) return true;
    }
    return false;
  }
  // The probe for the cells of these columns: of a row, or given. Requires: none is null.
  KeyProbe Probe(absl::Span<const uint32_t> columns, Slot slot) const;
  KeyProbe Probe(absl::Span<const uint32_t> columns, absl::Span<const Cell> cells) const;
  // Whether the row has these cells in these columns.
  bool HasCells(absl::Span<const uint32_t> columns, Slot slot, absl::Span<const Cell> cells) const {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!SameCell(columns_[columns[i]]->type(), Get(slot, columns[i]), cells[i])) return false;
    }
    return true;
  }
  // The live row whose key is this, or kNoSlot.
  Slot Find(const Key& key, absl::Span<const Cell> cells) const;
  // The same for a key of one integer column.
  Slot FindInteger(const Key& key, int64_t value) const {
    const auto number = static_cast<uint64_t>(value);
    return FindInteger(key, {shared_->hasher.Mix(shared_->hasher.seed(), number), number});
  }
  // The live row whose key is what `other` holds in `columns`, pairwise. Requires: no nulls there.
  Slot Find(const Key& key, const RowStore& other, absl::Span<const uint32_t> columns, Slot slot) const {
    return Find(key, other.Probe(columns, slot), other, columns, slot);
  }
  Slot Find(const Key& key, const KeyProbe& probe, const RowStore& other, absl::Span<const uint32_t> columns,
            Slot slot) const;
  Slot FindInteger(const Key& key, const KeyProbe& probe) const {
    return key.index.Find(
        probe, [&](Slot s) { return IsAlive(s); },
        [&](Slot s) { return static_cast<uint64_t>(key.integer->Integer(s)) == probe.number; });
  }
  // Whether two rows agree in these columns, pairwise; nulls agree with nothing.
  bool Agree(absl::Span<const uint32_t> mine, Slot slot, const RowStore& other,
             absl::Span<const uint32_t> columns, Slot other_slot) const;
  bool PrepareAdd(Key& key, const KeyProbe& probe) {
    return key.index.PrepareAdd(probe, [&](Slot s) { return Probe(key.columns, s).hash; });
  }

  // ---- Books ----
  size_t CountRowBytes() const { return stamps_.CountBytes() + live_.CountBytes() + free_.CountBytes(); }
  const ChunkedArray<Slot>& free_slots() const { return free_; }
  Account& column_account() { return column_account_; }
  Account& text_account() { return text_account_; }
  Account& row_account() { return row_account_; }
  Account& key_account() { return key_account_; }
  const Account& column_account() const { return column_account_; }
  const Account& text_account() const { return text_account_; }
  const Account& row_account() const { return row_account_; }
  const Account& key_account() const { return key_account_; }

 private:
  friend class Shadow;
  KeyProbe ProbeAny(absl::Span<const uint32_t> columns, Slot slot) const;
  bool ReserveRows(uint32_t n);

  Shared* shared_;
  Account column_account_;
  Account text_account_;
  Account row_account_;
  Account key_account_;
  std::vector<std::unique_ptr<Column>> columns_;
  std::vector<Column*> text_columns_;
  std::deque<Key> keys_;  // addresses stay put
  ChunkedArray<Stamp> stamps_;
  Bitmap live_;
  ChunkedArray<Slot> free_;
  uint32_t reserved_ = 0;  // rows that stamps, bits and columns have room for
  uint32_t dying_ = 0;     // dead rows to be buried; free_ has room for them
  size_t size_ = 0;
};

inline KeyProbe RowStore::Probe(absl::Span<const uint32_t> columns, Slot slot) const {
  const Column& first = *columns_[columns[0]];
  if (columns.size() != 1 || IsText(first.type())) return ProbeAny(columns, slot);
  const auto number = static_cast<uint64_t>(first.Integer(slot));
  return {shared_->hasher.Mix(shared_->hasher.seed(), number), number};
}

inline bool RowStore::Agree(absl::Span<const uint32_t> mine, Slot slot, const RowStore& other,
                            absl::Span<const uint32_t> columns, Slot other_slot) const {
  for (size_t i = 0; i < mine.size(); ++i) {
    const Column& a = *columns_[mine[i]];
    const Column& b = *other.columns_[columns[i]];
    if (a.IsNull(slot) || b.IsNull(other_slot)) return false;
    if (IsText(a.type()) ? a.Raw<Text>(slot).view() != b.Raw<Text>(other_slot).view()
                         : a.Integer(slot) != b.Integer(other_slot)) {
      return false;
    }
  }
  return true;
}

inline Slot RowStore::Find(const Key& key, const KeyProbe& probe, const RowStore& other,
                           absl::Span<const uint32_t> columns, Slot slot) const {
  if (key.integer != nullptr) return FindInteger(key, probe);
  return key.index.Find(
      probe, [&](Slot s) { return IsAlive(s); },
      [&](Slot s) { return Agree(key.columns, s, other, columns, slot); });
}

}  // namespace tenon::internal

#endif  // TENON_STORE_ROW_STORE_H_
