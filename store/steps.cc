#include "store/steps.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tenon::internal {

// ---- Forwards: ask, log, change ----

RowStore::Room Steps::Birth(TableNode& table, absl::Span<const Cell> cells, int64_t counter, Slot* slot) {
  const RowStore::Room room = table.rows.PrepareBirth(cells, slot);
  if (room != RowStore::Room::kMade) return room;
  for (Edge* edge : table.out) {
    if (!edge->GrowChildren(*slot + 1) || !edge->PrepareChild(*slot)) return RowStore::Room::kNoMemory;
  }
  for (Edge* edge : table.in) {
    if (!edge->GrowTargets(*slot + 1)) return RowStore::Room::kNoMemory;
  }
  const bool reused = table.rows.NextSlotIsReused();
  if (!Log(Step::Op::kBirth, table.id, *slot, static_cast<uint64_t>(table.counter), reused ? 1 : 0)) {
    return RowStore::Room::kNoMemory;
  }
  table.rows.Birth(*slot, cells);
  for (Edge* edge : table.out) edge->NewChild(*slot);
  table.counter = counter;
  return RowStore::Room::kMade;
}

bool Steps::Death(TableNode& table, Slot slot) {
  if (!table.rows.PrepareDeath(slot)) return false;
  if (!Log(Step::Op::kDeath, table.id, slot, table.rows.stamps()[slot])) return false;
  table.rows.Death(slot);
  ++deaths_;
  ++remains_;
  return true;
}

bool Steps::Put(TableNode& table, Slot slot, uint32_t column, const Cell& cell) {
  Column& cells = table.rows.column(column);
  if (!cells.Prepare(slot, cell)) return false;
  const Cell old = cells.Get(slot);
  uint64_t words[2];
  std::memcpy(words, &old.text, sizeof words);
  const Step::Op op = old.is_null() ? Step::Op::kPutNull : Step::Op::kPut;
  if (!Log(op, PartOf(table.id, column), slot, words[0], words[1])) return false;
  if (IsText(cells.type()) && !old.is_null()) ++remains_;
  cells.Write(slot, cell);
  return true;
}

bool Steps::SetCounter(TableNode& table, int64_t counter) {
  if (!Log(Step::Op::kCounter, table.id, 0, static_cast<uint64_t>(table.counter))) return false;
  table.counter = counter;
  return true;
}

bool Steps::Link(Edge& edge, Slot child, uint32_t node) {
  if (!edge.PrepareLink(child, node) || !Log(Step::Op::kLink, edge.id, child, node)) return false;
  edge.Link(child, node);
  return true;
}

bool Steps::Unlink(Edge& edge, Slot child) {
  const uint32_t place = edge.PlaceOf(child);
  if (!edge.PrepareUnlink(child, place)) return false;
  if (!Log(Step::Op::kUnlink, edge.id, child, edge.link(child), place)) return false;
  edge.Unlink(child, place);
  ++remains_;
  return true;
}

bool Steps::Move(Edge& edge, Slot child, Slot target) {
  assert(edge.link(child) < kGhost && edge.link(child) != target);
  const uint32_t place = edge.PlaceOf(child);
  if (!edge.plain->Own(child) || !edge.PrepareUnlink(child, place) || !edge.PrepareLink(child, target))
    return false;
  const uint64_t from = edge.link(child) | uint64_t{place} << 32;
  const int64_t before = edge.plain->Integer(child);
  if (!Log(Step::Op::kMove, edge.id, child, from, static_cast<uint64_t>(before))) return false;
  edge.plain->WriteInteger(child, edge.key->integer->Integer(target));
  edge.Unlink(child, place);
  edge.Link(child, target);
  ++remains_;
  return true;
}

bool Steps::Follow(Edge& edge, Slot target, int64_t before) {
  const bool mine = edge.EachChild(target, [&](Slot child) {
    edge.plain->Prefetch(child);
    assert(edge.plain->Integer(child) == before);
    return edge.plain->Own(child);
  });
  if (!mine || !MayTake(edge.Count(target)) ||
      !Log(Step::Op::kFollow, edge.id, target, static_cast<uint64_t>(before)))
    return false;
  most_ -= edge.Count(target) - 1;
  const int64_t number = edge.key->integer->Integer(target);
  return edge.EachChild(target, [&](Slot child) {
    edge.plain->WriteInteger(child, number);
    return true;
  });
}

