#pragma once
// Metadata (key 3): brokers, topics and partition leaders for clients (KIP-4). Up to v3 topics
// are created automatically without asking; in v0 an empty list means all topics, from v1 on null
// does.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct MetadataRequest final
    : Wire<MetadataRequest, ApiKey::kMetadata, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 13};
  static constexpr std::int16_t kFlexibleFrom = 9;

  struct MetadataRequestTopic {
    Uuid topic_id = {};
    std::optional<std::string> name = {};

    bool operator==(const MetadataRequestTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::optional<std::vector<MetadataRequestTopic>> topics = std::vector<MetadataRequestTopic>{};
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct MetadataResponse final
    : Wire<MetadataResponse, ApiKey::kMetadata, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 13};
  static constexpr std::int16_t kFlexibleFrom = 9;

  struct MetadataResponseBroker {
    std::int32_t node_id = 0;
    std::string host = {};
    std::int32_t port = 0;
    std::optional<std::string> rack = {};

    bool operator==(const MetadataResponseBroker&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct MetadataResponsePartition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes = {};
    std::vector<std::int32_t> isr_nodes = {};
    std::vector<std::int32_t> offline_replicas = {};

    bool operator==(const MetadataResponsePartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct MetadataResponseTopic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name = {};
    Uuid topic_id = {};
    bool is_internal = false;
    std::vector<MetadataResponsePartition> partitions = {};
    std::int32_t topic_authorized_operations = std::numeric_limits<std::int32_t>::min();

    bool operator==(const MetadataResponseTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<MetadataResponseBroker> brokers = {};
  std::optional<std::string> cluster_id = {};
  std::int32_t controller_id = -1;
  std::vector<MetadataResponseTopic> topics = {};
  std::int32_t cluster_authorized_operations = std::numeric_limits<std::int32_t>::min();
  ErrorCode error_code = ErrorCode::kNone;

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
