// Statements, of every verb.
#ifndef TENON_TESTS_MODEL_STATEMENT_H_
#define TENON_TESTS_MODEL_STATEMENT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/model/cell.h"

namespace tenon::model {

// A row's name, given to it by the statement that inserts it. Never used twice; 0 names no row.
using RowId = int;

struct Assignment {
  size_t column = 0;
  Formula value = {};
};

struct Given {
  size_t column = 0;  // one behind the last column: a column that there is not
  Cell value = {};
};
struct Link {
  size_t edge = 0;
  RowId target = 0;
};
struct NewRow {
  RowId id = 0;
  std::vector<Given> cells = {};
  std::vector<Link> links = {};
};

enum class Verb : uint8_t {
  kInsert,         // table, rows (one)
  kInsertAll,      // table, rows
  kInsertColumns,  // table, rows: all with the same columns, no links
  kUpsert,         // table, rows (one)
  kUpdate,         // table, refs (one), assignments
  kUpdateWhere,    // table, where, assignments
  kErase,          // table, refs (one)
  kEraseAll,       // table, refs
  kEraseWhere,     // table, where
  kPlanErase,      // table, refs (one)
  kClear,          // tables
  kSet,            // edge, inverse, refs (one), targets (one)
  kSetAll,         // edge, refs, targets
  kUnlink,         // edge, inverse, refs (one)
  kCreate,         // edge, refs (the target), rows (one); only as part of a batch
  kBatch,          // parts: kInsert, kUpdate, kErase, kSet, kUnlink, kCreate
  kBegin,
  kCommit,    // depth
  kRollback,  // depth
};

struct Statement {
  Verb verb = Verb::kBegin;
  size_t table = 0;
  size_t edge = 0;
  bool inverse = false;  // the edge is used from its has-one end
  std::vector<NewRow> rows = {};
  std::vector<RowId> refs = {};
  std::vector<RowId> targets = {};
  std::vector<Assignment> assignments = {};
  Condition where = {};
  std::vector<size_t> tables = {};
  std::vector<Statement> parts = {};
  size_t depth = 0;  // which of the open transactions; 0 is the outermost
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_STATEMENT_H_
