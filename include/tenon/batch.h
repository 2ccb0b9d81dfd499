// Batch: several verbs as one statement.
#ifndef TENON_BATCH_H_
#define TENON_BATCH_H_

#include <concepts>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/assignment.h"
#include "tenon/internal/given_row.h"
#include "tenon/internal/struct_info.h"
#include "tenon/row.h"
#include "tenon/table.h"
#include "tenon/to_many.h"
#include "tenon/to_one.h"

namespace tenon {

namespace internal {
class Engine;
struct BatchPlan;
}  // namespace internal

// Several verbs gathered into one statement: see Database::Batch. The first verb that fails ends the batch; later
// ones do nothing and give null Refs.
class Batch {
 public:
  Batch(const Batch&) = delete;  // it is the statement being gathered
  Batch& operator=(const Batch&) = delete;

  // By names, for handles of Table<>, ToOne<> and ToMany<>.
  template <std::same_as<Table<>> H>
  Ref<> Insert(const H& table, absl::Span<const NamedValue> row, absl::Span<const Link<>> links = {}) {
    return InsertRow(table, row, links);
  }
  template <std::same_as<Table<>> H>
  void Update(const H& table, Ref<> ref, absl::Span<const Assignment<>> assignments) {
    UpdateRow(table, ref, assignments);
  }
  // `b` becomes the target of `a`, whatever becomes of b's key in this batch.
  template <std::same_as<ToOne<>> H>
  void Set(const H& edge, Ref<> a, Ref<> b) {
    SetLink(edge, a, b);
  }
  template <std::same_as<ToOne<>> H>
  void Clear(const H& edge, Ref<> a) {
    ClearLink(edge, a);
  }
  // A new child of `a`.
  template <std::same_as<ToMany<>> H>
  Ref<> Create(const H& edge, Ref<> a, absl::Span<const NamedValue> row,
               absl::Span<const Link<>> links = {}) {
    return CreateRow(edge, a, row, links);
  }
  template <std::same_as<Table<>> H>
  void Erase(const H& table, Ref<> ref) {
    EraseRow(table, ref);
  }

  // The same with structs.
  template <class T>
  requires(!std::is_void_v<T>) Ref<T> Insert(const Table<T>& table, const std::type_identity_t<T>& row,
                                             absl::Span<const std::type_identity_t<Link<T>>> links = {}) {
    return Ref<T>(InsertRow(table, {table.view(), &row}, {links.data(), links.size()}));
  }
  template <class T>
  requires(!std::is_void_v<T>) void Update(
      const Table<T>& table, std::type_identity_t<Ref<T>> ref,
      absl::Span<const std::type_identity_t<Assignment<T>>> assignments) {
    UpdateMembers(table, ref, {assignments.data(), assignments.size()});
  }
  template <class A, class B>
  requires(!std::is_void_v<A>) void Set(const ToOne<A, B>& edge, std::type_identity_t<Ref<A>> a,
                                        std::type_identity_t<Ref<B>> b) {
    SetLink(edge, a, b);
  }
  template <class A, class B>
  requires(!std::is_void_v<A>) void Clear(const ToOne<A, B>& edge, std::type_identity_t<Ref<A>> a) {
    ClearLink(edge, a);
  }
  template <class A, class B>
  requires(!std::is_void_v<A>) Ref<B> Create(const ToMany<A, B>& edge, std::type_identity_t<Ref<A>> a,
                                             const std::type_identity_t<B>& row,
                                             absl::Span<const std::type_identity_t<Link<B>>> links = {}) {
    return Ref<B>(CreateRow(edge, a, {edge.b(), &row}, {links.data(), links.size()}));
  }
  template <class T>
  requires(!std::is_void_v<T>) void Erase(const Table<T>& table, std::type_identity_t<Ref<T>> ref) {
    EraseRow(table, ref);
  }

  // OK, or the first error of a verb.
  const absl::Status& status() const { return status_; }

 private:
  friend class Database;
  Batch(internal::Engine* engine, internal::BatchPlan* plan) : engine_(engine), plan_(plan) {}

  Ref<> InsertRow(const Table<>& table, const internal::GivenRow& row, absl::Span<const Link<>> links);
  void UpdateRow(const Table<>& table, Ref<> ref, absl::Span<const Assignment<>> assignments);
  void UpdateMembers(const Table<>& table, Ref<> ref,
                     absl::Span<const internal::MemberAssignment> assignments);
  void SetLink(const ToOne<>& edge, Ref<> a, Ref<> b);
  void ClearLink(const ToOne<>& edge, Ref<> a);
  Ref<> CreateRow(const ToMany<>& edge, Ref<> a, const internal::GivenRow& row,
                  absl::Span<const Link<>> links);
  void EraseRow(const Table<>& table, Ref<> ref);

  internal::Engine* engine_;
  internal::BatchPlan* plan_;
  absl::Status status_;
};

}  // namespace tenon

#endif  // TENON_BATCH_H_
