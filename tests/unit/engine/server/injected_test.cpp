// Requests that the host wants answered with an error instead of handled.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::ApiKey;
using protocol::ErrorCode;
using protocol::ProduceResponse;

Offset end_of(const Servers& servers) {
  Offset end{};
  for (const auto& one : servers.noted<note::Appended>(1)) {
    if (one.partition.topic != kMetadataPartition.topic) end = one.next;
  }
  return end;
}

}  // namespace

TEST_CASE("an injected error is the answer, and the request is not handled") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  servers.inject(ApiKey::kProduce, ErrorCode::kNotEnoughReplicas);
  const auto refused = client.call<ProduceResponse>(produce("orders", {batch_of({"a", "b"})}), 9);
  REQUIRE(refused != nullptr);
  CHECK(refused->responses.at(0).name == "orders");
  CHECK(refused->responses[0].partition_responses.at(0).error_code ==
        ErrorCode::kNotEnoughReplicas);
  CHECK(end_of(servers) == Offset(0));
  const auto told = servers.noted<note::ErrorInjected>(1);
  REQUIRE(told.size() == 1);
  CHECK(told[0].api_key == 0);
  CHECK(told[0].error == 19);
  servers.inject(ApiKey::kProduce, ErrorCode::kNone);
  const auto taken = client.call<ProduceResponse>(produce("orders", {batch_of({"a", "b"})}), 9);
  REQUIRE(taken != nullptr);
  CHECK(taken->responses.at(0).partition_responses.at(0).error_code == ErrorCode::kNone);
  CHECK(end_of(servers) == Offset(2));
  CHECK(servers.noted<note::ErrorInjected>(1).size() == 1);
}

TEST_CASE("an injected answer waits for its turn behind the request in progress") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  servers.inject(ApiKey::kProduce, ErrorCode::kRequestTimedOut);
  auto wait = std::make_shared<protocol::FetchRequest>();
  wait->max_wait_ms = 500;
  wait->min_bytes = 1;
  wait->topics.emplace_back().topic = "orders";
  wait->topics[0].partitions.emplace_back().partition_max_bytes = 1000;
  const std::int32_t fetch = client.send(wait, 12);
  const std::int32_t refused = client.send(produce("orders", {batch_of({"a"})}), 9);
  const std::int32_t metadata = client.send(ask_metadata({"orders"}), 9);
  servers.run_for(milliseconds(100));
  CHECK(client.answered().empty());
  REQUIRE(client.await(metadata) != nullptr);
  CHECK(client.answered() == std::vector<std::int32_t>{fetch, refused, metadata});
}

TEST_CASE("where there is no answer, an injected error closes the connection") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  servers.inject(ApiKey::kProduce, ErrorCode::kNotLeaderOrFollower);
  auto& client = servers.connect();
  auto silent = produce("orders", {batch_of({"a"})});
  silent->acks = 0;
  client.send(silent, 9);
  CHECK(servers.run_until([&] { return client.closed(); }));
  CHECK(client.answered().empty());
  CHECK(end_of(servers) == Offset(0));
  CHECK(servers.noted<note::ErrorInjected>(1).size() == 1);
}

TEST_CASE("a request that this listener does not serve is refused as ever") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  servers.inject(ApiKey::kBrokerHeartbeat, ErrorCode::kStaleBrokerEpoch);
  CHECK(client.call<protocol::BrokerHeartbeatResponse>(
            std::make_shared<protocol::BrokerHeartbeatRequest>(), 1) == nullptr);
  CHECK(client.closed());
  CHECK(servers.noted<note::ErrorInjected>(1).empty());
  CHECK(servers.noted<note::RequestRefused>(1).size() == 1);
}

}  // namespace logarium::test
