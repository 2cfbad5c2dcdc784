#include "engine/controller/notes.hpp"

#include <algorithm>

namespace logarium::controller {

using metadata::Broker;
using metadata::contains;
using metadata::Image;
using metadata::Partition;
using metadata::Recovery;
using note::ElectionKind;

namespace {

constexpr NodeId kNobody{-1};

// Completed, not cancelled: what was added is there to stay and what was removed is gone. One that
// needs no replica to catch up is completed as it begins.
bool completed(const Partition& before, const Partition& after) {
  if (after.reassigning()) return false;
  if (!before.reassigning()) {
    return !std::is_permutation(before.replicas.begin(), before.replicas.end(),
                                after.replicas.begin(), after.replicas.end());
  }
  const auto in = [&](NodeId node) { return contains(after.replicas, node); };
  return std::all_of(before.adding.begin(), before.adding.end(), in) &&
         std::none_of(before.removing.begin(), before.removing.end(), in);
}

void note_partition(const Image& image, PartitionRef ref, const Partition* before,
                    const Partition& after, std::vector<Note>& out) {
  if (before == nullptr || before->replicas != after.replicas) note_assignment(ref, after, out);
  note::PartitionCommitted committed;
  committed.partition = ref;
  committed.leader = after.leader.value_or(kNobody);
  committed.leader_epoch = after.leader_epoch;
  committed.partition_epoch = after.partition_epoch;
  committed.isr = replica_set(after, after.isr);
  committed.elr = replica_set(after, after.elr);
  committed.election = election_kind(image, before, after);
  out.emplace_back(committed);
  if (before != nullptr && completed(*before, after)) {
    out.emplace_back(note::ReassignmentCompleted{ref});
  }
}

void note_arrival(const Broker* before, const Broker& after, std::vector<Note>& out) {
  const bool again = before != nullptr && before->epoch == after.epoch;
  if (!again) out.emplace_back(note::BrokerRegistered{after.id, after.epoch});
  const bool was_fenced = !again || before->fenced;
  if (was_fenced && !after.fenced) {
    out.emplace_back(note::BrokerUnfenced{after.id, after.epoch});
  }
}

void note_departure(const Broker* before, const Broker* after, std::vector<Note>& out) {
  if (after == nullptr) {
    out.emplace_back(note::BrokerFenced{before->id, before->epoch});
    return;
  }
  const bool again = before != nullptr && before->epoch == after->epoch;
  const bool was_stopping = again && before->in_controlled_shutdown;
  if (!was_stopping && after->in_controlled_shutdown) {
    out.emplace_back(note::BrokerInControlledShutdown{after->id, after->epoch});
  }
  if (again && !before->fenced && after->fenced) {
    out.emplace_back(note::BrokerFenced{after->id, after->epoch});
  }
}

}  // namespace

void note_assignment(PartitionRef ref, const Partition& partition, std::vector<Note>& out) {
  const auto count = static_cast<std::int32_t>(partition.replicas.size());
  for (std::int32_t i = 0; i < count; ++i) {
    out.emplace_back(
        note::ReplicaPlaced{ref, i, count, partition.replicas[static_cast<std::size_t>(i)]});
  }
}

ElectionKind election_kind(const Image& image, const Partition* before, const Partition& after) {
  if (before == nullptr) {
    // New, or seen for the first time by a node that was restarted.
    const bool recovering = after.recovery == Recovery::kRecovering && after.leader;
    return recovering ? ElectionKind::kUnclean : ElectionKind::kInitial;
  }
  if (before->leader == after.leader) return ElectionKind::kKeep;
  if (!after.leader) return ElectionKind::kNoLeader;
  const NodeId leader = *after.leader;
  if (contains(before->isr, leader)) {
    const bool by_choice = before->leader && image.active(*before->leader) &&
                           contains(after.replicas, *before->leader);
    return by_choice && leader == after.preferred() ? ElectionKind::kPreferred
                                                    : ElectionKind::kClean;
  }
  if (contains(before->elr, leader)) return ElectionKind::kElr;
  if (after.recovery == Recovery::kRecovered) return ElectionKind::kClean;
  return contains(before->last_known_elr, leader) ? ElectionKind::kLastKnown
                                                  : ElectionKind::kUnclean;
}

std::vector<Note> notes_of(const Image& image, const metadata::Delta& delta) {
  std::vector<Note> out;
  for (const auto& change : delta.brokers) {
    if (change.after) note_arrival(change.before.get(), *change.after, out);
  }
  for (const auto& change : delta.topics) {
    if (change.created()) {
      const auto count = static_cast<std::int32_t>(change.after->partitions.size());
      out.emplace_back(note::TopicCreated{change.key, count});
    }
  }
  for (const auto& change : delta.partitions) {
    if (change.after) {
      note_partition(image, change.key, change.before.get(), *change.after, out);
    }
  }
  for (const auto& change : delta.topics) {
    if (change.removed()) out.emplace_back(note::TopicDeleted{change.key});
  }
  for (const auto& change : delta.brokers) {
    note_departure(change.before.get(), change.after.get(), out);
  }
  return out;
}

}  // namespace logarium::controller
