#pragma once
// Which single byte of a block was changed, from its CRC-32C before and after. A CRC is linear: the
// difference of the two is that of the changed byte, shifted through all that follows it; going
// back byte by byte from the end finds where it fits into one byte.

#include <cstdint>
#include <optional>

namespace logarium::runtime {

struct SingleByteError {
  std::size_t position = 0;
  std::uint8_t difference = 0;  // exclusive or of the byte that was and the byte that is
};
// `difference`: exclusive or of the two CRCs; not 0. Empty when no change of one byte among `size`
// explains it. For blocks below a megabyte a wrong answer has a chance below one in ten.
[[nodiscard]] std::optional<SingleByteError> single_byte_error(std::uint32_t difference,
                                                               std::size_t size);

}  // namespace logarium::runtime
