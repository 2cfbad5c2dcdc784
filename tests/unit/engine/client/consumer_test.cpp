#include "engine/protocol/messages/fetch.hpp"
#include "engine/protocol/messages/list_offsets.hpp"
#include "engine/protocol/messages/offset_for_leader_epoch.hpp"
#include "engine/protocol/records.hpp"
#include "tests/unit/engine/client/fake_cluster.hpp"

namespace logarium::client {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;
using protocol::OffsetForLeaderEpochRequest;
using protocol::OffsetForLeaderEpochResponse;

ConsumerConfig consumer_config(const Properties& properties) {
  const Result<ConsumerConfig> parsed = parse_consumer_config(properties);
  REQUIRE(parsed.ok());
  return parsed.value();
}

protocol::Batch batch_at(std::int64_t base, int records, std::int32_t epoch = 0) {
  protocol::BatchBuilder builder;
  for (int i = 0; i < records; ++i) {
    builder.append({.timestamp = 1, .value = view_of("value")});
  }
  protocol::Batch batch = builder.build();
  batch.restamp(Offset(base), LeaderEpoch(epoch));
  return batch;
}

struct Consuming : FakeCluster {
  explicit Consuming(const Properties& properties = {}, Rules rules = {})
      : FakeCluster(consumer_config(properties), rules) {
    topics["t"].partitions = {{1, 0}};
  }

  void assign(SeekTarget::Kind kind, std::int64_t value = 0,
              std::optional<LeaderEpoch> epoch = std::nullopt, std::int32_t partitions = 1) {
    auto call = std::make_shared<Assign>();
    for (std::int32_t i = 0; i < partitions; ++i) {
      call->partitions.push_back({{"t", PartitionIndex(i)}, {kind, value, epoch}});
    }
    command(call);
    result<AssignResult>();
  }
  void poll() { command(std::make_shared<Poll>()); }

