#pragma once
// FindCoordinator (key 10): which broker coordinates a group, a transaction or a share group; from
// version 4 on several at once (KIP-699).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct FindCoordinatorRequest final
    : Wire<FindCoordinatorRequest, ApiKey::kFindCoordinator, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 3;

  std::string key = {};
  std::int8_t key_type = 0;  // 0 group, 1 transaction, 2 share
  std::vector<std::string> coordinator_keys = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct FindCoordinatorResponse final
    : Wire<FindCoordinatorResponse, ApiKey::kFindCoordinator, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 6};
  static constexpr std::int16_t kFlexibleFrom = 3;

  struct Coordinator {
    std::string key = {};
    std::int32_t node_id = 0;
    std::string host = {};
    std::int32_t port = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};

    bool operator==(const Coordinator&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  std::int32_t node_id = 0;
  std::string host = {};
  std::int32_t port = 0;
  std::vector<Coordinator> coordinators = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
