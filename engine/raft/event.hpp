#pragma once
// What a quorum member tells its owner, in order, through Quorum::next_event().

#include <optional>
#include <string>
#include <variant>

#include "engine/base/ids.hpp"
#include "engine/protocol/batch.hpp"

namespace logarium::raft {

namespace event {

// Log and persistent state are loaded; the member takes part from now on.
struct Opened {};

// The next batch below the high watermark. Every member, voter or observer, gets each offset once
// per incarnation, in order and without a gap (SnapshotLoaded may take the place of a prefix).
// Control batches are included: the owner counts their offsets and skips their content.
struct Committed {
  protocol::Batch batch;
};

// The state below `end` is what these batches say; whatever was built before is void. Offsets
// inside them are positions in the snapshot, not in the log. Control batches are left out.
struct SnapshotLoaded {
  Offset end;
  QuorumEpoch epoch;  // of the last record below `end`
  protocol::Records batches;
};

// The leader of the quorum as this member knows it, and its epoch.
struct LeaderChanged {
  std::optional<NodeId> leader;
  QuorumEpoch epoch;
};

// This member leads, and every batch below the start of its epoch has been given out as
// Committed: append() works from now on.
struct BecameActive {
  QuorumEpoch epoch;
};

// Ends a BecameActive: appended batches that were not yet Committed may be lost.
struct LostLeadership {
  QuorumEpoch epoch;
};

// The member cannot go on (its directory failed, or its log contradicts what was committed). It
// answers nothing from now on; the process should exit.
struct Failed {
  std::string reason;
};

}  // namespace event

using Event =
    std::variant<event::Opened, event::Committed, event::SnapshotLoaded, event::LeaderChanged,
                 event::BecameActive, event::LostLeadership, event::Failed>;

}  // namespace logarium::raft
