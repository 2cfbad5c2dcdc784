#pragma once
// LiveView: the view of a cluster read off its live nodes, to be compared with the one folded from
// their notes (sim/trace/view.hpp). What a node can be asked for is asked; what nobody holds any
// more (the log of a node that is down, counts of the past) stays as told.
//
// Two things are compared only when they can be: a quorum member's role while it is in force, that
// is, not while the state that it rests on is being written; and the committed metadata while a
// node is the active controller.

#include "sim/trace/view.hpp"
#include "sim/world/world.hpp"

namespace logarium::run {

// The nodes of a world as run files name them.
[[nodiscard]] std::vector<trace::NodeInfo> node_infos(const world::World& world);

// `told`, with everything that the world's nodes hold in place of what their notes said.
[[nodiscard]] trace::View live_view(const trace::View& told, const world::World& world);

}  // namespace logarium::run
