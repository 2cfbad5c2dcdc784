// Fetch and ListOffsets through a whole broker: batches, limits, long polls, sessions, topic ids.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "tests/unit/engine/server/requests.hpp"

namespace logarium::test {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;
using protocol::ProduceResponse;

struct FetchLab {
  FetchLab() : servers({}) {
    servers.ready();
    make_topic(servers, create_topic("orders", 2));
    client = &servers.connect();
    id = servers.node(1).image()->topic("orders")->id;
  }
  void put(const protocol::Batch& batch) {
    const auto answer = client->call<ProduceResponse>(produce("orders", {batch}), 9);
    REQUIRE(answer->responses.at(0).partition_responses.at(0).error_code == ErrorCode::kNone);
  }
  static std::shared_ptr<FetchRequest> fetch(std::int64_t offset) {
    auto request = std::make_shared<FetchRequest>();
    request->min_bytes = 1;
    request->session_epoch = -1;
    auto& topic = request->topics.emplace_back();
    topic.topic = "orders";
    auto& partition = topic.partitions.emplace_back();
    partition.fetch_offset = offset;
    partition.partition_max_bytes = 1 << 20;
    return request;
  }
  std::shared_ptr<FetchRequest> fetch_by_id(std::int64_t offset) const {
    auto request = fetch(offset);
    request->topics[0].topic.clear();
    request->topics[0].topic_id = id;
    return request;
  }
  FetchResponse::PartitionData get(const std::shared_ptr<FetchRequest>& request,
                                   std::int16_t version) {
    const auto answer = client->call<FetchResponse>(request, version);
    REQUIRE(answer != nullptr);
    REQUIRE(answer->error_code == ErrorCode::kNone);
    return answer->responses.at(0).partitions.at(0);
  }
  ListOffsetsResponse::ListOffsetsPartitionResponse list(std::int64_t timestamp,
                                                         std::int16_t version) {
    auto request = std::make_shared<ListOffsetsRequest>();
    request->replica_id = -1;
    auto& topic = request->topics.emplace_back();
    topic.name = "orders";
    topic.partitions.push_back({.partition_index = 0, .timestamp = timestamp});
    const auto answer = client->call<ListOffsetsResponse>(request, version);
    REQUIRE(answer != nullptr);
    return answer->topics.at(0).partitions.at(0);
  }

  Servers servers;
  Servers::Client* client = nullptr;
  Uuid id;
};

}  // namespace

TEST_CASE("a fetch gets whole batches, also one that begins before its offset") {
  FetchLab lab;
  lab.put(batch_of({"a", "b", "c"}));
  lab.put(batch_of({"d"}));
  const auto data = lab.get(FetchLab::fetch(2), 4);
  REQUIRE(data.records->size() == 2);
  CHECK(data.records->front().base_offset == Offset(0));
  CHECK(data.records->front().record_count == 3);
  CHECK(lab.get(FetchLab::fetch(4), 4).records->empty());
  CHECK(lab.get(FetchLab::fetch(5), 4).error_code == ErrorCode::kOffsetOutOfRange);
  CHECK(lab.get(FetchLab::fetch(-1), 4).error_code == ErrorCode::kOffsetOutOfRange);
}

TEST_CASE("the first batch comes even above every limit (KIP-74)") {
  FetchLab lab;
  lab.put(batch_of({std::string(5000, 'x')}));
  lab.put(batch_of({"y"}));
  for (const std::int32_t limit : {-5, 0, 1, 100, 5000}) {
    auto request = FetchLab::fetch(0);
    request->max_bytes = limit;
    request->topics[0].partitions[0].partition_max_bytes = limit;
    const auto data = lab.get(request, 11);
    CHECK(data.records->size() == 1);
  }
}

TEST_CASE("a long poll wakes when records are appended, and ends after max wait") {
  FetchLab lab;
  auto request = FetchLab::fetch(0);
  request->max_wait_ms = 5000;
  auto& reader = lab.servers.connect();
  const auto id = reader.send(request, 11);
  lab.servers.run_for(milliseconds(500));
  CHECK(reader.answered().empty());
  const Instant before = lab.servers.now();
  lab.put(batch_of({"a"}));
  const auto answer = reader.await(id);
  REQUIRE(answer != nullptr);
  CHECK(lab.servers.now() - before < milliseconds(20));
  auto later = FetchLab::fetch(1);
  later->max_wait_ms = 700;
  const Instant from = lab.servers.now();
  CHECK(lab.get(later, 11).records->empty());
  CHECK(lab.servers.now() - from >= milliseconds(700));
  CHECK(lab.servers.now() - from < milliseconds(720));
}

TEST_CASE("min bytes holds an answer back until there is enough") {
  FetchLab lab;
  auto request = FetchLab::fetch(0);
  request->min_bytes = 400;
  request->max_wait_ms = 60'000;
  auto& reader = lab.servers.connect();
  const auto id = reader.send(request, 11);
  for (int i = 0; i < 3; ++i) {
    lab.put(batch_of({"v"}));
    lab.servers.run_for(milliseconds(10));
    CHECK(reader.answered().empty());
  }
  lab.put(batch_of({std::string(400, 'x')}));
  CHECK(reader.await(id) != nullptr);
}

