// The raw layout that public handles read, so that navigation is inlined and costs only its loads.
//
// Nothing here is for users, and nothing here may be written through: the engine owns it all. A view stays at its
// address for as long as its Database lives, also when what it shows is dropped: then its arrays are empty.
#ifndef TENON_INTERNAL_VIEW_H_
#define TENON_INTERNAL_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tenon {

// A row's place in its table: below 2^31, stable from insert to erase, free for reuse after the commit.
using Slot = uint32_t;
// A row's number among all rows ever inserted into its database (modulo 2^32); 0 means "no row".
using Stamp = uint32_t;

namespace internal {

#ifndef TENON_CHUNK_LOG2
#define TENON_CHUNK_LOG2 12
#endif
// Rows per chunk, as a power of two. Tests build with tiny chunks.
inline constexpr uint32_t kChunkLog = TENON_CHUNK_LOG2;
inline constexpr uint32_t kChunkRows = 1u << kChunkLog;

// A link that leads to no row: none, or (all other values from kGhost on) a ghost.
inline constexpr uint32_t kGhost = 0x8000'0000u;
inline constexpr uint32_t kNoSlot = 0xFFFF'FFFFu;

// One chunk as the spine of an array knows it. `share` is 0 while the chunk is this array's alone.
struct Chunk {
  std::byte* data;
  uint32_t share;
};

// What a reader of a chunked array needs: the spine and the number of elements.
struct ArrayView {
  const Chunk* spine = nullptr;
  uint32_t size = 0;
};

// Element `i` of an array of V whose chunks hold 2^kLog elements. Requires: i < size.
template <class V, uint32_t kLog = kChunkLog>
inline const V& Load(const ArrayView& array, uint32_t i) {
  return reinterpret_cast<const V*>(array.spine[i >> kLog].data)[i & ((1u << kLog) - 1)];
}

// Which chunks of a column may be written in place. What shuts all doors (a transaction that begins or ends, a copy, a
// change of the schema) moves the generation.
struct ColumnDoor {
  const ArrayView* marks = nullptr;  // by chunk: the generation in which it was opened
  const uint64_t* generation = nullptr;
  bool IsOpen(uint32_t row) const {
    const uint32_t chunk = row >> kChunkLog;
    return chunk < marks->size && Load<uint64_t>(*marks, chunk) == *generation;
  }
};

// Bit `i` of a bitmap kept as 64-bit words.
inline constexpr uint32_t kWordChunkLog = kChunkLog > 6 ? kChunkLog - 6 : 0;
inline bool LoadBit(const ArrayView& words, uint32_t i) {
  return (Load<uint64_t, kWordChunkLog>(words, i >> 6) >> (i & 63)) & 1;
}

#ifndef TENON_TEXT_INLINE
#define TENON_TEXT_INLINE 12
#endif
// A string or bytes cell: up to 12 bytes lie in the cell itself, longer ones in a buffer of the column's text heap. Tests
// build with all text in the heap.
class Text {
 public:
  static constexpr uint32_t kInline = TENON_TEXT_INLINE;

  Text() = default;
  // Requires: `bytes` stays where it is for as long as this cell is read, unless it fits inline.
  explicit Text(std::string_view bytes) : length_(static_cast<uint32_t>(bytes.size())) {
    if (length_ <= kInline) {
      if (length_ != 0) std::memcpy(rest_, bytes.data(), length_);
    } else {
      const char* data = bytes.data();
      std::memcpy(rest_, data, length_ < 4 ? length_ : 4);
      std::memcpy(rest_ + 4, &data, sizeof data);
    }
  }
  uint32_t length() const { return length_; }
  bool is_inline() const { return length_ <= kInline; }
  const char* heap_data() const {
    const char* data;
    std::memcpy(&data, rest_ + 4, sizeof data);
    return data;
  }
  // A view into this very cell when the text is short.
  std::string_view view() const { return {is_inline() ? rest_ : heap_data(), length_}; }
  operator std::string_view() const { return view(); }  // NOLINT: a Text reads as the text it holds

 private:
  uint32_t length_ = 0;
  char rest_[12] = {};
};
static_assert(sizeof(Text) == 16);

// The children of one target: a tree of blocks with fan-out 1024 whose lowest level is the list of child slots.
//   level 0  root is the only child      level 1  root is a block of 2^log slots
//   level 2  root is a block of 2^log block numbers, and so on
struct Head {
  uint32_t root = kNoSlot;
  uint32_t count = 0;
  uint8_t level = 0;
  uint8_t log = 0;
};
inline constexpr uint32_t kBlockLog = kChunkLog < 10 ? kChunkLog : 10;

class Engine;
struct TableNode;
class Edge;

// One table, as handles see it.
struct TableView {
  Engine* engine = nullptr;  // null in the view that a const Database hands out
  TableNode* node = nullptr;
  const ArrayView* stamps = nullptr;
  const ArrayView* live = nullptr;
  const size_t* size = nullptr;
  const bool* dropped = nullptr;
};

// One edge, as handles see it.
struct EdgeView {
  const TableView* child = nullptr;
  const TableView* target = nullptr;
  Edge* edge = nullptr;
  const ArrayView* child_stamps = nullptr;
  const ArrayView* target_stamps = nullptr;
  const ArrayView* link = nullptr;   // by child slot: target slot, ghost, or kNoSlot
  const ArrayView* heads = nullptr;  // by target slot
  const ArrayView* arena = nullptr;  // blocks of slots
  const bool* dropped = nullptr;
  const uint64_t* version = nullptr;  // moves with every statement, undo and change of the schema
};

// The views of handles that lead nowhere: empty, so that reads need no test for null.
extern const TableView kNoTableView;
extern const EdgeView kNoEdgeView;
// No chunk may be written: the door of those who only read.
extern const ColumnDoor kShutDoor;

// Where the slots of `head` from `place` on lie side by side, and how many do. Requires: place < head.count.
struct SlotRun {
  const Slot* slots;
  uint32_t count;
};
inline SlotRun RunAt(const ArrayView& arena, const Head& head, uint32_t place) {
  if (head.level == 0) return {&head.root, 1};
  uint32_t node = head.root;
  for (uint32_t level = head.level; level > 1; --level) {
    node = Load<uint32_t>(arena, node + ((place >> ((level - 1) * kBlockLog)) & ((1u << kBlockLog) - 1)));
  }
  const uint32_t in_block = place & ((1u << kBlockLog) - 1);
  const uint32_t rest = (1u << kBlockLog) - in_block;
  return {&Load<uint32_t>(arena, node + in_block), rest < head.count - place ? rest : head.count - place};
}

// The child at `place` of `head`. Requires: place < head.count.
inline Slot ChildAt(const ArrayView& arena, const Head& head, uint32_t place) {
  uint32_t node = head.root;
  for (uint32_t level = head.level; level > 0; --level) {
    const uint32_t digit = (place >> ((level - 1) * kBlockLog)) & ((1u << kBlockLog) - 1);
    node = Load<uint32_t>(arena, node + digit);
  }
  return node;
}

}  // namespace internal
}  // namespace tenon

#endif  // TENON_INTERNAL_VIEW_H_
