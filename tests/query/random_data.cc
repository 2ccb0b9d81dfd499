#include "tests/query/random_data.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon::query {
namespace {

// The columns of a key of a table, by place; those of its primary key first.
using Key = std::vector<size_t>;

size_t PlaceOf(const TableDef& table, const std::string& column) {
  const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                               [&](const ColumnDef& c) { return c.name == column; });
  return static_cast<size_t>(at - table.columns.begin());
}
Key PlacesOf(const TableDef& table, const std::vector<std::string>& columns) {
  Key places;
  for (const std::string& column : columns) places.push_back(PlaceOf(table, column));
  return places;
}

class SchemaWriter {
 public:
  explicit SchemaWriter(Random& random) : random_(random) {}

  Schema Write() {
    schema_.nan = random_.Chance(20);
    const size_t tables = 3 + random_.Below(2);
    for (size_t t = 0; t < tables; ++t) AddTable(absl::StrCat("T", t));
    for (size_t e = 3 + random_.Below(4); e > 0; --e) {
      const size_t child = random_.Below(tables);
      AddEdge(child, random_.Chance(35) ? child : random_.Below(tables));
    }
    if (random_.Chance(80)) {
      AddTable("Pair");
      for (int i = 0; i < 2; ++i) AddEdge(tables, random_.Below(tables));
    }
    for (TableDef& table : schema_.tables) AddIndexes(table);
    return std::move(schema_);
  }

 private:
  static constexpr Type kKeyTypes[] = {Type::kInt64, Type::kInt64, Type::kInt32, Type::kString, Type::kBytes};
  static constexpr Type kTypes[] = {Type::kBool,   Type::kInt32,  Type::kInt64, Type::kFloat,
                                    Type::kDouble, Type::kString, Type::kBytes};
  Type KeyType() { return kKeyTypes[random_.Below(std::size(kKeyTypes))]; }

  std::string AddColumn(size_t t, Type type, bool not_null, size_t spread) {
    TableDef& table = schema_.tables[t];
    schema_.spread[t].push_back(spread);
    table.columns.push_back(
        {.name = absl::StrCat("c", table.columns.size()), .type = type, .not_null = not_null});
    return table.columns.back().name;
  }

  std::string AddKeyColumn(size_t t, size_t spread) {
    const bool not_null = random_.Chance(30);
    return AddColumn(t, KeyType(), not_null, spread);
  }

  void AddTable(const std::string& name) {
    const size_t t = schema_.tables.size();
    schema_.tables.push_back({.name = name});
    schema_.spread.emplace_back();
    std::vector<std::string> primary;
    if (random_.Chance(30)) {
      primary = {AddColumn(t, Type::kInt32, true, 3), AddColumn(t, KeyType(), true, 25)};
    } else {
      primary = {AddColumn(t, KeyType(), true, 70)};
    }
    schema_.tables[t].primary_key = primary;
    if (random_.Chance(50)) schema_.tables[t].unique.push_back({AddKeyColumn(t, 25)});
    if (random_.Chance(25)) {
      const std::string first = AddKeyColumn(t, 4);
      schema_.tables[t].unique.push_back({first, AddKeyColumn(t, 10)});
    }
    for (size_t c = 3 + random_.Below(4); c > 0; --c) {
      const bool not_null = random_.Chance(40);
      AddColumn(t, kTypes[random_.Below(std::size(kTypes))], not_null, 0);
    }
  }

