#include "engine/controller/alter_partition.hpp"

#include <algorithm>

#include "engine/controller/lifecycle.hpp"
#include "engine/controller/partition_change.hpp"

namespace logarium::controller {

using metadata::Broker;
using metadata::contains;
using metadata::Nodes;
using metadata::Partition;
using metadata::Recovery;
using metadata::Topic;
using protocol::AlterPartitionRequest;
using protocol::AlterPartitionResponse;
using protocol::ErrorCode;
using AskedPartition = AlterPartitionRequest::PartitionData;

namespace {

// From these versions on topics are named by id, and members carry their broker epochs.
constexpr std::int16_t kTopicIdsFrom = 2;
constexpr std::int16_t kBrokerEpochsFrom = 3;
// A broker epoch that is not checked.
constexpr std::int64_t kAnyEpoch = -1;

struct Member {
  NodeId node;
  std::int64_t broker_epoch = kAnyEpoch;
};

std::vector<Member> members_of(const AskedPartition& asked, std::int16_t version) {
  std::vector<Member> members;
  if (version >= kBrokerEpochsFrom) {
    for (const auto& state : asked.new_isr_with_epochs) {
      members.push_back({NodeId(state.broker_id), state.broker_epoch});
    }
  } else {
    for (const std::int32_t id : asked.new_isr) members.push_back({NodeId(id), kAnyEpoch});
  }
  return members;
}

// KIP-497: only the current leader in its current epoch, against the current partition epoch. Who
// knows of newer epochs than ours talks to a controller that was deposed.
ErrorCode check_epochs(const Rules& rules, NodeId caller, const Partition& partition,
                       const AskedPartition& asked) {
  const LeaderEpoch leader_epoch(asked.leader_epoch);
  const PartitionEpoch partition_epoch(asked.partition_epoch);
  const bool by_leader = rules.on(Rule::kAlterPartitionChecksLeaderEpoch);
  const bool by_partition = rules.on(Rule::kAlterPartitionChecksPartitionEpoch);
  if (by_leader && leader_epoch > partition.leader_epoch) return ErrorCode::kNotController;
  if (by_partition && partition_epoch > partition.partition_epoch) {
    return ErrorCode::kNotController;
  }
  if (by_leader && leader_epoch < partition.leader_epoch) return ErrorCode::kFencedLeaderEpoch;
  if (by_leader && partition.leader != caller) return ErrorCode::kInvalidRequest;
  if (by_partition && partition_epoch < partition.partition_epoch) {
    return ErrorCode::kInvalidUpdateVersion;
  }
  return ErrorCode::kNone;
}

ErrorCode check_isr(const Partition& partition, const AskedPartition& asked,
                    const std::vector<Member>& members) {
  Nodes seen;
  for (const Member& member : members) {
    if (contains(seen, member.node) || !contains(partition.replicas, member.node)) {
      return ErrorCode::kInvalidRequest;
    }
    seen.push_back(member.node);
  }
  if (!partition.leader || !contains(seen, *partition.leader)) return ErrorCode::kInvalidRequest;
  if (asked.leader_recovery_state != 0 && asked.leader_recovery_state != 1) {
    return ErrorCode::kInvalidRequest;
  }
  const bool recovering = asked.leader_recovery_state == 1;
  // KIP-704: nobody joins a leader that recovers from an unclean election.
  if (recovering && members.size() > 1) return ErrorCode::kInvalidRequest;
  if (recovering && partition.recovery == Recovery::kRecovered) return ErrorCode::kInvalidRequest;
  return ErrorCode::kNone;
}

bool eligible(const View& view, const Member& member) {
  const Broker* broker = view.image.broker(member.node);
  if (broker == nullptr) return false;
  // KIP-841: no fenced or stopping broker joins an ISR.
  if (view.rules.on(Rule::kAlterPartitionChecksEligibility) && !broker->active()) return false;
  // KIP-903: the member was in sync in the incarnation that is registered now, or it may have
  // been wiped since.
  return !view.rules.on(Rule::kAlterPartitionChecksBrokerEpoch) ||
         member.broker_epoch == kAnyEpoch || broker->epoch == BrokerEpoch(member.broker_epoch);
}

// What the records of this request made of the partition; the image does not show it yet.
Partition merged(const Partition& partition, const metadata::PartitionChangeRecord& record) {
  Partition out = partition;
  if (record.isr) out.isr = nodes_of(*record.isr);
  if (record.leader != metadata::kNoLeaderChange) {
    out.leader = record.leader < 0 ? std::nullopt : std::optional(NodeId(record.leader));
    out.leader_epoch = partition.leader_epoch.next();
  }
  if (record.leader_recovery_state != metadata::kNoRecoveryChange) {
    out.recovery = static_cast<Recovery>(record.leader_recovery_state);
  }
  out.partition_epoch = partition.partition_epoch.next();
  return out;
}

AlterPartitionResponse::PartitionData answer_of(std::int32_t index, const Partition& partition) {
  AlterPartitionResponse::PartitionData answer;
  answer.partition_index = index;
  answer.leader_id = partition.leader ? partition.leader->value() : metadata::kNoLeader;
  answer.leader_epoch = partition.leader_epoch.value();
  answer.isr = wire_ids(partition.isr);
  answer.leader_recovery_state = static_cast<std::int8_t>(partition.recovery);
  answer.partition_epoch = partition.partition_epoch.value();
  return answer;
}

AlterPartitionResponse::PartitionData refused(std::int32_t index, ErrorCode code) {
  AlterPartitionResponse::PartitionData answer;
  answer.partition_index = index;
  answer.error_code = code;
  return answer;
}

class Handler {
 public:
  Handler(const View& view, const AlterPartitionRequest& request, std::int16_t version)
      : view_(view), caller_(request.broker_id), version_(version) {}

