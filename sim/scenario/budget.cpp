#include "sim/scenario/budget.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace logarium::scenario {
namespace {

constexpr std::string_view kMinIsr = "min.insync.replicas";

std::int64_t min_isr_of(const ConfigMap& config, std::int64_t otherwise) {
  const auto found = config.find(std::string(kMinIsr));
  if (found == config.end()) return otherwise;
  std::int64_t value = otherwise;
  const std::string& text = found->second.text;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<NodeId> id_of(world::NodeIndex node, const Roster& roster) {
  for (const auto& [id, index] : roster.by_id) {
    if (index == node) return id;
  }
  return std::nullopt;
}

bool holds(const std::vector<NodeId>& ids, NodeId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool votes(world::NodeIndex node, const Roster& roster) {
  return std::find(roster.controllers.begin(), roster.controllers.end(), node) !=
         roster.controllers.end();
}

}  // namespace

Budget::Budget(const Plan& plan) : keeps_(plan.model.budget == BudgetKind::kKeep) {
  const std::int64_t otherwise = min_isr_of(plan.model.cluster.config, 1);
  for (const Topic& topic : plan.model.topics) {
    min_isr_[topic.name] = min_isr_of(topic.config, otherwise);
  }
  for (const Fault& fault : plan.model.faults) {
    const Topic& topic = fault.action.new_topic;
    if (fault.action.kind != ActionKind::kCreateTopic) continue;
    min_isr_[topic.name] = min_isr_of(topic.config, otherwise);
  }
}

std::int64_t Budget::min_isr(PartitionRef partition, const Watch& watch) const {
  for (const auto& [name, id] : watch.topics()) {
    if (id != partition.topic) continue;
    const auto found = min_isr_.find(name);
    return found == min_isr_.end() ? 1 : found->second;
  }
  return 1;
}

bool Budget::limits(ActionKind kind) {
  return loses_state(kind) || kind == ActionKind::kCrash || kind == ActionKind::kDiskFull ||
         kind == ActionKind::kDiskError;
}

bool Budget::allows(ActionKind kind, world::NodeIndex node, const Roster& roster,
                    const Watch& watch, const std::set<world::NodeIndex>& doomed) const {
  if (!keeps_ || !limits(kind)) return true;
  // A voter acknowledges what it has synced only, so a power loss takes nothing from the quorum.
  if (votes(node, roster)) {
    if (kind == ActionKind::kBitRot) return false;
    if (kind == ActionKind::kWipe && !voters_.can_spare(node, roster.controllers)) return false;
  }
  const auto id = id_of(node, roster);
  if (!id) return true;
  for (const auto& [ref, partition] : watch.partitions()) {
    if (!holds(partition.replicas, *id)) continue;
    std::int64_t harmed = 0;
    bool any_lost = loses_state(kind);
    for (const NodeId replica : partition.replicas) {
      const auto copy = copies_.find({ref, replica});
      const bool is_harmed = copy != copies_.end() || doomed.contains(roster.by_id.at(replica));
      any_lost = any_lost || (copy != copies_.end() && copy->second.lost);
      harmed += is_harmed || replica == *id ? 1 : 0;
    }
    if (any_lost && harmed >= min_isr(ref, watch)) return false;
  }
  return true;
}

void Budget::struck(ActionKind kind, world::NodeIndex node, const Roster& roster,
                    const Watch& watch) {
  if (!loses_state(kind)) return;
  if (kind == ActionKind::kWipe) voters_.wiped(node);
  harm(node, {.lost = true, .rotten = kind == ActionKind::kBitRot}, roster, watch);
  if (kind != ActionKind::kWipe) return;
  const auto id = id_of(node, roster);
  for (auto& [key, copy] : copies_) {
    if (key.second == id) copy.rotten = false;
  }
}

void Budget::harm(world::NodeIndex node, Copy how, const Roster& roster, const Watch& watch) {
  const auto id = id_of(node, roster);
  if (!id) return;
  for (const auto& [ref, partition] : watch.partitions()) {
    if (!holds(partition.replicas, *id)) continue;
    Copy& copy = copies_[{ref, *id}];
    const Copy before = std::exchange(copy, how);
    copy.lost = how.lost || before.lost;
    copy.rotten = how.rotten || before.rotten;
  }
}

void Budget::on_note(world::NodeIndex node, const Note& note, const Roster& roster,
                     const Watch& watch) {
  if (!keeps_) return;
  voters_.on_note(node, note);
  if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
    on_committed(committed->partition, watch);
    return;
  }
  if (const auto* registered = std::get_if<note::BrokerRegistered>(&note)) {
    on_registered(*registered, watch);
    return;
  }
  const auto* ended = std::get_if<note::ProcessEnded>(&note);
  const bool wiped = std::holds_alternative<note::DiskWiped>(note);
  if (ended == nullptr && !wiped && !std::holds_alternative<note::ProcessStarted>(note)) return;
  const auto id = id_of(node, roster);
  if (!id) return;
  if (wiped) {
    brokers_[*id].harmed = Copy{.lost = true};
  } else if (ended == nullptr) {
    on_started(*id);
  } else if (ended->cause != note::EndCause::kClean) {
    harm(node, {}, roster, watch);
    Broker& broker = brokers_[*id];
    broker.harmed = Copy{.lost = broker.harmed && broker.harmed->lost};
  }
}

void Budget::on_started(NodeId broker) {
  for (auto& [key, copy] : copies_) {
    if (key.second == broker) copy.started = true;
  }
  std::optional<Copy>& harmed = brokers_[broker].harmed;
  if (harmed) harmed->started = true;
}

void Budget::on_registered(const note::BrokerRegistered& registered, const Watch& watch) {
  Broker& broker = brokers_[registered.broker];
  if (registered.epoch <= broker.epoch) return;
  broker.epoch = registered.epoch;
  if (broker.harmed && broker.harmed->started) broker.harmed.reset();
  for (auto& [key, copy] : copies_) {
    if (key.second != registered.broker || !copy.started) continue;
    copy.registered = true;
    const auto partition = watch.partitions().find(key.first);
    copy.left_isr =
        partition != watch.partitions().end() && !holds(partition->second.isr, key.second);
  }
}

void Budget::on_committed(PartitionRef partition, const Watch& watch) {
  const auto found = watch.partitions().find(partition);
  if (found == watch.partitions().end()) return;
  for (const NodeId replica : found->second.replicas) {
    const auto broker = brokers_.find(replica);
    if (broker != brokers_.end() && broker->second.harmed) {
      copies_.try_emplace({partition, replica}, *broker->second.harmed);
    }
    const auto copy = copies_.find({partition, replica});
    if (copy == copies_.end() || !copy->second.registered) continue;
    if (!holds(found->second.isr, replica)) {
      copy->second.left_isr = true;
    } else if (copy->second.left_isr && !copy->second.rotten) {
      copies_.erase(copy);
    }
  }
}

}  // namespace logarium::scenario
