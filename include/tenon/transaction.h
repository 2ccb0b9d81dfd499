// Transaction: statements that are kept together, or not at all.
#ifndef TENON_TRANSACTION_H_
#define TENON_TRANSACTION_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"

namespace tenon {

namespace internal {
class Engine;
}  // namespace internal

// A transaction: what is written while it is open is undone when it leaves its scope without Commit. Transactions
// nest: an inner one is a savepoint. Its writes are seen by all reads at once; there is one writer.
class [[nodiscard]] Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&& other) noexcept;  // rolls back what this one held
  ~Transaction();                                        // rolls back if still open

  // OK while open. kFailedPrecondition: committed or rolled back. kResourceExhausted: Options::transaction_limit.
  absl::Status status() const;
  // Keeps what was written. Of the outermost transaction: checks the deferred edges first.
  //   kFailedPrecondition  a deferred edge leads nowhere: all of them are listed, and the transaction stays open; or
  //                        an inner transaction is still open; or this one is not
  [[nodiscard]] absl::Status Commit();
  // Undoes all that was written since Begin, inner transactions included, to the bit: rows, Refs, keys, links, order
  // of children, auto-increment. Never fails, never allocates.
  void Rollback();

 private:
  friend class Database;
  Transaction(internal::Engine* engine, uint64_t id, absl::Status status)
      : engine_(engine), id_(id), status_(std::move(status)) {}

  internal::Engine* engine_;
  uint64_t id_;
  absl::Status status_;
};

}  // namespace tenon

#endif  // TENON_TRANSACTION_H_
