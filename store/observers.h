// Who is told of commits, in the order in which they subscribed.
#ifndef TENON_STORE_OBSERVERS_H_
#define TENON_STORE_OBSERVERS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenon/change_set.h"
#include "tenon/observer.h"

namespace tenon::internal {

class Observers {
 public:
  // `table`: the only one of interest; empty: all. The number to Remove it by.
  uint64_t Add(std::string table, Observer observer);
  void Remove(uint64_t id);
  bool empty() const { return entries_.empty(); }
  // Whether they are being told: nothing may be written now.
  bool telling() const { return telling_; }
  // Calls those that were there when it began and are still. Requires: not telling.
  void Tell(const ChangeSet& changes);

 private:
  struct Entry {
    uint64_t id;
    std::string table;
    std::shared_ptr<const Observer> observer;  // stays while it runs, also when it removes itself
  };
  const Entry* Find(uint64_t id) const;

  std::vector<Entry> entries_;
  uint64_t last_id_ = 0;
  bool telling_ = false;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_OBSERVERS_H_
