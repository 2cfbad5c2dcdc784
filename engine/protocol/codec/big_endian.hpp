#pragma once
// Integers in network byte order at a place in memory: one swap and one move, of which g++ does not
// make a loop over bytes by itself.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace logarium::protocol {

template <std::unsigned_integral T>
[[nodiscard]] T to_or_from_big_endian(T bits) {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return bits;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(bits);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(bits);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(bits);
}

template <std::integral T>
void store_big_endian(std::byte* to, T value) {
  const auto bits = to_or_from_big_endian(static_cast<std::make_unsigned_t<T>>(value));
  std::memcpy(to, &bits, sizeof(T));
}

template <std::integral T>
[[nodiscard]] T load_big_endian(const std::byte* from) {
  std::make_unsigned_t<T> bits;
  std::memcpy(&bits, from, sizeof(T));
  return static_cast<T>(to_or_from_big_endian(bits));
}

}  // namespace logarium::protocol
