#include "tests/query/trial.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/query/naive.h"
#include "tests/query/random_select.h"
#include "tests/query/sql_text.h"

namespace tenon::query {
namespace {

std::string TextOf(const RefList<>& refs) {
  return absl::StrCat(
      "[", absl::StrJoin(refs, " ", [](std::string* out, Ref<> ref) { absl::StrAppend(out, ref.slot()); }),
      "]");
}

std::string Unlike(const char* what, const RefList<>& found, const RefList<>& expected) {
  return absl::StrCat(what, ": ", TextOf(found), " and not ", TextOf(expected), "\n");
}

// All NaN are one: infinities that are added up may leave any.
bool Same(const Value& a, const Value& b) { return a == b || a.ToString() == b.ToString(); }

// The number of results, as Explain tells it: "..., 3 found where ..." of the first line, or at the end "...: 3 rows".
std::optional<size_t> CountIn(const std::string& explanation, bool ordered) {
  std::vector<std::string> lines = absl::StrSplit(explanation, '\n', absl::SkipEmpty());
  if (lines.empty()) return std::nullopt;
  const std::vector<std::string> words =
      ordered ? absl::StrSplit(lines.back(), ' ')
              : absl::StrSplit(std::vector<std::string>(absl::StrSplit(lines[0], " found"))[0], ' ');
  const size_t from_end = ordered ? 2 : 1;
  size_t count = 0;
  if (words.size() < from_end || !absl::SimpleAtoi(words[words.size() - from_end], &count))
    return std::nullopt;
  return count;
}

}  // namespace

Trial::Trial(uint64_t seed)
    : random_(seed), schema_(RandomSchema(random_)), indexed_(schema_), plain_(schema_) {
  const std::vector<Database*> both = {&indexed_.db(), &plain_.db()};
  // Indexes are filled row by row, or come to rows that are there.
  const bool late = random_.Chance(50);
  if (late) indexed_.DropIndexes();
  plain_.DropIndexes();
  std::vector<RefList<>> gone = RunAtRandom(random_, schema_, 20 + random_.Below(700), both);
  if (late) indexed_.AddIndexes(schema_);
  if (random_.Chance(50)) {
    indexed_transaction_ = indexed_.db().Begin();
    plain_transaction_ = plain_.db().Begin();
  }
  const std::vector<RefList<>> gone_later = RunAtRandom(random_, schema_, random_.Below(60), both);
  data_ = Copy(schema_, indexed_.db());
  for (size_t t = 0; t < gone.size(); ++t) {
    gone[t].insert(gone[t].end(), gone_later[t].begin(), gone_later[t].end());
  }
  data_.gone = std::move(gone);
  if (!schema_.nan) sqlite_.Run(SqlOf(data_));
}

std::string Trial::NextDifference() {
  const Select select = RandomSelect(random_, data_);
  const std::string difference = Difference(select);
  if (difference.empty()) return difference;
  return absl::StrCat(difference, SqlOf(data_, select), "\n", indexed_.QueryOf(data_, select).Explain(),
                      indexed_.db().schema().ToString());
}

std::string Trial::Difference(const Select& select) {
  RefList<> expected;
  std::vector<Cells> expected_rows;
  for (const size_t place : Answer(data_, select)) {
    expected.push_back(data_.rows[select.table][place].ref);
    expected_rows.push_back(data_.rows[select.table][place].cells);
  }
  const Query<> query = indexed_.QueryOf(data_, select);
  if (!query.status().ok()) return absl::StrCat(query.status().ToString(), "\n");
  if (const RefList<> refs = query.Refs(); refs != expected) return Unlike("Refs", refs, expected);
  if (const RefList<> refs = plain_.QueryOf(data_, select).Refs(); refs != expected)
    return Unlike("Refs without indexes", refs, expected);
  if (query.Rows() != expected_rows) return "Rows are not those of Refs\n";
  const Ref<> first = expected.empty() ? Ref<>() : expected[0];
  if (query.First() != first) return Unlike("First", {query.First()}, {first});
  if (query.Count() != expected.size())
    return absl::StrCat("Count: ", query.Count(), " and not ", expected.size(), "\n");
  const bool limited = select.offset != 0 || select.limit.value_or(SIZE_MAX) != SIZE_MAX;
  const bool ordered = !select.order.empty() || limited;
  if (CountIn(query.Explain(), ordered) != expected.size()) return "Explain tells another number\n";
  std::string difference = SqliteDifference(select, expected);
  if (difference.empty() && random_.Chance(40)) difference = GroupDifference(select);
  if (difference.empty() && random_.Chance(30)) difference = IncludeDifference(select);
  if (difference.empty() && random_.Chance(8)) difference = EraseDifference(select, expected);
  if (difference.empty() && random_.Chance(8)) difference = UpdateDifference(select, expected);
  return difference;
}

std::string Trial::SqliteDifference(const Select& select, const RefList<>& expected) {
  if (schema_.nan) return "";
  std::vector<int64_t> slots;
  for (const Ref<> ref : expected) slots.push_back(ref.slot());
  const std::vector<int64_t> found = sqlite_.Numbers(SqlOf(data_, select));
  if (found == slots) return "";
  return absl::StrCat("SQLite: [", absl::StrJoin(found, " "), "] and not ", TextOf(expected), "\n");
}

std::string Trial::GroupDifference(const Select& select) {
  const Grouped grouped = RandomGrouped(random_, data_, select);
  const std::vector<MadeGroup> expected = Answer(data_, select, grouped);
  const std::vector<ColumnDef>& columns = schema_.tables[select.table].columns;
  const Aggregate<> aggregate(grouped.op,
                              grouped.op == Aggregate<>::Op::kCount ? "" : columns[grouped.of].name);
  const Query<> query = indexed_.QueryOf(data_, select);
  const bool beyond =
      std::any_of(expected.begin(), expected.end(), [](const MadeGroup& g) { return !g.value; });
  const auto compare = [&](auto groups, auto key_of) -> std::string {
    if (grouped.having.has_value()) groups = groups.Having(Count() > *grouped.having);
    const auto found = groups.Get(aggregate);
    if (!found.ok()) return beyond ? "" : absl::StrCat("Groups: ", found.status().ToString(), "\n");
    if (beyond) return "Groups: a sum beyond 64 bits is told\n";
    if (found->size() != expected.size())
      return absl::StrCat("Groups: ", found->size(), " and not ", expected.size(), "\n");
    for (size_t i = 0; i < expected.size(); ++i) {
      if ((*found)[i].key == key_of(expected[i]) && Same((*found)[i].value, *expected[i].value)) continue;
      return absl::StrCat("Group ", i, " of ", static_cast<int>(grouped.op), ": ",
                          (*found)[i].value.ToString(), " and not ", expected[i].value->ToString(), "\n");
    }
    return "";
  };
  if (grouped.path.empty()) {
    return compare(query.GroupBy(columns[grouped.column].name), [](const MadeGroup& g) { return g.key; });
  }
  std::vector<ToOne<>> edges;
  for (const Path& path : grouped.path) edges.push_back(indexed_.ToOneOf(path));
  const size_t end = EndOf(schema_, select.table, grouped);
  return compare(query.GroupBy(edges), [&](const MadeGroup& g) { return data_.rows[end][g.place].ref; });
}

// Lists are those of Of, of which the query leaves some, in its order.
std::string Trial::IncludeDifference(const Select& select) {
  const std::optional<Path> path = RandomPathTo(random_, data_, select.table);
  if (!path.has_value()) return "";
  const size_t from = schema_.edges[path->edge].target;
  RefList<> asked = {Ref<>()};
  if (!data_.gone[from].empty()) asked.push_back(data_.gone[from][0]);
  for (const StoredRow& row : data_.rows[from]) {
    if (random_.Chance(60))
      asked.insert(asked.begin() + static_cast<std::ptrdiff_t>(random_.Below(asked.size())), row.ref);
  }
  Select all = select;
  all.limit.reset();
  all.offset = 0;
  RefList<> in_order;
  for (const size_t place : Answer(data_, all)) in_order.push_back(data_.rows[select.table][place].ref);
  const auto rank = [&](Ref<> ref) {
    return std::find(in_order.begin(), in_order.end(), ref) - in_order.begin();
  };

  const Query<> query = indexed_.QueryOf(data_, select);
  const bool through = path->through.has_value();
  const ToMany<>& children = indexed_.ToManyOf(*path);
  const ManyToMany<> pairs = through ? indexed_.ManyToManyOf(schema_, *path) : ManyToMany<>();
  const Included<> found = through ? pairs.Include(asked, query) : children.Include(asked, query);
  if (!found.status().ok()) return absl::StrCat("Include: ", found.status().ToString(), "\n");
  for (size_t i = 0; i < asked.size(); ++i) {
    RefList<> expected;
    const auto add = [&](Ref<> ref) {
      if (ref && rank(ref) < static_cast<std::ptrdiff_t>(in_order.size())) expected.push_back(ref);
    };
    if (through) {
      for (const Ref<> ref : pairs.Of(asked[i])) add(ref);
    } else {
      for (const Ref<> ref : children.Of(asked[i])) add(ref);
    }
    if (!select.order.empty())
      std::stable_sort(expected.begin(), expected.end(), [&](Ref<> a, Ref<> b) { return rank(a) < rank(b); });
    expected.erase(expected.begin(),
                   expected.begin() + static_cast<std::ptrdiff_t>(std::min(select.offset, expected.size())));
    if (select.limit.has_value()) expected.resize(std::min(*select.limit, expected.size()));
    const RefList<> list(found[i].begin(), found[i].end());
    if (list != expected) return Unlike("Include", list, expected);
  }
  return "";
}

template <class ByQuery, class ByRefs>
std::string Trial::WriteDifference(const RefList<>& expected, ByQuery by_query, ByRefs by_refs) {
  const Transaction undone = indexed_.db().Begin();
  const Transaction undone_too = plain_.db().Begin();
  const absl::StatusOr<size_t> number = by_query();
  const absl::Status status = by_refs();
  // Of no rows at all, it is not told what would be wrong with their values.
  if (number.status().code() != status.code() && !expected.empty())
    return absl::StrCat(number.status().ToString(), " and not ", status.ToString(), "\n");
  if (number.ok() && *number != expected.size())
    return absl::StrCat(*number, " rows and not ", TextOf(expected), "\n");
  if (indexed_.db().GetStateHash() != plain_.db().GetStateHash()) return "the rows that are left differ\n";
  return std::string(indexed_.db().Verify().message());
}

std::string Trial::EraseDifference(const Select& select, const RefList<>& expected) {
  const std::string difference = WriteDifference(
      expected, [&] { return indexed_.QueryOf(data_, select).Erase(); },
      [&] { return plain_.table(select.table).EraseAll(expected); });
  return difference.empty() ? "" : absl::StrCat("Erase: ", difference);
}

std::string Trial::UpdateDifference(const Select& select, const RefList<>& expected) {
  const size_t column = random_.Below(schema_.tables[select.table].columns.size());
  const std::string& name = schema_.tables[select.table].columns[column].name;
  const Value value = RandomCell(random_, schema_, select.table, column);
  const bool add = value.As<int64_t>().has_value() && random_.Chance(50);
  const Expression expression = add ? Col(name) + value : Expression(value);
  const std::vector<Assignment<>> assignments = {{name, expression}};
  const std::string difference = WriteDifference(
      expected, [&] { return indexed_.QueryOf(data_, select).Update(assignments); },
      [&] {
        return plain_.db().Batch([&](Batch& batch) {
          for (const Ref<> ref : expected) batch.Update(plain_.table(select.table), ref, assignments);
        });
      });
  return difference.empty() ? ""
                            : absl::StrCat("Update of ", name, " with ", value.ToString(), ": ", difference);
}

}  // namespace tenon::query
