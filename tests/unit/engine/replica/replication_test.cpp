// Stories of two or three brokers: how records become committed and what happens when leaders and
// followers come and go.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/messages/delete_records.hpp"
#include "tests/unit/engine/replica/cluster.hpp"

namespace logarium::replica::test {
namespace {

using protocol::ErrorCode;
using Nodes = std::vector<std::int32_t>;

TEST_CASE("acks=all is answered when every ISR member has the record") {
  Cluster c;
  c.create_orders({1, 2, 3});
  const auto sent = c.produce(1, "abc", -1);
  CHECK_FALSE(c.produced(sent).has_value());
  c.run_ms(50);
  CHECK(c.produced(sent) == ErrorCode::kNone);
  CHECK(c.hw(1) == 3);
  CHECK(c.log_text(2) == "abc");
  CHECK(c.log_text(3) == "abc");
}

TEST_CASE("a follower learns the high watermark with its next fetch") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "abc", -1);
  c.run_ms(50);
  CHECK(c.hw(1) == 3);
  CHECK(c.hw(2) == 0);
  c.run_ms(600);
  CHECK(c.hw(2) == 3);
  CHECK(c.hw(3) == 3);
}

TEST_CASE("acks=1 is answered when the leader has written, not before") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.hold_disk(1);
  const auto sent = c.produce(1, "a", 1);
  c.run_ms(50);
  CHECK_FALSE(c.produced(sent).has_value());
  CHECK(c.leo(1) == 0);
  c.hold_disk(1, false);
  c.run_ms(5);
  CHECK(c.produced(sent) == ErrorCode::kNone);
  CHECK(c.leo(1) == 1);
}

TEST_CASE("acks=0 gets no answer") {
  Cluster c;
  c.create_orders({1, 2, 3});
  const auto sent = c.produce(1, "a", 0);
  c.run_ms(50);
  CHECK(c.answer(sent) == nullptr);
  CHECK(c.log_text(3) == "a");
}

TEST_CASE("an acks=all produce that nobody fetches times out and its record stays") {
  ClusterSpec spec;
  spec.config.replica_lag_time_max_ms = 300'000;
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.cut(1, 2);
  const auto sent = c.produce(1, "a", -1);
  c.run(seconds(31));
  CHECK(c.produced(sent) == ErrorCode::kRequestTimedOut);
  CHECK(c.log_text(1) == "a");
  CHECK(c.hw(1) == 0);
}

TEST_CASE("an isolated leader's unreplicated tail is cut when it returns, and no more") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "ab", -1);
  c.run_ms(50);
  c.isolate(1);
  c.hold_metadata(1);
  const auto lost = c.produce(1, "xyz", 1);
  const auto never = c.produce(1, "!", -1);
  c.run_ms(50);
  CHECK(c.produced(lost) == ErrorCode::kNone);  // that is what acks=1 risks
  c.elect(2, {2, 3});
  c.run_ms(50);
  const auto kept = c.produce(2, "cd", -1);
  c.run_ms(50);
  CHECK(c.produced(kept) == ErrorCode::kNone);
  CHECK_FALSE(c.produced(never).has_value());
  c.heal();
  c.hold_metadata(1, false);
  c.run(seconds(3));
  CHECK(c.produced(never) == ErrorCode::kNotLeaderOrFollower);
  CHECK(c.log_text(1) == "abcd");
  CHECK(c.log_text(3) == "abcd");
  const auto cuts = c.noted<note::Truncated>(1);
  REQUIRE(cuts.size() == 1);
  CHECK(cuts[0].to == Offset(2));
  CHECK(cuts[0].cause == note::TruncateCause::kDivergingEpoch);
}

// KIP-101: the follower has the record but does not know yet that it is committed; a new leader
// epoch makes it truncate; the leader dies before it fetches again.
std::string kip_101(Rules rules) {
  ClusterSpec spec;
  spec.brokers = 2;
  spec.rules = rules;
  Cluster c(spec);
  c.create_orders({1, 2});
  const auto sent = c.produce(1, "ab", -1);
  c.run_ms(20);
  CHECK(c.produced(sent) == ErrorCode::kNone);
  CHECK(c.hw(2) == 0);
  c.cut(1, 2);
  c.elect(1, {1, 2});
  c.run_ms(20);
  c.kill(1);
  c.elect(2, {2});
  c.run_ms(100);
  return c.log_text(2);
}

TEST_CASE("truncation by leader epoch keeps acknowledged records") { CHECK(kip_101({}) == "ab"); }

TEST_CASE("truncation to the high watermark loses acknowledged records (KIP-101)") {
  Rules rules;
  rules.switch_off(Rule::kTruncateByLeaderEpoch);
  CHECK(kip_101(rules).empty());
}

