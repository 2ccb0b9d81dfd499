// A unique index: finds the slot that holds a key, and keeps no keys itself.
//
//   directory_[top bits of the hash] -> page: 32 buckets of one cache line, 12 one-byte tags and 12 slots each
//
// An extendible hash (Fagin, Nievergelt, Pippenger, Strong, 1979): a full page splits alone, so that no insert ever rehashes
// the table. A small index is one page of few buckets. Where keys are one integer, small numbers that lie close together
// are kept in a plain array instead, dense_; the pages take what is outside of it, or whose place is taken.
//
// K1  An entry's slot has a row, alive or dead and not yet buried, whose present cells are the entry's key: a split
//     asks `rehash` for the hash of each slot.
// K2  What Retire took out can be put back by Restore without memory: its page keeps room for it until the epoch ends.
//     So undo needs no memory, and a commit has nothing to do for a retired key.
// Why pages and not one table: bounded steps, and a page is what a copy of the index copies on its first write to it.
#ifndef TENON_STORE_KEY_INDEX_H_
#define TENON_STORE_KEY_INDEX_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "absl/functional/function_ref.h"
#include "store/chunked_array.h"
#include "store/memory.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

// A key as the index sees it. `number` is the key itself where it is one integer, else outside of any dense range.
struct KeyProbe {
  uint64_t hash;
  uint64_t number;
};
inline constexpr uint64_t kNoNumber = UINT64_MAX;

class KeyIndex {
 public:
  using Rehash = absl::FunctionRef<uint64_t(Slot)>;

  // `epoch` counts outermost statements and transactions (K2).
  KeyIndex(Account* account, const uint32_t* epoch);

  // The slot whose key is `probe` and for which `alive` is true, or kNoSlot. `same(slot)` compares the key; it is not
  // asked where the dense array has already answered. There may be entries of dead rows beside the one alive.
  template <class Alive, class Same>
  Slot Find(const KeyProbe& probe, Alive alive, Same same) const;

  bool Contains(const KeyProbe& probe, Slot slot) const {
    return IsDense(probe, slot) || FindEntry(probe.hash, slot).bucket != kNone;
  }

  // The slot that Find will look at first, or kNoSlot: nothing but the index is read.
  Slot FindLikely(const KeyProbe& probe) const {
    if (probe.number < dense_.size) return dense_[static_cast<uint32_t>(probe.number)];
    if (paged_count_ == 0) return kNoSlot;
    const Bucket& home = BucketAt(PageOf(probe.hash), HomeOf(probe.hash));
    const uint32_t ways = WaysWith(home, TagOf(probe.hash));
    return ways == 0 ? kNoSlot : home.slot[std::countr_zero(ways)];
  }

  // Asks memory for the line where a key would be.
  void Prefetch(const KeyProbe& probe) const {
    if (probe.number < dense_.size) {
      dense_.Prefetch(static_cast<uint32_t>(probe.number));
    } else if (paged_count_ != 0) {
      buckets_.Prefetch((PageOf(probe.hash) << kBucketLog) + HomeOf(probe.hash));
    }
  }

  // Makes room for one more entry. False when memory is refused.
  bool PrepareAdd(const KeyProbe& probe, Rehash rehash) {
    return HasDensePlace(probe) ? dense_.Own(static_cast<uint32_t>(probe.number)) : MakeRoom(probe, rehash);
  }
  // Requires: PrepareAdd for this key, and nothing added since.
  void Add(const KeyProbe& probe, Slot slot);
  // Makes the place of an entry writable. False when memory is refused. Only needed where the index may be shared.
  bool PrepareTake(const KeyProbe& probe, Slot slot);
  bool may_be_shared() const { return may_be_shared_; }
  // Takes out an entry that is there, keeping room for it (K2). Requires: PrepareTake where shared.
  void Retire(const KeyProbe& probe, Slot slot);
  // Undoes the last Retire that was not undone.
  void Restore(const KeyProbe& probe, Slot slot);
  // Takes out an entry for good; nothing when it is not there.
  void Drop(const KeyProbe& probe, Slot slot);

  size_t size() const { return dense_count_ + paged_count_; }
  void Clear();
  bool CopyTo(KeyIndex* out);
  size_t CountBytes() const;
  // Calls visit(slot) for every entry, in no particular order.
  template <class Visit>
  void ForEach(Visit visit) const;

 private:
#ifdef TENON_TINY_PAGES
  static constexpr uint32_t kBucketLog = 1;  // a hostile configuration, for tests
  static constexpr uint32_t kWays = 1;
#else
  static constexpr uint32_t kBucketLog = 5;  // buckets of a page
  static constexpr uint32_t kWays = 12;
#endif
  static constexpr uint32_t kPageBuckets = 1u << kBucketLog;
  static constexpr uint32_t kNone = 0xFFFF'FFFFu;
  // A page splits when three quarters of it are taken, or promised to what was retired: at a half, on average, an entry
  // takes ten bytes, and few entries lie outside their home bucket.
  static constexpr uint32_t FullAt(uint32_t buckets, uint32_t ways) { return buckets * ways * 3 / 4; }

  struct alignas(16) Bucket {
    uint8_t tag[kWays];
    uint16_t passed;  // entries of this bucket or an earlier one that had to go further
    uint16_t used;    // one bit a way
    Slot slot[kWays];
  };
  static_assert(sizeof(Bucket) == (kWays == 12 ? 64 : 16));
  struct Page {
    uint32_t count = 0;  // entries of this page and of those that hang on
    uint32_t reserved = 0;
    uint32_t reserved_in = 0;  // the epoch in which `reserved` means something
    uint32_t next = kNone;     // overflow page
    uint32_t capacity_pages = 1;
    uint32_t depth = 0;
  };
  struct Place {
    uint32_t bucket = kNone;
    uint32_t way = 0;
  };

