// Values as text and as equals.
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "tenon/definition.h"
#include "tenon/row.h"

namespace tenon {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void AppendHex(unsigned char byte, std::string& out) {
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

// A quote is doubled as in SQL; a backslash is too, so that \xNN always means a byte.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) {
      out += "\\x";
      AppendHex(byte, out);
      continue;
    }
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out += '\'';
}

std::string Hex(const std::string& data) {
  std::string out = "x'";
  for (const char c : data) AppendHex(static_cast<unsigned char>(c), out);
  return out += '\'';
}

template <class Integer>
std::string Digits(Integer number) {
  char digits[24];
  return std::string(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

// The shortest text that reads back as the same number, and never looks like an integer.
template <class Float>
std::string Shortest(Float number) {
  if (number != number) return "nan";
  char digits[32];
  std::string out(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";  // 'n' is that of inf
  return out;
}

}  // namespace

std::string_view TypeName(Type type) {
  switch (type) {
    case Type::kBool:
      return "bool";
    case Type::kInt32:
      return "int32";
    case Type::kInt64:
      return "int64";
    case Type::kFloat:
      return "float";
    case Type::kDouble:
      return "double";
    case Type::kString:
      return "string";
    case Type::kBytes:
      return "bytes";
  }
  return "unknown type";
}

std::string_view ActionName(Action action) {
  switch (action) {
    case Action::kNoAction:
      return "no action";
    case Action::kRestrict:
      return "restrict";
    case Action::kCascade:
      return "cascade";
    case Action::kSetNull:
      return "set null";
    case Action::kSetDefault:
      return "set default";
  }
  return "unknown action";
}

std::string Value::ToString() const {
  if (const auto* v = std::get_if<bool>(&v_)) return *v ? "true" : "false";
  if (const auto* v = std::get_if<int32_t>(&v_)) return Digits(*v);
  if (const auto* v = std::get_if<int64_t>(&v_)) return Digits(*v);
  if (const auto* v = std::get_if<float>(&v_)) return Shortest(*v);
  if (const auto* v = std::get_if<double>(&v_)) return Shortest(*v);
  if (const auto* v = std::get_if<std::string>(&v_)) return Quoted(*v);
  if (const auto* v = std::get_if<Bytes>(&v_)) return Hex(v->data);
  return "NULL";
}

bool operator==(const Value& a, const Value& b) {
  if (const auto x = a.As<int64_t>()) return x == b.As<int64_t>();
  if (a.v_.index() != b.v_.index()) return false;
  if (const auto* x = std::get_if<float>(&a.v_)) {
    return std::bit_cast<uint32_t>(*x) == std::bit_cast<uint32_t>(*std::get_if<float>(&b.v_));
  }
  if (const auto* x = std::get_if<double>(&a.v_)) {
    return std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(*std::get_if<double>(&b.v_));
  }
  return a.v_ == b.v_;
}

}  // namespace tenon

template class std::vector<tenon::Ref<>>;
template class std::vector<tenon::ColumnDef>;
template class std::vector<tenon::BelongsToDef>;
template class std::vector<tenon::TableDef>;
