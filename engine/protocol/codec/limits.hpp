#pragma once
// Lengths of strings and of bytes that a message may carry.

#include <cstddef>

namespace logarium::protocol {

// What a length of int16 can say (Kafka refuses longer strings in flexible versions too).
inline constexpr std::size_t kStringBytesMax = 0x7fff;
inline constexpr std::size_t kBlobBytesMax = 0x7fffffff;

}  // namespace logarium::protocol
