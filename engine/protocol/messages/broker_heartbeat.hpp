#pragma once
// BrokerHeartbeat (key 63): keeps a broker alive and asks for fencing, unfencing or controlled
// shutdown (KIP-631, KIP-858).

#include <cstdint>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct BrokerHeartbeatRequest final
    : Wire<BrokerHeartbeatRequest, ApiKey::kBrokerHeartbeat, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::int64_t current_metadata_offset = 0;
  bool want_fence = false;
  bool want_shut_down = false;
  std::vector<Uuid> offline_log_dirs = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct BrokerHeartbeatResponse final
    : Wire<BrokerHeartbeatResponse, ApiKey::kBrokerHeartbeat, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
