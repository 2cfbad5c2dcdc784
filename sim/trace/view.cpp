#include "sim/trace/view.hpp"

#include <algorithm>

#include "engine/base/ensure.hpp"

namespace logarium::trace {
namespace {

std::optional<NodeId> known(NodeId id) { return id.value() < 0 ? std::nullopt : std::optional(id); }

// Crash, power loss, wipe, connection reset and bit rot (world::FaultKind) strike once.
bool momentary(std::int32_t kind) {
  return kind == 0 || kind == 1 || kind == 3 || kind == 12 || kind == 16;
}

constexpr std::int32_t kReplicasMax = 32;  // a ReplicaSet has so many bits

bool contains(const std::vector<std::uint32_t>& nodes, std::uint32_t node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

// ---- parts --------------------------------------------------------------------------------------

void LogView::cut(Offset end) {
  while (!epochs.empty() && epochs.back().start >= end) epochs.pop_back();
}

void LogView::drop_below(Offset start) {
  std::size_t drop = 0;
  while (drop + 1 < epochs.size() && epochs[drop + 1].start <= start) ++drop;
  epochs.erase(epochs.begin(), epochs.begin() + static_cast<std::ptrdiff_t>(drop));
  if (!epochs.empty()) epochs.front().start = std::max(epochs.front().start, start);
  if (log_end <= start) epochs.clear();
}

void LogView::append(Offset base, LeaderEpoch epoch) {
  if (!epochs.empty() && epochs.back().epoch == epoch) return;
  epochs.push_back({epoch, std::max(base, log_start)});
}

const LogView* PartitionView::log(std::uint32_t node) const {
  const auto at = std::find_if(logs.begin(), logs.end(),
                               [node](const LogView& log) { return log.node == node; });
  return at == logs.end() ? nullptr : &*at;
}

bool PartitionView::in(ReplicaSet set, NodeId id) const {
  const auto at = std::find(replicas.begin(), replicas.end(), id);
  return at != replicas.end() && (set.value() >> (at - replicas.begin()) & 1) != 0;
}

std::optional<Divergence> divergence(const PartitionView& partition, const LogView& follower) {
  const auto leader = std::find_if(partition.logs.begin(), partition.logs.end(),
                                   [](const LogView& log) { return log.leading && log.open; });
  if (leader == partition.logs.end() || leader->node == follower.node) return std::nullopt;
  const Offset start = std::max(leader->log_start, follower.log_start);
  const Offset both = std::min(leader->log_end, follower.log_end);
  const auto epoch_at = [](const LogView& log, Offset offset) {
    auto after = std::find_if(log.epochs.begin(), log.epochs.end(),
                              [offset](const EpochRange& range) { return range.start > offset; });
    return after == log.epochs.begin() ? LeaderEpoch(-1) : std::prev(after)->epoch;
  };
  std::vector<Offset> borders{start};
  for (const LogView* log : {&*leader, &follower}) {
    for (const EpochRange& range : log->epochs) {
      if (range.start > start) borders.push_back(range.start);
    }
  }
  std::sort(borders.begin(), borders.end());
  Offset agreed = both;
  for (const Offset border : borders) {
    if (border >= both) break;
    if (epoch_at(*leader, border) == epoch_at(follower, border)) continue;
    agreed = border;
    break;
  }
  if (agreed >= follower.log_end) return std::nullopt;
  return Divergence{agreed, follower.log_end};
}

// ---- the whole ----------------------------------------------------------------------------------

View::View(const std::vector<NodeInfo>& nodes) : nodes_(nodes.size()) {
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind != "client") servers_.emplace(nodes[i].id, i);
  }
}

const PartitionView* View::find(PartitionRef ref) const {
  if (last_ < partitions_.size() && partitions_[last_].ref == ref) return &partitions_[last_];
  const auto at = index_.find(ref);
  return at == index_.end() ? nullptr : &partitions_[at->second];
}

PartitionView& View::partition(PartitionRef ref) {
  if (last_ < partitions_.size() && partitions_[last_].ref == ref) return partitions_[last_];
  const auto [at, fresh] = index_.try_emplace(ref, partitions_.size());
  if (fresh) partitions_.emplace_back().ref = ref;
  last_ = at->second;
  return partitions_[last_];
}

LogView& View::log(std::uint32_t node, PartitionRef ref) {
  std::vector<LogView>& logs = partition(ref).logs;
  auto at = logs.begin();
  while (at != logs.end() && at->node < node) ++at;
  if (at == logs.end() || at->node != node) {
    at = logs.insert(at, LogView{});
    at->node = node;
  }
  return *at;
}

std::optional<std::uint32_t> View::server(NodeId id) const {
  const auto at = servers_.find(id);
  return at == servers_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::uint32_t> View::controller() const {
  std::optional<std::uint32_t> best;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].controls) continue;
    if (!best || *nodes_[*best].controls < *nodes_[i].controls) best = i;
  }
  return best;
}

