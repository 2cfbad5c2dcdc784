#pragma once
// FetchSnapshot (key 59): reads a part of a metadata snapshot (KIP-630).

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct FetchSnapshotRequest final
    : Wire<FetchSnapshotRequest, ApiKey::kFetchSnapshot, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    bool operator==(const SnapshotId&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct PartitionSnapshot {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = 0;
    SnapshotId snapshot_id = {};
    std::int64_t position = 0;
    Uuid replica_directory_id = {};

    bool operator==(const PartitionSnapshot&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicSnapshot {
    std::string name = {};
    std::vector<PartitionSnapshot> partitions = {};

    bool operator==(const TopicSnapshot&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::optional<std::string> cluster_id = {};
  std::int32_t replica_id = -1;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::vector<TopicSnapshot> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct FetchSnapshotResponse final
    : Wire<FetchSnapshotResponse, ApiKey::kFetchSnapshot, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 1};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    bool operator==(const SnapshotId&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct LeaderIdAndEpoch {
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;

    bool operator==(const LeaderIdAndEpoch&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct PartitionSnapshot {
    std::int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    SnapshotId snapshot_id = {};
    LeaderIdAndEpoch current_leader = {};
    std::int64_t size = 0;
    std::int64_t position = 0;
    Bytes unaligned_records = {};

    bool operator==(const PartitionSnapshot&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicSnapshot {
    std::string name = {};
    std::vector<PartitionSnapshot> partitions = {};

    bool operator==(const TopicSnapshot&) const = default;
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

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<TopicSnapshot> topics = {};
  std::vector<NodeEndpoint> node_endpoints = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
