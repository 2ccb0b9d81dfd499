// Keys of many shapes, and random steps of an IndexTwin with them.
#ifndef TENON_TESTS_STORE_KEY_DRAW_H_
#define TENON_TESTS_STORE_KEY_DRAW_H_

#include <cstdint>
#include <random>

#include "tests/store/index_twin.h"

namespace tenon::internal {

// A key is one of about a thousand.
struct KeyDraw {
  const char* name;
  uint64_t (*key)(std::mt19937_64& random);
};
inline constexpr KeyDraw kKeyDraws[] = {
    {"small", [](std::mt19937_64& random) -> uint64_t { return random() % 1'000; }},
    {"negative", [](std::mt19937_64& random) -> uint64_t { return -(1 + random() % 1'000); }},
    {"huge", [](std::mt19937_64& random) -> uint64_t { return INT64_MAX - 500 + random() % 1'000; }},
    {"scattered",
     [](std::mt19937_64& random) -> uint64_t { return (random() % 1'000) * 0x9E37'79B9'7F4A'7C15u; }},
    {"far apart", [](std::mt19937_64& random) -> uint64_t { return (random() % 1'000) << 20; }},
    {"near and far",
     [](std::mt19937_64& random) -> uint64_t { return random() % 500 << (random() % 4 * 4); }},
};

// Adds, kills, retires or changes a row, or ends the epoch. False when memory is refused.
inline bool RandomStep(std::mt19937_64& random, const KeyDraw& draw, IndexTwin* twin) {
  const uint64_t action = random() % 100;
  if (action < 2) {
    twin->Commit();
    return true;
  }
  if (action < 4) {
    twin->Undo();
    return true;
  }
  const uint64_t key = draw.key(random);
  if (!twin->Has(key)) return twin->Add(key);
  if (action < 35) return twin->Kill(key);
  if (action < 60) return twin->Retire(key);
  const uint64_t to = draw.key(random);
  return twin->Has(to) || twin->Change(key, to);
}

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_KEY_DRAW_H_
