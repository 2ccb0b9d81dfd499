#include "examples/iso_tables.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tenon/definition.h"
#include "tenon/table.h"

namespace iso {

using tenon::Action;
using tenon::Type;

// Foreign keys that are not listed among the columns are added: "parentCode".
absl::Status DefineTables(tenon::Database& db) {
  const tenon::ColumnDef code = {.name = "code", .type = Type::kString};
  const tenon::ColumnDef name = {.name = "name", .type = Type::kString, .not_null = true};
  const tenon::ColumnDef country = {.name = "countryCode", .type = Type::kString, .not_null = true};
  const tenon::ColumnDef kind = {
      .name = "kindName", .type = Type::kString, .default_value = "Territorial unit"};
  return db.CreateTables({
      {.name = "Country", .columns = {code, name}, .primary_key = {"code"}},
      {.name = "Kind", .columns = {name}, .primary_key = {"name"}},
      {.name = "Subdivision",
       .columns = {code, name, country, kind},
       .primary_key = {"code"},
       .belongs_to =
           {{.target = "Country",
             .inverse = tenon::HasMany("subdivisions"),
             .on_delete = Action::kCascade,
             .on_update = Action::kCascade},
            {.target = "Kind", .inverse = tenon::HasMany("subdivisions"), .on_delete = Action::kSetDefault},
            {.target = "Subdivision",
             .as = "parent",
             .inverse = tenon::HasMany("parts"),
             .on_delete = Action::kRestrict,
             .on_update = Action::kCascade}}},
      {.name = "FormerCountry",
       .columns = {code, name, {.name = "withdrawn", .type = Type::kString}},
       .primary_key = {"code"},
       .belongs_to = {{.target = "Country",
                       .as = "successor",
                       .inverse = tenon::HasMany("predecessors"),
                       .on_delete = Action::kSetNull,
                       .on_update = Action::kCascade}}},
      {.name = "Currency",
       .columns = {code, name},
       .primary_key = {"code"},
       .belongs_to = {{.target = "Country",
                       .inverse = tenon::HasMany("currencies"),
                       .on_delete = Action::kSetNull,
                       .on_update = Action::kCascade}}},
      {.name = "Script",
       .columns = {code, name},
       .primary_key = {"code"},
       .belongs_to = {{.target = "Script", .as = "base", .inverse = tenon::HasMany("variants")}}},
  });
}

absl::StatusOr<std::vector<Loaded>> FillTables(tenon::Database& db, const Data& data) {
  using Clock = std::chrono::steady_clock;
  const auto& [countries, kinds, subdivisions, former, currencies, scripts] = data;
  const struct {
    std::string list;
    std::string table;
    std::vector<tenon::NamedColumn> columns;
  } steps[] = {
      {"3166-1", "Country", {{"code", countries.code}, {"name", countries.name}}},
      {"3166-2", "Kind", {{"name", kinds}}},
      {"3166-2",
       "Subdivision",
       {{"code", subdivisions.code},
        {"name", subdivisions.name},
        {"countryCode", subdivisions.country},
        {"kindName", subdivisions.kind},
        {"parentCode", subdivisions.parent}}},
      {"3166-3",
       "FormerCountry",
       {{"code", former.code},
        {"name", former.name},
        {"withdrawn", former.withdrawn},
        {"successorCode", former.successor}}},
      {"4217",
       "Currency",
       {{"code", currencies.code}, {"name", currencies.name}, {"countryCode", currencies.country}}},
      {"15924", "Script", {{"code", scripts.code}, {"name", scripts.name}, {"baseCode", scripts.base}}},
  };
  std::vector<Loaded> loaded;
  for (const auto& [list, table, columns] : steps) {
    const Clock::time_point start = Clock::now();
    // One statement, checked at its end: a parent may stand below its parts.
    const absl::StatusOr<tenon::RefList<>> rows = db.GetTable(table).InsertColumns(columns);
    const std::chrono::duration<double, std::milli> time = Clock::now() - start;
    if (!rows.ok()) {
      return absl::Status(rows.status().code(), absl::StrCat(FileName(list), ": ", rows.status().message()));
    }
    loaded.push_back({FileName(list), table, rows->size(), time.count()});
  }
  return loaded;
}

}  // namespace iso
