#pragma once
// A partition without a leader in which the controller may elect nobody, and whether faults beyond
// what the protocol promises to survive explain it.

#include <optional>
#include <string>
#include <vector>

#include "sim/checkers/cluster_state.hpp"

namespace logarium::world {
class World;
}

namespace logarium::checkers {

// KIP-966: with ISR and ELR empty, the last leader may lead again. Which one that was stands in the
// metadata only; none when the controller did not record one, or knows of members that may lead.
[[nodiscard]] std::optional<NodeId> last_known_leader(const ClusterState& state,
                                                      const world::World& world,
                                                      const PartitionState& partition);

struct Unavailability {
  PartitionRef partition;
  Instant since;
  std::string explanation;
  std::vector<Cause> causes;
};

// Explained is that a partition has no leader when all of this holds:
//  - the topic allows no unclean election, and ISR and ELR are empty;
//  - the last known leader's disk was emptied since it led: it comes back with another directory
//    (KIP-858), and the controller does not take that for the replica which it recorded;
//  - with it, at least as many replicas as min.insync.replicas stopped uncleanly or lost stored
//    bytes since they were taken into the ISR: what is left of them is trusted no more (KIP-966).
// Then only an operator brings it back, by an unclean election. Empty when it has a leader, and
// when somebody might be elected.
[[nodiscard]] std::optional<Unavailability> explained_unavailability(
    const ClusterState& state, const world::World& world, const PartitionState& partition);

}  // namespace logarium::checkers
