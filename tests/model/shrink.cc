#include "tests/model/shrink.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/model/cpp_text.h"
#include "tests/model/model.h"
#include "tests/model/text.h"

namespace tenon::model {
namespace {

// ---- Parts of a program that are named by their place: leaving one out moves those behind it ----

void MoveUp(size_t gone, size_t& place) { place -= place > gone ? 1 : 0; }
void MoveUp(size_t gone, std::vector<size_t>& places) {
  for (size_t& place : places) MoveUp(gone, place);
}
bool Has(const std::vector<size_t>& places, size_t place) {
  return std::count(places.begin(), places.end(), place) > 0;
}
template <class List>
void RemoveAt(List& list, size_t place) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
}

template <class F>
void ForEachStatement(std::vector<Statement>& statements, const F& f) {
  for (Statement& s : statements) {
    f(s);
    ForEachStatement(s.parts, f);
  }
}

bool UsesEdge(const Statement& s) {
  return s.verb == Verb::kSet || s.verb == Verb::kSetAll || s.verb == Verb::kUnlink ||
         s.verb == Verb::kCreate;
}
bool IsTransaction(const Statement& s) {
  return s.verb == Verb::kBegin || s.verb == Verb::kCommit || s.verb == Verb::kRollback;
}

// Statements that go by the edge go as well; links by it are left out of rows.
void RemoveEdge(Program& p, size_t e) {
  RemoveAt(p.schema.edges, e);
  const auto goes = [&](const Statement& s) { return UsesEdge(s) && s.edge == e; };
  std::erase_if(p.statements, goes);
  ForEachStatement(p.statements, [&](Statement& s) {
    std::erase_if(s.parts, goes);
    MoveUp(e, s.edge);
    for (NewRow& row : s.rows) {
      std::erase_if(row.links, [&](const Link& link) { return link.edge == e; });
      for (Link& link : row.links) MoveUp(e, link.edge);
    }
  });
}

// Only when no key and no edge is made of it. Formulas that read it become the constant they were given, NULL.
bool RemoveColumn(Program& p, size_t t, size_t c) {
  Table& table = p.schema.tables[t];
  for (const auto& key : table.keys) {
    if (Has(key, c)) return false;
  }
  for (const auto& index : table.indexes) {
    if (Has(index, c)) return false;
  }
  for (const Edge& edge : p.schema.edges) {
    if ((edge.child == t && Has(edge.foreign_key, c)) || (edge.target == t && Has(edge.target_key, c)))
      return false;
  }
  RemoveAt(table.columns, c);
  for (auto& key : table.keys) MoveUp(c, key);
  for (auto& index : table.indexes) MoveUp(c, index);
  for (Edge& edge : p.schema.edges) {
    if (edge.child == t) MoveUp(c, edge.foreign_key);
    if (edge.target == t) MoveUp(c, edge.target_key);
  }
  ForEachStatement(p.statements, [&](Statement& s) {
    const auto of_column = [&](const auto& cell) { return cell.column == c; };
    const size_t of = s.verb == Verb::kCreate ? p.schema.edges[s.edge].child : s.table;
    if (of != t) return;
    for (NewRow& row : s.rows) {
      std::erase_if(row.cells, of_column);
      for (Given& cell : row.cells) MoveUp(c, cell.column);
    }
    std::erase_if(s.assignments, of_column);
    for (Assignment& a : s.assignments) {
      MoveUp(c, a.column);
      for (Term* term : {&a.value.first, &a.value.second}) {
        if (term->column == c) term->column.reset();
        if (term->column.has_value()) MoveUp(c, *term->column);
      }
    }
    std::erase_if(s.where.tests, of_column);
    for (Test& test : s.where.tests) MoveUp(c, test.column);
  });
  return true;
}

// Only when no edge is left that leads from it or to it. Its statements go as well.
bool RemoveTable(Program& p, size_t t) {
  for (const Edge& edge : p.schema.edges) {
    if (edge.child == t || edge.target == t) return false;
  }
  RemoveAt(p.schema.tables, t);
  for (Edge& edge : p.schema.edges) {
    MoveUp(t, edge.child);
    MoveUp(t, edge.target);
  }
  const auto goes = [&](const Statement& s) {
    return s.table == t && s.verb != Verb::kBatch && s.verb != Verb::kClear && !IsTransaction(s);
  };
  std::erase_if(p.statements, goes);
  ForEachStatement(p.statements, [&](Statement& s) {
    std::erase_if(s.parts, goes);
    MoveUp(t, s.table);
    std::erase(s.tables, t);
    MoveUp(t, s.tables);
  });
  // A table's number is of no use to these, but must be one there is.
  ForEachStatement(p.statements,
                   [&](Statement& s) { s.table = std::min(s.table, p.schema.tables.size() - 1); });
  return true;
}

// Only when no edge leads to it; the primary key stays.
bool RemoveKey(Program& p, size_t t, size_t k) {
  const auto sorted = [](std::vector<size_t> columns) {
    std::sort(columns.begin(), columns.end());
    return columns;
  };
  auto& keys = p.schema.tables[t].keys;
  for (const Edge& edge : p.schema.edges) {
    if (edge.target == t && sorted(edge.target_key) == sorted(keys[k])) return false;
  }
  RemoveAt(keys, k);
  return true;
}

// ---- Shrinking ----

class Shrinker {
 public:
  Shrinker(Program program, const Failure& failure)
      : best_(std::move(program)), failure_(failure), kind_(KindOf(failure(best_))) {}

