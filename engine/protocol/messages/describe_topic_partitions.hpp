#pragma once
// DescribeTopicPartitions (key 75): the partitions of topics a page at a time, with their eligible
// leader replicas (KIP-966).

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

// The first partition of a page. Not nested in the messages, which have it as an optional: clang
// wants the members' defaults known by then.
struct DescribeTopicPartitionsCursor {
  std::string topic_name = {};
  std::int32_t partition_index = 0;

  bool operator==(const DescribeTopicPartitionsCursor&) const = default;
  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DescribeTopicPartitionsRequest final
    : Wire<DescribeTopicPartitionsRequest, ApiKey::kDescribeTopicPartitions,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct TopicRequest {
    std::string name = {};

    bool operator==(const TopicRequest&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  using Cursor = DescribeTopicPartitionsCursor;

  std::vector<TopicRequest> topics = {};
  std::int32_t response_partition_limit = 2000;
  std::optional<Cursor> cursor = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DescribeTopicPartitionsResponse final
    : Wire<DescribeTopicPartitionsResponse, ApiKey::kDescribeTopicPartitions,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  // A server sets the lists that may be null: the Java client fails over null.
  struct DescribeTopicPartitionsResponsePartition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes = {};
    std::vector<std::int32_t> isr_nodes = {};
    std::optional<std::vector<std::int32_t>> eligible_leader_replicas = {};
    std::optional<std::vector<std::int32_t>> last_known_elr = {};
    std::vector<std::int32_t> offline_replicas = {};

    bool operator==(const DescribeTopicPartitionsResponsePartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DescribeTopicPartitionsResponseTopic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name = {};
    Uuid topic_id = {};
    bool is_internal = false;
    std::vector<DescribeTopicPartitionsResponsePartition> partitions = {};
    std::int32_t topic_authorized_operations = std::numeric_limits<std::int32_t>::min();

    bool operator==(const DescribeTopicPartitionsResponseTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  using Cursor = DescribeTopicPartitionsCursor;

  std::int32_t throttle_time_ms = 0;
  std::vector<DescribeTopicPartitionsResponseTopic> topics = {};
  std::optional<Cursor> next_cursor = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
