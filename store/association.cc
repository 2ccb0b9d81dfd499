#include "tenon/association.h"

#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/violation_text.h"

namespace tenon {

using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::kNoSlot;
using internal::Statement;

absl::Status ToOne<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }
absl::Status ToMany<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }

absl::Status ToOne<void, void>::WrongSide() {
  return internal::SimpleError(ViolationCode::kType,
                               "link: a has-one is given from the child's side (use the child's BelongsTo)");
}

absl::Status ToOne<void, void>::Set(Ref<> a, Ref<> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "set", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run("set", [&](Statement& statement) -> absl::Status {
    const Ref<> child = inverse_ ? b : a;
    const Ref<> target = inverse_ ? a : b;
    if (absl::Status s = CheckRef(*edge.child, child, "set"); !s.ok()) return s;
    if (absl::Status s = CheckRef(*edge.target, target, "set"); !s.ok()) return s;
    if (inverse_ && edge.Count(target.slot()) > 0) {
      const Slot old = edge.ChildAtPlace(target.slot(), 0);
      if (old == child.slot()) return absl::OkStatus();
      if (absl::Status s = statement.Set(edge, old, kNoSlot); !s.ok()) return s;
    }
    return statement.Set(edge, child.slot(), target.slot());
  });
}

absl::Status ToOne<void, void>::SetAll(absl::Span<const Ref<>> rows, absl::Span<const Ref<>> targets) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "set", true); !s.ok()) return s;
  if (inverse_) return WrongSide();
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run("set", [&](Statement& statement) -> absl::Status {
    if (rows.size() != targets.size()) {
      return internal::TypeError("set", *edge.child, edge.def.name,
                                 absl::StrCat("is given ", rows.size(), " rows and ", targets.size(), " targets"), 0);
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      if (absl::Status s = CheckRef(*edge.child, rows[i], "set", i); !s.ok()) return s;
      if (absl::Status s = CheckRef(*edge.target, targets[i], "set", i); !s.ok()) return s;
      if (absl::Status s = statement.Set(edge, rows[i].slot(), targets[i].slot()); !s.ok()) return s;
    }
    return absl::OkStatus();
  });
}

absl::Status ToOne<void, void>::Clear(Ref<> a) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "clear", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  return edge_->child->engine->Run("clear", [&](Statement& statement) -> absl::Status {
    if (absl::Status s = CheckRef(inverse_ ? *edge.target : *edge.child, a, "clear"); !s.ok()) return s;
    if (!inverse_) return statement.Set(edge, a.slot(), kNoSlot);
    if (edge.Count(a.slot()) == 0) return absl::OkStatus();
    return statement.Set(edge, edge.ChildAtPlace(a.slot(), 0), kNoSlot);
  });
}

}  // namespace tenon