  AlterPartitionResponse::PartitionData alter(const Topic& topic, const AskedPartition& asked) {
    const Partition* partition = topic.partition(PartitionIndex(asked.partition_index));
    if (partition == nullptr) {
      return refused(asked.partition_index, ErrorCode::kUnknownTopicOrPartition);
    }
    const std::vector<Member> members = members_of(asked, version_);
    const ErrorCode code = check(*partition, asked, members);
    if (code != ErrorCode::kNone) return refused(asked.partition_index, code);
    const PartitionRef ref{topic.id, PartitionIndex(asked.partition_index)};
    PartitionChange change(view_, ref, *partition, election_policy(view_, topic.name));
    change.isr.clear();
    for (const Member& member : members) change.isr.push_back(member.node);
    change.recovery = static_cast<Recovery>(asked.leader_recovery_state);
    const std::optional<metadata::PartitionChangeRecord> record = change.build();
    if (!record) return answer_of(asked.partition_index, *partition);
    records.emplace_back(*record);
    const bool moved =
        record->leader != metadata::kNoLeaderChange && record->leader != caller_.value();
    if (moved) {
      return refused(asked.partition_index, version_ >= kTopicIdsFrom
                                                ? ErrorCode::kNewLeaderElected
                                                : ErrorCode::kFencedLeaderEpoch);
    }
    return answer_of(asked.partition_index, merged(*partition, *record));
  }

  std::vector<metadata::Record> records;

 private:
  ErrorCode check(const Partition& partition, const AskedPartition& asked,
                  const std::vector<Member>& members) const {
    const ErrorCode epochs = check_epochs(view_.rules, caller_, partition, asked);
    if (epochs != ErrorCode::kNone) return epochs;
    const ErrorCode isr = check_isr(partition, asked, members);
    if (isr != ErrorCode::kNone) return isr;
    const bool all_eligible = std::all_of(members.begin(), members.end(),
                                          [this](const Member& m) { return eligible(view_, m); });
    if (all_eligible) return ErrorCode::kNone;
    return version_ >= kTopicIdsFrom ? ErrorCode::kIneligibleReplica
                                     : ErrorCode::kOperationNotAttempted;
  }

  const View& view_;
  NodeId caller_;
  std::int16_t version_;
};

Note note_of(const AlterPartitionRequest& request, Uuid topic, const AskedPartition& asked,
             ErrorCode code) {
  note::AlterPartitionAnswered answered;
  answered.partition = {topic, PartitionIndex(asked.partition_index)};
  answered.broker = NodeId(request.broker_id);
  answered.leader_epoch = LeaderEpoch(asked.leader_epoch);
  answered.partition_epoch = PartitionEpoch(asked.partition_epoch);
  answered.error = static_cast<std::int16_t>(code);
  return answered;
}

}  // namespace

Decision alter_partition(const View& view, const AlterPartitionRequest& request,
                         std::int16_t version) {
  Decision decision;
  auto response = std::make_shared<AlterPartitionResponse>();
  decision.response = response;
  if (view.rules.on(Rule::kAlterPartitionChecksBrokerEpoch)) {
    response->error_code =
        check_broker_epoch(view, NodeId(request.broker_id), BrokerEpoch(request.broker_epoch));
    if (response->error_code != ErrorCode::kNone) return decision;
  }
  Handler handler(view, request, version);
  for (const AlterPartitionRequest::TopicData& wanted : request.topics) {
    const Topic* topic = version >= kTopicIdsFrom ? view.image.topic(wanted.topic_id)
                                                  : view.image.topic(wanted.topic_name);
    AlterPartitionResponse::TopicData result;
    result.topic_name = wanted.topic_name;
    result.topic_id = wanted.topic_id;
    for (const AskedPartition& asked : wanted.partitions) {
      const ErrorCode unknown = version >= kTopicIdsFrom ? ErrorCode::kUnknownTopicId
                                                         : ErrorCode::kUnknownTopicOrPartition;
      result.partitions.push_back(topic == nullptr ? refused(asked.partition_index, unknown)
                                                   : handler.alter(*topic, asked));
      decision.notes.push_back(note_of(request, topic == nullptr ? wanted.topic_id : topic->id,
                                       asked, result.partitions.back().error_code));
    }
    response->topics.push_back(std::move(result));
  }
  decision.records = std::move(handler.records);
  return decision;
}

}  // namespace logarium::controller
