// The model's words in the library's, and back.
#ifndef TENON_TESTS_MODEL_TRANSLATION_H_
#define TENON_TESTS_MODEL_TRANSLATION_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tenon/tenon.h"
#include "tests/model/cell.h"
#include "tests/model/model.h"

namespace tenon::model {

// The definitions of a schema's tables, in its order.
std::vector<TableDef> Definitions(const Schema& schema);

Value ValueOf(Kind kind, const Cell& cell);
Cell CellOf(const Value& value);

// Of a column that there is not: "nosuch", of numbers.
std::string_view ColumnName(const Table& table, size_t column);
Kind KindOf(const Table& table, size_t column);

// The cells alone, without links.
tenon::Row RowOf(const Table& table, const NewRow& row);
std::vector<tenon::Assignment<>> AssignmentsOf(const Table& table,
                                               const std::vector<Assignment>& assignments);
Predicate<> PredicateOf(const Table& table, const Condition& condition);

// "ok", the code of the first violation, or the whole status where there is none.
std::string CodeOf(const absl::Status& status);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_TRANSLATION_H_
