// Random schemas, random programs over them, and both as text.
#ifndef TENON_TESTS_MODEL_PROGRAM_H_
#define TENON_TESTS_MODEL_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/model.h"

namespace tenon::model {

struct Program {
  Schema schema = {};
  std::vector<Statement> statements = {};
};

// The program of this seed, always the same. Each seed first draws which features it uses at all (swarm
// testing), so that rare combinations get whole programs to themselves. Domains are small: keys collide and
// are hit often.
Program RandomProgram(uint64_t seed);

// The number of statements, those inside batches included.
size_t CountStatements(const std::vector<Statement>& statements);

std::string ToString(const Schema& schema);
std::string ToString(const Schema& schema, const Statement& statement);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_PROGRAM_H_
