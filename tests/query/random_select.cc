#include "tests/query/random_select.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tenon::query {
namespace {

using Kind = Condition::Kind;

Condition Joined(Kind kind, Condition a, Condition b) {
  Condition joined{.kind = kind};
  joined.operands.push_back(std::move(a));
  joined.operands.push_back(std::move(b));
  return joined;
}

class Writer {
 public:
  Writer(Random& random, const Data& data) : random_(random), data_(data), schema_(data.schema) {}

  Grouped Group(size_t table) {
    Grouped grouped;
    size_t end = table;
    for (size_t hops = random_.Below(4); hops > 0; --hops) {
      const std::vector<Path> paths = PathsFrom(end, /*to_one=*/true);
      if (paths.empty()) break;
      grouped.path.push_back(random_.Pick(paths));
      end = EndOf(schema_, grouped.path.back());
    }
    grouped.column = AnyColumn(table);
    grouped.of = AnyColumn(table);
    const Type type = schema_.tables[table].columns[grouped.of].type;
    const bool number =
        type == Type::kInt32 || type == Type::kInt64 || type == Type::kFloat || type == Type::kDouble;
    using Op = Aggregate<>::Op;
    grouped.op = random_.Pick(number ? std::vector<Op>{Op::kCount, Op::kSum, Op::kMin, Op::kMax, Op::kAverage}
                                     : std::vector<Op>{Op::kCount, Op::kMin, Op::kMax});
    if (random_.Chance(30)) grouped.having = static_cast<int64_t>(random_.Below(4));
    return grouped;
  }
  std::optional<Path> PathTo(size_t table) {
    std::vector<Path> paths;
    for (size_t from = 0; from < schema_.tables.size(); ++from) {
      for (const Path& path : PathsFrom(from, /*to_one=*/false)) {
        if (path.inverse && EndOf(schema_, path) == table) paths.push_back(path);
      }
    }
    if (paths.empty()) return std::nullopt;
    return random_.Pick(paths);
  }

  Select Write() {
    Select select{.table = random_.Below(schema_.tables.size())};
    if (!random_.Chance(5)) select.where = Where(select.table, random_.Below(5));
    for (size_t keys = random_.Chance(50) ? 0 : 1 + random_.Below(3); keys > 0; --keys)
      select.order.push_back(Key(select.table));
    if (random_.Chance(30)) {
      const size_t rows = data_.rows[select.table].size();
      const std::vector<size_t> sizes = {0, 1, 2, rows / 2, rows + 1, std::numeric_limits<size_t>::max()};
      select.limit = random_.Pick(sizes);
      if (random_.Chance(60)) select.offset = random_.Pick(sizes);
    }
    return select;
  }

 private:
  // A condition that asks at most `depth` questions within each other; often with equalities that a key, an index or an edge
  // answers, alone or beside others.
  Condition Where(size_t table, size_t depth) {
    if (!random_.Chance(30)) return Any(table, depth);
    Condition condition = Equalities(table);
    if (random_.Chance(50)) return condition;
    Condition other = Any(table, depth);
    if (random_.Chance(50)) std::swap(condition, other);
    return Joined(Kind::kAnd, std::move(condition), std::move(other));
  }

  // All columns of a key, an index or a foreign key are equal to those of a row.
  Condition Equalities(size_t table) {
    const TableDef& def = schema_.tables[table];
    std::vector<std::vector<std::string>> keys = {def.primary_key};
    keys.insert(keys.end(), def.unique.begin(), def.unique.end());
    keys.insert(keys.end(), def.index.begin(), def.index.end());
    for (const BelongsToDef& edge : def.belongs_to) keys.push_back(edge.foreign_key);
    const std::vector<std::string>& names = random_.Pick(keys);
    const size_t row = AnyRow(table);
    Condition condition;
    for (size_t column = 0; column < def.columns.size(); ++column) {
      if (std::find(names.begin(), names.end(), def.columns[column].name) == names.end()) continue;
      Condition equal = Compare(table, column, row);
      equal.comparison = Comparison::kEqual;
      condition = condition.kind == Kind::kTrue ? std::move(equal)
                                                : Joined(Kind::kAnd, std::move(condition), std::move(equal));
    }
    return condition;
  }

