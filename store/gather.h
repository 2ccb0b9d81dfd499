// What several public verbs share: rows and assignments by names, into a statement.
#ifndef TENON_STORE_GATHER_H_
#define TENON_STORE_GATHER_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "store/engine.h"
#include "store/formula.h"
#include "store/statement.h"
#include "store/struct_view.h"
#include "tenon/assignment.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/given_row.h"
#include "tenon/to_one.h"

namespace tenon::internal {

// A new row with its links. Errors as Statement::Insert, FillCells, FillLinks.
absl::Status GatherInsert(Engine& engine, std::string_view verb, TableNode& table, const GivenRow& row,
                          absl::Span<const Link<>> links, size_t number, Statement& statement, Slot* slot);
// The cells of a row that are not absent, written over those it has. Errors as Statement::Update.
absl::Status GatherCells(TableNode& table, Slot slot, absl::Span<const Cell> cells, Statement& statement);
// Assignments bound to a table. Errors kType, kLimit: unknown column, a column twice, a value that does not fit.
absl::StatusOr<std::vector<Formula>> BindAssignments(const Engine& engine, std::string_view verb,
                                                     const TableNode& table,
                                                     absl::Span<const Assignment<>> assignments);
// The same of a struct's members.
absl::StatusOr<std::vector<Formula>> BindMembers(const Engine& engine, std::string_view verb,
                                                 const StructView& view,
                                                 absl::Span<const MemberAssignment> assignments);
// The row's cells, all computed before any is written. Errors as Statement::Update, and kRange.
absl::Status GatherFormulas(std::string_view verb, TableNode& table, Slot slot,
                            std::vector<Formula>& formulas, Statement& statement);
absl::Status GatherUpdate(const Engine& engine, std::string_view verb, TableNode& table, Slot slot,
                          absl::Span<const Assignment<>> assignments, Statement& statement);
// All rows of a table, to be erased.
absl::Status GatherAll(TableNode& table, Statement& statement);

// `b` becomes the target of `a`; from the target's end of a has-one (`inverse`), `b` the only child of `a`, and the
// one that was there is addressed too. Errors kStale, and as Statement::Set.
absl::Status GatherSet(Edge& edge, bool inverse, Ref<> a, Ref<> b, Statement& statement);
// The same for b[i] and a[i], all at once: a child that one has-one loses and another gets is not put out. Errors also
// kType (two lengths), kConflict (one child for two has-ones).
absl::Status GatherSetAll(Edge& edge, bool inverse, absl::Span<const Ref<>> a, absl::Span<const Ref<>> b,
                          Statement& statement);
// `a` belongs to nobody, or has no child any more. Errors kStale, and as Statement::Set.
absl::Status GatherClear(Edge& edge, bool inverse, Ref<> a, Statement& statement);

}  // namespace tenon::internal

#endif  // TENON_STORE_GATHER_H_
