// What a statement did, or would do.
#ifndef TENON_EFFECTS_H_
#define TENON_EFFECTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tenon {

// Rows of one table that actions reached. Rows the statement addressed itself are not among them.
struct TableEffects {
  std::string table = {};
  size_t erased = 0;     // by on_delete: cascade
  size_t rewritten = 0;  // by on_update: cascade
  size_t nulled = 0;     // by set null
  size_t defaulted = 0;  // by set default
  friend bool operator==(const TableEffects&, const TableEffects&) = default;
};

struct Effects {
  size_t addressed = 0;                   // rows inserted, matched or named, also where nothing changed
  std::vector<TableEffects> tables = {};  // those that actions reached, in order of definition
  friend bool operator==(const Effects&, const Effects&) = default;

  // "1 row; Comment: 3 erased; Post: 2 nulled"
  std::string ToString() const;
};

// What Erase would answer, and what it would do.
struct ErasePlan {
  absl::Status verdict = {};  // OK, or what refuses the erase
  Effects effects = {};       // empty when it is refused
};

}  // namespace tenon

#endif  // TENON_EFFECTS_H_
