#include "store/key_index.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace tenon::internal {
KeyIndex::KeyIndex(Account* account, const uint32_t* epoch)
    : epoch_(epoch), directory_(account), buckets_(account), pages_(account), dense_(account) {}

void KeyIndex::Clear() {
  directory_.Clear();
  buckets_.Clear();
  pages_.Clear();
  dense_.Clear();
  depth_ = 0;
  free_page_ = kNone;
  overflow_pages_ = 0;
  dense_count_ = paged_count_ = 0;
}

bool KeyIndex::CopyTo(KeyIndex* out) {
  may_be_shared_ = out->may_be_shared_ = true;  // what was shared before memory was refused stays so
  if (!directory_.CopyTo(&out->directory_) || !buckets_.CopyTo(&out->buckets_) ||
      !pages_.CopyTo(&out->pages_) || !dense_.CopyTo(&out->dense_)) {
    return false;
  }
  out->depth_ = depth_;
  out->free_page_ = free_page_;
  out->overflow_pages_ = overflow_pages_;
  out->dense_count_ = dense_count_;
  out->paged_count_ = paged_count_;
  return true;
}

size_t KeyIndex::CountBytes() const {
  return directory_.CountBytes() + buckets_.CountBytes() + pages_.CountBytes() + dense_.CountBytes();
}

// ---- Dense ----

// The dense array may be extended by a chunk at a time, and stays at least half full.
bool KeyIndex::GrowDense(uint64_t number) {
  if (number < dense_.size || number >= 2 * (dense_count_ + 1) + 14 || number - dense_.size >= kChunkRows)
    return true;
  uint32_t target = std::max<uint32_t>(16, dense_.size);
  while (target <= number) target = target < kChunkRows ? target * 2 : target + kChunkRows;
  while (dense_.size < target) {
    if (!dense_.Push(kNoSlot)) return false;
  }
  return true;
}

// ---- Pages ----

void KeyIndex::ClearPage(uint32_t page, uint32_t buckets) {
  for (uint32_t i = 0; i < buckets; ++i) buckets_.Mutable((page << kBucketLog) + i) = Bucket{};
}

// Makes the page of a hash, and all that hang on it, writable.
bool KeyIndex::OwnPages(uint64_t hash) {
  if (!may_be_shared_) return true;
  for (uint32_t page = PageOf(hash); page != kNone; page = pages_[page].next) {
    if (!pages_.Own(page) || !buckets_.Own(page << kBucketLog)) return false;
  }
  return true;
}

void KeyIndex::PutInPage(uint32_t page, uint64_t hash, Slot slot) {
  const uint32_t mask = BucketsOfPage() - 1;
  for (;; page = pages_[page].next) {
    assert(page != kNone);
    const uint32_t home = HomeOf(hash);
    for (uint32_t probes = 0; probes <= mask; ++probes) {
      Bucket& bucket = buckets_.Mutable((page << kBucketLog) + ((home + probes) & mask));
      const auto way = static_cast<uint32_t>(std::countr_one(bucket.used));
      if (way >= kWays) continue;
      bucket.used = static_cast<uint16_t>(bucket.used | (1u << way));
      bucket.tag[way] = TagOf(hash);
      bucket.slot[way] = slot;
      for (uint32_t i = 0; i < probes; ++i)
        ++buckets_.Mutable((page << kBucketLog) + ((home + i) & mask)).passed;
      return;
    }
  }
}

KeyIndex::Place KeyIndex::FindEntry(uint64_t hash, Slot slot) const {
  if (paged_count_ == 0) return {};
  const uint32_t mask = BucketsOfPage() - 1;
  for (uint32_t page = PageOf(hash); page != kNone; page = pages_[page].next) {
    uint32_t at = HomeOf(hash);
    for (uint32_t probes = 0; probes <= mask; ++probes) {
      const Bucket& bucket = BucketAt(page, at);
      for (uint32_t ways = WaysWith(bucket, TagOf(hash)); ways != 0; ways &= ways - 1) {
        const auto way = static_cast<uint32_t>(std::countr_zero(ways));
        if (bucket.slot[way] == slot) return {(page << kBucketLog) + at, way};
      }
      if (bucket.passed == 0) break;
      at = (at + 1) & mask;
    }
  }
  return {};
}

void KeyIndex::TakeEntry(uint64_t hash, Place place) {
  const uint32_t page = place.bucket & ~(kPageBuckets - 1);
  const uint32_t mask = BucketsOfPage() - 1;
  Bucket& bucket = buckets_.Mutable(place.bucket);
  bucket.used = static_cast<uint16_t>(bucket.used & ~(1u << place.way));
  for (uint32_t at = HomeOf(hash); page + at != place.bucket; at = (at + 1) & mask)
    --buckets_.Mutable(page + at).passed;
  --pages_.Mutable(PageOf(hash)).count;
  --paged_count_;
}

