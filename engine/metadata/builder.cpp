#include <concepts>
#include <limits>
#include <type_traits>

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/metadata/apply.hpp"

namespace logarium::metadata {
namespace {

// Kafka has no such limit; a damaged record must not make us allocate without end.
constexpr std::int32_t kPartitionsMax = 1'000'000;

Nodes to_nodes(const std::vector<std::int32_t>& ids) {
  Nodes nodes;
  nodes.reserve(ids.size());
  for (const std::int32_t id : ids) nodes.push_back(NodeId(id));
  return nodes;
}

std::optional<NodeId> to_leader(std::int32_t id) {
  if (id == kNoLeader) return std::nullopt;
  return NodeId(id);
}

template <class From>
std::vector<Listener> to_listeners(const From& end_points) {
  std::vector<Listener> out;
  for (const auto& e : end_points) out.push_back({e.name, e.host, e.port, e.security_protocol});
  return out;
}

template <class From>
std::vector<FeatureRange> to_features(const From& features) {
  std::vector<FeatureRange> out;
  for (const auto& f : features) {
    out.push_back({f.name, f.min_supported_version, f.max_supported_version});
  }
  return out;
}

std::string text_of(PartitionRef ref) {
  return to_string(ref.topic) + "-" + std::to_string(ref.partition.value());
}

// Parts of the image's hash: a sum over all entries, so that it follows each change.
enum class Part : std::uint64_t {
  kTopic,
  kPartition,
  kBroker,
  kController,
  kConfig,
  kFeature,
  kId
};

std::uint64_t part_hash(Part part, std::uint64_t key, std::uint64_t value) {
  return fold(fold(static_cast<std::uint64_t>(part), key), value);
}
std::uint64_t partition_hash(PartitionRef ref, const Partition& partition) {
  return part_hash(Part::kPartition, key_hash(ref), state_hash(partition));
}

template <class Key, class Value>
std::vector<Change<Key, Value>> real_changes(std::map<Key, Change<Key, Value>>& changes) {
  std::vector<Change<Key, Value>> out;
  for (auto& [key, change] : changes) {
    if (change.before == change.after) continue;
    if constexpr (std::equality_comparable<Value>) {
      if (change.before && change.after && *change.before == *change.after) continue;
    }
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace

struct ImageBuilder::Work {
  std::shared_ptr<Image> next;
  // Topics that were touched; those of the image are not edited in place.
  std::map<Uuid, std::shared_ptr<Topic>> open;
  std::map<Uuid, Change<Uuid, Topic>> topics;
  std::map<PartitionRef, Change<PartitionRef, Partition>> partitions;
  std::map<NodeId, Change<NodeId, Broker>> brokers;
  std::map<NodeId, Change<NodeId, ControllerNode>> controllers;
  std::map<ConfigResource, Change<ConfigResource, Properties>> configs;
  bool features_changed = false;
  bool producer_ids_changed = false;

  explicit Work(const Image& base) : next(std::make_shared<Image>(base)) {}

  std::uint64_t& hash() { return next->hash_; }

  Topic* open_topic(Uuid id) {
    const auto found = open.find(id);
    if (found != open.end()) return found->second.get();
    const Topic* present = next->topic(id);
    if (present == nullptr) return nullptr;
    return open.emplace(id, std::make_shared<Topic>(*present)).first->second.get();
  }

  void set_partition(Topic& topic, PartitionRef ref, const PartitionPtr& value) {
    const PartitionPtr before = topic.partition_ptr(ref.partition);
    partitions.emplace(ref, Change<PartitionRef, Partition>{ref, before, nullptr});
    partitions[ref].after = value;
    if (before) {
      hash() -= partition_hash(ref, *before);
      topic.partitions.replace(static_cast<std::size_t>(ref.partition.value()), value);
    } else {
      topic.partitions.push_back(value);
      ++next->partition_count_;
    }
    hash() += partition_hash(ref, *value);
  }

  void set_broker(NodeId id, BrokerPtr value) {
    const BrokerPtr* present = next->brokers_.find(id);
    const BrokerPtr before = present == nullptr ? nullptr : *present;
    brokers.emplace(id, Change<NodeId, Broker>{id, before, nullptr});
    brokers[id].after = value;
    if (before) hash() -= part_hash(Part::kBroker, key_hash(id), state_hash(*before));
    if (!value) {
      next->brokers_.erase(id);
      return;
    }
    hash() += part_hash(Part::kBroker, key_hash(id), state_hash(*value));
    next->brokers_.set(id, std::move(value));
  }

  void set_config(const ConfigResource& resource, PropertiesPtr value) {
    const PropertiesPtr* present = next->configs_.find(resource);
    const PropertiesPtr before = present == nullptr ? nullptr : *present;
    configs.emplace(resource, Change<ConfigResource, Properties>{resource, before, nullptr});
    configs[resource].after = value;
    if (before) hash() -= part_hash(Part::kConfig, key_hash(resource), state_hash(*before));
    if (!value) {
      next->configs_.erase(resource);
      return;
    }
    hash() += part_hash(Part::kConfig, key_hash(resource), state_hash(*value));
    next->configs_.set(resource, std::move(value));
  }

  Result<> add(const RegisterBrokerRecord& r) {
    Broker broker;
    broker.id = NodeId(r.broker_id);
    broker.epoch = BrokerEpoch(r.broker_epoch);
    broker.incarnation = r.incarnation_id;
    broker.listeners = to_listeners(r.end_points);
    broker.features = to_features(r.features);
    broker.rack = r.rack;
    broker.directories = r.log_dirs;
    broker.fenced = r.fenced;
    broker.in_controlled_shutdown = r.in_controlled_shutdown;
    const NodeId id = broker.id;
    set_broker(id, std::make_shared<const Broker>(std::move(broker)));
    return Ok{};
  }

  // The broker of the record, which must be the registration that the record speaks of.
  Result<Broker> registered(std::int32_t id, std::int64_t epoch) const {
    const Broker* broker = next->broker(NodeId(id));
    if (broker == nullptr || broker->epoch != BrokerEpoch(epoch)) {
      return Error{"record about broker " + std::to_string(id) + " with broker epoch " +
                   std::to_string(epoch) + ", which is not registered"};
    }
    return *broker;
  }

  Result<> add(const UnregisterBrokerRecord& r) {
    const Result<Broker> broker = registered(r.broker_id, r.broker_epoch);
    if (!broker) return broker.error();
    set_broker(NodeId(r.broker_id), nullptr);
    return Ok{};
  }

  Result<> set_fenced(std::int32_t id, std::int64_t epoch, bool fenced) {
    Result<Broker> broker = registered(id, epoch);
    if (!broker) return broker.error();
    broker.value().fenced = fenced;
    set_broker(NodeId(id), std::make_shared<const Broker>(std::move(broker.value())));
    return Ok{};
  }
  Result<> add(const FenceBrokerRecord& r) { return set_fenced(r.id, r.epoch, true); }
  Result<> add(const UnfenceBrokerRecord& r) { return set_fenced(r.id, r.epoch, false); }

  Result<> add(const BrokerRegistrationChangeRecord& r) {
    Result<Broker> found = registered(r.broker_id, r.broker_epoch);
    if (!found) return found.error();
    Broker& broker = found.value();
    if (r.fenced != 0) broker.fenced = r.fenced > 0;
    if (r.in_controlled_shutdown != 0) broker.in_controlled_shutdown = r.in_controlled_shutdown > 0;
    if (!r.log_dirs.empty()) broker.directories = r.log_dirs;
    set_broker(NodeId(r.broker_id), std::make_shared<const Broker>(std::move(broker)));
    return Ok{};
  }

  Result<> add(const TopicRecord& r) {
    if (open_topic(r.topic_id) != nullptr || next->topic_names_.find(r.name) != nullptr) {
      return Error{"topic " + r.name + " is created twice"};
    }
    auto topic = std::make_shared<Topic>();
    topic->id = r.topic_id;
    topic->name = r.name;
    topics.emplace(r.topic_id, Change<Uuid, Topic>{r.topic_id, nullptr, nullptr});
    hash() += part_hash(Part::kTopic, key_hash(r.topic_id), hash_text(r.name));
    next->topic_names_.set(r.name, r.topic_id);
    next->topics_.set(r.topic_id, topic);
    open[r.topic_id] = std::move(topic);
    return Ok{};
  }

  Result<> add(const RemoveTopicRecord& r) {
    Topic* topic = open_topic(r.topic_id);
    if (topic == nullptr) {
      return Error{"topic " + to_string(r.topic_id) + " is removed but does not exist"};
    }
    for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
      const PartitionRef ref{r.topic_id, PartitionIndex(static_cast<std::int32_t>(i))};
      const PartitionPtr& before = topic->partitions[i];
      partitions.emplace(ref, Change<PartitionRef, Partition>{ref, before, nullptr});
      partitions[ref].after = nullptr;
      hash() -= partition_hash(ref, *before);
      --next->partition_count_;
    }
    const TopicPtr* present = next->topics_.find(r.topic_id);
    ENSURE(present != nullptr);
    topics.emplace(r.topic_id, Change<Uuid, Topic>{r.topic_id, *present, nullptr});
    hash() -= part_hash(Part::kTopic, key_hash(r.topic_id), hash_text(topic->name));
    const ConfigResource resource{ResourceType::kTopic, topic->name};
    if (next->configs_.find(resource) != nullptr) set_config(resource, nullptr);
    next->topic_names_.erase(topic->name);
    next->topics_.erase(r.topic_id);
    open.erase(r.topic_id);
    return Ok{};
  }

  Result<> add(const PartitionRecord& r) {
    Topic* topic = open_topic(r.topic_id);
    const PartitionRef ref{r.topic_id, PartitionIndex(r.partition_id)};
    if (topic == nullptr) return Error{"partition " + text_of(ref) + " of an unknown topic"};
    const auto count = static_cast<std::int32_t>(topic->partitions.size());
    if (r.partition_id < 0 || r.partition_id > count || count >= kPartitionsMax) {
      return Error{"partition " + text_of(ref) + " is out of order: the topic has " +
                   std::to_string(count)};
    }
    if (r.replicas.empty()) return Error{"partition " + text_of(ref) + " has no replicas"};
    auto partition = std::make_shared<Partition>();
    partition->replicas = to_nodes(r.replicas);
    partition->isr = to_nodes(r.isr);
    partition->removing = to_nodes(r.removing_replicas);
    partition->adding = to_nodes(r.adding_replicas);
    if (r.eligible_leader_replicas) partition->elr = to_nodes(*r.eligible_leader_replicas);
    if (r.last_known_elr) partition->last_known_elr = to_nodes(*r.last_known_elr);
    partition->directories = r.directories;
    partition->leader = to_leader(r.leader);
    partition->leader_epoch = LeaderEpoch(r.leader_epoch);
    partition->partition_epoch = PartitionEpoch(r.partition_epoch);
    partition->recovery = static_cast<Recovery>(r.leader_recovery_state);
    set_partition(*topic, ref, partition);
    return Ok{};
  }

  Result<> add(const PartitionChangeRecord& r) {
    Topic* topic = open_topic(r.topic_id);
    const PartitionRef ref{r.topic_id, PartitionIndex(r.partition_id)};
    const Partition* present = topic == nullptr ? nullptr : topic->partition(ref.partition);
    if (present == nullptr) return Error{"change of partition " + text_of(ref) + ": unknown"};
    if (present->partition_epoch.value() == std::numeric_limits<std::int32_t>::max() ||
        present->leader_epoch.value() == std::numeric_limits<std::int32_t>::max()) {
      return Error{"change of partition " + text_of(ref) + ": its epochs are used up"};
    }
    auto partition = std::make_shared<Partition>(*present);
    if (r.isr) partition->isr = to_nodes(*r.isr);
    if (r.replicas) partition->replicas = to_nodes(*r.replicas);
    if (partition->replicas.empty()) return Error{"change leaves " + text_of(ref) + " empty"};
    if (r.removing_replicas) partition->removing = to_nodes(*r.removing_replicas);
    if (r.adding_replicas) partition->adding = to_nodes(*r.adding_replicas);
    if (r.eligible_leader_replicas) partition->elr = to_nodes(*r.eligible_leader_replicas);
    if (r.last_known_elr) partition->last_known_elr = to_nodes(*r.last_known_elr);
    if (r.directories) partition->directories = *r.directories;
    if (r.leader != kNoLeaderChange) {
      partition->leader = to_leader(r.leader);
      partition->leader_epoch = present->leader_epoch.next();
    }
    if (r.leader_recovery_state != kNoRecoveryChange) {
      partition->recovery = static_cast<Recovery>(r.leader_recovery_state);
    }
    partition->partition_epoch = present->partition_epoch.next();
    set_partition(*topic, ref, partition);
    return Ok{};
  }

  Result<> add(const ConfigRecord& r) {
    const ConfigResource resource{static_cast<ResourceType>(r.resource_type), r.resource_name};
    auto entries = std::make_shared<Properties>(next->config(resource.type, resource.name));
    if (r.value) {
      (*entries)[r.name] = *r.value;
    } else {
      entries->erase(r.name);
    }
    set_config(resource, entries->empty() ? nullptr : PropertiesPtr(std::move(entries)));
    return Ok{};
  }

  Result<> add(const FeatureLevelRecord& r) {
    const auto found = next->features_.find(r.name);
    if (found != next->features_.end()) {
      hash() -= feature_hash(r.name, found->second);
      next->features_.erase(found);
    }
    if (r.feature_level != 0) {
      hash() += feature_hash(r.name, r.feature_level);
      next->features_.emplace(r.name, r.feature_level);
    }
    features_changed = true;
    return Ok{};
  }
  static std::uint64_t feature_hash(const std::string& name, std::int16_t level) {
    return part_hash(Part::kFeature, hash_text(name), static_cast<std::uint64_t>(level));
  }

  Result<> add(const ProducerIdsRecord& r) {
    const auto part = [](ProducerId id) {
      return part_hash(Part::kId, 0, static_cast<std::uint64_t>(id.value()));
    };
    if (next->next_producer_id_ != ProducerId(0)) hash() -= part(next->next_producer_id_);
    next->next_producer_id_ = ProducerId(r.next_producer_id);
    if (next->next_producer_id_ != ProducerId(0)) hash() += part(next->next_producer_id_);
    producer_ids_changed = true;
    return Ok{};
  }

  Result<> add(const RegisterControllerRecord& r) {
    const NodeId id{r.controller_id};
    auto node = std::make_shared<const ControllerNode>(
        ControllerNode{id, r.incarnation_id, to_listeners(r.end_points), to_features(r.features)});
    const ControllerPtr* present = next->controllers_.find(id);
    const ControllerPtr before = present == nullptr ? nullptr : *present;
    controllers.emplace(id, Change<NodeId, ControllerNode>{id, before, nullptr});
    controllers[id].after = node;
    if (before) hash() -= part_hash(Part::kController, key_hash(id), state_hash(*before));
    hash() += part_hash(Part::kController, key_hash(id), state_hash(*node));
    next->controllers_.set(id, std::move(node));
    return Ok{};
  }

  Result<> add(const NoOpRecord&) { return Ok{}; }
};

ImageBuilder::ImageBuilder(const Image& base) : work_(std::make_unique<Work>(base)) {}
ImageBuilder::~ImageBuilder() = default;

Result<> ImageBuilder::add(const Record& record) {
  return std::visit([this](const auto& r) { return work_->add(r); }, record);
}

Applied ImageBuilder::finish(Position position) {
  Work& work = *work_;
  for (auto& [id, topic] : work.open) work.next->topics_.set(id, topic);
  for (auto& [id, change] : work.topics) {
    const TopicPtr* present = work.next->topics_.find(id);
    if (present != nullptr) change.after = *present;
  }
  work.next->position_ = position;
  auto delta = std::make_shared<Delta>();
  delta->topics = real_changes(work.topics);
  delta->partitions = real_changes(work.partitions);
  delta->brokers = real_changes(work.brokers);
  delta->controllers = real_changes(work.controllers);
  delta->configs = real_changes(work.configs);
  delta->features_changed = work.features_changed;
  delta->producer_ids_changed = work.producer_ids_changed;
  return {std::move(work.next), std::move(delta)};
}

Result<Applied> apply_records(const ImageRef& image, std::span<const Record> records,
                              Position position) {
  ImageBuilder builder(*image);
  for (const Record& record : records) {
    const Result<> added = builder.add(record);
    if (!added) return added.error();
  }
  return builder.finish(position);
}

}  // namespace logarium::metadata
