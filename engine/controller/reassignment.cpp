#include "engine/controller/reassignment.hpp"

#include <algorithm>

#include "engine/controller/index.hpp"
#include "engine/controller/partition_change.hpp"

namespace logarium::controller {

using metadata::contains;
using metadata::Nodes;
using metadata::Partition;
using metadata::Topic;
using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;
using protocol::ErrorCode;
using protocol::ListPartitionReassignmentsRequest;
using protocol::ListPartitionReassignmentsResponse;

namespace {

struct Outcome {
  ErrorCode code = ErrorCode::kNone;
  std::optional<std::string> message;
  std::optional<metadata::PartitionChangeRecord> record;
};

// Whether a reassignment may change the number of replicas (KIP-860).
enum class Count : std::uint8_t { kFree, kKept };

Nodes difference(const Nodes& of, const Nodes& without) {
  Nodes out;
  for (const NodeId node : of) {
    if (!contains(without, node)) out.push_back(node);
  }
  return out;
}
Nodes sorted(Nodes nodes) {
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

Outcome cancel(const View& view, const Topic& topic, PartitionRef ref, const Partition& partition) {
  if (!partition.reassigning()) {
    return {ErrorCode::kNoReassignmentInProgress, "No partition reassignment is in progress.", {}};
  }
  const ElectionPolicy policy = election_policy(view, topic.name);
  PartitionChange change(view, ref, partition, policy);
  change.replicas = difference(partition.replicas, partition.adding);
  change.isr = difference(partition.isr, partition.adding);
  change.adding.clear();
  change.removing.clear();
  if (change.replicas.empty()) {
    return {ErrorCode::kInvalidReplicaAssignment, "addingReplicas contains all replicas.", {}};
  }
  // An ISR emptied by the fencing of its last member (ELR) loses nothing by the cancellation.
  const bool loses_isr = change.isr.empty() && !partition.isr.empty();
  if (loses_isr) {
    if (!policy.unclean) {
      return {ErrorCode::kInvalidReplicaAssignment,
              "Unable to revert partition assignment for " + topic.name + "-" +
                  std::to_string(ref.partition.value()) +
                  " because it would require an unclean leader election.",
              {}};
    }
    change.isr = {change.replicas.front()};
  }
  return {ErrorCode::kNone, {}, change.build()};
}

Outcome reassign(const View& view, const Topic& topic, PartitionRef ref, const Partition& partition,
                 const Nodes& target) {
  const std::string wrong = assignment_error(view.image, target);
  if (!wrong.empty()) return {ErrorCode::kInvalidReplicaAssignment, wrong, {}};
  PartitionChange change(view, ref, partition, election_policy(view, topic.name));
  // A new reassignment takes the place of one in progress.
  change.removing = sorted(difference(partition.replicas, target));
  change.adding = sorted(difference(target, partition.replicas));
  change.replicas = target;
  change.replicas.insert(change.replicas.end(), change.removing.begin(), change.removing.end());
  change.election = Election::kOnline;
  return {ErrorCode::kNone, {}, change.build()};
}

Outcome alter(const View& view, const std::string& name,
              const AlterPartitionReassignmentsRequest::ReassignablePartition& wanted,
              Count count) {
  const Topic* topic = view.image.topic(name);
  const PartitionIndex index(wanted.partition_index);
  const Partition* partition = topic == nullptr ? nullptr : topic->partition(index);
  if (partition == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition,
            "Unable to find partition " + name + ":" + std::to_string(wanted.partition_index) + ".",
            {}};
  }
  const PartitionRef ref{topic->id, index};
  if (!wanted.replicas) return cancel(view, *topic, ref, *partition);
  const std::size_t present = difference(partition->replicas, partition->adding).size();
  if (count == Count::kKept && wanted.replicas->size() != present) {
    return {ErrorCode::kInvalidReplicationFactor,
            "The replication factor is changed from " + std::to_string(present) + " to " +
                std::to_string(wanted.replicas->size()),
            {}};
  }
  return reassign(view, *topic, ref, *partition, nodes_of(*wanted.replicas));
}

void list_topic(const Topic& topic, const std::vector<std::int32_t>& indexes,
                ListPartitionReassignmentsResponse& response) {
  ListPartitionReassignmentsResponse::OngoingTopicReassignment result;
  result.name = topic.name;
  for (const std::int32_t index : indexes) {
    const Partition* partition = topic.partition(PartitionIndex(index));
    if (partition == nullptr || !partition->reassigning()) continue;
    result.partitions.push_back({index, wire_ids(partition->replicas), wire_ids(partition->adding),
                                 wire_ids(partition->removing)});
  }
  if (!result.partitions.empty()) response.topics.push_back(std::move(result));
}

}  // namespace

std::string assignment_error(const metadata::Image& image, const Nodes& replicas) {
  if (replicas.empty()) return "The manual partition assignment includes an empty replica list.";
  if (replicas.size() > kReplicasMax) {
    return "A partition has at most " + std::to_string(kReplicasMax) + " replicas.";
  }
  Nodes seen;
  for (const NodeId node : replicas) {
    const std::string id = std::to_string(node.value());
    if (node < NodeId(0) || image.broker(node) == nullptr) {
      return "The manual partition assignment includes broker " + id +
             ", but no such broker is registered.";
    }
    if (contains(seen, node)) {
      return "The manual partition assignment includes the broker " + id + " more than once.";
    }
    seen.push_back(node);
  }
  return "";
}

Decision alter_reassignments(const View& view, const AlterPartitionReassignmentsRequest& request) {
  Decision decision;
  auto response = std::make_shared<AlterPartitionReassignmentsResponse>();
  response->allow_replication_factor_change = request.allow_replication_factor_change;
  for (const auto& topic : request.topics) {
    AlterPartitionReassignmentsResponse::ReassignableTopicResponse result;
    result.name = topic.name;
    for (const auto& partition : topic.partitions) {
      Outcome outcome =
          alter(view, topic.name, partition,
                request.allow_replication_factor_change ? Count::kFree : Count::kKept);
      if (outcome.record) decision.records.emplace_back(*std::move(outcome.record));
      result.partitions.push_back(
          {partition.partition_index, outcome.code, std::move(outcome.message)});
    }
    response->responses.push_back(std::move(result));
  }
  decision.response = std::move(response);
  return decision;
}

Decision list_reassignments(const View& view, const ListPartitionReassignmentsRequest& request) {
  Decision decision;
  auto response = std::make_shared<ListPartitionReassignmentsResponse>();
  if (request.topics) {
    for (const auto& wanted : *request.topics) {
      const Topic* topic = view.image.topic(wanted.name);
      if (topic != nullptr) list_topic(*topic, wanted.partition_indexes, *response);
    }
  } else {
    const std::vector<PartitionRef> all = view.index.reassigning().elements();
    for (std::size_t i = 0; i < all.size();) {
      std::vector<std::int32_t> indexes;
      const Uuid id = all[i].topic;
      for (; i < all.size() && all[i].topic == id; ++i) indexes.push_back(all[i].partition.value());
      list_topic(*view.image.topic(id), indexes, *response);
    }
  }
  decision.response = std::move(response);
  return decision;
}

}  // namespace logarium::controller
