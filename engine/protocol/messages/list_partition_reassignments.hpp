#pragma once
// ListPartitionReassignments (key 46): lists the reassignments in progress (KIP-455).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/error_code.hpp"
#include "engine/protocol/message_base.hpp"

namespace logarium::protocol {

struct ListPartitionReassignmentsRequest final
    : Wire<ListPartitionReassignmentsRequest, ApiKey::kListPartitionReassignments,
           Message::Direction::kRequest> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct ListPartitionReassignmentsTopics {
    std::string name = {};
    std::vector<std::int32_t> partition_indexes = {};

    bool operator==(const ListPartitionReassignmentsTopics&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t timeout_ms = 60000;
  std::optional<std::vector<ListPartitionReassignmentsTopics>> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

struct ListPartitionReassignmentsResponse final
    : Wire<ListPartitionReassignmentsResponse, ApiKey::kListPartitionReassignments,
           Message::Direction::kResponse> {
  static constexpr VersionRange kVersions{0, 0};
  static constexpr std::int16_t kFlexibleFrom = 0;

  struct OngoingPartitionReassignment {
    std::int32_t partition_index = 0;
    std::vector<std::int32_t> replicas = {};
    std::vector<std::int32_t> adding_replicas = {};
    std::vector<std::int32_t> removing_replicas = {};

    bool operator==(const OngoingPartitionReassignment&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  struct OngoingTopicReassignment {
    std::string name = {};
    std::vector<OngoingPartitionReassignment> partitions = {};

    bool operator==(const OngoingTopicReassignment&) const = default;
    template <class V, class M>
    static void describe(V& v, M& m);
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
  std::vector<OngoingTopicReassignment> topics = {};

  template <class V, class M>
  static void describe(V& v, M& m);
};

}  // namespace logarium::protocol
