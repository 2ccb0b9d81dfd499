#include "tests/fuzz/gathering.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/look.h"

namespace tenon::fuzz {

void Gathering::Run() {
  subject_.Run([&] {
    const absl::Status status = subject_.db().Batch([&](Batch& batch) {
      for (size_t i = in_.Below(8); i > 0; --i) Gather(batch);
      return in_.OneIn(32) ? absl::CancelledError() : absl::OkStatus();
    });
    arguments_.ForgetBirths();
    return status;
  });
}

void Gathering::Gather(Batch& batch) {
  const TableInfo& info = arguments_.ReadTable();
  const auto born = [this](Ref<> ref) {
    if (!ref) return;
    arguments_.AddBirth(ref);
    arguments_.Remember(ref);
  };
  const TableInfo& with_edge = arguments_.ReadTableWithEdge();
  switch (in_.Below(16)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const Table<> table = arguments_.ReadHandle(info);
      const Row row = arguments_.ReadRow(info);
      const std::vector<Link<>> links = arguments_.ReadLinks(info);
      return born(batch.Insert(table, row, links));
    }
    case 4:
    case 5: {
      if (info.inverses.empty()) return;
      const InverseInfo& inverse = in_.Pick(info.inverses);
      const TableInfo* child = subject_.schema().Find(inverse.child_table);
      const ToMany<> edge =
          arguments_.ReadHandle(info).HasMany(subject_.db().GetTable(child->name), inverse.association);
      const Ref<> ref = arguments_.ReadRef(info.name);
      const Row row = arguments_.ReadRow(*child);
      return born(batch.Create(edge, ref, row));
    }
    case 6:
    case 7:
    case 8: {
      const Table<> table = arguments_.ReadHandle(info);
      const Ref<> ref = arguments_.ReadRef(info.name);
      return batch.Update(table, ref, arguments_.ReadAssignments(info));
    }
    case 9:
    case 10: {
      const ToOne<> edge = arguments_.ReadToOne(with_edge);
      const Ref<> a = arguments_.ReadRef(with_edge.name);
      return batch.Set(edge, a, arguments_.ReadFarRef(edge, with_edge));
    }
    case 11: {
      const ToOne<> edge = arguments_.ReadToOne(with_edge);
      return batch.Clear(edge, arguments_.ReadRef(with_edge.name));
    }
    case 12:
    case 13:
    case 14: {
      const Table<> table = arguments_.ReadHandle(info);
      return batch.Erase(table, arguments_.ReadRef(info.name));
    }
    default:
      return Misuse();
  }
}

// What may not be done, or only read, while a batch is gathered.
void Gathering::Misuse() {
  const TableInfo& info = arguments_.ReadTable();
  const Table<> table = subject_.db().GetTable(info.name);
  const Ref<> ref = arguments_.ReadRef(info.name);
  switch (in_.Below(8)) {
    case 0:
      return Check(!table.Insert({}).ok(), "no insert while a batch is gathered");
    case 1:
      return Check(!table.Erase(ref).ok(), "no erase while a batch is gathered");
    case 2:
      return Check(!subject_.db().Begin().status().ok(), "no transaction while a batch is gathered");
    case 3:
      return Check(!subject_.db().Verify().ok(), "no Verify while a batch is gathered");
    case 4:
      return Check(!subject_.db().Batch([](Batch&) {}).ok(), "no batch while a batch is gathered");
    case 5:
      return Check(!subject_.db().CreateTable({.name = "Late"}).ok(), "no table while a batch is gathered");
    case 6:
      return transactions_.RollbackMeanwhile();
    default: {
      Check(table.Get(ref).ok() == table.Contains(ref), "a row that is there can be read");
      Check(!table.PlanErase(ref).ok(), "no plan while a batch is gathered");
      const std::string picture = Picture(subject_.db());
      Check(!picture.empty(), "a database can be read while a batch is gathered");
    }
  }
}

}  // namespace tenon::fuzz
