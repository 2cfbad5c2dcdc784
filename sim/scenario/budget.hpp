#pragma once
// Budget: how much stored state a run has lost, and whether one more loss stays within what the
// protocol promises to bear: fewer than min.insync.replicas copies of any partition, and fewer
// than a majority of the voters. A copy counts as lost until its broker has been out of the ISR
// and is back in it.

#include <map>
#include <set>
#include <string>
#include <utility>

#include "sim/scenario/plan.hpp"
#include "sim/scenario/roles.hpp"

namespace logarium::scenario {

class Budget {
 public:
  // min.insync.replicas of the scenario's topics.
  explicit Budget(const Plan& plan);

  // Whether the action may strike the node. `down` are nodes that do not run or are about to stop:
  // one replica of each ISR must go on running, since a killed broker's copy counts as lost for the
  // controller (KIP-966) until it is back in the ISR.
  [[nodiscard]] bool allows(ActionKind kind, world::NodeIndex node, const Roster& roster,
                            const Watch& watch, const std::set<world::NodeIndex>& down) const;
  // Whether the action is limited at all.
  [[nodiscard]] static bool limits(ActionKind kind);
  void lost(ActionKind kind, world::NodeIndex node, const Roster& roster, const Watch& watch);
  // REQUIRES: the watch has taken in the note.
  void on_committed(PartitionRef partition, const Watch& watch);

 private:
  enum class Copy : std::uint8_t { kLost, kLeftIsr };
  [[nodiscard]] std::int64_t min_isr(PartitionRef partition, const Watch& watch) const;

  std::map<std::string, std::int64_t> min_isr_;
  std::map<std::pair<PartitionRef, NodeId>, Copy> copies_;
  std::set<world::NodeIndex> voters_;  // that lost their log
};

}  // namespace logarium::scenario
