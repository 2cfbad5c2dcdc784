#include "sim/checkers/cluster_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/hash.hpp"

namespace logarium::checkers {
namespace {

// Drops the entries at and above `offset`.
void cut(LogEntries& entries, Offset offset) {
  std::size_t keep = entries.size();
  while (keep > 0 && entries[keep - 1].next > offset) --keep;
  entries.truncate(keep);
}

// Drops the entries wholly below `offset`.
void drop_below(LogEntries& entries, std::uint64_t& first_chain, Offset offset) {
  const std::size_t drop = entries_below(entries, offset);
  if (drop == 0) return;
  first_chain = entries[drop - 1].chain;
  entries.drop_front(drop);
}

std::uint64_t chain_after(const LogEntries& entries, std::uint64_t first, const LogEntry& entry) {
  const std::uint64_t before = entries.empty() ? first : entries.back().chain;
  return fold(fold(fold(before, static_cast<std::uint64_t>(entry.base.value())),
                   static_cast<std::uint64_t>(entry.leader_epoch.value())),
              entry.content);
}

std::optional<NodeId> known(NodeId id) { return id.value() < 0 ? std::nullopt : std::optional(id); }

}  // namespace

void ClusterState::add_node(NodeIndex node, NodeId id, world::NodeKind kind) {
  if (nodes_.size() <= node.value()) nodes_.resize(node.value() + 1);
  NodeState& state = nodes_[node.value()];
  state.id = id;
  state.kind = kind;
  if (kind != world::NodeKind::kClient) servers_[id] = node;
}

const PartitionState* ClusterState::find(PartitionRef ref) const {
  if (last_partition_ < partitions_.size() && partitions_[last_partition_].ref == ref) {
    return &partitions_[last_partition_];
  }
  const auto at = index_.find(ref);
  return at == index_.end() ? nullptr : &partitions_[at->second];
}

std::optional<NodeIndex> ClusterState::server_index(NodeId id) const {
  const auto at = servers_.find(id);
  return at == servers_.end() ? std::nullopt : std::optional(at->second);
}

const NodeState* ClusterState::server(NodeId id) const {
  const auto index = server_index(id);
  return index ? &nodes_[index->value()] : nullptr;
}

PartitionState& ClusterState::partition(PartitionRef ref) {
  if (last_partition_ < partitions_.size() && partitions_[last_partition_].ref == ref) {
    return partitions_[last_partition_];
  }
  const auto [at, fresh] = index_.try_emplace(ref, partitions_.size());
  if (fresh) {
    const auto sibling =
        std::find_if(partitions_.begin(), partitions_.end(),
                     [&](const PartitionState& state) { return state.ref.topic == ref.topic; });
    const TopicPromise promise = sibling == partitions_.end() ? TopicPromise{} : sibling->promise;
    partitions_.emplace_back();
    partitions_.back().ref = ref;
    partitions_.back().promise = promise;
    partitions_.back().index = at->second;
  }
  last_partition_ = at->second;
  return partitions_[at->second];
}

ReplicaState& ClusterState::replica(const At& at, PartitionRef ref) {
  PartitionState& state = partition(ref);
  const NodeId id = nodes_[at.node.value()].id;
  if (ReplicaState* found = state.replica(id)) return *found;
  ReplicaState fresh;
  fresh.node = at.node;
  fresh.id = id;
  state.states.push_back(std::move(fresh));
  return state.states.back();
}

// Takes what the leader has below its high watermark into the ghost.
void ClusterState::commit(PartitionState& state, const ReplicaState& leader, Offset committed) {
  if (committed <= state.ghost_end) return;
  const Offset from = state.ghost.empty() ? state.ghost_start : state.ghost.back().next;
  std::size_t i = entries_below(leader.entries, std::max(from, leader.log_start));
  if (state.ghost.empty() && i < leader.entries.size()) {
    state.ghost_first_chain = i == 0 ? leader.first_chain : leader.entries[i - 1].chain;
  }
  for (; i < leader.entries.size() && leader.entries[i].next <= committed; ++i) {
    LogEntry entry = leader.entries[i];
    entry.chain = chain_after(state.ghost, state.ghost_first_chain, entry);
    state.ghost.push_back(entry);
  }
  state.ghost_end = committed;
}

// A leader that takes office without all committed records ends what was promised about them: the
// ghost goes on from what it has. Whether that was allowed is for the checkers to say.
void ClusterState::take_office(const At& at, PartitionState& state, const ReplicaState& leader) {
  const Offset end = state.ghost.empty() ? state.ghost_start : state.ghost.back().next;
  if (state.agrees(leader, end) && leader.log_end >= state.ghost_end) return;
  const Offset from = std::max(state.agreement(leader), state.ghost_start);
  if (from >= state.ghost_end) return;
  const std::size_t first = entries_below(state.ghost, from);
  GhostCut cut_made{from, state.ghost_end, at.event, at.time, leader.id, leader.leader_epoch,
                    0,    state.ghost_end, {}};
  if (first < state.ghost.size()) cut_made.oldest_write = state.ghost[first].event;
  for (std::size_t i = first; i < state.ghost.size(); ++i) cut_made.lost.push_back(state.ghost[i]);
  for (const ReplicaState& replica : state.states) {
    cut_made.reach = std::max(cut_made.reach, replica.log_end);
  }
  state.cuts.push_back(std::move(cut_made));
  cut(state.ghost, from);
  state.ghost_end = from;
}

void ClusterState::set_promise(Uuid topic, const TopicPromise& promise) {
  for (PartitionState& state : partitions_) {
    if (state.ref.topic == topic) state.promise = promise;
  }
}

struct ClusterState::Folder {
  ClusterState& self;
  const At& at;

