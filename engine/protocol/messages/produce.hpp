#pragma once
// Produce (key 0): appends record batches to partitions (KIP-98 batches v2 from v3, KIP-951
// leader hints in v10, KIP-890 in v12, KIP-516 topic ids in v13). With acks=0 there is no
// response.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/batch.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ProduceRequest final : Wire<ProduceRequest, ApiKey::kProduce, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 13};
  static constexpr std::int16_t kFlexibleFrom = 9;

  struct PartitionProduceData {
    std::int32_t index = 0;
    std::optional<Records> records = {};

    bool operator==(const PartitionProduceData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicProduceData {
    std::string name = {};
    Uuid topic_id = {};
    std::vector<PartitionProduceData> partition_data = {};

    bool operator==(const TopicProduceData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::optional<std::string> transactional_id = {};
  std::int16_t acks = 0;
  std::int32_t timeout_ms = 0;
  std::vector<TopicProduceData> topic_data = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ProduceResponse final
    : Wire<ProduceResponse, ApiKey::kProduce, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 13};
  static constexpr std::int16_t kFlexibleFrom = 9;

  struct BatchIndexAndErrorMessage {
    std::int32_t batch_index = 0;
    std::optional<std::string> batch_index_error_message = {};

    bool operator==(const BatchIndexAndErrorMessage&) const = default;
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

  struct PartitionProduceResponse {
    std::int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t base_offset = 0;
    std::int64_t log_append_time_ms = -1;
    std::int64_t log_start_offset = -1;
    std::vector<BatchIndexAndErrorMessage> record_errors = {};
    std::optional<std::string> error_message = {};
    LeaderIdAndEpoch current_leader = {};

    bool operator==(const PartitionProduceResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicProduceResponse {
    std::string name = {};
    Uuid topic_id = {};
    std::vector<PartitionProduceResponse> partition_responses = {};

    bool operator==(const TopicProduceResponse&) const = default;
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

  std::vector<TopicProduceResponse> responses = {};
  std::int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
