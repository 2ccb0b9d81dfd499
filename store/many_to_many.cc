#include "tenon/many_to_many.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/violation_text.h"

namespace tenon {

using internal::Cell;
using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::Engine;
using internal::kNoSlot;
using internal::Statement;
using internal::TableNode;

namespace {

// The key of a pairs' table over the foreign keys of both edges, or null.
const internal::Key* PairKey(const Edge& left, const Edge& right) {
  std::vector<uint32_t> columns = left.foreign_key;
  for (const uint32_t column : right.foreign_key) {
    const bool shared = std::find(columns.begin(), columns.end(), column) != columns.end();
    if (!shared) columns.push_back(column);
  }
  return left.child->FindKey(std::move(columns));
}

// Calls visit(pair) for every pair of `a` with `b`, until it returns false.
template <class Visit>
void ForEachPair(const Edge& left, const Edge& right, Ref<> a, Ref<> b, Visit visit) {
  if (const internal::Key* key = PairKey(left, right); key != nullptr) {
    absl::InlinedVector<Cell, 4> cells;
    for (const uint32_t column : key->columns) {
      const auto in_left = std::find(left.foreign_key.begin(), left.foreign_key.end(), column);
      const bool is_left = in_left != left.foreign_key.end();
      const Edge& edge = is_left ? left : right;
      const auto at =
          std::find(edge.foreign_key.begin(), edge.foreign_key.end(), column) - edge.foreign_key.begin();
      cells.push_back(
          edge.target->rows.Get((is_left ? a : b).slot(), edge.key->columns[static_cast<size_t>(at)]));
      if (cells.back().is_null()) return;  // nobody can belong to it
    }
    const Slot pair = left.child->rows.Find(*key, cells);
    if (pair != kNoSlot && left.link(pair) == a.slot() && right.link(pair) == b.slot()) visit(pair);
    return;
  }
  const bool from_left = left.Count(a.slot()) <= right.Count(b.slot());
  const Edge& near = from_left ? left : right;
  const Edge& far = from_left ? right : left;
  const Slot from = (from_left ? a : b).slot();
  const Slot to = (from_left ? b : a).slot();
  for (uint32_t i = 0; i < near.Count(from); ++i) {
    const Slot pair = near.ChildAtPlace(from, i);
    if (far.link(pair) == to && !visit(pair)) return;
  }
}

// A pair of `a` and `b` is born. Requires: both are alive.
absl::Status GatherPair(Engine& engine, const Edge& left, const Edge& right, Ref<> a, Slot b,
                        Statement& statement) {
  internal::Pledge links[] = {{const_cast<Edge*>(&left), 0, a.slot()}, {const_cast<Edge*>(&right), 0, b}};
  Slot pair = 0;
  return statement.Insert(*left.child, engine.RowBuffer(*left.child), absl::MakeSpan(links), &pair);
}

}  // namespace

ManyToMany<void, void>::ManyToMany(ToMany<> pairs, ToOne<> other)
    : pairs_(std::move(pairs)), other_(std::move(other)) {
  if (absl::Status s = pairs_.status(); !s.ok()) {
    status_ = std::move(s);
  } else if (absl::Status t = other_.status(); !t.ok()) {
    status_ = std::move(t);
  } else if (other_.inverse() || pairs_.edge()->child->node != other_.edge()->child->node) {
    status_ = internal::SimpleError(
        ViolationCode::kHandle,
        absl::StrCat("through: ", pairs_.edge()->edge->def.name, " and ", other_.edge()->edge->def.name,
                     " are not both belongsTo of one table of pairs"));
  } else if (pairs_.edge()->edge == other_.edge()->edge) {
    status_ = internal::SimpleError(
        ViolationCode::kHandle,
        absl::StrCat("through: ", other_.edge()->edge->def.name,
                     " leads back where it came from (name the pairs' other belongsTo)"));
  }
  if (status_.ok()) return;
  pairs_ = ToMany<>(status_);
  other_ = ToOne<>(status_);
}

absl::Status ManyToMany<void, void>::status() const {
  if (!status_.ok()) return status_;
  if (absl::Status s = pairs_.status(); !s.ok()) return s;
  return other_.status();
}

bool ManyToMany<void, void>::Has(Ref<> a, Ref<> b) const {
  if (!status().ok()) return false;
  const Edge& left = *pairs_.edge()->edge;
  const Edge& right = *other_.edge()->edge;
  if (!internal::IsLive(left.target->rows.stamps(), a) || !internal::IsLive(right.target->rows.stamps(), b))
    return false;
  bool found = false;
  ForEachPair(left, right, a, b, [&](Slot) {
    found = true;
    return false;
  });
  return found;
}

bool ManyToMany<void, void>::Has(Ref<> a, absl::Span<const Ref<>> b) const {
  if (!status().ok() || !internal::IsLive(*pairs_.edge()->target_stamps, a)) return false;
  for (const Ref<> row : b) {
    if (!Has(a, row)) return false;
  }
  return true;
}

absl::Status ManyToMany<void, void>::Add(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*pairs_.edge(), status(), "add", true); !s.ok()) return s;
  Edge& left = *pairs_.edge()->edge;
  Edge& right = *other_.edge()->edge;
  Engine& engine = *pairs_.edge()->child->engine;
  return engine.Run("add", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(*left.target, a, "add"); !s.ok()) return s;
    absl::flat_hash_set<Ref<>> added;
    for (size_t i = 0; i < b.size(); ++i) {
      if (absl::Status s = CheckRef(*right.target, b[i], "add", i); !s.ok()) return s;
      if (Has(a, b[i]) || !added.insert(b[i]).second) continue;
      if (absl::Status s = GatherPair(engine, left, right, a, b[i].slot(), statement); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

absl::Status ManyToMany<void, void>::Remove(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*pairs_.edge(), status(), "remove", true); !s.ok()) return s;
  Edge& left = *pairs_.edge()->edge;
  Edge& right = *other_.edge()->edge;
  return pairs_.edge()->child->engine->Run("remove", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(*left.target, a, "remove"); !s.ok()) return s;
    for (size_t i = 0; i < b.size(); ++i) {
      if (absl::Status s = CheckRef(*right.target, b[i], "remove", i); !s.ok()) return s;
      absl::Status status;
      ForEachPair(left, right, a, b[i], [&](Slot pair) {
        status = statement.Erase(*left.child, pair);
        return status.ok();
      });
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

absl::Status ManyToMany<void, void>::Set(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*pairs_.edge(), status(), "set", true); !s.ok()) return s;
  Edge& left = *pairs_.edge()->edge;
  Edge& right = *other_.edge()->edge;
  Engine& engine = *pairs_.edge()->child->engine;
  return engine.Run(
      "set",
      [&](Statement& statement) -> absl::Status {
        if (absl::Status s = CheckRef(*left.target, a, "set"); !s.ok()) return s;
        absl::flat_hash_set<Ref<>> wanted;
        for (size_t i = 0; i < b.size(); ++i) {
          if (absl::Status s = CheckRef(*right.target, b[i], "set", i); !s.ok()) return s;
          wanted.insert(b[i]);
        }
        absl::flat_hash_set<Ref<>> missing = wanted;
        for (const Ref<> pair : pairs_.Of(a)) {
          const Ref<> other = other_.Get(pair);
          missing.erase(other);
          if (wanted.contains(other)) continue;
          if (absl::Status s = statement.Erase(*left.child, pair.slot()); !s.ok()) return s;
        }
        for (const Ref<> row : b) {
          if (missing.erase(row) == 0) continue;
          if (absl::Status s = GatherPair(engine, left, right, a, row.slot(), statement); !s.ok()) return s;
        }
        return absl::OkStatus();
      },
      Statement::Mode::kBatch);
}

absl::StatusOr<Ref<>> ManyToMany<void, void>::CreateRow(Ref<> a, const internal::GivenRow& row) const {
  if (absl::Status s = CheckHandle(*pairs_.edge(), status(), "create", true); !s.ok()) return s;
  Edge& left = *pairs_.edge()->edge;
  Edge& right = *other_.edge()->edge;
  Engine& engine = *pairs_.edge()->child->engine;
  Slot slot = 0;
  absl::Status status = engine.Run(
      "create",
      [&](Statement& statement) -> absl::Status {
        if (absl::Status s = CheckRef(*left.target, a, "create"); !s.ok()) return s;
        if (absl::Status s = GatherInsert(engine, "create", *right.target, row, {}, 0, statement, &slot);
            !s.ok()) {
          return s;
        }
        return GatherPair(engine, left, right, a, slot, statement);
      },
      Statement::Mode::kBatch);
  if (!status.ok()) return status;
  return internal::RefAt(right.target->rows.stamps(), slot);
}

}  // namespace tenon
