// CreateTopics, CreatePartitions and DeleteTopics in all their versions, sent to any broker.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;

ErrorCode create(Servers::Client& client, const std::shared_ptr<CreateTopicsRequest>& request,
                 std::int16_t version = 7) {
  const auto answer = client.call<CreateTopicsResponse>(request, version);
  REQUIRE(answer != nullptr);
  REQUIRE(answer->topics.size() == 1);
  return answer->topics[0].error_code;
}

}  // namespace

TEST_CASE(
    "every version creates, grows and deletes topics through a broker that is no controller") {
  Servers servers({.nodes = 2});
  servers.ready();
  auto& client = servers.connect(2);
  for (std::int16_t version = 2; version <= 7; ++version) {
    CHECK(create(client, create_topic("t" + std::to_string(version)), version) == ErrorCode::kNone);
  }
  for (std::int16_t version = 0; version <= 3; ++version) {
    auto grow = std::make_shared<CreatePartitionsRequest>();
    grow->topics.push_back({.name = "t" + std::to_string(version + 2), .count = 4});
    grow->timeout_ms = 10'000;
    const auto answer = client.call<CreatePartitionsResponse>(grow, version);
    REQUIRE(answer != nullptr);
    CHECK(answer->results.at(0).error_code == ErrorCode::kNone);
  }
  for (std::int16_t version = 1; version <= 6; ++version) {
    auto remove = std::make_shared<DeleteTopicsRequest>();
    remove->timeout_ms = 10'000;
    const std::string name = "t" + std::to_string(version + 1);
    if (version < 6) {
      remove->topic_names.push_back(name);
    } else {
      remove->topics.push_back({.name = name});
    }
    const auto answer = client.call<DeleteTopicsResponse>(remove, version);
    REQUIRE(answer != nullptr);
    REQUIRE(answer->responses.size() == 1);
    CHECK(answer->responses[0].error_code == ErrorCode::kNone);
    CHECK(answer->responses[0].name == name);
  }
  servers.run_for(seconds(1));
  CHECK(servers.node(1).image()->topics().size() == 0);
}

TEST_CASE("trap 8: CreateTopics 5 and later never leaves the configs null") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  for (std::int16_t version = 5; version <= 7; ++version) {
    const auto made =
        client.call<CreateTopicsResponse>(create_topic("t" + std::to_string(version)), version);
    REQUIRE(made->topics.at(0).configs);
    CHECK_FALSE(made->topics.at(0).configs->empty());
    CHECK(made->topics.at(0).num_partitions == 1);
    const auto refused = client.call<CreateTopicsResponse>(create_topic("no good"), version);
    CHECK(refused->topics.at(0).error_code == ErrorCode::kInvalidTopicException);
    CHECK(refused->topics.at(0).configs);
  }
}

