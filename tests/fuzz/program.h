// Program: calls of the library drawn from bytes, and what must hold after each.
#ifndef TENON_TESTS_FUZZ_PROGRAM_H_
#define TENON_TESTS_FUZZ_PROGRAM_H_

#include "tenon/tenon.h"
#include "tests/fuzz/arguments.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/gathering.h"
#include "tests/fuzz/old_handles.h"
#include "tests/fuzz/subject.h"
#include "tests/fuzz/transactions.h"

namespace tenon::fuzz {

class Program {
 public:
  explicit Program(ByteReader& in);
  Program(const Program&) = delete;  // its parts refer to each other
  Program& operator=(const Program&) = delete;

  // One call, or a few that belong together.
  void Step();
  // Ends all transactions.
  void Finish();

 private:
  void Insert(const TableInfo& info);
  void InsertAll(const TableInfo& info);
  void InsertColumns(const TableInfo& info);
  void Update(const TableInfo& info);
  void Erase(const TableInfo& info);
  void PlanAndErase(const TableInfo& info);
  void EraseInALoop(const TableInfo& info);
  void SetLinks(const TableInfo& info);
  void Clear();
  void ChangeSchema(const TableInfo& info);

  ByteReader& in_;
  Subject subject_;
  Arguments arguments_;
  OldHandles handles_;
  Transactions transactions_;
  Gathering gathering_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_PROGRAM_H_
