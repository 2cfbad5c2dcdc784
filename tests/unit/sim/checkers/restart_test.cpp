// What checkers make of processes that end and start again, and of leaders that are deposed.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "engine/protocol/error_code.hpp"
#include "sim/checkers/properties.hpp"
#include "tests/unit/sim/checkers/watch.hpp"

namespace logarium::checkers {
namespace {

TEST_CASE("R19: a crash keeps what was written") {
  Watch watch(make_recovery());
  watch.opened(0, 0);
  watch.appended(0, 0);
  watch.appended(0, 1);
  watch.crashes(0);
  SECTION("and a replica that has it is fine") {
    watch.opened(0, 2);
    CHECK(watch.violations() == 0);
  }
  SECTION("and a replica without it is not") {
    watch.opened(0, 1);
    CHECK(watch.violations() == 1);
  }
  SECTION("also when the next process ended before it had opened the replica") {
    watch.crashes(0);
    watch.opened(0, 1);
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("R19: a wiped disk promises nothing, however often its process ends before it is open") {
  Watch watch(make_recovery());
  watch.opened(0, 0);
  watch.appended(0, 0);
  watch.crashes(0);
  watch.tell(0, note::DiskWiped{100});
  watch.crashes(0);
  watch.opened(0, 0);
  CHECK(watch.violations() == 0);
}

TEST_CASE("R19: one flipped bit excuses what recovery cut from one log") {
  Watch watch(make_recovery());
  watch.opened(0, 0);
  watch.appended(0, 0);
  watch.appended(0, 1);
  watch.tell(0, note::FaultBegan{0, static_cast<std::int32_t>(world::FaultKind::kBitRot)});
  watch.crashes(0);
  watch.opened(0, 1);
  CHECK(watch.violations() == 0);
  watch.appended(0, 1);
  watch.crashes(0);
  watch.opened(0, 1);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R19: a disk that was full or failed is no excuse for what it had taken") {
  Watch watch(make_recovery());
  watch.opened(0, 0);
  watch.appended(0, 0);
  for (const auto kind : {world::FaultKind::kDiskFull, world::FaultKind::kDiskError}) {
    watch.tell(0, note::FaultBegan{0, static_cast<std::int32_t>(kind)});
  }
  watch.crashes(0);
  watch.opened(0, 0);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R19: a replica that was deleted before it was open promises nothing") {
  Watch watch(make_recovery());
  watch.opened(0, 0);
  watch.appended(0, 0);
  watch.crashes(0);
  watch.tell(0, note::ReplicaDeleted{kOrders});
  watch.opened(0, 0);
  CHECK(watch.violations() == 0);
}

// Broker 1 leads in epoch 0 with one record that broker 2 has too.
void one_record_on_two(Watch& watch) {
  watch.committed(1, 0);
  watch.opened(0, 0);
  watch.opened(1, 0);
  watch.leads(0, 0);
  watch.appended(0, 0, note::Role::kLeader);
  watch.appended(1, 0);
}

void loses_its_log(Watch& watch, std::uint32_t node) {
  watch.crashes(node);
  watch.opened(node, 0);
}

TEST_CASE("a deposed leader without a successor still commits") {
  Watch watch(make_bounds());
  one_record_on_two(watch);
  watch.committed(-1, 1);
  watch.raises(0, 1, 0);
  CHECK(watch.orders().ghost_end == Offset(1));
}

TEST_CASE("a deposed leader commits until its successor takes office, then what that brought") {
  Watch watch(make_bounds());
  one_record_on_two(watch);
  watch.committed(2, 1);
  SECTION("not in office yet") {
    watch.raises(0, 1, 0);
    CHECK(watch.orders().ghost_end == Offset(1));
  }
  SECTION("in office with the record") {
    watch.leads(1, 1);
    watch.appended(0, 1, note::Role::kLeader);
    watch.raises(0, 2, 0);
    CHECK(watch.orders().ghost_end == Offset(1));
  }
  SECTION("in office without it") {
    loses_its_log(watch, 1);
    watch.leads(1, 1);
    watch.raises(0, 1, 0);
    CHECK(watch.orders().ghost_end == Offset(0));
  }
  SECTION("in office with another one") {
    loses_its_log(watch, 1);
    watch.appended(1, 0, note::Role::kFollower, 7);
    watch.leads(1, 1);
    watch.raises(0, 1, 0);
    CHECK(watch.orders().ghost_end == Offset(0));
  }
}

TEST_CASE("R9: a deposed leader may checkpoint what its successor commits later") {
  Watch watch(make_bounds());
  one_record_on_two(watch);
  watch.committed(2, 1);
  loses_its_log(watch, 1);
  watch.leads(1, 1);
  watch.raises(0, 1, 0);
  watch.crashes(0);
  watch.opened(0, 1, 1);
  SECTION("which it does") {
    watch.appended(1, 0, note::Role::kLeader, 1);
    watch.raises(1, 1, 1);
    watch.ends();
    CHECK(watch.violations() == 0);
  }
  SECTION("but not what is never committed") {
    watch.ends();
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("R9: a checkpoint above the replica's own high watermark is wrong at once") {
  Watch watch(make_bounds());
  one_record_on_two(watch);
  watch.raises(0, 1, 0);
  watch.crashes(1);
  watch.opened(1, 1, 1);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R9: one flipped bit excuses one wrong checkpoint") {
  Watch watch(make_bounds());
  watch.tell(kController, note::ReplicaPlaced{kOrders, 0, 1, NodeId(2)});
  one_record_on_two(watch);
  watch.appended(0, 1, note::Role::kLeader);
  watch.appended(1, 1);
  watch.raises(0, 2, 0);
  watch.crashes(1);
  watch.tell(1, note::FaultBegan{0, static_cast<std::int32_t>(world::FaultKind::kBitRot)});
  watch.opened(1, 2, 1);
  CHECK(watch.violations() == 0);
  watch.crashes(1);
  SECTION("which is written again and found again") {
    watch.opened(1, 2, 1);
    CHECK(watch.violations() == 0);
  }
  SECTION("and no other") {
    watch.opened(1, 2, 2);
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("R9: the checkpoint of a replica with a rotten topic id is of no partition") {
  Watch watch(make_bounds());
  const bool rotten = GENERATE(false, true);
  if (rotten) {
    watch.tell(1, note::FaultBegan{0, static_cast<std::int32_t>(world::FaultKind::kBitRot)});
  }
  watch.opened(1, 2, 2);
  watch.crashes(1);
  watch.opened(1, 2, 2);
  watch.tell(1, note::DiskWiped{100});
  watch.ends();
  CHECK((watch.violations() == 0) == rotten);
}

// Broker 1 leads in epoch 0 and commits the records 0 and 1; broker 2 takes office without
// the second of them.
void one_record_lost(Watch& watch) {
  one_record_on_two(watch);
  watch.appended(0, 1, note::Role::kLeader);
  watch.raises(0, 2, 0);
  watch.committed(2, 1);
  watch.leads(1, 1);
}

TEST_CASE("R9: a cut excuses checkpoints of what it took, and no others") {
  Watch watch(make_bounds());
  one_record_lost(watch);
  REQUIRE(watch.orders().cuts.size() == 1);
  CHECK(watch.orders().cuts.front().reach == Offset(2));
  SECTION("the deposed leader comes back with what it had committed") {
    watch.crashes(0);
    watch.opened(0, 2, 2);
    watch.ends();
    CHECK(watch.violations() == 0);
  }
  SECTION("or with what it believed to commit afterwards") {
    watch.appended(0, 2, note::Role::kLeader);
    watch.raises(0, 3, 0);
    watch.crashes(0);
    watch.opened(0, 3, 3);
    watch.ends();
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("what a deposed leader wrote after a cut counts to it once it is truncated") {
  Watch watch(make_bounds());
  one_record_lost(watch);
  watch.appended(0, 2, note::Role::kLeader);
  CHECK_FALSE(watch.orders().rewritten(Offset(0)));
  CHECK(watch.orders().rewritten(Offset(1)));
  CHECK_FALSE(watch.orders().rewritten(Offset(2)));
  watch.tell(
      0, note::Truncated{kOrders, Offset(3), Offset(1), note::TruncateCause::kDivergingEpoch, 0});
  CHECK(watch.orders().rewritten(Offset(2)));
  CHECK_FALSE(watch.orders().rewritten(Offset(3)));
}

TEST_CASE("R4: a leader may take office before the controller tells of its election") {
  Watch watch(make_leader_completeness());
  for (const std::int32_t i : {0, 1}) {
    watch.tell(kController, note::ReplicaPlaced{kOrders, i, 2, NodeId(i + 1)});
  }
  one_record_on_two(watch);
  watch.appended(0, 1, note::Role::kLeader);
  watch.raises(0, 2, 0);
  watch.leads(1, 1);
  CHECK(watch.violations() == 0);
  watch.committed(2, 1);
  CHECK(watch.orders().cuts.size() == 1);
  CHECK(watch.orders().ghost_end == Offset(1));
  CHECK(watch.violations() == 1);
  watch.committed(2, 1);
  CHECK(watch.violations() == 1);
}

note::Delivered read_one(std::int64_t base, std::uint64_t content) {
  return {kOrders, Offset(base), Offset(base + 1), LeaderEpoch(0), content};
}

TEST_CASE("R13: after a cut a consumer may still get what was lost, and nothing else") {
  Watch watch(make_read_consistency());
  one_record_lost(watch);
  watch.appended(1, 1, note::Role::kLeader, 1);
  watch.raises(1, 2, 1);
  watch.tell(kProducer, read_one(1, 2));     // the record that was lost
  watch.tell(kProducer, read_one(1, 1002));  // the one in its place
  CHECK(watch.violations() == 0);
  watch.tell(kProducer, read_one(1, 99));
  CHECK(watch.violations() == 1);
}

TEST_CASE("R13: a read beyond the committed records is explained by a cut that comes after it") {
  Watch watch(make_read_consistency());
  one_record_on_two(watch);
  watch.appended(0, 1, note::Role::kLeader);
  watch.raises(0, 1, 0);
  watch.committed(2, 1);
  watch.leads(1, 1);
  watch.raises(0, 2, 0);  // broker 1 has not heard of its successor, which lacks the record
  REQUIRE(watch.orders().ghost_end == Offset(1));
  watch.tell(kProducer, read_one(1, 2));
  SECTION("also when nothing is committed after the cut") {
    watch.crashes(1);
    watch.opened(1, 0);
    watch.committed(2, 2);
    watch.leads(1, 2);
    REQUIRE(watch.orders().cuts.size() == 1);
    watch.ends();
    CHECK(watch.violations() == 0);
  }
  SECTION("and by nothing else") {
    watch.ends();
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("R13: retention does not excuse the wrong record") {
  Watch watch(make_read_consistency());
  one_record_on_two(watch);
  watch.raises(0, 1, 0);
  watch.tell(0, note::LogStartMoved{kOrders, Offset(1), note::StartCause::kRetention});
  watch.tell(kProducer, read_one(0, 1));
  CHECK(watch.violations() == 0);
  watch.tell(kProducer, read_one(0, 99));
  CHECK(watch.violations() == 1);
}

TEST_CASE("R16: a cut excuses the reset of a consumer that had read what it took, and no other") {
  Watch watch(make_justified_out_of_range());
  one_record_lost(watch);
  for (std::int64_t base = 1; base < 4; ++base) {
    watch.appended(1, base, note::Role::kLeader, 1);
  }
  watch.raises(1, 4, 1);
  const auto reset = [&](std::int64_t from) {
    watch.tell(kProducer, note::PositionReset{kOrders, Offset(from), Offset(0),
                                              note::ResetCause::kOutOfRange});
  };
  reset(2);
  CHECK(watch.violations() == 0);
  reset(1);
  CHECK(watch.violations() == 1);
  reset(3);
  CHECK(watch.violations() == 2);
}

TEST_CASE("R7: a batch that was written without a note is known after recovery") {
  Watch watch(make_log_matching());
  one_record_on_two(watch);
  watch.appended(0, 1, note::Role::kLeader);
  watch.crashes(1);
  SECTION("and what follows agrees") {
    watch.tell(1, note::BatchRecovered{kOrders, Offset(1), Offset(2), LeaderEpoch(0), 2});
    watch.opened(1, 2);
    watch.appended(0, 2, note::Role::kLeader);
    watch.appended(1, 2);
    CHECK(watch.violations() == 0);
  }
  SECTION("unless it is another one") {
    watch.tell(1, note::BatchRecovered{kOrders, Offset(1), Offset(2), LeaderEpoch(0), 99});
    watch.opened(1, 2);
    watch.appended(0, 2, note::Role::kLeader);
    watch.appended(1, 2);
    CHECK(watch.violations() == 1);
  }
}

// The producer's first batch is committed at 0, the leader's answer is lost; then the batch is
// sent again and committed once more at 1. Content 1 stands at both offsets.
void sent_twice(Watch& watch) {
  watch.tell(kProducer, note::BatchSent{kOrders, 1, 1, 1, Sequence(0)});
  one_record_on_two(watch);
  watch.raises(0, 1, 0);
}
void committed_again(Watch& watch) {
  watch.tell(
      0, note::Appended{kOrders, Offset(1), Offset(2), LeaderEpoch(0), note::Role::kLeader, 1, 0});
  watch.raises(0, 2, 0);
}
void refused(Watch& watch) {
  const auto error = static_cast<std::int16_t>(protocol::ErrorCode::kOutOfOrderSequenceNumber);
  watch.tell(0, note::ProduceAnswered{kOrders, Offset(0), Offset(0), error, -1});
}

TEST_CASE("R15: a batch in the log twice is a violation") {
  Watch watch(make_idempotence());
  sent_twice(watch);
  committed_again(watch);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R15: a cut excuses the duplicate of a batch that it took, and no other") {
  Watch watch(make_idempotence());
  watch.tell(kProducer, note::BatchSent{kOrders, 1, 1, 1, Sequence(0)});
  watch.tell(kProducer, note::BatchSent{kOrders, 2, 1, 1, Sequence(1)});
  one_record_lost(watch);
  const auto again = [&](std::int64_t base, std::uint64_t content) {
    watch.tell(1, note::Appended{kOrders, Offset(base), Offset(base + 1), LeaderEpoch(1),
                                 note::Role::kLeader, content, 0});
    watch.raises(1, base + 1, 1);
  };
  again(1, 2);
  CHECK(watch.violations() == 0);
  again(2, 1);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R14: a cut excuses the order of what was in flight or taken, and of nothing else") {
  Watch watch(make_producer_order());
  for (std::int32_t i = 0; i < 4; ++i) {
    watch.tell(kProducer,
               note::BatchSent{kOrders, static_cast<std::uint64_t>(i) + 1, 1, 1, Sequence(i)});
  }
  const auto append = [&](std::int64_t base, std::uint64_t content) {
    watch.tell(1, note::Appended{kOrders, Offset(base), Offset(base + 1), LeaderEpoch(1),
                                 note::Role::kLeader, content, 0});
    watch.raises(1, base + 1, 1);
  };
  SECTION("in flight at the cut") {
    one_record_lost(watch);
    append(1, 4);
    append(2, 3);
    CHECK(watch.violations() == 0);
  }
  SECTION("acknowledged before the cut, and elsewhere") {
    watch.tell(kProducer, note::BatchAcked{kOrders, Offset(9), 1, -1, 3});
    one_record_lost(watch);
    append(1, 4);
    append(2, 3);
    CHECK(watch.violations() == 1);
  }
}

TEST_CASE("R15: a refusal by a leader that loaded nothing from disk excuses no duplicate") {
  Watch watch(make_idempotence());
  sent_twice(watch);
  refused(watch);
  committed_again(watch);
  CHECK(watch.violations() == 1);
}

TEST_CASE("R15: a leader that loaded a producer snapshot forgets all but the last batch") {
  Watch watch(make_idempotence());
  sent_twice(watch);
  watch.crashes(0);
  watch.opened(0, 1);
  watch.leads(0, 0);
  refused(watch);
  committed_again(watch);
  CHECK(watch.violations() == 0);
}

// The producer's batches `first` and `first + 1` are sent; the leader gets the second alone,
// refuses the retry of the first, and then gets both anew. Content and sequence are the batch's
// number.
void begins_with_the_second(Watch& watch, std::int32_t first) {
  const auto content = [](std::int32_t number) { return static_cast<std::uint64_t>(number) + 1; };
  const auto commit = [&](std::int32_t number, std::int64_t base) {
    watch.tell(0, note::Appended{kOrders, Offset(base), Offset(base + 1), LeaderEpoch(0),
                                 note::Role::kLeader, content(number), 0});
    watch.raises(0, base + 1, 0);
  };
  watch.committed(1, 0);
  watch.opened(0, 0);
  watch.leads(0, 0);
  std::int64_t end = 0;
  for (std::int32_t i = 0; i < first + 2; ++i) {
    watch.tell(kProducer, note::BatchSent{kOrders, content(i), 1, 1, Sequence(i)});
    if (i == first) continue;
    commit(i, end++);
  }
  refused(watch);
  for (const std::int32_t i : {first, first + 1}) {
    watch.tell(kProducer, note::BatchSent{kOrders, content(i), 1, 2, Sequence(i - first)});
    commit(i, end++);
  }
}

TEST_CASE("R14, R15: a leader takes any sequence from a producer that it does not know") {
  Watch order(make_producer_order());
  Watch once(make_idempotence());
  SECTION("and what it refuses then is sent anew") {
    begins_with_the_second(order, 0);
    begins_with_the_second(once, 0);
    CHECK(order.violations() == 0);
    CHECK(once.violations() == 0);
  }
  SECTION("but none beyond the next from one that it knows") {
    begins_with_the_second(order, 1);
    begins_with_the_second(once, 1);
    CHECK(order.violations() == 1);
    CHECK(once.violations() == 1);
  }
}

TEST_CASE("R15: a refusal excuses no batch that was acknowledged before") {
  Watch watch(make_idempotence());
  sent_twice(watch);
  watch.tell(kProducer, note::BatchAcked{kOrders, Offset(0), 1, -1, 1});
  watch.crashes(0);
  watch.opened(0, 1);
  watch.leads(0, 0);
  refused(watch);
  committed_again(watch);
  CHECK(watch.violations() == 1);
}

}  // namespace
}  // namespace logarium::checkers
