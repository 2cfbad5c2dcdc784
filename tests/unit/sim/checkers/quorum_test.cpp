// Every property of the metadata quorum and of the controller: a stream that keeps it and one that
// breaks it.

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

constexpr PartitionRef kLog = kMetadataPartition;

note::QuorumRoleChanged leads(int epoch, int id) {
  return {note::QuorumRole::kLeader, QuorumEpoch(epoch), NodeId(id)};
}
note::QuorumRoleChanged follows(int epoch, int leader) {
  return {note::QuorumRole::kFollower, QuorumEpoch(epoch), NodeId(leader)};
}

void write(Stream& s, std::uint32_t node, std::int64_t base, std::uint64_t content) {
  const bool leader = node == 3;
  s.tell(node, note::Appended{kLog, Offset(base), Offset(base + 1), LeaderEpoch(1),
                              leader ? note::Role::kLeader : note::Role::kFollower, content, 0});
}

// Controller 1001 (node 3) leads epoch 1; one record, synced by `synced` voters, is committed.
void committed_record(Stream& s, std::uint32_t synced) {
  for (std::uint32_t i = 3; i < 6; ++i) {
    s.tell(i, note::ReplicaOpened{kLog, Offset(0), Offset(0), Offset(0), 0});
  }
  s.tell(3, leads(1, 1001));
  s.tell(4, follows(1, 1001));
  for (std::uint32_t i = 3; i < 6; ++i) {
    write(s, i, 0, 11);
    if (i - 3 < synced) s.tell(i, note::Synced{kLog, Offset(1)});
  }
  s.tell(3, note::HighWatermarkMoved{kLog, Offset(1), LeaderEpoch(1), note::Role::kLeader, 0});
}

// Controller 1002 (node 4) has synced the record when its process crashes; it comes back with a log
// up to `end`, of which it counts nothing as synced, before the leader commits.
void committed_over_restart(Stream& s, std::int64_t end) {
  committed_record(s, 2);
  for (const std::uint32_t i : {3U, 4U}) {
    write(s, i, 1, 12);
    s.tell(i, note::Synced{kLog, Offset(2)});
  }
  s.stop(4, note::EndCause::kCrash);
  s.tell(4, note::ProcessStarted{Incarnation(2)});
  s.tell(4, note::ReplicaOpened{kLog, Offset(0), Offset(end), Offset(0), 0},
         note::Synced{kLog, Offset(0)});
  s.tell(3, note::HighWatermarkMoved{kLog, Offset(2), LeaderEpoch(1), note::Role::kLeader, 0});
}

note::MetadataApplied applied(std::int64_t next, std::uint64_t hash) {
  return {Offset(next), QuorumEpoch(1), hash};
}

// Broker 1 hands over its leadership in the metadata below 9, of which broker 3 has applied what is
// below `known`, and is let go.
void stop_first(Stream& s, std::int64_t known) {
  s.lead_orders();
  s.tell(3,
         note::PartitionCommitted{kOrders, NodeId(2), LeaderEpoch(1), PartitionEpoch(1),
                                  ReplicaSet(6), ReplicaSet(0), note::ElectionKind::kClean},
         note::BrokerInControlledShutdown{NodeId(1), BrokerEpoch(1)}, applied(9, 99));
  s.tell(1, applied(9, 99));
  s.tell(2, applied(known, known == 9 ? 99U : 98U));
  s.tell(3, note::BrokerFenced{NodeId(1), BrokerEpoch(1)},
         note::ShutdownGranted{NodeId(1), BrokerEpoch(1)});
}

