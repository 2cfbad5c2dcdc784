#pragma once
// Budget: which copies of the partitions cannot be relied on now, and whether one more fault stays
// within what the protocol promises to bear: no record that acks=all acknowledged may be lost.
//
// A copy is *lost* when its node lost stored bytes (power loss, wipe, bit rot). It is *distrusted*
// when its process ended uncleanly in any other way: what was written is still there, but KIP-966
// cannot tell, and takes the replica out of the ISR and out of the eligible replicas. The promise:
//  - while any copy of a partition is lost, fewer than min.insync.replicas of its copies are lost
//    or distrusted. Otherwise every replica that holds a record may be distrusted, and the last
//    known leader, which is elected then, may be the very one that lost bytes;
//  - while none is lost, any number may be distrusted: whoever is elected has everything;
//  - a voter of the metadata quorum loses its disk only while the others hold all that it knows
//    (voters.hpp). A disk that rots is to be emptied soon, and with a voter's that may not be
//    possible when it is due, so no voter's disk rots.
// A copy is sound again once its broker has registered anew, has been out of the ISR after that,
// and is back in it; a rotten one only after a wipe. A registration that the next controller tells
// again is not a new one.
//
// A broker may be given copies of new partitions after its process ended, until the controller
// fences it. Nothing of them is lost, but they are as little trusted as the others; and where the
// disk was emptied, the directory that the metadata names is gone, and such a copy counts as lost:
// KIP-858 lets nobody lead from a directory that is not there, the last known leader included.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/scenario/plan.hpp"
#include "sim/scenario/roles.hpp"
#include "sim/scenario/voters.hpp"

namespace logarium::scenario {

class Budget {
 public:
  // Of a plan that keeps no budget everything is allowed.
  explicit Budget(const Plan& plan);

  // Whether the action may strike the node. `doomed` are nodes whose process is about to end
  // uncleanly for a fault that goes on (a disk that is full or fails); a process that ended has
  // told so by its note.
  [[nodiscard]] bool allows(ActionKind kind, world::NodeIndex node, const Roster& roster,
                            const Watch& watch, const std::set<world::NodeIndex>& doomed) const;
  // Whether the action is limited at all.
  [[nodiscard]] static bool limits(ActionKind kind);
  // The action has struck the node.
  void struck(ActionKind kind, world::NodeIndex node, const Roster& roster, const Watch& watch);
  // REQUIRES: the watch has taken in the note.
  void on_note(world::NodeIndex node, const Note& note, const Roster& roster, const Watch& watch);

 private:
  struct Copy {
    bool lost = false;  // else distrusted
    bool rotten = false;
    // What has happened since: the process runs again, its broker has registered, and the ISR has
    // been without it after that.
    bool started = false, registered = false, left_isr = false;
  };
  using Copies = std::map<std::pair<PartitionRef, NodeId>, Copy>;
  struct Broker {
    BrokerEpoch epoch{-1};  // the newest that a controller told
    // What befell its process since it registered: how copies begin that it is given now. A copy
    // from before is in copies_ all that time.
    std::optional<Copy> harmed;
  };
  [[nodiscard]] std::int64_t min_isr(PartitionRef partition, const Watch& watch) const;
  void harm(world::NodeIndex node, Copy how, const Roster& roster, const Watch& watch);
  void on_started(NodeId broker);
  void on_registered(const note::BrokerRegistered& registered, const Watch& watch);
  void on_committed(PartitionRef partition, const Watch& watch);

  bool keeps_;
  std::map<std::string, std::int64_t> min_isr_;
  Copies copies_;  // that are lost or distrusted
  std::map<NodeId, Broker> brokers_;
  Voters voters_;
};

}  // namespace logarium::scenario
