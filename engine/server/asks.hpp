#pragma once
// What the handlers of a server process wait for, as it stands in Cookie::what.

#include <cstdint>

#include "engine/base/cookie.hpp"

namespace logarium::server {

enum class HandlerAsk : std::uint8_t { kForward, kProducerIds, kAutoCreate, kDirectories };

[[nodiscard]] constexpr Cookie handler_cookie(HandlerAsk ask, std::uint64_t value) {
  return {Machine::kHandler, static_cast<std::uint8_t>(ask), 0, value};
}

}  // namespace logarium::server
