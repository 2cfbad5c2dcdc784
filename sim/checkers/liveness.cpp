#include "sim/checkers/liveness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/replica/manager.hpp"
#include "engine/replica/partition.hpp"
#include "engine/server/server_node.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

constexpr std::int64_t kElectionRounds = 5;
constexpr Duration kCatchUp = seconds(15);  // Property L3, beside the bytes
constexpr Duration kRecoveryScan = seconds(15);
constexpr Duration kShutdownTry = seconds(30);

}  // namespace

LivenessBounds LivenessBounds::of(const BrokerConfig& config) {
  LivenessBounds bounds;
  const Duration fetch = milliseconds(config.controller_quorum_fetch_timeout_ms);
  const Duration request = milliseconds(config.controller_quorum_request_timeout_ms);
  // An election timeout is drawn from [t, 2t).
  const Duration round = milliseconds(2 * config.controller_quorum_election_timeout_ms +
                                      config.controller_quorum_election_backoff_max_ms);
  bounds.quorum = fetch * 3 / 2 + fetch + request + round * kElectionRounds;
  bounds.start = bounds.quorum + kRecoveryScan +
                 milliseconds(2 * config.broker_session_timeout_ms) +
                 milliseconds(2 * config.broker_heartbeat_interval_ms);
  bounds.leadership = bounds.start;
  bounds.replication = bounds.quorum + milliseconds(config.replica_socket_timeout_ms) +
                       milliseconds(2 * config.replica_fetch_backoff_ms) + kCatchUp;
  bounds.alter_partition = bounds.quorum + milliseconds(2 * config.replica_socket_timeout_ms);
  bounds.shutdown = bounds.quorum + kShutdownTry;
  return bounds;
}

LivenessBounds LivenessBounds::of(const world::World& world) {
  for (std::uint32_t i = 0; i < world.size(); ++i) {
    const server::ServerNode* server = server_at(world, NodeIndex(i));
    if (server != nullptr && server->setup() != nullptr) return of(server->setup()->config.broker);
  }
  return of(BrokerConfig{});
}

const server::ServerNode* server_at(const world::World& world, NodeIndex node) {
  if (node.value() >= world.size()) return nullptr;
  return dynamic_cast<const server::ServerNode*>(world.node(node));
}

bool isr_change_in_flight(const world::World& world, PartitionRef ref, NodeIndex node) {
  const server::ServerNode* server = server_at(world, node);
  const replica::Manager* manager = server == nullptr ? nullptr : server->replicas();
  const replica::Partition* found = manager == nullptr ? nullptr : manager->find(ref);
  const replica::Leader* leader = found == nullptr ? nullptr : found->leader();
  return leader != nullptr && leader->isr().in_flight();
}

std::optional<Duration> lasted(const Moment& moment, Instant since) {
  if (!moment.healed_since || !moment.healed_wholly) return std::nullopt;
  return moment.time - std::max(since, *moment.healed_since);
}

bool overdue(const Moment& moment, Instant since, Duration bound) {
  const auto so_long = lasted(moment, since);
  return so_long && *so_long > bound;
}

std::string lasted_text(const Moment& moment, Instant since, Duration bound) {
  return fmt::format("for {} in the healed cluster; the bound is {}",
                     to_string(lasted(moment, since).value_or(Duration{})), to_string(bound));
}

}  // namespace logarium::checkers
