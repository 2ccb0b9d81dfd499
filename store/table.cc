#include "tenon/table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/value_cell.h"
#include "store/violation_text.h"

namespace tenon {

using internal::Cell;
using internal::CellOf;
using internal::CheckedCell;
using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::Engine;
using internal::kNoSlot;
using internal::Pledge;
using internal::Statement;
using internal::TableNode;
using internal::ValueOf;

absl::Status Table<void>::status() const { return CheckHandle(*view_, status_, "use", false); }

std::string_view Table<void>::name() const {
  return status().ok() ? std::string_view(view_->node->name) : "";
}

// ---- Rows in ----

absl::StatusOr<Ref<>> Table<void>::Insert(absl::Span<const NamedValue> row,
                                          absl::Span<const Link<>> links) const {
  return InsertRow(row, links);
}

absl::StatusOr<Ref<>> Table<void>::InsertRow(const internal::GivenRow& row,
                                             absl::Span<const Link<>> links) const {
  if (absl::Status s = CheckHandle(*view_, status_, "insert", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  Slot slot = 0;
  absl::Status status = engine.Run("insert", [&](Statement& statement) {
    return GatherInsert(engine, "insert", node, row, links, 0, statement, &slot);
  });
  if (!status.ok()) return status;
  return internal::RefAt(node.rows.stamps(), slot);
}

absl::StatusOr<RefList<>> Table<void>::InsertAll(const std::vector<Row>& rows) const {
  if (absl::Status s = CheckHandle(*view_, status_, "insert", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  RefList<> refs;
  absl::Status status = engine.Run("insert", [&](Statement& statement) -> absl::Status {
    for (size_t i = 0; i < rows.size(); ++i) {
      Slot slot = 0;
      if (absl::Status s = GatherInsert(engine, "insert", node, rows[i], {}, i, statement, &slot); !s.ok())
        return s;
      refs.push_back(internal::RefAt(node.rows.stamps(), slot));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return refs;
}

namespace {

// The view of an edge as this table's handle may use it.
const internal::EdgeView& ViewOf(const Edge& edge, const internal::TableView& table) {
  return table.engine == nullptr ? edge.read_only_view : edge.view;
}

// One column of a bulk insert, ready to be read row by row.
class ColumnReader {
 public:
  using Kind = ColumnValues::Kind;
  ColumnReader(const TableNode& node, uint32_t column, const ColumnValues* values)
      : column_(column), values_(values), kind_(values->kind()) {
    const Type type = node.columns[column].type;
    const bool fits = kind_ == Kind::kInt32    ? internal::IsInteger(type)
                      : kind_ == Kind::kInt64  ? type == Type::kInt64
                      : kind_ == Kind::kDouble ? type == Type::kDouble
                                               : kind_ == Kind::kString && type == Type::kString;
    is_plain_ = fits;
  }
  uint32_t column() const { return column_; }

  // Reads numbers and strings that fit as they are; all else, and what is wrong with it, by way of a Value.
  absl::Status Read(const Engine& engine, const TableNode& node, size_t row, Cell* cell) {
    if (is_plain_) {
      if (kind_ == Kind::kInt64) {
        *cell = Cell::OfInt(static_cast<const int64_t*>(values_->data())[row]);
        return absl::OkStatus();
      }
      if (kind_ == Kind::kInt32) {
        *cell = Cell::OfInt(static_cast<const int32_t*>(values_->data())[row]);
        return absl::OkStatus();
      }
      if (kind_ == Kind::kDouble) {
        *cell = Cell::OfBits(std::bit_cast<uint64_t>(static_cast<const double*>(values_->data())[row]));
        return absl::OkStatus();
      }
      if (const std::string_view text = values_->TextAt(row); text.size() <= engine.options().text_limit) {
        *cell = Cell::OfText(internal::Text(text));
        return absl::OkStatus();
      }
    }
    held_ = kind_ == Kind::kInt32    ? Value(static_cast<const int32_t*>(values_->data())[row])
            : kind_ == Kind::kInt64  ? Value(static_cast<const int64_t*>(values_->data())[row])
            : kind_ == Kind::kDouble ? Value(static_cast<const double*>(values_->data())[row])
            : kind_ == Kind::kString ? Value(values_->TextAt(row))
                                     : values_->ValueAt(row);
    absl::StatusOr<Cell> checked = CheckedCell(engine, "insert", node, column_, held_, row);
    if (checked.ok()) *cell = *checked;
    return checked.status();
  }

 private:
  uint32_t column_;
  const ColumnValues* values_;
  Kind kind_;
  bool is_plain_;
  Value held_;
};

}  // namespace

absl::StatusOr<RefList<>> Table<void>::InsertColumns(absl::Span<const NamedColumn> columns) const {
  if (absl::Status s = CheckHandle(*view_, status_, "insert", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  RefList<> refs;
  absl::Status status = engine.Run("insert", [&](Statement& statement) -> absl::Status {
    std::vector<ColumnReader> readers;
    for (const NamedColumn& given : columns) {
      const absl::StatusOr<uint32_t> found =
          ColumnOf("insert", node, given.column, 0, static_cast<uint32_t>(readers.size()));
      if (!found.ok()) return found.status();
      for (const ColumnReader& reader : readers) {
        if (reader.column() == *found) return TypeError("insert", node, given.column, "is given twice", 0);
      }
      if (given.values.size() != columns[0].values.size()) {
        return TypeError("insert", node, given.column,
                         absl::StrCat("has ", given.values.size(), " values where ",
                                      internal::Absl(columns[0].column), " has ", columns[0].values.size()),
                         0);
      }
      readers.emplace_back(node, *found, &given.values);
    }
    const size_t rows = columns.empty() ? 0 : columns[0].values.size();
    refs.reserve(rows);
    for (size_t i = 0; i < rows; ++i) {
      const absl::Span<Cell> cells = engine.RowBuffer(node);
      for (ColumnReader& reader : readers) {
        if (absl::Status s = reader.Read(engine, node, i, &cells[reader.column()]); !s.ok()) return s;
      }
      Slot slot = 0;
      if (absl::Status s = statement.Insert(node, cells, {}, &slot); !s.ok()) return s;
      refs.push_back(internal::RefAt(node.rows.stamps(), slot));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return refs;
}

// ---- Rows out ----

absl::StatusOr<Value> Table<void>::Get(Ref<> ref, std::string_view column) const {
  if (absl::Status s = status(); !s.ok()) return s;
  const TableNode& node = *view_->node;
  if (absl::Status s = CheckRef(node, ref, "get"); !s.ok()) return s;
  const absl::StatusOr<uint32_t> c = ColumnOf("get", node, column);
  if (!c.ok()) return c.status();
  return ValueOf(node.rows.Get(ref.slot(), *c), node.columns[*c].type);
}

absl::StatusOr<std::vector<Value>> Table<void>::Get(Ref<> ref) const {
  if (absl::Status s = status(); !s.ok()) return s;
  const TableNode& node = *view_->node;
  if (absl::Status s = CheckRef(node, ref, "get"); !s.ok()) return s;
  std::vector<Value> values;
  for (uint32_t c = 0; c < node.columns.size(); ++c) {
    values.push_back(ValueOf(node.rows.Get(ref.slot(), c), node.columns[c].type));
  }
  return values;
}

Ref<> Table<void>::Find(std::string_view column, const Value& value) const {
  const NamedValue key = {column, value};
  return Find({&key, 1});
}

Ref<> Table<void>::Find(absl::Span<const NamedValue> key) const {
  if (!status().ok() || key.empty()) return {};
  const TableNode& node = *view_->node;
  absl::InlinedVector<uint32_t, 4> columns;
  absl::InlinedVector<Cell, 4> cells;
  for (const NamedValue& part : key) {
    const int found = node.FindColumn(part.column);
    if (found < 0 || part.value.is_null()) return {};
    const auto c = static_cast<uint32_t>(found);
    if (!internal::Fits(part.value, node.columns[c].type)) return {};
    columns.push_back(c);
    cells.push_back(CellOf(part.value, node.columns[c].type));
  }
  return FindRow(columns, cells);
}

// Requires: no cell is null.
Ref<> Table<void>::FindRow(absl::Span<const uint32_t> columns, absl::Span<const Cell> cells) const {
  const TableNode& node = *view_->node;
  for (size_t i = 1; i < columns.size(); ++i) {
    if (internal::Contains(columns.subspan(0, i), columns[i])) return {};
  }
  absl::InlinedVector<Cell, 4> ordered;  // the cells in the order of a key or index
  const auto is_over = [&](absl::Span<const uint32_t> index) {
    ordered.clear();
    for (const uint32_t c : index) {
      const auto at = std::find(columns.begin(), columns.end(), c);
      if (at == columns.end()) return false;
      ordered.push_back(cells[static_cast<size_t>(at - columns.begin())]);
    }
    return ordered.size() == columns.size();
  };
  const auto row = [&](Slot slot) { return slot == kNoSlot ? Ref<>() : RefAt(node.rows.stamps(), slot); };
  for (const uint32_t k : node.roles[columns[0]].keys) {
    const internal::Key& key = node.rows.keys()[k];
    if (is_over(key.columns)) return row(node.rows.Find(key, ordered));
  }
  for (const Edge* edge : node.roles[columns[0]].out) {
    if (!is_over(edge->foreign_key)) continue;
    Slot first = kNoSlot;
    if (const uint32_t found = edge->FindNode(ordered); found != kNoSlot) {
      edge->EachChild(found, [&](Slot child) {
        first = std::min(first, child);
        return true;
      });
    }
    return row(first);
  }
  for (Ref<> ref : *this) {
    if (node.rows.IsShown(ref.slot()) && node.rows.HasCells(columns, ref.slot(), cells)) return ref;
  }
  return {};
}

tenon::Lookup<> Table<void>::Lookup(absl::Span<const std::string_view> columns) const {
  if (absl::Status s = status(); !s.ok()) return tenon::Lookup<>(s);
  absl::InlinedVector<uint32_t, 4> found;
  for (const std::string_view column : columns) {
    const absl::StatusOr<uint32_t> c = ColumnOf("look up", *view_->node, column);
    if (!c.ok()) return tenon::Lookup<>(c.status());
    found.push_back(*c);
  }
  return LookupColumns(found);
}

tenon::Lookup<> Table<void>::LookupColumns(absl::Span<const uint32_t> columns) const {
  const TableNode& node = *view_->node;
  for (const internal::Key& key : node.rows.keys()) {
    if (key.columns.empty() || key.one_to_one) continue;
    if (columns == absl::MakeConstSpan(key.columns)) return tenon::Lookup<>(view_, &key, key.generation);
  }
  return tenon::Lookup<>(internal::SimpleError(
      ViolationCode::kHandle,
      absl::StrCat(node.name, " has no primary or unique key over these columns in this order")));
}

absl::StatusOr<Table<void>::FoundColumn> Table<void>::FindColumn(std::string_view column, Type type,
                                                                 bool text) const {
  if (absl::Status s = status(); !s.ok()) return s;
  const TableNode& node = *view_->node;
  const absl::StatusOr<uint32_t> found = ColumnOf("column", node, column);
  if (!found.ok()) return found.status();
  const Type is = node.columns[*found].type;
  if (text ? !internal::IsText(is) : is != type) {
    return TypeError(
        "column", node, column,
        absl::StrCat("is a ", std::string(TypeName(is)), ", not a ", std::string(TypeName(type))), 0);
  }
  const internal::Column& cells = node.rows.column(*found);
  return FoundColumn{*found, &cells.cells(), cells.valid(),
                     view_->engine == nullptr ? &internal::kShutDoor : &cells.door()};
}

// ---- Rows changed ----

absl::Status Table<void>::Set(Ref<> ref, std::string_view column, Value value) const {
  if (absl::Status s = CheckHandle(*view_, status_, "update", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  return engine.Run("update", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(node, ref, "update"); !s.ok()) return s;
    const absl::StatusOr<uint32_t> c = ColumnOf("update", node, column);
    if (!c.ok()) return c.status();
    const absl::StatusOr<Cell> cell = CheckedCell(engine, "update", node, *c, value, 0);
    if (!cell.ok()) return cell.status();
    return statement.Update(node, ref.slot(), {&*c, 1}, {&*cell, 1});
  });
}

absl::Status Table<void>::Update(Ref<> ref, absl::Span<const Assignment<>> assignments) const {
  if (absl::Status s = CheckHandle(*view_, status_, "update", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  return engine.Run("update", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(node, ref, "update"); !s.ok()) return s;
    return GatherUpdate(engine, "update", node, ref.slot(), assignments, statement);
  });
}

absl::StatusOr<Ref<>> Table<void>::Upsert(absl::Span<const NamedValue> row) const { return UpsertRow(row); }

absl::StatusOr<Ref<>> Table<void>::UpsertRow(const internal::GivenRow& row) const {
  if (absl::Status s = CheckHandle(*view_, status_, "upsert", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  Slot slot = kNoSlot;
  absl::Status status = engine.Run("upsert", [&](Statement& statement) -> absl::Status {
    const absl::Span<Cell> cells = engine.RowBuffer(node);
    if (absl::Status s = FillCells(engine, "upsert", node, row, 0, cells); !s.ok()) return s;
    for (const internal::Key& key : node.rows.keys()) {
      if (!key.primary) continue;
      absl::InlinedVector<Cell, 4> values;
      for (const uint32_t c : key.columns) {
        const Cell& cell = cells[c].is_absent() ? node.defaults[c] : cells[c];
        if (cell.state == Cell::State::kValue) values.push_back(cell);
      }
      if (values.size() == key.columns.size()) slot = node.rows.Find(key, values);
    }
    if (slot == kNoSlot) return statement.Insert(node, cells, {}, &slot);
    return GatherCells(node, slot, cells, statement);
  });
  if (!status.ok()) return status;
  return internal::RefAt(node.rows.stamps(), slot);
}

absl::Status Table<void>::Erase(Ref<> ref) const { return EraseAll({&ref, 1}); }

absl::Status Table<void>::EraseAll(absl::Span<const Ref<>> refs) const {
  if (absl::Status s = CheckHandle(*view_, status_, "erase", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  return view_->engine->Run("erase", [&](Statement& statement) -> absl::Status {
    for (size_t i = 0; i < refs.size(); ++i) {
      if (absl::Status s = CheckRef(node, refs[i], "erase", i); !s.ok()) return s;
      if (absl::Status s = statement.Erase(node, refs[i].slot()); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

absl::Status Table<void>::Clear() const {
  if (absl::Status s = CheckHandle(*view_, status_, "clear", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  return view_->engine->Run("clear", [&](Statement& statement) { return GatherAll(node, statement); });
}

absl::StatusOr<ErasePlan> Table<void>::PlanErase(Ref<> ref) const {
  if (absl::Status s = CheckHandle(*view_, status_, "erase", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  if (absl::Status s = CheckRef(node, ref, "erase"); !s.ok()) return s;
  return view_->engine->Plan("erase",
                             [&](Statement& statement) { return statement.Erase(node, ref.slot()); });
}

// ---- Edges ----

ToOne<> Table<void>::BelongsTo(std::string_view association) const {
  if (absl::Status s = status(); !s.ok()) return ToOne<>(s);
  for (const Edge* edge : view_->node->out) {
    if (!edge->is_index() && edge->def.as == association) return ToOne<>(&ViewOf(*edge, *view_), false);
  }
  return ToOne<>(internal::SimpleError(
      ViolationCode::kHandle, absl::StrCat(view_->node->name, " has no belongsTo \"",
                                           internal::Absl(association), "\" (schema() lists them)")));
}

ToMany<> Table<void>::HasMany(std::string_view inverse) const {
  if (absl::Status s = status(); !s.ok()) return ToMany<>(s);
  for (const Edge* edge : view_->node->in) {
    if (!inverse.empty() && edge->def.inverse.name == inverse) {
      return ToMany<>(&ViewOf(*edge, *view_));
    }
  }
  return ToMany<>(internal::SimpleError(
      ViolationCode::kHandle,
      absl::StrCat(view_->node->name, " has no inverse \"", internal::Absl(inverse),
                   "\" (name it with .inverse = HasMany(...), or ask by child table)")));
}

ToOne<> Table<void>::HasOne(std::string_view inverse) const {
  if (absl::Status s = status(); !s.ok()) return ToOne<>(s);
  for (const Edge* edge : view_->node->in) {
    if (!inverse.empty() && edge->def.inverse.name == inverse && edge->def.inverse.one) {
      return ToOne<>(&ViewOf(*edge, *view_), true);
    }
  }
  return ToOne<>(internal::SimpleError(
      ViolationCode::kHandle, absl::StrCat(view_->node->name, " has no has-one \"", internal::Absl(inverse),
                                           "\" (declare it with .inverse = HasOne(...))")));
}

ToMany<> Table<void>::HasMany(const Table<>& child, std::string_view association) const {
  if (absl::Status s = status(); !s.ok()) return ToMany<>(s);
  if (absl::Status s = child.status(); !s.ok()) return ToMany<>(s);
  for (const Edge* edge : view_->node->in) {
    if (edge->child == child.view_->node && edge->def.as == association) {
      return ToMany<>(&ViewOf(*edge, *view_));
    }
  }
  return ToMany<>(internal::SimpleError(
      ViolationCode::kHandle, absl::StrCat(child.view_->node->name, " has no belongsTo \"",
                                           internal::Absl(association), "\" to ", view_->node->name)));
}

ManyToMany<> Table<void>::Through(const ToMany<>& pairs, const ToOne<>& other) const {
  if (absl::Status s = status(); !s.ok()) return ManyToMany<>(std::move(s));
  if (pairs.status().ok() && pairs.edge()->edge->target != view_->node) {
    return ManyToMany<>(internal::SimpleError(
        ViolationCode::kHandle, absl::StrCat("through: ", pairs.edge()->edge->def.name,
                                             " does not lead from ", internal::Absl(name()), " to pairs")));
  }
  return ManyToMany<>(pairs, other);
}

}  // namespace tenon
