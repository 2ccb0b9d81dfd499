#include "tenon/query.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/condition.h"
#include "store/engine.h"
#include "store/formula.h"
#include "store/gather.h"
#include "store/plan.h"
#include "store/scratch.h"
#include "store/struct_view.h"
#include "store/value_cell.h"

namespace tenon {

using internal::Cell;
using internal::CheckHandle;
using internal::Condition;
using internal::Engine;
using internal::Formula;
using internal::kGhost;
using internal::kNoSlot;
using internal::Plan;
using internal::Statement;
using internal::TableNode;

// The query, bound to its table: names resolved, matches in order.
class Query<void>::Run {
 public:
  struct Key {
    const internal::Edge* edge;  // null: of the row itself
    bool inverse;
    const TableNode* node;  // where the column is
    uint32_t column;
    Order order;
  };
  Run(TableNode* node, Condition condition, std::vector<Key> keys, size_t offset, size_t limit)
      : node_(node),
        condition_(std::move(condition)),
        keys_(std::move(keys)),
        offset_(offset),
        limit_(limit) {}

  TableNode& node() const { return *node_; }

  // Calls visit(slot) for each match in order, until it returns false.
  template <class Visit>
  void ForEach(Visit visit) {
    if (limit_ == 0) return;
    Plan plan(&condition_);
    if (keys_.empty()) {
      size_t seen = 0;
      plan.ForEach([&](Slot slot) { return seen++ < offset_ || (visit(slot) && seen - offset_ < limit_); });
    } else {
      for (const Slot slot : Sorted(plan)) {
        if (!visit(slot)) break;
      }
    }
    if (explain_ != nullptr) *explain_ = plan.Explain();
  }
  // The same in slot order.
  template <class Visit>
  void ForEachUnsorted(Visit visit) {
    keys_.clear();
    ForEach(std::move(visit));
  }
  std::string Explain() {
    std::string text;
    size_t rows = 0;
    explain_ = &text;
    ForEach([&](Slot) { return ++rows > 0; });
    if (keys_.empty() && offset_ == 0 && limit_ == std::numeric_limits<size_t>::max()) return text;
    return absl::StrCat(text, OrderText(), rows, rows == 1 ? " row\n" : " rows\n");
  }

 private:
  std::vector<Slot> Sorted(Plan& plan) const {
    std::vector<Slot> matches;
    plan.ForEach([&](Slot slot) {
      matches.push_back(slot);
      return true;
    });
    if (offset_ >= matches.size()) return {};
    const size_t end = limit_ < matches.size() - offset_ ? offset_ + limit_ : matches.size();
    const auto at = [&](size_t i) { return matches.begin() + static_cast<std::ptrdiff_t>(i); };
    std::partial_sort(at(0), at(end), matches.end(), [&](Slot a, Slot b) { return Before(a, b); });
    return {at(offset_), at(end)};
  }

  // By the keys, and among equals by slot.
  bool Before(Slot a, Slot b) const {
    for (const Key& key : keys_) {
      const std::weak_ordering order =
          CompareCells(key.node->columns[key.column].type, CellAt(key, a), CellAt(key, b));
      if (order != 0) return key.order == Order::kAscending ? order < 0 : order > 0;
    }
    return a < b;
  }
  static Cell CellAt(const Key& key, Slot slot) {
    if (key.edge != nullptr) {
      slot = !key.inverse                 ? key.edge->link(slot)
             : key.edge->Count(slot) == 0 ? kNoSlot
                                          : key.edge->ChildAtPlace(slot, 0);
      if (slot >= kGhost) return Cell::Null();
    }
    return key.node->rows.Get(slot, key.column);
  }
  std::string OrderText() const {
    std::string text;
    for (const Key& key : keys_) {
      absl::StrAppend(&text, text.empty() ? "order by " : ", ");
      if (key.edge != nullptr) absl::StrAppend(&text, key.node->name, ".");
      absl::StrAppend(&text, key.node->columns[key.column].name,
                      key.order == Order::kDescending ? " descending" : "");
    }
    if (limit_ != std::numeric_limits<size_t>::max())
      absl::StrAppend(&text, text.empty() ? "" : ", ", "limit ", limit_);
    if (offset_ != 0) absl::StrAppend(&text, text.empty() ? "" : ", ", "offset ", offset_);
    return text + ": ";
  }

