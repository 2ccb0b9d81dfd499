// The lists of iso_data.h as related tables.
#ifndef TENON_EXAMPLES_ISO_TABLES_H_
#define TENON_EXAMPLES_ISO_TABLES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/iso_data.h"
#include "tenon/database.h"

namespace iso {

// Country, Kind, Subdivision, FormerCountry, Currency, Script. Between them all five actions are at work.
absl::Status DefineTables(tenon::Database& db);

// What went into one table, and how long that took.
struct Loaded {
  std::string file = {};
  std::string table = {};
  size_t rows = 0;
  double ms = 0;
};
// Fills the tables, one statement each. What the files hold twice, or refer to and lack, the store refuses.
absl::StatusOr<std::vector<Loaded>> FillTables(tenon::Database& db, const Data& data);

}  // namespace iso

#endif  // TENON_EXAMPLES_ISO_TABLES_H_