const PropertyCase kQuorumCases[] = {
    {"Q1", "two leaders in one quorum epoch",
     [](Stream& s) {
       s.tell(3, leads(1, 1001));
       s.tell(4, leads(2, 1002));
     },
     [](Stream& s) {
       s.tell(3, leads(1, 1001));
       s.tell(4, leads(1, 1002));
     }},
    {"Q1", "a node's quorum epoch falls", [](Stream& s) { s.tell(4, follows(2, 1001)); },
     [](Stream& s) {
       s.tell(4, follows(2, 1001));
       s.tell(4, follows(1, 1001));
     }},
    {"Q2", "two votes in one epoch",
     [](Stream& s) {
       s.tell(4, note::VotePersisted{QuorumEpoch(1), NodeId(1001)});
       s.tell(4, note::VotePersisted{QuorumEpoch(2), NodeId(1003)});
     },
     [](Stream& s) {
       s.tell(4, note::VotePersisted{QuorumEpoch(1), NodeId(1001)});
       s.tell(4, note::VotePersisted{QuorumEpoch(1), NodeId(1003)});
     }},
    {"Q3", "committed metadata is truncated", [](Stream& s) { committed_record(s, 3); },
     [](Stream& s) {
       committed_record(s, 3);
       s.tell(4,
              note::HighWatermarkMoved{kLog, Offset(1), LeaderEpoch(1), note::Role::kFollower, 0});
       s.tell(4,
              note::Truncated{kLog, Offset(1), Offset(0), note::TruncateCause::kDivergingEpoch, 0});
     }},
    {"Q3", "a restarted leader leads its old epoch",
     [](Stream& s) {
       s.tell(3, leads(1, 1001));
       s.tell(3, leads(1, 1001));
     },
     [](Stream& s) {
       s.tell(3, leads(1, 1001));
       s.stop(3, note::EndCause::kCrash);
       s.tell(3, note::ProcessStarted{Incarnation(2)});
       s.tell(3, leads(1, 1001));
     }},
    {"Q4", "metadata is committed that only one voter synced",
     [](Stream& s) { committed_record(s, 2); }, [](Stream& s) { committed_record(s, 1); }},
    {"Q4", "metadata is committed that a voter lost when it crashed",
     [](Stream& s) { committed_over_restart(s, 2); },
     [](Stream& s) { committed_over_restart(s, 1); }},
    {"Q4", "a new quorum leader lacks committed metadata",
     [](Stream& s) {
       committed_record(s, 3);
       s.tell(4, leads(2, 1002));
     },
     [](Stream& s) {
       committed_record(s, 2);
       s.tell(5,
              note::Truncated{kLog, Offset(1), Offset(0), note::TruncateCause::kDivergingEpoch, 0});
       s.tell(5, leads(2, 1003));
     }},
    {"Q5", "two nodes have other metadata at one offset",
     [](Stream& s) {
       s.tell(0, applied(4, 99));
       s.tell(1, applied(4, 99));
     },
     [](Stream& s) {
       s.tell(0, applied(4, 99));
       s.tell(1, applied(4, 98));
     }},
    {"C1", "a fenced broker still leads",
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::BrokerFenced{NodeId(2), BrokerEpoch(2)},
              note::PartitionCommitted{kOrders, NodeId(1), LeaderEpoch(0), PartitionEpoch(1),
                                       ReplicaSet(5), ReplicaSet(0), note::ElectionKind::kKeep});
     },
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::BrokerFenced{NodeId(1), BrokerEpoch(1)});
     }},
    {"C2", "an ISR change is accepted from who does not lead",
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::AlterPartitionAnswered{kOrders, NodeId(1), LeaderEpoch(0), PartitionEpoch(0),
                                              0});
     },
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::AlterPartitionAnswered{kOrders, NodeId(2), LeaderEpoch(0), PartitionEpoch(0),
                                              0});
     }},
    {"C2", "an ISR change is accepted in a leader epoch that has ended",
     [](Stream& s) {
       s.lead_orders();
       s.commit(2, 1, 1);
       s.tell(3, note::AlterPartitionAnswered{kOrders, NodeId(2), LeaderEpoch(1), PartitionEpoch(1),
                                              0});
       // The next leader was committed with it.
       s.tell(
           3,
           note::PartitionCommitted{kOrders, NodeId(1), LeaderEpoch(2), PartitionEpoch(3),
                                    ReplicaSet(7), ReplicaSet(0), note::ElectionKind::kClean},
           note::AlterPartitionAnswered{kOrders, NodeId(2), LeaderEpoch(1), PartitionEpoch(1), 0});
     },
     [](Stream& s) {
       s.lead_orders();
       s.commit(2, 1, 1);
       s.tell(3, note::AlterPartitionAnswered{kOrders, NodeId(1), LeaderEpoch(0), PartitionEpoch(0),
                                              0});
     }},
    {"C3", "a reassignment completes without a target in the ISR",
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::ReassignmentCompleted{kOrders});
     },
     [](Stream& s) {
       s.lead_orders();
       s.commit(1, 0, 1, 3);
       s.tell(3, note::ReassignmentCompleted{kOrders});
     }},
    {"C4", "a broker may stop although it leads",
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::ShutdownGranted{NodeId(2), BrokerEpoch(2)});
     },
     [](Stream& s) {
       s.lead_orders();
       s.tell(3, note::ShutdownGranted{NodeId(1), BrokerEpoch(1)});
     }},
    {"C4", "a broker may stop before all active brokers know that it leads nothing",
     [](Stream& s) { stop_first(s, 9); }, [](Stream& s) { stop_first(s, 8); }},
};

}  // namespace

TEST_CASE("every property of quorum and controller passes a clean stream, catches its violation") {
  check_each(kQuorumCases);
}

