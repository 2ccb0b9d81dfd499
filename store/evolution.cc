// The schema of a running database: defined as units, extended over rows that are there, taken apart. Rows are checked
// before anything is kept; what fails is taken back.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/resolve.h"
#include "store/value_cell.h"
#include "store/violation_status.h"
#include "store/violation_text.h"

namespace tenon::internal {
namespace {

constexpr std::string_view kNoMemory =
    "no memory (Options::memory_limit, or the system's); nothing was changed";

}  // namespace

absl::Status Engine::MayChangeSchema(std::string_view verb) const {
  if (absl::Status s = MayWrite(verb); !s.ok()) return s;
  if (transactions_.empty()) return absl::OkStatus();
  return SimpleError(
      ViolationCode::kTransaction,
      absl::StrCat(Absl(verb), ": a transaction is open (the schema changes outside of transactions)"));
}

void Engine::SchemaChanged() {
  ++catalog_.shared.version;
  catalog_.shared.ShutDoors();
  last_effects_.clear();  // tables may get the numbers of others
  statement_.deferred.clear();
  for (const auto& edge : catalog_.edges) {
    if (!edge->dropped && edge->def.enforced && edge->def.deferred) statement_.deferred.push_back(edge.get());
  }
}

absl::Status Engine::CreateTables(const std::vector<TableDef>& defs) {
  if (absl::Status s = MayChangeSchema("create"); !s.ok()) return s;
  absl::StatusOr<std::vector<TableInfo>> resolved = ResolveTables(catalog_.DescribeSchema(), defs, options_);
  if (!resolved.ok()) return resolved.status();
  std::vector<TableNode*> tables;
  size_t edges = 0;
  const auto take_back = [&](std::string_view what) {
    for (; edges > 0; --edges) catalog_.TakeBackEdge();
    for (TableNode* table : tables) catalog_.DropTable(table);
    return LimitError("create", what);
  };
  for (const TableInfo& info : *resolved) {
    if (info.keys.size() + info.belongs_to.size() >= (1u << kPartBits)) {
      return take_back(absl::StrCat(info.name, ": too many keys and edges"));
    }
    tables.push_back(catalog_.AddTable(info, this));
    if (tables.back() == nullptr) {
      tables.pop_back();
      return take_back("no memory, or no more table numbers");
    }
    for (const KeyInfo& key : info.keys) {
      if (!key.unique && catalog_.AddIndex(tables.back(), key) == nullptr)
        return take_back("no memory, or no more edge numbers");
    }
  }
  for (const TableInfo& info : *resolved) {
    for (const BelongsToDef& def : info.belongs_to) {
      if (catalog_.AddEdge(catalog_.Find(info.name), def) == nullptr)
        return take_back("no memory, or no more edge numbers");
      ++edges;
    }
  }
  SchemaChanged();
  return absl::OkStatus();
}

// ---- Columns ----

absl::Status Engine::AppendColumn(TableNode& table, const ColumnDef& column) {
  if (table.rows.AddColumn(column.type, !column.not_null) == nullptr)
    return LimitError("add column", kNoMemory);
  table.columns.push_back(column);
  table.Refresh();
  const auto c = static_cast<uint32_t>(table.columns.size() - 1);
  absl::Status status = FillColumn(table, c);
  if (!status.ok()) TakeBackColumn(table);
  return status;
}

void Engine::TakeBackColumn(TableNode& table) {
  table.columns.pop_back();
  table.rows.DropLastColumn();
  table.Refresh();
}

// Default values, or numbers in slot order. Rows that are gone get the default too: every slot has a cell.
absl::Status Engine::FillColumn(TableNode& table, uint32_t c) {
  const bool number = static_cast<int>(c) == table.auto_column;
  const int64_t last = table.columns[c].type == Type::kInt32 ? INT32_MAX : INT64_MAX;
  int64_t counter = 0;
  Column& column = table.rows.column(c);
  for (Slot slot = 0; slot < table.rows.top(); ++slot) {
    Cell cell = number ? Cell::OfInt(0) : table.defaults[c];
    if (number && table.rows.IsAlive(slot)) {
      if (counter >= last) return RangeError("add column", table, c, slot);
      cell = Cell::OfInt(++counter);
    }
    if (cell.is_null() && table.columns[c].not_null)
      cell = Cell::OfText(Text());  // a slot without a row: zero or empty
    if (!column.Prepare(slot, cell)) return LimitError("add column", kNoMemory);
    column.Write(slot, cell);
    if (!table.rows.IsAlive(slot) && IsText(column.type())) column.CountDead(slot, column.Raw<Text>(slot));
  }
  if (number) table.counter = counter;
  return absl::OkStatus();
}

absl::Status Engine::AddColumn(TableNode& table, ColumnDef def) {
  if (absl::Status s = MayChangeSchema("add column"); !s.ok()) return s;
  absl::StatusOr<ColumnDef> column =
      ResolveColumn(catalog_.DescribeSchema(), table.name, std::move(def), options_);
  if (!column.ok()) return column.status();
  if (column->not_null && !column->auto_increment && column->default_value.is_null() &&
      table.rows.size() > 0) {
    Violation v;
    v.code = ViolationCode::kNotNull;
    v.child_table = table.name;
    v.constraint = absl::StrCat(table.name, ".", column->name);
    v.columns = {column->name};
    v.children = table.rows.size();
    v.message =
        absl::StrCat("add column ", v.constraint, ": it is required and has no default, and ", v.children,
                     v.children == 1 ? " row is there" : " rows are there", " (give it a default_value)");
    return MakeStatus({v});
  }
  return AppendColumn(table, *column);
}

// ---- Keys ----

// Puts the rows that are there into a new key; counts those whose key another row has already.
absl::Status Engine::FillKey(std::string_view verb, TableNode& table, uint32_t index) {
  Key& key = table.rows.keys()[index];
  size_t duplicates = 0;
  Slot first = kNoSlot;
  for (Slot slot = 0; slot < table.rows.top(); ++slot) {
    if (!table.rows.IsAlive(slot) || table.rows.HasNull(key.columns, slot)) continue;
    const KeyProbe probe = table.rows.Probe(key.columns, slot);
    if (table.rows.Find(key, probe, table.rows, key.columns, slot) != kNoSlot) {
      if (duplicates++ == 0) first = slot;
      continue;
    }
    if (!table.rows.PrepareAdd(key, probe)) return LimitError(verb, kNoMemory);
    key.index.Add(probe, slot);
  }
  if (duplicates == 0) return absl::OkStatus();
  Violation v = GetViolations(UniqueError(verb, table, key, first, 0))[0];
  v.children = duplicates;
  v.message =
      absl::StrCat(Absl(verb), " ", key.name, ": ", duplicates, duplicates == 1 ? " row has" : " rows have",
                   " a key that another row has, first ", RowText(table, first), " with ",
                   KeyText(v.columns, v.key), " (make them differ first; NULLs never collide)");
  return MakeStatus({v});
}

absl::Status Engine::AddUnique(TableNode& table, const std::vector<std::string>& columns) {
  if (absl::Status s = MayChangeSchema("add unique"); !s.ok()) return s;
  absl::StatusOr<KeyInfo> info = ResolveKey(catalog_.DescribeSchema(), table.name, columns, /*unique=*/true);
  if (!info.ok()) return info.status();
  std::vector<uint32_t> key_columns;
  for (const std::string& c : info->columns)
    key_columns.push_back(static_cast<uint32_t>(table.FindColumn(c)));
  const int key = table.rows.AddKey(info->constraint, std::move(key_columns));
  if (key < 0) return LimitError("add unique", absl::StrCat(table.name, ": too many keys"));
  absl::Status status = FillKey("add unique", table, static_cast<uint32_t>(key));
  if (!status.ok()) table.rows.DropKey(static_cast<uint32_t>(key));
  table.Refresh();
  catalog_.shared.ShutDoors();
  return status;
}

absl::Status Engine::DropUnique(TableNode& table, std::string_view constraint) {
  if (absl::Status s = MayChangeSchema("drop unique"); !s.ok()) return s;
  if (absl::Status s = CheckDropUnique(catalog_.DescribeSchema(), table.name, constraint); !s.ok()) return s;
  for (uint32_t k = 0; k < table.rows.keys().size(); ++k) {
    const Key& key = table.rows.keys()[k];
    if (!key.columns.empty() && !key.one_to_one && key.name == constraint) table.rows.DropKey(k);
  }
  table.Refresh();
  return absl::OkStatus();
}

// ---- Edges ----

// Links the rows that are there; counts those that lead nowhere.
absl::Status Engine::LinkRows(std::string_view verb, Edge& edge) {
  size_t dangling = 0;
  Slot first = kNoSlot;
  const RowStore& rows = *edge.child_rows;
  for (Slot slot = 0; slot < rows.top(); ++slot) {
    if (!rows.IsAlive(slot) || rows.HasNull(edge.foreign_key, slot)) continue;
    uint32_t node = edge.target_rows->Find(*edge.key, rows, edge.foreign_key, slot);
    if (node == kNoSlot) {
      if (edge.def.enforced) {
        if (dangling++ == 0) first = slot;
        continue;
      }
      node = edge.FindGhost(rows, edge.foreign_key, slot);
      if (node == kNoSlot) {
        if (!edge.PrepareGhost(slot)) return LimitError(verb, kNoMemory);
        node = edge.NewGhost(slot);
      }
    }
    if (!edge.PrepareLink(slot, node)) return LimitError(verb, kNoMemory);
    edge.Link(slot, node);
  }
  if (dangling == 0) return absl::OkStatus();
  Violation v = GetViolations(MissingTargetError(verb, edge, first, kNoSlot, 0))[0];
  v.children = dangling;
  v.message = absl::StrCat(
      Absl(verb), " ", edge.def.name, ": ", dangling, dangling == 1 ? " row refers" : " rows refer",
      " to missing rows of ", edge.target->name, ", first ", RowText(*edge.child, first), " with ",
      KeyText(v.columns, v.key), " (insert the targets or null the keys first; or .enforced = false)");
  return MakeStatus({v});
}

absl::Status Engine::AddIndex(TableNode& table, const std::vector<std::string>& columns) {
  if (absl::Status s = MayChangeSchema("add index"); !s.ok()) return s;
  const absl::StatusOr<KeyInfo> info =
      ResolveKey(catalog_.DescribeSchema(), table.name, columns, /*unique=*/false);
  if (!info.ok()) return info.status();
  Edge* index = catalog_.AddIndex(&table, *info);
  if (index == nullptr) return LimitError("add index", kNoMemory);
  absl::Status status = LinkRows("add index", *index);
  if (!status.ok()) catalog_.TakeBackEdge();
  catalog_.shared.ShutDoors();
  return status;
}

absl::Status Engine::DropIndex(TableNode& table, std::string_view constraint) {
  if (absl::Status s = MayChangeSchema("drop index"); !s.ok()) return s;
  for (Edge* edge : table.out) {
    if (!edge->is_index() || edge->def.name != constraint) continue;
    catalog_.DropEdge(edge);
    return absl::OkStatus();
  }
  return SimpleError(ViolationCode::kHandle, absl::StrCat("drop index: ", table.name, " has no index \"",
                                                          Absl(constraint), "\" (schema() lists them)"));
}

absl::StatusOr<Edge*> Engine::AddBelongsTo(TableNode& table, BelongsToDef def) {
  constexpr std::string_view kVerb = "add belongsTo";
  if (absl::Status s = MayChangeSchema(kVerb); !s.ok()) return s;
  absl::StatusOr<ResolvedBelongsTo> resolved =
      ResolveBelongsTo(catalog_.DescribeSchema(), table.name, std::move(def), options_);
  if (!resolved.ok()) return resolved.status();
  size_t columns = 0;
  const auto take_back = [&] {
    for (; columns > 0; --columns) TakeBackColumn(table);
  };
  for (const ColumnDef& column : resolved->added_columns) {
    if (absl::Status s = AppendColumn(table, column); !s.ok()) {
      take_back();
      return s;
    }
    ++columns;
  }
  Edge* edge = catalog_.AddEdge(&table, resolved->edge);
  if (edge == nullptr) {
    take_back();
    return LimitError(kVerb, kNoMemory);
  }
  absl::Status status;
  for (uint32_t k = 0; k < table.rows.keys().size(); ++k) {
    const Key& key = table.rows.keys()[k];
    if (key.one_to_one && key.name == edge->def.name && status.ok()) status = FillKey(kVerb, table, k);
  }
  if (status.ok()) status = LinkRows(kVerb, *edge);
  if (!status.ok()) {
    catalog_.TakeBackEdge();
    take_back();
    return status;
  }
  SchemaChanged();
  return edge;
}

absl::Status Engine::DropBelongsTo(TableNode& table, std::string_view association) {
  if (absl::Status s = MayChangeSchema("drop belongsTo"); !s.ok()) return s;
  for (Edge* edge : table.out) {
    if (edge->is_index() || edge->def.as != association) continue;
    catalog_.DropEdge(edge);
    SchemaChanged();
    return absl::OkStatus();
  }
  return SimpleError(ViolationCode::kHandle, absl::StrCat("drop belongsTo: ", table.name,
                                                          " has no belongsTo \"", Absl(association), "\""));
}

absl::Status Engine::DropTable(std::string_view name) {
  if (absl::Status s = MayChangeSchema("drop table"); !s.ok()) return s;
  if (absl::Status s = CheckDropTable(catalog_.DescribeSchema(), name); !s.ok()) return s;
  catalog_.DropTable(catalog_.Find(name));
  SchemaChanged();
  return absl::OkStatus();
}

}  // namespace tenon::internal
