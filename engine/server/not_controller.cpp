#include "engine/server/not_controller.hpp"

#include <algorithm>

#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/describe_configs.hpp"
#include "engine/protocol/messages/describe_quorum.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"

namespace logarium::server {
namespace {

using protocol::ErrorCode;

bool says_so(ErrorCode error) {
  return error == ErrorCode::kNotController || error == ErrorCode::kNotLeaderOrFollower;
}

template <class T>
bool at_top(const Message& message) {
  return says_so(protocol::as<T>(message).error_code);
}

template <class Items>
bool in_all(const Items& items) {
  return !items.empty() && std::all_of(items.begin(), items.end(),
                                       [](const auto& item) { return says_so(item.error_code); });
}

}  // namespace

bool says_not_controller(const MessageRef& response) {
  using protocol::ApiKey;
  const Message& message = *response;
  switch (static_cast<ApiKey>(message.api_key())) {
    case ApiKey::kCreateTopics:
      return in_all(protocol::as<protocol::CreateTopicsResponse>(message).topics);
    case ApiKey::kDeleteTopics:
      return in_all(protocol::as<protocol::DeleteTopicsResponse>(message).responses);
    case ApiKey::kCreatePartitions:
      return in_all(protocol::as<protocol::CreatePartitionsResponse>(message).results);
    case ApiKey::kIncrementalAlterConfigs:
      return in_all(protocol::as<protocol::IncrementalAlterConfigsResponse>(message).responses);
    case ApiKey::kDescribeConfigs:
      return in_all(protocol::as<protocol::DescribeConfigsResponse>(message).results);
    case ApiKey::kElectLeaders:
      return at_top<protocol::ElectLeadersResponse>(message);
    case ApiKey::kAlterPartitionReassignments:
      return at_top<protocol::AlterPartitionReassignmentsResponse>(message);
    case ApiKey::kListPartitionReassignments:
      return at_top<protocol::ListPartitionReassignmentsResponse>(message);
    case ApiKey::kUnregisterBroker:
      return at_top<protocol::UnregisterBrokerResponse>(message);
    case ApiKey::kDescribeQuorum:
      return at_top<protocol::DescribeQuorumResponse>(message);
    default:
      return false;
  }
}

}  // namespace logarium::server
