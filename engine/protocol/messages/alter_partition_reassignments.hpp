#pragma once
// AlterPartitionReassignments (key 45): starts, changes or, with null replicas, cancels
// reassignments (KIP-455, KIP-860).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct AlterPartitionReassignmentsRequest final
    : Wire<AlterPartitionReassignmentsRequest, ApiKey::kAlterPartitionReassignments,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct ReassignablePartition {
    std::int32_t partition_index = 0;
    std::optional<std::vector<std::int32_t>> replicas = {};

    bool operator==(const ReassignablePartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ReassignableTopic {
    std::string name = {};
    std::vector<ReassignablePartition> partitions = {};

    bool operator==(const ReassignableTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t timeout_ms = 60000;
  bool allow_replication_factor_change = true;
  std::vector<ReassignableTopic> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct AlterPartitionReassignmentsResponse final
    : Wire<AlterPartitionReassignmentsResponse, ApiKey::kAlterPartitionReassignments,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct ReassignablePartitionResponse {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};

    bool operator==(const ReassignablePartitionResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ReassignableTopicResponse {
    std::string name = {};
    std::vector<ReassignablePartitionResponse> partitions = {};

    bool operator==(const ReassignableTopicResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  bool allow_replication_factor_change = true;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  std::vector<ReassignableTopicResponse> responses = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