TEST_CASE("two epochs of divergence are cut step by step (KIP-279)") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "a", -1);
  c.run_ms(600);
  // Broker 1 appends alone in epoch 0, broker 2 alone in epoch 1, broker 3 goes on in epoch 2.
  c.isolate(1);
  c.hold_metadata(1);
  c.produce(1, "111", 1);
  c.run_ms(10);
  c.elect(2, {2, 3});
  c.run_ms(20);
  c.isolate(2);
  c.hold_metadata(2);
  c.produce(2, "22", 1);
  c.run_ms(10);
  c.elect(3, {3});
  c.run_ms(20);
  c.produce(3, "b", -1);
  c.run_ms(20);
  c.heal();
  c.hold_metadata(1, false);
  c.hold_metadata(2, false);
  c.run(seconds(5));
  CHECK(c.log_text(3) == "ab");
  CHECK(c.log_text(1) == "ab");
  CHECK(c.log_text(2) == "ab");
}

TEST_CASE("a dead follower leaves the ISR after replica.lag.time.max.ms and comes back") {
  ClusterSpec spec;
  spec.config.replica_lag_time_max_ms = 10'000;
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.cut(1, 3);
  const auto sent = c.produce(1, "ab", -1);
  c.run(seconds(9));
  CHECK(c.isr(1) == Nodes{1, 2, 3});
  CHECK_FALSE(c.produced(sent).has_value());
  c.run(seconds(8));
  CHECK(c.isr(1) == Nodes{1, 2});
  CHECK(c.produced(sent) == ErrorCode::kNone);
  c.heal();
  c.run(seconds(3));
  CHECK(c.isr(1) == Nodes{1, 2, 3});
  CHECK(c.committed().isr == metadata::Nodes{NodeId(1), NodeId(2), NodeId(3)});
  CHECK(c.log_text(3) == "ab");
}

TEST_CASE("a follower that cannot connect tries anew after replica.socket.timeout.ms") {
  ClusterSpec spec;
  spec.brokers = 2;
  spec.config.replica_socket_timeout_ms = 2'000;
  Cluster c(spec);
  c.drop_connects();
  c.create_orders({1, 2});
  const auto token = c.produce(1, "a", -1);
  c.run_ms(1'000);
  c.drop_connects(false);
  c.run_ms(4'000);  // before the connection's own setup timeout
  CHECK(c.leo(2) == 1);
  CHECK(c.produced(token) == ErrorCode::kNone);
}

TEST_CASE("a dead follower is not taken into the ISR for what it told while it lived") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "ab", -1);
  c.run(seconds(1));
  c.kill(3);
  c.set_isr({1, 2});
  c.run_ms(50);
  REQUIRE(c.isr(1) == Nodes{1, 2});
  // It told that it has all that is committed, and its session with the controller is not over.
  c.fence(2);
  c.fence(2, false);
  CHECK(c.maximal_isr(1) == Nodes{1, 2});
  c.run(seconds(2));
  CHECK(c.isr(1) == Nodes{1, 2});
  c.restart(3);
  c.run(seconds(3));
  CHECK(c.isr(1) == Nodes{1, 2, 3});
}

TEST_CASE("an idle follower stays in the ISR") {
  ClusterSpec spec;
  spec.config.replica_lag_time_max_ms = 10'000;
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.produce(1, "a", -1);
  c.run(seconds(60));
  // A long silence is no lag: the sessions were heard of all the time.
  c.produce(1, "b", -1);
  c.run_ms(1);
  c.run(seconds(60));
  CHECK(c.alter_partitions == 0);
  CHECK(c.isr(1) == Nodes{1, 2, 3});
}

TEST_CASE("while an expansion is in flight the high watermark waits for the joining replica") {
  ClusterSpec spec;
  SECTION("over the maximal ISR") {}
  SECTION("over the committed ISR only, which is the mistake of KAFKA-8836") {
    spec.rules.switch_off(Rule::kHighWatermarkOverMaximalIsr);
  }
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.set_isr({1, 2});
  c.hold_alter_partition();
  c.run(seconds(2));
  CHECK(c.isr(1) == Nodes{1, 2});
  CHECK(c.maximal_isr(1) == Nodes{1, 2, 3});
  c.cut(1, 3);
  const auto sent = c.produce(1, "a", -1);
  c.run_ms(100);
  if (spec.rules.on(Rule::kHighWatermarkOverMaximalIsr)) {
    CHECK_FALSE(c.produced(sent).has_value());
    CHECK(c.hw(1) == 0);
  } else {
    CHECK(c.produced(sent) == ErrorCode::kNone);
    CHECK(c.leo(3) == 0);
  }
}

TEST_CASE("the controller's refusal brings the leader back to the committed ISR") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.set_isr({1, 2});
  c.hold_alter_partition();
  c.run(seconds(1));
  CHECK(c.maximal_isr(1) == Nodes{1, 2, 3});
  c.hold_metadata(1);
  c.fence(3);
  c.run_ms(5);
  c.hold_alter_partition(false);
  c.run_ms(5);
  CHECK(c.maximal_isr(1) == Nodes{1, 2});
  c.hold_metadata(1, false);
  c.run_ms(50);
  c.fence(3, false);
  c.run(seconds(2));
  CHECK(c.isr(1) == Nodes{1, 2, 3});
}

