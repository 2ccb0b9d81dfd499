// A copy of every structure, taken before a statement or transaction begins, so that each of its writes meets a chunk that
// somebody else holds too: a hostile configuration, for tests (TENON_COPY_BEFORE_WRITES).
#ifndef TENON_STORE_SHADOW_H_
#define TENON_STORE_SHADOW_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "store/block_arena.h"
#include "store/catalog.h"
#include "store/column.h"
#include "store/key_index.h"

namespace tenon::internal {

#ifdef TENON_COPY_BEFORE_WRITES
inline constexpr bool kCopyBeforeWrites = true;
#else
inline constexpr bool kCopyBeforeWrites = false;
#endif

class Shadow {
 public:
  // Lets go of the last copy and takes another; stops where memory is refused.
  void Take(Catalog& catalog);

 private:
  struct OfTable {
    explicit OfTable(RowStore& rows);
    ChunkedArray<Stamp> stamps;
    Bitmap live;
    ChunkedArray<Slot> free;
    std::vector<std::unique_ptr<Column>> columns;
    std::deque<KeyIndex> keys;
  };
  struct OfEdge {
    explicit OfEdge(Edge& edge);
    ChunkedArray<uint32_t> link;
    ChunkedArray<uint32_t> place;
    ChunkedArray<Head> heads;
    BlockArena arena;
    ChunkedArray<Edge::Ghost, 6> ghosts;
    KeyIndex ghost_index;
  };

  std::deque<OfTable> tables_;
  std::deque<OfEdge> edges_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_SHADOW_H_
