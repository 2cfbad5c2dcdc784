#pragma once
// AlterPartition (key 56): a leader proposes a new ISR or recovery state to the controller
// (KIP-497, KIP-704, KIP-841, KIP-903).

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct AlterPartitionRequest final
    : Wire<AlterPartitionRequest, ApiKey::kAlterPartition, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 3};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct BrokerState {
    std::int32_t broker_id = 0;
    std::int64_t broker_epoch = -1;

    bool operator==(const BrokerState&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct PartitionData {
    std::int32_t partition_index = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> new_isr = {};
    std::vector<BrokerState> new_isr_with_epochs = {};
    std::int8_t leader_recovery_state = 0;
    std::int32_t partition_epoch = 0;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    std::string topic_name = {};
    Uuid topic_id = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::vector<TopicData> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct AlterPartitionResponse final
    : Wire<AlterPartitionResponse, ApiKey::kAlterPartition, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 3};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::vector<std::int32_t> isr = {};
    std::int8_t leader_recovery_state = 0;
    std::int32_t partition_epoch = 0;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    std::string topic_name = {};
    Uuid topic_id = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<TopicData> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
