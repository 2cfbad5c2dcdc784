// The leader's decisions alone: the high watermark, who may join the ISR, who lags.

#include <catch2/catch_test_macros.hpp>

#include "engine/replica/leader.hpp"
#include "engine/replica/selector.hpp"

namespace logarium::replica {
namespace {

constexpr Instant kStart{1'000'000'000'000};

// Broker 1 leads; 1 and 2 are in the ISR, 3 is not.
struct Stage {
  Brokers brokers;
  Rules rules;
  Leader leader{LeaderEpoch(5),         Offset(10), {NodeId(1), NodeId(2), NodeId(3)}, 0,
                join(only(0), only(1)), kStart};
  Offset log_end{20};
  Offset high_watermark{10};
  std::int64_t min_isr = 1;
  Instant now = kStart;

  Stage() {
    for (std::int32_t id = 1; id <= 3; ++id) {
      brokers.set(NodeId(id), BrokerView{.epoch = BrokerEpoch(id * 100), .rack = {}});
    }
  }
  [[nodiscard]] View view() const {
    return {now, log_end, high_watermark, min_isr, seconds(30), brokers, rules};
  }
  void fetch(std::size_t replica, std::int64_t offset, std::int64_t epoch) {
    leader.fetched({.replica = replica,
                    .offset = Offset(offset),
                    .log_start = Offset(0),
                    .broker_epoch = BrokerEpoch(epoch)},
                   log_end, now);
  }
};

TEST_CASE("the high watermark waits until every ISR member has fetched in this epoch") {
  Stage s;
  CHECK_FALSE(s.leader.next_high_watermark(s.view()).has_value());
  s.fetch(1, 15, 200);
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(15));
}

TEST_CASE("the high watermark never falls, unless the rule is off") {
  Stage s;
  s.high_watermark = Offset(18);
  s.fetch(1, 15, 200);
  CHECK_FALSE(s.leader.next_high_watermark(s.view()).has_value());
  s.rules.switch_off(Rule::kMonotonicHighWatermark);
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(15));
}

TEST_CASE("a replica that is being added to the ISR counts for the high watermark (KIP-497)") {
  Stage s;
  s.fetch(1, 20, 200);
  s.fetch(2, 12, 300);
  s.now = kStart + seconds(31);  // too long ago to count as caught up
  s.leader.isr().propose_expand(only(2));
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(12));
  s.rules.switch_off(Rule::kHighWatermarkOverMaximalIsr);
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(20));
}

TEST_CASE("a replica that is being removed from the ISR still counts") {
  Stage s;
  s.fetch(1, 12, 200);
  s.leader.isr().propose_shrink(only(1));
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(12));
}

TEST_CASE(
    "an ISR change is asked for again with the broker epochs it was proposed with (KIP-903)") {
  Stage s;
  s.fetch(1, 20, 200);
  s.fetch(2, 20, 300);
  s.leader.propose_expand(only(2));
  // The controller does not answer, and the broker comes back without its log.
  s.fetch(2, 0, 301);
  CHECK(s.leader.remote(NodeId(2))->proposed_with == BrokerEpoch(200));
  CHECK(s.leader.remote(NodeId(3))->proposed_with == BrokerEpoch(300));
  CHECK(s.leader.remote(NodeId(3))->broker_epoch == BrokerEpoch(301));
  s.leader.isr().revert();
  s.leader.propose_shrink(only(1), Isr::Leaving::kCount);
  CHECK(s.leader.remote(NodeId(3))->proposed_with == BrokerEpoch(301));
}

TEST_CASE("metadata that the leader knew when it asked leaves its pending change alone") {
  Stage s;
  s.fetch(1, 20, 200);
  s.fetch(2, 12, 300);
  s.now = kStart + seconds(31);
  s.leader.isr().propose_expand(only(2));
  const ReplicaSet committed = join(only(0), only(1));
  const std::vector<NodeId> same{NodeId(1), NodeId(2), NodeId(3)};
  s.leader.assign(same, 0, committed, Leader::Pending::kKeep, s.now);
  CHECK(s.leader.isr().in_flight());
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(12));
  // The places of an assignment in another order.
  const std::vector<NodeId> turned{NodeId(3), NodeId(2), NodeId(1)};
  s.leader.assign(turned, 2, join(only(1), only(2)), Leader::Pending::kKeep, s.now);
  CHECK(s.leader.isr().maximal() == join(join(only(0), only(1)), only(2)));
  s.leader.assign(turned, 2, join(only(1), only(2)), Leader::Pending::kDrop, s.now);
  CHECK_FALSE(s.leader.isr().in_flight());
}

