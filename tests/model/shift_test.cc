// Keys shifted within a tree: `id = id + k`, alone or together with `parent = parent + j`, over every subset
// of the rows of every small tree. What must come out is a formula over the rows as they were:
//
//   A child that was given a key means the row that gets this key in the same statement; if none gets it, the
//   row that had it. A child that was given none means the parent it had. Who means a row that was given its
//   new key together with it has nothing left to do; the others follow their parent, or whatever the action
//   says instead.
//
// An engine that lets a child follow the row that is just giving up the key it was given makes rows their own
// parents under `id = id + 1, parent = parent + 1`. SQL databases refuse most of these shifts and can't be
// asked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"

namespace tenon {
namespace {

struct Node {
  int64_t id = 0;
  std::optional<int64_t> parent = {};
  friend bool operator==(const Node&, const Node&) = default;
};
using Forest = std::vector<Node>;

struct Shift {
  std::vector<bool> picked = {};  // the rows it is about
  int64_t id_by = 0;              // never 0: a key that stays is not given
  int64_t parent_by = 0;          // 0: parents are not written
};

// What becomes of the forest; of a shift that is refused, why.
struct Result {
  std::optional<ViolationCode> refused = {};
  Forest forest = {};
  friend bool operator==(const Result&, const Result&) = default;
};

std::string ToString(const Forest& forest) {
  std::string text;
  for (const Node& node : forest) {
    absl::StrAppend(&text, " ", node.id, "->", node.parent ? absl::StrCat(*node.parent) : "null");
  }
  return text;
}
void PrintTo(const Result& result, std::ostream* os) {
  *os << (result.refused ? std::string(CodeName(*result.refused)) : "ok") << ToString(result.forest);
}

// ---- The expectation ----

Result Expected(const Forest& old, const Shift& shift, Action on_update) {
  const auto id_after = [&](size_t row) { return old[row].id + (shift.picked[row] ? shift.id_by : 0); };
  const auto find = [&](auto is_it) -> std::optional<size_t> {
    for (size_t row = 0; row < old.size(); ++row) {
      if (is_it(row)) return row;
    }
    return std::nullopt;
  };
  const auto gets = [&](int64_t id) {
    return find([&](size_t row) { return shift.picked[row] && id_after(row) == id; });
  };
  const auto had = [&](int64_t id) { return find([&](size_t row) { return old[row].id == id; }); };
  const auto holds_after = [&](int64_t id) { return find([&](size_t row) { return id_after(row) == id; }); };

  std::set<ViolationCode> refusals;
  Forest forest;
  std::set<int64_t> ids;
  for (size_t row = 0; row < old.size(); ++row) {
    Node node = {id_after(row), old[row].parent};
    if (!ids.insert(node.id).second) refusals.insert(ViolationCode::kUnique);
    const bool given = shift.picked[row] && shift.parent_by != 0;
    if (node.parent && given) *node.parent += shift.parent_by;
    if (node.parent && !(given && gets(*node.parent))) {
      const std::optional<size_t> meant = had(*node.parent);
      if (!meant) {
        refusals.insert(ViolationCode::kMissingTarget);
      } else if (shift.picked[*meant]) {  // its key is another one now
        if (on_update == Action::kCascade) node.parent = id_after(*meant);
        if (on_update == Action::kSetNull) node.parent = std::nullopt;
        if (on_update == Action::kRestrict) refusals.insert(ViolationCode::kRestrict);
        if (on_update == Action::kNoAction && !holds_after(*node.parent)) {
          refusals.insert(ViolationCode::kNoAction);
        }
      }
    }
    forest.push_back(node);
  }
  for (const ViolationCode code : {ViolationCode::kRestrict, ViolationCode::kUnique,
                                   ViolationCode::kMissingTarget, ViolationCode::kNoAction}) {
    if (refusals.contains(code)) return {code, old};
  }
  return {std::nullopt, forest};
}

// ---- The store ----

enum class Keys : uint8_t { kNumber, kText, kPair };

// One table of nodes; what is inserted and shifted is undone after each look at it.
class Nodes {
 public:
  Nodes(Keys keys, Action on_update) : keys_(keys) {
    const Type type = keys == Keys::kText ? Type::kString : Type::kInt64;
    TableDef def{
        .name = "Node",
        .columns = {{.name = "tree"},
                    {.name = "id", .type = type},
                    {.name = "parent", .type = type},
                    {.name = "place"}},
        .primary_key = {"id"},
        .belongs_to = {{.target = "Node", .as = "up", .foreign_key = {"parent"}, .on_update = on_update}}};
    if (keys == Keys::kPair) {
      def.primary_key = {"tree", "id"};
      def.belongs_to[0].foreign_key = {"tree", "parent"};
      if (on_update == Action::kSetNull) {  // the tree can't become null: a column of its own
        def.columns.push_back({.name = "parentTree"});
        def.belongs_to[0].foreign_key = {"parentTree", "parent"};
      }
    }
    const absl::StatusOr<Table<>> table = db_.CreateTable(def);
    EXPECT_TRUE(table.ok()) << table.status();
    if (table.ok()) table_ = *table;
    own_parent_tree_ = keys == Keys::kPair && on_update == Action::kSetNull;
  }

