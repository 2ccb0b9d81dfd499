#include "tenon/mutable_column.h"

#include "store/engine.h"

namespace tenon::internal {
namespace {

thread_local uint64_t nowhere = 0;

}  // namespace

void* OpenCell(const TableView& table, uint32_t column, Slot slot) {
  if (table.engine == nullptr || !table.engine->OpenChunk(*table.node, column, slot)) return nullptr;
  return table.node->rows.column(column).CellAddress(slot);
}

void* Nowhere() { return &nowhere; }

absl::Status CheckMutable(const TableView& table, uint32_t column) {
  if (absl::Status s = CheckHandle(table, absl::OkStatus(), "write in place", true); !s.ok()) return s;
  return table.engine->MayOpen(*table.node, column);
}

}  // namespace tenon::internal
