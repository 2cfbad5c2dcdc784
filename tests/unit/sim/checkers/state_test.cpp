// The fold of notes: the ghost, its cuts, recovery and truncation; and the judgement of losses.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sim/checkers/loss_judgement.hpp"
#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

const PartitionState& orders(Stream& s) { return *s.state().find(kOrders); }

// Three committed records; broker 3 has all of them, broker 2 but one.
void two_lost_on_broker_2(Stream& s) {
  s.lead_orders();
  for (const std::uint64_t content : {11U, 12U, 13U}) s.replicate(content);
  s.raise(0, 3);
  s.truncate(1, 1);
}

void elect_broker_2(Stream& s, note::ElectionKind election) {
  s.commit(2, 1, 1, 2, election);
  s.become_one(1, 1, 1, 1);
}

}  // namespace

TEST_CASE("the ghost grows with the high watermark of the legitimate leader only") {
  Stream s;
  s.lead_orders();
  s.replicate(11);
  s.replicate(12);
  CHECK(orders(s).ghost.size() == 0);
  s.raise(1, 2, 0, note::Role::kFollower);
  CHECK(orders(s).ghost.size() == 0);
  s.raise(0, 1);
  CHECK(orders(s).ghost.size() == 1);
  CHECK(orders(s).ghost_end == Offset(1));
  s.raise(0, 2);
  REQUIRE(orders(s).ghost.size() == 2);
  CHECK(orders(s).ghost.back().content == 12);
  CHECK(orders(s).agrees(*orders(s).replica(NodeId(2)), Offset(2)));
}

TEST_CASE("a leader without committed records cuts the ghost to what it has") {
  Stream s;
  two_lost_on_broker_2(s);
  elect_broker_2(s, note::ElectionKind::kUnclean);
  REQUIRE(orders(s).cuts.size() == 1);
  CHECK(orders(s).cuts[0].from == Offset(1));
  CHECK(orders(s).cuts[0].to == Offset(3));
  CHECK(orders(s).ghost_end == Offset(1));
  s.append(1, 21, 1, note::Role::kLeader);
  s.raise(1, 2, 1);
  CHECK(orders(s).ghost.back().content == 21);
}

TEST_CASE("truncation and recovery take a replica's entries and leave a cause") {
  Stream s;
  s.lead_orders();
  for (const std::uint64_t content : {11U, 12U, 13U}) s.replicate(content);
  s.truncate(2, 2);
  CHECK(orders(s).replica(NodeId(3))->entries.size() == 2);
  CHECK(orders(s).losses.back().kind == LossEvent::Kind::kTruncation);
  s.stop(1, note::EndCause::kPowerLoss);
  CHECK_FALSE(orders(s).replica(NodeId(2))->open);
  s.open(1, 1, 0);
  CHECK(orders(s).replica(NodeId(2))->entries.size() == 1);
  CHECK(orders(s).replica(NodeId(2))->log_end == Offset(1));
  CHECK(orders(s).losses.back().kind == LossEvent::Kind::kRecoveryCut);
  CHECK(s.state().counts().records_truncated == 1);
}

TEST_CASE("a log that starts again above zero is compared from there on") {
  Stream s;
  s.lead_orders();
  for (const std::uint64_t content : {11U, 12U, 13U}) s.replicate(content);
  s.raise(0, 3);
  s.tell(2, note::Truncated{kOrders, Offset(3), Offset(2), note::TruncateCause::kOutOfRange, 0});
  s.tell(2, note::LogStartMoved{kOrders, Offset(2), note::StartCause::kLeader});
  s.append(2, 13);
  CHECK(orders(s).agrees(*orders(s).replica(NodeId(3)), Offset(3)));
}

TEST_CASE("a loss without cause is a violation") {
  Stream s;
  two_lost_on_broker_2(s);
  elect_broker_2(s, note::ElectionKind::kClean);
  CHECK_FALSE(judge(orders(s), orders(s).cuts.at(0)).explained);
  CHECK(s.count("R4") == 1);
  CHECK(s.findings().explained_records() == 0);
}

TEST_CASE("an unclean election explains a loss only where the topic allows it") {
  for (const bool allowed : {false, true}) {
    Stream s;
    two_lost_on_broker_2(s);
    TopicPromise promise;
    promise.min_insync_replicas = 2;
    promise.unclean_leader_election = allowed;
    s.state().set_promise(kOrders.topic, promise);
    elect_broker_2(s, note::ElectionKind::kUnclean);
    const LossJudgement judgement = judge(orders(s), orders(s).cuts.at(0));
    CHECK(judgement.explained == allowed);
    CHECK_FALSE(judgement.causes.empty());
    CHECK((s.count("R4") == 0) == allowed);
  }
}

