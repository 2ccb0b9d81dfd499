// Rows as structs: what Table<T> asks of Table<>.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/struct_view.h"
#include "store/violation_text.h"
#include "tenon/table.h"

namespace tenon {

using internal::Cell;
using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::Engine;
using internal::MemberInfo;
using internal::Statement;
using internal::StructView;
using internal::TableNode;

absl::StatusOr<RefList<>> Table<void>::InsertStructs(const void* rows, size_t count) const {
  if (absl::Status s = CheckHandle(*view_, status_, "insert", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  const size_t size = StructView::Of(*view_).info->size;
  RefList<> refs;
  refs.reserve(count);
  absl::Status status = engine.Run("insert", [&](Statement& statement) -> absl::Status {
    for (size_t i = 0; i < count; ++i) {
      Slot slot = 0;
      const internal::GivenRow row(view_, static_cast<const char*>(rows) + i * size);
      if (absl::Status s = GatherInsert(engine, "insert", node, row, {}, i, statement, &slot); !s.ok())
        return s;
      refs.push_back(internal::RefAt(node.rows.stamps(), slot));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return refs;
}

absl::Status Table<void>::GetStruct(Ref<> ref, void* row) const {
  if (absl::Status s = CheckHandle(*view_, status_, "get", false); !s.ok()) return s;
  const TableNode& node = *view_->node;
  if (absl::Status s = CheckRef(node, ref, "get"); !s.ok()) return s;
  ReadStruct(StructView::Of(*view_), ref.slot(), row);
  return absl::OkStatus();
}

absl::Status Table<void>::GetMember(Ref<> ref, uint32_t member, void* value) const {
  if (absl::Status s = CheckHandle(*view_, status_, "get", false); !s.ok()) return s;
  const TableNode& node = *view_->node;
  if (absl::Status s = CheckRef(node, ref, "get"); !s.ok()) return s;
  const StructView& view = StructView::Of(*view_);
  const int column = view.FindColumn(member);
  if (column < 0) return NoMemberError("get", node);
  view.info->Find(member)->write(node.rows.Get(ref.slot(), static_cast<uint32_t>(column)), value);
  return absl::OkStatus();
}

absl::Status Table<void>::SetMember(Ref<> ref, const internal::MemberCell& value) const {
  if (absl::Status s = CheckHandle(*view_, status_, "update", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  return engine.Run("update", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(node, ref, "update"); !s.ok()) return s;
    const int found = StructView::Of(*view_).FindColumn(value.offset);
    if (found < 0) return NoMemberError("update", node);
    const auto column = static_cast<uint32_t>(found);
    if (absl::Status s = CheckText(engine, "update", node, column, value.cell); !s.ok()) return s;
    return statement.Update(node, ref.slot(), {&column, 1}, {&value.cell, 1});
  });
}

absl::Status Table<void>::UpdateMembers(Ref<> ref,
                                        absl::Span<const internal::MemberAssignment> assignments) const {
  if (absl::Status s = CheckHandle(*view_, status_, "update", true); !s.ok()) return s;
  Engine& engine = *view_->engine;
  return engine.Run("update", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(*view_->node, ref, "update"); !s.ok()) return s;
    absl::StatusOr<std::vector<internal::Formula>> formulas =
        BindMembers(engine, "update", StructView::Of(*view_), assignments);
    if (!formulas.ok()) return formulas.status();
    return GatherFormulas("update", *view_->node, ref.slot(), *formulas, statement);
  });
}

absl::Status Table<void>::ReplaceStruct(Ref<> ref, const void* row) const {
  if (absl::Status s = CheckHandle(*view_, status_, "replace", true); !s.ok()) return s;
  TableNode& node = *view_->node;
  Engine& engine = *view_->engine;
  return engine.Run("replace", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(node, ref, "replace"); !s.ok()) return s;
    const absl::Span<Cell> cells = engine.RowBuffer(node);
    if (absl::Status s = FillCells(engine, "replace", node, {view_, row}, 0, cells); !s.ok()) return s;
    return GatherCells(node, ref.slot(), cells, statement);
  });
}

Ref<> Table<void>::FindMembers(absl::Span<const internal::MemberCell> key) const {
  if (!CheckHandle(*view_, status_, "find", false).ok() || key.empty()) return {};
  absl::InlinedVector<uint32_t, 4> columns;
  absl::InlinedVector<Cell, 4> cells;
  for (const internal::MemberCell& part : key) {
    const int column = StructView::Of(*view_).FindColumn(part.offset);
    if (column < 0 || part.cell.is_null()) return {};
    columns.push_back(static_cast<uint32_t>(column));
    cells.push_back(part.cell);
  }
  return FindRow(columns, cells);
}

tenon::Lookup<> Table<void>::LookupMembers(absl::Span<const uint32_t> members) const {
  if (absl::Status s = status(); !s.ok()) return tenon::Lookup<>(s);
  absl::InlinedVector<uint32_t, 4> columns;
  for (const uint32_t member : members) {
    columns.push_back(static_cast<uint32_t>(StructView::Of(*view_).FindColumn(member)));
  }
  return LookupColumns(columns);
}

absl::StatusOr<Table<void>::FoundColumn> Table<void>::FindMember(uint32_t member) const {
  if (absl::Status s = status(); !s.ok()) return s;
  const TableNode& node = *view_->node;
  const int found = StructView::Of(*view_).FindColumn(member);
  if (found < 0) return NoMemberError("column", node);
  const auto column = static_cast<uint32_t>(found);
  const internal::Column& cells = node.rows.column(column);
  return FoundColumn{column, &cells.cells(), cells.valid(),
                     view_->engine == nullptr ? &internal::kShutDoor : &cells.door()};
}

absl::StatusOr<const internal::EdgeView*> Table<void>::FindEdge(const Table& child, const EdgeKey& key,
                                                                const Table& target) {
  if (absl::Status s = child.status(); !s.ok()) return s;
  if (absl::Status s = target.status(); !s.ok()) return s;
  const bool by_name = key.members.empty();
  const StructView& view = StructView::Of(*child.view_);
  std::vector<uint32_t> columns;
  for (const uint32_t member : key.members) columns.push_back(static_cast<uint32_t>(view.FindColumn(member)));
  std::sort(columns.begin(), columns.end());
  std::vector<const Edge*> found;
  for (const Edge* edge : child.view_->node->out) {
    if (edge->target != target.view_->node) continue;
    std::vector<uint32_t> foreign_key = edge->foreign_key;
    std::sort(foreign_key.begin(), foreign_key.end());
    if (by_name ? edge->def.as == key.association : foreign_key == columns) found.push_back(edge);
  }
  if (found.size() == 1) return child.view_->engine == nullptr ? &found[0]->read_only_view : &found[0]->view;
  const std::string belongs_to =
      by_name
          ? absl::StrCat("belongsTo \"", internal::Absl(key.association), "\"")
          : absl::StrCat("belongsTo over (", absl::StrJoin(MemberNames(*view.info, key.members), ", "), ")");
  const std::string over =
      absl::StrCat(internal::Absl(child.name()), " has ", found.empty() ? "no" : "more than one", " ",
                   belongs_to, " to ", internal::Absl(target.name()));
  if (found.empty())
    return internal::SimpleError(ViolationCode::kHandle, absl::StrCat(over, " (schema() lists them)"));
  return internal::SimpleError(ViolationCode::kHandle,
                               absl::StrCat(over, " (name its association: ",
                                            absl::StrJoin(found, ", ",
                                                          [](std::string* out, const Edge* edge) {
                                                            absl::StrAppend(out, "\"", edge->def.as, "\"");
                                                          }),
                                            ")"));
}

internal::BoundToOne Table<void>::BelongsToOf(const EdgeKey& key, const Table& target) const {
  const absl::StatusOr<const internal::EdgeView*> edge = FindEdge(*this, key, target);
  if (!edge.ok()) return {ToOne<>(edge.status()), view_, target.view_};
  return {ToOne<>(*edge, false), view_, target.view_};
}

internal::BoundToMany Table<void>::HasManyOf(const EdgeKey& key, const Table& child) const {
  const absl::StatusOr<const internal::EdgeView*> edge = FindEdge(child, key, *this);
  if (!edge.ok()) return {ToMany<>(edge.status()), child.view_};
  return {ToMany<>(*edge), child.view_};
}

internal::BoundToOne Table<void>::HasOneOf(const EdgeKey& key, const Table& child) const {
  const absl::StatusOr<const internal::EdgeView*> edge = FindEdge(child, key, *this);
  if (!edge.ok()) return {ToOne<>(edge.status()), view_, child.view_};
  const BelongsToDef& def = (*edge)->edge->def;
  if (!def.inverse.one) {
    return {ToOne<>(internal::SimpleError(
                ViolationCode::kHandle,
                absl::StrCat(def.name, " is no has-one (declare it with .inverse = HasOne(...))"))),
            view_, child.view_};
  }
  return {ToOne<>(*edge, true), view_, child.view_};
}

}  // namespace tenon
