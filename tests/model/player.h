// A database on which the statements of programs are played, and its rows by the names that programs give them.
#ifndef TENON_TESTS_MODEL_PLAYER_H_
#define TENON_TESTS_MODEL_PLAYER_H_

#include <cstddef>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tenon/tenon.h"
#include "tests/model/model.h"
#include "tests/model/swarm.h"

namespace tenon::model {

class Player {
 public:
  // Defines the schema's tables as `definitions` say, which may be in another order or differ in what edges do.
  Player(const Schema& schema, std::vector<TableDef> definitions);
  // Whether the definitions were accepted. If not, no handle is good, and nothing succeeds.
  const absl::Status& defined() const { return defined_; }

  // kInternal: two answers of the library disagree.
  absl::Status Play(const Statement& s);
  // Of the statement played last, also of a plan; none of a transaction's begin and end.
  const Effects& effects() const { return effects_; }
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

  Database& db() { return db_; }
  const Database& db() const { return db_; }
  // By their places in the schema. The has-one end of an edge that has none leads nowhere.
  const std::vector<tenon::Table<>>& tables() const { return tables_; }
  const std::vector<ToOne<>>& to_one() const { return to_one_; }
  const std::vector<ToMany<>>& to_many() const { return to_many_; }
  const std::vector<ToOne<>>& has_one() const { return has_one_; }
  // Of the rows that were inserted, also of those that are gone.
  const std::map<RowId, Ref<>>& refs() const { return refs_; }
  Ref<> RefOf(RowId id) const { return refs_.contains(id) ? refs_.at(id) : Ref<>(); }
  size_t open_transactions() const { return open_.size(); }

 private:
  void Open();
  RefList<> RefsOf(const std::vector<RowId>& ids) const;
  std::vector<tenon::Link<>> LinksOf(const NewRow& row) const;
  const ToOne<>& ToOneOf(const Statement& s) const { return s.inverse ? has_one_[s.edge] : to_one_[s.edge]; }

  absl::Status Run(const Statement& s);
  absl::Status Born(const NewRow& row, const absl::StatusOr<Ref<>>& ref);
  absl::Status Born(const std::vector<NewRow>& rows, const absl::StatusOr<RefList<>>& refs);
  absl::Status Matched(const absl::StatusOr<size_t>& count) const;
  absl::Status InsertAll(const Statement& s);
  absl::Status InsertColumns(const Statement& s);
  absl::Status Upsert(const Statement& s);
  absl::Status PlanErase(const Statement& s);
  absl::Status Clear(const Statement& s);
  void Gather(const Statement& s, Batch& batch);
  absl::Status Begin();
  absl::Status Commit(const Statement& s);
  absl::Status Rollback(const Statement& s);

  const Schema schema_;
  const std::vector<TableDef> definitions_;
  absl::Status defined_;
  Database db_;
  std::vector<tenon::Table<>> tables_;
  std::vector<ToOne<>> to_one_;
  std::vector<ToMany<>> to_many_;
  std::vector<ToOne<>> has_one_;
  std::map<RowId, Ref<>> refs_;
  std::vector<Transaction> open_;
  Effects effects_;
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_PLAYER_H_
