#include "sim/checkers/unavailability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/metadata/image.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/liveness.hpp"
#include "sim/world/world.hpp"

namespace logarium::checkers {
namespace {

// What may cost a replica its trust, or is a step on the way to nobody.
enum class Part : std::uint8_t { kFailure, kStep, kNone };
Part part_of(LossEvent::Kind kind) {
  switch (kind) {
    case LossEvent::Kind::kPowerLoss:
    case LossEvent::Kind::kUncleanStop:
    case LossEvent::Kind::kWipe:
    case LossEvent::Kind::kRecoveryCut:
      return Part::kFailure;
    case LossEvent::Kind::kElection:
    case LossEvent::Kind::kUncleanElection:
    case LossEvent::Kind::kLastKnownElection:
      return Part::kStep;
    case LossEvent::Kind::kTruncation:
    case LossEvent::Kind::kRetention:
    case LossEvent::Kind::kDeleteRecords:
    case LossEvent::Kind::kMisread:
      return Part::kNone;
  }
  return Part::kNone;
}

bool is_failure(const PartitionState& partition, const LossEvent& loss) {
  if (part_of(loss.kind) != Part::kFailure || !loss.replica) return false;
  const ReplicaState* replica = partition.replica(*loss.replica);
  const bool assigned = std::find(partition.replicas.begin(), partition.replicas.end(),
                                  *loss.replica) != partition.replicas.end();
  return assigned && replica != nullptr && loss.cause.event >= replica->joined_isr;
}

}  // namespace

std::optional<NodeId> last_known_leader(const ClusterState& state, const world::World& world,
                                        const PartitionState& partition) {
  if (partition.isr.value() != 0 || partition.elr.value() != 0) return std::nullopt;
  for (std::uint32_t i = 0; i < state.nodes().size(); ++i) {
    const server::ServerNode* server = server_at(world, NodeIndex(i));
    const metadata::ImageRef image = server == nullptr ? nullptr : server->image();
    const metadata::Partition* known = image ? image->partition(partition.ref) : nullptr;
    if (known == nullptr || known->partition_epoch != partition.partition_epoch) continue;
    if (known->last_known_elr.size() != 1) return std::nullopt;
    return known->last_known_elr.front();
  }
  return std::nullopt;
}

std::optional<Unavailability> explained_unavailability(const ClusterState& state,
                                                       const world::World& world,
                                                       const PartitionState& partition) {
  if (partition.deleted || partition.replicas.empty() || partition.leader) return std::nullopt;
  if (partition.promise.unclean_leader_election) return std::nullopt;
  const std::optional<NodeId> last = last_known_leader(state, world, partition);
  const ReplicaState* led = last ? partition.replica(*last) : nullptr;
  if (led == nullptr || led->has_led) return std::nullopt;
  std::set<NodeId> failed;
  std::optional<std::uint64_t> first;
  bool wiped = false;
  for (const LossEvent& loss : partition.losses) {
    const bool of_last = loss.kind == LossEvent::Kind::kWipe && loss.replica == last;
    wiped = wiped || of_last;
    if (!of_last && !is_failure(partition, loss)) continue;
    failed.insert(*loss.replica);
    if (!first) first = loss.cause.event;
  }
  const std::int64_t promised = partition.effective_min_isr();
  if (!wiped || static_cast<std::int64_t>(failed.size()) < promised) return std::nullopt;
  Unavailability found;
  found.partition = partition.ref;
  found.since = partition.changed;
  found.explanation = fmt::format(
      "{} replicas stopped uncleanly or lost stored bytes, so that KIP-966 trusts none of them any "
      "more, and the disk of node {}, the last known leader, was emptied since it led; "
      "min.insync.replicas={} promises to survive {}",
      failed.size(), last->value(), promised, promised - 1);
  for (const LossEvent& loss : partition.losses) {
    if (loss.cause.event < *first || part_of(loss.kind) == Part::kNone) continue;
    found.causes.push_back(loss.cause);
  }
  return found;
}

}  // namespace logarium::checkers
