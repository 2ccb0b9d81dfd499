#include "tests/query/sql_text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::query {
namespace {

using Kind = Condition::Kind;

std::string Floating(double number) {
  if (std::isnan(number)) return "NaN";  // which SQLite has not: for people only
  if (std::isinf(number)) return number > 0 ? "9e999" : "-9e999";
  return absl::StrFormat("%.17e", number);
}
std::string Hex(const std::string& bytes) { return absl::StrCat("x'", absl::BytesToHexString(bytes), "'"); }

struct Literal {
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool truth) const { return truth ? "1" : "0"; }
  std::string operator()(int32_t number) const { return absl::StrCat(number); }
  std::string operator()(int64_t number) const { return absl::StrCat(number); }
  std::string operator()(float number) const { return Floating(number); }
  std::string operator()(double number) const { return Floating(number); }
  std::string operator()(const std::string& text) const {
    return absl::StrCat("CAST(", Hex(text), " AS TEXT)");
  }
  std::string operator()(const Bytes& bytes) const { return Hex(bytes.data); }
};
std::string SqlOf(const Value& value) { return std::visit(Literal(), value.variant()); }

const char* Sign(Comparison comparison) {
  constexpr const char* kSigns[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
  return kSigns[static_cast<size_t>(comparison)];
}

class Writer {
 public:
  explicit Writer(const Data& data) : data_(data), schema_(data.schema) {}

  std::string Write(const Select& select) {
    std::string sql = absl::StrCat("SELECT a0.slot FROM ", Name(select.table), " a0 WHERE ",
                                   Text(select.table, "a0", select.where), " ORDER BY ");
    for (const OrderKey& key : select.order) {
      std::string cell;
      if (key.path.has_value()) {
        const std::string end = Alias();
        cell = absl::StrCat("(SELECT ", end, ".", Column(EndOf(schema_, *key.path), key.column),
                            From(*key.path, "a0", end), ")");
      } else {
        cell = absl::StrCat("a0.", Column(select.table, key.column));
      }
      absl::StrAppend(&sql, cell,
                      key.order == Order::kAscending ? " ASC NULLS FIRST, " : " DESC NULLS LAST, ");
    }
    absl::StrAppend(&sql, "a0.slot");
    constexpr auto kMost = static_cast<size_t>(INT64_MAX);
    if (select.limit.has_value())
      absl::StrAppend(&sql, " LIMIT ", std::min(*select.limit, kMost), " OFFSET ",
                      std::min(select.offset, kMost));
    return sql;
  }

 private:
  const std::string& Name(size_t table) const { return schema_.tables[table].name; }
  const std::string& Column(size_t table, size_t column) const {
    return schema_.tables[table].columns[column].name;
  }
  std::string Alias() { return absl::StrCat("a", ++aliases_); }

  // " FROM ... WHERE ...": the rows at the end of the path, named `end`.
  std::string From(const Path& path, const std::string& here, const std::string& end) {
    const Edge& edge = schema_.edges[path.edge];
    if (!path.inverse)
      return absl::StrCat(" FROM ", Name(edge.target), " ", end, " WHERE ", Join(edge, here, end));
    if (!path.through.has_value())
      return absl::StrCat(" FROM ", Name(edge.child), " ", end, " WHERE ", Join(edge, end, here));
    const Edge& other = schema_.edges[*path.through];
    const std::string pair = Alias();
    return absl::StrCat(" FROM ", Name(edge.child), " ", pair, ", ", Name(other.target), " ", end, " WHERE ",
                        Join(edge, pair, here), " AND ", Join(other, pair, end));
  }
  std::string Join(const Edge& edge, const std::string& child, const std::string& target) const {
    std::string sql;
    for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
      absl::StrAppend(&sql, i == 0 ? "" : " AND ", child, ".", Column(edge.child, edge.foreign_key[i]), " = ",
                      target, ".", Column(edge.target, edge.target_key[i]));
    }
    return sql;
  }

  std::string Text(size_t table, const std::string& here, const Condition& c) {
    const auto operand = [&](size_t i) { return Text(table, here, c.operands[i]); };
    const auto cell = [&] { return absl::StrCat(here, ".", Column(table, c.column)); };
    switch (c.kind) {
      case Kind::kTrue:
        return "1";
      case Kind::kNot:
        return absl::StrCat("NOT (", operand(0), ")");
      case Kind::kAnd:
        return absl::StrCat("(", operand(0), " AND ", operand(1), ")");
      case Kind::kOr:
        return absl::StrCat("(", operand(0), " OR ", operand(1), ")");
      case Kind::kIsNull:
        return absl::StrCat(cell(), " IS NULL");
      case Kind::kCompare:
        return absl::StrCat(cell(), Sign(c.comparison), SqlOf(c.constant));
      case Kind::kIsRow:
      case Kind::kRelated:
        break;
    }
    const size_t table_there = EndOf(schema_, c.path);
    const std::string end = Alias();
    const std::string from = From(c.path, here, end);
    std::string meets;
    if (c.kind == Kind::kRelated) {
      meets = Text(table_there, end, c.operands[0]);
    } else if (c.row == kNobody) {
      meets = "0";
    } else {
      meets = absl::StrCat(end, ".slot = ", data_.rows[table_there][c.row].ref.slot());
    }
    if (!c.count.has_value()) return absl::StrCat("EXISTS (SELECT 1", from, " AND ", meets, ")");
    return absl::StrCat("(SELECT COUNT(*)", from, " AND ", meets, ")", Sign(c.comparison), *c.count);
  }

  const Data& data_;
  const Schema& schema_;
  size_t aliases_ = 0;
};

}  // namespace

std::string SqlOf(const Data& data) {
  std::string sql = "BEGIN;\n";
  for (size_t t = 0; t < data.rows.size(); ++t) {
    const TableDef& table = data.schema.tables[t];
    absl::StrAppend(&sql, "CREATE TABLE ", table.name, " (slot INTEGER PRIMARY KEY");
    for (const ColumnDef& column : table.columns) absl::StrAppend(&sql, ", ", column.name);
    absl::StrAppend(&sql, ");\n");
    for (const StoredRow& row : data.rows[t]) {
      absl::StrAppend(&sql, "INSERT INTO ", table.name, " VALUES (", row.ref.slot());
      for (const Value& cell : row.cells) absl::StrAppend(&sql, ", ", SqlOf(cell));
      absl::StrAppend(&sql, ");\n");
    }
  }
  return sql + "COMMIT;\n";
}

std::string SqlOf(const Data& data, const Select& select) { return Writer(data).Write(select); }

}  // namespace tenon::query
