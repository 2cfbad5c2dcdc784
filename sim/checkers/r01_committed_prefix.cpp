#include <fmt/format.h>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// A replica in the committed ISR that acts by the newest leader epoch holds, below the ghost's
// end, what the ghost holds (property R1; Vanlightly kafka-tlaplus LogMatching).
class CommittedPrefix final : public CheckerOf<CommittedPrefix> {
 public:
  [[nodiscard]] Property property() const override { return kCommittedPrefix; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::HighWatermarkMoved, note::Appended, note::BecameLeader,
                       note::BecameFollower>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    if (const auto* moved = std::get_if<note::HighWatermarkMoved>(&note)) {
      const PartitionState& partition = *state.find(moved->partition);
      if (moved->role != note::Role::kLeader) return;
      for (const ReplicaState& replica : partition.states) {
        check(partition, replica, at, findings);
      }
      return;
    }
    std::visit([&](const auto& fact) { check_one(state, at, fact, findings); }, note);
  }

 private:
  template <class Fact>
  void check_one(const ClusterState& state, const ClusterState::At& at, const Fact& fact,
                 Findings& findings) const {
    if constexpr (std::is_same_v<Fact, note::Appended> ||
                  std::is_same_v<Fact, note::BecameLeader> ||
                  std::is_same_v<Fact, note::BecameFollower>) {
      const PartitionState& partition = *state.find(fact.partition);
      // What lies beyond the ghost is looked at when the high watermark gets there.
      if constexpr (std::is_same_v<Fact, note::Appended>) {
        if (fact.base >= partition.ghost_end) return;
      }
      const ReplicaState* replica = partition.replica(state.node(at.node).id);
      if (replica != nullptr) check(partition, *replica, at, findings);
    }
  }
  void check(const PartitionState& partition, const ReplicaState& replica,
             const ClusterState::At& at, Findings& findings) const {
    if (!partition.current(replica) || !partition.in(partition.isr, replica.id)) return;
    if (partition.agrees(replica, partition.ghost_end)) return;
    report(findings, at,
           {fmt::format("{} holds other records in {} than were committed", name_of(replica.id),
                        name_of(partition.ref)),
            fmt::format("the committed records up to offset {}", partition.ghost_end.value()),
            fmt::format("its log agrees up to offset {} only, and ends at {}",
                        partition.agreement(replica).value(), replica.log_end.value()),
            records_of(partition)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_committed_prefix() { return std::make_unique<CommittedPrefix>(); }

}  // namespace logarium::checkers
