// What the typed face knows of a row struct, as data: made once for each struct, read by code that is compiled once.
#ifndef TENON_INTERNAL_STRUCT_INFO_H_
#define TENON_INTERNAL_STRUCT_INFO_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "tenon/internal/cell.h"
#include "tenon/row.h"

namespace tenon::internal {

// A member of a row struct, as a column. One pair of functions for each *type* of member.
struct MemberInfo {
  std::string_view name;
  uint32_t offset = 0;  // from the start of the struct, in bytes
  Type type = Type::kInt64;
  bool nullable = false;
  Cell (*read)(const void* member) = nullptr;               // long text stays where it is
  void (*write)(const Cell& cell, void* member) = nullptr;  // text is copied
};

inline constexpr size_t kMostMembers = 32;

struct ColumnList {
  std::array<MemberInfo, kMostMembers> members;
  size_t count = 0;
};

// The members of a struct as a compiler knows them; `printed` is its text for the addresses, eight at a time.
struct Reflection {
  const void* start = nullptr;
  absl::Span<const void* const> addresses = {};
  absl::Span<const MemberInfo> types = {};  // without names and offsets
  absl::Span<const std::string_view> printed = {};
};

// A row struct. Its address is its identity.
struct StructInfo {
  // `printed`: the compiler's text for a function of T.
  StructInfo(std::string_view printed, size_t size, const ColumnList& columns);
  StructInfo(std::string_view printed, size_t size, const Reflection& reflection);
  StructInfo(const StructInfo&) = delete;
  StructInfo& operator=(const StructInfo&) = delete;

  ColumnList columns;
  std::string_view name;
  size_t size = 0;  // of the struct, in bytes
  absl::Span<const MemberInfo> members;

  // The member at this offset, or null: it is no column.
  const MemberInfo* Find(uint32_t offset) const {
    for (const MemberInfo& member : members) {
      if (member.offset == offset) return &member;
    }
    return nullptr;
  }
};

// The name of the column at this offset; where there is none, a name that no column has.
std::string_view MemberName(const StructInfo& info, uint32_t offset);

std::vector<std::string> MemberNames(const StructInfo& info, absl::Span<const uint32_t> offsets);

// What a member, given by its offset, holds or is to hold.
struct MemberCell {
  uint32_t offset = 0;
  Cell cell;
};

}  // namespace tenon::internal

#endif  // TENON_INTERNAL_STRUCT_INFO_H_
