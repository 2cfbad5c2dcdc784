#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "engine/base/state_visitor.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "engine/protocol/messages/metadata.hpp"
#include "engine/protocol/records.hpp"
#include "sim/workload/admin_application.hpp"
#include "sim/workload/consumer_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/workload/record_value.hpp"

namespace logarium::workload {
namespace {

using client::AdminResult;
using client::ErrorCode;
using client::PolledBatch;
using client::PollError;
using client::PollResult;
using client::Produce;
using client::ProduceResult;

constexpr PartitionRef kPartition{Uuid{1, 2}, PartitionIndex(0)};

Now at(Duration since_start) { return {Instant{} + since_start, WallTime{since_start.ns}}; }

// Wakes the application whenever it wants until `end`; returns what it produced, with the times.
std::vector<std::pair<Instant, std::shared_ptr<const Produce>>> run(ProducerApplication& app,
                                                                    Duration end) {
  std::vector<std::pair<Instant, std::shared_ptr<const Produce>>> produced;
  Calls calls;
  while (app.next_deadline() <= Instant{} + end) {
    const Instant now = app.next_deadline();
    calls.clear();
    app.wake({now, WallTime{now.ns}}, calls);
    for (const auto& call : calls.calls) {
      produced.emplace_back(now, std::dynamic_pointer_cast<const Produce>(call.command));
    }
  }
  return produced;
}

TEST_CASE("producers share a constant rate evenly and take turns") {
  std::vector<Instant> times;
  for (std::int32_t turn = 0; turn < 3; ++turn) {
    ProducerLoad load;
    load.topic = "t";
    load.rate = 1000;
    load.count = 3;
    load.turn = turn;
    ProducerApplication app(load, Random(1));
    Calls calls;
    app.started(at({}), calls);
    for (const auto& [time, call] : run(app, seconds(1))) times.push_back(time);
  }
  std::sort(times.begin(), times.end());
  REQUIRE(times.size() == 1000);
  for (std::size_t i = 0; i < times.size(); ++i) {
    CHECK(times[i] == Instant{} + milliseconds(static_cast<std::int64_t>(i) + 1));
  }
}

TEST_CASE("a Poisson producer keeps its mean rate and a stop time") {
  ProducerLoad load;
  load.rate = 1000;
  load.spacing = ProducerLoad::Spacing::kPoisson;
  load.stop_after = seconds(20);
  ProducerApplication app(load, Random(7));
  Calls calls;
  app.started(at({}), calls);
  const auto produced = run(app, seconds(100));
  CHECK(produced.size() > 19'000);
  CHECK(produced.size() < 21'000);
  CHECK(produced.back().first < Instant{} + seconds(20));
  CHECK(app.stopped());
}

TEST_CASE("values carry their uid and show damage") {
  const Uid uid = make_uid(3, 1234567);
  CHECK(application_of(uid) == 3);
  CHECK(counter_of(uid) == 1234567);
  const Bytes value = make_value(uid, 100);
  CHECK(read_value(value.view()) == uid);
  std::vector<std::byte> damaged(value.view().begin(), value.view().end());
  damaged[50] ^= std::byte{1};
  CHECK_FALSE(read_value(damaged).has_value());
}

TEST_CASE("keys come from the given number of keys") {
  for (const auto kind : {ProducerLoad::Keys::kUniform, ProducerLoad::Keys::kZipf}) {
    ProducerLoad load;
    load.keys = kind;
    load.key_count = 5;
    ProducerApplication app(load, Random(7));
    Calls calls;
    app.started(at({}), calls);
    std::set<std::string> keys;
    for (const auto& [time, call] : run(app, seconds(1))) {
      keys.insert(std::string(text_of(call->records.at(0).key->view())));
    }
    CHECK(keys.size() == 5);
  }
}

TEST_CASE("a producer's history tells acked, failed and unknown apart") {
  ProducerLoad load;
  load.application = 2;
  load.rate = 10;
  load.records_max = 4;
  ProducerApplication app(load, Random(1));
  Calls calls;
  app.started(at({}), calls);
  CHECK(run(app, seconds(10)).size() == 4);
  const auto answer = [&](std::vector<std::uint64_t> tags, ErrorCode error,
                          ProduceResult::Certainty certainty, std::optional<Offset> base) {
    auto result = std::make_shared<ProduceResult>();
    result->partition = kPartition;
    result->error = error;
    result->certainty = certainty;
    result->base = base;
    result->tags = std::move(tags);
    app.on_answer(at(seconds(10)), CommandId(1), result, calls);
  };
  using Certainty = ProduceResult::Certainty;
  answer({make_uid(2, 1), make_uid(2, 2)}, ErrorCode::kNone, Certainty::kCertain, Offset(40));
  answer({make_uid(2, 0)}, ErrorCode::kMessageTooLarge, Certainty::kCertain, std::nullopt);
  const History& history = *app.history();
  CHECK(history.unended() == 1);
  app.ended(at(seconds(11)));
  CHECK(history.acked() == 2);
  CHECK(history.failed() == 1);
  CHECK(history.unknown() == 1);
  CHECK(history.unended() == 0);
  REQUIRE(history.sends().size() == 4);
  CHECK(history.sends()[1].uid == make_uid(2, 2));
  CHECK(history.sends()[1].offset == Offset(41));
  CHECK(history.partitions().at(history.sends()[1].partition) == kPartition);
}

TEST_CASE("after a restart a producer goes on without making up for the pause") {
  ProducerLoad load;
  load.rate = 1000;
  ProducerApplication app(load, Random(1));
  Calls calls;
  app.started(at({}), calls);
  run(app, milliseconds(10));
  app.ended(at(milliseconds(10)));
  CHECK(app.next_deadline() == kNever);
  app.started(at(seconds(5)), calls);
  CHECK(app.next_deadline() >= Instant{} + seconds(5));
  CHECK(run(app, seconds(5) + milliseconds(10)).size() == 11);
}

std::shared_ptr<PollResult> polled(std::int64_t base, std::vector<Uid> uids) {
  protocol::BatchBuilder builder;
  for (const Uid uid : uids) {
    const Bytes value = make_value(uid, 20);
    builder.append({.timestamp = 1, .value = value.view()});
  }
  protocol::Batch batch = builder.build();
  batch.restamp(Offset(base), LeaderEpoch(3));
  auto result = std::make_shared<PollResult>();
  result->batches.push_back(PolledBatch{
      {"t", PartitionIndex(0)}, kPartition, batch.base_offset, batch.next_offset(), batch});
  return result;
}

TEST_CASE("a consumer polls for ever, remembers what it read and where it was") {
  ConsumerLoad load;
  load.partitions = {{"t", PartitionIndex(0)}};
  ConsumerApplication app(load, Random(1));
  Calls calls;
  app.started(at({}), calls);
  REQUIRE(calls.calls.size() == 2);
  calls.clear();
  app.on_answer(at(seconds(1)), CommandId(2), polled(10, {5, 6, 7}), calls);
  REQUIRE(calls.calls.size() == 1);
  CHECK(dynamic_cast<const client::Poll*>(calls.calls[0].command.get()) != nullptr);
  const History& history = *app.history();
  REQUIRE(history.polls().size() == 1);
  CHECK(history.polls()[0].from == Offset(10));
  CHECK(history.polls()[0].next == Offset(13));
  CHECK(history.polls()[0].records == 3);
  CHECK(history.uids()[2] == 7);
  app.ended(at(seconds(2)));
  calls.clear();
  app.started(at(seconds(3)), calls);
  const auto* assign = dynamic_cast<const client::Assign*>(calls.calls.at(0).command.get());
  REQUIRE(assign != nullptr);
  CHECK(assign->partitions.at(0).from.kind == client::SeekTarget::Kind::kOffset);
  CHECK(assign->partitions.at(0).from.value == 13);
  CHECK(assign->partitions.at(0).from.offset_epoch == LeaderEpoch(3));
}

TEST_CASE("a consumer told of a truncation seeks to where the logs part") {
  ConsumerLoad load;
  load.partitions = {{"t", PartitionIndex(0)}};
  ConsumerApplication app(load, Random(1));
  Calls calls;
  auto result = std::make_shared<PollResult>();
  result->errors.push_back(PollError{PollError::Kind::kTruncated,
                                     {"t", PartitionIndex(0)},
                                     ErrorCode::kNone,
                                     Offset(9),
                                     Offset(4)});
  app.on_answer(at(seconds(1)), CommandId(2), result, calls);
  const auto* seek = dynamic_cast<const client::Seek*>(calls.calls.at(0).command.get());
  REQUIRE(seek != nullptr);
  CHECK(seek->to.value == 4);
  CHECK(app.errors() == 1);
}

std::shared_ptr<AdminResult> admin_answer(MessageRef response) {
  auto result = std::make_shared<AdminResult>();
  result->response = std::move(response);
  return result;
}

TEST_CASE("the cluster is ready with its brokers, its topics and their leaders") {
  AdminApplication app(
      {.brokers = 2, .topics = {{.name = "t", .partitions = 1, .config = {}, .assignment = {}}}});
  Calls calls;
  app.started(at({}), calls);
  auto cluster = std::make_shared<protocol::DescribeClusterResponse>();
  cluster->brokers.resize(1);
  app.on_answer(at({}), calls.calls.back().id, admin_answer(cluster), calls);
  CHECK(app.next_deadline() == Instant{} + milliseconds(50));
  app.wake(at(milliseconds(50)), calls);
  auto both = std::make_shared<protocol::DescribeClusterResponse>();
  both->brokers.resize(2);
  app.on_answer(at(seconds(1)), calls.calls.back().id, admin_answer(both), calls);
  auto created = std::make_shared<protocol::CreateTopicsResponse>();
  created->topics.push_back({});
  created->topics[0].name = "t";
  app.on_answer(at(seconds(1)), calls.calls.back().id, admin_answer(created), calls);
  CHECK_FALSE(app.ready());
  auto metadata = std::make_shared<protocol::MetadataResponse>();
  metadata->topics.push_back({ErrorCode::kNone, "t", Uuid{1, 1}, false, {}, 0});
  metadata->topics[0].partitions.push_back({ErrorCode::kNone, 0, 1, 0, {1, 2}, {1, 2}, {}});
  app.on_answer(at(seconds(1)), calls.calls.back().id, admin_answer(metadata), calls);
  CHECK(app.ready());
  CHECK(app.next_deadline() == kNever);
  const CommandId action(kFirstOwnerCommand);
  CHECK(app.outcome(action) == nullptr);
  app.on_answer(at(seconds(2)), action, admin_answer(metadata), calls);
  REQUIRE(app.outcome(action) != nullptr);
  CHECK(app.outcome(action)->error == ErrorCode::kNone);
}

TEST_CASE("a topic that cannot be created says why") {
  AdminApplication app(
      {.brokers = 0, .topics = {{.name = "bad name", .config = {}, .assignment = {}}}});
  Calls calls;
  app.started(at({}), calls);
  app.on_answer(at({}), calls.calls.back().id,
                admin_answer(std::make_shared<protocol::DescribeClusterResponse>()), calls);
  auto created = std::make_shared<protocol::CreateTopicsResponse>();
  created->topics.push_back({});
  created->topics[0].name = "bad name";
  created->topics[0].error_code = ErrorCode::kInvalidTopicException;
  app.on_answer(at({}), calls.calls.back().id, admin_answer(created), calls);
  CHECK(app.failure() == "topic bad name: INVALID_TOPIC_EXCEPTION");
}

TEST_CASE("copies of an application continue identically") {
  ProducerLoad load;
  load.keys = ProducerLoad::Keys::kZipf;
  load.spacing = ProducerLoad::Spacing::kPoisson;
  ProducerApplication app(load, Random(5));
  Calls calls;
  app.started(at({}), calls);
  run(app, seconds(1));
  const std::unique_ptr<Application> copy = app.clone();
  auto& other = dynamic_cast<ProducerApplication&>(*copy);
  run(app, seconds(2));
  run(other, seconds(2));
  CHECK(state_hash(app) == state_hash(other));
  CHECK(app.random_fingerprint() == other.random_fingerprint());
}

}  // namespace
}  // namespace logarium::workload
