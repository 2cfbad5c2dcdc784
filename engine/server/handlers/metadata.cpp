#include "engine/server/handlers/metadata.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/controller/topics.hpp"
#include "engine/protocol/error_response.hpp"
#include "engine/server/handlers/view.hpp"

namespace logarium::server {
namespace {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;
using Asked = MetadataRequest::MetadataRequestTopic;

// Brokers without the listener are told apart from missing ones.
constexpr std::int16_t kListenerNotFoundVersion = 6;
// Topics may be asked for by id.
constexpr std::int16_t kTopicIdVersion = 12;

// v0: an empty list asks for all topics; from v1 on null does, and an empty list asks for none.
bool asks_for_all(const MetadataRequest& request, std::int16_t version) {
  return !request.topics || (version == 0 && request.topics->empty());
}

// One answer in the making.
class Making {
 public:
  Making(const HandlerContext& context, const rpc::Request& request)
      : context_(context),
        image_(*context.image),
        body_(protocol::as<MetadataRequest>(request.body)),
        version_(request.api_version) {}

  MetadataAnswers::Answer make(std::shared_ptr<MetadataResponse> response) {
    add_brokers(*response);
    if (asks_for_all(body_, version_)) {
      response->topics.reserve(image_.topics().size());
      for (const auto& [id, topic] : image_.topics()) {
        response->topics.push_back(describe_topic(*topic));
      }
    } else {
      add_named(*response);
    }
    return {std::move(response), std::move(to_create_)};
  }

 private:
  void add_brokers(MetadataResponse& response) const {
    for (const auto& [id, broker] : image_.brokers()) {
      const metadata::Listener* at = broker->fenced ? nullptr : broker->listener(context_.listener);
      if (at == nullptr) continue;
      response.brokers.push_back({id.value(), at->host, at->port, broker->rack});
    }
  }

  // With an id anywhere in the list, names do not count. What is named twice is told once.
  void add_named(MetadataResponse& response) {
    const bool by_id = std::any_of(body_.topics->begin(), body_.topics->end(),
                                   [](const Asked& asked) { return !asked.topic_id.is_zero(); });
    std::set<std::pair<std::string, Uuid>> seen;
    for (const Asked& asked : *body_.topics) {
      if (by_id && asked.topic_id.is_zero()) continue;
      const std::string name = by_id ? std::string() : asked.name.value_or("");
      if (!seen.emplace(name, asked.topic_id).second) continue;
      const metadata::Topic* topic = by_id ? image_.topic(asked.topic_id) : image_.topic(name);
      if (topic != nullptr) {
        response.topics.push_back(describe_topic(*topic));
      } else {
        response.topics.push_back(by_id ? unknown_id(asked.topic_id) : unknown_name(name));
      }
    }
  }

  // As Kafka: a leader that is not registered, or not at this listener, counts as none. In v0 the
  // unreachable replicas are left out and the partition has an error.
  MetadataResponse::MetadataResponsePartition describe_partition(
      std::int32_t index, const metadata::Partition& partition) const {
    MetadataResponse::MetadataResponsePartition entry;
    entry.partition_index = index;
    entry.leader_epoch = partition.leader_epoch.value();
    entry.replica_nodes = ids_of(partition.replicas);
    entry.isr_nodes = ids_of(partition.isr);
    entry.offline_replicas = offline_replicas(image_, partition, context_.listener);
    if (version_ == 0 && leave_out_unreachable(entry)) {
      entry.error_code = ErrorCode::kReplicaNotAvailable;
    }
    const metadata::Broker* leader = leader_at(image_, partition, context_.listener);
    entry.leader_id = leader != nullptr ? leader->id.value() : -1;
    if (leader == nullptr) entry.error_code = without_leader(partition);
    return entry;
  }
  bool leave_out_unreachable(MetadataResponse::MetadataResponsePartition& entry) const {
    const auto gone = [&](std::int32_t node) {
      return !reachable(image_, NodeId(node), context_.listener);
    };
    return std::erase_if(entry.replica_nodes, gone) + std::erase_if(entry.isr_nodes, gone) > 0;
  }
  ErrorCode without_leader(const metadata::Partition& partition) const {
    const bool hidden = partition.leader && image_.broker(*partition.leader) != nullptr;
    return hidden && version_ >= kListenerNotFoundVersion ? ErrorCode::kListenerNotFound
                                                          : ErrorCode::kLeaderNotAvailable;
  }

