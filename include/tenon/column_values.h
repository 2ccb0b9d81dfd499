// ColumnValues: one column of many new rows, for Table::InsertColumns.
#ifndef TENON_COLUMN_VALUES_H_
#define TENON_COLUMN_VALUES_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "tenon/row.h"

namespace tenon {

// Values for one column of many rows, looked at and not copied (so make it in the call that reads it): numbers, strings, optionals of these, or Values.
class ColumnValues {
 public:
  template <class V>
  requires std::constructible_from<Value, const V&> ColumnValues(const std::vector<V>& values)
      : ColumnValues(absl::MakeConstSpan(values)) {}  // NOLINT: a view
  ColumnValues(const std::vector<bool>&) = delete;    // has no addresses; use std::vector<Value>
  ColumnValues(std::initializer_list<Value> values) : ColumnValues(absl::Span<const Value>(values)) {}
  template <class V>
  requires std::constructible_from<Value, const V&> ColumnValues(absl::Span<const V> values)  // NOLINT
      : data_(values.data()), size_(values.size()), kind_(KindOf<V>()) {
    if constexpr (KindOf<V>() == Kind::kString) {
      text_ = [](const void* data, size_t i) {
        const V& text = static_cast<const V*>(data)[i];
        return std::string_view(text.data(), text.size());
      };
    } else {
      value_ = [](const void* data, size_t i) { return Value(static_cast<const V*>(data)[i]); };
    }
  }

  // For the library: numbers and strings are read where they are, all else one Value at a time.
  enum class Kind : uint8_t { kInt32, kInt64, kDouble, kString, kOther };
  Kind kind() const { return kind_; }
  const void* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view TextAt(size_t i) const { return text_(data_, i); }
  Value ValueAt(size_t i) const { return value_(data_, i); }

 private:
  template <class V>
  static constexpr Kind KindOf() {
    if constexpr (std::is_same_v<V, int32_t>) return Kind::kInt32;
    if constexpr (std::is_same_v<V, int64_t>) return Kind::kInt64;
    if constexpr (std::is_same_v<V, double>) return Kind::kDouble;
    if constexpr (internal::TextLike<V>) return Kind::kString;
    return Kind::kOther;
  }
  const void* data_;
  size_t size_;
  Kind kind_;
  Value (*value_)(const void*, size_t) = nullptr;
  std::string_view (*text_)(const void*, size_t) = nullptr;
};
struct NamedColumn {
  std::string_view column;
  ColumnValues values;
};

}  // namespace tenon

#endif  // TENON_COLUMN_VALUES_H_
