// How a query finds its rows: by a key, an index or along an edge where one fits, else by a walk over the table.
//
// P1  Every candidate is asked the whole condition. So a plan decides what is looked at, never what is found.
// P2  Matches come in slot order, whatever the plan.
// A condition on related rows is asked of each candidate, or worked out once for all rows at the other end ("semi-join"),
// whichever looks at fewer rows; if few rows are left then, these lead to the candidates.
#ifndef TENON_STORE_PLAN_H_
#define TENON_STORE_PLAN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/condition.h"

namespace tenon::internal {

class Plan {
 public:
  // Plans for the rows as they are now. `condition` must outlive the plan, which may leave answers in it.
  explicit Plan(Condition* condition);

  // How many rows it will look at, as far as it can be told before anything is worked out.
  size_t estimate() const { return std::min(candidate_count_, led_to_); }

  // Calls visit(slot) for each match, in slot order, until it answers false. Requires: nothing was written since the plan
  // was made.
  template <class Visit>
  void ForEach(Visit visit) {
    WorkOut();
    const auto look_at = [&](Slot slot) {
      ++looked_at_;
      if (!condition_->Matches(slot)) return true;
      ++matched_;
      return visit(slot);
    };
    if (way_ == Way::kWalk) {
      const RowStore& rows = condition_->table().rows;
      for (Slot slot = 0; slot < rows.top(); ++slot) {
        if (rows.IsShown(slot) && !look_at(slot)) return;
      }
    } else {
      for (const Slot slot : candidates_) {
        if (!look_at(slot)) return;
      }
    }
  }
  // For a caller who asks the condition of about `rows` rows that he knows: related rows' conditions are worked out where
  // that is less work.
  static void Ease(Condition* condition, size_t rows);
  // What was done, and how many rows were looked at and found: a line for this plan, and indented ones for what was worked
  // out before. Requires: ForEach has run.
  std::string Explain(size_t indent = 0) const;

 private:
  enum class Way { kWalk, kKey, kIndex, kRow, kRelated };
  // A condition on related rows, and how to find those that meet it.
  struct Other {
    Condition::Relation* relation;
    bool must_hold;  // for every match, and for none without such a row
    std::unique_ptr<Plan> plan;
    bool worked_out = false;
  };
  void ChooseKey(const std::vector<const Condition::Node*>& conjuncts);
  void ChooseIndex(const std::vector<const Condition::Node*>& conjuncts);
  void ChooseRow(const std::vector<const Condition::Node*>& conjuncts);
  void PlanOthers(const std::vector<const Condition::Node*>& conjuncts);
  void ChooseRelated(const Condition::Relation& relation, const std::vector<Slot>& found);
  size_t CostOfAsking(const Condition::Relation& relation) const;
  void WorkOut();
  static void Answer(Condition::Relation* relation, const std::vector<Slot>& found);

  Condition* condition_;
  std::vector<Other> others_;
  Way way_ = Way::kWalk;
  const Key* key_ = nullptr;                       // kKey
  const Edge* edge_ = nullptr;                     // kIndex
  const Condition::Relation* relation_ = nullptr;  // kRow, kRelated
  std::vector<Slot> candidates_;                   // in slot order, unless it is a walk
  size_t candidate_count_;
  size_t led_to_ = SIZE_MAX;  // rows that would lead to the candidates, and these
  size_t looked_at_ = 0;
  size_t matched_ = 0;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_PLAN_H_
