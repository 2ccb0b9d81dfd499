#include "tests/fuzz/values.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tenon::fuzz {
namespace {

using std::string_literals::operator""s;

int64_t ReadInteger(ByteReader& in) {
  static constexpr int64_t kEnds[] = {std::numeric_limits<int64_t>::min(),
                                      std::numeric_limits<int64_t>::max(),
                                      std::numeric_limits<int32_t>::min(),
                                      std::numeric_limits<int32_t>::max(),
                                      std::numeric_limits<int64_t>::max() - 1,
                                      int64_t{std::numeric_limits<int32_t>::max()} + 1,
                                      int64_t{std::numeric_limits<int32_t>::min()} - 1,
                                      -1};
  const size_t kind = in.Below(64);
  if (kind < 48) return static_cast<int64_t>(kind % 6);
  if (kind < 56) return static_cast<int64_t>(kind);
  if (kind < 63) return in.Pick(kEnds);
  return static_cast<int64_t>(in.Bits());
}

double ReadDouble(ByteReader& in) {
  using Limits = std::numeric_limits<double>;
  static constexpr double kOdd[] = {0.0,
                                    -0.0,
                                    1.0,
                                    -1.5,
                                    Limits::infinity(),
                                    -Limits::infinity(),
                                    Limits::quiet_NaN(),
                                    Limits::denorm_min(),
                                    Limits::max(),
                                    Limits::lowest(),
                                    1e39};
  const size_t kind = in.Below(16);
  return kind < 15 ? in.Pick(kOdd) : std::bit_cast<double>(in.Bits());
}

float ReadFloat(ByteReader& in) {
  using Limits = std::numeric_limits<float>;
  static constexpr float kOdd[] = {0.0f, -0.0f, 1.0f, Limits::infinity(), Limits::quiet_NaN(), Limits::max()};
  const size_t kind = in.Below(16);
  return kind < 15 ? in.Pick(kOdd) : std::bit_cast<float>(static_cast<uint32_t>(in.Bits()));
}

std::string ReadText(ByteReader& in) {
  static const std::string kTexts[] = {"",
                                       "a",
                                       "b",
                                       "c",
                                       "twelve bytes",
                                       "thirteen byte",
                                       "thirteen bytf",
                                       "a\0b"s,
                                       "\0"s,
                                       "it's \xff\xfe",
                                       std::string(200, 'x')};
  const size_t kind = in.Below(16);
  if (kind < 14) return in.Pick(kTexts);
  if (kind == 14) return std::string(16 * in.Below(256), static_cast<char>(in.Byte()));
  return in.Text(in.Below(40));
}

// Plain columns more often than odd names.
std::string ColumnName(ByteReader& in, const std::vector<ColumnDef>& columns) {
  if (columns.empty() || in.OneIn(32)) return std::string(ReadName(in));
  return in.Pick(columns).name;
}

// Mostly a column of this type.
std::string ColumnName(ByteReader& in, const std::vector<ColumnDef>& columns, Type type) {
  const size_t first = in.Below(32);
  for (size_t i = 0; i < columns.size() && first < 30; ++i) {
    const ColumnDef& column = columns[(first + i) % columns.size()];
    if (column.type == type) return column.name;
  }
  return ColumnName(in, columns);
}

Value ConstantFor(ByteReader& in, const std::vector<ColumnDef>& columns, const std::string& name) {
  for (const ColumnDef& column : columns) {
    if (column.name == name) return ReadValueOf(in, column.type);
  }
  return ReadValue(in);
}

}  // namespace

std::string_view ReadName(ByteReader& in) {
  static const std::string kNames[] = {
      "A",       "B",      "C",   "a",        "b",        "c",     "id",
      "aId",     "bId",    "as",  "A.a",      "A.id",     "B.a",   "aA",
      "Node",    "node",   "no",  "nodeId",   "nodeNo",   "a b",   "a,b",
      "a\0b"s,   "\xff"s,  "ä",   "",         "\n",       "\"a\"", "A.a.b",
      "A.(a,b)", "tenant", "one", "children", "children", "(a)",   std::string(300, 'n')};
  return in.Pick(kNames);
}

