// The one mechanism of all writes. Every verb is gathered into the same four lists (births at once, rewrites, links given
// as rows, rows to erase) and executed in the same way; a Batch is several verbs gathered together.
//
//   1  direct   values of the rows addressed are computed from the state before, each from its own row
//   2  closure  direct rows leave, then level by level: RESTRICT asks whether children remain, CASCADE takes them along
//   3  rounds   what became of the keys of one step decides the rewrites of the next: CASCADE (update), SET NULL, SET
//               DEFAULT. All RESTRICTs of a round are asked, and all its rewrites computed, before any is written
//   4  settle   not null; new keys are added, all old ones having been retired; foreign keys that were written find their
//               targets; children of keys that went must find another (that is NO ACTION); ghosts whose key came, move in
//   5  commit   deferred edges lead somewhere (asked by the engine)
//   6  no loop stops early but by failing: neither declaration nor row order changes an outcome
//
// What a foreign key means that a step writes (rule 3): the row that gets this key in the same step; else the row that has
// had it since before the statement and still has it when the step begins, which may then lead the child on or take it
// along; else whoever has it in the end.
#ifndef TENON_STORE_STATEMENT_H_
#define TENON_STORE_STATEMENT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/cell_set.h"
#include "store/edge.h"
#include "store/memory.h"
#include "store/new_keys.h"
#include "store/rewrite_plan.h"
#include "store/scratch.h"
#include "store/steps.h"
#include "store/text_heap.h"
#include "tenon/internal/cell.h"

