// All tables and edges of a database, as the engine walks them.
#ifndef TENON_STORE_CATALOG_H_
#define TENON_STORE_CATALOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "store/edge.h"
#include "store/row_store.h"
#include "store/struct_view.h"
#include "tenon/definition.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/schema.h"

namespace tenon::internal {

inline absl::string_view Absl(std::string_view s) { return {s.data(), s.size()}; }

// A table and one of its columns or keys, in 24 bits: 10,000 tables of 1,000 columns.
inline constexpr uint32_t kPartBits = 10;
inline constexpr uint32_t kMostTables = 1u << (24 - kPartBits);
inline constexpr uint32_t PartOf(uint32_t table, uint32_t part) { return table << kPartBits | part; }
inline constexpr uint32_t TableOfPart(uint32_t object) { return object >> kPartBits; }
inline constexpr uint32_t PartIndex(uint32_t object) { return object & ((1u << kPartBits) - 1); }

// What hangs on one column, so that a write to any other column asks nothing.
struct ColumnRoles {
  std::vector<uint32_t> keys;  // keys that hold it
  std::vector<Edge*> out;      // edges whose foreign key holds it
  std::vector<Edge*> in;       // edges whose target key holds it
};

// How many rows of a table the actions of a statement reached.
struct EffectCounts {
  size_t erased = 0;
  size_t rewritten = 0;
  size_t nulled = 0;
  size_t defaulted = 0;
};

struct TableNode {
  TableNode(Shared* shared, uint32_t table_id, std::string table_name)
      : id(table_id), name(std::move(table_name)), rows(shared) {}

  const uint32_t id;
  std::string name;
  bool dropped = false;
  std::vector<ColumnDef> columns;
  std::vector<Cell> defaults;  // by column; absent for the auto-increment column
  absl::flat_hash_map<std::string, uint32_t> column_by_name;
  std::vector<ColumnRoles> roles;  // by column
  RowStore rows;
  int auto_column = -1;
  uint32_t cascades = 0;  // edges out that cascade updates
  int64_t counter = 0;    // the last number given or written; state, like a cell
  std::vector<Edge*> out;
  std::vector<Edge*> in;
  TableView view;
  TableView read_only_view;
  const StructInfo* row_struct = nullptr;  // what it was made from
  // As rows of a struct see it, read-only ones too; guarded by Catalog::bind_mutex.
  std::vector<std::unique_ptr<StructView>> struct_views;

  // The column of this name, or -1. `hint`: where it is likely to be.
  int FindColumn(std::string_view column, uint32_t hint = 0) const;
  // The key over exactly these columns, in any order, or null. Hidden keys only with `hidden`.
  Key* FindKey(std::vector<uint32_t> key_columns, bool hidden = false);
  // Fills roles, defaults and names from columns, keys and edges.
  void Refresh();
};

class Catalog {
 public:
  Catalog(Memory* memory, uint64_t secret, size_t row_limit)
      : shared{memory, Hasher(secret), 0, 1, row_limit} {}
  Catalog(const Catalog&) = delete;  // views point to it
  Catalog& operator=(const Catalog&) = delete;

  Shared shared;
  absl::Mutex bind_mutex;                          // readers too may bind structs to tables
  std::vector<std::unique_ptr<TableNode>> tables;  // by id; dropped ones stay for their handles
  std::vector<std::unique_ptr<Edge>> edges;        // by id; likewise

  TableNode* Find(std::string_view table) const;
  TableNode& table(uint32_t id) { return *tables[id]; }
  Edge& edge(uint32_t id) { return *edges[id]; }

  // The table as rows of this struct see it. kInvalidArgument: they don't fit; lists every member that is wrong.
  absl::StatusOr<const StructView*> Bind(TableNode& table, const StructInfo& info, bool read_only);

  // Adds what a resolved definition says. Null when memory is refused or ids run out.
  TableNode* AddTable(const TableInfo& info, Engine* engine);
  // The edge has no rows linked yet.
  Edge* AddEdge(TableNode* child, const BelongsToDef& def);
  // The same for an index: an edge to a table that never has rows, so that all who have the same key hang on its ghost.
  Edge* AddIndex(TableNode* table, const KeyInfo& index);
  // Takes the last edge added back.
  void TakeBackEdge();
  void DropTable(TableNode* table);
  void DropEdge(Edge* edge);

  Schema DescribeSchema() const;

 private:
  Edge* Connect(TableNode* child, TableNode* target, Key* key, absl::Span<const uint32_t> key_columns,
                const BelongsToDef& def);

  absl::flat_hash_map<std::string, TableNode*> by_name_;
  std::vector<std::unique_ptr<TableNode>> nobodies_;  // to which indexes lead
  std::vector<std::unique_ptr<TableNode>> dropped_;   // whose numbers are used again; kept for their handles
};

}  // namespace tenon::internal

#endif  // TENON_STORE_CATALOG_H_
