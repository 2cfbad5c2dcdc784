#pragma once
// Gathered: an encoded message whose long record payloads stay where they are. On the wire it is
// `bytes` with each piece's payload put in before bytes[at]; a host hands both to one gathering
// write, so that records are not copied on their way out.

#include <cstddef>
#include <vector>

#include "engine/base/bytes.hpp"

namespace logarium::protocol {

struct Gathered {
  // Shorter payloads are copied: a piece of a write of its own costs more than that.
  static constexpr std::size_t kSharedBytesMin = 1024;

  struct Piece {
    std::size_t at = 0;  // ascending
    Bytes payload;
  };
  std::vector<std::byte> bytes;
  std::vector<Piece> pieces;
};

}  // namespace logarium::protocol
