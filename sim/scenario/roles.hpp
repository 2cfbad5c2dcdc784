#pragma once
// Roles: from the words of a scenario (targets, clients, topics) to nodes of a world.

#include <map>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "sim/scenario/build.hpp"
#include "sim/scenario/target.hpp"
#include "sim/scenario/watch.hpp"
#include "sim/workload/admin_actions.hpp"

namespace logarium::scenario {

// "producer" when the scenario gives no name.
[[nodiscard]] std::string client_name(const Client& client);
[[nodiscard]] workload::TopicSpec topic_spec(const Topic& topic);

// What roles are filled from.
struct Situation {
  const Roster& roster;
  const Watch& watch;
  // Nodes that a labelled fault was last applied to.
  const std::map<std::string, std::vector<world::NodeIndex>>& labels;
};

// The nodes that a target names now, each once, in order of index; none when it names nothing.
// Random choices draw from `random`.
[[nodiscard]] std::vector<world::NodeIndex> nodes_of(const Target& target,
                                                     const Situation& situation, Random& random);
[[nodiscard]] std::vector<world::NodeIndex> nodes_of(const std::vector<std::string>& targets,
                                                     const Situation& situation, Random& random);
// Of targets that are known before the start.
[[nodiscard]] std::vector<world::NodeIndex> static_nodes(const std::vector<std::string>& targets,
                                                         const Roster& roster);
// "broker(2)", "controller(1001)", "client(producer-1)": a target that names this node only.
[[nodiscard]] std::string target_of(world::NodeIndex node, const Roster& roster);

}  // namespace logarium::scenario