TEST_CASE("CreateTopics refuses what Kafka refuses") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  CHECK(create(client, create_topic("t")) == ErrorCode::kNone);
  CHECK(create(client, create_topic("t")) == ErrorCode::kTopicAlreadyExists);
  CHECK(create(client, create_topic("a.b")) == ErrorCode::kNone);
  CHECK(create(client, create_topic("a_b")) == ErrorCode::kInvalidTopicException);
  CHECK(create(client, create_topic("u", 0)) == ErrorCode::kInvalidPartitions);
  CHECK(create(client, create_topic("u", 1, 0)) == ErrorCode::kInvalidReplicationFactor);
  CHECK(create(client, create_topic("u", 1, 2)) == ErrorCode::kInvalidReplicationFactor);
  CHECK(create(client, create_topic("u", 1, 99)) == ErrorCode::kInvalidReplicationFactor);
  CHECK(create(client, create_topic("u", 2'147'483'647)) == ErrorCode::kPolicyViolation);
  CHECK(create(client, create_topic("u", 10'001)) == ErrorCode::kPolicyViolation);
  CHECK(create(client, create_topic("__cluster_metadata")) == ErrorCode::kInvalidRequest);
  auto wrong = create_topic("u");
  wrong->topics[0].configs.push_back({"no.such.config", "1"});
  CHECK(create(client, wrong) == ErrorCode::kInvalidConfig);
  auto null = create_topic("u");
  null->topics[0].configs.push_back({"retention.ms", std::nullopt});
  CHECK(create(client, null) == ErrorCode::kInvalidConfig);
  auto placed = create_topic("u", -1, -1);
  placed->topics[0].assignments.push_back({.partition_index = 0, .broker_ids = {7}});
  CHECK(create(client, placed) == ErrorCode::kInvalidReplicaAssignment);
  auto gap = create_topic("u", -1, -1);
  gap->topics[0].assignments.push_back({.partition_index = 1, .broker_ids = {1}});
  CHECK(create(client, gap) == ErrorCode::kInvalidReplicaAssignment);
  auto both = create_topic("u", 1, -1);
  both->topics[0].assignments.push_back({.partition_index = 0, .broker_ids = {1}});
  CHECK(create(client, both) == ErrorCode::kInvalidRequest);
  auto twice = create_topic("u");
  twice->topics.push_back(twice->topics[0]);
  CHECK(create(client, twice) == ErrorCode::kInvalidRequest);
  auto only_asked = create_topic("u", 3);
  only_asked->validate_only = true;
  CHECK(create(client, only_asked) == ErrorCode::kNone);
  servers.run_for(seconds(1));
  CHECK(servers.node(1).image()->topic("u") == nullptr);
  auto defaults = create_topic("u", -1, -1);
  CHECK(create(client, defaults, 4) == ErrorCode::kNone);
}

TEST_CASE("CreatePartitions refuses what is no growth, or too much of it") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  make_topic(servers, create_topic("t", 3));
  const auto grow = [&](const std::string& name, std::int32_t count) {
    auto request = std::make_shared<CreatePartitionsRequest>();
    request->topics.push_back({.name = name, .count = count});
    request->timeout_ms = 10'000;
    return client.call<CreatePartitionsResponse>(request, 3)->results.at(0).error_code;
  };
  CHECK(grow("t", 3) == ErrorCode::kInvalidPartitions);
  CHECK(grow("t", 2) == ErrorCode::kInvalidPartitions);
  CHECK(grow("t", -1) == ErrorCode::kInvalidPartitions);
  CHECK(grow("t", 2'147'483'647) == ErrorCode::kPolicyViolation);
  CHECK(grow("nowhere", 4) == ErrorCode::kUnknownTopicOrPartition);
  auto checked = std::make_shared<CreatePartitionsRequest>();
  checked->topics.push_back({.name = "t", .count = 5});
  checked->validate_only = true;
  checked->timeout_ms = 10'000;
  CHECK(client.call<CreatePartitionsResponse>(checked, 3)->results.at(0).error_code ==
        ErrorCode::kNone);
  CHECK(grow("t", 4) == ErrorCode::kNone);
}

TEST_CASE("DeleteTopics by name and by id, each topic once") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  for (const char* name : {"a", "b", "c"}) make_topic(servers, create_topic(name));
  const Uuid a = servers.node(1).image()->topic("a")->id;
  const Uuid b = servers.node(1).image()->topic("b")->id;
  auto request = std::make_shared<DeleteTopicsRequest>();
  request->timeout_ms = 10'000;
  request->topics = {{.name = std::nullopt, .topic_id = a},
                     {.name = "b", .topic_id = b},
                     {.name = std::nullopt, .topic_id = kZeroUuid},
                     {.name = "c"},
                     {.name = "c"},
                     {.name = "d"},
                     {.name = std::nullopt, .topic_id = Uuid{1, 1}}};
  const auto answer = client.call<DeleteTopicsResponse>(request, 6);
  REQUIRE(answer->responses.size() == 6);
  CHECK(answer->responses[0].error_code == ErrorCode::kNone);
  CHECK(answer->responses[0].name == "a");
  CHECK(answer->responses[1].error_code == ErrorCode::kInvalidRequest);
  CHECK(answer->responses[2].error_code == ErrorCode::kInvalidRequest);
  CHECK(answer->responses[3].error_code == ErrorCode::kInvalidRequest);
  CHECK(answer->responses[4].error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(answer->responses[5].error_code == ErrorCode::kUnknownTopicId);
  servers.run_for(seconds(1));
  CHECK(servers.node(1).image()->topics().size() == 2);

  Servers strict({.config = {{"delete.topic.enable", "false"}}});
  strict.ready();
  make_topic(strict, create_topic("a"));
  auto named = std::make_shared<DeleteTopicsRequest>();
  named->topics.push_back({.name = "a"});
  named->timeout_ms = 10'000;
  CHECK(strict.connect().call<DeleteTopicsResponse>(named, 6)->responses.at(0).error_code ==
        ErrorCode::kTopicDeletionDisabled);
}

TEST_CASE("a timeout that is over before it begins is REQUEST_TIMED_OUT, and nothing changes") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  for (const std::int32_t timeout_ms : {0, -1}) {
    const auto request = create_topic("t");
    request->timeout_ms = timeout_ms;
    CHECK(create(client, request) == ErrorCode::kRequestTimedOut);
  }
  CHECK(servers.node(1).image()->topics().size() == 0);
  make_topic(servers, create_topic("t"));
  auto grow = std::make_shared<CreatePartitionsRequest>();
  grow->topics.push_back({.name = "t", .count = 4});
  CHECK(client.call<CreatePartitionsResponse>(grow, 3)->results.at(0).error_code ==
        ErrorCode::kRequestTimedOut);
  auto remove = std::make_shared<DeleteTopicsRequest>();
  remove->topics.push_back({.name = "t"});
  CHECK(client.call<DeleteTopicsResponse>(remove, 6)->responses.at(0).error_code ==
        ErrorCode::kRequestTimedOut);
  CHECK(servers.node(1).image()->topics().size() == 1);
}

TEST_CASE("without a controller an administrative request ends in REQUEST_TIMED_OUT") {
  Servers servers({.nodes = 2});
  servers.ready();
  servers.stop(1);
  auto& client = servers.connect(2);
  // Whatever time the request itself has: the broker tries for a minute.
  const auto request = create_topic("t");
  request->timeout_ms = 1000;
  const Instant asked = servers.now();
  const std::int32_t id = client.send(request, 7);
  REQUIRE(servers.run_until([&] { return !client.answered().empty(); }, seconds(100)));
  const auto answer = client.await(id);
  CHECK(protocol::as<CreateTopicsResponse>(*answer).topics.at(0).error_code ==
        ErrorCode::kRequestTimedOut);
  CHECK(servers.now() - asked > seconds(59));
  CHECK(servers.now() - asked < seconds(91));
}

}  // namespace logarium::test
