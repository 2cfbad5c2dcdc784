#pragma once
// AssignReplicasToDirs (key 73): a broker tells the controller in which of its log directories its
// replicas lie (KIP-858).

#include <cstdint>
#include <vector>

#include "engine/base/uuid.hpp"
#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct AssignReplicasToDirsRequest final
    : Wire<AssignReplicasToDirsRequest, ApiKey::kAssignReplicasToDirs,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    Uuid topic_id = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DirectoryData {
    Uuid id = {};
    std::vector<TopicData> topics = {};

    bool operator==(const DirectoryData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::vector<DirectoryData> directories = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct AssignReplicasToDirsResponse final
    : Wire<AssignReplicasToDirsResponse, ApiKey::kAssignReplicasToDirs,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct PartitionData {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    bool operator==(const PartitionData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct TopicData {
    Uuid topic_id = {};
    std::vector<PartitionData> partitions = {};

    bool operator==(const TopicData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct DirectoryData {
    Uuid id = {};
    std::vector<TopicData> topics = {};

    bool operator==(const DirectoryData&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<DirectoryData> directories = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
