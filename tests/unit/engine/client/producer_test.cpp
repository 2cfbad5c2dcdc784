#include "engine/protocol/messages/init_producer_id.hpp"
#include "engine/protocol/messages/produce.hpp"
#include "engine/protocol/records.hpp"
#include "tests/unit/engine/client/fake_cluster.hpp"

namespace logarium::client {
namespace {

using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

ProducerConfig producer_config(const Properties& properties = {}) {
  const Result<ProducerConfig> parsed = parse_producer_config(properties);
  REQUIRE(parsed.ok());
  return parsed.value();
}

struct Producing : FakeCluster {
  explicit Producing(const Properties& properties = {})
      : FakeCluster(producer_config(properties)) {}

  void give_id(std::int64_t id = 1000) {
    const Request request = take<InitProducerIdRequest>();
    auto response = std::make_shared<InitProducerIdResponse>();
    response->producer_id = id;
    answer(request, response);
  }
  // One record to partition 0, named `tag`.
  CommandId produce(std::uint64_t tag, std::size_t bytes = 10, std::int32_t partition = 0) {
    auto call = std::make_shared<Produce>();
    call->topic = "t";
    call->partition = PartitionIndex(partition);
    call->records.push_back({tag, std::nullopt, Bytes(std::vector<std::byte>(bytes))});
    return command(call);
  }
  static const protocol::Batch& batch_of(const Request& request) {
    const auto& produce = protocol::as<ProduceRequest>(request.frame.body);
    REQUIRE(produce.topic_data.size() == 1);
    REQUIRE(produce.topic_data[0].partition_data.size() == 1);
    return produce.topic_data[0].partition_data[0].records->at(0);
  }
  void respond(const Request& request, protocol::ErrorCode error, std::int64_t base = -1) {
    const auto& produce = protocol::as<ProduceRequest>(request.frame.body);
    auto response = std::make_shared<ProduceResponse>();
    for (const auto& topic : produce.topic_data) {
      ProduceResponse::TopicProduceResponse entry;
      entry.name = topic.name;
      entry.topic_id = topic.topic_id;
      for (const auto& partition : topic.partition_data) {
        ProduceResponse::PartitionProduceResponse answered;
        answered.index = partition.index;
        answered.error_code = error;
        answered.base_offset = base;
        entry.partition_responses.push_back(answered);
      }
      response->responses.push_back(entry);
    }
    answer(request, response);
  }
};

TEST_CASE("records given within linger go in one batch, acknowledged with their offsets") {
  Producing p;
  p.give_id();
  const CommandId first = p.produce(11);
  p.produce(12);
  CHECK(p.requests.empty());
  p.advance(milliseconds(5));
  const auto request = p.take<ProduceRequest>();
  CHECK(request.broker == "b1");
  CHECK(protocol::as<ProduceRequest>(request.frame.body).acks == -1);
  const protocol::Batch& batch = Producing::batch_of(request);
  CHECK(batch.record_count == 2);
  CHECK(batch.producer_id == ProducerId(1000));
  CHECK(batch.base_sequence == Sequence(0));
  CHECK(batch.crc_matches());
  p.respond(request, ErrorCode::kNone, 40);
  CHECK(p.answers.front().id == first);
  const auto result = p.result<ProduceResult>();
  CHECK(result->base == Offset(40));
  CHECK(result->tags == std::vector<std::uint64_t>{11, 12});
  CHECK(p.noted<note::BatchAcked>().size() == 1);
}

TEST_CASE("a full batch does not linger; batches of a partition go in order") {
  Producing p(Properties{{"batch.size", "200"}});
  p.give_id();
  for (std::uint64_t tag = 0; tag < 5; ++tag) p.produce(tag, 60);
  REQUIRE(p.requests.size() >= 1);
  p.advance(milliseconds(5));
  std::int32_t next = 0;
  while (!p.requests.empty()) {
    const auto request = p.take<ProduceRequest>();
    CHECK(Producing::batch_of(request).base_sequence == Sequence(next));
    next += Producing::batch_of(request).record_count;
  }
  CHECK(next == 5);
}

TEST_CASE("nothing is sent before the producer id is there") {
  Producing p;
  p.produce(1);
  p.advance(seconds(1));
  CHECK(p.requests.size() == 1);
  p.give_id();
  CHECK(p.take<ProduceRequest>().broker == "b1");
}

TEST_CASE("a failed InitProducerId is asked again after a pause") {
  Producing p;
  auto refused = std::make_shared<InitProducerIdResponse>();
  refused->error_code = ErrorCode::kCoordinatorLoadInProgress;
  p.answer(p.take<InitProducerIdRequest>(), refused);
  CHECK(p.requests.empty());
  p.advance(milliseconds(200));
  p.give_id();
  CHECK(p.noted<note::ProducerIdAssigned>().size() == 1);
}

TEST_CASE("after a broken connection both batches are retried in order with their sequences") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  p.produce(2);
  const auto first = p.take<ProduceRequest>();
  const auto second = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(second).base_sequence == Sequence(1));
  p.disconnect(first.connection);
  CHECK(p.requests.empty());
  p.advance(seconds(2));
  // While the first is not settled only it is sent.
  REQUIRE(p.requests.size() == 1);
  const auto again = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(again).base_sequence == Sequence(0));
  CHECK(p.noted<note::BatchSent>().back().attempt == 2);
  p.respond(again, ErrorCode::kNone, 0);
  const auto next = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(next).base_sequence == Sequence(1));
  p.respond(next, ErrorCode::kDuplicateSequenceNumber);
  p.result<ProduceResult>();
  const auto result = p.result<ProduceResult>();
  CHECK(result->error == ErrorCode::kNone);
  CHECK_FALSE(result->base.has_value());
}

