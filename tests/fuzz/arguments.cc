#include "tests/fuzz/arguments.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/fuzz/values.h"

namespace tenon::fuzz {
namespace {

// Writes a value for a column of a row that may have one.
void Give(Row& row, std::string_view column, Value value) {
  for (NamedValue& cell : row) {
    if (cell.column == column) {
      cell.value = std::move(value);
      return;
    }
  }
  row.push_back({column, std::move(value)});
}

}  // namespace

const TableInfo& Arguments::ReadTable() { return in_.Pick(subject_.schema().tables); }

Table<> Arguments::ReadHandle(const TableInfo& info) {
  switch (in_.Below(64)) {
    case 60:
      return {};
    case 61:
      return subject_.other().GetTable(info.name);
    case 62:
      return std::as_const(subject_.db()).GetTable(info.name);
    case 63:
      return old_tables_.empty() ? Table<>() : in_.Pick(old_tables_);
    default:
      return subject_.db().GetTable(info.name);
  }
}

const TableInfo& Arguments::ReadTableWithEdge() {
  const size_t first = in_.Below(subject_.schema().tables.size());
  for (size_t i = 0; i < subject_.schema().tables.size(); ++i) {
    const TableInfo& info = subject_.schema().tables[(first + i) % subject_.schema().tables.size()];
    if (!info.belongs_to.empty()) return info;
  }
  return subject_.schema().tables[first];
}

ToOne<> Arguments::ReadToOne(const TableInfo& info) {
  const Table<> table = ReadHandle(info);
  const size_t kind = in_.Below(32);
  for (const InverseInfo& edge : info.inverses) {
    if (kind < 8 && edge.inverse.one) return table.HasOne(edge.inverse.name);
  }
  if (info.belongs_to.empty() || kind == 31) return table.BelongsTo(ReadName(in_));
  return table.BelongsTo(in_.Pick(info.belongs_to).as);
}

Ref<> Arguments::ReadRef(std::string_view table) {
  const size_t kind = in_.Below(64);
  if (kind == 63) return {};
  if (kind == 62) return Ref<>(in_.Byte(), in_.Byte());
  if (kind == 61) return Ref<>(static_cast<Slot>(in_.Bits()), static_cast<Stamp>(in_.Bits()));
  if (kind >= 58) return old_refs_.empty() ? Ref<>() : in_.Pick(old_refs_);
  if (kind >= 30 && !births_.empty()) return births_[kind % births_.size()];
  const Table<> handle = subject_.db().GetTable(table);
  if (handle.empty()) return {};
  return *std::next(handle.begin(), static_cast<std::ptrdiff_t>(kind % handle.size()));
}

Ref<> Arguments::ReadFarRef(const ToOne<>& edge, const TableInfo& info) {
  const internal::EdgeView& view = *edge.edge();
  if (!edge.status().ok()) return ReadRef(info.name);
  return ReadRef(Table<>(edge.inverse() ? view.child : view.target).name());
}

Row Arguments::ReadRow(const TableInfo& info) {
  Row row;
  for (const ColumnDef& column : info.columns) {
    const bool left_out = column.auto_increment ? !in_.OneIn(4) : in_.OneIn(4);
    if (!left_out) row.push_back({column.name, ReadValueOf(in_, column.type)});
  }
  for (const BelongsToDef& edge : info.belongs_to) {
    const Ref<> target = in_.OneIn(2) ? ReadRef(edge.target) : Ref<>();
    for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
      absl::StatusOr<Value> value = subject_.db().GetTable(edge.target).Get(target, edge.target_key[i]);
      if (value.ok()) Give(row, edge.foreign_key[i], *std::move(value));
    }
  }
  if (in_.OneIn(32)) row.push_back({ReadName(in_), ReadValue(in_)});
  return row;
}

std::vector<Link<>> Arguments::ReadLinks(const TableInfo& info) {
  std::vector<Link<>> links;
  for (const BelongsToDef& edge : info.belongs_to) {
    if (!in_.OneIn(4)) continue;
    const Ref<> target = ReadRef(edge.target);
    links.push_back(subject_.db().GetTable(info.name).BelongsTo(edge.as).To(target));
  }
  if (in_.OneIn(32)) {
    const ToOne<> edge = ReadToOne(ReadTable());
    links.push_back(edge.To(ReadRef(info.name)));
  }
  return links;
}

std::vector<Assignment<>> Arguments::ReadAssignments(const TableInfo& info) {
  std::vector<Assignment<>> assignments;
  for (size_t i = in_.Below(4); i > 0; --i) {
    const ColumnDef& column = in_.Pick(info.columns);
    Expression value = ReadExpression(in_, info.columns, column.type);
    assignments.push_back({column.name, std::move(value)});
  }
  if (in_.OneIn(64)) assignments.push_back({ReadName(in_), ReadValue(in_)});
  return assignments;
}

void Arguments::Remember(Ref<> ref) {
  if (old_refs_.size() < 256) old_refs_.push_back(ref);
}

}  // namespace tenon::fuzz
