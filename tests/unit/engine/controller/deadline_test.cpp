// timeoutMs of the requests that have one, as Kafka's controller takes it.

#include "engine/protocol/messages/alter_partition_reassignments.hpp"
#include "engine/protocol/messages/create_partitions.hpp"
#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_topics.hpp"
#include "engine/protocol/messages/elect_leaders.hpp"
#include "tests/unit/engine/controller/bench.hpp"

namespace logarium::controller {
namespace {

using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;
using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::ErrorCode;

template <class Request>
std::shared_ptr<Request> with_timeout(std::int32_t timeout_ms) {
  auto request = std::make_shared<Request>();
  request->timeout_ms = timeout_ms;
  return request;
}

// One broker and a topic "orders" with one partition.
void prepare(Bench& bench) {
  bench.activate();
  bench.commit_all();
  bench.join(1);
  auto request = with_timeout<CreateTopicsRequest>(1);
  request->topics.push_back({"orders", 1, 1});
  const auto made = bench.call<CreateTopicsResponse>(request, 7);
  REQUIRE(made.topics.at(0).error_code == ErrorCode::kNone);
}

TEST_CASE("the wait for a commit is not bounded by timeoutMs") {
  Bench bench;
  prepare(bench);
  auto request = with_timeout<DeleteTopicsRequest>(1);
  request->topics.push_back({.name = "orders"});
  const rpc::RequestId id = bench.send(request, 6);
  bench.now.monotonic = bench.now.monotonic + seconds(20);
  CHECK(bench.answer_to(id) == nullptr);
  bench.commit_all();
  CHECK(bench.answer<DeleteTopicsResponse>(id).responses.at(0).error_code == ErrorCode::kNone);
}

TEST_CASE("every API with a timeoutMs is REQUEST_TIMED_OUT when there is none of it") {
  Bench bench;
  prepare(bench);
  const std::size_t records = bench.history.size();
  for (const std::int32_t none : {0, -1, -2'147'483'647 - 1}) {
    auto create = with_timeout<CreateTopicsRequest>(none);
    create->topics.push_back({"new", 1, 1});
    CHECK(bench.call<CreateTopicsResponse>(create, 7).topics.at(0).error_code ==
          ErrorCode::kRequestTimedOut);
    auto grow = with_timeout<CreatePartitionsRequest>(none);
    grow->topics.push_back({.name = "orders", .count = 3});
    CHECK(bench.call<CreatePartitionsResponse>(grow, 3).results.at(0).error_code ==
          ErrorCode::kRequestTimedOut);
    auto remove = with_timeout<DeleteTopicsRequest>(none);
    remove->topics.push_back({.name = "orders"});
    CHECK(bench.call<DeleteTopicsResponse>(remove, 6).responses.at(0).error_code ==
          ErrorCode::kRequestTimedOut);
    for (const bool all : {true, false}) {
      auto elect = with_timeout<ElectLeadersRequest>(none);
      elect->topic_partitions.reset();
      if (!all) elect->topic_partitions.emplace().push_back({"orders", {0}});
      CHECK(bench.call<ElectLeadersResponse>(elect, 2).error_code == ErrorCode::kRequestTimedOut);
    }
    auto move = with_timeout<AlterPartitionReassignmentsRequest>(none);
    move->topics.push_back({.name = "orders", .partitions = {{.partition_index = 0}}});
    CHECK(bench.call<AlterPartitionReassignmentsResponse>(move, 1).error_code ==
          ErrorCode::kRequestTimedOut);
  }
  CHECK(bench.history.size() == records);
}

TEST_CASE("what is refused or empty without the controller's help needs no time") {
  Bench bench;
  prepare(bench);
  CHECK(bench.call<CreateTopicsResponse>(with_timeout<CreateTopicsRequest>(0), 7).topics.empty());
  auto create = with_timeout<CreateTopicsRequest>(0);
  create->topics = {{"twice", 1, 1}, {"twice", 1, 1}, {"__cluster_metadata", 1, 1}};
  for (const auto& topic : bench.call<CreateTopicsResponse>(create, 7).topics) {
    CHECK(topic.error_code == ErrorCode::kInvalidRequest);
  }
  // One that the controller would have to look at, and the whole request is too late.
  create->topics.push_back({"once", 1, 1});
  for (const auto& topic : bench.call<CreateTopicsResponse>(create, 7).topics) {
    CHECK(topic.error_code == ErrorCode::kRequestTimedOut);
  }
  auto remove = with_timeout<DeleteTopicsRequest>(0);
  remove->topics = {{.name = "orders"}, {.name = "orders"}, {}};
  for (const auto& topic : bench.call<DeleteTopicsResponse>(remove, 6).responses) {
    CHECK(topic.error_code == ErrorCode::kInvalidRequest);
  }
  auto by_id = with_timeout<DeleteTopicsRequest>(0);
  by_id->topics.push_back({.topic_id = bench.committed->topic("orders")->id});
  CHECK(bench.call<DeleteTopicsResponse>(by_id, 6).responses.at(0).error_code ==
        ErrorCode::kRequestTimedOut);
  auto grow = with_timeout<CreatePartitionsRequest>(0);
  grow->topics = {{.name = "orders", .count = 3}, {.name = "orders", .count = 3}};
  CHECK(bench.call<CreatePartitionsResponse>(grow, 3).results.at(0).error_code ==
        ErrorCode::kInvalidRequest);
  auto elect = with_timeout<ElectLeadersRequest>(0);
  elect->topic_partitions.emplace();
  CHECK(bench.call<ElectLeadersResponse>(elect, 2).error_code == ErrorCode::kNone);
  CHECK(bench
            .call<AlterPartitionReassignmentsResponse>(
                with_timeout<AlterPartitionReassignmentsRequest>(0), 1)
            .error_code == ErrorCode::kNone);
}

TEST_CASE("forbidden deletion is told whatever the time, in the words of the version") {
  Options options;
  options.config.broker.delete_topic_enable = false;
  Bench bench(options);
  prepare(bench);
  auto remove = with_timeout<DeleteTopicsRequest>(0);
  remove->topic_names.push_back("orders");
  for (std::int16_t version = 1; version <= 5; ++version) {
    CHECK(bench.call<DeleteTopicsResponse>(remove, version).responses.at(0).error_code ==
          (version < 3 ? ErrorCode::kInvalidRequest : ErrorCode::kTopicDeletionDisabled));
  }
}

TEST_CASE("a controller that is not active has no time to give either") {
  Bench bench;
  auto create = with_timeout<CreateTopicsRequest>(0);
  create->topics.push_back({"new", 1, 1});
  CHECK(bench.call<CreateTopicsResponse>(create, 7).topics.at(0).error_code ==
        ErrorCode::kRequestTimedOut);
  create->timeout_ms = 1;
  CHECK(bench.call<CreateTopicsResponse>(create, 7).topics.at(0).error_code ==
        ErrorCode::kNotController);
}

}  // namespace
}  // namespace logarium::controller
