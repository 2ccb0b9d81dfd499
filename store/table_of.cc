// Definitions from structs, as data.
#include "tenon/table_of.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/value_cell.h"

namespace tenon::internal {
namespace {

// "post_id" less "id" is "post", "postId" too; empty where nothing is left, or the key is no word of its own.
std::string WithoutKey(const std::string& member, const std::string& key) {
  if (key.empty() || member.size() <= key.size()) return {};
  const size_t at = member.size() - key.size();
  const std::string end = member.substr(at);
  std::string capital = key;
  capital[0] = absl::ascii_toupper(static_cast<unsigned char>(capital[0]));
  if (end == capital && capital != key) return member.substr(0, at);
  if (end != key || (member[at - 1] != '_' && key[0] != '_')) return {};
  const size_t last = member.find_last_not_of('_', at - 1);
  return last == std::string::npos ? std::string() : member.substr(0, last + 1);
}

bool IsZeroOrEmpty(Type type, const Cell& cell) {
  return cell.is_null() || (IsText(type) ? cell.text.length() == 0 : cell.bits == 0);
}

}  // namespace

std::string_view MemberName(const StructInfo& info, uint32_t offset) {
  const MemberInfo* member = info.Find(offset);
  return member == nullptr ? std::string_view("(a member that is no column)") : member->name;
}

std::vector<std::string> MemberNames(const StructInfo& info, absl::Span<const uint32_t> offsets) {
  std::vector<std::string> names;
  for (const uint32_t offset : offsets) names.emplace_back(MemberName(info, offset));
  return names;
}

BelongsToDef DefineBelongsTo(const StructInfo& child, const OptionData& data) {
  BelongsToDef def = data.belongs_to;
  def.foreign_key = MemberNames(child, data.members);
  def.target_key = MemberNames(*data.target, data.target_members);
  if (def.target.empty()) def.target_struct = data.target;
  if (def.as.empty() && def.foreign_key.size() == 1)
    def.as = WithoutKey(def.foreign_key[0], def.target_key[0]);
  return def;
}

OptionData::OptionData() = default;
OptionData::OptionData(const OptionData&) = default;
OptionData::OptionData(OptionData&&) noexcept = default;
OptionData& OptionData::operator=(const OptionData&) = default;
OptionData& OptionData::operator=(OptionData&&) noexcept = default;
OptionData::~OptionData() = default;

OptionData KeyOption(OptionData::Kind kind, absl::Span<const uint32_t> members) {
  OptionData option;
  option.kind = kind;
  option.members.assign(members.begin(), members.end());
  return option;
}

OptionData AutoIncremented(OptionData&& key) {
  key.auto_increment = true;
  return std::move(key);
}

OptionData DefaultOption(uint32_t member, Value value) {
  OptionData option = KeyOption(OptionData::Kind::kDefault, {&member, 1});
  option.default_value = std::move(value);
  return option;
}

OptionData BelongsToOption(absl::Span<const uint32_t> members, const StructInfo& target,
                           absl::Span<const uint32_t> target_members, const BelongsToDef& def) {
  OptionData option = KeyOption(OptionData::Kind::kBelongsTo, members);
  option.belongs_to = def;
  option.target = &target;
  option.target_members.assign(target_members.begin(), target_members.end());
  return option;
}

const BelongsToDef& NothingSaid() {
  static const auto* nothing = new BelongsToDef();
  return *nothing;
}

TableDef DefineTable(const StructInfo& info, const void* zero, std::string_view name,
                     absl::Span<const OptionData> options) {
  TableDef table{.name = std::string(name), .row_struct = &info};
  for (const MemberInfo& member : info.members) {
    const Cell initial = member.read(static_cast<const char*>(zero) + member.offset);
    table.columns.push_back({.name = std::string(member.name),
                             .type = member.type,
                             .not_null = !member.nullable,
                             .default_value = ValueOf(initial, member.type),
                             .implied_default = !member.nullable && IsZeroOrEmpty(member.type, initial)});
  }
  for (const MemberInfo& member : info.members) {
    if (info.Find(member.offset) == &member) continue;
    table.problems.push_back(absl::StrCat("columns ", std::string(info.Find(member.offset)->name), " and ",
                                          std::string(member.name),
                                          " are one member (name each once in TenonColumns)"));
  }
  const auto column_of = [&](uint32_t offset) -> ColumnDef* {
    const MemberInfo* member = info.Find(offset);
    return member == nullptr ? nullptr : &table.columns[static_cast<size_t>(member - info.members.data())];
  };
  for (const OptionData& option : options) {
    for (const uint32_t offset : option.members) {
      if (column_of(offset) != nullptr) continue;
      table.problems.push_back(absl::StrCat("an option names a member of ", std::string(info.name),
                                            " that is no column (add it to its TenonColumns)"));
    }
    switch (option.kind) {
      case OptionData::Kind::kPrimaryKey:
        if (!table.primary_key.empty()) {
          table.problems.push_back("PrimaryKey is given twice (name all members of the key in one)");
          break;
        }
        table.primary_key = MemberNames(info, option.members);
        if (ColumnDef* column = column_of(option.members[0]); option.auto_increment && column != nullptr) {
          column->auto_increment = true;
          if (column->implied_default) column->default_value = Value();
          column->implied_default = false;
        }
        break;
      case OptionData::Kind::kUnique:
        table.unique.emplace_back(MemberNames(info, option.members));
        break;
      case OptionData::Kind::kIndex:
        table.index.emplace_back(MemberNames(info, option.members));
        break;
      case OptionData::Kind::kBelongsTo:
        table.belongs_to.push_back(DefineBelongsTo(info, option));
        break;
      case OptionData::Kind::kDefault:
        if (ColumnDef* column = column_of(option.members[0]); column != nullptr) {
          const bool stated = !column->implied_default && !column->default_value.is_null();
          if (stated && !(column->default_value == option.default_value)) {
            table.problems.push_back(absl::StrCat(column->name, " is initialised with ",
                                                  column->default_value.ToString(), " and has Default ",
                                                  option.default_value.ToString(), " (say one of them)"));
          }
          column->default_value = option.default_value;
          column->implied_default = false;
        }
        break;
    }
  }
  return table;
}

}  // namespace tenon::internal
