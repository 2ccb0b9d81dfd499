// Rule 4: the end of a statement. Links and indexes become those of the new state, or the statement fails.
#include <utility>

#include "store/statement.h"
#include "store/violation_text.h"

namespace tenon::internal {

absl::Status Statement::Settle() {
  if (absl::Status s = CheckNotNull(); !s.ok()) return s;
  if (absl::Status s = AddKeys(); !s.ok()) return s;
  if (absl::Status s = ResolveWritten(); !s.ok()) return s;
  return ResolveAbandoned();
}

// Settle, where the statement is one new row: the same questions, without groups and without a look through the log.
absl::Status Statement::SettleBirth() {
  const Step birth = (*steps_)[mark_];
  TableNode& table = catalog_->table(birth.object);
  const Slot slot = birth.slot;
  const auto refers = [&](const Edge& edge) {
    return edge.link(slot) == kNoSlot && !table.rows.HasNull(edge.foreign_key, slot);
  };
  if (absl::Status s = CheckNotNull(); !s.ok()) return s;
  for (const Edge* edge : table.out) {  // memory brings the targets while the row's own keys are added
    if (edge->target_rows->top() > kCachedRows && refers(*edge)) {
      edge->PrefetchLikely(table.rows.Probe(edge->foreign_key, slot));
    }
  }
  uint32_t number = 0;
  for (const Key& key : table.rows.keys()) {
    const uint32_t k = number++;
    if (key.columns.empty() || table.rows.HasNull(key.columns, slot)) continue;
    if (absl::Status s = AddKey(table, k, table.rows.Probe(key.columns, slot), slot); !s.ok()) return s;
  }
  for (Edge* edge : table.out) {
    if (!refers(*edge)) continue;
    const Slot target = edge->target_rows->Find(*edge->key, table.rows, edge->foreign_key, slot);
    if (target == kNoSlot) {
      if (absl::Status s = Resolve(*edge, slot, true); !s.ok()) return s;
    } else if (!steps_->Link(*edge, slot, target)) {
      return NoMemory();
    }
  }
  for (Edge* edge : table.in) {
    if (absl::Status s = MoveGhostsIn(*edge, slot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Statement::CheckNotNull() {
  if (null_columns_.empty()) return absl::OkStatus();
  for (uint32_t i = mark_; i < steps_->mark(); ++i) {
    const Step& step = (*steps_)[i];
    for (const uint32_t part : null_columns_) {
      const TableNode& table = catalog_->table(TableOfPart(part));
      const bool concerned =
          step.kind() == Step::Op::kBirth
              ? step.object == table.id
              : (step.kind() == Step::Op::kPut || step.kind() == Step::Op::kPutNull) && step.object == part;
      if (!concerned || !table.rows.IsAlive(step.slot) ||
          !table.rows.column(PartIndex(part)).IsNull(step.slot))
        continue;
      return NotNullError(verb_, table, step.slot, PartIndex(part), RowNumber(table, step.slot));
    }
  }
  return absl::OkStatus();
}

absl::Status Statement::AddKey(TableNode& table, uint32_t key, const KeyProbe& probe, Slot slot) {
  const Key& k = table.rows.keys()[key];
  if (const Slot other = table.rows.Find(k, probe, table.rows, k.columns, slot); other != kNoSlot) {
    if (other == slot) return absl::OkStatus();  // added already
    return UniqueError(verb_, table, k, slot, RowNumber(table, slot));
  }
  return steps_->Add(table, key, probe, slot) ? absl::OkStatus() : NoMemory();
}

// The next rows of one table that were born in this statement and are alive, from place `at` of the log on: so few that
// what is asked of memory for all of them is still there when the first is looked at. Null: there are no more.
TableNode* Statement::NextBirths(uint32_t* at, uint32_t end, BirthGroup* group) const {
  TableNode* table = nullptr;
  group->count = 0;
  for (; *at < end && group->count < kGroup; ++*at) {
    const Step& step = (*steps_)[*at];
    if (step.kind() != Step::Op::kBirth) continue;
    if (table != nullptr && table->id != step.object) break;
    table = &catalog_->table(step.object);
    if (table->rows.IsAlive(step.slot)) group->slots[group->count++] = step.slot;
  }
  return table;
}

absl::Status Statement::AddKeys() {
  BirthGroup group;
  Slot slots[kGroup];
  KeyProbe probes[kGroup];
  for (uint32_t at = mark_, end = births_ == 0 ? mark_ : steps_->mark(); at < end;) {
    TableNode* table = NextBirths(&at, end, &group);
    if (table == nullptr) break;
    for (uint32_t key = 0; key < table->rows.keys().size(); ++key) {
      const Key& k = table->rows.keys()[key];
      if (k.columns.empty()) continue;
      size_t count = 0;
      for (size_t i = 0; i < group.count; ++i) {
        if (table->rows.HasNull(k.columns, group.slots[i])) continue;
        slots[count] = group.slots[i];
        probes[count] = table->rows.Probe(k.columns, slots[count]);
        k.index.Prefetch(probes[count++]);
      }
      for (size_t i = 0; i < count; ++i) {
        if (absl::Status s = AddKey(*table, key, probes[i], slots[i]); !s.ok()) return s;
      }
    }
  }
  for (const DirtyKey& d : dirty_) {
    const Key& k = d.table->rows.keys()[d.key];
    if (!d.table->rows.IsAlive(d.slot) || d.table->rows.HasNull(k.columns, d.slot)) continue;
    const KeyProbe probe = d.table->rows.Probe(k.columns, d.slot);
    if (absl::Status s = AddKey(*d.table, d.key, probe, d.slot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Foreign keys that the statement wrote.
absl::Status Statement::ResolveWritten() {
  BirthGroup group;
  Slot slots[kGroup];
  KeyProbe probes[kGroup];
  Slot targets[kGroup];
  for (uint32_t at = mark_, end = births_ == 0 ? mark_ : steps_->mark(); at < end;) {
    TableNode* table = NextBirths(&at, end, &group);
    if (table == nullptr) break;
    for (Edge* edge : table->out) {
      size_t count = 0;
      for (size_t i = 0; i < group.count; ++i) {
        const Slot slot = group.slots[i];
        if (edge->link(slot) != kNoSlot || table->rows.HasNull(edge->foreign_key, slot)) continue;
        slots[count] = slot;
        probes[count] = table->rows.Probe(edge->foreign_key, slot);
        edge->key->index.Prefetch(probes[count++]);
      }
      for (size_t i = 0; i < count; ++i) {
        targets[i] = edge->target_rows->Find(*edge->key, probes[i], table->rows, edge->foreign_key, slots[i]);
        if (targets[i] != kNoSlot) edge->PrefetchTarget(targets[i]);
      }
      for (size_t i = 0; i < count && count > 1; ++i) {
        if (targets[i] != kNoSlot) edge->PrefetchEnd(targets[i]);
      }
      for (size_t i = 0; i < count; ++i) {
        if (targets[i] == kNoSlot) {
          if (absl::Status s = Resolve(*edge, slots[i], true); !s.ok()) return s;
        } else if (!steps_->Link(*edge, slots[i], targets[i])) {
          return NoMemory();
        }
      }
    }
  }
  for (const Pledge& p : pending_) {
    if (!p.edge->child_rows->IsAlive(p.child) || p.edge->link(p.child) != kNoSlot) continue;
    if (absl::Status s = Resolve(*p.edge, p.child, true); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Children of rows that are gone or have another key now; and rows whose key is there now.
absl::Status Statement::ResolveAbandoned() {
  for (uint32_t i = mark_, end = target_births_ || target_deaths_ > 0 ? steps_->mark() : mark_; i < end;
       ++i) {
    const Step step = (*steps_)[i];
    TableNode* table = nullptr;
    if (step.kind() == Step::Op::kBirth || step.kind() == Step::Op::kDeath)
      table = &catalog_->table(step.object);
    if (table == nullptr || table->in.empty()) continue;
    if (step.kind() == Step::Op::kDeath) {
      for (Edge* edge : table->in) {
        if (absl::Status s = Abandon(*edge, step.slot); !s.ok()) return s;
      }
    } else if (table->rows.IsAlive(step.slot)) {
      for (Edge* edge : table->in) {
        if (absl::Status s = MoveGhostsIn(*edge, step.slot); !s.ok()) return s;
      }
    }
  }
  for (const DirtyKey& d : dirty_) {
    const Key& key = d.table->rows.keys()[d.key];
    for (Edge* edge : d.table->in) {
      if (edge->key != &key) continue;
      if (absl::Status s = Abandon(*edge, d.slot); !s.ok()) return s;
      if (!d.table->rows.IsAlive(d.slot)) continue;
      if (absl::Status s = MoveGhostsIn(*edge, d.slot); !s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

// Children that stand with a target whose key is not theirs (any more) look for another.
absl::Status Statement::Abandon(Edge& edge, Slot target) {
  const bool alive = edge.target_rows->IsAlive(target);
  if (alive && edge.plain != nullptr && !edge.key->integer->IsNull(target)) {
    const int64_t key = edge.key->integer->Integer(target);
    if (edge.EachChild(target, [&](Slot child) { return edge.plain->Integer(child) == key; }))
      return absl::OkStatus();
  }
  const uint32_t count = edge.Count(target);
  for (uint32_t place = count; place-- > 0;) {
    const Slot child = edge.ChildAtPlace(target, place);
    if (alive &&
        edge.child_rows->Agree(edge.foreign_key, child, *edge.target_rows, edge.key->columns, target))
      continue;
    if (edge.is_checked() && !edge.child_rows->HasNull(edge.foreign_key, child) &&
        edge.target_rows->Find(*edge.key, *edge.child_rows, edge.foreign_key, child) == kNoSlot) {
      return NoActionError(verb_, edge, child, edge.Count(target));
    }
    if (!steps_->Unlink(edge, child)) return NoMemory();
    if (absl::Status s = Resolve(edge, child, false); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// Children that wait for the key of this row belong to it now.
absl::Status Statement::MoveGhostsIn(Edge& edge, Slot target) {
  const std::vector<uint32_t>& columns = edge.key->columns;
  if (edge.dangling() == 0 || edge.target_rows->HasNull(columns, target)) return absl::OkStatus();
  const uint32_t ghost = edge.FindGhost(*edge.target_rows, columns, target);
  if (ghost == kNoSlot) return absl::OkStatus();
  while (const uint32_t count = edge.Count(ghost)) {
    const Slot child = edge.ChildAtPlace(ghost, count - 1);
    if (!steps_->Unlink(edge, child) || !steps_->Link(edge, child, target)) return NoMemory();
  }
  return absl::OkStatus();
}

// Links a child that has no link to whoever has its key, or to the ghost of that key where nobody need have it yet.
absl::Status Statement::Resolve(Edge& edge, Slot child, bool written) {
  if (edge.child_rows->HasNull(edge.foreign_key, child)) return absl::OkStatus();
  uint32_t node = edge.target_rows->Find(*edge.key, *edge.child_rows, edge.foreign_key, child);
  if (node == kNoSlot) {
    if (edge.is_checked()) {
      if (!written) return NoActionError(verb_, edge, child, 1);
      for (const Defaulted& d : defaulted_) {
        if (d.edge != &edge) continue;
        bool is_default = true;
        for (const uint32_t c : edge.foreign_key) {
          is_default = is_default && SameCell(edge.child->columns[c].type, edge.child_rows->Get(child, c),
                                              edge.child->defaults[c]);
        }
        if (is_default) return MissingTargetError(verb_, edge, child, d.target, 0);
      }
      return MissingTargetError(verb_, edge, child, kNoSlot, RowNumber(*edge.child, child));
    }
    node = edge.FindGhost(*edge.child_rows, edge.foreign_key, child);
    if (node == kNoSlot && !steps_->NewGhost(edge, child, &node)) return NoMemory();
  }
  return steps_->Link(edge, child, node) ? absl::OkStatus() : NoMemory();
}

absl::Status Statement::CheckDangling(std::string_view verb) const {
  std::vector<const Edge*> open;
  for (const Edge* edge : deferred) {
    if (edge->dangling() > 0) open.push_back(edge);
  }
  return open.empty() ? absl::OkStatus() : DeferredError(verb, open);
}

}  // namespace tenon::internal
