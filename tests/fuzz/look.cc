#include "tests/fuzz/look.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fuzz/check.h"

namespace tenon::fuzz {
namespace {

template <class V>
void CheckCells(const Table<>& table, const ColumnDef& def) {
  const Column<void, V> column = table.Column<V>(def.name);
  CheckOk(column.status(), "a column opens as what it is");
  for (const Ref<> ref : table) {
    const Value value = *table.Get(ref, def.name);
    Check(column.IsNull(ref) == value.is_null(), "a column knows its nulls", def.name);
    if (value.is_null()) continue;
    if constexpr (std::is_same_v<V, std::string_view>) {
      Check(value.As<V>() == column[ref], "a column shows what Get does", def.name);
    } else {
      Check(value == Value(column[ref]), "a column shows what Get does", def.name);
    }
  }
  size_t live = 0;
  for (const auto& chunk : column.Chunks()) {
    for (size_t i = 0; i < chunk.values.size(); ++i) live += chunk.live[i] ? 1 : 0;
  }
  Check(live == table.size(), "the chunks show every row", def.name);
}

void CheckCells(const Table<>& table, const ColumnDef& def) {
  switch (def.type) {
    case Type::kBool:
      return CheckCells<bool>(table, def);
    case Type::kInt32:
      return CheckCells<int32_t>(table, def);
    case Type::kInt64:
      return CheckCells<int64_t>(table, def);
    case Type::kFloat:
      return CheckCells<float>(table, def);
    case Type::kDouble:
      return CheckCells<double>(table, def);
    case Type::kString:
    case Type::kBytes:
      return CheckCells<std::string_view>(table, def);
  }
}

void CheckKey(const Table<>& table, const KeyInfo& key) {
  const std::vector<std::string_view> names(key.columns.begin(), key.columns.end());
  const Lookup<> index = table.Lookup(names);
  CheckOk(index.status(), "a key opens");
  for (const Ref<> ref : table) {
    std::vector<Value> values;
    std::vector<NamedValue> named;
    bool has_null = false;
    for (const std::string& column : key.columns) {
      values.push_back(*table.Get(ref, column));
      named.push_back({column, values.back()});
      has_null |= values.back().is_null();
    }
    const Ref<> expected = has_null ? Ref<>() : ref;
    Check(index.Find(values) == expected, "a key finds its row", key.constraint);
    Check(table.Find(named) == expected, "a row is found by the columns of its key", key.constraint);
  }
}

void CheckEdge(const Table<>& child_table, const Table<>& target_table, const BelongsToDef& def) {
  const ToOne<> edge = child_table.BelongsTo(def.as);
  const ToMany<> children = target_table.HasMany(child_table, def.as);
  CheckOk(edge.status(), "a belongsTo opens");
  CheckOk(children.status(), "an inverse opens");
  size_t linked = 0;
  for (const Ref<> child : child_table) {
    const Ref<> target = edge.Get(child);
    if (!target) continue;
    ++linked;
    Check(target_table.Contains(target) && children.Has(target, child), "both ends of an edge agree",
          def.name);
    for (size_t i = 0; i < def.foreign_key.size(); ++i) {
      Check(*child_table.Get(child, def.foreign_key[i]) == *target_table.Get(target, def.target_key[i]),
            "a child has the key of its target", def.name);
    }
  }
  for (const Ref<> target : target_table) {
    size_t shown = 0;
    for (const Ref<> child : children.Of(target)) {
      Check(edge.Get(child) == target, "a child that is shown belongs to the row", def.name);
      ++shown;
    }
    Check(shown == children.Count(target), "all children are shown", def.name);
    Check(shown <= 1 || !def.inverse.one, "a has-one has one child", def.name);
    linked -= shown;
  }
  Check(linked == 0, "every linked child is shown", def.name);
}

}  // namespace

std::string Picture(const Database& db) {
  std::string text = db.Dump();
  for (const TableInfo& info : db.schema().tables) {
    const Table<> table = db.GetTable(info.name);
    for (const Ref<> ref : table) absl::StrAppend(&text, info.name, " ", ref.slot(), ":", ref.stamp(), "\n");
    for (const InverseInfo& inverse : info.inverses) {
      const ToMany<> children = table.HasMany(db.GetTable(inverse.child_table), inverse.association);
      for (const Ref<> ref : table) {
        absl::StrAppend(&text, inverse.child_table, ".", inverse.association, " of ", ref.slot(), ":");
        for (const Ref<> child : children.Of(ref)) absl::StrAppend(&text, " ", child.slot());
        absl::StrAppend(&text, "\n");
      }
    }
  }
  return text;
}

void CheckReads(const Database& db) {
  for (const TableInfo& info : db.schema().tables) {
    const Table<> table = db.GetTable(info.name);
    CheckOk(table.status(), "a table opens");
    size_t rows = 0;
    for (const Ref<> ref : table) rows += table.Contains(ref) ? 1 : 0;
    Check(rows == table.size() && rows == table.All().Count(), "all rows are shown", info.name);
    for (const ColumnDef& column : info.columns) CheckCells(table, column);
    for (const KeyInfo& key : info.keys) CheckKey(table, key);
    for (const BelongsToDef& def : info.belongs_to) CheckEdge(table, db.GetTable(def.target), def);
  }
  const std::string words = absl::StrCat(db.MemoryUsage().ToString(), db.LastEffects().ToString());
  Check(!words.empty(), "memory and effects can be printed");
}

}  // namespace tenon::fuzz
