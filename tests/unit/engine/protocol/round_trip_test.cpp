#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "engine/base/random.hpp"
#include "engine/protocol/api_table.hpp"
#include "engine/protocol/framing.hpp"
#include "engine/protocol/message_tools.hpp"
#include "engine/protocol/messages/api_versions.hpp"
#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/records.hpp"

namespace logarium::protocol {
namespace {

// Walks over every message of every API in every version.
template <class Body>
void for_each_message(Body body) {
  for (const ApiEntry& entry : api_table()) {
    for (std::int16_t version = entry.versions.min; version <= entry.versions.max; ++version) {
      body(entry, entry.new_request, entry.decode_request, version);
      body(entry, entry.new_response, entry.decode_response, version);
    }
  }
}

Bytes body_of(const Message& message, std::int16_t version) {
  std::vector<std::byte> out;
  message.encode(out, version);
  return Bytes(std::move(out));
}

}  // namespace

TEST_CASE("random messages of every API and version come back from their bytes") {
  Random random(20'240'601);
  for_each_message([&](const ApiEntry& entry, auto make, auto decode, std::int16_t version) {
    for (int round = 0; round < 20; ++round) {
      const auto message = make();
      randomise(*message, version, random);
      const Bytes bytes = body_of(*message, version);
      CAPTURE(entry.name, version, to_json(*message, version));
      REQUIRE(bytes.size() == message->encoded_size(version));
      const auto back = decode(bytes, version);
      REQUIRE((back.ok() ? "" : back.error().message) == "");
      REQUIRE(first_difference(*message, *back.value(), version) == "");
      REQUIRE(back.value()->hash(version) == message->hash(version));
      REQUIRE(body_of(*back.value(), version) == bytes);
    }
  });
}

TEST_CASE("a message without any field set comes back from its bytes in every version") {
  for_each_message([&](const ApiEntry& entry, auto make, auto decode, std::int16_t version) {
    const auto message = make();
    CAPTURE(entry.name, version);
    const auto back = decode(body_of(*message, version), version);
    REQUIRE((back.ok() ? "" : back.error().message) == "");
    REQUIRE(back.value()->hash(version) == message->hash(version));
  });
}

TEST_CASE("a message cut anywhere is an error that names its place") {
  Random random(7);
  for_each_message([&](const ApiEntry& entry, auto make, auto decode, std::int16_t version) {
    const auto message = make();
    randomise(*message, version, random);
    const Bytes bytes = body_of(*message, version);
    for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 16) {
      CAPTURE(entry.name, version, length);
      const auto back = decode(bytes.slice(0, length), version);
      REQUIRE_FALSE(back.ok());
      REQUIRE(back.error().message.find(entry.name) == 0);
    }
  });
}

TEST_CASE("bytes after a message are ignored, as Kafka ignores them") {
  Random random(9);
  for_each_message([&](const ApiEntry& entry, auto make, auto decode, std::int16_t version) {
    CAPTURE(entry.name, version);
    const auto message = make();
    randomise(*message, version, random);
    const Bytes bytes = body_of(*message, version);
    std::vector<std::byte> longer(bytes.view().begin(), bytes.view().end());
    longer.insert(longer.end(), 4, std::byte{0x5a});
    const auto back = decode(Bytes(std::move(longer)), version);
    REQUIRE(back.ok());
    REQUIRE(back.value()->hash(version) == message->hash(version));
  });
}

TEST_CASE("messages with a flipped byte decode or fail, and never do worse") {
  Random random(8);
  for_each_message([&](const ApiEntry&, auto make, auto decode, std::int16_t version) {
    const auto message = make();
    randomise(*message, version, random);
    const Bytes bytes = body_of(*message, version);
    for (int round = 0; round < 20 && !bytes.empty(); ++round) {
      std::vector<std::byte> flipped(bytes.view().begin(), bytes.view().end());
      flipped[random.below(flipped.size())] ^= static_cast<std::byte>(1U << random.below(8));
      const auto back = decode(Bytes(std::move(flipped)), version);
      if (back.ok()) static_cast<void>(body_of(*back.value(), version));
    }
  });
}

TEST_CASE("the hash covers the fields of the version and no others") {
  FetchRequest request;
  request.replica_id = 4;
  const std::uint64_t old_version = request.hash(14);
  const std::uint64_t new_version = request.hash(17);
  request.replica_id = 5;
  CHECK(request.hash(14) != old_version);
  CHECK(request.hash(17) == new_version);
  request.replica_state.replica_id = 5;
  CHECK(request.hash(17) != new_version);
}