TEST_CASE("NOT_LEADER_OR_FOLLOWER refreshes metadata and goes to the new leader") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  const int asked = p.metadata_asked;
  p.topics["t"].partitions[0] = {2, 1};
  p.respond(p.take<ProduceRequest>(), ErrorCode::kNotLeaderOrFollower);
  p.advance(seconds(1));
  CHECK(p.metadata_asked > asked);
  const auto again = p.take<ProduceRequest>();
  CHECK(again.broker == "b2");
  CHECK(Producing::batch_of(again).base_sequence == Sequence(0));
}

TEST_CASE("metadata of a broker that knows of nobody yet is asked for again") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  p.starting = true;
  p.topics["t"].partitions[0] = {2, 1};
  p.advance(seconds(1));
  p.disconnect(p.take<ProduceRequest>().connection);
  p.unreachable.insert("b1");
  const int asked = p.metadata_asked;
  p.advance(seconds(2));
  CHECK(p.metadata_asked > asked);
  p.starting = false;
  p.advance(seconds(3));
  REQUIRE_FALSE(p.requests.empty());
  CHECK(p.requests.back().broker == "b2");
}

TEST_CASE("an older leader epoch in metadata does not move a producer back") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.topics["t"].partitions[0] = {2, 5};
  p.produce(1);
  p.respond(p.take<ProduceRequest>(), ErrorCode::kNone, 0);
  p.topics["t"].partitions[0] = {1, 4};
  p.advance(seconds(301));
  p.produce(2);
  CHECK(p.take<ProduceRequest>().broker == "b2");
}

