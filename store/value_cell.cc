#include "store/value_cell.h"

#include <bit>
#include <cstdint>
#include <string>
#include <variant>

namespace tenon::internal {

Type TypeOf(const Value& value) {
  return static_cast<Type>(value.variant().index() - 1);  // Value lists its types in the order of Type
}

bool Fits(const Value& value, Type type) {
  if (IsText(type) && !value.is_null()) {
    const std::optional<std::string_view> text = value.As<std::string_view>();
    return TypeOf(value) == type && text->size() <= INT32_MAX;
  }
  return value.is_null() || TypeOf(value) == type || (type == Type::kInt64 && TypeOf(value) == Type::kInt32);
}

Cell CellOf(const Value& value, Type type) {
  if (value.is_null()) return Cell::Null();
  const auto& v = value.variant();
  switch (type) {
    case Type::kBool:
      return Cell::OfBits(*std::get_if<bool>(&v) ? 1 : 0);
    case Type::kInt32:
    case Type::kInt64:
      return Cell::OfInt(*value.As<int64_t>());
    case Type::kFloat:
      return Cell::OfBits(std::bit_cast<uint32_t>(*std::get_if<float>(&v)));
    case Type::kDouble:
      return Cell::OfBits(std::bit_cast<uint64_t>(*std::get_if<double>(&v)));
    case Type::kString:
      return Cell::OfText(Text(*std::get_if<std::string>(&v)));
    case Type::kBytes:
      break;
  }
  return Cell::OfText(Text(std::get_if<Bytes>(&v)->data));
}

Value ValueOf(const Cell& cell, Type type) {
  if (cell.is_null()) return {};
  switch (type) {
    case Type::kBool:
      return cell.bits != 0;
    case Type::kInt32:
      return static_cast<int32_t>(cell.integer());
    case Type::kInt64:
      return cell.integer();
    case Type::kFloat:
      return cell.as_float();
    case Type::kDouble:
      return cell.as_double();
    case Type::kString:
      return std::string(cell.text.view());
    case Type::kBytes:
      break;
  }
  return Bytes{std::string(cell.text.view())};
}

}  // namespace tenon::internal
