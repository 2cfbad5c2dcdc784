#pragma once
// The identifiers, offsets and epochs of the domain. There are five independent epochs
// (quorum, broker, leader, partition, producer); as types of their own they cannot be mixed up.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/tagged.hpp"
#include "engine/base/uuid.hpp"

namespace logarium {

// Kafka's node.id: of a broker, of a controller, or of a process that is both.
using NodeId = Tagged<struct NodeIdTag, std::int32_t>;
using PartitionIndex = Tagged<struct PartitionIndexTag, std::int32_t>;

// Position of a record in a partition's log, from 0.
using Offset = Position<struct OffsetTag>;

// Bumped when a partition's leader changes. First epoch of a partition is 0.
using LeaderEpoch = Tagged<struct LeaderEpochTag, std::int32_t>;
// Bumped with every change of the partition's record (ISR, leader, replicas).
using PartitionEpoch = Tagged<struct PartitionEpochTag, std::int32_t>;
// Offset of the broker's registration record in the metadata log.
using BrokerEpoch = Tagged<struct BrokerEpochTag, std::int64_t>;
// Epoch of the metadata quorum (Raft's term; Kafka's controller epoch).
using QuorumEpoch = Tagged<struct QuorumEpochTag, std::int32_t>;

using ProducerId = Tagged<struct ProducerIdTag, std::int64_t>;
using ProducerEpoch = Tagged<struct ProducerEpochTag, std::int16_t>;
// Sequence number of a record within (producer id, epoch, partition); wraps from 2^31-1 to 0.
using Sequence = Tagged<struct SequenceTag, std::int32_t>;

// Start number of a process: 1 for its first start, one more for each restart.
using Incarnation = Tagged<struct IncarnationTag, std::uint32_t>;

// A partition by topic id; what notes and state tables use.
struct PartitionRef {
  Uuid topic;
  PartitionIndex partition;
  constexpr auto operator<=>(const PartitionRef&) const = default;
};

// A partition by topic name; what clients and people use.
struct TopicPartition {
  std::string topic;
  PartitionIndex partition;
  auto operator<=>(const TopicPartition&) const = default;
};
// "orders-0"
[[nodiscard]] std::string to_string(const TopicPartition& partition);

// The metadata quorum's log: its topic, which no client may create, and its one partition.
inline constexpr std::string_view kMetadataTopic = "__cluster_metadata";
inline constexpr PartitionRef kMetadataPartition{kMetadataTopicId, PartitionIndex(0)};

}  // namespace logarium
