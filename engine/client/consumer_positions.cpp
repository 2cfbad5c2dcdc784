// Consumer, where to read: resets and validation of positions.

#include <algorithm>

#include "engine/client/consumer.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/protocol/messages/offset_for_leader_epoch.hpp"

namespace logarium::client {
namespace {

using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;
using protocol::OffsetForLeaderEpochRequest;
using protocol::OffsetForLeaderEpochResponse;

// ListOffsets' names for the ends of a log.
constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;
constexpr std::int32_t kConsumerReplica = -1;

std::int64_t timestamp_of(const SeekTarget& target) {
  switch (target.kind) {
    case SeekTarget::Kind::kBeginning:
      return kEarliest;
    case SeekTarget::Kind::kTime:
      return target.value;
    case SeekTarget::Kind::kEnd:
    case SeekTarget::Kind::kOffset:
    case SeekTarget::Kind::kPolicy:
      return kLatest;
  }
  return kLatest;
}

// The entry of `topics` for the name, added when it is new.
template <class Topics>
auto& topic_entry(Topics& topics, std::string name) {
  for (auto& topic : topics) {
    if constexpr (requires { topic.name; }) {
      if (topic.name == name) return topic;
    } else {
      if (topic.topic == name) return topic;
    }
  }
  topics.push_back({std::move(name), {}});
  return topics.back();
}

}  // namespace

std::optional<SeekTarget> Consumer::policy() const {
  SeekTarget target;
  if (config_.auto_offset_reset == "none") return std::nullopt;
  target.kind = config_.auto_offset_reset == "earliest" ? SeekTarget::Kind::kBeginning
                                                        : SeekTarget::Kind::kEnd;
  return target;
}

void Consumer::unsettle(std::uint32_t slot) {
  Partition& p = partitions_[slot];
  if (p.unsettled) return;
  p.unsettled = true;
  unsettled_.push_back(slot);
}

// The position is of no use any more: auto.offset.reset decides, or the application is told.
void Consumer::lose_position(Context& c, std::uint32_t slot, note::ResetCause cause,
                             PollError::Kind raised, std::optional<Offset> divergent) {
  if (const auto target = policy()) {
    move(c, slot, *target, cause);
    return;
  }
  Partition& p = partitions_[slot];
  p.generation = next_generation_++;
  p.state = State::kFailed;
  raise(slot, raised, ErrorCode::kOffsetOutOfRange, divergent);
  mark(slot);
}

std::vector<std::pair<PartitionRef, Offset>> Consumer::positions() const {
  std::vector<std::pair<PartitionRef, Offset>> out;
  for (const Partition& p : partitions_) {
    if (p.state == State::kUnassigned || !p.position) continue;
    out.emplace_back(PartitionRef{p.topic_id, p.name.partition}, *p.position);
  }
  return out;
}

void Consumer::set_position(Context& c, std::uint32_t slot, Offset to,
                            std::optional<LeaderEpoch> epoch) {
  Partition& p = partitions_[slot];
  const Offset from = p.position.value_or(Offset(-1));
  c.step().note(note::PositionReset{{p.topic_id, p.name.partition}, from, to, p.reset_cause});
  p.position = to;
  p.offset_epoch = epoch;
  p.failures = 0;
  p.state = State::kFetching;
  p.leader_epoch.reset();
  check_leader(c, slot);
  mark(slot);
}

// On a new leader epoch the position is checked before it is used: records up to it may have been
// truncated (KIP-320; Kafka: SubscriptionState.maybeValidatePosition).
void Consumer::check_leader(Context& c, std::uint32_t slot) {
  Partition& p = partitions_[slot];
  const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
  if (info == nullptr || !info->leader) {
    mark(slot);
    return;
  }
  if (p.state != State::kFetching && p.state != State::kValidate) return;
  if (p.leader_epoch == info->leader_epoch && p.state == State::kFetching) {
    if (!p.session || p.session != info->leader) mark(slot);
    return;
  }
  p.preferred.reset();
  if (rules_.on(Rule::kFetchEpochValidation) && p.offset_epoch && info->leader_epoch) {
    p.state = State::kValidate;
    unsettle(slot);
  } else {
    p.state = State::kFetching;
    p.leader_epoch = info->leader_epoch;
  }
  mark(slot);
}

// Asks for the positions that are missing or to be checked, one request per leader and kind.
void Consumer::settle_positions(Context& c) {
  if (unsettled_.empty()) return;
  std::vector<std::uint32_t> still;
  struct Group {
    NodeId leader;
    std::vector<std::uint32_t> reset, validate;
  };
  std::vector<Group> groups;
  for (const std::uint32_t slot : unsettled_) {
    Partition& p = partitions_[slot];
    const bool paused = p.retry_at > c.now();
    const bool open = p.state == State::kReset || p.state == State::kValidate;
    if (!open && !(paused && p.state == State::kFetching)) {
      p.unsettled = false;
      if (p.state == State::kFetching) mark(slot);  // its pause is over
      continue;
    }
    still.push_back(slot);
    if (p.asking || paused) continue;
    const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
    if (info == nullptr || !info->leader) {
      c.metadata.request_update(c.port);
      continue;
    }
    const NodeId leader = *info->leader;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [leader](const Group& g) { return g.leader == leader; });
    if (group == groups.end()) group = groups.insert(groups.end(), {leader, {}, {}});
    (p.state == State::kReset ? group->reset : group->validate).push_back(slot);
  }
  unsettled_ = std::move(still);
  for (const Group& group : groups) {
    if (!group.reset.empty()) ask_offsets(c, group.leader, group.reset);
    if (!group.validate.empty()) ask_epochs(c, group.leader, group.validate);
  }
}

