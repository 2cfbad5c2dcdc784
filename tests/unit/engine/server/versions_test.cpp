// Which APIs and versions a listener tells and serves.

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/codec/big_endian.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/broker_heartbeat.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::ApiKey;
using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::ErrorCode;
using protocol::VersionRange;

std::shared_ptr<ApiVersionsRequest> ask_versions() {
  auto request = std::make_shared<ApiVersionsRequest>();
  request->client_software_name = "test-client";
  request->client_software_version = "1.0";
  return request;
}

std::map<ApiKey, VersionRange> ranges(const ApiVersionsResponse& response) {
  std::map<ApiKey, VersionRange> found;
  for (const auto& api : response.api_keys) {
    found[static_cast<ApiKey>(api.api_key)] = {api.min_version, api.max_version};
  }
  return found;
}

// A request frame by hand: key, version, correlation id, no client id, then what follows.
Bytes frame_of(std::int16_t key, std::int16_t version, std::int32_t correlation,
               std::vector<std::uint8_t> rest) {
  std::vector<std::byte> bytes(10);
  protocol::store_big_endian(bytes.data(), key);
  protocol::store_big_endian(bytes.data() + 2, version);
  protocol::store_big_endian(bytes.data() + 4, correlation);
  protocol::store_big_endian(bytes.data() + 8, std::int16_t{-1});
  for (const std::uint8_t byte : rest) bytes.push_back(std::byte{byte});
  return Bytes(std::move(bytes));
}

}  // namespace

TEST_CASE("trap 1: Produce is told from version 0 on and closes the connection below 3") {
  Servers servers({});
  servers.ready();
  make_topic(servers, create_topic("orders"));
  auto& client = servers.connect();
  const auto told = client.call<ApiVersionsResponse>(ask_versions(), 3);
  REQUIRE(told != nullptr);
  CHECK(ranges(*told)[ApiKey::kProduce] == VersionRange{0, 13});
  for (std::int16_t version = 0; version < 3; ++version) {
    auto& old = servers.connect();
    CHECK(old.call<protocol::ProduceResponse>(produce("orders", {batch_of({"a"})}), version) ==
          nullptr);
    CHECK(old.closed());
  }
  const auto refused = servers.noted<note::RequestRefused>(1);
  REQUIRE(refused.size() == 3);
  CHECK(refused[2].api_key == 0);
  CHECK(refused[2].api_version == 2);
}

TEST_CASE("trap 3: an unknown version of ApiVersions is answered in the shape of version 0") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  // Version 9, flexible: no tags in the header, then a body that nobody knows.
  client.send(frame_of(18, 9, 77, {0, 1, 2, 3}));
  REQUIRE(servers.run_until([&] { return !client.answered().empty(); }));
  CHECK(client.answered().front() == 77);
  const Bytes& raw = client.raw(77);
  // Correlation id, error 35, one entry: key 18, versions 0 to 4. Nothing else, and no tags.
  const std::vector<std::uint8_t> expected{0, 0, 0, 77, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4};
  REQUIRE(raw.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(raw.view()[i] == std::byte{expected[i]});
  }
  // The client asks again in a version that is known, on the same connection.
  const auto told = client.call<ApiVersionsResponse>(ask_versions(), 4);
  REQUIRE(told != nullptr);
  CHECK(told->error_code == ErrorCode::kNone);
}

TEST_CASE("trap 3: the response header of ApiVersions is v0 in flexible versions, too") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  for (std::int16_t version = 0; version <= 4; ++version) {
    const std::int32_t id = client.send(ask_versions(), version);
    REQUIRE(client.await(id) != nullptr);
    // Right after the correlation id stands the error code, not an empty list of tags.
    CHECK(client.raw(id).view()[4] == std::byte{0});
    CHECK(client.raw(id).view()[5] == std::byte{0});
    const bool flexible = version >= 3;
    const std::size_t count_bytes = flexible ? 1 : 4;
    CHECK(client.raw(id).view()[6 + count_bytes - 1] != std::byte{0});
  }
}

TEST_CASE("a client must name itself in letters, digits, dots and hyphens") {
  Servers servers({});
  servers.ready();
  auto& client = servers.connect();
  auto request = ask_versions();
  request->client_software_name = "-x";
  CHECK(client.call<ApiVersionsResponse>(request, 3)->error_code == ErrorCode::kInvalidRequest);
  auto empty = std::make_shared<ApiVersionsRequest>();
  CHECK(client.call<ApiVersionsResponse>(empty, 4)->error_code == ErrorCode::kInvalidRequest);
  CHECK(client.call<ApiVersionsResponse>(empty, 2)->error_code == ErrorCode::kNone);
}

