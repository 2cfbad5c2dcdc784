#pragma once
// Applying one action to a world, and taking it back. The decisions (when, whom) are the Driver's.

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/action.hpp"
#include "sim/world/world.hpp"

namespace logarium::scenario {

// An action with its targets filled in.
struct Hit {
  std::vector<world::NodeIndex> nodes;     // those meant; after apply() those that were hit
  std::vector<world::NodeIndex> from, to;  // of links
  std::vector<world::FaultId> running;     // what goes on in the world
  std::vector<world::NodeIndex> to_start;  // of restart: nodes that run, to start when stopped
};

// REQUIRES: no admin action, and neither kEnd nor kHeal. False when nothing took effect.
bool apply(world::World& world, const Action& action, Hit& hit, world::FaultTag tag);
// Ends what goes on; processes that the action stopped are started again.
void undo(world::World& world, const Action& action, const Hit& hit);

// The requests of an admin action, each for one command.
struct AdminTarget {
  std::vector<NodeId> brokers;  // of remove broker
};
[[nodiscard]] std::vector<CommandRef> admin_commands(const Action& action,
                                                     const AdminTarget& target);

}  // namespace logarium::scenario