// The only page of a small index doubles its buckets.
bool KeyIndex::GrowFirstPage(Rehash rehash) {
  const uint32_t old = buckets_.size;
  if ((old != 0 && !buckets_.Own(0)) || !buckets_.Grow(old == 0 ? 1 : 2 * old)) return false;
  std::array<Bucket, kPageBuckets / 2> entries;
  for (uint32_t i = 0; i < old; ++i) entries[i] = buckets_[i];
  ClearPage(0, buckets_.size);
  for (uint32_t i = 0; i < old; ++i) {
    for (uint32_t way = 0; way < kWays; ++way) {
      const Slot slot = entries[i].slot[way];
      if ((entries[i].used >> way) & 1) PutInPage(0, rehash(slot), slot);
    }
  }
  return true;
}

bool KeyIndex::DoubleDirectory() {
  const uint32_t old = 1u << depth_;
  if (depth_ == 0 && directory_.size == 0 && !directory_.Push(0)) return false;
  if (!directory_.Reserve(2 * old)) return false;
  for (uint32_t i = 0; i < 2 * old; i += kChunkRows) {  // what a refused doubling made may be shared, too
    if (!directory_.Own(i)) return false;
  }
  if (!directory_.Grow(2 * old)) return false;
  for (uint32_t i = 2 * old; i-- > 0;) directory_.Mutable(i) = directory_[i / 2];
  ++depth_;
  return true;
}

// A page without entries, its number in `fresh`. New ones leave both arrays as long as each other: else the new buckets
// would be read as they are.
bool KeyIndex::NewPage(const Page& page, uint32_t* fresh) {
  if (free_page_ != kNone) {
    *fresh = free_page_;
    if (!pages_.Own(*fresh) || !buckets_.Own(*fresh << kBucketLog)) return false;
    free_page_ = pages_[*fresh].next;
    pages_.Mutable(*fresh) = page;
    return true;
  }
  *fresh = pages_.size;
  if (!pages_.Reserve(*fresh + 1) || !pages_.Own(*fresh) || !buckets_.Grow((*fresh + 1) << kBucketLog))
    return false;
  ClearPage(*fresh, kPageBuckets);
  return pages_.Push(page);
}

bool KeyIndex::HangOverflow(uint32_t page) {
  uint32_t fresh = 0;
  if (!NewPage(Page{}, &fresh)) return false;
  uint32_t last = page;
  while (pages_[last].next != kNone) last = pages_[last].next;
  pages_.Mutable(last).next = fresh;
  ++pages_.Mutable(page).capacity_pages;
  ++overflow_pages_;
  return true;
}

// Takes the overflow pages off a page whose entries fit into it. Requires: count < FullAt, pages owned.
void KeyIndex::Fold(uint32_t page, Rehash rehash) {
  std::array<Slot, FullAt(kPageBuckets, kWays)> slots = {};
  size_t count = 0;
  uint32_t next = page;
  while (next != kNone) {
    for (uint32_t i = 0; i < kPageBuckets; ++i) {
      const Bucket& bucket = buckets_[(next << kBucketLog) + i];
      for (uint32_t way = 0; way < kWays; ++way) {
        if ((bucket.used >> way) & 1) slots[count++] = bucket.slot[way];
      }
    }
    ClearPage(next, kPageBuckets);
    const uint32_t after = pages_[next].next;
    if (next != page) {
      pages_.Mutable(next) = {0, 0, 0, std::exchange(free_page_, next), 1, 0};
      --overflow_pages_;
    }
    next = after;
  }
  pages_.Mutable(page).next = kNone;
  pages_.Mutable(page).capacity_pages = 1;
  for (size_t i = 0; i < count; ++i) PutInPage(page, rehash(slots[i]), slots[i]);
}

// Whether a split is worth its page: not where room is reserved for much that is gone, since both halves would have to
// keep all of it; nor where an overflow page hangs on and the next bit does not tell the keys apart.
bool KeyIndex::CanSplit(uint32_t page, Rehash rehash) const {
  const Page& head = pages_[page];
  if (head.depth >= 32 || ReservedOf(head) > kWays || head.capacity_pages > 2) return false;
  if (head.depth == depth_ && (1u << depth_) > 16 * pages_.size) return false;
  if (head.next == kNone) return true;
  if (ReservedOf(head) > 0) return false;
  uint32_t upper = 0;
  for (uint32_t part = page; part != kNone; part = pages_[part].next) {
    for (uint32_t i = 0; i < kPageBuckets; ++i) {
      const Bucket& bucket = buckets_[(part << kBucketLog) + i];
      for (uint32_t way = 0; way < kWays; ++way) {
        if ((bucket.used >> way) & 1)
          upper += (rehash(bucket.slot[way]) >> (63 - head.depth) & 1) != 0 ? 1 : 0;
      }
    }
  }
  return upper <= kPageBuckets * kWays && head.count - upper <= kPageBuckets * kWays;
}

