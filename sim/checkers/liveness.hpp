#pragma once
// What the liveness properties share: when a run is judged by them, and by which bounds. They hold
// only after the last fault has ended, and only when the whole cluster was healed.

#include <optional>

#include "engine/config/broker_config.hpp"
#include "sim/checkers/base_checker.hpp"

namespace logarium::replica {
class Manager;
}
namespace logarium::server {
class ServerNode;
}

namespace logarium::checkers {

// How long each thing may take after the heal, computed from the servers' configs. Generous by
// design: a run that ends earlier is not judged.
struct LivenessBounds {
  // A leader of the metadata quorum that all servers know: check quorum, a fetch that times out,
  // and five rounds of elections.
  Duration quorum;
  // A leader of every partition that can have one: besides, the session of a broker that is gone,
  // and registration.
  Duration leadership;
  // Every live replica back in the ISR, from when its leader and itself are there: news of it
  // through the quorum, a fetch whose answer never comes, and 15 s for the bytes.
  Duration replication;
  // The answer to an ISR change: two requests that time out.
  Duration alter_partition;
  // From a process's start to serving: recovery and registration.
  Duration start;
  // One try of a controlled shutdown, once there is a controller to ask.
  Duration shutdown;

  [[nodiscard]] static LivenessBounds of(const BrokerConfig& config);
  // By the first server that runs; by Kafka's defaults when none does.
  [[nodiscard]] static LivenessBounds of(const world::World& world);
};

// The running server process at `node`; null for clients, processes that are down
// and nodes that the world does not have.
[[nodiscard]] const server::ServerNode* server_at(const world::World& world, NodeIndex node);

// Whether `node` leads the partition and waits for the answer to a change of its ISR. (A shrink
// does not show in the notes: the maximal ISR stays the committed one.)
[[nodiscard]] bool isr_change_in_flight(const world::World& world, PartitionRef ref,
                                        NodeIndex node);

// How long something that began at `since` has been so in the healed cluster: from the later of
// that and the heal until now. Empty when the run is not judged by liveness.
[[nodiscard]] std::optional<Duration> lasted(const Moment& moment, Instant since);
[[nodiscard]] bool overdue(const Moment& moment, Instant since, Duration bound);
// "42s after the heal or the last change, bound 33s": the `seen` of a violation.
[[nodiscard]] std::string lasted_text(const Moment& moment, Instant since, Duration bound);

}  // namespace logarium::checkers
