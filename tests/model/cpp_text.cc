#include "tests/model/cpp_text.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::model {
namespace {

template <class List, class Text>
std::string Join(const List& list, Text text) {
  return absl::StrJoin(list, ", ",
                       [&](std::string* out, const auto& item) { absl::StrAppend(out, text(item)); });
}
std::string Braced(const std::string& text) { return absl::StrCat("{", text, "}"); }
std::string Quoted(const std::string& text) { return absl::StrCat("\"", text, "\""); }
// "fk_missing_target" is kMissingTarget, "no action" is kNoAction.
std::string Constant(std::string words) {
  if (words.rfind("fk_", 0) == 0) words.erase(0, 3);
  std::string name = "k";
  bool upper = true;
  for (const char c : words) {
    const bool between = c == '_' || c == ' ';
    if (!between) name += upper ? static_cast<char>(c - 'a' + 'A') : c;
    upper = between;
  }
  return name;
}

std::string Text(const Cell& cell) {
  if (IsNull(cell)) return "nullptr";
  if (const auto* text = std::get_if<std::string>(&cell)) return Quoted(*text);
  const int64_t number = std::get<int64_t>(cell);
  if (number == std::numeric_limits<int64_t>::min()) return "std::numeric_limits<int64_t>::min()";
  return absl::StrCat(number);
}

// ---- Schemas ----

std::string Names(const Table& table, const std::vector<size_t>& columns) {
  return Braced(Join(columns, [&](size_t c) { return Quoted(table.columns[c].name); }));
}

std::string Text(const Column& column) {
  std::string text = absl::StrCat("{.name = ", Quoted(column.name));
  if (column.kind != Kind::kInt64) {
    absl::StrAppend(&text, ", .type = Type::", column.kind == Kind::kText ? "kString" : "kInt32");
  }
  if (column.not_null) absl::StrAppend(&text, ", .not_null = true");
  if (column.auto_increment) absl::StrAppend(&text, ", .auto_increment = true");
  if (!IsNull(column.default_value))
    absl::StrAppend(&text, ", .default_value = ", Text(column.default_value));
  return text + "}";
}

std::string Text(const Schema& schema, const Edge& edge) {
  const Table& target = schema.tables[edge.target];
  std::string text = absl::StrCat("{.target = ", Quoted(target.name), ", .as = ", Quoted(edge.association),
                                  ", .foreign_key = ", Names(schema.tables[edge.child], edge.foreign_key),
                                  ", .target_key = ", Names(target, edge.target_key));
  if (!edge.inverse.empty()) {
    absl::StrAppend(&text, ", .inverse = ", edge.one ? "HasOne(" : "HasMany(", Quoted(edge.inverse), ")");
  }
  const auto action = [&](const char* field, Action a) {
    if (a != Action::kNoAction) {
      absl::StrAppend(&text, ", .", field, " = Action::", Constant(std::string(ActionName(a))));
    }
  };
  action("on_delete", edge.on_delete);
  action("on_update", edge.on_update);
  if (!edge.enforced) absl::StrAppend(&text, ", .enforced = false");
  if (edge.deferred) absl::StrAppend(&text, ", .deferred = true");
  return text + "}";
}

std::string Text(const Schema& schema, size_t t) {
  const Table& table = schema.tables[t];
  std::vector<Column> columns = table.columns;
  if (table.implicit_id) columns.erase(columns.begin());
  std::string text = absl::StrCat("{.name = ", Quoted(table.name));
  if (!columns.empty()) {
    absl::StrAppend(&text, ", .columns = ", Braced(Join(columns, [](const Column& c) { return Text(c); })));
  }
  if (!table.implicit_id) absl::StrAppend(&text, ", .primary_key = ", Names(table, table.keys[0]));
  if (table.keys.size() > 1) {
    const std::vector<std::vector<size_t>> keys(table.keys.begin() + 1, table.keys.end());
    absl::StrAppend(&text, ", .unique = ",
                    Braced(Join(keys, [&](const auto& key) { return "KeyColumns" + Names(table, key); })));
  }
  std::vector<Edge> edges;
  for (const Edge& edge : schema.edges) {
    if (edge.child == t) edges.push_back(edge);
  }
  if (!edges.empty()) {
    absl::StrAppend(
        &text, ", .belongs_to = ", Braced(Join(edges, [&](const Edge& edge) { return Text(schema, edge); })));
  }
  if (!table.indexes.empty()) {
    absl::StrAppend(&text, ", .index = ", Braced(Join(table.indexes, [&](const auto& index) {
      return "KeyColumns" + Names(table, index);
    })));
  }
  return text + "}";
}

// ---- Statements ----

// Writes one statement after the other, with a model beside it that knows what to expect.
class Writer {
 public:
  explicit Writer(const Program& program)
      : program_(program), schema_(program.schema), model_(program.schema) {}

