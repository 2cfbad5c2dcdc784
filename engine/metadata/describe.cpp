#include <algorithm>

#include "engine/base/state_visitor.hpp"
#include "engine/metadata/broker.hpp"
#include "engine/metadata/partition.hpp"

namespace logarium::metadata {

bool contains(const Nodes& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

ReplicaSet replica_set(const Partition& partition, const Nodes& members) {
  std::uint32_t bits = 0;
  const std::size_t count = std::min<std::size_t>(partition.replicas.size(), 32);
  for (std::size_t i = 0; i < count; ++i) {
    if (contains(members, partition.replicas[i])) bits |= 1U << i;
  }
  return ReplicaSet(bits);
}

void Partition::describe(StateVisitor& v) const {
  visit(v, "replicas", replicas);
  visit(v, "isr", isr);
  visit(v, "elr", elr);
  visit(v, "last known elr", last_known_elr);
  visit(v, "adding", adding);
  visit(v, "removing", removing);
  visit(v, "directories", directories);
  visit(v, "leader", leader);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "partition epoch", partition_epoch);
  visit(v, "recovery", recovery);
}

const Partition* Topic::partition(PartitionIndex index) const {
  if (index.value() < 0) return nullptr;
  const auto at = static_cast<std::size_t>(index.value());
  return at < partitions.size() ? partitions[at].get() : nullptr;
}

PartitionPtr Topic::partition_ptr(PartitionIndex index) const {
  if (index.value() < 0) return nullptr;
  const auto at = static_cast<std::size_t>(index.value());
  return at < partitions.size() ? partitions[at] : nullptr;
}

void Topic::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "name", name);
  visit(v, "partitions", partitions);
}

void Listener::describe(StateVisitor& v) const {
  visit(v, "name", name);
  visit(v, "host", host);
  visit(v, "port", port);
  visit(v, "security protocol", security_protocol);
}

void FeatureRange::describe(StateVisitor& v) const {
  visit(v, "name", name);
  visit(v, "low", low);
  visit(v, "high", high);
}

void Broker::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "epoch", epoch);
  visit(v, "incarnation", incarnation);
  visit(v, "listeners", listeners);
  visit(v, "features", features);
  visit(v, "rack", rack);
  visit(v, "directories", directories);
  visit(v, "fenced", fenced);
  visit(v, "in controlled shutdown", in_controlled_shutdown);
}

void ControllerNode::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "incarnation", incarnation);
  visit(v, "listeners", listeners);
  visit(v, "features", features);
}

}  // namespace logarium::metadata
