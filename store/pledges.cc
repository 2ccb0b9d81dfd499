// Links that were given as rows: which keys they write.
#include <algorithm>
#include <utility>

#include "store/statement.h"
#include "store/violation_text.h"

namespace tenon::internal {

// Links given as rows become rewrites of the foreign keys, with the keys that their targets will have after this step:
// where targets' keys hang on pledges themselves (a shared tenant column), until nothing changes any more.
absl::Status Statement::PlanPledges() {
  plan_.Sort();
  // Of several pledges of an edge and child the last counts.
  const auto order = [](const Pledge& p) {
    return std::pair(uint64_t{p.edge->child->id} << 32 | p.child, p.edge->id);
  };
  for (size_t i = 0; i < pledges_.size(); ++i) {
    if (!changed_.Push({static_cast<uint32_t>(i), 0, {}})) return NoMemory();  // borrowed: places of pledges
  }
  std::sort(changed_.begin(), changed_.end(), [&](const Rewrite& a, const Rewrite& b) {
    const auto x = order(pledges_[a.part]);
    const auto y = order(pledges_[b.part]);
    return x != y ? x < y : a.part < b.part;
  });
  Scratch<Pledge> last(pledges_.account());
  bool chained = false;
  size_t cells = 0;  // that the pledges write: as long can a chain of them be
  for (size_t i = 0; i < changed_.size(); ++i) {
    const Pledge& pledge = pledges_[changed_[i].part];
    if (i + 1 < changed_.size() && order(pledges_[changed_[i + 1].part]) == order(pledge)) continue;
    if (pledge.target == kNoSlot || IsDoomed(*pledge.edge->child, pledge.child)) continue;
    if (!last.Push(pledge)) return NoMemory();
    cells += pledge.edge->foreign_key.size();
    for (const uint32_t c : pledge.edge->foreign_key)
      chained = chained || !pledge.edge->child->roles[c].in.empty();
  }
  changed_.Clear();

  RewritePlan direct(pledges_.account());
  direct.Swap(plan_);
  // A row that is linked to itself, over a column that is both foreign and target key: it is equal as it is.
  const auto is_same_cell = [](const Pledge& p, uint32_t foreign, uint32_t target) {
    return p.child == p.target && p.edge->child == p.edge->target && foreign == target;
  };
  direct.DropIf([&](const Rewrite& r) {  // the link wins over a value
    const auto at = std::lower_bound(last.begin(), last.end(), r.row_id(),
                                     [&](const Pledge& p, uint64_t row) { return order(p).first < row; });
    for (const Pledge* p = at; p != last.end() && order(*p).first == r.row_id(); ++p) {
      for (size_t i = 0; i < p->edge->foreign_key.size(); ++i) {
        if (p->edge->foreign_key[i] == r.column() && !is_same_cell(*p, r.column(), p->edge->key->columns[i]))
          return true;
      }
    }
    return false;
  });
  RewritePlan before(pledges_.account());
  for (size_t pass = 0;; ++pass) {
    plan_.Clear();
    const Pledge* to_null = nullptr;  // a target whose key is null, unless another link gives it one yet
    for (size_t i = 0; i < direct.size(); ++i) {
      if (!plan_.Add(direct[i])) return NoMemory();
    }
    bool moved = false;
    for (const Pledge& p : last) {
      const absl::Span<const Rewrite> after = before.RowOf(p.edge->target->id, p.target);
      for (size_t i = 0; i < p.edge->foreign_key.size(); ++i) {
        const uint32_t c = p.edge->key->columns[i];
        if (is_same_cell(p, p.edge->foreign_key[i], c)) continue;
        Cell key = CellAfter(*p.edge->target, p.target,
                             pass == 0 ? direct.RowOf(p.edge->target->id, p.target) : after, c);
        if (key.is_null() && to_null == nullptr) to_null = &p;
        if (!plan_.Add(
                {PartOf(p.edge->child->id, p.edge->foreign_key[i]), p.child, key, p.edge->id, p.target})) {
          return NoMemory();
        }
        if (chained && pass > 0) {
          const Cell was = CellAfter(*p.edge->child, p.child, before.RowOf(p.edge->child->id, p.child),
                                     p.edge->foreign_key[i]);
          moved = moved || !SameCell(p.edge->child->columns[p.edge->foreign_key[i]].type, was, key);
        }
      }
    }
    plan_.Sort();
    const bool is_done = !chained || (pass > 0 && !moved);
    if ((is_done || pass > cells) && to_null != nullptr)
      return NullKeyError(verb_, *to_null->edge, to_null->target);
    if (is_done) break;
    if (pass > cells) {
      const Pledge& p = last[0];
      return ConflictError(verb_, *p.edge->child, p.child, p.edge->foreign_key[0]);
    }
    before.Swap(plan_);
  }
  if (const Rewrite* conflict = plan_.FindConflict(*catalog_)) {
    return ConflictError(verb_, catalog_->table(conflict->table()), conflict->slot, conflict->column());
  }
  return absl::OkStatus();
}

}  // namespace tenon::internal
