#include "engine/controller/new_partitions.hpp"

#include <algorithm>

#include "engine/controller/partition_change.hpp"
#include "engine/controller/placement.hpp"
#include "engine/controller/reassignment.hpp"

namespace logarium::controller {

using metadata::Nodes;
using protocol::ErrorCode;

namespace {

bool any_active(const View& view, const Nodes& replicas) {
  return std::any_of(replicas.begin(), replicas.end(),
                     [&](NodeId node) { return view.image.active(node); });
}

}  // namespace

Placement place(const View& view, std::int32_t partitions, std::int32_t replication_factor,
                Random& random) {
  if (replication_factor > static_cast<std::int32_t>(kReplicasMax)) {
    return {{ErrorCode::kInvalidReplicationFactor,
             "A partition has at most " + std::to_string(kReplicasMax) + " replicas."},
            {}};
  }
  Result<std::vector<Nodes>> placed =
      place_replicas(view.image, partitions, replication_factor, random);
  if (!placed) {
    return {{ErrorCode::kInvalidReplicationFactor, "Unable to replicate the partition " +
                                                       std::to_string(replication_factor) +
                                                       " time(s): " + placed.error().message},
            {}};
  }
  return {{}, std::move(placed.value())};
}

Placement check_manual(const View& view, std::vector<Nodes> replicas,
                       std::size_t replication_factor) {
  for (const Nodes& nodes : replicas) {
    std::string wrong = assignment_error(view.image, nodes);
    if (wrong.empty() && nodes.size() != replication_factor) {
      wrong = "The manual partition assignment includes a partition with " +
              std::to_string(nodes.size()) +
              " replica(s), but this is not consistent with previous partitions, which have " +
              std::to_string(replication_factor) + " replica(s).";
    }
    if (wrong.empty() && !any_active(view, nodes)) {
      wrong =
          "All brokers specified in the manual partition assignment are fenced or in controlled "
          "shutdown.";
    }
    if (!wrong.empty()) return {{ErrorCode::kInvalidReplicaAssignment, wrong}, {}};
  }
  return {{}, std::move(replicas)};
}

void add_partition_records(const View& view, Uuid topic, std::int32_t first,
                           std::span<const Nodes> replicas,
                           std::vector<metadata::Record>& records) {
  for (const Nodes& nodes : replicas) {
    metadata::PartitionRecord record;
    record.partition_id = first++;
    record.topic_id = topic;
    record.replicas = wire_ids(nodes);
    for (const NodeId node : nodes) {
      if (view.image.active(node)) record.isr.push_back(node.value());
      record.directories.push_back(default_directory(view.image, node));
    }
    ENSURE(!record.isr.empty());
    record.leader = record.isr.front();
    record.leader_epoch = 0;
    record.partition_epoch = 0;
    records.emplace_back(std::move(record));
  }
}

}  // namespace logarium::controller
