// Programs of API calls out of bytes.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/program.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::fuzz::ByteReader in(data, size);
  tenon::fuzz::Program program(in);
  for (int step = 0; step < 120 && !in.done(); ++step) program.Step();
  program.Finish();
  return 0;
}