  void AddEdge(size_t c, size_t t) {
    TableDef& child = schema_.tables[c];
    const TableDef& target = schema_.tables[t];
    const size_t e = schema_.edges.size();
    BelongsToDef def{.target = target.name, .as = absl::StrCat("e", e)};
    def.target_key = target.primary_key;
    if (!target.unique.empty() && random_.Chance(40)) def.target_key = random_.Pick(target.unique);
    const bool required = random_.Chance(30);
    for (size_t i = 0; i < def.target_key.size(); ++i) {
      const Type type = target.columns[PlaceOf(target, def.target_key[i])].type;
      // A composite key may share a column with whatever is there.
      const auto shared = std::find_if(child.columns.begin(), child.columns.end(),
                                       [&](const ColumnDef& column) { return column.type == type; });
      const bool share = i + 1 < def.target_key.size() && shared != child.columns.end() && random_.Chance(40);
      def.foreign_key.push_back(share ? shared->name : AddColumn(c, type, required, 10));
    }
    def.inverse = {absl::StrCat("e", e, "_back"), random_.Chance(20)};
    const Key foreign_key = PlacesOf(child, def.foreign_key);
    const bool nullable = std::none_of(foreign_key.begin(), foreign_key.end(),
                                       [&](size_t column) { return child.columns[column].not_null; });
    def.enforced = random_.Chance(75);
    if (def.enforced) {
      def.deferred = random_.Chance(25);
      def.on_delete = RandomAction(nullable);
      def.on_update = RandomAction(nullable);
    }
    schema_.edges.push_back({c, foreign_key, t, PlacesOf(schema_.tables[t], def.target_key), def.as,
                             def.inverse.name, def.inverse.one});
    child.belongs_to.push_back(std::move(def));
  }

  Action RandomAction(bool nullable) {
    constexpr Action kActions[] = {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull};
    return kActions[random_.Below(nullable ? 4 : 3)];
  }

  void AddIndexes(TableDef& table) {
    std::set<std::set<std::string>> known = {{table.primary_key.begin(), table.primary_key.end()}};
    for (const KeyColumns& key : table.unique) known.insert({key.begin(), key.end()});
    std::vector<std::vector<std::string>> foreign_keys;
    for (const BelongsToDef& edge : table.belongs_to) foreign_keys.push_back(edge.foreign_key);
    std::vector<std::string> fit;
    for (const ColumnDef& column : table.columns) {
      if (column.type != Type::kBool && column.type != Type::kFloat && column.type != Type::kDouble)
        fit.push_back(column.name);
    }
    for (size_t i = random_.Below(4); i > 0; --i) {
      std::vector<std::string> columns = {random_.Pick(fit)};
      if (random_.Chance(40)) columns.push_back(random_.Pick(fit));
      if (!foreign_keys.empty() && random_.Chance(25)) columns = random_.Pick(foreign_keys);
      const std::set<std::string> names(columns.begin(), columns.end());
      if (names.size() == columns.size() && known.insert(names).second) table.index.push_back(columns);
    }
  }

  Random& random_;
  Schema schema_;
};

// ---- Cells ----

template <class V>
V Pick(Random& random, std::initializer_list<V> values) {
  return values.begin()[random.Below(values.size())];
}

template <class F>
Value OddNumber(Random& random, bool nan) {
  if (nan && random.Chance(25)) return std::numeric_limits<F>::quiet_NaN();
  constexpr F kInfinity = std::numeric_limits<F>::infinity();
  return Pick<F>(random, {F(-1.5), F(-0.0), F(0), F(0.1), F(2), kInfinity, -kInfinity});
}

std::string OddText(Random& random) {
  static const std::vector<std::string> texts = {
      "", "a", "ab", "b", std::string("a\0", 2), "\xff", "a long text, the first", "a long text, the second"};
  return random.Pick(texts);
}

Value OddValue(Random& random, Type type, bool nan) {
  switch (type) {
    case Type::kBool:
      return random.Chance(50);
    case Type::kInt32:
      return Pick<int32_t>(random, {INT32_MIN, -1, 0, 1, 2, INT32_MAX});
    case Type::kInt64:
      return Pick<int64_t>(random, {INT64_MIN, -1, 0, 1, 2, int64_t{1} << 40, INT64_MAX});
    case Type::kFloat:
      return OddNumber<float>(random, nan);
    case Type::kDouble:
      return OddNumber<double>(random, nan);
    case Type::kString:
      return OddText(random);
    case Type::kBytes:
      return Bytes{OddText(random)};
  }
  return {};
}

Value KeyValue(Random& random, Type type, size_t spread) {
  const size_t n = random.Below(spread);
  const std::string text = n == 0       ? ""
                           : n % 2 == 0 ? absl::StrCat(n)
                                        : absl::StrCat("a key of many bytes, ", n);
  switch (type) {
    case Type::kInt32:
      return static_cast<int32_t>(n);
    case Type::kString:
      return text;
    case Type::kBytes:
      return Bytes{text};
    default:
      return static_cast<int64_t>(n);
  }
}

