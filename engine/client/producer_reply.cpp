// Producer, what brokers answer and how batches end.

#include <algorithm>

#include "engine/client/producer.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::client {
namespace {

using protocol::ProduceResponse;

// Errors by which the broker says that this attempt appended nothing. After any other one the
// batch may be in the log.
bool refused_before_append(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kInconsistentTopicId:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kUnknownLeaderEpoch:
    case ErrorCode::kLeaderNotAvailable:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kInvalidRecord:
    case ErrorCode::kInvalidTimestamp:
    case ErrorCode::kInvalidRequiredAcks:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kUnsupportedVersion:
    case ErrorCode::kUnsupportedCompressionType:
    case ErrorCode::kUnsupportedForMessageFormat:
    case ErrorCode::kOutOfOrderSequenceNumber:
    case ErrorCode::kUnknownProducerId:
    case ErrorCode::kInvalidProducerEpoch:
    case ErrorCode::kProducerFenced:
    case ErrorCode::kTopicAuthorizationFailed:
    case ErrorCode::kClusterAuthorizationFailed:
    case ErrorCode::kInvalidTopicException:
      return true;
    default:
      return false;
  }
}

bool is_fatal(ErrorCode error) {
  return error == ErrorCode::kProducerFenced || error == ErrorCode::kClusterAuthorizationFailed ||
         error == ErrorCode::kUnsupportedVersion;
}

const ProduceResponse::PartitionProduceResponse* find_answer(const ProduceResponse& response,
                                                             const TopicInfo* topic,
                                                             const PartitionQueue& queue) {
  for (const auto& answered : response.responses) {
    const bool same = answered.topic_id.is_zero()
                          ? answered.name == queue.topic
                          : topic != nullptr && answered.topic_id == topic->id;
    if (!same) continue;
    for (const auto& partition : answered.partition_responses) {
      if (partition.index == queue.partition.value()) return &partition;
    }
  }
  return nullptr;
}

}  // namespace

void Producer::on_reply(Context& c, const rpc::Reply& reply) {
  if (reply.cookie.what == kProduceReply) produce_answered(c, reply);
  if (reply.cookie.what == kInitReply) id_answered(c, reply);
  run(c);
}

void Producer::produce_answered(Context& c, const rpc::Reply& reply) {
  const auto at = std::find_if(requests_.begin(), requests_.end(), [&](const SentRequest& r) {
    return r.number == reply.cookie.value;
  });
  ENSURE(at != requests_.end());
  const SentRequest request = std::move(*at);
  requests_.erase(at);
  --lane_of(request.node).in_flight;
  const ProduceResponse* response = nullptr;
  if (reply.outcome == rpc::Outcome::kAnswered && reply.body != nullptr) {
    response = &protocol::as<ProduceResponse>(reply.body);
  }
  for (const SentBatch& sent : request.batches) {
    const PartitionQueue& queue = partitions_[sent.slot];
    Verdict verdict;
    if (response != nullptr) {
      const auto* answer = find_answer(*response, c.metadata.find(queue.topic), queue);
      if (answer == nullptr) {
        verdict.error = ErrorCode::kUnknownServerError;
      } else {
        verdict.error = answer->error_code;
        if (answer->base_offset >= 0) verdict.base = Offset(answer->base_offset);
        if (answer->log_start_offset >= 0) verdict.log_start = Offset(answer->log_start_offset);
        // KIP-951: the broker that is no longer the leader knows who is.
        c.metadata.learn_leader(queue.topic, queue.partition,
                                NodeId(answer->current_leader.leader_id),
                                LeaderEpoch(answer->current_leader.leader_epoch));
      }
    } else if (reply.outcome == rpc::Outcome::kUnsupportedVersion) {
      verdict.error = ErrorCode::kUnsupportedVersion;
    } else if (reply.outcome != rpc::Outcome::kAnswered) {
      verdict.error = ErrorCode::kNetworkException;
    }
    settle(c, sent, verdict);
  }
}