TEST_CASE("a fetch session tells what is new, and speaks of topics in one way only") {
  FetchLab lab;
  lab.put(batch_of({"a"}));
  auto first = lab.fetch_by_id(0);
  first->session_epoch = 0;
  const auto opened = lab.client->call<FetchResponse>(first, 13);
  CHECK(opened->error_code == ErrorCode::kNone);
  REQUIRE(opened->session_id != 0);
  CHECK(opened->responses.at(0).topic_id == lab.id);
  auto next = std::make_shared<FetchRequest>();
  next->session_id = opened->session_id;
  next->session_epoch = 1;
  // By name now: not with this session.
  CHECK(lab.client->call<FetchResponse>(next, 12)->error_code ==
        ErrorCode::kFetchSessionTopicIdError);
  next = std::make_shared<FetchRequest>(*next);
  next->session_epoch = 5;
  CHECK(lab.client->call<FetchResponse>(next, 13)->error_code ==
        ErrorCode::kInvalidFetchSessionEpoch);
  next = std::make_shared<FetchRequest>(*next);
  next->session_id = 12345;
  CHECK(lab.client->call<FetchResponse>(next, 13)->error_code ==
        ErrorCode::kFetchSessionIdNotFound);
  next = std::make_shared<FetchRequest>(*next);
  next->session_id = opened->session_id;
  next->session_epoch = 1;
  const auto again = lab.client->call<FetchResponse>(next, 13);
  CHECK(again->error_code == ErrorCode::kNone);
  // The position did not move, so the data is there again; epoch -1 ends the session.
  CHECK(again->responses.size() == 1);
  auto last = lab.fetch_by_id(1);
  last->session_id = opened->session_id;
  last->session_epoch = -1;
  CHECK(lab.client->call<FetchResponse>(last, 13)->session_id == 0);
}

TEST_CASE("a client without sessions is answered with session id 0") {
  FetchLab lab;
  for (std::int16_t version = 7; version <= 12; ++version) {
    CHECK(lab.client->call<FetchResponse>(FetchLab::fetch(0), version)->session_id == 0);
  }
}

TEST_CASE("unknown topic ids and names in a fetch") {
  FetchLab lab;
  auto request = lab.fetch_by_id(0);
  request->topics[0].topic_id = Uuid{7, 7};
  CHECK(lab.get(request, 16).error_code == ErrorCode::kUnknownTopicId);
  auto named = FetchLab::fetch(0);
  named->topics[0].topic = "nowhere";
  CHECK(lab.get(named, 12).error_code == ErrorCode::kUnknownTopicOrPartition);
  named->topics[0].topic = "orders";
  named->topics[0].partitions[0].partition = 9;
  CHECK(lab.get(named, 12).error_code == ErrorCode::kUnknownTopicOrPartition);
  named->topics[0].partitions[0].partition = 0;
  named->topics[0].partitions[0].current_leader_epoch = 3;
  CHECK(lab.get(named, 12).error_code == ErrorCode::kUnknownLeaderEpoch);
}

TEST_CASE("ListOffsets by place and by time in every version") {
  FetchLab lab;
  const std::int64_t base = lab.servers.wall_ms();
  for (int i = 0; i < 5; ++i) lab.put(batch_of({"v"}, {}, base + 10 * i));
  lab.put(batch_of({"early"}, {}, base + 5));
  for (std::int16_t version = 1; version <= 11; ++version) {
    CHECK(lab.list(-1, version).offset == 6);
    CHECK(lab.list(-2, version).offset == 0);
    CHECK(lab.list(base + 15, version).offset == 2);
    CHECK(lab.list(base + 15, version).timestamp == base + 20);
    CHECK(lab.list(base + 1000, version).offset == -1);
    CHECK(lab.list(base + 1000, version).error_code == ErrorCode::kNone);
  }
}

TEST_CASE("ListOffsets: special timestamps have their meaning from their versions on") {
  FetchLab lab;
  const std::int64_t base = lab.servers.wall_ms();
  for (int i = 0; i < 3; ++i) lab.put(batch_of({"v"}, {}, base + 100 - i));
  struct Special {
    std::int64_t timestamp;
    std::int16_t from;
    std::int64_t offset;
  };
  for (const Special& special :
       {Special{-3, 7, 0}, Special{-4, 8, 0}, Special{-5, 9, -1}, Special{-6, 11, -1}}) {
    for (std::int16_t version = 1; version <= 11; ++version) {
      INFO(special.timestamp << " in version " << version);
      const auto answer = lab.list(special.timestamp, version);
      if (version < special.from) {
        CHECK(answer.error_code == ErrorCode::kUnsupportedVersion);
      } else {
        CHECK(answer.error_code == ErrorCode::kNone);
        CHECK(answer.offset == special.offset);
      }
    }
  }
  CHECK(lab.list(-7, 11).error_code == ErrorCode::kUnsupportedVersion);
}

TEST_CASE("ListOffsets refuses a partition that is named twice") {
  FetchLab lab;
  auto request = std::make_shared<ListOffsetsRequest>();
  request->replica_id = -1;
  auto& topic = request->topics.emplace_back();
  topic.name = "orders";
  topic.partitions = {{.partition_index = 0, .timestamp = -1},
                      {.partition_index = 1, .timestamp = -1},
                      {.partition_index = 0, .timestamp = -2}};
  const auto answer = lab.client->call<ListOffsetsResponse>(request, 7);
  CHECK(answer->topics.at(0).partitions.at(0).error_code == ErrorCode::kInvalidRequest);
  CHECK(answer->topics.at(0).partitions.at(1).error_code == ErrorCode::kNone);
  CHECK(answer->topics.at(0).partitions.at(2).error_code == ErrorCode::kInvalidRequest);
}

}  // namespace logarium::test
