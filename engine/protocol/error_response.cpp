#include "engine/protocol/error_response.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "engine/base/ensure.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/messages/allocate_producer_ids.hpp"
#include "engine/protocol/messages/alter_partition.hpp"
#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/assign_replicas_to_dirs.hpp"
#include "engine/protocol/messages/begin_quorum_epoch.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/broker_registration.hpp"
#include "engine/protocol/messages/controller_registration.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_records.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/protocol/messages/describe_configs.hpp"
#include "engine/protocol/messages/describe_quorum.hpp"
#include "engine/protocol/messages/describe_topic_partitions.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "engine/protocol/messages/end_quorum_epoch.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/fetch_snapshot.hpp"
#include "engine/protocol/messages/find_coordinator.hpp"
#include "engine/protocol/messages/incremental_alter_configs.hpp"
#include "engine/protocol/messages/init_producer_id.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/protocol/messages/list_partition_reassignments.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/offset_for_leader_epoch.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/protocol/messages/unregister_broker.hpp"
#include "engine/protocol/messages/vote.hpp"

namespace logarium::protocol {
namespace {

// Since this version a Fetch is refused at the top of its response alone.
constexpr std::int16_t kFetchTopLevelOnly = 13;
// Since this version FindCoordinator asks for several keys (KIP-699).
constexpr std::int16_t kCoordinatorBatch = 4;
constexpr std::int64_t kUnknown = -1;  // an offset or watermark that is not told
constexpr std::int32_t kNoNode = -1;

struct Why {
  std::int16_t version = 0;
  ErrorCode code{};
  const std::optional<std::string>& message;
};

// ---- codes in each entry of the request ---------------------------------------------------------

MessageRef refuse(const ProduceRequest& request, const Why& why) {
  if (request.acks == 0) return nullptr;
  auto response = std::make_shared<ProduceResponse>();
  for (const auto& topic : request.topic_data) {
    auto& answered = response->responses.emplace_back();
    answered.name = topic.name;
    answered.topic_id = topic.topic_id;
    for (const auto& partition : topic.partition_data) {
      auto& one = answered.partition_responses.emplace_back();
      one.index = partition.index;
      one.error_code = why.code;
      one.base_offset = kUnknown;
      one.error_message = why.message;
    }
  }
  return response;
}

// The code stands at the top in every version that has the field; older clients look for it in the
// partitions.
MessageRef refuse(const FetchRequest& request, const Why& why) {
  auto response = std::make_shared<FetchResponse>();
  response->error_code = why.code;
  response->session_id = request.session_id;
  if (why.version >= kFetchTopLevelOnly) return response;
  for (const auto& topic : request.topics) {
    auto& answered = response->responses.emplace_back();
    answered.topic = topic.topic;
    answered.topic_id = topic.topic_id;
    for (const auto& partition : topic.partitions) {
      auto& one = answered.partitions.emplace_back();
      one.partition_index = partition.partition;
      one.error_code = why.code;
      one.high_watermark = kUnknown;
    }
  }
  return response;
}

MessageRef refuse(const ListOffsetsRequest& request, const Why& why) {
  auto response = std::make_shared<ListOffsetsResponse>();
  for (const auto& topic : request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partitions) {
      auto& one = answered.partitions.emplace_back();
      one.partition_index = partition.partition_index;
      one.error_code = why.code;
    }
  }
  return response;
}

// A request for all topics names none: before version 13 its answer is empty and says no error.
MessageRef refuse(const MetadataRequest& request, const Why& why) {
  auto response = std::make_shared<MetadataResponse>();
  response->error_code = why.code;
  if (!request.topics) return response;
  for (const auto& topic : *request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.name = topic.name.value_or("");
    answered.topic_id = topic.topic_id;
    answered.error_code = why.code;
  }
  return response;
}

// KIP-511: UNSUPPORTED_VERSION comes with the versions of this API, so that the client can ask
// again.
MessageRef refuse(const ApiVersionsRequest&, const Why& why) {
  auto response = std::make_shared<ApiVersionsResponse>();
  response->error_code = why.code;
  if (why.code != ErrorCode::kUnsupportedVersion) return response;
  const VersionRange offered = advertised(*find_api(ApiKey::kApiVersions));
  response->api_keys.push_back(
      {static_cast<std::int16_t>(ApiKey::kApiVersions), offered.min, offered.max});
  return response;
}

MessageRef refuse(const FindCoordinatorRequest& request, const Why& why) {
  auto response = std::make_shared<FindCoordinatorResponse>();
  if (why.version < kCoordinatorBatch) {
    response->error_code = why.code;
    response->error_message = why.message;
    response->node_id = kNoNode;
    response->port = kNoNode;
    return response;
  }
  for (const std::string& key : request.coordinator_keys) {
    response->coordinators.push_back({key, kNoNode, "", kNoNode, why.code, why.message});
  }
  return response;
}

MessageRef refuse(const InitProducerIdRequest&, const Why& why) {
  auto response = std::make_shared<InitProducerIdResponse>();
  response->error_code = why.code;
  response->producer_epoch = -1;
  return response;
}

MessageRef refuse(const OffsetForLeaderEpochRequest& request, const Why& why) {
  auto response = std::make_shared<OffsetForLeaderEpochResponse>();
  for (const auto& topic : request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.topic = topic.topic;
    for (const auto& partition : topic.partitions) {
      auto& one = answered.partitions.emplace_back();
      one.partition = partition.partition;
      one.error_code = why.code;
    }
  }
  return response;
}

MessageRef refuse(const DeleteRecordsRequest& request, const Why& why) {
  auto response = std::make_shared<DeleteRecordsResponse>();
  for (const auto& topic : request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partitions) {
      answered.partitions.push_back({partition.partition_index, kUnknown, why.code});
    }
  }
  return response;
}

