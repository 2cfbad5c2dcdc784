#include "sim/workload/admin_actions.hpp"

#include "engine/client/command.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_records.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"

namespace logarium::workload {
namespace {

constexpr std::int32_t kTimeoutMs = 30'000;
// ConfigResource types and AlterConfigOp types of the protocol.
constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kBrokerResource = 4;
constexpr std::int8_t kSet = 0;
constexpr std::int8_t kDelete = 1;

std::vector<std::int32_t> numbers(const std::vector<NodeId>& nodes) {
  std::vector<std::int32_t> out;
  for (const NodeId node : nodes) out.push_back(node.value());
  return out;
}

MessageRef alter_config(std::int8_t type, const std::string& resource, const std::string& name,
                        const std::optional<std::string>& value) {
  auto request = std::make_shared<protocol::IncrementalAlterConfigsRequest>();
  request->resources.push_back({type, resource, {{name, value ? kSet : kDelete, value}}});
  return request;
}

}  // namespace

CommandRef admin_command(MessageRef request) {
  auto call = std::make_shared<client::AdminCall>();
  call->request = std::move(request);
  return call;
}

MessageRef create_topics(const std::vector<TopicSpec>& topics) {
  auto request = std::make_shared<protocol::CreateTopicsRequest>();
  request->timeout_ms = kTimeoutMs;
  for (const TopicSpec& spec : topics) {
    protocol::CreateTopicsRequest::CreatableTopic topic;
    topic.name = spec.name;
    topic.num_partitions = spec.partitions;
    topic.replication_factor = spec.replication_factor;
    for (std::size_t i = 0; i < spec.assignment.size(); ++i) {
      // With an explicit assignment both numbers are -1.
      topic.num_partitions = -1;
      topic.replication_factor = -1;
      topic.assignments.push_back({static_cast<std::int32_t>(i), numbers(spec.assignment[i])});
    }
    for (const auto& [name, value] : spec.config) topic.configs.push_back({name, value});
    request->topics.push_back(std::move(topic));
  }
  return request;
}

MessageRef delete_topic(const std::string& topic) {
  auto request = std::make_shared<protocol::DeleteTopicsRequest>();
  request->timeout_ms = kTimeoutMs;
  request->topics.push_back({topic, kZeroUuid});
  return request;
}

MessageRef create_partitions(const std::string& topic, std::int32_t total) {
  auto request = std::make_shared<protocol::CreatePartitionsRequest>();
  request->timeout_ms = kTimeoutMs;
  request->topics.push_back({topic, total, std::nullopt});
  return request;
}

MessageRef elect_leader(const TopicPartition& partition, Election election) {
  auto request = std::make_shared<protocol::ElectLeadersRequest>();
  request->timeout_ms = kTimeoutMs;
  request->election_type = election == Election::kUnclean ? 1 : 0;
  request->topic_partitions->push_back({partition.topic, {partition.partition.value()}});
  return request;
}

MessageRef reassign(const TopicPartition& partition,
                    const std::optional<std::vector<NodeId>>& replicas) {
  auto request = std::make_shared<protocol::AlterPartitionReassignmentsRequest>();
  request->timeout_ms = kTimeoutMs;
  protocol::AlterPartitionReassignmentsRequest::ReassignablePartition entry;
  entry.partition_index = partition.partition.value();
  if (replicas) entry.replicas = numbers(*replicas);
  request->topics.push_back({partition.topic, {entry}});
  return request;
}

MessageRef list_reassignments() {
  auto request = std::make_shared<protocol::ListPartitionReassignmentsRequest>();
  request->timeout_ms = kTimeoutMs;
  return request;
}

MessageRef alter_topic_config(const std::string& topic, const std::string& name,
                              const std::optional<std::string>& value) {
  return alter_config(kTopicResource, topic, name, value);
}

MessageRef alter_broker_config(std::optional<NodeId> broker, const std::string& name,
                               const std::optional<std::string>& value) {
  const std::string resource = broker ? std::to_string(broker->value()) : std::string();
  return alter_config(kBrokerResource, resource, name, value);
}

MessageRef delete_records(const TopicPartition& partition, std::optional<Offset> before) {
  auto request = std::make_shared<protocol::DeleteRecordsRequest>();
  request->timeout_ms = kTimeoutMs;
  request->topics.push_back(
      {partition.topic, {{partition.partition.value(), before ? before->value() : -1}}});
  return request;
}

MessageRef unregister_broker(NodeId broker) {
  auto request = std::make_shared<protocol::UnregisterBrokerRequest>();
  request->broker_id = broker.value();
  return request;
}

MessageRef describe_cluster() { return std::make_shared<protocol::DescribeClusterRequest>(); }

MessageRef describe_topics(const std::vector<TopicSpec>& topics) {
  auto request = std::make_shared<protocol::MetadataRequest>();
  request->allow_auto_topic_creation = false;
  for (const TopicSpec& topic : topics) request->topics->push_back({kZeroUuid, topic.name});
  return request;
}

}  // namespace logarium::workload
