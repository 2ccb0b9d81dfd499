// Assignment: a column with what to write into it, for Update.
#ifndef TENON_ASSIGNMENT_H_
#define TENON_ASSIGNMENT_H_

#include <concepts>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tenon/col.h"
#include "tenon/expression.h"
#include "tenon/internal/member.h"
#include "tenon/internal/struct_info.h"

namespace tenon {

// A column with what to write into it: {"score", 3}, {"score", Col("score") + 1}; {&T::score, 3}, {&T::score, Col(&T::score) + 1}.
template <class T = void>
struct Assignment;

template <>
struct Assignment<void> {
  std::string_view column;
  Expression value;
};

namespace internal {
// A member with a value, or with nodes to compute it by.
struct MemberAssignment : MemberCell {
  std::vector<Expression::Node> nodes = {};
};
}  // namespace internal

// Text is looked at, not copied: an Assignment is made in the call that reads it.
template <class T>
struct Assignment : internal::MemberAssignment {
  template <class C, class V, class A>
  Assignment(V C::*member, const A& value)
      : MemberAssignment{{internal::MemberOffset<T>(member), internal::GivenCell<V>(value)}, {}} {}
  template <class C, class V, class N>
  Assignment(V C::*member, const Computed<T, N>& value)
      : MemberAssignment{{internal::MemberOffset<T>(member), {}}, value.untyped().nodes()} {
    static_assert(!std::is_enum_v<internal::Plain<V>>, "an enum is not computed with");
    static_assert(std::is_same_v<N, internal::Number<V>>,
                  "integers are computed for integer columns, floating-point numbers for theirs");
  }
  template <class C, class V, class W>
  Assignment(V C::*member, const Col<T, W>& value)
      : MemberAssignment{{internal::MemberOffset<T>(member), {}},
                         internal::Operand<T, W>(value).untyped().nodes()} {
    using P = internal::Plain<V>;
    static_assert(std::is_enum_v<P> ? std::is_same_v<P, internal::Plain<W>>
                                    : std::is_same_v<internal::Number<V>, internal::Number<W>>,
                  "a column is copied into one of its kind");
  }
};

}  // namespace tenon

#endif  // TENON_ASSIGNMENT_H_
