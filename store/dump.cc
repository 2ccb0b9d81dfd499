#include "store/dump.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/hash.h"
#include "store/value_cell.h"

namespace tenon::internal {
namespace {

std::vector<const TableNode*> TablesByName(const Catalog& catalog) {
  std::vector<const TableNode*> tables;
  for (const auto& table : catalog.tables) {
    if (!table->dropped) tables.push_back(table.get());
  }
  std::sort(tables.begin(), tables.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  return tables;
}

// Only the order of columns means something.
Schema SortedSchema(const Catalog& catalog) {
  Schema schema = catalog.DescribeSchema();
  std::sort(schema.tables.begin(), schema.tables.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (TableInfo& table : schema.tables) {
    std::sort(table.keys.begin(), table.keys.end(), [](const KeyInfo& a, const KeyInfo& b) {
      return a.primary != b.primary ? a.primary : a.constraint < b.constraint;
    });
    std::sort(table.belongs_to.begin(), table.belongs_to.end(),
              [](const BelongsToDef& a, const BelongsToDef& b) { return a.as < b.as; });
    std::sort(table.inverses.begin(), table.inverses.end(), [](const InverseInfo& a, const InverseInfo& b) {
      return a.child_table != b.child_table ? a.child_table < b.child_table : a.association < b.association;
    });
  }
  return schema;
}

// Two hashes of one text or number: 128 bits together.
class WideHash {
 public:
  template <class T>
  void Mix(const T& word) {
    high_ = a_.Mix(high_, word);
    low_ = b_.Mix(low_, word);
  }
  void AddTo(StateHash* sum) const {
    const uint64_t low = sum->low + low_;
    sum->high += high_ + (low < low_ ? 1 : 0);
    sum->low = low;
  }

 private:
  // Fixed seeds: two databases with the same rows have the same hash, whatever their secrets.
  Hasher a_{0x7465'6E6F'6E00'0001u, false};
  Hasher b_{0x7465'6E6F'6E00'0002u, false};
  uint64_t high_ = 1;
  uint64_t low_ = 2;
};

}  // namespace

std::string DumpState(const Catalog& catalog) {
  std::string text = SortedSchema(catalog).ToString();
  for (const TableNode* table : TablesByName(catalog)) {
    absl::StrAppend(&text, "\n", table->name, ": ", table->rows.size(),
                    table->rows.size() == 1 ? " row" : " rows");
    if (table->auto_column >= 0) absl::StrAppend(&text, ", last number ", table->counter);
    absl::StrAppend(&text, "\n");
    std::vector<std::string> rows;
    for (Slot slot = 0; slot < table->rows.top(); ++slot) {
      if (!table->rows.IsAlive(slot)) continue;
      std::string& row = rows.emplace_back("  ");
      for (uint32_t c = 0; c < table->columns.size(); ++c) {
        absl::StrAppend(&row, c == 0 ? "" : " ", table->columns[c].name, "=",
                        ValueOf(table->rows.Get(slot, c), table->columns[c].type).ToString());
      }
    }
    std::sort(rows.begin(), rows.end());
    for (const std::string& row : rows) absl::StrAppend(&text, row, "\n");
  }
  return text;
}

StateHash HashState(const Catalog& catalog) {
  StateHash sum;
  for (const auto& table : catalog.tables) {
    if (table->dropped) continue;
    if (table->counter != 0) {
      WideHash hash;
      hash.Mix(std::string_view(table->name));
      hash.Mix(static_cast<uint64_t>(table->counter));
      hash.AddTo(&sum);
    }
    for (Slot slot = 0; slot < table->rows.top(); ++slot) {
      if (!table->rows.IsAlive(slot)) continue;
      WideHash hash;
      hash.Mix(std::string_view(table->name));
      // Columns are summed as well, so that their order does not count.
      StateHash cells;
      for (uint32_t c = 0; c < table->columns.size(); ++c) {
        const Cell cell = table->rows.Get(slot, c);
        WideHash part;
        part.Mix(std::string_view(table->columns[c].name));
        part.Mix(
            static_cast<uint64_t>(cell.is_null() ? 0 : 1 + static_cast<uint64_t>(table->columns[c].type)));
        if (cell.is_null()) {
          // nothing more
        } else if (IsText(table->columns[c].type)) {
          part.Mix(cell.text.view());
        } else {
          part.Mix(cell.bits);
        }
        part.AddTo(&cells);
      }
      hash.Mix(cells.high);
      hash.Mix(cells.low);
      hash.AddTo(&sum);
    }
  }
  return sum;
}

MemoryReport ReportMemory(const Engine& engine) {
  MemoryReport report;
  report.total = engine.memory().bytes();
  const auto add = [&](const std::string& table, const char* purpose, size_t bytes) {
    if (bytes != 0) report.uses.push_back({table, purpose, bytes});
  };
  for (const auto& table : engine.catalog().tables) {
    if (table->dropped) continue;
    add(table->name, "columns", table->rows.column_account().bytes());
    add(table->name, "text", table->rows.text_account().bytes());
    add(table->name, "rows", table->rows.row_account().bytes());
    add(table->name, "keys", table->rows.key_account().bytes());
    size_t edges = 0, indexes = 0;
    for (const Edge* edge : table->out) (edge->is_index() ? indexes : edges) += edge->account().bytes();
    add(table->name, "edges", edges);
    add(table->name, "indexes", indexes);
  }
  add("", "log", engine.log_account().bytes());
  add("", "scratch", engine.scratch_account().bytes());
  add("", "shares", engine.memory().share_bytes());
  return report;
}

}  // namespace tenon::internal
