// Producer, from batches to requests.

#include <algorithm>

#include "engine/client/producer.hpp"

namespace logarium::client {
namespace {

// Earliest first at the front of a std:: heap.
constexpr auto later = [](const auto& a, const auto& b) {
  return a.when != b.when ? a.when > b.when : a.order > b.order;
};

}  // namespace

void Producer::add_due(Instant when, std::uint32_t slot, std::uint64_t number) {
  due_.push_back({when, next_due_++, slot, number});
  std::push_heap(due_.begin(), due_.end(), later);
}

void Producer::take_due(Context& c) {
  while (!due_.empty()) {
    const Due due = due_.front();
    if (due.when > c.now() && !batches_left_) return;
    const bool void_now = due.slot != kNoSlot && !partitions_[due.slot].waits(due.number);
    if (due.when > c.now() && !void_now) return;
    std::pop_heap(due_.begin(), due_.end(), later);
    due_.pop_back();
    if (due.slot != kNoSlot && !void_now) list(c, due.slot);
  }
}

std::optional<NodeId> Producer::leader_of(const Context& c, const PartitionQueue& queue) const {
  const PartitionInfo* info = c.metadata.find(queue.topic, queue.partition);
  return info == nullptr ? std::nullopt : info->leader;
}

Producer::Lane& Producer::lane_of(NodeId node) {
  const auto at = std::lower_bound(lanes_.begin(), lanes_.end(), node,
                                   [](const Lane& lane, NodeId n) { return lane.node < n; });
  if (at != lanes_.end() && at->node == node) return *at;
  Lane lane;
  lane.node = node;
  return *lanes_.insert(at, std::move(lane));
}

// Puts the partition into the lane of its leader, unless it is in one or has nothing to send.
void Producer::list(Context& c, std::uint32_t slot) {
  PartitionQueue& queue = partitions_[slot];
  if (queue.listed || queue.waiting.empty()) return;
  queue.listed = true;
  if (const auto leader = leader_of(c, queue)) {
    lane_of(*leader).ready.push_back(slot);
  } else {
    strays_.push_back(slot);
    c.metadata.request_update(c.port);
  }
}

void Producer::list_all(Context& c) {
  for (std::uint32_t slot = 0; slot < partitions_.size(); ++slot) list(c, slot);
}

// Whether sequence numbers let the partition's first batch go (Kafka: RecordAccumulator,
// shouldStopDrainBatchesForPartition).
bool Producer::sequences_allow(const PartitionQueue& queue) const {
  if (queue.rewrite) return false;
  const OutBatch& first = queue.waiting.front();
  if (!first.has_sequence()) {
    if (queue.has_sent_batches() && queue.identity != identity_) return false;
    return !queue.unresolved.has_value();
  }
  const auto unsettled = queue.first_unsettled();
  return !unsettled || *unsettled == first.built->base_sequence;
}

bool Producer::sendable(const PartitionQueue& queue, Instant now) const {
  if (queue.waiting.empty()) return false;
  const OutBatch& first = queue.waiting.front();
  if (first.retry_at > now) return false;
  // With one request in flight order is kept without sequences, also across a change of leader.
  if (config_.max_in_flight_requests_per_connection == 1 && !queue.on_wire.empty()) return false;
  if (config_.enable_idempotence && !sequences_allow(queue)) return false;
  const bool lingered = now >= first.created + milliseconds(config_.linger_ms);
  const bool pressed = closing_ || !flushes_.empty() || !line_.empty();
  return first.full || first.attempts > 0 || queue.waiting.size() > 1 || lingered || pressed;
}

void Producer::drain(Context& c) {
  if (!may_send()) return;
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    while (send_one(c, lane)) {
    }
  }
}

// One request to the lane's broker with a batch of each ready partition, up to max.request.size.
bool Producer::send_one(Context& c, std::size_t index) {
  Lane& lane = lanes_[index];
  const Instant now = c.now();
  if (lane.ready.empty() || lane.in_flight >= config_.max_in_flight_requests_per_connection) {
    return false;
  }
  const rpc::Peer peer{lane.node};
  const Instant reachable = c.port.outbound.ready_at(peer, now);
  if (reachable > now) {
    if (reachable != kNever && lane.woken_at != reachable) {
      lane.woken_at = reachable;
      add_due(reachable, kNoSlot, 0);
    }
    return false;
  }
  std::vector<SentBatch> chosen;
  std::vector<std::uint32_t> moved;
  std::int64_t bytes = 0;
  for (std::size_t left = lane.ready.size(); left > 0; --left) {
    const std::uint32_t slot = lane.ready.pop_front();
    PartitionQueue& queue = partitions_[slot];
    if (leader_of(c, queue) != lane.node) {
      queue.listed = false;
      moved.push_back(slot);
      continue;
    }
    if (!sendable(queue, now)) {
      queue.listed = false;
      continue;
    }
    const std::int64_t size = queue.waiting.front().size_bytes();
    if (!chosen.empty() && bytes + size > config_.max_request_size) {
      lane.ready.push_front(slot);
      break;
    }
    OutBatch batch = queue.waiting.pop_front();
    batches_left_ = true;
    prepare(queue, batch);
    bytes += size;
    chosen.push_back({slot, batch.number});
    queue.on_wire.push_back(std::move(batch));
    queue.listed = !queue.waiting.empty();
    if (queue.listed) lane.ready.push_back(slot);
  }
  const NodeId node = lane.node;
  for (const std::uint32_t slot : moved) list(c, slot);  // may add lanes: `lane` ends here
  if (chosen.empty()) return false;
  send_request(c, node, std::move(chosen));
  return true;
}

