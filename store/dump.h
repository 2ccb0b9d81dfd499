// The state as text, as a hash, and as bytes of memory.
#ifndef TENON_STORE_DUMP_H_
#define TENON_STORE_DUMP_H_

#include <string>

#include "store/catalog.h"
#include "store/engine.h"
#include "tenon/database.h"

namespace tenon::internal {

// Schema and rows; tables and rows sorted by their text, so that neither order nor position shows.
std::string DumpState(const Catalog& catalog);
// The sum of one hash for each live row and each counter: names and bits as stored, no order, position, link or secret.
StateHash HashState(const Catalog& catalog);
MemoryReport ReportMemory(const Engine& engine);

}  // namespace tenon::internal

#endif  // TENON_STORE_DUMP_H_
