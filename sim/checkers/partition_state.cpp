// What the state of one partition answers.
#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/cluster_state.hpp"

namespace logarium::checkers {

std::size_t entries_below(const LogEntries& entries, Offset offset) {
  // Questions are mostly about the end: from there back in growing steps, then between the last
  // two.
  if (entries.empty() || entries.back().next <= offset) return entries.size();
  std::size_t low = 0;
  std::size_t high = entries.size();
  for (std::size_t stride = 1; high > 0; stride *= 2) {
    const std::size_t probe = high > stride ? high - stride : 0;
    if (entries[probe].next <= offset) {
      low = probe + 1;
      break;
    }
    high = probe;
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (entries[middle].next <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool PartitionState::commits(const ReplicaState& replica) const {
  if (!replica.leading || replica.leader_epoch < office) return false;
  const auto named = leaders.find(replica.leader_epoch);
  return named != leaders.end() && named->second == replica.id;
}

Offset PartitionState::commits_below(const ReplicaState& deposed) const {
  if (!deposed.leading) return Offset(0);
  const auto named = leaders.find(deposed.leader_epoch);
  const auto holder = leaders.find(office);
  if (named == leaders.end() || holder == leaders.end()) return Offset(0);
  const ReplicaState* successor = replica(holder->second);
  if (named->second != deposed.id || successor == nullptr || successor->id == deposed.id) {
    return Offset(0);
  }
  const Offset end = std::min(deposed.high_watermark, office_end);
  const std::size_t old_count = entries_below(deposed.entries, end);
  const std::size_t new_count = entries_below(successor->entries, end);
  if (old_count == 0 || new_count == 0) return Offset(0);
  const LogEntry& old_last = deposed.entries[old_count - 1];
  const LogEntry& new_last = successor->entries[new_count - 1];
  const bool same = old_last.next == new_last.next && old_last.chain == new_last.chain;
  return same ? old_last.next : Offset(0);
}

std::int64_t PartitionState::effective_min_isr() const {
  const auto count = static_cast<std::int64_t>(replicas.size());
  return std::min(promise.min_insync_replicas, count);
}

std::size_t entry_at(const LogEntries& entries, Offset offset) {
  const std::size_t at = entries_below(entries, offset);
  return at == entries.size() || entries[at].base > offset ? entries.size() : at;
}

bool PartitionState::agrees(const ReplicaState& replica, Offset limit) const {
  const std::size_t count = entries_below(ghost, std::min(limit, replica.log_end));
  if (count == 0) return true;
  const LogEntry& entry = ghost[count - 1];
  if (entry.next <= replica.log_start) return true;
  const std::size_t own = entries_below(replica.entries, entry.next);
  return own > 0 && replica.entries[own - 1].next == entry.next &&
         replica.entries[own - 1].chain == entry.chain;
}

Offset PartitionState::agreement(const ReplicaState& replica) const {
  std::size_t low = 0;  // this many entries of the ghost agree
  std::size_t high = entries_below(ghost, replica.log_end);
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (agrees(replica, ghost[middle - 1].next)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low == 0 ? ghost_start : ghost[low - 1].next;
}

const ReplicaState* PartitionState::replica(NodeId id) const {
  const auto at =
      std::find_if(states.begin(), states.end(), [&](const auto& r) { return r.id == id; });
  return at == states.end() ? nullptr : &*at;
}

ReplicaState* PartitionState::replica(NodeId id) {
  const auto at =
      std::find_if(states.begin(), states.end(), [&](const auto& r) { return r.id == id; });
  return at == states.end() ? nullptr : &*at;
}

bool PartitionState::in(ReplicaSet set, NodeId id) const {
  const auto at = std::find(replicas.begin(), replicas.end(), id);
  return at != replicas.end() && (set.value() >> (at - replicas.begin()) & 1) != 0;
}

bool PartitionState::rewritten(Offset offset) const {
  return std::any_of(cuts.begin(), cuts.end(), [offset](const GhostCut& cut) {
    return cut.from <= offset && offset < cut.reach;
  });
}

std::optional<ReplicaSet> PartitionState::placed_now(ReplicaSet set, PartitionEpoch epoch) const {
  if (epoch > partition_epoch) return std::nullopt;
  const auto gap = untold.upper_bound(epoch);
  if (gap != untold.begin() && epoch <= std::prev(gap)->second) return std::nullopt;
  const auto next = assignments.upper_bound(epoch);
  if (next == assignments.end()) return set;
  if (next == assignments.begin()) return std::nullopt;
  const std::vector<NodeId>& then = std::prev(next)->second;
  std::uint32_t now = 0;
  for (std::size_t i = 0; i < then.size(); ++i) {
    if ((set.value() >> i & 1) == 0) continue;
    const auto at = std::find(replicas.begin(), replicas.end(), then[i]);
    if (at != replicas.end()) now |= 1U << (at - replicas.begin());
  }
  return ReplicaSet(now);
}

std::string Misread::what() const {
  return fmt::format(
      "bits of node {}'s disk flipped where no checksum of a batch reaches (its base offset or "
      "leader epoch), so that recovery took a batch at offset {} for sound",
      replica.value(), base.value());
}

}  // namespace logarium::checkers
