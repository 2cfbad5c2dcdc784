#include "sim/trace/view.hpp"

#include <algorithm>
#include <bit>

#include "engine/base/ensure.hpp"

namespace logarium::trace {
namespace {

std::optional<NodeId> known(NodeId id) { return id.value() < 0 ? std::nullopt : std::optional(id); }

// Crash, power loss, wipe, connection reset and bit rot (world::FaultKind) strike once.
bool momentary(std::int32_t kind) {
  return kind == 0 || kind == 1 || kind == 3 || kind == 12 || kind == 16;
}

constexpr std::int16_t kFetchKey = 1;      // Kafka's API key of Fetch
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
    serves_.push_back(nodes[i].kind != "client");
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
    PartitionView& partition = self.partition(n.partition);
    LogView& one = log(n.partition);
    one.append(n.base, n.leader_epoch);
    if (n.role == note::Role::kLeader) {
      // Followers that had everything fall behind now.
      for (LogView& other : partition.logs) {
        if (other.node != index && other.log_end >= one.log_end) other.caught_up = self.time_;
      }
      one.log_end = n.next;
      self.counts_.records_in += distance(n.base, n.next);
      return;
    }
    one.log_end = n.next;
    const auto leader = std::find_if(partition.logs.begin(), partition.logs.end(),
                                     [](const LogView& other) { return other.leading; });
    if (leader != partition.logs.end() && leader->log_end <= n.next) one.caught_up = self.time_;
  }
  // A damaged run file may say anything.
  static std::uint64_t distance(Offset from, Offset to) {
    return static_cast<std::uint64_t>(to.value()) - static_cast<std::uint64_t>(from.value());
  }
  void operator()(const note::Synced& n) const { log(n.partition).synced_end = n.end; }
  void operator()(const note::Truncated& n) const {
    LogView& one = log(n.partition);
    one.cut(n.to);
    one.log_end = n.to;
    if (n.to > n.from) one.epochs.clear();
    one.synced_end = std::min(one.synced_end, n.to);
    ++self.counts_.truncations;
  }
  void operator()(const note::LogStartMoved& n) const {
    LogView& one = log(n.partition);
    one.log_start = n.start;
    one.drop_below(n.start);
  }
  void operator()(const note::HighWatermarkMoved& n) const {
    LogView& one = log(n.partition);
    if (n.high_watermark < one.high_watermark) ++self.counts_.falls;
    one.high_watermark = n.high_watermark;
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

  // ---- messages
  void received(const InputRecord& input) const {
    if (input.direction != Message::Direction::kRequest) return;
    ++self.counts_.requests;
    if (input.api_key != kFetchKey || input.sent == 0 || !self.is_server(input.sender)) return;
    std::vector<HeardView>& heard = node().heard;
    auto at = heard.begin();
    while (at != heard.end() && at->from < input.sender) ++at;
    if (at == heard.end() || at->from != input.sender)
      at = heard.insert(at, HeardView{input.sender, {}});
    at->at = self.time_;
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
  void operator()(const note::ControllerActive& n) const {
    node().controls = n.epoch;
    ++self.counts_.controllers;
  }
  void operator()(const note::VotePersisted& n) const {
    node().vote = VoteView{n.epoch, n.candidate};
  }
  void operator()(const note::ProduceAnswered& n) const {
    if (n.error != 0) ++self.counts_.failed_produces;
  }

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
    count(one, n);
    one.leader = known(n.leader);
    one.leader_epoch = n.leader_epoch;
    one.partition_epoch = n.partition_epoch;
    one.isr = n.isr;
    one.elr = n.elr;
  }
  void count(const PartitionView& before, const note::PartitionCommitted& n) const {
    CountsView& counts = self.counts_;
    if (n.election == note::ElectionKind::kKeep) {
      const int was = std::popcount(before.isr.value());
      const int now = std::popcount(n.isr.value());
      if (now < was) ++counts.isr_shrinks;
      if (now > was && was > 0) ++counts.isr_expands;
    } else if (n.election != note::ElectionKind::kInitial &&
               n.election != note::ElectionKind::kNoLeader) {
      ++counts.elections;
      if (n.election == note::ElectionKind::kUnclean) ++counts.unclean_elections;
    }
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
    node().in_flight.push_back({n.partition, n.content, n.records, n.attempt, self.time_});
  }
  // When it first left; nothing for an unknown one.
  std::optional<Instant> landed(std::uint64_t content) const {
    auto& list = node().in_flight;
    const auto at = std::find_if(list.begin(), list.end(), [content](const InFlightView& one) {
      return one.content == content;
    });
    if (at == list.end()) return std::nullopt;
    const Instant sent = at->sent;
    list.erase(at);
    return sent;
  }
  void operator()(const note::BatchAcked& n) const {
    node().acked += static_cast<std::uint64_t>(n.records);
    const std::optional<Instant> sent = landed(n.content);
    if (!sent) return;
    ++self.counts_.batches_acked;
    self.counts_.ack_ns += static_cast<std::uint64_t>((self.time_ - *sent).ns);
  }
  void operator()(const note::BatchFailed& n) const {
    node().failed += static_cast<std::uint64_t>(n.records);
    static_cast<void>(landed(n.content));
  }
  void operator()(const note::Delivered& n) const {
    node().delivered += distance(n.base, n.next);
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
    node().since = self.time_;
    node().incarnation = n.incarnation;
    node().metadata_next = Offset(0);
  }
  void operator()(const note::ProcessEnded& n) const {
    NodeView& one = node();
    one.up = false;
    one.since = self.time_;
    one.ended = n.cause;
    one.broker_state = note::BrokerState::kNotRunning;
    one.quorum = std::nullopt;
    one.controls = std::nullopt;
    one.metadata_next = Offset(0);
    one.positions.clear();
    one.in_flight.clear();
    one.heard.clear();
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
      self.faults_.push_back({n.fault, n.kind, self.event_, {index}, false, {}, {}, 0});
    }
    self.last_fault_ = self.time_;
  }
  void operator()(const note::FaultSide& n) const {
    if (self.faults_.empty() || !contains(self.faults_.back().nodes, index)) return;
    FaultView& fault = self.faults_.back();
    fault.one_way = n.one_way;
    fault.untold = n.more;
    if (n.side != note::LinkSide::kTo) fault.from.push_back(index);
    if (n.side != note::LinkSide::kFrom) fault.to.push_back(index);
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
                 const std::vector<Note>& notes, const InputRecord& input,
                 std::size_t messages_lost) {
  ENSURE(node < nodes_.size());
  event_ = number;
  time_ = time;
  counts_.messages_lost += messages_lost;
  const Folder folder{*this, node};
  if (input.kind == InputKind::kReceived) folder.received(input);
  for (const Note& note : notes) std::visit(folder, note);
}

void View::apply(const Event& event) {
  apply(event.number, event.time, event.node, event.notes, event.input, event.lost.size());
}

}  // namespace logarium::trace
