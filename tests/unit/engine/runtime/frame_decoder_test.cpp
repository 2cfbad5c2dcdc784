#include "engine/runtime/frame_decoder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "engine/protocol/framing.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/messages/produce.hpp"

namespace logarium::runtime {
namespace {

constexpr ConnectionId kOwn{4};
constexpr ConnectionId kAccepted{3};

Bytes without_length(std::vector<std::byte> frame) {
  frame.erase(frame.begin(), frame.begin() + 4);
  return Bytes(std::move(frame));
}

Frame metadata_request(std::int32_t correlation) {
  return {std::make_shared<protocol::MetadataRequest>(), correlation, 12,
          std::make_shared<const std::string>("tester")};
}
Frame produce(std::int16_t acks, std::int32_t correlation) {
  auto body = std::make_shared<protocol::ProduceRequest>();
  body->acks = acks;
  return {body, correlation, 9, nullptr};
}
Bytes metadata_response(std::int32_t correlation) {
  auto body = std::make_shared<protocol::MetadataResponse>();
  body->controller_id = 7;
  std::vector<std::byte> bytes;
  protocol::encode_response({body, correlation, 12, nullptr}, bytes);
  return without_length(std::move(bytes));
}

}  // namespace

TEST_CASE("a request on an accepted connection says itself what it is") {
  FrameDecoder decoder;
  std::vector<std::byte> bytes;
  protocol::encode_request(metadata_request(5), bytes);
  const Result<Frame> frame = decoder.decode(kAccepted, without_length(std::move(bytes)));
  REQUIRE(frame.ok());
  CHECK(frame.value().correlation_id == 5);
  CHECK(*frame.value().client_id == "tester");
}

TEST_CASE("a response is decoded as the answer to the oldest request of its connection") {
  FrameDecoder decoder;
  decoder.sent(kOwn, metadata_request(1));
  decoder.sent(kOwn, metadata_request(2));
  const Result<Frame> first = decoder.decode(kOwn, metadata_response(1));
  REQUIRE(first.ok());
  const auto& body = dynamic_cast<const protocol::MetadataResponse&>(*first.value().body);
  CHECK(body.controller_id == 7);
  CHECK(decoder.decode(kOwn, metadata_response(2)).ok());
  CHECK_FALSE(decoder.decode(kOwn, metadata_response(2)).ok());
}

TEST_CASE("a response that answers no request, or another than the oldest, is an error") {
  FrameDecoder decoder;
  CHECK_FALSE(decoder.decode(kOwn, metadata_response(1)).ok());
  decoder.sent(kOwn, metadata_request(1));
  decoder.sent(kOwn, metadata_request(2));
  CHECK_FALSE(decoder.decode(kOwn, metadata_response(2)).ok());
}

TEST_CASE("no response is waited for where none comes") {
  FrameDecoder decoder;
  decoder.sent(kOwn, produce(0, 1));
  decoder.sent(kOwn, metadata_request(2));
  CHECK(decoder.decode(kOwn, metadata_response(2)).ok());
  decoder.sent(kOwn, produce(-1, 3));
  CHECK_FALSE(decoder.decode(kOwn, metadata_response(4)).ok());
}

TEST_CASE("what was asked on a connection is forgotten with it") {
  FrameDecoder decoder;
  decoder.sent(kOwn, metadata_request(1));
  decoder.sent(ConnectionId(8), metadata_request(1));
  decoder.forget(kOwn);
  CHECK_FALSE(decoder.decode(kOwn, metadata_response(1)).ok());
  CHECK(decoder.decode(ConnectionId(8), metadata_response(1)).ok());
}

TEST_CASE("bytes that are no frame are errors") {
  FrameDecoder decoder;
  CHECK_FALSE(decoder.decode(kAccepted, Bytes::copy_of("abc")).ok());
  decoder.sent(kOwn, metadata_request(0x61626364));
  CHECK_FALSE(decoder.decode(kOwn, Bytes::copy_of("abcd")).ok());
}

TEST_CASE("the records of a decoded request are slices of the received bytes") {
  FrameDecoder decoder;
  auto body = std::make_shared<protocol::ProduceRequest>();
  body->acks = -1;
  body->topic_data.resize(1);
  body->topic_data[0].name = "orders";
  body->topic_data[0].partition_data.resize(1);
  protocol::BatchHeader header;
  header.last_offset_delta = 0;
  header.record_count = 1;
  body->topic_data[0].partition_data[0].records =
      protocol::Records{protocol::Batch(header, Bytes::copy_of("these are the records"))};
  std::vector<std::byte> bytes;
  protocol::encode_request({body, 1, 9, nullptr}, bytes);
  const Bytes received = without_length(std::move(bytes));
  const Result<Frame> frame = decoder.decode(kAccepted, received);
  REQUIRE(frame.ok());
  const auto& decoded = dynamic_cast<const protocol::ProduceRequest&>(*frame.value().body);
  const auto& records = decoded.topic_data.at(0).partition_data.at(0).records;
  REQUIRE(records);
  const ByteView payload = records->at(0).payload().view();
  CHECK(payload.data() > received.view().data());
  CHECK(payload.data() + payload.size() <= received.view().data() + received.size());
}

}  // namespace logarium::runtime
