// Definitions out of bytes: those that fit each other, those that don't, and those that hardly make sense.
#ifndef TENON_TESTS_FUZZ_DEFINITIONS_H_
#define TENON_TESTS_FUZZ_DEFINITIONS_H_

#include <vector>

#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"

namespace tenon::fuzz {

// Limits that a small input can reach, or the usual ones.
Options ReadOptions(ByteReader& in);

Action ReadAction(ByteReader& in);
ColumnDef ReadColumnDef(ByteReader& in);
BelongsToDef ReadBelongsToDef(ByteReader& in);
// Up to four tables.
std::vector<TableDef> ReadTableDefs(ByteReader& in);
// Tables that fit each other; what their edges do is drawn. Now and then any tables.
std::vector<TableDef> ReadFittingTables(ByteReader& in);
// Names of columns; now and then none, many, or one twice.
std::vector<std::string> ReadColumnNames(ByteReader& in);

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_DEFINITIONS_H_