TEST_CASE("a listener tells what it serves, and nothing else") {
  Servers servers({});
  servers.ready();
  const auto broker = ranges(*servers.connect().call<ApiVersionsResponse>(ask_versions(), 4));
  const auto controller = ranges(
      *servers.connect(1, ListenerAt::kController).call<ApiVersionsResponse>(ask_versions(), 4));
  for (const ApiKey key : {ApiKey::kProduce, ApiKey::kMetadata, ApiKey::kListOffsets,
                           ApiKey::kInitProducerId, ApiKey::kDescribeTopicPartitions}) {
    CHECK(broker.contains(key));
    CHECK_FALSE(controller.contains(key));
  }
  for (const ApiKey key : {ApiKey::kVote, ApiKey::kBrokerHeartbeat, ApiKey::kAlterPartition,
                           ApiKey::kBrokerRegistration, ApiKey::kAllocateProducerIds}) {
    CHECK(controller.contains(key));
    CHECK_FALSE(broker.contains(key));
  }
  for (const ApiKey key : {ApiKey::kApiVersions, ApiKey::kFetch, ApiKey::kCreateTopics,
                           ApiKey::kDescribeCluster, ApiKey::kDescribeQuorum}) {
    CHECK(controller.contains(key));
    CHECK(broker.contains(key));
  }
  // What is not told is not served.
  auto& client = servers.connect();
  CHECK(client.call<protocol::BrokerHeartbeatResponse>(
            std::make_shared<protocol::BrokerHeartbeatRequest>(), 1) == nullptr);
  CHECK(client.closed());
}

TEST_CASE("the ranges that every client of the matrix needs are offered") {
  Servers servers({});
  servers.ready();
  const auto told = ranges(*servers.connect().call<ApiVersionsResponse>(ask_versions(), 4));
  const std::map<ApiKey, VersionRange> wanted = {
      {ApiKey::kProduce, {0, 11}},        {ApiKey::kFetch, {4, 17}},
      {ApiKey::kListOffsets, {1, 9}},     {ApiKey::kMetadata, {0, 12}},
      {ApiKey::kApiVersions, {0, 4}},     {ApiKey::kCreateTopics, {2, 7}},
      {ApiKey::kDeleteTopics, {1, 6}},    {ApiKey::kInitProducerId, {0, 5}},
      {ApiKey::kCreatePartitions, {0, 3}}};
  for (const auto& [key, range] : wanted) {
    INFO(static_cast<int>(key));
    REQUIRE(told.contains(key));
    CHECK(told.at(key).min <= range.min);
    CHECK(told.at(key).max >= range.max);
  }
}

TEST_CASE("trap 2: what is told of groups begins with version 0, below which old clients hang") {
  Servers servers({});
  servers.ready();
  const auto told = ranges(*servers.connect().call<ApiVersionsResponse>(ask_versions(), 4));
  for (std::int16_t key = 10; key <= 14; ++key) {
    const auto found = told.find(static_cast<ApiKey>(key));
    if (found != told.end()) CHECK(found->second.min == 0);
  }
  CHECK(told.contains(ApiKey::kFindCoordinator));
}

TEST_CASE("trap 4: transaction.version is told only together with the versions that it needs") {
  Servers servers({});
  servers.ready();
  const auto answer = servers.connect().call<ApiVersionsResponse>(ask_versions(), 4);
  const auto told = ranges(*answer);
  const auto end_txn = told.find(static_cast<ApiKey>(26));
  const bool kip_890 =
      told.at(ApiKey::kProduce).max >= 12 && end_txn != told.end() && end_txn->second.max >= 5;
  for (const auto& feature : answer->supported_features) {
    if (feature.name == "transaction.version") CHECK((kip_890 || feature.max_version < 2));
  }
  for (const auto& feature : answer->finalized_features) {
    if (feature.name == "transaction.version") CHECK((kip_890 || feature.max_version_level < 2));
  }
  // The features are there to be looked at.
  CHECK_FALSE(answer->finalized_features.empty());
}

namespace {

void add_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
  bytes.push_back(static_cast<std::uint8_t>(text.size() + 1));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// The tags of ApiVersions 3 and later by hand: a supported minimum of 0 is left out in version 3.
std::vector<std::uint8_t> feature_tags(std::int16_t version, std::uint8_t epoch) {
  constexpr std::string_view kMetadata = "metadata.version";
  constexpr std::string_view kElr = "eligible.leader.replicas.version";
  const bool zero = version >= 4;
  std::vector<std::uint8_t> bytes{3};  // three tags
  bytes.insert(bytes.end(), {0, static_cast<std::uint8_t>(zero ? 61 : 23)});
  bytes.push_back(zero ? 3 : 2);  // one more than there are
  add_text(bytes, kMetadata);
  bytes.insert(bytes.end(), {0, 25, 0, 25, 0});
  if (zero) {
    add_text(bytes, kElr);
    bytes.insert(bytes.end(), {0, 0, 0, 1, 0});
  }
  bytes.insert(bytes.end(), {1, 8, 0, 0, 0, 0, 0, 0, 0, epoch});
  bytes.insert(bytes.end(), {2, 61, 3});
  add_text(bytes, kElr);
  bytes.insert(bytes.end(), {0, 1, 0, 1, 0});
  add_text(bytes, kMetadata);
  bytes.insert(bytes.end(), {0, 25, 0, 25, 0});
  return bytes;
}

}  // namespace