  static const FetchRequest& fetch_of(const Request& request) {
    return protocol::as<FetchRequest>(request.frame.body);
  }
  static const FetchRequest::FetchPartition& asked(const Request& request) {
    REQUIRE(fetch_of(request).topics.size() == 1);
    REQUIRE(fetch_of(request).topics[0].partitions.size() == 1);
    return fetch_of(request).topics[0].partitions[0];
  }
  static FetchResponse::PartitionData data(std::int32_t partition, protocol::Records records) {
    FetchResponse::PartitionData entry;
    entry.partition_index = partition;
    entry.high_watermark = 100;
    entry.records = std::move(records);
    return entry;
  }
  void respond(const Request& request, std::vector<FetchResponse::PartitionData> partitions,
               std::int32_t session = 77) {
    auto response = std::make_shared<FetchResponse>();
    response->session_id = session;
    const auto& asked_topics = fetch_of(request).topics;
    const Uuid id = asked_topics.empty() ? topics["t"].id : asked_topics[0].topic_id;
    if (!partitions.empty()) {
      response->responses.push_back({"t", id, std::move(partitions)});
    }
    answer(request, response);
  }
  void respond_offset(const Request& request, std::int64_t offset) {
    auto response = std::make_shared<ListOffsetsResponse>();
    for (const auto& topic : protocol::as<ListOffsetsRequest>(request.frame.body).topics) {
      response->topics.push_back({topic.name, {}});
      for (const auto& partition : topic.partitions) {
        ListOffsetsResponse::ListOffsetsPartitionResponse entry;
        entry.partition_index = partition.partition_index;
        entry.offset = offset;
        entry.leader_epoch = 0;
        response->topics.back().partitions.push_back(entry);
      }
    }
    answer(request, response);
  }
  void respond_epoch(const Request& request, std::int64_t end, std::int32_t epoch) {
    auto response = std::make_shared<OffsetForLeaderEpochResponse>();
    OffsetForLeaderEpochResponse::EpochEndOffset entry;
    entry.leader_epoch = epoch;
    entry.end_offset = end;
    response->topics.push_back({"t", {entry}});
    answer(request, response);
  }
  void refuse(const Request& request, ErrorCode error) {
    auto entry = data(0, {});
    entry.error_code = error;
    respond(request, {entry});
  }
  // Reads one batch of `records` from the position, so that its leader epoch is known.
  void read(std::int64_t base, int records, std::int32_t epoch) {
    poll();
    const Request request = take<FetchRequest>();
    CHECK(asked(request).fetch_offset == base);
    respond(request, {data(0, {batch_at(base, records, epoch)})});
    CHECK(result<PollResult>()->records == records);
  }
  // The leader changes and the consumer hears of it after a refused fetch (or two, when it comes
  // back before it has new metadata).
  void change_leader(std::int32_t leader, std::int32_t epoch) {
    topics["t"].partitions[0] = {leader, epoch};
    refuse_until_asked(ErrorCode::kNotLeaderOrFollower);
  }
  void refuse_until_asked(ErrorCode error) {
    const int asked = metadata_asked;
    while (metadata_asked == asked) {
      if (!requests.empty()) refuse(take<FetchRequest>(), error);
      advance(milliseconds(20));
    }
    while (!requests.empty() && requests.front().broker == "b1" &&
           protocol::is<FetchRequest>(*requests.front().frame.body)) {
      refuse(take<FetchRequest>(), error);
    }
    advance(milliseconds(500));
  }
};

TEST_CASE("earliest and latest ask the leader; reading starts at its answer") {
  for (const bool earliest : {true, false}) {
    Consuming c;
    c.assign(earliest ? SeekTarget::Kind::kBeginning : SeekTarget::Kind::kEnd);
    const auto question = c.take<ListOffsetsRequest>();
    const auto& list = protocol::as<ListOffsetsRequest>(question.frame.body);
    CHECK(list.topics.at(0).partitions.at(0).timestamp == (earliest ? -2 : -1));
    c.respond_offset(question, 17);
    const auto fetch = c.take<FetchRequest>();
    CHECK(Consuming::asked(fetch).fetch_offset == 17);
    CHECK(Consuming::asked(fetch).current_leader_epoch == 0);
    CHECK(c.noted<note::PositionReset>().at(0).to == Offset(17));
  }
}

TEST_CASE("the policy decides without a position; none raises an error") {
  Consuming latest;
  latest.assign(SeekTarget::Kind::kPolicy);
  const auto question = latest.take<ListOffsetsRequest>();
  CHECK(protocol::as<ListOffsetsRequest>(question.frame.body).topics[0].partitions[0].timestamp ==
        -1);
  Consuming none(Properties{{"auto.offset.reset", "none"}});
  none.assign(SeekTarget::Kind::kPolicy);
  none.poll();
  const auto result = none.result<PollResult>();
  REQUIRE(result->errors.size() == 1);
  CHECK(result->errors[0].kind == PollError::Kind::kNoOffset);
}

TEST_CASE("a time later than all records is the end") {
  Consuming c;
  c.assign(SeekTarget::Kind::kTime, 12345);
  c.respond_offset(c.take<ListOffsetsRequest>(), -1);
  c.respond_offset(c.take<ListOffsetsRequest>(), 9);
  CHECK(Consuming::asked(c.take<FetchRequest>()).fetch_offset == 9);
}

TEST_CASE("a poll gets max.poll.records and goes on inside a batch") {
  Consuming c(Properties{{"max.poll.records", "3"}});
  c.assign(SeekTarget::Kind::kOffset, 0);
  c.respond(c.take<FetchRequest>(), {Consuming::data(0, {batch_at(0, 5)})});
  c.poll();
  auto result = c.result<PollResult>();
  REQUIRE(result->batches.size() == 1);
  CHECK(result->batches[0].next == Offset(3));
  CHECK(c.requests.empty());  // the broker is not asked before its records are taken
  c.poll();
  result = c.result<PollResult>();
  CHECK(result->batches[0].from == Offset(3));
  CHECK(result->batches[0].next == Offset(5));
  CHECK(Consuming::asked(c.take<FetchRequest>()).fetch_offset == 5);
  CHECK(c.noted<note::Delivered>().size() == 2);
}

TEST_CASE("a poll without records is answered empty after its wait") {
  Consuming c;
  c.assign(SeekTarget::Kind::kOffset, 0);
  c.poll();
  c.advance(seconds(5));
  CHECK(c.result<PollResult>()->batches.empty());
}

TEST_CASE("a fetch session sends only what changed, and a full fetch after any doubt") {
  Consuming c;
  c.topics["t"].partitions = {{1, 0}, {1, 0}};
  c.assign(SeekTarget::Kind::kOffset, 0, std::nullopt, 2);
  const auto full = c.take<FetchRequest>();
  CHECK(Consuming::fetch_of(full).session_epoch == 0);
  CHECK(Consuming::fetch_of(full).topics.at(0).partitions.size() == 2);
  c.respond(full, {Consuming::data(0, {batch_at(0, 2)}), Consuming::data(1, {})});
  c.poll();
  c.result<PollResult>();
  const auto second = c.take<FetchRequest>();
  CHECK(Consuming::fetch_of(second).session_id == 77);
  CHECK(Consuming::fetch_of(second).session_epoch == 1);
  CHECK(Consuming::asked(second).partition == 0);
  CHECK(Consuming::asked(second).fetch_offset == 2);
  c.respond(second, {});
  const auto third = c.take<FetchRequest>();
  CHECK(Consuming::fetch_of(third).session_epoch == 2);
  CHECK(Consuming::fetch_of(third).topics.empty());
  auto unknown = std::make_shared<FetchResponse>();
  unknown->error_code = ErrorCode::kFetchSessionIdNotFound;
  c.answer(third, unknown);
  const auto again = c.take<FetchRequest>();
  CHECK(Consuming::fetch_of(again).session_id == 0);
  CHECK(Consuming::fetch_of(again).session_epoch == 0);
  CHECK(Consuming::fetch_of(again).topics.at(0).partitions.size() == 2);
  c.disconnect(again.connection);
  c.advance(seconds(1));
  CHECK(Consuming::fetch_of(c.take<FetchRequest>()).session_epoch == 0);
}

TEST_CASE("a partition that leaves the assignment is forgotten by the session") {
  Consuming c;
  c.topics["t"].partitions = {{1, 0}, {1, 0}};
  c.assign(SeekTarget::Kind::kOffset, 0, std::nullopt, 2);
  c.respond(c.take<FetchRequest>(), {Consuming::data(0, {}), Consuming::data(1, {})});
  const auto running = c.take<FetchRequest>();
  c.assign(SeekTarget::Kind::kOffset, 0, std::nullopt, 1);
  c.respond(running, {Consuming::data(1, {batch_at(0, 3)})});
  const auto next = c.take<FetchRequest>();
  REQUIRE(Consuming::fetch_of(next).forgotten_topics_data.size() == 1);
  CHECK(Consuming::fetch_of(next).forgotten_topics_data[0].partitions ==
        std::vector<std::int32_t>{1});
  c.poll();
  CHECK(c.answers.empty());
}

TEST_CASE("records fetched for an older position are dropped after a seek") {
  Consuming c;
  c.assign(SeekTarget::Kind::kOffset, 0);
  const auto running = c.take<FetchRequest>();
  auto seek = std::make_shared<Seek>();
  seek->partition = {"t", PartitionIndex(0)};
  seek->to = {SeekTarget::Kind::kOffset, 50, std::nullopt};
  c.command(seek);
  c.result<AssignResult>();
  c.poll();
  c.respond(running, {Consuming::data(0, {batch_at(0, 3)})});
  CHECK(c.answers.empty());
  CHECK(Consuming::asked(c.take<FetchRequest>()).fetch_offset == 50);
}

TEST_CASE("out of range at the leader: the policy decides, none raises") {
  Consuming earliest(Properties{{"auto.offset.reset", "earliest"}});
  earliest.assign(SeekTarget::Kind::kOffset, 500);
  earliest.refuse(earliest.take<FetchRequest>(), ErrorCode::kOffsetOutOfRange);
  earliest.respond_offset(earliest.take<ListOffsetsRequest>(), 10);
  CHECK(Consuming::asked(earliest.take<FetchRequest>()).fetch_offset == 10);
  const auto reset = earliest.noted<note::PositionReset>().back();
  CHECK(reset.from == Offset(500));
  CHECK(reset.to == Offset(10));
  CHECK(reset.cause == note::ResetCause::kOutOfRange);

  Consuming none(Properties{{"auto.offset.reset", "none"}});
  none.assign(SeekTarget::Kind::kOffset, 500);
  none.poll();
  none.refuse(none.take<FetchRequest>(), ErrorCode::kOffsetOutOfRange);
  const auto result = none.result<PollResult>();
  REQUIRE(result->errors.size() == 1);
  CHECK(result->errors[0].kind == PollError::Kind::kOutOfRange);
  CHECK(result->errors[0].position == Offset(500));
}

TEST_CASE("a new leader epoch makes the consumer validate its position first") {
  Consuming c;
  c.assign(SeekTarget::Kind::kOffset, 0);
  c.read(0, 5, 0);
  c.change_leader(2, 1);
  const auto question = c.take<OffsetForLeaderEpochRequest>();
  CHECK(question.broker == "b2");
  const auto& asked =
      protocol::as<OffsetForLeaderEpochRequest>(question.frame.body).topics.at(0).partitions.at(0);
  CHECK(asked.leader_epoch == 0);
  CHECK(asked.current_leader_epoch == 1);
  CHECK(c.requests.empty());
  c.respond_epoch(question, 5, 0);
  const auto fetch = c.take<FetchRequest>();
  CHECK(fetch.broker == "b2");
  CHECK(Consuming::asked(fetch).fetch_offset == 5);
  CHECK(Consuming::asked(fetch).current_leader_epoch == 1);
  CHECK(c.noted<note::TruncationDetected>().empty());
}

TEST_CASE("a truncated position goes back to the first offset that differs, or raises") {
  for (const std::string policy : {"latest", "none"}) {
    Consuming c(Properties{{"auto.offset.reset", policy}});
    c.assign(SeekTarget::Kind::kOffset, 0);
    c.read(0, 5, 0);
    c.change_leader(2, 1);
    c.respond_epoch(c.take<OffsetForLeaderEpochRequest>(), 3, 0);
    REQUIRE(c.noted<note::TruncationDetected>().size() == 1);
    CHECK(c.noted<note::TruncationDetected>()[0].end == Offset(3));
    if (policy == "latest") {
      CHECK(Consuming::asked(c.take<FetchRequest>()).fetch_offset == 3);
    } else {
      c.poll();
      const auto result = c.result<PollResult>();
      REQUIRE(result->errors.size() == 1);
      CHECK(result->errors[0].kind == PollError::Kind::kTruncated);
      CHECK(result->errors[0].divergent == Offset(3));
    }
  }
}

TEST_CASE("with the rule off a consumer reads on without looking") {
  Rules rules;
  rules.switch_off(Rule::kFetchEpochValidation);
  Consuming c({}, rules);
  c.assign(SeekTarget::Kind::kOffset, 0);
  c.read(0, 5, 0);
  c.change_leader(2, 1);
  const auto fetch = c.take<FetchRequest>();
  CHECK(Consuming::asked(fetch).fetch_offset == 5);
  CHECK(Consuming::asked(fetch).current_leader_epoch == 1);
}

TEST_CASE("the preferred replica is read from, and left for the leader when out of range") {
  Consuming c(Properties{{"client.rack", "a"}});
  c.assign(SeekTarget::Kind::kOffset, 4);
  const auto first = c.take<FetchRequest>();
  CHECK(first.broker == "b1");
  CHECK(Consuming::fetch_of(first).rack_id == "a");
  auto preferred = Consuming::data(0, {});
  preferred.preferred_read_replica = 2;
  c.respond(first, {preferred});
  const auto near = c.take<FetchRequest>();
  CHECK(near.broker == "b2");
  CHECK(Consuming::asked(near).fetch_offset == 4);
  c.refuse(near, ErrorCode::kOffsetOutOfRange);
  const auto back = c.take<FetchRequest>();
  CHECK(back.broker == "b1");
  CHECK(Consuming::asked(back).fetch_offset == 4);
  CHECK(c.noted<note::PositionReset>().size() == 1);  // the seek at the start only
}

TEST_CASE("a damaged batch is reported and fetched again") {
  Consuming c;
  c.assign(SeekTarget::Kind::kOffset, 0);
  protocol::Batch damaged = batch_at(0, 2);
  damaged.crc ^= 1;
  c.poll();
  c.respond(c.take<FetchRequest>(), {Consuming::data(0, {damaged})});
  const auto result = c.result<PollResult>();
  REQUIRE(result->errors.size() == 1);
  CHECK(result->errors[0].error == ErrorCode::kCorruptMessage);
  c.advance(seconds(1));
  CHECK(Consuming::asked(c.take<FetchRequest>()).fetch_offset == 0);
}

TEST_CASE("a recreated topic has a new id: the old position is given up") {
  Consuming c(Properties{{"auto.offset.reset", "earliest"}});
  c.assign(SeekTarget::Kind::kOffset, 40);
  c.topics["t"].id = Uuid{9, 9};
  c.refuse_until_asked(ErrorCode::kUnknownTopicId);
  c.respond_offset(c.take<ListOffsetsRequest>(), 0);
  const auto fetch = c.take<FetchRequest>();
  CHECK(Consuming::fetch_of(fetch).topics.at(0).topic_id == Uuid{9, 9});
  CHECK(Consuming::asked(fetch).fetch_offset == 0);
}

TEST_CASE("topics without ids, as before Kafka 2.8, are read by name") {
  Consuming c(Properties{{"auto.offset.reset", "earliest"}});
  c.topics["t"].id = kZeroUuid;
  c.assign(SeekTarget::Kind::kOffset, 40);
  c.poll();
  const auto fetch = c.take<FetchRequest>();
  CHECK(fetch.frame.api_version == 12);
  CHECK(Consuming::fetch_of(fetch).topics.at(0).topic == "t");
  auto response = std::make_shared<FetchResponse>();
  response->responses.push_back({"t", kZeroUuid, {Consuming::data(0, {batch_at(40, 3)})}});
  c.answer(fetch, response);
  CHECK(c.result<PollResult>()->records == 3);
  // The brokers are upgraded: the topic gets an id and is the same topic.
  c.topics["t"].id = Uuid{9, 9};
  c.refuse_until_asked(ErrorCode::kNotLeaderOrFollower);
  const auto next = c.take<FetchRequest>();
  CHECK(Consuming::asked(next).fetch_offset == 43);
}

}  // namespace
}  // namespace logarium::client
