#include "tenon/groups.h"

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "store/accumulator.h"
#include "store/condition.h"
#include "store/selection.h"
#include "store/value_cell.h"
#include "store/violation_status.h"
#include "store/violation_text.h"

namespace tenon {
namespace internal {
namespace {

// Numbers the groups by what their rows have in common.
class Numbering {
 public:
  static absl::StatusOr<Numbering> Bind(const TableNode& table, const Grouping& grouping) {
    Numbering numbering(table);
    for (const ToOne<>& edge : grouping.edges) {
      if (absl::Status s = edge.status(); !s.ok()) return s;
      const absl::StatusOr<const TableNode*> end =
          EndOf("group", *numbering.end_, *edge.edge(), edge.inverse());
      if (!end.ok()) return end.status();
      numbering.hops_.push_back({edge.edge()->edge, edge.inverse()});
      numbering.end_ = *end;
    }
    if (!grouping.edges.empty()) return numbering;
    const int column = table.FindColumn(grouping.column);
    if (column < 0) return NoColumnError("group", table, grouping.column);
    numbering.column_ = static_cast<uint32_t>(column);
    numbering.type_ = table.columns[numbering.column_].type;
    return numbering;
  }

  // The belongsTo that alone decides the group, or null.
  const Edge* only_edge() const { return hops_.size() == 1 && !hops_[0].inverse ? hops_[0].edge : nullptr; }
  // How many groups there are; along edges, how many there can be.
  size_t size() const { return hops_.empty() ? first_.size() : end_->rows.top(); }

  // The group of a row, or nullopt. May make a new one.
  std::optional<size_t> GroupOf(Slot slot) {
    if (hops_.empty()) return GroupOfCell(slot);
    for (const Hop& hop : hops_) {
      slot = OtherEnd(*hop.edge, hop.inverse, slot);
      if (slot >= kGhost) return std::nullopt;
    }
    return slot;
  }

  // What a group is known by.
  GroupCell KeyOf(size_t group) const {
    if (hops_.empty()) return {{}, rows_->Get(first_[group], column_), type_};
    const auto slot = static_cast<Slot>(group);
    return {RefAt(end_->rows.stamps(), slot), {}, Type::kInt64};
  }
  // The groups of these numbers, in order.
  void Sort(std::vector<size_t>* groups) const {
    if (!hops_.empty()) return;
    std::sort(groups->begin(), groups->end(), [&](size_t a, size_t b) {
      return CompareCells(type_, rows_->Get(first_[a], column_), rows_->Get(first_[b], column_)) < 0;
    });
  }

 private:
  struct Hop {
    const Edge* edge;
    bool inverse;
  };
  explicit Numbering(const TableNode& table) : rows_(&table.rows), end_(&table) {}

  // -0.0 and 0.0 are one value, and so are all NaNs.
  uint64_t BitsOf(const Cell& cell) const {
    if (!IsFloating(type_)) return cell.bits;
    const double number = FloatingOf(cell, type_);
    return std::bit_cast<uint64_t>(number != number ? std::numeric_limits<double>::quiet_NaN()
                                                    : number + 0.0);
  }
  size_t GroupOfCell(Slot slot) {
    const Cell cell = rows_->Get(slot, column_);
    size_t* group = nullptr;
    if (cell.is_null()) {
      group = &null_;
    } else if (IsText(type_)) {
      group =
          &by_text_.emplace(Absl(rows_->column(column_).Raw<Text>(slot).view()), first_.size()).first->second;
    } else {
      group = &by_bits_.emplace(BitsOf(cell), first_.size()).first->second;
    }
    if (*group >= first_.size()) {
      *group = first_.size();
      first_.push_back(slot);
    }
    return *group;
  }

