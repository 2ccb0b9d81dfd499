// Random schemas that a database accepts.
#ifndef TENON_TESTS_MODEL_RANDOM_SCHEMA_H_
#define TENON_TESTS_MODEL_RANDOM_SCHEMA_H_

#include "tests/model/model.h"
#include "tests/model/swarm.h"

namespace tenon::model {

// Two to five tables and the edges between them. Every kind of edge is possible: to keys of several columns in any
// order, over columns that are keys themselves or belong to another edge, from a table to itself.
Schema RandomSchema(Random& random, const Swarm& swarm);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_RANDOM_SCHEMA_H_
