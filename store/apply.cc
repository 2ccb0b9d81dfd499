#include "store/apply.h"

#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "store/value_cell.h"
#include "store/violation_text.h"

namespace tenon::internal {
namespace {

constexpr std::string_view kVerb = "apply";

absl::StatusOr<TableNode*> TableOf(Engine& engine, const std::string& name) {
  TableNode* table = engine.catalog().Find(name);
  if (table != nullptr) return table;
  return SimpleError(ViolationCode::kHandle, absl::StrCat("apply: there is no table \"", name, "\""));
}

absl::Status Differs(const TableNode& table, const std::vector<Value>& key, const std::string& what) {
  std::string text;
  for (const Value& value : key) absl::StrAppend(&text, text.empty() ? "" : ", ", value.ToString());
  return SimpleError(ViolationCode::kStale,
                     absl::StrCat("apply: ", table.name, " (", text, ") ", what,
                                  " (a change set goes on top of the state that it was made from)"));
}

// The live row with this primary key, or kNoSlot; also where the values can't be its key.
Slot FindRow(const TableNode& table, const std::vector<Value>& values) {
  for (const Key& key : table.rows.keys()) {
    if (!key.primary || key.columns.size() != values.size()) continue;
    absl::InlinedVector<Cell, 4> cells;
    for (size_t i = 0; i < values.size(); ++i) {
      const Type type = table.columns[key.columns[i]].type;
      if (values[i].is_null() || !Fits(values[i], type)) return kNoSlot;
      cells.push_back(CellOf(values[i], type));
    }
    return table.rows.Find(key, cells);
  }
  return kNoSlot;
}

absl::Status GatherRow(Engine& engine, const RowChange& change, Statement& statement) {
  const absl::StatusOr<TableNode*> found = TableOf(engine, change.table);
  if (!found.ok()) return found.status();
  TableNode& table = **found;
  if (change.kind == RowChange::Kind::kInsert) {
    const absl::Span<Cell> cells = engine.RowBuffer(table);
    for (const CellChange& cell : change.cells) {
      const absl::StatusOr<uint32_t> column = ColumnOf(kVerb, table, cell.column);
      if (!column.ok()) return column.status();
      const absl::StatusOr<Cell> after = CheckedCell(engine, kVerb, table, *column, cell.after, 0);
      if (!after.ok()) return after.status();
      cells[*column] = *after;
    }
    Slot slot = 0;
    return statement.Insert(table, cells, {}, &slot);
  }
  const Slot slot = FindRow(table, change.key_before);
  if (slot == kNoSlot) return Differs(table, change.key_before, "is not there");
  absl::InlinedVector<uint32_t, 8> columns;
  absl::InlinedVector<Cell, 8> cells;
  for (const CellChange& cell : change.cells) {
    const absl::StatusOr<uint32_t> column = ColumnOf(kVerb, table, cell.column);
    if (!column.ok()) return column.status();
    const absl::StatusOr<Cell> before = CheckedCell(engine, kVerb, table, *column, cell.before, 0);
    if (!before.ok()) return before.status();
    if (!SameCell(table.columns[*column].type, table.rows.Get(slot, *column), *before))
      return Differs(table, change.key_before, absl::StrCat("holds something else in ", cell.column));
    const absl::StatusOr<Cell> after = CheckedCell(engine, kVerb, table, *column, cell.after, 0);
    if (!after.ok()) return after.status();
    columns.push_back(*column);
    cells.push_back(*after);
  }
  return change.kind == RowChange::Kind::kErase ? statement.Erase(table, slot)
                                                : statement.Update(table, slot, columns, cells);
}

}  // namespace

absl::Status GatherChanges(Engine& engine, const ChangeSet& changes, Statement& statement) {
  for (const CounterChange& counter : changes.counters) {
    const absl::StatusOr<TableNode*> table = TableOf(engine, counter.table);
    if (!table.ok()) return table.status();
    if ((*table)->counter != counter.before) return Differs(**table, {}, "has another counter");
    const int column = (*table)->auto_column;
    const bool narrow = column >= 0 && (*table)->columns[static_cast<size_t>(column)].type == Type::kInt32;
    if (column < 0 || counter.after < 0 || (narrow && counter.after > INT32_MAX))
      return TypeError(kVerb, **table, "", "can't have this counter", 0);
  }
  for (const RowChange& row : changes.rows) {
    if (absl::Status s = GatherRow(engine, row, statement); !s.ok()) return s;
  }
  for (const CounterChange& counter : changes.counters) {
    const absl::StatusOr<TableNode*> table = TableOf(engine, counter.table);
    if (absl::Status s = statement.SetCounter(**table, counter.after); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
