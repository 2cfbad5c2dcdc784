#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/checkers/liveness.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Property L3.
class ReplicasCatchUp final : public CheckerOf<ReplicasCatchUp> {
 public:
  [[nodiscard]] Property property() const override { return kReplicasCatchUp; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const Duration bound = LivenessBounds::of(world).replication;
    for (const PartitionState& partition : state.partitions()) {
      if (partition.deleted || !partition.leader) continue;
      const ReplicaState* leader = partition.replica(*partition.leader);
      if (leader == nullptr || !partition.legitimate(*leader)) continue;  // L2 judges that
      for (const NodeId id : partition.replicas) {
        check_in_sync(state, partition, id, moment, bound, findings);
      }
      check_committed(partition, *leader, moment, bound, findings);
    }
  }

 private:
  void check_in_sync(const ClusterState& state, const PartitionState& partition, NodeId id,
                     const Moment& moment, Duration bound, Findings& findings) const {
    const NodeState* node = state.server(id);
    const bool alive =
        node != nullptr && node->up && !node->fenced && !node->in_controlled_shutdown;
    if (!alive || partition.in(partition.isr, id)) return;
    const Instant since =
        std::max({partition.changed, partition.placed, node->started, node->registration_changed});
    if (!overdue(moment, since, bound)) return;
    report(
        findings, moment_of(moment, *state.server_index(id)),
        {fmt::format("{} runs, but does not come back into the ISR of {}", name_of(id),
                     name_of(partition.ref)),
         "every live replica in the ISR", lasted_text(moment, since, bound), causes_in(partition)});
  }
  void check_committed(const PartitionState& partition, const ReplicaState& leader,
                       const Moment& moment, Duration bound, Findings& findings) const {
    if (std::popcount(partition.isr.value()) < partition.effective_min_isr()) return;
    if (leader.high_watermark >= leader.log_end) return;
    const Instant since = std::max(partition.changed, leader.written);
    if (!overdue(moment, since, bound)) return;
    report(findings, moment_of(moment, leader.node),
           {fmt::format("the end of {} is never committed", name_of(partition.ref)),
            fmt::format("high watermark {}", leader.log_end.value()),
            fmt::format("high watermark {}, {}", leader.high_watermark.value(),
                        lasted_text(moment, since, bound)),
            causes_in(partition)});
  }
};

// Property L5; a change of the ISR that is on its way for ever blocks every later one.
class IsrChangeResolves final : public CheckerOf<IsrChangeResolves> {
 public:
  [[nodiscard]] Property property() const override { return kIsrChangeResolves; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const Duration bound = LivenessBounds::of(world).alter_partition;
    for (const PartitionState& partition : state.partitions()) {
      for (const ReplicaState& replica : partition.states) {
        if (!replica.leading) continue;
        if (!isr_change_in_flight(world, partition.ref, replica.node)) continue;
        const Instant since = std::max(replica.isr_changed, state.node(replica.node).started);
        if (!overdue(moment, since, bound)) continue;
        report(findings, moment_of(moment, replica.node),
               {fmt::format("an ISR change of {} is never answered", name_of(partition.ref)),
                "the controller's answer or new metadata", lasted_text(moment, since, bound),
                causes_in(partition)});
      }
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_replicas_catch_up() { return std::make_unique<ReplicasCatchUp>(); }
std::unique_ptr<Checker> make_isr_change_resolves() {
  return std::make_unique<IsrChangeResolves>();
}

}  // namespace logarium::checkers
