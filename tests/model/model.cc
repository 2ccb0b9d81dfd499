#include "tests/model/model.h"

#include <optional>

#include "tenon/violation.h"
#include "tests/model/refusal.h"
#include "tests/model/work.h"

namespace tenon::model {

Model::Model(Schema schema) : schema_(std::move(schema)) { state_.counters.resize(schema_.tables.size()); }

Outcome Model::Execute(const Statement& s) {
  const bool innermost = s.depth + 1 == saved_.size();
  switch (s.verb) {
    case Verb::kBegin:
      saved_.push_back(state_);
      return {};
    case Verb::kCommit:  // a failed commit leaves the transaction open
      if (!innermost) return {ViolationCode::kTransaction, {}, {}};
      if (s.depth == 0 && Dangling() > 0) return {ViolationCode::kDeferred, {}, {}};
      saved_.pop_back();
      return {};
    case Verb::kRollback:  // and all inner ones
      state_ = saved_[s.depth];
      saved_.resize(s.depth);
      return {};
    default:
      break;
  }
  const State before = state_;
  Work work(schema_, state_);
  try {
    work.CarryOut(s);
    Require(!saved_.empty() || Dangling() == 0, ViolationCode::kDeferred);  // S6
    if (s.verb == Verb::kPlanErase) state_ = before;
    return {std::nullopt, work.GetEffects(), work.direct()};
  } catch (const Refusal& refusal) {
    state_ = before;
    return {refusal.code, {}, work.direct()};
  }
}

size_t Model::Dangling() const {
  size_t dangling = 0;
  for (const Edge& edge : schema_.edges) {
    if (!edge.enforced || !edge.deferred) continue;
    for (const RowId child : RowsOf(edge.child)) dangling += Dangles(state_, edge, child) ? 1 : 0;
  }
  return dangling;
}

}  // namespace tenon::model
