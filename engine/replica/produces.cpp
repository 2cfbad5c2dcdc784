#include "engine/replica/produces.hpp"

#include <utility>

#include "engine/base/state_visitor.hpp"
#include "engine/log/validation.hpp"
#include "engine/replica/leader_hint.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

namespace {
constexpr std::int16_t kAcksAll = -1;
constexpr std::int16_t kZstdProduceVersion = 7;  // KIP-110
}  // namespace

void Produces::handle(Env& env, const rpc::Request& request) {
  const auto& asked = protocol::as<protocol::ProduceRequest>(request.body);
  Operation operation;
  operation.request = request.id;
  operation.listener = request.listener;
  operation.version = request.api_version;
  operation.acks = asked.acks;
  operation.response.responses.reserve(asked.topic_data.size());
  for (const auto& topic : asked.topic_data) {
    const auto topic_at = static_cast<std::uint32_t>(operation.response.responses.size());
    auto& answered = operation.response.responses.emplace_back();
    answered.name = topic.name;
    answered.topic_id = topic.topic_id;
    answered.partition_responses.resize(topic.partition_data.size());
    for (std::uint32_t i = 0; i < topic.partition_data.size(); ++i) {
      const auto& data = topic.partition_data[i];
      answered.partition_responses[i].index = data.index;
      const Located place = locate(env, topic.name, topic.topic_id, PartitionIndex(data.index));
      Part part{.topic_at = topic_at,
                .partition_at = i,
                .slot = place.slot,
                .ref = {place.topic, PartitionIndex(data.index)}};
      if (place.error != ErrorCode::kNone) {
        end(env, operation, part, place.error);
      } else if (data.records && !data.records->empty()) {
        append(env, operation, part, *data.records);
      } else {
        end(env, operation, part, ErrorCode::kInvalidRecord);
      }
      if (!part.done) ++operation.remaining;
      operation.parts.push_back(part);
    }
  }
  if (operation.remaining == 0 || operation.acks == 0) {
    answer(env, std::move(operation));
    return;
  }
  const std::uint64_t id = next_operation_++;
  for (std::uint32_t i = 0; i < operation.parts.size(); ++i) {
    if (!operation.parts[i].done) wait(env.setup, id, operation, i);
  }
  operation.until = env.now() + milliseconds(asked.timeout_ms);
  if (env.setup.rules.on(Rule::kExpireWaitingProduces)) {
    operation.deadline =
        env.port.step.arm(milliseconds(asked.timeout_ms), cookie(What::kProduceDeadline, 0, id));
  }
  operations_.emplace(id, std::move(operation));
}

void Produces::append(Env& env, Operation& operation, Part& part,
                      const protocol::Records& records) {
  Partition* partition = env.replicas.edit(*part.slot);
  auto& answered =
      operation.response.responses[part.topic_at].partition_responses[part.partition_at];
  const ErrorCode error = append_to(env, *partition, operation, part, records);
  answered.log_start_offset = partition->log_start().value();
  if (partition->topic().log->log_append_time && error == ErrorCode::kNone) {
    answered.log_append_time_ms = env.port.step.wall().unix_ms();
  }
  if (error != ErrorCode::kNone) {
    end(env, operation, part, error);
  } else if (satisfied(env.setup, *partition, operation, part)) {
    end(env, operation, part, verdict(env.setup, *partition, operation.acks));
  }
}