void Producer::settle(Context& c, const SentBatch& sent, const Verdict& verdict) {
  PartitionQueue& queue = partitions_[sent.slot];
  auto taken = queue.take_from_wire(sent.number);
  batches_left_ = true;
  if (protocol::is_stale_metadata(verdict.error)) c.metadata.request_update(c.port);
  if (!taken) {
    list(c, sent.slot);  // expired before; others may go now
    return;
  }
  OutBatch batch = std::move(*taken);
  const ErrorCode error = verdict.error;
  if (error != ErrorCode::kNone && !refused_before_append(error)) batch.maybe_in_log = true;
  if (error == ErrorCode::kNone) {
    complete(c, queue, batch, verdict.base);
  } else if (error == ErrorCode::kMessageTooLarge && batch.records() > 1) {
    split(c, sent.slot, std::move(batch));
  } else if (can_retry(c, queue, batch, verdict)) {
    retry(c, sent.slot, std::move(batch));
  } else if (error == ErrorCode::kDuplicateSequenceNumber) {
    // It is in the log; the broker no longer remembers where.
    complete(c, queue, batch, std::nullopt);
  } else {
    // After the last attempt nobody knows whether the sequence was used: it is not given again.
    const bool given_up = batch.attempts > config_.retries;
    fail(c, queue, batch, error, given_up ? AdjustSequences::kNo : AdjustSequences::kYes);
  }
  list(c, sent.slot);
}

// Kafka: Sender.canRetry and TransactionManager.canRetry.
bool Producer::can_retry(Context& c, PartitionQueue& queue, const OutBatch& batch,
                         const Verdict& verdict) {
  const bool late = c.now() >= delivery_deadline(batch);
  if (late || fatal_ || batch.attempts > config_.retries) return false;
  if (config_.enable_idempotence && verdict.error == ErrorCode::kUnknownProducerId) {
    const bool sequence_is_new = batch.sequence_reset;
    if (verdict.log_start && !sequence_is_new) request_bump(queue);
    return true;
  }
  if (config_.enable_idempotence && verdict.error == ErrorCode::kOutOfOrderSequenceNumber) {
    const Sequence first = batch.built->base_sequence;
    // Not the next one: an earlier batch failed, and this one waits until that has gone through.
    if (!queue.unresolved && (batch.sequence_reset || !queue.is_next(first))) return true;
    // A gap for certain: either nothing is open, or this batch follows the open one directly.
    if (!queue.unresolved || *queue.unresolved == first) request_bump(queue);
    return true;
  }
  return protocol::is_retriable(verdict.error);
}

void Producer::retry(Context& c, std::uint32_t slot, OutBatch batch) {
  const Duration pause = backoff_.pause(c.step().random(), batch.attempts);
  batch.retry_at = c.now() + pause;
  add_due(batch.retry_at, slot, batch.number);
  partitions_[slot].put_back(std::move(batch));
}

// The batch exceeds what the broker or topic takes: its records go in smaller batches, each with
// its part of the sequence.
void Producer::split(Context& c, std::uint32_t slot, OutBatch batch) {
  const protocol::Batch whole = *batch.built;
  const auto half = static_cast<std::int64_t>(whole.size_bytes() / 2);
  const std::int64_t limit = std::max<std::int64_t>(std::min(config_.batch_size, half), 1);
  protocol::RecordReader reader(whole);
  protocol::RecordView record;
  std::vector<OutBatch> parts;
  std::size_t at = 0;
  const auto close_part = [&](OutBatch& part) {
    part.built = part.builder.build();
    part.builder = {};
  };
  while (at < batch.tags.size() && reader.next(record)) {
    const protocol::NewRecord copy{record.timestamp, record.key, record.value, record.headers};
    const std::size_t bytes = protocol::BatchBuilder::upper_bound(copy);
    if (parts.empty() ||
        static_cast<std::int64_t>(parts.back().builder.size_bytes() + bytes) > limit) {
      if (!parts.empty()) close_part(parts.back());
      OutBatch part;
      part.number = next_batch_++;
      part.command = batch.command;
      part.created = batch.created;
      part.attempts = batch.attempts;
      part.full = true;
      protocol::BatchOptions options;
      options.codec = codec_;
      part.builder = protocol::BatchBuilder(options);
      parts.push_back(std::move(part));
    }
    parts.back().builder.append(copy);
    parts.back().tags.push_back(batch.tags[at++]);
  }
  ENSURE(at == batch.tags.size());
  close_part(parts.back());
  parts.front().reserved_bytes = batch.reserved_bytes;
  outstanding_ += static_cast<std::int64_t>(parts.size()) - 1;
  PartitionQueue& queue = partitions_[slot];
  Sequence sequence = whole.base_sequence;
  for (OutBatch& part : parts) {
    if (!batch.has_sequence()) break;
    part.stamp({whole.producer_id, whole.producer_epoch}, sequence);
    sequence = advance(sequence, part.records());
  }
  const Instant deadline = delivery_deadline(batch);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    expiry_.push_front({deadline, slot, part->number});
    queue.put_back(std::move(*part));
  }
  list(c, slot);
}

