#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property C1: in the batch that fences a broker it leaves every ISR and leads nothing. The last
// member of an ISR stays in it when there is no ELR, but does not lead.
class FencedLeadNothing final : public CheckerOf<FencedLeadNothing> {
 public:
  [[nodiscard]] Property property() const override { return kFencedLeadNothing; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BrokerFenced, note::BrokerInControlledShutdown>();
  }
  void on_note(const ClusterState&, const ClusterState::At&, const Note& note, Findings&) override {
    if (const auto* fenced = std::get_if<note::BrokerFenced>(&note)) {
      brokers_.push_back(fenced->broker);
    } else {
      brokers_.push_back(std::get<note::BrokerInControlledShutdown>(note).broker);
    }
  }
  [[nodiscard]] bool judges_whole_events() const override { return true; }
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (const NodeId broker : brokers_) {
      for (const PartitionState& partition : state.partitions()) {
        if (partition.deleted || partition.leader != broker) continue;
        report(findings, at,
               {fmt::format("{} was fenced or is stopping, but still leads {}", name_of(broker),
                            name_of(partition.ref)),
                "another leader or none in the same batch of metadata", name_of(broker)});
      }
    }
    brokers_.clear();
  }

 private:
  std::vector<NodeId> brokers_;
};

// Property C2.
class AlterPartitionByLeader final : public CheckerOf<AlterPartitionByLeader> {
 public:
  [[nodiscard]] Property property() const override { return kAlterPartitionByLeader; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::AlterPartitionAnswered>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& answer = std::get<note::AlterPartitionAnswered>(note);
    if (answer.error != 0) return;
    const PartitionState& partition = *state.find(answer.partition);
    const auto leader = partition.leaders.find(answer.leader_epoch);
    if (leader == partition.leaders.end() || leader->second == answer.broker) return;
    report(findings, at,
           {fmt::format("an ISR change of {} was accepted from {}, which did not lead epoch {}",
                        name_of(answer.partition), name_of(answer.broker),
                        answer.leader_epoch.value()),
            name_of(leader->second), name_of(answer.broker)});
  }
};

// Property C3.
class ReassignmentComplete final : public CheckerOf<ReassignmentComplete> {
 public:
  [[nodiscard]] Property property() const override { return kReassignmentComplete; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::ReassignmentCompleted, note::ReplicaPlaced>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings&) override {
    static_cast<void>(state), static_cast<void>(at);
    if (const auto* done = std::get_if<note::ReassignmentCompleted>(&note)) {
      completed_.push_back(done->partition);
    } else {
      placed_.insert(std::get<note::ReplicaPlaced>(note).partition);
    }
  }
  [[nodiscard]] bool judges_whole_events() const override { return true; }
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (const PartitionRef ref : completed_) {
      const PartitionState& partition = *state.find(ref);
      for (const NodeId replica : partition.replicas) {
        if (partition.in(partition.isr, replica)) continue;
        report(findings, at,
               {fmt::format("the reassignment of {} completed without {} in the ISR", name_of(ref),
                            name_of(replica)),
                "every target replica in the ISR",
                fmt::format("replica set {:#x}", partition.isr.value())});
      }
    }
    for (const PartitionRef ref : placed_) {
      const auto& replicas = state.find(ref)->replicas;
      const std::set<NodeId> distinct(replicas.begin(), replicas.end());
      if (distinct.size() == replicas.size()) continue;
      report(findings, at,
             {fmt::format("{} has two replicas on one broker", name_of(ref)), "distinct brokers",
              fmt::format("{} brokers for {} replicas", distinct.size(), replicas.size())});
    }
    completed_.clear();
    placed_.clear();
  }

 private:
  std::vector<PartitionRef> completed_;
  std::set<PartitionRef> placed_;
};

// Property C4.
class SafeShutdown final : public CheckerOf<SafeShutdown> {
 public:
  [[nodiscard]] Property property() const override { return kSafeShutdown; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::ShutdownGranted>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const NodeId broker = std::get<note::ShutdownGranted>(note).broker;
    for (const PartitionState& partition : state.partitions()) {
      if (partition.deleted || partition.leader != broker) continue;
      report(findings, at,
             {fmt::format("{} was allowed to stop while it leads {}", name_of(broker),
                          name_of(partition.ref)),
              "a broker that leads nothing", name_of(broker)});
    }
  }
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
