#include "tests/fuzz/transactions.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/look.h"

namespace tenon::fuzz {

void Transactions::Begin() {
  if (open_.size() >= 8) return;
  std::string before = Picture(subject_.db());
  open_.push_back({subject_.db().Begin(), std::move(before)});
}

void Transactions::Commit() {
  if (open_.empty()) return;
  const size_t at = in_.OneIn(8) ? in_.Below(open_.size()) : open_.size() - 1;
  subject_.Run([&] { return open_[at].transaction.Commit(); });
  Check(subject_.answer().code() != absl::StatusCode::kResourceExhausted ||
            subject_.options().transaction_limit < 1000,
        "a commit asks for no memory");
  if (subject_.answer().ok()) open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Transactions::Rollback() {
  if (open_.empty()) return;
  const size_t at = in_.OneIn(8) ? in_.Below(open_.size()) : open_.size() - 1;
  Transaction& transaction = open_[at].transaction;
  const bool was_open = transaction.status().ok();
  subject_.Run([&] {
    if (in_.OneIn(16)) {
      transaction = Transaction(std::move(transaction));
      Check(transaction.status().ok() == was_open, "a transaction that is moved stays open");
    }
    transaction.Rollback();
    return absl::OkStatus();
  });
  Check(!was_open || Picture(subject_.db()) == open_[at].before, "a rollback restores everything");
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Transactions::RollbackMeanwhile() {
  if (open_.empty()) return;
  subject_.set_rolled_back();
  open_[in_.Below(open_.size())].transaction.Rollback();
}

void Transactions::Finish() {
  subject_.RefuseMemory(1, false);  // an undo needs none
  while (!open_.empty()) {
    const bool was_open = open_.back().transaction.status().ok();
    const std::string before = open_.back().before;
    open_.pop_back();
    Check(!was_open || Picture(subject_.db()) == before, "the end of a scope rolls back");
  }
  subject_.RefuseMemory(0, false);
}

}  // namespace tenon::fuzz