  Condition Any(size_t table, size_t depth) {
    const size_t die = random_.Below(100);
    if (depth > 0 && die < 32) {
      Condition a = Any(table, depth - 1);  // before the other one, whatever the compiler
      return Joined(die < 20 ? Kind::kAnd : Kind::kOr, std::move(a), Any(table, depth - 1));
    }
    if (depth > 0 && die < 40) {
      Condition inverted{.kind = Kind::kNot};
      inverted.operands.push_back(Any(table, depth - 1));
      return inverted;
    }
    if (die < 65) return Related(table, depth);
    if (die < 72) return {.kind = Kind::kIsNull, .column = AnyColumn(table)};
    if (die < 74) return {};
    return Compare(table, AnyColumn(table), AnyRow(table));
  }

  // The column compared with what the row has in it, or with another constant.
  Condition Compare(size_t table, size_t column, size_t row) {
    Condition condition{.kind = Kind::kCompare, .column = column};
    condition.comparison = AnyComparison();
    if (row != kNobody && random_.Chance(80)) {
      condition.constant = data_.rows[table][row].cells[column];
    } else if (!random_.Chance(15)) {
      condition.constant = RandomCell(random_, schema_, table, column);
    }
    if (random_.Chance(20)) condition.constant = OfOtherWidth(condition.constant);
    return condition;
  }

  Value OfOtherWidth(const Value& value) {
    if (const auto narrow = value.As<int32_t>())
      return random_.Chance(20) ? *narrow + (int64_t{1} << 32) : int64_t{*narrow};
    if (const auto wide = value.As<int64_t>()) return static_cast<int32_t>(*wide);
    if (const auto narrow = value.As<float>()) return double{*narrow};
    if (const auto wide = value.As<double>()) return static_cast<float>(*wide);
    return value;
  }

  // A condition on related rows; where there is no way to any, on the row itself.
  Condition Related(size_t table, size_t depth) {
    const std::vector<Path> paths = PathsFrom(table, /*to_one=*/false);
    if (paths.empty()) return Compare(table, AnyColumn(table), AnyRow(table));
    Condition condition{.kind = Kind::kRelated, .path = random_.Pick(paths)};
    const size_t end = EndOf(schema_, condition.path);
    const bool one = IsToOne(condition.path);
    if (one && random_.Chance(30)) {
      condition.kind = Kind::kIsRow;
      if (random_.Chance(85)) condition.row = AnyRow(end);
      return condition;
    }
    if (condition.path.inverse && random_.Chance(40)) {
      condition.count = static_cast<int64_t>(random_.Below(6)) - 1;
      condition.comparison = AnyComparison();
    }
    condition.operands.push_back(depth == 0 || random_.Chance(15) ? Condition() : Where(end, depth - 1));
    return condition;
  }

  OrderKey Key(size_t table) {
    OrderKey key{.order = random_.Chance(50) ? Order::kAscending : Order::kDescending};
    const std::vector<Path> paths = PathsFrom(table, /*to_one=*/true);
    if (!paths.empty() && random_.Chance(40)) key.path = random_.Pick(paths);
    key.column = AnyColumn(key.path.has_value() ? EndOf(schema_, *key.path) : table);
    return key;
  }

  bool IsToOne(const Path& path) const {
    return !path.through.has_value() && (!path.inverse || schema_.edges[path.edge].one);
  }
  std::vector<Path> PathsFrom(size_t table, bool to_one) const {
    std::vector<Path> paths;
    const auto add = [&](const Path& path) {
      if (!to_one || IsToOne(path)) paths.push_back(path);
    };
    for (size_t e = 0; e < schema_.edges.size(); ++e) {
      if (schema_.edges[e].child == table) add({e});
      if (schema_.edges[e].target != table) continue;
      add({e, true});
      for (size_t other = 0; other < schema_.edges.size(); ++other) {
        if (other != e && schema_.edges[other].child == schema_.edges[e].child) add({e, true, other});
      }
    }
    return paths;
  }

  size_t AnyColumn(size_t table) { return random_.Below(schema_.tables[table].columns.size()); }
  size_t AnyRow(size_t table) {
    return data_.rows[table].empty() ? kNobody : random_.Below(data_.rows[table].size());
  }
  Comparison AnyComparison() { return static_cast<Comparison>(random_.Below(6)); }

  Random& random_;
  const Data& data_;
  const Schema& schema_;
};

}  // namespace

Select RandomSelect(Random& random, const Data& data) { return Writer(random, data).Write(); }

Grouped RandomGrouped(Random& random, const Data& data, const Select& select) {
  return Writer(random, data).Group(select.table);
}
std::optional<Path> RandomPathTo(Random& random, const Data& data, size_t table) {
  return Writer(random, data).PathTo(table);
}

}  // namespace tenon::query
