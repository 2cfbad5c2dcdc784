#pragma once
// Digest: a rolling 64-bit hash over numbers and bytes in order. The digest of a run decides
// whether two runs are the same.

#include <cstdint>
#include <string>

#include "engine/base/hash.hpp"

namespace logarium {

class Digest {
 public:
  constexpr void add(std::uint64_t value) { state_ = fold(state_, value); }
  constexpr void add(std::int64_t value) { add(static_cast<std::uint64_t>(value)); }
  void add(ByteView bytes) { add(hash_bytes(bytes)); }
  void add(std::string_view text) { add(hash_text(text)); }
  [[nodiscard]] constexpr std::uint64_t value() const { return state_; }
  constexpr bool operator==(const Digest&) const = default;

 private:
  std::uint64_t state_ = 0x6c6f676172697564ULL;
};

// 16 lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(std::uint64_t value);

}  // namespace logarium
