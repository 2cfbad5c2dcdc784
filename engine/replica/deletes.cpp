#include "engine/replica/deletes.hpp"

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

void Deletes::handle(Env& env, const rpc::Request& request) {
  const auto& asked = protocol::as<protocol::DeleteRecordsRequest>(request.body);
  const std::uint64_t id = next_operation_++;
  Operation operation;
  operation.request = request.id;
  for (const auto& topic : asked.topics) {
    const auto topic_at = static_cast<std::uint32_t>(operation.response.topics.size());
    auto& answered = operation.response.topics.emplace_back();
    answered.name = topic.name;
    answered.partitions.resize(topic.partitions.size());
    for (std::uint32_t i = 0; i < topic.partitions.size(); ++i) {
      Answer& answer = answered.partitions[i];
      answer.partition_index = topic.partitions[i].partition_index;
      answer.low_watermark = -1;
      const Located place =
          locate(env, topic.name, kZeroUuid, PartitionIndex(answer.partition_index));
      answer.error_code = place.error;
      if (!place.slot) continue;
      Part part{.topic_at = topic_at, .partition_at = i, .slot = *place.slot, .required = {}};
      answer.error_code =
          raise(env, env.replicas.touch(*place.slot), topic.partitions[i].offset, part.required);
      if (answer.error_code != ErrorCode::kNone) continue;
      operation.parts.push_back(part);
    }
  }
  operation.remaining = operation.parts.size();
  if (operation.remaining == 0) {
    finish(env, std::move(operation));
    return;
  }
  operation.deadline =
      env.port.step.arm(milliseconds(asked.timeout_ms), cookie(What::kDeleteDeadline, 0, id));
  const std::vector<Part> parts = operation.parts;
  operations_.emplace(id, std::move(operation));
  for (const Part& part : parts) judge(env, id, part.slot);
}

ErrorCode Deletes::raise(Env& env, Partition& partition, std::int64_t offset, Offset& required) {
  const ErrorCode door = partition.check(env.setup, std::nullopt, Partition::Serves::kLeaderOnly);
  if (door != ErrorCode::kNone) return door;
  if (!partition.topic().log->delete_by_retention) return ErrorCode::kPolicyViolation;
  required = offset == -1 ? partition.high_watermark() : Offset(offset);
  if (required < Offset(0)) return ErrorCode::kOffsetOutOfRange;
  if (!partition.log().advance_log_start(env.port.step, required,
                                         note::StartCause::kDeleteRecords)) {
    return ErrorCode::kOffsetOutOfRange;
  }
  partition.mark(kLogStartMoved);
  return ErrorCode::kNone;
}

Offset Deletes::low_watermark(const Env& env, const Partition& partition) {
  return partition.leading().low_watermark(partition.log_start(), env.brokers);
}

void Deletes::on_change(Env& env, Slot slot, const Partition& partition, Changes changes) {
  static_cast<void>(partition);
  if (operations_.empty()) return;
  if ((changes & (kFollowerMoved | kLogStartMoved | kRoleChanged | kIsrChanged)) != 0) {
    judge(env, slot);
  }
}

void Deletes::on_removed(Env& env, Slot slot) { judge(env, slot); }

void Deletes::on_brokers_changed(Env& env) {
  std::vector<std::pair<std::uint64_t, Slot>> all;
  for (const auto& [id, operation] : operations_) {
    for (const Part& part : operation.parts) all.emplace_back(id, part.slot);
  }
  for (const auto& [id, slot] : all) judge(env, id, slot);
}

void Deletes::judge(Env& env, Slot slot) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, operation] : operations_) {
    for (const Part& part : operation.parts) {
      if (part.slot == slot && !part.done) ids.push_back(id);
    }
  }
  for (const std::uint64_t id : ids) judge(env, id, slot);
}

void Deletes::judge(Env& env, std::uint64_t id, Slot slot) {
  const auto at = operations_.find(id);
  if (at == operations_.end()) return;
  Operation& operation = at->second;
  const Partition* partition = env.replicas.at(slot);
  for (Part& part : operation.parts) {
    if (part.slot != slot || part.done) continue;
    Answer& answer = answer_of(operation, part);
    if (partition == nullptr || partition->leader() == nullptr) {
      answer.error_code = ErrorCode::kNotLeaderOrFollower;
    } else if (partition->offline()) {
      answer.error_code = ErrorCode::kKafkaStorageError;
    } else if (low_watermark(env, *partition) >= part.required) {
      answer.low_watermark = low_watermark(env, *partition).value();
    } else {
      continue;
    }
    part.done = true;
    --operation.remaining;
  }
  if (operation.remaining > 0) return;
  Operation finished = std::move(operation);
  operations_.erase(at);
  finish(env, std::move(finished));
}

void Deletes::on_deadline(Env& env, std::uint64_t id) {
  const auto at = operations_.find(id);
  if (at == operations_.end()) return;
  Operation operation = std::move(at->second);
  operations_.erase(at);
  for (const Part& part : operation.parts) {
    if (!part.done) answer_of(operation, part).error_code = ErrorCode::kRequestTimedOut;
  }
  finish(env, std::move(operation));
}

Deletes::Answer& Deletes::answer_of(Operation& operation, const Part& part) {
  return operation.response.topics[part.topic_at].partitions[part.partition_at];
}

void Deletes::finish(Env& env, Operation operation) {
  env.port.step.timers().cancel(operation.deadline);
  env.port.answer(operation.request,
                  std::make_shared<protocol::DeleteRecordsResponse>(std::move(operation.response)));
}

void Deletes::Part::describe(StateVisitor& v) const {
  visit(v, "slot", slot), visit(v, "required", required), visit(v, "done", done);
}
void Deletes::Operation::describe(StateVisitor& v) const {
  visit(v, "request", request), visit(v, "parts", parts);
}
void Deletes::describe(StateVisitor& v) const {
  visit(v, "operations", operations_), visit(v, "next operation", next_operation_);
}

}  // namespace logarium::replica
