// Metadata, automatic topic creation and DescribeTopicPartitions, as clients ask for them.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/messages/describe_topic_partitions.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;

// The one topic of the answer.
const MetadataResponse::MetadataResponseTopic& only(
    const std::shared_ptr<const MetadataResponse>& answer) {
  REQUIRE(answer != nullptr);
  REQUIRE(answer->topics.size() == 1);
  return answer->topics.front();
}

std::shared_ptr<const MetadataResponse> ask(Servers::Client& client,
                                            const std::vector<std::string>& topics,
                                            std::int16_t version) {
  return client.call<MetadataResponse>(ask_metadata(topics), version);
}

}  // namespace

TEST_CASE("trap 5: Metadata 0 to 3 means that topics may be created") {
  for (std::int16_t version = 0; version <= 3; ++version) {
    Servers servers({.config = {{"num.partitions", "3"}}});
    servers.ready();
    auto& client = servers.connect();
    // The first answer does not wait for the creation.
    CHECK(only(ask(client, {"fresh"}, version)).error_code == ErrorCode::kUnknownTopicOrPartition);
    REQUIRE(servers.run_until([&] { return servers.node(1).image()->topic("fresh") != nullptr; },
                              seconds(1)));
    const auto later = ask(client, {"fresh"}, version);
    CHECK(only(later).error_code == ErrorCode::kNone);
    REQUIRE(only(later).partitions.size() == 3);
    CHECK(only(later).partitions[0].leader_id == 1);
  }
}

TEST_CASE("trap 5: an empty list asks version 0 for all topics and the others for none") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  auto nothing = std::make_shared<MetadataRequest>();
  CHECK(client.call<MetadataResponse>(nothing, 0)->topics.size() == 1);
  for (std::int16_t version = 1; version <= 13; ++version) {
    CHECK(client.call<MetadataResponse>(nothing, version)->topics.empty());
    auto all = std::make_shared<MetadataRequest>();
    all->topics.reset();
    CHECK(client.call<MetadataResponse>(all, version)->topics.size() == 1);
  }
}

TEST_CASE("topics are created only where client, broker and name allow it") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  auto no = ask_metadata({"quiet"});
  no->allow_auto_topic_creation = false;
  CHECK(only(client.call<MetadataResponse>(no, 12)).error_code ==
        ErrorCode::kUnknownTopicOrPartition);
  CHECK(only(ask(client, {"no spaces"}, 12)).error_code == ErrorCode::kInvalidTopicException);
  CHECK(only(ask(client, {""}, 12)).error_code == ErrorCode::kInvalidTopicException);
  CHECK(only(ask(client, {"__consumer_offsets"}, 12)).is_internal);
  servers.run_for(seconds(2));
  CHECK(servers.node(1).image()->topics().size() == 0);

  Servers strict({.config = {{"auto.create.topics.enable", "false"}}});
  strict.ready();
  CHECK(only(ask(strict.connect(), {"fresh"}, 1)).error_code ==
        ErrorCode::kUnknownTopicOrPartition);
  strict.run_for(seconds(2));
  CHECK(strict.node(1).image()->topics().size() == 0);
}

TEST_CASE("any broker has topics created by the controller, once") {
  Servers servers({.nodes = 3, .config = {{"default.replication.factor", "3"}}});
  servers.ready();
  for (int i = 0; i < 5; ++i) static_cast<void>(servers.connect(3).send(ask_metadata({"t"}), 9));
  REQUIRE(servers.run_until([&] { return servers.node(3).image()->topic("t") != nullptr; }));
  const auto created = ask(servers.connect(3), {"t"}, 12);
  CHECK(only(created).partitions.at(0).replica_nodes.size() == 3);
  CHECK(servers.noted<note::TopicCreated>(1).size() == 1);
}

TEST_CASE("what a topic is named by: ids from version 12 on, each once") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  const auto named = ask(client, {"orders"}, 12);
  const Uuid id = only(named).topic_id;
  auto by_id = std::make_shared<MetadataRequest>();
  by_id->topics.emplace();
  by_id->topics->push_back({.topic_id = id, .name = std::nullopt});
  CHECK(only(client.call<MetadataResponse>(by_id, 12)).name == "orders");
  for (std::int16_t version = 10; version <= 11; ++version) {
    CHECK(only(client.call<MetadataResponse>(by_id, version)).error_code ==
          ErrorCode::kInvalidRequest);
  }
  by_id->topics->front().topic_id = Uuid{1, 2};
  const auto unknown = client.call<MetadataResponse>(by_id, 13);
  CHECK(only(unknown).error_code == ErrorCode::kUnknownTopicId);
  CHECK_FALSE(only(unknown).name);
  CHECK(ask(client, {"orders", "orders", "orders"}, 9)->topics.size() == 1);
}

