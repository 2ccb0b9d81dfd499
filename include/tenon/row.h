// What rows are made of and named by: Type, Value, Ref.
#ifndef TENON_ROW_H_
#define TENON_ROW_H_

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "tenon/internal/view.h"

namespace tenon {

// The type of a column. Bool, float and double can't be part of a key.
enum class Type : uint8_t { kBool, kInt32, kInt64, kFloat, kDouble, kString, kBytes };

// "bool", "int32", ... as printed by messages and dumps.
std::string_view TypeName(Type type);

// The name of a row: 8 bytes, copied freely. A default-constructed Ref is null. A Ref is good from the insert of its
// row to its erase, in the database that gave it; after that it is stale, and every verb refuses it: it never names
// another row. (A stamp repeats after 2^32 inserts, and means nothing in another Database.)
template <class T = void>
class Ref;

template <>
class Ref<void> {
 public:
  constexpr Ref() = default;
  // For the library: rows get their names from Insert.
  constexpr Ref(Slot slot, Stamp stamp) : slot_(slot), stamp_(stamp) {}

  constexpr explicit operator bool() const { return stamp_ != 0; }
  constexpr Slot slot() const { return slot_; }
  constexpr Stamp stamp() const { return stamp_; }

  friend constexpr bool operator==(Ref, Ref) = default;
  friend constexpr auto operator<=>(Ref, Ref) = default;
  template <class H>
  friend H AbslHashValue(H h, Ref ref) {
    return H::combine(std::move(h), ref.slot_, ref.stamp_);
  }

 private:
  Slot slot_ = 0;
  Stamp stamp_ = 0;
};

// The name of a row of T: a Ref<> as well. Refs of different structs are not compared.
template <class T>
class Ref : public Ref<> {
 public:
  constexpr Ref() = default;
  // The caller says that it names a row of T.
  constexpr explicit Ref(Ref<> ref) : Ref<>(ref) {}

  friend constexpr bool operator==(Ref, Ref) = default;
  friend constexpr auto operator<=>(Ref, Ref) = default;
  template <class U>
  requires(!std::is_same_v<T, U> && !std::is_void_v<U>) friend constexpr bool operator==(Ref,
                                                                                         Ref<U>) = delete;
  template <class U>
  requires(!std::is_same_v<T, U> && !std::is_void_v<U>) friend constexpr bool operator<=>(Ref,
                                                                                          Ref<U>) = delete;
};

namespace internal {
// The same Refs, as the engine takes them.
template <class T>
absl::Span<const Ref<>> Untyped(absl::Span<const Ref<T>> refs) {
  static_assert(sizeof(Ref<T>) == sizeof(Ref<>));
  return {refs.data(), refs.size()};
}
// An iterator over rows of T, from one over rows.
template <class Base, class T>
class TypedIterator : public Base {
 public:
  using value_type = Ref<T>;
  using reference = Ref<T>;
  using pointer = const Ref<T>*;
  Ref<T> operator*() const { return Ref<T>(Base::operator*()); }
  TypedIterator& operator++() {
    Base::operator++();
    return *this;
  }
  TypedIterator operator++(int) {
    TypedIterator before = *this;
    ++*this;
    return before;
  }
};
// A vector of Refs of T, kept in one that is compiled once: a compiler takes longer for one of its own than for all the
// rest of a Table<T>.
template <class T>
class RefVector {
 public:
  using value_type = Ref<T>;
  using reference = Ref<T>&;
  using const_reference = const Ref<T>&;
  using iterator = Ref<T>*;
  using const_iterator = const Ref<T>*;
  using size_type = size_t;
  using difference_type = std::ptrdiff_t;

  RefVector() = default;
  explicit RefVector(std::vector<Ref<>> refs)
      : refs_(std::move(refs)) {}  // the caller says that they are of T
  explicit RefVector(size_t count, Ref<T> ref = {}) : refs_(count, ref) {}
  RefVector(std::initializer_list<Ref<T>> refs) : refs_(refs.begin(), refs.end()) {}
  template <std::input_iterator I>
  requires std::convertible_to<std::iter_reference_t<I>, Ref<T>> RefVector(I first, I last)
      : refs_(first, last) {}
  operator std::vector<Ref<T>>() const { return {begin(), end()}; }  // NOLINT: a list like any other

  size_t size() const { return refs_.size(); }
  bool empty() const { return refs_.empty(); }
  void clear() { refs_.clear(); }
  void reserve(size_t count) { refs_.reserve(count); }
  void resize(size_t count) { refs_.resize(count); }
  void push_back(Ref<T> ref) { refs_.push_back(ref); }
  void pop_back() { refs_.pop_back(); }
  iterator insert(const_iterator at, Ref<T> ref) {
    return begin() + (refs_.insert(refs_.begin() + (at - begin()), ref) - refs_.begin());
  }
  iterator erase(const_iterator at) { return erase(at, at + 1); }
  iterator erase(const_iterator first, const_iterator last) {
    const auto at = refs_.erase(refs_.begin() + (first - begin()), refs_.begin() + (last - begin()));
    return begin() + (at - refs_.begin());
  }

