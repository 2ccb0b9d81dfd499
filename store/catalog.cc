#include "store/catalog.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/value_cell.h"
#include "store/violation_status.h"
#include "tenon/violation.h"

namespace tenon::internal {

namespace {
constexpr ArrayView kEmpty;
constexpr size_t kZero = 0;
constexpr bool kNo = false;
constexpr uint64_t kNever = 0;
}  // namespace

constinit const TableView kNoTableView = {nullptr, nullptr, &kEmpty, &kEmpty, &kZero, &kNo};
constinit const ColumnDoor kShutDoor = {&kEmpty, nullptr};
constinit const EdgeView kNoEdgeView = {&kNoTableView, &kNoTableView, nullptr, &kEmpty, &kEmpty,
                                        &kEmpty,       &kEmpty,       &kEmpty, &kNo,    &kNever};

int TableNode::FindColumn(std::string_view column, uint32_t hint) const {
  if (hint < columns.size() && columns[hint].name == column) return static_cast<int>(hint);
  const auto found = column_by_name.find(Absl(column));
  return found == column_by_name.end() ? -1 : static_cast<int>(found->second);
}

Key* TableNode::FindKey(std::vector<uint32_t> key_columns, bool hidden) {
  std::sort(key_columns.begin(), key_columns.end());
  for (Key& key : rows.keys()) {
    if (key.columns.empty() || (key.one_to_one && !hidden)) continue;
    std::vector<uint32_t> sorted = key.columns;
    std::sort(sorted.begin(), sorted.end());
    if (sorted == key_columns) return &key;
  }
  return nullptr;
}

void TableNode::Refresh() {
  roles.assign(columns.size(), {});
  defaults.clear();
  auto_column = -1;
  column_by_name.clear();
  for (uint32_t c = 0; c < columns.size(); ++c) {
    column_by_name.try_emplace(columns[c].name, c);
    if (columns[c].auto_increment) auto_column = static_cast<int>(c);
    defaults.push_back(columns[c].auto_increment ? Cell::Absent()
                                                 : CellOf(columns[c].default_value, columns[c].type));
  }
  for (uint32_t k = 0; k < rows.keys().size(); ++k) {
    for (const uint32_t c : rows.keys()[k].columns) roles[c].keys.push_back(k);
  }
  for (Edge* edge : out) {
    for (const uint32_t c : edge->foreign_key) roles[c].out.push_back(edge);
  }
  for (Edge* edge : in) {
    for (const uint32_t c : edge->key->columns) roles[c].in.push_back(edge);
  }
  cascades = 0;
  for (Edge* edge : out) {
    const uint32_t c = edge->foreign_key[0];
    const bool plain = edge->foreign_key.size() == 1 && !IsText(columns[c].type) && roles[c].keys.empty() &&
                       roles[c].in.empty() && roles[c].out.size() == 1 && static_cast<int>(c) != auto_column;
    edge->plain = plain ? &rows.column(c) : nullptr;
    cascades += edge->def.on_update == Action::kCascade ? 1 : 0;
  }
}

TableNode* Catalog::Find(std::string_view table) const {
  const auto found = by_name_.find(Absl(table));
  return found == by_name_.end() ? nullptr : found->second;
}

TableNode* Catalog::AddTable(const TableInfo& info, Engine* engine) {
  auto id = static_cast<uint32_t>(tables.size());
  if (id >= kMostTables) {  // numbers of tables that were dropped are used again, where there is no other
    const auto free =
        std::find_if(tables.begin(), tables.end(), [](const auto& table) { return table->dropped; });
    if (free == tables.end()) return nullptr;
    id = static_cast<uint32_t>(free - tables.begin());
  }
  auto node = std::make_unique<TableNode>(&shared, id, info.name);
  node->columns = info.columns;
  for (const ColumnDef& column : info.columns) {
    if (node->rows.AddColumn(column.type, !column.not_null) == nullptr) return nullptr;
  }
  node->Refresh();
  for (const KeyInfo& info_key : info.keys) {
    if (!info_key.unique) continue;
    std::vector<uint32_t> columns;
    for (const std::string& c : info_key.columns)
      columns.push_back(static_cast<uint32_t>(node->FindColumn(c)));
    const int key = node->rows.AddKey(info_key.constraint, std::move(columns));
    if (key < 0) return nullptr;
    node->rows.keys()[static_cast<size_t>(key)].primary = info_key.primary;
  }
  node->Refresh();
  node->view = {
      engine,        node.get(), &node->rows.stamps(), &node->rows.live(), node->rows.size_address(),
      &node->dropped};
  node->read_only_view = node->view;
  node->read_only_view.engine = nullptr;
  node->row_struct = info.row_struct;
  by_name_[info.name] = node.get();
  if (id == tables.size()) return tables.emplace_back(std::move(node)).get();
  dropped_.push_back(std::exchange(tables[id], std::move(node)));
  return tables[id].get();
}

absl::StatusOr<const StructView*> Catalog::Bind(TableNode& table, const StructInfo& info, bool read_only) {
  absl::MutexLock lock(&bind_mutex);
  for (const auto& view : table.struct_views) {
    if (view->info == &info && (view->engine == nullptr) == read_only) return view.get();
  }
  auto view = std::make_unique<StructView>();
  static_cast<TableView&>(*view) = read_only ? table.read_only_view : table.view;
  view->info = &info;
  std::vector<Violation> violations;
  const auto report = [&](const MemberInfo& member, const std::string& text) {
    Violation& violation = violations.emplace_back();
    violation.code = ViolationCode::kType;
    violation.child_table = table.name;
    violation.columns = {std::string(member.name)};
    violation.message =
        absl::StrCat("open ", table.name, " as ", Absl(info.name), ": ", Absl(member.name), " ", text);
  };
  for (const MemberInfo& member : info.members) {
    if (info.Find(member.offset) != &member)
      report(member, "is a member that is named twice (name each once in TenonColumns)");
    const int column = table.FindColumn(member.name, static_cast<uint32_t>(view->columns.size()));
    view->columns.push_back(static_cast<uint32_t>(column));
    if (column < 0) {
      report(member, "is no column of it (schema() lists them)");
      continue;
    }
    const ColumnDef& def = table.columns[static_cast<size_t>(column)];
    if (def.type != member.type) {
      report(member, absl::StrCat("is ", Absl(TypeName(member.type)), " in the struct and ",
                                  Absl(TypeName(def.type)), " in the table (make both of one type)"));
    } else if (def.not_null == member.nullable) {
      report(member, member.nullable ? "is never null in the table (make it no std::optional)"
                                     : "may be null in the table (make it a std::optional)");
    }
  }
  if (!violations.empty()) return MakeStatus(std::move(violations));
  return table.struct_views.emplace_back(std::move(view)).get();
}

Edge* Catalog::AddEdge(TableNode* child, const BelongsToDef& def) {
  TableNode* target = Find(def.target);
  std::vector<uint32_t> key_columns;
  for (const std::string& c : def.target_key)
    key_columns.push_back(static_cast<uint32_t>(target->FindColumn(c)));
  return Connect(child, target, target->FindKey(key_columns), key_columns, def);
}

Edge* Catalog::AddIndex(TableNode* table, const KeyInfo& index) {
  auto nobody = std::make_unique<TableNode>(&shared, kMostTables, "");
  for (const std::string& c : index.columns) {
    nobody->columns.push_back(table->columns[static_cast<size_t>(table->FindColumn(c))]);
    if (nobody->rows.AddColumn(nobody->columns.back().type, true) == nullptr) return nullptr;
  }
  std::vector<uint32_t> key_columns(index.columns.size());
  std::iota(key_columns.begin(), key_columns.end(), 0u);
  nobody->rows.AddKey("", key_columns);
  nobody->Refresh();
  const BelongsToDef def{.foreign_key = index.columns, .enforced = false, .name = index.constraint};
  Edge* edge = Connect(table, nobody.get(), &nobody->rows.keys()[0], key_columns, def);
  if (edge != nullptr) nobodies_.push_back(std::move(nobody));
  return edge;
}

Edge* Catalog::Connect(TableNode* child, TableNode* target, Key* key, absl::Span<const uint32_t> key_columns,
                       const BelongsToDef& def) {
  const auto id = static_cast<uint32_t>(edges.size());
  if (id >= (1u << 24)) return nullptr;
  auto owned = std::make_unique<Edge>(&shared, def, id, child, target);
  Edge& edge = *owned;
  edge.child_rows = &child->rows;
  edge.target_rows = &target->rows;
  edge.key = key;
  // The foreign key's columns stand in the order of the key they pair with.
  for (const uint32_t c : key->columns) {
    const auto at = std::find(key_columns.begin(), key_columns.end(), c) - key_columns.begin();
    edge.foreign_key.push_back(
        static_cast<uint32_t>(child->FindColumn(def.foreign_key[static_cast<size_t>(at)])));
  }
  if (!edge.GrowChildren(child->rows.top()) || !edge.GrowTargets(target->rows.top())) return nullptr;
  for (Slot slot = 0; slot < child->rows.top(); ++slot) edge.NewChild(slot);
  if (def.inverse.one) {
    const int hidden = child->rows.AddKey(def.name, edge.foreign_key);
    if (hidden < 0) return nullptr;
    child->rows.keys()[static_cast<size_t>(hidden)].one_to_one = true;
  }
  edge.view = {&child->view,          &target->view,          &edge,
               &child->rows.stamps(), &target->rows.stamps(), &edge.link_view(),
               &edge.head_view(),     &edge.arena_view(),     &edge.dropped,
               &shared.version};
  edge.read_only_view = edge.view;
  edge.read_only_view.child = &child->read_only_view;
  edge.read_only_view.target = &target->read_only_view;
  child->out.push_back(&edge);
  target->in.push_back(&edge);
  child->Refresh();
  target->Refresh();
  edges.push_back(std::move(owned));
  return &edge;
}

void Catalog::TakeBackEdge() {
  DropEdge(edges.back().get());
  edges.pop_back();
}

void Catalog::DropEdge(Edge* edge) {
  edge->dropped = true;
  std::erase(edge->child->out, edge);
  std::erase(edge->target->in, edge);
  for (uint32_t k = 0; k < edge->child->rows.keys().size(); ++k) {
    const Key& key = edge->child->rows.keys()[k];
    if (key.one_to_one && key.name == edge->def.name) edge->child->rows.DropKey(k);
  }
  edge->Clear();
  // Handles look at empty tables from now on, so that no Ref is alive to them: the rows are, but have no links.
  for (EdgeView* view : {&edge->view, &edge->read_only_view}) {
    view->child = view->target = &kNoTableView;
    view->child_stamps = view->target_stamps = &kEmpty;
  }
  edge->child->Refresh();
  edge->target->Refresh();
}

void Catalog::DropTable(TableNode* table) {
  while (!table->out.empty()) DropEdge(table->out.back());
  table->dropped = true;
  table->rows.Drop();
  by_name_.erase(table->name);
}

Schema Catalog::DescribeSchema() const {
  Schema schema;
  for (const auto& node : tables) {
    if (node->dropped) continue;
    TableInfo& info = schema.tables.emplace_back();
    info.name = node->name;
    info.columns = node->columns;
    for (const Key& key : node->rows.keys()) {
      if (key.columns.empty() || key.one_to_one) continue;
      KeyInfo& described = info.keys.emplace_back();
      described.constraint = key.name;
      described.primary = key.primary;
      for (const uint32_t c : key.columns) described.columns.push_back(node->columns[c].name);
    }
    for (const Edge* edge : node->out) {
      if (edge->is_index())
        info.keys.push_back(
            {.constraint = edge->def.name, .columns = edge->def.foreign_key, .unique = false});
    }
    info.row_struct = node->row_struct;
    for (const Edge* edge : node->out) {
      if (!edge->is_index()) info.belongs_to.push_back(edge->def);
    }
    for (const Edge* edge : node->in) {
      info.inverses.push_back({edge->child->name, edge->def.as, edge->def.inverse});
    }
  }
  return schema;
}

}  // namespace tenon::internal