namespace tenon::internal {

// "The row belongs to this target": a link given as a row and not as a key.
struct Pledge {
  Edge* edge;
  Slot child;
  Slot target;  // kNoSlot: an earlier pledge of this edge and child is void, the cells decide
};

struct TableEffect {
  uint32_t table;
  EffectCounts counts;
};

// A few cells: those of a key.
using CellList = absl::InlinedVector<Cell, 4>;

inline bool Contains(absl::Span<const uint32_t> columns, uint32_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

class Statement {
 public:
  Statement(Catalog* catalog, Steps* steps, Account* scratch);

  // kVerb: one verb, some of which is done at once. kBatch: several verbs, executed together. kChanges: likewise, and no edge
  // acts: what actions did is among what is gathered.
  enum class Mode { kVerb, kBatch, kChanges };
  // Opens a statement of at most `most_steps`; `verb` ("insert", ...) goes into its messages.
  void Start(std::string_view verb, Mode mode, size_t most_steps);
  uint32_t mark() const { return mark_; }
  std::string_view verb() const { return verb_; }

  // ---- Gathering ----

  // A row with these cells, born at once; absent ones are filled in. `links`: child is to be filled in.
  absl::Status Insert(TableNode& table, absl::Span<Cell> cells, absl::Span<Pledge> links, Slot* slot);
  // Cells of a row to be written, one for each column of `columns`.
  absl::Status Update(TableNode& table, Slot slot, absl::Span<const uint32_t> columns,
                      absl::Span<const Cell> cells);
  // The row belongs to `target`, or (kNoSlot) to nobody.
  absl::Status Set(Edge& edge, Slot child, Slot target);
  // Of a has-one: whoever a verb of this batch has given to `target` before, but `keep`, belongs to nobody. Of several
  // such verbs the last counts.
  absl::Status Vacate(Edge& edge, Slot target, Slot keep);
  // The row makes room for another child of its has-one: it belongs to nobody, unless a link of this batch, before or
  // after, gives it a target.
  absl::Status PutOut(Edge& edge, Slot child);
  absl::Status Erase(TableNode& table, Slot slot);
  // What the counter of a table is in the end, whatever the rows say. Requires: kChanges.
  absl::Status SetCounter(TableNode& table, int64_t counter);
  // Asks memory for the lines that Set will need first.
  void PrefetchSet(const Edge& edge, Slot child, Slot target) const {
    edge.PrefetchMove(child, target);
    edge.child_rows->PrefetchRow(child, edge.foreign_key);
    edge.target_rows->PrefetchRow(target, edge.key->columns);
  }

  // ---- Executing ----

  // Does what was gathered, with all it brings, and settles. On failure the caller undoes to mark().
  absl::Status Execute();
  // kFailedPrecondition: a deferred edge leads nowhere.
  absl::Status CheckDeferred(std::string_view verb) const {
    return deferred.empty() ? absl::OkStatus() : CheckDangling(verb);
  }
  // After Execute or the undo: forgets the scratch. Effects stay.
  void Finish() {
    if (!is_plain_) Forget();
  }

  size_t addressed = 0;
  std::vector<TableEffect>& effects() { return effects_; }
  absl::Status NoMemory() const;
  Account* scratch() const { return pledges_.account(); }

  // Edges that are checked at commit.
  std::vector<Edge*> deferred;

 private:
  static constexpr size_t kGroup = 32;
  struct RowId {
    TableNode* table;
    Slot slot;
    friend bool operator==(const RowId&, const RowId&) = default;
  };
  struct Move {
    Edge* edge;
    Slot child;
    Slot to;  // kNoSlot: none
    bool wait;
  };
  struct BirthGroup {
    Slot slots[kGroup];
    size_t count;
  };
  struct DirtyKey {
    TableNode* table;
    uint32_t key;
    Slot slot;
  };
  struct Counter {
    TableNode* table;
    int64_t value;
  };
  struct Defaulted {
    Edge* edge;
    Slot target;
  };

  // Whether nothing is left to be planned: rows were born, cells and links that nothing else hangs on written at once.
  bool IsPlain() const {
    return plan_.empty() && pledges_.empty() && doomed_.empty() && dirty_.empty() && pending_.empty() &&
           null_columns_.empty() && counters_.empty();
  }
  void Forget();
  bool IsNewborn(const TableNode& table, Slot slot) const {
    return table.rows.stamps()[slot] - first_stamp_ - 1 < catalog_->shared.last_stamp - first_stamp_;
  }
  bool IsDoomed(TableNode& table, Slot slot) const;
  EffectCounts& EffectsOf(const TableNode& table);
  bool IsDirect(const TableNode& table, Slot slot) const {
    return IsNewborn(table, slot) || !direct_.RowOf(table.id, slot).empty();
  }
  // A row that an action reached, as an id beside those of cells: there is no such column.
  static uint64_t ReachedId(const TableNode& table, Slot slot, Action action) {
    return uint64_t{PartOf(table.id, (1u << kPartBits) - 1 - static_cast<uint32_t>(action))} << 32 | slot;
  }
  static uint64_t PromisedId(const Edge& edge, Slot target) { return uint64_t{edge.id} << 32 | target; }
  static uint64_t PromisedChildId(const Edge& edge, Slot child) {
    return uint64_t{1} << 63 | PromisedId(edge, child);
  }
  // Whether a verb of this batch has given the child a target, and none has taken it back.
  bool IsPromised(const Edge& edge, Slot child) const;
  // The child will belong to the target. False when memory is refused.
  bool Promise(const Pledge& pledge);
  // The place of a row born in this statement among all that were, for messages.
  size_t RowNumber(const TableNode& table, Slot slot) const;

  // statement.cc: gathering
  void PrefetchKeys(const TableNode& table, absl::Span<const Cell> cells) const;
  void PrefetchRewrite(const TableNode& table, Slot slot, uint32_t column, const Cell& cell) const;
  absl::Status PutCell(TableNode& table, Slot slot, uint32_t column, const Cell& cell);
  absl::Status PutOther(TableNode& table, Slot slot, uint32_t column, const Cell& cell);
  absl::Status MoveLink(Edge& edge, Slot child, uint32_t to);
  bool MayWriteAtOnce(const TableNode& table, absl::Span<const uint32_t> columns) const;

  // pledges.cc, write.cc: one step
  absl::Status PlanPledges();
  absl::Status Write();
  absl::Status FindNewKeys(bool births);
  bool Touches(const Edge& edge, Slot child, absl::Span<const Rewrite> rewrites) const;
  absl::Status DecideMoves(TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites);
  absl::Status DecideMove(Edge& edge, Slot slot, absl::Span<const Rewrite> rewrites);

  // actions.cc: rules 2 and 3
  absl::Status Kill(TableNode& table, Slot slot);
  void PrefetchKill(const TableNode& table, Slot slot) const;
  absl::Status Close();
  bool HasNewKey(const Edge& edge, Slot target, Slot child) const;
  absl::Status NextRound(uint32_t from);
  absl::Status Follow(Edge& edge, Slot target, int64_t before);
  absl::Status Treat(Edge& edge, Slot target, Action action, absl::Span<const Rewrite> before);
  absl::Status Rounds();
  absl::Status CheckWritten();
  absl::Status WriteRow(TableNode& table, absl::Span<const Rewrite> row);
  absl::Status CountReached(TableNode& table, Slot slot, Action action);

  // settle.cc: rule 4
  absl::Status Settle();
  absl::Status SettleBirth();
  absl::Status CheckNotNull();
  absl::Status AddKeys();
  absl::Status AddKey(TableNode& table, uint32_t key, const KeyProbe& probe, Slot slot);
  TableNode* NextBirths(uint32_t* at, uint32_t end, BirthGroup* group) const;
  absl::Status ResolveWritten();
  absl::Status ResolveAbandoned();
  absl::Status Abandon(Edge& edge, Slot target);
  absl::Status MoveGhostsIn(Edge& edge, Slot target);
  absl::Status Resolve(Edge& edge, Slot child, bool written);
  absl::Status CheckDangling(std::string_view verb) const;

  Catalog* catalog_;
  Steps* steps_;
  std::string_view verb_;
  bool gathering_ = false;
  bool acting_ = true;           // edges carry out their actions
  bool births_are_last_ = true;  // nothing but births was gathered
  bool is_plain_ = false;
  uint32_t mark_ = 0;
  size_t births_ = 0;
  bool target_births_ = false;  // some of them may be meant by ghosts
  size_t target_deaths_ = 0;    // erased rows that others may refer to
  Stamp first_stamp_ = 0;

  RewritePlan plan_;           // the rewrites of the step to come
  RewritePlan last_plan_;      // of the round before
  RewritePlan direct_;         // what the verbs themselves wrote
  uint32_t round_ = 0;         // 0: the direct writes
  Scratch<uint64_t> reached_;  // rows that actions changed in the first round
  Scratch<Pledge> pledges_;
  Scratch<RowId> doomed_;           // to be erased directly
  Scratch<RowId> gone_;             // these rows, in order
  Scratch<Move> moves_;             // links decided, not yet made
  Scratch<Pledge> pending_;         // links that wait for the end
  Scratch<DirtyKey> dirty_;         // keys that rows gave up or may have got
  Scratch<Rewrite> changed_;        // target-key cells written in a step
  Scratch<uint32_t> null_columns_;  // required columns that were given a null
  Scratch<Defaulted> defaulted_;    // first target for which an edge set defaults
  Scratch<Counter> counters_;
  NewKeys new_keys_;
  CellSet written_;
  CellSet promised_;  // targets and children of has-ones that verbs have linked, or put out
  TextHeap texts_;    // long texts of gathered updates: their owners are gone when a batch runs
  std::vector<TableEffect> effects_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_STATEMENT_H_
