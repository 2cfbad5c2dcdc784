#include <fmt/format.h>

#include <map>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property Q1; Raft's Election Safety. Also: a node's quorum epoch never falls, unless its disk
// was wiped.
class OneQuorumLeader final : public CheckerOf<OneQuorumLeader> {
 public:
  [[nodiscard]] Property property() const override { return kOneQuorumLeader; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::QuorumRoleChanged, note::DiskWiped>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto* role = std::get_if<note::QuorumRoleChanged>(&note);
    if (role == nullptr) {
      epochs_.erase(at.node);
      return;
    }
    const NodeId id = state.node(at.node).id;
    QuorumEpoch& last = epochs_.try_emplace(at.node, role->epoch).first->second;
    if (role->epoch < last) {
      report(findings, at,
             {fmt::format("the quorum epoch of {} fell", name_of(id)),
              fmt::format("at least {}", last.value()), fmt::format("{}", role->epoch.value())});
    }
    last = role->epoch;
    if (role->role != note::QuorumRole::kLeader) return;
    const auto [leader, fresh] = leaders_.try_emplace(role->epoch, id);
    if (fresh || leader->second == id) return;
    report(findings, at,
           {fmt::format("two leaders of the metadata quorum in epoch {}", role->epoch.value()),
            fmt::format("{} alone", name_of(leader->second)), name_of(id)});
  }

 private:
  std::map<QuorumEpoch, NodeId> leaders_;
  std::map<NodeIndex, QuorumEpoch> epochs_;
};

// Property Q2.
class OneVote final : public CheckerOf<OneVote> {
 public:
  [[nodiscard]] Property property() const override { return kOneVote; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::VotePersisted, note::DiskWiped>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto* vote = std::get_if<note::VotePersisted>(&note);
    if (vote == nullptr) {
      votes_.erase(at.node);
      return;
    }
    const auto [first, fresh] = votes_[at.node].try_emplace(vote->epoch, vote->candidate);
    if (fresh || first->second == vote->candidate) return;
    report(findings, at,
           {fmt::format("{} voted twice in quorum epoch {}", name_of(state.node(at.node).id),
                        vote->epoch.value()),
            fmt::format("one vote, for {}", name_of(first->second)), name_of(vote->candidate)});
  }

 private:
  std::map<NodeIndex, std::map<QuorumEpoch, NodeId>> votes_;
};

}  // namespace

std::unique_ptr<Checker> make_one_quorum_leader() { return std::make_unique<OneQuorumLeader>(); }
std::unique_ptr<Checker> make_one_vote() { return std::make_unique<OneVote>(); }

}  // namespace logarium::checkers
