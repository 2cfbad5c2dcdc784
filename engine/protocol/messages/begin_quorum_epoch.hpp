#pragma once
// BeginQuorumEpoch (key 53): a new leader of the metadata quorum makes itself known to the voters
// (KIP-595).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct BeginQuorumEpochRequest final
    : Wire<BeginQuorumEpochRequest, ApiKey::kBeginQuorumEpoch, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 1;

  struct PartitionData {
    std::int32_t partition_index = 0;
    Uuid voter_directory_id = {};
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    std::string topic_name = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct LeaderEndpoint {
    std::string name = {};
    std::string host = {};
    std::uint16_t port = 0;

    bool operator==(const LeaderEndpoint&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::optional<std::string> cluster_id = {};
  std::int32_t voter_id = -1;
  std::vector<TopicData> topics = {};
  std::vector<LeaderEndpoint> leader_endpoints = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct BeginQuorumEpochResponse final
    : Wire<BeginQuorumEpochResponse, ApiKey::kBeginQuorumEpoch, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 1;

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    std::string topic_name = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string host = {};
    std::uint16_t port = 0;

    bool operator==(const NodeEndpoint&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<TopicData> topics = {};
  std::vector<NodeEndpoint> node_endpoints = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
