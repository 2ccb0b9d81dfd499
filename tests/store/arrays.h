// Arrays of numbers, for the tests of chunked arrays and of their copies.
#ifndef TENON_TESTS_STORE_ARRAYS_H_
#define TENON_TESTS_STORE_ARRAYS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "store/chunked_array.h"

namespace tenon::internal {

inline constexpr uint32_t kRows = 4096;  // of a chunk
inline constexpr size_t kChunkBytes = kRows * sizeof(uint32_t);
using Array = ChunkedArray<uint32_t, 12>;
using SmallChunks = ChunkedArray<uint32_t, 2>;

// 0, 1, 2 ... up to `n`.
template <class A>
void Fill(A* array, uint32_t n) {
  for (uint32_t i = array->size; i < n; ++i) ASSERT_TRUE(array->Push(i));
}

// Whether the array holds 0, 1, 2 ... up to `n`.
template <class A>
bool IsFilled(const A& array, uint32_t n) {
  for (uint32_t i = 0; i < n; ++i) {
    if (array[i] != i) return false;
  }
  return array.size == n;
}

// False when memory is refused.
template <class A>
bool Set(A* array, uint32_t i, uint32_t element) {
  if (!array->Own(i)) return false;
  array->Mutable(i) = element;
  return true;
}

template <class A>
std::vector<uint32_t> Elements(const A& array) {
  std::vector<uint32_t> elements;
  for (uint32_t i = 0; i < array.size; ++i) elements.push_back(array[i]);
  return elements;
}

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_ARRAYS_H_
