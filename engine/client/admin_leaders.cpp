// Admin, calls whose partitions are served by their leaders: DeleteRecords and ListOffsets.

#include <algorithm>
#include <utility>

#include "engine/client/admin.hpp"
#include "engine/protocol/messages/delete_records.hpp"
#include "engine/protocol/messages/list_offsets.hpp"

namespace logarium::client {
namespace {

using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

// The entry for the topic, added when it is new.
template <class Topics>
auto& topic_of_leaders(Topics& topics, const std::string& name) {
  for (auto& topic : topics) {
    if (topic.name == name) return topic;
  }
  topics.push_back({name, {}});
  return topics.back();
}

}  // namespace

std::vector<Admin::Part> Admin::parts_of(const Message& request) {
  std::vector<Part> parts;
  const auto add = [&parts](const std::string& topic, std::int32_t partition,
                            std::int64_t argument) {
    Part part;
    part.topic = topic;
    part.partition = PartitionIndex(partition);
    part.argument = argument;
    parts.push_back(std::move(part));
  };
  if (protocol::is<DeleteRecordsRequest>(request)) {
    for (const auto& topic : protocol::as<DeleteRecordsRequest>(request).topics) {
      for (const auto& p : topic.partitions) add(topic.name, p.partition_index, p.offset);
    }
  }
  if (protocol::is<ListOffsetsRequest>(request)) {
    for (const auto& topic : protocol::as<ListOffsetsRequest>(request).topics) {
      for (const auto& p : topic.partitions) add(topic.name, p.partition_index, p.timestamp);
    }
  }
  return parts;
}

bool Admin::advance_parts(Context& c, Open& open) {
  const auto done = [](const Part& part) { return part.done; };
  if (std::all_of(open.parts.begin(), open.parts.end(), done)) {
    finish(c, open, ErrorCode::kNone, merged(open));
    return true;
  }
  if (open.retry_at > c.now()) return false;
  std::vector<std::pair<NodeId, std::vector<std::size_t>>> groups;
  bool leaderless = false;
  for (std::size_t i = 0; i < open.parts.size(); ++i) {
    const Part& part = open.parts[i];
    if (part.done || part.asked) continue;
    const PartitionInfo* info = c.metadata.find(part.topic, part.partition);
    if (info == nullptr || !info->leader ||
        !c.port.outbound.ready(rpc::Peer{*info->leader}, c.now())) {
      leaderless = true;
      continue;
    }
    const auto same = [info](const auto& group) { return group.first == *info->leader; };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {*info->leader, std::vector<std::size_t>()});
    }
    group->second.push_back(i);
  }
  for (const auto& [leader, parts] : groups) ask_leader(c, open, leader, parts);
  if (leaderless) retry_later(c, open);
  return false;
}

void Admin::ask_leader(Context& c, Open& open, NodeId leader,
                       const std::vector<std::size_t>& parts) {
  const Duration left = open.deadline - c.now();
  const Duration timeout = std::min(left, milliseconds(config_.client.request_timeout_ms));
  MessageRef message;
  if (protocol::is<DeleteRecordsRequest>(*open.call->request)) {
    auto request = std::make_shared<DeleteRecordsRequest>();
    request->timeout_ms = static_cast<std::int32_t>(timeout.whole_ms());
    for (const std::size_t i : parts) {
      const Part& part = open.parts[i];
      topic_of_leaders(request->topics, part.topic)
          .partitions.push_back({part.partition.value(), part.argument});
    }
    message = std::move(request);
  } else {
    const auto& asked = protocol::as<ListOffsetsRequest>(*open.call->request);
    auto request = std::make_shared<ListOffsetsRequest>();
    request->replica_id = -1;
    request->isolation_level = asked.isolation_level;
    request->timeout_ms = static_cast<std::int32_t>(timeout.whole_ms());
    for (const std::size_t i : parts) {
      const Part& part = open.parts[i];
      ListOffsetsRequest::ListOffsetsPartition partition;
      partition.partition_index = part.partition.value();
      partition.timestamp = part.argument;
      topic_of_leaders(request->topics, part.topic).partitions.push_back(partition);
    }
    message = std::move(request);
  }
  for (const std::size_t i : parts) open.parts[i].asked = leader;
  c.port.send(rpc::Peer{leader}, std::move(message),
              Cookie{Machine::kAdmin, kPartReply, 0, open.number}, {.timeout = timeout});
}

void Admin::part_answered(Context& c, Open& open, const rpc::Reply& reply) {
  const auto answer = [&](const std::string& topic, std::int32_t index, ErrorCode error,
                          std::int64_t offset) -> Part* {
    for (Part& part : open.parts) {
      if (part.topic != topic || part.partition.value() != index) continue;
      if (part.asked != reply.from.node) continue;
      part.error = error;
      part.offset = offset;
      part.done = !protocol::is_retriable(error);
      return &part;
    }
    return nullptr;
  };
  if (reply.outcome == rpc::Outcome::kAnswered) {
    if (protocol::is<DeleteRecordsResponse>(*reply.body)) {
      for (const auto& topic : protocol::as<DeleteRecordsResponse>(reply.body).topics) {
        for (const auto& p : topic.partitions) {
          answer(topic.name, p.partition_index, p.error_code, p.low_watermark);
        }
      }
    } else {
      for (const auto& topic : protocol::as<ListOffsetsResponse>(reply.body).topics) {
        for (const auto& p : topic.partitions) {
          Part* part = answer(topic.name, p.partition_index, p.error_code, p.offset);
          if (part == nullptr) continue;
          part->timestamp = p.timestamp;
          part->leader_epoch = p.leader_epoch;
        }
      }
    }
  }
  bool left = false;
  for (Part& part : open.parts) {
    if (part.asked != reply.from.node) continue;
    part.asked.reset();
    left = left || !part.done;
  }
  if (left) retry_later(c, open);
}

MessageRef Admin::merged(const Open& open) {
  if (protocol::is<DeleteRecordsRequest>(*open.call->request)) {
    auto response = std::make_shared<DeleteRecordsResponse>();
    for (const Part& part : open.parts) {
      topic_of_leaders(response->topics, part.topic)
          .partitions.push_back({part.partition.value(), part.offset,
                                 part.done ? part.error : ErrorCode::kRequestTimedOut});
    }
    return response;
  }
  auto response = std::make_shared<ListOffsetsResponse>();
  for (const Part& part : open.parts) {
    ListOffsetsResponse::ListOffsetsPartitionResponse partition;
    partition.partition_index = part.partition.value();
    partition.error_code = part.done ? part.error : ErrorCode::kRequestTimedOut;
    partition.offset = part.offset;
    partition.timestamp = part.timestamp;
    partition.leader_epoch = part.leader_epoch;
    topic_of_leaders(response->topics, part.topic).partitions.push_back(partition);
  }
  return response;
}

}  // namespace logarium::client