TEST_CASE("null in a version that cannot express it is written as empty and hashed so") {
  MetadataRequest all;
  all.topics.reset();
  MetadataRequest empty;
  empty.topics.emplace();
  CHECK(body_of(all, 0) == body_of(empty, 0));
  CHECK(all.hash(0) == empty.hash(0));
  CHECK_FALSE(body_of(all, 1) == body_of(empty, 1));
  CHECK(all.hash(1) != empty.hash(1));
}

TEST_CASE("unknown tagged fields are skipped") {
  // Fetch v12: after the body a tag section of one field, tag 9, two bytes.
  FetchResponse response;
  const Bytes plain = body_of(response, 12);
  std::vector<std::byte> bytes(plain.view().begin(), plain.view().end() - 1);
  for (const int b : {1, 9, 2, 0xaa, 0xbb}) bytes.push_back(static_cast<std::byte>(b));
  const auto back = FetchResponse::decode(Bytes(std::move(bytes)), 12);
  REQUIRE((back.ok() ? "" : back.error().message) == "");
  CHECK(back.value()->hash(12) == response.hash(12));
}

TEST_CASE("decode errors name field and position") {
  FetchRequest request;
  request.topics.push_back({.topic = "orders", .partitions = {{.partition = 1}}});
  const Bytes bytes = body_of(request, 4);
  const auto back = FetchRequest::decode(bytes.slice(0, bytes.size() - 5), 4);
  REQUIRE_FALSE(back.ok());
  CHECK(back.error().message ==
        "Fetch request v4: Topics[0].Partitions[0].FetchOffset, byte 37: the bytes end");
}

