#include "engine/controller/directories.hpp"

#include <algorithm>

#include "engine/controller/lifecycle.hpp"
#include "engine/controller/partition_change.hpp"

namespace logarium::controller {

using metadata::Broker;
using metadata::Partition;
using metadata::Topic;
using protocol::AssignReplicasToDirsRequest;
using protocol::AssignReplicasToDirsResponse;
using protocol::ErrorCode;

namespace {

ErrorCode assign(const View& view, const Broker& broker, Uuid directory, const Topic* topic,
                 PartitionIndex index, std::vector<metadata::Record>& records) {
  if (topic == nullptr) return ErrorCode::kUnknownTopicId;
  const Partition* partition = topic->partition(index);
  if (partition == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  if (!metadata::contains(partition->replicas, broker.id)) return ErrorCode::kNotLeaderOrFollower;
  PartitionChange change(view, {topic->id, index}, *partition, election_policy(view, topic->name));
  change.move_to_directory(broker.id, directory);
  const auto& online = broker.directories;
  if (std::find(online.begin(), online.end(), directory) == online.end()) {
    change.brokers.fenced = broker.id;
    std::erase(change.isr, broker.id);
  }
  std::optional<metadata::PartitionChangeRecord> record = change.build();
  if (record) records.emplace_back(*std::move(record));
  return ErrorCode::kNone;
}

}  // namespace

Decision assign_replicas_to_directories(const View& view,
                                        const AssignReplicasToDirsRequest& request) {
  Decision decision;
  auto response = std::make_shared<AssignReplicasToDirsResponse>();
  decision.response = response;
  const NodeId id(request.broker_id);
  response->error_code = check_broker_epoch(view, id, BrokerEpoch(request.broker_epoch));
  if (response->error_code != ErrorCode::kNone) return decision;
  const Broker& broker = *view.image.broker(id);
  for (const AssignReplicasToDirsRequest::DirectoryData& directory : request.directories) {
    AssignReplicasToDirsResponse::DirectoryData in_directory{directory.id, {}};
    for (const AssignReplicasToDirsRequest::TopicData& wanted : directory.topics) {
      const Topic* topic = view.image.topic(wanted.topic_id);
      AssignReplicasToDirsResponse::TopicData in_topic{wanted.topic_id, {}};
      for (const AssignReplicasToDirsRequest::PartitionData& partition : wanted.partitions) {
        const PartitionIndex index(partition.partition_index);
        in_topic.partitions.push_back(
            {partition.partition_index,
             assign(view, broker, directory.id, topic, index, decision.records)});
      }
      in_directory.topics.push_back(std::move(in_topic));
    }
    response->directories.push_back(std::move(in_directory));
  }
  return decision;
}

}  // namespace logarium::controller
