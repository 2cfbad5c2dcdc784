#include <fmt/format.h>

#include <map>
#include <vector>

#include "sim/checkers/base_checker.hpp"
#include "sim/checkers/properties.hpp"

namespace logarium::checkers {
namespace {

// Property R6.
class OneLeaderPerEpoch final : public CheckerOf<OneLeaderPerEpoch> {
 public:
  [[nodiscard]] Property property() const override { return kOneLeaderPerEpoch; }
  [[nodiscard]] NoteSet interests() const override { return NoteSet::of<note::Appended>(); }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note& note,
               Findings& findings) override {
    const auto& appended = std::get<note::Appended>(note);
    if (appended.role != note::Role::kLeader || appended.partition == kMetadataPartition) return;
    const NodeId id = state.node(at.node).id;
    const PartitionState& partition = *state.find(appended.partition);
    if (last_.size() <= partition.index) last_.resize(partition.index + 1);
    Last& last = last_[partition.index];
    if (last.leader_epoch == appended.leader_epoch && last.leader == id) return;
    const auto [entry, fresh] = last.by_epoch.try_emplace(appended.leader_epoch, id);
    last.leader_epoch = appended.leader_epoch;
    last.leader = entry->second;
    const auto committed = partition.leaders.find(appended.leader_epoch);
    const bool elected = committed == partition.leaders.end() || committed->second == id;
    if (entry->second == id && elected) return;
    const NodeId other = entry->second != id ? entry->second : committed->second;
    report(findings, at,
           {fmt::format("{} appended to {} as leader of epoch {}, which belongs to {}", name_of(id),
                        name_of(appended.partition), appended.leader_epoch.value(), name_of(other)),
            "one leader per leader epoch", name_of(id), causes_in(partition)});
  }

 private:
  struct Last {
    LeaderEpoch leader_epoch{-1};
    NodeId leader;
    std::map<LeaderEpoch, NodeId> by_epoch;
  };
  std::vector<Last> last_;  // by partition index
};

}  // namespace

std::unique_ptr<Checker> make_one_leader_per_epoch() {
  return std::make_unique<OneLeaderPerEpoch>();
}

}  // namespace logarium::checkers
