#include "sim/scenario/roles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace logarium::scenario {
namespace {

using Nodes = std::vector<world::NodeIndex>;

void add_id(NodeId id, const Roster& roster, Nodes& out) {
  const auto found = roster.by_id.find(id);
  if (found != roster.by_id.end()) out.push_back(found->second);
}

// Those of a partition, or the one at the index.
Nodes of_partition(const Target& target, const Situation& situation) {
  Nodes out;
  const Watch::Partition* partition = situation.watch.find(target.topic, target.partition);
  if (partition == nullptr) return out;
  std::vector<NodeId> ids;
  if (target.kind == TargetKind::kLeader) {
    if (partition->leader) ids.push_back(*partition->leader);
  } else if (target.kind == TargetKind::kIsr) {
    ids = partition->isr;
  } else {
    ids = partition->replicas;
    const bool follows = target.kind == TargetKind::kFollower;
    if (follows && partition->leader) std::erase(ids, *partition->leader);
  }
  if (target.index) {
    if (*target.index < ids.size()) add_id(ids[*target.index], situation.roster, out);
    return out;
  }
  for (const NodeId id : ids) add_id(id, situation.roster, out);
  return out;
}

// A random largest minority of the voters, or the rest of it.
Nodes half_of_voters(bool majority, const Roster& roster, Random& random) {
  Nodes voters = roster.controllers;
  for (std::size_t i = voters.size(); i > 1; --i) {
    std::swap(voters[i - 1], voters[static_cast<std::size_t>(random.below(i))]);
  }
  const auto cut = static_cast<std::ptrdiff_t>((voters.size() - 1) / 2);
  if (majority) return {voters.begin() + cut, voters.end()};
  return {voters.begin(), voters.begin() + cut};
}

Nodes sorted(Nodes nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

}  // namespace

std::string client_name(const Client& client) {
  if (!client.name.empty()) return client.name;
  return client.kind == ClientKind::kProducer ? "producer" : "consumer";
}

Nodes nodes_of(const Target& target, const Situation& situation, Random& random) {
  const Roster& roster = situation.roster;
  Nodes out;
  switch (target.kind) {
    case TargetKind::kLeader:
    case TargetKind::kFollower:
    case TargetKind::kIsr:
    case TargetKind::kReplicas:
      return of_partition(target, situation);
    case TargetKind::kController:
      if (target.id >= 0) {
        add_id(NodeId(static_cast<std::int32_t>(target.id)), roster, out);
      } else if (situation.watch.controller()) {
        out.push_back(*situation.watch.controller());
      }
      return out;
    case TargetKind::kBroker:
      add_id(NodeId(static_cast<std::int32_t>(target.id)), roster, out);
      return out;
    case TargetKind::kRack:
      for (const auto& [node, rack] : roster.racks) {
        if (rack == target.name) out.push_back(node);
      }
      return out;
    case TargetKind::kMinority:
      return half_of_voters(false, roster, random);
    case TargetKind::kMajority:
      return half_of_voters(true, roster, random);
    case TargetKind::kRandom: {
      Nodes from = nodes_of(target.inner.front(), situation, random);
      if (from.empty()) return from;
      return {from[static_cast<std::size_t>(random.below(from.size()))]};
    }
    case TargetKind::kBrokers:
      return roster.brokers;
    case TargetKind::kControllers:
      return roster.controllers;
    case TargetKind::kServers:
      return roster.servers;
    case TargetKind::kClients:
      return roster.clients;
    case TargetKind::kClient: {
      const auto found = roster.by_name.find(target.name);
      if (found != roster.by_name.end()) out.push_back(found->second);
      return out;
    }
    case TargetKind::kAll:
      out = roster.servers;
      out.insert(out.end(), roster.clients.begin(), roster.clients.end());
      return out;
    case TargetKind::kLabel: {
      const auto found = situation.labels.find(target.name);
      return found == situation.labels.end() ? out : found->second;
    }
  }
  return out;
}

Nodes nodes_of(const std::vector<std::string>& targets, const Situation& situation,
               Random& random) {
  Nodes out;
  for (const std::string& text : targets) {
    const ParsedTarget parsed = parse_target(text);
    if (!parsed.target) continue;
    const Nodes some = nodes_of(*parsed.target, situation, random);
    out.insert(out.end(), some.begin(), some.end());
  }
  return sorted(std::move(out));
}

Nodes static_nodes(const std::vector<std::string>& targets, const Roster& roster) {
  const Watch watch;
  const std::map<std::string, Nodes> labels;
  Random random;
  return nodes_of(targets, {roster, watch, labels}, random);
}

std::string target_of(world::NodeIndex node, const Roster& roster) {
  for (const auto& [id, index] : roster.by_id) {
    if (index != node) continue;
    const bool broker =
        std::find(roster.brokers.begin(), roster.brokers.end(), node) != roster.brokers.end();
    return fmt::format("{}({})", broker ? "broker" : "controller", id.value());
  }
  for (const auto& [name, index] : roster.by_name) {
    if (index == node) return fmt::format("client({})", name);
  }
  return {};
}

}  // namespace logarium::scenario
