// TableOf: a table's definition from a struct. Columns come from the members: their names, types and initialisers; a
// std::optional is a nullable column. Give every member an initialiser, `= {}` at least: those left out of
// {.title = "Hello"} are then no warning. Keys and edges are options:
//
//   TableOf<Comment>("Comment", {PrimaryKey(&Comment::id).AutoIncrement(),
//                                BelongsTo(&Comment::post_id, &Post::id, {.inverse = HasMany("comments")})})
//
// The result is a TableDef like any other (definition.h) and mixes with those written by hand.
#ifndef TENON_TABLE_OF_H_
#define TENON_TABLE_OF_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "tenon/definition.h"
#include "tenon/internal/member.h"
#include "tenon/internal/reflection.h"
#include "tenon/row.h"

namespace tenon {

namespace internal {

// An option of any struct, as data. Members are given by their offsets.
struct OptionData {
  enum class Kind : uint8_t { kPrimaryKey, kUnique, kIndex, kBelongsTo, kDefault };
  Kind kind = Kind::kUnique;
  std::vector<uint32_t> members;
  bool auto_increment = false;
  BelongsToDef belongs_to;
  const StructInfo* target = nullptr;
  std::vector<uint32_t> target_members;
  Value default_value;

  OptionData();
  OptionData(const OptionData&);
  OptionData(OptionData&&) noexcept;
  OptionData& operator=(const OptionData&);
  OptionData& operator=(OptionData&&) noexcept;
  ~OptionData();
};

// What PrimaryKey, Unique, Default and BelongsTo say. Not templates: a compiler meets them once, however many tables.
OptionData KeyOption(OptionData::Kind kind, absl::Span<const uint32_t> members);
OptionData DefaultOption(uint32_t member, Value value);
OptionData BelongsToOption(absl::Span<const uint32_t> members, const StructInfo& target,
                           absl::Span<const uint32_t> target_members, const BelongsToDef& def);
OptionData AutoIncremented(OptionData&& key);
// A BelongsToDef with nothing in it.
const BelongsToDef& NothingSaid();

// `zero`: a T{}, whose members are the defaults.
TableDef DefineTable(const StructInfo& info, const void* zero, std::string_view name,
                     absl::Span<const OptionData> options);

// Names members and target, and the association after them, where `data` does not.
BelongsToDef DefineBelongsTo(const StructInfo& child, const OptionData& data);

template <class V>
constexpr void CheckKeyMember() {
  static_assert(kStorable<V>, "this member can't be a column, and so no part of a key");
  static_assert(!std::is_same_v<Plain<V>, bool> && !std::is_floating_point_v<Plain<V>>,
                "bool, float and double can't be part of a key");
}
template <class V, class W>
constexpr void CheckForeignKey() {
  static_assert(!kIsOptional<W>, "a target key can't be std::optional");
  static_assert(std::is_same_v<Plain<V>, Plain<W>>,
                "a foreign-key member must have the type of its target-key member (std::optional around it = "
                "nullable)");
}

}  // namespace internal

// One thing that TableOf<T> is told.
template <class T>
struct Option : internal::OptionData {};

// Members of T that make up a key: Key(&Line::tenant, &Line::order_no).
template <class T, class... V>
struct KeyMembers {
  uint32_t offsets[sizeof...(V)];
};
template <class T, class... V>
KeyMembers<T, V...> Key(V T::*... members) {
  static_assert(sizeof...(V) > 0, "Key: name one member or more");
  return {{internal::OffsetOf(members)...}};
}

template <class T, class... V>
struct PrimaryKeyOption : Option<T> {
  // A row inserted with 0 gets the next number.
  Option<T> AutoIncrement() && {
    static_assert(sizeof...(V) == 1 && (std::integral<V> && ...),
                  "AutoIncrement is for a key of one int32 or int64");
    return {internal::AutoIncremented(std::move(*this))};
  }
};
template <class T, class... V>
PrimaryKeyOption<T, V...> PrimaryKey(V T::*... members) {
  static_assert(sizeof...(V) > 0, "PrimaryKey: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  static_assert((!internal::kIsOptional<V> && ...), "a primary key can't be std::optional");
  const uint32_t offsets[] = {internal::OffsetOf(members)...};
  return {{internal::KeyOption(internal::OptionData::Kind::kPrimaryKey, offsets)}};
}

template <class T, class... V>
Option<T> Unique(V T::*... members) {
  static_assert(sizeof...(V) > 0, "Unique: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  const uint32_t offsets[] = {internal::OffsetOf(members)...};
  return {internal::KeyOption(internal::OptionData::Kind::kUnique, offsets)};
}

// Rows are found by these members, of which several may have the same.
template <class T, class... V>
Option<T> Index(V T::*... members) {
  static_assert(sizeof...(V) > 0, "Index: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  const uint32_t offsets[] = {internal::OffsetOf(members)...};
  return {internal::KeyOption(internal::OptionData::Kind::kIndex, offsets)};
}

// A column's default, where it is not the member's initialiser.
template <class T, class V, class A = internal::Arg<V>>
Option<T> Default(V T::*member, const A& value) {
  static_assert(internal::GoesInto<A, V>(), "the value doesn't convert to the type of the column");
  if constexpr (!internal::GoesInto<A, V>()) {
    return {};
  } else if constexpr (std::is_arithmetic_v<A>) {
    return {internal::DefaultOption(internal::OffsetOf(member),
                                    internal::ToValue(static_cast<internal::Plain<V>>(value)))};
  } else {
    return {internal::DefaultOption(internal::OffsetOf(member), internal::ToValue<internal::Arg<V>>(value))};
  }
}

// Rows of C belong to rows of P. Of `def`, the target, the columns and the target's key are given by the members; the
// association is named after the foreign key: `post_id` to `id` is "post". `.target` is for a P of several tables.
template <class C, class P, class... V, class... W>
Option<C> BelongsTo(const KeyMembers<C, V...>& foreign_key, const KeyMembers<P, W...>& target_key,
                    const BelongsToDef& def = internal::NothingSaid()) {
  static_assert(sizeof...(V) == sizeof...(W), "a foreign key has as many members as its target key");
  if constexpr (sizeof...(V) == sizeof...(W)) (internal::CheckForeignKey<V, W>(), ...);
  return {internal::BelongsToOption(foreign_key.offsets, internal::InfoOf<P>(), target_key.offsets, def)};
}
template <class C, class V, class P, class W>
Option<C> BelongsTo(V C::*foreign_key, W P::*target_key, const BelongsToDef& def = internal::NothingSaid()) {
  internal::CheckForeignKey<V, W>();
  const uint32_t from[] = {internal::OffsetOf(foreign_key)};
  const uint32_t to[] = {internal::OffsetOf(target_key)};
  return {internal::BelongsToOption(from, internal::InfoOf<P>(), to, def)};
}

// The definition of a table whose rows are T: bool, signed integers of 32 or 64 bits, enums, float, double, std::string,
// and std::optional of these; at most 32 members. All that is wrong is told where it reaches the Database.
template <class T>
TableDef TableOf(std::string_view name, std::initializer_list<Option<T>> options = {}) {
  const T zero{};
  return internal::DefineTable(internal::InfoOf<T>(), &zero, name, {options.begin(), options.size()});
}

}  // namespace tenon

#endif  // TENON_TABLE_OF_H_
