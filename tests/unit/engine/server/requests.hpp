#pragma once
// Requests as a client makes them.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/protocol/records.hpp"
#include "tests/unit/engine/server/servers.hpp"

namespace logarium::test {

inline std::shared_ptr<protocol::CreateTopicsRequest> create_topic(const std::string& name,
                                                                   std::int32_t partitions = 1,
                                                                   std::int16_t replicas = 1) {
  auto request = std::make_shared<protocol::CreateTopicsRequest>();
  request->timeout_ms = 10'000;
  auto& topic = request->topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = replicas;
  return request;
}

// Creates the topic and waits until every broker knows a leader for each partition.
inline void make_topic(Servers& servers, const std::shared_ptr<protocol::CreateTopicsRequest>& with,
                       int nodes = 1) {
  const auto answer = servers.connect().call<protocol::CreateTopicsResponse>(with, 7);
  if (answer == nullptr || answer->topics.at(0).error_code != protocol::ErrorCode::kNone) {
    throw std::runtime_error("the topic was not created");
  }
  servers.run_until([&] {
    for (int n = 1; n <= nodes; ++n) {
      const auto image = servers.node(n).image();
      if (image->topic(with->topics[0].name) == nullptr) return false;
    }
    return true;
  });
}

inline std::shared_ptr<protocol::MetadataRequest> ask_metadata(
    const std::vector<std::string>& topics) {
  auto request = std::make_shared<protocol::MetadataRequest>();
  request->topics.emplace();
  for (const std::string& topic : topics) request->topics->push_back({.name = topic});
  return request;
}

// One batch of records with these values, as a producer without idempotence sends it.
inline protocol::Batch batch_of(const std::vector<std::string>& values,
                                const protocol::BatchOptions& options = {},
                                std::int64_t timestamp = 1'700'000'000'000) {
  protocol::BatchBuilder builder(options);
  for (const std::string& value : values) {
    builder.append({.timestamp = timestamp, .value = view_of(value)});
  }
  return builder.build();
}

inline std::shared_ptr<protocol::ProduceRequest> produce(const std::string& topic,
                                                         protocol::Records records,
                                                         std::int16_t acks = -1) {
  auto request = std::make_shared<protocol::ProduceRequest>();
  request->acks = acks;
  request->timeout_ms = 5000;
  auto& data = request->topic_data.emplace_back();
  data.name = topic;
  data.partition_data.push_back({.index = 0, .records = std::move(records)});
  return request;
}

}  // namespace logarium::test
