// Names, types and values out of bytes: mostly few small ones, so that they meet; now and then hostile ones.
#ifndef TENON_TESTS_FUZZ_VALUES_H_
#define TENON_TESTS_FUZZ_VALUES_H_

#include <string>
#include <string_view>
#include <vector>

#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"

namespace tenon::fuzz {

// Lives as long as the process. May be empty, very long, or of bytes that no name should have.
std::string_view ReadName(ByteReader& in);
// Mostly one of a few.
std::string ReadTableName(ByteReader& in);
std::string ReadColumnName(ByteReader& in);

Type ReadType(ByteReader& in);

// A value of any type, or null.
Value ReadValue(ByteReader& in);
// A value that goes into a column of this type; now and then one that does not.
Value ReadValueOf(ByteReader& in, Type type);

// Conditions and formulas over these columns: any nodes in any order, most of them not well-formed, or a plain one.
Predicate<> ReadPredicate(ByteReader& in, const std::vector<ColumnDef>& columns);
Expression ReadExpression(ByteReader& in, const std::vector<ColumnDef>& columns, Type type);

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_VALUES_H_
