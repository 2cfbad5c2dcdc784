#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/metadata/image.hpp"
#include "engine/raft/quorum.hpp"
#include "engine/replica/manager.hpp"
#include "engine/replica/partition.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/liveness.hpp"
#include "sim/checkers/properties.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// The properties that can be read off the nodes without any note: R2 and R9 over the replicas,
// R11 over each node's metadata, Q5 over all of them, Q4 over the quorum's members. They find what
// a wrong note would hide.
class DirectView final : public CheckerOf<DirectView> {
 public:
  [[nodiscard]] Property property() const override { return kNotesAgree; }
  void check_fully(const ClusterState& state, const world::World& world, const Moment& moment,
                   Findings& findings) override {
    check_quorum(state, world, moment, findings);
    std::map<metadata::Position, std::uint64_t> hashes;
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex node(i);
      const server::ServerNode* server = server_at(world, node);
      const metadata::ImageRef image = server == nullptr ? nullptr : server->image();
      if (image == nullptr) continue;
      const auto [first, fresh] = hashes.try_emplace(image->position(), image->hash());
      if (first->second != image->hash()) {
        tell(kEqualImages, moment_of(moment, node), findings,
             {fmt::format("{} has other metadata than another node at the same offset",
                          name_of(state.node(node).id)),
              fmt::format("image {:016x} at offset {}", first->second,
                          image->position().next.value()),
              fmt::format("image {:016x}", image->hash())});
      }
      if (fresh) check_image(*image, moment, node, findings);
      if (server->replicas() != nullptr) {
        check_replicas(world, *server->replicas(), moment, node, findings);
      }
    }
  }

 private:
  // What any member knows to be committed is on the disks of a majority of the voters, and whoever
  // leads has it. The disk of a voter that is down is known by its notes alone.
  static void check_quorum(const ClusterState& state, const world::World& world,
                           const Moment& moment, Findings& findings) {
    Offset committed;
    NodeIndex knows;
    const raft::Quorum* leader = nullptr;
    NodeIndex leads;
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const server::ServerNode* server = server_at(world, NodeIndex(i));
      const raft::Quorum* quorum = server == nullptr ? nullptr : server->quorum();
      if (quorum == nullptr) continue;
      if (quorum->high_watermark().value_or(Offset(0)) > committed) {
        committed = *quorum->high_watermark();
        knows = NodeIndex(i);
      }
      if (quorum->role() != note::QuorumRole::kLeader) continue;
      if (leader != nullptr && leader->epoch() > quorum->epoch()) continue;
      leader = quorum;
      leads = NodeIndex(i);
    }
    if (leader != nullptr && leader->log_end() < committed) {
      tell(kQuorumDurability, moment_of(moment, leads), findings,
           {fmt::format("{} leads the quorum without all committed metadata",
                        name_of(world.node_id(leads))),
            fmt::format("a log up to {}", committed.value()),
            fmt::format("log end {}", leader->log_end().value())});
    }
    check_majority(state, world, committed, moment, knows, findings);
  }
  static void check_majority(const ClusterState& state, const world::World& world, Offset committed,
                             const Moment& moment, NodeIndex knows, Findings& findings) {
    std::size_t voters = 0;
    std::size_t stable = 0;
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const world::NodeKind kind = world.kind(NodeIndex(i));
      if (kind != world::NodeKind::kController && kind != world::NodeKind::kCombined) continue;
      ++voters;
      const server::ServerNode* server = server_at(world, NodeIndex(i));
      const raft::Quorum* quorum = server == nullptr ? nullptr : server->quorum();
      const PartitionState* log = state.metadata_log();
      const ReplicaState* told =
          log == nullptr ? nullptr : log->replica(world.node_id(NodeIndex(i)));
      const bool open = told != nullptr && told->open;
      Offset synced;
      if (quorum != nullptr && open) {
        synced = quorum->synced_end();
      } else if (told != nullptr) {
        synced = told->synced_end;
      }
      stable += synced >= committed;
    }
    if (voters == 0 || stable * 2 > voters) return;
    tell(kQuorumDurability, moment_of(moment, knows), findings,
         {fmt::format("{} knows metadata as committed that a majority does not have on its disks",
                      name_of(world.node_id(knows))),
          fmt::format("synced up to {} on {} of {} voters", committed.value(), voters / 2 + 1,
                      voters),
          fmt::format("on {} of {}", stable, voters)});
  }

  static void check_image(const metadata::Image& image, const Moment& moment, NodeIndex node,
                          Findings& findings) {
    for (const auto& [id, topic] : image.topics()) {
      for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
        const metadata::Partition& partition = *topic->partitions[i];
        const char* wrong = fault_of(image, partition);
        if (wrong == nullptr) continue;
        const PartitionRef ref{id, PartitionIndex(static_cast<std::int32_t>(i))};
        tell(kMembership, moment_of(moment, node), findings,
             {fmt::format("the metadata of {} is not possible", name_of(ref)),
              "leader in the ISR, ISR and ELR disjoint and among the replicas, no fenced leader",
              wrong});
      }
    }
  }
  static const char* fault_of(const metadata::Image& image, const metadata::Partition& partition) {
    const auto placed = [&](NodeId id) { return metadata::contains(partition.replicas, id); };
    if (!std::all_of(partition.isr.begin(), partition.isr.end(), placed)) {
      return "a member of the ISR that is no replica";
    }
    if (!std::all_of(partition.elr.begin(), partition.elr.end(), placed)) {
      return "a member of the ELR that is no replica";
    }
    const auto in_isr = [&](NodeId id) { return metadata::contains(partition.isr, id); };
    if (std::any_of(partition.elr.begin(), partition.elr.end(), in_isr)) {
      return "a replica in both ISR and ELR";
    }
    if (partition.leader && !in_isr(*partition.leader)) return "a leader outside the ISR";
    if (partition.leader && !image.active(*partition.leader)) {
      return "a leader that is fenced or stopping";
    }
    return nullptr;
  }

  static void check_replicas(const world::World& world, const replica::Manager& manager,
                             const Moment& moment, NodeIndex node, Findings& findings) {
    for (const PartitionRef ref : manager.partitions()) {
      const replica::Partition* replica = manager.find(ref);
      if (replica == nullptr || replica->offline() || !replica->log().ready()) continue;
      const bool ordered = replica->log_start() <= replica->high_watermark() &&
                           replica->high_watermark() <= replica->log_end();
      if (!ordered) {
        tell(kBounds, moment_of(moment, node), findings,
             {fmt::format("the offsets of {} are out of order", name_of(ref)),
              "log start <= high watermark <= log end",
              fmt::format("log start {}, high watermark {}, log end {}",
                          replica->log_start().value(), replica->high_watermark().value(),
                          replica->log_end().value())});
      }
      if (replica->leader() != nullptr) check_isr(world, *replica, moment, node, findings);
    }
  }
  // Every member of the leader's own committed ISR that follows it in its epoch has what it
  // committed.
  static void check_isr(const world::World& world, const replica::Partition& leader,
                        const Moment& moment, NodeIndex node, Findings& findings) {
    const std::vector<NodeId> isr = leader.committed_isr();
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex other(i);
      const server::ServerNode* server = server_at(world, other);
      const replica::Manager* manager = server == nullptr ? nullptr : server->replicas();
      const replica::Partition* member = manager == nullptr ? nullptr : manager->find(leader.ref());
      if (member == nullptr || member->follower() == nullptr || !member->log().ready()) continue;
      if (!metadata::contains(isr, world.node_id(other))) continue;
      if (member->leader_epoch() != leader.leader_epoch()) continue;
      if (member->partition_epoch() != leader.partition_epoch()) continue;
      if (member->log_end() >= leader.high_watermark()) continue;
      tell(kValidHighWatermark, moment_of(moment, node), findings,
           {fmt::format("the leader of {} committed records that {}, a member of its ISR, does "
                        "not have",
                        name_of(leader.ref()), name_of(world.node_id(other))),
            fmt::format("a high watermark of at most {}", member->log_end().value()),
            fmt::format("high watermark {}", leader.high_watermark().value())});
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_direct_view() { return std::make_unique<DirectView>(); }

}  // namespace logarium::checkers
