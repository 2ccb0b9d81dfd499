// One statement under way. Whatever its verbs, it comes down to births, writes of cells and erases, carried out so:
//
//   S1  Gather   the rows addressed and their new cells are computed from the state before the statement (request.h)
//   S2  Write    births and all direct writes at once; first it is settled whom each foreign key will mean (meanings.h)
//   S3  Erase    level by level: RESTRICT asks for the whole level, then CASCADE takes the next one
//   S4  Rounds   what keys that went or changed do to the children that are left: each round sees the one
//                before, asks every RESTRICT, plans all its rewrites, and writes them at once
//   S5  Settle   NOT NULL, then UNIQUE, then foreign keys by value: this look at the end is NO ACTION
//   S6  Commit   deferred edges, outside a transaction at the end of each statement (model.cc)
#ifndef TENON_TESTS_MODEL_WORK_H_
#define TENON_TESTS_MODEL_WORK_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tenon/definition.h"
#include "tenon/effects.h"
#include "tests/model/meanings.h"
#include "tests/model/outcome.h"
#include "tests/model/request.h"
#include "tests/model/schema.h"
#include "tests/model/state.h"
#include "tests/model/statement.h"
#include "tests/model/step.h"

namespace tenon::model {

class Work {
 public:
  Work(const Schema& schema, State& state)
      : schema_(schema), state_(state), means_(schema, state), request_(schema, means_, state) {}
  Work(const Work&) = delete;  // the request refers to the meanings
  Work& operator=(const Work&) = delete;

  // S1 to S5. Throws a Refusal where a rule refuses it; the state may then be anything.
  void CarryOut(const Statement& s);
  Effects GetEffects() const;
  // Nothing when the statement was refused for what it says itself: a stale row, a wrong type...
  const std::optional<Direct>& direct() const { return direct_; }

 private:
  using Place = std::pair<RowId, size_t>;             // of a cell: row and column
  using Changes = std::map<RowId, std::set<size_t>>;  // columns by row

  // S2
  void Record(const Step& direct);
  Changes Write(const Step& step);
  Row After(RowId id, const Step& step) const;
  RowId Meaning(size_t edge, RowId child, const Step& step) const;
  bool GetsKey(RowId id, const std::vector<size_t>& columns, const Key& key, const Step& step) const;
  bool HasHadKey(RowId id, const std::vector<size_t>& columns, const Key& key) const;
  // S3
  std::vector<RowId> EraseLevelByLevel();
  void Kill(RowId id);
  // S4
  Step NextRound(const Changes& changes, const std::vector<RowId>& gone);
  void Treat(size_t edge, RowId target, Action action, const std::set<size_t>& columns, Step& step) const;
  void RequireNoConflict(const Step& step);
  // S5
  void Settle() const;

  Row& RowAt(RowId id) { return state_.rows.at(id); }
  const Row& RowAt(RowId id) const { return state_.rows.at(id); }

  const Schema& schema_;
  State& state_;
  Meanings means_;
  Request request_;
  std::optional<Direct> direct_;
  std::set<Place> changed_;                                     // cells changed so far
  std::set<Place> rewritten_;                                   // cells that rounds have planned so far
  std::map<RowId, Row> gone_;                                   // rows erased so far
  std::map<std::pair<size_t, Action>, std::set<RowId>> reach_;  // rows that actions changed, by table
  std::map<size_t, size_t> cascaded_;                           // rows that CASCADE erased, by table
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_WORK_H_
