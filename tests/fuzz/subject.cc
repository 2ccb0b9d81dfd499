#include "tests/fuzz/subject.h"

#include <vector>

#include "tests/fuzz/check.h"
#include "tests/fuzz/definitions.h"
#include "tests/fuzz/look.h"

namespace tenon::fuzz {

Subject::Subject(ByteReader& in)
    : options_(ReadOptions(in)), closely_(in.OneIn(4)), other_(options_), db_(options_) {
  std::vector<TableDef> tables = ReadFittingTables(in);
  if (!db_.CreateTables(tables).ok()) {  // an action may be impossible: a cascade never is
    for (TableDef& table : tables) {
      for (BelongsToDef& edge : table.belongs_to) edge.on_delete = edge.on_update = Action::kCascade;
    }
    if (!db_.CreateTables(tables).ok()) {
      tables = {{.name = "A"}};
      static_cast<void>(db_.CreateTables(tables));
    }
  }
  static_cast<void>(other_.CreateTables(tables));
  ReadSchema();
}

void Subject::RefuseMemory(size_t after, bool persistent) {
  refusing_ = after != 0;
  db_.RefuseMemoryForTesting(after, persistent);
}

Subject::State Subject::Look() const { return {db_.GetStateHash(), closely_ ? Picture(db_) : ""}; }

void Subject::CheckAfter(const State& before) const {
  CheckOk(db_.Verify(), "Verify finds nothing");
  if (answer_.ok() || rolled_back_) return;
  const std::string message(answer_.message());
  Check(db_.GetStateHash() == before.hash, "a refusal leaves no trace", message);
  Check(!closely_ || Picture(db_) == before.picture, "a refusal leaves all as it was", message);
  Check(answer_.code() == absl::StatusCode::kCancelled || !GetViolations(answer_).empty(),
        "a refusal carries its violations", message);
  Check(answer_.code() != absl::StatusCode::kInternal, "a refusal is the caller's", message);
}

}  // namespace tenon::fuzz
