// A database looked at through every kind of handle that reads.
#ifndef TENON_TESTS_FUZZ_LOOK_H_
#define TENON_TESTS_FUZZ_LOOK_H_

#include <string>

#include "tenon/tenon.h"

namespace tenon::fuzz {

// All that a caller can see: schema and content, the Refs, and the children of each row in their order.
std::string Picture(const Database& db);

// Checks that whatever can be read in two ways reads the same in both.
void CheckReads(const Database& db);

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_LOOK_H_