  const RowStore* rows_;
  const TableNode* end_;  // where the edges lead
  std::vector<Hop> hops_;
  uint32_t column_ = 0;
  Type type_ = Type::kInt64;
  std::vector<Slot> first_;  // by group: a row of it
  absl::flat_hash_map<uint64_t, size_t> by_bits_;
  absl::flat_hash_map<absl::string_view, size_t> by_text_;
  size_t null_ = SIZE_MAX;
};

// A condition on groups, bound.
struct Wanted {
  Accumulator accumulator;
  Predicate<>::Op compare;
  Cell constant;
  Type type;
  const Aggregate<>* aggregate;
};

absl::StatusOr<Wanted> BindWanted(const TableNode& table, const GroupCondition<>& condition) {
  absl::StatusOr<Accumulator> accumulator = Accumulator::Bind("having", table, condition.aggregate);
  if (!accumulator.ok()) return accumulator.status();
  Wanted wanted{*std::move(accumulator), condition.compare, Cell(), Type::kInt64, &condition.aggregate};
  if (condition.constant.is_null()) return wanted;
  wanted.type = TypeOf(condition.constant);
  wanted.constant = CellOf(condition.constant, wanted.type);
  const Type type = wanted.accumulator.result_type();
  if (IsFloating(type) && IsInteger(wanted.type)) {  // an average may be compared with 3
    wanted.constant = Cell::OfBits(std::bit_cast<uint64_t>(static_cast<double>(wanted.constant.integer())));
    wanted.type = Type::kDouble;
  }
  if (!AreComparable(type, wanted.type)) {
    return TypeError(
        "having", table, condition.aggregate.column(),
        absl::StrCat("gives a ", std::string(TypeName(type)), ", not compared with a ",
                     std::string(TypeName(wanted.type)), " (", condition.constant.ToString(), ")"),
        0);
  }
  return wanted;
}

absl::Status BeyondError(const TableNode& table, const Aggregate<>& aggregate) {
  Violation violation;
  violation.code = ViolationCode::kRange;
  violation.child_table = table.name;
  violation.columns = {aggregate.column()};
  violation.message = absl::StrCat("sum of ", table.name, ".", aggregate.column(),
                                   ": it is beyond 64 bits (ask for the Average, or sum fewer rows)");
  return MakeStatus({violation});
}

}  // namespace

Value ToValue(const GroupCell& made) { return made.cell.is_null() ? Value() : ValueOf(made.cell, made.type); }

absl::Status Grouping::Get(const Aggregate<>& aggregate, const List& list) const {
  absl::StatusOr<Selection> rows = query.Bind("group", false);
  if (!rows.ok()) return rows.status();
  const TableNode& table = rows->node();
  absl::StatusOr<Numbering> numbering = Numbering::Bind(table, *this);
  if (!numbering.ok()) return numbering.status();
  absl::StatusOr<Accumulator> bound = Accumulator::Bind("group", table, aggregate);
  if (!bound.ok()) return bound.status();
  std::vector<Wanted> wanted;
  for (const GroupCondition<>& condition : having) {
    absl::StatusOr<Wanted> one = BindWanted(table, condition);
    if (!one.ok()) return one.status();
    wanted.push_back(*std::move(one));
  }
  // Whether a group is there is a count as well.
  std::vector<Accumulator*> all = {&*bound};
  for (Wanted& w : wanted) all.push_back(&w.accumulator);
  absl::StatusOr<Accumulator> there = Accumulator::Bind("group", table, Count());
  all.push_back(&*there);

  if (const Edge* edge = numbering->only_edge(); edge != nullptr && rows->is_all()) {
    for (Accumulator* a : all) {
      a->Grow(numbering->size());
      a->AddByTarget(*edge);
    }
  } else {
    for (Accumulator* a : all) a->Grow(numbering->size());
    rows->ForEach([&](Slot slot) {
      const std::optional<size_t> group = numbering->GroupOf(slot);
      if (!group.has_value()) return true;
      for (Accumulator* a : all) {
        if (*group >= a->size()) a->Grow(*group + 1);
        a->Add(*group, slot);
      }
      return true;
    });
  }

  std::vector<size_t> groups;
  for (size_t group = 0; group < there->size(); ++group) {
    Cell count;
    there->Result(group, &count);
    bool is_wanted = count.bits > 0;
    for (const Wanted& w : wanted) {
      Cell cell;
      if (is_wanted && !w.accumulator.Result(group, &cell)) return BeyondError(table, *w.aggregate);
      is_wanted = is_wanted && Compares(w.compare, cell, w.accumulator.result_type(), w.constant, w.type);
    }
    if (is_wanted) groups.push_back(group);
  }
  numbering->Sort(&groups);
  list.reserve(list.list, groups.size());
  GroupCell value{{}, {}, bound->result_type()};
  for (const size_t group : groups) {
    if (!bound->Result(group, &value.cell)) return BeyondError(table, aggregate);
    list.emit(list.list, numbering->KeyOf(group), value);
  }
  return absl::OkStatus();
}

}  // namespace internal

absl::StatusOr<internal::GroupCell> Query<void>::MakeOne(const Aggregate<>& aggregate) const {
  absl::StatusOr<internal::Selection> rows = Bind("aggregate", false);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<internal::Accumulator> bound =
      internal::Accumulator::Bind("aggregate", rows->node(), aggregate);
  if (!bound.ok()) return bound.status();
  bound->Grow(1);
  rows->ForEach([&](Slot slot) {
    bound->Add(0, slot);
    return true;
  });
  internal::GroupCell made{{}, {}, bound->result_type()};
  if (!bound->Result(0, &made.cell)) return internal::BeyondError(rows->node(), aggregate);
  return made;
}

absl::StatusOr<Value> Query<void>::Get(const Aggregate<>& aggregate) const {
  const absl::StatusOr<internal::GroupCell> made = MakeOne(aggregate);
  if (!made.ok()) return made.status();
  return internal::ToValue(*made);
}

Groups<void, Ref<>> Query<void>::GroupBy(std::vector<ToOne<>> edges) const {
  return Groups<void, Ref<>>({.query = *this, .edges = std::move(edges)});
}

Groups<void, Value> Query<void>::GroupBy(std::string_view column) const {
  return Groups<void, Value>({.query = *this, .column = std::string(column)});
}

}  // namespace tenon
