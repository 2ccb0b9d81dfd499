#include "store/statement.h"

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/violation_text.h"

namespace tenon::internal {
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
      counters_(scratch),
      new_keys_(scratch),
      written_(scratch),
      promised_(scratch),
      texts_(scratch) {}

void Statement::Start(std::string_view verb, Mode mode, size_t most_steps) {
  ++catalog_->shared.version;
  verb_ = verb;
  gathering_ = mode != Mode::kVerb;
  acting_ = mode != Mode::kChanges;
  births_are_last_ = true;
  is_plain_ = false;
  mark_ = steps_->mark();
  steps_->Allow(most_steps);
  first_stamp_ = catalog_->shared.last_stamp;
  births_ = target_deaths_ = 0;
  target_births_ = false;
  addressed = 0;
  effects_.clear();
}

void Statement::Forget() {
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
  counters_.Clear();
  new_keys_.Clear();
  written_.Clear();
  promised_.Clear();
  texts_.Clear();
}

absl::Status Statement::NoMemory() const {
  if (steps_->ran_out()) {
    return LimitError(verb_, "it would take more steps than Options::step_limit allows; nothing was changed");
  }
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
    if (!steps_->SetCounter(table, cell.integer())) return NoMemory();
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

// Asks memory for the lines where settling will look for the keys of a new row and of its targets; the simple ones.
void Statement::PrefetchKeys(const TableNode& table, absl::Span<const Cell> cells) const {
  const auto ask = [&](const Key& key, uint32_t column) {
    if (key.integer == nullptr || cells[column].is_null()) return;
    key.index.Prefetch(table.rows.Probe({&column, 1}, {&cells[column], 1}));
  };
  for (const Key& key : table.rows.keys()) {
    if (key.columns.size() == 1) ask(key, key.columns[0]);
  }
  for (const Edge* edge : table.out) {
    if (edge->foreign_key.size() == 1) ask(*edge->key, edge->foreign_key[0]);
  }
}

// The same for a cell that will be written over another one, and for the children of that row.
void Statement::PrefetchRewrite(const TableNode& table, Slot slot, uint32_t column, const Cell& cell) const {
  for (const Edge* edge : table.roles[column].in) edge->PrefetchTarget(slot);
  for (const uint32_t k : table.roles[column].keys) {
    const Key& key = table.rows.keys()[k];
    if (key.integer == nullptr) continue;
    if (!cell.is_null()) key.index.Prefetch(table.rows.Probe(key.columns, {&cell, 1}));
    if (!key.integer->IsNull(slot)) key.index.Prefetch(table.rows.Probe(key.columns, slot));
  }
}

absl::Status Statement::Insert(TableNode& table, absl::Span<Cell> cells, absl::Span<Pledge> links,
                               Slot* slot) {
  int64_t counter = table.counter;
  for (const Pledge& link : links) {
    for (size_t i = 0; i < link.edge->foreign_key.size(); ++i) {
      const Cell key = link.edge->target_rows->Get(link.target, link.edge->key->columns[i]);
      if (key.is_null()) return NullKeyError(verb_, *link.edge, link.target);
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
        if (counter >= (narrow ? int64_t{INT32_MAX} : INT64_MAX)) return RangeError(verb_, table, c, births_);
        cells[c] = Cell::OfInt(++counter);
      }
    } else if (static_cast<int>(c) == table.auto_column && !cells[c].is_null()) {
      counter = std::max(counter, cells[c].integer());
    }
    if (cells[c].is_null() && table.columns[c].not_null && !table.rows.column(c).has_forbidden_null()) {
      if (!null_columns_.Push(PartOf(table.id, c))) return NoMemory();
    }
  }
  if (births_ == 0 && table.rows.top() > kCachedRows) PrefetchKeys(table, cells);
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
  target_births_ = target_births_ || !table.in.empty();
  for (Pledge& link : links) {
    link.child = *slot;
    if (gathering_) {
      if (!Promise(link)) return NoMemory();
      births_are_last_ = false;
    } else if (absl::Status s = MoveLink(*link.edge, *slot, link.target); !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

// Whether these columns may be written at once: no edge hangs on them.
bool Statement::MayWriteAtOnce(const TableNode& table, absl::Span<const uint32_t> columns) const {
  for (const uint32_t c : columns) {
    if (!table.roles[c].out.empty() || !table.roles[c].in.empty()) return false;
  }
  return true;
}

absl::Status Statement::Update(TableNode& table, Slot slot, absl::Span<const uint32_t> columns,
                               absl::Span<const Cell> cells) {
  ++addressed;
  const bool newborn = gathering_ && IsNewborn(table, slot);
  if (newborn || (!gathering_ && MayWriteAtOnce(table, columns))) {
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
      if (table.rows.top() > kCachedRows) PrefetchRewrite(table, slot, columns[i], cell);
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
  if (target == kNoSlot)
    return Update(*edge.child, child, edge.foreign_key, CellList(edge.foreign_key.size()));
  if (edge.target_rows->HasNull(edge.key->columns, target)) return NullKeyError(verb_, edge, target);
  ++addressed;
  if (edge.plain != nullptr && !gathering_ && edge.link(child) < kGhost) {
    edge.PrefetchOldTarget(child);
    edge.PrefetchEnd(target);
    return edge.link(child) == target || steps_->Move(edge, child, target) ? absl::OkStatus() : NoMemory();
  }
  bool simple = !gathering_;
  for (const uint32_t c : edge.foreign_key) {
    const ColumnRoles& roles = edge.child->roles[c];
    simple = simple && roles.in.empty() && roles.out.size() == 1;
  }
  if (!simple) {
    births_are_last_ = false;
    if (!Promise({&edge, child, target})) return NoMemory();
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

bool Statement::Promise(const Pledge& pledge) {
  if (!pledges_.Push(pledge)) return false;
  return !gathering_ || !pledge.edge->def.inverse.one ||
         (promised_.Insert(PromisedId(*pledge.edge, pledge.target)) != CellSet::Answer::kNoMemory &&
          promised_.Insert(PromisedChildId(*pledge.edge, pledge.child)) != CellSet::Answer::kNoMemory);
}

bool Statement::IsPromised(const Edge& edge, Slot child) const {
  for (size_t i = pledges_.size(); i > 0; --i) {
    const Pledge& pledge = pledges_[i - 1];
    if (pledge.edge == &edge && pledge.child == child) return pledge.target != kNoSlot;
  }
  return false;
}

absl::Status Statement::Vacate(Edge& edge, Slot target, Slot keep) {
  if (!gathering_) return absl::OkStatus();
  const CellSet::Answer answer = promised_.Insert(PromisedId(edge, target));
  if (answer == CellSet::Answer::kNoMemory) return NoMemory();
  if (answer == CellSet::Answer::kNew) return absl::OkStatus();
  for (size_t i = 0, end = pledges_.size(); i < end; ++i) {
    const Pledge pledge = pledges_[i];
    if (pledge.edge != &edge || pledge.target != target || pledge.child == keep) continue;
    const bool is_last = std::none_of(pledges_.begin() + i + 1, pledges_.end(), [&](const Pledge& later) {
      return later.edge == &edge && later.child == pledge.child;
    });
    if (!is_last) continue;
    if (absl::Status s = Set(edge, pledge.child, kNoSlot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Statement::PutOut(Edge& edge, Slot child) {
  ++addressed;
  if (gathering_) {
    const CellSet::Answer answer = promised_.Insert(PromisedChildId(edge, child));
    if (answer == CellSet::Answer::kNoMemory) return NoMemory();
    if (answer == CellSet::Answer::kThere && IsPromised(edge, child)) return absl::OkStatus();
  }
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

absl::Status Statement::SetCounter(TableNode& table, int64_t counter) {
  return counters_.Push({&table, counter}) ? absl::OkStatus() : NoMemory();
}

// ---- 1: direct writes ----

absl::Status Statement::Execute() {
  ++catalog_->shared.version;
  is_plain_ = IsPlain();
  if (is_plain_ && births_ == 0) return absl::OkStatus();
  if (births_are_last_ && counters_.empty()) return births_ == 1 && !gathering_ ? SettleBirth() : Settle();
  is_plain_ = false;  // what follows fills lists, also where nothing was planned
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
  if (acting_) {
    if (absl::Status s = NextRound(first); !s.ok()) return s;
    if (absl::Status s = Rounds(); !s.ok()) return s;
  }
  if (absl::Status s = Settle(); !s.ok()) return s;
  for (const Counter& counter : counters_) {
    if (!steps_->SetCounter(*counter.table, counter.value)) return NoMemory();
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
