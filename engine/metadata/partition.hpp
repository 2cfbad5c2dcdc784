#pragma once
// What the cluster's metadata says about one partition and one topic.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/chunked.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"

namespace logarium {
class StateVisitor;
}

namespace logarium::metadata {

using Nodes = std::vector<NodeId>;

[[nodiscard]] bool contains(const Nodes& nodes, NodeId node);

// Whether the leader still recovers from an unclean election (KIP-704).
enum class Recovery : std::int8_t { kRecovered = 0, kRecovering = 1 };

struct Partition {
  // In preferred order; during a reassignment the target replicas, then those being removed.
  Nodes replicas;
  Nodes isr;             // subset of replicas
  Nodes elr;             // KIP-966: may lead, not in the ISR
  Nodes last_known_elr;  // KIP-966: the last leader, while there is none
  Nodes adding, removing;
  // Of each replica; kZeroUuid or one of Kafka's reserved ids when not known.
  std::vector<Uuid> directories;
  std::optional<NodeId> leader;  // in the ISR
  LeaderEpoch leader_epoch;
  PartitionEpoch partition_epoch;
  Recovery recovery = Recovery::kRecovered;

  [[nodiscard]] bool reassigning() const { return !adding.empty() || !removing.empty(); }
  // The first replica: where leadership belongs.
  [[nodiscard]] NodeId preferred() const { return replicas.front(); }
  bool operator==(const Partition&) const = default;
  void describe(StateVisitor& v) const;
};
using PartitionPtr = std::shared_ptr<const Partition>;

// The members as bits by position in `replicas`; others are left out.
[[nodiscard]] ReplicaSet replica_set(const Partition& partition, const Nodes& members);

struct Topic {
  Uuid id;
  std::string name;
  // By index from 0; no gaps.
  ChunkedVector<PartitionPtr, 64> partitions;

  // Null when there is no such partition.
  [[nodiscard]] const Partition* partition(PartitionIndex index) const;
  [[nodiscard]] PartitionPtr partition_ptr(PartitionIndex index) const;
  void describe(StateVisitor& v) const;
};
using TopicPtr = std::shared_ptr<const Topic>;

// The topics that belong to Kafka itself: clients may read, but not write or name them anew.
[[nodiscard]] constexpr bool is_internal(std::string_view topic) {
  return topic == "__consumer_offsets" || topic == "__transaction_state" ||
         topic == "__share_group_state";
}

}  // namespace logarium::metadata