// ---- the fold -----------------------------------------------------------------------------------

struct View::Folder {
  View& self;
  std::uint32_t index;

  [[nodiscard]] NodeView& node() const { return self.nodes_[index]; }
  [[nodiscard]] LogView& log(PartitionRef ref) const { return self.log(index, ref); }

  // ---- logs
  void operator()(const note::ReplicaOpened& n) const {
    LogView& one = log(n.partition);
    one.open = true;
    one.leading = false;
    one.leader_epoch = LeaderEpoch(-1);
    one.isr = one.maximal_isr = ReplicaSet(0);
    one.cut(n.log_end);
    one.log_end = n.log_end;
    one.log_start = n.log_start;
    one.drop_below(n.log_start);
    one.high_watermark = n.high_watermark;
    one.synced_end = std::min(one.synced_end, n.log_end);
  }
  void operator()(const note::BatchRecovered& n) const {
    LogView& one = log(n.partition);
    if (n.next <= one.log_start) return;
    // What was told of offsets from here on is told anew, batch by batch.
    one.cut(n.base);
    one.log_end = n.next;
    one.append(n.base, n.leader_epoch);
  }
  void operator()(const note::ReplicaDeleted& n) const {
    std::vector<LogView>& logs = self.partition(n.partition).logs;
    std::erase_if(logs, [this](const LogView& one) { return one.node == index; });
  }
  void operator()(const note::BecameLeader& n) const {
    LogView& one = log(n.partition);
    one.leading = true;
    one.leader_epoch = n.leader_epoch;
  }
  void operator()(const note::BecameFollower& n) const {
    LogView& one = log(n.partition);
    one.leading = false;
    one.leader_epoch = n.leader_epoch;
    one.isr = one.maximal_isr = ReplicaSet(0);
  }
  void operator()(const note::Appended& n) const {
    LogView& one = log(n.partition);
    one.append(n.base, n.leader_epoch);
    one.log_end = n.next;
  }
  void operator()(const note::Synced& n) const { log(n.partition).synced_end = n.end; }
  void operator()(const note::Truncated& n) const {
    LogView& one = log(n.partition);
    one.cut(n.to);
    one.log_end = n.to;
    if (n.to > n.from) one.epochs.clear();
    one.synced_end = std::min(one.synced_end, n.to);
  }
  void operator()(const note::LogStartMoved& n) const {
    LogView& one = log(n.partition);
    one.log_start = n.start;
    one.drop_below(n.start);
  }
  void operator()(const note::HighWatermarkMoved& n) const {
    log(n.partition).high_watermark = n.high_watermark;
  }
  void operator()(const note::IsrState& n) const {
    LogView& one = log(n.partition);
    one.isr = n.committed;
    one.maximal_isr = n.maximal;
  }
  void close_logs() const {
    for (PartitionView& partition : self.partitions_) {
      for (LogView& one : partition.logs) {
        if (one.node != index) continue;
        one.open = one.leading = false;
        one.leader_epoch = LeaderEpoch(-1);
        one.isr = one.maximal_isr = ReplicaSet(0);
      }
    }
  }

  // ---- members
  void operator()(const note::BrokerStateChanged& n) const { node().broker_state = n.state; }
  void operator()(const note::MetadataApplied& n) const { node().metadata_next = n.next; }
  void operator()(const note::QuorumRoleChanged& n) const {
    node().quorum = QuorumView{n.role, n.epoch, known(n.leader)};
    if (n.role != note::QuorumRole::kLeader) node().controls = std::nullopt;
    // The metadata log follows whoever leads the quorum.
    if (self.find(kMetadataPartition) == nullptr) return;
    for (LogView& one : self.partition(kMetadataPartition).logs) {
      if (one.node == index) one.leading = n.role == note::QuorumRole::kLeader;
    }
  }
  void operator()(const note::ControllerActive& n) const { node().controls = n.epoch; }

