// Schemas and statements of the model in SQLite's words.
//
// A row's name is the rowid: every table has the column "row" in front, and the primary key is one of its unique
// keys. So a statement can address rows as a Ref does, whatever their keys are, and contents compare row by row.
#ifndef TENON_TESTS_ORACLE_SQL_TEXT_H_
#define TENON_TESTS_ORACLE_SQL_TEXT_H_

#include <string>
#include <vector>

#include "tests/model/model.h"

namespace tenon::model {

// The tables. An edge that is not enforced is no foreign key; a has-one is a unique key over the foreign key.
std::string SqlOf(const Schema& schema);

// All rows, as insertions without regard to foreign keys.
std::string SqlOf(const Schema& schema, const State& state);

// The statement as statements of SQL, of which most need one; a statement that addresses no row needs none. `direct`
// is what the model says it writes by itself: a batch is written from that, first births, then updates, then erases.
// Requires: the model refused none of the statement's own words (a Ref, a name, a type, a range).
std::vector<std::string> SqlOf(const Schema& schema, const State& before, const Statement& statement,
                               const Direct& direct);

}  // namespace tenon::model

#endif  // TENON_TESTS_ORACLE_SQL_TEXT_H_
