// Gathering: one Batch, what is asked for in it, and what may not be done meanwhile.
#ifndef TENON_TESTS_FUZZ_GATHERING_H_
#define TENON_TESTS_FUZZ_GATHERING_H_

#include "tenon/tenon.h"
#include "tests/fuzz/arguments.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/subject.h"
#include "tests/fuzz/transactions.h"

namespace tenon::fuzz {

class Gathering {
 public:
  Gathering(ByteReader& in, Subject& subject, Arguments& arguments, Transactions& transactions)
      : in_(in), subject_(subject), arguments_(arguments), transactions_(transactions) {}

  void Run();

 private:
  void Gather(Batch& batch);
  void Misuse();

  ByteReader& in_;
  Subject& subject_;
  Arguments& arguments_;
  Transactions& transactions_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_GATHERING_H_
