#include "tests/unit/engine/raft/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.hpp"
#include "engine/base/hash.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::raft::test {

void Checks::violation(const ReplicaKey& key, const std::string& what) {
  violations_.push_back(fmt::format("n{}: {}", key.id.value(), what));
}

void Checks::on_restart(const ReplicaKey& key, std::uint32_t incarnation) {
  Node& node = nodes_[key];
  node.incarnation = incarnation;
  node.applied_end = {};
  node.state = 0;
}

void Checks::on_note(const ReplicaKey& key, const Note& note) {
  Node& node = nodes_[key];
  if (const auto* role = std::get_if<note::QuorumRoleChanged>(&note)) {
    role_changed(key, node, *role);
  } else if (const auto* vote = std::get_if<note::VotePersisted>(&note)) {
    const auto [at, first] = votes_.emplace(std::pair(key, vote->epoch), vote->candidate);
    if (!first && at->second != vote->candidate) {
      violation(key, fmt::format("Q2: two votes in epoch {}", vote->epoch.value()));
    }
  } else if (std::get_if<note::VoteRefused>(&note) != nullptr) {
    ++votes_refused;
  } else if (const auto* append = std::get_if<note::Appended>(&note)) {
    appended(key, node, *append);
  } else if (const auto* cut_note = std::get_if<note::Truncated>(&note)) {
    truncated(key, node, *cut_note);
  } else if (const auto* open = std::get_if<note::ReplicaOpened>(&note)) {
    opened(key, node, *open);
  } else if (const auto* synced = std::get_if<note::Synced>(&note)) {
    node.durable_end = synced->end;
  } else if (const auto* start = std::get_if<note::LogStartMoved>(&note)) {
    node.log_start = std::max(node.log_start, start->start);
  }
}

void Checks::role_changed(const ReplicaKey& key, Node& node, const note::QuorumRoleChanged& note) {
  if (note.epoch < node.epoch) violation(key, "Q1: its epoch fell");
  node.epoch = std::max(node.epoch, note.epoch);
  if (note.role != note::QuorumRole::kLeader) return;
  ++leaders;
  const auto [at, first] = leaders_.emplace(note.epoch, std::pair(key, node.incarnation));
  if (!first)
    violation(key, fmt::format("Q1: a second leadership in epoch {}", note.epoch.value()));
  // Raft's leader completeness: what was committed in an earlier epoch. (An election may be
  // decided before, and become known after, a later leader commits.)
  for (auto entry = reference_.rbegin(); entry != reference_.rend(); ++entry) {
    if (entry->second.committed_in >= note.epoch) continue;
    if (!holds(node, entry->first)) violation(key, "Q4: a leader without a committed record");
    return;
  }
}

void Checks::appended(const ReplicaKey& key, Node& node, const note::Appended& note) {
  if (note.base != node.log_end()) {
    violation(key,
              fmt::format("appended at {} behind {}", note.base.value(), node.log_end().value()));
  }
  const auto [at, first] = contents_.emplace(std::pair(note.base, note.leader_epoch), note.content);
  if (at->second != note.content) {
    violation(key, fmt::format("Q3: another batch at offset {} of epoch {}", note.base.value(),
                               note.leader_epoch.value()));
  }
  node.log.push_back({note.base, note.next, note.leader_epoch, note.content});
}

void Checks::cut(const ReplicaKey& key, Node& node, Offset to, bool may_lose_unsynced) {
  while (!node.log.empty() && node.log.back().next > to) {
    Batch& last = node.log.back();
    const auto reference = reference_.find(last.next);
    const bool is_committed = reference != reference_.end() && last.known &&
                              reference->second.content == last.content &&
                              reference->second.epoch == last.epoch;
    if (is_committed && !(may_lose_unsynced && last.next > node.durable_end)) {
      violation(key, fmt::format("Q3: a committed record at {} is cut", last.base.value()));
    }
    if (!last.known && last.base < to) {
      last.next = to;
      break;
    }
    node.log.pop_back();
  }
  node.durable_end = std::min(node.durable_end, to);
}

void Checks::truncated(const ReplicaKey& key, Node& node, const note::Truncated& note) {
  if (note.cause == note::TruncateCause::kSnapshot) {
    node.log.clear();
    node.log_start = note.to;
    node.durable_end = note.to;
    return;
  }
  if (note.cause == note::TruncateCause::kRecovery) return;  // ReplicaOpened tells what is left
  ++truncations;
  cut(key, node, note.to, false);
}