// Requests that wait for a connection to a broker that no longer leads their partitions would
// wait for the connection's setup timeout: they are taken back and go to the new leader.
void Producer::leave_dead_brokers(Context& c) {
  std::vector<NodeId> dead;
  for (const SentRequest& request : requests_) {
    if (c.port.outbound.health(rpc::Peer{request.node}) == rpc::Outbound::Health::kUp) continue;
    const auto moved = [&](const SentBatch& sent) {
      const auto leader = leader_of(c, partitions_[sent.slot]);
      return leader && *leader != request.node;
    };
    if (std::any_of(request.batches.begin(), request.batches.end(), moved)) {
      dead.push_back(request.node);
    }
  }
  for (const NodeId node : dead) c.port.outbound.close(c.step(), rpc::Peer{node});
}

// Builds the batch; with idempotence it gets the partition's next sequence.
void Producer::prepare(PartitionQueue& queue, OutBatch& batch) {
  ++batch.attempts;
  if (batch.built && (batch.has_sequence() || !config_.enable_idempotence)) return;
  if (!config_.enable_idempotence) {
    batch.built = batch.builder.build();
    batch.builder = {};
    return;
  }
  if (queue.identity != identity_) {
    // Of an older epoch, and all of its batches have ended: sequences start anew.
    ENSURE(!queue.has_sent_batches());
    queue.restart_sequences(identity_);
  }
  const Sequence sequence = queue.next_sequence;
  if (batch.built) {
    batch.stamp(identity_, sequence);
  } else {
    batch.built = batch.builder.build(identity_.id, identity_.epoch, sequence);
    batch.builder = {};
  }
  queue.next_sequence = advance(sequence, batch.records());
}

void Producer::send_request(Context& c, NodeId node, std::vector<SentBatch> batches) {
  auto request = std::make_shared<protocol::ProduceRequest>();
  request->acks = acks_;
  request->timeout_ms = static_cast<std::int32_t>(config_.client.request_timeout_ms);
  rpc::SendOptions options{.timeout = milliseconds(config_.client.request_timeout_ms)};
  if (acks_ == 0) options.response = rpc::SendOptions::Response::kNone;
  for (const SentBatch& sent : batches) {
    const PartitionQueue& queue = partitions_[sent.slot];
    const OutBatch& batch = queue.on_wire.back();
    ENSURE(batch.number == sent.number);
    const TopicInfo* topic = c.metadata.find(queue.topic);
    ENSURE(topic != nullptr);
    if (is_stand_in(topic->id)) options.version = kNewestProduceByName;
    protocol::ProduceRequest::TopicProduceData* data = nullptr;
    for (auto& known : request->topic_data) {
      if (known.name == queue.topic) data = &known;
    }
    if (data == nullptr) {
      request->topic_data.push_back({queue.topic, topic->id, {}});
      data = &request->topic_data.back();
    }
    data->partition_data.push_back({queue.partition.value(), protocol::Records{*batch.built}});
    c.step().note(note::BatchSent{{topic->id, queue.partition},
                                  batch.built->content(),
                                  batch.records(),
                                  batch.attempts,
                                  batch.built->base_sequence});
  }
  const std::uint64_t number = next_request_++;
  requests_.push_back({number, node, std::move(batches)});
  ++lane_of(node).in_flight;
  c.port.send(rpc::Peer{node}, std::move(request),
              Cookie{Machine::kProducer, kProduceReply, 0, number}, options);
}

void Producer::arm_timer(Context& c) {
  take_due(c);
  batches_left_ = false;
  Instant when = kNever;
  if (!due_.empty()) when = std::min(when, due_.front().when);
  if (!expiry_.empty()) when = std::min(when, expiry_.front().when);
  if (!line_.empty()) when = std::min(when, line_.front().deadline);
  if (!may_send() && !id_asked_ && id_allowed_at_ > c.now()) when = std::min(when, id_allowed_at_);
  Timers& timers = c.step().timers();
  if (when == kNever) {
    timers.cancel(timer_);
  } else if (timers.deadline(timer_) != when) {
    timers.rearm(timer_, when, Cookie{Machine::kProducer, kWorkTimer, 0, 0});
  }
}

}  // namespace logarium::client
