#include "tests/model/twins.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tenon/tenon.h"
#include "tests/model/player.h"
#include "tests/model/text.h"
#include "tests/model/translation.h"

namespace tenon::model {

class Twins::Pair {
 public:
  Pair(const Schema& schema, const Schema& engine_schema, Look look)
      : schema_(schema), look_(look), model_(schema), player_(schema, Definitions(engine_schema)) {
    if (!player_.defined().ok()) {
      Differ(absl::StrCat("the schema was refused: ", player_.defined().ToString()));
    }
    Compare();
  }

  // Lets both execute the statement, and compares. Empty: they agree.
  const std::string& Execute(const Statement& s) {
    const bool ends = s.verb == Verb::kCommit || s.verb == Verb::kRollback;
    const bool began =
        !ends || s.depth < player_.open_transactions();  // a shortened program may have lost it
    if (!began) return difference_;
    const std::string before = seen_;
    const Effects effects_before = player_.db().LastEffects();
    outcome_ = model_.Execute(s);
    const absl::Status status = player_.Play(s);
    const std::string expected = outcome_.refused ? std::string(CodeName(*outcome_.refused)) : "ok";
    if (CodeOf(status) != expected) {
      Differ(
          absl::StrCat("expected ", expected, ", not ", CodeOf(status), ": ", std::string(status.message())));
      return difference_;
    }
    const bool is_plan = s.verb == Verb::kPlanErase;
    const bool is_transaction = ends || s.verb == Verb::kBegin;
    const Effects expected_effects = outcome_.refused && !is_plan ? effects_before : outcome_.effects;
    if (!is_transaction && player_.effects() != expected_effects) {
      Differ(absl::StrCat("expected effects ", expected_effects.ToString(), ", not ",
                          player_.effects().ToString()));
    }
    if (is_plan && player_.db().LastEffects() != effects_before) Differ("a plan has left effects");
    Compare();
    if (s.verb == Verb::kBegin) states_.push_back(before);
    if (s.verb == Verb::kCommit && status.ok()) states_.pop_back();
    if (s.verb == Verb::kRollback) {
      if (seen_ != states_[s.depth]) {
        Differ(absl::StrCat("rolled back to\n", seen_, "not to\n", states_[s.depth]));
      }
      states_.resize(s.depth);
    }
    if ((!status.ok() || is_plan) && seen_ != before) {
      Differ(absl::StrCat("this stays:\n", seen_, "of\n", before));
    }
    return difference_;
  }

