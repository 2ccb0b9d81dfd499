#include "tests/model/replication.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/model/translation.h"

namespace tenon::model {
namespace {

// What a change set says, in an order of its own.
std::vector<std::string> Lines(const ChangeSet& changes) {
  std::vector<std::string> lines = absl::StrSplit(changes.ToString(), '\n');
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Whether the statement may leave something for good, going by its answer.
bool Keeps(Verb verb, std::string_view answer) {
  return verb != Verb::kRollback && verb != Verb::kPlanErase && answer.starts_with("ok");
}

// Whether the rows that are named are there, and those that were erased are not.
bool NamesItsRows(const ChangeSet& changes, const Database& db) {
  return std::all_of(changes.rows.begin(), changes.rows.end(), [&](const RowChange& row) {
    return db.GetTable(row.table).Contains(row.ref) == (row.kind != RowChange::Kind::kErase);
  });
}

}  // namespace

Replication::Replication(const Schema& schema)
    : leader_(schema, Definitions(schema)), unobserved_(schema, Definitions(schema)) {
  static_cast<void>(follower_.CreateTables(Definitions(schema)));  // refused: it is by all three
  known_.emplace(follower_);
  leader_subscription_ =
      leader_.db().Observe([this](const ChangeSet& changes) { sent_.push_back(changes.ToBytes()); }).value();
  follower_subscription_ =
      follower_.Observe([this](const ChangeSet& changes) { heard_.push_back(changes); }).value();
}

std::string Replication::Execute(const Statement& statement) {
  sent_.clear();
  const std::string answer = CodeOf(leader_.Play(statement));
  const std::string unobserved = CodeOf(unobserved_.Play(statement));
  if (answer != unobserved) return absl::StrCat("observed ", answer, ", and unobserved ", unobserved);
  const Content content(leader_.db());
  if (content != Content(unobserved_.db())) return "other rows: while it is observed, and while it is not";
  const bool keeps = leader_.open_transactions() == 0 && Keeps(statement.verb, answer);
  if (sent_.size() > (keeps ? 1u : 0u)) return absl::StrCat("sent too often: ", sent_.size());
  for (const std::string& bytes : sent_) {
    const absl::StatusOr<ChangeSet> changes = ChangeSet::FromBytes(bytes);
    if (!changes.ok()) return absl::StrCat("unreadable: ", changes.status().ToString());
    if (std::string difference = CarryOut(*changes, content); !difference.empty()) return difference;
  }
  const bool settled = leader_.open_transactions() == 0;
  return settled && content != *known_ ? "not sent: what changed" : "";
}

std::string Replication::CarryOut(const ChangeSet& changes, const Content& after) {
  if (changes.empty()) return "sent: nothing";
  if (!NamesItsRows(changes, leader_.db())) return absl::StrCat("names other rows: ", changes.ToString());
  std::string difference = Apply(changes, after);
  if (difference.empty()) difference = Apply(changes.Inverse(), *known_);
  if (difference.empty()) difference = Apply(changes, after);
  known_ = after;
  return difference;
}

std::string Replication::Apply(const ChangeSet& changes, const Content& after) {
  heard_.clear();
  const std::string text = changes.ToString();
  const absl::Status status = follower_.Apply(changes);
  if (!status.ok()) return absl::StrCat("not applied: ", status.ToString(), "\n", text);
  if (const absl::Status sound = follower_.Verify(); !sound.ok()) {
    return absl::StrCat("applied, not sound: ", sound.ToString(), "\n", text);
  }
  if (Content(follower_) != after) return absl::StrCat("applied, another content: \n", text);
  const bool echoes = heard_.size() == 1 && Lines(heard_[0]) == Lines(changes);
  return echoes ? "" : absl::StrCat("applied, and told otherwise: \n", text);
}

}  // namespace tenon::model
