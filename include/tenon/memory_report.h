// What a database takes of memory, by table and purpose.
#ifndef TENON_MEMORY_REPORT_H_
#define TENON_MEMORY_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

namespace tenon {

// Bytes by what they are for, of one table or of the whole database (table is then empty).
struct MemoryUse {
  std::string table = {};
  std::string purpose = {};  // "columns", "text", "rows", "keys", "edges", "log", "scratch", "shares"
  size_t bytes = 0;
};
struct MemoryReport {
  size_t total = 0;  // bytes requested and not given back
  std::vector<MemoryUse> uses = {};
  std::string ToString() const;
};

}  // namespace tenon

#endif  // TENON_MEMORY_REPORT_H_
