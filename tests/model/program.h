// Random programs.
#ifndef TENON_TESTS_MODEL_PROGRAM_H_
#define TENON_TESTS_MODEL_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "tests/model/model.h"

namespace tenon::model {

struct Program {
  Schema schema = {};
  std::vector<Statement> statements = {};
};

// The program of this seed, always the same. Domains are small: keys collide and are hit often.
Program RandomProgram(uint64_t seed);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_PROGRAM_H_
