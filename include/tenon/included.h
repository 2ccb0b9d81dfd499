// Included: rows of B in lists, one for each row of A that was asked for. ToMany::Include and ManyToMany::Include make it.
#ifndef TENON_INCLUDED_H_
#define TENON_INCLUDED_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tenon/row.h"

namespace tenon {

// `inc[i]` are the rows of the i-th row that was asked for, none where that is null or stale; `inc.rows()` are all of them,
// to ask for the next level with. A copy, as of now: it does not follow what is written later.
template <class B = void>
class Included;

template <>
class Included<void> {
 public:
  // As many empty lists, and why.
  Included(size_t lists, absl::Status status) : starts_(lists + 1), status_(std::move(status)) {}
  // For the library; list i reaches from starts[i] to starts[i + 1].
  Included(std::vector<size_t> starts, RefList<> rows) : starts_(std::move(starts)), rows_(std::move(rows)) {}

  // OK, or why all lists are empty: a bad handle, or a query that is not of B or not OK.
  const absl::Status& status() const { return status_; }
  // The number of lists.
  size_t size() const { return starts_.size() - 1; }
  absl::Span<const Ref<>> operator[](size_t i) const {
    return absl::Span<const Ref<>>(rows_.data(), rows_.size())
        .subspan(starts_[i], starts_[i + 1] - starts_[i]);
  }
  const RefList<>& rows() const { return rows_; }

 private:
  std::vector<size_t> starts_;
  RefList<> rows_;
  absl::Status status_;
};

template <class B>
class Included : public Included<> {
 public:
  explicit Included(Included<> untyped) : Included<>(std::move(untyped)) {}
  absl::Span<const Ref<B>> operator[](size_t i) const {
    const absl::Span<const Ref<>> list = Included<>::operator[](i);
    return {static_cast<const Ref<B>*>(list.data()), list.size()};
  }
  absl::Span<const Ref<B>> rows() const {
    return {static_cast<const Ref<B>*>(Included<>::rows().data()), Included<>::rows().size()};
  }
};

}  // namespace tenon

#endif  // TENON_INCLUDED_H_
