// The liveness properties: streams of a cluster that was healed at the start and ends ten minutes
// later.

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

constexpr Duration kTail = seconds(600);

void know_leader(Stream& s, std::uint32_t last_node) {
  s.tell(3, note::QuorumRoleChanged{note::QuorumRole::kLeader, QuorumEpoch(1), NodeId(1001)});
  for (std::uint32_t i = 0; i <= last_node; ++i) {
    if (i == 3) continue;
    s.tell(i, note::QuorumRoleChanged{note::QuorumRole::kFollower, QuorumEpoch(1), NodeId(1001)});
  }
}

void healthy(Stream& s) {
  know_leader(s, 5);
  s.lead_orders();
  for (std::uint32_t i = 0; i < 3; ++i) {
    s.tell(i, note::BrokerStateChanged{note::BrokerState::kRunning});
  }
  s.replicate(11);
  s.raise(0, 1);
}

void finish(Stream& s) {
  s.wait(kTail);
  Moment moment;
  moment.healed_since = Instant{0};
  s.end(world::World({}), moment);
}

// Every second for the whole time.
template <class F>
void all_the_time(Stream& s, F&& happen) {
  healthy(s);
  for (int i = 0; i < 600; ++i) {
    happen(i);
    s.wait(seconds(1));
  }
  Moment moment;
  moment.healed_since = Instant{0};
  s.end(world::World({}), moment);
}

struct LivenessCase {
  const char* id;
  const char* what;
  void (*broken)(Stream&);
};

const LivenessCase kLivenessCases[] = {
    {"L1", "a broker never hears of the quorum's leader",
     [](Stream& s) {
       know_leader(s, 4);
       finish(s);
     }},
    {"L2", "a partition stays without a leader although a member of its ISR runs",
     [](Stream& s) {
       healthy(s);
       s.commit(-1, 1, 1, 7, note::ElectionKind::kNoLeader);
       finish(s);
     }},
    {"L2", "an elected leader does not lead",
     [](Stream& s) {
       healthy(s);
       s.commit(2, 1, 1, 7);
       finish(s);
     }},
    {"L3", "a running replica stays out of the ISR",
     [](Stream& s) {
       healthy(s);
       s.commit(1, 0, 1, 3);
       finish(s);
     }},
    {"L3", "the end of the log is never committed",
     [](Stream& s) {
       healthy(s);
       s.replicate(12);
       finish(s);
     }},
    {"L9", "a broker does not come up",
     [](Stream& s) {
       healthy(s);
       s.tell(2, note::BrokerStateChanged{note::BrokerState::kRecovery});
       finish(s);
     }},
    {"L9", "a running broker stays fenced",
     [](Stream& s) {
       healthy(s);
       s.tell(3, note::BrokerFenced{NodeId(3), BrokerEpoch(3)});
       finish(s);
     }},
    {"L10", "a replica of a deleted topic stays",
     [](Stream& s) {
       healthy(s);
       s.tell(3, note::TopicDeleted{kOrders.topic});
       finish(s);
     }},
    {"L10", "a controlled shutdown does not end",
     [](Stream& s) {
       healthy(s);
       s.tell(2, note::BrokerStateChanged{note::BrokerState::kPendingControlledShutdown});
       finish(s);
     }},
    {"L11", "elections go on for ever",
     [](Stream& s) {
       all_the_time(s, [&](int i) {
         s.tell(3, note::QuorumRoleChanged{note::QuorumRole::kLeader, QuorumEpoch(2 + i),
                                           NodeId(1001)});
       });
     }},
    {"L11", "the ISR changes for ever",
     [](Stream& s) {
       all_the_time(
           s, [&](int i) { s.commit(1, 0, i + 1, i % 2 == 0 ? 3 : 7, note::ElectionKind::kKeep); });
     }},
};

}  // namespace

TEST_CASE("a healthy cluster has every liveness property") {
  Stream s;
  healthy(s);
  finish(s);
  CHECK(s.first() == "");
}

TEST_CASE("what should come about after the heal and does not is found") {
  for (const LivenessCase& one : kLivenessCases) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Stream s;
      one.broken(s);
      CHECK(s.count(one.id) > 0);
    }
  }
}

TEST_CASE("liveness is not judged before the bound, nor when a quorum alone was healed") {
  Stream s;
  healthy(s);
  s.commit(1, 0, 1, 3);
  s.wait(seconds(5));
  Moment soon;
  soon.healed_since = Instant{0};
  s.end(world::World({}), soon);
  CHECK(s.first() == "");

  s.wait(kTail);
  Moment partly;
  partly.healed_since = Instant{0};
  partly.healed_wholly = false;
  s.end(world::World({}), partly);
  CHECK(s.first() == "");
}
