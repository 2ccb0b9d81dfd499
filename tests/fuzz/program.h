// Program: calls of the library drawn from bytes, and what must hold after each.
#ifndef TENON_TESTS_FUZZ_PROGRAM_H_
#define TENON_TESTS_FUZZ_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"

namespace tenon::fuzz {

class Program {
 public:
  explicit Program(ByteReader& in);
  Program(const Program&) = delete;  // a Database can't be copied
  Program& operator=(const Program&) = delete;

  // One call, or a few that belong together.
  void Step();
  // Ends all transactions.
  void Finish();

 private:
  struct OpenTransaction {
    Transaction transaction;
    std::string before;  // the picture when it began
  };
  // Handles kept while rows, keys and tables go.
  struct Handles {
    Table<> table;
    Column<void, int64_t> numbers;
    Column<void, std::string_view> texts;
    Key<> key;
    ToOne<> target;
    ToOne<> only_child;
    ToMany<> children;
  };

  // Runs a write, after which the database must be whole; a refusal must say why and have changed nothing.
  template <class F>
  void Run(F write);

  // ---- Arguments ----
  const TableInfo& ReadTable();
  const TableInfo& ReadTableWithEdge();  // a belongsTo, if any has one
  // Mostly the table's own handle; else one that is bad, old, only for reading, or of another database.
  Table<> ReadHandle(const TableInfo& info);
  ToOne<> ReadToOne(const TableInfo& info);
  // Mostly a live row of the table; else one that is gone, of another table, null, or made up.
  Ref<> ReadRef(std::string_view table);
  // The same of the table that the edge leads to.
  Ref<> ReadFarRef(const ToOne<>& edge, const TableInfo& info);
  Row ReadRow(const TableInfo& info);
  std::vector<Link<>> ReadLinks(const TableInfo& info);
  std::vector<Assignment> ReadAssignments(const TableInfo& info);

  // ---- Calls ----
  void Insert(const TableInfo& info);
  void InsertAll(const TableInfo& info);
  void InsertColumns(const TableInfo& info);
  void Update(const TableInfo& info);
  void Erase(const TableInfo& info);
  void PlanAndErase(const TableInfo& info);
  void EraseInALoop(const TableInfo& info);
  void SetLinks(const TableInfo& info);
  void Clear();
  void RunBatch();
  void Gather(Batch& batch);
  void Misuse();
  void Begin();
  void Commit();
  void Rollback();
  void ChangeSchema(const TableInfo& info);
  void KeepHandles(const TableInfo& info);
  void UseKeptHandles();
  void Remember(Ref<> ref);

  ByteReader& in_;
  const Options options_;
  const bool closely_;  // compare pictures after each refusal, not only hashes
  Database other_;
  Database db_;
  Schema schema_;
  std::vector<OpenTransaction> open_;
  RefList<> refs_;    // given at some time
  RefList<> births_;  // of the batch that is being gathered
  std::vector<Handles> kept_;
  absl::Status answer_;       // of the last write
  bool refusing_ = false;     // memory
  bool rolled_back_ = false;  // while a batch was gathered
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_PROGRAM_H_
