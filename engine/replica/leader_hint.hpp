#pragma once
// KIP-951: a response that says "not the leader" also says who is, with its endpoint, so that the
// client need not ask for metadata first.

#include <string>

#include "engine/replica/env.hpp"

namespace logarium::replica {

// Whom metadata names as the partition's leader; null when it names none.
[[nodiscard]] const metadata::Broker* known_leader(const Env& env, PartitionRef ref,
                                                   LeaderEpoch& epoch);

// Fills `part.current_leader` and adds the leader to `response.node_endpoints` once. Does nothing
// for errors that a new leader would not cure.
template <class Part, class Response>
void hint_leader(const Env& env, PartitionRef ref, protocol::ErrorCode error, Part& part,
                 Response& response) {
  if (error != protocol::ErrorCode::kNotLeaderOrFollower &&
      error != protocol::ErrorCode::kFencedLeaderEpoch) {
    return;
  }
  LeaderEpoch epoch;
  const metadata::Broker* leader = known_leader(env, ref, epoch);
  if (leader == nullptr) return;
  part.current_leader.leader_id = leader->id.value();
  part.current_leader.leader_epoch = epoch.value();
  for (const auto& node : response.node_endpoints) {
    if (node.node_id == leader->id.value()) return;
  }
  if (leader->listeners.empty()) return;
  auto& node = response.node_endpoints.emplace_back();
  node.node_id = leader->id.value();
  node.host = leader->listeners.front().host;
  node.port = leader->listeners.front().port;
  node.rack = leader->rack;
}

}  // namespace logarium::replica