TEST_CASE("a batch ends with an error at the delivery timeout, its place in the log in doubt") {
  Producing p(Properties{{"delivery.timeout.ms", "35000"}, {"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  p.advance(seconds(34));
  CHECK(p.answers.empty());
  p.advance(seconds(1));
  const auto result = p.result<ProduceResult>();
  CHECK(result->error == ErrorCode::kRequestTimedOut);
  CHECK(result->certainty == ProduceResult::Certainty::kUnknown);
  CHECK(p.noted<note::BatchFailed>().size() == 1);
  // The doubtful sequence is not used again: the epoch rises and sequences restart.
  p.requests.clear();
  p.produce(2);
  p.advance(seconds(2));
  const auto request = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(request).base_sequence == Sequence(0));
  CHECK(Producing::batch_of(request).producer_epoch == ProducerEpoch(1));
}

TEST_CASE("a record that was never sent fails for certain") {
  Producing p(Properties{{"delivery.timeout.ms", "30000"}, {"linger.ms", "0"}});
  p.produce(1);
  p.advance(seconds(31));
  const auto result = p.result<ProduceResult>();
  CHECK(result->certainty == ProduceResult::Certainty::kCertain);
}

TEST_CASE("OUT_OF_ORDER for the next expected batch bumps the epoch; for a later one it waits") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  p.produce(2);
  const auto first = p.take<ProduceRequest>();
  const auto second = p.take<ProduceRequest>();
  p.respond(first, ErrorCode::kNotEnoughReplicas);
  p.respond(second, ErrorCode::kOutOfOrderSequenceNumber);
  p.advance(seconds(1));
  const auto again = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(again).base_sequence == Sequence(0));
  CHECK(Producing::batch_of(again).producer_epoch == ProducerEpoch(0));
  p.respond(again, ErrorCode::kOutOfOrderSequenceNumber);
  p.advance(seconds(1));
  const auto bumped = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(bumped).producer_epoch == ProducerEpoch(1));
  CHECK(Producing::batch_of(bumped).base_sequence == Sequence(0));
  CHECK(Producing::batch_of(bumped).crc_matches());
}

TEST_CASE("a batch that is too large is split, in order and with its sequences") {
  Producing p;
  p.give_id();
  for (std::uint64_t tag = 0; tag < 4; ++tag) p.produce(tag, 100);
  p.advance(milliseconds(5));
  const auto whole = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(whole).record_count == 4);
  p.respond(whole, ErrorCode::kMessageTooLarge);
  std::int32_t next = 0;
  std::vector<std::uint64_t> tags;
  while (!p.requests.empty()) {
    const auto part = p.take<ProduceRequest>();
    CHECK(Producing::batch_of(part).base_sequence == Sequence(next));
    CHECK(Producing::batch_of(part).crc_matches());
    next += Producing::batch_of(part).record_count;
    p.respond(part, ErrorCode::kNone, 0);
    const auto result = p.result<ProduceResult>();
    for (const std::uint64_t tag : result->tags) tags.push_back(tag);
  }
  CHECK(tags == std::vector<std::uint64_t>{0, 1, 2, 3});
}

TEST_CASE("a single record that is too large fails and the producer goes on") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  p.respond(p.take<ProduceRequest>(), ErrorCode::kMessageTooLarge);
  CHECK(p.result<ProduceResult>()->error == ErrorCode::kMessageTooLarge);
  p.produce(2, 2'000'000);
  CHECK(p.result<ProduceResult>()->error == ErrorCode::kMessageTooLarge);
  p.produce(3);
  const auto next = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(next).producer_epoch == ProducerEpoch(1));
  CHECK(Producing::batch_of(next).base_sequence == Sequence(0));
}

TEST_CASE("acks=0 is over when it is sent, without an offset") {
  Producing p(Properties{{"acks", "0"}, {"linger.ms", "0"}});
  p.produce(1);
  const auto request = p.take<ProduceRequest>();
  CHECK(Producing::batch_of(request).producer_id == protocol::kNoProducerId);
  const auto result = p.result<ProduceResult>();
  CHECK(result->error == ErrorCode::kNone);
  CHECK_FALSE(result->base.has_value());
}

TEST_CASE("at most max.in.flight requests wait for one broker") {
  Producing p(Properties{{"linger.ms", "0"}, {"max.in.flight.requests.per.connection", "2"}});
  p.give_id();
  for (std::uint64_t tag = 0; tag < 4; ++tag) p.produce(tag);
  CHECK(p.requests.size() == 2);
  p.respond(p.take<ProduceRequest>(), ErrorCode::kNone, 0);
  CHECK(p.requests.size() == 2);
}

