// OldHandles: handles kept while rows, keys and tables go.
#ifndef TENON_TESTS_FUZZ_OLD_HANDLES_H_
#define TENON_TESTS_FUZZ_OLD_HANDLES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "tenon/tenon.h"
#include "tests/fuzz/arguments.h"
#include "tests/fuzz/byte_reader.h"

namespace tenon::fuzz {

class OldHandles {
 public:
  OldHandles(ByteReader& in, Arguments& arguments) : in_(in), arguments_(arguments) {}

  // Handles of every kind, of the table and of what is its own.
  void Keep(const TableInfo& info);
  // Reads through all of them: they show what is there, or nothing.
  void Use();

 private:
  struct Handles {
    Table<> table;
    Column<void, int64_t> numbers;
    Column<void, std::string_view> texts;
    Lookup<> key;
    ToOne<> target;
    ToOne<> only_child;
    ToMany<> children;
  };

  ByteReader& in_;
  Arguments& arguments_;
  std::vector<Handles> kept_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_OLD_HANDLES_H_
