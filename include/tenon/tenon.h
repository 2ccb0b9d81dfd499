// All of Tenon.
#ifndef TENON_TENON_H_
#define TENON_TENON_H_

#include "tenon/change_set.h"      // IWYU pragma: export
#include "tenon/column.h"          // IWYU pragma: export
#include "tenon/columns.h"         // IWYU pragma: export
#include "tenon/database.h"        // IWYU pragma: export
#include "tenon/definition.h"      // IWYU pragma: export
#include "tenon/effects.h"         // IWYU pragma: export
#include "tenon/lookup.h"          // IWYU pragma: export
#include "tenon/many_to_many.h"    // IWYU pragma: export
#include "tenon/mutable_column.h"  // IWYU pragma: export
#include "tenon/observer.h"        // IWYU pragma: export
#include "tenon/options.h"         // IWYU pragma: export
#include "tenon/predicate.h"       // IWYU pragma: export
#include "tenon/query.h"           // IWYU pragma: export
#include "tenon/row.h"             // IWYU pragma: export
#include "tenon/schema.h"          // IWYU pragma: export
#include "tenon/table.h"           // IWYU pragma: export
#include "tenon/table_of.h"        // IWYU pragma: export
#include "tenon/to_many.h"         // IWYU pragma: export
#include "tenon/to_one.h"          // IWYU pragma: export
#include "tenon/violation.h"       // IWYU pragma: export

#endif  // TENON_TENON_H_
