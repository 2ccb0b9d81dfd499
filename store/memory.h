// The one door to memory that grows with data.
//
// Keeps     bytes() is what was allocated and not freed, in all and by account.
// Failure   a request beyond the limit, or one that the system refuses, is answered by null; nothing else happens.
#ifndef TENON_STORE_MEMORY_H_
#define TENON_STORE_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace tenon::internal {

// Asks memory for a cache line that will be read or written soon. The empty statement keeps GCC 12 from taking a function
// that only asks for one that does nothing, and dropping the calls.
inline void AskFor(const void* line) {
  __builtin_prefetch(line);
  asm volatile("" : : "r"(line));
}

class Memory {
 public:
  // `limit` in bytes; 0: none.
  explicit Memory(size_t limit) : limit_(limit) {}
  ~Memory() { Free(shares_, share_capacity_ * sizeof(uint32_t)); }
  Memory(const Memory&) = delete;  // accounts point to it
  Memory& operator=(const Memory&) = delete;

  size_t bytes() const { return bytes_; }
  // While it lives no request is refused: for writes that have no way to say no. Where the system has no memory left, the
  // process ends.
  class NoRefusals {
   public:
    explicit NoRefusals(Memory* memory) : memory_(memory) { memory_->refuses_ = false; }
    NoRefusals(const NoRefusals&) = delete;  // a scope
    NoRefusals& operator=(const NoRefusals&) = delete;
    ~NoRefusals() { memory_->refuses_ = true; }

   private:
    Memory* memory_;
  };
  // What the shares below take of it.
  size_t share_bytes() const { return share_capacity_ * sizeof(uint32_t); }

  // Refuses the `after`-th request from now on, and with `persistent` all that follow; 0 refuses none. Returns the
  // number of requests since the last call.
  size_t RefuseForTesting(size_t after, bool persistent);

  // ---- Shares: how many arrays hold a chunk that was copied. They lie side by side, apart from the chunks. ----

  // A new share, counting two holders; 0 when memory is refused.
  uint32_t NewShare();
  void AddHolder(uint32_t share) { ++shares_[share]; }
  // One holder less; the number that is left. The share is free for reuse at 0.
  uint32_t DropHolder(uint32_t share);
  uint32_t Holders(uint32_t share) const { return shares_[share]; }

 private:
  friend class Account;
  void* Allocate(size_t bytes);
  void Free(void* block, size_t bytes);

  size_t limit_;
  size_t bytes_ = 0;
  size_t requests_ = 0;
  size_t refuse_at_ = 0;
  bool refuse_on_ = false;
  bool refuses_ = true;
  uint32_t* shares_ = nullptr;  // number of holders, or of a free share the next free one
  uint32_t share_count_ = 1;    // 0 is no share
  uint32_t share_capacity_ = 0;
  uint32_t free_share_ = 0;
};

// The bytes of one purpose, of one table or of the database.
class Account {
 public:
  explicit Account(Memory* memory) : memory_(memory) {}
  Account(const Account&) = delete;  // structures point to it
  Account& operator=(const Account&) = delete;

  // `bytes` of uninitialised memory, aligned for anything; null when refused.
  void* Allocate(size_t bytes) {
    void* block = memory_->Allocate(bytes);
    if (block != nullptr) bytes_ += bytes;
    return block;
  }
  // Requires: `block` is null, or `bytes` long and from this account.
  void Free(void* block, size_t bytes) {
    if (block == nullptr) return;
    bytes_ -= bytes;
    memory_->Free(block, bytes);
  }
  size_t bytes() const { return bytes_; }
  Memory& memory() const { return *memory_; }

 private:
  Memory* memory_;
  size_t bytes_ = 0;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_MEMORY_H_
