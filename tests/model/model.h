// The rules of the store as a program that is slow and obvious: a map of rows, loops over all of them, and a
// copy of everything before each statement. It shares no code with the engine and knows no indexes, no undo,
// and no links outside the statement that needs them, so that the two can only agree by both being right.
#ifndef TENON_TESTS_MODEL_MODEL_H_
#define TENON_TESTS_MODEL_MODEL_H_

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "tests/model/outcome.h"
#include "tests/model/schema.h"
#include "tests/model/state.h"
#include "tests/model/statement.h"

namespace tenon::model {

class Model {
 public:
  explicit Model(Schema schema);
  // With this content.
  Model(Schema schema, State state) : schema_(std::move(schema)), state_(std::move(state)) {}

  Outcome Execute(const Statement& statement);

  const Schema& schema() const { return schema_; }
  const State& state() const { return state_; }
  const std::map<RowId, Row>& rows() const { return state_.rows; }
  bool IsLive(size_t table, RowId id) const { return model::IsLive(state_, table, id); }
  std::vector<RowId> RowsOf(size_t table) const { return model::RowsOf(state_, table); }
  // The target of `child`; 0 when its foreign key is null or leads nowhere.
  RowId TargetOf(size_t edge, RowId child) const { return TargetByValue(state_, schema_.edges[edge], child); }
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