  [[nodiscard]] NodeState& node() const { return self.nodes_[at.node.value()]; }
  [[nodiscard]] Cause cause(std::string text) const {
    return {at.event, at.time, at.node, std::move(text)};
  }
  // A loss that concerns every replica on this node.
  void loss_on_node(LossEvent::Kind kind, const std::string& text) const {
    for (PartitionState& partition : self.partitions_) {
      if (const ReplicaState* replica = partition.replica(node().id)) {
        partition.losses.push_back({kind, cause(text), node().id, replica->synced_end});
      }
    }
  }

  // ---- replicas -------------------------------------------------------------------------------
  void operator()(const note::ReplicaOpened& n) const {
    self.sends_.opened(at.node, n);
    ReplicaState& replica = self.replica(at, n.partition);
    replica.open = true;
    replica.leading = false;
    replica.leader_epoch = LeaderEpoch(-1);
    if (n.log_end < replica.log_end) {
      self.partition(n.partition)
          .losses.push_back(
              {LossEvent::Kind::kRecoveryCut,
               cause(fmt::format("recovery found the log of node {} to end at {} "
                                 "instead of {}",
                                 replica.id.value(), n.log_end.value(), replica.log_end.value())),
               replica.id, n.log_end});
    }
    cut(replica.entries, n.log_end);
    drop_below(replica.entries, replica.first_chain, n.log_start);
    replica.log_start = n.log_start;
    replica.log_end = n.log_end;
    replica.synced_end = std::min(replica.synced_end, n.log_end);
    replica.high_watermark = n.high_watermark;
    replica.told_chain = n.chain;
  }
  // A write that was under way when the process ended may be on the disk although nobody was told.
  void operator()(const note::BatchRecovered& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    const bool older = !replica.entries.empty() && n.base < replica.entries.front().base;
    if (older || n.next <= replica.log_start) return;
    const std::size_t known = entry_at(replica.entries, n.base);
    if (known < replica.entries.size()) {
      const LogEntry& entry = replica.entries[known];
      if (entry.content == n.content && entry.leader_epoch == n.leader_epoch) return;
      if (node().rotten) misread(replica, n);
      cut(replica.entries, n.base);
    } else if (node().rotten && !replica.entries.empty() && n.base > replica.entries.back().next) {
      misread(replica, n);
    }
    append(replica, n.partition, {n.base, n.next, n.leader_epoch, n.content, 0, at.event});
  }
  void misread(const ReplicaState& replica, const note::BatchRecovered& n) const {
    PartitionState& partition = self.partition(n.partition);
    if (partition.misread) return;
    const Cause deceived =
        cause(fmt::format("recovery of node {} took a batch at offset {} for "
                          "sound that its log never held there",
                          replica.id.value(), n.base.value()));
    partition.losses.push_back({LossEvent::Kind::kMisread, deceived, replica.id, n.base});
    partition.misread = Misread{deceived, replica.id, n.base, n.next};
  }
  void append(ReplicaState& replica, PartitionRef ref, LogEntry entry) const {
    if (replica.entries.empty()) {
      // A log that begins here: what lies below is taken to agree with the ghost.
      const PartitionState& partition = self.partition(ref);
      const std::size_t below = entries_below(partition.ghost, entry.base);
      replica.first_chain =
          below == 0 ? partition.ghost_first_chain : partition.ghost[below - 1].chain;
    }
    entry.chain = chain_after(replica.entries, replica.first_chain, entry);
    replica.entries.push_back(entry);
  }
  void operator()(const note::ReplicaDeleted& n) const {
    PartitionState& partition = self.partition(n.partition);
    const NodeId id = node().id;
    std::erase_if(partition.states, [&](const ReplicaState& r) { return r.id == id; });
  }
  void operator()(const note::BecameLeader& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    replica.role = note::Role::kLeader;
    replica.leading = true;
    replica.has_led = true;
    replica.leader_epoch = n.leader_epoch;
    replica.partition_epoch = n.partition_epoch;
    PartitionState& partition = self.partition(n.partition);
    if (partition.commits(replica)) {
      partition.office = n.leader_epoch;
      partition.office_end = replica.log_end;
    }
    if (!partition.legitimate(replica)) return;
    self.take_office(at, partition, replica);
    // What its predecessor committed and told it, before either heard of the election, it holds
    // committed from the first instant on.
    self.commit(partition, replica, std::min(replica.high_watermark, replica.log_end));
  }
  void operator()(const note::BecameFollower& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    replica.role = note::Role::kFollower;
    replica.leading = false;
    replica.leader_epoch = n.leader_epoch;
    replica.partition_epoch = n.partition_epoch;
  }
  void operator()(const note::Appended& n) const {
    if (n.role == note::Role::kLeader) self.sends_.appended(n);
    ReplicaState& replica = self.replica(at, n.partition);
    append(replica, n.partition, {n.base, n.next, n.leader_epoch, n.content, 0, at.event});
    replica.log_end = n.next;
    replica.written = at.time;
    replica.told_chain = n.chain;
  }
  // A node that opens its log after a crash counts nothing as synced that it has no checkpoint of;
  // on the disk it is all the same.
  void operator()(const note::Synced& n) const {
    Offset& synced_end = self.replica(at, n.partition).synced_end;
    synced_end = std::max(synced_end, n.end);
  }
  void operator()(const note::Truncated& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    cut(replica.entries, n.to);
    if (n.cause == note::TruncateCause::kOutOfRange && replica.entries.empty()) {
      replica.log_start = std::max(replica.log_start, n.to);
    }
    replica.log_end = n.to;
    replica.told_chain = n.chain;
    replica.synced_end = std::min(replica.synced_end, n.to);
    replica.high_watermark = std::min(replica.high_watermark, n.to);
    if (n.to >= n.from) return;
    ++self.counts_.truncations;
    self.counts_.records_truncated += static_cast<std::uint64_t>(n.from - n.to);
    PartitionState& partition = self.partition(n.partition);
    // A leader that had not heard of the cut may have written on, and served what it wrote.
    for (GhostCut& cut : partition.cuts) {
      if (n.to <= cut.reach) cut.reach = std::max(cut.reach, n.from);
    }
    partition.losses.push_back(
        {LossEvent::Kind::kTruncation,
         cause(fmt::format("node {} truncated its log from {} to {}", replica.id.value(),
                           n.from.value(), n.to.value())),
         replica.id, n.to});
  }
  void operator()(const note::LogStartMoved& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    replica.log_start = n.start;
    drop_below(replica.entries, replica.first_chain, n.start);
    PartitionState& partition = self.partition(n.partition);
    const bool legal = n.cause == note::StartCause::kRetention ||
                       n.cause == note::StartCause::kDeleteRecords ||
                       n.cause == note::StartCause::kSnapshot;
    if (!legal || !replica.leading) return;
    partition.ghost_start = std::max(partition.ghost_start, n.start);
    partition.losses.push_back(
        {n.cause == note::StartCause::kDeleteRecords ? LossEvent::Kind::kDeleteRecords
                                                     : LossEvent::Kind::kRetention,
         cause(fmt::format("the log now starts at {}", n.start.value())), replica.id, n.start});
  }
  void operator()(const note::HighWatermarkMoved& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    replica.high_watermark = n.high_watermark;
    PartitionState& partition = self.partition(n.partition);
    const bool quorum = n.partition == kMetadataPartition;
    // A leader that was deposed and has no successor in office yet still commits: whoever succeeds
    // it comes from the ISR that it waits for, or from the ELR, and has what every member of that
    // ISR has.
    const bool commits = quorum ? n.role == note::Role::kLeader : partition.commits(replica);
    self.commit(partition, replica, commits ? n.high_watermark : partition.commits_below(replica));
  }
  void operator()(const note::ProduceAnswered& n) const {
    const PartitionState* partition = self.find(n.partition);
    const ReplicaState* replica = partition == nullptr ? nullptr : partition->replica(node().id);
    const bool whole = replica != nullptr && replica->log_start == Offset(0);
    self.sends_.answered(at.node, at.event, n, whole ? &replica->entries : nullptr);
  }
  void operator()(const note::IsrState& n) const {
    ReplicaState& replica = self.replica(at, n.partition);
    replica.isr = n.committed;
    replica.maximal_isr = n.maximal;
    replica.isr_changed = at.time;
    replica.partition_epoch = n.partition_epoch;
  }

