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
    return NoteSet::of<note::PartitionCommitted, note::BecameLeader>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* leads = std::get_if<note::BecameLeader>(&note)) {
      const PartitionState& partition = *state.find(leads->partition);
      if (in_office(partition, state.node(at.node).id)) outsiders_.erase(leads->partition);
      return;
    }
    const auto& committed = std::get<note::PartitionCommitted>(note);
    const PartitionState& partition = *state.find(committed.partition);
    // Whoever is elected from outside the ISR and the ELR is judged when it takes office (R4),
    // which it may have done before the controller told of its election.
    const bool from_outside = committed.election == note::ElectionKind::kUnclean ||
                              committed.election == note::ElectionKind::kLastKnown;
    if (from_outside) outsiders_[committed.partition] = committed.leader;
    if (in_office(partition, committed.leader)) outsiders_.erase(committed.partition);
    if (from_outside) return;
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
      if (outsider != outsiders_.end() && outsider->second == replica.id) continue;
      report(findings, at,
             {fmt::format("{} may be elected leader of {} but lacks committed records",
                          name_of(replica.id), name_of(partition.ref)),
              fmt::format("a log end of at least {}", partition.ghost_end.value()),
              fmt::format("log end {}", replica.log_end.value()), records_of(partition)});
    }
  }

 private:
  static bool in_office(const PartitionState& partition, NodeId id) {
    const ReplicaState* replica = partition.replica(id);
    return replica != nullptr && partition.legitimate(*replica);
  }

  // The last leader from outside, until a leader takes office in the newest leader epoch, which
  // measures what is committed by what that leader has. Until then it may be fenced, stay as the
  // only member of the ELR and be elected from there, again and again, without having been judged:
  // it may even have heard of its elections, all of them too late.
  std::map<PartitionRef, NodeId> outsiders_;
};

}  // namespace

std::unique_ptr<Checker> make_candidate_completeness() {
  return std::make_unique<CandidateCompleteness>();
}

}  // namespace logarium::checkers
