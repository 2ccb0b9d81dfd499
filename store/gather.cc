#include "store/gather.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/scratch.h"
#include "store/violation_text.h"

namespace tenon::internal {

absl::Status GatherInsert(Engine& engine, std::string_view verb, TableNode& table, const GivenRow& row,
                          absl::Span<const Link<>> links, size_t number, Statement& statement, Slot* slot) {
  const absl::Span<Cell> cells = engine.RowBuffer(table);
  if (absl::Status s = FillCells(engine, verb, table, row, number, cells); !s.ok()) return s;
  std::vector<Pledge> pledges;
  if (absl::Status s = FillLinks(verb, table, links, &pledges); !s.ok()) return s;
  return statement.Insert(table, cells, absl::MakeSpan(pledges), slot);
}

absl::Status GatherCells(TableNode& table, Slot slot, absl::Span<const Cell> cells, Statement& statement) {
  absl::InlinedVector<uint32_t, 8> columns;
  absl::InlinedVector<Cell, 8> values;
  for (uint32_t c = 0; c < cells.size(); ++c) {
    if (cells[c].is_absent()) continue;
    columns.push_back(c);
    values.push_back(cells[c]);
  }
  return statement.Update(table, slot, columns, values);
}

absl::StatusOr<std::vector<Formula>> BindMembers(const Engine& engine, std::string_view verb,
                                                 const StructView& view,
                                                 absl::Span<const MemberAssignment> assignments) {
  TableNode& table = *view.node;
  std::vector<Formula> formulas;
  formulas.reserve(assignments.size());
  for (const MemberAssignment& assignment : assignments) {
    const int found = view.FindColumn(assignment.offset);
    if (found < 0) return NoMemberError(verb, table);
    const auto column = static_cast<uint32_t>(found);
    for (const Formula& other : formulas) {
      if (other.target() == column)
        return TypeError(verb, table, table.columns[column].name, "is given twice", 0);
    }
    if (assignment.nodes.empty()) {
      if (absl::Status s = CheckText(engine, verb, table, column, assignment.cell); !s.ok()) return s;
      formulas.push_back(Formula::OfConstant(table, column, assignment.cell));
      continue;
    }
    absl::StatusOr<Formula> formula = Formula::Bind(table, column, assignment.nodes);
    if (!formula.ok()) return formula.status();
    formulas.push_back(*std::move(formula));
  }
  return formulas;
}

absl::StatusOr<std::vector<Formula>> BindAssignments(const Engine& engine, std::string_view verb,
                                                     const TableNode& table,
                                                     absl::Span<const Assignment<>> assignments) {
  std::vector<Formula> formulas;
  formulas.reserve(assignments.size());
  for (const Assignment<>& assignment : assignments) {
    const absl::StatusOr<uint32_t> found = ColumnOf(verb, table, assignment.column);
    if (!found.ok()) return found.status();
    const uint32_t column = *found;
    for (const Formula& other : formulas) {
      if (other.target() == column) return TypeError(verb, table, assignment.column, "is given twice", 0);
    }
    const auto& nodes = assignment.value.nodes();
    if (nodes.size() == 1 && nodes[0].op == Expression::Op::kConstant) {
      absl::StatusOr<Cell> cell = CheckedCell(engine, verb, table, column, nodes[0].constant, 0);
      if (!cell.ok()) return cell.status();
    }
    absl::StatusOr<Formula> formula = Formula::Bind(table, column, nodes);
    if (!formula.ok()) return formula.status();
    formulas.push_back(*std::move(formula));
  }
  return formulas;
}

absl::Status GatherFormulas(std::string_view verb, TableNode& table, Slot slot,
                            std::vector<Formula>& formulas, Statement& statement) {
  absl::InlinedVector<uint32_t, 8> columns;
  absl::InlinedVector<Cell, 8> cells;
  for (Formula& formula : formulas) {
    columns.push_back(formula.target());
    cells.emplace_back();
    if (!formula.Compute(slot, &cells.back()))
      return RangeError(verb, table, formula.target(), statement.addressed);
  }
  return statement.Update(table, slot, columns, cells);
}

absl::Status GatherUpdate(const Engine& engine, std::string_view verb, TableNode& table, Slot slot,
                          absl::Span<const Assignment<>> assignments, Statement& statement) {
  absl::StatusOr<std::vector<Formula>> formulas = BindAssignments(engine, verb, table, assignments);
  if (!formulas.ok()) return formulas.status();
  return GatherFormulas(verb, table, slot, *formulas, statement);
}

absl::Status GatherAll(TableNode& table, Statement& statement) {
  for (Slot slot = 0; slot < table.rows.top(); ++slot) {
    if (!table.rows.IsAlive(slot)) continue;
    if (absl::Status s = statement.Erase(table, slot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// The child's side.
static absl::Status GatherLink(Edge& edge, Ref<> child, Ref<> target, Statement& statement) {
  if (absl::Status s = CheckRef(*edge.child, child, "set", statement.addressed); !s.ok()) return s;
  if (absl::Status s = CheckRef(*edge.target, target, "set", statement.addressed); !s.ok()) return s;
  return statement.Set(edge, child.slot(), target.slot());
}

absl::Status GatherSet(Edge& edge, bool inverse, Ref<> a, Ref<> b, Statement& statement) {
  if (!inverse) {
    if (a.slot() < edge.child_rows->top() && b.slot() < edge.target_rows->top()) {
      statement.PrefetchSet(edge, a.slot(), b.slot());  // all that is known by the slots alone, at once
    }
    return GatherLink(edge, a, b, statement);
  }
  if (absl::Status s = CheckRef(*edge.child, b, "set", statement.addressed); !s.ok()) return s;
  if (absl::Status s = CheckRef(*edge.target, a, "set", statement.addressed); !s.ok()) return s;
  if (absl::Status s = statement.Vacate(edge, a.slot(), b.slot()); !s.ok()) return s;
  if (edge.Count(a.slot()) > 0) {
    const Slot old = edge.ChildAtPlace(a.slot(), 0);
    if (old != b.slot()) {
      if (absl::Status s = statement.PutOut(edge, old); !s.ok()) return s;
    }
  }
  return statement.Set(edge, b.slot(), a.slot());
}

absl::Status GatherSetAll(Edge& edge, bool inverse, absl::Span<const Ref<>> a, absl::Span<const Ref<>> b,
                          Statement& statement) {
  if (a.size() != b.size()) {
    return TypeError("set", inverse ? *edge.target : *edge.child, edge.def.name,
                     absl::StrCat("is given ", a.size(), " rows and ", b.size(), " for them"), 0);
  }
  if (!inverse) {
    // What a group needs is asked of memory in the order in which it leads on, each time for all rows at once: so that
    // many lines are under way together. (One by one, some rows ahead, was three times as slow.)
    constexpr size_t kGroup = 32;
    for (size_t from = 0; from < a.size(); from += kGroup) {
      const size_t to = std::min(a.size(), from + kGroup);
      bool good = edge.child_rows->top() > kCachedRows;  // as far as slots tell; the Refs are checked below
      for (size_t i = from; i < to; ++i) {
        good = good && a[i].slot() < edge.child_rows->top() && b[i].slot() < edge.target_rows->top();
      }
      if (good) {
        for (size_t i = from; i < to; ++i) statement.PrefetchSet(edge, a[i].slot(), b[i].slot());
        for (size_t i = from; i < to; ++i) {
          edge.PrefetchOldTarget(a[i].slot());
          edge.PrefetchEnd(b[i].slot());
        }
        for (size_t i = from; i < to; ++i) edge.PrefetchSiblings(a[i].slot());
      }
      for (size_t i = from; i < to; ++i) {
        if (absl::Status s = GatherLink(edge, a[i], b[i], statement); !s.ok()) return s;
      }
    }
    return absl::OkStatus();
  }
  Scratch<Slot> children(statement.scratch());
  for (size_t i = 0; i < a.size(); ++i) {
    if (absl::Status s = CheckRef(*edge.target, a[i], "set", i); !s.ok()) return s;
    if (absl::Status s = CheckRef(*edge.child, b[i], "set", i); !s.ok()) return s;
    if (!children.Push(b[i].slot())) return statement.NoMemory();
  }
  std::sort(children.begin(), children.end());
  const auto twice = std::adjacent_find(children.begin(), children.end());
  if (twice != children.end()) return ConflictError("set", *edge.child, *twice, edge.foreign_key[0]);
  for (size_t i = 0; i < a.size(); ++i) {  // first all that are put out, then all that take a place
    if (edge.Count(a[i].slot()) == 0) continue;
    const Slot old = edge.ChildAtPlace(a[i].slot(), 0);
    if (std::binary_search(children.begin(), children.end(), old)) continue;
    if (absl::Status s = statement.PutOut(edge, old); !s.ok()) return s;
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (absl::Status s = statement.Set(edge, b[i].slot(), a[i].slot()); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status GatherClear(Edge& edge, bool inverse, Ref<> a, Statement& statement) {
  if (absl::Status s = CheckRef(inverse ? *edge.target : *edge.child, a, "clear"); !s.ok()) return s;
  if (!inverse) return statement.Set(edge, a.slot(), kNoSlot);
  if (absl::Status s = statement.Vacate(edge, a.slot(), kNoSlot); !s.ok()) return s;
  if (edge.Count(a.slot()) > 0) return statement.PutOut(edge, edge.ChildAtPlace(a.slot(), 0));
  ++statement.addressed;
  return absl::OkStatus();
}

}  // namespace tenon::internal
