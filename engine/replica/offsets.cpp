#include "engine/replica/offsets.hpp"

#include "engine/base/ensure.hpp"
#include "engine/base/state_visitor.hpp"

namespace logarium::replica {

using protocol::ErrorCode;

namespace {

// Timestamps of ListOffsets that name a place instead of a time.
constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;
constexpr std::int64_t kMaxTimestamp = -3;
constexpr std::int64_t kEarliestLocal = -4;  // the same as earliest without tiered storage
constexpr std::int64_t kLatestTiered = -5;   // none without tiered storage
constexpr std::int64_t kPendingUpload = -6;  // likewise
constexpr std::int32_t kConsumer = -1;
constexpr std::int32_t kDebugging = -2;  // may ask any replica
constexpr std::int16_t kNotAvailableVersion = 5;

// The first version in which a timestamp below 0 has its meaning; empty for those without any.
std::optional<std::int16_t> first_version(std::int64_t timestamp) {
  switch (timestamp) {
    case kLatest:
    case kEarliest:
      return 1;
    case kMaxTimestamp:
      return 7;  // KIP-734
    case kEarliestLocal:
      return 8;  // KIP-405
    case kLatestTiered:
      return 9;  // KIP-1005
    case kPendingUpload:
      return 11;  // KIP-1023
    default:
      return std::nullopt;
  }
}
bool is_supported(std::int64_t timestamp, std::int16_t version) {
  if (timestamp >= 0) return true;
  const auto first = first_version(timestamp);
  return first && version >= *first;
}

// A new leader that does not know the high watermark yet (KIP-207).
ErrorCode not_available(std::int16_t version) {
  return version >= kNotAvailableVersion ? ErrorCode::kOffsetNotAvailable
                                         : ErrorCode::kLeaderNotAvailable;
}

}  // namespace

void Offsets::list(Env& env, const rpc::Request& request) {
  const auto& asked = protocol::as<Request>(request.body);
  const std::uint64_t id = next_operation_++;
  Operation& operation = operations_[id];
  operation.request = request.id;
  std::map<std::pair<std::string, std::int32_t>, int> times;
  for (const auto& topic : asked.topics) {
    for (const auto& wanted : topic.partitions) ++times[{topic.name, wanted.partition_index}];
  }
  for (const auto& topic : asked.topics) {
    const auto topic_at = static_cast<std::uint32_t>(operation.response.topics.size());
    auto& answered = operation.response.topics.emplace_back();
    answered.name = topic.name;
    answered.partitions.resize(topic.partitions.size());
    for (std::uint32_t i = 0; i < topic.partitions.size(); ++i) {
      Answer& answer = answered.partitions[i];
      answer.partition_index = topic.partitions[i].partition_index;
      if (times[{topic.name, answer.partition_index}] > 1) {
        answer.error_code = ErrorCode::kInvalidRequest;
        continue;
      }
      if (!is_supported(topic.partitions[i].timestamp, request.api_version)) {
        answer.error_code = ErrorCode::kUnsupportedVersion;
        continue;
      }
      const Located place =
          locate(env, topic.name, kZeroUuid, PartitionIndex(answer.partition_index));
      answer.error_code = place.error;
      if (!place.slot) continue;
      bool may_be_missing = false;
      const auto ticket = look(env, *place.slot, {asked, topic.partitions[i], request.api_version},
                               answer, may_be_missing);
      if (!ticket) continue;
      lookups_.emplace(std::pair(*place.slot, *ticket),
                       LookupFor{id, topic_at, i, request.api_version, may_be_missing});
      ++operation.waiting;
    }
  }
  if (operation.waiting == 0) finish(env, id);
}

std::optional<log::Ticket> Offsets::look(Env& env, Slot slot, const Asked& asked, Answer& answer,
                                         bool& may_be_missing) {
  Partition& partition = env.replicas.quiet(slot);
  answer.error_code =
      partition.check(env.setup, wire_epoch(asked.partition.current_leader_epoch),
                      asked.request.replica_id == kDebugging ? Partition::Serves::kAnyReplica
                                                             : Partition::Serves::kLeaderOnly);
  if (answer.error_code != ErrorCode::kNone) return std::nullopt;
  const bool consumer = asked.request.replica_id == kConsumer;
  const Offset bound = !consumer                            ? partition.log_end()
                       : asked.request.isolation_level == 1 ? partition.log().last_stable_offset()
                                                            : partition.high_watermark();
  // KIP-207: a new leader does not know the high watermark yet and must not let offsets go back.
  may_be_missing = consumer && partition.leader() != nullptr &&
                   partition.high_watermark() < partition.leading().epoch_start();
  switch (asked.partition.timestamp) {
    case kLatest:
      if (may_be_missing) {
        answer.error_code = not_available(asked.version);
        return std::nullopt;
      }
      answer.offset = bound.value();
      answer.leader_epoch = partition.leader_epoch()->value();
      return std::nullopt;
    case kEarliest:
    case kEarliestLocal: {
      answer.offset = partition.log_start().value();
      const auto epoch = partition.log().epochs().epoch_at(partition.log_start());
      answer.leader_epoch = epoch ? epoch->value() : partition.leader_epoch()->value();
      return std::nullopt;
    }
    case kLatestTiered:
    case kPendingUpload:
      return std::nullopt;  // offset -1
    default:
      return by_time(env, partition, asked, answer, bound);
  }
}

std::optional<log::Ticket> Offsets::by_time(Env& env, Partition& partition, const Asked& asked,
                                            Answer& answer, Offset bound) {
  const std::int64_t timestamp = asked.partition.timestamp;
  const log::LookupResult result =
      timestamp == kMaxTimestamp
          ? partition.log().max_timestamp(env.port.step, bound)
          : partition.log().offset_for_timestamp(env.port.step, timestamp, bound);
  if (const auto* pending = std::get_if<log::ReadPending>(&result)) return pending->ticket;
  const auto* found = std::get_if<log::TimestampFound>(&result);
  const bool may_be_missing = asked.request.replica_id == kConsumer &&
                              partition.leader() != nullptr &&
                              partition.high_watermark() < partition.leading().epoch_start();
  fill(answer, found == nullptr ? std::nullopt : std::optional(*found),
       may_be_missing ? not_available(asked.version) : ErrorCode::kNone);
  return std::nullopt;
}

void Offsets::fill(Answer& answer, const std::optional<log::TimestampFound>& found,
                   ErrorCode missing) {
  if (!found) {
    answer.error_code = missing;
    return;
  }
  answer.timestamp = found->timestamp_ms;
  answer.offset = found->offset.value();
  answer.leader_epoch = found->leader_epoch ? found->leader_epoch->value() : -1;
}

void Offsets::on_lookup(Env& env, Slot slot, const log::LookupDone& done) {
  const auto at = lookups_.find({slot, done.ticket});
  if (at == lookups_.end()) return;
  const LookupFor lookup = at->second;
  lookups_.erase(at);
  Operation& operation = operations_.at(lookup.operation);
  Answer& answer = operation.response.topics[lookup.topic_at].partitions[lookup.partition_at];
  switch (done.status) {
    case log::ReadStatus::kOk:
      fill(answer, done.found,
           lookup.may_be_missing ? not_available(lookup.version) : ErrorCode::kNone);
      break;
    case log::ReadStatus::kStale:
      answer.error_code = ErrorCode::kNotLeaderOrFollower;
      break;
    case log::ReadStatus::kCorrupt:
      answer.error_code = ErrorCode::kCorruptMessage;
      break;
  }
  ENSURE(operation.waiting > 0);
  if (--operation.waiting == 0) finish(env, lookup.operation);
}

void Offsets::on_removed(Env& env, Slot slot) {
  while (true) {
    const auto at = lookups_.lower_bound({slot, log::Ticket(0)});
    if (at == lookups_.end() || at->first.first != slot) return;
    on_lookup(env, slot, {at->first.second, log::ReadStatus::kStale, std::nullopt});
  }
}

void Offsets::finish(Env& env, std::uint64_t id) {
  const auto at = operations_.find(id);
  ENSURE(at != operations_.end());
  Operation operation = std::move(at->second);
  operations_.erase(at);
  env.port.answer(operation.request,
                  std::make_shared<protocol::ListOffsetsResponse>(std::move(operation.response)));
}

void Offsets::for_leader_epoch(Env& env, const rpc::Request& request) {
  const auto& asked = protocol::as<protocol::OffsetForLeaderEpochRequest>(request.body);
  auto response = std::make_shared<protocol::OffsetForLeaderEpochResponse>();
  for (const auto& topic : asked.topics) {
    auto& answered = response->topics.emplace_back();
    answered.topic = topic.topic;
    for (const auto& wanted : topic.partitions) {
      auto& answer = answered.partitions.emplace_back();
      answer.partition = wanted.partition;
      const Located place = locate(env, topic.topic, kZeroUuid, PartitionIndex(wanted.partition));
      answer.error_code = place.error;
      if (!place.slot) continue;
      const Partition& partition = env.replicas.get(*place.slot);
      answer.error_code = partition.check(env.setup, wire_epoch(wanted.current_leader_epoch),
                                          Partition::Serves::kLeaderOnly);
      if (answer.error_code != ErrorCode::kNone || wanted.leader_epoch < 0) continue;
      if (const auto end = partition.log().end_offset_for(LeaderEpoch(wanted.leader_epoch))) {
        answer.leader_epoch = end->epoch.value();
        answer.end_offset = end->end.value();
      }
    }
  }
  env.port.answer(request.id, std::move(response));
}

void Offsets::Operation::describe(StateVisitor& v) const {
  visit(v, "request", request), visit(v, "waiting", waiting);
}
void Offsets::describe(StateVisitor& v) const {
  visit(v, "operations", operations_), visit(v, "lookups", lookups_.size());
  visit(v, "next operation", next_operation_);
}

}  // namespace logarium::replica
