#include "tests/fuzz/program.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/definitions.h"
#include "tests/fuzz/look.h"
#include "tests/fuzz/values.h"

namespace tenon::fuzz {

Program::Program(ByteReader& in)
    : in_(in),
      subject_(in),
      arguments_(in, subject_),
      handles_(in, arguments_),
      transactions_(in, subject_),
      gathering_(in, subject_, arguments_, transactions_) {
  for (const TableInfo& info : subject_.schema().tables) InsertAll(info);
}

void Program::Step() {
  if (subject_.schema().tables.empty()) return;  // the limits allow none
  if (subject_.refuses_memory() && in_.OneIn(2)) subject_.RefuseMemory(0, false);
  const TableInfo& info = arguments_.ReadTable();
  switch (in_.Below(32)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return Insert(info);
    case 4:
    case 5:
      return InsertAll(info);
    case 6:
      return InsertColumns(info);
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
      return Update(info);
    case 12:
    case 13:
    case 14:
      return Erase(info);
    case 15:
      return PlanAndErase(info);
    case 16:
      return EraseInALoop(info);
    case 17:
    case 18:
      return SetLinks(arguments_.ReadTableWithEdge());
    case 19:
      return Clear();
    case 20:
    case 21:
    case 22:
      return gathering_.Run();
    case 23:
    case 24:
      return transactions_.Begin();
    case 25:
      return transactions_.Commit();
    case 26:
      return transactions_.Rollback();
    case 27:
      return handles_.Keep(info);
    case 28:
      return handles_.Use();
    case 29:
      return ChangeSchema(info);
    case 30: {
      const size_t after = 1 + in_.Below(64);
      return subject_.RefuseMemory(after, in_.OneIn(2));
    }
    default:
      return CheckReads(subject_.db());
  }
}

void Program::Insert(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  const Row row = arguments_.ReadRow(info);
  const bool upsert = in_.OneIn(4);
  const std::vector<Link<>> links = arguments_.ReadLinks(info);
  subject_.Run([&] {
    const absl::StatusOr<Ref<>> ref = upsert ? table.Upsert(row) : table.Insert(row, links);
    if (ref.ok()) arguments_.Remember(*ref);
    return ref;
  });
}

void Program::InsertAll(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  std::vector<Row> rows(in_.Below(6));
  for (Row& row : rows) row = arguments_.ReadRow(info);
  subject_.Run([&] {
    const absl::StatusOr<RefList<>> refs = table.InsertAll(rows);
    if (refs.ok()) std::for_each(refs->begin(), refs->end(), [this](Ref<> ref) { arguments_.Remember(ref); });
    return refs;
  });
}

void Program::InsertColumns(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  const size_t rows = in_.Below(6);
  std::deque<std::vector<int64_t>> numbers;
  std::deque<std::vector<std::string>> texts;
  std::deque<std::vector<Value>> values;
  std::vector<NamedColumn> columns;
  for (const ColumnDef& column : info.columns) {
    if (in_.OneIn(4)) continue;
    const size_t count = in_.OneIn(64) ? in_.Below(8) : rows;
    const size_t kind = in_.Below(16);
    if (kind < 5 && column.type == Type::kInt64) {
      numbers.emplace_back(count);
      for (int64_t& number : numbers.back()) number = static_cast<int64_t>(in_.Below(8));
      columns.push_back({column.name, numbers.back()});
    } else if ((kind < 5 && column.type == Type::kString) || kind == 15) {
      texts.emplace_back(count);
      for (std::string& text : texts.back()) text = in_.Text(in_.Below(16));
      columns.push_back({column.name, texts.back()});
    } else {
      values.emplace_back(count);
      for (Value& value : values.back()) value = ReadValueOf(in_, column.type);
      columns.push_back({column.name, values.back()});
    }
  }
  subject_.Run([&] { return table.InsertColumns(columns); });
}

void Program::Update(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  switch (in_.Below(4)) {
    case 0: {
      const Ref<> ref = arguments_.ReadRef(info.name);
      const ColumnDef& column = in_.Pick(info.columns);
      const Value value = ReadValueOf(in_, column.type);
      subject_.Run([&] { return table.Set(ref, column.name, value); });
      return;
    }
    case 1: {
      const Ref<> ref = arguments_.ReadRef(info.name);
      const std::vector<Assignment<>> assignments = arguments_.ReadAssignments(info);
      subject_.Run([&] { return table.Update(ref, assignments); });
      return;
    }
    default: {
      const Query<> query = table.Where(ReadPredicate(in_, info.columns));
      const std::vector<Assignment<>> assignments = arguments_.ReadAssignments(info);
      const size_t count = query.Count();
      Check(query.Refs().size() == count && static_cast<bool>(query.First()) == (count > 0),
            "a query counts what it shows");
      subject_.Run([&]() -> absl::Status {
        const absl::StatusOr<size_t> matches = query.Update(assignments);
        Check(!matches.ok() || *matches == count, "an update by condition tells the number of matches");
        return matches.status();
      });
    }
  }
}

void Program::Erase(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  if (in_.OneIn(2)) {
    const Query<> query = table.Where(ReadPredicate(in_, info.columns));
    subject_.Run([&] { return query.Erase(); });
    return;
  }
  RefList<> refs(1 + in_.Below(3));
  for (Ref<>& ref : refs) ref = arguments_.ReadRef(info.name);
  subject_.Run([&] { return table.EraseAll(refs); });
}

void Program::PlanAndErase(const TableInfo& info) {
  const Table<> table = subject_.db().GetTable(info.name);
  const Ref<> ref = arguments_.ReadRef(info.name);
  const std::string before = Picture(subject_.db());
  absl::StatusOr<ErasePlan> plan;
  subject_.Run([&] { return plan = table.PlanErase(ref); });
  Check(Picture(subject_.db()) == before, "a plan changes nothing");
  subject_.Run([&] { return table.Erase(ref); });
  if (subject_.refuses_memory() || subject_.options().memory_limit != 0)
    return;  // they may not ask for the same memory
  const absl::Status planned = plan.ok() ? plan->verdict : plan.status();
  Check(planned == subject_.answer(), "an erase is answered as planned",
        planned.ToString() + "\n" + subject_.answer().ToString());
  Check(!subject_.answer().ok() || plan->effects == subject_.db().LastEffects(),
        "an erase does what was planned",
        plan.ok() ? plan->effects.ToString() + "\n" + subject_.db().LastEffects().ToString() : "");
}

void Program::EraseInALoop(const TableInfo& info) {
  const Table<> table = subject_.db().GetTable(info.name);
  const auto write = [&](Ref<> ref) {
    const size_t kind = in_.Below(8);
    if (kind < 4) subject_.Run([&] { return table.Erase(ref); });
    if (kind == 6) subject_.Run([&] { return table.Insert({}); });
    if (kind == 7) subject_.Run([&] { return table.Clear(); });
  };
  if (info.inverses.empty() || in_.OneIn(2)) {
    for (const Ref<> ref : table) write(ref);
    return;
  }
  const InverseInfo inverse = in_.Pick(info.inverses);
  const Table<> child_table = subject_.db().GetTable(inverse.child_table);
  const Ref<> target = arguments_.ReadRef(info.name);
  const ToMany<> children = table.HasMany(child_table, inverse.association);
  const ToOne<> edge = child_table.BelongsTo(inverse.association);
  for (const Ref<> child : children.Of(target)) {
    const size_t kind = in_.Below(8);
    if (kind < 3) subject_.Run([&] { return child_table.Erase(child); });
    if (kind == 3) subject_.Run([&] { return edge.Clear(child); });
    if (kind == 4) {
      const Ref<> to = arguments_.ReadRef(info.name);
      subject_.Run([&] { return edge.Set(child, to); });
    }
    if (kind == 5) write(target);
  }
}

void Program::SetLinks(const TableInfo& info) {
  const ToOne<> edge = arguments_.ReadToOne(info);
  switch (in_.Below(4)) {
    case 0: {
      const Ref<> a = arguments_.ReadRef(info.name);
      subject_.Run([&] { return edge.Clear(a); });
      return;
    }
    case 1: {
      RefList<> rows(in_.Below(4));
      for (Ref<>& row : rows) row = arguments_.ReadRef(info.name);
      RefList<> targets(in_.OneIn(16) ? in_.Below(4) : rows.size());
      for (Ref<>& target : targets) target = arguments_.ReadFarRef(edge, info);
      subject_.Run([&] { return edge.SetAll(rows, targets); });
      return;
    }
    default: {
      const Ref<> a = arguments_.ReadRef(info.name);
      const Ref<> b = arguments_.ReadFarRef(edge, info);
      subject_.Run([&] { return edge.Set(a, b); });
    }
  }
}

void Program::Clear() {
  std::vector<Table<>> tables(in_.Below(4));
  for (Table<>& table : tables) table = arguments_.ReadHandle(arguments_.ReadTable());
  subject_.Run([&] { return subject_.db().Clear(tables); });
}

void Program::ChangeSchema(const TableInfo& info) {
  const Table<> table = arguments_.ReadHandle(info);
  subject_.Run([&]() -> absl::Status {
    switch (in_.Below(8)) {
      case 0:
        return subject_.db().AddColumn(table, ReadColumnDef(in_));
      case 1:
        return subject_.db().AddUnique(table, {in_.Pick(info.columns).name});
      case 2: {
        BelongsToDef edge = ReadBelongsToDef(in_);
        edge.target = in_.Pick(subject_.schema().tables).name;
        if (in_.OneIn(2)) edge.foreign_key = {in_.Pick(info.columns).name};
        return subject_.db().AddBelongsTo(table, std::move(edge)).status();
      }
      case 3:
        return subject_.db().DropUnique(table, in_.Pick(info.keys).constraint);
      case 4:
        if (info.belongs_to.empty()) return absl::OkStatus();
        return subject_.db().DropBelongsTo(table, in_.Pick(info.belongs_to).as);
      case 5:
        if (subject_.schema().tables.size() == 1) return absl::OkStatus();
        return subject_.db().DropTable(info.name);
      case 6:
        return subject_.db().CreateTables(ReadTableDefs(in_));
      default: {
        Database moved(std::move(subject_.db()));  // handles and transactions follow
        subject_.db() = std::move(moved);
        return absl::OkStatus();
      }
    }
  });
  subject_.ReadSchema();
}

void Program::Finish() {
  transactions_.Finish();
  CheckOk(subject_.db().Verify(), "Verify finds nothing in the end");
  CheckOk(subject_.other().Verify(), "Verify finds nothing in the other database");
  CheckReads(subject_.db());
}

}  // namespace tenon::fuzz