TEST_CASE("power losses explain a loss from as many replicas on as min.insync.replicas says") {
  for (const std::uint32_t hit : {1U, 2U}) {
    Stream s;
    two_lost_on_broker_2(s);
    for (std::uint32_t i = 0; i < hit; ++i) s.stop(i, note::EndCause::kPowerLoss);
    s.tell(1, note::ProcessStarted{Incarnation(2)});
    s.open(1, 1, 0);
    elect_broker_2(s, note::ElectionKind::kClean);
    CHECK(judge(orders(s), orders(s).cuts.at(0)).explained == (hit == 2));
  }
}

TEST_CASE("a record acknowledged with acks=1 may go; the loss is explained") {
  Stream s;
  s.lead_orders();
  s.replicate(11);
  s.append(0, 12, 0, note::Role::kLeader);
  s.ack(1, 12, 1);
  s.commit(2, 1, 1, 6);
  s.become(1, 1, 1);
  s.end();
  CHECK(s.first() == "");
  CHECK(s.findings().explained_records() == 1);
}

TEST_CASE("R3: a cut explains the loss of what was written before it, not of what came after") {
  for (const int written_in : {0, 1}) {
    Stream s;
    two_lost_on_broker_2(s);
    TopicPromise promise;
    promise.min_insync_replicas = 2;
    promise.unclean_leader_election = true;
    s.state().set_promise(kOrders.topic, promise);
    s.tell(Stream::kProducer, note::BatchSent{kOrders, 21, 1, 1, Sequence(-1)});
    if (written_in == 0) {
      s.append(0, 21, 0, note::Role::kLeader);
      s.ack(3, 21);
    }
    elect_broker_2(s, note::ElectionKind::kUnclean);
    if (written_in == 1) {
      s.append(1, 21, 1, note::Role::kLeader);
      s.ack(1, 21);
      s.truncate(1, 1);
    }
    s.end();
    CHECK(s.count("R3") == static_cast<std::size_t>(written_in));
  }
}

TEST_CASE("what a deposed leader commits before its successor takes office is not to be lost") {
  Stream s;
  s.lead_orders();
  s.replicate(11);
  s.raise(0, 1);
  s.commit(2, 1, 1);
  s.replicate(12);
  s.raise(0, 2);
  CHECK(orders(s).ghost_end == Offset(2));
  const bool lost = GENERATE(false, true);
  if (lost) s.truncate(1, 1);
  s.become(1, 1, 1);
  CHECK(orders(s).cuts.size() == (lost ? 1 : 0));
  s.end();
  CHECK((s.count("R4") > 0) == lost);
}

TEST_CASE("the ghost holds what a leader took office with as committed") {
  Stream s;
  s.lead_orders();
  s.replicate(11);
  s.raise(0, 1);
  // Elected, and neither it nor its predecessor has heard of it.
  s.commit(2, 1, 1);
  s.replicate(12);
  s.raise(0, 2);
  s.raise(1, 2, 0, note::Role::kFollower);
  s.become(1, 1, 1);
  CHECK(orders(s).ghost_end == Offset(2));
  CHECK(orders(s).ghost.back().content == 12);
}

TEST_CASE("R12: places in an assignment that nobody told of are not judged") {
  // Two partition epochs, told one by one or, by a controller that has just become active, as one.
  for (const bool told : {false, true}) {
    Stream s;
    s.lead_orders();
    const auto placed = [](std::int32_t position, std::int32_t node) {
      return note::ReplicaPlaced{kOrders, position, Stream::kBrokers, NodeId(node)};
    };
    s.tell(3, placed(0, 2), placed(1, 3), placed(2, 1));
    if (told) s.commit(1, 0, 1, 7);
    s.commit(1, 0, 2, 5);
    const auto says = [&](int epoch, std::uint32_t isr) {
      s.tell(0, note::IsrState{kOrders, PartitionEpoch(epoch), ReplicaSet(isr), ReplicaSet(isr)});
    };
    says(0, 7);
    says(1, 5);
    CHECK(s.count("R12") == 0);
    says(1, 6);
    CHECK(s.count("R12") == (told ? 1 : 0));
    says(2, 5);
    says(2, 4);
    CHECK(s.count("R12") == (told ? 2 : 1));
  }
}

TEST_CASE("R2: a leader that knows a newer ISR than the controller has told of goes by it") {
  for (const int epoch : {0, 1}) {
    Stream s;
    s.lead_orders();
    s.append(0, 11, 0, note::Role::kLeader);
    s.append(1, 11);
    s.tell(0, note::IsrState{kOrders, PartitionEpoch(epoch), ReplicaSet(epoch == 1 ? 3 : 7),
                             ReplicaSet(epoch == 1 ? 3 : 7)});
    s.raise(0, 1);
    CHECK(s.count("R2") == (epoch == 1 ? 0 : 1));
  }
}
