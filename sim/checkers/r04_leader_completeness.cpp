#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/loss_judgement.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R4; Vanlightly kip_966 LeaderCompleteness. ClusterState notices a leader that takes
// office without committed records (GhostCut); this property says whether that was allowed.
class LeaderCompleteness final : public CheckerOf<LeaderCompleteness> {
 public:
  [[nodiscard]] Property property() const override { return kLeaderCompleteness; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::BecameLeader, note::PartitionCommitted>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto* became = std::get_if<note::BecameLeader>(&note);
    const PartitionState& partition = *state.find(
        became != nullptr ? became->partition : std::get<note::PartitionCommitted>(note).partition);
    if (partition.cuts.empty() || partition.cuts.back().event != at.event) return;
    const GhostCut& cut = partition.cuts.back();
    LossJudgement judgement = judge(partition, cut);
    if (judgement.explained) {
      findings.explained({partition.ref, cut.from, cut.to, at.event, at.time,
                          std::move(judgement.reason), std::move(judgement.causes), false});
      return;
    }
    report(
        findings, at,
        {fmt::format("{} became leader of {} in leader epoch {} without {} committed records: {}",
                     name_of(cut.leader), name_of(partition.ref), cut.leader_epoch.value(),
                     cut.to - cut.from, judgement.reason),
         fmt::format("a leader that holds all records below {}", cut.to.value()),
         fmt::format("a log that agrees with what was committed up to {}", cut.from.value()),
         {std::move(judgement.causes), nullptr}});
  }
};

}  // namespace

std::unique_ptr<Checker> make_leader_completeness() {
  return std::make_unique<LeaderCompleteness>();
}

}  // namespace logarium::checkers
