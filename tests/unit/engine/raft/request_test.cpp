// What a member answers to requests: those of the quorum's own, and anything else that carries
// their names.

#include <catch2/catch_test_macros.hpp>
#include <type_traits>

#include "engine/protocol/api_table.hpp"
#include "engine/protocol/field_visitor.hpp"
#include "engine/protocol/message_tools.hpp"
#include "engine/rpc/versions.hpp"
#include "tests/unit/engine/raft/cluster.hpp"

namespace logarium::raft::test {
namespace {

using protocol::as;
using protocol::ErrorCode;

// n1 leads epoch 1 and has committed two batches.
Cluster led_by_n1() {
  Cluster c({.voters = 3, .observers = 1, .seed = 3});
  REQUIRE(c.run_until_leader());
  REQUIRE(c.leader() == 1);
  const auto last = c.append("first");
  REQUIRE(c.run_until([&] { return c.all_applied(*last + 1); }));
  return c;
}

std::shared_ptr<protocol::VoteRequest> vote(int candidate, int epoch, LogPosition last) {
  return with_partition<protocol::VoteRequest>([&](auto& partition) {
    partition.replica_id = candidate;
    partition.replica_directory_id = Uuid{7, static_cast<std::uint64_t>(candidate)};
    partition.replica_epoch = epoch;
    partition.last_offset_epoch = last.epoch.value();
    partition.last_offset = last.offset.value();
  });
}

protocol::VoteResponse::PartitionData ask_vote(
    Cluster& c, int id, const std::shared_ptr<protocol::VoteRequest>& request) {
  MessageRef answer = c.ask(id, request);
  if (!answer) {
    c.run_for(milliseconds(20));
    answer = c.ask(id, request);
  }
  REQUIRE(answer != nullptr);
  return as<protocol::VoteResponse>(answer).topics.at(0).partitions.at(0);
}

std::shared_ptr<protocol::FetchRequest> fetch(int epoch, std::int64_t offset, int last_epoch) {
  auto request = std::make_shared<protocol::FetchRequest>();
  request->replica_state.replica_id = 4;
  request->topics.resize(1);
  request->topics[0].topic_id = kMetadataTopicId;
  request->topics[0].partitions.resize(1);
  auto& partition = request->topics[0].partitions[0];
  partition.current_leader_epoch = epoch;
  partition.fetch_offset = offset;
  partition.last_fetched_epoch = last_epoch;
  partition.partition_max_bytes = 1'000'000;
  return request;
}

protocol::FetchResponse::PartitionData ask_fetch(
    Cluster& c, int id, const std::shared_ptr<protocol::FetchRequest>& request) {
  const MessageRef answer = c.ask(id, request);
  REQUIRE(answer != nullptr);
  return as<protocol::FetchResponse>(answer).responses.at(0).partitions.at(0);
}

}  // namespace

static_assert(std::is_copy_constructible_v<Quorum> && std::is_copy_assignable_v<Quorum>);

TEST_CASE("a vote of an older epoch is fenced, one of a wrong cluster refused") {
  Cluster c = led_by_n1();
  const LogPosition end{QuorumEpoch(0), Offset(2)};
  CHECK(ask_vote(c, 2, vote(3, 0, end)).error_code == ErrorCode::kInvalidRequest);
  auto wrong = vote(3, 5, end);
  wrong->cluster_id = "another";
  CHECK(as<protocol::VoteResponse>(c.ask(2, wrong)).error_code ==
        ErrorCode::kInconsistentClusterId);
  CHECK(c.quorum(2).epoch() == QuorumEpoch(1));
}

TEST_CASE("a follower of a live leader grants no pre-vote") {
  Cluster c = led_by_n1();
  auto request = vote(3, 1, {QuorumEpoch(1), Offset(2)});
  request->topics[0].partitions[0].pre_vote = true;
  CHECK_FALSE(ask_vote(c, 2, request).vote_granted);
  CHECK_FALSE(ask_vote(c, 1, request).vote_granted);
  CHECK(c.leader() == 1);
}

TEST_CASE("a vote goes to a log as long as the own, once") {
  Cluster c = led_by_n1();
  c.isolate(2);
  CHECK_FALSE(ask_vote(c, 2, vote(3, 7, {QuorumEpoch(1), Offset(1)})).vote_granted);
  CHECK(ask_vote(c, 2, vote(3, 7, {QuorumEpoch(1), Offset(2)})).vote_granted);
  CHECK(ask_vote(c, 2, vote(3, 7, {QuorumEpoch(1), Offset(2)})).vote_granted);
  CHECK_FALSE(ask_vote(c, 2, vote(1, 7, {QuorumEpoch(1), Offset(9)})).vote_granted);
  CHECK(c.quorum(2).epoch() == QuorumEpoch(7));
}

TEST_CASE("a vote that is meant for another replica of this id is refused") {
  Cluster c = led_by_n1();
  auto request = vote(3, 7, {QuorumEpoch(1), Offset(2)});
  request->voter_id = 2;
  request->topics[0].partitions[0].voter_directory_id = Uuid{9, 9};
  c.isolate(2);
  CHECK(ask_vote(c, 2, request).error_code == ErrorCode::kInvalidVoterKey);
}

TEST_CASE("a fetch is compared with the leader's epoch and log") {
  Cluster c = led_by_n1();
  CHECK(ask_fetch(c, 2, fetch(1, 0, 0)).error_code == ErrorCode::kNotLeaderOrFollower);
  CHECK(ask_fetch(c, 2, fetch(1, 0, 0)).current_leader.leader_id == 1);
  CHECK(ask_fetch(c, 1, fetch(0, 0, 0)).error_code == ErrorCode::kFencedLeaderEpoch);
  CHECK(ask_fetch(c, 1, fetch(9, 0, 0)).error_code == ErrorCode::kUnknownLeaderEpoch);
  CHECK(ask_fetch(c, 1, fetch(1, 0, 5)).error_code == ErrorCode::kInvalidRequest);
  CHECK(ask_fetch(c, 1, fetch(1, -1, 0)).error_code == ErrorCode::kInvalidRequest);
  CHECK(ask_fetch(c, 1, fetch(1, 0, 0)).records->size() == 2);
  CHECK(ask_fetch(c, 1, fetch(1, 1, 1)).records->size() == 1);
  CHECK(ask_fetch(c, 1, fetch(1, 2, 1)).records->empty());
  const auto beyond = ask_fetch(c, 1, fetch(1, 9, 1));
  CHECK(beyond.diverging_epoch.epoch == 1);
  CHECK(beyond.diverging_epoch.end_offset == 2);
  const auto other_epoch = ask_fetch(c, 1, fetch(1, 2, 0));
  CHECK(other_epoch.diverging_epoch.end_offset == 0);
}

TEST_CASE("a waiting fetch is answered by news, and else when its time is over") {
  Cluster c = led_by_n1();
  auto request = fetch(1, 2, 1);
  request->max_wait_ms = 30;
  CHECK(c.ask(1, request) == nullptr);
  c.run_for(milliseconds(40));
  // What the leader knows and the asking replica does not is news too (KIP-1166).
  request->topics[0].partitions[0].high_watermark = 1;
  CHECK(c.ask(1, request) != nullptr);
}

TEST_CASE("pieces of snapshots that do not exist are refused") {
  Cluster c = led_by_n1();
  auto request = std::make_shared<protocol::FetchSnapshotRequest>();
  request->topics.resize(1);
  request->topics[0].name = kMetadataTopic;
  request->topics[0].partitions.resize(1);
  auto& asked = request->topics[0].partitions[0];
  asked.current_leader_epoch = 1;
  asked.snapshot_id = {2, 1};
  const auto answer = [&](int id) {
    const MessageRef response =
        c.ask(id, std::make_shared<protocol::FetchSnapshotRequest>(*request));
    REQUIRE(response != nullptr);
    return as<protocol::FetchSnapshotResponse>(response).topics.at(0).partitions.at(0).error_code;
  };
  CHECK(answer(1) == ErrorCode::kSnapshotNotFound);
  CHECK(answer(2) == ErrorCode::kNotLeaderOrFollower);
  REQUIRE(c.snapshot(1));
  c.run_for(milliseconds(20));
  asked.position = 1'000'000;
  CHECK(answer(1) == ErrorCode::kPositionOutOfRange);
}

TEST_CASE("the leader describes the quorum") {
  Cluster c = led_by_n1();
  c.run_for(milliseconds(200));
  const auto request = with_partition<protocol::DescribeQuorumRequest>([](auto&) {});
  const MessageRef answer = c.ask(1, request);
  const auto& told = as<protocol::DescribeQuorumResponse>(answer).topics.at(0).partitions.at(0);
  CHECK(told.leader_id == 1);
  CHECK(told.leader_epoch == 1);
  CHECK(told.high_watermark == 2);
  REQUIRE(told.current_voters.size() == 3);
  for (const auto& voter : told.current_voters) CHECK(voter.log_end_offset == 2);
  REQUIRE(told.observers.size() == 1);
  CHECK(told.observers[0].replica_id == 4);
  const MessageRef other = c.ask(2, request);
  CHECK(as<protocol::DescribeQuorumResponse>(other).topics.at(0).partitions.at(0).error_code ==
        ErrorCode::kNotLeaderOrFollower);
}

// Numbers near those in use, so that the requests get past the first checks.
class Plausible final : public protocol::FieldVisitor {
 public:
  explicit Plausible(Random& random) : random_(random) {}
  void number(const protocol::FieldInfo&, std::int64_t& value) override {
    if (random_.below(3) != 0) value = random_.between(-1, 4);
  }
  void text(const protocol::FieldInfo& field, std::string& value) override {
    const bool cluster = field.name == "ClusterId";
    if (random_.below(8) != 0) value = cluster ? "test" : kMetadataTopic;
  }
  void uuid(const protocol::FieldInfo& field, Uuid& value) override {
    if (field.name == "TopicId") {
      value = kMetadataTopicId;
    } else if (random_.below(2) == 0) {
      value = Uuid{7, random_.below(5)};
    }
  }
  void bytes(const protocol::FieldInfo&, Bytes&) override {}
  void records(const protocol::FieldInfo&, protocol::Records&) override {}
  bool presence(const protocol::FieldInfo&, bool present) override { return present; }
  std::size_t open_list(const protocol::FieldInfo&, std::size_t size) override {
    return random_.below(8) == 0 ? size : 1;
  }
  void close_list(const protocol::FieldInfo&) override {}
  void open_struct(const protocol::FieldInfo&) override {}
  void close_struct(const protocol::FieldInfo&) override {}