std::string ReadTableName(ByteReader& in) {
  static constexpr std::string_view kPlain[] = {"A", "B", "C", "Node"};
  return std::string(in.OneIn(16) ? ReadName(in) : in.Pick(kPlain));
}

std::string ReadColumnName(ByteReader& in) {
  static constexpr std::string_view kPlain[] = {"a", "b", "c", "id", "aId", "no", "tenant"};
  return std::string(in.OneIn(16) ? ReadName(in) : in.Pick(kPlain));
}

Type ReadType(ByteReader& in) {
  static constexpr Type kTypes[] = {Type::kInt64, Type::kInt64, Type::kInt32,  Type::kString, Type::kString,
                                    Type::kBytes, Type::kBool,  Type::kDouble, Type::kFloat};
  return in.Pick(kTypes);
}

Value ReadValue(ByteReader& in) {
  if (in.OneIn(8)) return {};
  return ReadValueOf(in, ReadType(in));
}

Value ReadValueOf(ByteReader& in, Type type) {
  const size_t kind = in.Below(64);
  if (kind == 63) return ReadValue(in);
  if (kind >= 58) return {};
  switch (type) {
    case Type::kBool:
      return in.OneIn(2);
    case Type::kInt32:
      return static_cast<int32_t>(ReadInteger(in));
    case Type::kInt64:
      return kind < 4 ? Value(static_cast<int32_t>(ReadInteger(in))) : Value(ReadInteger(in));
    case Type::kFloat:
      return ReadFloat(in);
    case Type::kDouble:
      return ReadDouble(in);
    case Type::kString:
      return ReadText(in);
    case Type::kBytes:
      return Bytes{ReadText(in)};
  }
  return {};
}

Predicate<> ReadPredicate(ByteReader& in, const std::vector<ColumnDef>& columns) {
  using Op = Predicate<>::Op;
  const auto comparison = [&](Op op) {
    std::string name = ColumnName(in, columns);
    Value constant = ConstantFor(in, columns, name);
    return Predicate<>::Node{op, std::move(name), std::move(constant)};
  };
  const size_t kind = in.Below(16);
  if (kind < 4) return {};
  if (kind < 10) return Predicate<>({comparison(static_cast<Op>(in.Below(7)))});
  if (kind < 14) {
    const Predicate<> a({comparison(static_cast<Op>(in.Below(7)))});
    const Predicate<> b({comparison(static_cast<Op>(in.Below(7)))});
    return kind == 10 ? !a : kind == 11 ? a && b : kind == 12 ? a || b : !(a && !b) || Predicate<>();
  }
  std::vector<Predicate<>::Node> nodes;
  for (size_t i = in.Below(12); i > 0; --i) nodes.push_back(comparison(static_cast<Op>(in.Below(13))));
  return Predicate<>(std::move(nodes));
}

Expression ReadExpression(ByteReader& in, const std::vector<ColumnDef>& columns, Type type) {
  using Op = Expression::Op;
  const bool is_number =
      type == Type::kInt32 || type == Type::kInt64 || type == Type::kFloat || type == Type::kDouble;
  const size_t kind = in.Below(is_number || in.OneIn(32) ? 16 : 8);
  if (kind < 7) return ReadValueOf(in, type);
  const Col a(ColumnName(in, columns, type));
  if (kind < 8) return a;
  if (kind < 11) return a + ReadValueOf(in, type);
  if (kind < 12) return a - ReadValueOf(in, type);
  if (kind < 13) return a * ReadValueOf(in, type);
  if (kind < 14) return Expression(ReadValueOf(in, type)) - a;
  if (kind < 15) return a * a - a + ReadValueOf(in, type);
  std::vector<Expression::Node> nodes;
  for (size_t i = in.Below(12); i > 0; --i) {
    nodes.push_back({static_cast<Op>(in.Below(7)), ColumnName(in, columns, type), ReadValueOf(in, type)});
  }
  return Expression(std::move(nodes));
}

}  // namespace tenon::fuzz
