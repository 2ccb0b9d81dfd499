// A table as rows of one struct see it: which column each member is. Made once for a struct and a table, kept as long as
// the Database.
#ifndef TENON_STORE_STRUCT_VIEW_H_
#define TENON_STORE_STRUCT_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenon/internal/struct_info.h"
#include "tenon/internal/view.h"

namespace tenon::internal {

// What a Table<T> was bound to. GivenRow and the handles of edges hold it as a TableView.
struct StructView : TableView {
  const StructInfo* info = nullptr;
  std::vector<uint32_t> columns = {};  // by member

  // The column of the member at this offset, or -1.
  int FindColumn(uint32_t offset) const {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (info->members[i].offset == offset) return static_cast<int>(columns[i]);
    }
    return -1;
  }
  static const StructView& Of(const TableView& view) { return static_cast<const StructView&>(view); }
};

}  // namespace tenon::internal

#endif  // TENON_STORE_STRUCT_VIEW_H_
