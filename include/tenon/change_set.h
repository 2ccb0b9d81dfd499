// What a commit changed: one entry for each row, what actions did included.
#ifndef TENON_CHANGE_SET_H_
#define TENON_CHANGE_SET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tenon/row.h"

namespace tenon {

// A cell that is another one after the commit. Of a row that was inserted `before` is null, of one erased `after`.
struct CellChange {
  std::string column = {};
  Value before = {};
  Value after = {};
  friend bool operator==(const CellChange&, const CellChange&) = default;
};

struct RowChange {
  enum class Kind : uint8_t { kInsert, kUpdate, kErase };
  Kind kind = Kind::kUpdate;
  std::string table = {};
  Ref<> ref = {};                      // in the database that was changed; stale when the row was erased
  std::vector<Value> key_before = {};  // the primary key; empty of a row that was inserted
  std::vector<Value> key_after = {};   // empty of a row that was erased
  std::vector<CellChange> cells = {};  // all columns of a row inserted or erased, else those that changed
  friend bool operator==(const RowChange&, const RowChange&) = default;
};

// An auto-increment counter: the last number given.
struct CounterChange {
  std::string table = {};
  int64_t before = 0;
  int64_t after = 0;
  friend bool operator==(const CounterChange&, const CounterChange&) = default;
};

// Observers are shown one for each outermost commit (observer.h); Database::Apply carries one out. It says what is
// different in the end: a row that was written twice has one entry, one that was inserted and erased again has none.
// It stands for itself: nothing in it looks into the database, and equal names are all that ties it to one. Changes of the
// schema are not in it.
//
// Rows stand in the order in which the commit first touched them. They are to be taken together: in any order one by one, a
// row may meet another one's key, or refer to one that is still to come.
struct ChangeSet {
  std::vector<RowChange> rows = {};
  std::vector<CounterChange> counters = {};

  bool empty() const { return rows.empty() && counters.empty(); }
  // What undoes it: applied after this one, it leaves what was there before. O(size).
  ChangeSet Inverse() const;
  // The part of one table. O(size).
  ChangeSet OfTable(std::string_view table) const;
  // A line for each row and counter, for people:
  //   insert Book (7) {id: 7, title: 'Emma'}
  //   update Book (7) {title: 'Emma' -> 'Persuasion'}
  std::string ToString() const;
  // As bytes, to be kept or sent; FromBytes reads them back, on any machine.
  std::string ToBytes() const;
  // kInvalidArgument: these are no bytes of a change set, whole and of this version. Takes time and memory in proportion to
  // the bytes, whatever they say.
  static absl::StatusOr<ChangeSet> FromBytes(std::string_view bytes);

  friend bool operator==(const ChangeSet&, const ChangeSet&) = default;
};

}  // namespace tenon

#endif  // TENON_CHANGE_SET_H_
