// Being told of commits.
#ifndef TENON_OBSERVER_H_
#define TENON_OBSERVER_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "tenon/change_set.h"

namespace tenon {

namespace internal {
class Observers;
}

// Called after an outermost commit, or after a statement outside of transactions, that changed something: on the thread
// that wrote, when all is done, so that it sees the new state and can't veto. It may read everything, and subscribe or
// unsubscribe (from the next commit on); a write answers kFailedPrecondition (violation `transaction`), also Begin and
// changes of the schema. It must not throw, nor destroy or move the Database.
using Observer = std::function<void(const ChangeSet&)>;

// Observes for as long as it lives, or its Database does: see Database::Observe.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;                                                 // observes nothing
  Subscription(std::weak_ptr<internal::Observers> observers, uint64_t id);  // for the library
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;  // ends what this one observed
  ~Subscription();

  // Ends it: the observer is not called again.
  void End();

 private:
  std::weak_ptr<internal::Observers> observers_;
  uint64_t id_ = 0;
};

}  // namespace tenon

#endif  // TENON_OBSERVER_H_
