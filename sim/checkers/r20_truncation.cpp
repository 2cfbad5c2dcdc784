#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R20. A member of the ISR never cuts what was committed. (After an unclean election the
// ghost has been cut already, so the truncation that follows is none.)
class TruncationBelowCommitted final : public CheckerOf<TruncationBelowCommitted> {
 public:
  [[nodiscard]] Property property() const override { return kTruncation; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::Truncated>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& truncated = std::get<note::Truncated>(note);
    if (truncated.partition == kMetadataPartition || truncated.to >= truncated.from) return;
    if (truncated.cause == note::TruncateCause::kRecovery) return;  // R19 judges recovery
    const PartitionState& partition = *state.find(truncated.partition);
    const ReplicaState* replica = partition.replica(state.node(at.node).id);
    if (replica == nullptr || truncated.to >= partition.ghost_end) return;
    if (!partition.in(partition.isr, replica->id) || !partition.current(*replica)) return;
    report(findings, at,
           {fmt::format("{}, a member of the ISR, cut committed records of {}",
                        name_of(replica->id), name_of(partition.ref)),
            fmt::format("to keep everything below {}", partition.ghost_end.value()),
            fmt::format("truncated from {} to {}", truncated.from.value(), truncated.to.value()),
            causes_in(partition)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_truncation() { return std::make_unique<TruncationBelowCommitted>(); }

}  // namespace logarium::checkers
