// The schema read back: what was declared, and what was filled in.
#ifndef TENON_SCHEMA_H_
#define TENON_SCHEMA_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/definition.h"

namespace tenon {

// A primary or unique key, or an index, which is no key: several rows may have the same.
struct KeyInfo {
  std::string constraint = {};  // "Tag.word"
  std::vector<std::string> columns = {};
  bool primary = false;
  bool unique = true;  // false: an index
};

// An edge with nothing left out, as seen from the table it leads into.
struct InverseInfo {
  std::string child_table = {};
  std::string association = {};  // the belongsTo of the child table
  Inverse inverse = {};          // an empty name: reached by child table and association
};

struct TableInfo {
  std::string name = {};
  std::vector<ColumnDef> columns = {};        // in storage order
  std::vector<KeyInfo> keys = {};             // the primary key first, indexes last
  std::vector<BelongsToDef> belongs_to = {};  // every field filled in
  std::vector<InverseInfo> inverses = {};
  const internal::StructInfo* row_struct = nullptr;  // for the library: what TableOf made it from
};

struct Schema {
  std::vector<TableInfo> tables = {};  // in order of definition

  // The table of this name, or null.
  const TableInfo* Find(std::string_view table) const;
  // One line for each column, key and edge.
  std::string ToString() const;
};

}  // namespace tenon

#endif  // TENON_SCHEMA_H_
