#pragma once
// OffsetForLeaderEpoch (key 23): where a leader epoch ends in a partition: how followers and
// consumers find divergence (KIP-101, KIP-320).

#include <cstdint>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct OffsetForLeaderEpochRequest final
    : Wire<OffsetForLeaderEpochRequest, ApiKey::kOffsetForLeaderEpoch,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct OffsetForLeaderPartition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;
    std::int32_t leader_epoch = 0;

    bool operator==(const OffsetForLeaderPartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct OffsetForLeaderTopic {
    std::string topic = {};
    std::vector<OffsetForLeaderPartition> partitions = {};

    bool operator==(const OffsetForLeaderTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t replica_id = -2;
  std::vector<OffsetForLeaderTopic> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct OffsetForLeaderEpochResponse final
    : Wire<OffsetForLeaderEpochResponse, ApiKey::kOffsetForLeaderEpoch,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 4};
  static constexpr std::int16_t kFlexibleFrom = 4;

  struct EpochEndOffset {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition = 0;
    std::int32_t leader_epoch = -1;
    std::int64_t end_offset = -1;

    bool operator==(const EpochEndOffset&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct OffsetForLeaderTopicResult {
    std::string topic = {};
    std::vector<EpochEndOffset> partitions = {};

    bool operator==(const OffsetForLeaderTopicResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<OffsetForLeaderTopicResult> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