void Consumer::ask_offsets(Context& c, NodeId leader, const std::vector<std::uint32_t>& slots) {
  auto request = std::make_shared<ListOffsetsRequest>();
  request->replica_id = kConsumerReplica;
  request->isolation_level = config_.isolation_level == "read_committed" ? 1 : 0;
  request->timeout_ms = static_cast<std::int32_t>(config_.client.request_timeout_ms);
  Question question;
  question.number = next_question_++;
  for (const std::uint32_t slot : slots) {
    Partition& p = partitions_[slot];
    p.asking = true;
    question.about.push_back({slot, p.generation, std::nullopt});
    const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
    ListOffsetsRequest::ListOffsetsPartition partition;
    partition.partition_index = p.name.partition.value();
    partition.current_leader_epoch = info->leader_epoch ? info->leader_epoch->value() : -1;
    partition.timestamp = timestamp_of(p.reset);
    topic_entry(request->topics, p.name.topic).partitions.push_back(partition);
  }
  const Cookie cookie{Machine::kConsumer, kListReply, 0, question.number};
  questions_.push_back(std::move(question));
  c.port.send(rpc::Peer{leader}, std::move(request), cookie,
              {.timeout = milliseconds(config_.client.request_timeout_ms)});
}

void Consumer::ask_epochs(Context& c, NodeId leader, const std::vector<std::uint32_t>& slots) {
  auto request = std::make_shared<OffsetForLeaderEpochRequest>();
  request->replica_id = kConsumerReplica;
  Question question;
  question.number = next_question_++;
  for (const std::uint32_t slot : slots) {
    Partition& p = partitions_[slot];
    ENSURE(p.offset_epoch.has_value());
    p.asking = true;
    const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
    question.about.push_back({slot, p.generation, info->leader_epoch});
    OffsetForLeaderEpochRequest::OffsetForLeaderPartition partition;
    partition.partition = p.name.partition.value();
    partition.current_leader_epoch = info->leader_epoch ? info->leader_epoch->value() : -1;
    partition.leader_epoch = p.offset_epoch->value();
    topic_entry(request->topics, p.name.topic).partitions.push_back(partition);
  }
  const Cookie cookie{Machine::kConsumer, kEpochReply, 0, question.number};
  questions_.push_back(std::move(question));
  c.port.send(rpc::Peer{leader}, std::move(request), cookie,
              {.timeout = milliseconds(config_.client.request_timeout_ms)});
}

// The question with those partitions whose position has not moved since it was asked.
Consumer::Question Consumer::take_question(std::uint64_t number) {
  const auto at = std::find_if(questions_.begin(), questions_.end(),
                               [number](const Question& q) { return q.number == number; });
  ENSURE(at != questions_.end());
  Question question = std::move(*at);
  questions_.erase(at);
  const auto outdated = [this](const Question::About& about) {
    return partitions_[about.slot].generation != about.generation;
  };
  question.about.erase(std::remove_if(question.about.begin(), question.about.end(), outdated),
                       question.about.end());
  for (const Question::About& about : question.about) partitions_[about.slot].asking = false;
  return question;
}

