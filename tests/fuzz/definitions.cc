#include "tests/fuzz/definitions.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/values.h"

namespace tenon::fuzz {
namespace {

// Counts on both sides of a limit of 1000.
size_t ReadHugeCount(ByteReader& in) { return 996 + in.Below(8); }

TableDef ReadTableDef(ByteReader& in) {
  TableDef table;
  table.name = ReadTableName(in);
  for (size_t i = in.Below(6); i > 0; --i) table.columns.push_back(ReadColumnDef(in));
  if (in.OneIn(3)) table.primary_key = ReadColumnNames(in);
  if (in.OneIn(3)) {
    for (size_t i = in.Below(4); i > 0; --i) table.unique.push_back(ReadColumnNames(in));
  }
  for (size_t i = in.Below(4); i > 0; --i) table.belongs_to.push_back(ReadBelongsToDef(in));
  if (in.OneIn(64)) {
    for (size_t i = ReadHugeCount(in); i > 0; --i) table.columns.push_back({.name = absl::StrCat("x", i)});
  }
  if (in.OneIn(64)) {
    for (size_t i = 60 + in.Below(8); i > 0; --i) {
      table.belongs_to.push_back({.target = table.name, .as = absl::StrCat("y", i)});
    }
  }
  return table;
}

}  // namespace

Options ReadOptions(ByteReader& in) {
  Options options;
  options.hash_secret = in.Byte();
  options.row_limit = 1 + in.Below(40);
  if (in.OneIn(4)) options.memory_limit = 256 * (1 + in.Below(256));
  if (in.OneIn(4)) options.text_limit = 16 * in.Below(256);
  if (in.OneIn(4)) {
    options.column_limit = in.Below(8);
    options.table_limit = in.Below(8);
    options.belongs_to_limit = in.Below(4);
    options.inverse_limit = in.Below(4);
    options.transaction_limit = in.Below(4);
  }
  return options;
}

Action ReadAction(ByteReader& in) {
  static constexpr Action kActions[] = {Action::kNoAction, Action::kRestrict, Action::kCascade,
                                        Action::kSetNull, Action::kSetDefault};
  return in.Pick(kActions);
}

ColumnDef ReadColumnDef(ByteReader& in) {
  ColumnDef column;
  column.name = ReadColumnName(in);
  column.type = ReadType(in);
  column.not_null = in.OneIn(4);
  column.auto_increment = in.OneIn(16);
  if (in.OneIn(4)) column.default_value = ReadValueOf(in, column.type);
  return column;
}

BelongsToDef ReadBelongsToDef(ByteReader& in) {
  BelongsToDef edge;
  edge.target = ReadTableName(in);
  if (in.OneIn(2)) edge.as = ReadName(in);
  if (in.OneIn(3)) edge.foreign_key = ReadColumnNames(in);
  if (in.OneIn(4)) edge.target_key = ReadColumnNames(in);
  if (in.OneIn(2)) edge.inverse = {std::string(ReadName(in)), in.OneIn(3)};
  edge.on_delete = ReadAction(in);
  edge.on_update = ReadAction(in);
  edge.enforced = !in.OneIn(6);
  edge.deferred = in.OneIn(4);
  if (in.OneIn(16)) edge.name = ReadName(in);
  return edge;
}

std::vector<TableDef> ReadTableDefs(ByteReader& in) {
  std::vector<TableDef> tables;
  for (size_t i = in.Below(5); i > 0; --i) tables.push_back(ReadTableDef(in));
  return tables;
}

std::vector<std::string> ReadColumnNames(ByteReader& in) {
  std::vector<std::string> names;
  const size_t kind = in.Below(32);
  for (size_t i = kind < 20 ? 1 : kind < 27 ? 2 : kind < 30 ? 3 : kind == 30 ? 0 : in.Below(40); i > 0; --i) {
    names.push_back(ReadColumnName(in));
  }
  return names;
}

std::vector<TableDef> ReadFittingTables(ByteReader& in) {
  const auto edge = [&in](BelongsToDef def) {
    def.on_delete = ReadAction(in);
    def.on_update = ReadAction(in);
    def.enforced = !in.OneIn(8);
    def.deferred = in.OneIn(4);
    return def;
  };
  switch (in.Below(4)) {
    case 0:  // by number and by name, one to one, many to many, to itself
      return {
          {.name = "Author", .columns = {{.name = "name", .type = Type::kString}}, .unique = {"name"}},
          {.name = "Book",
           .columns = {{.name = "title", .type = Type::kString}, {.name = "by", .type = Type::kString}},
           .belongs_to =
               {edge({.target = "Author", .inverse = HasMany("books")}),
                edge({.target = "Author", .as = "editor", .foreign_key = {"by"}, .target_key = {"name"}})}},
          {.name = "Pen", .belongs_to = {edge({.target = "Author", .inverse = HasOne("pen")})}},
          {.name = "Wrote",
           .columns = {{.name = "authorId"}, {.name = "bookId"}},
           .primary_key = {"authorId", "bookId"},
           .belongs_to = {edge({.target = "Author"}), edge({.target = "Book"})}},
          {.name = "Node",
           .columns = {{.name = "parentId", .default_value = 1}},
           .belongs_to = {edge({.target = "Node", .as = "parent", .inverse = HasMany("children")})}}};
    case 1:  // keys of several columns that share some, and are foreign keys themselves
      return {
          {.name = "Tenant", .columns = {{.name = "code", .type = Type::kString}}, .primary_key = {"code"}},
          {.name = "Order",
           .columns = {{.name = "tenant", .type = Type::kString}, {.name = "no", .type = Type::kInt32}},
           .primary_key = {"tenant", "no"},
           .belongs_to = {edge({.target = "Tenant", .foreign_key = {"tenant"}})}},
          {.name = "Line",
           .columns = {{.name = "tenant", .type = Type::kString, .default_value = "a"},
                       {.name = "orderNo", .type = Type::kInt32, .default_value = 1},
                       {.name = "oldNo", .type = Type::kInt32}},
           .belongs_to = {edge({.target = "Order", .foreign_key = {"tenant", "orderNo"}}),
                          edge({.target = "Order", .as = "old", .foreign_key = {"tenant", "oldNo"}}),
                          edge(
                              {.target = "Tenant", .foreign_key = {"tenant"}, .inverse = HasMany("lines")})}},
          {.name = "Ring",
           .columns = {{.name = "a"}, {.name = "b"}, {.name = "c"}},
           .unique = {{"a", "b"}, {"b", "c"}},
           .belongs_to = {
               edge({.target = "Ring", .as = "next", .foreign_key = {"b", "c"}, .target_key = {"a", "b"}}),
               edge({.target = "Ring", .as = "up", .foreign_key = {"c"}})}}};
    case 2:  // every type; a required column that is numbered, and others
      return {{.name = "Cell",
               .columns = {{.name = "no", .type = Type::kInt32, .auto_increment = true},
                           {.name = "flag", .type = Type::kBool, .not_null = true, .default_value = true},
                           {.name = "real", .type = Type::kDouble},
                           {.name = "small", .type = Type::kFloat, .default_value = -0.0f},
                           {.name = "text", .type = Type::kString, .not_null = true, .default_value = ""},
                           {.name = "raw", .type = Type::kBytes},
                           {.name = "rawOf", .type = Type::kBytes, .default_value = Bytes{"a"}}},
               .primary_key = {"no"},
               .unique = {"raw", {"text", "no"}},
               .belongs_to = {edge({.target = "Cell",
                                    .as = "same",
                                    .foreign_key = {"rawOf"},
                                    .target_key = {"raw"},
                                    .inverse = {"others", in.OneIn(3)}})}}};
    default:
      return ReadTableDefs(in);
  }
}

}  // namespace tenon::fuzz
