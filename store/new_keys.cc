#include "store/new_keys.h"

#include <bit>

#include "absl/container/inlined_vector.h"

namespace tenon::internal {

bool NewKeys::Add(TableNode& table, const Key& key, Slot slot, absl::Span<const Rewrite> rewrites) {
  absl::InlinedVector<Cell, 4> cells;
  for (const uint32_t c : key.columns) {
    cells.push_back(CellAfter(table, slot, rewrites, c));
    if (cells.back().is_null()) return true;  // no key
  }
  const uint64_t hash = table.rows.Probe(key.columns, cells).hash;
  return entries_.Push(
      {&key, &table, rewrites.data(), static_cast<uint32_t>(rewrites.size()), slot, hash, kNoSlot});
}

bool NewKeys::Index() {
  const size_t count = std::bit_ceil(entries_.size() + 1);
  if (!buckets_.Reserve(count)) return false;
  for (size_t i = 0; i < count; ++i) {
    if (!buckets_.Push(kNoSlot)) return false;
  }
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    uint32_t& bucket = buckets_[entries_[i].hash & (count - 1)];
    entries_[i].next = bucket;
    bucket = i;
  }
  return true;
}

bool NewKeys::Has(const Key& key, const KeyProbe& probe, absl::Span<const Cell> cells) const {
  if (entries_.empty()) return false;
  for (uint32_t i = buckets_[probe.hash & (buckets_.size() - 1)]; i != kNoSlot; i = entries_[i].next) {
    const Entry& entry = entries_[i];
    if (entry.key != &key || entry.hash != probe.hash) continue;
    bool same = true;
    for (size_t c = 0; c < cells.size() && same; ++c) {
      const Cell cell =
          CellAfter(*entry.table, entry.slot, {entry.rewrites, entry.rewrite_count}, key.columns[c]);
      same = SameCell(entry.table->columns[key.columns[c]].type, cell, cells[c]);
    }
    if (same) return true;
  }
  return false;
}

}  // namespace tenon::internal
