// A database with the handles that random queries need.
#ifndef TENON_TESTS_QUERY_SUBJECT_H_
#define TENON_TESTS_QUERY_SUBJECT_H_

#include <cstddef>
#include <vector>

#include "tenon/tenon.h"
#include "tests/query/data.h"
#include "tests/query/select.h"

namespace tenon::query {

class Subject {
 public:
  // Requires: the library accepts the schema.
  explicit Subject(const Schema& schema);
  Subject(const Subject&) = delete;  // a Database can't be copied
  Subject& operator=(const Subject&) = delete;

  Database& db() { return db_; }
  const Table<>& table(size_t t) const { return tables_[t]; }
  void AddIndexes(const Schema& schema);
  void DropIndexes();

  Query<> QueryOf(const Data& data, const Select& select) const;
  // Requires: a path to at most one row; to several.
  const ToOne<>& ToOneOf(const Path& path) const {
    return (path.inverse ? has_one_ : belongs_to_)[path.edge];
  }
  const ToMany<>& ToManyOf(const Path& path) const { return has_many_[path.edge]; }
  ManyToMany<> ManyToManyOf(const Schema& schema, const Path& path) const {
    return tables_[schema.edges[path.edge].target].Through(has_many_[path.edge], belongs_to_[*path.through]);
  }

 private:
  Predicate<> PredicateOf(const Data& data, size_t table, const Condition& condition) const;
  template <class Relation>
  static Predicate<> Related(const Relation& relation, const Condition& condition, Predicate<> related);

  Database db_;
  std::vector<Table<>> tables_;
  std::vector<ToOne<>> belongs_to_;  // of each edge
  std::vector<ToOne<>> has_one_;     // where it is one
  std::vector<ToMany<>> has_many_;
};

}  // namespace tenon::query

#endif  // TENON_TESTS_QUERY_SUBJECT_H_
