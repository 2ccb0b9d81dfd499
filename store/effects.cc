// Effects as one line.
#include "tenon/effects.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace tenon {

std::string Effects::ToString() const {
  std::string out = absl::StrCat(addressed, addressed == 1 ? " row" : " rows");
  for (const TableEffects& effects : tables) {
    const char* separator = ": ";
    const auto add = [&](size_t rows, const char* fate) {
      if (rows == 0) return;
      if (separator[0] == ':') absl::StrAppend(&out, "; ", effects.table);
      absl::StrAppend(&out, separator, rows, " ", fate);
      separator = ", ";
    };
    add(effects.erased, "erased");
    add(effects.rewritten, "rewritten");
    add(effects.nulled, "nulled");
    add(effects.defaulted, "defaulted");
  }
  return out;
}

}  // namespace tenon
