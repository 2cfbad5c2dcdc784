#pragma once
// What the operating system gives and says.

#include <cstdint>
#include <string>

namespace logarium::live {

// 64 random bits of the system's source; a new node's seed.
[[nodiscard]] std::uint64_t draw_seed();

// What a value of errno means, in the system's words.
[[nodiscard]] std::string words(int error);

}  // namespace logarium::live
