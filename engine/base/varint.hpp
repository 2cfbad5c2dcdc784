#pragma once
// Zigzag and unsigned varints as in Kafka's record format and flexible message versions
// (KIP-482; the encoding is that of Protocol Buffers).

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/bytes.hpp"

namespace logarium {

inline constexpr std::size_t kVarintBytesMax = 5;
inline constexpr std::size_t kVarlongBytesMax = 10;

[[nodiscard]] constexpr std::uint32_t zigzag(std::int32_t v) {
  return (static_cast<std::uint32_t>(v) << 1) ^ static_cast<std::uint32_t>(v >> 31);
}
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
[[nodiscard]] constexpr std::int32_t unzigzag(std::uint32_t v) {
  return static_cast<std::int32_t>((v >> 1) ^ (~(v & 1) + 1));
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t v) {
  return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
}

// Bytes that an unsigned varint takes: 1 to 10.
[[nodiscard]] constexpr std::size_t varint_size(std::uint64_t v) {
  std::size_t n = 1;
  while (v >= 0x80) {
    v >>= 7;
    ++n;
  }
  return n;
}

void put_varint(std::vector<std::byte>& out, std::uint64_t value);

// Reads at `at` and moves it past the varint. False when the bytes end early, or when the value
// needs more than max_bytes bytes; `at` is then unspecified.
[[nodiscard]] bool get_varint(ByteView in, std::size_t& at, std::uint64_t& value,
                              std::size_t max_bytes);

}  // namespace logarium
