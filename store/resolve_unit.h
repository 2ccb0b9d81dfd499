// A unit of definitions while it is being completed and checked.
//
// The steps, each for all tables before the next, because a table may need what another one declares later:
//
//   Start / Extend   names and keys of the unit's tables are known
//   NameTargets      edges that lead to a struct lead to the table made from it
//   FindTargets      the existing tables that edges lead into are at hand
//   NameEdges        association, target key and the names of foreign-key columns are known
//   LayColumns       all columns are there
//   GiveTypes        added foreign-key columns have the type of their target, however many tables away
//   Check            keys, edges, names, limits
#ifndef TENON_STORE_RESOLVE_UNIT_H_
#define TENON_STORE_RESOLVE_UNIT_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "tenon/definition.h"
#include "tenon/options.h"
#include "tenon/schema.h"
#include "tenon/violation.h"

namespace tenon::internal {

inline constexpr uint32_t kNoDraft = UINT32_MAX;

// What is known of an edge beyond its definition.
struct EdgeDraft {
  uint32_t target = kNoDraft;
  const KeyInfo* key = nullptr;  // of the target; null: it has no such key
  bool paired = false;           // each foreign-key column has its column of the target key
};

// The column of a target key that an added foreign-key column takes its type from.
struct TypeSource {
  uint32_t target;
  const std::string* column;
  enum class State : uint8_t { kUnknown, kOnPath, kKnown } state = State::kUnknown;
};

// A table of the unit, or an existing one that its edges lead into.
struct Draft {
  const TableDef* def = nullptr;        // of a table that the unit makes
  const TableInfo* existing = nullptr;  // of a target that exists; `made` is empty then
  TableInfo made = {};
  std::vector<EdgeDraft> edges = {};     // beside made.belongs_to
  size_t first_edge = 0;                 // the edges from here on are new
  size_t first_added = 0;                // the columns from here on are foreign keys that were added
  std::vector<TypeSource> sources = {};  // one for each of these
  absl::flat_hash_map<absl::string_view, uint32_t> column_at = {};  // by name
  size_t inverses = 0;
  std::vector<Violation> violations = {};

  const TableInfo& info() const { return existing != nullptr ? *existing : made; }
};

class Unit {
 public:
  // `operation` opens every message; empty: "create <table>". All arguments must outlive the unit.
  Unit(const Schema& existing, const Options& options, std::string operation = {})
      : existing_(existing), options_(options), operation_(std::move(operation)) {}

  // A table to be made; an existing table to be extended by an edge or a key. Requires: at most one call of
  // Extend.
  void Start(const TableDef& def);
  Draft& Extend(const TableInfo& table);
  // Completes and checks tables and edges.
  void Resolve();

  // For what is added to an existing table: the checks on their own.
  void IndexColumns(Draft& draft);
  void CheckColumn(Draft& draft, ColumnDef& column);
  void CheckKeys(Draft& draft, size_t first);
  void CheckNames(Draft& draft);
  void CheckColumnLimit(Draft& draft);
  Violation& Report(Draft& draft, ViolationCode code, const std::string& text);

  // All that is wrong, in the order of the tables.
  std::vector<Violation> TakeViolations();
  // The tables of the unit, in the order in which they came.
  std::deque<Draft>& drafts() { return drafts_; }
  size_t own() const { return own_; }

 private:
  Violation& ReportEdge(Draft& draft, const BelongsToDef& edge, ViolationCode code, const std::string& text);
  void NameTargets();
  void FindTargets();
  void NameEdge(Draft& draft, size_t i);
  void LayColumns(Draft& draft);
  void AddForeignKey(Draft& draft, size_t i);
  void GiveTypes(Draft& draft);
  void GiveType(Draft& draft, size_t column);
  bool MayBeAdded(const Draft& draft, const std::string& column) const;
  void CheckKey(Draft& draft, const KeyInfo& key);
  void CheckEdge(Draft& draft, size_t i);
  void CheckTargetKey(Draft& draft, const BelongsToDef& edge, const Draft& target);
  void CheckTypes(Draft& draft, const BelongsToDef& edge, const Draft& target);
  void CheckAction(Draft& draft, const BelongsToDef& edge, const char* event, Action action);
  void CheckInverse(Draft& draft, const BelongsToDef& edge, uint32_t target);
  void CheckForeignKeysDiffer(Draft& draft);

  const Schema& existing_;
  const Options& options_;
  const std::string operation_;
  std::deque<Draft> drafts_;  // own tables first
  size_t own_ = 0;
  absl::flat_hash_map<absl::string_view, uint32_t> draft_at_;                  // by the table's name
  absl::flat_hash_set<std::pair<uint32_t, absl::string_view>> inverse_names_;  // by the draft they lead from
};

}  // namespace tenon::internal

#endif  // TENON_STORE_RESOLVE_UNIT_H_
