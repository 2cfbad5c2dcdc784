#pragma once
// Voters: what each voter of the metadata quorum has on its disk, as its notes tell: its log and
// its vote. A voter whose disk is emptied has forgotten both, and with static voters (KIP-595;
// kraft.version 0) it comes back as one of the quorum at once: it may help to elect a leader that
// lacks what it had acknowledged, or vote twice in one epoch. Raft forbids that (stable storage is
// a premise of its safety), so a budget asks here first.

#include <map>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/note.hpp"
#include "sim/world/types.hpp"

namespace logarium::scenario {

class Voters {
 public:
  // Notes of any node; those that are not of the metadata quorum change nothing.
  void on_note(world::NodeIndex node, const Note& note);
  // The node's disk is about to be emptied.
  void wiped(world::NodeIndex node) { disks_.erase(node); }

  // Whether the quorum bears that `node` forgets everything now. It does when of the other `voters`
  // so many that no majority can do without one of them
  //  - follow, or lead, in the newest epoch that any voter knows: they grant no vote in it or
  //  below;
  //  - hold what is committed, and what `node` may have acknowledged, on stable storage; and so
  //  many
  //    that they are a majority when the acknowledgement of `node` may be about to commit
  //    something.
  // REQUIRES: node is one of the voters.
  [[nodiscard]] bool can_spare(world::NodeIndex node,
                               const std::vector<world::NodeIndex>& voters) const;

 private:
  struct Disk {
    note::QuorumRole role = note::QuorumRole::kUnattached;
    QuorumEpoch epoch{-1};       // that it voted in or heard of
    LeaderEpoch last_epoch{-1};  // of its last batch, when that was appended and not cut since
    Offset synced;               // end of what is on stable storage
  };

  std::map<world::NodeIndex, Disk> disks_;
  Offset committed_;  // the highest high watermark of a leader
};

}  // namespace logarium::scenario
