#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property C1: in the batch that fences a broker it leaves every ISR and leads nothing. The last
// member of an ISR stays in it when there is no ELR, but does not lead. Judged as soon as the
// fencing is told, which comes after the partitions of its batch: one event may commit several
// batches, and a later one may bring the broker back.
class FencedLeadNothing final : public CheckerOf<FencedLeadNothing> {
 public:
  [[nodiscard]] Property property() const override { return kFencedLeadNothing; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BrokerFenced, note::BrokerInControlledShutdown>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto* fenced = std::get_if<note::BrokerFenced>(&note);
    const NodeId broker = fenced != nullptr
                              ? fenced->broker
                              : std::get<note::BrokerInControlledShutdown>(note).broker;
    for (const PartitionState& partition : state.partitions()) {
      if (partition.deleted || partition.leader != broker) continue;
      report(findings, at,
             {fmt::format("{} was fenced or is stopping, but still leads {}", name_of(broker),
                          name_of(partition.ref)),
              "another leader or none in the same batch of metadata", name_of(broker)});
    }
  }
};

// Property C2. An answer comes after the notes of all that was committed with it, which may be the
// next leader already; so what was known before that event counts. The answer of a controller that
// was deposed meanwhile may come late and is not judged by newer epochs.
class AlterPartitionByLeader final : public CheckerOf<AlterPartitionByLeader> {
 public:
  [[nodiscard]] Property property() const override { return kAlterPartitionByLeader; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::AlterPartitionAnswered, note::PartitionCommitted,
                       note::ControllerActive>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* active = std::get_if<note::ControllerActive>(&note)) {
      controller_ = std::max(controller_, active->epoch);
    } else if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
      Known& known = known_.try_emplace(committed->partition).first->second;
      if (known.event != at.event) known.before = known.now;
      known.event = at.event;
      known.now = committed->leader_epoch;
    } else {
      check(state, at, std::get<note::AlterPartitionAnswered>(note), findings);
    }
  }

 private:
  // The committed leader epoch: after an event, and before it.
  struct Known {
    LeaderEpoch before{-1}, now{-1};
    std::uint64_t event = 0;
  };

  void check(const ClusterState& state, const ClusterState::At& at,
             const note::AlterPartitionAnswered& answer, Findings& findings) {
    if (answer.error != 0) return;
    const PartitionState& partition = *state.find(answer.partition);
    const Known known = known_[answer.partition];
    const LeaderEpoch newest = known.event == at.event ? known.before : known.now;
    if (answer.leader_epoch < newest && state.node(at.node).quorum_epoch >= controller_) {
      report(findings, at,
             {fmt::format("an ISR change of {} was accepted in leader epoch {} from {}, after that "
                          "epoch had ended",
                          name_of(answer.partition), answer.leader_epoch.value(),
                          name_of(answer.broker)),
              fmt::format("a change in leader epoch {}", newest.value()),
              fmt::format("leader epoch {}", answer.leader_epoch.value())});
      return;
    }
    const auto leader = partition.leaders.find(answer.leader_epoch);
    if (leader == partition.leaders.end() || leader->second == answer.broker) return;
    report(findings, at,
           {fmt::format("an ISR change of {} was accepted from {}, which did not lead epoch {}",
                        name_of(answer.partition), name_of(answer.broker),
                        answer.leader_epoch.value()),
            name_of(leader->second), name_of(answer.broker)});
  }

  std::map<PartitionRef, Known> known_;
  QuorumEpoch controller_{-1};  // the newest one that was active
};

// Property C3.
class ReassignmentComplete final : public CheckerOf<ReassignmentComplete> {
 public:
  [[nodiscard]] Property property() const override { return kReassignmentComplete; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::ReassignmentCompleted, note::ReplicaPlaced,
                       note::PartitionCommitted>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* done = std::get_if<note::ReassignmentCompleted>(&note)) {
      // Changes of one batch are told as one: with more than this one among them, the ISR that the
      // last left need not be the one that this one had.
      if (changes_[done->partition].last <= 1) check_completed(state, at, *done, findings);
    } else if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
      Changes& changes = changes_[committed->partition];
      changes.last = committed->partition_epoch.value() - changes.epoch.value();
      changes.epoch = committed->partition_epoch;
    } else {
      placed_.insert(std::get<note::ReplicaPlaced>(note).partition);
    }
  }
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (const PartitionRef ref : placed_) {
      const auto& replicas = state.find(ref)->replicas;
      const std::set<NodeId> distinct(replicas.begin(), replicas.end());
      if (distinct.size() == replicas.size()) continue;
      report(findings, at,
             {fmt::format("{} has two replicas on one broker", name_of(ref)), "distinct brokers",
              fmt::format("{} brokers for {} replicas", distinct.size(), replicas.size())});
    }
    placed_.clear();
  }

 private:
  void check_completed(const ClusterState& state, const ClusterState::At& at,
                       const note::ReassignmentCompleted& done, Findings& findings) const {
    const PartitionState& partition = *state.find(done.partition);
    for (const NodeId replica : partition.replicas) {
      if (partition.in(partition.isr, replica)) continue;
      report(findings, at,
             {fmt::format("the reassignment of {} completed without {} in the ISR",
                          name_of(partition.ref), name_of(replica)),
              "every target replica in the ISR",
              fmt::format("replica set {:#x}", partition.isr.value())});
    }
  }

  struct Changes {
    PartitionEpoch epoch;
    std::int32_t last = 0;  // so many were told at once
  };
  std::map<PartitionRef, Changes> changes_;
  std::set<PartitionRef> placed_;
};

