#pragma once
// The roles of a quorum member. Data that exists in one role only lives inside that alternative.
//
// Transitions (a higher epoch in any request or response leads from every role to Unattached, or
// to Follower when its leader is known; that line is left out below):
//
//   from         when                                               to
//   Unattached   election timeout (voter)                           Prospective, same epoch
//                vote granted                                       Unattached, election timer anew
//                leader of this epoch learned                       Follower
//   Prospective  majority of pre-votes                              Candidate, epoch + 1
//                majority refused, or election timeout              Follower if a leader is known,
//                                                                   else Unattached
//                BeginQuorumEpoch of this epoch                     Follower
//   Candidate    majority of votes                                  Leader
//                majority refused (after a backoff), or timeout     Prospective
//                leader of this epoch learned                       Follower
//   Leader       no majority fetched in time, or resign()           Resigned
//   Follower     fetch timeout (voter)                              Prospective, same epoch
//                EndQuorumEpoch of its leader (voter)               Prospective, after its turn
//   Resigned     election timeout                                   Unattached, epoch + 1
//
//   Observers are Unattached or Follower only. With the rule pre-vote off, Candidate at epoch + 1
//   takes the place of Prospective. At start: a member that led is Resigned, one that voted for
//   itself is Candidate, one that knows the leader is Follower, every other one Unattached.

#include <cstdint>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/note.hpp"
#include "engine/raft/accumulator.hpp"
#include "engine/raft/identity.hpp"
#include "engine/raft/progress.hpp"
#include "engine/raft/waiting.hpp"

namespace logarium::raft {

// Who granted and who refused a vote; the own vote included.
struct Tally {
  std::set<NodeId> granted;
  std::set<NodeId> refused;

  [[nodiscard]] bool won(const VoterSet& voters) const {
    return granted.size() >= voters.majority();
  }
  // So many refused that the rest is no majority.
  [[nodiscard]] bool lost(const VoterSet& voters) const {
    return voters.size() - refused.size() < voters.majority();
  }
  [[nodiscard]] bool answered_by(NodeId id) const {
    return granted.contains(id) || refused.contains(id);
  }
  void describe(StateVisitor& v) const;
};

struct Unattached {
  void describe(StateVisitor& v) const;
};

// Asks for pre-votes (KIP-996).
struct Prospective {
  Tally tally;
  std::uint32_t failures = 0;  // elections lost in a row
  void describe(StateVisitor& v) const;
};

struct Candidate {
  Tally tally;
  std::uint32_t failures = 0;
  bool backing_off = false;  // lost; waits before it tries again
  void describe(StateVisitor& v) const;
};

struct Leader {
  Progress progress;
  Accumulator accumulator;
  Waiting waiting;
  std::optional<Offset> epoch_start;  // where its LeaderChange lies; set when that is appended
  bool active = false;                // BecameActive was given out
  void describe(StateVisitor& v) const;
};

struct Follower {
  NodeId leader;
  // A fetch succeeded since this role began, and the leader has not resigned: such a follower
  // refuses pre-votes (KIP-996).
  bool fetched = false;
  // Being fetched from the leader.
  struct Download {
    LogPosition id;
    std::vector<Bytes> pieces;
    std::int64_t position = 0;  // bytes received
    bool finishing = false;     // complete, on its way to stable storage
    void describe(StateVisitor& v) const;
  };
  std::optional<Download> download;
  // As the leader last told; ours follows as far as our log reaches.
  std::optional<Offset> leader_high_watermark;
  void describe(StateVisitor& v) const;
};

struct Resigned {
  std::vector<ReplicaKey> successors;  // best first
  std::set<NodeId> unaware;            // voters that have not answered EndQuorumEpoch
  void describe(StateVisitor& v) const;
};

using Role = std::variant<Unattached, Prospective, Candidate, Leader, Follower, Resigned>;

[[nodiscard]] note::QuorumRole kind_of(const Role& role);

}  // namespace logarium::raft
