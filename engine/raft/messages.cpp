#include "engine/raft/messages.hpp"

#include <utility>

namespace logarium::raft {
namespace {

template <class Topics>
auto only_partition(const Topics& topics) -> decltype(&topics[0].partitions[0]) {
  if (topics.size() != 1 || topics[0].partitions.size() != 1) return nullptr;
  return &topics[0].partitions[0];
}

// From version 13 on a fetch names the topic by id, before by name.
template <class Topic>
bool names_metadata(const Topic& topic) {
  return topic.topic_id == kMetadataTopicId || topic.topic == kMetadataTopic;
}

}  // namespace

const protocol::FetchRequest::FetchPartition* metadata_partition(
    const protocol::FetchRequest& request) {
  const auto* partition = only_partition(request.topics);
  if (partition == nullptr || !names_metadata(request.topics[0])) return nullptr;
  return partition->partition == 0 ? partition : nullptr;
}

const protocol::FetchResponse::PartitionData* metadata_partition(
    const protocol::FetchResponse& response) {
  const auto* partition = only_partition(response.responses);
  if (partition == nullptr || !names_metadata(response.responses[0])) return nullptr;
  return partition->partition_index == 0 ? partition : nullptr;
}

const protocol::FetchSnapshotRequest::PartitionSnapshot* metadata_partition(
    const protocol::FetchSnapshotRequest& request) {
  const auto* partition = only_partition(request.topics);
  if (partition == nullptr || request.topics[0].name != kMetadataTopic) return nullptr;
  return partition->partition == 0 ? partition : nullptr;
}

const protocol::FetchSnapshotResponse::PartitionSnapshot* metadata_partition(
    const protocol::FetchSnapshotResponse& response) {
  const auto* partition = only_partition(response.topics);
  if (partition == nullptr || response.topics[0].name != kMetadataTopic) return nullptr;
  return partition->index == 0 ? partition : nullptr;
}

MessageRef fetch_response(FetchAnswer answer) {
  auto response = std::make_shared<protocol::FetchResponse>();
  response->responses.resize(1);
  auto& topic = response->responses[0];
  topic.topic = kMetadataTopic;
  topic.topic_id = kMetadataTopicId;
  topic.partitions.resize(1);
  auto& partition = topic.partitions[0];
  partition.error_code = answer.error;
  partition.high_watermark = answer.high_watermark ? answer.high_watermark->value() : -1;
  partition.log_start_offset = answer.log_start.value();
  partition.current_leader = {wire_id(answer.now.leader), answer.now.epoch.value()};
  if (answer.diverging) {
    partition.diverging_epoch = {answer.diverging->epoch.value(), answer.diverging->offset.value()};
  }
  if (answer.snapshot) {
    partition.snapshot_id = {answer.snapshot->offset.value(), answer.snapshot->epoch.value()};
  }
  partition.records = std::move(answer.records);
  return response;
}

MessageRef fetch_snapshot_response(const SnapshotAnswer& answer) {
  auto response = std::make_shared<protocol::FetchSnapshotResponse>();
  response->topics.resize(1);
  response->topics[0].name = kMetadataTopic;
  response->topics[0].partitions.resize(1);
  auto& partition = response->topics[0].partitions[0];
  partition.error_code = answer.error;
  partition.snapshot_id = {answer.id.offset.value(), answer.id.epoch.value()};
  partition.current_leader = {wire_id(answer.now.leader), answer.now.epoch.value()};
  partition.size = answer.size;
  partition.position = answer.position;
  partition.unaligned_records = answer.bytes;
  return response;
}

}  // namespace logarium::raft
