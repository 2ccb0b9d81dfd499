// Schemas and statements as text for people.
#ifndef TENON_TESTS_MODEL_TEXT_H_
#define TENON_TESTS_MODEL_TEXT_H_

#include <string>

#include "tests/model/model.h"

namespace tenon::model {

std::string ToString(const Schema& schema);
std::string ToString(const Schema& schema, const Statement& statement);

// Rows and counters, the same for the same content: row ids do not show.
std::string Dump(const Model& model);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_TEXT_H_
