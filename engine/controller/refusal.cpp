#include "engine/controller/refusal.hpp"

#include "engine/base/ensure.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/error_response.hpp"

namespace logarium::controller {

using protocol::ApiKey;
using protocol::ErrorCode;

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
  ENSURE(is_controller_api(request.api_key()));
  // In none of these APIs does the place of the code depend on the version.
  const std::int16_t newest =
      protocol::find_api(static_cast<ApiKey>(request.api_key()))->versions.max;
  return protocol::error_response(request, newest, code, message);
}

}  // namespace logarium::controller
