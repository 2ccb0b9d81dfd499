// Columns: the columns of a struct that says them itself, where its members can't be found.
//
//   class Account {
//     ...
//    private:
//     friend auto TenonColumns(const Account*) { return tenon::Columns("id", &Account::id_, "owner", &Account::owner_); }
//     std::int64_t id_ = 0;
//     std::string owner_;
//   };
//
// It is for private members, constructors, virtual functions and bases (`static_cast<V Derived::*>(&Base::m)`), for other
// names, and for structs of which only some members are columns. It is found by its argument: a friend will do.
#ifndef TENON_COLUMNS_H_
#define TENON_COLUMNS_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "tenon/internal/member.h"
#include "tenon/internal/struct_info.h"

namespace tenon {

namespace internal {

template <class T, class R, class V, class... Rest>
void AppendColumns(ColumnList* list, std::string_view name, V R::*member, Rest... rest) {
  static_assert(
      std::is_same_v<T, R>,
      "Columns: the member is of another class; of a base, write static_cast<V Derived::*>(&Base::m)");
  MemberInfo& column = list->members[list->count++] = MemberOf<V>();
  column.name = name;
  column.offset = OffsetOf(member);
  if constexpr (sizeof...(Rest) > 0) AppendColumns<T>(list, rest...);
}

}  // namespace internal

// Names, each followed by its member; at most 32. Names must live as long as the program: string literals.
template <class T, class V, class... Rest>
internal::ColumnList Columns(std::string_view name, V T::*member, Rest... rest) {
  static_assert(sizeof...(Rest) % 2 == 0, "Columns: each name is followed by its member");
  static_assert(sizeof...(Rest) / 2 < internal::kMostMembers, "Columns: at most 32 of them");
  internal::ColumnList list;
  internal::AppendColumns<T>(&list, name, member, rest...);
  return list;
}

}  // namespace tenon

#endif  // TENON_COLUMNS_H_
