// The target row that each foreign key means, which while a statement runs need not be the row that holds its key:
//
//   M1  not written: the row it has meant since before the statement, wherever that row's key goes
//   M2  rewritten by CASCADE, or given as a link to a row: that row
//   M3  written by value, and a row gets this key in the same step: nobody yet, the end will show who has it
//   M4  else the row that has had this key since before the statement and has it when the step begins
//   M5  else nobody yet
//
// Births belong to the first step. Rows that are directly erased get no key.
#ifndef TENON_TESTS_MODEL_MEANINGS_H_
#define TENON_TESTS_MODEL_MEANINGS_H_

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "tests/model/schema.h"
#include "tests/model/state.h"
#include "tests/model/statement.h"

namespace tenon::model {

using EdgeAndChild = std::pair<size_t, RowId>;

class Meanings {
 public:
  // Before a statement every foreign key means the row that holds its key.
  Meanings(const Schema& schema, const State& state);

  bool Contains(size_t edge, RowId child) const { return targets_.contains({edge, child}); }
  std::vector<RowId> ChildrenOf(size_t edge, RowId target) const;
  // 0: nobody yet.
  void Set(size_t edge, RowId child, RowId target);

 private:
  std::map<EdgeAndChild, RowId> targets_;
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_MEANINGS_H_
