#pragma once
// ListOffsets (key 2): the offset of a timestamp, or of the earliest (-2) or latest (-1) record
// of a partition (KIP-79, KIP-734).

#include <cstdint>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ListOffsetsRequest final
    : Wire<ListOffsetsRequest, ApiKey::kListOffsets, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 11};
  static constexpr std::int16_t kFlexibleFrom = 6;

  struct ListOffsetsPartition {
    std::int32_t partition_index = 0;
    std::int32_t current_leader_epoch = -1;
    std::int64_t timestamp = 0;
    std::int32_t max_num_offsets = 1;

    bool operator==(const ListOffsetsPartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ListOffsetsTopic {
    std::string name = {};
    std::vector<ListOffsetsPartition> partitions = {};

    bool operator==(const ListOffsetsTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t replica_id = 0;
  std::int8_t isolation_level = 0;
  std::vector<ListOffsetsTopic> topics = {};
  std::int32_t timeout_ms = 0;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ListOffsetsResponse final
    : Wire<ListOffsetsResponse, ApiKey::kListOffsets, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 11};
  static constexpr std::int16_t kFlexibleFrom = 6;

  struct ListOffsetsPartitionResponse {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::vector<std::int64_t> old_style_offsets = {};
    std::int64_t timestamp = -1;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;

    bool operator==(const ListOffsetsPartitionResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct ListOffsetsTopicResponse {
    std::string name = {};
    std::vector<ListOffsetsPartitionResponse> partitions = {};

    bool operator==(const ListOffsetsTopicResponse&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<ListOffsetsTopicResponse> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
