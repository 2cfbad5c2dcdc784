#pragma once
// Vote (key 52): a candidate of the metadata quorum asks for votes (KIP-595), or for pre-votes
// from v2 on (KIP-996). Field names are those of Kafka 4.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct VoteRequest final : Wire<VoteRequest, ApiKey::kVote, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int32_t replica_epoch = 0;
    std::int32_t replica_id = 0;
    Uuid replica_directory_id = {};
    Uuid voter_directory_id = {};
    std::int32_t last_offset_epoch = 0;
    std::int64_t last_offset = 0;
    bool pre_vote = false;

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

  std::optional<std::string> cluster_id = {};
  std::int32_t voter_id = -1;
  std::vector<TopicData> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct VoteResponse final : Wire<VoteResponse, ApiKey::kVote, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    bool vote_granted = false;

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
