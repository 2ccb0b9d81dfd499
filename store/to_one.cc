#include "tenon/to_one.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/engine.h"
#include "store/gather.h"
#include "store/struct_view.h"
#include "store/violation_text.h"

namespace tenon {

using internal::CheckHandle;
using internal::CheckRef;
using internal::Edge;
using internal::Engine;
using internal::Pledge;
using internal::Statement;

absl::Status ToOne<void, void>::status() const { return CheckHandle(*edge_, status_, "use", false); }

Ref<> ToOne<void, void>::OnlyChild(Ref<> a) const {
  const internal::EdgeView& e = *edge_;
  if (!internal::IsLive(*e.target_stamps, a)) return {};
  const auto& head = internal::Load<internal::Head>(*e.heads, a.slot());
  if (head.count == 0) return {};
  return internal::RefAt(*e.child_stamps, internal::ChildAt(*e.arena, head, 0));
}

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

// The new row is born, and linked, in one statement: either end of the edge may be the one that is new.
absl::StatusOr<Ref<>> ToOne<void, void>::CreateRow(Ref<> a, const internal::GivenRow& row,
                                                   absl::Span<const Link<>> links) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "create", true); !s.ok()) return s;
  Edge& edge = *edge_->edge;
  Engine& engine = *edge_->child->engine;
  internal::TableNode& made = inverse_ ? *edge.child : *edge.target;
  Slot slot = 0;
  absl::Status status = engine.Run(
      "create",
      [&](Statement& statement) -> absl::Status {
        if (inverse_) {
          std::vector<Link<>> all(links.begin(), links.end());
          all.emplace_back(edge_, absl::OkStatus(), a);
          return GatherInsert(engine, "create", made, row, all, 0, statement, &slot);
        }
        if (absl::Status s = CheckRef(*edge.child, a, "create"); !s.ok()) return s;
        if (absl::Status s = GatherInsert(engine, "create", made, row, links, 0, statement, &slot); !s.ok())
          return s;
        return statement.Set(edge, a.slot(), slot);
      },
      inverse_ ? Statement::Mode::kVerb : Statement::Mode::kBatch);
  if (!status.ok()) return status;
  return internal::RefAt(made.rows.stamps(), slot);
}

absl::Status ToOne<void, void>::AssignTo(const internal::TableView* child, void* row, Ref<> b) const {
  if (absl::Status s = CheckHandle(*edge_, status_, "assign", false); !s.ok()) return s;
  if (inverse_) return WrongSide();
  const Edge& edge = *edge_->edge;
  if (absl::Status s = CheckRef(*edge.target, b, "assign"); !s.ok()) return s;
  if (edge.target_rows->HasNull(edge.key->columns, b.slot())) return NullKeyError("assign", edge, b.slot());
  const internal::StructView& view = internal::StructView::Of(*child);
  const auto member_of = [&](uint32_t column) {
    const auto at = std::find(view.columns.begin(), view.columns.end(), column);
    return at == view.columns.end() ? nullptr
                                    : &view.info->members[static_cast<size_t>(at - view.columns.begin())];
  };
  for (const uint32_t column : edge.foreign_key) {
    if (member_of(column) != nullptr) continue;
    return TypeError(
        "assign", *edge.child, edge.child->columns[column].name,
        absl::StrCat("is no member of ", internal::Absl(view.info->name), " (insert it with a link)"), 0);
  }
  for (size_t i = 0; i < edge.foreign_key.size(); ++i) {
    const internal::MemberInfo* member = member_of(edge.foreign_key[i]);
    member->write(edge.target->rows.Get(b.slot(), edge.key->columns[i]),
                  static_cast<char*>(row) + member->offset);
  }
  return absl::OkStatus();
}

}  // namespace tenon
