// The schema as text, and found by name.
#include "tenon/schema.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon {
namespace {

std::string Named(std::string_view name) { return std::string(name); }

std::string List(const std::vector<std::string>& columns) {
  return absl::StrCat("(", absl::StrJoin(columns, ", "), ")");
}

void AppendPadded(const std::string& text, size_t width, std::string& out) {
  out += text;
  if (text.size() < width) out.append(width - text.size(), ' ');
}

// Names and types stand in columns of their own; what is not said of a column leaves no trailing blanks.
void AppendColumns(const std::vector<ColumnDef>& columns, std::string& out) {
  constexpr size_t kWidestName = 40;  // one very long name does not push the others out of sight
  size_t name_width = 0;
  size_t type_width = 0;
  for (const ColumnDef& column : columns) {
    name_width = std::max(name_width, std::min(column.name.size(), kWidestName));
    type_width = std::max(type_width, TypeName(column.type).size());
  }
  for (const ColumnDef& column : columns) {
    out += "  ";
    AppendPadded(column.name, name_width, out);
    out += "  ";
    std::string traits;
    if (column.not_null) traits += "  not null";
    if (column.auto_increment) traits += "  auto increment";
    if (!column.default_value.is_null())
      absl::StrAppend(&traits, "  default ", column.default_value.ToString());
    AppendPadded(Named(TypeName(column.type)), traits.empty() ? 0 : type_width, out);
    out += traits;
    out += '\n';
  }
}

void AppendBelongsTo(const BelongsToDef& edge, std::string& out) {
  absl::StrAppend(&out, "  belongs to ", edge.as, "  ", List(edge.foreign_key), " -> ", edge.target,
                  List(edge.target_key));
  if (edge.on_delete != Action::kNoAction) {
    absl::StrAppend(&out, "  on delete ", Named(ActionName(edge.on_delete)));
  }
  if (edge.on_update != Action::kNoAction) {
    absl::StrAppend(&out, "  on update ", Named(ActionName(edge.on_update)));
  }
  if (!edge.enforced) out += "  not enforced";
  if (edge.deferred) out += "  deferred";
  absl::StrAppend(&out, "  constraint ", edge.name, "\n");
}

void AppendTable(const TableInfo& table, std::string& out) {
  absl::StrAppend(&out, table.name, "\n");
  AppendColumns(table.columns, out);
  for (const KeyInfo& key : table.keys) {
    absl::StrAppend(&out,
                    key.primary  ? "  primary key "
                    : key.unique ? "  unique "
                                 : "  index ",
                    List(key.columns), "  constraint ", key.constraint, "\n");
  }
  for (const BelongsToDef& edge : table.belongs_to) AppendBelongsTo(edge, out);
  for (const InverseInfo& end : table.inverses) {
    absl::StrAppend(&out, end.inverse.one ? "  has one " : "  has many ", end.inverse.name,
                    end.inverse.name.empty() ? "" : "  ", "through ", end.child_table, ".", end.association,
                    "\n");
  }
}

}  // namespace

const TableInfo* Schema::Find(std::string_view table) const {
  const auto at =
      std::find_if(tables.begin(), tables.end(), [&](const TableInfo& t) { return t.name == table; });
  return at == tables.end() ? nullptr : &*at;
}

std::string Schema::ToString() const {
  std::string out;
  for (const TableInfo& table : tables) {
    if (!out.empty()) out += '\n';
    AppendTable(table, out);
  }
  return out;
}

}  // namespace tenon
