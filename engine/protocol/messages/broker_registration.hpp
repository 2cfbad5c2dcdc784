#pragma once
// BrokerRegistration (key 62): a starting broker registers with the active controller and gets
// its broker epoch (KIP-631, KIP-858, KIP-966).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct BrokerRegistrationRequest final
    : Wire<BrokerRegistrationRequest, ApiKey::kBrokerRegistration, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct Listener {
    std::string name = {};
    std::string host = {};
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;

    bool operator==(const Listener&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct Feature {
    std::string name = {};
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    bool operator==(const Feature&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t broker_id = 0;
  std::string cluster_id = {};
  Uuid incarnation_id = {};
  std::vector<Listener> listeners = {};
  std::vector<Feature> features = {};
  std::optional<std::string> rack = {};
  bool is_migrating_zk_broker = false;
  std::vector<Uuid> log_dirs = {};
  std::int64_t previous_broker_epoch = -1;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct BrokerRegistrationResponse final
    : Wire<BrokerRegistrationResponse, ApiKey::kBrokerRegistration, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t broker_epoch = -1;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
