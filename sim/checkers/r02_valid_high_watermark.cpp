#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R2; hachikuji kafka-specification StrongIsr, Vanlightly LeaderCandidateCompleteness.
class ValidHighWatermark final : public CheckerOf<ValidHighWatermark> {
 public:
  [[nodiscard]] Property property() const override { return kValidHighWatermark; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& moved = std::get<note::HighWatermarkMoved>(note);
    const PartitionState& partition = *state.find(moved.partition);
    const ReplicaState* leader = partition.replica(state.node(at.node).id);
    if (leader == nullptr || !partition.legitimate(*leader)) return;
    // A leader may know a change of its ISR, or of the assignment, before the controller tells of
    // it; who may be elected now is not known then.
    if (leader->partition_epoch > partition.partition_epoch) return;
    for (const ReplicaState& replica : partition.states) {
      const bool candidate =
          partition.in(partition.isr, replica.id) || partition.in(partition.elr, replica.id);
      if (!candidate || !partition.current(replica)) continue;
      if (replica.log_end >= moved.high_watermark) continue;
      report(
          findings, at,
          {fmt::format("the leader of {} committed records that {}, a member of the ISR or the "
                       "ELR, does not have",
                       name_of(partition.ref), name_of(replica.id)),
           fmt::format("a high watermark of at most {}", replica.log_end.value()),
           fmt::format("high watermark {}", moved.high_watermark.value()), causes_in(partition)});
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_valid_high_watermark() {
  return std::make_unique<ValidHighWatermark>();
}

}  // namespace logarium::checkers
