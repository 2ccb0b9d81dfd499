// One step of a statement: all links are decided, then all cells written, then all links made.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "store/statement.h"
#include "store/violation_text.h"

namespace tenon::internal {

// Which rows will have which target key: asked only where the step writes foreign keys, or rows were born in a batch.
absl::Status Statement::FindNewKeys(bool births) {
  new_keys_.Clear();
  bool asked = births;
  for (size_t i = 0; i < plan_.size() && !asked; ++i) {
    asked = !catalog_->table(plan_[i].table()).roles[plan_[i].column()].out.empty();
  }
  if (!asked) return absl::OkStatus();
  absl::InlinedVector<const Key*, 8> keys;  // target keys of one row that are written, each once
  const auto note = [&](const Edge* edge) {
    if (std::find(keys.begin(), keys.end(), edge->key) == keys.end()) keys.push_back(edge->key);
  };
  const auto add = [&](TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites) {
    for (const Key* key : keys) {
      if (!new_keys_.Add(table, *key, slot, rewrites)) return false;
    }
    keys.clear();
    return true;
  };
  for (size_t i = 0; i < plan_.size();) {
    const absl::Span<const Rewrite> row = plan_.RowAt(i);
    TableNode& table = catalog_->table(row[0].table());
    i += row.size();
    for (const Rewrite& r : row) {
      const std::vector<Edge*>& edges = table.roles[r.column()].in;
      if (edges.empty()) continue;
      if (SameCell(table.columns[r.column()].type, table.rows.Get(r.slot, r.column()), r.value)) continue;
      for (const Edge* edge : edges) note(edge);
    }
    if (!add(table, row[0].slot, row)) return NoMemory();
  }
  if (births) {
    for (uint32_t i = mark_; i < steps_->mark(); ++i) {
      const Step& step = (*steps_)[i];
      if (step.kind() != Step::Op::kBirth) continue;
      TableNode& table = catalog_->table(step.object);
      if (table.in.empty() || IsDoomed(table, step.slot)) continue;
      for (const Edge* edge : table.in) note(edge);
      if (!add(table, step.slot, plan_.RowOf(table.id, step.slot))) return NoMemory();
    }
  }
  if (new_keys_.empty()) return absl::OkStatus();
  return new_keys_.Index() ? absl::OkStatus() : NoMemory();
}

// Where the child of an edge will belong, its cells being what `rewrites` make of them.
absl::Status Statement::DecideMove(Edge& edge, Slot slot, absl::Span<const Rewrite> rewrites) {
  CellList cells;
  bool has_null = false;
  for (const uint32_t c : edge.foreign_key) {
    cells.push_back(CellAfter(*edge.child, slot, rewrites, c));
    has_null = has_null || cells.back().is_null();
  }
  Move move = {&edge, slot, kNoSlot, false};
  const Rewrite* stays = nullptr;
  for (const Rewrite& r : rewrites) {
    if (r.via == edge.id) stays = &r;
  }
  if (has_null) {
    // no target
  } else if (stays != nullptr && stays->to == kNoSlot) {
    return absl::OkStatus();  // follows the row it is linked to
  } else if (stays != nullptr) {
    move.to = stays->to;
  } else {
    const KeyProbe probe = edge.target_rows->Probe(edge.key->columns, cells);
    if (!new_keys_.Has(*edge.key, probe, cells)) {
      move.to = edge.target_rows->Find(*edge.key, cells);
      if (move.to != kNoSlot && IsNewborn(*edge.target, move.to)) move.to = kNoSlot;
    }
    move.wait = move.to == kNoSlot;
  }
  return moves_.Push(move) ? absl::OkStatus() : NoMemory();
}

// Whether the rewrites of a child say anything about where it belongs.
bool Statement::Touches(const Edge& edge, Slot child, absl::Span<const Rewrite> rewrites) const {
  for (const Rewrite& r : rewrites) {
    if (r.via == edge.id && r.to != kNoSlot && edge.link(child) != r.to) return true;
    if (!Contains(edge.foreign_key, r.column())) continue;
    if (!SameCell(edge.child->columns[r.column()].type, edge.child_rows->Get(child, r.column()), r.value))
      return true;
  }
  return false;
}

absl::Status Statement::DecideMoves(TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites) {
  for (Edge* edge : table.out) {
    if (!Touches(*edge, slot, rewrites)) continue;
    if (absl::Status s = DecideMove(*edge, slot, rewrites); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Writes the cells of one row, and counts it for each action that changed it.
absl::Status Statement::WriteRow(TableNode& table, absl::Span<const Rewrite> row) {
  uint32_t actions = 0;
  bool changed = false;
  for (size_t i = 0; i < row.size(); ++i) {
    const Rewrite& r = row[i];
    const bool again = i > 0 && row[i - 1].part == r.part;  // two actions that agree
    changed = again ? changed
                    : !SameCell(table.columns[r.column()].type, table.rows.Get(r.slot, r.column()), r.value);
    if (!changed) continue;
    actions |= 1u << static_cast<uint32_t>(r.action);
    if (again) continue;
    if (absl::Status s = PutOther(table, r.slot, r.column(), r.value); !s.ok()) return s;
  }
  if (actions <= 1) return absl::OkStatus();
  for (const Action action : {Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
    if ((actions >> static_cast<uint32_t>(action) & 1) == 0) continue;
    if (absl::Status s = CountReached(table, row[0].slot, action); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Counts a row that an action changed, once in the statement.
absl::Status Statement::CountReached(TableNode& table, Slot slot, Action action) {
  if (IsDirect(table, slot)) return absl::OkStatus();
  const uint64_t id = ReachedId(table, slot, action);
  if (round_ == 1 && table.cascades <= 1) {  // all that reaches a row in this round, reaches it together
    if (!reached_.Push(id)) return NoMemory();
  } else {
    const CellSet::Answer answer = written_.Insert(id);
    if (answer == CellSet::Answer::kNoMemory) return NoMemory();
    if (answer == CellSet::Answer::kThere) return absl::OkStatus();
  }
  EffectCounts& effects = EffectsOf(table);
  ++(action == Action::kCascade   ? effects.rewritten
     : action == Action::kSetNull ? effects.nulled
                                  : effects.defaulted);
  return absl::OkStatus();
}

// Writes the plan: first all links are decided, from the state before; then all cells are written; then links move.
absl::Status Statement::Write() {
  moves_.Clear();
  const bool births = gathering_ && round_ == 0;  // they have their say in the first step
  if (absl::Status s = FindNewKeys(births); !s.ok()) return s;
  for (size_t i = 0; i < plan_.size();) {
    const absl::Span<const Rewrite> row = plan_.RowAt(i);
    i += row.size();
    TableNode& table = catalog_->table(row[0].table());
    if (row.size() == 1) {
      const std::vector<Edge*>& edges = table.roles[row[0].column()].out;
      if (edges.empty()) continue;
      if (edges.size() == 1 && row[0].via != kNoEdge && row[0].to == kNoSlot)
        continue;  // it follows its target
    }
    if (absl::Status s = DecideMoves(table, row[0].slot, row); !s.ok()) return s;
  }
  if (births) {
    for (uint32_t i = mark_; i < steps_->mark(); ++i) {
      const Step& step = (*steps_)[i];
      if (step.kind() != Step::Op::kBirth) continue;
      TableNode& table = catalog_->table(step.object);
      const absl::Span<const Rewrite> row = plan_.RowOf(table.id, step.slot);
      for (Edge* edge : table.out) {
        if (Touches(*edge, step.slot, row)) continue;  // decided above
        if (absl::Status s = DecideMove(*edge, step.slot, row); !s.ok()) return s;
      }
    }
  }
  for (size_t i = 0; i < plan_.size();) {
    const absl::Span<const Rewrite> row = plan_.RowAt(i);
    i += row.size();
    if (absl::Status s = WriteRow(catalog_->table(row[0].table()), row); !s.ok()) return s;
  }
  for (const Move& move : moves_) {
    if (move.wait && !pending_.Push({move.edge, move.child, kNoSlot})) return NoMemory();
    if (absl::Status s = MoveLink(*move.edge, move.child, move.to); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
