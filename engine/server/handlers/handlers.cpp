#include "engine/server/handlers/handlers.hpp"

#include "engine/base/ensure.hpp"
#include "engine/protocol/api_table.hpp"

namespace logarium::server {
namespace {

using protocol::ApiKey;

Answerer on_broker(ApiKey key) {
  switch (key) {
    case ApiKey::kApiVersions:
    case ApiKey::kDescribeCluster:
    case ApiKey::kDescribeConfigs:
    case ApiKey::kDescribeTopicPartitions:
    case ApiKey::kFindCoordinator:
      return Answerer::kHandlers;
    case ApiKey::kMetadata:
      return Answerer::kMetadata;
    case ApiKey::kProduce:
    case ApiKey::kFetch:
    case ApiKey::kListOffsets:
    case ApiKey::kOffsetForLeaderEpoch:
    case ApiKey::kDeleteRecords:
      return Answerer::kReplicas;
    case ApiKey::kInitProducerId:
      return Answerer::kProducerIds;
    case ApiKey::kCreateTopics:
    case ApiKey::kDeleteTopics:
    case ApiKey::kCreatePartitions:
    case ApiKey::kIncrementalAlterConfigs:
    case ApiKey::kElectLeaders:
    case ApiKey::kAlterPartitionReassignments:
    case ApiKey::kListPartitionReassignments:
    case ApiKey::kUnregisterBroker:
    case ApiKey::kDescribeQuorum:
      return Answerer::kForward;
    default:
      return Answerer::kNobody;
  }
}

Answerer on_controller(ApiKey key) {
  switch (key) {
    case ApiKey::kApiVersions:
    case ApiKey::kDescribeCluster:
    case ApiKey::kDescribeConfigs:
      return Answerer::kHandlers;
    case ApiKey::kFetch:
    case ApiKey::kVote:
    case ApiKey::kBeginQuorumEpoch:
    case ApiKey::kEndQuorumEpoch:
    case ApiKey::kDescribeQuorum:
    case ApiKey::kFetchSnapshot:
      return Answerer::kQuorum;
    case ApiKey::kCreateTopics:
    case ApiKey::kDeleteTopics:
    case ApiKey::kCreatePartitions:
    case ApiKey::kIncrementalAlterConfigs:
    case ApiKey::kElectLeaders:
    case ApiKey::kAlterPartitionReassignments:
    case ApiKey::kListPartitionReassignments:
    case ApiKey::kUnregisterBroker:
    case ApiKey::kAllocateProducerIds:
    case ApiKey::kBrokerRegistration:
    case ApiKey::kBrokerHeartbeat:
    case ApiKey::kControllerRegistration:
    case ApiKey::kAlterPartition:
    case ApiKey::kAssignReplicasToDirs:
      return Answerer::kController;
    default:
      return Answerer::kNobody;
  }
}

}  // namespace

// Of a listener that serves as both, what a broker would forward goes to the process's own
// controller if that is active; server::Process decides that, and who gets a Fetch, by looking at
// the request.
Answerer answerer_of(ApiKey key, Roles roles) {
  const Answerer as_broker = roles.broker ? on_broker(key) : Answerer::kNobody;
  if (as_broker != Answerer::kNobody) return as_broker;
  return roles.controller ? on_controller(key) : Answerer::kNobody;
}

bool serves_version(ApiKey key, std::int16_t version) {
  if (key == ApiKey::kApiVersions) return true;
  const protocol::ApiEntry* entry = protocol::find_api(key);
  return entry != nullptr && entry->kafka.contains(version);
}

MessageRef answer(const HandlerContext& context, const rpc::Request& request) {
  switch (static_cast<ApiKey>(request.body->api_key())) {
    case ApiKey::kApiVersions:
      return answer_api_versions(context, request);
    case ApiKey::kDescribeCluster:
      return answer_describe_cluster(context, request);
    case ApiKey::kDescribeConfigs:
      return answer_describe_configs(context, request);
    case ApiKey::kDescribeTopicPartitions:
      return answer_describe_topic_partitions(context, request);
    case ApiKey::kFindCoordinator:
      return answer_find_coordinator(context, request);
    default:
      ENSURE(false && "an API that the handlers do not answer");
  }
  return nullptr;
}

}  // namespace logarium::server
