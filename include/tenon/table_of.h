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
#include <string>
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
  Kind kind;
  std::vector<uint32_t> members = {};
  bool auto_increment = false;
  BelongsToDef belongs_to = {};
  const StructInfo* target = nullptr;
  std::vector<uint32_t> target_members = {};
  Value default_value = {};
};

// `zero`: a T{}, whose members are the defaults.
TableDef DefineTable(const StructInfo& info, const void* zero, std::string name,
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
class Option : public internal::OptionData {
 public:
  explicit Option(OptionData data) : OptionData(std::move(data)) {}
};

// Members of T that make up a key: Key(&Line::tenant, &Line::order_no).
template <class T, class... V>
struct KeyMembers {
  std::vector<uint32_t> offsets;
};
template <class T, class... V>
KeyMembers<T, V...> Key(V T::*... members) {
  return {{internal::OffsetOf(members)...}};
}

template <class T, class... V>
class PrimaryKeyOption : public Option<T> {
 public:
  using Option<T>::Option;
  // A row inserted with 0 gets the next number.
  Option<T> AutoIncrement() && {
    static_assert(sizeof...(V) == 1 && (std::integral<V> && ...),
                  "AutoIncrement is for a key of one int32 or int64");
    this->auto_increment = true;
    return std::move(*this);
  }
};
template <class T, class... V>
PrimaryKeyOption<T, V...> PrimaryKey(V T::*... members) {
  static_assert(sizeof...(V) > 0, "PrimaryKey: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  static_assert((!internal::kIsOptional<V> && ...), "a primary key can't be std::optional");
  return PrimaryKeyOption<T, V...>(
      {internal::OptionData::Kind::kPrimaryKey, {internal::OffsetOf(members)...}});
}

template <class T, class... V>
Option<T> Unique(V T::*... members) {
  static_assert(sizeof...(V) > 0, "Unique: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  return Option<T>({internal::OptionData::Kind::kUnique, {internal::OffsetOf(members)...}});
}

// Rows are found by these members, of which several may have the same.
template <class T, class... V>
Option<T> Index(V T::*... members) {
  static_assert(sizeof...(V) > 0, "Index: name one member or more");
  (internal::CheckKeyMember<V>(), ...);
  return Option<T>({internal::OptionData::Kind::kIndex, {internal::OffsetOf(members)...}});
}

// A column's default, where it is not the member's initialiser.
template <class T, class V, class A = internal::Arg<V>>
Option<T> Default(V T::*member, const A& value) {
  static_assert(internal::GoesInto<A, V>(), "the value doesn't convert to the type of the column");
  internal::OptionData data{internal::OptionData::Kind::kDefault, {internal::OffsetOf(member)}};
  if constexpr (internal::GoesInto<A, V>()) {
    if constexpr (std::is_arithmetic_v<A>) {
      data.default_value = internal::ToValue(static_cast<internal::Plain<V>>(value));
    } else {
      data.default_value = internal::ToValue<internal::Arg<V>>(value);
    }
  }
  return Option<T>(std::move(data));
}

// Rows of C belong to rows of P. Of `def`, the target, the columns and the target's key are given by the members; the
// association is named after the foreign key: `post_id` to `id` is "post". `.target` is for a P of several tables.
template <class C, class P, class... V, class... W>
Option<C> BelongsTo(const KeyMembers<C, V...>& foreign_key, const KeyMembers<P, W...>& target_key,
                    BelongsToDef def = {}) {
  static_assert(sizeof...(V) == sizeof...(W), "a foreign key has as many members as its target key");
  if constexpr (sizeof...(V) == sizeof...(W)) (internal::CheckForeignKey<V, W>(), ...);
  return Option<C>({internal::OptionData::Kind::kBelongsTo, foreign_key.offsets, false, std::move(def),
                    &internal::InfoOf<P>(), target_key.offsets});
}
template <class C, class V, class P, class W>
Option<C> BelongsTo(V C::*foreign_key, W P::*target_key, BelongsToDef def = {}) {
  return BelongsTo(Key(foreign_key), Key(target_key), std::move(def));
}

// The definition of a table whose rows are T: bool, signed integers of 32 or 64 bits, enums, float, double, std::string,
// and std::optional of these; at most 32 members. All that is wrong is told where it reaches the Database.
template <class T>
TableDef TableOf(std::string name, std::initializer_list<Option<T>> options = {}) {
  const T zero{};
  return internal::DefineTable(internal::InfoOf<T>(), &zero, std::move(name),
                               {options.begin(), options.size()});
}

}  // namespace tenon

#endif  // TENON_TABLE_OF_H_
