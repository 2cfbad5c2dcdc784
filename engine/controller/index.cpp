#include "engine/controller/index.hpp"

#include <algorithm>

namespace logarium::controller {
namespace {

bool has_collision_letters(const std::string& name) {
  return name.find_first_of("._") != std::string::npos;
}
std::string unified(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

}  // namespace

Index::Index(const metadata::Image& image) {
  for (const auto& entry : image.topics()) {
    count_topic(*entry.value, Sign::kAdd);
    std::int32_t index = 0;
    for (const metadata::PartitionPtr& partition : entry.value->partitions) {
      count({entry.key, PartitionIndex(index++)}, *partition, Sign::kAdd);
    }
  }
}

void Index::apply(const metadata::Delta& delta) {
  for (const auto& change : delta.topics) {
    if (change.before) count_topic(*change.before, Sign::kRemove);
    if (change.after) count_topic(*change.after, Sign::kAdd);
  }
  for (const auto& change : delta.partitions) {
    if (change.before) count(change.key, *change.before, Sign::kRemove);
    if (change.after) count(change.key, *change.after, Sign::kAdd);
  }
}

void Index::count_topic(const metadata::Topic& topic, Sign sign) {
  if (!has_collision_letters(topic.name)) return;
  if (sign == Sign::kAdd) {
    collisions_.set(unified(topic.name), topic.name);
  } else {
    collisions_.erase(unified(topic.name));
  }
}

void Index::count(PartitionRef ref, const metadata::Partition& partition, Sign sign) {
  const auto put = [&](Partitions& set) {
    if (sign == Sign::kAdd) {
      set.insert(ref);
    } else {
      set.erase(ref);
    }
  };
  const std::int32_t one = static_cast<std::int32_t>(sign);
  for (const NodeId node : partition.isr) put(brokers_[node].isr);
  for (const NodeId node : partition.elr) put(brokers_[node].elr);
  PerBroker& preferred = brokers_[partition.preferred()];
  preferred.preferred += one;
  if (!partition.leader) {
    put(leaderless_);
  } else {
    brokers_[*partition.leader].leads += one;
    if (*partition.leader != partition.preferred()) {
      put(imbalanced_);
      preferred.preferred_elsewhere += one;
    }
  }
  if (partition.reassigning()) put(reassigning_);
  if (sign == Sign::kAdd) return;
  std::erase_if(brokers_, [](const auto& entry) { return entry.second.empty(); });
}

const Index::Partitions& Index::with_isr_member(NodeId broker) const {
  static const Partitions kNone;
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? kNone : found->second.isr;
}

const Index::Partitions& Index::with_elr_member(NodeId broker) const {
  static const Partitions kNone;
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? kNone : found->second.elr;
}

std::int32_t Index::leaderships(NodeId broker) const {
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? 0 : found->second.leads;
}
std::int32_t Index::preferred(NodeId broker) const {
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? 0 : found->second.preferred;
}
std::int32_t Index::preferred_elsewhere(NodeId broker) const {
  const auto found = brokers_.find(broker);
  return found == brokers_.end() ? 0 : found->second.preferred_elsewhere;
}

const std::string* Index::colliding_topic(const std::string& name) const {
  if (!has_collision_letters(name)) return nullptr;
  return collisions_.find(unified(name));
}

bool Index::operator==(const Index& other) const {
  if (brokers_.size() != other.brokers_.size()) return false;
  for (const auto& [node, ours] : brokers_) {
    const auto found = other.brokers_.find(node);
    if (found == other.brokers_.end()) return false;
    const PerBroker& theirs = found->second;
    if (ours.isr.elements() != theirs.isr.elements() ||
        ours.elr.elements() != theirs.elr.elements() || ours.leads != theirs.leads ||
        ours.preferred != theirs.preferred ||
        ours.preferred_elsewhere != theirs.preferred_elsewhere) {
      return false;
    }
  }
  return leaderless_.elements() == other.leaderless_.elements() &&
         imbalanced_.elements() == other.imbalanced_.elements() &&
         reassigning_.elements() == other.reassigning_.elements() &&
         collisions_.size() == other.collisions_.size();
}

}  // namespace logarium::controller
