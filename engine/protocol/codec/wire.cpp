#include "engine/protocol/codec/wire.hpp"

namespace logarium::protocol {

std::string describe_message(ApiKey key, Message::Direction way, std::int16_t version) {
  return std::string(name_of(key)) +
         (way == Message::Direction::kRequest ? " request v" : " response v") +
         std::to_string(version);
}

}  // namespace logarium::protocol
