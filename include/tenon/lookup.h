// Lookup: a primary or unique key, resolved once, so that a loop that finds rows looks up no names.
//
//   auto by_word = tags.Lookup(&Tag::word);       tags.Lookup("word") by name
//   Ref<Tag> tag = by_word.Find("fast");
#ifndef TENON_LOOKUP_H_
#define TENON_LOOKUP_H_

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/internal/member.h"
#include "tenon/internal/view.h"
#include "tenon/row.h"

namespace tenon {

namespace internal {
struct Key;
}

// Finds rows of T by one key.
//
// Lifetime  a handle: copy it freely; it must not outlive its Database.
// Cost      Find: O(1), one or two cache lines of the index and the row's key cells.
template <class T = void, class... V>
class Lookup;

template <>
class Lookup<void> {
 public:
  Lookup() : Lookup(absl::NotFoundError("a default-constructed Lookup leads nowhere")) {}
  explicit Lookup(absl::Status status) : status_(std::move(status)) {}
  Lookup(const internal::TableView* table, const internal::Key* key, uint32_t generation)  // for the library
      : table_(table), key_(key), generation_(generation) {}

  // OK, or why this handle finds nothing: no such key, or it was dropped.
  absl::Status status() const;

  // The row that holds this key; null when there is none, or when number, type or order of the values are not those of
  // the key's columns.
  Ref<> Find(int64_t value) const;
  Ref<> Find(std::string_view value) const;
  Ref<> Find(absl::Span<const Value> values) const;

 protected:
  Ref<> FindCells(absl::Span<const internal::Cell> cells) const;

 private:
  const internal::TableView* table_ = &internal::kNoTableView;
  const internal::Key* key_ = nullptr;
  uint32_t generation_ = 0;
  absl::Status status_;
};

// The key over members of types V.
template <class T, class... V>
class Lookup : private Lookup<> {
 public:
  Lookup() = default;
  explicit Lookup(Lookup<> untyped) : Lookup<>(std::move(untyped)) {}
  using Lookup<>::status;

  // The row whose key is this, in the order of the members; null when there is none.
  template <class... A>
  Ref<T> Find(const A&... values) const {
    static_assert(sizeof...(A) == sizeof...(V), "Find: give a value for each member of the key");
    if constexpr (sizeof...(A) != sizeof...(V)) {
      return {};
    } else if constexpr (sizeof...(V) == 1 && (std::integral<internal::Plain<V>> && ...)) {
      return Ref<T>(Lookup<>::Find(internal::GivenCell<internal::Plain<V>>(values).integer()...));
    } else {
      const internal::Cell cells[] = {internal::GivenCell<internal::Plain<V>>(values)...};
      return Ref<T>(FindCells(cells));
    }
  }
};

}  // namespace tenon

#endif  // TENON_LOOKUP_H_