  Program Shrink() {
    ShrinkAll();
    if (best_.statements.size() > 3 && Condense()) ShrinkAll();
    return std::move(best_);
  }

 private:
  void ShrinkAll() {
    // First of all, nothing behind the statement that fails matters.
    ShrinkList(
        [](Program & p) -> auto& { return p.statements; }, 1);
    do {
      progress_ = false;
      ShrinkList(
          [](Program & p) -> auto& { return p.statements; }, 1);
      ShrinkStatements();
      ShrinkSchema();
    } while (progress_);
  }

  // Puts what was there before the last statement in by one batch; in a transaction, if one was open.
  bool Condense() {
    Program condensed = {best_.schema, {}};
    Model model(best_.schema);
    for (size_t i = 0; i + 1 < best_.statements.size(); ++i) {
      const Statement& s = best_.statements[i];
      const bool ends = s.verb == Verb::kCommit || s.verb == Verb::kRollback;
      if (!ends || s.depth < model.open_transactions()) model.Execute(s);
    }
    if (model.open_transactions() > 0) condensed.statements.emplace_back();  // begins one
    Statement batch;
    batch.verb = Verb::kBatch;
    for (const auto& [id, row] : model.rows()) {
      Statement insert;
      insert.verb = Verb::kInsert;
      insert.table = row.table;
      insert.rows = {{id, {}, {}}};
      for (size_t c = 0; c < row.cells.size(); ++c) insert.rows[0].cells.push_back({c, row.cells[c]});
      batch.parts.push_back(std::move(insert));
    }
    condensed.statements.push_back(std::move(batch));
    condensed.statements.push_back(best_.statements.back());
    return Try(std::move(condensed));
  }

  bool Try(Program candidate) {
    if (KindOf(failure_(candidate)) != kind_) return false;
    best_ = std::move(candidate);
    progress_ = true;
    return true;
  }
  template <class Change>
  bool TryChange(Change change) {
    Program candidate = best_;
    change(candidate);
    return Try(std::move(candidate));
  }
  // A change that may not be possible.
  template <class Change>
  bool TryIfPossible(Change change) {
    Program candidate = best_;
    return change(candidate) && Try(std::move(candidate));
  }

  // Leaves out runs of a list, long ones first, from the end.
  template <class ListOf>
  void ShrinkList(const ListOf& list_of, size_t least) {
    for (size_t run = std::max<size_t>(list_of(best_).size() / 2, 1); run > 0; run /= 2) {
      for (size_t end = list_of(best_).size(); end >= run; --end) {
        end = std::min(end, list_of(best_).size());
        if (end < run || list_of(best_).size() < run + least) break;
        TryChange([&](Program& p) {
          auto& list = list_of(p);
          const auto last = list.begin() + static_cast<std::ptrdiff_t>(end);
          list.erase(last - static_cast<std::ptrdiff_t>(run), last);
        });
      }
    }
  }

  void ShrinkStatements() {
    for (size_t i = 0; i < best_.statements.size(); ++i) {
      ShrinkList(
          [i](Program & p) -> auto& { return p.statements[i].parts; }, 0);
      // A batch of one is its part; but a part may be of a verb that there is only in batches.
      if (best_.statements[i].parts.size() == 1 && best_.statements[i].parts[0].verb != Verb::kCreate) {
        TryChange([i](Program& p) {
          const Statement part = p.statements[i].parts[0];
          p.statements[i] = part;
        });
      }
      ShrinkStatement([i](Program & p) -> auto& { return p.statements[i]; });
      for (size_t part = 0; part < best_.statements[i].parts.size(); ++part) {
        ShrinkStatement([ i, part ](Program & p) -> auto& { return p.statements[i].parts[part]; });
      }
    }
  }