  MetadataResponse::MetadataResponseTopic describe_topic(const metadata::Topic& topic) const {
    MetadataResponse::MetadataResponseTopic entry;
    entry.name = topic.name;
    entry.topic_id = topic.id;
    entry.is_internal = metadata::is_internal(topic.name);
    if (body_.include_topic_authorized_operations) {
      entry.topic_authorized_operations = kTopicOperations;
    }
    entry.partitions.reserve(topic.partitions.size());
    std::int32_t index = 0;
    for (const metadata::PartitionPtr& partition : topic.partitions) {
      entry.partitions.push_back(describe_partition(index++, *partition));
    }
    return entry;
  }

  static MetadataResponse::MetadataResponseTopic unknown_id(Uuid id) {
    MetadataResponse::MetadataResponseTopic entry;
    entry.error_code = ErrorCode::kUnknownTopicId;
    entry.topic_id = id;
    return entry;
  }
  // As Kafka's AutoTopicCreationManager: the topic is unknown until its creation is committed.
  MetadataResponse::MetadataResponseTopic unknown_name(const std::string& name) {
    MetadataResponse::MetadataResponseTopic entry;
    entry.name = name;
    entry.is_internal = metadata::is_internal(name);
    if (body_.include_topic_authorized_operations) {
      entry.topic_authorized_operations = kTopicOperations;
    }
    const bool well_named = controller::topic_name_error(name).empty();
    entry.error_code =
        well_named ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kInvalidTopicException;
    const bool create =
        body_.allow_auto_topic_creation && context_.setup.config.broker.auto_create_topics_enable;
    if (create && well_named && !entry.is_internal) to_create_.push_back(name);
    return entry;
  }

  const HandlerContext& context_;
  const metadata::Image& image_;
  const MetadataRequest& body_;
  const std::int16_t version_;
  std::vector<std::string> to_create_;
};

// Ids, and names that are null, have no meaning before v12 although v10 and v11 can carry them.
bool names_too_early(const MetadataRequest& request, std::int16_t version) {
  return version < kTopicIdVersion && !asks_for_all(request, version) &&
         std::any_of(request.topics->begin(), request.topics->end(),
                     [](const Asked& asked) { return !asked.name || !asked.topic_id.is_zero(); });
}

bool same(const MetadataRequest& a, const MetadataRequest& b) {
  return a.topics == b.topics && a.allow_auto_topic_creation == b.allow_auto_topic_creation &&
         a.include_topic_authorized_operations == b.include_topic_authorized_operations &&
         a.include_cluster_authorized_operations == b.include_cluster_authorized_operations;
}

}  // namespace

MetadataAnswers::Answer MetadataAnswers::answer(const HandlerContext& context,
                                                const rpc::Request& request) {
  const auto& body = protocol::as<MetadataRequest>(request.body);
  if (names_too_early(body, request.api_version)) {
    return {protocol::error_response(body, request.api_version, ErrorCode::kInvalidRequest), {}};
  }
  if (image_ != context.image) {
    image_ = context.image;
    kept_.clear();
  }
  for (const Kept& kept : kept_) {
    if (kept.version == request.api_version && kept.listener == context.listener &&
        same(protocol::as<MetadataRequest>(kept.request), body)) {
      return {kept.response, {}};
    }
  }
  auto response = std::make_shared<MetadataResponse>();
  response->cluster_id = context.setup.cluster_id;
  // As in KRaft clusters, where clients cannot reach a controller: some broker, here this one.
  response->controller_id = context.setup.node_id.value();
  if (body.include_cluster_authorized_operations) {
    response->cluster_authorized_operations = kClusterOperations;
  }
  if (!context.image) return {std::move(response), {}};
  Answer made = Making(context, request).make(std::move(response));
  // What asks for a creation is answered anew each time: an earlier one may have failed.
  const std::size_t names = body.topics ? body.topics->size() : 0;
  if (made.to_create.empty() && names <= kKeptNamesMax) {
    if (kept_.size() >= kKeptMax) kept_.erase(kept_.begin());
    kept_.push_back(
        {request.body, request.api_version, std::string(context.listener), made.response});
  }
  return made;
}

}  // namespace logarium::server