// As it goes over the wire.
std::vector<std::byte> whole_of(const Gathered& gathered) {
  std::vector<std::byte> out;
  std::size_t from = 0;
  const auto append = [&out](ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
  for (const Gathered::Piece& piece : gathered.pieces) {
    append(ByteView(gathered.bytes).subspan(from, piece.at - from));
    append(piece.payload.view());
    from = piece.at;
  }
  append(ByteView(gathered.bytes).subspan(from));
  return out;
}

TEST_CASE("a gathered frame shares long record payloads and is the same on the wire") {
  const std::string text(2 * Gathered::kSharedBytesMin, 'x');
  auto response = std::make_shared<FetchResponse>();
  auto& partitions = response->responses.emplace_back().partitions;
  for (const std::size_t size : {text.size(), std::size_t{10}, text.size() - 100}) {
    BatchBuilder builder;
    builder.append({.timestamp = 1, .value = view_of(std::string_view(text).substr(0, size))});
    partitions.emplace_back().records.emplace().push_back(builder.build());
  }
  const Bytes first = partitions.front().records->front().payload();
  for (const std::int16_t version : {std::int16_t{4}, std::int16_t{12}, std::int16_t{17}}) {
    const Frame frame{response, 1, version, nullptr};
    std::vector<std::byte> copied;
    encode_response(frame, copied);
    Gathered gathered;
    gather_response(frame, gathered);
    REQUIRE(gathered.pieces.size() == 2);
    CHECK(gathered.pieces.front().payload.view().data() == first.view().data());
    CHECK(gathered.bytes.size() < Gathered::kSharedBytesMin);
    CHECK(whole_of(gathered) == copied);
  }
}

TEST_CASE("frames of every API and version come back from their bytes") {
  Random random(99);
  const auto client = std::make_shared<const std::string>("a-client");
  for (const ApiEntry& entry : api_table()) {
    for (std::int16_t version = entry.versions.min; version <= entry.versions.max; ++version) {
      CAPTURE(entry.name, version);
      const auto request = entry.new_request();
      randomise(*request, version, random);
      const Frame asked{request, 77, version, random.below(2) == 0 ? nullptr : client};
      std::vector<std::byte> out;
      encode_request(asked, out);
      REQUIRE(out.size() == request_frame_bytes(asked));
      Gathered gathered;
      gather_request(asked, gathered);
      CHECK(whole_of(gathered) == out);
      const Bytes whole(std::move(out));
      const auto back = decode_request(whole.slice(4, whole.size() - 4));
      REQUIRE((back.ok() ? "" : back.error().message) == "");
      CHECK(back.value().correlation_id == 77);
      CHECK((back.value().client_id == nullptr) == (asked.client_id == nullptr));
      CHECK(back.value().body->hash(version) == request->hash(version));

      const auto response = entry.new_response();
      randomise(*response, version, random);
      const Frame answered{response, -3, version, nullptr};
      out.clear();
      encode_response(answered, out);
      REQUIRE(out.size() == response_frame_bytes(answered));
      gathered = {};
      gather_response(answered, gathered);
      CHECK(whole_of(gathered) == out);
      const Bytes all(std::move(out));
      const Bytes inner = all.slice(4, all.size() - 4);
      CHECK(peek_correlation_id(inner).value() == -3);
      const auto got = decode_response(inner, entry.key, version);
      REQUIRE((got.ok() ? "" : got.error().message) == "");
      CHECK(got.value().body->hash(version) == response->hash(version));
    }
  }
}

TEST_CASE("unknown APIs and versions are errors, not crashes") {
  const auto bytes = [](std::initializer_list<int> list) {
    std::vector<std::byte> out;
    for (const int b : list) out.push_back(static_cast<std::byte>(b));
    return Bytes(std::move(out));
  };
  CHECK_FALSE(decode_request(bytes({0, 4, 0, 0, 0, 0, 0, 1, 255, 255})).ok());
  CHECK_FALSE(decode_request(bytes({0, 1, 0, 99, 0, 0, 0, 1, 255, 255})).ok());
  CHECK(peek_request(bytes({0, 18, 0, 9, 0, 0, 0, 1})).value().api_version == 9);
  CHECK_FALSE(decode_request(bytes({0, 18})).ok());
}

TEST_CASE("an ApiVersions request of the future is answered in v0 (KIP-511)") {
  std::vector<std::byte> wire;
  for (const int b : {0, 18, 0, 9, 0, 0, 0, 7, 0, 1, 0x63, 0, 99, 99}) {
    wire.push_back(static_cast<std::byte>(b));
  }
  const auto request = decode_request(Bytes(std::move(wire)));
  REQUIRE((request.ok() ? "" : request.error().message) == "");
  CHECK(request.value().api_version == 9);
  CHECK(*request.value().client_id == "c");
  CHECK(is<ApiVersionsRequest>(*request.value().body));

  auto refusal = std::make_shared<ApiVersionsResponse>();
  refusal->error_code = ErrorCode::kUnsupportedVersion;
  refusal->api_keys.push_back({.api_key = 18, .min_version = 0, .max_version = 4});
  const Frame answer{refusal, 7, 9, nullptr};
  std::vector<std::byte> out;
  encode_response(answer, out);
  CHECK(out.size() == response_frame_bytes(answer));
  const Bytes all(std::move(out));
  const auto got = decode_response(all.slice(4, all.size() - 4), ApiKey::kApiVersions, 4);
  REQUIRE((got.ok() ? "" : got.error().message) == "");
  CHECK(got.value().api_version == 0);
  CHECK(as<ApiVersionsResponse>(got.value().body).api_keys.at(0).max_version == 4);
}

TEST_CASE("an ApiVersions refusal whose rest has another shape still says UNSUPPORTED_VERSION") {
  // As librdkafka's mock cluster answers version 4: the error, then a list with short lengths.
  std::vector<std::byte> wire;
  for (const int b : {0, 0, 0, 7, 0, 35, 1, 0, 18, 0, 0, 0, 2, 0, 0, 0, 0}) {
    wire.push_back(static_cast<std::byte>(b));
  }
  const auto got = decode_response(Bytes(wire), ApiKey::kApiVersions, 4);
  REQUIRE((got.ok() ? "" : got.error().message) == "");
  CHECK(got.value().api_version == 0);
  const auto& body = as<ApiVersionsResponse>(got.value().body);
  CHECK(body.error_code == ErrorCode::kUnsupportedVersion);
  CHECK(body.api_keys.empty());
  wire[5] = std::byte{0};  // without the error it is a damaged answer: so many are not there
  wire[6] = std::byte{0x20};
  const Bytes damaged(std::move(wire));
  CHECK_FALSE(decode_response(damaged, ApiKey::kApiVersions, 4).ok());
}

TEST_CASE("the newest common version is found, and Produce is advertised from 0") {
  CHECK(newest_common(ApiKey::kFetch, {0, 13}) == 13);
  CHECK(newest_common(ApiKey::kFetch, {4, 99}) == 18);
  CHECK_FALSE(newest_common(ApiKey::kFetch, {0, 3}));
  CHECK_FALSE(newest_common(ApiKey::kLeaderAndIsr, {0, 3}));
  CHECK(advertised(*find_api("produce")).min == 0);
  CHECK(find_api("1")->name == "Fetch");
  CHECK(find_api("Fetsch") == nullptr);
}

TEST_CASE("a message prints as JSON with Kafka's names") {
  FetchRequest request;
  request.topics.push_back({.topic = "a\"b", .partitions = {{.partition = 1}}});
  CHECK(to_json(request, 4) ==
        R"({"ReplicaId": -1, "MaxWaitMs": 0, "MinBytes": 0, "MaxBytes": 2147483647, )"
        R"("IsolationLevel": 0, "Topics": [{"Topic": "a\"b", "Partitions": [{"Partition": 1, )"
        R"("FetchOffset": 0, "PartitionMaxBytes": 0}]}]})");
}

}  // namespace logarium::protocol
