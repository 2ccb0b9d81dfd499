#include "store/changes.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "store/value_cell.h"

namespace tenon::internal {
namespace {

// A row that some step touched. A slot stands for one row only, as long as the log grows: those of dead rows are not
// given away before the burial.
struct Touched {
  const TableNode* table;
  Slot slot;
  Stamp stamp = 0;  // it had when it died
  bool born = false;
  bool died = false;
  std::vector<std::pair<uint32_t, Cell>> before = {};  // cells as they were before the first write
};

class Collector {
 public:
  explicit Collector(const Catalog& catalog) : catalog_(catalog) {}

  void Read(const Step& step) {
    switch (step.kind()) {
      case Step::Op::kBirth:
        Touch(*catalog_.tables[step.object], step.slot).born = true;
        NoteCounter(step);
        break;
      case Step::Op::kDeath: {
        Touched& row = Touch(*catalog_.tables[step.object], step.slot);
        row.died = true;
        row.stamp = static_cast<Stamp>(step.a);
        break;
      }
      case Step::Op::kPut:
      case Step::Op::kPutNull:
        NoteCell(*catalog_.tables[TableOfPart(step.object)], step.slot, PartIndex(step.object),
                 step.CellBefore());
        break;
      case Step::Op::kMove: {
        const Edge& edge = *catalog_.edges[step.object];
        NoteCell(*edge.child, step.slot, edge.foreign_key[0], Cell::OfInt(static_cast<int64_t>(step.b)));
        break;
      }
      case Step::Op::kChunk:
        NoteChunk(step);
        break;
      case Step::Op::kFollow:
        assert(false);  // not in a log with details
        break;
      case Step::Op::kCounter:
        NoteCounter(step);
        break;
      case Step::Op::kLink:
      case Step::Op::kUnlink:
      case Step::Op::kAdd:
      case Step::Op::kRetire:
      case Step::Op::kNewGhost:
        break;  // what follows from the cells
    }
  }

  ChangeSet Take() const {
    ChangeSet changes;
    for (const Touched& row : rows_) {
      if (row.born && row.died) continue;
      // Whoever writes chunks as a whole writes over cells of rows that are gone.
      if (!row.born && !row.died && !row.table->rows.IsAlive(row.slot)) continue;
      RowChange change = Describe(row);
      if (change.kind == RowChange::Kind::kUpdate && change.cells.empty()) continue;
      changes.rows.push_back(std::move(change));
    }
    for (const auto& [table, before] : counters_) {
      if (table->counter != before) changes.counters.push_back({table->name, before, table->counter});
    }
    return changes;
  }

 private:
  Touched& Touch(const TableNode& table, Slot slot) {
    const auto [at, fresh] = places_.try_emplace(uint64_t{table.id} << 32 | slot, rows_.size());
    if (fresh) rows_.push_back({&table, slot});
    return rows_[at->second];
  }
  void NoteCell(const TableNode& table, Slot slot, uint32_t column, const Cell& before) {
    Touched& row = Touch(table, slot);
    if (FindBefore(row, column) != nullptr) return;
    const auto chunk = chunks_.find({PartOf(table.id, column), slot & ~(kChunkRows - 1)});
    const bool in_image = chunk != chunks_.end() && FindInImage(*chunk->second, slot).has_value();
    row.before.emplace_back(column, in_image ? *FindInImage(*chunk->second, slot) : before);
  }
  // All that was written in place since; and what a later step finds there was perhaps written in place, too.
  void NoteChunk(const Step& step) {
    if (!chunks_.emplace(std::pair(step.object, step.slot), &step).second) return;
    const TableNode& table = *catalog_.tables[TableOfPart(step.object)];
    const uint32_t column = PartIndex(step.object);
    for (Slot slot = step.slot; slot < step.slot + kChunkRows && slot < table.rows.top(); ++slot) {
      const std::optional<Cell> was = FindInImage(step, slot);
      if (!was.has_value()) break;
      if (!SameCell(table.columns[column].type, *was, table.rows.Get(slot, column))) {
        NoteCell(table, slot, column, *was);
      }
    }
  }
  // The row's cell in a chunk that was kept; nullopt: the chunk was shorter then.
  std::optional<Cell> FindInImage(const Step& step, Slot slot) const {
    const TableNode& table = *catalog_.tables[TableOfPart(step.object)];
    return table.rows.column(PartIndex(step.object)).CellIn(step.Image(), step.b, slot - step.slot);
  }
  void NoteCounter(const Step& step) {
    const TableNode* table = catalog_.tables[step.object].get();
    const bool noted = std::any_of(counters_.begin(), counters_.end(),
                                   [table](const auto& counter) { return counter.first == table; });
    if (!noted) counters_.emplace_back(table, static_cast<int64_t>(step.a));
  }
  static const Cell* FindBefore(const Touched& row, uint32_t column) {
    for (const auto& [c, cell] : row.before) {
      if (c == column) return &cell;
    }
    return nullptr;
  }

  // A dead row keeps its cells until it is buried.
  static RowChange Describe(const Touched& row) {
    const TableNode& table = *row.table;
    RowChange change;
    change.kind = row.born   ? RowChange::Kind::kInsert
                  : row.died ? RowChange::Kind::kErase
                             : RowChange::Kind::kUpdate;
    change.table = table.name;
    change.ref = Ref<>(row.slot, row.died ? row.stamp : table.rows.stamps()[row.slot]);
    std::vector<Value> before, after;
    for (uint32_t c = 0; c < table.columns.size(); ++c) {
      const Type type = table.columns[c].type;
      const Cell now = table.rows.Get(row.slot, c);
      const Cell* was = FindBefore(row, c);
      before.push_back(row.born ? Value() : ValueOf(was == nullptr ? now : *was, type));
      after.push_back(row.died ? Value() : ValueOf(now, type));
      if (row.born || row.died || (was != nullptr && !SameCell(type, *was, now)))
        change.cells.push_back({table.columns[c].name, before[c], after[c]});
    }
    for (const Key& key : table.rows.keys()) {
      if (!key.primary) continue;
      for (const uint32_t c : key.columns) {
        if (!row.born) change.key_before.push_back(before[c]);
        if (!row.died) change.key_after.push_back(after[c]);
      }
    }
    return change;
  }

  const Catalog& catalog_;
  std::vector<Touched> rows_;
  absl::flat_hash_map<uint64_t, size_t> places_;
  absl::flat_hash_map<std::pair<uint32_t, Slot>, const Step*>
      chunks_;  // the first image of each; by column, first row
  std::vector<std::pair<const TableNode*, int64_t>> counters_;
};

}  // namespace

ChangeSet CollectChanges(const Catalog& catalog, const Steps& steps) {
  Collector collector(catalog);
  for (uint32_t i = 0; i < steps.mark(); ++i) collector.Read(steps[i]);
  return collector.Take();
}

}  // namespace tenon::internal
