// What a schema is made of: TableDef, ColumnDef, BelongsToDef. Plain data; what is left out is filled in when the
// definition reaches the database (database.h), and what is wrong is refused there, all of it at once.
#ifndef TENON_DEFINITION_H_
#define TENON_DEFINITION_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/row.h"

namespace tenon {

namespace internal {
struct StructInfo;
}

// What happens to the children of a target that is erased, or whose key changes.
//   kNoAction    nothing; the children's keys are checked at the end of the statement
//   kRestrict    the statement is refused while a child refers to the target
//   kCascade     on delete the children are erased too; on update their keys follow
//   kSetNull     the foreign key becomes null
//   kSetDefault  the foreign key takes the defaults of its columns, which must then exist in the target
enum class Action : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

// "no action", "restrict", ... as printed by messages and dumps.
std::string_view ActionName(Action action);

struct ColumnDef {
  std::string name = {};
  Type type = Type::kInt64;
  bool not_null = false;
  // A row that leaves this column out gets the next number; int32 and int64 only, one such column in a table.
  bool auto_increment = false;
  // What a row that leaves this column out gets; null when not given.
  Value default_value = {};
  // The default is a zero that nobody said, of a struct's member: set default does not take it.
  bool implied_default = false;
};

// The other end of a belongsTo: HasMany("comments") names it, HasOne("license") also makes it one-to-one, enforced.
struct Inverse {
  std::string name = {};
  bool one = false;
};
inline Inverse HasMany(std::string name) { return {std::move(name), false}; }
inline Inverse HasOne(std::string name) { return {std::move(name), true}; }

// A foreign key: rows of this table belong to rows of `target`. An empty field means "not given"; then
//   as           the target's name with a lower first letter: "author"
//   foreign_key  association and target key joined in camel case: "authorId"; added, nullable, if the table lacks it
//   target_key   the target's primary key; a target key must be a primary or unique key of exactly these columns
//   name         table and association: "Book.author"; it stands in every message
struct BelongsToDef {
  std::string target = {};
  std::string as = {};
  std::vector<std::string> foreign_key = {};
  std::vector<std::string> target_key = {};
  Inverse inverse = {};
  Action on_delete = Action::kNoAction;
  Action on_update = Action::kNoAction;
  bool enforced =
      true;  // false: nothing is checked, no action; rows link up while a target with their key exists
  bool deferred = false;  // true: existence is checked at commit, not at the end of each statement
  std::string name = {};
  const internal::StructInfo* target_struct =
      nullptr;  // for the library: instead of `target`, the table made from it
};

// The columns of one key: "word", or {"tenant", "no"}.
struct KeyColumns : std::vector<std::string> {
  KeyColumns(const char* column) : vector{column} {}                            // NOLINT: one column is a key
  KeyColumns(std::string column) : vector{std::move(column)} {}                 // NOLINT
  KeyColumns(std::initializer_list<std::string> columns) : vector(columns) {}   // NOLINT: so are several
  KeyColumns(std::vector<std::string> columns) : vector(std::move(columns)) {}  // NOLINT
  // {{"a", "b"}} for one key would be taken for a string from one pointer to another.
  KeyColumns(std::initializer_list<std::initializer_list<const char*>> columns) = delete;
};

// A table without a primary key gets `id`: int64, auto-increment, first column.
struct TableDef {
  std::string name = {};
  std::vector<ColumnDef> columns = {};
  std::vector<std::string> primary_key = {};
  std::vector<KeyColumns> unique =
      {};  // two keys: {"word", "code"}; one key of two columns: {{"tenant", "no"}}
  std::vector<BelongsToDef> belongs_to = {};
  std::vector<KeyColumns> index =
      {};  // columns that queries compare, and that are no key: rows are found by a hash
  const internal::StructInfo* row_struct = nullptr;  // for the library: what TableOf made this from
  std::vector<std::string> problems = {};            // for the library: what TableOf could not say here
};

}  // namespace tenon

// Compiled once, in the library.
extern template class std::vector<tenon::ColumnDef>;
extern template class std::vector<tenon::BelongsToDef>;
extern template class std::vector<tenon::TableDef>;

#endif  // TENON_DEFINITION_H_