ErrorCode Produces::append_to(Env& env, Partition& partition, Operation& operation, Part& part,
                              const protocol::Records& records) {
  // KIP-98: one batch per partition, so that its sequence check decides about all of it.
  if (records.size() != 1) return ErrorCode::kInvalidRecord;
  protocol::Batch batch = records.front();
  if (batch.codec() == protocol::Codec::kZstd && operation.version < kZstdProduceVersion) {
    return ErrorCode::kUnsupportedCompressionType;
  }
  const std::int16_t acks = operation.acks;
  if (acks < -1 || acks > 1) return ErrorCode::kInvalidRequiredAcks;
  if (metadata::is_internal(partition.topic().name)) return ErrorCode::kInvalidTopicException;
  const Partition::Serves serves = env.setup.rules.on(Rule::kProduceToLeaderOnly)
                                       ? Partition::Serves::kLeaderOnly
                                       : Partition::Serves::kAnyReplica;
  const ErrorCode door = partition.check(env.setup, std::nullopt, serves);
  if (door != ErrorCode::kNone) return door;
  const bool leads = partition.leader() != nullptr;
  // With too few replicas in sync an acks=all write could not be kept, so it is refused up front.
  if (env.setup.rules.on(Rule::kMinIsrBeforeAppend) && acks == kAcksAll && leads &&
      count(partition.leading().isr().committed()) < partition.effective_min_isr()) {
    return ErrorCode::kNotEnoughReplicas;
  }
  const auto wrong =
      log::admit(batch, *partition.topic().log, env.port.step.wall(), env.setup.rules);
  if (wrong) {
    tell(*wrong,
         operation.response.responses[part.topic_at].partition_responses[part.partition_at]);
    return wrong->error;
  }
  const log::SequenceCheck sequence = partition.log().check_producer(batch);
  if (const auto* refused = std::get_if<ErrorCode>(&sequence)) return *refused;
  if (const auto* duplicate = std::get_if<log::SequenceDuplicate>(&sequence)) {
    part.base = duplicate->base_offset;
    part.next = duplicate->base_offset + (batch.last_offset_delta + 1LL);
    return ErrorCode::kNone;
  }
  const log::Appended appended =
      partition.log().append_as_leader(env.port.step, batch, *partition.leader_epoch());
  part.base = appended.base;
  part.next = appended.next;
  return ErrorCode::kNone;
}

// KIP-467: which records are to blame.
void Produces::tell(const log::Refusal& refusal, Answered& answered) {
  for (const auto& record : refusal.records) {
    answered.record_errors.push_back({record.index, record.message});
  }
  if (!refusal.message.empty()) answered.error_message = refusal.message;
}

bool Produces::satisfied(const Setup& setup, const Partition& partition, const Operation& operation,
                         const Part& part) {
  if (operation.acks == 0) return true;
  const bool until_committed =
      operation.acks == kAcksAll && setup.rules.on(Rule::kAnswerAfterHighWatermark);
  return part.next <= (until_committed ? partition.high_watermark() : partition.log_end());
}

ErrorCode Produces::verdict(const Setup& setup, const Partition& partition, std::int16_t acks) {
  // The ISR shrank below the minimum while the batch was on its way: it is in the log, but the
  // promise of acks=all is not kept.
  if (setup.rules.on(Rule::kMinIsrBeforeAnswer) && acks == kAcksAll &&
      partition.leader() != nullptr &&
      count(partition.leading().isr().maximal()) < partition.effective_min_isr()) {
    return ErrorCode::kNotEnoughReplicasAfterAppend;
  }
  return ErrorCode::kNone;
}

void Produces::end(Env& env, Operation& operation, Part& part, ErrorCode error) {
  ENSURE(!part.done);
  part.done = true;
  auto& answered =
      operation.response.responses[part.topic_at].partition_responses[part.partition_at];
  answered.error_code = error;
  answered.base_offset = error == ErrorCode::kNone ? part.base.value() : -1;
  if (error != ErrorCode::kNone) {
    hint_leader(env, part.ref, operation.listener, answered, operation.response);
  }
  if (operation.acks == 0 || !part.slot) return;
  env.port.step.note(note::ProduceAnswered{part.ref, part.base, part.next,
                                           static_cast<std::int16_t>(error), operation.acks});
}

void Produces::answer(Env& env, Operation operation) {
  env.port.step.timers().cancel(operation.deadline);
  if (operation.acks != 0) {
    env.port.answer(operation.request,
                    std::make_shared<protocol::ProduceResponse>(std::move(operation.response)));
    return;
  }
  // Nobody hears of an error with acks=0; a closed connection makes the client ask for metadata.
  bool failed = false;
  for (const auto& topic : operation.response.responses) {
    for (const auto& part : topic.partition_responses) {
      failed = failed || part.error_code != ErrorCode::kNone;
    }
  }
  if (failed) {
    env.port.inbound.close(env.port.step, operation.request);
  } else {
    env.port.inbound.finish_silently(operation.request);
  }
}

// ---- waiting ------------------------------------------------------------------------------------

Produces::Queues& Produces::queues(Slot slot) {
  if (queues_.size() <= slot) queues_.resize(slot + 1U);
  return queues_[slot];
}

