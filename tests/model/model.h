// The rules of the store as a program that is slow and obvious: a map of rows, loops over all of them, and a
// copy of everything before each statement. It shares no code with the engine and knows no indexes, no undo,
// and no links outside the statement that needs them, so that the two can only agree by both being right.
#ifndef TENON_TESTS_MODEL_MODEL_H_
#define TENON_TESTS_MODEL_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tenon/definition.h"
#include "tenon/effects.h"
#include "tenon/violation.h"
#include "tests/model/cell.h"

namespace tenon::model {

// ---- Schemas: tables, columns and edges are named by their place in these lists ----

struct Column {
  std::string name = {};
  Kind kind = Kind::kInt64;
  bool not_null = false;
  bool auto_increment = false;
  Cell default_value = {};
};

struct Table {
  std::string name = {};
  std::vector<Column> columns = {};
  std::vector<std::vector<size_t>> keys = {};  // the primary key first
  bool implicit_id = false;                    // the first column and the primary key are left to the library
};

struct Edge {
  std::string association = {};
  std::string inverse = {};  // may be empty, except of a has-one
  size_t child = 0;
  std::vector<size_t> foreign_key = {};
  size_t target = 0;
  std::vector<size_t> target_key = {};  // the columns of one of the target's keys, in any order
  Action on_delete = Action::kNoAction;
  Action on_update = Action::kNoAction;
  bool enforced = true;
  bool deferred = false;
  bool one = false;  // has-one: the foreign key is unique
};

struct Schema {
  std::vector<Table> tables = {};
  std::vector<Edge> edges = {};
};

// ---- Statements ----

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

// ---- The store ----

struct Row {
  size_t table = 0;
  std::vector<Cell> cells = {};
  friend bool operator==(const Row&, const Row&) = default;
};

// What a statement itself writes and erases, before any action.
struct Direct {
  std::map<RowId, Row> births = {};
  std::map<RowId, std::map<size_t, Cell>> writes = {};  // of rows that were there
  std::set<RowId> erased = {};
};

// What a statement came to.
struct Outcome {
  std::optional<ViolationCode> refused = {};
  Effects effects = {};  // when it was not refused
  std::optional<Direct> direct =
      {};  // when it was not refused for what it says itself: a stale row, a wrong type...
};

struct State {
  std::map<RowId, Row> rows = {};
  std::vector<int64_t> counters = {};  // by table: the greatest number its auto-increment column ever held
};

class Model {
 public:
  explicit Model(Schema schema);
  // With this content.
  Model(Schema schema, State state) : schema_(std::move(schema)), state_(std::move(state)) {}

  Outcome Execute(const Statement& statement);

  const Schema& schema() const { return schema_; }
  const State& state() const { return state_; }
  const std::map<RowId, Row>& rows() const { return state_.rows; }
  bool IsLive(size_t table, RowId id) const;
  std::vector<RowId> RowsOf(size_t table) const;
  // The target of `child`; 0 when its foreign key is null or leads nowhere.
  RowId TargetOf(size_t edge, RowId child) const;
  // How many children a deferred edge has that lead nowhere, over all such edges.
  size_t Dangling() const;
  size_t open_transactions() const { return saved_.size(); }

 private:
  Schema schema_;
  State state_;
  std::vector<State> saved_;  // the state at each Begin that is still open
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_MODEL_H_