// Half of a page's entries, by the next bit of their hashes, move to a new page, or to the overflow page that hung on.
// Requires: CanSplit.
bool KeyIndex::Split(uint32_t page, uint64_t hash, Rehash rehash) {
  const uint32_t depth = pages_[page].depth;
  if (depth == depth_ && !DoubleDirectory()) return false;
  const uint32_t span = 1u << (depth_ - depth);  // directory entries that lead to this page
  const uint32_t first = static_cast<uint32_t>(hash >> (64 - depth_)) & ~(span - 1);
  for (uint32_t i = span / 2; i < span; ++i) {
    if (!directory_.Own(first + i)) return false;
  }
  Page half = pages_[page];
  half.count = 0;
  half.depth = depth + 1;
  half.next = kNone;
  half.capacity_pages = 1;
  uint32_t fresh = pages_[page].next;
  if (fresh != kNone) {
    --overflow_pages_;
  } else if (!NewPage(half, &fresh)) {
    return false;
  }

  std::array<Bucket, 2 * kPageBuckets> entries;
  for (uint32_t i = 0; i < kPageBuckets; ++i) {
    entries[i] = buckets_[(page << kBucketLog) + i];
    entries[kPageBuckets + i] = buckets_[(fresh << kBucketLog) + i];
  }
  ClearPage(page, kPageBuckets);
  ClearPage(fresh, kPageBuckets);
  for (uint32_t i = span / 2; i < span; ++i) directory_.Mutable(first + i) = fresh;
  pages_.Mutable(page) = pages_.Mutable(fresh) = half;
  for (const Bucket& bucket : entries) {
    for (uint32_t way = 0; way < kWays; ++way) {
      if (((bucket.used >> way) & 1) == 0) continue;
      const Slot slot = bucket.slot[way];
      const uint64_t moved = rehash(slot);
      const uint32_t home = (moved >> (63 - depth)) & 1 ? fresh : page;
      PutInPage(home, moved, slot);
      ++pages_.Mutable(home).count;
    }
  }
  return true;
}

bool KeyIndex::MakeRoom(const KeyProbe& probe, Rehash rehash) {
  if (probe.number != kNoNumber) {
    if (!GrowDense(probe.number)) return false;
    if (HasDensePlace(probe)) return dense_.Own(static_cast<uint32_t>(probe.number));
  }
  if (pages_.size == 0) {
    if (!pages_.Reserve(1) || !pages_.Own(0) || !GrowFirstPage(rehash)) return false;
    pages_.Push(Page{});
  }
  if (!OwnPages(probe.hash)) return false;
  while (true) {
    const uint32_t page = PageOf(probe.hash);
    const Page& head = pages_[page];
    const uint32_t taken = head.count + ReservedOf(head);
    if (taken < FullAt(BucketsOfPage(), kWays)) {
      if (head.next != kNone) Fold(page, rehash);
      return true;
    }
    if (buckets_.size < kPageBuckets) {
      if (!GrowFirstPage(rehash)) return false;
    } else if (CanSplit(page, rehash)) {
      if (!Split(page, probe.hash, rehash)) return false;
    } else {
      return taken < head.capacity_pages * kPageBuckets * kWays || HangOverflow(page);
    }
  }
}

void KeyIndex::Add(const KeyProbe& probe, Slot slot) {
  if (HasDensePlace(probe)) {
    dense_.Mutable(static_cast<uint32_t>(probe.number)) = slot;
    ++dense_count_;
    return;
  }
  const uint32_t page = PageOf(probe.hash);
  PutInPage(page, probe.hash, slot);
  ++pages_.Mutable(page).count;
  ++paged_count_;
}

bool KeyIndex::PrepareTake(const KeyProbe& probe, Slot slot) {
  if (!may_be_shared_) return true;
  // Also where the entry lies in a page: a dense place that is free takes what is restored.
  if (probe.number < dense_.size && !dense_.Own(static_cast<uint32_t>(probe.number))) return false;
  return IsDense(probe, slot) || paged_count_ == 0 || OwnPages(probe.hash);
}

void KeyIndex::Retire(const KeyProbe& probe, Slot slot) {
  if (IsDense(probe, slot)) {
    dense_.Mutable(static_cast<uint32_t>(probe.number)) = kNoSlot;
    --dense_count_;
    return;
  }
  TakeEntry(probe.hash, FindEntry(probe.hash, slot));
  Page& page = pages_.Mutable(PageOf(probe.hash));
  page.reserved = ReservedOf(page) + 1;
  page.reserved_in = *epoch_;
}

void KeyIndex::Restore(const KeyProbe& probe, Slot slot) {
  const bool to_pages = !HasDensePlace(probe);
  Add(probe, slot);
  if (!to_pages) return;
  Page& page = pages_.Mutable(PageOf(probe.hash));
  if (ReservedOf(page) > 0) --page.reserved;
}

void KeyIndex::Drop(const KeyProbe& probe, Slot slot) {
  if (IsDense(probe, slot)) {
    dense_.Mutable(static_cast<uint32_t>(probe.number)) = kNoSlot;
    --dense_count_;
    return;
  }
  const Place place = FindEntry(probe.hash, slot);
  if (place.bucket != kNone) TakeEntry(probe.hash, place);
}

}  // namespace tenon::internal
