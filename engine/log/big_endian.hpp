#pragma once
// Integers in network byte order, as in Kafka's binary files.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/ensure.hpp"

namespace logarium::log {

template <class T>
void set_big_endian(std::vector<std::byte>& out, std::size_t at, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = sizeof(T); i-- > 0;) {
    out[at + i] = static_cast<std::byte>(bits & 0xff);
    bits = static_cast<std::make_unsigned_t<T>>(bits >> 7 >> 1);
  }
}

template <class T>
void put_big_endian(std::vector<std::byte>& out, T value) {
  out.resize(out.size() + sizeof(T));
  set_big_endian(out, out.size() - sizeof(T), value);
}

// REQUIRES: at + sizeof(T) <= in.size().
template <class T>
[[nodiscard]] T get_big_endian(ByteView in, std::size_t at) {
  ENSURE(at + sizeof(T) <= in.size());
  std::make_unsigned_t<T> bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bits = static_cast<std::make_unsigned_t<T>>((bits << 7 << 1) |
                                                std::to_integer<std::uint8_t>(in[at + i]));
  }
  return static_cast<T>(bits);
}

}  // namespace logarium::log
