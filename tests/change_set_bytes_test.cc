// Bytes that are nearly those of a change set.
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/tenon.h"
#include "tenon/testing.h"

namespace tenon {
namespace {

using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::testing::HasSubstr;

// One row and no counter: kind, table, slot and stamp, no keys, no cells.
std::string OneRow(std::string kind, std::string slot, std::string stamp) {
  return absl::StrCat("TENONCS1 1 ", kind, " 4:Book ", slot, " ", stamp, " 0 0 0 0 ");
}

TEST(ChangeSetBytesTest, SayWhatTheyAre) {
  const std::string bytes = ChangeSet().ToBytes();
  EXPECT_EQ(bytes, "TENONCS1 0 0 ");
  EXPECT_THAT(ChangeSet::FromBytes("TENONCS2 0 0 "),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("something else")));
}

TEST(ChangeSetBytesTest, HoldWhatThereCanBe) {
  const absl::StatusOr<ChangeSet> row = ChangeSet::FromBytes(OneRow("2", "4294967295", "4294967295"));
  ASSERT_THAT(row, IsOk());
  EXPECT_EQ(row->rows[0].kind, RowChange::Kind::kErase);
  EXPECT_EQ(row->rows[0].ref, Ref<>(UINT32_MAX, UINT32_MAX));
  for (const std::string& bytes :
       {OneRow("3", "1", "1"), OneRow("2", "4294967296", "1"), OneRow("2", "1", "4294967296")}) {
    EXPECT_THAT(ChangeSet::FromBytes(bytes), StatusIs(absl::StatusCode::kInvalidArgument)) << bytes;
  }
}

TEST(ChangeSetBytesTest, KeepKeysAndRefs) {
  ChangeSet changes;
  changes.rows = {{.kind = RowChange::Kind::kUpdate,
                   .table = "Book",
                   .ref = Ref<>(3, 9),
                   .key_before = {1},
                   .key_after = {2, "two"},
                   .cells = {{"id", 1, 2}, {"title", {}, "two"}}}};
  changes.counters = {{"Book", 1, 2}};
  const absl::StatusOr<ChangeSet> read = ChangeSet::FromBytes(changes.ToBytes());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, changes);
}

}  // namespace
}  // namespace tenon
