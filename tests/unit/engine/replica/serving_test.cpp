// What clients and followers are served: fetch sessions, waiting, fencing, offsets, racks; and the
// life of the replicas of one broker.

#include <catch2/catch_test_macros.hpp>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/delete_records.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/protocol/messages/offset_for_leader_epoch.hpp"
#include "engine/protocol/records.hpp"
#include "tests/unit/engine/replica/cluster.hpp"

namespace logarium::replica::test {
namespace {

using protocol::ErrorCode;
constexpr std::int16_t kFetchKey = 1;

std::shared_ptr<protocol::FetchRequest> fetch_request(std::int64_t offset,
                                                      std::int32_t leader_epoch = -1) {
  auto request = std::make_shared<protocol::FetchRequest>();
  request->max_wait_ms = 500;
  request->min_bytes = 1;
  auto& topic = request->topics.emplace_back();
  topic.topic_id = kOrders;
  auto& partition = topic.partitions.emplace_back();
  partition.fetch_offset = offset;
  partition.current_leader_epoch = leader_epoch;
  partition.partition_max_bytes = 1 << 20;
  return request;
}

TEST_CASE("a fetch at the end of the log waits, and an append wakes it") {
  Cluster c;
  c.create_orders({1, 2, 3});
  const auto waiting = c.fetch(1, 0);
  c.run_ms(100);
  CHECK(c.answer(waiting) == nullptr);
  c.produce(1, "ab", -1);
  c.run_ms(50);
  CHECK(text_of(*c.fetched(waiting).records) == "ab");
}

TEST_CASE("a fetch that nothing wakes is answered empty after max.wait") {
  Cluster c;
  c.create_orders({1, 2, 3});
  const auto waiting = c.fetch(1, 0);
  c.run_ms(499);
  CHECK(c.answer(waiting) == nullptr);
  c.run_ms(2);
  CHECK(c.fetched(waiting).records->empty());
}

TEST_CASE("consumers see committed records only") {
  ClusterSpec spec;
  SECTION("rule on") {}
  SECTION("rule off") { spec.rules.switch_off(Rule::kReadBelowHighWatermark); }
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.cut(1, 2);
  c.produce(1, "a", 1);
  c.run_ms(20);
  const auto read = c.fetch(1, 0);
  c.run_ms(600);
  const bool committed_only = spec.rules.on(Rule::kReadBelowHighWatermark);
  CHECK(text_of(*c.fetched(read).records) == (committed_only ? "" : "a"));
}

TEST_CASE("requests of an older or a newer leader epoch are refused") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.elect(1, {1, 2, 3});
  c.run_ms(20);
  const auto older = c.ask(1, fetch_request(0, 0), 17);
  const auto newer = c.ask(1, fetch_request(0, 2), 17);
  const auto elsewhere = c.ask(2, fetch_request(0, 1), 10);
  c.run_ms(5);
  CHECK(c.fetched(older).error_code == ErrorCode::kFencedLeaderEpoch);
  CHECK(c.fetched(newer).error_code == ErrorCode::kUnknownLeaderEpoch);
  CHECK(c.fetched(elsewhere).error_code == ErrorCode::kNotLeaderOrFollower);
}

TEST_CASE("an answer that names another leader says who it is (KIP-951)") {
  Cluster c;
  c.create_orders({1, 2, 3});
  const auto sent = c.produce(2, "a", 1);
  c.run_ms(5);
  const auto& answer = protocol::as<protocol::ProduceResponse>(c.answer(sent));
  const auto& part = answer.responses.at(0).partition_responses.at(0);
  CHECK(part.error_code == ErrorCode::kNotLeaderOrFollower);
  CHECK(part.current_leader.leader_id == 1);
  CHECK(answer.node_endpoints.at(0).host == "b1");
}

TEST_CASE("out of range below the log start and above the log end") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(50);
  const auto beyond = c.fetch(1, 4);
  c.run_ms(5);
  CHECK(c.fetched(beyond).error_code == ErrorCode::kOffsetOutOfRange);
  REQUIRE(c.noted<note::OutOfRange>(1).size() == 1);
  CHECK(c.noted<note::OutOfRange>(1)[0].asked == Offset(4));
}

