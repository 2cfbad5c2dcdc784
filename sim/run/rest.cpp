#include "sim/run/rest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/liveness.hpp"
#include "sim/checkers/unavailability.hpp"
#include "sim/workload/application.hpp"
#include "sim/workload/consumer_application.hpp"
#include "sim/workload/history.hpp"

namespace logarium::run {
namespace {

using checkers::ClusterState;
using checkers::PartitionState;
using checkers::ReplicaState;

std::string name_of(const PartitionState& partition, const scenario::Watch& watch) {
  for (const auto& [name, id] : watch.topics()) {
    if (id == partition.ref.topic) {
      return fmt::format("{}-{}", name, partition.ref.partition.value());
    }
  }
  return fmt::format("{}-{}", to_string(partition.ref.topic), partition.ref.partition.value());
}

// A quorum that alone was healed may leave servers down for ever.
std::string servers_missing(const world::World& world, const scenario::Driver& driver,
                            const ClusterState& state) {
  if (driver.plan().heal == scenario::HealKind::kQuorum) return {};
  for (const world::NodeIndex server : driver.roster().servers) {
    if (world.state(server) != world::ProcessState::kUp) {
      return world.name(server) + " does not run";
    }
  }
  for (const world::NodeIndex broker : driver.roster().brokers) {
    if (state.node(broker).fenced) return world.name(broker) + " is fenced";
  }
  return {};
}

// Whether the client's start is planned for later in the run.
bool starts_later(const world::World& world, const scenario::Driver& driver,
                  world::NodeIndex client) {
  if (!driver.ready_at()) return false;
  const std::size_t index = driver.roster().client_of.at(client);
  const Instant start = *driver.ready_at() + driver.plan().model.clients[index].start.duration();
  return start > world.now() && driver.deadline() && start < *driver.deadline();
}

std::string clients_missing(const world::World& world, const scenario::Driver& driver) {
  for (const world::NodeIndex client : driver.roster().clients) {
    if (starts_later(world, driver, client)) return world.name(client) + " starts later";
    const workload::Application* application = world.application(client);
    const workload::History* history = application ? application->history() : nullptr;
    if (history != nullptr && history->unended() > 0) {
      return fmt::format("{} waits for the outcome of {} records", world.name(client),
                         history->unended());
    }
  }
  return {};
}

// A leader serves what it stored without looking at it, as Kafka's does, and a follower refuses a
// batch whose CRC is wrong and asks again, for ever. Who has not got past a rotten batch joins no
// ISR until an operator moves the leadership.
bool may_be_stuck(const world::World& world, const std::string& partition,
                  const ReplicaState& leader, const ReplicaState& follower) {
  if (follower.log_end >= leader.log_end) return false;
  const world::FileSystem& files = world.files(leader.node);
  const auto& rotten = world.rotten(leader.node);
  return std::any_of(rotten.begin(), rotten.end(), [&](const world::Disk::Rot& rot) {
    if (rot.path.find("/" + partition + "/") == std::string::npos) return false;
    const auto file = files.find(rot.path);
    return file != world::FileSystem::kNone && rot.position < files.file(file).size();
  });
}

enum class Replicas : std::uint8_t { kInSync, kAll };
std::string partition_missing(const world::World& world, const std::string& name,
                              const PartitionState& partition, Replicas wanted) {
  if (!partition.leader || partition.leader->value() < 0) return "has no leader";
  const ReplicaState* leader = partition.replica(*partition.leader);
  if (leader == nullptr || !partition.legitimate(*leader)) return "its leader is not at work";
  for (const NodeId id : partition.replicas) {
    const ReplicaState* replica = partition.replica(id);
    if (!partition.in(partition.isr, id)) {
      const bool stuck = replica != nullptr && may_be_stuck(world, name, *leader, *replica);
      if (wanted == Replicas::kAll && !stuck) return "a replica is not in the ISR";
      continue;
    }
    if (replica == nullptr || !partition.current(*replica)) return "a replica is not at work";
    if (replica->log_end != leader->log_end) return "a replica has not caught up";
    if (replica->high_watermark != leader->log_end) return "its end is not committed everywhere";
  }
  return {};
}

// A quorum leader that all servers know.
std::string quorum_missing(const scenario::Driver& driver, const ClusterState& state) {
  if (driver.plan().heal == scenario::HealKind::kQuorum) return {};
  const checkers::NodeState* leader = nullptr;
  for (const checkers::NodeState& node : state.nodes()) {
    const bool leads = node.up && node.quorum_role == note::QuorumRole::kLeader;
    if (leads && (leader == nullptr || node.quorum_epoch > leader->quorum_epoch)) leader = &node;
  }
  if (leader == nullptr) return "the metadata quorum has no leader";
  for (const checkers::NodeState& node : state.nodes()) {
    if (node.kind == world::NodeKind::kClient || !node.up || &node == leader) continue;
    if (node.quorum_epoch == leader->quorum_epoch && node.quorum_leader == leader->id) continue;
    return fmt::format("node {} does not know the quorum's leader", node.id.value());
  }
  return {};
}

// Whether the partition has no leader and faults explain that it can have none. The budget leaves
// out the faults that could do it.
bool unavailable(const world::World& world, const scenario::Driver& driver,
                 const ClusterState& state, const PartitionState& partition) {
  if (driver.plan().model.budget == scenario::BudgetKind::kKeep) return false;
  return explained_unavailability(state, world, partition).has_value();
}

// What was deleted is gone.
std::string deletions_missing(const scenario::Driver& driver, const ClusterState& state) {
  if (driver.plan().heal == scenario::HealKind::kQuorum) return {};
  for (const PartitionState& partition : state.partitions()) {
    if (!partition.deleted) continue;
    for (const ReplicaState& replica : partition.states) {
      if (!replica.open || !state.node(replica.node).up) continue;
      return name_of(partition, driver.watch()) + ": a replica of a deleted topic is left";
    }
  }
  return {};
}

std::string partitions_missing(const world::World& world, const scenario::Driver& driver,
                               const ClusterState& state) {
  const bool all = driver.plan().heal == scenario::HealKind::kAll;
  for (const PartitionState& partition : state.partitions()) {
    if (partition.deleted || partition.ref == kMetadataPartition || partition.replicas.empty()) {
      continue;
    }
    const std::string name = name_of(partition, driver.watch());
    const std::string missing =
        partition_missing(world, name, partition, all ? Replicas::kAll : Replicas::kInSync);
    if (!missing.empty() && unavailable(world, driver, state, partition)) continue;
    if (!missing.empty()) return name + ": " + missing;
    const ReplicaState& leader = *partition.replica(*partition.leader);
    if (all && checkers::isr_change_in_flight(world, partition.ref, leader.node)) {
      return name + ": an ISR change has no answer";
    }
  }
  return {};
}

const PartitionState* find_partition(const ClusterState& state, const scenario::Driver& driver,
                                     const TopicPartition& wanted) {
  const std::optional<Uuid> topic = driver.watch().topic_id(wanted.topic);
  if (!topic) return nullptr;
  for (const PartitionState& partition : state.partitions()) {
    if (partition.ref == PartitionRef{*topic, wanted.partition}) return &partition;
  }
  return nullptr;
}

// A partition with records that the consumer is to read and in which it has not found its place,
// so that it is not among the partition's readers yet.
std::string places_missing(const world::World& world, const scenario::Driver& driver,
                           const ClusterState& state) {
  for (const world::NodeIndex client : driver.roster().clients) {
    if (world.state(client) != world::ProcessState::kUp) continue;
    const auto* consumer =
        dynamic_cast<const workload::ConsumerApplication*>(world.application(client));
    if (consumer == nullptr) continue;
    for (const TopicPartition& wanted : consumer->partitions()) {
      const PartitionState* partition = find_partition(state, driver, wanted);
      if (partition == nullptr || partition->deleted || partition->ghost_end.value() == 0) continue;
      if (unavailable(world, driver, state, *partition)) continue;
      const std::vector<checkers::Reader>& readers = partition->readers;
      if (std::any_of(readers.begin(), readers.end(),
                      [&](const checkers::Reader& reader) { return reader.node == client; })) {
        continue;
      }
      return fmt::format("{} has not begun to read {}", world.name(client),
                         name_of(*partition, driver.watch()));
    }
  }
  return {};
}

// Who reads a partition has read all of it. (A quorum that alone was healed may leave consumers
// without the leader.)
std::string reads_missing(const world::World& world, const scenario::Driver& driver,
                          const ClusterState& state) {
  if (driver.plan().heal == scenario::HealKind::kQuorum) return {};
  for (const PartitionState& partition : state.partitions()) {
    if (partition.deleted || unavailable(world, driver, state, partition)) continue;
    for (const checkers::Reader& reader : partition.readers) {
      if (reader.next >= partition.ghost_end) continue;
      if (world.state(reader.node) != world::ProcessState::kUp) continue;
      return fmt::format("{} has not read {} to its end", world.name(reader.node),
                         name_of(partition, driver.watch()));
    }
  }
  return places_missing(world, driver, state);
}

}  // namespace

bool RestWatch::look(const world::World& world, const scenario::Driver& driver,
                     const ClusterState& state) {
  next_look_ = world.now() + kInterval;
  const checkers::Counts& counts = state.counts();
  const std::uint64_t traffic = counts.acked + counts.failed + counts.consumed;
  if (traffic != traffic_) busy_until_ = world.now() + kQuiet;
  traffic_ = traffic;
  const std::uint64_t changes =
      counts.elections + counts.leader_changes + counts.isr_changes + counts.fenced + counts.resets;
  if (changes_ && changes != changes_) unsettled_until_ = world.now() + kSettled;
  changes_ = changes;
  missing_ = servers_missing(world, driver, state);
  if (missing_.empty()) missing_ = quorum_missing(driver, state);
  if (missing_.empty()) missing_ = clients_missing(world, driver);
  if (missing_.empty()) missing_ = partitions_missing(world, driver, state);
  if (missing_.empty()) missing_ = deletions_missing(driver, state);
  if (missing_.empty()) missing_ = reads_missing(world, driver, state);
  if (missing_.empty() && busy_until_ > world.now()) missing_ = "records are still on their way";
  if (missing_.empty() && unsettled_until_ > world.now()) {
    missing_ = "leaders or ISRs changed a moment ago";
  }
  return missing_.empty();
}

}  // namespace logarium::run
