// Faces: the two ways to say the same thing, by names and by structs, so that one test tries both.
//
//   template <class Face>
//   struct Blog : World {
//     Table<typename Face::template Of<Post>> posts;
//   ...
//   TYPED_TEST_SUITE(BlogTest, Faces, FaceNames);
#ifndef TENON_TESTS_TESTING_FACES_H_
#define TENON_TESTS_TESTING_FACES_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "gtest/gtest.h"
#include "tenon/tenon.h"

namespace tenon::testing {

// A struct's values by names: RowOf(const T&) stands beside T and leaves out a key that is to be numbered.
struct ByNames {
  template <class T>
  using Of = void;
  template <class T>
  static Table<> Open(Database& db, std::string_view table) {
    return db.GetTable(table);
  }
  template <class T>
  static tenon::Row Row(const T& row) {
    return RowOf(row);
  }
  static ToOne<> BelongsTo(const Table<>& child, const Table<>&, std::string_view association) {
    return child.BelongsTo(association);
  }
  static ToOne<> HasOne(const Table<>& target, const Table<>&, std::string_view, std::string_view inverse) {
    return target.HasOne(inverse);
  }
};

struct ByStructs {
  template <class T>
  using Of = T;
  template <class T>
  static Table<T> Open(Database& db, std::string_view table) {
    return db.GetTable<T>(table);
  }
  template <class T>
  static T Row(const T& row) {
    return row;
  }
  template <class A, class B>
  static ToOne<A, B> BelongsTo(const Table<A>& child, const Table<B>& target, std::string_view association) {
    return child.BelongsTo(target, association);
  }
  template <class A, class B>
  static ToOne<A, B> HasOne(const Table<A>& target, const Table<B>& child, std::string_view association,
                            std::string_view) {
    return target.HasOne(child, association);
  }
};

using Faces = ::testing::Types<ByNames, ByStructs>;
struct FaceNames {
  template <class Face>
  static std::string GetName(int) {
    return std::is_same_v<Face, ByNames> ? "ByNames" : "ByStructs";
  }
};

}  // namespace tenon::testing

#endif  // TENON_TESTS_TESTING_FACES_H_
