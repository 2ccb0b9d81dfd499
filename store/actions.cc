// Rules 2 and 3: which rows leave with those that are erased, and what becomes of the children of keys that changed.
#include <algorithm>

#include "store/statement.h"
#include "store/violation_text.h"

namespace tenon::internal {

// ---- 2: closure ----

absl::Status Statement::Kill(TableNode& table, Slot slot) {
  for (Edge* edge : table.out) {
    if (edge->link(slot) != kNoSlot && !steps_->Unlink(*edge, slot)) return NoMemory();
  }
  if (!steps_->Death(table, slot)) return NoMemory();
  if (table.in.empty()) return absl::OkStatus();
  ++target_deaths_;
  return gone_.Push({&table, slot}) ? absl::OkStatus() : NoMemory();
}

// Asks memory for the lines that Kill will need first.
void Statement::PrefetchKill(const TableNode& table, Slot slot) const {
  table.rows.PrefetchRow(slot, {});
  for (const Edge* edge : table.out) edge->PrefetchChild(slot);
  for (const Edge* edge : table.in) edge->PrefetchTarget(slot);
}

absl::Status Statement::Close() {
  for (const RowId& row : doomed_) {
    if (!row.table->rows.IsAlive(row.slot)) continue;  // named twice
    ++addressed;
    if (absl::Status s = Kill(*row.table, row.slot); !s.ok()) return s;
  }
  for (size_t from = 0; acting_ && from < gone_.size();) {
    const size_t to = gone_.size();
    for (size_t i = from; i < to; ++i) {
      for (const Edge* edge : gone_[i].table->in) {
        if (edge->def.on_delete != Action::kRestrict || edge->Count(gone_[i].slot) == 0) continue;
        return RestrictError(verb_, *edge, gone_[i].slot, edge->ChildAtPlace(gone_[i].slot, 0));
      }
    }
    for (size_t i = from; i < to; ++i) {
      const RowId row = gone_[i];
      for (Edge* edge : row.table->in) {
        if (edge->def.on_delete != Action::kCascade) continue;
        while (const uint32_t count = edge->Count(row.slot)) {
          const uint32_t rest = count < kGroup ? 0 : count - static_cast<uint32_t>(kGroup);
          for (uint32_t place = count; place-- > rest;) {
            PrefetchKill(*edge->child, edge->ChildAtPlace(row.slot, place));
          }
          for (uint32_t place = count; place-- > rest;) {
            if (absl::Status s = Kill(*edge->child, edge->ChildAtPlace(row.slot, place)); !s.ok()) return s;
          }
          EffectsOf(*edge->child).erased += count - rest;
        }
      }
    }
    from = to;
  }
  return absl::OkStatus();
}

// ---- 3: rounds ----

// A child that was given to its target together with the target's new key: the change is none of its business.
bool Statement::HasNewKey(const Edge& edge, Slot target, Slot child) const {
  return !pledges_.empty() && edge.target_rows->IsAlive(target) &&
         edge.child_rows->Agree(edge.foreign_key, child, *edge.target_rows, edge.key->columns, target);
}

// Plans the actions that the writes since `from` bring, and (in the first round) those of the rows that are gone.
absl::Status Statement::NextRound(uint32_t from) {
  changed_.Clear();
  for (uint32_t i = from; i < steps_->mark(); ++i) {
    const Step& step = (*steps_)[i];
    if (step.kind() != Step::Op::kPut && step.kind() != Step::Op::kPutNull) continue;
    TableNode& table = catalog_->table(TableOfPart(step.object));
    if (table.roles[PartIndex(step.object)].in.empty() || !table.rows.IsAlive(step.slot)) continue;
    if (!changed_.Push({step.object, step.slot, step.CellBefore()})) return NoMemory();
  }
  const auto in_order = [](const Rewrite& a, const Rewrite& b) { return a.order() < b.order(); };
  if (!std::is_sorted(changed_.begin(), changed_.end(), in_order))
    std::sort(changed_.begin(), changed_.end(), in_order);

  // Visits each changed row with each edge whose target key changed, and the cells that did.
  const auto for_each_edge = [&](auto visit) -> absl::Status {
    for (size_t i = 0; i < changed_.size();) {
      const Rewrite* const first = &changed_[i];
      while (i < changed_.size() && changed_[i].row_id() == first->row_id()) ++i;
      const absl::Span<const Rewrite> cells(first, static_cast<size_t>(changed_.begin() + i - first));
      for (Edge* edge : catalog_->table(first->table()).in) {
        const bool hit = std::any_of(cells.begin(), cells.end(), [&](const Rewrite& cell) {
          return Contains(edge->key->columns, cell.column());
        });
        if (!hit) continue;
        if (absl::Status s = visit(*edge, first->slot, cells); !s.ok()) return s;
      }
    }
    return absl::OkStatus();
  };
  absl::Status status = for_each_edge([&](Edge& edge, Slot slot, absl::Span<const Rewrite>) {
    if (edge.def.on_update != Action::kRestrict) return absl::OkStatus();
    for (uint32_t place = 0; place < edge.Count(slot); ++place) {  // as a rule the first one decides
      const Slot child = edge.ChildAtPlace(slot, place);
      if (!HasNewKey(edge, slot, child)) return RestrictError(verb_, edge, slot, child);
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;

  last_plan_.Clear();
  plan_.Swap(last_plan_);
  if (round_ == 0) {
    direct_.Swap(last_plan_);
    direct_.Sort();
  }
  for (const RowId& row : gone_) {
    for (Edge* edge : row.table->in) {
      status = Treat(*edge, row.slot, edge->def.on_delete, {});
      if (!status.ok()) return status;
    }
  }
  gone_.Clear();
  status = for_each_edge([&](Edge& edge, Slot slot, absl::Span<const Rewrite> before) {
    return Treat(edge, slot, edge.def.on_update, before);
  });
  if (!status.ok()) return status;
  plan_.Sort();
  if (const Rewrite* conflict = plan_.FindConflict(*catalog_)) {
    return ConflictError(verb_, catalog_->table(conflict->table()), conflict->slot, conflict->column());
  }
  return absl::OkStatus();
}

// A cascade that can lead nowhere else happens at once: only this edge writes the foreign keys, and the key of the target
// is no foreign key itself, so that it changes but once in a statement. Requires: no pledges, so that all children still
// have the key `before`.
absl::Status Statement::Follow(Edge& edge, Slot target, int64_t before) {
  TableNode& table = *edge.child;
  const bool some_are_direct = gathering_ || (!direct_.empty() && direct_[0].table() == table.id);
  size_t count = 0;
  const bool counted = edge.EachChild(target, [&](Slot child) {
    if (some_are_direct && IsDirect(table, child)) return true;
    CellSet::Answer answer = CellSet::Answer::kNew;
    if (table.cascades > 1) answer = written_.Insert(ReachedId(table, child, Action::kCascade));
    count += answer == CellSet::Answer::kNew ? 1 : 0;
    return answer != CellSet::Answer::kNoMemory;
  });
  if (!counted || !steps_->Follow(edge, target, before)) return NoMemory();
  if (count > 0) EffectsOf(table).rewritten += count;
  return absl::OkStatus();
}

// Plans what an action does to the children of a target that is gone, or whose cells were `before` what they are no more.
absl::Status Statement::Treat(Edge& edge, Slot target, Action action, absl::Span<const Rewrite> before) {
  const uint32_t count = edge.Count(target);
  if (count == 0 || action == Action::kNoAction || action == Action::kRestrict) return absl::OkStatus();
  if (action == Action::kCascade && edge.plain != nullptr && pledges_.empty() && !steps_->is_detailed() &&
      edge.target->roles[edge.key->columns[0]].out.empty() && !edge.key->integer->IsNull(target)) {
    for (const Rewrite& cell : before) {
      if (cell.column() == edge.key->columns[0]) return Follow(edge, target, cell.value.integer());
    }
  }
  if (action == Action::kSetDefault && !defaulted_.Push({&edge, target})) return NoMemory();
  for (uint32_t place = 0; place < count; ++place) {
    edge.child_rows->PrefetchRow(edge.ChildAtPlace(target, place), edge.foreign_key);
  }
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const uint32_t column = edge.foreign_key[i];
    Cell value;
    if (action == Action::kCascade) {
      const bool changed = std::any_of(before.begin(), before.end(), [&](const Rewrite& cell) {
        return cell.column() == edge.key->columns[i];
      });
      if (!changed) continue;
      value = edge.target_rows->Get(target, edge.key->columns[i]);
    } else if (action == Action::kSetDefault && !edge.child->defaults[column].is_absent()) {
      value = edge.child->defaults[column];
    }
    const uint32_t via = action == Action::kCascade ? edge.id : kNoEdge;
    for (uint32_t place = 0; place < count; ++place) {
      const Slot child = edge.ChildAtPlace(target, place);
      if (HasNewKey(edge, target, child)) continue;
      if (!plan_.Add({PartOf(edge.child->id, column), child, value, via, kNoSlot, action})) return NoMemory();
    }
  }
  return absl::OkStatus();
}

// From the second round on: a cell that a round has given one value gets no other.
absl::Status Statement::CheckWritten() {
  if (round_ == 2) {
    for (size_t i = 0; i < last_plan_.size(); ++i) {
      if (written_.Insert(last_plan_[i].cell_id()) == CellSet::Answer::kNoMemory) return NoMemory();
    }
    for (const uint64_t id : reached_) {
      if (written_.Insert(id) == CellSet::Answer::kNoMemory) return NoMemory();
    }
  }
  for (size_t i = 0; i < plan_.size(); ++i) {
    const Rewrite& r = plan_[i];
    if (i > 0 && plan_[i - 1].order() == r.order()) continue;
    const CellSet::Answer answer = written_.Insert(r.cell_id());
    if (answer == CellSet::Answer::kNoMemory) return NoMemory();
    TableNode& table = catalog_->table(r.table());
    if (answer == CellSet::Answer::kThere &&
        !SameCell(table.columns[r.column()].type, table.rows.Get(r.slot, r.column()), r.value)) {
      return ConflictError(verb_, table, r.slot, r.column());
    }
  }
  return absl::OkStatus();
}

absl::Status Statement::Rounds() {
  for (round_ = 1; !plan_.empty(); ++round_) {
    if (round_ > 1) {
      if (absl::Status s = CheckWritten(); !s.ok()) return s;
    }
    const uint32_t from = steps_->mark();
    if (absl::Status s = Write(); !s.ok()) return s;
    if (absl::Status s = NextRound(from); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