  std::string Write() {
    Line("TEST(ShrunkTest, AgreesWithTheModel) {");
    Line("  Database db;");
    std::vector<std::string> tables;
    for (size_t t = 0; t < schema_.tables.size(); ++t) tables.push_back(Text(schema_, t));
    Line("  ASSERT_THAT(db.CreateTables({", absl::StrJoin(tables, ",\n                               "),
         "}), testing::IsOk());");
    for (const Table& table : schema_.tables) {
      Line("  [[maybe_unused]] const Table<> ", table.name, " = db.GetTable(", Quoted(table.name), ");");
    }
    for (const Statement& s : program_.statements) HoldOpenTransactions(s);
    for (const Statement& s : program_.statements) WriteStatement(s);
    Line("  EXPECT_THAT(db.Verify(), testing::IsOk());");
    for (size_t t = 0; t < schema_.tables.size(); ++t) {
      Line("  EXPECT_EQ(", schema_.tables[t].name, ".size(), ", model_.RowsOf(t).size(), "u);");
    }
    for (const auto& [id, row] : model_.rows()) {
      Line("  EXPECT_EQ(*", schema_.tables[row.table].name, ".Get(", RefText(id), "), (std::vector<Value>",
           Braced(Join(row.cells, [](const Cell& cell) { return Text(cell); })), "));");
    }
    Line("}");
    return text_;
  }

 private:
  template <class... Parts>
  void Line(const Parts&... parts) {
    absl::StrAppend(&text_, parts..., "\n");
  }

  // A row that never came to be is a null Ref.
  std::string RefText(RowId id) const { return born_.contains(id) ? absl::StrCat("r", id) : "Ref<>()"; }
  std::string RefTexts(const std::vector<RowId>& ids) const {
    return Braced(Join(ids, [&](RowId id) { return RefText(id); }));
  }
  std::string EdgeText(const Statement& s) const {
    const Edge& edge = schema_.edges[s.edge];
    if (s.inverse)
      return absl::StrCat(schema_.tables[edge.target].name, ".HasOne(", Quoted(edge.inverse), ")");
    return absl::StrCat(schema_.tables[edge.child].name, ".BelongsTo(", Quoted(edge.association), ")");
  }
  std::string ColumnText(size_t t, size_t column) const {
    const auto& columns = schema_.tables[t].columns;
    return Quoted(column < columns.size() ? columns[column].name : "nosuch");
  }
  std::string RowText(size_t t, const NewRow& row) const {
    return Braced(Join(row.cells, [&](const Given& cell) {
      return Braced(absl::StrCat(ColumnText(t, cell.column), ", ", Text(cell.value)));
    }));
  }
  std::string LinksText(const NewRow& row) const {
    if (row.links.empty()) return {};
    return ", " + Braced(Join(row.links, [&](const Link& link) {
             const Edge& edge = schema_.edges[link.edge];
             return absl::StrCat(schema_.tables[edge.child].name, ".BelongsTo(", Quoted(edge.association),
                                 ").To(", RefText(link.target), ")");
           }));
  }
  std::string TermText(size_t t, const Term& term) const {
    if (term.column.has_value()) return absl::StrCat("Col(", ColumnText(t, *term.column), ")");
    return IsNull(term.constant) ? "Expression(Value())"
                                 : absl::StrCat("Expression(", Text(term.constant), ")");
  }
  std::string AssignmentsText(const Statement& s) const {
    return Braced(Join(s.assignments, [&](const Assignment& a) {
      std::string value = a.value.op == 0 && !a.value.first.column ? Text(a.value.first.constant)
                                                                   : TermText(s.table, a.value.first);
      if (a.value.op != 0) {
        absl::StrAppend(&value, " ", std::string(1, a.value.op), " ", TermText(s.table, a.value.second));
      }
      return Braced(absl::StrCat(ColumnText(s.table, a.column), ", ", value));
    }));
  }
  std::string ConditionText(const Statement& s) const {
    static constexpr const char* kSigns[] = {" == ", " != ", " < ", " >= "};
    std::vector<std::string> tests;
    for (const Test& test : s.where.tests) {
      const std::string column = absl::StrCat("Col(", ColumnText(s.table, test.column), ")");
      tests.push_back(
          test.comparison == Comparison::kIsNull
              ? column + ".IsNull()"
              : absl::StrCat(column, kSigns[static_cast<size_t>(test.comparison)], Text(test.value)));
    }
    const std::string all =
        tests.empty() ? "Predicate<>()" : absl::StrJoin(tests, s.where.any ? " || " : " && ");
    return s.where.negated ? absl::StrCat("!(", all, ")") : all;
  }

