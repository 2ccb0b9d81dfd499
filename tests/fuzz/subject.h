// Subject: the database that a program is about, and what must hold whatever is done to it.
#ifndef TENON_TESTS_FUZZ_SUBJECT_H_
#define TENON_TESTS_FUZZ_SUBJECT_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tenon/tenon.h"
#include "tests/fuzz/byte_reader.h"

namespace tenon::fuzz {

class Subject {
 public:
  // Options and tables are drawn.
  explicit Subject(ByteReader& in);
  Subject(const Subject&) = delete;  // a Database can't be copied
  Subject& operator=(const Subject&) = delete;

  // Runs a write, after which the database must be whole; a refusal must say why and have changed nothing.
  template <class F>
  void Run(F write) {
    const State before = Look();
    rolled_back_ = false;
    answer_ = StatusOf(write());
    CheckAfter(before);
  }
  // Of the last write.
  const absl::Status& answer() const { return answer_; }
  // A transaction is rolled back while a write is under way: there is nothing to compare it with.
  void set_rolled_back() { rolled_back_ = true; }

  // Refuses the `after`-th request for memory from now on; 0: none.
  void RefuseMemory(size_t after, bool persistent);
  bool refuses_memory() const { return refusing_; }

  const Options& options() const { return options_; }
  Database& db() { return db_; }
  // Another database of the same tables.
  Database& other() { return other_; }
  const Schema& schema() const { return schema_; }
  // After the schema may have changed.
  void ReadSchema() { schema_ = db_.schema(); }

 private:
  struct State {
    StateHash hash;
    std::string picture;
  };
  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <class X>
  static const absl::Status& StatusOf(const absl::StatusOr<X>& result) {
    return result.status();
  }
  State Look() const;
  void CheckAfter(const State& before) const;

  const Options options_;
  const bool closely_;  // compare pictures after each refusal, not only hashes
  Database other_;
  Database db_;
  Schema schema_;
  absl::Status answer_;
  bool refusing_ = false;
  bool rolled_back_ = false;
};

}  // namespace tenon::fuzz

#endif  // TENON_TESTS_FUZZ_SUBJECT_H_
