#pragma once
// DescribeCluster (key 60): the brokers or controllers of the cluster for admin clients (KIP-700,
// KIP-919, KIP-1073).

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct DescribeClusterRequest final
    : Wire<DescribeClusterRequest, ApiKey::kDescribeCluster, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  bool include_cluster_authorized_operations = false;
  std::int8_t endpoint_type = 1;
  bool include_fenced_brokers = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DescribeClusterResponse final
    : Wire<DescribeClusterResponse, ApiKey::kDescribeCluster, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct DescribeClusterBroker {
    std::int32_t broker_id = 0;
    std::string host = {};
    std::int32_t port = 0;
    std::optional<std::string> rack = {};
    bool is_fenced = false;

    bool operator==(const DescribeClusterBroker&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  std::int8_t endpoint_type = 1;
  std::string cluster_id = {};
  std::int32_t controller_id = -1;
  std::vector<DescribeClusterBroker> brokers = {};
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