  // Plants the forest, lets `look` look at it, and takes it out again.
  template <class Look>
  void With(const Forest& forest, Look look) {
    Transaction transaction = db_.Begin();
    std::vector<Row> rows;
    for (size_t i = 0; i < forest.size(); ++i) {
      Row row = {
          {"tree", 7}, {"id", Key(forest[i].id)}, {"parent", Key(forest[i].parent)}, {"place", Place(i)}};
      if (own_parent_tree_) row.push_back({"parentTree", 7});
      rows.push_back(std::move(row));
    }
    const absl::StatusOr<RefList<>> refs = table_.InsertAll(rows);
    ASSERT_TRUE(refs.ok()) << refs.status();
    refs_ = *refs;
    look();
  }

  Result Run(const Shift& shift) {
    Transaction transaction = db_.Begin();
    const absl::Status status = keys_ == Keys::kText ? ShiftOneByOne(shift) : ShiftWhere(shift);
    Result result;
    if (!status.ok()) {
      const std::vector<Violation> violations = GetViolations(status);
      result.refused = violations.empty() ? ViolationCode::kCorrupt : violations[0].code;
    }
    result.forest = Read();
    const absl::Status sound = db_.Verify();
    EXPECT_TRUE(sound.ok()) << sound;
    return result;
  }

  Forest Read() const {
    Forest forest;
    for (const Ref<> ref : refs_) forest.push_back({*Number(ref, "id"), Number(ref, "parent")});
    return forest;
  }

 private:
  static Value Place(size_t row) { return static_cast<int64_t>(row); }
  Value Key(std::optional<int64_t> number) const {
    if (!number.has_value()) return {};
    return keys_ == Keys::kText ? Value(absl::StrCat(*number)) : Value(*number);
  }
  std::optional<int64_t> Number(Ref<> ref, std::string_view column) const {
    const Value value = *table_.Get(ref, column);
    if (const auto text = value.As<std::string>()) return std::stoll(*text);
    return value.As<int64_t>();
  }

  absl::Status ShiftWhere(const Shift& shift) const {
    Predicate<> picked;
    for (size_t i = 0; i < shift.picked.size(); ++i) {
      if (!shift.picked[i]) continue;
      const Predicate<> here = Col("place") == Place(i);
      picked = picked.nodes().empty() ? here : picked || here;
    }
    std::vector<Assignment<>> assignments = {{"id", Col("id") + shift.id_by}};
    if (shift.parent_by != 0) assignments.push_back({"parent", Col("parent") + shift.parent_by});
    return table_.Where(picked).Update(assignments).status();
  }

  absl::Status ShiftOneByOne(const Shift& shift) {
    return db_.Batch([&](Batch& batch) {
      for (size_t i = 0; i < shift.picked.size(); ++i) {
        if (!shift.picked[i]) continue;
        const std::optional<int64_t> parent = Number(refs_[i], "parent");
        std::vector<Assignment<>> assignments = {{"id", Key(*Number(refs_[i], "id") + shift.id_by)}};
        if (shift.parent_by != 0 && parent) assignments.push_back({"parent", Key(*parent + shift.parent_by)});
        batch.Update(table_, refs_[i], assignments);
      }
    });
  }

