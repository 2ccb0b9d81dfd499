// Chance, and what a random program uses at all.
#ifndef TENON_TESTS_MODEL_SWARM_H_
#define TENON_TESTS_MODEL_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "tenon/definition.h"

namespace tenon::model {

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}

  size_t Below(size_t n) { return static_cast<size_t>(bits_() % n); }
  bool Chance(size_t percent) { return Below(100) < percent; }
  template <class V>
  const V& Pick(const std::vector<V>& from) {
    return from[Below(from.size())];
  }

 private:
  std::mt19937_64 bits_;
};

// Swarm testing: each seed draws its features, so that rare combinations get whole programs to themselves.
struct Swarm {
  explicit Swarm(Random& random)
      : text(random.Chance(35)),
        narrow(random.Chance(25)),
        composite(random.Chance(40)),
        self(random.Chance(60)),
        null_keys(random.Chance(40)),
        auto_increment(random.Chance(50)),
        has_one(random.Chance(35)),
        deferred(random.Chance(40)),
        unenforced(random.Chance(25)),
        overlap(random.Chance(50)),
        indexes(random.Chance(40)),
        required(random.Chance(50)),
        batches(random.Chance(60)),
        transactions(random.Chance(60)),
        mistakes(random.Chance(40)),
        huge(random.Chance(15)),
        bulk(random.Chance(60)),
        upserts(random.Chance(75)),
        links(random.Chance(75)),
        erases(random.Chance(85)),
        keys(3 + random.Below(6)) {
    for (const Action action :
         {Action::kNoAction, Action::kRestrict, Action::kCascade, Action::kSetNull, Action::kSetDefault}) {
      if (random.Chance(50)) actions.push_back(action);
    }
    if (actions.empty()) actions = {Action::kCascade};
  }

  bool text;            // text keys
  bool narrow;          // int32 keys
  bool composite;       // keys of two columns
  bool self;            // edges from a table to itself
  bool null_keys;       // unique keys with nulls
  bool auto_increment;  // numbered primary keys
  bool has_one;
  bool deferred;
  bool unenforced;
  bool overlap;       // edges share columns with keys and with each other
  bool indexes;       // over keys, foreign keys and other columns
  bool required;      // foreign keys that can't be null
  bool batches;       // Batch
  bool transactions;  // Begin, Commit, Rollback
  bool mistakes;      // stale Refs, unknown columns, wrong types
  bool huge;          // numbers near the end of their type
  bool bulk;          // updates of whole tables, computed keys
  bool upserts;
  bool links;   // targets given as rows
  bool erases;  // else rows only come
  size_t keys;  // how many values a key column takes
  std::vector<Action> actions = {};
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_SWARM_H_
