#pragma once
// DeleteRecords (key 21): raises the log start offset of partitions (KIP-107); -1 means the high
// watermark.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct DeleteRecordsRequest final
    : Wire<DeleteRecordsRequest, ApiKey::kDeleteRecords, Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct DeleteRecordsPartition {
    std::int32_t partition_index = 0;
    std::int64_t offset = 0;

    bool operator==(const DeleteRecordsPartition&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DeleteRecordsTopic {
    std::string name = {};
    std::vector<DeleteRecordsPartition> partitions = {};

    bool operator==(const DeleteRecordsTopic&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::vector<DeleteRecordsTopic> topics = {};
  std::int32_t timeout_ms = 0;

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct DeleteRecordsResponse final
    : Wire<DeleteRecordsResponse, ApiKey::kDeleteRecords, Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 2};
  static constexpr std::int16_t kFlexibleFrom = 2;

  struct DeleteRecordsPartitionResult {
    std::int32_t partition_index = 0;
    std::int64_t low_watermark = 0;
    ErrorCode error_code = ErrorCode::kNone;

    bool operator==(const DeleteRecordsPartitionResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DeleteRecordsTopicResult {
    std::string name = {};
    std::vector<DeleteRecordsPartitionResult> partitions = {};

    bool operator==(const DeleteRecordsTopicResult&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<DeleteRecordsTopicResult> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
