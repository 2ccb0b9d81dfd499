#include "tests/query/naive.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tenon::query {
namespace {

using Kind = Condition::Kind;
using Truth = std::optional<bool>;  // nullopt: neither

Truth Not(Truth a) { return a.has_value() ? Truth(!*a) : a; }
Truth And(Truth a, Truth b) {
  if (a == Truth(false) || b == Truth(false)) return false;
  return a.has_value() && b.has_value() ? Truth(true) : std::nullopt;
}
Truth Or(Truth a, Truth b) { return Not(And(Not(a), Not(b))); }

// Null comes first, NaN after all numbers. Requires: values of a kind.
std::weak_ordering CompareValues(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return !a.is_null() <=> !b.is_null();
  if (const auto text = a.As<std::string_view>()) return text->compare(*b.As<std::string_view>()) <=> 0;
  if (const auto truth = a.As<bool>()) return *truth <=> *b.As<bool>();
  if (const auto number = a.As<int64_t>()) return *number <=> *b.As<int64_t>();
  const auto floating = [](const Value& v) {
    return v.As<float>() ? double{*v.As<float>()} : *v.As<double>();
  };
  const double x = floating(a), y = floating(b);
  if (std::isnan(x) || std::isnan(y)) return std::isnan(x) <=> std::isnan(y);
  return x < y   ? std::weak_ordering::less
         : x > y ? std::weak_ordering::greater
                 : std::weak_ordering::equivalent;
}

bool Holds(Comparison comparison, std::weak_ordering order) {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kNotEqual:
      return order != 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

std::vector<size_t> RelatedRows(const Data& data, const Path& path, size_t row) {
  std::vector<size_t> rows;
  if (path.inverse) {
    rows = data.children[path.edge][row];
  } else {
    rows.push_back(data.targets[path.edge][row]);
  }
  if (path.through.has_value()) {
    for (size_t& other : rows) other = data.targets[*path.through][other];
  }
  std::erase(rows, kNobody);
  return rows;
}

Truth Evaluate(const Data& data, size_t table, size_t row, const Condition& c) {
  const auto operand = [&](size_t i) { return Evaluate(data, table, row, c.operands[i]); };
  switch (c.kind) {
    case Kind::kTrue:
      return true;
    case Kind::kNot:
      return Not(operand(0));
    case Kind::kAnd:
      return And(operand(0), operand(1));
    case Kind::kOr:
      return Or(operand(0), operand(1));
    case Kind::kIsNull:
      return data.rows[table][row].cells[c.column].is_null();
    case Kind::kCompare: {
      const Value& cell = data.rows[table][row].cells[c.column];
      if (cell.is_null() || c.constant.is_null()) return std::nullopt;
      return Holds(c.comparison, CompareValues(cell, c.constant));
    }
    case Kind::kIsRow:
    case Kind::kRelated:
      break;
  }
  const size_t end = EndOf(data.schema, c.path);
  int64_t number = 0;
  for (const size_t other : RelatedRows(data, c.path, row)) {
    const Truth meets = c.kind == Kind::kIsRow ? other == c.row : Evaluate(data, end, other, c.operands[0]);
    number += meets == Truth(true) ? 1 : 0;
  }
  return c.count.has_value() ? Holds(c.comparison, number <=> *c.count) : number > 0;
}

Value OrderCell(const Data& data, const Select& select, const OrderKey& key, size_t row) {
  if (!key.path.has_value()) return data.rows[select.table][row].cells[key.column];
  const std::vector<size_t> related = RelatedRows(data, *key.path, row);
  return related.empty() ? Value() : data.rows[EndOf(data.schema, *key.path)][related[0]].cells[key.column];
}

}  // namespace

std::vector<size_t> Answer(const Data& data, const Select& select) {
  std::vector<size_t> places;
  for (size_t row = 0; row < data.rows[select.table].size(); ++row) {
    if (Evaluate(data, select.table, row, select.where) == Truth(true)) places.push_back(row);
  }
  std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    for (const OrderKey& key : select.order) {
      const auto order = CompareValues(OrderCell(data, select, key, a), OrderCell(data, select, key, b));
      if (order != 0) return key.order == Order::kAscending ? order < 0 : order > 0;
    }
    return false;
  });
  const auto first = static_cast<std::ptrdiff_t>(std::min(select.offset, places.size()));
  places.erase(places.begin(), places.begin() + first);
  if (select.limit.has_value()) places.resize(std::min(*select.limit, places.size()));
  return places;
}

}  // namespace tenon::query
