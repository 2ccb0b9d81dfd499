// ByteReader: choices made by bytes, so that any bytes are a valid input of a fuzz target.
#ifndef TENON_TESTS_FUZZ_BYTE_READER_H_
#define TENON_TESTS_FUZZ_BYTE_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tenon::fuzz {

// One choice takes one byte where it can: a small change of the input is then a small change of what it means.
// When the bytes are used up, every choice is the first.
class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size) : data_(data), end_(data + size) {}

  bool done() const { return data_ == end_; }

  uint8_t Byte() { return done() ? uint8_t{0} : *data_++; }
  // A number below `n`, which is 1 to 256.
  size_t Below(size_t n) { return Byte() % n; }
  // True for one byte in `n`, and not at the end.
  bool OneIn(size_t n) { return Below(n) == n - 1; }
  template <class List>
  const auto& Pick(const List& from) {
    return from[Below(std::min<size_t>(std::size(from), 256))];
  }
  uint64_t Bits() {
    uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | Byte();
    return bits;
  }
  std::string Text(size_t length) {
    std::string text(std::min(length, static_cast<size_t>(end_ - data_)), '\0');
    for (char& c : text) c = static_cast<char>(Byte());
    return text;
  }

 private:
  const uint8_t* data_;
  const uint8_t* end_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_BYTE_READER_H_
