#include "tenon/query.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "store/condition.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/scratch.h"
#include "store/struct_view.h"
#include "store/value_cell.h"

namespace tenon {

using internal::CheckHandle;
using internal::Condition;
using internal::Engine;
using internal::Formula;
using internal::Statement;
using internal::TableNode;

// The query, bound to its table: names resolved, matches found.
struct Query<void>::Plan {
  TableNode* node;
  Condition condition;
  struct Key {
    uint32_t column;
    Order order;
  };
  std::vector<Key> keys;

  // Calls visit(slot) for each match in order, until it returns false.
  template <class Visit>
  void ForEach(size_t offset, size_t limit, Visit visit) {
    if (limit == 0) return;
    if (keys.empty()) {
      size_t seen = 0;
      for (Slot slot = 0; slot < node->rows.top(); ++slot) {
        if (!node->rows.IsAlive(slot) || !condition.Matches(slot) || seen++ < offset) continue;
        if (!visit(slot) || seen - offset == limit) return;
      }
      return;
    }
    std::vector<Slot> matches;
    for (Slot slot = 0; slot < node->rows.top(); ++slot) {
      if (node->rows.IsAlive(slot) && condition.Matches(slot)) matches.push_back(slot);
    }
    if (offset >= matches.size()) return;
    const size_t end = limit < matches.size() - offset ? offset + limit : matches.size();
    const auto before = [&](Slot a, Slot b) { return Before(a, b); };
    std::partial_sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(end), matches.end(),
                      before);
    for (size_t i = offset; i < end; ++i) {
      if (!visit(matches[i])) return;
    }
  }

  // By the keys, and among equals by slot.
  bool Before(Slot a, Slot b) const {
    for (const Key& key : keys) {
      const std::weak_ordering order = CompareCells(
          node->columns[key.column].type, node->rows.Get(a, key.column), node->rows.Get(b, key.column));
      if (order != 0) return key.order == Order::kAscending ? order < 0 : order > 0;
    }
    return a < b;
  }
};

Query<> Query<void>::OrderBy(std::string_view column, Order order) const {
  Query ordered = *this;
  ordered.sorts_.push_back({std::string(column), order});
  return ordered;
}

Query<> Query<void>::Limit(size_t rows, size_t offset) const {
  Query limited = *this;
  limited.limit_ = rows;
  limited.offset_ = offset;
  return limited;
}

absl::StatusOr<Query<void>::Plan> Query<void>::Bind(std::string_view verb, bool write) const {
  if (absl::Status s = CheckHandle(*table_, status_, verb, write); !s.ok()) return s;
  TableNode& node = *table_->node;
  absl::StatusOr<Condition> condition = Condition::Bind(node, where_);
  if (!condition.ok()) return condition.status();
  Plan plan{&node, *std::move(condition), {}};
  for (const Sort& sort : sorts_) {
    const absl::StatusOr<uint32_t> column = ColumnOf("order", node, sort.column);
    if (!column.ok()) return column.status();
    plan.keys.push_back({*column, sort.order});
  }
  return plan;
}

absl::Status Query<void>::status() const { return Bind("where", false).status(); }

RefList<> Query<void>::Refs() const {
  RefList<> refs;
  absl::StatusOr<Plan> plan = Bind("where", false);
  if (!plan.ok()) return refs;
  plan->ForEach(offset_, limit_, [&](Slot slot) {
    refs.push_back(internal::RefAt(*table_->stamps, slot));
    return true;
  });
  return refs;
}

std::vector<std::vector<Value>> Query<void>::Rows() const {
  std::vector<std::vector<Value>> rows;
  absl::StatusOr<Plan> plan = Bind("where", false);
  if (!plan.ok()) return rows;
  const TableNode& node = *plan->node;
  plan->ForEach(offset_, limit_, [&](Slot slot) {
    std::vector<Value>& row = rows.emplace_back();
    for (uint32_t c = 0; c < node.columns.size(); ++c) {
      row.push_back(internal::ValueOf(node.rows.Get(slot, c), node.columns[c].type));
    }
    return true;
  });
  return rows;
}

void Query<void>::ReadRows(void* rows, void* (*next)(void* rows)) const {
  absl::StatusOr<Plan> plan = Bind("where", false);
  if (!plan.ok()) return;
  const internal::StructView& view = internal::StructView::Of(*table_);
  plan->ForEach(offset_, limit_, [&](Slot slot) {
    ReadStruct(view, slot, next(rows));
    return true;
  });
}

Ref<> Query<void>::First() const {
  Ref<> first;
  absl::StatusOr<Plan> plan = Bind("where", false);
  if (!plan.ok()) return first;
  plan->ForEach(offset_, limit_ == 0 ? 0 : 1, [&](Slot slot) {
    first = internal::RefAt(*table_->stamps, slot);
    return false;
  });
  return first;
}

size_t Query<void>::Count() const {
  size_t count = 0;
  absl::StatusOr<Plan> plan = Bind("where", false);
  if (!plan.ok()) return count;
  plan->keys.clear();  // the order does not count
  plan->ForEach(offset_, limit_, [&](Slot) {
    ++count;
    return true;
  });
  return count;
}

absl::StatusOr<size_t> Query<void>::Erase() const {
  absl::StatusOr<Plan> plan = Bind("erase", true);
  if (!plan.ok()) return plan.status();
  size_t matches = 0;
  absl::Status status = table_->engine->Run("erase", [&](Statement& statement) {
    absl::Status s;
    plan->ForEach(offset_, limit_, [&](Slot slot) {
      ++matches;
      s = statement.Erase(*plan->node, slot);
      return s.ok();
    });
    return s;
  });
  if (!status.ok()) return status;
  return matches;
}

// Rows are written when all matches are known: a condition may look at related rows, and these may be among them.
template <class Write>
absl::StatusOr<size_t> Query<void>::UpdateEach(Plan& plan, Write write) const {
  size_t matches = 0;
  absl::Status status = table_->engine->Run("update", [&](Statement& statement) -> absl::Status {
    internal::Scratch<Slot> slots(statement.scratch());
    bool room = true;
    plan.ForEach(offset_, limit_, [&](Slot slot) { return room = slots.Push(slot); });
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
  absl::StatusOr<Plan> plan = Bind("update", true);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindAssignments(*table_->engine, "update", *plan->node, assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*plan, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", *plan->node, slot, *formulas, statement);
  });
}

absl::StatusOr<size_t> Query<void>::UpdateMembers(
    absl::Span<const internal::MemberAssignment> assignments) const {
  absl::StatusOr<Plan> plan = Bind("update", true);
  if (!plan.ok()) return plan.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindMembers(*table_->engine, "update", internal::StructView::Of(*table_), assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*plan, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", *plan->node, slot, *formulas, statement);
  });
}

}  // namespace tenon
