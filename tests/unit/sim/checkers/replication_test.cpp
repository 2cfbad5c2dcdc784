// Every property of replication: a stream that keeps it and one that breaks it.

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

// Three records on all brokers, two of them committed.
void some_records(Stream& s) {
  s.lead_orders();
  for (const std::uint64_t content : {11U, 12U, 13U}) s.replicate(content);
  s.raise(0, 2);
}

// Broker 2 leads cleanly from leader epoch 1 on.
void fail_over(Stream& s) {
  s.commit(2, 1, 1);
  s.become(1, 1, 1);
}

note::BatchSent sent(std::uint64_t content, std::int32_t sequence) {
  return {kOrders, content, 1, 1, Sequence(sequence)};
}

void two_batches_in_order(Stream& s) {
  s.lead_orders();
  s.tell(Stream::kProducer, sent(11, 0), sent(12, 1));
  s.replicate(11);
  s.replicate(12);
  s.raise(0, 2);
}

void read_two(Stream& s) {
  some_records(s);
  s.tell(Stream::kConsumer, note::Delivered{kOrders, Offset(0), Offset(1), LeaderEpoch(0), 11},
         note::Delivered{kOrders, Offset(1), Offset(2), LeaderEpoch(0), 12});
  s.end();
}

void crash_and_return(Stream& s, note::EndCause cause, std::int64_t end) {
  some_records(s);
  s.tell(2, note::Synced{kOrders, Offset(1)});
  s.stop(2, cause);
  s.tell(2, note::ProcessStarted{Incarnation(2)});
  s.open(2, end, 0);
}

const PropertyCase kReplicationCases[] = {
    {"R1", "an in-sync replica holds another record below the high watermark",
     [](Stream& s) { some_records(s); },
     [](Stream& s) {
       s.lead_orders();
       s.append(0, 11, 0, note::Role::kLeader);
       s.append(1, 11);
       s.append(2, 99);
       s.raise(0, 1);
     }},
    {"R2", "the leader commits what a member of the ISR does not have",
     [](Stream& s) { some_records(s); },
     [](Stream& s) {
       s.lead_orders();
       s.append(0, 11, 0, note::Role::kLeader);
       s.append(1, 11);
       s.raise(0, 1);
     }},
    {"R3", "an acknowledged record is in no leader's log",
     [](Stream& s) {
       some_records(s);
       s.ack(1, 12);
       s.end();
     },
     [](Stream& s) {
       some_records(s);
       s.ack(1, 99);
       s.end();
     }},
    {"R4", "a cleanly elected leader lacks committed records",
     [](Stream& s) {
       some_records(s);
       fail_over(s);
     },
     [](Stream& s) {
       some_records(s);
       s.truncate(1, 1);
       fail_over(s);
     }},
    {"R5", "a member of the ISR ends before what was committed",
     [](Stream& s) {
       some_records(s);
       s.commit(1, 0, 1);
     },
     [](Stream& s) {
       some_records(s);
       s.truncate(2, 1);
       s.commit(1, 0, 1);
     }},
    {"R6", "two brokers append as leaders of one epoch", [](Stream& s) { some_records(s); },
     [](Stream& s) {
       some_records(s);
       s.append(1, 14, 0, note::Role::kLeader);
     }},
    {"R7", "two replicas hold different records of one epoch at one offset",
     [](Stream& s) { some_records(s); },
     [](Stream& s) {
       some_records(s);
       s.append(0, 14, 0, note::Role::kLeader);
       s.append(1, 15);
     }},
    {"R8", "a batch of a leader epoch that the replica does not know",
     [](Stream& s) { some_records(s); },
     [](Stream& s) {
       some_records(s);
       s.append(1, 14, 3);
     }},
    {"R9", "the high watermark lies beyond the log end", [](Stream& s) { some_records(s); },
     [](Stream& s) {
       some_records(s);
       s.raise(1, 9, 0, note::Role::kFollower);
     }},
    {"R10", "the high watermark falls within an epoch",
     [](Stream& s) {
       some_records(s);
       s.raise(0, 3);
     },
     [](Stream& s) {
       some_records(s);
       s.raise(0, 1);
     }},
    {"R11", "the leader is not in the ISR",
     [](Stream& s) {
       some_records(s);
       s.commit(2, 1, 1, 6);
     },
     [](Stream& s) {
       some_records(s);
       s.commit(1, 1, 1, 6);
     }},
    {"R12", "the leader waits for fewer replicas than the committed ISR",
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::IsrState{kOrders, PartitionEpoch(0), ReplicaSet(7), ReplicaSet(7)});
     },
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::IsrState{kOrders, PartitionEpoch(0), ReplicaSet(3), ReplicaSet(3)});
     }},
    {"R13", "a consumer reads what was never committed", read_two,
     [](Stream& s) {
       some_records(s);
       s.tell(Stream::kConsumer,
              note::Delivered{kOrders, Offset(2), Offset(3), LeaderEpoch(0), 13});
       s.end();
     }},
    {"R14", "batches of an idempotent producer change places", two_batches_in_order,
     [](Stream& s) {
       s.lead_orders();
       s.tell(Stream::kProducer, sent(11, 0), sent(12, 1));
       s.replicate(12);
       s.replicate(11);
       s.raise(0, 2);
     }},
    {"R15", "a batch of an idempotent producer is committed twice", two_batches_in_order,
     [](Stream& s) {
       two_batches_in_order(s);
       s.replicate(12);
       s.raise(0, 3);
     }},
    {"R16", "OFFSET_OUT_OF_RANGE for an offset within the log",
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::OutOfRange{kOrders, Offset(9), Offset(0), Offset(3), LeaderEpoch(0)});
     },
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::OutOfRange{kOrders, Offset(1), Offset(0), Offset(3), LeaderEpoch(0)});
     }},
    {"R17", "retention deletes what is not committed",
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::SegmentDeleted{kOrders, Offset(0), Offset(2), note::DeleteCause::kTime, {}});
     },
     [](Stream& s) {
       some_records(s);
       s.tell(0, note::SegmentDeleted{kOrders, Offset(0), Offset(3), note::DeleteCause::kTime, {}});
     }},
    {"R19", "a crash takes records that the page cache held",
     [](Stream& s) { crash_and_return(s, note::EndCause::kPowerLoss, 1); },
     [](Stream& s) { crash_and_return(s, note::EndCause::kCrash, 1); }},
    {"R20", "a member of the ISR truncates what was committed",
     [](Stream& s) {
       some_records(s);
       s.truncate(2, 2);
     },
     [](Stream& s) {
       some_records(s);
       s.truncate(2, 1);
     }},
};

}  // namespace

