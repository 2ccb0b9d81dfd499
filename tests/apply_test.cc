// What Database::Apply refuses, and that nothing of a refused change set is left: not even of the good row that each of them
// begins with here.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::tenon::testing::ViolationIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Kind = RowChange::Kind;

template <class Message>
auto Fails(absl::StatusCode code, ViolationCode violation, Message message) {
  return AllOf(StatusIs(code, message), ViolationIs(violation));
}

RowChange InsertOf(std::string table, std::vector<CellChange> cells) {
  return {.kind = Kind::kInsert, .table = std::move(table), .cells = std::move(cells)};
}
RowChange UpdateOf(std::string table, Value key, std::vector<CellChange> cells) {
  return {.kind = Kind::kUpdate, .table = std::move(table), .key_before = {key}, .cells = std::move(cells)};
}
RowChange EraseOf(std::string table, Value key, std::vector<CellChange> cells) {
  return {.kind = Kind::kErase, .table = std::move(table), .key_before = {key}, .cells = std::move(cells)};
}

// Two guilds, numbered in 32 bits, and a player of the first.
class World {
 public:
  World() {
    EXPECT_THAT(
        db.CreateTables(
            {{.name = "Guild",
              .columns = {{.name = "id", .type = Type::kInt32, .auto_increment = true},
                          {.name = "name", .type = Type::kString, .not_null = true}},
              .primary_key = {"id"},
              .unique = {{"name"}}},
             {.name = "Player",
              .columns = {{.name = "id"}, {.name = "guildId", .type = Type::kInt32, .not_null = true}},
              .primary_key = {"id"},
              .belongs_to =
                  {{.target = "Guild", .foreign_key = {"guildId"}, .on_delete = Action::kCascade}}}}),
        IsOk());
    EXPECT_THAT(db.GetTable("Guild").InsertAll({{{"name", "Owls"}}, {{"name", "Larks"}}}), IsOk());
    EXPECT_THAT(db.GetTable("Player").Insert({{"id", 7}, {"guildId", 1}}), IsOk());
    absl::StatusOr<Subscription> s = db.Observe([this](const ChangeSet&) { ++told_; });
    EXPECT_THAT(s, IsOk());
    if (s.ok()) subscription_ = *std::move(s);
  }
  World(const World&) = delete;  // observed
  World& operator=(const World&) = delete;

  // The answer to a good row and then these, which must have changed nothing.
  absl::Status Refuse(std::vector<RowChange> rows, std::vector<CounterChange> counters = {}) {
    rows.insert(rows.begin(), InsertOf("Player", {{"id", {}, 8}, {"guildId", {}, 2}}));
    const std::string dump = db.Dump();
    const StateHash hash = db.GetStateHash();
    told_ = 0;
    absl::Status status = db.Apply({.rows = std::move(rows), .counters = std::move(counters)});
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(db.Dump(), dump);
    EXPECT_EQ(db.GetStateHash(), hash);
    EXPECT_THAT(db.Verify(), IsOk());
    EXPECT_EQ(told_, 0u);
    return status;
  }

  Database db;

 private:
  size_t told_ = 0;
  Subscription subscription_;
};

TEST(ApplyTest, RefusesANullWhereNoneMayBe) {
  World w;
  const auto refused = Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kNotNull, HasSubstr("name"));
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"id", {}, 3}, {"name", {}, {}}})}), refused);
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"id", {}, 3}})}), refused);  // nothing is given
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", "Owls", {}}})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"id", 1, {}}})}),
              Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kNotNull, HasSubstr("id")));
}

TEST(ApplyTest, RefusesACellThatIsNotAsItWas) {
  World w;
  const auto refused =
      Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("holds something else in name"));
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", "Larks", "Wrens"}})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", {}, "Wrens"}})}), refused);
  EXPECT_THAT(w.Refuse({EraseOf("Guild", 2, {{"id", 2, {}}, {"name", "Owls", {}}})}), refused);
}

TEST(ApplyTest, RefusesARowThatIsNotThere) {
  World w;
  const auto refused = Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("is not there"));
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 3, {{"name", "Owls", "Wrens"}})}), refused);
  EXPECT_THAT(w.Refuse({EraseOf("Player", 8, {})}), refused);  // the good row is not there yet
  ASSERT_THAT(w.db.Apply({.rows = {InsertOf("Player", {{"id", {}, 0}, {"guildId", {}, 1}})}}), IsOk());
  EXPECT_THAT(w.Refuse({EraseOf("Player", {}, {})}), refused);     // a null is no nought
  EXPECT_THAT(w.Refuse({EraseOf("Guild", "Owls", {})}), refused);  // no value of its key
  RowChange two = EraseOf("Guild", 1, {});
  two.key_before.push_back(1);  // one too many
  EXPECT_THAT(w.Refuse({two}), refused);
  two.key_before.clear();
  EXPECT_THAT(w.Refuse({two}), refused);
}