TEST_CASE("features are told from version 3 on, byte for byte as Kafka does") {
  Servers servers({});
  servers.ready();
  for (const ListenerAt listener : {ListenerAt::kBroker, ListenerAt::kController}) {
    auto& client = servers.connect(1, listener);
    for (std::int16_t version = 0; version <= 4; ++version) {
      const std::int32_t id = client.send(ask_versions(), version);
      const MessageRef answer = client.await(id);
      REQUIRE(answer != nullptr);
      const auto& told = protocol::as<ApiVersionsResponse>(*answer);
      // Correlation id, error, count, six bytes per API with their tags, the time to wait.
      const bool flexible = version >= 3;
      const std::size_t list = told.api_keys.size() * (flexible ? 7 : 6);
      const std::size_t head = 4 + 2 + (flexible ? 1 : 4) + list + (version >= 1 ? 4 : 0);
      const ByteView raw = client.raw(id).view();
      if (!flexible) {
        CHECK(raw.size() == head);
        CHECK(told.finalized_features_epoch == -1);
        continue;
      }
      // The last offset that the image holds.
      const auto epoch = told.finalized_features_epoch;
      CHECK(epoch == servers.node(1).image()->position().next.value() - 1);
      const auto expected = feature_tags(version, static_cast<std::uint8_t>(epoch));
      REQUIRE(raw.size() == head + expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(version << " byte " << i);
        CHECK(raw[head + i] == std::byte{expected[i]});
      }
    }
  }
}

TEST_CASE("features are told while the metadata is not known yet, but none agreed on") {
  Servers servers({.nodes = 2});
  servers.stop(1);  // the only voter
  const auto told = servers.connect(2).call<ApiVersionsResponse>(ask_versions(), 4);
  REQUIRE(told != nullptr);
  CHECK(told->supported_features.size() == 2);
  CHECK(told->finalized_features.empty());
  CHECK(told->finalized_features_epoch == -1);
}

TEST_CASE("an unknown API, an unknown version and a damaged body close the connection") {
  Servers servers({});
  servers.ready();
  const std::vector<Bytes> frames = {frame_of(9999, 0, 1, {}),       frame_of(-1, 0, 1, {}),
                                     frame_of(3, 99, 1, {}),         frame_of(3, -1, 1, {}),
                                     frame_of(3, 1, 1, {0}),         Bytes::copy_of("x"),
                                     Bytes(std::vector<std::byte>{})};
  for (const Bytes& frame : frames) {
    auto& client = servers.connect();
    client.send(frame);
    CHECK(servers.run_until([&] { return client.closed(); }));
    CHECK(client.answered().empty());
  }
  // The others go on.
  CHECK(servers.connect().call<ApiVersionsResponse>(ask_versions(), 3) != nullptr);
}

TEST_CASE("DescribeCluster answers at each listener for its own kind of node") {
  Servers servers({.nodes = 2});
  servers.ready();
  auto request = std::make_shared<protocol::DescribeClusterRequest>();
  auto& client = servers.connect();
  auto& admin = servers.connect(1, ListenerAt::kController);
  const auto brokers = client.call<protocol::DescribeClusterResponse>(request, 1);
  REQUIRE(brokers != nullptr);
  CHECK(brokers->brokers.size() == 2);
  CHECK(brokers->brokers.at(1).port == 9092);
  CHECK(brokers->controller_id == 1);
  CHECK(admin.call<protocol::DescribeClusterResponse>(request, 1)->error_code ==
        ErrorCode::kMismatchedEndpointType);
  auto controllers = std::make_shared<protocol::DescribeClusterRequest>();
  controllers->endpoint_type = 2;
  const auto voters = admin.call<protocol::DescribeClusterResponse>(controllers, 1);
  CHECK(voters->endpoint_type == 2);
  CHECK(voters->controller_id == 1);
  CHECK(voters->brokers.at(0).port == 9093);
  auto neither = std::make_shared<protocol::DescribeClusterRequest>();
  neither->endpoint_type = 9;
  CHECK(client.call<protocol::DescribeClusterResponse>(neither, 1)->error_code ==
        ErrorCode::kUnsupportedEndpointType);
}

}  // namespace logarium::test
