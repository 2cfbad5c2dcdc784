#pragma once
// Who takes part in the metadata quorum. A replica is known by its node id and the id of the
// directory that holds its log (KIP-853): a node that lost its disk comes back with another
// directory id and is then another replica, which has promised nothing and holds nothing.
//
// The voter set is static: it comes with the configuration and does not change.

#include <compare>
#include <cstddef>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/state_visitor.hpp"
#include "engine/base/uuid.hpp"

namespace logarium::raft {

// Epochs beyond this one are taken from nobody: a million elections are left before they overflow.
inline constexpr QuorumEpoch kEpochMax{2'146'000'000};

// A replica of the metadata log. A zero directory means "not known".
struct ReplicaKey {
  NodeId id;
  Uuid directory;
  constexpr auto operator<=>(const ReplicaKey&) const = default;

  // Same id, and the same directory as far as both are known.
  [[nodiscard]] constexpr bool matches(const ReplicaKey& other) const {
    return id == other.id &&
           (directory == other.directory || directory.is_zero() || other.directory.is_zero());
  }
  void describe(StateVisitor& v) const;
};

// The end of a log, or of a snapshot: everything below `offset`, the last record being of `epoch`.
// A log is at least as up to date as another when its position compares >= (Raft 5.4.1).
struct LogPosition {
  QuorumEpoch epoch;
  Offset offset;
  constexpr auto operator<=>(const LogPosition&) const = default;
  void describe(StateVisitor& v) const;
};

// The voters in id order, each id once.
class VoterSet {
 public:
  VoterSet() = default;
  explicit VoterSet(std::vector<ReplicaKey> voters);

  [[nodiscard]] std::size_t size() const { return voters_.size(); }
  // Voters that decide together: more than half.
  [[nodiscard]] std::size_t majority() const { return voters_.size() / 2 + 1; }
  // Whether this very replica is a voter; an unknown directory on either side is let pass.
  [[nodiscard]] bool contains(const ReplicaKey& replica) const;
  // The voter of this id, whatever its directory; null when there is none.
  [[nodiscard]] const ReplicaKey* find(NodeId id) const;
  [[nodiscard]] const std::vector<ReplicaKey>& all() const { return voters_; }
  void describe(StateVisitor& v) const { visit(v, "voters", voters_); }

 private:
  std::vector<ReplicaKey> voters_;
};

}  // namespace logarium::raft
