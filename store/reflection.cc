// What compilers print of types and of the addresses of members:
//   g++    ... [with T = ns::Post; ...]
//          ... [with AddressSlice kSlice = AddressSlice{{((const void*)(& blank<ns::Post>....ns::Post::title)), ...}}; ...]
//   clang  ... [T = ns::Post]
//          ... [kSlice = {{&blank.value.id, &blank.value.title, nullptr}}]
#include "tenon/internal/reflection.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "tenon/internal/struct_info.h"

namespace tenon::internal {
namespace {

bool IsNameChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

std::string_view TypeNameFrom(std::string_view printed) {
  constexpr std::string_view kMark = "T = ";
  const size_t from = printed.find(kMark) + kMark.size();
  size_t to = printed.find("; ", from);
  if (to == std::string_view::npos) to = printed.rfind(']');
  return printed.substr(from, to - from);
}

// An address ends with the member's name; behind it stands what closes the address.
void MemberNamesFrom(std::string_view printed, absl::Span<MemberInfo> members) {
  const bool closed =
      printed.find("(& ") != std::string_view::npos;  // g++ puts each address into parentheses
  size_t at = printed.find("Slice = ");
  for (MemberInfo& member : members) {
    at = printed.find(closed ? "))" : "&blank.value.", at);
    // What parentheses an unusual type may have in its name are not followed by these.
    while (closed && printed[at + 2] != ',' && printed[at + 2] != '}') at = printed.find("))", at + 1);
    size_t from = at;
    size_t to = at;
    if (closed) {
      while (IsNameChar(printed[from - 1])) --from;
    } else {
      from = to = printed.find_first_not_of("&", at) + sizeof("blank.value.") - 1;
      while (IsNameChar(printed[to])) ++to;
    }
    member.name = printed.substr(from, to - from);
    at = to + 2;
  }
}

ColumnList ListColumns(const Reflection& reflection) {
  ColumnList list;
  list.count = reflection.types.size();
  for (size_t i = 0; i < list.count; ++i) {
    list.members[i] = reflection.types[i];
    list.members[i].offset = static_cast<uint32_t>(static_cast<const char*>(reflection.addresses[i]) -
                                                   static_cast<const char*>(reflection.start));
  }
  const absl::Span<MemberInfo> members(list.members.data(), list.count);
  for (size_t i = 0; i < reflection.printed.size(); ++i) {
    MemberNamesFrom(reflection.printed[i], members.subspan(8 * i, 8));
  }
  return list;
}

}  // namespace

StructInfo::StructInfo(std::string_view printed, size_t bytes, const ColumnList& list)
    : columns(list),
      name(TypeNameFrom(printed)),
      size(bytes),
      members(columns.members.data(), columns.count) {}

StructInfo::StructInfo(std::string_view printed, size_t bytes, const Reflection& reflection)
    : StructInfo(printed, bytes, ListColumns(reflection)) {}

}  // namespace tenon::internal