  void HoldOpenTransactions(const Statement& s) {
    if (s.verb != Verb::kBegin || holds_transactions_) return;
    holds_transactions_ = true;
    Line("  std::vector<Transaction> open;");
  }

  void WriteStatement(const Statement& s) {
    const size_t open = model_.open_transactions();
    const bool ends = s.verb == Verb::kCommit || s.verb == Verb::kRollback;
    if (ends && s.depth >= open) return;
    const Outcome outcome = model_.Execute(s);
    const std::string matcher = outcome.refused
                                    ? absl::StrCat("testing::ViolationIs(ViolationCode::",
                                                   Constant(std::string(CodeName(*outcome.refused))), ")")
                                    : "testing::IsOk()";
    const auto expect = [&](const std::string& call) { Line("  EXPECT_THAT(", call, ", ", matcher, ");"); };
    const std::string table = schema_.tables[s.table].name;
    switch (s.verb) {
      case Verb::kInsert:
        return Birth(s.rows[0], outcome, matcher,
                     absl::StrCat(table, ".Insert(", RowText(s.table, s.rows[0]), LinksText(s.rows[0]), ")"));
      case Verb::kUpsert:
        return Birth(s.rows[0], outcome, matcher,
                     absl::StrCat(table, ".Upsert(", RowText(s.table, s.rows[0]), ")"));
      case Verb::kInsertAll:
        return Births(
            s.rows, outcome, matcher,
            absl::StrCat(
                table, ".InsertAll(std::vector<Row>",
                Braced(Join(s.rows, [&](const NewRow& row) { return "Row" + RowText(s.table, row); })), ")"));
      case Verb::kInsertColumns:
        return Births(s.rows, outcome, matcher, absl::StrCat(table, ".InsertColumns(", ColumnsText(s), ")"));
      case Verb::kUpdate:
        return expect(absl::StrCat(table, ".Update(", RefText(s.refs[0]), ", ", AssignmentsText(s), ")"));
      case Verb::kUpdateWhere:
        return expect(absl::StrCat(table, ".Where(", ConditionText(s), ").Update(", AssignmentsText(s), ")"));
      case Verb::kErase:
        return expect(absl::StrCat(table, ".Erase(", RefText(s.refs[0]), ")"));
      case Verb::kEraseAll:
        return expect(absl::StrCat(table, ".EraseAll(RefList<>", RefTexts(s.refs), ")"));
      case Verb::kEraseWhere:
        return expect(absl::StrCat(table, ".Where(", ConditionText(s), ").Erase()"));
      case Verb::kPlanErase:
        if (outcome.refused == ViolationCode::kStale)
          return expect(absl::StrCat(table, ".PlanErase(Ref<>())"));
        return expect(absl::StrCat(table, ".PlanErase(", RefText(s.refs[0]), ")->verdict"));
      case Verb::kClear:
        return expect(absl::StrCat("db.Clear(std::vector<Table<>>",
                                   Braced(Join(s.tables, [&](size_t t) { return schema_.tables[t].name; })),
                                   ")"));
      case Verb::kSet:
        return expect(
            absl::StrCat(EdgeText(s), ".Set(", RefText(s.refs[0]), ", ", RefText(s.targets[0]), ")"));
      case Verb::kSetAll:
        return expect(absl::StrCat(EdgeText(s), ".SetAll(RefList<>", RefTexts(s.refs), ", RefList<>",
                                   RefTexts(s.targets), ")"));
      case Verb::kUnlink:
        return expect(absl::StrCat(EdgeText(s), ".Clear(", RefText(s.refs[0]), ")"));
      case Verb::kBatch:
        return WriteBatch(s, matcher);
      case Verb::kCreate:
        return;
      case Verb::kBegin:
        return Line("  open.push_back(db.Begin());");
      case Verb::kCommit:
        expect(absl::StrCat("open[", s.depth, "].Commit()"));
        if (!outcome.refused) Line("  open.pop_back();");
        return;
      case Verb::kRollback:
        Line("  open[", s.depth, "].Rollback();");
        return Line("  while (open.size() > ", s.depth, ") open.pop_back();");
    }
  }

