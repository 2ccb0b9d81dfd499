// The types a member of a row struct may have, and how each goes into a cell and out of it.
#ifndef TENON_INTERNAL_MEMBER_H_
#define TENON_INTERNAL_MEMBER_H_

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "tenon/internal/cell.h"
#include "tenon/internal/struct_info.h"
#include "tenon/row.h"

namespace tenon::internal {

template <class V>
struct WithoutOptional {
  using Type = V;
};
template <class V>
struct WithoutOptional<std::optional<V>> {
  using Type = V;
};
// V, or what is in it if it is an optional.
template <class V>
using Plain = typename WithoutOptional<V>::Type;
template <class V>
inline constexpr bool kIsOptional = !std::same_as<V, Plain<V>>;

template <class V>
concept SignedInteger = std::signed_integral<V> &&(sizeof(V) == 4 || sizeof(V) == 8) &&
                        !std::same_as<V, wchar_t>;
// An enum whose values all fit into int32 or int64.
template <class V>
concept StorableEnum = std::is_enum_v<V> &&(sizeof(V) < 8 || std::is_signed_v<std::underlying_type_t<V>>);
template <class V>
concept StorableNumber = std::same_as<V, bool> || SignedInteger<V> || StorableEnum<V> ||
    std::same_as<V, float> || std::same_as<V, double>;
template <class V>
concept Storable = StorableNumber<Plain<V>> || std::same_as<Plain<V>, std::string>;
// The same where a static_assert asks: of a concept Clang would explain every part.
template <class V>
inline constexpr bool kStorable = Storable<V>;

// The type of the column for a member of type V.
template <class V>
constexpr Type ColumnType() {
  using P = Plain<V>;
  if constexpr (std::same_as<P, bool>) {
    return Type::kBool;
  } else if constexpr (std::same_as<P, float>) {
    return Type::kFloat;
  } else if constexpr (std::same_as<P, double>) {
    return Type::kDouble;
  } else if constexpr (std::is_enum_v<P>) {
    const bool narrow = sizeof(P) < 4 || (sizeof(P) == 4 && std::is_signed_v<std::underlying_type_t<P>>);
    return narrow ? Type::kInt32 : Type::kInt64;
  } else if constexpr (std::integral<P>) {
    return sizeof(P) == 4 ? Type::kInt32 : Type::kInt64;
  } else {
    return Type::kString;
  }
}

// How a value for a member of type V is passed: text as a view.
template <class V>
struct ArgOf {
  using Type = V;
};
template <>
struct ArgOf<std::string> {
  using Type = std::string_view;
};
template <>
struct ArgOf<std::optional<std::string>> {
  using Type = std::optional<std::string_view>;
};
template <class V>
using Arg = typename ArgOf<V>::Type;

// Whether a value of type A can be given for a member of type V, and loses nothing but digits behind the point.
template <class A, class V>
constexpr bool GoesInto() {
  using P = Plain<V>;
  if constexpr (std::is_arithmetic_v<A> && std::floating_point<P>) {
    return !std::same_as<A, bool>;
  } else if constexpr (std::integral<A> && std::integral<P>) {
    if constexpr (std::same_as<A, bool> || std::same_as<P, bool>) return std::same_as<A, P>;
    return std::signed_integral<A> ? sizeof(A) <= sizeof(P) : sizeof(A) < sizeof(P);
  } else if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<P>) {
    return false;
  } else if constexpr (std::is_enum_v<A> && std::is_arithmetic_v<P>) {
    return false;
  } else {
    return std::convertible_to<A, Arg<V>>;
  }
}

// Longer than any limit of text is long enough to be refused.
inline Cell TextCell(std::string_view text) { return Cell::OfText(Text(text.substr(0, size_t{1} << 31))); }