  template <class StatementOf>
  void ShrinkStatement(const StatementOf& of) {
    ShrinkList(
        [&](Program & p) -> auto& { return of(p).tables; }, 1);
    ShrinkList(
        [&](Program & p) -> auto& { return of(p).rows; }, 1);
    ShrinkList(
        [&](Program & p) -> auto& { return of(p).assignments; }, 1);
    ShrinkList(
        [&](Program & p) -> auto& { return of(p).where.tests; }, 0);
    for (size_t i = of(best_).refs.size(); i-- > 0 && of(best_).refs.size() > 1;) {
      TryChange([&](Program& p) {
        RemoveAt(of(p).refs, i);
        if (i < of(p).targets.size()) RemoveAt(of(p).targets, i);
      });
    }
    const bool alike = of(best_).verb == Verb::kInsertColumns;  // all its rows have the same columns
    if (alike) TryChange([&](Program& p) { of(p).verb = Verb::kInsertAll; });
    for (size_t r = 0; r < of(best_).rows.size() && of(best_).verb != Verb::kInsertColumns; ++r) {
      ShrinkList(
          [&](Program & p) -> auto& { return of(p).rows[r].cells; }, 0);
      ShrinkList(
          [&](Program & p) -> auto& { return of(p).rows[r].links; }, 0);
    }
    if (of(best_).verb == Verb::kInsertAll && of(best_).rows.size() == 1) {
      TryChange([&](Program& p) { of(p).verb = Verb::kInsert; });
    }
  }

  void ShrinkSchema() {
    for (size_t e = best_.schema.edges.size(); e-- > 0;) {
      TryChange([e](Program& p) { RemoveEdge(p, e); });
    }
    for (size_t t = best_.schema.tables.size(); t-- > 0;) {
      for (size_t k = best_.schema.tables[t].keys.size(); k-- > 1;) {
        TryIfPossible([t, k](Program& p) { return RemoveKey(p, t, k); });
      }
      for (size_t i = best_.schema.tables[t].indexes.size(); i-- > 0;) {
        TryChange([t, i](Program& p) { RemoveAt(p.schema.tables[t].indexes, i); });
      }
      for (size_t c = best_.schema.tables[t].columns.size(); c-- > 0;) {
        TryIfPossible([t, c](Program& p) { return RemoveColumn(p, t, c); });
      }
      if (best_.schema.tables.size() > 1) TryIfPossible([t](Program& p) { return RemoveTable(p, t); });
    }
    MakePlain();
  }

  // Sets what is special to what is usual.
  void MakePlain() {
    const auto set = [&](auto field_of, auto usual) {
      if (field_of(best_) == usual) return;
      TryChange([&](Program& p) { field_of(p) = usual; });
    };
    for (size_t e = 0; e < best_.schema.edges.size(); ++e) {
      set(
          [e](Program & p) -> auto& { return p.schema.edges[e].on_delete; }, Action::kNoAction);
      set(
          [e](Program & p) -> auto& { return p.schema.edges[e].on_update; }, Action::kNoAction);
      set(
          [e](Program & p) -> auto& { return p.schema.edges[e].deferred; }, false);
      set(
          [e](Program & p) -> auto& { return p.schema.edges[e].enforced; }, true);
      set(
          [e](Program & p) -> auto& { return p.schema.edges[e].one; }, false);
    }
    for (size_t t = 0; t < best_.schema.tables.size(); ++t) {
      for (size_t c = 0; c < best_.schema.tables[t].columns.size(); ++c) {
        set(
            [ t, c ](Program & p) -> auto& { return p.schema.tables[t].columns[c].default_value; }, Cell());
        if (!Has(best_.schema.tables[t].keys[0], c)) {
          set(
              [ t, c ](Program & p) -> auto& { return p.schema.tables[t].columns[c].not_null; }, false);
        }
      }
    }
  }

  Program best_;
  const Failure& failure_;
  const std::string kind_;
  bool progress_ = false;
};

}  // namespace

std::string KindOf(const std::string& failure) {
  if (failure.empty()) return {};
  const size_t begin = failure.find(": ") == std::string::npos ? 0 : failure.find(": ") + 2;
  std::string kind = failure.substr(begin, failure.find_first_of(":\n", begin) - begin);
  std::erase_if(kind, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
  return kind;
}

Program Shrink(Program program, const Failure& failure) {
  return Shrinker(std::move(program), failure).Shrink();
}

std::string Explanation(const Program& program, const Failure& failure) {
  const Program shrunk = Shrink(program, failure);
  std::string text = absl::StrCat(failure(program), "\n\nShrunk:\n", ToString(shrunk.schema));
  for (size_t i = 0; i < shrunk.statements.size(); ++i) {
    absl::StrAppend(&text, i + 1, ": ", ToString(shrunk.schema, shrunk.statements[i]), "\n");
  }
  return absl::StrCat(text, failure(shrunk), "\n\n", ToCpp(shrunk));
}

}  // namespace tenon::model
