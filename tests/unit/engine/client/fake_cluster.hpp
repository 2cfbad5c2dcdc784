#pragma once
// A client node with brokers that answer by script: ApiVersions and Metadata are answered from
// tables, everything else waits in `requests` until the test answers it.

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/client/client_node.hpp"
#include "engine/client/command.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/metadata.hpp"

namespace logarium::client {

struct FakeCluster {
  struct PartitionState {
    std::int32_t leader = 1;
    std::int32_t epoch = 0;
  };
  struct Topic {
    Uuid id;
    std::vector<PartitionState> partitions;
  };
  struct Request {
    std::string broker;
    ConnectionId connection;
    Frame frame;
  };
  struct Given {
    CommandId id;
    CommandResultRef result;
  };

  ClientNode node;
  Instant now = Instant{} + seconds(1);
  std::int32_t brokers = 2;
  std::map<std::string, Topic> topics{{"t", {Uuid{7, 7}, {{1, 0}, {2, 0}}}}};
  std::map<ConnectionId, std::string> connections;
  std::deque<Request> requests;
  std::deque<Given> answers;
  std::vector<Note> notes;
  std::set<std::string> unreachable;  // connects to them hear nothing
  int metadata_asked = 0;
  bool starting = false;  // brokers know of nobody yet
  bool exited = false;
  std::uint64_t next_command = 1;

  explicit FakeCluster(ClientConfigVariant config, Rules rules = {}) {
    auto setup = std::make_shared<ClientSetup>();
    setup->config = std::move(config);
    setup->bootstrap = {Endpoint{"b1", 9092}};
    setup->rules = rules;
    input(Started{setup, 42, Incarnation(1)});
  }

  void input(const Input& in) {
    Effects out;
    node.step({now, WallTime{now.ns}}, in, out);
    notes.insert(notes.end(), out.notes.begin(), out.notes.end());
    for (const Action& action : out.actions) perform(action);
  }

  void perform(const Action& action) {
    if (const auto* connect = std::get_if<Connect>(&action)) {
      if (unreachable.contains(connect->to.host)) return;
      connections[connect->connection] = connect->to.host;
      input(Connected{connect->connection});
    } else if (const auto* gone = std::get_if<Disconnect>(&action)) {
      connections.erase(gone->connection);
    } else if (const auto* sent = std::get_if<Send>(&action)) {
      serve({connections.at(sent->connection), sent->connection, sent->frame});
    } else if (const auto* answer = std::get_if<Answer>(&action)) {
      answers.push_back({answer->command, answer->result});
    } else if (std::holds_alternative<Exit>(action)) {
      exited = true;
    }
  }

  void serve(const Request& request) {
    const auto key = static_cast<protocol::ApiKey>(request.frame.body->api_key());
    if (key == protocol::ApiKey::kApiVersions) {
      auto response = std::make_shared<protocol::ApiVersionsResponse>();
      for (const auto& api : protocol::api_table()) {
        response->api_keys.push_back(
            {static_cast<std::int16_t>(api.key), api.kafka.min, api.kafka.max});
      }
      answer(request, response);
    } else if (key == protocol::ApiKey::kMetadata) {
      ++metadata_asked;
      answer(request, metadata(protocol::as<protocol::MetadataRequest>(request.frame.body)));
    } else {
      requests.push_back(request);
    }
  }

  MessageRef metadata(const protocol::MetadataRequest& asked) const {
    auto response = std::make_shared<protocol::MetadataResponse>();
    if (starting) return response;
    response->controller_id = 1;
    for (std::int32_t id = 1; id <= brokers; ++id) {
      response->brokers.push_back({id, "b" + std::to_string(id), 9092, std::nullopt});
    }
    for (const auto& wanted : *asked.topics) {
      const std::string& name = *wanted.name;
      if (!topics.contains(name)) {
        response->topics.push_back({ErrorCode::kUnknownTopicOrPartition, name, {}, {}, {}, {}});
        continue;
      }
      const Topic& topic = topics.at(name);
      protocol::MetadataResponse::MetadataResponseTopic entry;
      entry.name = name;
      entry.topic_id = topic.id;
      for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        protocol::MetadataResponse::MetadataResponsePartition partition;
        partition.partition_index = static_cast<std::int32_t>(i);
        partition.leader_id = topic.partitions[i].leader;
        partition.leader_epoch = topic.partitions[i].epoch;
        entry.partitions.push_back(partition);
      }
      response->topics.push_back(entry);
    }
    return response;
  }

  void answer(const Request& request, MessageRef response) {
    if (!connections.contains(request.connection)) return;
    input(Received{request.connection, Frame{std::move(response), request.frame.correlation_id,
                                             request.frame.api_version, nullptr}});
  }
  void disconnect(ConnectionId connection) {
    connections.erase(connection);
    input(Disconnected{connection});
  }

  // Lets time pass, timer by timer.
  void advance(Duration by) {
    const Instant end = now + by;
    while (node.next_deadline() <= end) {
      now = std::max(now, node.next_deadline());
      input(Wake{});
    }
    now = end;
  }

  CommandId command(CommandRef command) {
    const CommandId id(next_command++);
    input(CommandInput{id, std::move(command)});
    return id;
  }

  // The oldest waiting request, which must be a T.
  template <class T>
  Request take() {
    REQUIRE_FALSE(requests.empty());
    Request request = requests.front();
    requests.pop_front();
    REQUIRE(protocol::is<T>(*request.frame.body));
    return request;
  }
  template <class T>
  std::shared_ptr<const T> result() {
    REQUIRE_FALSE(answers.empty());
    auto result = std::dynamic_pointer_cast<const T>(answers.front().result);
    REQUIRE(result != nullptr);
    answers.pop_front();
    return result;
  }
  template <class N>
  std::vector<N> noted() const {
    std::vector<N> found;
    for (const Note& note : notes) {
      if (const auto* n = std::get_if<N>(&note)) found.push_back(*n);
    }
    return found;
  }
};

}  // namespace logarium::client
