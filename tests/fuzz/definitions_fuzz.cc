// Changes of the schema out of bytes: whatever is asked for, the database stays whole, a refusal says why and leaves
// no trace, and the schema that is read back defines the same schema again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/definitions.h"
#include "tests/fuzz/values.h"

namespace tenon::fuzz {
namespace {

// The schema as the definitions that would make it.
std::vector<TableDef> DefinitionsOf(const Schema& schema) {
  std::vector<TableDef> tables;
  for (const TableInfo& info : schema.tables) {
    TableDef table{.name = info.name, .columns = info.columns, .belongs_to = info.belongs_to};
    for (const KeyInfo& key : info.keys) {
      if (key.primary) {
        table.primary_key = key.columns;
      } else {
        table.unique.push_back(key.columns);
      }
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

class Evolution {
 public:
  explicit Evolution(ByteReader& in) : in_(in), options_(ReadOptions(in)), db_(options_) {}

  void Step() {
    const size_t memory = in_.OneIn(16) ? 1 + in_.Below(32) : 0;
    db_.RefuseMemoryForTesting(memory, in_.OneIn(2));
    const std::string before = db_.Dump();
    const absl::Status status = Change();
    db_.RefuseMemoryForTesting(0);
    CheckOk(db_.Verify(), "Verify finds nothing");
    if (status.ok()) return;
    Check(db_.Dump() == before, "a refusal leaves no trace", std::string(status.message()));
    Check(!GetViolations(status).empty(), "a refusal carries its violations", std::string(status.message()));
    Check(status.code() != absl::StatusCode::kInternal, "a refusal is the caller's",
          std::string(status.message()));
  }

  void CheckRoundTrip() const {
    Options options = options_;
    options.memory_limit = 0;
    Database again(options);
    CheckOk(again.CreateTables(DefinitionsOf(db_.schema())), "a schema read back can be defined");
    Check(again.schema().ToString() == db_.schema().ToString(), "a schema read back is the same once more",
          absl::StrCat(db_.schema().ToString(), "\nagain:\n", again.schema().ToString()));
  }

 private:
  absl::Status Change() {
    switch (in_.Below(12)) {
      case 0:
      case 1:
      case 2:
        return db_.CreateTables(ReadTableDefs(in_));
      case 3: {
        std::vector<TableDef> tables = ReadTableDefs(in_);
        return tables.empty() ? absl::OkStatus() : db_.CreateTable(std::move(tables[0])).status();
      }
      case 4:
        return db_.AddColumn(ReadTable(), ReadColumnDef(in_));
      case 5:
        return db_.AddUnique(ReadTable(), ReadColumnNames(in_));
      case 6:
        return db_.AddBelongsTo(ReadTable(), ReadBelongsToDef(in_)).status();
      case 7:
        return Drop();
      case 8:
        return InTransaction();
      default:
        return Insert();
    }
  }

  // Mostly a table that is there; else a name that may lead nowhere, or a handle that does.
  Table<> ReadTable() {
    const Schema schema = db_.schema();
    if (in_.OneIn(64)) return {};
    if (in_.OneIn(16) || schema.tables.empty()) return db_.GetTable(ReadTableName(in_));
    return db_.GetTable(in_.Pick(schema.tables).name);
  }

  absl::Status Drop() {
    const Table<> table = ReadTable();
    const Schema schema = db_.schema();
    const TableInfo* info = schema.Find(table.name());
    switch (in_.Below(4)) {
      case 0:
        return db_.DropTable(table.name());
      case 1:
        if (info == nullptr) return db_.DropUnique(table, ReadName(in_));
        return db_.DropUnique(table, in_.Pick(info->keys).constraint);
      case 2:
        if (info == nullptr || info->belongs_to.empty()) return db_.DropBelongsTo(table, ReadName(in_));
        return db_.DropBelongsTo(table, in_.Pick(info->belongs_to).as);
      default:
        return in_.OneIn(2) ? db_.DropTable(ReadName(in_)) : db_.DropBelongsTo(table, ReadName(in_));
    }
  }

  absl::Status InTransaction() {
    const Transaction open = db_.Begin();
    if (!open.status().ok()) return open.status();
    const absl::Status status = db_.CreateTables(ReadTableDefs(in_));
    Check(!status.ok(), "no change of the schema in a transaction");
    return status;
  }

  // A row that may fit; of most columns it takes the default.
  absl::Status Insert() {
    const Table<> table = ReadTable();
    const Schema schema = db_.schema();
    std::vector<Row> rows(1 + in_.Below(4));
    if (const TableInfo* info = schema.Find(table.name())) {
      for (Row& row : rows) {
        for (const ColumnDef& column : info->columns) {
          const bool given =
              info->columns.size() > 20 ? column.not_null && !column.auto_increment : !in_.OneIn(3);
          if (given) row.push_back({column.name, ReadValueOf(in_, column.type)});
        }
      }
    }
    return table.InsertAll(rows).status();
  }

  ByteReader& in_;
  Options options_;
  Database db_;
};

}  // namespace
}  // namespace tenon::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::fuzz::ByteReader in(data, size);
  tenon::fuzz::Evolution evolution(in);
  for (int step = 0; step < 60 && !in.done(); ++step) evolution.Step();
  evolution.CheckRoundTrip();
  return 0;
}
