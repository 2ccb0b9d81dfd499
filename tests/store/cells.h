// Cells of every type, for the tests of columns.
#ifndef TENON_TESTS_STORE_CELLS_H_
#define TENON_TESTS_STORE_CELLS_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "store/column.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon::internal {

inline constexpr Type kTypes[] = {Type::kBool,   Type::kInt32,  Type::kInt64, Type::kFloat,
                                  Type::kDouble, Type::kString, Type::kBytes};

// Some cells of a type, its extremes among them; none is null.
inline std::vector<Cell> CellsOf(Type type) {
  static const std::string texts[] = {"",
                                      "a",
                                      std::string(12, 'b'),
                                      std::string(13, 'c'),
                                      std::string(5'000, 'd'),
                                      std::string("n\0l and then more than twelve", 29)};
  std::vector<Cell> cells;
  switch (type) {
    case Type::kBool:
      return {Cell::OfBits(0), Cell::OfBits(1)};
    case Type::kInt32:
      return {Cell::OfInt(0), Cell::OfInt(-1), Cell::OfInt(INT32_MIN), Cell::OfInt(INT32_MAX)};
    case Type::kInt64:
      return {Cell::OfInt(0), Cell::OfInt(-1), Cell::OfInt(INT64_MIN), Cell::OfInt(INT64_MAX)};
    case Type::kFloat:
      for (const float v : {0.0f, -0.0f, 1.5f, HUGE_VALF, std::numeric_limits<float>::quiet_NaN()}) {
        cells.push_back(Cell::OfBits(std::bit_cast<uint32_t>(v)));
      }
      return cells;
    case Type::kDouble:
      for (const double v : {0.0, -0.0, 1e300, -HUGE_VAL, std::numeric_limits<double>::quiet_NaN()}) {
        cells.push_back(Cell::OfBits(std::bit_cast<uint64_t>(v)));
      }
      return cells;
    case Type::kString:
    case Type::kBytes:
      break;
  }
  for (const std::string& text : texts) cells.push_back(Cell::OfText(Text(text)));
  return cells;
}

// Prepare and Write.
inline bool Put(Column* column, Slot slot, const Cell& cell) {
  if (!column->Prepare(slot, cell)) return false;
  column->Write(slot, cell);
  return true;
}

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_CELLS_H_