MessageRef refuse(const CreateTopicsRequest& request, const Why& why) {
  auto response = std::make_shared<CreateTopicsResponse>();
  for (const auto& topic : request.topics) {
    auto& result = response->topics.emplace_back();
    result.name = topic.name;
    result.error_code = why.code;
    result.error_message = why.message;
  }
  return response;
}

// Up to version 5 topics are named in one list, from 6 on by name or id in another.
MessageRef refuse(const DeleteTopicsRequest& request, const Why& why) {
  auto response = std::make_shared<DeleteTopicsResponse>();
  for (const auto& topic : request.topics) {
    response->responses.push_back({topic.name, topic.topic_id, why.code, why.message});
  }
  for (const std::string& name : request.topic_names) {
    response->responses.push_back({name, kZeroUuid, why.code, why.message});
  }
  return response;
}

MessageRef refuse(const CreatePartitionsRequest& request, const Why& why) {
  auto response = std::make_shared<CreatePartitionsResponse>();
  for (const auto& topic : request.topics) {
    response->results.push_back({topic.name, why.code, why.message});
  }
  return response;
}

MessageRef refuse(const DescribeConfigsRequest& request, const Why& why) {
  auto response = std::make_shared<DescribeConfigsResponse>();
  for (const auto& resource : request.resources) {
    auto& result = response->results.emplace_back();
    result.error_code = why.code;
    result.error_message = why.message;
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
  }
  return response;
}

MessageRef refuse(const IncrementalAlterConfigsRequest& request, const Why& why) {
  auto response = std::make_shared<IncrementalAlterConfigsResponse>();
  for (const auto& resource : request.resources) {
    response->responses.push_back(
        {why.code, why.message, resource.resource_type, resource.resource_name});
  }
  return response;
}

MessageRef refuse(const DescribeTopicPartitionsRequest& request, const Why& why) {
  auto response = std::make_shared<DescribeTopicPartitionsResponse>();
  for (const auto& topic : request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.name = topic.name;
    answered.error_code = why.code;
  }
  return response;
}

// ---- codes at the top and in each entry ---------------------------------------------------------

MessageRef refuse(const ElectLeadersRequest& request, const Why& why) {
  auto response = std::make_shared<ElectLeadersResponse>();
  response->error_code = why.code;
  if (!request.topic_partitions) return response;
  for (const auto& topic : *request.topic_partitions) {
    auto& answered = response->replica_election_results.emplace_back();
    answered.topic = topic.topic;
    for (const std::int32_t partition : topic.partitions) {
      answered.partition_result.push_back({partition, why.code, why.message});
    }
  }
  return response;
}

MessageRef refuse(const AlterPartitionReassignmentsRequest& request, const Why& why) {
  auto response = std::make_shared<AlterPartitionReassignmentsResponse>();
  response->error_code = why.code;
  response->error_message = why.message;
  for (const auto& topic : request.topics) {
    auto& answered = response->responses.emplace_back();
    answered.name = topic.name;
    for (const auto& partition : topic.partitions) {
      answered.partitions.push_back({partition.partition_index, why.code, why.message});
    }
  }
  return response;
}

// The partitions asked for come back empty: an entry has no place for a code.
MessageRef refuse(const ListPartitionReassignmentsRequest& request, const Why& why) {
  auto response = std::make_shared<ListPartitionReassignmentsResponse>();
  response->error_code = why.code;
  response->error_message = why.message;
  if (!request.topics) return response;
  for (const auto& topic : *request.topics) {
    auto& answered = response->topics.emplace_back();
    answered.name = topic.name;
    for (const std::int32_t index : topic.partition_indexes) {
      answered.partitions.emplace_back().partition_index = index;
    }
  }
  return response;
}

