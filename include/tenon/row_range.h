// RowRange: the rows of a table, one after the other.
#ifndef TENON_ROW_RANGE_H_
#define TENON_ROW_RANGE_H_

#include <cstddef>
#include <iterator>

#include "tenon/internal/view.h"
#include "tenon/row.h"
#include "tenon/to_one.h"

namespace tenon {

// The live rows of a table in slot order. The row that the loop stands on may be erased; a row added meanwhile is shown
// once or not at all; the loop always ends.
class RowRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Ref<>;
    using reference = Ref<>;
    using pointer = const Ref<>*;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const internal::TableView* table, Slot slot, Slot end) : table_(table), slot_(slot), end_(end) {
      Skip();
    }
    // Null once the row is gone.
    Ref<> operator*() const { return internal::RefOrNull(*table_->stamps, slot_); }
    Iterator& operator++() {
      ++slot_;
      Skip();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    // Two ends are equal, also where the table has grown or shrunk in between.
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.slot_ == b.slot_ || (a.slot_ >= a.end_ && b.slot_ >= b.end_);
    }

   private:
    void Skip() {
      while (slot_ < end_ && (slot_ >= table_->stamps->size || !internal::LoadBit(*table_->live, slot_)))
        ++slot_;
    }
    const internal::TableView* table_ = nullptr;
    Slot slot_ = 0;
    Slot end_ = 0;
  };
  explicit RowRange(const internal::TableView* table) : table_(table), end_(table->stamps->size) {}
  Iterator begin() const { return {table_, 0, end_}; }
  Iterator end() const { return {table_, end_, end_}; }

 private:
  const internal::TableView* table_;
  Slot end_;
};

}  // namespace tenon

#endif  // TENON_ROW_RANGE_H_
