#include "engine/controller/refusal.hpp"

#include "engine/protocol/message_base.hpp"
#include "engine/protocol/messages/allocate_producer_ids.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/assign_replicas_to_dirs.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/broker_registration.hpp"
#include "engine/protocol/messages/controller_registration.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"

namespace logarium::controller {

using protocol::ApiKey;
using protocol::as;
using protocol::ErrorCode;

namespace {

struct Why {
  ErrorCode code;
  const std::string& message;
};

template <class Response>
std::shared_ptr<Response> coded(const Why& why) {
  auto response = std::make_shared<Response>();
  response->error_code = why.code;
  return response;
}
template <class Response>
std::shared_ptr<Response> explained(const Why& why) {
  std::shared_ptr<Response> response = coded<Response>(why);
  response->error_message = why.message;
  return response;
}

MessageRef refuse_each(const protocol::CreateTopicsRequest& request, const Why& why) {
  auto response = std::make_shared<protocol::CreateTopicsResponse>();
  for (const auto& topic : request.topics) {
    protocol::CreateTopicsResponse::CreatableTopicResult result;
    result.name = topic.name;
    result.error_code = why.code;
    result.error_message = why.message;
    response->topics.push_back(std::move(result));
  }
  return response;
}
MessageRef refuse_each(const protocol::DeleteTopicsRequest& request, const Why& why) {
  auto response = std::make_shared<protocol::DeleteTopicsResponse>();
  for (const auto& topic : request.topics) {
    response->responses.push_back({topic.name, topic.topic_id, why.code, why.message});
  }
  for (const std::string& name : request.topic_names) {
    response->responses.push_back({name, kZeroUuid, why.code, why.message});
  }
  return response;
}
MessageRef refuse_each(const protocol::CreatePartitionsRequest& request, const Why& why) {
  auto response = std::make_shared<protocol::CreatePartitionsResponse>();
  for (const auto& topic : request.topics) {
    response->results.push_back({topic.name, why.code, why.message});
  }
  return response;
}
MessageRef refuse_each(const protocol::IncrementalAlterConfigsRequest& request, const Why& why) {
  auto response = std::make_shared<protocol::IncrementalAlterConfigsResponse>();
  for (const auto& resource : request.resources) {
    response->responses.push_back(
        {why.code, why.message, resource.resource_type, resource.resource_name});
  }
  return response;
}

}  // namespace

bool is_controller_api(std::int16_t api_key) {
  switch (static_cast<ApiKey>(api_key)) {
    case ApiKey::kBrokerRegistration:
    case ApiKey::kBrokerHeartbeat:
    case ApiKey::kUnregisterBroker:
    case ApiKey::kControllerRegistration:
    case ApiKey::kCreateTopics:
    case ApiKey::kDeleteTopics:
    case ApiKey::kCreatePartitions:
    case ApiKey::kIncrementalAlterConfigs:
    case ApiKey::kElectLeaders:
    case ApiKey::kAlterPartitionReassignments:
    case ApiKey::kListPartitionReassignments:
    case ApiKey::kAllocateProducerIds:
    case ApiKey::kAlterPartition:
    case ApiKey::kAssignReplicasToDirs:
      return true;
    default:
      return false;
  }
}

MessageRef refuse(const Message& request, ErrorCode code, const std::string& message) {
  const Why why{code, message};
  switch (static_cast<ApiKey>(request.api_key())) {
    case ApiKey::kBrokerRegistration:
      return coded<protocol::BrokerRegistrationResponse>(why);
    case ApiKey::kBrokerHeartbeat:
      return coded<protocol::BrokerHeartbeatResponse>(why);
    case ApiKey::kUnregisterBroker:
      return explained<protocol::UnregisterBrokerResponse>(why);
    case ApiKey::kControllerRegistration:
      return explained<protocol::ControllerRegistrationResponse>(why);
    case ApiKey::kCreateTopics:
      return refuse_each(as<protocol::CreateTopicsRequest>(request), why);
    case ApiKey::kDeleteTopics:
      return refuse_each(as<protocol::DeleteTopicsRequest>(request), why);
    case ApiKey::kCreatePartitions:
      return refuse_each(as<protocol::CreatePartitionsRequest>(request), why);
    case ApiKey::kIncrementalAlterConfigs:
      return refuse_each(as<protocol::IncrementalAlterConfigsRequest>(request), why);
    case ApiKey::kElectLeaders:
      return coded<protocol::ElectLeadersResponse>(why);
    case ApiKey::kAlterPartitionReassignments:
      return explained<protocol::AlterPartitionReassignmentsResponse>(why);
    case ApiKey::kListPartitionReassignments:
      return explained<protocol::ListPartitionReassignmentsResponse>(why);
    case ApiKey::kAllocateProducerIds:
      return coded<protocol::AllocateProducerIdsResponse>(why);
    case ApiKey::kAlterPartition:
      return coded<protocol::AlterPartitionResponse>(why);
    case ApiKey::kAssignReplicasToDirs:
      return coded<protocol::AssignReplicasToDirsResponse>(why);
    default:
      ENSURE(is_controller_api(request.api_key()));
      return nullptr;
  }
}

}  // namespace logarium::controller
