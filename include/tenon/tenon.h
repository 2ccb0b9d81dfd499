// All of Tenon, but what tests and small programs want besides: testing.h, or_die.h.
#ifndef TENON_TENON_H_
#define TENON_TENON_H_

#include "tenon/aggregate.h"       // IWYU pragma: export
#include "tenon/assignment.h"      // IWYU pragma: export
#include "tenon/batch.h"           // IWYU pragma: export
#include "tenon/change_set.h"      // IWYU pragma: export
#include "tenon/col.h"             // IWYU pragma: export
#include "tenon/column.h"          // IWYU pragma: export
#include "tenon/column_values.h"   // IWYU pragma: export
#include "tenon/columns.h"         // IWYU pragma: export
#include "tenon/database.h"        // IWYU pragma: export
#include "tenon/definition.h"      // IWYU pragma: export
#include "tenon/effects.h"         // IWYU pragma: export
#include "tenon/expression.h"      // IWYU pragma: export
#include "tenon/groups.h"          // IWYU pragma: export
#include "tenon/included.h"        // IWYU pragma: export
#include "tenon/join.h"            // IWYU pragma: export
#include "tenon/lookup.h"          // IWYU pragma: export
#include "tenon/many_to_many.h"    // IWYU pragma: export
#include "tenon/memory_report.h"   // IWYU pragma: export
#include "tenon/mutable_column.h"  // IWYU pragma: export
#include "tenon/observer.h"        // IWYU pragma: export
#include "tenon/options.h"         // IWYU pragma: export
#include "tenon/predicate.h"       // IWYU pragma: export
#include "tenon/query.h"           // IWYU pragma: export
#include "tenon/row.h"             // IWYU pragma: export
#include "tenon/row_range.h"       // IWYU pragma: export
#include "tenon/schema.h"          // IWYU pragma: export
#include "tenon/table.h"           // IWYU pragma: export
#include "tenon/table_of.h"        // IWYU pragma: export
#include "tenon/to_many.h"         // IWYU pragma: export
#include "tenon/to_one.h"          // IWYU pragma: export
#include "tenon/transaction.h"     // IWYU pragma: export
#include "tenon/violation.h"       // IWYU pragma: export

#endif  // TENON_TENON_H_
