// Values of the public face to cells of the engine, and back.
#ifndef TENON_STORE_VALUE_CELL_H_
#define TENON_STORE_VALUE_CELL_H_

#include <optional>

#include "tenon/internal/cell.h"
#include "tenon/row.h"

namespace tenon::internal {

// The type of a value that is not null.
Type TypeOf(const Value& value);
// Whether a value may be written into a column of this type: the same type, or an int32 into an int64 column.
bool Fits(const Value& value, Type type);
// Requires: Fits. Long text stays where it is, in the Value.
Cell CellOf(const Value& value, Type type);
Value ValueOf(const Cell& cell, Type type);

}  // namespace tenon::internal

#endif  // TENON_STORE_VALUE_CELL_H_
