#pragma once
// ElectLeaders (key 43): elects the preferred (0) or, uncleanly, any (1) replica as leader
// (KIP-183, KIP-460).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ElectLeadersRequest final
    : Wire<ElectLeadersRequest, ApiKey::kElectLeaders, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct TopicPartitions {
    std::string topic = {};
    std::vector<std::int32_t> partitions = {};

    bool operator==(const TopicPartitions&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int8_t election_type = 0;
  std::optional<std::vector<TopicPartitions>> topic_partitions = std::vector<TopicPartitions>{};
  std::int32_t timeout_ms = 60000;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ElectLeadersResponse final
    : Wire<ElectLeadersResponse, ApiKey::kElectLeaders, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct PartitionResult {
    std::int32_t partition_id = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};

    bool operator==(const PartitionResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ReplicaElectionResult {
    std::string topic = {};
    std::vector<PartitionResult> partition_result = {};

    bool operator==(const ReplicaElectionResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ReplicaElectionResult> replica_election_results = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