TEST_CASE("without memory records wait in line for max.block.ms") {
  Producing p(Properties{{"buffer.memory", "40000"}, {"linger.ms", "0"}, {"max.block.ms", "1000"}});
  p.give_id();
  for (std::uint64_t tag = 0; tag < 4; ++tag) p.produce(tag);
  p.advance(milliseconds(1000));
  CHECK(p.answers.size() == 2);
  CHECK(p.result<ProduceResult>()->error == ErrorCode::kRequestTimedOut);
}

TEST_CASE("records wait for an unknown topic and fail after max.block.ms") {
  Producing p(Properties{{"max.block.ms", "2000"}});
  auto call = std::make_shared<Produce>();
  call->topic = "later";
  call->records.push_back({1, std::nullopt, Bytes::copy_of("x")});
  p.command(call);
  p.advance(seconds(1));
  CHECK(p.answers.empty());
  p.advance(seconds(1));
  CHECK(p.result<ProduceResult>()->error == ErrorCode::kRequestTimedOut);
}

TEST_CASE("a flush sends at once and ends when everything has ended") {
  Producing p(Properties{{"linger.ms", "1000"}});
  p.give_id();
  p.produce(1);
  CHECK(p.requests.empty());
  p.command(std::make_shared<Flush>());
  p.respond(p.take<ProduceRequest>(), ErrorCode::kNone, 0);
  p.result<ProduceResult>();
  p.result<FlushResult>();
}

TEST_CASE("a stopping producer delivers what it has and exits") {
  Producing p(Properties{{"linger.ms", "1000"}});
  p.give_id();
  p.produce(1);
  p.input(ShutdownRequested{});
  CHECK_FALSE(p.exited);
  p.respond(p.take<ProduceRequest>(), ErrorCode::kNone, 0);
  CHECK(p.exited);
}

TEST_CASE("a batch does not wait for a dead broker's connection once the leader has moved") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  const auto first = p.take<ProduceRequest>();
  p.unreachable.insert("b1");
  p.topics["t"].partitions[0] = {2, 1};
  p.disconnect(first.connection);
  p.advance(seconds(3));
  REQUIRE(p.requests.size() == 1);
  CHECK(p.take<ProduceRequest>().broker == "b2");
}

TEST_CASE("topics without ids, as before Kafka 2.8, are written to by name") {
  for (const bool told : {true, false}) {
    Producing p(Properties{{"enable.idempotence", "false"}, {"linger.ms", "0"}});
    if (!told) p.topics["t"].id = kZeroUuid;
    p.produce(1);
    const auto request = p.take<ProduceRequest>();
    CHECK(request.frame.api_version == (told ? 13 : 12));
    CHECK(protocol::as<ProduceRequest>(request.frame.body).topic_data.at(0).name == "t");
  }
}

TEST_CASE("a copy of a producer continues identically") {
  Producing p(Properties{{"linger.ms", "0"}});
  p.give_id();
  p.produce(1);
  const auto request = p.take<ProduceRequest>();
  const std::unique_ptr<Node> copy = p.node.clone();
  p.respond(request, ErrorCode::kNone, 3);
  auto response = std::make_shared<ProduceResponse>();
  response->responses.push_back({"t", Uuid{7, 7}, {{}}});
  response->responses[0].partition_responses[0].base_offset = 3;
  Effects out;
  copy->step({p.now, WallTime{p.now.ns}},
             Received{request.connection,
                      Frame{response, request.frame.correlation_id, request.frame.api_version, {}}},
             out);
  CHECK(copy->random_fingerprint() == p.node.random_fingerprint());
  CHECK(copy->next_deadline() == p.node.next_deadline());
  REQUIRE(out.actions.size() == 1);
  CHECK(std::holds_alternative<Answer>(out.actions[0]));
}

}  // namespace
}  // namespace logarium::client