// Property C4. A broker in controlled shutdown may go when it leads nothing and every active broker
// has applied metadata that says so; a fenced one may go at once, since nobody relies on it. What
// the controller decided to fence before it let the broker go counts as fenced, also when both are
// committed in one event: it did so because it had not heard of the broker.
class SafeShutdown final : public CheckerOf<SafeShutdown> {
 public:
  [[nodiscard]] Property property() const override { return kSafeShutdown; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::ShutdownGranted, note::PartitionCommitted, note::BrokerFenced,
                       note::SessionExpired, note::ControllerActive>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* committed = std::get_if<note::PartitionCommitted>(&note)) {
      const auto led = leaders_.find(committed->partition);
      if (led != leaders_.end() && led->second != committed->leader) lost_.insert(led->second);
      leaders_[committed->partition] = committed->leader;
    } else if (const auto* fenced = std::get_if<note::BrokerFenced>(&note)) {
      fenced_at_[fenced->broker] = at.event;
    } else if (const auto* expired = std::get_if<note::SessionExpired>(&note)) {
      expired_.insert(expired->broker);
    } else if (std::holds_alternative<note::ControllerActive>(note)) {
      expired_.clear();  // what the one before decided may never be committed
    } else {
      granted_.push_back(std::get<note::ShutdownGranted>(note).broker);
      check_leads_nothing(state, at, granted_.back(), findings);
    }
  }
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (const NodeId broker : lost_) until_[broker] = state.node(at.node).metadata_applied;
    for (const NodeId broker : granted_) check_known(state, at, broker, findings);
    // From here on it is told that they are fenced.
    std::erase_if(expired_, [&](NodeId broker) {
      const auto fenced = fenced_at_.find(broker);
      return fenced != fenced_at_.end() && fenced->second == at.event;
    });
    lost_.clear();
    granted_.clear();
  }

 private:
  void check_leads_nothing(const ClusterState& state, const ClusterState::At& at, NodeId broker,
                           Findings& findings) const {
    for (const PartitionState& partition : state.partitions()) {
      if (partition.deleted || partition.leader != broker) continue;
      report(findings, at,
             {fmt::format("{} was allowed to stop while it leads {}", name_of(broker),
                          name_of(partition.ref)),
              "a broker that leads nothing", name_of(broker)});
    }
  }
  void check_known(const ClusterState& state, const ClusterState::At& at, NodeId broker,
                   Findings& findings) const {
    const auto until = until_.find(broker);
    if (until == until_.end()) return;  // it never led
    const auto fenced = fenced_at_.find(broker);
    const NodeState* stopping = state.server(broker);
    const bool was_fenced = fenced == fenced_at_.end()
                                ? stopping == nullptr || stopping->fenced
                                : fenced->second < at.event || expired_.contains(broker);
    if (was_fenced && (stopping == nullptr || stopping->fenced)) return;
    for (const NodeState& node : state.nodes()) {
      // A process that has not registered yet acts by no metadata.
      const bool registered = node.started <= node.registration_changed;
      const bool active = registered && node.up && node.kind != world::NodeKind::kClient &&
                          node.kind != world::NodeKind::kController && !node.fenced &&
                          !node.in_controlled_shutdown && node.id != broker;
      if (!active || node.metadata_applied >= until->second) continue;
      report(findings, at,
             {fmt::format("{} was allowed to stop before {} knew that it leads nothing",
                          name_of(broker), name_of(node.id)),
              fmt::format("metadata applied up to {}", until->second.value()),
              fmt::format("up to {}", node.metadata_applied.value())});
    }
  }

  std::map<PartitionRef, NodeId> leaders_;  // as committed; -1 without one
  std::map<NodeId, Offset> until_;          // the end of the metadata that took the last leadership
  std::map<NodeId, std::uint64_t> fenced_at_;
  std::vector<NodeId> granted_;  // in this event, as are
  std::set<NodeId> lost_;        // those who lost a leadership
  std::set<NodeId> expired_;     // to be fenced, which was not committed yet
};

}  // namespace

std::unique_ptr<Checker> make_fenced_lead_nothing() {
  return std::make_unique<FencedLeadNothing>();
}
std::unique_ptr<Checker> make_alter_partition_by_leader() {
  return std::make_unique<AlterPartitionByLeader>();
}
std::unique_ptr<Checker> make_reassignment_complete() {
  return std::make_unique<ReassignmentComplete>();
}
std::unique_ptr<Checker> make_safe_shutdown() { return std::make_unique<SafeShutdown>(); }

}  // namespace logarium::checkers
