#include "sim/scenario/watch.hpp"

#include <algorithm>

#include "engine/base/state_visitor.hpp"

namespace logarium::scenario {
namespace {

std::vector<NodeId> members(const std::vector<NodeId>& replicas, ReplicaSet set) {
  std::vector<NodeId> out;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if ((set.value() >> i & 1U) != 0) out.push_back(replicas[i]);
  }
  return out;
}

}  // namespace

bool Watch::on_note(world::NodeIndex node, const Note& note) {
  if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
    Partition& partition = partitions_[committed->partition];
    partition.committed = true;
    partition.leader_epoch = committed->leader_epoch;
    partition.leader =
        committed->leader.value() < 0 ? std::nullopt : std::optional<NodeId>(committed->leader);
    partition.isr = members(partition.replicas, committed->isr);
    return true;
  }
  if (const auto* placed = std::get_if<note::ReplicaPlaced>(&note)) {
    Partition& partition = partitions_[placed->partition];
    partition.replicas.resize(static_cast<std::size_t>(std::max(0, placed->count)));
    const auto position = static_cast<std::size_t>(placed->position);
    if (position < partition.replicas.size()) partition.replicas[position] = placed->node;
    return false;
  }
  if (const auto* active = std::get_if<note::ControllerActive>(&note)) {
    if (!controller_ || active->epoch >= controller_epoch_) {
      controller_ = node;
      controller_epoch_ = active->epoch;
    }
    return true;
  }
  if (std::holds_alternative<note::TopicCreated>(note)) {
    wants_names_ = true;
  } else if (const auto* deleted = std::get_if<note::TopicDeleted>(&note)) {
    const auto first = partitions_.lower_bound({deleted->topic, PartitionIndex(0)});
    auto last = first;
    while (last != partitions_.end() && last->first.topic == deleted->topic) ++last;
    partitions_.erase(first, last);
    return true;
  }
  return false;
}

std::optional<Uuid> Watch::topic_id(const std::string& topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? std::nullopt : std::optional<Uuid>(found->second);
}

const Watch::Partition* Watch::find(const std::string& topic, std::int32_t partition) const {
  const auto id = topic_id(topic);
  if (!id) return nullptr;
  const auto found = partitions_.find({*id, PartitionIndex(partition)});
  return found == partitions_.end() || !found->second.committed ? nullptr : &found->second;
}

void Watch::Partition::describe(StateVisitor& v) const {
  visit(v, "replicas", replicas);
  visit(v, "leader", leader);
  visit(v, "leader epoch", leader_epoch);
  visit(v, "isr", isr);
}

void Watch::describe(StateVisitor& v) const {
  visit(v, "partitions", partitions_);
  visit(v, "controller", controller_);
}

}  // namespace logarium::scenario