// ---- the table ----------------------------------------------------------------------------------

using Maker = MessageRef (*)(const Message& request, const Why& why);

template <class Request>
MessageRef each(const Message& request, const Why& why) {
  return refuse(as<Request>(request), why);
}
// A code at the top, and nothing else.
template <class Response>
MessageRef top(const Message&, const Why& why) {
  auto response = std::make_shared<Response>();
  response->error_code = why.code;
  return response;
}
// A code at the top with a text.
template <class Response>
MessageRef told(const Message&, const Why& why) {
  auto response = std::make_shared<Response>();
  response->error_code = why.code;
  response->error_message = why.message;
  return response;
}

struct Row {
  ApiKey key;
  Maker make;
};
// Ascending keys.
constexpr std::array kRows = {
    Row{ApiKey::kProduce, &each<ProduceRequest>},
    Row{ApiKey::kFetch, &each<FetchRequest>},
    Row{ApiKey::kListOffsets, &each<ListOffsetsRequest>},
    Row{ApiKey::kMetadata, &each<MetadataRequest>},
    Row{ApiKey::kFindCoordinator, &each<FindCoordinatorRequest>},
    Row{ApiKey::kApiVersions, &each<ApiVersionsRequest>},
    Row{ApiKey::kCreateTopics, &each<CreateTopicsRequest>},
    Row{ApiKey::kDeleteTopics, &each<DeleteTopicsRequest>},
    Row{ApiKey::kDeleteRecords, &each<DeleteRecordsRequest>},
    Row{ApiKey::kInitProducerId, &each<InitProducerIdRequest>},
    Row{ApiKey::kOffsetForLeaderEpoch, &each<OffsetForLeaderEpochRequest>},
    Row{ApiKey::kDescribeConfigs, &each<DescribeConfigsRequest>},
    Row{ApiKey::kCreatePartitions, &each<CreatePartitionsRequest>},
    Row{ApiKey::kElectLeaders, &each<ElectLeadersRequest>},
    Row{ApiKey::kIncrementalAlterConfigs, &each<IncrementalAlterConfigsRequest>},
    Row{ApiKey::kAlterPartitionReassignments, &each<AlterPartitionReassignmentsRequest>},
    Row{ApiKey::kListPartitionReassignments, &each<ListPartitionReassignmentsRequest>},
    Row{ApiKey::kVote, &top<VoteResponse>},
    Row{ApiKey::kBeginQuorumEpoch, &top<BeginQuorumEpochResponse>},
    Row{ApiKey::kEndQuorumEpoch, &top<EndQuorumEpochResponse>},
    Row{ApiKey::kDescribeQuorum, &told<DescribeQuorumResponse>},
    Row{ApiKey::kAlterPartition, &top<AlterPartitionResponse>},
    Row{ApiKey::kFetchSnapshot, &top<FetchSnapshotResponse>},
    Row{ApiKey::kDescribeCluster, &told<DescribeClusterResponse>},
    Row{ApiKey::kBrokerRegistration, &top<BrokerRegistrationResponse>},
    Row{ApiKey::kBrokerHeartbeat, &top<BrokerHeartbeatResponse>},
    Row{ApiKey::kUnregisterBroker, &top<UnregisterBrokerResponse>},
    Row{ApiKey::kAllocateProducerIds, &top<AllocateProducerIdsResponse>},
    Row{ApiKey::kControllerRegistration, &told<ControllerRegistrationResponse>},
    Row{ApiKey::kAssignReplicasToDirs, &top<AssignReplicasToDirsResponse>},
    Row{ApiKey::kDescribeTopicPartitions, &each<DescribeTopicPartitionsRequest>},
};

const Row* find_row(ApiKey key) {
  const auto found = std::lower_bound(kRows.begin(), kRows.end(), key,
                                      [](const Row& row, ApiKey k) { return row.key < k; });
  return found != kRows.end() && found->key == key ? &*found : nullptr;
}

}  // namespace

bool has_error_response(ApiKey key) { return find_row(key) != nullptr; }

MessageRef error_response(const Message& request, std::int16_t version, ErrorCode code,
                          std::optional<std::string> message) {
  ENSURE(request.direction() == Message::Direction::kRequest);
  ENSURE(code != ErrorCode::kNone);
  const Row* row = find_row(static_cast<ApiKey>(request.api_key()));
  return row == nullptr ? nullptr : row->make(request, Why{version, code, message});
}

}  // namespace logarium::protocol