  Keys keys_;
  bool own_parent_tree_ = false;
  Database db_;
  Table<> table_;
  RefList<> refs_;
};

// ---- All of them ----

// Every forest of `size` nodes with the ids 1 to `size`; with `any`, rows may also be their own ancestors.
std::vector<Forest> Forests(size_t size, bool any) {
  std::vector<Forest> forests = {{}};
  for (size_t i = 0; i < size; ++i) {
    std::vector<Forest> longer;
    for (const Forest& forest : forests) {
      for (size_t parent = 0; parent <= (any ? size : i); ++parent) {
        Forest more = forest;
        more.push_back({static_cast<int64_t>(i) + 1, {}});
        if (parent != 0) more.back().parent = static_cast<int64_t>(parent);
        longer.push_back(std::move(more));
      }
    }
    forests = std::move(longer);
  }
  return forests;
}

void ExpectAllShifts(Nodes& nodes, Action on_update, const Forest& forest, int64_t furthest) {
  for (size_t subset = 1; subset < size_t{1} << forest.size(); ++subset) {
    Shift shift;
    for (size_t i = 0; i < forest.size(); ++i) shift.picked.push_back(((subset >> i) & 1) != 0);
    for (shift.id_by = -furthest; shift.id_by <= furthest; ++shift.id_by) {
      for (shift.parent_by = -furthest; shift.id_by != 0 && shift.parent_by <= furthest; ++shift.parent_by) {
        const Result result = nodes.Run(shift);
        ASSERT_EQ(result, Expected(forest, shift, on_update))
            << "of" << ToString(forest) << ", subset " << subset << ", id + " << shift.id_by << ", parent + "
            << shift.parent_by << ", on update " << ActionName(on_update);
        ASSERT_EQ(ToString(nodes.Read()), ToString(forest)) << "after the rollback";
      }
    }
  }
}

void ExpectAllShiftsOfAll(Keys keys, Action on_update, const std::vector<Forest>& forests, int64_t furthest) {
  Nodes nodes(keys, on_update);
  for (const Forest& forest : forests) {
    nodes.With(forest, [&] { ExpectAllShifts(nodes, on_update, forest, furthest); });
    if (testing::Test::HasFatalFailure()) return;
  }
}

class ShiftTest : public testing::TestWithParam<Action> {};

INSTANTIATE_TEST_SUITE_P(OnUpdate, ShiftTest,
                         testing::Values(Action::kNoAction, Action::kRestrict, Action::kCascade,
                                         Action::kSetNull),
                         [](const auto& test) {
                           std::string name(ActionName(test.param));
                           name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
                           return name;
                         });

TEST_P(ShiftTest, OfUpToThreeRowsAgreeWithTheFormula) {
  for (size_t size = 1; size <= 3; ++size) {
    ExpectAllShiftsOfAll(Keys::kNumber, GetParam(), Forests(size, true), 3);
  }
}
TEST_P(ShiftTest, OfFourRowsAgreeWithTheFormula) {
  ExpectAllShiftsOfAll(Keys::kNumber, GetParam(), Forests(4, true), 1);
}
TEST_P(ShiftTest, OfFiveRowsWithoutCyclesAgreeWithTheFormula) {
  ExpectAllShiftsOfAll(Keys::kNumber, GetParam(), Forests(5, false), 2);
}
TEST_P(ShiftTest, OfTextKeysAgreeWithTheFormula) {
  ExpectAllShiftsOfAll(Keys::kText, GetParam(), Forests(3, true), 2);
}
TEST_P(ShiftTest, OfKeysOfTwoColumnsAgreeWithTheFormula) {
  ExpectAllShiftsOfAll(Keys::kPair, GetParam(), Forests(3, true), 2);
}

}  // namespace
}  // namespace tenon
