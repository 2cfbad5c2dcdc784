#include <fmt/format.h>

#include <bit>
#include <map>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R11; Vanlightly kip_966 ValidIsrAndElr. Looked at when all notes of a committed batch
// are in, since one batch fences a broker and takes it out of the ISRs.
class Membership final : public CheckerOf<Membership> {
 public:
  [[nodiscard]] Property property() const override { return kMembership; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::PartitionCommitted>();
  }
  void on_note(const ClusterState&, const ClusterState::At&, const Note& note, Findings&) override {
    changed_.push_back(std::get<note::PartitionCommitted>(note).partition);
  }
  void after_event(const ClusterState& state, const ClusterState::At& at,
                   Findings& findings) override {
    for (const PartitionRef ref : changed_) check(state, *state.find(ref), at, findings);
    changed_.clear();
  }

 private:
  struct Epochs {
    LeaderEpoch leader_epoch{-1};
    PartitionEpoch partition_epoch{-1};
  };

  void check(const ClusterState& state, const PartitionState& partition, const ClusterState::At& at,
             Findings& findings) {
    const auto wrong = [&](const char* expected, std::string seen) {
      report(
          findings, at,
          {fmt::format("the committed state of {} is not a possible one", name_of(partition.ref)),
           expected, std::move(seen), causes_in(partition)});
    };
    const std::uint32_t all =
        partition.replicas.size() >= 32 ? ~0U : (1U << partition.replicas.size()) - 1;
    const std::uint32_t isr = partition.isr.value();
    const std::uint32_t elr = partition.elr.value();
    if ((isr & ~all) != 0 || (elr & ~all) != 0) wrong("ISR and ELR among the replicas", "others");
    if ((isr & elr) != 0) wrong("ISR and ELR without common members", "common members");
    if (partition.leader && !partition.in(partition.isr, *partition.leader)) {
      wrong("a leader in the ISR", name_of(*partition.leader));
    }
    if (isr == 0 && elr == 0 && partition.leader) wrong("no leader without an ISR", "a leader");
    Epochs& last = last_[partition.ref];
    if (partition.leader_epoch < last.leader_epoch ||
        partition.partition_epoch < last.partition_epoch) {
      wrong("epochs that never fall",
            fmt::format("leader epoch {} after {}, partition epoch {} after {}",
                        partition.leader_epoch.value(), last.leader_epoch.value(),
                        partition.partition_epoch.value(), last.partition_epoch.value()));
    }
    last = {partition.leader_epoch, partition.partition_epoch};
    for (std::size_t i = 0; i < partition.replicas.size() && i < 32; ++i) {
      if ((isr >> i & 1) == 0) continue;
      const NodeState* node = state.server(partition.replicas[i]);
      // The last member of an ISR stays in it when it is fenced (without ELR).
      const bool last_one = std::popcount(isr) == 1 && !partition.leader;
      if (node == nullptr || !node->fenced || last_one) continue;
      wrong("only unfenced brokers in the ISR",
            fmt::format("{} is fenced", name_of(partition.replicas[i])));
    }
  }

  std::vector<PartitionRef> changed_;
  std::map<PartitionRef, Epochs> last_;
};

}  // namespace

std::unique_ptr<Checker> make_membership() { return std::make_unique<Membership>(); }

}  // namespace logarium::checkers