TEST_CASE("every property of replication passes a clean stream and catches its violation") {
  check_each(kReplicationCases);
}

TEST_CASE("R5: a leader from outside the ISR is judged when it takes office, not before") {
  Stream s;
  some_records(s);
  s.truncate(1, 1);
  s.commit(2, 1, 1, 2, note::ElectionKind::kUnclean);
  s.commit(2, 1, 2, 2, note::ElectionKind::kKeep);
  CHECK(s.count("R5") == 0);
  // Fenced before it heard of its election, and elected again as the only candidate.
  s.commit(-1, 2, 3, 2, note::ElectionKind::kNoLeader);
  s.commit(2, 3, 4, 2, note::ElectionKind::kElr);
  CHECK(s.count("R5") == 0);
  // It hears of its elections when it is fenced again: that is no office, and judges nobody.
  s.commit(-1, 4, 5, 2, note::ElectionKind::kNoLeader);
  s.become_one(1, 1, 1, 1);
  s.become_one(1, 0, 2, 3);
  s.become_one(1, 1, 3, 4);
  s.become_one(1, 0, 4, 5);
  s.commit(2, 5, 6, 2, note::ElectionKind::kElr);
  CHECK(s.count("R5") == 0);
  // Who took office was judged, and is a candidate like any other from then on.
  s.become_one(1, 1, 5, 6);
  s.append(1, 101, 5, note::Role::kLeader);
  s.raise(1, 2, 5);
  s.become_one(1, 0, 5, 6);
  s.truncate(1, 1);
  s.commit(1, 6, 7, 3, note::ElectionKind::kKeep);
  CHECK(s.count("R5") == 1);
}
