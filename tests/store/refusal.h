// Memory that is refused at one request after the other.
#ifndef TENON_TESTS_STORE_REFUSAL_H_
#define TENON_TESTS_STORE_REFUSAL_H_

#include <cstddef>

#include "store/memory.h"

namespace tenon::internal {

// Calls act() with its first request for memory refused, then its second and so on, until it returns true; check()
// follows each time that it returns false. With `persistent` all requests after the refused one are refused as well.
// Returns the number of times that act() was refused.
template <class Act, class Check>
size_t RefuseEachRequest(Memory* memory, bool persistent, Act act, Check check) {
  for (size_t refused = 0;; ++refused) {
    memory->RefuseForTesting(refused + 1, persistent);
    const bool done = act();
    memory->RefuseForTesting(0, false);
    if (done) return refused;
    check();
  }
}

// Calls act() while all memory is refused.
template <class Act>
void WithoutMemory(Memory* memory, Act act) {
  memory->RefuseForTesting(1, true);
  act();
  memory->RefuseForTesting(0, false);
}

}  // namespace tenon::internal

#endif  // TENON_TESTS_STORE_REFUSAL_H_
