#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

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

// The incremental forms trust the notes; this compares the state folded from them with the nodes
// themselves, field by field.
//
// A quorum member tells its role when the role is durable, and the controller tells a committed
// change in a step of its own, so these two may differ for a moment: they count when the very same
// difference stands for kPatience.
class NotesAgree final : public CheckerOf<NotesAgree> {
 public:
  static constexpr Duration kPatience = seconds(2);

  [[nodiscard]] Property property() const override { return kNotesAgree; }
  void check_fully(const ClusterState& state, const world::World& world, const Moment& moment,
                   Findings& findings) override {
    Differences standing;
    for (std::uint32_t i = 0; i < world.size(); ++i) {
      const NodeIndex node(i);
      const server::ServerNode* server = server_at(world, node);
      if (server == nullptr || server->setup() == nullptr) continue;
      Look look{state, state.node(node), node, moment, findings, standing};
      check_quorum(look, *server);
      check_image(look, *server);
      if (server->replicas() != nullptr) check_replicas(look, *server->replicas());
    }
    since_ = std::move(standing);
  }

 private:
  // A difference by node and text, and since when it stands.
  using Differences = std::map<std::pair<NodeIndex, std::string>, Instant>;
  struct Look {
    const ClusterState& state;
    const NodeState& told;
    NodeIndex node;
    const Moment& moment;
    Findings& findings;
    Differences& standing;
  };

  void differ(const Look& look, std::string what, std::string told, std::string held) const {
    report(look.findings, moment_of(look.moment, look.node),
           {fmt::format("{} of {} is not what its notes say", what, name_of(look.told.id)),
            fmt::format("{} by the notes", told), fmt::format("{} in the node", held)});
  }
  void differ_for_long(const Look& look, const std::string& what, const std::string& told,
                       const std::string& held) const {
    const std::pair key{look.node, what + told + held};
    const auto before = since_.find(key);
    const Instant since = before == since_.end() ? look.moment.time : before->second;
    look.standing.emplace(key, since);
    if (look.moment.time - since > kPatience) differ(look, what, told, held);
  }
  template <class T>
  void compare(const Look& look, PartitionRef ref, const char* what, T told, T held) const {
    if (told == held) return;
    differ(look, fmt::format("the {} of {}", what, name_of(ref)), fmt::format("{}", told.value()),
           fmt::format("{}", held.value()));
  }

  void check_quorum(const Look& look, const server::ServerNode& server) const {
    const raft::Quorum* quorum = server.quorum();
    const PartitionState* log = look.state.metadata_log();
    const ReplicaState* replica = log == nullptr ? nullptr : log->replica(look.told.id);
    if (quorum == nullptr || replica == nullptr || !replica->open) return;
    compare(look, kMetadataPartition, "log end", replica->log_end, quorum->log_end());
    compare(look, kMetadataPartition, "log start", replica->log_start, quorum->log_start());
    if (look.told.quorum_epoch != quorum->epoch()) {
      differ_for_long(look, "the quorum epoch", fmt::format("{}", look.told.quorum_epoch.value()),
                      fmt::format("{}", quorum->epoch().value()));
    }
    if (look.told.quorum_role != quorum->role()) {
      differ_for_long(look, "the quorum role",
                      fmt::format("{}", static_cast<int>(look.told.quorum_role)),
                      fmt::format("{}", static_cast<int>(quorum->role())));
    }
  }

