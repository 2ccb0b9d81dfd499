#include "tests/model/translation.h"

#include <cstdint>
#include <variant>

namespace tenon::model {
namespace {

Type TypeOf(Kind kind) {
  return kind == Kind::kText ? Type::kString : kind == Kind::kInt32 ? Type::kInt32 : Type::kInt64;
}

std::vector<std::string> Names(const Table& table, const std::vector<size_t>& columns) {
  std::vector<std::string> names;
  for (const size_t c : columns) names.push_back(table.columns[c].name);
  return names;
}

TableDef Definition(const Schema& schema, size_t t) {
  const Table& table = schema.tables[t];
  TableDef def{.name = table.name};
  for (const Column& column : table.columns) {
    def.columns.push_back({.name = column.name,
                           .type = TypeOf(column.kind),
                           .not_null = column.not_null,
                           .auto_increment = column.auto_increment,
                           .default_value = ValueOf(column.kind, column.default_value)});
  }
  for (size_t k = 1; k < table.keys.size(); ++k) def.unique.push_back(Names(table, table.keys[k]));
  for (const auto& index : table.indexes) def.index.push_back(Names(table, index));
  if (table.implicit_id) {
    def.columns.erase(def.columns.begin());
  } else {
    def.primary_key = Names(table, table.keys[0]);
  }
  for (const Edge& edge : schema.edges) {
    if (edge.child != t) continue;
    const Table& target = schema.tables[edge.target];
    def.belongs_to.push_back({.target = target.name,
                              .as = edge.association,
                              .foreign_key = Names(table, edge.foreign_key),
                              .target_key = Names(target, edge.target_key),
                              .inverse = {edge.inverse, edge.one},
                              .on_delete = edge.on_delete,
                              .on_update = edge.on_update,
                              .enforced = edge.enforced,
                              .deferred = edge.deferred});
  }
  return def;
}

Expression ExpressionOf(const Table& table, Kind kind, const Term& term) {
  if (term.column.has_value()) return Col(table.columns[*term.column].name);
  return Expression(ValueOf(kind, term.constant));
}

Expression ExpressionOf(const Table& table, Kind kind, const Formula& formula) {
  const Expression first = ExpressionOf(table, kind, formula.first);
  const Expression second = ExpressionOf(table, kind, formula.second);
  switch (formula.op) {
    case '+':
      return first + second;
    case '-':
      return first - second;
    case '*':
      return first * second;
    default:
      return first;
  }
}

Predicate<> PredicateOf(const Table& table, const Test& test) {
  const Col column(table.columns[test.column].name);
  const Value value = ValueOf(table.columns[test.column].kind, test.value);
  switch (test.comparison) {
    case Comparison::kEqual:
      return column == value;
    case Comparison::kNotEqual:
      return column != value;
    case Comparison::kLess:
      return column < value;
    case Comparison::kGreaterEqual:
      return column >= value;
    case Comparison::kIsNull:
      break;
  }
  return column.IsNull();
}

}  // namespace

std::vector<TableDef> Definitions(const Schema& schema) {
  std::vector<TableDef> definitions;
  for (size_t t = 0; t < schema.tables.size(); ++t) definitions.push_back(Definition(schema, t));
  return definitions;
}

Value ValueOf(Kind kind, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return kind == Kind::kInt64 ? Value(*number) : Value(static_cast<int32_t>(*number));
  }
  return {};
}

Cell CellOf(const Value& value) {
  if (const auto number = value.As<int64_t>()) return *number;
  if (const auto text = value.As<std::string>()) return *text;
  return {};
}

std::string_view ColumnName(const Table& table, size_t column) {
  return column < table.columns.size() ? table.columns[column].name : std::string_view("nosuch");
}

Kind KindOf(const Table& table, size_t column) {
  return column < table.columns.size() ? table.columns[column].kind : Kind::kInt64;
}

tenon::Row RowOf(const Table& table, const NewRow& from) {
  tenon::Row row;
  for (const auto& [column, cell] : from.cells) {
    row.push_back({ColumnName(table, column), ValueOf(KindOf(table, column), cell)});
  }
  return row;
}

std::vector<tenon::Assignment<>> AssignmentsOf(const Table& table, const std::vector<Assignment>& from) {
  std::vector<tenon::Assignment<>> assignments;
  for (const auto& [column, formula] : from) {
    assignments.push_back({ColumnName(table, column), ExpressionOf(table, KindOf(table, column), formula)});
  }
  return assignments;
}

Predicate<> PredicateOf(const Table& table, const Condition& condition) {
  Predicate<> whole;
  for (const Test& test : condition.tests) {
    const Predicate<> part = PredicateOf(table, test);
    whole = whole.nodes().empty() ? part : condition.any ? whole || part : whole && part;
  }
  return condition.negated ? !whole : whole;
}

std::string CodeOf(const absl::Status& status) {
  if (status.ok()) return "ok";
  const std::vector<Violation> violations = GetViolations(status);
  return violations.empty() ? status.ToString() : std::string(CodeName(violations.front().code));
}

}  // namespace tenon::model
