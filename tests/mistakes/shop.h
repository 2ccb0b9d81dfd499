// What the programs of mistakes.cc are about.
#ifndef TENON_TESTS_MISTAKES_SHOP_H_
#define TENON_TESTS_MISTAKES_SHOP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/tenon.h"

struct User {
  std::int64_t id = 0;
  std::string name = {};
};
struct Post {
  std::int64_t id = 0;
  std::string title = {};
  std::int32_t score = 0;
  std::optional<std::int64_t> rank = {};
  std::optional<std::int64_t> user_id = {};
};

struct Shop {
  tenon::Database db;
  tenon::Table<User> users;
  tenon::Table<Post> posts;
  tenon::ToOne<Post, User> user;
  tenon::Ref<User> ann;
  tenon::Ref<Post> hello;
};

#endif  // TENON_TESTS_MISTAKES_SHOP_H_
