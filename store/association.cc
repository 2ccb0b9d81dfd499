#include "tenon/association.h"

#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/violation_text.h"

namespace tenon {

using internal::CheckHandle;
using internal::Edge;
using internal::Statement;

absl::Status ToOne<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }
absl::Status ToMany<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }

absl::Status ToOne<void, void>::WrongSide() {
  return internal::SimpleError(ViolationCode::kType,
                               "link: a has-one is given from the child's side (use the child's BelongsTo)");
}

absl::Status ToOne<void, void>::Set(Ref<> a, Ref<> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "set", true); !s.ok()) return s;
  return edge_->child->engine->Run(
      "set", [&](Statement& statement) { return GatherSet(*edge_->edge, inverse_, a, b, statement); });
}

absl::Status ToOne<void, void>::SetAll(absl::Span<const Ref<>> rows, absl::Span<const Ref<>> targets) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "set", true); !s.ok()) return s;
  return edge_->child->engine->Run("set", [&](Statement& statement) {
    return GatherSetAll(*edge_->edge, inverse_, rows, targets, statement);
  });
}

absl::Status ToOne<void, void>::Clear(Ref<> a) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "clear", true); !s.ok()) return s;
  return edge_->child->engine->Run(
      "clear", [&](Statement& statement) { return GatherClear(*edge_->edge, inverse_, a, statement); });
}

}  // namespace tenon
