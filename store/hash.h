// Hashes of keys. The secret goes in before every multiplication, so that without it no colliding keys can be chosen.
//
// The mixing step is the folded 64x64 -> 128 bit multiplication known from wyhash and from Abseil's hash.
#ifndef TENON_STORE_HASH_H_
#define TENON_STORE_HASH_H_

#include <cstdint>
#include <cstring>
#include <string_view>

namespace tenon::internal {

#ifdef TENON_HASH_CONSTANT
inline constexpr bool kConstantKeys = true;
#else
inline constexpr bool kConstantKeys = false;
#endif

class Hasher {
 public:
  // `of_keys`: of those that indexes keep; all of them are equal in a hostile configuration, for tests.
  explicit Hasher(uint64_t secret, bool of_keys = true)
      : secret_(secret), odd_(Fold(secret ^ kFirst, kSecond) | 1), of_keys_(of_keys) {}

  uint64_t seed() const { return secret_; }
  uint64_t Mix(uint64_t state, uint64_t word) const {
    return Constant() ? 0 : Fold(state ^ word, odd_) ^ Turn(word);
  }
  uint64_t Mix(uint64_t state, std::string_view bytes) const {
    if (Constant()) return 0;
    const char* p = bytes.data();
    size_t left = bytes.size();
    state ^= Fold(bytes.size() ^ kFirst, odd_);
    for (; left > 16; left -= 16, p += 16)
      state = Fold(Word(p, 8) ^ odd_ ^ state, Word(p + 8, 8) ^ secret_ ^ kSecond);
    const uint64_t a = Word(p, left < 8 ? left : 8);
    const uint64_t b = left > 8 ? Word(p + 8, left - 8) : 0;
    return Fold(a ^ odd_ ^ state, b ^ secret_ ^ kSecond);
  }

 private:
  bool Constant() const { return kConstantKeys && of_keys_; }
  static constexpr uint64_t kFirst = 0x9E37'79B9'7F4A'7C15u;
  static constexpr uint64_t kSecond = 0xD1B5'4A32'D192'ED03u;
  static uint64_t Fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  static uint64_t Turn(uint64_t word) { return (word << 32) | (word >> 32); }
  static uint64_t Word(const char* p, size_t bytes) {
    uint64_t word = 0;
    std::memcpy(&word, p, bytes);
    return word;
  }

  uint64_t secret_;
  uint64_t odd_;
  bool of_keys_;
};

}  // namespace tenon::internal

#endif  // TENON_STORE_HASH_H_
