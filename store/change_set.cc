#include "tenon/change_set.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "store/fields.h"

namespace tenon {
namespace {

using internal::FieldReader;
using internal::FieldWriter;
using Kind = RowChange::Kind;

std::string KeyText(const std::vector<Value>& key) {
  std::string out = "(";
  for (const Value& value : key) absl::StrAppend(&out, out.size() > 1 ? ", " : "", value.ToString());
  return out + ")";
}

constexpr std::string_view kMagic = "TENONCS1 ";

void Write(const RowChange& row, FieldWriter& out) {
  out.Number(static_cast<uint64_t>(row.kind));
  out.Text(row.table);
  out.Number(row.ref.slot());
  out.Number(row.ref.stamp());
  out.Write(row.key_before);
  out.Write(row.key_after);
  out.Number(row.cells.size());
  for (const CellChange& cell : row.cells) {
    out.Text(cell.column);
    out.Write(cell.before);
    out.Write(cell.after);
  }
}

RowChange ReadRow(FieldReader& in) {
  RowChange row;
  row.kind = static_cast<Kind>(in.Number(static_cast<uint64_t>(Kind::kErase)));
  row.table = in.Text();
  const auto slot = static_cast<Slot>(in.Number(UINT32_MAX));
  row.ref = Ref<>(slot, static_cast<Stamp>(in.Number(UINT32_MAX)));
  row.key_before = in.Values();
  row.key_after = in.Values();
  for (size_t left = in.Length(); in.ok() && left > 0; --left) {
    CellChange& cell = row.cells.emplace_back();
    cell.column = in.Text();
    cell.before = in.OneValue();
    cell.after = in.OneValue();
  }
  return row;
}

CounterChange ReadCounter(FieldReader& in) {
  CounterChange counter;
  counter.table = in.Text();
  counter.before = static_cast<int64_t>(in.Number());
  counter.after = static_cast<int64_t>(in.Number());
  return counter;
}

}  // namespace

ChangeSet ChangeSet::Inverse() const {
  ChangeSet inverse;
  inverse.rows.assign(rows.rbegin(), rows.rend());
  for (RowChange& row : inverse.rows) {
    if (row.kind != Kind::kUpdate) row.kind = row.kind == Kind::kInsert ? Kind::kErase : Kind::kInsert;
    std::swap(row.key_before, row.key_after);
    for (CellChange& cell : row.cells) std::swap(cell.before, cell.after);
  }
  inverse.counters = counters;
  for (CounterChange& counter : inverse.counters) std::swap(counter.before, counter.after);
  return inverse;
}

ChangeSet ChangeSet::OfTable(std::string_view table) const {
  ChangeSet part;
  for (const RowChange& row : rows) {
    if (row.table == table) part.rows.push_back(row);
  }
  for (const CounterChange& counter : counters) {
    if (counter.table == table) part.counters.push_back(counter);
  }
  return part;
}

std::string ChangeSet::ToString() const {
  std::string out;
  for (const RowChange& row : rows) {
    const bool is_new = row.kind == Kind::kInsert;
    absl::StrAppend(&out,
                    is_new                     ? "insert "
                    : row.kind == Kind::kErase ? "erase "
                                               : "update ",
                    row.table, " ", KeyText(is_new ? row.key_after : row.key_before), " {");
    std::string_view comma;
    for (const CellChange& cell : row.cells) {
      absl::StrAppend(&out, absl::string_view(comma.data(), comma.size()), cell.column, ": ");
      comma = ", ";
      if (!is_new) absl::StrAppend(&out, cell.before.ToString());
      if (row.kind == Kind::kUpdate) absl::StrAppend(&out, " -> ");
      if (row.kind != Kind::kErase) absl::StrAppend(&out, cell.after.ToString());
    }
    absl::StrAppend(&out, "}\n");
  }
  for (const CounterChange& counter : counters) {
    absl::StrAppend(&out, "counter of ", counter.table, ": ", counter.before, " -> ", counter.after, "\n");
  }
  return out;
}

std::string ChangeSet::ToBytes() const {
  FieldWriter writer(kMagic);
  writer.Number(rows.size());
  for (const RowChange& row : rows) Write(row, writer);
  writer.Number(counters.size());
  for (const CounterChange& counter : counters) {
    writer.Text(counter.table);
    writer.Number(static_cast<uint64_t>(counter.before));
    writer.Number(static_cast<uint64_t>(counter.after));
  }
  return writer.Take();
}

absl::StatusOr<ChangeSet> ChangeSet::FromBytes(std::string_view bytes) {
  const auto bad = [](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("change set: ", what));
  };
  if (bytes.substr(0, kMagic.size()) != kMagic) return bad("these bytes are of something else");
  FieldReader reader(bytes.substr(kMagic.size()));
  ChangeSet changes;
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left)
    changes.rows.push_back(ReadRow(reader));
  for (size_t left = reader.Length(); reader.ok() && left > 0; --left) {
    changes.counters.push_back(ReadCounter(reader));
  }
  if (!reader.ok()) return bad("the bytes end early, or are damaged");
  if (!reader.AtEnd()) return bad("there are bytes after its end");
  return changes;
}

}  // namespace tenon