TEST_CASE("an unknown topic is refused by id and by name") {
  Cluster c;
  c.create_orders({1, 2, 3});
  auto by_id = fetch_request(0);
  by_id->topics[0].topic_id = Uuid{9, 9};
  const auto unknown = c.ask(1, by_id, 17);
  c.run_ms(5);
  CHECK(c.fetched(unknown).error_code == ErrorCode::kUnknownTopicId);
}

TEST_CASE("a follower's fetches name only partitions that changed") {
  Cluster c;
  c.create_many(20, {1, 2});
  c.run(seconds(2));
  CHECK(c.last_fetch_named(1) == 0);
  const int before = c.requests(1, kFetchKey);
  c.run(seconds(5));
  CHECK(c.requests(1, kFetchKey) - before <= 11);  // one long poll of 500 ms after the other
  c.produce(1, "a", -1);
  c.run_ms(30);
  CHECK(c.last_fetch_named(1) == 1);
}

TEST_CASE("a consumer's session answers with what is new") {
  Cluster c;
  c.create_many(3, {1, 2});
  auto full = std::make_shared<protocol::FetchRequest>();
  full->session_epoch = 0;
  full->topics.emplace_back().topic_id = kOrders;
  for (std::int32_t i = 0; i < 3; ++i) {
    auto& partition = full->topics[0].partitions.emplace_back();
    partition.partition = i;
    partition.partition_max_bytes = 1 << 20;
  }
  const auto first = c.ask(1, full, 17);
  c.run_ms(5);
  const auto& opened = protocol::as<protocol::FetchResponse>(c.answer(first));
  CHECK(opened.responses.at(0).partitions.size() == 3);
  REQUIRE(opened.session_id != 0);

  auto next = std::make_shared<protocol::FetchRequest>();
  next->session_id = opened.session_id;
  next->session_epoch = 1;
  next->max_wait_ms = 500;
  next->min_bytes = 1;
  const auto second = c.ask(1, next, 17);
  c.run_ms(100);
  CHECK(c.answer(second) == nullptr);
  c.produce(1, "abc", -1);
  c.run_ms(50);
  const auto& news = protocol::as<protocol::FetchResponse>(c.answer(second));
  REQUIRE(news.responses.size() == 1);
  REQUIRE(news.responses[0].partitions.size() == 1);
  CHECK(text_of(*news.responses[0].partitions[0].records) == "abc");

  const auto stale = c.ask(1, next, 17);
  c.run_ms(5);
  CHECK(protocol::as<protocol::FetchResponse>(c.answer(stale)).error_code ==
        ErrorCode::kInvalidFetchSessionEpoch);
  auto unknown = std::make_shared<protocol::FetchRequest>(*next);
  unknown->session_id = opened.session_id == 1 ? 2 : 1;
  const auto lost = c.ask(1, unknown, 17);
  c.run_ms(5);
  CHECK(protocol::as<protocol::FetchResponse>(c.answer(lost)).error_code ==
        ErrorCode::kFetchSessionIdNotFound);
}

TEST_CASE("a session that is forgotten in part no longer hears of that part") {
  Cluster c;
  c.create_many(2, {1, 2});
  auto full = std::make_shared<protocol::FetchRequest>();
  full->session_epoch = 0;
  full->topics.emplace_back().topic_id = kOrders;
  for (std::int32_t i = 0; i < 2; ++i) {
    full->topics[0].partitions.emplace_back().partition = i;
    full->topics[0].partitions.back().partition_max_bytes = 1000;
  }
  const auto first = c.ask(1, full, 17);
  c.run_ms(5);
  auto next = std::make_shared<protocol::FetchRequest>();
  next->session_id = protocol::as<protocol::FetchResponse>(c.answer(first)).session_id;
  next->session_epoch = 1;
  next->max_wait_ms = 200;
  next->min_bytes = 1;
  next->forgotten_topics_data.push_back({.topic_id = kOrders, .partitions = {0}});
  const auto second = c.ask(1, next, 17);
  c.produce(1, "a", -1);
  c.run_ms(100);
  CHECK(c.answer(second) == nullptr);
  c.run_ms(150);
  CHECK(protocol::as<protocol::FetchResponse>(c.answer(second)).responses.empty());
}