// A member's value, or an Arg, as a cell. Long text stays where it is.
template <class V>
Cell ToCell(const V& value) {
  if constexpr (kIsOptional<V>) {
    return value.has_value() ? ToCell(*value) : Cell::Null();
  } else if constexpr (std::same_as<V, bool>) {
    return Cell::OfBits(value ? 1 : 0);
  } else if constexpr (std::same_as<V, float>) {
    return Cell::OfBits(std::bit_cast<uint32_t>(value));
  } else if constexpr (std::same_as<V, double>) {
    return Cell::OfBits(std::bit_cast<uint64_t>(value));
  } else if constexpr (std::integral<V> || std::is_enum_v<V>) {
    return Cell::OfInt(static_cast<int64_t>(value));
  } else {
    return TextCell(value);
  }
}

// Requires: a cell of the column's type; null only for an optional.
template <class V>
void FromCell(const Cell& cell, V* value) {
  if constexpr (kIsOptional<V>) {
    if (cell.is_null()) {
      value->reset();
    } else {
      FromCell(cell, value->has_value() ? &**value : &value->emplace());
    }
  } else if constexpr (std::same_as<V, bool>) {
    *value = cell.bits != 0;
  } else if constexpr (std::same_as<V, float>) {
    *value = cell.as_float();
  } else if constexpr (std::same_as<V, double>) {
    *value = cell.as_double();
  } else if constexpr (std::integral<V> || std::is_enum_v<V>) {
    *value = static_cast<V>(cell.integer());
  } else {
    *value = cell.text.view();
  }
}

// A value given for a member of type V, as a cell.
template <class V, class A>
Cell GivenCell(const A& value) {
  static_assert(GoesInto<A, V>(), "the value doesn't convert to the type of the column");
  if constexpr (!GoesInto<A, V>()) {
    return {};
  } else if constexpr (std::is_arithmetic_v<A>) {
    return ToCell(static_cast<Plain<V>>(value));
  } else {
    return ToCell<Arg<V>>(value);
  }
}

template <class V>
Cell ReadMember(const void* member) {
  return ToCell(*static_cast<const V*>(member));
}
template <class V>
void WriteMember(const Cell& cell, void* member) {
  FromCell(cell, static_cast<V*>(member));
}

// A member of type V; name and offset are to be filled in.
template <class V>
constexpr MemberInfo MemberOf() {
  static_assert(
      kStorable<V>,
      "a member of a row is bool, a signed integer of 32 or 64 bits, an enum, float, double, std::string, or "
      "std::optional of these (for small or unsigned integers take the next wider signed one; a date is an "
      "int64)");
  if constexpr (Storable<V>) {
    return {{}, 0, ColumnType<V>(), kIsOptional<V>, &ReadMember<V>, &WriteMember<V>};
  } else {
    return {};
  }
}

// An Arg as a Value of the column's type.
template <class V>
Value ToValue(const V& value) {
  if constexpr (kIsOptional<V>) {
    return value.has_value() ? ToValue(*value) : Value();
  } else if constexpr (SignedInteger<V> || std::is_enum_v<V>) {
    return ColumnType<V>() == Type::kInt32 ? Value(static_cast<int32_t>(value))
                                           : Value(static_cast<int64_t>(value));
  } else {
    return Value(value);
  }
}

// Room for a T that is never made: its members have addresses and nothing else.
template <class T>
union Blank {
  char none;
  T value;
  constexpr Blank() : none() {}
  constexpr ~Blank() {}
};
template <class T>
inline constinit Blank<T> blank{};

// The place of a member in T, in bytes. It may come from a base of T.
template <class T, class C, class V>
uint32_t MemberOffset(V C::*member) {
  static_assert(std::is_base_of_v<C, T>, "this member is of another struct than the table's");
  if constexpr (std::is_base_of_v<C, T>) {
    return static_cast<uint32_t>(reinterpret_cast<const char*>(&(blank<T>.value.*member)) -
                                 reinterpret_cast<const char*>(&blank<T>.value));
  } else {
    return 0;
  }
}
// The same where the member says which struct is meant.
template <class T, class V>
uint32_t OffsetOf(V T::*member) {
  return static_cast<uint32_t>(reinterpret_cast<const char*>(&(blank<T>.value.*member)) -
                               reinterpret_cast<const char*>(&blank<T>.value));
}

}  // namespace tenon::internal

#endif  // TENON_INTERNAL_MEMBER_H_
