#include "engine/protocol/api_table.hpp"

#include <algorithm>
#include <charconv>

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
#include "engine/protocol/messages/envelope.hpp"
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

template <class Request, class Response>
ApiEntry entry(std::string_view meaning, VersionRange kafka) {
  static_assert(Request::kApiKey == Response::kApiKey);
  static_assert(Request::kVersions == Response::kVersions);
  static_assert(Request::kFlexibleFrom == Response::kFlexibleFrom);
  return {.key = Request::kApiKey,
          .name = name_of(Request::kApiKey),
          .meaning = meaning,
          .versions = Request::kVersions,
          .kafka = kafka,
          .flexible_from = Request::kFlexibleFrom,
          .decode_request = &Request::decode,
          .decode_response = &Response::decode,
          .new_request = &Request::make,
          .new_response = &Response::make};
}

using Table = std::vector<ApiEntry>;

Table client_apis() {
  return {
      entry<ProduceRequest, ProduceResponse>("Appends record batches to partitions.", {3, 13}),
      entry<FetchRequest, FetchResponse>(
          "Reads record batches: consumers, followers and the metadata quorum.", {4, 18}),
      entry<ListOffsetsRequest, ListOffsetsResponse>(
          "The offset of a timestamp, or the earliest or latest one of a partition.", {1, 11}),
      entry<MetadataRequest, MetadataResponse>("Brokers, topics and partition leaders.", {0, 13}),
      entry<ApiVersionsRequest, ApiVersionsResponse>("What a node speaks, and its features.",
                                                     {0, 4}),
      entry<FindCoordinatorRequest, FindCoordinatorResponse>(
          "Which broker coordinates a group or a transaction.", {0, 6}),
      entry<InitProducerIdRequest, InitProducerIdResponse>("Gives a producer its id and epoch.",
                                                           {0, 5}),
      entry<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
          "Where a leader epoch ends in a partition.", {2, 4}),
  };
}

Table admin_apis() {
  return {
      entry<CreateTopicsRequest, CreateTopicsResponse>("Creates topics.", {2, 7}),
      entry<DeleteTopicsRequest, DeleteTopicsResponse>("Deletes topics by name or id.", {1, 6}),
      entry<DeleteRecordsRequest, DeleteRecordsResponse>(
          "Raises the log start offset of partitions.", {0, 2}),
      entry<DescribeConfigsRequest, DescribeConfigsResponse>(
          "Reads the configs of topics and brokers.", {1, 4}),
      entry<CreatePartitionsRequest, CreatePartitionsResponse>(
          "Raises the partition count of topics.", {0, 3}),
      entry<ElectLeadersRequest, ElectLeadersResponse>(
          "Elects the preferred or, uncleanly, any replica as leader.", {0, 2}),
      entry<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
          "Sets, deletes, appends to or subtracts from single configs.", {0, 1}),
      entry<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(
          "Starts, changes or cancels reassignments.", {0, 1}),
      entry<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(
          "Lists the reassignments in progress.", {0, 0}),
      entry<DescribeClusterRequest, DescribeClusterResponse>(
          "The brokers or controllers of the cluster.", {0, 2}),
      entry<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
          "Partitions of topics a page at a time, with eligible leader replicas.", {0, 0}),
      entry<UnregisterBrokerRequest, UnregisterBrokerResponse>(
          "Removes a broker registration for good.", {0, 0}),
  };
}

Table cluster_apis() {
  return {
      entry<VoteRequest, VoteResponse>(
          "A candidate of the metadata quorum asks for votes or pre-votes.", {0, 2}),
      entry<BeginQuorumEpochRequest, BeginQuorumEpochResponse>(
          "A new leader of the metadata quorum makes itself known.", {0, 1}),
      entry<EndQuorumEpochRequest, EndQuorumEpochResponse>(
          "A resigning leader of the metadata quorum names successors.", {0, 1}),
      entry<DescribeQuorumRequest, DescribeQuorumResponse>(
          "Leader, epoch and replica progress of the metadata quorum.", {0, 2}),
      entry<FetchSnapshotRequest, FetchSnapshotResponse>("Reads a part of a metadata snapshot.",
                                                         {0, 1}),
      entry<AlterPartitionRequest, AlterPartitionResponse>(
          "A leader proposes a new ISR or recovery state to the controller.", {2, 3}),
      entry<EnvelopeRequest, EnvelopeResponse>(
          "A request forwarded to the controller for a client.", {0, 0}),
      entry<BrokerRegistrationRequest, BrokerRegistrationResponse>(
          "A starting broker registers with the active controller.", {0, 4}),
      entry<BrokerHeartbeatRequest, BrokerHeartbeatResponse>(
          "Keeps a broker alive; asks for fencing, unfencing or shutdown.", {0, 1}),
      entry<AllocateProducerIdsRequest, AllocateProducerIdsResponse>(
          "A broker asks the controller for a block of producer ids.", {0, 0}),
      entry<ControllerRegistrationRequest, ControllerRegistrationResponse>(
          "A controller registers its listeners and features.", {0, 0}),
      entry<AssignReplicasToDirsRequest, AssignReplicasToDirsResponse>(
          "A broker tells in which log directories its replicas lie.", {0, 0}),
  };
}

Table build_table() {
  Table table = client_apis();
  for (const Table& more : {admin_apis(), cluster_apis()}) {
    table.insert(table.end(), more.begin(), more.end());
  }
  std::sort(table.begin(), table.end(),
            [](const ApiEntry& a, const ApiEntry& b) { return a.key < b.key; });
  return table;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::span<const ApiEntry> api_table() {
  static const Table table = build_table();
  return table;
}

const ApiEntry* find_api(ApiKey key) {
  const auto table = api_table();
  const auto found = std::lower_bound(table.begin(), table.end(), key,
                                      [](const ApiEntry& e, ApiKey k) { return e.key < k; });
  return found != table.end() && found->key == key ? &*found : nullptr;
}

const ApiEntry* find_api(std::string_view name_or_key) {
  std::int16_t number = 0;
  const char* end = name_or_key.data() + name_or_key.size();
  const auto parsed = std::from_chars(name_or_key.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end) return find_api(static_cast<ApiKey>(number));
  for (const ApiEntry& entry : api_table()) {
    if (same_name(entry.name, name_or_key)) return &entry;
  }
  return nullptr;
}

VersionRange advertised(const ApiEntry& entry) {
  if (entry.key == ApiKey::kProduce) return {0, entry.kafka.max};
  return entry.kafka;
}

std::optional<std::int16_t> newest_common(ApiKey key, VersionRange peer) {
  const ApiEntry* entry = find_api(key);
  if (entry == nullptr) return std::nullopt;
  const VersionRange common = entry->kafka.overlap(peer);
  if (common.empty()) return std::nullopt;
  return common.max;
}

}  // namespace logarium::protocol
