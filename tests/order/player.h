// Plays the statements of random programs on a database, and tells what each came to.
#ifndef TENON_TESTS_ORDER_PLAYER_H_
#define TENON_TESTS_ORDER_PLAYER_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tenon/tenon.h"
#include "tests/model/model.h"
#include "tests/model/swarm.h"

namespace tenon::model {

// The definitions of a schema's tables, in its order.
std::vector<TableDef> Definitions(const Schema& schema);

class Player {
 public:
  // Defines the schema's tables as `definitions` say, which may differ from it in order.
  Player(const Schema& schema, std::vector<TableDef> definitions);

  // "ok" and the effects, tables by name; or the code of the violation.
  std::string Play(const Statement& s);
  // The same of a statement that inserts many rows, but row by row in one Batch.
  std::string PlayAsBatch(const Statement& s);
  // What `play` did is undone, and its rows are forgotten.
  template <class F>
  void PlayAndRollBack(F play) {
    const std::map<RowId, Ref<>> before = refs_;
    Transaction transaction = db_.Begin();
    play();
    transaction.Rollback();
    refs_ = before;
  }
  // Moves all rows to a new database, in an order drawn here. Requires: no transaction is open, no numbered keys.
  absl::Status MoveHouse(Random& random);

  const Database& db() const { return db_; }
  const Schema& schema() const { return schema_; }
  size_t open_transactions() const { return open_.size(); }

 private:
  void Open();
  Ref<> RefOf(RowId id) const { return refs_.contains(id) ? refs_.at(id) : Ref<>(); }
  RefList<> RefsOf(const std::vector<RowId>& ids) const;
  std::string_view ColumnName(size_t table, size_t column) const;
  Kind KindOf(size_t table, size_t column) const;
  tenon::Row RowOf(size_t table, const NewRow& from) const;
  std::vector<tenon::Link<>> LinksOf(const NewRow& from) const;
  std::vector<tenon::Assignment> AssignmentsOf(const Statement& s) const;
  Predicate<> ConditionOf(const Statement& s) const;
  const ToOne<>& ToOneOf(const Statement& s) const { return s.inverse ? has_one_[s.edge] : to_one_[s.edge]; }

  std::string Told(const absl::Status& status, const Effects& effects) const;
  absl::Status Born(const NewRow& row, const absl::StatusOr<Ref<>>& ref);
  absl::Status Born(const std::vector<NewRow>& rows, const absl::StatusOr<RefList<>>& refs);
  absl::Status Upsert(const Statement& s);
  absl::Status InsertColumns(const Statement& s);
  void Gather(const Statement& s, Batch& batch);
  absl::Status End(const Statement& s);
  absl::Status Run(const Statement& s);

  const Schema& schema_;
  std::vector<TableDef> definitions_;
  Database db_;
  std::vector<tenon::Table<>> tables_;
  std::vector<ToOne<>> to_one_;
  std::vector<ToMany<>> to_many_;
  std::vector<ToOne<>> has_one_;
  std::map<RowId, Ref<>> refs_;  // of the rows that were inserted, also of those that are gone
  std::vector<Transaction> open_;
  Effects plan_;
};

}  // namespace tenon::model

#endif  // TENON_TESTS_ORDER_PLAYER_H_
