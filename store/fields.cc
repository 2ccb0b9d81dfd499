#include "store/fields.h"

#include <bit>
#include <charconv>
#include <system_error>
#include <variant>

namespace tenon::internal {

// ---- Writing ----

void FieldWriter::Number(uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out_.append(digits, end).push_back(' ');
}

void FieldWriter::Text(std::string_view text) {
  Number(text.size());
  out_.back() = ':';
  out_.append(text).push_back(' ');
}

void FieldWriter::Write(const Value& value) {
  const auto& v = value.variant();
  Number(v.index());
  if (const auto* b = std::get_if<bool>(&v)) Number(*b ? 1 : 0);
  if (const auto* i = std::get_if<int32_t>(&v)) Number(static_cast<uint32_t>(*i));
  if (const auto* i = std::get_if<int64_t>(&v)) Number(static_cast<uint64_t>(*i));
  if (const auto* f = std::get_if<float>(&v)) Number(std::bit_cast<uint32_t>(*f));
  if (const auto* d = std::get_if<double>(&v)) Number(std::bit_cast<uint64_t>(*d));
  if (const auto* s = std::get_if<std::string>(&v)) Text(*s);
  if (const auto* b = std::get_if<Bytes>(&v)) Text(b->data);
}

void FieldWriter::Write(const std::vector<Value>& values) {
  Number(values.size());
  for (const Value& value : values) Write(value);
}

// ---- Reading ----

uint64_t FieldReader::Fail() {
  ok_ = false;
  in_ = {};
  return 0;
}

uint64_t FieldReader::NumberUpTo(char end, uint64_t most) {
  uint64_t number = 0;
  const auto [rest, error] = std::from_chars(in_.data(), in_.data() + in_.size(), number);
  const auto digits = static_cast<size_t>(rest - in_.data());
  if (error != std::errc() || digits == in_.size() || *rest != end || number > most) return Fail();
  in_.remove_prefix(digits + 1);
  return number;
}

std::string FieldReader::Text() {
  const auto length = static_cast<size_t>(NumberUpTo(':', in_.size()));
  if (length >= in_.size() || in_[length] != ' ') {  // the length itself took bytes
    Fail();
    return {};
  }
  std::string text(in_.substr(0, length));
  in_.remove_prefix(length + 1);
  return text;
}

Value FieldReader::OneValue() {
  switch (Number(7)) {
    case 1:
      return Number(1) != 0;
    case 2:
      return static_cast<int32_t>(static_cast<uint32_t>(Number(UINT32_MAX)));
    case 3:
      return static_cast<int64_t>(Number());
    case 4:
      return std::bit_cast<float>(static_cast<uint32_t>(Number(UINT32_MAX)));
    case 5:
      return std::bit_cast<double>(Number());
    case 6:
      return Text();
    case 7:
      return Bytes{Text()};
    default:
      return {};
  }
}

std::vector<Value> FieldReader::Values() {
  std::vector<Value> values;
  for (size_t left = Length(); ok_ && left > 0; --left) values.push_back(OneValue());
  return values;
}

}  // namespace tenon::internal
