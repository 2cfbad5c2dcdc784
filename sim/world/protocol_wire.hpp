#pragma once
// ProtocolWire: the WireCodec of Kafka's wire format. Every message is encoded with its length,
// header and body in the frame's version, and decoded again from a copy of those bytes.

#include <optional>
#include <string>

#include "engine/base/message.hpp"
#include "engine/protocol/api_key.hpp"
#include "sim/world/wire.hpp"

namespace logarium::world {

// A planted fault of the codec: this field of this message never arrives (it is zero, empty or
// null after decoding). Shows that wire mode would notice a forgotten field.
struct DroppedField {
  protocol::ApiKey api = protocol::ApiKey::kFetch;
  Message::Direction direction = Message::Direction::kRequest;
  std::string name;  // on the wire: "MaxWaitMs"; at any depth
};

class ProtocolWire final : public WireCodec {
 public:
  ProtocolWire() = default;
  explicit ProtocolWire(DroppedField dropped) : dropped_(std::move(dropped)) {}
  [[nodiscard]] Result<Frame> round_trip(const Frame& frame,
                                         std::vector<std::byte>& buffer) const override;

 private:
  std::optional<DroppedField> dropped_;
};

}  // namespace logarium::world
