// The loader of the main example: what it makes of good files, and what it says about bad ones.
#include "examples/iso_data.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/iso_tables.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/database.h"
#include "tenon/testing.h"

namespace iso {
namespace {

using ::tenon::testing::IsOk;
using ::tenon::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kRealFiles[] = "/usr/share/iso-codes/json";

// A directory of its own with five small files that are in order; a test spoils one of them.
class IsoDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    std::replace(name.begin(), name.end(), '/', '.');  // of a parameterised test
    directory_ = ::testing::TempDir() + name;
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    Write("3166-1",
          R"({"3166-1": [{"alpha_2": "IS", "name": "Iceland"}, {"alpha_2": "DE", "name": "Germany"}]})");
    Write("3166-2",
          R"({"3166-2": [{"code": "IS-AKU", "name": "Akureyri", "type": "Municipality", "parent": "6"},
                                   {"code": "IS-6", "name": "Nordurland eystra", "type": "Region"},
                                   {"code": "IS-DAL", "name": "Dalvik", "type": "Municipality", "parent": "IS-6"}]})");
    Write("3166-3", R"({"3166-3": [{"alpha_4": "DDDE", "name": "GDR", "withdrawal_date": "1990-10-30"},
                                   {"alpha_4": "SUHH", "name": "USSR"}]})");
    Write("4217",
          R"({"4217": [{"alpha_3": "EUR", "name": "Euro"}, {"alpha_3": "ISK", "name": "Iceland Krona"}]})");
    Write("15924", R"json({"15924": [{"alpha_4": "Latf", "name": "Latin (Fraktur variant)"},
                                     {"alpha_4": "Latn", "name": "Latin"},
                                     {"alpha_4": "Shaw", "name": "Shavian (Shaw)"}]})json");
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& list) const { return directory_ + "/" + FileName(list); }
  void Write(const std::string& list, const std::string& text) const {
    std::ofstream(Path(list), std::ios::binary) << text;
  }

  std::string directory_;
};

TEST_F(IsoDataTest, ParentsGetTheirCountryUnlessTheyHaveIt) {
  const absl::StatusOr<Data> data = Load(directory_);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->subdivisions.country, ElementsAre("IS", "IS", "IS"));
  EXPECT_THAT(data->subdivisions.parent, ElementsAre("IS-6", std::nullopt, "IS-6"));
}

TEST_F(IsoDataTest, EachKindIsListedOnce) {
  const absl::StatusOr<Data> data = Load(directory_);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->kinds, ElementsAre("Municipality", "Region"));
}

TEST_F(IsoDataTest, CodesLinkToCountriesThatExist) {
  const absl::StatusOr<Data> data = Load(directory_);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->currencies.country, ElementsAre(std::nullopt, "IS"));
  EXPECT_THAT(data->former_countries.successor, ElementsAre("DE", std::nullopt));
  EXPECT_THAT(data->former_countries.withdrawn, ElementsAre("1990-10-30", std::nullopt));
}

TEST_F(IsoDataTest, AVariantLinksToItsScript) {
  const absl::StatusOr<Data> data = Load(directory_);
  ASSERT_THAT(data, IsOk());
  EXPECT_THAT(data->scripts.base, ElementsAre("Latn", std::nullopt, std::nullopt));
}

TEST_F(IsoDataTest, AMissingDirectoryIsNotFound) {
  EXPECT_THAT(Load(directory_ + "/nowhere"),
              StatusIs(absl::StatusCode::kNotFound, StartsWith(directory_ + "/nowhere/iso_3166-1.json: ")));
}

TEST_F(IsoDataTest, ADirectoryInPlaceOfAFileIsNotFound) {
  std::filesystem::remove(Path("4217"));
  std::filesystem::create_directory(Path("4217"));
  EXPECT_THAT(Load(directory_), StatusIs(absl::StatusCode::kNotFound, StartsWith(Path("4217"))));
}

class MissingFileTest : public IsoDataTest, public ::testing::WithParamInterface<const char*> {};
TEST_P(MissingFileTest, IsNotFoundAndNamed) {
  std::filesystem::remove(Path(GetParam()));
  EXPECT_THAT(Load(directory_),
              StatusIs(absl::StatusCode::kNotFound, Path(GetParam()) + ": No such file or directory"));
}
INSTANTIATE_TEST_SUITE_P(Lists, MissingFileTest,
                         ::testing::Values("3166-1", "3166-2", "3166-3", "4217", "15924"));

