#pragma once
// Building and reading the quorum's messages, all of which carry exactly one partition: that of
// the metadata log. Anything else in them is an invalid request.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/protocol/messages/begin_quorum_epoch.hpp"
#include "engine/protocol/messages/describe_quorum.hpp"
#include "engine/protocol/messages/end_quorum_epoch.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/fetch_snapshot.hpp"
#include "engine/protocol/messages/vote.hpp"
#include "engine/raft/identity.hpp"

namespace logarium::raft {

// Leader and epoch as a response or request names them.
struct LeaderAndEpoch {
  std::optional<NodeId> leader;
  QuorumEpoch epoch;
};
[[nodiscard]] inline std::optional<NodeId> known_node(std::int32_t wire_id) {
  return wire_id < 0 ? std::nullopt : std::optional(NodeId(wire_id));
}
[[nodiscard]] inline std::int32_t wire_id(std::optional<NodeId> node) {
  return node ? node->value() : -1;
}

// The metadata partition of Vote, BeginQuorumEpoch, EndQuorumEpoch and DescribeQuorum messages;
// null when the message names anything else.
template <class M>
[[nodiscard]] const typename M::PartitionData* metadata_partition(const M& message) {
  if (message.topics.size() != 1 || message.topics[0].topic_name != kMetadataTopic) return nullptr;
  const auto& partitions = message.topics[0].partitions;
  return partitions.size() == 1 && partitions[0].partition_index == 0 ? &partitions[0] : nullptr;
}
[[nodiscard]] const protocol::FetchRequest::FetchPartition* metadata_partition(
    const protocol::FetchRequest& request);
[[nodiscard]] const protocol::FetchResponse::PartitionData* metadata_partition(
    const protocol::FetchResponse& response);
[[nodiscard]] const protocol::FetchSnapshotRequest::PartitionSnapshot* metadata_partition(
    const protocol::FetchSnapshotRequest& request);
[[nodiscard]] const protocol::FetchSnapshotResponse::PartitionSnapshot* metadata_partition(
    const protocol::FetchSnapshotResponse& response);

// A message with the metadata partition in it, filled by `fill(partition)`.
template <class M, class Fill>
[[nodiscard]] std::shared_ptr<M> with_partition(Fill&& fill) {
  auto message = std::make_shared<M>();
  message->topics.resize(1);
  message->topics[0].topic_name = kMetadataTopic;
  message->topics[0].partitions.resize(1);
  fill(message->topics[0].partitions[0]);
  return message;
}

// Answers of Vote, BeginQuorumEpoch and EndQuorumEpoch that are refused as a whole.
template <class Response>
[[nodiscard]] MessageRef refused(protocol::ErrorCode error) {
  auto response = std::make_shared<Response>();
  response->error_code = error;
  return response;
}
template <class Response>
[[nodiscard]] std::shared_ptr<Response> answer_of(protocol::ErrorCode error,
                                                  const LeaderAndEpoch& now) {
  return with_partition<Response>([&](typename Response::PartitionData& partition) {
    partition.error_code = error;
    partition.leader_id = wire_id(now.leader);
    partition.leader_epoch = now.epoch.value();
  });
}

struct FetchAnswer {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  LeaderAndEpoch now;
  std::optional<Offset> high_watermark;
  Offset log_start;
  std::optional<LogPosition> diverging;
  std::optional<LogPosition> snapshot;
  protocol::Records records;
};
[[nodiscard]] MessageRef fetch_response(FetchAnswer answer);

struct SnapshotAnswer {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  LeaderAndEpoch now;
  LogPosition id;
  std::int64_t size = 0;
  std::int64_t position = 0;
  Bytes bytes;
};
[[nodiscard]] MessageRef fetch_snapshot_response(const SnapshotAnswer& answer);

}  // namespace logarium::raft
