#pragma once
// Fetch (key 1): reads record batches: consumers, followers and the metadata quorum alike
// (KIP-227 sessions, KIP-320 epochs, KIP-392 closest replica, KIP-516 topic ids, KIP-595
// divergence).

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct FetchRequest final : Wire<FetchRequest, ApiKey::kFetch, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 18};
  static constexpr std::int16_t kFlexibleFrom = 12;

  struct ReplicaState {
    std::int32_t replica_id = -1;
    std::int64_t replica_epoch = -1;

    bool operator==(const ReplicaState&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct FetchPartition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;
    std::int64_t fetch_offset = 0;
    std::int32_t last_fetched_epoch = -1;
    std::int64_t log_start_offset = -1;
    std::int32_t partition_max_bytes = 0;
    Uuid replica_directory_id = {};
    std::int64_t high_watermark = std::numeric_limits<std::int64_t>::max();

    bool operator==(const FetchPartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct FetchTopic {
    std::string topic = {};
    Uuid topic_id = {};
    std::vector<FetchPartition> partitions = {};

    bool operator==(const FetchTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ForgottenTopic {
    std::string topic = {};
    Uuid topic_id = {};
    std::vector<std::int32_t> partitions = {};

    bool operator==(const ForgottenTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::optional<std::string> cluster_id = {};
  std::int32_t replica_id = -1;
  ReplicaState replica_state = {};
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::int8_t isolation_level = 0;
  std::int32_t session_id = 0;
  std::int32_t session_epoch = -1;
  std::vector<FetchTopic> topics = {};
  std::vector<ForgottenTopic> forgotten_topics_data = {};
  std::string rack_id = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct FetchResponse final : Wire<FetchResponse, ApiKey::kFetch, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 18};
  static constexpr std::int16_t kFlexibleFrom = 12;

  struct EpochEndOffset {
    std::int32_t epoch = -1;
    std::int64_t end_offset = -1;

    bool operator==(const EpochEndOffset&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = -1;
    std::int32_t leader_epoch = -1;

    bool operator==(const LeaderIdAndEpoch&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct SnapshotId {
    std::int64_t end_offset = -1;
    std::int32_t epoch = -1;

    bool operator==(const SnapshotId&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct AbortedTransaction {
    std::int64_t producer_id = 0;
    std::int64_t first_offset = 0;

    bool operator==(const AbortedTransaction&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t high_watermark = 0;
    std::int64_t last_stable_offset = -1;
    std::int64_t log_start_offset = -1;
    EpochEndOffset diverging_epoch = {};
    LeaderIdAndEpoch current_leader = {};
    SnapshotId snapshot_id = {};
    std::optional<std::vector<AbortedTransaction>> aborted_transactions =
        std::vector<AbortedTransaction>{};
    std::int32_t preferred_read_replica = -1;
    std::optional<Records> records = Records{};

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct FetchableTopicResponse {
    std::string topic = {};
    Uuid topic_id = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const FetchableTopicResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct NodeEndpoint {
    std::int32_t node_id = 0;
    std::string host = {};
    std::int32_t port = 0;
    std::optional<std::string> rack = {};

    bool operator==(const NodeEndpoint&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t session_id = 0;
  std::vector<FetchableTopicResponse> responses = {};
  std::vector<NodeEndpoint> node_endpoints = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
