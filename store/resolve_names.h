// The names that a definition leaves out, and how messages write names.
#ifndef TENON_STORE_RESOLVE_NAMES_H_
#define TENON_STORE_RESOLVE_NAMES_H_

#include <string>
#include <vector>

namespace tenon::internal {

// The association of an edge to this table: "Author" gives "author", "HTTPServer" "hTTPServer".
std::string DefaultAssociation(const std::string& target);

// The foreign-key column for one column of the target key, both joined in camel case; '_', '-' and blanks go,
// and the next letter is a capital: "country" and "_id" give "countryId". Empty when there was nothing else.
std::string DefaultForeignKey(const std::string& association, const std::string& key_column);

// The constraint of a key: "Tag.post_id_tag_id".
std::string KeyConstraint(const std::string& table, const std::vector<std::string>& columns);

// Columns as a definition writes them: {"a", "b"}.
std::string Braced(const std::vector<std::string>& columns);

// A key as messages write it: Order(tenant, no).
std::string KeyText(const std::string& table, const std::vector<std::string>& columns);

}  // namespace tenon::internal

#endif  // TENON_STORE_RESOLVE_NAMES_H_
