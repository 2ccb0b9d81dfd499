// The primitive steps that every write is made of, forwards, backwards and for good.
//
//   S1  A step asks for all memory it needs, logs its inverse, then changes memory. Only the asking can fail; a step that
//       fails has changed nothing that a reader can see.
//   S2  What an undo may need is neither reused, shrunk nor compacted before Bury. So Undo and Bury ask for no memory
//       (tidying text may, and takes no for an answer).
// The log is at once undo log and change log. It holds 24 bytes a step, and no before-image: text is where it was.
#ifndef TENON_STORE_STEPS_H_
#define TENON_STORE_STEPS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/chunked_array.h"
#include "store/memory.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

struct Step {
  enum class Op : uint8_t {
    kBirth,     // object: table     slot: row     a: counter before    b: the slot was reused
    kDeath,     // table             row           stamp before
    kPut,       // table, column     row           a, b: the cell before
    kPutNull,   // table, column     row           the cell was null
    kCounter,   // table                           counter before
    kLink,      // edge              child
    kUnlink,    // edge              child         a: node before       b: place before
    kMove,      // edge, plain       child         a: node, place<<32   b: foreign key before
    kFollow,    // edge, plain       target        a: foreign key of all children before
    kAdd,       // table, key        row           a: hash              b: number
    kRetire,    // table, key        row           a: hash              b: number
    kNewGhost,  // edge              ghost
    kChunk,     // table, column     first row     a: the bytes of the chunk before   b: how many
  };
  uint32_t op : 8;
  uint32_t object : 24;
  uint32_t slot;
  uint64_t a;
  uint64_t b;

  Op kind() const { return static_cast<Op>(op); }
  // Of a Chunk.
  std::byte* Image() const { return reinterpret_cast<std::byte*>(static_cast<uintptr_t>(a)); }
  // Of a Put.
  Cell CellBefore() const {
    Cell cell;
    const uint64_t words[2] = {a, b};
    std::memcpy(static_cast<void*>(&cell.text), words, sizeof words);
    if (kind() == Op::kPut) cell.state = Cell::State::kValue;
    return cell;
  }
};
static_assert(sizeof(Step) == 24);

class Steps {
 public:
  Steps(Catalog* catalog, Account* account) : catalog_(catalog), account_(account), log_(account) {}
  ~Steps() { Forget(); }
  Steps(const Steps&) = delete;  // it owns the chunks kept
  Steps& operator=(const Steps&) = delete;

  // Before a statement: how many steps it may take. (A Follow takes one for each child.)
  void Allow(size_t steps) {
    most_ = steps < kMostSteps - log_.size ? log_.size + static_cast<uint32_t>(steps) : kMostSteps;
    ran_out_ = false;
  }
  // Whether the last step that failed failed for want of steps, not of memory.
  bool ran_out() const { return ran_out_; }
  // Whether every row that changes has a step of its own: while somebody is to be told of them. Requires, to be set: the
  // log is empty.
  bool is_detailed() const { return is_detailed_; }
  void set_detailed(bool on) { is_detailed_ = on; }

  // The length of the log: where to undo to.
  uint32_t mark() const { return log_.size; }
  const Step& operator[](uint32_t i) const { return log_[i]; }

  // ---- Forwards; false (Room: not kMade) when there is no room ----

  // A row with these cells, one for each column; links and keys are not made.
  RowStore::Room Birth(TableNode& table, absl::Span<const Cell> cells, int64_t counter, Slot* slot);
  // Requires: the row has no links out.
  bool Death(TableNode& table, Slot slot);
  // Requires: the cell differs, and keys that hold the column are retired.
  bool Put(TableNode& table, Slot slot, uint32_t column, const Cell& cell);
  bool SetCounter(TableNode& table, int64_t counter);
  bool Link(Edge& edge, Slot child, uint32_t node);
  bool Unlink(Edge& edge, Slot child);
  // Put, Unlink and Link in one: a child goes from its target to another one. Requires: edge.plain, both have keys.
  bool Move(Edge& edge, Slot child, Slot target);
  // Puts the present key of a target into the foreign keys of all its children; `before` is the key it had, and
  // they have. Requires: edge.plain.
  bool Follow(Edge& edge, Slot target, int64_t before);
  bool Add(TableNode& table, uint32_t key, const KeyProbe& probe, Slot slot);
  // Takes the row's key, by its present cells, out of the index if it is there.
  bool Retire(TableNode& table, uint32_t key, Slot slot);
  // The cells of the row's chunk may be written in place after this: they are kept as they are. Never fails: memory is
  // not to be refused (Memory::NoRefusals).
  void KeepChunk(TableNode& table, uint32_t column, Slot slot);
  // A ghost for the foreign key of a child.
  bool NewGhost(Edge& edge, Slot child, uint32_t* node);

  // ---- Backwards, and for good ----

  void Undo(uint32_t mark);
  void Bury();
  size_t CountBytes() const { return log_.CountBytes() + image_bytes_; }

 private:
  bool MayTake(uint32_t steps) {
    if (steps <= most_ - log_.size) return true;
    ran_out_ = true;
    return false;
  }
  bool Log(Step::Op op, uint32_t object, Slot slot, uint64_t a = 0, uint64_t b = 0) {
    return MayTake(1) && log_.Push({static_cast<uint32_t>(op), object & 0xFF'FFFFu, slot, a, b});
  }

  void BuryRemains();
  void PrefetchBurials(uint32_t from) const;
  void FreeImage(const Step& step);
  void Forget();

  static constexpr uint32_t kGroup = 64;
  static constexpr uint32_t kMostSteps = 0xF000'0000u;
  Catalog* catalog_;
  Account* account_;
  size_t image_bytes_ = 0;      // of chunks kept
  uint32_t deaths_ = 0;         // in the log
  uint32_t remains_ = 0;        // steps in the log that leave something to bury, deaths included
  uint32_t most_ = kMostSteps;  // length that the log may reach
  bool ran_out_ = false;
  bool is_detailed_ = false;
  ChunkedArray<Step, 10> log_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_STEPS_H_
