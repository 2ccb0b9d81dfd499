#include "tests/model/random_schema.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tenon::model {
namespace {

class SchemaWriter {
 public:
  SchemaWriter(Random& random, const Swarm& swarm) : random_(random), swarm_(swarm) {}

  Schema Write() {
    const size_t tables = 2 + random_.Below(4);
    for (size_t t = 0; t < tables; ++t) schema_.tables.push_back(NewTable(t));
    const size_t edges = tables + random_.Below(tables + 2);
    for (size_t e = 0; e < edges; ++e) AddEdge();
    for (Table& table : schema_.tables) AddIndexes(table);
    return std::move(schema_);
  }

 private:
  Kind KeyKind() {
    if (swarm_.text && random_.Chance(35)) return Kind::kText;
    return swarm_.narrow && random_.Chance(35) ? Kind::kInt32 : Kind::kInt64;
  }

  Cell Default(Kind kind) {
    if (kind == Kind::kText) return std::string(1, static_cast<char>('a' + random_.Below(3)));
    return static_cast<int64_t>(random_.Below(3));
  }

  Table NewTable(size_t t) {
    Table table{.name = absl::StrCat("T", t)};
    if (swarm_.auto_increment && random_.Chance(50)) {
      table.implicit_id = random_.Chance(50);
      const Kind kind = swarm_.narrow && !table.implicit_id ? Kind::kInt32 : Kind::kInt64;
      table.columns.push_back({"id", kind, true, true, {}});
    } else {
      table.columns.push_back({"id", KeyKind(), true, false, {}});
    }
    table.keys.push_back({0});
    if (swarm_.composite && !table.implicit_id && random_.Chance(50)) {
      table.columns.push_back({"part", KeyKind(), true, false, {}});
      if (random_.Chance(50)) table.columns.back().default_value = Default(table.columns.back().kind);
      table.keys[0].push_back(1);
    }
    table.columns.push_back({"n", swarm_.narrow ? Kind::kInt32 : Kind::kInt64, false, false, {}});
    if (random_.Chance(60)) {
      table.columns.push_back({"u", KeyKind(), !(swarm_.null_keys && random_.Chance(60)), false, {}});
      if (random_.Chance(50)) table.columns.back().default_value = Default(table.columns.back().kind);
      std::vector<size_t> key = {table.columns.size() - 1};
      if (swarm_.composite && random_.Chance(40)) {
        key.insert(random_.Chance(50) ? key.begin() : key.end(), table.columns.size() - 2);  // over n as well
      }
      table.keys.push_back(key);
    }
    return table;
  }

  void AddEdge() {
    Edge edge;
    edge.child = random_.Below(schema_.tables.size());
    edge.target = swarm_.self && random_.Chance(35) ? edge.child : random_.Below(schema_.tables.size());
    if (edge.child == edge.target && !swarm_.self) return;
    const bool twin = swarm_.overlap && !schema_.edges.empty() && random_.Chance(30);
    if (twin) {  // the same columns to another key of the same table: actions may meet in one cell
      const Edge& other = random_.Pick(schema_.edges);
      edge.child = other.child;
      edge.target = other.target;
    }
    Table& child = schema_.tables[edge.child];
    const Table& target = schema_.tables[edge.target];
    edge.target_key = random_.Chance(twin ? 40 : 70) ? target.keys[0] : random_.Pick(target.keys);
    if (random_.Chance(20)) std::reverse(edge.target_key.begin(), edge.target_key.end());
    edge.association = absl::StrCat("e", schema_.edges.size());
    const std::vector<Column> columns = child.columns;  // if the edge can't be, neither may its columns
    if (swarm_.overlap && random_.Chance(twin ? 95 : 30)) edge.foreign_key = ForeignKeyOfAnother(edge);
    for (size_t i = edge.foreign_key.size(); i < edge.target_key.size(); ++i) {
      edge.foreign_key.push_back(ForeignKeyColumn(edge, target.columns[edge.target_key[i]].kind));
    }
    if (IsKnown(edge)) {
      child.columns = columns;
      return;
    }
    if (swarm_.unenforced && random_.Chance(40)) {
      edge.enforced = false;
    } else {
      edge.deferred = swarm_.deferred && random_.Chance(50);
      edge.on_delete = Possible(edge, random_.Pick(swarm_.actions));
      edge.on_update = Possible(edge, random_.Pick(swarm_.actions));
    }
    edge.one = swarm_.has_one && random_.Chance(40);
    if (edge.one || random_.Chance(50)) edge.inverse = absl::StrCat(edge.association, "_back");
    schema_.edges.push_back(edge);
  }

