#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/metadata/image.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/liveness.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/checkers/unavailability.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Property L1. Whether all servers agree is looked at whenever one of them changes its mind, so
// that the end only asks since when they do not.
class QuorumLeaderKnown final : public CheckerOf<QuorumLeaderKnown> {
 public:
  [[nodiscard]] Property property() const override { return kQuorumLeaderKnown; }
  [[nodiscard]] NoteSet interests() const override {
    return NoteSet::of<note::QuorumRoleChanged, note::ProcessStarted, note::ProcessEnded>();
  }
  void on_note(const ClusterState& state, const ClusterState::At& at, const Note&,
               Findings&) override {
    const bool agree = all_agree(state);
    if (agree) {
      unclear_since_.reset();
    } else if (!unclear_since_) {
      unclear_since_ = at.time;
    }
  }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    if (!unclear_since_) return;
    const LivenessBounds bounds = LivenessBounds::of(world);
    if (!overdue(moment, *unclear_since_, bounds.quorum)) return;
    std::string seen;
    for (const NodeState& node : state.nodes()) {
      if (node.kind == world::NodeKind::kClient || !node.up) continue;
      seen += fmt::format("{} knows {} of epoch {}; ", name_of(node.id),
                          node.quorum_leader ? name_of(*node.quorum_leader) : "no leader",
                          node.quorum_epoch.value());
    }
    seen += lasted_text(moment, *unclear_since_, bounds.quorum);
    report(findings, moment_of(moment, {}),
           {"the metadata quorum has no leader that every server knows",
            "one leader, known to all running servers", std::move(seen)});
  }

 private:
  static bool all_agree(const ClusterState& state) {
    const NodeState* leader = nullptr;
    for (const NodeState& node : state.nodes()) {
      const bool leads = node.up && node.quorum_role == note::QuorumRole::kLeader;
      if (leads && (leader == nullptr || node.quorum_epoch > leader->quorum_epoch)) leader = &node;
    }
    if (leader == nullptr) return false;
    return std::all_of(state.nodes().begin(), state.nodes().end(), [&](const NodeState& node) {
      if (!node.up || node.kind == world::NodeKind::kClient || &node == leader) return true;
      return node.quorum_epoch == leader->quorum_epoch && node.quorum_leader == leader->id;
    });
  }

  std::optional<Instant> unclear_since_;
};

// Property L2.
class PartitionLeaderKnown final : public CheckerOf<PartitionLeaderKnown> {
 public:
  [[nodiscard]] Property property() const override { return kPartitionLeaderKnown; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const LivenessBounds bounds = LivenessBounds::of(world);
    for (const PartitionState& partition : state.partitions()) {
      if (partition.deleted || partition.replicas.empty()) continue;
      if (!partition.leader) {
        check_candidates(state, world, partition, moment, bounds.leadership, findings);
        continue;
      }
      check_leader(state, partition, moment, bounds.leadership, findings);
      for (std::uint32_t i = 0; i < world.size(); ++i) {
        check_knowledge(state, world, partition, NodeIndex(i), moment, bounds.leadership, findings);
      }
    }
  }

 private:
  static Instant since(const PartitionState& partition, const NodeState& node) {
    return std::max({partition.changed, node.started, node.registration_changed});
  }
  void check_candidates(const ClusterState& state, const world::World& world,
                        const PartitionState& partition, const Moment& moment, Duration bound,
                        Findings& findings) const {
    // One whose disk was wiped comes back with another directory, and the controller does not take
    // it for the one it recorded.
    std::optional<NodeId> last = last_known_leader(state, world, partition);
    const ReplicaState* led = last ? partition.replica(*last) : nullptr;
    if (led == nullptr || !led->has_led) last = std::nullopt;
    for (const NodeId id : partition.replicas) {
      const bool candidate = partition.in(partition.isr, id) || partition.in(partition.elr, id) ||
                             id == last || partition.promise.unclean_leader_election;
      const NodeState* node = state.server(id);
      if (!candidate || node == nullptr || !node->up || node->in_controlled_shutdown) continue;
      const Instant begin = since(partition, *node);
      if (!overdue(moment, begin, bound)) continue;
      report(findings, moment_of(moment, *state.server_index(id)),
             {fmt::format("{} has no leader although {}, which may lead it, runs",
                          name_of(partition.ref), name_of(id)),
              "a leader", lasted_text(moment, begin, bound), causes_in(partition)});
      return;
    }
  }
  void check_leader(const ClusterState& state, const PartitionState& partition,
                    const Moment& moment, Duration bound, Findings& findings) const {
    const ReplicaState* leader = partition.replica(*partition.leader);
    if (leader != nullptr && partition.legitimate(*leader)) return;
    const NodeState* node = state.server(*partition.leader);
    const Instant begin = node == nullptr ? partition.changed : since(partition, *node);
    if (!overdue(moment, begin, bound)) return;
    report(findings, moment_of(moment, {}),
           {fmt::format("{} was made leader of {} and does not lead it", name_of(*partition.leader),
                        name_of(partition.ref)),
            fmt::format("a leader at work in leader epoch {}", partition.leader_epoch.value()),
            lasted_text(moment, begin, bound), causes_in(partition)});
  }
  void check_knowledge(const ClusterState& state, const world::World& world,
                       const PartitionState& partition, NodeIndex index, const Moment& moment,
                       Duration bound, Findings& findings) const {
    const server::ServerNode* server = server_at(world, index);
    const NodeState& node = state.node(index);
    if (server == nullptr || node.kind == world::NodeKind::kController) return;
    const metadata::ImageRef image = server->image();
    const metadata::Partition* known = image ? image->partition(partition.ref) : nullptr;
    if (known != nullptr && known->leader_epoch >= partition.leader_epoch) return;
    const Instant begin = std::max(partition.changed, node.started);
    if (!overdue(moment, begin, bound)) return;
    report(findings, moment_of(moment, index),
           {fmt::format("{} has not heard of the leader of {}", name_of(node.id),
                        name_of(partition.ref)),
            fmt::format("leader epoch {} in its metadata", partition.leader_epoch.value()),
            lasted_text(moment, begin, bound)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_quorum_leader_known() {
  return std::make_unique<QuorumLeaderKnown>();
}
std::unique_ptr<Checker> make_partition_leader_known() {
  return std::make_unique<PartitionLeaderKnown>();
}

}  // namespace logarium::checkers
