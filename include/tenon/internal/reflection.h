// Names, places and types of a struct's members, without macros.
//
// Names come from the compiler: the addresses of the members of an object that is never constructed are made a template
// argument, and the compiler prints them in the name of the function (the idea is known from Boost.PFR). Places are the
// differences of such addresses. A struct that can't be taken apart so says its columns itself: TenonColumns, columns.h.
#ifndef TENON_INTERNAL_REFLECTION_H_
#define TENON_INTERNAL_REFLECTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tenon/columns.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/member.h"
#include "tenon/internal/struct_info.h"

namespace tenon::internal {

template <class T>
concept SaysItsColumns = requires(const T* row) {
  TenonColumns(row);
};

// Converts to anything: so many of it initialise a struct as it has members.
struct Anything {
  // Never called. It has a body for Clang, which wants one where V is a type of an unnamed namespace.
  template <class V>
  operator V() const {  // NOLINT
    __builtin_unreachable();
  }
};
template <class T, size_t... I>
constexpr bool TakesMembers(std::index_sequence<I...>) {
  return requires { T{(static_cast<void>(I), Anything())...}; };
}
// The number of members of T, up to one more than there may be.
template <class T, size_t kAtLeast = 0>
constexpr size_t CountMembers() {
  if constexpr (kAtLeast > kMostMembers || !TakesMembers<T>(std::make_index_sequence<kAtLeast + 1>())) {
    return kAtLeast;
  } else {
    return CountMembers<T, kAtLeast + 1>();
  }
}

// Converts to the bases of T and nothing else: initialises the first part of a T that has a base.
template <class T>
struct AnyBaseOf {
  template <class B>
  requires(std::is_base_of_v<B, T> && !std::is_same_v<B, T>) operator B() const;  // NOLINT: never defined
};
template <class T>
concept HasBase = requires {
  T{AnyBaseOf<T>()};
};

// Calls f with the members of T's blank object. A compile error here: the struct has an array or a bit-field; compilers
// quote the line, and so its remedy.
template <class T, size_t kCount, class F>
constexpr auto WithMembers(F f) {
  constexpr auto& an_array_or_bit_field_needs_a_friend_TenonColumns = blank<T>.value;
  if constexpr (kCount == 1) {
    auto& [m0] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0);
  } else if constexpr (kCount == 2) {
    auto& [m0, m1] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1);
  } else if constexpr (kCount == 3) {
    auto& [m0, m1, m2] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2);
  } else if constexpr (kCount == 4) {
    auto& [m0, m1, m2, m3] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3);
  } else if constexpr (kCount == 5) {
    auto& [m0, m1, m2, m3, m4] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4);
  } else if constexpr (kCount == 6) {
    auto& [m0, m1, m2, m3, m4, m5] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5);
  } else if constexpr (kCount == 7) {
    auto& [m0, m1, m2, m3, m4, m5, m6] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6);
  } else if constexpr (kCount == 8) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7);
  } else if constexpr (kCount == 9) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8);
  } else if constexpr (kCount == 10) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9);
  } else if constexpr (kCount == 11) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10);
  } else if constexpr (kCount == 12) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11);
  } else if constexpr (kCount == 13) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12);
  } else if constexpr (kCount == 14) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13);
  } else if constexpr (kCount == 15) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14);
  } else if constexpr (kCount == 16) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15);
  } else if constexpr (kCount == 17) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16);
  } else if constexpr (kCount == 18) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17);
  } else if constexpr (kCount == 19) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18);
  } else if constexpr (kCount == 20) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19);
  } else if constexpr (kCount == 21) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20);
  } else if constexpr (kCount == 22) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
           m21] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21);
  } else if constexpr (kCount == 23) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22);
  } else if constexpr (kCount == 24) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23);
  } else if constexpr (kCount == 25) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24);
  } else if constexpr (kCount == 26) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25);
  } else if constexpr (kCount == 27) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26);
  } else if constexpr (kCount == 28) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26, m27] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26, m27);
  } else if constexpr (kCount == 29) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26, m27, m28] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26, m27, m28);
  } else if constexpr (kCount == 30) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26, m27, m28, m29] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26, m27, m28, m29);
  } else if constexpr (kCount == 31) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26, m27, m28, m29, m30] = an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26, m27, m28, m29, m30);
  } else if constexpr (kCount == 32) {
    auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
           m22, m23, m24, m25, m26, m27, m28, m29, m30, m31] =
        an_array_or_bit_field_needs_a_friend_TenonColumns;
    return f(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
             m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31);
  }
}

