#include "tenon/query.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "store/condition.h"
#include "store/engine.h"
#include "store/formula.h"
#include "store/gather.h"
#include "store/scratch.h"
#include "store/selection.h"
#include "store/struct_view.h"
#include "store/value_cell.h"

namespace tenon {

using internal::CheckHandle;
using internal::Condition;
using internal::Engine;
using internal::Formula;
using internal::Selection;
using internal::Statement;
using internal::TableNode;

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

absl::StatusOr<Selection> Query<void>::Bind(std::string_view verb, bool write) const {
  if (absl::Status s = CheckHandle(*table_, status_, verb, write); !s.ok()) return s;
  TableNode& node = *table_->node;
  absl::StatusOr<Condition> condition = Condition::Bind(node, where_);
  if (!condition.ok()) return condition.status();
  std::vector<Selection::Key> keys;
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
  return Selection(&node, *std::move(condition), std::move(keys), offset_, limit_);
}

absl::Status Query<void>::status() const { return Bind("where", false).status(); }

RefList<> Query<void>::Refs() const {
  RefList<> refs;
  absl::StatusOr<Selection> found = Bind("where", false);
  if (!found.ok()) return refs;
  found->ForEach([&](Slot slot) {
    refs.push_back(internal::RefAt(*table_->stamps, slot));
    return true;
  });
  return refs;
}

std::vector<std::vector<Value>> Query<void>::Rows() const {
  std::vector<std::vector<Value>> rows;
  absl::StatusOr<Selection> found = Bind("where", false);
  if (!found.ok()) return rows;
  const TableNode& node = found->node();
  found->ForEach([&](Slot slot) {
    std::vector<Value>& row = rows.emplace_back();
    for (uint32_t c = 0; c < node.columns.size(); ++c) {
      row.push_back(internal::ValueOf(node.rows.Get(slot, c), node.columns[c].type));
    }
    return true;
  });
  return rows;
}

void Query<void>::ReadRows(const RefList<>& refs, void* rows) const {
  auto* row = static_cast<char*>(rows);
  for (const Ref<> ref : refs) {
    const internal::StructView& view = internal::StructView::Of(*table_);
    ReadStruct(view, ref.slot(), row);
    row += view.info->size;
  }
}

Ref<> Query<void>::First() const {
  Ref<> first;
  const Query limited =
      Limit(std::min<size_t>(limit_, 1), offset_);  // what is found looks into its constants
  absl::StatusOr<Selection> found = limited.Bind("where", false);
  if (!found.ok()) return first;
  found->ForEach([&](Slot slot) {
    first = internal::RefAt(*table_->stamps, slot);
    return false;
  });
  return first;
}

size_t Query<void>::Count() const {
  size_t count = 0;
  absl::StatusOr<Selection> found = Bind("where", false);
  if (!found.ok()) return count;
  found->ForEachUnsorted([&](Slot) {
    ++count;
    return true;
  });
  return count;
}

std::string Query<void>::Explain() const {
  absl::StatusOr<Selection> found = Bind("explain", false);
  return found.ok() ? found->Explain() : std::string(found.status().message());
}

absl::StatusOr<size_t> Query<void>::Erase() const {
  absl::StatusOr<Selection> found = Bind("erase", true);
  if (!found.ok()) return found.status();
  size_t matches = 0;
  absl::Status status = table_->engine->Run("erase", [&](Statement& statement) {
    absl::Status s;
    found->ForEach([&](Slot slot) {
      ++matches;
      s = statement.Erase(found->node(), slot);
      return s.ok();
    });
    return s;
  });
  if (!status.ok()) return status;
  return matches;
}

// Rows are written when all matches are known: a condition may look at related rows, and these may be among them.
template <class Write>
absl::StatusOr<size_t> Query<void>::UpdateEach(Selection& rows, Write write) const {
  size_t matches = 0;
  absl::Status status = table_->engine->Run("update", [&](Statement& statement) -> absl::Status {
    internal::Scratch<Slot> slots(statement.scratch());
    bool room = true;
    rows.ForEach([&](Slot slot) { return room = slots.Push(slot); });
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
  absl::StatusOr<Selection> found = Bind("update", true);
  if (!found.ok()) return found.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindAssignments(*table_->engine, "update", found->node(), assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*found, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", found->node(), slot, *formulas, statement);
  });
}

absl::StatusOr<size_t> Query<void>::UpdateMembers(
    absl::Span<const internal::MemberAssignment> assignments) const {
  absl::StatusOr<Selection> found = Bind("update", true);
  if (!found.ok()) return found.status();
  absl::StatusOr<std::vector<Formula>> formulas =
      BindMembers(*table_->engine, "update", internal::StructView::Of(*table_), assignments);
  if (!formulas.ok()) return formulas.status();
  return UpdateEach(*found, [&](Slot slot, Statement& statement) {
    return GatherFormulas("update", found->node(), slot, *formulas, statement);
  });
}

}  // namespace tenon