  Ref<T>* data() { return static_cast<Ref<T>*>(refs_.data()); }
  const Ref<T>* data() const { return static_cast<const Ref<T>*>(refs_.data()); }
  iterator begin() { return data(); }
  iterator end() { return data() + size(); }
  const_iterator begin() const { return data(); }
  const_iterator end() const { return data() + size(); }
  Ref<T>& operator[](size_t i) { return data()[i]; }
  const Ref<T>& operator[](size_t i) const { return data()[i]; }
  Ref<T>& front() { return *begin(); }
  const Ref<T>& front() const { return *begin(); }
  Ref<T>& back() { return end()[-1]; }
  const Ref<T>& back() const { return end()[-1]; }

  friend bool operator==(const RefVector& a, const RefVector& b) { return a.refs_ == b.refs_; }

 private:
  static_assert(sizeof(Ref<T>) == sizeof(Ref<>));
  std::vector<Ref<>> refs_;
};
}  // namespace internal

// Refs that the caller owns, contiguous.
template <class T = void>
using RefList = std::conditional_t<std::is_void_v<T>, std::vector<Ref<>>, internal::RefVector<T>>;

// The content of a bytes cell, told from a string by its type.
struct Bytes {
  std::string data = {};
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

namespace internal {
template <class S>
concept TextLike = requires(const S& s) {
  { s.data() } -> std::convertible_to<const char*>;
  { s.size() } -> std::convertible_to<size_t>;
};
// Integers that widen to int64 without loss. uint64_t does not.
template <class I>
concept StorableInteger =
    std::integral<I> && !std::same_as<I, bool> && (std::signed_integral<I> || sizeof(I) < 8);
}  // namespace internal

// One cell's content, owned: null, bool, int32, int64, float, double, string or bytes.
//
// Integers widen losslessly (an int32 goes into an int64 column); nothing else converts: 3 is no double, "3" no
// number. A write of the wrong type answers `type`.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}  // NOLINT: nullptr is how a null is written
  template <class B>
  requires std::same_as<B, bool> Value(B v) : v_(v) {}  // NOLINT: literals are values
  template <internal::StorableInteger I>
  Value(I v) {  // NOLINT
    if constexpr (sizeof(I) < 4 || (sizeof(I) == 4 && std::signed_integral<I>)) {
      v_ = static_cast<int32_t>(v);
    } else {
      v_ = static_cast<int64_t>(v);
    }
  }
  Value(float v) : v_(v) {}   // NOLINT
  Value(double v) : v_(v) {}  // NOLINT
  Value(const char* v) {      // NOLINT: a null pointer is a null
    if (v != nullptr) v_ = std::string(v);
  }
  Value(std::string v) : v_(std::move(v)) {}  // NOLINT
  Value(Bytes v) : v_(std::move(v)) {}        // NOLINT
  template <internal::TextLike S>
  requires(!std::same_as<S, std::string>) Value(const S& v)
      : v_(std::string(v.data(), v.size())) {}  // NOLINT
  template <class V>
  Value(const std::optional<V>& v) {  // NOLINT: nullopt is null
    if (v.has_value()) *this = Value(*v);
  }

  bool is_null() const { return v_.index() == 0; }
  // The value as V (bool, int32_t, int64_t, float, double, std::string_view, std::string), integers widened;
  // nullopt when it is null or of another type. A string_view looks into this Value
  // (of a Get that is not kept, ask for a std::string); bytes read as text too.
  template <class V>
  std::optional<V> As() const {
    if constexpr (std::same_as<V, int64_t>) {
      if (const auto* narrow = std::get_if<int32_t>(&v_)) return *narrow;
    }
    if constexpr (std::same_as<V, std::string_view> || std::same_as<V, std::string>) {
      if (const auto* text = std::get_if<std::string>(&v_)) return V(*text);
      if (const auto* bytes = std::get_if<Bytes>(&v_)) return V(bytes->data);
    } else {
      if (const auto* exact = std::get_if<V>(&v_)) return *exact;
    }
    return std::nullopt;
  }
  const auto& variant() const { return v_; }

  // As dumps print it: NULL, 42, 1.5, 'it''s', x'00ff'. Bytes that are not printable ASCII print as \xNN in strings.
  std::string ToString() const;

  // Same content: integers of both widths compare by number, floating-point numbers by their bits.
  friend bool operator==(const Value& a, const Value& b);
  friend std::ostream& operator<<(std::ostream& os, const Value& v) { return os << v.ToString(); }

 private:
  std::variant<std::monostate, bool, int32_t, int64_t, float, double, std::string, Bytes> v_;
};

// A column's name with a value for it: `{"title", "Joints"}`.
struct NamedValue {
  std::string_view column = {};
  Value value = {};
};
// A row by names; what is left out takes its default. Names are looked at and not copied.
using Row = std::vector<NamedValue>;

}  // namespace tenon

// Compiled once, in the library.
extern template class std::vector<tenon::Ref<>>;

#endif  // TENON_ROW_H_
