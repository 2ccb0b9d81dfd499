// Refusal: thrown where a rule refuses the statement, so that the rules read without plumbing.
#ifndef TENON_TESTS_MODEL_REFUSAL_H_
#define TENON_TESTS_MODEL_REFUSAL_H_

#include "tenon/violation.h"

namespace tenon::model {

struct Refusal {
  ViolationCode code;
};

inline void Require(bool holds, ViolationCode otherwise) {
  if (!holds) throw Refusal{otherwise};
}

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_REFUSAL_H_