  // ---- members --------------------------------------------------------------------------------
  void operator()(const note::BrokerStateChanged& n) const {
    node().broker_state = n.state;
    node().broker_state_since = at.time;
  }
  void operator()(const note::MetadataApplied& n) const {
    node().metadata_applied = n.next;
    node().image_hash = n.image_hash;
  }
  void operator()(const note::QuorumRoleChanged& n) const {
    NodeState& state = node();
    if (n.role == note::QuorumRole::kLeader && state.quorum_role != n.role)
      ++self.counts_.elections;
    state.quorum_role = n.role;
    state.quorum_epoch = n.epoch;
    state.quorum_leader = known(n.leader);
  }
  void operator()(const note::VoteRefused&) const { ++self.counts_.votes_refused; }

  // ---- committed metadata -----------------------------------------------------------------------
  void operator()(const note::ReplicaPlaced& n) const {
    PartitionState& partition = self.partition(n.partition);
    partition.replicas.resize(static_cast<std::size_t>(n.count));
    partition.replicas[static_cast<std::size_t>(n.position)] = n.node;
    partition.placed = at.time;
  }
  void operator()(const note::PartitionCommitted& n) const {
    PartitionState& partition = self.partition(n.partition);
    const std::optional<NodeId> leader = known(n.leader);
    if (partition.leader_epoch.value() >= 0) {
      if (leader != partition.leader) ++self.counts_.leader_changes;
      if (n.isr != partition.isr) ++self.counts_.isr_changes;
    }
    const bool unclean = n.election == note::ElectionKind::kUnclean;
    if (unclean) ++self.counts_.unclean_elections;
    const bool last_known = n.election == note::ElectionKind::kLastKnown;
    if (leader && (leader != partition.leader || unclean || last_known)) {
      const auto kind = unclean      ? LossEvent::Kind::kUncleanElection
                        : last_known ? LossEvent::Kind::kLastKnownElection
                                     : LossEvent::Kind::kElection;
      const char* word = unclean ? "unclean" : last_known ? "last-known-leader" : "clean";
      partition.losses.push_back(
          {kind,
           cause(fmt::format("{} election of node {} in leader epoch {}", word, n.leader.value(),
                             n.leader_epoch.value())),
           leader, Offset(0)});
    }
    auto& assignments = partition.assignments;
    if (assignments.empty() || assignments.rbegin()->second != partition.replicas) {
      assignments[n.partition_epoch] = partition.replicas;
    }
    const ReplicaSet before =
        partition.placed_now(partition.isr, partition.partition_epoch).value_or(partition.isr);
    for (ReplicaState& replica : partition.states) {
      const bool joins = partition.in(n.isr, replica.id) && !partition.in(before, replica.id);
      if (joins) replica.joined_isr = at.event;
    }
    const PartitionEpoch expected(partition.partition_epoch.value() + 1);
    if (n.partition_epoch > expected) {
      partition.untold[expected] = PartitionEpoch(n.partition_epoch.value() - 1);
    }
    const bool new_epoch = n.leader_epoch > partition.leader_epoch;
    partition.leader = leader;
    partition.changed = at.time;
    partition.leader_epoch = n.leader_epoch;
    partition.partition_epoch = n.partition_epoch;
    partition.isr = n.isr;
    partition.elr = n.elr;
    if (!leader) return;
    partition.leaders.try_emplace(n.leader_epoch, *leader);
    // A broker may act by what was committed before the controller tells of it.
    const ReplicaState* replica = partition.replica(*leader);
    const bool leads = replica != nullptr && partition.legitimate(*replica);
    if (!new_epoch || !leads) return;
    partition.office = n.leader_epoch;
    partition.office_end = replica->log_end;
    self.take_office(at, partition, *replica);
  }
  void operator()(const note::TopicDeleted& n) const {
    for (PartitionState& partition : self.partitions_) {
      if (partition.ref.topic != n.topic) continue;
      partition.deleted = true;
      partition.changed = at.time;
    }
  }
  NodeState* broker(NodeId id) const {
    const auto index = self.server_index(id);
    return index ? &self.nodes_[index->value()] : nullptr;
  }
  enum class Fenced : std::uint8_t { kYes, kNo };
  void set_fenced(NodeId id, Fenced fenced) const {
    NodeState* state = broker(id);
    if (state == nullptr) return;
    state->fenced = fenced == Fenced::kYes;
    state->registration_changed = at.time;
  }
  void operator()(const note::BrokerRegistered& n) const {
    NodeState* state = broker(n.broker);
    if (state == nullptr) return;
    state->broker_epoch = n.epoch;
    state->fenced = true;
    state->in_controlled_shutdown = false;
    state->registration_changed = at.time;
  }
  void operator()(const note::BrokerFenced& n) const {
    ++self.counts_.fenced;
    set_fenced(n.broker, Fenced::kYes);
  }
  void operator()(const note::BrokerUnfenced& n) const { set_fenced(n.broker, Fenced::kNo); }
  void operator()(const note::BrokerInControlledShutdown& n) const {
    if (NodeState* state = broker(n.broker)) state->in_controlled_shutdown = true;
  }

