// The content of one cell, as the engine passes it around: 24 bytes, no ownership.
#ifndef TENON_INTERNAL_CELL_H_
#define TENON_INTERNAL_CELL_H_

#include <bit>
#include <cstdint>
#include <string_view>

#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon::internal {

// Fixed-size types are kept as 64 bits: bool as 0 or 1, int32 sign-extended, float and double as their bit patterns.
// Text of up to 12 bytes lies in the cell, longer text where it was when the cell was made.
struct Cell {
  enum class State : uint8_t { kNull, kValue, kAbsent };  // absent: not given, to be filled in

  union {
    uint64_t bits;
    Text text;
  };
  State state;

  Cell() : text(), state(State::kNull) {}
  static Cell Null() { return Cell(); }
  static Cell Absent() {
    Cell cell;
    cell.state = State::kAbsent;
    return cell;
  }
  static Cell OfBits(uint64_t bits) {
    Cell cell;
    cell.bits = bits;
    cell.state = State::kValue;
    return cell;
  }
  static Cell OfInt(int64_t v) { return OfBits(static_cast<uint64_t>(v)); }
  static Cell OfText(Text text) {
    Cell cell;
    cell.text = text;
    cell.state = State::kValue;
    return cell;
  }

  bool is_null() const { return state == State::kNull; }
  bool is_absent() const { return state == State::kAbsent; }
  int64_t integer() const { return static_cast<int64_t>(bits); }
  float as_float() const { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }
  double as_double() const { return std::bit_cast<double>(bits); }
};

constexpr bool IsText(Type type) { return type == Type::kString || type == Type::kBytes; }
constexpr bool IsInteger(Type type) { return type == Type::kInt32 || type == Type::kInt64; }
constexpr bool IsFloating(Type type) { return type == Type::kFloat || type == Type::kDouble; }

// The number in a cell of a floating-point type.
inline double FloatingOf(const Cell& cell, Type type) {
  return type == Type::kFloat ? double{cell.as_float()} : cell.as_double();
}

// Whether two cells of one type hold the same: null equals null, numbers by bits, text byte by byte.
inline bool SameCell(Type type, const Cell& a, const Cell& b) {
  if (a.state != b.state) return false;
  if (a.is_null()) return true;
  return IsText(type) ? a.text.view() == b.text.view() : a.bits == b.bits;
}

}  // namespace tenon::internal

#endif  // TENON_INTERNAL_CELL_H_
