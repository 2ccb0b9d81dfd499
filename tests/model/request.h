// What the verbs of a statement ask for: births, writes of cells and links, and erases.
//
// All is computed from the state before the statement; only rows that are born are written at once, to be read by the
// verbs of a batch that follow.
#ifndef TENON_TESTS_MODEL_REQUEST_H_
#define TENON_TESTS_MODEL_REQUEST_H_

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/model/cell.h"
#include "tests/model/meanings.h"
#include "tests/model/schema.h"
#include "tests/model/state.h"
#include "tests/model/statement.h"
#include "tests/model/step.h"

namespace tenon::model {

class Request {
 public:
  // `before`: what foreign keys mean before the statement.
  Request(const Schema& schema, const Meanings& before, State& state)
      : schema_(schema), before_(before), state_(state) {}

  void Gather(const Statement& s);
  // The direct writes, less those of rows that are directly erased. Requires: all is gathered.
  Step DirectStep();

  const std::set<RowId>& born() const { return born_; }
  const std::set<RowId>& erased() const { return erased_; }
  // Rows that verbs write or erase: they are not among those that actions reach.
  const std::set<RowId>& named() const { return named_; }
  size_t addressed() const { return addressed_; }

 private:
  using Place = std::pair<RowId, size_t>;  // of a cell: row and column

  void Bear(size_t table, const NewRow& row);
  void Upsert(size_t table, const NewRow& row);
  void RequireTypes(size_t table, const std::vector<Assignment>& assignments) const;
  void Update(size_t table, RowId id, const std::vector<Assignment>& assignments);
  Key LinkableKey(const Edge& edge, RowId target) const;
  void SetAll(const Statement& s);
  void Set(size_t edge, RowId child, RowId target);
  void Unlink(const Statement& s);
  void Vacate(size_t edge, RowId target, RowId keep);
  void PutOut(size_t edge, RowId child);
  void Clear(size_t edge, RowId child);
  void Void(RowId child, size_t column);
  void Erase(RowId id);
  void Assign(RowId id, size_t column, const Cell& value);
  std::vector<Place> EqualTo(Place place) const;
  std::set<Cell> Images(RowId id, size_t column) const;
  Cell Image(RowId id, size_t column) const;

  RowId OnlyChild(size_t edge, RowId target) const;
  const std::vector<Column>& ColumnsOf(size_t table) const { return schema_.tables[table].columns; }
  const Row& RowAt(RowId id) const { return state_.rows.at(id); }
  void RequireLive(size_t table, RowId id) const;

  const Schema& schema_;
  const Meanings& before_;
  State& state_;
  bool in_batch_ = false;
  size_t addressed_ = 0;  // a batch adds up its verbs
  std::set<RowId> named_;
  std::set<RowId> born_;
  std::set<RowId> erased_;
  std::map<RowId, std::map<size_t, Cell>> direct_;  // values that verbs write; of several the last
  std::map<EdgeAndChild, RowId> linked_;            // links given as rows that no later verb made void
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_REQUEST_H_