void Producer::release(const OutBatch& batch) {
  batches_left_ = true;
  memory_used_ -= batch.reserved_bytes;
  --outstanding_;
  ENSURE(memory_used_ >= 0 && outstanding_ >= 0);
}

void Producer::complete(Context& c, PartitionQueue& queue, const OutBatch& batch,
                        std::optional<Offset> base) {
  release(batch);
  const TopicInfo* topic = c.metadata.find(queue.topic);
  const PartitionRef ref{topic == nullptr ? kZeroUuid : topic->id, queue.partition};
  const ProducerIdentity sent_as{batch.built->producer_id, batch.built->producer_epoch};
  if (config_.enable_idempotence && sent_as == queue.identity) {
    const Sequence last = batch.built->last_sequence();
    if (!queue.last_acked || precedes(*queue.last_acked, last)) queue.last_acked = last;
    if (base) queue.last_acked_offset = *base + (batch.records() - 1LL);
  }
  c.step().note(note::BatchAcked{ref, base.value_or(Offset(-1)), batch.records(), acks_,
                                 batch.built->content()});
  auto result = std::make_shared<ProduceResult>();
  result->partition = ref;
  result->base = base;
  result->tags = batch.tags;
  c.step().act(Answer{batch.command, std::move(result)});
}

void Producer::fail(Context& c, PartitionQueue& queue, const OutBatch& batch, ErrorCode error,
                    AdjustSequences adjust) {
  release(batch);
  const TopicInfo* topic = c.metadata.find(queue.topic);
  const PartitionRef ref{topic == nullptr ? kZeroUuid : topic->id, queue.partition};
  c.step().note(note::BatchFailed{ref, batch.built ? batch.built->content() : 0, batch.records(),
                                  static_cast<std::int16_t>(error)});
  auto result = std::make_shared<ProduceResult>();
  result->partition = ref;
  result->error = error;
  // Nobody knows whether a request that was not answered was carried out.
  if (batch.maybe_in_log && rules_.on(Rule::kUnansweredSendIsOpen))
    result->certainty = ProduceResult::Certainty::kUnknown;
  result->tags = batch.tags;
  c.step().act(Answer{batch.command, std::move(result)});
  if (!config_.enable_idempotence || !batch.has_sequence()) return;
  if (is_fatal(error)) {
    fatal_ = error;
  } else if (adjust == AdjustSequences::kYes) {
    request_bump(queue);
  }
}

// KIP-91: from when the batch was begun, whatever happens to it.
Instant Producer::delivery_deadline(const OutBatch& batch) const {
  if (!rules_.on(Rule::kDeliveryTimeout)) return kNever;
  return batch.created + milliseconds(config_.delivery_timeout_ms);
}

void Producer::expire_batches(Context& c) {
  while (!expiry_.empty()) {
    const Expiry first = expiry_.front();
    if (first.when > c.now() && !batches_left_) return;
    const bool ended = !partitions_[first.slot].holds(first.number);
    if (!ended && first.when > c.now()) return;
    expiry_.pop_front();
    if (!ended) expire(c, first);
  }
}

// delivery.timeout.ms is over. A batch that was sent leaves its sequence in doubt: nothing new is
// sent to the partition until what was sent with it has been settled.
void Producer::expire(Context& c, const Expiry& expiry) {
  PartitionQueue& queue = partitions_[expiry.slot];
  std::optional<OutBatch> batch = queue.take_from_wire(expiry.number);
  if (batch) batch->maybe_in_log = true;
  for (std::size_t i = 0; !batch && i < queue.waiting.size(); ++i) {
    if (queue.waiting[i].number == expiry.number) batch = queue.waiting.erase(i);
  }
  ENSURE(batch.has_value());
  if (batch->has_sequence()) {
    const Sequence after = advance(batch->built->base_sequence, batch->records());
    if (!queue.unresolved) doubtful_.push_back(expiry.slot);
    if (!queue.unresolved || precedes(*queue.unresolved, after)) queue.unresolved = after;
  }
  fail(c, queue, *batch, ErrorCode::kRequestTimedOut, AdjustSequences::kNo);
  list(c, expiry.slot);
}

void Producer::finish_flushes(Context& c) {
  if (!idle()) return;
  for (const CommandId id : flushes_) {
    c.step().act(Answer{id, std::make_shared<FlushResult>()});
  }
  flushes_.clear();
}

}  // namespace logarium::client