TEST_CASE("C3: a completion is judged by the ISR it had, also when a later batch comes with it") {
  for (const std::uint32_t isr : {7U, 3U}) {
    Stream s;
    s.lead_orders();
    const auto committed = [](int epoch, std::uint32_t members) {
      return note::PartitionCommitted{kOrders,
                                      NodeId(1),
                                      LeaderEpoch(0),
                                      PartitionEpoch(epoch),
                                      ReplicaSet(members),
                                      ReplicaSet(0),
                                      note::ElectionKind::kKeep};
    };
    s.tell(3, committed(1, isr), note::ReassignmentCompleted{kOrders}, committed(2, 3));
    CHECK(s.count("C3") == (isr == 7 ? 0 : 1));
  }
}

TEST_CASE("C3: changes that are committed at once hide the ISR that a completion had") {
  for (const int changes : {1, 2}) {
    Stream s;
    s.lead_orders();
    s.commit(1, 0, changes, 3);
    s.tell(3, note::ReassignmentCompleted{kOrders});
    CHECK(s.count("C3") == (changes == 1 ? 1 : 0));
  }
}

TEST_CASE("C1: a later batch of the same event may bring a fenced broker back as leader") {
  const auto led_by = [](int leader, int epoch, std::uint32_t isr) {
    return note::PartitionCommitted{
        kOrders,         NodeId(leader), LeaderEpoch(epoch),        PartitionEpoch(epoch),
        ReplicaSet(isr), ReplicaSet(0),  note::ElectionKind::kClean};
  };
  Stream s;
  s.lead_orders();
  s.tell(3, led_by(2, 1, 6), note::BrokerFenced{NodeId(1), BrokerEpoch(1)},
         note::BrokerUnfenced{NodeId(1), BrokerEpoch(1)}, led_by(1, 2, 7));
  CHECK(s.count("C1") == 0);
  // To be moved by a later batch is too late.
  s.tell(3, note::BrokerFenced{NodeId(1), BrokerEpoch(1)}, led_by(2, 3, 6));
  CHECK(s.count("C1") == 1);
}

TEST_CASE("C4: a broker that the controller decided to fence before may go at once") {
  for (const bool deposed : {false, true}) {
    Stream s;
    s.lead_orders();
    s.tell(3,
           note::PartitionCommitted{kOrders, NodeId(2), LeaderEpoch(1), PartitionEpoch(1),
                                    ReplicaSet(6), ReplicaSet(0), note::ElectionKind::kClean},
           note::BrokerInControlledShutdown{NodeId(1), BrokerEpoch(1)}, applied(9, 99));
    s.tell(1, applied(9, 99));
    s.tell(2, applied(8, 98));
    s.tell(3, note::SessionExpired{NodeId(1), BrokerEpoch(1)});
    // What a deposed controller decided is void; the next one has just heard of all brokers.
    if (deposed) s.tell(4, note::ControllerActive{QuorumEpoch(2)});
    s.tell(deposed ? 4 : 3, note::BrokerFenced{NodeId(1), BrokerEpoch(1)},
           note::ShutdownGranted{NodeId(1), BrokerEpoch(1)});
    CHECK(s.count("C4") == (deposed ? 1 : 0));
  }
}

TEST_CASE("C4: a broker that has not registered since its start need not know anything") {
  Stream s;
  s.lead_orders();
  s.stop(2, note::EndCause::kCrash);
  s.tell(2, note::ProcessStarted{Incarnation(2)});
  s.tell(3,
         note::PartitionCommitted{kOrders, NodeId(2), LeaderEpoch(1), PartitionEpoch(1),
                                  ReplicaSet(6), ReplicaSet(0), note::ElectionKind::kClean},
         note::BrokerInControlledShutdown{NodeId(1), BrokerEpoch(1)}, applied(9, 99));
  s.tell(1, applied(9, 99));
  s.tell(3, note::BrokerFenced{NodeId(1), BrokerEpoch(1)},
         note::ShutdownGranted{NodeId(1), BrokerEpoch(1)});
  CHECK(s.count("C4") == 0);
}

TEST_CASE("R19: a metadata log that ends before the newest snapshot may be replaced by it") {
  Stream s;
  s.tell(4, note::ReplicaOpened{kLog, Offset(0), Offset(0), Offset(0), 0});
  for (std::int64_t base = 0; base < 3; ++base) write(s, 4, base, 11);
  s.tell(4, note::Synced{kLog, Offset(3)});
  s.stop(4, note::EndCause::kPowerLoss);
  s.tell(4, note::ProcessStarted{Incarnation(2)});
  const note::ReplicaOpened opened{kLog, Offset(0), Offset(1), Offset(0), 0};
  SECTION("at once") {
    s.tell(4, opened,
           note::Truncated{kLog, Offset(1), Offset(3), note::TruncateCause::kSnapshot, 0});
    CHECK(s.count("R19") == 0);
  }
  SECTION("but not later") {
    s.tell(4, opened);
    s.tell(4, note::Truncated{kLog, Offset(1), Offset(3), note::TruncateCause::kSnapshot, 0});
    CHECK(s.count("R19") == 1);
  }
}
