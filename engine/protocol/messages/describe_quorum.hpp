#pragma once
// DescribeQuorum (key 55): leader, epoch, high watermark and replica progress of the metadata
// quorum (KIP-595, KIP-836, KIP-853).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct DescribeQuorumRequest final
    : Wire<DescribeQuorumRequest, ApiKey::kDescribeQuorum, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;

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

  std::vector<TopicData> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DescribeQuorumResponse final
    : Wire<DescribeQuorumResponse, ApiKey::kDescribeQuorum, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct ReplicaState {
    std::int32_t replica_id = 0;
    Uuid replica_directory_id = {};
    std::int64_t log_end_offset = 0;
    std::int64_t last_fetch_timestamp = -1;
    std::int64_t last_caught_up_timestamp = -1;

    bool operator==(const ReplicaState&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message = {};
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t high_watermark = 0;
    std::vector<ReplicaState> current_voters = {};
    std::vector<ReplicaState> observers = {};

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

  struct Listener {
    std::string name = {};
    std::string host = {};
    std::uint16_t port = 0;

    bool operator==(const Listener&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct Node {
    std::int32_t node_id = 0;
    std::vector<Listener> listeners = {};

    bool operator==(const Node&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  std::vector<TopicData> topics = {};
  std::vector<Node> nodes = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
