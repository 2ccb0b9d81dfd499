// What is written at once: by the verbs of a statement, or by the actions of one round.
#ifndef TENON_TESTS_MODEL_STEP_H_
#define TENON_TESTS_MODEL_STEP_H_

#include <cstddef>
#include <map>
#include <set>

#include "tenon/definition.h"
#include "tests/model/cell.h"
#include "tests/model/meanings.h"
#include "tests/model/statement.h"

namespace tenon::model {

struct Planned {
  Cell value = {};
  std::set<Action> actions = {};  // that ask for it
};

struct Step {
  std::map<RowId, std::map<size_t, Planned>> cells = {};
  std::map<EdgeAndChild, RowId> stays = {};  // M2 (meanings.h)
  std::set<RowId> births = {};               // already there, but their foreign keys mean nothing yet
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_STEP_H_