void Consumer::again_later(Context& c, std::uint32_t slot, ErrorCode error) {
  Partition& p = partitions_[slot];
  p.retry_at = c.now() + backoff_.pause(c.step().random(), ++p.failures);
  unsettle(slot);
  mark(slot);
  if (protocol::is_stale_metadata(error) || error == ErrorCode::kUnknownLeaderEpoch) {
    c.metadata.request_update(c.port);
  }
}

void Consumer::offsets_answered(Context& c, const rpc::Reply& reply) {
  const Question question = take_question(reply.cookie.value);
  for (const Question::About& about : question.about) {
    Partition& p = partitions_[about.slot];
    const ListOffsetsResponse::ListOffsetsPartitionResponse* found = nullptr;
    if (reply.outcome == rpc::Outcome::kAnswered) {
      for (const auto& topic : protocol::as<ListOffsetsResponse>(reply.body).topics) {
        if (topic.name != p.name.topic) continue;
        for (const auto& partition : topic.partitions) {
          if (partition.partition_index == p.name.partition.value()) found = &partition;
        }
      }
    }
    if (found == nullptr) {
      again_later(c, about.slot, ErrorCode::kNetworkException);
    } else if (found->error_code != ErrorCode::kNone) {
      again_later(c, about.slot, found->error_code);
    } else if (found->offset < 0) {
      // No record at or after the time: the end of the log.
      p.reset.kind = SeekTarget::Kind::kEnd;
      p.retry_at = c.now();
    } else {
      // Without an epoch: what the leader just said needs no validation against it.
      set_position(c, about.slot, Offset(found->offset), std::nullopt);
    }
  }
}

void Consumer::epochs_answered(Context& c, const rpc::Reply& reply) {
  const Question question = take_question(reply.cookie.value);
  for (const Question::About& about : question.about) {
    const Partition& p = partitions_[about.slot];
    const OffsetForLeaderEpochResponse::EpochEndOffset* found = nullptr;
    if (reply.outcome == rpc::Outcome::kAnswered) {
      for (const auto& topic : protocol::as<OffsetForLeaderEpochResponse>(reply.body).topics) {
        if (topic.topic != p.name.topic) continue;
        for (const auto& partition : topic.partitions) {
          if (partition.partition == p.name.partition.value()) found = &partition;
        }
      }
    }
    if (found == nullptr) {
      again_later(c, about.slot, ErrorCode::kNetworkException);
    } else if (found->error_code != ErrorCode::kNone) {
      again_later(c, about.slot, found->error_code);
    } else {
      std::optional<LeaderEpoch> epoch;
      if (found->leader_epoch >= 0) epoch = LeaderEpoch(found->leader_epoch);
      epoch_answered(c, about, Offset(found->end_offset), epoch);
    }
  }
}

// Kafka: SubscriptionState.maybeCompleteValidation. `end` is where the epoch of the last record
// before the position ends on the leader; an unknown epoch is older than all the leader has.
void Consumer::epoch_answered(Context& c, const Question::About& about, Offset end,
                              std::optional<LeaderEpoch> epoch) {
  const std::uint32_t slot = about.slot;
  Partition& p = partitions_[slot];
  const PartitionInfo* info = c.metadata.find(p.name.topic, p.name.partition);
  if (info == nullptr || info->leader_epoch != about.leader_epoch) return;  // asked again
  const PartitionRef ref{p.topic_id, p.name.partition};
  const bool unknown = end < Offset(0) || !epoch;
  if (unknown || end < *p.position) {
    c.step().note(note::TruncationDetected{ref, *p.position, end});
    std::optional<Offset> divergent;
    if (!unknown) divergent = end;
    if (unknown || !policy()) {
      lose_position(c, slot, note::ResetCause::kTruncation, PollError::Kind::kTruncated, divergent);
      return;
    }
    // Reads on at the first offset known to differ.
    p.generation = next_generation_++;
    c.step().note(note::PositionReset{ref, *p.position, end, note::ResetCause::kTruncation});
    p.position = end;
    p.offset_epoch = epoch;
  }
  p.failures = 0;
  p.state = State::kFetching;
  p.leader_epoch = about.leader_epoch;
  mark(slot);
}

}  // namespace logarium::client