// A file that can be read and is not what it should be.
struct Spoilt {
  const char* list;
  const char* text;
  const char* complaint;
};
class SpoiltFileTest : public IsoDataTest, public ::testing::WithParamInterface<Spoilt> {};
TEST_P(SpoiltFileTest, IsRefusedAndNamed) {
  Write(GetParam().list, GetParam().text);
  EXPECT_THAT(Load(directory_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith(Path(GetParam().list) + ": "), HasSubstr(GetParam().complaint))));
}
INSTANTIATE_TEST_SUITE_P(
    Files, SpoiltFileTest,
    ::testing::Values(
        // Not JSON.
        Spoilt{"3166-1", "", "the file is empty"}, Spoilt{"3166-1", "countries: many", "not JSON"},
        Spoilt{"3166-1", R"({"3166-1": [{"alpha_2": "IS", "na)", "not JSON"},
        Spoilt{"3166-1", "{\"3166-1\": [{\"alpha_2\": \"IS\", \"name\": \"\xff\"}]}", "not JSON"},
        // JSON of another shape.
        Spoilt{"3166-2", "null", R"(holds no list "3166-2")"},
        Spoilt{"3166-2", "[]", R"(holds no list "3166-2")"},
        Spoilt{"3166-2", "{}", R"(holds no list "3166-2")"},
        Spoilt{"3166-2", R"({"3166-1": []})", R"(holds no list "3166-2")"},
        Spoilt{"3166-2", R"({"3166-2": {"code": "IS-6"}})", R"(holds no list "3166-2")"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": "EUR", "name": "Euro"}, 7]})", "entry 2: "},
        // A field that is missing, or of another type or length.
        Spoilt{"4217", R"({"4217": [{"name": "Euro"}]})", R"(entry 1: "alpha_3" is missing)"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": "EUR"}]})", R"(entry 1: "name" is missing)"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": 978, "name": "Euro"}]})", R"(entry 1: "alpha_3" is no text)"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": "EUR", "name": null}]})", R"(entry 1: "name" is no text)"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": "EUR", "name": ""}]})", R"(entry 1: "name" is empty)"},
        Spoilt{"4217", R"({"4217": [{"alpha_3": "E", "name": "Euro"}]})", R"("alpha_3" hasn't 3 letters)"},
        Spoilt{"3166-1", R"({"3166-1": [{"alpha_2": "", "name": "Iceland"}]})", R"("alpha_2" hasn't 2)"},
        Spoilt{"3166-3", R"({"3166-3": [{"alpha_4": "D", "name": "GDR"}]})", R"("alpha_4" hasn't 4)"},
        Spoilt{"15924", R"({"15924": [{"alpha_4": ["Latn"], "name": "Latin"}]})", R"("alpha_4" is no text)"},
        // Subdivisions: a code, a parent.
        Spoilt{"3166-2", R"({"3166-2": [{"code": "6", "name": "N", "type": "Region"}]})",
               R"("code" doesn't)"},
        Spoilt{"3166-2", R"({"3166-2": [{"code": "IS-6", "name": "N", "type": "Region", "parent": 6}]})",
               R"(entry 1: "parent" is no text)"},
        Spoilt{"3166-2", R"({"3166-2": [{"code": "IS-6", "name": "N", "type": "Region", "parent": "9"}]})",
               R"(entry 1: "parent": there is no IS-9)"}));

// What the loader leaves to the store.
class FillTablesTest : public IsoDataTest {
 protected:
  // Loads the files and fills the tables of `db_`.
  absl::Status Fill() {
    const absl::StatusOr<Data> data = Load(directory_);
    if (!data.ok()) return data.status();
    const absl::Status defined = DefineTables(db_);
    return defined.ok() ? FillTables(db_, *data).status() : defined;
  }

  tenon::Database db_;
};

TEST_F(FillTablesTest, PartsMayStandAboveTheirParents) {
  ASSERT_THAT(Fill(), IsOk());
  const tenon::Table<> subdivisions = db_.GetTable("Subdivision");
  const tenon::Ref<> region = subdivisions.Find("code", "IS-6");
  EXPECT_EQ(subdivisions.BelongsTo("parent").Get(subdivisions.Find("code", "IS-AKU")), region);
  EXPECT_EQ(subdivisions.HasMany("parts").Count(region), 2u);
  EXPECT_THAT(db_.Verify(), IsOk());
}

TEST_F(FillTablesTest, ACodeThatStandsTwiceIsRefused) {
  Write("4217",
        R"({"4217": [{"alpha_3": "EUR", "name": "Euro"}, {"alpha_3": "EUR", "name": "Euro again"}]})");
  EXPECT_THAT(Fill(), StatusIs(absl::StatusCode::kAlreadyExists, StartsWith("iso_4217.json: ")));
}

TEST_F(FillTablesTest, ASubdivisionOfNoCountryIsRefused) {
  Write("3166-2", R"({"3166-2": [{"code": "XX-1", "name": "Emerald City", "type": "City"}]})");
  EXPECT_THAT(Fill(), StatusIs(absl::StatusCode::kFailedPrecondition, StartsWith("iso_3166-2.json: ")));
}

// The numbers the demo is announced with.
TEST(RealIsoDataTest, HoldsTheWorld) {
  if (!std::filesystem::exists(kRealFiles)) GTEST_SKIP() << "the package iso-codes is not installed";
  const absl::StatusOr<Data> data = Load(kRealFiles);
  ASSERT_THAT(data, IsOk());
  const auto links = [](const OptionalTexts& column) {
    return static_cast<size_t>(column.size()) -
           static_cast<size_t>(std::count(column.begin(), column.end(), std::nullopt));
  };
  EXPECT_EQ(data->countries.code.size(), 249u);
  EXPECT_EQ(data->subdivisions.code.size(), 5127u);
  EXPECT_EQ(links(data->subdivisions.parent), 1412u);
  EXPECT_EQ(data->currencies.code.size(), 181u);
  EXPECT_EQ(links(data->currencies.country), 162u);
  EXPECT_EQ(data->former_countries.code.size(), 31u);
  EXPECT_EQ(links(data->former_countries.successor), 21u);
  EXPECT_EQ(data->scripts.code.size(), 182u);
  EXPECT_EQ(links(data->scripts.base), 8u);
}

}  // namespace
}  // namespace iso
