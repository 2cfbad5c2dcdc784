// Consumer, what to read: fetch sessions and their answers.

#include <algorithm>

#include "engine/client/consumer.hpp"

namespace logarium::client {

using protocol::FetchRequest;
using protocol::FetchResponse;

void Consumer::mark(std::uint32_t slot) {
  Partition& p = partitions_[slot];
  if (p.dirty) return;
  p.dirty = true;
  dirty_.push_back(slot);
}

// Where the partition is read now: its preferred replica, else its leader; empty while it is not
// to be fetched.
std::optional<NodeId> Consumer::fetch_node(Context& c, Partition& p) const {
  if (p.state != State::kFetching || p.retry_at > c.now() || p.topic_id.is_zero()) {
    return std::nullopt;
  }
  const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
  if (info == nullptr || !info->leader) return std::nullopt;
  if (p.preferred) {
    const auto& brokers = c.metadata.brokers();
    const bool known = std::binary_search(brokers.begin(), brokers.end(), *p.preferred);
    if (known && c.now() < p.preferred_until) return p.preferred;
    p.preferred.reset();
  }
  return info->leader;
}

FetchSession& Consumer::session_of(NodeId node) {
  const auto at = std::lower_bound(sessions_.begin(), sessions_.end(), node,
                                   [](const FetchSession& s, NodeId n) { return s.node < n; });
  if (at != sessions_.end() && at->node == node) return *at;
  FetchSession session;
  session.node = node;
  return *sessions_.insert(at, std::move(session));
}

// Brings the sessions up to date with what changed since they were last looked at.
void Consumer::sort_dirty(Context& c) {
  if (dirty_.empty()) return;
  std::vector<std::uint32_t> slots;
  slots.swap(dirty_);
  for (const std::uint32_t slot : slots) {
    Partition& p = partitions_[slot];
    p.dirty = false;
    const auto target = fetch_node(c, p);
    if (p.session && p.session != target) {
      FetchSession& old = session_of(*p.session);
      old.forgotten.push_back({p.topic_id, p.name.partition});
      --old.partitions;
      p.in_changed = false;
    }
    if (target && p.session != target) ++session_of(*target).partitions;
    p.session = target;
    if (target && !p.in_changed) {
      p.in_changed = true;
      session_of(*target).changed.push_back(slot);
    }
    if (p.state == State::kUnassigned) free_slots_.push_back(slot);
  }
  // Nothing was marked meanwhile; the storage serves the next time.
  ENSURE(dirty_.empty());
  slots.clear();
  dirty_.swap(slots);
}

void Consumer::send_fetches(Context& c) {
  for (FetchSession& session : sessions_) {
    if (session.in_flight || session.partitions == 0 || session.buffered > 0) continue;
    if (session.retry_at > c.now()) continue;
    const rpc::Peer peer{session.node, rpc::Lane::kFetch};
    const Instant reachable = c.port.outbound.ready_at(peer, c.now());
    if (reachable == kNever) {
      c.metadata.request_update(c.port);
      session.retry_at = c.now() + backoff_.pause(c.step().random(), 1);
    } else if (reachable > c.now()) {
      session.retry_at = reachable;
    } else {
      send_fetch(c, session);
    }
  }
}

void Consumer::add_to_fetch(FetchRequest& request, Partition& p) const {
  FetchRequest::FetchTopic* topic = nullptr;
  for (auto& known : request.topics) {
    if (known.topic_id == p.topic_id) topic = &known;
  }
  if (topic == nullptr) {
    request.topics.push_back({p.name.topic, p.topic_id, {}});
    topic = &request.topics.back();
  }
  FetchRequest::FetchPartition partition;
  partition.partition = p.name.partition.value();
  partition.current_leader_epoch = p.leader_epoch ? p.leader_epoch->value() : -1;
  partition.fetch_offset = p.position->value();
  partition.partition_max_bytes = static_cast<std::int32_t>(config_.max_partition_fetch_bytes);
  topic->partitions.push_back(partition);
  p.asked_offset = p.position;
  p.asked_generation = p.generation;
  p.in_changed = false;
}

void Consumer::send_fetch(Context& c, FetchSession& session) {
  auto request = std::make_shared<FetchRequest>();
  request->max_wait_ms = static_cast<std::int32_t>(config_.fetch_max_wait_ms);
  request->min_bytes = static_cast<std::int32_t>(config_.fetch_min_bytes);
  request->max_bytes = static_cast<std::int32_t>(config_.fetch_max_bytes);
  request->isolation_level = config_.isolation_level == "read_committed" ? 1 : 0;
  request->session_id = session.id;
  request->session_epoch = session.epoch;
  request->rack_id = config_.client_rack;
  if (session.full()) {
    for (Partition& p : partitions_) {
      if (p.session == session.node) add_to_fetch(*request, p);
    }
  } else {
    for (const std::uint32_t slot : session.changed) {
      Partition& p = partitions_[slot];
      if (p.session == session.node && p.in_changed) add_to_fetch(*request, p);
    }
    for (const PartitionRef& ref : session.forgotten) {
      const auto back = find(ref);
      if (back && partitions_[*back].session == session.node) continue;
      auto& topics = request->forgotten_topics_data;
      if (topics.empty() || topics.back().topic_id != ref.topic) {
        const TopicInfo* topic = c.metadata.find(ref.topic);
        topics.push_back({topic == nullptr ? std::string() : topic->name, ref.topic, {}});
      }
      topics.back().partitions.push_back(ref.partition.value());
    }
  }
  session.changed.clear();
  session.forgotten.clear();
  session.in_flight = true;
  rpc::SendOptions options{.timeout = milliseconds(config_.client.request_timeout_ms)};
  if (names_only_) options.version = kNewestFetchByName;
  const auto node = static_cast<std::uint64_t>(static_cast<std::uint32_t>(session.node.value()));
  c.port.send(rpc::Peer{session.node, rpc::Lane::kFetch}, std::move(request),
              Cookie{Machine::kConsumer, kFetchReply, 0, node}, options);
}

void Consumer::fetch_answered(Context& c, const rpc::Reply& reply) {
  const NodeId node(static_cast<std::int32_t>(static_cast<std::uint32_t>(reply.cookie.value)));
  FetchSession& session = session_of(node);
  session.in_flight = false;
  if (reply.outcome != rpc::Outcome::kAnswered) {
    session.failed(ErrorCode::kNetworkException);
    session.retry_at = c.now() + backoff_.pause(c.step().random(), 1);
    for (std::uint32_t slot = 0; slot < partitions_.size(); ++slot) {
      if (partitions_[slot].preferred != node) continue;
      partitions_[slot].preferred.reset();
      mark(slot);
    }
    c.metadata.request_update(c.port);
    return;
  }
  const auto& response = protocol::as<FetchResponse>(reply.body);
  if (response.error_code != ErrorCode::kNone) {
    session.failed(response.error_code);
    const bool of_session = response.error_code == ErrorCode::kFetchSessionIdNotFound ||
                            response.error_code == ErrorCode::kInvalidFetchSessionEpoch;
    if (!of_session) session.retry_at = c.now() + backoff_.pause(c.step().random(), 1);
    if (protocol::is_stale_metadata(response.error_code) ||
        response.error_code == ErrorCode::kFetchSessionTopicIdError) {
      c.metadata.request_update(c.port);
    }
    return;
  }
  session.answered(response.session_id);
  for (const auto& topic : response.responses) {
    const TopicInfo* by_name = topic.topic_id.is_zero() ? c.metadata.find(topic.topic) : nullptr;
    const Uuid id = by_name == nullptr ? topic.topic_id : by_name->id;
    for (const auto& partition : topic.partitions) {
      const auto slot = find(PartitionRef{id, PartitionIndex(partition.partition_index)});
      if (slot) partition_answered(c, session, partition, *slot);
    }
  }
}

void Consumer::partition_answered(Context& c, FetchSession& session,
                                  const FetchResponse::PartitionData& data, std::uint32_t slot) {
  Partition& p = partitions_[slot];
  // The answer is to an older position, or the partition is read elsewhere by now.
  const bool elsewhere = p.session != session.node || p.asked_generation != p.generation ||
                         p.asked_offset != p.position;
  if (p.state != State::kFetching) return;
  if (elsewhere) {
    if (rules_.on(Rule::kMatchFetchPosition) || !data.records || data.records->empty()) return;
    p.position = data.records->front().base_offset;
  }
  if (data.error_code != ErrorCode::kNone) {
    c.metadata.learn_leader(p.name.topic, p.name.partition, NodeId(data.current_leader.leader_id),
                            LeaderEpoch(data.current_leader.leader_epoch));
    fetch_refused(c, slot, data.error_code, session.node);
    return;
  }
  p.failures = 0;
  if (data.preferred_read_replica >= 0) {
    // KIP-392: the leader names a replica in our rack; it holds until metadata.max.age.ms.
    p.preferred = NodeId(data.preferred_read_replica);
    p.preferred_until = c.now() + milliseconds(config_.client.metadata_max_age_ms);
    mark(slot);
    return;
  }
  if (!data.records || data.records->empty()) return;
  Fetched fetched;
  fetched.slot = slot;
  fetched.generation = p.generation;
  fetched.from = session.node;
  fetched.batches = *data.records;
  fetched_.push_back(std::move(fetched));
  ++session.buffered;
}

void Consumer::fetch_refused(Context& c, std::uint32_t slot, ErrorCode error, NodeId node) {
  Partition& p = partitions_[slot];
  const bool from_follower = p.preferred == node;
  p.preferred.reset();
  if (error == ErrorCode::kOffsetOutOfRange) {
    // A follower's log may end earlier than the leader's: the leader is asked before the position
    // is given up.
    if (from_follower) {
      mark(slot);
    } else {
      lose_position(c, slot, note::ResetCause::kOutOfRange, PollError::Kind::kOutOfRange);
    }
    return;
  }
  const bool expected = protocol::is_retriable(error) || protocol::is_stale_metadata(error) ||
                        error == ErrorCode::kUnknownServerError;
  if (!expected || error == ErrorCode::kCorruptMessage) {
    raise(slot, PollError::Kind::kFatal, error);
  }
  again_later(c, slot, error);
}

}  // namespace logarium::client
