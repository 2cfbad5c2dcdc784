#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R12; Vanlightly kip_966 ReplicationQuorumSuperset.
class QuorumSuperset final : public CheckerOf<QuorumSuperset> {
 public:
  [[nodiscard]] Property property() const override { return kQuorumSuperset; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::IsrState>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& isr = std::get<note::IsrState>(note);
    const PartitionState& partition = *state.find(isr.partition);
    const ReplicaState* leader = partition.replica(state.node(at.node).id);
    if (leader == nullptr || !partition.legitimate(*leader)) return;
    if (isr.partition_epoch > partition.partition_epoch) return;
    // The note's places are those of the assignment that the leader knows. When that was told as
    // one with a later change, they cannot be read; the leader is on its way to the later one then.
    const auto maximal = partition.placed_now(isr.maximal, isr.partition_epoch);
    if (!maximal) return;
    const std::uint32_t missing = partition.isr.value() & ~maximal->value();
    const bool newest = isr.partition_epoch == partition.partition_epoch;
    // A leader that has not heard of the newest change may wait for more, never for fewer, than
    // the controller counts; a shrink it does not know of leaves it with more.
    const bool wrong = missing != 0 || (newest && isr.committed != partition.isr);
    if (!wrong) return;
    report(findings, at,
           {fmt::format("the leader of {} waits for fewer replicas than the committed ISR has",
                        name_of(isr.partition)),
            fmt::format("a superset of replica set {:#x}", partition.isr.value()),
            fmt::format("{:#x}, partition epoch {} of {}", isr.maximal.value(),
                        isr.partition_epoch.value(), partition.partition_epoch.value()),
            causes_in(partition)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_quorum_superset() { return std::make_unique<QuorumSuperset>(); }

}  // namespace logarium::checkers