// The members' addresses, eight at most: compilers print no more.
struct AddressSlice {
  const void* at[8] = {};
};
template <class... V>
struct Members {
  static constexpr size_t kCount = sizeof...(V);
  static constexpr MemberInfo kTypes[kCount] = {MemberOf<V>()...};
  const void* addresses[kCount];
  constexpr AddressSlice Slice(size_t from) const {
    AddressSlice slice;
    for (size_t i = 0; i < 8 && from + i < kCount; ++i) slice.at[i] = addresses[from + i];
    return slice;
  }
};
template <class T>
inline constexpr auto kMembers = WithMembers<T, CountMembers<T>()>([]<class... V>(V&... members) {
  return Members<V...>{{static_cast<const void*>(&members)...}};
});

template <AddressSlice kSlice>
constexpr std::string_view PrintedAddresses() {
  return __PRETTY_FUNCTION__;
}
template <class T, size_t... I>
constexpr std::array<std::string_view, sizeof...(I)> PrintedMembers(std::index_sequence<I...>) {
  return {PrintedAddresses<kMembers<T>.Slice(8 * I)>()...};
}
template <class T>
inline constexpr auto kPrinted = PrintedMembers<T>(std::make_index_sequence<(kMembers<T>.kCount + 7) / 8>());

// Whether T can be taken apart; a compile error says why not.
template <class T>
constexpr bool IsPlainRow() {
  constexpr bool kPlain = std::is_aggregate_v<T>;
  static_assert(
      kPlain,
      "a row is a plain struct; with private members, constructors or virtual functions it needs a friend "
      "TenonColumns(const T*) that returns tenon::Columns(\"id\", &T::id_, ...)");
  if constexpr (kPlain) {
    constexpr bool kDerived = HasBase<T>;
    constexpr size_t kCount = CountMembers<T>();
    static_assert(!kDerived,
                  "a row struct has no base; give it a friend TenonColumns(const T*) that returns "
                  "tenon::Columns(\"id\", static_cast<V T::*>(&Base::id), ...)");
    static_assert(kDerived || kCount > 0, "a row struct has at least one member");
    static_assert(kCount <= kMostMembers,
                  "a row struct has at most 32 members; put the others into a table of their own, has-one");
    return !kDerived && kCount > 0 && kCount <= kMostMembers;
  }
  return false;
}

// What there is to know of T. The same object at every call.
template <class T>
const StructInfo& InfoOf() {
  if constexpr (SaysItsColumns<T>) {
    static const StructInfo info(__PRETTY_FUNCTION__, sizeof(T),
                                 TenonColumns(static_cast<const T*>(nullptr)));
    return info;
  } else if constexpr (IsPlainRow<T>()) {
    static constexpr Reflection kReflection{&blank<T>.value, kMembers<T>.addresses, kMembers<T>.kTypes,
                                            kPrinted<T>};
    static const StructInfo info(__PRETTY_FUNCTION__, sizeof(T), kReflection);
    return info;
  } else {
    static const StructInfo info(__PRETTY_FUNCTION__, sizeof(T), ColumnList());
    return info;
  }
}

}  // namespace tenon::internal

#endif  // TENON_INTERNAL_REFLECTION_H_
