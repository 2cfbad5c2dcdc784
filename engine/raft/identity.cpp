#include "engine/raft/identity.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::raft {

void ReplicaKey::describe(StateVisitor& v) const {
  visit(v, "id", id);
  visit(v, "directory", directory);
}

void LogPosition::describe(StateVisitor& v) const {
  visit(v, "epoch", epoch);
  visit(v, "offset", offset);
}

VoterSet::VoterSet(std::vector<ReplicaKey> voters) : voters_(std::move(voters)) {
  std::sort(voters_.begin(), voters_.end());
  for (std::size_t i = 1; i < voters_.size(); ++i) ENSURE(voters_[i - 1].id != voters_[i].id);
}

bool VoterSet::contains(const ReplicaKey& replica) const {
  const ReplicaKey* voter = find(replica.id);
  return voter != nullptr && voter->matches(replica);
}

const ReplicaKey* VoterSet::find(NodeId id) const {
  for (const ReplicaKey& voter : voters_) {
    if (voter.id == id) return &voter;
  }
  return nullptr;
}

}  // namespace logarium::raft