  void check_image(const Look& look, const server::ServerNode& server) const {
    const metadata::ImageRef image = server.image();
    if (image == nullptr || look.told.metadata_applied == Offset(0)) return;
    if (image->position().next != look.told.metadata_applied) {
      differ(look, "the metadata position", fmt::format("{}", look.told.metadata_applied.value()),
             fmt::format("{}", image->position().next.value()));
    } else if (image->hash() != look.told.image_hash) {
      differ(look, "the metadata", fmt::format("image {:016x}", look.told.image_hash),
             fmt::format("image {:016x}", image->hash()));
    }
    for (const auto& [id, topic] : image->topics()) {
      for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
        const PartitionRef ref{id, PartitionIndex(static_cast<std::int32_t>(i))};
        check_committed(look, ref, *topic->partitions[i]);
      }
    }
  }
  // The controller's notes, against what this node has heard of the partition.
  void check_committed(const Look& look, PartitionRef ref, const metadata::Partition& known) const {
    const PartitionState* told = look.state.find(ref);
    if (told == nullptr || told->partition_epoch < known.partition_epoch) {
      differ_for_long(look, "the partition epoch of " + name_of(ref),
                      fmt::format("{}", told == nullptr ? -1 : told->partition_epoch.value()),
                      fmt::format("{}", known.partition_epoch.value()));
      return;
    }
    if (told->partition_epoch > known.partition_epoch) return;  // it has not heard of it yet
    const bool same = told->leader == known.leader && told->leader_epoch == known.leader_epoch &&
                      told->isr == metadata::replica_set(known, known.isr) &&
                      told->elr == metadata::replica_set(known, known.elr) &&
                      told->replicas == known.replicas;
    if (same) return;
    differ_for_long(look, "the committed state of " + name_of(ref),
                    fmt::format("leader epoch {}, ISR {:#x}, ELR {:#x}", told->leader_epoch.value(),
                                told->isr.value(), told->elr.value()),
                    fmt::format("leader epoch {}, ISR {:#x}, ELR {:#x}", known.leader_epoch.value(),
                                metadata::replica_set(known, known.isr).value(),
                                metadata::replica_set(known, known.elr).value()));
  }

  void check_replicas(const Look& look, const replica::Manager& manager) const {
    for (const PartitionState& partition : look.state.partitions()) {
      if (partition.ref == kMetadataPartition) continue;
      const ReplicaState* told = partition.replica(look.told.id);
      const replica::Partition* held = manager.find(partition.ref);
      const bool open = told != nullptr && told->open;
      if (held == nullptr) {
        if (open) differ(look, "a replica of " + name_of(partition.ref), "open", "none");
      } else if (!held->offline() && held->log().ready()) {
        if (open) {
          check_replica(look, partition.ref, *told, *held);
        } else {
          differ(look, "a replica of " + name_of(partition.ref), "none", "open");
        }
      }
    }
  }
  void check_replica(const Look& look, PartitionRef ref, const ReplicaState& told,
                     const replica::Partition& held) const {
    compare(look, ref, "log start", told.log_start, held.log_start());
    compare(look, ref, "log end", told.log_end, held.log_end());
    compare(look, ref, "high watermark", told.high_watermark, held.high_watermark());
    compare(look, ref, "leader epoch", told.leader_epoch,
            held.leader_epoch().value_or(LeaderEpoch(-1)));
    if (told.leading != (held.leader() != nullptr)) {
      differ(look, "the role in " + name_of(ref), told.leading ? "leader" : "no leader",
             held.leader() != nullptr ? "leader" : "no leader");
    } else if (const replica::Leader* leader = held.leader()) {
      compare(look, ref, "ISR", told.isr, leader->isr().committed());
      compare(look, ref, "maximal ISR", told.maximal_isr, leader->isr().maximal());
    }
    if (held.log().chain() != told.told_chain && told.log_end == held.log_end()) {
      differ(look, "the hash chain of " + name_of(ref), fmt::format("{:016x}", told.told_chain),
             fmt::format("{:016x}", held.log().chain()));
    }
    check_batches(look, ref, told, held.log());
  }
  // The batches in memory, newest first: what R1 and R7 compare by notes is what the log holds.
  void check_batches(const Look& look, PartitionRef ref, const ReplicaState& told,
                     const log::Log& log) const {
    const auto& batches = log.tail().entries();
    const std::size_t most = look.moment.quiescent ? batches.size() : kBatchesMost;
    std::size_t looked = 0;
    std::size_t at = 0;
    for (std::size_t i = batches.size(); i > 0 && looked < most; --i) {
      const protocol::Batch& batch = batches[i - 1].batch;
      if (batch.next_offset() > log.log_end() || batch.base_offset < log.log_start()) continue;
      at = looked == 0 || at == 0 ? entry_at(told.entries, batch.base_offset) : at - 1;
      ++looked;
      const bool same = at < told.entries.size() && told.entries[at].base == batch.base_offset &&
                        told.entries[at].next == batch.next_offset() &&
                        told.entries[at].leader_epoch == batch.partition_leader_epoch &&
                        told.entries[at].content == batch.content();
      if (same) continue;
      differ(look,
             fmt::format("the batch at offset {} of {}", batch.base_offset.value(), name_of(ref)),
             at < told.entries.size() ? fmt::format("content {:016x}", told.entries[at].content)
                                      : "none",
             fmt::format("content {:016x}", batch.content()));
      return;
    }
  }

  static constexpr std::size_t kBatchesMost = 4;
  Differences since_;
};

}  // namespace

std::unique_ptr<Checker> make_notes_agree() { return std::make_unique<NotesAgree>(); }

}  // namespace logarium::checkers