// ---- Rows ----

class Runner {
 public:
  Runner(Random& random, const Schema& schema, const std::vector<Database*>& databases)
      : random_(random), schema_(schema), databases_(databases), gone_(schema.tables.size()) {}

  void Step() {
    const size_t t = random_.Below(schema_.tables.size());
    const Table<> table = databases_[0]->GetTable(schema_.tables[t].name);
    if (table.size() < 60 && random_.Chance(75)) return Insert(t);
    if (table.empty()) return;
    auto at = table.begin();
    for (size_t skip = random_.Below(table.size()); skip > 0; --skip) ++at;
    const Ref<> ref = *at;
    if (random_.Chance(50)) {
      Everywhere([&](Database& db) { return db.GetTable(table.name()).Erase(ref); });
      if (!table.Contains(ref)) gone_[t].push_back(ref);
    } else {
      const size_t c = random_.Below(schema_.tables[t].columns.size());
      const Value value = CellFor(t)[c];
      Everywhere([&](Database& db) {
        return db.GetTable(table.name()).Set(ref, schema_.tables[t].columns[c].name, value);
      });
    }
  }
  std::vector<RefList<>> gone() && { return std::move(gone_); }

 private:
  void Insert(size_t t) {
    const Cells cells = CellFor(t);
    Row row;
    for (size_t c = 0; c < cells.size(); ++c) row.push_back({schema_.tables[t].columns[c].name, cells[c]});
    Everywhere([&](Database& db) { return db.GetTable(schema_.tables[t].name).Insert(row).status(); });
  }

  // Cells for a row of the table; those of its foreign keys are mostly the key of a row that is there.
  Cells CellFor(size_t t) {
    Cells cells;
    for (size_t c = 0; c < schema_.tables[t].columns.size(); ++c)
      cells.push_back(RandomCell(random_, schema_, t, c));
    for (const Edge& edge : schema_.edges) {
      if (edge.child != t || random_.Chance(10)) continue;
      const Table<> targets = databases_[0]->GetTable(schema_.tables[edge.target].name);
      Cells target = cells;
      if (edge.target != t || random_.Chance(90)) {
        if (targets.empty()) continue;
        auto at = targets.begin();
        // Some have many children, most have few.
        for (size_t skip = random_.Below(1 + random_.Below(targets.size())); skip > 0; --skip) ++at;
        target = targets.Get(*at).value();
      }
      for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
        const Value& cell = target[edge.target_key[i]];
        if (!cell.is_null() || !schema_.tables[t].columns[edge.foreign_key[i]].not_null)
          cells[edge.foreign_key[i]] = cell;
      }
    }
    return cells;
  }

  template <class F>
  void Everywhere(F statement) {
    const absl::Status status = statement(*databases_[0]);
    for (size_t i = 1; i < databases_.size(); ++i) {
      const absl::Status other = statement(*databases_[i]);
      if (other == status) continue;
      std::fprintf(stderr, "Indexes change what a statement does: \"%s\", \"%s\"\n",
                   status.ToString().c_str(), other.ToString().c_str());
      std::abort();
    }
  }

  Random& random_;
  const Schema& schema_;
  const std::vector<Database*>& databases_;
  std::vector<RefList<>> gone_;
};

}  // namespace

Schema RandomSchema(Random& random) { return SchemaWriter(random).Write(); }

Value RandomCell(Random& random, const Schema& schema, size_t table, size_t column) {
  const ColumnDef& def = schema.tables[table].columns[column];
  if (!def.not_null && random.Chance(20)) return {};
  const size_t spread = schema.spread[table][column];
  return spread == 0 ? OddValue(random, def.type, schema.nan) : KeyValue(random, def.type, spread);
}

std::vector<RefList<>> RunAtRandom(Random& random, const Schema& schema, size_t statements,
                                   const std::vector<Database*>& databases) {
  Runner runner(random, schema, databases);
  for (; statements > 0; --statements) runner.Step();
  return std::move(runner).gone();
}

}  // namespace tenon::query