void Checks::opened(const ReplicaKey& key, Node& node, const note::ReplicaOpened& note) {
  node.promised_end = node.durable_end;
  // Beyond what was synced anything may have come back, even what was truncated.
  cut(key, node, std::min(node.durable_end, note.log_end), true);
  node.log_start = std::max(node.log_start, note.log_start);
  if (node.log_end() < note.log_end) {
    node.log.push_back({node.log_end(), note.log_end, LeaderEpoch(0), 0, {}, false});
  }
}

bool Checks::holds(const Node& node, Offset end) const {
  if (end <= node.log_start) return true;
  if (node.log_end() < end) return false;
  const auto reference = reference_.find(end);
  if (reference == reference_.end()) return true;
  const auto at =
      std::lower_bound(node.log.begin(), node.log.end(), end,
                       [](const Batch& batch, Offset wanted) { return batch.next < wanted; });
  if (at == node.log.end()) return false;
  return !at->known || (at->next == end && at->content == reference->second.content &&
                        at->epoch == reference->second.epoch);
}

void Checks::on_event(const ReplicaKey& key, const Event& event) {
  Node& node = nodes_[key];
  if (std::get_if<event::Opened>(&event) != nullptr) {
    // A snapshot on disk makes up for a log that was about to be replaced by it.
    if (node.log_end() < node.promised_end) violation(key, "synced records are gone");
  } else if (const auto* batch = std::get_if<event::Committed>(&event)) {
    committed(key, node, batch->batch);
  } else if (const auto* snapshot = std::get_if<event::SnapshotLoaded>(&event)) {
    loaded(key, node, *snapshot);
  } else if (const auto* failed = std::get_if<event::Failed>(&event)) {
    violation(key, "failed: " + failed->reason);
  }
}

void Checks::committed(const ReplicaKey& key, Node& node, const protocol::Batch& batch) {
  Batch entry{batch.base_offset, batch.next_offset(), batch.partition_leader_epoch,
              batch.content()};
  entry.committed_in = node.epoch;
  if (entry.base != node.applied_end) {
    violation(key,
              fmt::format("Q5: a gap: {} after {}", entry.base.value(), node.applied_end.value()));
  }
  const auto [at, first] = reference_.emplace(entry.next, entry);
  if (!first && (at->second.content != entry.content || at->second.epoch != entry.epoch ||
                 at->second.base != entry.base)) {
    violation(key, fmt::format("Q3: two committed batches at {}", entry.base.value()));
  }
  if (entry.next > committed_end_) {
    committed_end_ = entry.next;
    const auto& all = voters_.all();
    const auto have = std::count_if(all.begin(), all.end(), [&](const ReplicaKey& voter) {
      const Node& other = nodes_[voter];
      return other.durable_end >= entry.next && holds(other, entry.next);
    });
    if (static_cast<std::size_t>(have) < voters_.majority()) {
      violation(
          key, fmt::format("Q4: committed to {} with {} durable copies", entry.next.value(), have));
    }
  }
  node.applied_end = entry.next;
  if (!batch.is_control()) {
    protocol::RecordReader reader(batch);
    protocol::RecordView record;
    while (reader.next(record)) node.state = fold(node.state, hash_bytes(*record.value));
  }
  state_reached(key, node);
}

void Checks::loaded(const ReplicaKey& key, Node& node, const event::SnapshotLoaded& snapshot) {
  ++snapshots_loaded;
  if (snapshot.end < node.applied_end) violation(key, "Q5: a snapshot of the past");
  node.applied_end = snapshot.end;
  std::string text;
  for (const protocol::Batch& batch : snapshot.batches) {
    protocol::RecordReader reader(batch);
    protocol::RecordView record;
    while (reader.next(record)) text += text_of(*record.value);
  }
  node.state = std::strtoull(text.c_str(), nullptr, 16);
  state_reached(key, node);
}

void Checks::state_reached(const ReplicaKey& key, const Node& node) {
  const auto [at, first] = states_.emplace(node.applied_end, node.state);
  if (at->second != node.state) {
    violation(key, fmt::format("Q5: another state at {}", node.applied_end.value()));
  }
}

std::string Checks::state_of(const ReplicaKey& key) const { return to_hex(nodes_.at(key).state); }

Offset Checks::committed_end(const ReplicaKey& key) const {
  const auto at = nodes_.find(key);
  return at == nodes_.end() ? Offset(0) : at->second.applied_end;
}

}  // namespace logarium::raft::test