  TableNode* node_;
  Condition condition_;
  std::vector<Key> keys_;
  size_t offset_;
  size_t limit_;
  std::string* explain_ = nullptr;
};

Query<> Query<void>::OrderBy(std::string_view column, Order order) const {
  Query ordered = *this;
  ordered.sorts_.push_back({nullptr, false, std::string(column), order});
  return ordered;
}

Query<> Query<void>::OrderBy(const ToOne<>& edge, std::string_view column, Order order) const {
  Query ordered = *this;
  ordered.sorts_.push_back({edge.edge(), edge.inverse(), std::string(column), order});
  return ordered;
}

Query<> Query<void>::Limit(size_t rows, size_t offset) const {
  Query limited = *this;
  limited.limit_ = rows;
  limited.offset_ = offset;
  return limited;
}

absl::StatusOr<Query<void>::Run> Query<void>::Bind(std::string_view verb, bool write) const {
  if (absl::Status s = CheckHandle(*table_, status_, verb, write); !s.ok()) return s;
  TableNode& node = *table_->node;
  absl::StatusOr<Condition> condition = Condition::Bind(node, where_);
  if (!condition.ok()) return condition.status();
  std::vector<Run::Key> keys;
  for (const Sort& sort : sorts_) {
    const TableNode* there = &node;
    if (sort.edge != nullptr) {
      const absl::StatusOr<const TableNode*> end = internal::EndOf("order", node, *sort.edge, sort.inverse);
      if (!end.ok()) return end.status();
      there = *end;
    }
    const absl::StatusOr<uint32_t> column = ColumnOf("order", *there, sort.column);
    if (!column.ok()) return column.status();
    keys.push_back(
        {sort.edge == nullptr ? nullptr : sort.edge->edge, sort.inverse, there, *column, sort.order});
  }
  return Run(&node, *std::move(condition), std::move(keys), offset_, limit_);
}

absl::Status Query<void>::status() const { return Bind("where", false).status(); }

RefList<> Query<void>::Refs() const {
  RefList<> refs;
  absl::StatusOr<Run> run = Bind("where", false);
  if (!run.ok()) return refs;
  run->ForEach([&](Slot slot) {
    refs.push_back(internal::RefAt(*table_->stamps, slot));
    return true;
  });
  return refs;
}

std::vector<std::vector<Value>> Query<void>::Rows() const {
  std::vector<std::vector<Value>> rows;
  absl::StatusOr<Run> run = Bind("where", false);
  if (!run.ok()) return rows;
  const TableNode& node = run->node();
  run->ForEach([&](Slot slot) {
    std::vector<Value>& row = rows.emplace_back();
    for (uint32_t c = 0; c < node.columns.size(); ++c) {
      row.push_back(internal::ValueOf(node.rows.Get(slot, c), node.columns[c].type));
    }
    return true;
  });
  return rows;
}

void Query<void>::ReadRows(void* rows, void* (*next)(void* rows)) const {
  absl::StatusOr<Run> run = Bind("where", false);
  if (!run.ok()) return;
  const internal::StructView& view = internal::StructView::Of(*table_);
  run->ForEach([&](Slot slot) {
    ReadStruct(view, slot, next(rows));
    return true;
  });
}

Ref<> Query<void>::First() const {
  Ref<> first;
  absl::StatusOr<Run> run = Bind("where", false);
  if (!run.ok()) return first;
  run->ForEach([&](Slot slot) {
    first = internal::RefAt(*table_->stamps, slot);
    return false;
  });
  return first;
}

size_t Query<void>::Count() const {
  size_t count = 0;
  absl::StatusOr<Run> run = Bind("where", false);
  if (!run.ok()) return count;
  run->ForEachUnsorted([&](Slot) {
    ++count;
    return true;
  });
  return count;
}

std::string Query<void>::Explain() const {
  absl::StatusOr<Run> run = Bind("explain", false);
  return run.ok() ? run->Explain() : std::string(run.status().message());
}

absl::StatusOr<size_t> Query<void>::Erase() const {
  absl::StatusOr<Run> run = Bind("erase", true);
  if (!run.ok()) return run.status();
  size_t matches = 0;
  absl::Status status = table_->engine->Run("erase", [&](Statement& statement) {
    absl::Status s;
    run->ForEach([&](Slot slot) {
      ++matches;
      s = statement.Erase(run->node(), slot);
      return s.ok();
    });
    return s;
  });
  if (!status.ok()) return status;
  return matches;
}

// Rows are written when all matches are known: a condition may look at related rows, and these may be among them.
template <class Write>
absl::StatusOr<size_t> Query<void>::UpdateEach(Run& run, Write write) const {
  size_t matches = 0;
  absl::Status status = table_->engine->Run("update", [&](Statement& statement) -> absl::Status {
    internal::Scratch<Slot> slots(statement.scratch());
    bool room = true;
    run.ForEach([&](Slot slot) { return room = slots.Push(slot); });
    if (!room) return statement.NoMemory();
    matches = slots.size();
    for (const Slot slot : slots) {
      if (absl::Status s = write(slot, statement); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return matches;
}

absl::StatusOr<size_t> Query<void>::Update(absl::Span<const Assignment<>> assignments) const {
  absl::StatusOr<Run> run = Bind("update", true);
  if (!run.ok()) return run.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindAssignments(*table_->engine, "update", run->node(), assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*run, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", run->node(), slot, *formulas, statement);
  });
}

absl::StatusOr<size_t> Query<void>::UpdateMembers(
    absl::Span<const internal::MemberAssignment> assignments) const {
  absl::StatusOr<Run> run = Bind("update", true);
  if (!run.ok()) return run.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindMembers(*table_->engine, "update", internal::StructView::Of(*table_), assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*run, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", run->node(), slot, *formulas, statement);
  });
}

}  // namespace tenon
