#pragma once
// Buffers: storage for long frames and for what is read from files. The general allocator gives
// long blocks back to the system and gets them anew, and a page that the system gives costs more
// processor time than what is then done with it; so blocks that nobody uses any more are kept for
// the next ones of about their size, up to a limit and as long as they are needed now and then.
//
// Any thread may take and let go.

#include <cstddef>
#include <memory>

namespace logarium::live {

// Shorter blocks, and longer ones, are the general allocator's.
inline constexpr std::size_t kKeptBlockMin = std::size_t{32} * 1024;
inline constexpr std::size_t kKeptBlockMax = std::size_t{16} * 1024 * 1024;
// Together; what is let go beyond that goes back.
inline constexpr std::size_t kKeptBytesMax = std::size_t{128} * 1024 * 1024;

// At least `size` bytes with any content; null when there is no memory. Memory that was never
// written to is only promised by the system, so a long block that stays empty costs nothing.
[[nodiscard]] std::shared_ptr<std::byte[]> take_buffer(std::size_t size);

// Gives back the blocks that were kept and not needed since the last call. To be called about once
// a second, so that a load leaves no memory behind.
void give_back_unneeded();

// Bytes kept at present.
[[nodiscard]] std::size_t kept_bytes();

}  // namespace logarium::live
