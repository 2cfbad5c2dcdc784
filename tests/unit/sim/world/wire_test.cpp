#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/runtime/event_hash.hpp"
#include "sim/world/protocol_wire.hpp"

namespace logarium::world::test {
namespace {

Frame fetch_request() {
  auto body = std::make_shared<protocol::FetchRequest>();
  body->max_wait_ms = 500;
  body->min_bytes = 1;
  body->topics.resize(1);
  body->topics[0].topic_id = Uuid{3, 4};
  body->topics[0].partitions.resize(2);
  body->topics[0].partitions[1].fetch_offset = 77;
  Frame frame;
  frame.body = std::move(body);
  frame.correlation_id = 9;
  frame.api_version = 17;
  frame.client_id = std::make_shared<const std::string>("tester");
  return frame;
}

TEST_CASE("a request and a response come back from bytes with the same hash") {
  const ProtocolWire wire;
  std::vector<std::byte> buffer;
  const Frame request = fetch_request();
  const Result<Frame> back = wire.round_trip(request, buffer);
  REQUIRE(back);
  CHECK(buffer.size() > 40);
  CHECK(runtime::frame_hash(back.value()) == runtime::frame_hash(request));
  CHECK(back.value().body != request.body);
  Frame response;
  response.body = std::make_shared<protocol::MetadataResponse>();
  response.api_version = 12;
  response.correlation_id = 5;
  buffer.clear();
  const Result<Frame> answered = wire.round_trip(response, buffer);
  REQUIRE(answered);
  CHECK(runtime::frame_hash(answered.value()) == runtime::frame_hash(response));
}

TEST_CASE("a dropped field changes the hash of its message only") {
  const ProtocolWire faulty(
      {protocol::ApiKey::kFetch, Message::Direction::kRequest, "FetchOffset"});
  std::vector<std::byte> buffer;
  const Frame request = fetch_request();
  const Result<Frame> back = faulty.round_trip(request, buffer);
  REQUIRE(back);
  CHECK(runtime::frame_hash(back.value()) != runtime::frame_hash(request));
  const auto& body = protocol::as<protocol::FetchRequest>(back.value().body);
  CHECK(body.topics[0].partitions[1].fetch_offset == 0);
  CHECK(body.max_wait_ms == 500);
}

}  // namespace
}  // namespace logarium::world::test
