// Change sets out of bytes: what is read back is what was written; what is applied leaves the database whole, what is
// refused leaves no trace.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tenon/tenon.h"
#include "tests/fuzz/check.h"

namespace tenon::fuzz {
namespace {

// What the corpus was made from: keys of numbers and of texts, a counter, edges that cascade, empty and wait for the commit.
Database Guilds() {
  Database db(Options{.memory_limit = size_t{1} << 22, .step_limit = 10'000});
  Check(db.CreateTables(
              {{.name = "Guild", .columns = {{.name = "name", .type = Type::kString}}, .unique = {"name"}},
               {.name = "Player",
                .columns = {{.name = "name", .type = Type::kString},
                            {.name = "guildId"},
                            {.name = "mentorId"},
                            {.name = "gold", .type = Type::kInt32, .not_null = true, .default_value = 0},
                            {.name = "luck", .type = Type::kDouble}},
                .primary_key = {"name"},
                .belongs_to = {{.target = "Guild",
                                .foreign_key = {"guildId"},
                                .on_delete = Action::kCascade,
                                .on_update = Action::kCascade},
                               {.target = "Guild",
                                .as = "rival",
                                .foreign_key = {"mentorId"},
                                .on_delete = Action::kSetNull,
                                .deferred = true}}}})
            .ok(),
        "the tables are defined");
  const Table<> guilds = db.GetTable("Guild");
  const Table<> players = db.GetTable("Player");
  Check(guilds.InsertAll({{{"name", "Owls"}}, {{"name", "Larks"}}}).ok(), "guilds are made");
  Check(players
            .InsertAll({{{"name", "Ann"}, {"guildId", 1}, {"mentorId", 2}},
                        {{"name", "Bob"}, {"guildId", 1}, {"gold", 7}},
                        {{"name", "a name that does not fit into its cell"}, {"luck", 0.5}}})
            .ok(),
        "players are made");
  return db;
}

void Run(std::string_view bytes) {
  const absl::StatusOr<ChangeSet> read = ChangeSet::FromBytes(std::string("TENONCS1 ").append(bytes));
  if (!read.ok()) return;
  const absl::StatusOr<ChangeSet> again = ChangeSet::FromBytes(read->ToBytes());
  Check(again.ok() && *again == *read, "what was written is read back");
  Check(read->Inverse().Inverse() == *read, "an inverse has an inverse");
  static Database db = Guilds();  // each input leaves it as it was
  const std::string before = db.Dump();
  Transaction transaction = db.Begin();
  if (db.Apply(*read).ok()) {
    Check(db.Verify().ok(), "what was applied leaves the database whole");
  } else {
    Check(db.Dump() == before, "what was refused leaves no trace");
  }
  transaction.Rollback();
  Check(db.Verify().ok() && db.Dump() == before, "a rollback restores everything");
}

}  // namespace
}  // namespace tenon::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::fuzz::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
