#include "engine/protocol/messages/describe_topic_partitions.hpp"

#include <algorithm>
#include <set>

#include "engine/controller/topics.hpp"
#include "engine/protocol/error_response.hpp"
#include "engine/server/handlers/handlers.hpp"
#include "engine/server/handlers/view.hpp"

namespace logarium::server {
namespace {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;
using Described = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;
using DescribedTopic = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;

// max.request.partition.size.limit
constexpr std::int32_t kPartitionsMax = 2000;

Described describe(const HandlerContext& context, std::int32_t index,
                   const metadata::Partition& partition) {
  Described entry;
  entry.partition_index = index;
  const metadata::Broker* leader = leader_at(*context.image, partition, context.listener);
  entry.leader_id = leader != nullptr ? leader->id.value() : -1;
  entry.leader_epoch = partition.leader_epoch.value();
  entry.replica_nodes = ids_of(partition.replicas);
  entry.isr_nodes = ids_of(partition.isr);
  // Never null: the Java client fails over it.
  entry.eligible_leader_replicas = ids_of(partition.elr);
  entry.last_known_elr = ids_of(partition.last_known_elr);
  entry.offline_replicas = offline_replicas(*context.image, partition, context.listener);
  return entry;
}

DescribedTopic entry_of(const std::string& name, ErrorCode error) {
  DescribedTopic entry;
  entry.error_code = error;
  entry.name = name;
  entry.is_internal = metadata::is_internal(name);
  entry.topic_authorized_operations = kTopicOperations;
  return entry;
}

// The names from the cursor on, in order: those asked for, or all when none is.
std::set<std::string> wanted(const DescribeTopicPartitionsRequest& request,
                             const metadata::Image& image) {
  const std::string from = request.cursor ? request.cursor->topic_name : std::string();
  std::set<std::string> names;
  const auto add = [&](const std::string& name) {
    if (name >= from) names.insert(name);
  };
  if (request.topics.empty()) {
    for (const auto& [id, topic] : image.topics()) add(topic->name);
  }
  for (const auto& topic : request.topics) add(topic.name);
  return names;
}

}  // namespace

MessageRef answer_describe_topic_partitions(const HandlerContext& context,
                                            const rpc::Request& request) {
  const auto& body = protocol::as<DescribeTopicPartitionsRequest>(request.body);
  const metadata::Image& image = context.image ? *context.image : *context.setup.empty_image;
  const std::set<std::string> names = wanted(body, image);
  if (body.cursor) {
    const bool listed = body.topics.empty() || names.contains(body.cursor->topic_name);
    if (!listed || body.cursor->partition_index < 0) {
      return protocol::error_response(body, request.api_version, ErrorCode::kInvalidRequest);
    }
  }
  auto response = std::make_shared<DescribeTopicPartitionsResponse>();
  std::int32_t room = std::clamp(body.response_partition_limit, 1, kPartitionsMax);
  for (const std::string& name : names) {
    if (room == 0) {
      response->next_cursor = {name, 0};
      break;
    }
    const metadata::Topic* topic = image.topic(name);
    if (topic == nullptr) {
      const bool well_named = controller::topic_name_error(name).empty();
      response->topics.push_back(entry_of(name, well_named ? ErrorCode::kUnknownTopicOrPartition
                                                           : ErrorCode::kInvalidTopicException));
      continue;
    }
    DescribedTopic entry = entry_of(name, ErrorCode::kNone);
    entry.topic_id = topic->id;
    const auto count = static_cast<std::int32_t>(topic->partitions.size());
    const bool resumed = body.cursor && body.cursor->topic_name == name;
    std::int32_t index = resumed ? std::min(body.cursor->partition_index, count) : 0;
    for (; index < count && room > 0; ++index, --room) {
      entry.partitions.push_back(
          describe(context, index, *topic->partition(PartitionIndex(index))));
    }
    response->topics.push_back(std::move(entry));
    if (index < count) {
      response->next_cursor = {name, index};
      break;
    }
  }
  return response;
}

}  // namespace logarium::server