TEST_CASE("brokers are told with their endpoint at the listener that was asked") {
  Servers servers({.nodes = 2});
  servers.ready();
  const auto answer = ask(servers.connect(2), {}, 12);
  REQUIRE(answer->brokers.size() == 2);
  CHECK(answer->brokers[0].host == "n1");
  CHECK(answer->brokers[0].port == 9092);
  CHECK(answer->brokers[1].host == "n2");
  CHECK(answer->cluster_id == "wire");
  CHECK(answer->controller_id == 2);
}

TEST_CASE("an answer is made once per image for all who ask the same") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  const auto first = ask(client, {"orders"}, 12);
  CHECK(ask(client, {"orders"}, 12)->topics == first->topics);
  // Another topic, and the old answer is none any more.
  make_topic(servers, create_topic("more", 2));
  auto all = std::make_shared<MetadataRequest>();
  all->topics.reset();
  CHECK(client.call<MetadataResponse>(all, 12)->topics.size() == 2);
  CHECK(only(ask(client, {"more"}, 12)).partitions.size() == 2);
}

TEST_CASE("authorized operations are told when asked for, as without an authorizer") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto request = ask_metadata({"orders"});
  request->include_topic_authorized_operations = true;
  request->include_cluster_authorized_operations = true;
  const auto answer = servers.connect().call<MetadataResponse>(request, 8);
  CHECK(only(answer).topic_authorized_operations == 3576);
  CHECK(answer->cluster_authorized_operations == 8096);
}

TEST_CASE("trap 8: DescribeTopicPartitions never leaves the eligible leader replicas null") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("a", 3));
  make_topic(servers, create_topic("b", 2));
  auto& client = servers.connect();
  auto request = std::make_shared<DescribeTopicPartitionsRequest>();
  const auto all = client.call<DescribeTopicPartitionsResponse>(request, 0);
  REQUIRE(all->topics.size() == 2);
  CHECK_FALSE(all->next_cursor);
  for (const auto& topic : all->topics) {
    for (const auto& partition : topic.partitions) {
      CHECK(partition.eligible_leader_replicas);
      CHECK(partition.last_known_elr);
      CHECK(partition.leader_id == 1);
    }
  }
}

TEST_CASE("DescribeTopicPartitions gives pages that a cursor joins") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("a", 3));
  make_topic(servers, create_topic("b", 2));
  auto& client = servers.connect();
  std::vector<std::string> seen;
  std::optional<DescribeTopicPartitionsRequest::Cursor> cursor;
  for (int page = 0; page < 10; ++page) {
    auto request = std::make_shared<DescribeTopicPartitionsRequest>();
    request->response_partition_limit = 2;
    request->cursor = cursor;
    const auto answer = client.call<DescribeTopicPartitionsResponse>(request, 0);
    for (const auto& topic : answer->topics) {
      for (const auto& p : topic.partitions) {
        seen.push_back(*topic.name + std::to_string(p.partition_index));
      }
    }
    if (!answer->next_cursor) break;
    cursor = {answer->next_cursor->topic_name, answer->next_cursor->partition_index};
  }
  CHECK(seen == std::vector<std::string>{"a0", "a1", "a2", "b0", "b1"});
  auto wrong = std::make_shared<DescribeTopicPartitionsRequest>();
  wrong->topics = {{"a"}, {"c"}};
  wrong->cursor = {"b", 0};
  CHECK(client.call<DescribeTopicPartitionsResponse>(wrong, 0)->topics.at(0).error_code ==
        ErrorCode::kInvalidRequest);
  wrong->cursor.reset();
  const auto partly = client.call<DescribeTopicPartitionsResponse>(wrong, 0);
  CHECK(partly->topics.at(0).error_code == ErrorCode::kNone);
  CHECK(partly->topics.at(1).error_code == ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace logarium::test
