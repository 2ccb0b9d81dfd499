// Schemas: tables, columns and edges are named by their place in these lists.
#ifndef TENON_TESTS_MODEL_SCHEMA_H_
#define TENON_TESTS_MODEL_SCHEMA_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tenon/definition.h"
#include "tests/model/cell.h"

namespace tenon::model {

struct Column {
  std::string name = {};
  Kind kind = Kind::kInt64;
  bool not_null = false;
  bool auto_increment = false;
  Cell default_value = {};
};

struct Table {
  std::string name = {};
  std::vector<Column> columns = {};
  std::vector<std::vector<size_t>> keys = {};  // the primary key first
  bool implicit_id = false;                    // the first column and the primary key are left to the library
  std::vector<std::vector<size_t>> indexes = {};  // which change nothing that can be told
};

struct Edge {
  std::string association = {};
  std::string inverse = {};  // may be empty, except of a has-one
  size_t child = 0;
  std::vector<size_t> foreign_key = {};
  size_t target = 0;
  std::vector<size_t> target_key = {};  // the columns of one of the target's keys, in any order
  Action on_delete = Action::kNoAction;
  Action on_update = Action::kNoAction;
  bool enforced = true;
  bool deferred = false;
  bool one = false;  // has-one: the foreign key is unique
};

struct Schema {
  std::vector<Table> tables = {};
  std::vector<Edge> edges = {};
};

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_SCHEMA_H_
