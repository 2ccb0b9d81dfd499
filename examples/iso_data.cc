#include "examples/iso_data.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace iso {
namespace {

constexpr size_t kAnyLength = 0;

// One entry of a list. Asked for a field that isn't as it should be, it answers "" and keeps the first
// complaint.
class Entry {
 public:
  explicit Entry(const nlohmann::json& fields) : fields_(fields) {
    if (!fields.is_object()) problem_ = "is no object";
  }

  // The text of a field. Of exactly `length` bytes, or not empty.
  std::string Text(absl::string_view field, size_t length = kAnyLength) {
    std::optional<std::string> text = OptionalText(field);
    if (!text.has_value()) {
      Complain(field, "is missing");
    } else if (length == kAnyLength ? text->empty() : text->size() != length) {
      Complain(field, length == kAnyLength ? "is empty" : absl::StrCat("hasn't ", length, " letters"));
    }
    return text.value_or("");
  }

  // The text of a field that may be absent.
  std::optional<std::string> OptionalText(absl::string_view field) {
    if (!fields_.is_object()) return std::nullopt;
    const auto found = fields_.find(std::string(field));
    if (found == fields_.end()) return std::nullopt;
    const auto* text = found->get_ptr<const std::string*>();
    if (text == nullptr) Complain(field, "is no text");
    return text == nullptr ? "" : *text;
  }

  void Complain(absl::string_view field, absl::string_view what) {
    if (problem_.empty()) problem_ = absl::StrCat("\"", field, "\" ", what);
  }
  // What is wrong with the entry; empty: nothing.
  const std::string& problem() const { return problem_; }

 private:
  const nlohmann::json& fields_;
  std::string problem_;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  std::string text;
  char part[1 << 14];
  while (const size_t size = std::fread(part, 1, sizeof part, file.get())) text.append(part, size);
  if (std::ferror(file.get()) != 0)
    return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  return text;
}

// "<path>: entry 3: <problem>"
absl::Status BadEntry(const std::string& path, size_t index, const std::string& problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": entry ", index + 1, ": ", problem));
}

// Shows the entries of a list to `read`, one after the other, up to the first that it complains about.
absl::Status ReadList(const std::string& directory, const std::string& list,
                      absl::FunctionRef<void(Entry&)> read) {
  const std::string path = absl::StrCat(directory, "/", FileName(list));
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  if (text->empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": the file is empty"));

  const nlohmann::json root = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded())
    return absl::InvalidArgumentError(absl::StrCat(path, ": not JSON, or not all of it"));
  const auto entries = root.is_object() ? root.find(list) : root.end();
  if (entries == root.end() || !entries->is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": holds no list \"", list, "\""));
  }
  for (size_t i = 0; i < entries->size(); ++i) {
    Entry entry((*entries)[i]);
    read(entry);
    if (!entry.problem().empty()) return BadEntry(path, i, entry.problem());
  }
  return absl::OkStatus();
}

absl::Status ReadCountries(const std::string& directory, Countries& countries) {
  return ReadList(directory, "3166-1", [&](Entry& entry) {
    countries.code.push_back(entry.Text("alpha_2", 2));
    countries.name.push_back(entry.Text("name"));
  });
}

absl::Status ReadSubdivisions(const std::string& directory, Subdivisions& subdivisions, Texts& kinds) {
  absl::flat_hash_set<std::string> codes;
  absl::flat_hash_set<std::string> known_kinds;
  absl::Status status = ReadList(directory, "3166-2", [&](Entry& entry) {
    std::string code = entry.Text("code");
    if (code.size() < 4 || code[2] != '-') entry.Complain("code", "doesn't read like \"IS-1\"");
    std::string kind = entry.Text("type");
    if (known_kinds.insert(kind).second) kinds.push_back(kind);
    codes.insert(code);
    subdivisions.country.push_back(code.substr(0, 2));
    subdivisions.code.push_back(std::move(code));
    subdivisions.name.push_back(entry.Text("name"));
    subdivisions.kind.push_back(std::move(kind));
    subdivisions.parent.push_back(entry.OptionalText("parent"));
  });
  // Most parents are given without their country: "6" in Iceland means "IS-6".
  for (size_t i = 0; status.ok() && i < subdivisions.parent.size(); ++i) {
    std::optional<std::string>& parent = subdivisions.parent[i];
    if (!parent.has_value() || codes.contains(*parent)) continue;
    parent = absl::StrCat(subdivisions.country[i], "-", *parent);
    if (!codes.contains(*parent)) {
      const std::string path = absl::StrCat(directory, "/", FileName("3166-2"));
      status = BadEntry(path, i, absl::StrCat("\"parent\": there is no ", *parent));
    }
  }
  return status;
}

absl::Status ReadFormerCountries(const std::string& directory,
                                 const absl::flat_hash_set<std::string>& countries,
                                 FormerCountries& former_countries) {
  return ReadList(directory, "3166-3", [&](Entry& entry) {
    std::string code = entry.Text("alpha_4", 4);
    const auto successor = code.size() == 4 ? countries.find(code.substr(2)) : countries.end();
    former_countries.successor.push_back(successor != countries.end() ? std::optional(*successor)
                                                                      : std::nullopt);
    former_countries.code.push_back(std::move(code));
    former_countries.name.push_back(entry.Text("name"));
    former_countries.withdrawn.push_back(entry.OptionalText("withdrawal_date"));
  });
}

absl::Status ReadCurrencies(const std::string& directory, const absl::flat_hash_set<std::string>& countries,
                            Currencies& currencies) {
  return ReadList(directory, "4217", [&](Entry& entry) {
    std::string code = entry.Text("alpha_3", 3);
    const auto country = countries.find(code.substr(0, 2));
    currencies.country.push_back(country != countries.end() ? std::optional(*country) : std::nullopt);
    currencies.code.push_back(std::move(code));
    currencies.name.push_back(entry.Text("name"));
  });
}

absl::Status ReadScripts(const std::string& directory, Scripts& scripts) {
  absl::Status status = ReadList(directory, "15924", [&](Entry& entry) {
    scripts.code.push_back(entry.Text("alpha_4", 4));
    scripts.name.push_back(entry.Text("name"));
  });
  absl::flat_hash_map<std::string, std::string> code_of;
  for (size_t i = 0; i < scripts.name.size(); ++i) code_of.emplace(scripts.name[i], scripts.code[i]);
  for (const std::string& name : scripts.name) {
    const size_t bracket = name.find(" (");
    const auto base = bracket == name.npos ? code_of.end() : code_of.find(name.substr(0, bracket));
    scripts.base.push_back(base != code_of.end() ? std::optional(base->second) : std::nullopt);
  }
  return status;
}

}  // namespace

std::string FileName(const std::string& list) { return absl::StrCat("iso_", list, ".json"); }

absl::StatusOr<Data> Load(const std::string& directory) {
  Data data;
  absl::Status status = ReadCountries(directory, data.countries);
  if (status.ok()) status = ReadSubdivisions(directory, data.subdivisions, data.kinds);
  const absl::flat_hash_set<std::string> countries(data.countries.code.begin(), data.countries.code.end());
  if (status.ok()) status = ReadFormerCountries(directory, countries, data.former_countries);
  if (status.ok()) status = ReadCurrencies(directory, countries, data.currencies);
  if (status.ok()) status = ReadScripts(directory, data.scripts);
  if (!status.ok()) return status;
  return data;
}

}  // namespace iso