 private:
  Random& random_;
};

TEST_CASE("no request, however odd, breaks a member") {
  using protocol::ApiKey;
  Random random(5);
  ClusterOptions options{.voters = 3, .observers = 1, .seed = 3};
  Cluster c(options);
  c.run_until_leader();
  for (int i = 0; i < 3'000; ++i) {
    for (const ApiKey key : {ApiKey::kVote, ApiKey::kBeginQuorumEpoch, ApiKey::kEndQuorumEpoch,
                             ApiKey::kFetch, ApiKey::kFetchSnapshot, ApiKey::kDescribeQuorum}) {
      const auto request = protocol::find_api(key)->new_request();
      const std::int16_t version = *rpc::newest_version(static_cast<std::int16_t>(key));
      protocol::randomise(*request, version, random);
      if (i % 10 != 0) {
        Plausible plausible(random);
        request->fill(plausible, version);
      }
      c.ask(static_cast<int>(random.between(1, 4)), request);
    }
    if (i % 20 == 0) c.run_for(milliseconds(20));
  }
  SUCCEED();
}

TEST_CASE("the same seed gives the same run") {
  const auto told = [] {
    Cluster c({.voters = 5, .observers = 1, .seed = 9});
    c.recording = true;
    c.set_resets_ppm(20'000);
    c.run_until_leader();
    for (int i = 0; i < 20; ++i) {
      c.append("more");
      c.run_for(milliseconds(30));
    }
    return c.lines();
  };
  CHECK(told() == told());
}

}  // namespace logarium::raft::test
