// The world according to ISO: 249 countries, their 5,127 subdivisions, currencies, scripts and countries that
// are no more, loaded from Debian's package iso-codes, linked, looked at and shaken.
//
//   world [directory of the JSON files]
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "examples/iso_data.h"
#include "examples/iso_tables.h"
#include "tenon/tenon.h"

namespace {

using tenon::Ref;

constexpr size_t kColumns = 100;  // of the screen

void Heading(const std::string& text) { absl::PrintF("\n== %s\n\n", text); }

// Prints "  label  text" and goes on below `text` where a line is full.
void Show(const std::string& label, const std::string& text) {
  constexpr size_t kLabel = 24;
  std::string line = absl::StrFormat("  %-*s", int{kLabel}, label);
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (line.size() > kLabel + 2 && line.size() + 1 + word.size() > kColumns) {
      absl::PrintF("%s\n", line);
      line = std::string(kLabel + 2, ' ');
    }
    absl::StrAppend(&line, " ", word);
  }
  absl::PrintF("%s\n", line);
}

// The message of a refusal; no surprise is passed over in silence.
void ShowRefusal(const std::string& label, const absl::Status& status) {
  Show(label, status.ok() ? "was not refused" : std::string(status.message()));
}

// The handles the story needs, resolved once.
struct World {
  explicit World(tenon::Database& database) : db(database) {}

  tenon::Database& db;
  tenon::Table<> countries = db.GetTable("Country");
  tenon::Table<> kinds = db.GetTable("Kind");
  tenon::Table<> subdivisions = db.GetTable("Subdivision");
  tenon::Table<> currencies = db.GetTable("Currency");
  tenon::ToMany<> subdivisions_of = countries.HasMany("subdivisions");
  tenon::ToMany<> currencies_of = countries.HasMany("currencies");
  tenon::ToMany<> parts = subdivisions.HasMany("parts");
  tenon::ToOne<> country = subdivisions.BelongsTo("country");
  tenon::ToOne<> parent = subdivisions.BelongsTo("parent");
};

// A cell as text; why there is none, when `ref` is null or stale.
std::string Text(const tenon::Table<>& table, Ref<> ref, const char* column = "name") {
  const absl::StatusOr<tenon::Value> value = table.Get(ref, column);
  return value.ok() ? value->As<std::string>().value_or("NULL") : std::string(value.status().message());
}

// The rows the story is about.
struct Cast {
  explicit Cast(const World& w)
      : kingdom(w.countries.Find("code", "GB")),
        swiss(w.countries.Find("code", "CH")),
        france(w.countries.Find("code", "FR")),
        england(w.subdivisions.Find("code", "GB-ENG")),
        camden(w.subdivisions.Find("code", "GB-CMD")),
        zurich(w.subdivisions.Find("code", "CH-ZH")),
        franc(w.currencies.Find("code", "CHF")),
        borough(w.kinds.Find("name", "London borough")) {}
  bool complete() const {
    return kingdom && swiss && france && england && camden && zurich && franc && borough;
  }

  Ref<> kingdom, swiss, france, england, camden, zurich, franc, borough;
};

void ShowSchema(const tenon::Schema& schema) {
  std::vector<std::string> names;
  for (const tenon::TableInfo& table : schema.tables) names.push_back(table.name);
  Heading(absl::StrCat("Schema: ", absl::StrJoin(names, ", "), "; one of them:"));
  const tenon::Schema excerpt = {.tables = {*schema.Find("Subdivision")}};
  for (const absl::string_view line : absl::StrSplit(excerpt.ToString(), '\n', absl::SkipEmpty())) {
    absl::PrintF("  %s\n", line);
  }
}

void ShowLoaded(const std::vector<iso::Loaded>& tables) {
  Heading("Loading: one statement for each table, every key and every link checked");
  iso::Loaded all = {.file = "together"};
  for (const iso::Loaded& part : tables) {
    absl::PrintF("  %-18s %-14s %6d rows %8.2f ms\n", part.file, part.table, part.rows, part.ms);
    all.rows += part.rows;
    all.ms += part.ms;
  }
  absl::PrintF("  %-18s %-14s %6d rows %8.2f ms: %.1f million rows a second\n", all.file, all.table, all.rows,
               all.ms, static_cast<double>(all.rows) / all.ms / 1e3);
}

void LookAround(const World& w, const Cast& cast) {
  Heading("Looking around, from either end of each link");
  std::vector<std::string> nations;
  for (const Ref<> part : w.subdivisions_of.Of(cast.kingdom)) {
    const size_t count = w.parts.Count(part);
    if (count > 0) nations.push_back(absl::StrCat(Text(w.subdivisions, part), " (", count, ")"));
  }
  Show(Text(w.countries, cast.kingdom),
       absl::StrCat(w.subdivisions_of.Count(cast.kingdom), " subdivisions, most in ",
                    absl::StrJoin(nations, ", ")));
  Show(Text(w.subdivisions, cast.camden),
       absl::StrCat("is part of ", Text(w.subdivisions, w.parent.Get(cast.camden)), ", which belongs to ",
                    Text(w.countries, w.country.Get(w.parent.Get(cast.camden)))));
  std::vector<std::string> money;
  for (const Ref<> currency : w.currencies_of.Of(w.country.Get(cast.zurich))) {
    money.push_back(Text(w.currencies, currency));
  }
  Show("Zurich", absl::StrCat("belongs to ", Text(w.countries, w.country.Get(cast.zurich)),
                              ", where one pays in ", absl::StrJoin(money, ", ")));
}