std::int64_t listed(Cluster& c, std::int64_t timestamp, ErrorCode& error) {
  auto request = std::make_shared<protocol::ListOffsetsRequest>();
  request->replica_id = -1;
  request->topics.push_back({"orders", {{.partition_index = 0, .timestamp = timestamp}}});
  const auto token = c.ask(2, request, 9);
  c.run_ms(5);
  const auto& answer =
      protocol::as<protocol::ListOffsetsResponse>(c.answer(token)).topics.at(0).partitions.at(0);
  error = answer.error_code;
  return answer.offset;
}

TEST_CASE("offsets by place and by time; latest is not available before the leader knows it") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abcd", -1);
  c.run_ms(50);  // the followers have the records, but not yet the high watermark
  c.kill(1);
  c.cut(2, 3);
  c.elect(2, {2, 3});
  c.run_ms(20);
  ErrorCode error = ErrorCode::kNone;
  static_cast<void>(listed(c, -1, error));
  CHECK(error == ErrorCode::kOffsetNotAvailable);
  CHECK(listed(c, -2, error) == 0);
  CHECK(error == ErrorCode::kNone);
  c.heal();
  c.run(seconds(3));
  CHECK(listed(c, -1, error) == 4);
  CHECK(error == ErrorCode::kNone);
  CHECK(listed(c, 1'700'000'000'000, error) == 0);
  CHECK(listed(c, 1'700'000'000'001, error) == -1);
  CHECK(listed(c, -3, error) == 0);
}

TEST_CASE("the end of an epoch is told within the epoch of the leader") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(50);
  c.elect(1, {1, 2, 3});
  c.run_ms(20);
  c.produce(1, "de", -1);
  c.run_ms(50);
  auto request = std::make_shared<protocol::OffsetForLeaderEpochRequest>();
  request->topics.push_back({"orders",
                             {{.partition = 0, .current_leader_epoch = 1, .leader_epoch = 0},
                              {.partition = 0, .current_leader_epoch = 0, .leader_epoch = 0},
                              {.partition = 0, .current_leader_epoch = 1, .leader_epoch = 7}}});
  const auto token = c.ask(1, request, 4);
  c.run_ms(5);
  const auto& parts =
      protocol::as<protocol::OffsetForLeaderEpochResponse>(c.answer(token)).topics.at(0).partitions;
  CHECK(parts.at(0).end_offset == 3);
  CHECK(parts.at(1).error_code == ErrorCode::kFencedLeaderEpoch);
  CHECK(parts.at(2).end_offset == -1);
}

TEST_CASE("a consumer is sent to the replica in its rack, which serves up to its high watermark") {
  ClusterSpec spec;
  spec.config.replica_selector_class = "org.apache.kafka.common.replica.RackAwareReplicaSelector";
  spec.racks = {"east", "west", "west"};
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(100);
  const auto asked = c.fetch(1, 0, "west");
  c.run_ms(5);
  CHECK(c.fetched(asked).preferred_read_replica >= 2);
  CHECK(c.fetched(asked).records->empty());
  CHECK(c.hw(3) == 3);  // with a selector followers hear of the high watermark at once
  const auto read = c.fetch(3, 0, "west");
  c.run_ms(5);
  CHECK(text_of(*c.fetched(read).records) == "abc");
  const auto here = c.fetch(1, 0, "east");
  c.run_ms(5);
  CHECK(text_of(*c.fetched(here).records) == "abc");
}

TEST_CASE("records are deleted when every live replica has followed") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abcd", -1);
  c.run_ms(600);
  auto request = std::make_shared<protocol::DeleteRecordsRequest>();
  request->timeout_ms = 5000;
  request->topics.push_back({"orders", {{.partition_index = 0, .offset = 3}}});
  const auto token = c.ask(1, request, 2);
  c.run(seconds(2));
  const auto& answer = protocol::as<protocol::DeleteRecordsResponse>(c.answer(token));
  CHECK(answer.topics.at(0).partitions.at(0).low_watermark == 3);
  CHECK(c.at(2).log_start() == Offset(3));
  auto beyond = std::make_shared<protocol::DeleteRecordsRequest>(*request);
  beyond->topics[0].partitions[0].offset = 5;
  const auto refused = c.ask(1, beyond, 2);
  c.run_ms(5);
  CHECK(protocol::as<protocol::DeleteRecordsResponse>(c.answer(refused))
            .topics.at(0)
            .partitions.at(0)
            .error_code == ErrorCode::kOffsetOutOfRange);
}

