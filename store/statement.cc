#include "store/statement.h"

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/violation_text.h"

namespace tenon::internal {
namespace {

using CellList = absl::InlinedVector<Cell, 4>;

bool Contains(absl::Span<const uint32_t> columns, uint32_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

Statement::Statement(Catalog* catalog, Steps* steps, Account* scratch)
    : catalog_(catalog),
      steps_(steps),
      plan_(scratch),
      last_plan_(scratch),
      direct_(scratch),
      reached_(scratch),
      pledges_(scratch),
      doomed_(scratch),
      gone_(scratch),
      moves_(scratch),
      pending_(scratch),
      dirty_(scratch),
      changed_(scratch),
      null_columns_(scratch),
      defaulted_(scratch),
      new_keys_(scratch),
      written_(scratch),
      texts_(scratch) {}

void Statement::Start(std::string_view verb, bool gathering) {
  ++catalog_->shared.version;
  verb_ = verb;
  gathering_ = gathering;
  births_are_last_ = true;
  mark_ = steps_->mark();
  first_stamp_ = catalog_->shared.last_stamp;
  births_ = deaths_ = 0;
  addressed = 0;
  effects_.clear();
}

void Statement::Finish() {
  for (const uint32_t part : null_columns_) {
    catalog_->table(TableOfPart(part)).rows.column(PartIndex(part)).ForgetNulls();
  }
  plan_.Clear();
  last_plan_.Clear();
  direct_.Clear();
  reached_.Clear();
  round_ = 0;
  pledges_.Clear();
  doomed_.Clear();
  gone_.Clear();
  moves_.Clear();
  pending_.Clear();
  dirty_.Clear();
  changed_.Clear();
  null_columns_.Clear();
  defaulted_.Clear();
  new_keys_.Clear();
  written_.Clear();
  texts_.Clear();
}

absl::Status Statement::NoMemory() const {
  return LimitError(verb_, "no memory (Options::memory_limit, or the system's); nothing was changed");
}

EffectCounts& Statement::EffectsOf(const TableNode& table) {
  for (TableEffect& effect : effects_) {
    if (effect.table == table.id) return effect.counts;
  }
  effects_.push_back({table.id, {}});
  return effects_.back().counts;
}

bool Statement::IsDoomed(TableNode& table, Slot slot) const {
  const auto before = [](const RowId& a, const RowId& b) {
    return a.table != b.table ? a.table->id < b.table->id : a.slot < b.slot;
  };
  return std::binary_search(doomed_.begin(), doomed_.end(), RowId{&table, slot}, before);
}

size_t Statement::RowNumber(const TableNode& table, Slot slot) const {
  size_t number = 0;
  for (uint32_t i = mark_; i < steps_->mark(); ++i) {
    const Step& step = (*steps_)[i];
    if (step.kind() != Step::Op::kBirth) continue;
    if (step.object == table.id && step.slot == slot) return number;
    ++number;
  }
  return 0;
}

// ---- Steps with their books ----

absl::Status Statement::PutCell(TableNode& table, Slot slot, uint32_t column, const Cell& cell) {
  const Column& cells = table.rows.column(column);
  if (SameCell(cells.type(), cells.Get(slot), cell)) return absl::OkStatus();
  return PutOther(table, slot, column, cell);
}

// Writes a cell that differs; keys that hold it are given up first, and noted to be looked at when settling.
absl::Status Statement::PutOther(TableNode& table, Slot slot, uint32_t column, const Cell& cell) {
  const Column& cells = table.rows.column(column);
  for (const uint32_t key : table.roles[column].keys) {
    if (!dirty_.Push({&table, key, slot}) || !steps_->Retire(table, key, slot)) return NoMemory();
  }
  if (cell.is_null() && table.columns[column].not_null && !cells.has_forbidden_null()) {
    if (!null_columns_.Push(PartOf(table.id, column))) return NoMemory();
  }
  if (static_cast<int>(column) == table.auto_column && !cell.is_null() && cell.integer() > table.counter) {
    if (!steps_->RaiseCounter(table, cell.integer())) return NoMemory();
  }
  return steps_->Put(table, slot, column, cell) ? absl::OkStatus() : NoMemory();
}

// Links a child to a node, or (kNoSlot) to nothing.
absl::Status Statement::MoveLink(Edge& edge, Slot child, uint32_t to) {
  if (edge.link(child) == to) return absl::OkStatus();
  if (edge.link(child) != kNoSlot && !steps_->Unlink(edge, child)) return NoMemory();
  if (to != kNoSlot && !steps_->Link(edge, child, to)) return NoMemory();
  return absl::OkStatus();
}

// ---- Gathering ----

absl::Status Statement::Insert(TableNode& table, absl::Span<Cell> cells, absl::Span<Pledge> links,
                               Slot* slot) {
  int64_t counter = table.counter;
  for (const Pledge& link : links) {
    for (size_t i = 0; i < link.edge->foreign_key.size(); ++i) {
      const Cell key = link.edge->target_rows->Get(link.target, link.edge->key->columns[i]);
      if (key.is_null()) return StaleError(verb_, *link.edge->target, false, 0);
      Cell& cell = cells[link.edge->foreign_key[i]];
      for (const Pledge* other = links.data(); other != &link; ++other) {
        if (Contains(other->edge->foreign_key, link.edge->foreign_key[i]) &&
            !SameCell(table.columns[link.edge->foreign_key[i]].type, cell, key)) {
          return LinkConflictError(verb_, *link.edge, link.edge->foreign_key[i]);
        }
      }
      cell = key;
    }
  }
  for (uint32_t c = 0; c < cells.size(); ++c) {
    if (cells[c].is_absent()) {
      cells[c] = table.defaults[c];
      if (cells[c].is_absent()) {
        const bool narrow = table.columns[c].type == Type::kInt32;
        if (counter >= (narrow ? int64_t{INT32_MAX} : INT64_MAX))
          return RangeError(verb_, table, c, RowNumber(table, kNoSlot));
        cells[c] = Cell::OfInt(++counter);
      }
    } else if (static_cast<int>(c) == table.auto_column && !cells[c].is_null()) {
      counter = std::max(counter, cells[c].integer());
    }
    if (cells[c].is_null() && table.columns[c].not_null && !table.rows.column(c).has_forbidden_null()) {
      if (!null_columns_.Push(PartOf(table.id, c))) return NoMemory();
    }
  }
  switch (steps_->Birth(table, cells, counter, slot)) {
    case RowStore::Room::kNoMemory:
      return NoMemory();
    case RowStore::Room::kRowLimit:
      return LimitError(verb_, absl::StrCat(table.name, " is full (Options::row_limit)"));
    case RowStore::Room::kMade:
      break;
  }
  ++addressed;
  ++births_;
  for (Pledge& link : links) {
    link.child = *slot;
    if (gathering_) {
      if (!pledges_.Push(link)) return NoMemory();
      births_are_last_ = false;
    } else if (absl::Status s = MoveLink(*link.edge, *slot, link.target); !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

// Whether these columns may be written at once: no edge hangs on them.
bool Statement::IsPlain(const TableNode& table, absl::Span<const uint32_t> columns) const {
  for (const uint32_t c : columns) {
    if (!table.roles[c].out.empty() || !table.roles[c].in.empty()) return false;
  }
  return true;
}

absl::Status Statement::Update(TableNode& table, Slot slot, absl::Span<const uint32_t> columns,
                               absl::Span<const Cell> cells) {
  ++addressed;
  const bool newborn = gathering_ && IsNewborn(table, slot);
  if (newborn || (!gathering_ && IsPlain(table, columns))) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (absl::Status s = PutCell(table, slot, columns[i], cells[i]); !s.ok()) return s;
    }
  } else {
    births_are_last_ = false;
    for (size_t i = 0; i < columns.size(); ++i) {
      Cell cell = cells[i];
      if (gathering_ && IsText(table.columns[columns[i]].type) && !cell.is_null() && !cell.text.is_inline()) {
        if (!texts_.Reserve(0, cell.text.length())) return NoMemory();
        cell.text = texts_.Append(0, cell.text.view());
      }
      if (!plan_.Add({PartOf(table.id, columns[i]), slot, cell})) return NoMemory();
    }
  }
  for (size_t i = 0; i < columns.size() && !pledges_.empty(); ++i) {
    const std::vector<Edge*>& edges = table.roles[columns[i]].out;
    for (Edge* edge : edges) {  // a value makes an earlier link void
      if (!pledges_.Push({edge, slot, kNoSlot})) return NoMemory();
    }
    if (newborn && !edges.empty() &&
        !plan_.Add({PartOf(table.id, columns[i]), slot, table.rows.Get(slot, columns[i])})) {
      return NoMemory();
    }
  }
  return absl::OkStatus();
}

absl::Status Statement::Set(Edge& edge, Slot child, Slot target) {
  bool simple = !gathering_;
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const ColumnRoles& roles = edge.child->roles[edge.foreign_key[i]];
    simple = simple && roles.in.empty() && roles.out.size() == 1;
    if (target != kNoSlot && edge.target_rows->column(edge.key->columns[i]).IsNull(target)) {
      return StaleError(verb_, *edge.target, false, addressed);
    }
  }
  if (target == kNoSlot)
    return Update(*edge.child, child, edge.foreign_key, CellList(edge.foreign_key.size()));
  ++addressed;
  if (!simple) {
    births_are_last_ = false;
    if (!pledges_.Push({&edge, child, target})) return NoMemory();
    for (size_t i = 0; i < edge.foreign_key.size() && gathering_;
         ++i) {  // what stays if a later verb voids the link
      const Cell key = edge.target_rows->Get(target, edge.key->columns[i]);
      if (!plan_.Add({PartOf(edge.child->id, edge.foreign_key[i]), child, key})) return NoMemory();
    }
    return absl::OkStatus();
  }
  // No other edge hangs on these columns, so that moves can't influence each other.
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const Cell key = edge.target_rows->Get(target, edge.key->columns[i]);
    if (absl::Status s = PutCell(*edge.child, child, edge.foreign_key[i], key); !s.ok()) return s;
  }
  return MoveLink(edge, child, target);
}

absl::Status Statement::PutOut(Edge& edge, Slot child) {
  ++addressed;
  births_are_last_ = false;
  for (const uint32_t c : edge.foreign_key) {
    if (!plan_.Add({PartOf(edge.child->id, c), child, Cell::Null()})) return NoMemory();
    for (Edge* other : edge.child->roles[c].out) {  // a value, for all edges but this one
      if (other != &edge && !pledges_.empty() && !pledges_.Push({other, child, kNoSlot})) return NoMemory();
    }
  }
  return absl::OkStatus();
}

absl::Status Statement::Erase(TableNode& table, Slot slot) {
  births_are_last_ = false;
  return doomed_.Push({&table, slot}) ? absl::OkStatus() : NoMemory();
}

// ---- 1: direct writes ----

absl::Status Statement::Execute() {
  ++catalog_->shared.version;
  if (births_are_last_) return Settle();
  if (!doomed_.empty() && (!plan_.empty() || !pledges_.empty() || gathering_)) {
    std::sort(doomed_.begin(), doomed_.end(), [](const RowId& a, const RowId& b) {
      return a.table != b.table ? a.table->id < b.table->id : a.slot < b.slot;
    });
    plan_.DropIf([&](const Rewrite& r) { return IsDoomed(catalog_->table(r.table()), r.slot); });
  }
  if (gathering_) {  // a cell set twice: the last
    plan_.Sort();
    plan_.KeepLast();
  }
  if (!pledges_.empty()) {
    if (absl::Status s = PlanPledges(); !s.ok()) return s;
  }
  const uint32_t first = steps_->mark();
  if (absl::Status s = Write(); !s.ok()) return s;
  if (absl::Status s = Close(); !s.ok()) return s;
  if (absl::Status s = NextRound(first); !s.ok()) return s;
  if (absl::Status s = Rounds(); !s.ok()) return s;
  return Settle();
}

// Links given as rows become rewrites of the foreign keys, with the keys that their targets will have after this step:
// where targets' keys hang on pledges themselves (a shared tenant column), until nothing changes any more.
absl::Status Statement::PlanPledges() {
  plan_.Sort();
  // Of several pledges of an edge and child the last counts.
  const auto order = [](const Pledge& p) {
    return std::pair(uint64_t{p.edge->child->id} << 32 | p.child, p.edge->id);
  };
  for (size_t i = 0; i < pledges_.size(); ++i) {
    if (!changed_.Push({static_cast<uint32_t>(i), 0, {}})) return NoMemory();  // borrowed: places of pledges
  }
  std::sort(changed_.begin(), changed_.end(), [&](const Rewrite& a, const Rewrite& b) {
    const auto x = order(pledges_[a.part]);
    const auto y = order(pledges_[b.part]);
    return x != y ? x < y : a.part < b.part;
  });
  Scratch<Pledge> last(pledges_.account());
  bool chained = false;
  for (size_t i = 0; i < changed_.size(); ++i) {
    const Pledge& pledge = pledges_[changed_[i].part];
    if (i + 1 < changed_.size() && order(pledges_[changed_[i + 1].part]) == order(pledge)) continue;
    if (pledge.target == kNoSlot || IsDoomed(*pledge.edge->child, pledge.child)) continue;
    if (!last.Push(pledge)) return NoMemory();
    for (const uint32_t c : pledge.edge->foreign_key)
      chained = chained || !pledge.edge->child->roles[c].in.empty();
  }
  changed_.Clear();

  RewritePlan direct(pledges_.account());
  direct.Swap(plan_);
  // A row that is linked to itself, over a column that is both foreign and target key: it is equal as it is.
  const auto is_same_cell = [](const Pledge& p, uint32_t foreign, uint32_t target) {
    return p.child == p.target && p.edge->child == p.edge->target && foreign == target;
  };
  direct.DropIf([&](const Rewrite& r) {  // the link wins over a value
    const auto at = std::lower_bound(last.begin(), last.end(), r.row_id(),
                                     [&](const Pledge& p, uint64_t row) { return order(p).first < row; });
    for (const Pledge* p = at; p != last.end() && order(*p).first == r.row_id(); ++p) {
      for (size_t i = 0; i < p->edge->foreign_key.size(); ++i) {
        if (p->edge->foreign_key[i] == r.column() && !is_same_cell(*p, r.column(), p->edge->key->columns[i]))
          return true;
      }
    }
    return false;
  });
  RewritePlan before(pledges_.account());
  for (size_t pass = 0;; ++pass) {
    plan_.Clear();
    for (size_t i = 0; i < direct.size(); ++i) {
      if (!plan_.Add(direct[i])) return NoMemory();
    }
    bool moved = false;
    for (const Pledge& p : last) {
      const absl::Span<const Rewrite> after = before.RowOf(p.edge->target->id, p.target);
      for (size_t i = 0; i < p.edge->foreign_key.size(); ++i) {
        const uint32_t c = p.edge->key->columns[i];
        if (is_same_cell(p, p.edge->foreign_key[i], c)) continue;
        Cell key = CellAfter(*p.edge->target, p.target,
                             pass == 0 ? direct.RowOf(p.edge->target->id, p.target) : after, c);
        if (key.is_null()) return StaleError(verb_, *p.edge->target, false, 0);
        if (!plan_.Add(
                {PartOf(p.edge->child->id, p.edge->foreign_key[i]), p.child, key, p.edge->id, p.target})) {
          return NoMemory();
        }
        if (chained && pass > 0) {
          const Cell was = CellAfter(*p.edge->child, p.child, before.RowOf(p.edge->child->id, p.child),
                                     p.edge->foreign_key[i]);
          moved = moved || !SameCell(p.edge->child->columns[p.edge->foreign_key[i]].type, was, key);
        }
      }
    }
    plan_.Sort();
    if (!chained || (pass > 0 && !moved)) break;
    if (pass > last.size()) {
      const Pledge& p = last[0];
      return ConflictError(verb_, *p.edge->child, p.child, p.edge->foreign_key[0]);
    }
    before.Swap(plan_);
  }
  if (const Rewrite* conflict = plan_.FindConflict(*catalog_)) {
    return ConflictError(verb_, catalog_->table(conflict->table()), conflict->slot, conflict->column());
  }
  return absl::OkStatus();
}

// Which rows will have which target key: asked only where the step writes target keys, or rows were born in a batch.
absl::Status Statement::FindNewKeys(bool births) {
  new_keys_.Clear();
  const auto add = [&](TableNode& table, Slot slot, absl::Span<const Rewrite> rewrites, const Key* of) {
    for (const Edge* edge : table.in) {
      if ((of == nullptr || edge->key == of) && !new_keys_.Add(table, *edge->key, slot, rewrites))
        return false;
    }
    return true;
  };
  for (size_t i = 0; i < plan_.size();) {
    const absl::Span<const Rewrite> row = plan_.RowAt(i);
    TableNode& table = catalog_->table(row[0].table());
    i += row.size();
    const Key* seen = nullptr;
    for (const Rewrite& r : row) {
      if (SameCell(table.columns[r.column()].type, table.rows.Get(r.slot, r.column()), r.value)) continue;
      for (const Edge* edge : table.roles[r.column()].in) {
        if (edge->key == seen) continue;
        seen = edge->key;
        if (!add(table, r.slot, row, seen)) return NoMemory();
      }
    }
  }
  if (births) {
    for (uint32_t i = mark_; i < steps_->mark(); ++i) {
      const Step& step = (*steps_)[i];
      if (step.kind() != Step::Op::kBirth) continue;
      TableNode& table = catalog_->table(step.object);
      if (table.in.empty() || IsDoomed(table, step.slot)) continue;
      if (!add(table, step.slot, plan_.RowOf(table.id, step.slot), nullptr)) return NoMemory();
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
  // An id beside those of cells: there is no such column.
  const uint64_t id =
      uint64_t{PartOf(table.id, (1u << kPartBits) - 1 - static_cast<uint32_t>(action))} << 32 | slot;
  if (round_ == 1) {
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

// ---- 2: closure ----

absl::Status Statement::Kill(TableNode& table, Slot slot) {
  for (Edge* edge : table.out) {
    if (edge->link(slot) != kNoSlot && !steps_->Unlink(*edge, slot)) return NoMemory();
  }
  if (!steps_->Death(table, slot) || !gone_.Push({&table, slot})) return NoMemory();
  ++deaths_;
  return absl::OkStatus();
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
  for (size_t from = 0; from < gone_.size();) {
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
          if (count > kAhead) PrefetchKill(*edge->child, edge->ChildAtPlace(row.slot, count - 1 - kAhead));
          if (absl::Status s = Kill(*edge->child, edge->ChildAtPlace(row.slot, count - 1)); !s.ok()) return s;
          ++EffectsOf(*edge->child).erased;
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
    if (!changed_.Push({step.object, step.slot, {}})) return NoMemory();
  }
  const auto before = [](const Rewrite& a, const Rewrite& b) { return a.order() < b.order(); };
  if (!std::is_sorted(changed_.begin(), changed_.end(), before))
    std::sort(changed_.begin(), changed_.end(), before);

  // Visits each changed row with each edge whose target key changed, and the columns that did.
  const auto for_each_edge = [&](auto visit) -> absl::Status {
    absl::InlinedVector<uint32_t, 8> columns;
    for (size_t i = 0; i < changed_.size();) {
      columns.clear();
      TableNode& table = catalog_->table(changed_[i].table());
      const Slot slot = changed_[i].slot;
      const uint64_t row = changed_[i].row_id();
      for (; i < changed_.size() && changed_[i].row_id() == row; ++i) columns.push_back(changed_[i].column());
      for (Edge* edge : table.in) {
        const bool hit = std::any_of(columns.begin(), columns.end(),
                                     [&](uint32_t c) { return Contains(edge->key->columns, c); });
        if (!hit) continue;
        if (absl::Status s = visit(*edge, slot, absl::MakeConstSpan(columns)); !s.ok()) return s;
      }
    }
    return absl::OkStatus();
  };
  absl::Status status = for_each_edge([&](Edge& edge, Slot slot, absl::Span<const uint32_t>) {
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
  for (const RowId& row : gone_) {
    for (Edge* edge : row.table->in) {
      status = Treat(*edge, row.slot, edge->def.on_delete, edge->key->columns);
      if (!status.ok()) return status;
    }
  }
  gone_.Clear();
  status = for_each_edge([&](Edge& edge, Slot slot, absl::Span<const uint32_t> columns) {
    return Treat(edge, slot, edge.def.on_update, columns);
  });
  if (!status.ok()) return status;
  plan_.Sort();
  if (const Rewrite* conflict = plan_.FindConflict(*catalog_)) {
    return ConflictError(verb_, catalog_->table(conflict->table()), conflict->slot, conflict->column());
  }
  return absl::OkStatus();
}

// Plans what an action does to the children of a target whose columns `changed`.
absl::Status Statement::Treat(Edge& edge, Slot target, Action action, absl::Span<const uint32_t> changed) {
  const uint32_t count = edge.Count(target);
  if (count == 0 || action == Action::kNoAction || action == Action::kRestrict) return absl::OkStatus();
  if (action == Action::kSetDefault && !defaulted_.Push({&edge, target})) return NoMemory();
  for (uint32_t place = 0; place < count; ++place) {
    edge.child_rows->PrefetchRow(edge.ChildAtPlace(target, place), edge.foreign_key);
  }
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const uint32_t column = edge.foreign_key[i];
    Cell value;
    if (action == Action::kCascade) {
      if (!Contains(changed, edge.key->columns[i])) continue;
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
  direct_.Swap(last_plan_);
  direct_.Sort();
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