bool Steps::Add(TableNode& table, uint32_t key, const KeyProbe& probe, Slot slot) {
  Key& k = table.rows.keys()[key];
  if (!table.rows.PrepareAdd(k, probe)) return false;
  if (!Log(Step::Op::kAdd, PartOf(table.id, key), slot, probe.hash, probe.number)) return false;
  k.index.Add(probe, slot);
  return true;
}

bool Steps::Retire(TableNode& table, uint32_t key, Slot slot) {
  Key& k = table.rows.keys()[key];
  if (table.rows.HasNull(k.columns, slot)) return true;
  const KeyProbe probe = table.rows.Probe(k.columns, slot);
  if (!k.index.Contains(probe, slot)) return true;
  if (!k.index.PrepareTake(probe, slot)) return false;
  if (!Log(Step::Op::kRetire, PartOf(table.id, key), slot, probe.hash, probe.number)) return false;
  k.index.Retire(probe, slot);
  return true;
}

bool Steps::NewGhost(Edge& edge, Slot child, uint32_t* node) {
  if (!MayTake(1) || !edge.PrepareGhost(child) || !log_.Reserve(log_.size + 1)) return false;
  *node = edge.NewGhost(child);
  return Log(Step::Op::kNewGhost, edge.id, *node);
}

void Steps::KeepChunk(TableNode& table, uint32_t column, Slot slot) {
  const Column& cells = table.rows.column(column);
  const size_t bytes = cells.CountChunkBytes(slot);
  void* image = account_->Allocate(bytes);
  std::memcpy(image, cells.ChunkData(slot), bytes);
  image_bytes_ += bytes;
  if (most_ < kMostSteps) ++most_;  // no step of the statement
  const Slot first = slot & ~(kChunkRows - 1);
  log_.Push({static_cast<uint32_t>(Step::Op::kChunk), PartOf(table.id, column) & 0xFF'FFFFu, first,
             reinterpret_cast<uintptr_t>(image), bytes});
}

void Steps::FreeImage(const Step& step) {
  image_bytes_ -= step.b;
  account_->Free(step.Image(), step.b);
}

void Steps::Forget() {
  for (uint32_t i = 0; i < log_.size && image_bytes_ > 0; ++i) {
    if (log_[i].kind() == Step::Op::kChunk) FreeImage(log_[i]);
  }
}

// ---- Backwards ----

void Steps::Undo(uint32_t mark) {
  ++catalog_->shared.version;
  while (log_.size > mark) {
    const Step step = log_.back();
    log_.Shrink(log_.size - 1);
    switch (step.kind()) {
      case Step::Op::kBirth: {
        TableNode& table = catalog_->table(step.object);
        table.rows.Unbirth(step.slot, step.b != 0);
        table.counter = static_cast<int64_t>(step.a);
        break;
      }
      case Step::Op::kDeath:
        catalog_->table(step.object).rows.Undeath(step.slot, static_cast<Stamp>(step.a));
        --deaths_;
        --remains_;
        break;
      case Step::Op::kPut:
      case Step::Op::kPutNull: {
        Column& column = catalog_->table(TableOfPart(step.object)).rows.column(PartIndex(step.object));
        column.Unwrite(step.slot, step.CellBefore());
        if (step.kind() == Step::Op::kPut && IsText(column.type())) --remains_;
        break;
      }
      case Step::Op::kCounter:
        catalog_->table(step.object).counter = static_cast<int64_t>(step.a);
        break;
      case Step::Op::kLink:
        catalog_->edge(step.object).Pop(step.slot);
        break;
      case Step::Op::kUnlink:
        catalog_->edge(step.object)
            .Relink(step.slot, static_cast<uint32_t>(step.a), static_cast<uint32_t>(step.b));
        --remains_;
        break;
      case Step::Op::kMove: {
        Edge& edge = catalog_->edge(step.object);
        edge.Pop(step.slot);
        edge.Relink(step.slot, static_cast<uint32_t>(step.a), static_cast<uint32_t>(step.a >> 32));
        edge.plain->WriteInteger(step.slot, static_cast<int64_t>(step.b));
        --remains_;
        break;
      }
      case Step::Op::kFollow: {
        Edge& edge = catalog_->edge(step.object);
        edge.EachChild(step.slot, [&](Slot child) {
          edge.plain->WriteInteger(child, static_cast<int64_t>(step.a));
          return true;
        });
        break;
      }
      case Step::Op::kAdd:
        catalog_->table(TableOfPart(step.object))
            .rows.keys()[PartIndex(step.object)]
            .index.Drop({step.a, step.b}, step.slot);
        break;
      case Step::Op::kRetire:
        catalog_->table(TableOfPart(step.object))
            .rows.keys()[PartIndex(step.object)]
            .index.Restore({step.a, step.b}, step.slot);
        break;
      case Step::Op::kNewGhost:
        catalog_->edge(step.object).DropGhost(step.slot);
        break;
      case Step::Op::kChunk: {
        const Column& column = catalog_->table(TableOfPart(step.object)).rows.column(PartIndex(step.object));
        std::memcpy(column.ChunkData(step.slot), step.Image(), step.b);
        FreeImage(step);
        break;
      }
    }
  }
  if (log_.size == 0) {
    assert(deaths_ == 0 && remains_ == 0);
    log_.Trim(0);
    ++catalog_->shared.epoch;
  }
}

