#pragma once
// UnregisterBroker (key 64): removes a broker registration for good (KIP-631).

#include <cstdint>
#include <optional>
#include <string>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct UnregisterBrokerRequest final
    : Wire<UnregisterBrokerRequest, ApiKey::kUnregisterBroker, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct UnregisterBrokerResponse final
    : Wire<UnregisterBrokerResponse, ApiKey::kUnregisterBroker, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