TEST_CASE("AlterPartition is tried again while the controller does not answer") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.cut(1, 100);
  c.set_isr({1, 2});
  c.run(seconds(3));
  CHECK(c.isr(1) == Nodes{1, 2});
  c.heal();
  c.run(seconds(3));
  CHECK(c.isr(1) == Nodes{1, 2, 3});
}

TEST_CASE("below min.insync.replicas acks=all is refused and acks=1 is not") {
  ClusterSpec spec;
  spec.min_insync_replicas = 2;
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.cut(1, 2);
  c.cut(1, 3);
  c.fence(2);
  c.fence(3);
  c.set_isr({1});
  c.run_ms(20);
  const auto all = c.produce(1, "a", -1);
  const auto one = c.produce(1, "b", 1);
  c.run_ms(20);
  CHECK(c.produced(all) == ErrorCode::kNotEnoughReplicas);
  CHECK(c.produced(one) == ErrorCode::kNone);
  CHECK(c.hw(1) == 0);
  c.configure_orders("min.insync.replicas", "1");
  c.run_ms(20);
  CHECK(c.hw(1) == 1);
}

TEST_CASE("an ISR that shrank below the minimum meanwhile gives NOT_ENOUGH_REPLICAS_AFTER_APPEND") {
  ClusterSpec spec;
  spec.min_insync_replicas = 2;
  spec.rules.switch_off(Rule::kHighWatermarkNeedsMinIsr);
  Cluster c(spec);
  c.create_orders({1, 2, 3});
  c.cut(1, 2);
  c.cut(1, 3);
  const auto sent = c.produce(1, "a", -1);
  c.run_ms(20);
  c.fence(2);
  c.fence(3);
  c.set_isr({1});
  c.run_ms(20);
  CHECK(c.produced(sent) == ErrorCode::kNotEnoughReplicasAfterAppend);
}

TEST_CASE("a follower behind the leader's log start begins anew there") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.kill(3);
  c.set_isr({1, 2});
  c.run_ms(20);
  c.produce(1, "abcdef", -1);
  c.run_ms(50);
  auto request = std::make_shared<protocol::DeleteRecordsRequest>();
  request->timeout_ms = 1000;
  request->topics.push_back({"orders", {{.partition_index = 0, .offset = 6}}});
  c.fence(3);
  c.run_ms(10);
  const auto deleted = c.ask(1, request, 2);
  c.run(seconds(2));
  const auto& answer = protocol::as<protocol::DeleteRecordsResponse>(c.answer(deleted));
  CHECK(answer.topics.at(0).partitions.at(0).error_code == ErrorCode::kNone);
  CHECK(answer.topics.at(0).partitions.at(0).low_watermark == 6);
  c.produce(1, "gh", -1);
  c.restart(3);
  c.run(seconds(5));
  CHECK(c.at(3).log_start() == Offset(6));
  CHECK(c.log_text(3) == "gh");
  CHECK(c.isr(1) == Nodes{1, 2, 3});
}

TEST_CASE("after an unclean election followers cut back to the new leader's end") {
  Cluster c;
  c.create_orders({1, 2, 3});
  c.produce(1, "a", -1);
  c.run_ms(600);
  c.cut(1, 3);
  c.fence(3);
  c.set_isr({1, 2});
  c.run_ms(20);
  c.produce(1, "bcd", -1);
  c.run_ms(600);
  CHECK(c.hw(2) == 4);
  c.kill(1);
  c.fence(3, false);
  c.elect(3, {3});
  c.run(seconds(3));
  CHECK(c.log_text(2) == "a");
  c.heal();
  c.restart(1);
  c.run(seconds(3));
  CHECK(c.log_text(1) == "a");
  CHECK(c.isr(3) == Nodes{1, 2, 3});
}

TEST_CASE(
    "a fetcher that a new leader's partition leaves does not ask for the others it leads now") {
  ClusterSpec spec;
  spec.config.max_incremental_fetch_session_cache_slots = 0;  // every request names everything
  Cluster c(spec);
  c.create_many(2, {1, 2, 3});
  c.run(seconds(1));
  c.hold_disk(2);
  c.produce(1, "a", -1);
  c.run_ms(10);
  REQUIRE(c.at(2).log().pending_end() == Offset(1));
  // What partition 0 is writing is all that the fetcher waits for.
  c.elect_many(2, 2, {1, 2, 3});
  c.run_ms(10);
  CHECK(c.at(2).leader() != nullptr);
  c.hold_disk(2, false);
  const auto token = c.produce(2, "b", -1);
  c.run(seconds(2));
  CHECK(c.produced(token) == protocol::ErrorCode::kNone);
  for (const std::int32_t broker : {1, 2, 3}) CHECK(c.log_text(broker) == "ab");
}

}  // namespace
}  // namespace logarium::replica::test