  // The ways in use that have this tag, one bit each: all are compared at once where the compiler can.
  static uint32_t WaysWith(const Bucket& bucket, uint8_t tag) {
    uint32_t ways = 0;
#ifdef __SSE2__
    const __m128i tags = _mm_load_si128(reinterpret_cast<const __m128i*>(&bucket));
    ways =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8(static_cast<char>(tag)))));
#else
    for (uint32_t way = 0; way < kWays; ++way) ways |= (bucket.tag[way] == tag ? 1u : 0u) << way;
#endif
    return ways & bucket.used;
  }
  // Bucket `at` of a page.
  const Bucket& BucketAt(uint32_t page, uint32_t at) const {
    return reinterpret_cast<const Bucket*>(buckets_.spine[page].data)[at];
  }

  uint32_t BucketsOfPage() const { return buckets_.size < kPageBuckets ? buckets_.size : kPageBuckets; }
  uint32_t PageOf(uint64_t hash) const {
    return depth_ == 0 ? 0 : directory_[static_cast<uint32_t>(hash >> (64 - depth_))];
  }
  static uint8_t TagOf(uint64_t hash) { return static_cast<uint8_t>(hash); }
  uint32_t HomeOf(uint64_t hash) const { return static_cast<uint32_t>(hash >> 8) & (BucketsOfPage() - 1); }
  uint32_t ReservedOf(const Page& page) const { return page.reserved_in == *epoch_ ? page.reserved : 0; }
  bool IsDense(const KeyProbe& probe, Slot slot) const {
    return probe.number < dense_.size && dense_[static_cast<uint32_t>(probe.number)] == slot;
  }
  bool HasDensePlace(const KeyProbe& probe) const {
    return probe.number < dense_.size && dense_[static_cast<uint32_t>(probe.number)] == kNoSlot;
  }

  bool MakeRoom(const KeyProbe& probe, Rehash rehash);
  bool OwnPages(uint64_t hash);
  bool GrowDense(uint64_t number);
  bool GrowFirstPage(Rehash rehash);
  bool Split(uint32_t page, uint64_t hash, Rehash rehash);
  bool DoubleDirectory();
  bool NewPage(const Page& page, uint32_t* fresh);
  void Fold(uint32_t page, Rehash rehash);
  bool CanSplit(uint32_t page, Rehash rehash) const;
  bool HangOverflow(uint32_t page);
  void ClearPage(uint32_t page, uint32_t buckets);
  void PutInPage(uint32_t page, uint64_t hash, Slot slot);
  template <class Alive, class Same>
  [[gnu::noinline]] Slot FindFurther(uint64_t hash, uint32_t page, Alive alive, Same same) const;
  Place FindEntry(uint64_t hash, Slot slot) const;
  void TakeEntry(uint64_t hash, Place place);

  const uint32_t* epoch_;
  ChunkedArray<uint32_t> directory_;
  ChunkedArray<Bucket, kBucketLog> buckets_;
  ChunkedArray<Page, 8> pages_;
  ChunkedArray<Slot> dense_;
  uint32_t depth_ = 0;
  uint32_t free_page_ = kNone;  // pages that hung on once; `next` leads to the next one
  uint32_t overflow_pages_ = 0;
  size_t dense_count_ = 0;
  size_t paged_count_ = 0;
  bool may_be_shared_ = false;
};

template <class Alive, class Same>
Slot KeyIndex::Find(const KeyProbe& probe, Alive alive, Same same) const {
  if (probe.number < dense_.size) {
    const Slot slot = dense_[static_cast<uint32_t>(probe.number)];
    if (slot != kNoSlot && alive(slot)) return slot;
  }
  if (paged_count_ == 0) return kNoSlot;
  const uint32_t page = PageOf(probe.hash);
  const Bucket& home = BucketAt(page, HomeOf(probe.hash));
  for (uint32_t ways = WaysWith(home, TagOf(probe.hash)); ways != 0; ways &= ways - 1) {
    const Slot slot = home.slot[std::countr_zero(ways)];
    if (same(slot) && alive(slot)) return slot;
  }
  if (home.passed == 0 && overflow_pages_ == 0) return kNoSlot;
  return FindFurther(probe.hash, page, alive, same);
}

// Beyond the home bucket: few keys are there.
template <class Alive, class Same>
Slot KeyIndex::FindFurther(uint64_t hash, uint32_t page, Alive alive, Same same) const {
  const uint32_t mask = BucketsOfPage() - 1;
  for (; page != kNone; page = pages_[page].next) {
    uint32_t at = HomeOf(hash);
    for (uint32_t probes = 0; probes <= mask; ++probes) {
      const Bucket& bucket = BucketAt(page, at);
      for (uint32_t ways = WaysWith(bucket, TagOf(hash)); ways != 0; ways &= ways - 1) {
        const Slot slot = bucket.slot[std::countr_zero(ways)];
        if (same(slot) && alive(slot)) return slot;
      }
      if (bucket.passed == 0) break;
      at = (at + 1) & mask;
    }
  }
  return kNoSlot;
}

template <class Visit>
void KeyIndex::ForEach(Visit visit) const {
  for (uint32_t i = 0; i < dense_.size; ++i) {
    if (dense_[i] != kNoSlot) visit(dense_[i]);
  }
  for (uint32_t i = 0; i < buckets_.size; ++i) {
    for (uint32_t way = 0; way < kWays; ++way) {
      if ((buckets_[i].used >> way) & 1) visit(buckets_[i].slot[way]);
    }
  }
}

}  // namespace tenon::internal

#endif  // TENON_STORE_KEY_INDEX_H_
