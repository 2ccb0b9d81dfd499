#include "store/resolve_names.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::internal {

std::string DefaultAssociation(const std::string& target) {
  std::string name = target;
  if (!name.empty()) name[0] = absl::ascii_tolower(static_cast<unsigned char>(name[0]));
  return name;
}

std::string DefaultForeignKey(const std::string& association, const std::string& key_column) {
  std::string name;
  name.reserve(association.size() + key_column.size());
  for (const std::string* part : {&association, &key_column}) {
    bool capital = true;
    for (const char c : *part) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '_' || c == '-' || absl::ascii_isspace(byte)) {
        capital = true;
        continue;
      }
      name += name.empty() ? absl::ascii_tolower(byte) : capital ? absl::ascii_toupper(byte) : c;
      capital = false;
    }
  }
  return name;
}

std::string KeyConstraint(const std::string& table, const std::vector<std::string>& columns) {
  return absl::StrCat(table, ".", absl::StrJoin(columns, "_"));
}

std::string Braced(const std::vector<std::string>& columns) {
  return absl::StrCat("{\"", absl::StrJoin(columns, "\", \""), "\"}");
}

std::string KeyText(const std::string& table, const std::vector<std::string>& columns) {
  return absl::StrCat(table, "(", absl::StrJoin(columns, ", "), ")");
}

}  // namespace tenon::internal
