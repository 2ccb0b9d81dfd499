// From a program that fails to the little of it that matters.
#ifndef TENON_TESTS_MODEL_SHRINK_H_
#define TENON_TESTS_MODEL_SHRINK_H_

#include <functional>
#include <string>

#include "tests/model/program.h"

namespace tenon::model {

// What is wrong with a program: "statement 7: expected ok, not unique: ..."; empty when nothing is.
using Failure = std::function<std::string(const Program&)>;

// The failure without its place, its numbers and its details: "expected ok, not unique".
std::string KindOf(const std::string& failure);

// Leaves out statements, their parts, rows, cells and conditions, then edges, keys, columns and tables, then what is
// special about those that are left, as long as the program fails in the same way. Requires: it fails.
Program Shrink(Program program, const Failure& failure);

// All that is to be said of a program that fails: the failure, and the shrunk program as text and as C++.
std::string Explanation(const Program& program, const Failure& failure);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_SHRINK_H_
