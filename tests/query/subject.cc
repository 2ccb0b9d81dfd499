#include "tests/query/subject.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace tenon::query {
namespace {

using Kind = Condition::Kind;

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

Predicate<> Compared(const RelatedCount<>& number, Comparison comparison, int64_t count) {
  switch (comparison) {
    case Comparison::kEqual:
      return number == count;
    case Comparison::kNotEqual:
      return number != count;
    case Comparison::kLess:
      return number < count;
    case Comparison::kLessEqual:
      return number <= count;
    case Comparison::kGreater:
      return number > count;
    default:
      return number >= count;
  }
}

}  // namespace

Subject::Subject(const Schema& schema) {
  Check(db_.CreateTables(schema.tables));
  for (const TableDef& table : schema.tables) tables_.push_back(db_.GetTable(table.name));
  for (const Edge& edge : schema.edges) {
    belongs_to_.push_back(tables_[edge.child].BelongsTo(edge.association));
    has_many_.push_back(tables_[edge.target].HasMany(edge.inverse));
    has_one_.push_back(edge.one ? tables_[edge.target].HasOne(edge.inverse) : ToOne<>());
  }
}

void Subject::AddIndexes(const Schema& schema) {
  for (size_t t = 0; t < tables_.size(); ++t) {
    for (const KeyColumns& index : schema.tables[t].index) Check(db_.AddIndex(tables_[t], index));
  }
}

void Subject::DropIndexes() {
  for (const TableInfo& table : db_.schema().tables) {
    for (const KeyInfo& key : table.keys) {
      if (!key.unique) Check(db_.DropIndex(db_.GetTable(table.name), key.constraint));
    }
  }
}

Query<> Subject::QueryOf(const Data& data, const Select& select) const {
  const Table<>& table = tables_[select.table];
  Query<> query = select.where.kind == Kind::kTrue
                      ? table.All()
                      : table.Where(PredicateOf(data, select.table, select.where));
  for (const OrderKey& key : select.order) {
    if (key.path.has_value()) {
      const TableDef& end = data.schema.tables[EndOf(data.schema, *key.path)];
      query = query.OrderBy(ToOneOf(*key.path), end.columns[key.column].name, key.order);
    } else {
      query = query.OrderBy(data.schema.tables[select.table].columns[key.column].name, key.order);
    }
  }
  return select.limit.has_value() ? query.Limit(*select.limit, select.offset) : query;
}

template <class Relation>
Predicate<> Subject::Related(const Relation& relation, const Condition& condition, Predicate<> related) {
  if (!condition.count.has_value()) return relation.Any(std::move(related));
  return Compared(relation.Count(std::move(related)), condition.comparison, *condition.count);
}

Predicate<> Subject::PredicateOf(const Data& data, size_t table, const Condition& c) const {
  const auto operand = [&](size_t i) { return PredicateOf(data, table, c.operands[i]); };
  const auto column = [&] { return Col(data.schema.tables[table].columns[c.column].name); };
  switch (c.kind) {
    case Kind::kTrue:
      return {};
    case Kind::kNot:
      return !operand(0);
    case Kind::kAnd:
      return operand(0) && operand(1);
    case Kind::kOr:
      return operand(0) || operand(1);
    case Kind::kIsNull:
      return column().IsNull();
    case Kind::kCompare:
      return column().Compare(c.comparison, c.constant);
    case Kind::kIsRow:
    case Kind::kRelated:
      break;
  }
  const size_t end = EndOf(data.schema, c.path);
  if (c.kind == Kind::kIsRow) {
    const Ref<> gone = data.gone[end].empty() ? Ref<>() : data.gone[end].back();
    return ToOneOf(c.path).Is(c.row == kNobody ? gone : data.rows[end][c.row].ref);
  }
  Predicate<> related = PredicateOf(data, end, c.operands[0]);
  const Edge& edge = data.schema.edges[c.path.edge];
  if (c.path.through.has_value()) {
    return Related(ManyToManyOf(data.schema, c.path), c, std::move(related));
  }
  if (!c.path.inverse || (edge.one && !c.count.has_value())) return ToOneOf(c.path).Is(std::move(related));
  return Related(has_many_[c.path.edge], c, std::move(related));
}

}  // namespace tenon::query
