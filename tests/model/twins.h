// The engine and the model in step: both run every statement, and are compared on all that a caller can see.
#ifndef TENON_TESTS_MODEL_TWINS_H_
#define TENON_TESTS_MODEL_TWINS_H_

#include <memory>
#include <string>

#include "tests/model/model.h"
#include "tests/model/program.h"

namespace tenon::model {

// How closely a statement's result is looked at: all that there is to see, or rows, keys and links alone, which is
// several times as fast.
enum class Look { kEverything, kRows };

class Twins {
 public:
  // The rules that the model goes by are those of `schema`; the engine's are those of `engine_schema`, which differ
  // only where a test wants a difference.
  explicit Twins(const Schema& schema, Look look = Look::kEverything);
  Twins(const Schema& schema, const Schema& engine_schema, Look look);
  ~Twins();

  // Lets both execute the statement, and compares. Empty: they agree. After a first difference it stays.
  const std::string& Execute(const Statement& statement);

  const Model& model() const;
  // Of the model, for the statement executed last.
  const Outcome& outcome() const;

 private:
  class Pair;
  std::unique_ptr<Pair> pair_;
};

// Runs the program up to the first difference: "statement 7: ...". Empty: there is none.
std::string Difference(const Program& program);

}  // namespace tenon::model

#endif  // TENON_TESTS_MODEL_TWINS_H_
