// Programs as C++.
#ifndef TENON_TESTS_MODEL_CPP_TEXT_H_
#define TENON_TESTS_MODEL_CPP_TEXT_H_

#include <string>

#include "tests/model/program.h"

namespace tenon::model {

// The program as a test of GoogleTest that expects of every statement, and in the end of all rows, what the model says.
// It goes into namespace tenon and needs tenon/tenon.h and tests/testing/matchers.h.
std::string ToCpp(const Program& program);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_CPP_TEXT_H_
