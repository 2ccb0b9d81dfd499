// Who will have which key once a step is done: rows whose target key the step writes, and rows born in the statement.
//
// A foreign key written in the same step means the row that gets its key, and waits for the end of the statement, even if
// another row has that key now (rule 3).
#ifndef TENON_STORE_NEW_KEYS_H_
#define TENON_STORE_NEW_KEYS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "store/catalog.h"
#include "store/rewrite_plan.h"
#include "store/scratch.h"

namespace tenon::internal {

class NewKeys {
 public:
  explicit NewKeys(Account* account) : entries_(account), buckets_(account) {}

  void Clear() {
    entries_.Clear();
    buckets_.Clear();
  }
  bool empty() const { return entries_.empty(); }
  // The row will have its key `key` made of `rewrites` over its present cells. False when memory is refused.
  [[nodiscard]] bool Add(TableNode& table, const Key& key, Slot slot, absl::Span<const Rewrite> rewrites);
  // After the last Add. False when memory is refused.
  [[nodiscard]] bool Index();
  // Whether some row will have this key. Requires: Index, no nulls in `cells`.
  bool Has(const Key& key, const KeyProbe& probe, absl::Span<const Cell> cells) const;

 private:
  struct Entry {
    const Key* key;
    TableNode* table;
    const Rewrite* rewrites;
    uint32_t rewrite_count;
    Slot slot;
    uint64_t hash;
    uint32_t next;
  };
  Scratch<Entry> entries_;
  Scratch<uint32_t> buckets_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_NEW_KEYS_H_
