#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

bool votes(const NodeState& node) {
  return node.kind == world::NodeKind::kController || node.kind == world::NodeKind::kCombined;
}

// Property Q3: below the quorum's high watermark nothing is truncated, and a leader that restarts
// never leads the same epoch again. (That logs match is R7, which covers the metadata log.)
class QuorumLogKept final : public CheckerOf<QuorumLogKept> {
 public:
  [[nodiscard]] Property property() const override { return kQuorumLogKept; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::Truncated, note::QuorumRoleChanged, note::HighWatermarkMoved,
                       note::ReplicaOpened>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* truncated = std::get_if<note::Truncated>(&note)) {
      if (truncated->partition != kMetadataPartition) return;
      if (truncated->cause == note::TruncateCause::kSnapshot ||
          truncated->cause == note::TruncateCause::kRecovery) {
        return;
      }
      const PartitionState& log = *state.metadata_log();
      const ReplicaState* replica = log.replica(state.node(at.node).id);
      // The replica's own high watermark has gone down with its log; what it told before counts.
      const auto told = told_.find(at.node);
      if (replica == nullptr || told == told_.end() || truncated->to >= told->second) return;
      report(
          findings, at,
          {fmt::format("{} truncated committed metadata", name_of(replica->id)),
           fmt::format("to keep everything below {}", told->second.value()),
           fmt::format("truncated from {} to {}", truncated->from.value(), truncated->to.value())});
      return;
    }
    if (const auto* moved = std::get_if<note::HighWatermarkMoved>(&note)) {
      if (moved->partition == kMetadataPartition) told_[at.node] = moved->high_watermark;
      return;
    }
    if (const auto* opened = std::get_if<note::ReplicaOpened>(&note)) {
      if (opened->partition == kMetadataPartition) told_[at.node] = opened->high_watermark;
      return;
    }
    const auto& role = std::get<note::QuorumRoleChanged>(note);
    if (role.role != note::QuorumRole::kLeader) return;
    const Incarnation now = state.node(at.node).incarnation;
    const auto [led, fresh] = led_.try_emplace({at.node, role.epoch}, now);
    if (fresh || led->second == now) return;
    report(
        findings, at,
        {fmt::format("{} leads quorum epoch {} again after a restart",
                     name_of(state.node(at.node).id), role.epoch.value()),
         "a new epoch after a restart, since its unsynced records may be gone", "the same epoch"});
  }

 private:
  std::map<std::pair<NodeIndex, QuorumEpoch>, Incarnation> led_;
  std::map<NodeIndex, Offset> told_;  // high watermarks, by members, in their incarnations
};

// Property Q4; Raft's Leader Completeness with stable storage.
class QuorumDurability final : public CheckerOf<QuorumDurability> {
 public:
  [[nodiscard]] Property property() const override { return kQuorumDurability; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved, note::QuorumRoleChanged>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const PartitionState* log = state.metadata_log();
    if (log == nullptr) return;
    if (const auto* moved = std::get_if<note::HighWatermarkMoved>(&note)) {
      if (moved->partition != kMetadataPartition || moved->role != note::Role::kLeader) return;
      committed_in_ = std::max(committed_in_, QuorumEpoch(moved->leader_epoch.value()));
      check_majority(state, *log, at, moved->high_watermark, findings);
      return;
    }
    const auto& role = std::get<note::QuorumRoleChanged>(note);
    if (role.role != note::QuorumRole::kLeader) return;
    // Complete is a leader in what earlier epochs committed: an election may be won before, and
    // become known after, the leader of a later epoch commits.
    if (role.epoch <= committed_in_) return;
    const ReplicaState* leader = log->replica(state.node(at.node).id);
    if (leader == nullptr || log->ghost_end.value() == 0) return;
    if (leader->log_end >= log->ghost_end && log->agrees(*leader, log->ghost_end)) return;
    report(findings, at,
           {fmt::format("{} leads the quorum without all committed metadata", name_of(leader->id)),
            fmt::format("a log that agrees up to {}", log->ghost_end.value()),
            fmt::format("log end {}, agrees up to {}", leader->log_end.value(),
                        log->agreement(*leader).value())});
  }

 private:
  void check_majority(const ClusterState& state, const PartitionState& log,
                      const ClusterState::At& at, Offset committed, Findings& findings) const {
    std::size_t voters = 0;
    std::size_t stable = 0;
    for (const NodeState& node : state.nodes()) {
      if (!votes(node)) continue;
      ++voters;
      const ReplicaState* replica = log.replica(node.id);
      if (replica != nullptr && replica->synced_end >= committed) ++stable;
    }
    if (stable * 2 > voters) return;
    report(findings, at,
           {"the quorum committed metadata that a majority does not have on stable storage",
            fmt::format("synced up to {} on {} of {} voters", committed.value(), voters / 2 + 1,
                        voters),
            fmt::format("on {} of {}", stable, voters)});
  }

  QuorumEpoch committed_in_;  // the newest epoch in which a leader moved the high watermark
};

}  // namespace

std::unique_ptr<Checker> make_quorum_log_kept() { return std::make_unique<QuorumLogKept>(); }
std::unique_ptr<Checker> make_quorum_durability() { return std::make_unique<QuorumDurability>(); }

}  // namespace logarium::checkers