void Produces::wait(const Setup& setup, std::uint64_t id, const Operation& operation,
                    std::uint32_t part) {
  const Part& waiting = operation.parts[part];
  Queues& both = queues(*waiting.slot);
  const bool until_committed =
      operation.acks == kAcksAll && setup.rules.on(Rule::kAnswerAfterHighWatermark);
  Ring<Wait>& queue = until_committed ? both.committed : both.written;
  // Appends come in offset order; only a duplicate of an earlier batch has to find its place.
  std::size_t at = queue.size();
  while (at > 0 && queue[at - 1].required > waiting.next) --at;
  queue.insert(at, Wait{waiting.next, id, part});
}

void Produces::on_change(Env& env, Slot slot, const Partition& partition, Changes changes) {
  if (slot >= queues_.size()) return;
  const bool lost = partition.leader() == nullptr || partition.offline();
  if ((changes & kRoleChanged) != 0 && lost &&
      env.setup.rules.on(Rule::kAnswerProducesOfLostLeader)) {
    const ErrorCode error =
        partition.offline() ? ErrorCode::kKafkaStorageError : ErrorCode::kNotLeaderOrFollower;
    fail_all(env, queues_[slot].written, error);
    fail_all(env, queues_[slot].committed, error);
    return;
  }
  if (partition.leader() == nullptr) return;
  if ((changes & kLogEndMoved) != 0) {
    release(env, queues_[slot].written, partition.log_end(), partition);
  }
  if ((changes & kHighWatermarkMoved) != 0) {
    release(env, queues_[slot].committed, partition.high_watermark(), partition);
  }
}

void Produces::on_removed(Env& env, Slot slot) {
  if (slot >= queues_.size()) return;
  fail_all(env, queues_[slot].written, ErrorCode::kUnknownTopicOrPartition);
  fail_all(env, queues_[slot].committed, ErrorCode::kUnknownTopicOrPartition);
}

void Produces::release(Env& env, Ring<Wait>& queue, Offset reached, const Partition& partition) {
  while (!queue.empty() && queue.front().required <= reached) {
    const Wait wait = queue.pop_front();
    const auto at = operations_.find(wait.operation);
    ENSURE(at != operations_.end());
    end_waiting(env, wait, verdict(env.setup, partition, at->second.acks));
  }
}

void Produces::fail_all(Env& env, Ring<Wait>& queue, ErrorCode error) {
  while (!queue.empty()) end_waiting(env, queue.pop_front(), error);
}

void Produces::end_waiting(Env& env, const Wait& wait, ErrorCode error) {
  const auto at = operations_.find(wait.operation);
  ENSURE(at != operations_.end());
  Operation& operation = at->second;
  end(env, operation, operation.parts[wait.part], error);
  if (--operation.remaining > 0) return;
  Operation finished = std::move(operation);
  operations_.erase(at);
  answer(env, std::move(finished));
}

void Produces::on_deadline(Env& env, std::uint64_t id) {
  const auto at = operations_.find(id);
  if (at == operations_.end()) return;
  Operation operation = std::move(at->second);
  operations_.erase(at);
  for (Part& part : operation.parts) {
    if (part.done) continue;
    for (Ring<Wait>* queue : {&queues(*part.slot).written, &queues(*part.slot).committed}) {
      for (std::size_t i = queue->size(); i > 0; --i) {
        if ((*queue)[i - 1].operation == id) queue->erase(i - 1);
      }
    }
    end(env, operation, part, ErrorCode::kRequestTimedOut);
  }
  answer(env, std::move(operation));
}

std::size_t Produces::overdue(Instant now) const {
  std::size_t late = 0;
  for (const auto& [id, operation] : operations_) late += operation.until < now;
  return late;
}

// ---- state --------------------------------------------------------------------------------------

void Produces::Part::describe(StateVisitor& v) const {
  visit(v, "partition", ref), visit(v, "base", base), visit(v, "next", next);
  visit(v, "done", done);
}
void Produces::Operation::describe(StateVisitor& v) const {
  visit(v, "request", request), visit(v, "acks", acks), visit(v, "parts", parts);
  visit(v, "until", until);
}
void Produces::Wait::describe(StateVisitor& v) const {
  visit(v, "required", required), visit(v, "operation", operation), visit(v, "part", part);
}
void Produces::Queues::describe(StateVisitor& v) const {
  visit(v, "written", written), visit(v, "committed", committed);
}
void Produces::describe(StateVisitor& v) const {
  visit(v, "operations", operations_), visit(v, "next operation", next_operation_);
  visit(v, "queues", queues_);
}

}  // namespace logarium::replica
