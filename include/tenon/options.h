// Limits of one database. Every limit answers `limit` (kResourceExhausted), with nothing changed.
#ifndef TENON_OPTIONS_H_
#define TENON_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tenon {

struct Options {
  // Bytes that tables, keys, edges, logs and scratch may take together; 0 means no limit.
  size_t memory_limit = 0;
  // Bytes of one string or bytes cell; at most 2^31 - 1.
  size_t text_limit = size_t{16} << 20;
  // Rows of one table, at most 2^31 - 2.
  size_t row_limit = (size_t{1} << 31) - 2;
  size_t column_limit = 1000;       // columns of one table; at most 1000
  size_t table_limit = 10'000;      // tables; at most 10,000
  size_t belongs_to_limit = 64;     // edges out of one table
  size_t inverse_limit = 1000;      // edges into one table
  size_t transaction_limit = 1000;  // transactions open at once, one inside the other
  // Steps that one statement may take: rows born, cells written, links made or cut, index entries, actions included; 0
  // means no limit. So nobody's statement can hold up the others for long.
  size_t step_limit = 0;
  // Mixed into every hash, so that nobody can choose keys that collide. Drawn from the operating system when not
  // given; nothing that a program can see depends on it, but MemoryUsage().
  std::optional<uint64_t> hash_secret = {};
};

}  // namespace tenon

#endif  // TENON_OPTIONS_H_
