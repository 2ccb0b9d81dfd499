// Transactions: those that are open, and what their ends must restore.
#ifndef TENON_TESTS_FUZZ_TRANSACTIONS_H_
#define TENON_TESTS_FUZZ_TRANSACTIONS_H_

#include <string>
#include <vector>

#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/subject.h"

namespace tenon::fuzz {

class Transactions {
 public:
  Transactions(ByteReader& in, Subject& subject) : in_(in), subject_(subject) {}

  void Begin();
  // Mostly of the innermost.
  void Commit();
  void Rollback();
  // Of any, while a write is under way. It stays in the list.
  void RollbackMeanwhile();
  // Lets all of them end with their scope.
  void Finish();

 private:
  struct OpenTransaction {
    Transaction transaction;
    std::string before;  // the picture when it began
  };

  ByteReader& in_;
  Subject& subject_;
  std::vector<OpenTransaction> open_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_TRANSACTIONS_H_
