// Groups: a query's rows in groups, by the row that edges lead to or by a column, and an aggregate of each group.
#ifndef TENON_GROUPS_H_
#define TENON_GROUPS_H_

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tenon/aggregate.h"
#include "tenon/internal/cell.h"
#include "tenon/internal/member.h"
#include "tenon/query.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon {

namespace internal {
// What a group is known by, or what was made of it.
struct GroupCell {
  Ref<> row;
  Cell cell;
  Type type = Type::kInt64;
};
Value ToValue(const GroupCell& made);

template <class X>
X FromGroup(const GroupCell& made) {
  if constexpr (std::is_base_of_v<Ref<>, X>) {
    return X(made.row);
  } else if constexpr (std::is_same_v<X, Value>) {
    return ToValue(made);
  } else if constexpr (std::is_same_v<X, size_t>) {
    return static_cast<size_t>(made.cell.integer());
  } else {
    X value{};
    FromCell(made.cell, &value);
    return value;
  }
}

struct Grouping {
  Query<> query;
  std::vector<ToOne<>> edges = {};  // one after the other; empty: by `column`
  std::string column = {};
  std::vector<GroupCondition<>> having = {};

  // Calls emit(list, key, value) for each group, in order, when reserve(list, n) has told how many there may be.
  struct List {
    void* list;
    void (*reserve)(void* list, size_t groups);
    void (*emit)(void* list, const GroupCell& key, const GroupCell& value);
  };
  absl::Status Get(const Aggregate<>& aggregate, const List& list) const;
};
}  // namespace internal

// What the rows of a group have in common, and what was made of them.
template <class K, class R>
struct Group {
  K key;
  R value;
};

// Rows of T in groups that are known by a K: the Ref of the row that the edges lead to, or a column's value; by name, Ref<>
// or Value. Query::GroupBy begins one.
//
// Groups come in the order of the slots of the rows they are known by, or of the values, null first. There are no empty
// groups. Rows from which the edges lead nowhere are in none.
// Cost      that of the query; along edges one load a row and edge, and no hashing.
template <class T, class K>
class Groups {
 public:
  explicit Groups(internal::Grouping grouping) : grouping_(std::move(grouping)) {}

  // Those groups alone of which this is true; of several calls, all.
  Groups Having(GroupCondition<T> condition) const {
    return With({std::move(condition.aggregate), condition.compare, std::move(condition.constant)});
  }
  Groups Having(GroupCondition<> condition) const requires(!std::is_void_v<T>) {
    return With(std::move(condition));
  }
  // An aggregate of each group.
  //   kNotFound         a bad handle
  //   kInvalidArgument  no such column, or an aggregate that its type does not have
  //   kOutOfRange       a sum of integers that leaves 64 bits
  template <class R>
  absl::StatusOr<std::vector<Group<K, R>>> Get(const Aggregate<T, R>& aggregate) const {
    return Make<R>(aggregate);
  }
  absl::StatusOr<std::vector<Group<K, size_t>>> Get(const Aggregate<void, size_t>& count) const
      requires(!std::is_void_v<T>) {
    return Make<size_t>(count);
  }

 private:
  Groups With(GroupCondition<> condition) const {
    Groups some = *this;
    some.grouping_.having.push_back(std::move(condition));
    return some;
  }
  template <class R>
  absl::StatusOr<std::vector<Group<K, R>>> Make(const Aggregate<>& aggregate) const {
    using List = std::vector<Group<K, R>>;
    List groups;
    const absl::Status status = grouping_.Get(
        aggregate,
        {&groups, [](void* list, size_t n) { static_cast<List*>(list)->reserve(n); },
         [](void* list, const internal::GroupCell& key, const internal::GroupCell& value) {
           static_cast<List*>(list)->push_back({internal::FromGroup<K>(key), internal::FromGroup<R>(value)});
         }});
    if (!status.ok()) return status;
    return groups;
  }
  internal::Grouping grouping_;
};

// ---- Of Query ----

template <class T>
template <class B>
Groups<T, Ref<B>> Query<T>::GroupBy(const ToOne<T, B>& edge) const {
  return Groups<T, Ref<B>>({.query = *this, .edges = {edge}});
}
template <class T>
template <class B, class C>
Groups<T, Ref<C>> Query<T>::GroupBy(const ToOne<T, B>& first, const ToOne<B, C>& second) const {
  return Groups<T, Ref<C>>({.query = *this, .edges = {first, second}});
}
template <class T>
template <class B, class C, class D>
Groups<T, Ref<D>> Query<T>::GroupBy(const ToOne<T, B>& first, const ToOne<B, C>& second,
                                    const ToOne<C, D>& third) const {
  return Groups<T, Ref<D>>({.query = *this, .edges = {first, second, third}});
}
template <class T>
template <class V>
Groups<T, V> Query<T>::GroupBy(V T::*member) const {
  return Groups<T, V>(
      {.query = *this,
       .column = std::string(internal::MemberName(internal::InfoOf<T>(), internal::OffsetOf(member)))});
}
template <class T>
template <class R>
absl::StatusOr<R> Query<T>::Get(const Aggregate<T, R>& aggregate) const {
  const absl::StatusOr<internal::GroupCell> made = Query<>::MakeOne(aggregate);
  if (!made.ok()) return made.status();
  return internal::FromGroup<R>(*made);
}

}  // namespace tenon

#endif  // TENON_GROUPS_H_
