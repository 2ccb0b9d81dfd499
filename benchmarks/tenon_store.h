// Parents and children in Tenon: all handles resolved once.
#ifndef TENON_BENCHMARKS_TENON_STORE_H_
#define TENON_BENCHMARKS_TENON_STORE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "tenon/tenon.h"

namespace tenon::benchmarks {

class TenonStore {
 public:
  using Parent = Ref<>;
  using Child = Ref<>;

  // Every write is a statement of its own: none needs a frame around it.
  void BeginWrites() {}
  void EndWrites() {}
  void Begin() { transaction_.emplace(db_.Begin()); }
  void Rollback() { transaction_.reset(); }

  Parent InsertParent(int64_t id, int64_t score) {
    return parents_.Insert({{"id", id}, {"score", score}}).value_or(Parent());
  }
  Child InsertChild(int64_t id, int64_t parent_id, int64_t score) {
    return children_.Insert({{"id", id}, {"parentId", parent_id}, {"score", score}}).value_or(Child());
  }
  bool InsertChildren(absl::Span<const int64_t> ids, absl::Span<const int64_t> parent_ids,
                      absl::Span<const int64_t> scores) {
    return children_.InsertColumns({{"id", ids}, {"parentId", parent_ids}, {"score", scores}}).ok();
  }

  int64_t FindAndFollow(int64_t child_id) const { return Follow(child_by_id_.Find(child_id)); }
  int64_t Follow(Child child) const {
    const Parent parent = parent_.Get(child);
    return parent ? parent_score_[parent] : 0;
  }
  int64_t SumOfChildren(Parent parent) const {
    int64_t sum = 0;
    for (const Child child : children_of_.Of(parent)) sum += child_score_[child];
    return sum;
  }
  size_t CountChildren(Parent parent) const { return children_of_.Count(parent); }
  int64_t ForeignKey(Child child) const { return children_.Contains(child) ? foreign_key_[child] : 0; }

  bool Move(Child child, Parent parent) { return parent_.Set(child, parent).ok(); }
  bool MoveAll(absl::Span<const Child> children, absl::Span<const Parent> parents) {
    return parent_.SetAll(children, parents).ok();
  }
  // The parent under its new key; null if that is refused.
  Parent ChangeKey(Parent parent, int64_t id) {
    return parents_.Set(parent, "id", id).ok() ? parent : Parent();
  }
  bool EraseParent(Parent parent) { return parents_.Erase(parent).ok(); }

  size_t parent_count() const { return parents_.size(); }
  size_t child_count() const { return children_.size(); }
  size_t bytes() const { return db_.MemoryUsage().total; }

 protected:
  Database& db() { return db_; }

 private:
  static Table<> CreateParents(Database& db) {
    return *db.CreateTable({.name = "Parent",
                            .columns = {{.name = "id"}, {.name = "score", .not_null = true}},
                            .primary_key = {"id"}});
  }
  static Table<> CreateChildren(Database& db) {
    return *db.CreateTable(
        {.name = "Child",
         .columns = {{.name = "id"}, {.name = "parentId"}, {.name = "score", .not_null = true}},
         .primary_key = {"id"},
         .belongs_to = {{.target = "Parent",
                         .foreign_key = {"parentId"},
                         .inverse = HasMany("children"),
                         .on_delete = Action::kCascade,
                         .on_update = Action::kCascade}}});
  }

  Database db_;
  Table<> parents_ = CreateParents(db_);
  Table<> children_ = CreateChildren(db_);
  Lookup<> child_by_id_ = children_.Lookup("id");
  ToOne<> parent_ = children_.BelongsTo("parent");
  ToMany<> children_of_ = parents_.HasMany("children");
  Column<void, int64_t> parent_score_ = parents_.Column<int64_t>("score");
  Column<void, int64_t> child_score_ = children_.Column<int64_t>("score");
  Column<void, int64_t> foreign_key_ = children_.Column<int64_t>("parentId");
  std::optional<Transaction> transaction_;  // last: it ends before the database does
};

// The same while an observer is told of every commit, and does nothing.
class ObservedTenonStore : public TenonStore {
 public:
  ObservedTenonStore() : subscription_(db().Observe([](const ChangeSet&) {}).value()) {}

 private:
  Subscription subscription_;
};

}  // namespace tenon::benchmarks

#endif  // TENON_BENCHMARKS_TENON_STORE_H_