  // ---- clients ----------------------------------------------------------------------------------
  void operator()(const note::BatchSent& n) const {
    node().idempotent = n.sequence.value() >= 0;
    self.sends_.sent(at.node, at.event, n);
  }
  void operator()(const note::BatchAcked& n) const {
    self.sends_.acked(at.event, n);
    node().acks = n.acks;
    self.counts_.acked += static_cast<std::uint64_t>(n.records);
  }
  void operator()(const note::BatchFailed& n) const {
    self.counts_.failed += static_cast<std::uint64_t>(n.records);
  }
  void operator()(const note::Delivered& n) const {
    self.counts_.consumed += static_cast<std::uint64_t>(n.next - n.base);
    reads_on(n.partition, n.next);
  }
  void operator()(const note::PositionReset& n) const {
    ++self.counts_.resets;
    reads_on(n.partition, n.to);
  }
  void reads_on(PartitionRef ref, Offset next) const {
    std::vector<Reader>& readers = self.partition(ref).readers;
    for (Reader& reader : readers) {
      if (reader.node != at.node) continue;
      reader.next = next;
      return;
    }
    readers.push_back({at.node, next});
  }

  // ---- the host ---------------------------------------------------------------------------------
  void operator()(const note::ProcessStarted& n) const {
    NodeState& state = node();
    state.up = true;
    state.incarnation = n.incarnation;
    state.started = at.time;
    state.metadata_applied = Offset(0);
    state.image_hash = 0;
  }
  void operator()(const note::ProcessEnded& n) const {
    NodeState& state = node();
    state.up = false;
    state.broker_state = note::BrokerState::kNotRunning;
    state.quorum_role = note::QuorumRole::kUnattached;
    state.quorum_leader = std::nullopt;
    for (PartitionState& partition : self.partitions_) {
      if (ReplicaState* replica = partition.replica(state.id)) {
        replica->open = false;
        replica->leading = false;
        replica->leader_epoch = LeaderEpoch(-1);
      }
    }
    if (n.cause == note::EndCause::kPowerLoss) {
      loss_on_node(LossEvent::Kind::kPowerLoss,
                   fmt::format("node {} lost its power", state.id.value()));
    } else if (n.cause != note::EndCause::kClean) {
      loss_on_node(LossEvent::Kind::kUncleanStop,
                   fmt::format("node {} stopped uncleanly", state.id.value()));
    }
  }
  void operator()(const note::BytesLost& n) const { self.counts_.bytes_lost += n.bytes; }
  void operator()(const note::DiskWiped& n) const {
    node().rotten = false;
    self.counts_.bytes_lost += n.bytes;
    loss_on_node(LossEvent::Kind::kWipe,
                 fmt::format("the disk of node {} was wiped", node().id.value()));
    for (PartitionState& partition : self.partitions_) {
      ReplicaState* replica = partition.replica(node().id);
      if (replica == nullptr) continue;
      replica->entries.truncate(0);
      replica->first_chain = 0;
      replica->log_start = replica->log_end = replica->high_watermark = Offset(0);
      replica->synced_end = Offset(0);
      replica->has_led = false;
    }
  }
  void operator()(const note::FaultBegan& n) const {
    ++self.counts_.faults;
    const auto kind = static_cast<world::FaultKind>(n.kind);
    const bool disturbs = kind == world::FaultKind::kPause || kind == world::FaultKind::kSlowNode ||
                          kind == world::FaultKind::kClock;
    if (disturbs) node().disturbed = true;
    if (kind == world::FaultKind::kBitRot) node().rotten = true;
  }
  template <class Other>
  void operator()(const Other&) const {}
};

void ClusterState::apply(const At& at, const Note& note) { std::visit(Folder{*this, at}, note); }

}  // namespace logarium::checkers