// ---- For good ----

// Asks memory for what the next group of dead rows needs to be buried.
void Steps::PrefetchBurials(uint32_t from) const {
  const uint32_t to = std::min(log_.size, from + kGroup);
  const auto each = [&](auto ask) {
    for (uint32_t i = from; i < to; ++i) {
      const Step& step = log_[i];
      if (step.kind() != Step::Op::kDeath) continue;
      const RowStore& rows = catalog_->table(step.object).rows;
      if (rows.top() > kCachedRows) ask(rows, step.slot);
    }
  };
  each([](const RowStore& rows, Slot slot) { rows.PrefetchBurial(slot); });
  each([](const RowStore& rows, Slot slot) { rows.PrefetchKeys(slot); });
}

void Steps::Bury() {
  ++catalog_->shared.version;
  if (remains_ > 0) BuryRemains();
  Forget();
  deaths_ = remains_ = 0;
  log_.Shrink(0);
  log_.Trim(0);
  ++catalog_->shared.epoch;
}

void Steps::BuryRemains() {
  bool text_died = false;
  for (uint32_t i = 0; i < log_.size; ++i) {
    if (i % kGroup == 0 && deaths_ > 1) PrefetchBurials(i);
    const Step& step = log_[i];
    switch (step.kind()) {
      case Step::Op::kDeath:
        catalog_->table(step.object).rows.Bury(step.slot);
        break;
      case Step::Op::kPut: {
        Column& column = catalog_->table(TableOfPart(step.object)).rows.column(PartIndex(step.object));
        if (!IsText(column.type())) break;
        column.CountDead(step.slot, step.CellBefore().text);
        text_died = true;
        break;
      }
      case Step::Op::kUnlink:
      case Step::Op::kMove:
        catalog_->edge(step.object).Trim(static_cast<uint32_t>(step.a));
        break;
      default:
        break;
    }
  }
  // Only now, since what died above may have been read until here.
  if (deaths_ > 0 || text_died) {
    for (uint32_t i = 0; i < log_.size; ++i) {
      const Step& step = log_[i];
      if (step.kind() == Step::Op::kPut) {
        RowStore& rows = catalog_->table(TableOfPart(step.object)).rows;
        if (rows.top() != 0) rows.column(PartIndex(step.object)).Tidy(step.slot >> kChunkLog, rows.live());
      } else if (step.kind() == Step::Op::kDeath) {
        TableNode& table = catalog_->table(step.object);
        if (table.rows.size() != 0) {
          table.rows.Tidy(step.slot);
        } else if (table.rows.top() != 0) {  // an empty table gives back all it had
          table.rows.Reset();
          for (Edge* edge : table.in) edge->ResetTargets();
          for (Edge* edge : table.out) edge->ResetChildren();
        }
      }
    }
  }
}

}  // namespace tenon::internal
