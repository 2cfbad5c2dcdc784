#include "engine/protocol/messages/create_topics.hpp"
#include "engine/protocol/messages/delete_records.hpp"
#include "engine/protocol/messages/describe_cluster.hpp"
#include "tests/unit/engine/client/fake_cluster.hpp"

namespace logarium::client {
namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;

struct Administering : FakeCluster {
  Administering() : FakeCluster(AdminConfig{}) {}
  void call(MessageRef request, std::optional<Duration> timeout = std::nullopt) {
    auto call = std::make_shared<AdminCall>();
    call->request = std::move(request);
    call->timeout = timeout;
    command(call);
  }
  void create() {
    auto request = std::make_shared<CreateTopicsRequest>();
    request->topics.push_back({"new", 3, 1, {}, {}});
    call(request, seconds(10));
  }
  static MessageRef created(ErrorCode error) {
    auto response = std::make_shared<CreateTopicsResponse>();
    response->topics.push_back({});
    response->topics.back().name = "new";
    response->topics.back().error_code = error;
    return response;
  }
};

TEST_CASE("topics are created at the controller, again after NOT_CONTROLLER") {
  Administering a;
  a.create();
  const auto first = a.take<CreateTopicsRequest>();
  CHECK(first.broker == "b1");
  a.answer(first, Administering::created(ErrorCode::kNotController));
  CHECK(a.answers.empty());
  a.advance(seconds(1));
  a.answer(a.take<CreateTopicsRequest>(), Administering::created(ErrorCode::kNone));
  const auto result = a.result<AdminResult>();
  CHECK(result->error == ErrorCode::kNone);
  CHECK(result->response != nullptr);
}

TEST_CASE("an item's own error is the caller's business") {
  Administering a;
  a.create();
  a.answer(a.take<CreateTopicsRequest>(),
           Administering::created(ErrorCode::kInvalidReplicationFactor));
  CHECK(a.result<AdminResult>()->error == ErrorCode::kNone);
}

TEST_CASE("a call ends when its time is over") {
  Administering a;
  a.create();
  a.advance(seconds(10));
  CHECK(a.result<AdminResult>()->error == ErrorCode::kRequestTimedOut);
  CHECK(a.node.next_deadline() > a.now);
}

TEST_CASE("DeleteRecords goes to each partition's leader and comes back as one") {
  Administering a;
  auto request = std::make_shared<DeleteRecordsRequest>();
  request->topics.push_back({"t", {{0, 10}, {1, 20}}});
  a.call(request);
  const auto answer = [&a](ErrorCode error) {
    const auto asked = a.take<DeleteRecordsRequest>();
    const auto& part = protocol::as<DeleteRecordsRequest>(asked.frame.body).topics.at(0);
    auto response = std::make_shared<DeleteRecordsResponse>();
    response->topics.push_back(
        {"t", {{part.partitions.at(0).partition_index, part.partitions.at(0).offset, error}}});
    a.answer(asked, response);
    return asked.broker;
  };
  CHECK(answer(ErrorCode::kNone) == "b1");
  CHECK(answer(ErrorCode::kNotLeaderOrFollower) == "b2");
  CHECK(a.answers.empty());
  a.topics["t"].partitions[1] = {1, 1};
  a.advance(seconds(1));
  if (!a.requests.empty() && a.requests.front().broker == "b2") {
    answer(ErrorCode::kNotLeaderOrFollower);
    a.advance(seconds(1));
  }
  CHECK(answer(ErrorCode::kNone) == "b1");
  const auto result = a.result<AdminResult>();
  const auto& merged = protocol::as<DeleteRecordsResponse>(result->response);
  REQUIRE(merged.topics.size() == 1);
  REQUIRE(merged.topics[0].partitions.size() == 2);
  CHECK(merged.topics[0].partitions[1].low_watermark == 20);
}

}  // namespace
}  // namespace logarium::client
