#pragma once
// ControllerRegistration (key 70): a controller registers its listeners and features with the
// active one (KIP-919).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ControllerRegistrationRequest final
    : Wire<ControllerRegistrationRequest, ApiKey::kControllerRegistration,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
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

  std::int32_t controller_id = 0;
  Uuid incarnation_id = {};
  bool zk_migration_ready = false;
  std::vector<Listener> listeners = {};
  std::vector<Feature> features = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ControllerRegistrationResponse final
    : Wire<ControllerRegistrationResponse, ApiKey::kControllerRegistration,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
