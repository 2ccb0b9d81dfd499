#include "tests/query/naive.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/numeric/int128.h"

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

// What is made of values, nulls passed over; nullopt: a sum beyond 64 bits.
std::optional<Value> Make(Aggregate<>::Op op, std::vector<Value> values) {
  using Op = Aggregate<>::Op;
  if (op == Op::kCount) return static_cast<int64_t>(values.size());
  std::erase_if(values, [](const Value& v) { return v.is_null(); });
  if (values.empty()) return Value();
  Value best = values[0];
  absl::int128 whole = 0;
  double floating = 0;
  for (const Value& v : values) {
    const std::weak_ordering order = CompareValues(v, best);
    if (op == Op::kMin ? order < 0 : op == Op::kMax && order > 0) best = v;
    if (v.As<int64_t>()) whole += *v.As<int64_t>();
    if (v.As<float>()) floating += *v.As<float>();
    if (v.As<double>()) floating += *v.As<double>();
  }
  if (op == Op::kMin || op == Op::kMax) return best;
  const bool is_whole = values[0].As<int64_t>().has_value();
  if (op == Op::kAverage)
    return (is_whole ? static_cast<double>(whole) : floating) / static_cast<double>(values.size());
  if (!is_whole) return floating;
  if (whole < INT64_MIN || whole > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(whole);
}

}  // namespace

std::vector<MadeGroup> Answer(const Data& data, const Select& select, const Grouped& grouped) {
  struct Members {
    MadeGroup made;
    std::vector<Value> values;
  };
  std::vector<Members> groups;
  for (const size_t row : Answer(data, select)) {
    MadeGroup own;
    if (grouped.path.empty()) {
      own.key = data.rows[select.table][row].cells[grouped.column];
    } else {
      own.place = row;
      for (const Path& path : grouped.path) {
        const std::vector<size_t> next = RelatedRows(data, path, own.place);
        own.place = next.empty() ? kNobody : next[0];
        if (next.empty()) break;
      }
      if (own.place == kNobody) continue;
    }
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const Members& m) {
      return m.made.place == own.place && (!grouped.path.empty() || CompareValues(m.made.key, own.key) == 0);
    });
    Members& members = known != groups.end() ? *known : groups.emplace_back(Members{own, {}});
    members.values.push_back(
        grouped.op == Aggregate<>::Op::kCount ? Value(true) : data.rows[select.table][row].cells[grouped.of]);
  }
  std::stable_sort(groups.begin(), groups.end(), [&](const Members& a, const Members& b) {
    return grouped.path.empty() ? CompareValues(a.made.key, b.made.key) < 0 : a.made.place < b.made.place;
  });
  std::vector<MadeGroup> made;
  for (Members& members : groups) {
    if (grouped.having.has_value() && static_cast<int64_t>(members.values.size()) <= *grouped.having)
      continue;
    members.made.value = Make(grouped.op, members.values);
    made.push_back(std::move(members.made));
  }
  return made;
}

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
