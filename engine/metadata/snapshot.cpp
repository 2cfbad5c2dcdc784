#include "engine/metadata/apply.hpp"

namespace logarium::metadata {
namespace {

std::vector<std::int32_t> ids_of(const Nodes& nodes) {
  std::vector<std::int32_t> ids;
  ids.reserve(nodes.size());
  for (const NodeId node : nodes) ids.push_back(node.value());
  return ids;
}

template <class To>
std::vector<To> listeners_of(const std::vector<Listener>& listeners) {
  std::vector<To> out;
  for (const Listener& l : listeners) out.push_back({l.name, l.host, l.port, l.security_protocol});
  return out;
}

template <class To>
std::vector<To> features_of(const std::vector<FeatureRange>& features) {
  std::vector<To> out;
  for (const FeatureRange& f : features) out.push_back({f.name, f.low, f.high});
  return out;
}

}  // namespace

RegisterBrokerRecord to_record(const Broker& broker) {
  RegisterBrokerRecord r;
  r.broker_id = broker.id.value();
  r.incarnation_id = broker.incarnation;
  r.broker_epoch = broker.epoch.value();
  r.end_points = listeners_of<RegisterBrokerRecord::BrokerEndpoint>(broker.listeners);
  r.features = features_of<RegisterBrokerRecord::BrokerFeature>(broker.features);
  r.rack = broker.rack;
  r.fenced = broker.fenced;
  r.in_controlled_shutdown = broker.in_controlled_shutdown;
  r.log_dirs = broker.directories;
  return r;
}

RegisterControllerRecord to_record(const ControllerNode& node) {
  RegisterControllerRecord r;
  r.controller_id = node.id.value();
  r.incarnation_id = node.incarnation;
  r.end_points = listeners_of<RegisterControllerRecord::ControllerEndpoint>(node.listeners);
  r.features = features_of<RegisterControllerRecord::ControllerFeature>(node.features);
  return r;
}

PartitionRecord to_record(PartitionRef ref, const Partition& partition) {
  PartitionRecord r;
  r.partition_id = ref.partition.value();
  r.topic_id = ref.topic;
  r.replicas = ids_of(partition.replicas);
  r.isr = ids_of(partition.isr);
  r.removing_replicas = ids_of(partition.removing);
  r.adding_replicas = ids_of(partition.adding);
  r.leader = partition.leader ? partition.leader->value() : kNoLeader;
  r.leader_recovery_state = static_cast<std::int8_t>(partition.recovery);
  r.leader_epoch = partition.leader_epoch.value();
  r.partition_epoch = partition.partition_epoch.value();
  r.directories = partition.directories;
  if (!partition.elr.empty()) r.eligible_leader_replicas = ids_of(partition.elr);
  if (!partition.last_known_elr.empty()) r.last_known_elr = ids_of(partition.last_known_elr);
  return r;
}

// Features first, since they say how to read the rest; topics before their partitions.
std::vector<Record> snapshot_records(const Image& image) {
  std::vector<Record> out;
  for (const auto& [name, level] : image.features()) {
    out.emplace_back(FeatureLevelRecord{name, level});
  }
  for (const auto& entry : image.brokers()) out.emplace_back(to_record(*entry.value));
  for (const auto& entry : image.controllers()) out.emplace_back(to_record(*entry.value));
  for (const auto& entry : image.topics()) {
    out.emplace_back(TopicRecord{entry.value->name, entry.key});
    std::int32_t index = 0;
    for (const PartitionPtr& partition : entry.value->partitions) {
      out.emplace_back(to_record({entry.key, PartitionIndex(index++)}, *partition));
    }
  }
  for (const auto& entry : image.configs()) {
    for (const auto& [name, value] : *entry.value) {
      out.emplace_back(
          ConfigRecord{static_cast<std::int8_t>(entry.key.type), entry.key.name, name, value});
    }
  }
  if (image.next_producer_id() != ProducerId(0)) {
    ProducerIdsRecord ids;
    ids.broker_id = -1;
    ids.next_producer_id = image.next_producer_id().value();
    out.emplace_back(ids);
  }
  return out;
}

}  // namespace logarium::metadata
