#include "tenon/query.h"

#include <utility>

#include "store/condition.h"
#include "store/engine.h"
#include "store/gather.h"
#include "tenon/association.h"
#include "tenon/table.h"

namespace tenon {

using internal::CheckHandle;
using internal::Condition;
using internal::Engine;
using internal::Formula;
using internal::Statement;
using internal::TableNode;

namespace {

// Calls visit(slot) for each match in slot order, until it returns false.
template <class Visit>
void ForEachMatch(const TableNode& node, Condition& condition, Visit visit) {
  for (Slot slot = 0; slot < node.rows.top(); ++slot) {
    if (node.rows.IsAlive(slot) && condition.Matches(slot) && !visit(slot)) return;
  }
}

}  // namespace

absl::Status Query<void>::status() const {
  if (absl::Status s = CheckHandle(*table_, status_, "where", false); !s.ok()) return s;
  return Condition::Bind(*table_->node, where_).status();
}

RefList<> Query<void>::Refs() const {
  RefList<> refs;
  if (!CheckHandle(*table_, status_, "where", false).ok()) return refs;
  absl::StatusOr<Condition> condition = Condition::Bind(*table_->node, where_);
  if (!condition.ok()) return refs;
  ForEachMatch(*table_->node, *condition, [&](Slot slot) {
    refs.push_back(internal::RefAt(*table_->stamps, slot));
    return true;
  });
  return refs;
}

Ref<> Query<void>::First() const {
  Ref<> first;
  if (!CheckHandle(*table_, status_, "where", false).ok()) return first;
  absl::StatusOr<Condition> condition = Condition::Bind(*table_->node, where_);
  if (!condition.ok()) return first;
  ForEachMatch(*table_->node, *condition, [&](Slot slot) {
    first = internal::RefAt(*table_->stamps, slot);
    return false;
  });
  return first;
}

size_t Query<void>::Count() const {
  size_t count = 0;
  if (!CheckHandle(*table_, status_, "where", false).ok()) return count;
  absl::StatusOr<Condition> condition = Condition::Bind(*table_->node, where_);
  if (!condition.ok()) return count;
  ForEachMatch(*table_->node, *condition, [&](Slot) {
    ++count;
    return true;
  });
  return count;
}

absl::StatusOr<size_t> Query<void>::Erase() const {
  if (absl::Status s = CheckHandle(*table_, status_, "erase", true); !s.ok()) return s;
  TableNode& node = *table_->node;
  absl::StatusOr<Condition> condition = Condition::Bind(node, where_);
  if (!condition.ok()) return condition.status();
  size_t matches = 0;
  absl::Status status = table_->engine->Run("erase", [&](Statement& statement) {
    absl::Status s;
    ForEachMatch(node, *condition, [&](Slot slot) {
      ++matches;
      s = statement.Erase(node, slot);
      return s.ok();
    });
    return s;
  });
  if (!status.ok()) return status;
  return matches;
}

absl::StatusOr<size_t> Query<void>::Update(absl::Span<const Assignment> assignments) const {
  if (absl::Status s = CheckHandle(*table_, status_, "update", true); !s.ok()) return s;
  TableNode& node = *table_->node;
  Engine& engine = *table_->engine;
  absl::StatusOr<Condition> condition = Condition::Bind(node, where_);
  if (!condition.ok()) return condition.status();
  absl::StatusOr<std::vector<Formula>> formulas = BindAssignments(engine, "update", node, assignments);
  if (!formulas.ok()) return formulas.status();
  size_t matches = 0;
  absl::Status status = engine.Run("update", [&](Statement& statement) {
    absl::Status s;
    // Rows may be written as they are met: condition and values look at their own row alone.
    ForEachMatch(node, *condition, [&](Slot slot) {
      ++matches;
      s = GatherFormulas("update", node, slot, *formulas, statement);
      return s.ok();
    });
    return s;
  });
  if (!status.ok()) return status;
  return matches;
}

}  // namespace tenon
