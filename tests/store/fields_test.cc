#include "store/fields.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tenon/row.h"

namespace tenon::internal {
namespace {

TEST(FieldsTest, ValuesAreReadAsTheyWereWritten) {
  const std::vector<Value> values = {Value(),
                                     true,
                                     false,
                                     std::numeric_limits<int32_t>::min(),
                                     std::numeric_limits<int32_t>::max(),
                                     std::numeric_limits<int64_t>::min(),
                                     std::numeric_limits<int64_t>::max(),
                                     1.5f,
                                     -0.25,
                                     std::string(),
                                     std::string("a 1:\0b", 6),
                                     Bytes{std::string("\xff ", 2)}};
  FieldWriter writer("start ");
  writer.Write(values);
  writer.Text("end");
  const std::string written = writer.Take();
  ASSERT_EQ(written.substr(0, 6), "start ");
  FieldReader reader(std::string_view(written).substr(6));
  EXPECT_EQ(reader.Values(), values);
  EXPECT_EQ(reader.Text(), "end");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(FieldsTest, NumbersHaveDigitsAnEndAndALimit) {
  const auto reads = [](std::string_view text, uint64_t most) {
    FieldReader reader(text);
    reader.Number(most);
    return reader.ok();
  };
  EXPECT_TRUE(reads("7 ", 7));
  EXPECT_TRUE(reads("18446744073709551615 ", UINT64_MAX));
  for (const char* text : {"", " ", "8 ", "7", "7:", "x ", "-1 ", "+1 ", "18446744073709551616 "}) {
    EXPECT_FALSE(reads(text, 7)) << text;
  }
  EXPECT_FALSE(reads("18446744073709551616 ", UINT64_MAX));
}

TEST(FieldsTest, TextsAreAsLongAsTheySay) {
  const auto reads = [](std::string_view text) {
    FieldReader reader(text);
    reader.Text();
    return reader.ok();
  };
  EXPECT_TRUE(reads("2:ab "));
  EXPECT_TRUE(reads("0: "));
  for (const char* text : {"2:ab", "2:a", "2:abc ", "1:ab ", "9:ab ", "2 ab ", "0:"}) {
    EXPECT_FALSE(reads(text)) << text;
  }
}

TEST(FieldsTest, ValuesAreOfATypeThatThereIs) {
  for (const char* text : {"8 ", "8 1 ", "1 2 ", "2 4294967296 ", "4 4294967296 "}) {
    FieldReader reader(text);
    reader.OneValue();
    EXPECT_FALSE(reader.ok()) << text;
  }
}

TEST(FieldsTest, NothingIsReadAfterWhatDidNotFit) {
  FieldReader reader("x 7 2:ab 3 7 ");
  EXPECT_EQ(reader.Number(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Number(), 0u);
  EXPECT_EQ(reader.Text(), "");
  EXPECT_TRUE(reader.OneValue().is_null());
  EXPECT_TRUE(reader.Values().empty());
  EXPECT_FALSE(reader.ok());
  FieldReader second("9 7 2:ab ");
  EXPECT_EQ(second.Number(8), 0u);  // too great, and what follows is not for the next
  EXPECT_EQ(second.Number(), 0u);
  EXPECT_EQ(second.Text(), "");
}

}  // namespace
}  // namespace tenon::internal