TEST(ApplyTest, RefusesAnUnknownTable) {
  World w;
  const auto refused = Fails(absl::StatusCode::kNotFound, ViolationCode::kHandle, HasSubstr("\"Clan\""));
  EXPECT_THAT(w.Refuse({InsertOf("Clan", {})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Clan", 1, {})}), refused);
  EXPECT_THAT(w.Refuse({EraseOf("Clan", 1, {})}), refused);
  EXPECT_THAT(w.Refuse({}, {{"Clan", 0, 1}}), refused);
}

TEST(ApplyTest, RefusesAnUnknownColumn) {
  World w;
  const auto refused = Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("\"rank\""));
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"name", {}, "Wrens"}, {"rank", {}, 1}})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"rank", 1, 2}})}), refused);
  EXPECT_THAT(w.Refuse({EraseOf("Guild", 1, {{"rank", 1, {}}})}), refused);
}

TEST(ApplyTest, RefusesAValueOfAnotherType) {
  World w;
  const auto refused = Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("name"));
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"name", {}, 1}})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", "Owls", 1}})}), refused);
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", 1, "Wrens"}})}), refused);
}

TEST(ApplyTest, RefusesACounterThatIsNotAsItWas) {
  World w;
  EXPECT_THAT(w.Refuse({}, {{"Guild", 1, 5}}),
              Fails(absl::StatusCode::kNotFound, ViolationCode::kStale, HasSubstr("another counter")));
}

TEST(ApplyTest, RefusesACounterThatCanNotBe) {
  World w;
  const auto refused = Fails(absl::StatusCode::kInvalidArgument, ViolationCode::kType, HasSubstr("counter"));
  EXPECT_THAT(w.Refuse({}, {{"Guild", 2, -1}}), refused);
  EXPECT_THAT(w.Refuse({}, {{"Guild", 2, int64_t{INT32_MAX} + 1}}), refused);
  EXPECT_THAT(w.Refuse({}, {{"Player", 0, 1}}), refused);  // numbers nothing
  EXPECT_THAT(w.db.Apply({.counters = {{"Guild", 2, INT32_MAX}}}), IsOk());
}

TEST(ApplyTest, RefusesAKeyThatIsTaken) {
  World w;
  const auto refused = [](const char* key) {
    return AllOf(StatusIs(absl::StatusCode::kAlreadyExists), ViolationIs(ViolationCode::kUnique, key));
  };
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"id", {}, 3}, {"name", {}, "Owls"}})}), refused("Guild.name"));
  EXPECT_THAT(w.Refuse({InsertOf("Guild", {{"id", {}, 2}, {"name", {}, "Wrens"}})}), refused("Guild.id"));
  EXPECT_THAT(w.Refuse({UpdateOf("Guild", 1, {{"name", "Owls", "Larks"}})}), refused("Guild.name"));
  EXPECT_THAT(w.Refuse({UpdateOf("Player", 7, {{"id", 7, 8}})}), refused("Player.id"));  // by the good row
}

TEST(ApplyTest, RefusesWhatWouldLeadNowhere) {
  World w;
  EXPECT_THAT(
      w.Refuse({UpdateOf("Player", 7, {{"guildId", 1, 3}})}),
      Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kMissingTarget, HasSubstr("Guild")));
  EXPECT_THAT(w.Refuse({EraseOf("Guild", 1, {})}),  // the cascade is to be said, too
              Fails(absl::StatusCode::kFailedPrecondition, ViolationCode::kNoAction, HasSubstr("Player")));
}

TEST(ApplyTest, RefusesATextBeyondTheLimit) {
  Database db(Options{.text_limit = 3});
  ASSERT_THAT(
      db.CreateTable({.name = "Guild", .columns = {{.name = "name", .type = Type::kString}}}).status(),
      IsOk());
  const auto guild = [](const char* name) {
    return ChangeSet{.rows = {InsertOf("Guild", {{"id", {}, int64_t{1}}, {"name", {}, name}})}};
  };
  EXPECT_THAT(db.Apply(guild("Owls")),
              Fails(absl::StatusCode::kResourceExhausted, ViolationCode::kLimit, HasSubstr("text_limit")));
  EXPECT_EQ(db.GetTable("Guild").size(), 0u);
  EXPECT_THAT(db.Apply(guild("Owl")), IsOk());
}

TEST(ApplyTest, NothingIsDoneByAnEmptySet) {
  World w;
  const std::string dump = w.db.Dump();
  EXPECT_THAT(w.db.Apply({}), IsOk());
  EXPECT_EQ(w.db.Dump(), dump);
}

TEST(ApplyTest, IsUndoneByARollback) {
  World w;
  const std::string dump = w.db.Dump();
  {
    Transaction tx = w.db.Begin();
    ASSERT_THAT(w.db.Apply({.rows = {InsertOf("Guild", {{"id", {}, 9}, {"name", {}, "Wrens"}}),
                                     UpdateOf("Player", 7, {{"guildId", 1, 9}})},
                            .counters = {{"Guild", 2, 9}}}),
                IsOk());
    EXPECT_NE(w.db.Dump(), dump);
  }
  EXPECT_EQ(w.db.Dump(), dump);
  EXPECT_THAT(w.db.Verify(), IsOk());
}

}  // namespace
}  // namespace tenon
