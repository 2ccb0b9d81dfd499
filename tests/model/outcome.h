// What a statement came to.
#ifndef TENON_TESTS_MODEL_OUTCOME_H_
#define TENON_TESTS_MODEL_OUTCOME_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "tenon/effects.h"
#include "tenon/violation.h"
#include "tests/model/cell.h"
#include "tests/model/state.h"
#include "tests/model/statement.h"

namespace tenon::model {

// What a statement itself writes and erases, before any action.
struct Direct {
  std::map<RowId, Row> births = {};
  std::map<RowId, std::map<size_t, Cell>> writes = {};  // of rows that were there
  std::set<RowId> erased = {};
};

struct Outcome {
  std::optional<ViolationCode> refused = {};
  Effects effects = {};  // when it was not refused
  // When it was not refused for what it says itself: a stale row, a wrong type...
  std::optional<Direct> direct = {};
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_OUTCOME_H_