  const Model& model() const { return model_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  // Everything a caller can see, against the model. What the two can't share (slots, stamps, the order of
  // rows and of children) goes into `seen_`, which an undone statement must leave as it was.
  void Compare() {
    seen_.clear();
    for (size_t t = 0; t < schema_.tables.size(); ++t) CompareRows(t);
    for (size_t e = 0; e < schema_.edges.size(); ++e) CompareEdge(e);
    if (look_ == Look::kRows) return;
    for (const auto& [id, ref] : player_.refs()) CompareStale(id, ref);
    const absl::Status sound = player_.db().Verify();
    if (!sound.ok()) Differ(absl::StrCat("Verify: ", sound.ToString()));
    const StateHash hash = player_.db().GetStateHash();
    const auto [known, first] = hashes_.try_emplace(Dump(model_), hash);
    if (!first && known->second != hash) Differ("two hashes for one content");
  }

  void CompareRows(size_t t) {
    const tenon::Table<>& table = player_.tables()[t];
    const std::vector<RowId> ids = model_.RowsOf(t);
    if (table.size() != ids.size()) Differ(absl::StrCat(table.size(), " rows in ", schema_.tables[t].name));
    std::set<Ref<>> walked;
    for (const Ref<> ref : table) {
      walked.insert(ref);
      absl::StrAppend(&seen_, " ", ref.slot(), "/", ref.stamp());
    }
    absl::StrAppend(&seen_, " are the rows of ", schema_.tables[t].name, "\n");
    for (const RowId id : ids) {
      const Ref<> ref = player_.RefOf(id);
      const std::vector<Cell>& cells = model_.rows().at(id).cells;
      const absl::StatusOr<std::vector<Value>> values = table.Get(ref);
      if (!values.ok() || !table.Contains(ref) || !walked.contains(ref)) {
        Differ(absl::StrCat("r", id, " of ", schema_.tables[t].name, " is not there"));
        continue;
      }
      for (size_t c = 0; c < cells.size(); ++c) {
        const Cell cell = CellOf((*values)[c]);
        if (cell == cells[c]) continue;
        Differ(absl::StrCat("r", id, ".", schema_.tables[t].columns[c].name, ": expected ",
                            ToString(cells[c]), ", not ", ToString(cell)));
      }
      for (const std::vector<size_t>& key : schema_.tables[t].keys) {
        std::vector<NamedValue> named;
        for (const size_t c : key) {
          const Column& column = schema_.tables[t].columns[c];
          named.push_back({column.name, ValueOf(column.kind, cells[c])});
        }
        const bool has_null = std::any_of(key.begin(), key.end(), [&](size_t c) { return IsNull(cells[c]); });
        if (table.Find(named) != (has_null ? Ref<>() : ref)) {
          Differ(absl::StrCat("r", id, " is not found by a key"));
        }
      }
    }
  }

  void CompareEdge(size_t e) {
    const Edge& edge = schema_.edges[e];
    const ToOne<>& to_one = player_.to_one()[e];
    const ToMany<>& to_many = player_.to_many()[e];
    const auto differ = [&](RowId id, std::string_view what) {
      Differ(absl::StrCat(edge.association, " of r", id, ": ", std::string(what)));
    };
    std::map<RowId, std::set<Ref<>>> children;
    for (const RowId id : model_.RowsOf(edge.child)) {
      const RowId target = model_.TargetOf(e, id);
      const Ref<> child_ref = player_.RefOf(id);
      const Ref<> target_ref = player_.RefOf(target);
      if (target != 0) children[target].insert(child_ref);
      if (to_one.Get(child_ref) != target_ref) differ(id, absl::StrCat("its target is not r", target));
      if (target != 0 && !to_many.Has(target_ref, child_ref)) differ(id, "its target does not have it");
    }
    for (const RowId id : model_.RowsOf(edge.target)) {
      const Ref<> ref = player_.RefOf(id);
      std::set<Ref<>> walked;
      for (const Ref<> child : to_many.Of(ref)) {
        walked.insert(child);
        absl::StrAppend(&seen_, " ", child.slot());
      }
      absl::StrAppend(&seen_, " are the children of ", ref.slot(), " by ", edge.association, "\n");
      if (walked != children[id]) differ(id, "other children");
      if (to_many.Count(ref) != children[id].size()) differ(id, "another number of children");
      const Ref<> only = children[id].empty() ? Ref<>() : *children[id].begin();
      if (edge.one && player_.has_one()[e].Get(ref) != only) differ(id, "another only child");
    }
  }

  // A row that is gone is refused by every verb, and reads as nothing.
  void CompareStale(RowId id, Ref<> ref) {
    if (model_.rows().contains(id)) return;
    for (const tenon::Table<>& table : player_.tables()) {
      if (table.Contains(ref)) Differ(absl::StrCat("r", id, " should be gone"));
    }
    for (size_t e = 0; e < schema_.edges.size(); ++e) {
      if (player_.to_one()[e].Get(ref)) Differ(absl::StrCat("r", id, " is gone and has a target"));
      if (player_.to_many()[e].Count(ref) != 0) Differ(absl::StrCat("r", id, " is gone and has children"));
    }
  }

  void Differ(std::string what) {
    if (difference_.empty()) difference_ = std::move(what);
  }

  const Schema schema_;
  const Look look_;
  Model model_;
  Player player_;
  Outcome outcome_;
  std::string seen_;                         // what undoing must restore, besides the content
  std::vector<std::string> states_;          // the same at each Begin
  std::map<std::string, StateHash> hashes_;  // of every content there ever was
  std::string difference_;                   // the first
};

Twins::Twins(const Schema& schema, Look look) : Twins(schema, schema, look) {}
Twins::Twins(const Schema& schema, const Schema& engine_schema, Look look)
    : pair_(std::make_unique<Pair>(schema, engine_schema, look)) {}
Twins::~Twins() = default;
const std::string& Twins::Execute(const Statement& statement) { return pair_->Execute(statement); }
const Model& Twins::model() const { return pair_->model(); }
const Outcome& Twins::outcome() const { return pair_->outcome(); }

std::string Difference(const Program& program) {
  Twins twins(program.schema);
  for (size_t i = 0; i < program.statements.size(); ++i) {
    const std::string& difference = twins.Execute(program.statements[i]);
    if (!difference.empty()) return absl::StrCat("statement ", i + 1, ": ", difference);
  }
  return {};
}

}  // namespace tenon::model