  void Birth(const NewRow& row, const Outcome& outcome, const std::string& matcher, const std::string& call) {
    if (outcome.refused || !model_.rows().contains(row.id))
      return Line("  EXPECT_THAT(", call, ", ", matcher, ");");
    Line("  const auto born", row.id, " = ", call, ";");
    Line("  ASSERT_THAT(born", row.id, ", ", matcher, ");");
    Line("  [[maybe_unused]] const Ref<> r", row.id, " = *born", row.id, ";");
    born_.insert(row.id);
  }
  void Births(const std::vector<NewRow>& rows, const Outcome& outcome, const std::string& matcher,
              const std::string& call) {
    if (outcome.refused) return Line("  EXPECT_THAT(", call, ", ", matcher, ");");
    Line("  const auto born", rows[0].id, " = ", call, ";");
    Line("  ASSERT_THAT(born", rows[0].id, ", ", matcher, ");");
    for (size_t i = 0; i < rows.size(); ++i) {
      Line("  [[maybe_unused]] const Ref<> r", rows[i].id, " = (*born", rows[0].id, ")[", i, "];");
      born_.insert(rows[i].id);
    }
  }

  std::string ColumnsText(const Statement& s) const {
    std::vector<std::string> columns;
    for (size_t i = 0; i < s.rows[0].cells.size(); ++i) {
      columns.push_back(Braced(
          absl::StrCat(ColumnText(s.table, s.rows[0].cells[i].column), ", std::vector<Value>",
                       Braced(Join(s.rows, [&](const NewRow& row) { return Text(row.cells[i].value); })))));
    }
    return Braced(absl::StrJoin(columns, ", "));
  }

  void WriteBatch(const Statement& s, const std::string& matcher) {
    std::vector<std::string> lines;
    for (const Statement& part : s.parts) {
      const std::string table = schema_.tables[part.table].name;
      const auto birth = [&](const std::string& call) {
        const RowId id = part.rows[0].id;
        Line("  Ref<> r", id, ";");
        lines.push_back(absl::StrCat("r", id, " = ", call));
        born_.insert(id);
      };
      if (part.verb == Verb::kInsert) {
        birth(absl::StrCat("batch.Insert(", table, ", ", RowText(part.table, part.rows[0]),
                           LinksText(part.rows[0]), ")"));
      } else if (part.verb == Verb::kCreate) {
        const Edge& edge = schema_.edges[part.edge];
        birth(absl::StrCat("batch.Create(", schema_.tables[edge.target].name, ".HasMany(",
                           schema_.tables[edge.child].name, ", ", Quoted(edge.association), "), ",
                           RefText(part.refs[0]), ", ", RowText(edge.child, part.rows[0]), ")"));
      } else if (part.verb == Verb::kUpdate) {
        lines.push_back(absl::StrCat("batch.Update(", table, ", ", RefText(part.refs[0]), ", ",
                                     AssignmentsText(part), ")"));
      } else if (part.verb == Verb::kSet) {
        lines.push_back(absl::StrCat("batch.Set(", EdgeText(part), ", ", RefText(part.refs[0]), ", ",
                                     RefText(part.targets[0]), ")"));
      } else if (part.verb == Verb::kUnlink) {
        lines.push_back(absl::StrCat("batch.Clear(", EdgeText(part), ", ", RefText(part.refs[0]), ")"));
      } else {
        lines.push_back(absl::StrCat("batch.Erase(", table, ", ", RefText(part.refs[0]), ")"));
      }
    }
    Line("  EXPECT_THAT(db.Batch([&](Batch& batch) {");
    for (const std::string& line : lines) Line("    ", line, ";");
    Line("  }), ", matcher, ");");
  }

  const Program& program_;
  const Schema& schema_;
  Model model_;
  std::set<RowId> born_;
  bool holds_transactions_ = false;
  std::string text_;
};

}  // namespace

std::string ToCpp(const Program& program) { return Writer(program).Write(); }

}  // namespace tenon::model
