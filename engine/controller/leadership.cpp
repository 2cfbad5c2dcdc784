#include "engine/controller/leadership.hpp"

#include <algorithm>

#include "engine/controller/index.hpp"

namespace logarium::controller {

using metadata::Partition;
using metadata::Topic;
using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::ErrorCode;

namespace {

// Partitions come topic by topic, so the last topic's policy serves most of them.
class Policies {
 public:
  explicit Policies(const View& view) : view_(view) {}
  const ElectionPolicy& of(const Topic& topic) {
    if (!topic_ || *topic_ != topic.id) {
      topic_ = topic.id;
      policy_ = election_policy(view_, topic.name);
    }
    return policy_;
  }

 private:
  const View& view_;
  std::optional<Uuid> topic_;
  ElectionPolicy policy_;
};

enum class Asked : std::uint8_t { kPreferred, kUnclean };

ErrorCode elect(const View& view, const Topic& topic, PartitionIndex index, Asked asked,
                Policies& policies, std::vector<metadata::Record>& records) {
  const Partition* partition = topic.partition(index);
  if (partition == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  const bool needed =
      asked == Asked::kPreferred ? partition->leader != partition->preferred() : !partition->leader;
  if (!needed) return ErrorCode::kElectionNotNeeded;
  PartitionChange change(view, {topic.id, index}, *partition, policies.of(topic));
  change.election = asked == Asked::kPreferred ? Election::kPreferred : Election::kUnclean;
  std::optional<metadata::PartitionChangeRecord> record = change.build();
  if (!record) {
    return asked == Asked::kPreferred ? ErrorCode::kPreferredLeaderNotAvailable
                                      : ErrorCode::kEligibleLeadersNotAvailable;
  }
  records.emplace_back(*std::move(record));
  return ErrorCode::kNone;
}

std::optional<std::string> message_of(ErrorCode code, const std::string& topic,
                                      std::int32_t partition) {
  if (code != ErrorCode::kUnknownTopicOrPartition) return std::nullopt;
  return "No such partition as " + topic + "-" + std::to_string(partition);
}

void elect_in_all(const View& view, Asked asked, Decision& decision,
                  ElectLeadersResponse& response) {
  Policies policies(view);
  for (const auto& entry : view.image.topics()) {
    const Topic& topic = *entry.value;
    ElectLeadersResponse::ReplicaElectionResult result;
    result.topic = topic.name;
    const auto count = static_cast<std::int32_t>(topic.partitions.size());
    for (std::int32_t i = 0; i < count; ++i) {
      const ErrorCode code =
          elect(view, topic, PartitionIndex(i), asked, policies, decision.records);
      // Partitions that already are as asked for are left out of the answer.
      if (code == ErrorCode::kElectionNotNeeded) continue;
      result.partition_result.push_back({i, code, std::nullopt});
    }
    response.replica_election_results.push_back(std::move(result));
  }
}

}  // namespace

void change_partitions(const View& view, const std::vector<PartitionRef>& partitions,
                       const BrokerChange& brokers, std::vector<metadata::Record>& records) {
  Policies policies(view);
  for (const PartitionRef ref : partitions) {
    const Topic* topic = view.image.topic(ref.topic);
    ENSURE(topic != nullptr);
    const Partition* partition = topic->partition(ref.partition);
    ENSURE(partition != nullptr);
    if (brokers.unfenced && !metadata::contains(partition->replicas, *brokers.unfenced)) continue;
    PartitionChange change(view, ref, *partition, policies.of(*topic));
    change.brokers = brokers;
    std::erase_if(change.isr,
                  [&](NodeId n) { return n == brokers.fenced || n == brokers.unclean; });
    std::optional<metadata::PartitionChangeRecord> record = change.build();
    if (record) records.emplace_back(*std::move(record));
  }
}

Decision elect_leaders(const View& view, const ElectLeadersRequest& request) {
  Decision decision;
  auto response = std::make_shared<ElectLeadersResponse>();
  decision.response = response;
  if (request.election_type != 0 && request.election_type != 1) {
    response->error_code = ErrorCode::kInvalidRequest;
    return decision;
  }
  const Asked asked = request.election_type == 0 ? Asked::kPreferred : Asked::kUnclean;
  if (!request.topic_partitions) {
    elect_in_all(view, asked, decision, *response);
    return decision;
  }
  Policies policies(view);
  for (const ElectLeadersRequest::TopicPartitions& wanted : *request.topic_partitions) {
    ElectLeadersResponse::ReplicaElectionResult result;
    result.topic = wanted.topic;
    const Topic* topic = view.image.topic(wanted.topic);
    for (const std::int32_t index : wanted.partitions) {
      const ErrorCode code = topic == nullptr ? ErrorCode::kUnknownTopicOrPartition
                                              : elect(view, *topic, PartitionIndex(index), asked,
                                                      policies, decision.records);
      result.partition_result.push_back({index, code, message_of(code, wanted.topic, index)});
    }
    response->replica_election_results.push_back(std::move(result));
  }
  return decision;
}

Decision balance_leaders(const View& view) {
  Decision decision;
  Policies policies(view);
  const std::int64_t borne = view.config.broker.leader_imbalance_per_broker_percentage;
  for (const PartitionRef ref : view.index.imbalanced().elements()) {
    if (decision.records.size() >= kElectionsPerPass) break;
    const Topic* topic = view.image.topic(ref.topic);
    ENSURE(topic != nullptr);
    const NodeId preferred = topic->partition(ref.partition)->preferred();
    if (!view.image.active(preferred)) continue;
    const std::int64_t elsewhere = view.index.preferred_elsewhere(preferred);
    if (elsewhere * 100 <= borne * view.index.preferred(preferred)) continue;
    static_cast<void>(
        elect(view, *topic, ref.partition, Asked::kPreferred, policies, decision.records));
  }
  return decision;
}

Decision elect_uncleanly(const View& view) {
  Decision decision;
  Policies policies(view);
  for (const PartitionRef ref : view.index.leaderless().elements()) {
    if (decision.records.size() >= kElectionsPerPass) break;
    const Topic* topic = view.image.topic(ref.topic);
    ENSURE(topic != nullptr);
    if (!policies.of(*topic).unclean) continue;
    static_cast<void>(
        elect(view, *topic, ref.partition, Asked::kUnclean, policies, decision.records));
  }
  return decision;
}

}  // namespace logarium::controller