  void AddIndexes(Table& table) {
    std::set<std::set<size_t>> known;
    for (const auto& key : table.keys) known.insert({key.begin(), key.end()});
    for (size_t i = 0; swarm_.indexes && i < 2; ++i) {
      std::vector<size_t> columns = {random_.Below(table.columns.size())};
      const size_t other = random_.Below(table.columns.size());
      if (other != columns[0] && random_.Chance(40)) columns.push_back(other);
      if (known.emplace(columns.begin(), columns.end()).second) table.indexes.push_back(columns);
    }
  }

  // The columns of another edge of the child, if they fit the key.
  std::vector<size_t> ForeignKeyOfAnother(const Edge& edge) const {
    const std::vector<Column>& columns = schema_.tables[edge.child].columns;
    const std::vector<Column>& target_columns = schema_.tables[edge.target].columns;
    for (const Edge& other : schema_.edges) {
      if (other.child != edge.child || other.foreign_key.size() != edge.target_key.size()) continue;
      bool fits = true;
      for (size_t i = 0; i < edge.target_key.size(); ++i) {
        fits = fits && columns[other.foreign_key[i]].kind == target_columns[edge.target_key[i]].kind;
      }
      if (fits) return other.foreign_key;
    }
    return {};
  }

  // A column of the child that is there already, or a new one.
  size_t ForeignKeyColumn(const Edge& edge, Kind kind) {
    std::vector<Column>& columns = schema_.tables[edge.child].columns;
    std::vector<size_t> fit;
    for (size_t c = 0; c < columns.size(); ++c) {
      const bool taken = std::count(edge.foreign_key.begin(), edge.foreign_key.end(), c) > 0;
      if (columns[c].kind == kind && !taken) fit.push_back(c);
    }
    if (swarm_.overlap && !fit.empty() && random_.Chance(60)) {
      return random_.Chance(50) ? fit.back() : random_.Pick(fit);
    }
    const bool required = swarm_.required && random_.Chance(30);
    columns.push_back({absl::StrCat("f", columns.size()), kind, required, false, {}});
    if (random_.Chance(40)) columns.back().default_value = Default(kind);
    return columns.size() - 1;
  }

  // Whether there is an edge over the same columns to the same key, or this one leads from each row to
  // itself.
  bool IsKnown(const Edge& edge) const {
    const auto as_set = [](const std::vector<size_t>& v) { return std::set<size_t>(v.begin(), v.end()); };
    if (edge.child == edge.target && as_set(edge.foreign_key) == as_set(edge.target_key)) return true;
    return std::any_of(schema_.edges.begin(), schema_.edges.end(), [&](const Edge& other) {
      return other.child == edge.child && other.target == edge.target &&
             as_set(other.foreign_key) == as_set(edge.foreign_key) &&
             as_set(other.target_key) == as_set(edge.target_key);
    });
  }

  // The action, unless the columns could never take what it would write.
  Action Possible(const Edge& edge, Action action) const {
    for (const size_t c : edge.foreign_key) {
      const Column& column = schema_.tables[edge.child].columns[c];
      const bool not_null = column.not_null || column.auto_increment;
      if (action == Action::kSetNull && not_null) return Action::kNoAction;
      if (action == Action::kSetDefault && not_null && IsNull(column.default_value)) return Action::kNoAction;
    }
    return action;
  }

  Random& random_;
  const Swarm& swarm_;
  Schema schema_;
};

}  // namespace

Schema RandomSchema(Random& random, const Swarm& swarm) { return SchemaWriter(random, swarm).Write(); }

}  // namespace tenon::model
