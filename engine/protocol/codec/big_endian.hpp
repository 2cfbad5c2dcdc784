#pragma once
// Integers in network byte order at a place in memory. Compilers make one swap and one move of it.

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace logarium::protocol {

template <std::integral T>
constexpr void store_big_endian(std::byte* to, T value) {
  auto rest = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = sizeof(T); i-- > 0;) {
    to[i] = static_cast<std::byte>(rest & 0xff);
    if constexpr (sizeof(T) > 1) rest = static_cast<std::make_unsigned_t<T>>(rest >> 8);
  }
}

template <std::integral T>
[[nodiscard]] constexpr T load_big_endian(const std::byte* from) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    if constexpr (sizeof(T) > 1) value = static_cast<std::make_unsigned_t<T>>(value << 8);
    value = static_cast<std::make_unsigned_t<T>>(value | static_cast<unsigned char>(from[i]));
  }
  return static_cast<T>(value);
}

}  // namespace logarium::protocol
