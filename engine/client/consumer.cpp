// Consumer, calls and polls.

#include "engine/client/consumer.hpp"

#include <algorithm>

namespace logarium::client {

Consumer::Consumer(const ConsumerConfig& config, const Rules& rules)
    : config_(config),
      rules_(rules),
      backoff_{milliseconds(config.client.retry_backoff_ms),
               milliseconds(config.client.retry_backoff_max_ms)} {}

std::optional<std::uint32_t> Consumer::find(const TopicPartition& partition) const {
  for (std::uint32_t slot = 0; slot < partitions_.size(); ++slot) {
    const Partition& p = partitions_[slot];
    if (p.state != State::kUnassigned && p.name == partition) return slot;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Consumer::find(PartitionRef partition) const {
  const auto at =
      std::lower_bound(by_ref_.begin(), by_ref_.end(), partition,
                       [](const auto& entry, PartitionRef r) { return entry.first < r; });
  if (at == by_ref_.end() || at->first != partition) return std::nullopt;
  return at->second;
}

// Takes over the topic's id once it is known; a new id means a new topic under the old name: the
// position belonged to the old one.
void Consumer::learn_topic(Context& c, std::uint32_t slot) {
  Partition& p = partitions_[slot];
  const TopicInfo* topic = c.metadata.find(p.name.topic);
  if (topic == nullptr || topic->id.is_zero() || topic->id == p.topic_id) return;
  const bool recreated = !p.topic_id.is_zero() && !is_stand_in(p.topic_id);
  const auto drop = [slot](const auto& entry) { return entry.second == slot; };
  by_ref_.erase(std::remove_if(by_ref_.begin(), by_ref_.end(), drop), by_ref_.end());
  if (p.session) {
    FetchSession& session = session_of(*p.session);
    session.forgotten.push_back({p.topic_id, p.name.partition});
    --session.partitions;
    p.session.reset();
  }
  p.topic_id = topic->id;
  names_only_ = names_only_ || is_stand_in(p.topic_id);
  const std::pair<PartitionRef, std::uint32_t> entry{{p.topic_id, p.name.partition}, slot};
  by_ref_.insert(std::lower_bound(by_ref_.begin(), by_ref_.end(), entry), entry);
  if (!recreated) return;
  p.leader_epoch.reset();
  lose_position(c, slot, note::ResetCause::kNoPosition, PollError::Kind::kNoOffset);
}

void Consumer::assign(Context& c, CommandId id, const Assign& call) {
  for (std::uint32_t slot = 0; slot < partitions_.size(); ++slot) {
    Partition& p = partitions_[slot];
    const auto same = [&p](const Assign::Entry& entry) { return entry.partition == p.name; };
    if (p.state == State::kUnassigned ||
        std::any_of(call.partitions.begin(), call.partitions.end(), same)) {
      continue;
    }
    p.state = State::kUnassigned;
    p.generation = next_generation_++;
    const auto drop = [slot](const auto& entry) { return entry.second == slot; };
    by_ref_.erase(std::remove_if(by_ref_.begin(), by_ref_.end(), drop), by_ref_.end());
    mark(slot);
  }
  sort_dirty(c);  // tells the sessions before a slot gets a new owner
  for (const Assign::Entry& entry : call.partitions) {
    if (find(entry.partition)) continue;
    std::uint32_t slot = static_cast<std::uint32_t>(partitions_.size());
    if (free_slots_.empty()) {
      partitions_.emplace_back();
    } else {
      slot = free_slots_.back();
      free_slots_.pop_back();
      partitions_[slot] = Partition{};
    }
    partitions_[slot].name = entry.partition;
    partitions_[slot].state = State::kReset;
    c.metadata.want(c.port, entry.partition.topic);
    learn_topic(c, slot);
    move(c, slot, entry.from, note::ResetCause::kNoPosition);
  }
  c.step().act(Answer{id, std::make_shared<AssignResult>()});
  run(c);
}

void Consumer::seek(Context& c, CommandId id, const Seek& call) {
  if (const auto slot = find(call.partition)) {
    move(c, *slot, call.to, note::ResetCause::kSeek);
  }
  c.step().act(Answer{id, std::make_shared<AssignResult>()});
  run(c);
}

// The partition reads on at the target; what was fetched for the old position is dropped.
void Consumer::move(Context& c, std::uint32_t slot, const SeekTarget& target,
                    note::ResetCause cause) {
  Partition& p = partitions_[slot];
  p.generation = next_generation_++;
  p.asking = false;
  p.retry_at = c.now();
  p.failures = 0;
  p.reset_cause = cause;
  if (target.kind == SeekTarget::Kind::kPolicy) {
    const auto by_policy = policy();
    if (!by_policy) {
      p.state = State::kFailed;
      raise(slot, PollError::Kind::kNoOffset, ErrorCode::kNone);
      mark(slot);
      return;
    }
    move(c, slot, *by_policy, cause);
    return;
  }
  if (target.kind == SeekTarget::Kind::kOffset) {
    set_position(c, slot, Offset(target.value), target.offset_epoch);
    return;
  }
  p.state = State::kReset;
  p.reset = target;
  unsettle(slot);
  mark(slot);
}

void Consumer::raise(std::uint32_t slot, PollError::Kind kind, ErrorCode error,
                     std::optional<Offset> divergent) {
  const Partition& p = partitions_[slot];
  errors_.push_back({kind, p.name, error, p.position, divergent});
}

void Consumer::poll(Context& c, CommandId id, const Poll& call) {
  if (waiting_) {
    c.step().act(Answer{waiting_->id, std::make_shared<PollResult>()});
  }
  waiting_ = Waiting{id, c.now() + call.wait};
  run(c);
}

void Consumer::on_timer(Context& c, Cookie cookie) {
  if (cookie.what != kWorkTimer) return;
  timer_ = TimerHandle{};
  run(c);
}

void Consumer::on_reply(Context& c, const rpc::Reply& reply) {
  switch (reply.cookie.what) {
    case kFetchReply:
      fetch_answered(c, reply);
      break;
    case kListReply:
      offsets_answered(c, reply);
      break;
    case kEpochReply:
      epochs_answered(c, reply);
      break;
    default:
      break;
  }
  run(c);
}

void Consumer::on_metadata(Context& c) {
  for (std::uint32_t slot = 0; slot < partitions_.size(); ++slot) {
    if (partitions_[slot].state == State::kUnassigned) continue;
    learn_topic(c, slot);
    check_leader(c, slot);
  }
  run(c);
}

void Consumer::run(Context& c) {
  settle_positions(c);
  answer_poll(c);
  sort_dirty(c);
  send_fetches(c);
  arm_timer(c);
}

void Consumer::answer_poll(Context& c) {
  if (!waiting_) return;
  const bool nothing = errors_.empty() && fetched_.empty();
  if (nothing && waiting_->deadline > c.now()) return;
  auto result = std::make_shared<PollResult>();
  result->errors = std::move(errors_);
  errors_.clear();
  if (result->errors.empty()) take_fetched(c, *result);
  const bool empty = result->errors.empty() && result->batches.empty() && errors_.empty();
  if (empty && waiting_->deadline > c.now()) return;
  for (PollError& error : errors_) result->errors.push_back(std::move(error));
  errors_.clear();
  c.step().act(Answer{waiting_->id, std::move(result)});
  waiting_.reset();
}

// Up to max.poll.records in the order in which they were fetched.
void Consumer::take_fetched(Context& c, PollResult& result) {
  while (!fetched_.empty() && result.records < config_.max_poll_records) {
    Fetched& front = fetched_.front();
    Partition& p = partitions_[front.slot];
    bool usable = p.state == State::kFetching && p.generation == front.generation;
    while (usable && front.next < front.batches.size() &&
           result.records < config_.max_poll_records) {
      const protocol::Batch& batch = front.batches[front.next];
      usable = take_batch(c, p, batch, result);
      if (usable && *p.position >= batch.next_offset()) ++front.next;
    }
    mark(front.slot);
    if (usable && front.next < front.batches.size()) return;
    --session_of(front.from).buffered;
    fetched_.pop_front();
  }
}

// Hands the batch's records from the position on to the application. False when the batch is
// damaged: it is fetched again, maybe from another replica.
bool Consumer::take_batch(Context& c, Partition& p, const protocol::Batch& batch,
                          PollResult& result) {
  const auto slot = static_cast<std::uint32_t>(&p - partitions_.data());
  const bool checks = config_.check_crcs && rules_.on(Rule::kVerifyBatchCrc);
  if (!batch.readable() || (checks && !batch.crc_matches())) {
    raise(slot, PollError::Kind::kFatal, ErrorCode::kCorruptMessage);
    again_later(c, slot, ErrorCode::kCorruptMessage);
    return false;
  }
  const Offset from = std::max(*p.position, batch.base_offset);
  Offset next = batch.next_offset();
  if (next <= *p.position) return true;
  if (!batch.is_control()) {
    const std::int64_t room = config_.max_poll_records - result.records;
    next = std::min(next, from + room);
    result.records += static_cast<std::int32_t>(next - from);
    const PartitionRef ref{p.topic_id, p.name.partition};
    result.batches.push_back({p.name, ref, from, next, batch});
    c.step().note(note::Delivered{ref, from, next, batch.partition_leader_epoch, batch.content()});
  }
  // What max.poll.records leaves of the batch is for the next poll.
  p.position = rules_.on(Rule::kPositionFollowsDelivery) ? next : batch.next_offset();
  if (batch.partition_leader_epoch.value() >= 0) p.offset_epoch = batch.partition_leader_epoch;
  return true;
}

void Consumer::arm_timer(Context& c) {
  Instant when = kNever;
  if (waiting_) when = std::min(when, waiting_->deadline);
  for (const std::uint32_t slot : unsettled_) {
    const Partition& p = partitions_[slot];
    if (!p.asking && p.retry_at > c.now()) when = std::min(when, p.retry_at);
  }
  for (const FetchSession& session : sessions_) {
    const bool idle = !session.in_flight && session.partitions > 0 && session.buffered == 0;
    if (idle && session.retry_at > c.now()) when = std::min(when, session.retry_at);
  }
  Timers& timers = c.step().timers();
  if (when == kNever) {
    timers.cancel(timer_);
  } else if (timers.deadline(timer_) != when) {
    timers.rearm(timer_, when, Cookie{Machine::kConsumer, kWorkTimer, 0, 0});
  }
}

}  // namespace logarium::client
