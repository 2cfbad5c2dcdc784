#include <fmt/format.h>

#include <algorithm>

#include "engine/metadata/image.hpp"
#include "engine/replica/manager.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/liveness.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// Property L9: nothing waits for ever. No produce request waits longer than it asked to; a cluster
// at rest holds none at all, since all is committed; and a broker that started is unfenced.
class NothingParked final : public CheckerOf<NothingParked> {
 public:
  [[nodiscard]] Property property() const override { return kNothingParked; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const Duration bound = LivenessBounds::of(world).start;
    for (std::uint32_t i = 0; i < state.nodes().size(); ++i) {
      check_loading(state.node(NodeIndex(i)), NodeIndex(i), moment, bound, findings);
    }
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex node(i);
      const server::ServerNode* server = server_at(world, node);
      if (server == nullptr) continue;
      const replica::Manager* manager = server->replicas();
      if (manager == nullptr) continue;
      check_overdue(world, *manager, node, moment, findings);
      if (!moment.quiescent || !moment.healed_wholly) continue;
      if (manager->waiting_produces() == 0) continue;
      report(findings, moment_of(moment, node),
             {fmt::format("{} holds produce requests although all records are committed",
                          name_of(state.node(node).id)),
              "no waiting request in a cluster at rest",
              fmt::format("{} requests", manager->waiting_produces())});
    }
  }

 private:
  // Whom a fault held up gets a while to catch up with its timers.
  static constexpr Duration kLate = seconds(5);

  void check_overdue(const world::World& world, const replica::Manager& manager, NodeIndex node,
                     const Moment& moment, Findings& findings) const {
    if (!overdue(moment, Instant{0}, kLate)) return;
    const std::size_t late = manager.overdue_produces(world.clock(node).monotonic - kLate);
    if (late == 0) return;
    report(findings, moment_of(moment, node),
           {fmt::format("{} holds produce requests for longer than they asked to wait",
                        name_of(world.node_id(node))),
            "REQUEST_TIMED_OUT when a request's own timeout is over",
            fmt::format("{} requests", late)});
  }
  void check_loading(const NodeState& node, NodeIndex index, const Moment& moment, Duration bound,
                     Findings& findings) const {
    const bool loading = node.broker_state == note::BrokerState::kStarting ||
                         node.broker_state == note::BrokerState::kRecovery;
    const bool fenced = node.broker_state == note::BrokerState::kRunning && node.fenced;
    const Instant since = fenced ? std::max(node.started, node.registration_changed) : node.started;
    if (!node.up || !(loading || fenced) || !overdue(moment, since, bound)) return;
    report(findings, moment_of(moment, index),
           {name_of(node.id) + (fenced ? " runs and stays fenced" : " does not come up"),
            "recovered, registered and unfenced", lasted_text(moment, since, bound)});
  }
};

// Property L10.
class AdminWorkEnds final : public CheckerOf<AdminWorkEnds> {
 public:
  [[nodiscard]] Property property() const override { return kAdminWorkEnds; }
  void at_end(const ClusterState& state, const world::World& world, const Moment& moment,
              Findings& findings) override {
    const LivenessBounds bounds = LivenessBounds::of(world);
    const metadata::ImageRef image = newest_image(world);
    for (const PartitionState& partition : state.partitions()) {
      if (partition.ref == kMetadataPartition) continue;
      if (partition.deleted) {
        check_deleted(state, partition, moment, bounds.leadership, findings);
      } else if (image != nullptr) {
        check_reassigned(state, partition, *image, moment, bounds.replication, findings);
      }
    }
    for (std::uint32_t i = 0; i < state.nodes().size(); ++i) {
      check_shutdown(state.node(NodeIndex(i)), NodeIndex(i), moment, bounds.shutdown, findings);
    }
  }

 private:
  static metadata::ImageRef newest_image(const world::World& world) {
    metadata::ImageRef newest;
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const server::ServerNode* server = server_at(world, NodeIndex(i));
      const metadata::ImageRef image = server == nullptr ? nullptr : server->image();
      if (image == nullptr) continue;
      if (newest == nullptr || newest->position() < image->position()) newest = image;
    }
    return newest;
  }
  void check_deleted(const ClusterState& state, const PartitionState& partition,
                     const Moment& moment, Duration bound, Findings& findings) const {
    for (const ReplicaState& replica : partition.states) {
      const NodeState& node = state.node(replica.node);
      const Instant since = std::max(partition.changed, node.started);
      if (!node.up || !replica.open || !overdue(moment, since, bound)) continue;
      report(findings, moment_of(moment, replica.node),
             {fmt::format("{} still has a replica of the deleted {}", name_of(replica.id),
                          name_of(partition.ref)),
              "no replica of a deleted topic", lasted_text(moment, since, bound)});
    }
  }
  void check_reassigned(const ClusterState& state, const PartitionState& partition,
                        const metadata::Image& image, const Moment& moment, Duration bound,
                        Findings& findings) const {
    const metadata::Partition* placed = image.partition(partition.ref);
    if (placed == nullptr || !placed->reassigning() || !placed->leader) return;
    Instant since = std::max(partition.placed, partition.changed);
    for (const NodeId id : placed->replicas) {
      const NodeState* node = state.server(id);
      // A target that does not run may keep a reassignment open for ever.
      if (node == nullptr || !node->up || node->fenced) return;
      since = std::max({since, node->started, node->registration_changed});
    }
    if (!overdue(moment, since, bound)) return;
    report(findings, moment_of(moment, {}),
           {fmt::format("the reassignment of {} does not end", name_of(partition.ref)),
            "all target replicas in sync and the others removed", lasted_text(moment, since, bound),
            causes_in(partition)});
  }
  void check_shutdown(const NodeState& node, NodeIndex index, const Moment& moment, Duration bound,
                      Findings& findings) const {
    const bool stopping = node.broker_state == note::BrokerState::kPendingControlledShutdown ||
                          node.broker_state == note::BrokerState::kShuttingDown;
    if (!node.up || !stopping || !overdue(moment, node.broker_state_since, bound)) return;
    report(findings, moment_of(moment, index),
           {fmt::format("the controlled shutdown of {} does not end", name_of(node.id)),
            "a process that has ended", lasted_text(moment, node.broker_state_since, bound)});
  }
};

}  // namespace

std::unique_ptr<Checker> make_nothing_parked() { return std::make_unique<NothingParked>(); }
std::unique_ptr<Checker> make_admin_work_ends() { return std::make_unique<AdminWorkEnds>(); }

}  // namespace logarium::checkers
