#pragma once
// KIP-951: a response that says "not the leader" also says who is, with its endpoint, so that the
// client need not ask for metadata first.

#include <cstdint>
#include <string>

#include "engine/replica/env.hpp"

namespace logarium::replica {

// Whom metadata names as the partition's leader; null when it names none.
[[nodiscard]] const metadata::Broker* known_leader(const Env& env, PartitionRef ref,
                                                   LeaderEpoch& epoch);

// Of a part that failed: fills `part.current_leader` and adds the leader to
// `response.node_endpoints` once, with its endpoint at the listener at which the request came. Does
// nothing for errors that a new leader would not cure.
template <class Part, class Response>
void hint_leader(const Env& env, PartitionRef ref, std::uint16_t listener, Part& part,
                 Response& response) {
  const protocol::ErrorCode error = part.error_code;
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
  const metadata::Listener* at = leader->listener(env.setup.listener_name(listener));
  if (at == nullptr) return;
  auto& node = response.node_endpoints.emplace_back();
  node.node_id = leader->id.value();
  node.host = at->host;
  node.port = at->port;
  node.rack = leader->rack;
}

}  // namespace logarium::replica
