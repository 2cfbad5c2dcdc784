#include "engine/protocol/messages/metadata.hpp"
#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {
namespace {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

std::vector<std::int32_t> ids_of(const metadata::Nodes& nodes) {
  std::vector<std::int32_t> ids;
  ids.reserve(nodes.size());
  for (const NodeId node : nodes) ids.push_back(node.value());
  return ids;
}

// As Kafka: a leader that is fenced or unknown counts as none, but the rest is told as it stands.
MetadataResponse::MetadataResponsePartition describe_partition(
    const metadata::Image& image, std::int32_t index, const metadata::Partition& partition) {
  MetadataResponse::MetadataResponsePartition entry;
  entry.partition_index = index;
  entry.leader_id = partition.leader ? partition.leader->value() : -1;
  entry.leader_epoch = partition.leader_epoch.value();
  if (!partition.leader) entry.error_code = ErrorCode::kLeaderNotAvailable;
  entry.replica_nodes = ids_of(partition.replicas);
  entry.isr_nodes = ids_of(partition.isr);
  for (const NodeId node : partition.replicas) {
    const metadata::Broker* broker = image.broker(node);
    if (broker == nullptr || broker->fenced) entry.offline_replicas.push_back(node.value());
  }
  return entry;
}

MetadataResponse::MetadataResponseTopic describe_topic(const metadata::Image& image,
                                                       const metadata::Topic& topic) {
  MetadataResponse::MetadataResponseTopic entry;
  entry.name = topic.name;
  entry.topic_id = topic.id;
  entry.is_internal = topic.name == "__consumer_offsets" || topic.name == "__transaction_state";
  entry.partitions.reserve(topic.partitions.size());
  std::int32_t index = 0;
  for (const metadata::PartitionPtr& partition : topic.partitions) {
    entry.partitions.push_back(describe_partition(image, index++, *partition));
  }
  return entry;
}

MetadataResponse::MetadataResponseTopic unknown_topic(
    const MetadataRequest::MetadataRequestTopic& asked) {
  MetadataResponse::MetadataResponseTopic entry;
  entry.name = asked.name;
  entry.topic_id = asked.topic_id;
  entry.error_code = asked.name ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kUnknownTopicId;
  return entry;
}

void add_brokers(const metadata::Image& image, MetadataResponse& response) {
  for (const auto& [id, broker] : image.brokers()) {
    if (broker->fenced || broker->listeners.empty()) continue;
    const metadata::Listener& listener = broker->listeners.front();
    response.brokers.push_back({id.value(), listener.host, listener.port, broker->rack});
  }
}

// v0: an empty list asks for all topics; from v1 on null does, and an empty list asks for none.
bool asks_for_all(const MetadataRequest& request, std::int16_t version) {
  return !request.topics || (version == 0 && request.topics->empty());
}

}  // namespace

MessageRef answer_metadata(const HandlerContext& context, const rpc::Request& request) {
  const auto& body = protocol::as<MetadataRequest>(request.body);
  auto response = std::make_shared<MetadataResponse>();
  response->cluster_id = context.setup.cluster_id;
  // As in KRaft clusters, where clients cannot reach a controller: some broker, here this one.
  response->controller_id = context.setup.node_id.value();
  if (!context.image) return response;
  const metadata::Image& image = *context.image;
  add_brokers(image, *response);
  if (asks_for_all(body, request.api_version)) {
    for (const auto& [id, topic] : image.topics()) {
      response->topics.push_back(describe_topic(image, *topic));
    }
    return response;
  }
  for (const auto& asked : *body.topics) {
    const metadata::Topic* topic =
        asked.name ? image.topic(*asked.name) : image.topic(asked.topic_id);
    response->topics.push_back(topic != nullptr ? describe_topic(image, *topic)
                                                : unknown_topic(asked));
  }
  return response;
}

}  // namespace logarium::server
