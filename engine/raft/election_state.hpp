#pragma once
// ElectionState: what a member must remember across restarts: its epoch, whom it voted for in that
// epoch, and the epoch's leader once known. Its text is that of Kafka's `quorum-state` file.

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft {

struct ElectionState {
  QuorumEpoch epoch;  // never falls
  // Never changes within an epoch once it is set (Raft 5.2).
  std::optional<ReplicaKey> voted;
  // Never changes within an epoch once it is set.
  std::optional<NodeId> leader;

  bool operator==(const ElectionState&) const = default;
  void describe(StateVisitor& v) const;

  // {"leaderId":1,"leaderEpoch":3,"votedId":-1,"votedDirectoryId":"...","data_version":1}
  [[nodiscard]] std::string to_text() const;
  // Reads what to_text() writes; an empty text is the state of a member that never ran. Error: a
  // field is missing, or is no number.
  [[nodiscard]] static Result<ElectionState> parse(std::string_view text);
};

}  // namespace logarium::raft