  // ---- committed metadata
  void operator()(const note::ReplicaPlaced& n) const {
    // A damaged run file may say anything.
    if (n.count < 0 || n.count > kReplicasMax || n.position < 0 || n.position >= n.count) return;
    PartitionView& one = self.partition(n.partition);
    one.replicas.resize(static_cast<std::size_t>(n.count));
    one.replicas[static_cast<std::size_t>(n.position)] = n.node;
  }
  void operator()(const note::PartitionCommitted& n) const {
    PartitionView& one = self.partition(n.partition);
    one.leader = known(n.leader);
    one.leader_epoch = n.leader_epoch;
    one.partition_epoch = n.partition_epoch;
    one.isr = n.isr;
    one.elr = n.elr;
  }
  void operator()(const note::TopicDeleted& n) const {
    for (PartitionView& one : self.partitions_) {
      if (one.ref.topic == n.topic) one.deleted = true;
    }
  }
  [[nodiscard]] NodeView* broker(NodeId id) const {
    const auto at = self.server(id);
    return at ? &self.nodes_[*at] : nullptr;
  }
  void operator()(const note::BrokerRegistered& n) const {
    NodeView* one = broker(n.broker);
    if (one == nullptr) return;
    one->broker_epoch = n.epoch;
    one->fenced = true;
    one->in_controlled_shutdown = false;
  }
  void operator()(const note::BrokerFenced& n) const {
    if (NodeView* one = broker(n.broker)) one->fenced = true;
  }
  void operator()(const note::BrokerUnfenced& n) const {
    if (NodeView* one = broker(n.broker)) one->fenced = false;
  }
  void operator()(const note::BrokerInControlledShutdown& n) const {
    if (NodeView* one = broker(n.broker)) one->in_controlled_shutdown = true;
  }

  // ---- clients
  void operator()(const note::BatchSent& n) const {
    for (InFlightView& one : node().in_flight) {
      if (one.content != n.content) continue;
      one.attempt = n.attempt;
      return;
    }
    node().in_flight.push_back({n.partition, n.content, n.records, n.attempt});
  }
  void landed(std::uint64_t content) const {
    auto& list = node().in_flight;
    const auto at = std::find_if(list.begin(), list.end(), [content](const InFlightView& one) {
      return one.content == content;
    });
    if (at != list.end()) list.erase(at);
  }
  void operator()(const note::BatchAcked& n) const {
    node().acked += static_cast<std::uint64_t>(n.records);
    landed(n.content);
  }
  void operator()(const note::BatchFailed& n) const {
    node().failed += static_cast<std::uint64_t>(n.records);
    landed(n.content);
  }
  void operator()(const note::Delivered& n) const {
    node().delivered +=
        static_cast<std::uint64_t>(n.next.value()) - static_cast<std::uint64_t>(n.base.value());
    reads_on(n.partition, n.next);
  }
  void operator()(const note::PositionReset& n) const { reads_on(n.partition, n.to); }
  void reads_on(PartitionRef ref, Offset next) const {
    auto& list = node().positions;
    auto at = list.begin();
    while (at != list.end() && at->partition < ref) ++at;
    if (at == list.end() || at->partition != ref) at = list.insert(at, PositionView{ref, next});
    at->next = next;
  }

  // ---- the host
  void operator()(const note::ProcessStarted& n) const {
    node().up = true;
    node().incarnation = n.incarnation;
    node().metadata_next = Offset(0);
  }
  void operator()(const note::ProcessEnded&) const {
    NodeView& one = node();
    one.up = false;
    one.broker_state = note::BrokerState::kNotRunning;
    one.quorum = std::nullopt;
    one.controls = std::nullopt;
    one.metadata_next = Offset(0);
    one.positions.clear();
    one.in_flight.clear();
    close_logs();
  }
  void operator()(const note::DiskWiped&) const {
    for (PartitionView& partition : self.partitions_) {
      std::erase_if(partition.logs, [this](const LogView& one) { return one.node == index; });
    }
  }
  void operator()(const note::FaultBegan& n) const {
    if (momentary(n.kind)) return;
    // One fault tells its nodes one after the other, all at the same time.
    const auto same = [&](const FaultView& one) {
      return one.fault == n.fault && one.kind == n.kind && began_now(one) &&
             !contains(one.nodes, index);
    };
    const auto at = std::find_if(self.faults_.begin(), self.faults_.end(), same);
    if (at != self.faults_.end()) {
      at->nodes.push_back(index);
    } else {
      self.faults_.push_back({n.fault, n.kind, self.event_, {index}});
    }
    self.last_fault_ = self.time_;
  }
  [[nodiscard]] bool began_now(const FaultView& one) const {
    return &one == &self.faults_.back() && self.last_fault_ == self.time_;
  }
  void operator()(const note::FaultEnded& n) const {
    for (auto one = self.faults_.begin(); one != self.faults_.end(); ++one) {
      if (one->fault != n.fault || one->kind != n.kind || !contains(one->nodes, index)) continue;
      std::erase(one->nodes, index);
      if (one->nodes.empty()) self.faults_.erase(one);
      return;
    }
  }
  template <class Other>
  void operator()(const Other&) const {}
};

void View::apply(std::uint64_t number, Instant time, std::uint32_t node,
                 const std::vector<Note>& notes) {
  ENSURE(node < nodes_.size());
  event_ = number;
  time_ = time;
  const Folder folder{*this, node};
  for (const Note& note : notes) std::visit(folder, note);
}

void View::apply(const Event& event) { apply(event.number, event.time, event.node, event.notes); }

}  // namespace logarium::trace
