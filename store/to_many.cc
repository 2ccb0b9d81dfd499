#include "tenon/to_many.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "store/condition.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/violation_text.h"

namespace tenon {

using internal::Cell;
using internal::CheckHandle;
using internal::CheckRef;
using internal::Condition;
using internal::Edge;
using internal::Engine;
using internal::kNoSlot;
using internal::Statement;
using internal::TableNode;

absl::Status ToMany<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }

absl::StatusOr<Ref<>> ToMany<void, void>::CreateRow(Ref<> a, const internal::GivenRow& row,
                                                    absl::Span<const Link<>> links) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "create", true); !s.ok()) return s;
  Engine& engine = *edge_->child->engine;
  TableNode& child = *edge_->edge->child;
  std::vector<Link<>> all(links.begin(), links.end());
  all.emplace_back(edge_, absl::OkStatus(), a);
  Slot slot = 0;
  absl::Status status = engine.Run("create", [&](Statement& statement) {
    return GatherInsert(engine, "create", child, row, all, 0, statement, &slot);
  });
  if (!status.ok()) return status;
  return internal::RefAt(child.rows.stamps(), slot);
}

absl::StatusOr<Ref<>> ToMany<void, void>::FindOrCreate(Ref<> a, const Predicate<>& search,
                                                       const internal::GivenRow& row, bool update) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "create", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  Engine& engine = *edge_->child->engine;
  TableNode& child = *edge.child;
  if (absl::Status s = CheckRef(*edge.target, a, "create"); !s.ok()) return s;
  absl::StatusOr<Condition> condition = Condition::Bind(child, search);
  if (!condition.ok()) return condition.status();
  for (const Ref<> found : Of(a)) {
    if (!condition->Matches(found.slot())) continue;
    absl::Status status = engine.Run(update ? "update" : "create", [&](Statement& statement) -> absl::Status {
      if (!update) {
        ++statement.addressed;
        return absl::OkStatus();
      }
      const absl::Span<Cell> cells = engine.RowBuffer(child);
      if (absl::Status s = FillCells(engine, "update", child, row, 0, cells); !s.ok()) return s;
      for (const uint32_t column : edge.foreign_key) cells[column] = Cell::Absent();
      return GatherCells(child, found.slot(), cells, statement);
    });
    if (!status.ok()) return status;
    return found;
  }
  return CreateRow(a, row, {});
}

absl::Status ToMany<void, void>::Add(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "add", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run("add", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(*edge.target, a, "add"); !s.ok()) return s;
    for (size_t i = 0; i < b.size(); ++i) {
      if (absl::Status s = CheckRef(*edge.child, b[i], "add", i); !s.ok()) return s;
      if (absl::Status s = statement.Set(edge, b[i].slot(), a.slot()); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

absl::Status ToMany<void, void>::Remove(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "remove", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run("remove", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(*edge.target, a, "remove"); !s.ok()) return s;
    for (size_t i = 0; i < b.size(); ++i) {
      if (absl::Status s = CheckRef(*edge.child, b[i], "remove", i); !s.ok()) return s;
      if (!Has(a, b[i])) continue;
      if (absl::Status s = statement.Set(edge, b[i].slot(), kNoSlot); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

absl::Status ToMany<void, void>::Set(Ref<> a, absl::Span<const Ref<>> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "set", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run(
      "set",
      [&](Statement& statement) -> absl::Status {
        if (absl::Status s = CheckRef(*edge.target, a, "set"); !s.ok()) return s;
        absl::flat_hash_set<Ref<>> wanted;
        for (size_t i = 0; i < b.size(); ++i) {
          if (absl::Status s = CheckRef(*edge.child, b[i], "set", i); !s.ok()) return s;
          wanted.insert(b[i]);
        }
        for (const Ref<> child : Of(a)) {
          if (wanted.erase(child) > 0) continue;  // it stays
          if (absl::Status s = statement.Set(edge, child.slot(), kNoSlot); !s.ok()) return s;
        }
        for (const Ref<> child : b) {
          if (wanted.erase(child) == 0) continue;
          if (absl::Status s = statement.Set(edge, child.slot(), a.slot()); !s.ok()) return s;
        }
        return absl::OkStatus();
      },
      Statement::Mode::kBatch);
}

}  // namespace tenon
