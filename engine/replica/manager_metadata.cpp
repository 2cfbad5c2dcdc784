// How committed metadata reaches the replicas of a broker.

#include <algorithm>
#include <string>

#include "engine/base/ensure.hpp"
#include "engine/metadata/delta.hpp"
#include "engine/replica/manager_state.hpp"

namespace logarium::replica {

namespace {

std::optional<BrokerView> view_of_broker(const metadata::Image& image, NodeId node) {
  const metadata::Broker* broker = image.broker(node);
  if (broker == nullptr) return std::nullopt;
  return BrokerView{.epoch = broker->epoch,
                    .fenced = broker->fenced,
                    .shutting_down = broker->in_controlled_shutdown,
                    .rack = broker->rack.value_or(std::string())};
}

}  // namespace

// Everything at once: what is on the disk and not placed here is stray, and goes first, since a
// topic made anew under an old name needs the old one's path.
void Manager::State::apply_first(Env& env) {
  published = true;
  std::vector<NodeId> nodes;
  for (const auto& [id, broker] : image->brokers()) nodes.push_back(id);
  apply_brokers(env, nodes);
  std::vector<Slot> stray;
  for (const auto& [ref, slot] : replicas.ordered()) {
    const metadata::Partition* placement = image->partition(ref);
    if (placement == nullptr || !metadata::contains(placement->replicas, setup.self)) {
      stray.push_back(slot);
    }
  }
  for (const Slot slot : stray) remove(env, slot);
  for (const auto& [id, topic] : image->topics()) {
    for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
      place(env, {id, PartitionIndex(static_cast<std::int32_t>(i))}, *topic->partitions[i]);
    }
  }
}

void Manager::State::apply(Env& env, const metadata::Delta& delta) {
  std::vector<NodeId> nodes;
  for (const auto& change : delta.brokers) nodes.push_back(change.key);
  apply_brokers(env, nodes);
  for (const auto& change : delta.partitions) {
    const bool stays =
        change.after != nullptr && metadata::contains(change.after->replicas, setup.self);
    if (stays) continue;
    if (const auto slot = replicas.find(change.key)) remove(env, *slot);
  }
  for (const auto& change : delta.topics) {
    if (change.removed()) topics.forget(change.key);
  }
  apply_topic_configs(env, delta);
  for (const auto& change : delta.partitions) {
    if (change.after != nullptr) place(env, change.key, *change.after);
  }
}

void Manager::State::apply_brokers(Env& env, const std::vector<NodeId>& changed) {
  std::vector<NodeId> news;
  for (const NodeId node : changed) {
    if (brokers.set(node, view_of_broker(*image, node))) news.push_back(node);
  }
  if (news.empty()) return;
  for (const NodeId node : news) fetches.on_broker_changed(env, node);
  // A replica whose broker left no longer holds the high watermark back. One whose broker came
  // back may join an ISR, with its next fetch: what it told before may have been true of a process
  // that has ended since.
  for (const auto& [ref, slot] : replicas.ordered()) {
    const Leader* leader = replicas.get(slot).leader();
    if (leader == nullptr) continue;
    const bool concerned = std::any_of(news.begin(), news.end(), [&](NodeId node) {
      return position_of(leader->replicas(), node).has_value();
    });
    if (!concerned) continue;
    replicas.touch(slot).advance_high_watermark(env.scene());
  }
  deletes.on_brokers_changed(env);
}

void Manager::State::place(Env& env, PartitionRef ref, const metadata::Partition& placement) {
  if (!metadata::contains(placement.replicas, setup.self)) return;
  const metadata::Topic* topic = image->topic(ref.topic);
  ENSURE(topic != nullptr);
  const TopicInfoRef info = topics.get(setup, *image, *topic);
  auto slot = replicas.find(ref);
  if (!slot) {
    storage.create(env, info, ref.partition);
    slot = replicas.find(ref);
  }
  Partition& partition = replicas.touch(*slot);
  if (&partition.topic() != info.get()) partition.set_topic(info);
  if (placement.leader == setup.self) {
    partition.become_leader(env.scene(), placement);
  } else {
    partition.become_follower(env.scene(), placement);
  }
}

void Manager::State::remove(Env& env, Slot slot) {
  storage.erase(env, slot);
  produces.on_removed(env, slot);
  fetches.on_removed(env, slot);
  offsets.on_removed(env, slot);
  deletes.on_removed(env, slot);
  fetchers.on_removed(env, slot);
}

void Manager::State::apply_topic_configs(Env& env, const metadata::Delta& delta) {
  std::vector<Uuid> changed;
  for (const auto& change : delta.configs) {
    if (change.key.type == metadata::ResourceType::kBroker) {
      // Dynamic defaults of all brokers reach every topic.
      changed.clear();
      for (const auto& [id, info] : topics.all()) changed.push_back(id);
      break;
    }
    const metadata::Topic* topic = image->topic(change.key.name);
    if (topic != nullptr) changed.push_back(topic->id);
  }
  for (const Uuid id : changed) {
    const metadata::Topic* topic = image->topic(id);
    if (topic == nullptr || !topics.refresh(setup, *image, *topic)) continue;
    const TopicInfoRef info = topics.get(setup, *image, *topic);
    for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
      const auto slot = replicas.find({id, PartitionIndex(static_cast<std::int32_t>(i))});
      if (!slot) continue;
      Partition& partition = replicas.touch(*slot);
      partition.set_topic(info);
      // min.insync.replicas may have moved.
      partition.advance_high_watermark(env.scene());
    }
  }
}

}  // namespace logarium::replica
