// Parents and children as a good game programmer keeps them: structs in vectors, a hash map per key, a vector
// of children per parent. No undo, no check of handles.
#ifndef TENON_BENCHMARKS_BY_HAND_STORE_H_
#define TENON_BENCHMARKS_BY_HAND_STORE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace tenon::benchmarks {

// Bytes that a heap block takes: glibc adds a header of 8 and rounds up to 16.
inline size_t HeapBytes(size_t bytes) {
  return bytes == 0 ? 0 : std::max<size_t>(32, (bytes + 8 + 15) / 16 * 16);
}

// Rows that keep their place from Add to Remove; places are used again.
template <class Row>
class Pool {
 public:
  uint32_t Add(Row row) {
    if (free_.empty()) {
      rows_.push_back(std::move(row));
      return static_cast<uint32_t>(rows_.size() - 1);
    }
    const uint32_t place = free_.back();
    free_.pop_back();
    rows_[place] = std::move(row);
    return place;
  }
  void Remove(uint32_t place) {
    rows_[place] = Row{};
    free_.push_back(place);
  }
  Row& operator[](uint32_t place) { return rows_[place]; }
  const Row& operator[](uint32_t place) const { return rows_[place]; }
  const std::vector<Row>& rows() const { return rows_; }
  size_t bytes() const { return HeapBytes(rows_.capacity() * sizeof(Row)) + HeapBytes(free_.capacity() * 4); }

 private:
  std::vector<Row> rows_;
  std::vector<uint32_t> free_;
};

class ByHandStore {
 public:
  using Parent = uint32_t;  // a place in parents_
  using Child = uint32_t;   // a place in children_
  static constexpr uint32_t kNone = UINT32_MAX;

  // A write needs no frame around it.
  void BeginWrites() {}
  void EndWrites() {}

  Parent InsertParent(int64_t id, int64_t score) {
    const auto [entry, is_new] = parent_by_id_.try_emplace(id);
    if (!is_new) return kNone;
    return entry->second = parents_.Add({id, score, {}});
  }
  Child InsertChild(int64_t id, int64_t parent_id, int64_t score) {
    const auto parent = parent_by_id_.find(parent_id);
    if (parent == parent_by_id_.end()) return kNone;
    const auto [entry, is_new] = child_by_id_.try_emplace(id);
    if (!is_new) return kNone;
    std::vector<Child>& siblings = parents_[parent->second].children;
    const auto place = static_cast<uint32_t>(siblings.size());
    const Child child = children_.Add({id, parent_id, score, parent->second, place});
    siblings.push_back(child);
    return entry->second = child;
  }

  int64_t FindAndFollow(int64_t child_id) const {
    const auto child = child_by_id_.find(child_id);
    return child == child_by_id_.end() ? 0 : Follow(child->second);
  }
  int64_t Follow(Child child) const { return parents_[children_[child].parent].score; }
  int64_t SumOfChildren(Parent parent) const {
    int64_t sum = 0;
    for (const Child child : parents_[parent].children) sum += children_[child].score;
    return sum;
  }
  size_t CountChildren(Parent parent) const { return parents_[parent].children.size(); }
  int64_t ForeignKey(Child child) const { return children_[child].parent_id; }

  bool Move(Child child, Parent parent) {
    ChildRow& row = children_[child];
    std::vector<Child>& old_siblings = parents_[row.parent].children;
    const Child last = old_siblings.back();
    old_siblings[row.place] = last;
    children_[last].place = row.place;
    old_siblings.pop_back();
    ParentRow& target = parents_[parent];
    row.parent = parent;
    row.parent_id = target.id;
    row.place = static_cast<uint32_t>(target.children.size());
    target.children.push_back(child);
    return true;
  }
  // The parent under its new key; none if the key is taken.
  Parent ChangeKey(Parent parent, int64_t id) {
    if (!parent_by_id_.try_emplace(id, parent).second) return kNone;
    ParentRow& row = parents_[parent];
    parent_by_id_.erase(row.id);
    row.id = id;
    for (const Child child : row.children) children_[child].parent_id = id;
    return parent;
  }
  bool EraseParent(Parent parent) {
    const ParentRow& row = parents_[parent];
    for (const Child child : row.children) {
      child_by_id_.erase(children_[child].id);
      children_.Remove(child);
    }
    parent_by_id_.erase(row.id);
    parents_.Remove(parent);
    return true;
  }

  size_t parent_count() const { return parent_by_id_.size(); }
  size_t child_count() const { return child_by_id_.size(); }
  size_t bytes() const {
    size_t bytes = parents_.bytes() + children_.bytes() + MapBytes(parent_by_id_) + MapBytes(child_by_id_);
    for (const ParentRow& parent : parents_.rows())
      bytes += HeapBytes(parent.children.capacity() * sizeof(Child));
    return bytes;
  }

 private:
  struct ParentRow {
    int64_t id;
    int64_t score;
    std::vector<Child> children;
  };
  struct ChildRow {
    int64_t id;
    int64_t parent_id;
    int64_t score;
    Parent parent;
    uint32_t place;  // among its parent's children
  };
  using Map = absl::flat_hash_map<int64_t, uint32_t>;

  // One control byte for each entry, and a last group of 16.
  static size_t MapBytes(const Map& map) {
    return HeapBytes(map.capacity() * (sizeof(Map::value_type) + 1) + 16);
  }

  Pool<ParentRow> parents_;
  Pool<ChildRow> children_;
  Map parent_by_id_, child_by_id_;
};

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_BY_HAND_STORE_H_