TEST_CASE("below min.insync.replicas the high watermark stands still (KIP-966)") {
  Stage s;
  s.min_isr = 3;
  s.fetch(1, 20, 200);
  CHECK_FALSE(s.leader.next_high_watermark(s.view()).has_value());
  s.rules.switch_off(Rule::kHighWatermarkNeedsMinIsr);
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(20));
}

TEST_CASE("a replica that is about to join holds the high watermark back while it is eligible") {
  Stage s;
  s.fetch(1, 20, 200);
  s.fetch(2, 20, 300);
  s.log_end = Offset(30);
  s.fetch(1, 30, 200);
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(20));
  s.brokers.set(NodeId(3), BrokerView{.epoch = BrokerEpoch(300), .fenced = true, .rack = {}});
  CHECK(s.leader.next_high_watermark(s.view()) == Offset(30));
}

TEST_CASE("a replica joins when it reached the high watermark and the start of the epoch") {
  Stage s;
  CHECK_FALSE(s.leader.may_join(2, s.view()));  // never fetched
  s.fetch(2, 9, 300);
  CHECK_FALSE(s.leader.may_join(2, s.view()));
  s.fetch(2, 10, 300);
  CHECK(s.leader.may_join(2, s.view()));
  s.high_watermark = Offset(11);
  CHECK_FALSE(s.leader.may_join(2, s.view()));
  s.rules.switch_off(Rule::kExpandNeedsHighWatermark);
  CHECK(s.leader.may_join(2, s.view()));
}

TEST_CASE("a replica of another broker epoch, fenced or stopping, does not join (KIP-903)") {
  Stage s;
  s.fetch(2, 20, 299);
  CHECK_FALSE(s.leader.may_join(2, s.view()));
  s.fetch(2, 20, 300);
  CHECK(s.leader.may_join(2, s.view()));
  s.brokers.set(NodeId(3),
                BrokerView{.epoch = BrokerEpoch(300), .shutting_down = true, .rack = {}});
  CHECK_FALSE(s.leader.may_join(2, s.view()));
}

TEST_CASE("a member lags when it was not caught up for replica.lag.time.max.ms") {
  Stage s;
  s.fetch(1, 20, 200);
  s.log_end = Offset(25);
  s.now = kStart + seconds(30);
  CHECK(is_empty(s.leader.laggards(s.view())));
  s.now = kStart + seconds(31);
  CHECK(s.leader.laggards(s.view()) == only(1));
}

TEST_CASE("catching up with the previous fetch's log end counts from that fetch") {
  Stage s;
  s.now = kStart + seconds(20);
  s.fetch(1, 10, 200);  // the leader's log ends at 20
  s.log_end = Offset(40);
  s.now = kStart + seconds(25);
  s.fetch(1, 20, 200);
  CHECK(s.leader.remotes()[1].last_caught_up == kStart + seconds(20));
}

TEST_CASE(
    "a leader elected again keeps log ends but waits for a fetch before it trusts outsiders") {
  Stage s;
  s.fetch(2, 20, 300);
  s.leader.re_elected(LeaderEpoch(6), Offset(20), kStart + seconds(1));
  CHECK(s.leader.remotes()[2].log_end == Offset(20));
  CHECK_FALSE(s.leader.may_join(2, s.view()));
}

TEST_CASE("a consumer is sent to the most caught-up ISR member in its rack") {
  Stage s;
  s.brokers.set(NodeId(2), BrokerView{.epoch = BrokerEpoch(200), .rack = "b"});
  s.brokers.set(NodeId(3), BrokerView{.epoch = BrokerEpoch(300), .rack = "b"});
  s.fetch(1, 15, 200);
  s.fetch(2, 20, 300);  // more caught up, but not in the ISR
  CHECK(select_replica(s.leader, s.brokers, {"b", Offset(12)}) == NodeId(2));
  CHECK(select_replica(s.leader, s.brokers, {"b", Offset(16)}) == NodeId(1));
  CHECK(select_replica(s.leader, s.brokers, {"c", Offset(12)}) == NodeId(1));
}

}  // namespace
}  // namespace logarium::replica
