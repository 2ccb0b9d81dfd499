// From definitions to complete definitions: fills in what was left out, and checks all that can be known without rows.
//
// Failure   all that is wrong is found at once, in the order of the definition; every violation names the table, the
//           columns and the remedy.
// Cost      linear in what is defined, plus a look at each name in `existing`.
#ifndef TENON_STORE_RESOLVE_H_
#define TENON_STORE_RESOLVE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tenon/definition.h"
#include "tenon/options.h"
#include "tenon/schema.h"

namespace tenon::internal {

// Tables that are defined as one unit, in any order; they may refer to each other and to themselves. Each comes back with
//   columns     `id` first where it was added, those declared, then foreign keys that were added, in order of the edges
//   keys        the primary key first; its columns may not be null
//   belongs_to  every field filled in; foreign_key and target_key in the order in which the target declares its key
//   inverses    the edges of this unit that lead into the table; edges into existing tables are theirs to add
//   defaults    widened to the column's type
// kInvalidArgument: the definition can't hold; kResourceExhausted: a limit of `options`.
absl::StatusOr<std::vector<TableInfo>> ResolveTables(const Schema& existing,
                                                     const std::vector<TableDef>& tables,
                                                     const Options& options);

// A column, a unique key or an index, a belongsTo that is added to an existing table. kNotFound: there is no such table;
// else as above.
absl::StatusOr<ColumnDef> ResolveColumn(const Schema& existing, std::string_view table, ColumnDef column,
                                        const Options& options);
absl::StatusOr<KeyInfo> ResolveKey(const Schema& existing, std::string_view table,
                                   const std::vector<std::string>& columns, bool unique);
struct ResolvedBelongsTo {
  BelongsToDef edge;
  std::vector<ColumnDef> added_columns;  // foreign-key columns that the table lacks; nullable
};
absl::StatusOr<ResolvedBelongsTo> ResolveBelongsTo(const Schema& existing, std::string_view table,
                                                   BelongsToDef edge, const Options& options);

// Whether a table, or a unique key by its constraint, may go.
//   kNotFound            there is none
//   kFailedPrecondition  a belongsTo refers to it: of another table for a table, of any table for a key
//   kInvalidArgument     it is the primary key
absl::Status CheckDropTable(const Schema& existing, std::string_view table);
absl::Status CheckDropUnique(const Schema& existing, std::string_view table, std::string_view constraint);

}  // namespace tenon::internal

#endif  // TENON_STORE_RESOLVE_H_
