#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R9, without the last stable offset (there are no transactions yet).
class Bounds final : public CheckerOf<Bounds> {
 public:
  [[nodiscard]] Property property() const override { return kBounds; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved, note::LogStartMoved, note::ReplicaOpened,
                       note::Synced, note::FaultBegan, note::DiskWiped>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (std::holds_alternative<note::DiskWiped>(note)) {
      rot_.erase(at.node);
      return;
    }
    if (const auto* began = std::get_if<note::FaultBegan>(&note)) {
      const auto kind = static_cast<world::FaultKind>(began->kind);
      if (kind == world::FaultKind::kBitRot) rot_[at.node].excuses += 1;
      return;
    }
    const PartitionRef ref = std::visit(
        [](const auto& fact) {
          if constexpr (requires { fact.partition; }) return fact.partition;
          return PartitionRef{};
        },
        note);
    const PartitionState& partition = *state.find(ref);
    const ReplicaState* replica = partition.replica(state.node(at.node).id);
    if (replica == nullptr || !replica->open) return;
    const bool ordered = replica->log_start <= replica->log_end &&
                         replica->high_watermark <= replica->log_end &&
                         replica->synced_end <= replica->log_end;
    if (!ordered) {
      report(findings, at,
             {fmt::format("the offsets of {} on {} are out of order", name_of(ref),
                          name_of(replica->id)),
              "log start <= high watermark <= log end, and synced end <= log end",
              fmt::format("log start {}, high watermark {}, synced end {}, log end {}",
                          replica->log_start.value(), replica->high_watermark.value(),
                          replica->synced_end.value(), replica->log_end.value())});
    }
    if (ref == kMetadataPartition) return;
    Offset& highest = highest_of(at.node, partition.index);
    const auto* opened = std::get_if<note::ReplicaOpened>(&note);
    if (opened == nullptr) {
      highest = std::max(highest, replica->high_watermark);
      if (early_.empty()) return;
      std::erase_if(early_, [&](const Checkpointed& one) {
        return one.ref == ref && one.high_watermark <= partition.ghost_end;
      });
      return;
    }
    if (opened->high_watermark <= opened->log_start || misnamed(partition, at.node)) return;
    const Checkpointed one{ref, replica->id, opened->high_watermark, at};
    if (opened->high_watermark > highest) {
      if (excused(at.node)) {
        highest = opened->high_watermark;  // which the replica acts by, and checkpoints again
        return;
      }
      tell(one, fmt::format("at most {}, its own", highest.value()), findings);
    } else if (opened->high_watermark > partition.ghost_end) {
      early_.push_back(one);
    }
  }
  // A leader that has not heard of its successor may checkpoint what the successor commits later.
  void at_end(const ClusterState& state, const world::World&, const Moment& moment,
              Findings& findings) override {
    if (!moment.quiescent) return;
    for (const Checkpointed& one : early_) {
      const PartitionState& partition = *state.find(one.ref);
      if (partition.deleted || excused(one.at.node)) continue;
      // It was reached, and a cut took what stood below it.
      if (partition.rewritten(Offset(one.high_watermark.value() - 1))) continue;
      tell(one, fmt::format("at most {}, committed at the end", partition.ghost_end.value()),
           findings);
    }
  }

 private:
  struct Checkpointed {
    PartitionRef ref;
    NodeId replica;
    Offset high_watermark;
    ClusterState::At at;
  };

  void tell(const Checkpointed& one, const std::string& most, Findings& findings) const {
    report(findings, one.at,
           {fmt::format("{} opened {} with a checkpointed high watermark that was never reached",
                        name_of(one.replica), name_of(one.ref)),
            most, fmt::format("{}", one.high_watermark.value())});
  }

  // Neither partition.metadata, which holds the topic's id, nor the checkpoints have a checksum. A
  // flipped bit makes one replica that of a topic that there never was, ...
  [[nodiscard]] bool misnamed(const PartitionState& partition, NodeIndex node) const {
    return partition.replicas.empty() && rot_.contains(node);
  }
  // ... or changes one number, of one replica.
  bool excused(NodeIndex node) {
    const auto rot = rot_.find(node);
    if (rot == rot_.end() || rot->second.excuses == 0) return false;
    --rot->second.excuses;
    return true;
  }

  // Of a replica, ever.
  Offset& highest_of(NodeIndex node, std::size_t partition) {
    if (highest_.size() <= partition) highest_.resize(partition + 1);
    std::vector<Offset>& by_node = highest_[partition];
    if (by_node.size() <= node.value()) by_node.resize(node.value() + 1);
    return by_node[node.value()];
  }

  struct Rot {
    int excuses = 0;  // flipped bits that no wrong checkpoint has shown yet
  };
  std::map<NodeIndex, Rot> rot_;
  std::vector<std::vector<Offset>> highest_;  // by PartitionState::index, by node
  std::vector<Checkpointed> early_;           // beyond the ghost so far
};

}  // namespace

std::unique_ptr<Checker> make_bounds() { return std::make_unique<Bounds>(); }

}  // namespace logarium::checkers
