#include <fmt/format.h>

#include <map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R5; Vanlightly kip_966 LeaderCandidateCompleteness. Looked at when the ISR or the ELR
// changes: whoever is in it from now on may become leader without further questions.
class CandidateCompleteness final : public CheckerOf<CandidateCompleteness> {
 public:
  [[nodiscard]] Property property() const override { return kCandidateCompleteness; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::PartitionCommitted>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& committed = std::get<note::PartitionCommitted>(note);
    // Whoever is elected from outside the ISR and the ELR is judged when it takes office (R4).
    if (committed.election == note::ElectionKind::kUnclean ||
        committed.election == note::ElectionKind::kLastKnown) {
      outsiders_[committed.partition] = {committed.leader, committed.leader_epoch};
      return;
    }
    const PartitionState& partition = *state.find(committed.partition);
    const auto outsider = outsiders_.find(committed.partition);
    for (const ReplicaState& replica : partition.states) {
      const bool candidate =
          partition.in(partition.isr, replica.id) || partition.in(partition.elr, replica.id);
      const NodeState* node = state.server(replica.id);
      if (!candidate || !replica.open || node == nullptr || node->fenced) continue;
      // A replica of an incarnation that the controller has not told anything yet is judged when
      // it takes office (R4).
      if (replica.leader_epoch.value() < 0 || replica.log_end >= partition.ghost_end) continue;
      if (replica.leading) continue;
      if (outsider != outsiders_.end() && outsider->second.has_not_heard(replica)) continue;
      report(findings, at,
             {fmt::format("{} may be elected leader of {} but lacks committed records",
                          name_of(replica.id), name_of(partition.ref)),
              fmt::format("a log end of at least {}", partition.ghost_end.value()),
              fmt::format("log end {}", replica.log_end.value()), records_of(partition)});
    }
  }

 private:
  // The last leader from outside. While it has not heard of its election it may be fenced, stay as
  // the only member of the ELR and be elected from there, still without having been judged.
  struct Outsider {
    NodeId id;
    LeaderEpoch elected_in;
    [[nodiscard]] bool has_not_heard(const ReplicaState& replica) const {
      return replica.id == id && replica.leader_epoch < elected_in;
    }
  };
  std::map<PartitionRef, Outsider> outsiders_;
};

}  // namespace

std::unique_ptr<Checker> make_candidate_completeness() {
  return std::make_unique<CandidateCompleteness>();
}

}  // namespace logarium::checkers
