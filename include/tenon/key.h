// Key: a primary or unique key, resolved once, so that a loop that finds rows looks up no names.
#ifndef TENON_KEY_H_
#define TENON_KEY_H_

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
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
template <class T = void>
class Key;

template <>
class Key<void> {
 public:
  Key() : Key(absl::NotFoundError("a default-constructed Key leads nowhere")) {}
  explicit Key(absl::Status status) : status_(std::move(status)) {}
  Key(const internal::TableView* table, const internal::Key* key, uint32_t generation)  // for the library
      : table_(table), key_(key), generation_(generation) {}

  // OK, or why this handle finds nothing: no such key, or it was dropped.
  absl::Status status() const;

  // The row that holds this key; null when there is none, or when number, type or order of the values are not those of
  // the key's columns.
  Ref<> Find(int64_t value) const;
  Ref<> Find(std::string_view value) const;
  Ref<> Find(absl::Span<const Value> values) const;

 private:
  const internal::TableView* table_ = &internal::kNoTableView;
  const internal::Key* key_ = nullptr;
  uint32_t generation_ = 0;
  absl::Status status_;
};

}  // namespace tenon

#endif  // TENON_KEY_H_
