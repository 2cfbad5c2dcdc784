#pragma once
// Non-cryptographic hashes: the same on every machine and compiler.

#include <cstdint>

#include "engine/base/bytes.hpp"

namespace logarium {

// One round of a strong 64-bit mixer (the finaliser of splitmix64).
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
// Order matters: fold(fold(h, a), b) differs from fold(fold(h, b), a).
[[nodiscard]] constexpr std::uint64_t fold(std::uint64_t hash, std::uint64_t value) {
  return mix64(hash + 0x9e3779b97f4a7c15ULL + value) ^ (hash << 1);
}

// Cheaper than fold(): for many fields in a row, whose result is then folded. For a fixed hash
// every value gives another result, so a single change is never lost.
[[nodiscard]] constexpr std::uint64_t absorb(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9fb21c651e98df25ULL;
  return hash ^ (hash >> 32);
}

// XXH3-64 of the bytes.
[[nodiscard]] std::uint64_t hash_bytes(ByteView bytes);
[[nodiscard]] inline std::uint64_t hash_text(std::string_view text) {
  return hash_bytes(view_of(text));
}

// CRC-32C (Castagnoli) as record batches v2 carry it; "123456789" gives 0xE3069283.
[[nodiscard]] std::uint32_t crc32c(ByteView bytes);
// Continues a CRC over further bytes: crc32c(a ++ b) == crc32c_extend(crc32c(a), b).
[[nodiscard]] std::uint32_t crc32c_extend(std::uint32_t crc, ByteView bytes);

}  // namespace logarium
