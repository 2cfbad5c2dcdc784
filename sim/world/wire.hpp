#pragma once
// WireCodec: the hook through which a world in wire mode sends every message as bytes. The world
// knows no formats; whoever owns the framing (engine/protocol) gives one. A test may give one that
// drops a field, which must change the run's digest.

#include <cstddef>
#include <vector>

#include "engine/base/message.hpp"
#include "engine/base/result.hpp"

namespace logarium::world {

class WireCodec {
 public:
  virtual ~WireCodec() = default;
  // Encodes the frame (size, header, body in frame.api_version) into `buffer`, which comes in
  // empty and keeps its capacity, and decodes it again. An error says what the decoder refused.
  [[nodiscard]] virtual Result<Frame> round_trip(const Frame& frame,
                                                 std::vector<std::byte>& buffer) const = 0;
};

}  // namespace logarium::world
