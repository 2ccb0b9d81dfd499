// Arguments for calls, out of bytes: mostly good ones.
#ifndef TENON_TESTS_FUZZ_ARGUMENTS_H_
#define TENON_TESTS_FUZZ_ARGUMENTS_H_

#include <string_view>
#include <vector>

#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/subject.h"

namespace tenon::fuzz {

class Arguments {
 public:
  Arguments(ByteReader& in, Subject& subject) : in_(in), subject_(subject) {}

  const TableInfo& ReadTable();
  const TableInfo& ReadTableWithEdge();  // a belongsTo, if any has one
  // Mostly the table's own handle; else one that is bad, old, only for reading, or of another database.
  Table<> ReadHandle(const TableInfo& info);
  ToOne<> ReadToOne(const TableInfo& info);
  // Mostly a live row of the table; else one that is gone, of another table, null, or made up.
  Ref<> ReadRef(std::string_view table);
  // The same of the table that the edge leads to.
  Ref<> ReadFarRef(const ToOne<>& edge, const TableInfo& info);
  Row ReadRow(const TableInfo& info);
  std::vector<Link<>> ReadLinks(const TableInfo& info);
  std::vector<Assignment<>> ReadAssignments(const TableInfo& info);

  // What may be read again later, when it is gone.
  void Remember(Ref<> ref);
  void Remember(const Table<>& table) { old_tables_.push_back(table); }
  // Rows of the batch that is being gathered, which are read often.
  void AddBirth(Ref<> ref) { births_.push_back(ref); }
  void ForgetBirths() { births_.clear(); }

 private:
  ByteReader& in_;
  Subject& subject_;
  RefList<> old_refs_;
  std::vector<Table<>> old_tables_;
  RefList<> births_;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_ARGUMENTS_H_
