// Fields, one after the other, as text that can be read back: what statuses carry, and what change sets travel as.
//
// A number ends with a space; a text follows its length and a colon; a list follows its length; a value follows the index of
// its alternative, numbers by their bits. Printable where the texts are, since whoever prints a status sees it; the same on
// every machine. It is read as if a stranger had written it: whatever does not fit ends the reading.
#ifndef TENON_STORE_FIELDS_H_
#define TENON_STORE_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/row.h"

namespace tenon::internal {

class FieldWriter {
 public:
  explicit FieldWriter(std::string_view start = "") : out_(start) {}
  void Number(uint64_t number);
  void Text(std::string_view text);
  void Write(const Value& value);
  void Write(const std::vector<Value>& values);
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads zeros, nulls and empty texts once anything did not fit; ok() tells.
class FieldReader {
 public:
  explicit FieldReader(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return in_.empty(); }

  // At most `most`.
  uint64_t Number(uint64_t most = UINT64_MAX) { return NumberUpTo(' ', most); }
  // The length of a list: never more than there are bytes left, since what it counts takes at least one each.
  size_t Length() { return static_cast<size_t>(Number(in_.size())); }
  std::string Text();
  Value OneValue();
  std::vector<Value> Values();

 private:
  uint64_t NumberUpTo(char end, uint64_t most);
  uint64_t Fail();

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_FIELDS_H_