void BeRefused(const World& w, const Cast& cast) {
  Heading("What does not fit is refused, and nothing has changed");
  ShowRefusal(
      "a district of nowhere",
      w.subdivisions
          .Insert({{"code", "XX-1"}, {"name", "Emerald City"}, {"countryCode", "XX"}, {"kindName", "City"}})
          .status());
  ShowRefusal("a second euro", w.currencies.Insert({{"code", "EUR"}, {"name", "Euro"}}).status());
  ShowRefusal("England leaves", w.subdivisions.Erase(cast.england));
}

void AskFirst(const World& w, const Cast& cast) {
  Heading("What would an erase do? Asking changes nothing");
  const std::pair<tenon::Table<>, Ref<>> candidates[] = {{w.countries, cast.france},
                                                         {w.countries, cast.swiss},
                                                         {w.kinds, cast.borough},
                                                         {w.subdivisions, cast.england}};
  for (const auto& [table, ref] : candidates) {
    const absl::StatusOr<tenon::ErasePlan> plan = table.PlanErase(ref);
    const absl::Status& verdict = plan.ok() ? plan->verdict : plan.status();
    Show(Text(table, ref), verdict.ok() ? plan->effects.ToString() : std::string(verdict.message()));
  }
}

absl::Status ShakeTheWorld(const World& w, const Cast& cast) {
  Heading("A bad day, in a transaction, taken back");
  const tenon::StateHash before = w.db.GetStateHash();
  const auto show_state = [&](const std::string& label) {
    const tenon::StateHash now = w.db.GetStateHash();
    Show(label,
         absl::StrFormat("state %016x%016x%s", now.high, now.low, now == before ? "" : ", another one"));
  };
  const auto show_deed = [&](const std::string& label, const absl::Status& status) {
    Show(label, status.ok() ? w.db.LastEffects().ToString() : std::string(status.message()));
  };
  show_state("in the morning");
  {
    const tenon::Transaction transaction = w.db.Begin();
    show_deed("GB renames itself UK", w.countries.Set(cast.kingdom, "code", "UK"));
    Show("  Camden", absl::StrCat("countryCode is now ", Text(w.subdivisions, cast.camden, "countryCode")));
    show_deed("boroughs are abolished", w.kinds.Erase(cast.borough));
    Show("  Camden", absl::StrCat("is now a ", Text(w.subdivisions, cast.camden, "kindName")));
    show_deed("Switzerland is erased", w.countries.Erase(cast.swiss));
    Show("  the franc", absl::StrCat("countryCode is now ", Text(w.currencies, cast.franc, "countryCode")));
    Show("  Zurich", Text(w.subdivisions, cast.zurich));
    show_state("at night");
  }  // not committed: rolled back
  show_state("after the rollback");
  Show("  Zurich", absl::StrCat("is there again, by the same Ref: ", Text(w.subdivisions, cast.zurich),
                                ", in ", Text(w.countries, w.country.Get(cast.zurich))));
  const absl::Status verified = w.db.Verify();
  if (verified.ok()) Show("Verify", "every key, link and count is what the cells say");
  if (verified.ok() && w.db.GetStateHash() != before) {
    return absl::InternalError("the rollback left something behind");
  }
  return verified;
}

absl::Status TellTheStory(const std::string& directory) {
  const absl::StatusOr<iso::Data> data = iso::Load(directory);
  if (!data.ok()) return data.status();
  tenon::Database db;
  const absl::Status defined = iso::DefineTables(db);
  if (!defined.ok()) return defined;
  const absl::StatusOr<std::vector<iso::Loaded>> loaded = iso::FillTables(db, *data);
  if (!loaded.ok()) return loaded.status();
  const World world(db);
  const Cast cast(world);
  if (!cast.complete()) {
    return absl::NotFoundError(absl::StrCat(directory, ": lacks somebody the story is about"));
  }

  ShowSchema(db.schema());
  ShowLoaded(*loaded);
  LookAround(world, cast);
  BeRefused(world, cast);
  AskFirst(world, cast);
  return ShakeTheWorld(world, cast);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fputs("usage: world [directory of the JSON files]\n", stderr);
    return 2;
  }
  std::filesystem::path directory = argc == 2 ? argv[1] : "/usr/share/iso-codes/json";
  // `bazel run` starts programs in a directory of its own, and says here where the user stands.
  if (const char* here = std::getenv("BUILD_WORKING_DIRECTORY")) directory = here / directory;
  const absl::Status status = TellTheStory(directory.string());
  if (status.ok()) return 0;
  absl::FPrintF(stderr,
                "world: %s\n"
                "  The files come with Debian's package iso-codes: apt-get install --reinstall iso-codes\n"
                "  If they are elsewhere: world <directory>\n",
                std::string(status.message()));
  return 1;
}
