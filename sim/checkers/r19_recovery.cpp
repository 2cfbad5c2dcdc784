#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R19, the part that notes show: what was synced is there after a restart, and after a
// crash without power loss everything that was written is. A wipe takes both promises away.
class Recovery final : public CheckerOf<Recovery> {
 public:
  [[nodiscard]] Property property() const override { return kRecovery; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::ReplicaOpened, note::ReplicaDeleted, note::ProcessEnded,
                       note::DiskWiped, note::DirectoryOffline, note::FaultBegan>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings&) override {
    if (const auto* ended = std::get_if<note::ProcessEnded>(&note)) {
      remember(state, at.node, ended->cause == note::EndCause::kPowerLoss);
    } else if (std::holds_alternative<note::DiskWiped>(note) ||
               std::holds_alternative<note::DirectoryOffline>(note)) {
      promised_.erase(at.node);
      opened_.erase(at.node);
      if (std::holds_alternative<note::DiskWiped>(note)) flipped_.erase(at.node);
    } else if (const auto* deleted = std::get_if<note::ReplicaDeleted>(&note)) {
      promised_[at.node].erase(deleted->partition);
      opened_[at.node].erase(deleted->partition);
    } else if (const auto* began = std::get_if<note::FaultBegan>(&note)) {
      const auto kind = static_cast<world::FaultKind>(began->kind);
      if (kind == world::FaultKind::kBitRot) ++flipped_[at.node];
      if (kind == world::FaultKind::kPowerLoss) lower_to_synced(at.node);
    } else {
      opening_.push_back(std::get<note::ReplicaOpened>(note));
    }
  }
  // A metadata log that ends before the newest snapshot is replaced by it at once: what a power
  // loss brought back is the files that the snapshot had replaced, of which the removal was not
  // durable.
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (note::ReplicaOpened& opened : std::exchange(opening_, {})) {
      const ReplicaState* replica = state.find(opened.partition)->replica(state.node(at.node).id);
      if (replica != nullptr) opened.log_end = std::max(opened.log_end, replica->log_end);
      check(state, at, opened, findings);
    }
  }

 private:
  struct Promise {
    Offset written, synced;
    bool power_lost = false;
  };

  void remember(const ClusterState& state, NodeIndex node, bool power_lost) {
    // What was not open yet when the process ended keeps the promise of the time before.
    if (power_lost) lower_to_synced(node);
    auto& replicas = promised_[node];
    for (const PartitionRef ref : opened_[node]) {
      const PartitionState& partition = *state.find(ref);
      const ReplicaState* replica = partition.replica(state.node(node).id);
      if (replica == nullptr) continue;
      replicas[ref] = {replica->log_end, replica->synced_end, power_lost};
    }
    opened_.erase(node);
  }
  // A machine may also lose its power after its process has ended.
  void lower_to_synced(NodeIndex node) {
    const auto at = promised_.find(node);
    if (at == promised_.end()) return;
    for (auto& [ref, promise] : at->second) promise.power_lost = true;
  }
  void check(const ClusterState& state, const ClusterState::At& at,
             const note::ReplicaOpened& opened, Findings& findings) {
    opened_[at.node].insert(opened.partition);
    const auto node = promised_.find(at.node);
    if (node == promised_.end()) return;
    const auto found = node->second.find(opened.partition);
    if (found == node->second.end()) return;
    const Promise promise = found->second;
    node->second.erase(found);
    const Offset least = promise.power_lost ? promise.synced : promise.written;
    if (opened.log_end >= least || opened.log_start >= least) return;
    // Recovery cuts a log at a batch whose CRC is wrong. A flipped bit is in one log.
    const auto flipped = flipped_.find(at.node);
    if (flipped != flipped_.end() && flipped->second > 0) {
      --flipped->second;
      return;
    }
    const PartitionState& partition = *state.find(opened.partition);
    report(findings, at,
           {fmt::format("{} came back without records of {} that its disk had kept",
                        name_of(state.node(at.node).id), name_of(opened.partition)),
            fmt::format("a log end of at least {} ({})", least.value(),
                        promise.power_lost ? "synced before the power loss" : "written before"),
            fmt::format("log end {}", opened.log_end.value()), causes_in(partition)});
  }

  std::vector<note::ReplicaOpened> opening_;  // in this event
  std::map<NodeIndex, std::map<PartitionRef, Promise>> promised_;
  std::map<NodeIndex, std::set<PartitionRef>> opened_;  // since the last start
  std::map<NodeIndex, int> flipped_;  // bits of its disk, whose damage has not shown yet
};

}  // namespace

std::unique_ptr<Checker> make_recovery() { return std::make_unique<Recovery>(); }

}  // namespace logarium::checkers
