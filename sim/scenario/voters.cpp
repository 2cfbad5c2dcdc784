#include "sim/scenario/voters.hpp"

#include <algorithm>

namespace logarium::scenario {

void Voters::on_note(world::NodeIndex node, const Note& note) {
  if (const auto* appended = std::get_if<note::Appended>(&note)) {
    if (appended->partition == kMetadataPartition) disks_[node].last_epoch = appended->leader_epoch;
  } else if (const auto* synced = std::get_if<note::Synced>(&note)) {
    if (synced->partition == kMetadataPartition) disks_[node].synced = synced->end;
  } else if (const auto* moved = std::get_if<note::HighWatermarkMoved>(&note)) {
    if (moved->partition != kMetadataPartition || moved->role != note::Role::kLeader) return;
    committed_ = std::max(committed_, moved->high_watermark);
  } else if (const auto* truncated = std::get_if<note::Truncated>(&note)) {
    if (truncated->partition != kMetadataPartition) return;
    Disk& disk = disks_[node];
    disk.last_epoch = LeaderEpoch(-1);
    disk.synced = std::min(disk.synced, truncated->to);
  } else if (const auto* opened = std::get_if<note::ReplicaOpened>(&note)) {
    if (opened->partition != kMetadataPartition) return;
    Disk& disk = disks_[node];
    disk.last_epoch = LeaderEpoch(-1);
    disk.synced = std::min(disk.synced, opened->log_end);
  } else if (const auto* role = std::get_if<note::QuorumRoleChanged>(&note)) {
    Disk& disk = disks_[node];
    disk.role = role->role;
    disk.epoch = std::max(disk.epoch, role->epoch);
  } else if (const auto* vote = std::get_if<note::VotePersisted>(&note)) {
    Disk& disk = disks_[node];
    disk.epoch = std::max(disk.epoch, vote->epoch);
  } else if (std::holds_alternative<note::DiskWiped>(note)) {
    wiped(node);
  }
}

bool Voters::can_spare(world::NodeIndex node, const std::vector<world::NodeIndex>& voters) const {
  QuorumEpoch newest{-1};
  for (const world::NodeIndex voter : voters) {
    const auto disk = disks_.find(voter);
    if (disk != disks_.end()) newest = std::max(newest, disk->second.epoch);
  }
  const auto own = disks_.find(node);
  const Offset acknowledged = own == disks_.end() ? Offset(0) : own->second.synced;
  const Offset needed = std::max(committed_, acknowledged);
  std::size_t sound = 0;
  for (const world::NodeIndex voter : voters) {
    const auto found = disks_.find(voter);
    if (voter == node || found == disks_.end()) continue;
    const Disk& disk = found->second;
    const bool settled =
        disk.role == note::QuorumRole::kFollower || disk.role == note::QuorumRole::kLeader;
    if (!settled || disk.epoch != newest) continue;
    // By log matching a batch of the newest epoch stands on all that epoch's leader held.
    if (disk.last_epoch.value() == newest.value() && disk.synced >= needed) ++sound;
  }
  const std::size_t majority = voters.size() / 2 + 1;
  return sound >= (acknowledged > committed_ ? majority : voters.size() - majority + 1);
}

}  // namespace logarium::scenario
