// The lists of Debian's package iso-codes as plain columns: countries, their subdivisions, currencies,
// countries that are no more, scripts. Knows JSON and nothing of Tenon.
#ifndef TENON_EXAMPLES_ISO_DATA_H_
#define TENON_EXAMPLES_ISO_DATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace iso {

using Texts = std::vector<std::string>;
using OptionalTexts = std::vector<std::optional<std::string>>;

// ISO 3166-1. The code has two letters: "IS".
struct Countries {
  Texts code = {};
  Texts name = {};
};

// ISO 3166-2: "IS-AKU", Akureyri, a municipality of Iceland and part of the region "IS-6".
struct Subdivisions {
  Texts code = {};
  Texts name = {};
  Texts kind = {};
  Texts country = {};         // the first two letters of the code
  OptionalTexts parent = {};  // the code of another subdivision, which may stand further down
};

// ISO 3166-3. The code has four letters, the last two of which tell what became of it: "DDDE".
struct FormerCountries {
  Texts code = {};
  Texts name = {};
  OptionalTexts withdrawn = {};  // a date or a year
  OptionalTexts successor = {};  // a country, where those two letters are one
};

// ISO 4217. The code has three letters: "ISK".
struct Currencies {
  Texts code = {};
  Texts name = {};
  OptionalTexts country = {};  // where the first two letters are one: the euro has none
};

// ISO 15924. The code has four letters: "Latf".
struct Scripts {
  Texts code = {};
  Texts name = {};
  OptionalTexts base = {};  // of "Latin (Fraktur variant)" the code of "Latin"
};

struct Data {
  Countries countries = {};
  Texts kinds = {};  // of subdivisions, each once, in order of appearance
  Subdivisions subdivisions = {};
  FormerCountries former_countries = {};
  Currencies currencies = {};
  Scripts scripts = {};
};

// The name of the file that holds a list: "iso_3166-1.json".
std::string FileName(const std::string& list);

// Reads all lists from the files in `directory`. Messages begin with the file and say which of its entries is
// meant, counted from 1.
//   kNotFound         a file can't be read
//   kInvalidArgument  a file is not JSON, or lacks a list or a field; a field is no text or has the wrong
//   length; a
//                     subdivision is part of one that isn't there
absl::StatusOr<Data> Load(const std::string& directory);

}  // namespace iso

#endif  // TENON_EXAMPLES_ISO_DATA_H_