TEST_CASE("a duplicate of an idempotent producer is answered with its first offset") {
  Cluster c;
  c.create_orders({1, 2, 3});
  protocol::BatchBuilder builder({.producer_id = ProducerId(7),
                                  .producer_epoch = ProducerEpoch(0),
                                  .base_sequence = Sequence(0)});
  protocol::NewRecord record;
  record.timestamp = 1'700'000'000'000;
  record.value = view_of("x");
  builder.append(record);
  const protocol::Batch batch = builder.build();
  c.produce_batch(1, batch, -1);
  c.run_ms(50);
  c.produce(1, "abc", -1);
  const auto again = c.produce_batch(1, batch, -1);
  c.run_ms(50);
  CHECK(c.leo(1) == 4);
  const auto& answer = protocol::as<protocol::ProduceResponse>(c.answer(again));
  CHECK(answer.responses.at(0).partition_responses.at(0).base_offset == 0);
}

// ---- the life of a broker's replicas ------------------------------------------------------------

TEST_CASE("a broker that stopped cleanly comes back without recovery and with all it had") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abcd", -1);
  c.run(seconds(6));
  c.close(3);
  c.run_ms(100);
  REQUIRE_FALSE(c.events(3).empty());
  CHECK(std::holds_alternative<Closed>(c.events(3).back()));
  c.restart(3);
  c.run_ms(200);
  REQUIRE_FALSE(c.events(3).empty());
  const auto& recovered = std::get<Recovered>(c.events(3).front());
  CHECK(recovered.clean);
  CHECK(recovered.replicas == 1);
  CHECK(c.log_text(3) == "abcd");
  CHECK(c.hw(3) == 4);
}

TEST_CASE("a broker that was killed recovers and follows again") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abcd", -1);
  c.run_ms(50);
  c.kill(3);
  c.set_isr({1, 2});
  c.run_ms(20);
  c.produce(1, "ef", -1);
  c.run_ms(20);
  c.restart(3);
  c.run(seconds(3));
  CHECK_FALSE(std::get<Recovered>(c.events(3).front()).clean);
  CHECK(c.log_text(3) == "abcdef");
  CHECK(c.isr(1) == std::vector<std::int32_t>{1, 2, 3});
}

TEST_CASE("a deleted topic's replicas go, and requests that wait for it fail") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.cut(1, 2);
  const auto sent = c.produce(1, "a", -1);
  const auto waiting = c.fetch(1, 0);
  c.run_ms(20);
  c.delete_orders();
  c.run_ms(20);
  CHECK(c.manager(1).find(kOrders0) == nullptr);
  CHECK(c.produced(sent) == ErrorCode::kUnknownTopicOrPartition);
  CHECK(c.noted<note::ReplicaDeleted>(1).size() == 1);
  c.run_ms(600);
  CHECK(c.fetched(waiting).error_code == ErrorCode::kUnknownTopicId);
}

TEST_CASE("a replica whose topic was deleted while its broker was down is stray and goes") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(50);
  c.kill(3);
  c.delete_orders();
  c.run_ms(20);
  c.restart(3);
  c.run_ms(200);
  CHECK(std::get<Recovered>(c.events(3).front()).replicas == 1);
  CHECK(c.manager(3).find(kOrders0) == nullptr);
}

TEST_CASE("a failing disk takes the log directory offline") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.fail_next_write(1);
  const auto sent = c.produce(1, "a", -1);
  c.run_ms(20);
  CHECK(c.produced(sent) == ErrorCode::kKafkaStorageError);
  REQUIRE_FALSE(c.events(1).empty());
  CHECK(std::holds_alternative<DirectoryFailed>(c.events(1).back()));
  CHECK(c.noted<note::DirectoryOffline>(1).size() == 1);
}

TEST_CASE("a copy of a replica manager has the same state and goes its own way") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(3);
  const Manager copy = c.manager(1);
  const auto before = state_hash(copy);
  CHECK(before == state_hash(c.manager(1)));
  c.produce(1, "de", -1);
  c.run_ms(50);
  CHECK(before == state_hash(copy));
  CHECK(before != state_hash(c.manager(1)));
}

}  // namespace
}  // namespace logarium::replica::test
