// The forms that read the nodes' state, each on a cluster with a rule off, which breaks the
// property, and on the same cluster with all rules on, which keeps it.

#include <catch2/catch_test_macros.hpp>

#include "engine/protocol/api_key.hpp"
#include "tests/unit/sim/checkers/cluster.hpp"

using namespace logarium;
using namespace logarium::checkers;

namespace {

// What goes on in the cluster, and whether its properties were looked at in the end.
struct DirectCase {
  const char* id;
  const char* what;
  std::vector<Rule> off;
  void (*prepare)(Cluster::Options&);
  void (*happen)(Cluster&);
};

void nothing(Cluster::Options&) {}

void long_sessions(Cluster::Options& options) {
  options.servers = [](server::ServerSetup& setup) {
    setup.config.broker.broker_session_timeout_ms = 60000;
  };
}

void cut(Cluster& cluster, world::NodeIndex from, world::NodeIndex to) {
  world::LinkFault fault;
  fault.from = {from};
  fault.to = {to};
  cluster.world.begin(fault);
}

const DirectCase kDirect[] = {
    {"R2",
     "a follower comes back with less than was committed and is still in the ISR",
     {Rule::kCheckIncarnation, Rule::kElr},
     long_sessions,
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.checks_every_event = true;
       c.world.power_loss(Cluster::kBroker2);
       c.world.start(Cluster::kBroker2);
       c.run_for(seconds(5));
     }},
    {"R9",
     "retention takes what is not committed",
     {Rule::kRetentionBelowHighWatermark},
     [](Cluster::Options& options) {
       options.servers = [](server::ServerSetup& setup) {
         setup.config.broker.broker_session_timeout_ms = 60000;
         setup.config.broker.log_initial_task_delay_ms = 1000;
         setup.config.broker.log_retention_check_interval_ms = 500;
         setup.config.topic_defaults.retention_ms = 100;
       };
     },
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker2);
       c.run_for(seconds(8));
     }},
    {"R11",
     "a fenced broker leads on",
     {Rule::kFencedLeaveIsr},
     nothing,
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker1);
       c.run_for(seconds(8));
     }},
    {"Q4",
     "a quorum leader commits what is not on its disk",
     {Rule::kQuorumCountsSyncedOnly},
     nothing,
     [](Cluster& c) {
       c.checks_every_event = true;
       c.run_for(seconds(8));
     }},
    {"Q5",
     "a broker lays a snapshot over what it knew",
     {Rule::kSnapshotReplacesMetadata},
     [](Cluster::Options& options) {
       options.servers = [](server::ServerSetup& setup) {
         setup.config.broker.metadata_log_max_record_bytes_between_snapshots = 500;
         setup.config.broker.metadata_max_retention_bytes = 1;
         // What the producer asks for shall stay deleted.
         setup.config.broker.auto_create_topics_enable = false;
       };
     },
     [](Cluster& c) {
       c.run_for(seconds(8));
       world::LinkFault deaf;
       deaf.from = {Cluster::kController1001};
       deaf.to = {Cluster::kBroker2};
       const auto fault = c.world.begin(deaf);
       c.ask(workload::delete_topic("orders"));
       c.run_for(seconds(20));
       c.world.end(fault);
       c.run_for(seconds(10));
     }},
};

void run(const DirectCase& one, Cluster& cluster) {
  cluster.suite = Cluster::only(make_direct_view());
  cluster.suite.start(cluster.world);
  one.happen(cluster);
  cluster.suite.check_fully(cluster.world, cluster.moment());
}

// Properties that are judged when the run is over.
const DirectCase kAtEnd[] = {
    {"L4",
     "a producer tries for ever",
     {Rule::kDeliveryTimeout},
     [](Cluster::Options& options) {
       options.producer.delivery_timeout_ms = 3000;
       options.producer.client.request_timeout_ms = 1000;
       options.producer.max_block_ms = 1000;
     },
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker1);
       c.world.crash(Cluster::kBroker2);
       c.run_for(seconds(20));
     }},
    {"L2",
     "the last known leader is back and is not elected",
     {Rule::kElectOnUnfence},
     [](Cluster::Options&) {},
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker2);
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker1);
       c.run_for(seconds(8));
       c.world.start(Cluster::kBroker1);  // from an unclean stop: it is in no ELR any more
       c.run_for(seconds(120));
     }},
    {"L9",
     "a produce waits for a follower for longer than it asked to",
     {Rule::kExpireWaitingProduces},
     [](Cluster::Options& options) {
       long_sessions(options);
       options.producer.client.request_timeout_ms = 1000;
     },
     [](Cluster& c) {
       c.run_for(seconds(8));
       c.world.crash(Cluster::kBroker2);
       c.run_for(seconds(20));
     }},
    {"L5",
     "an ISR change that was lost is not sent again",
     {Rule::kResendIsrChange},
     [](Cluster::Options& options) {
       options.servers = [](server::ServerSetup& setup) {
         setup.config.broker.broker_session_timeout_ms = 600000;
         setup.config.broker.replica_lag_time_max_ms = 2000;
       };
     },
     [](Cluster& c) {
       c.run_for(seconds(8));
       world::LinkFault lost;
       lost.kind = world::FaultKind::kFilter;
       lost.from = {Cluster::kBroker1, Cluster::kBroker2};
       lost.to = {Cluster::kController1001};
       lost.ways = world::Ways::kOneWay;
       lost.api_key = static_cast<std::int16_t>(protocol::ApiKey::kAlterPartition);
       lost.direction = Message::Direction::kRequest;
       const auto filter = c.world.begin(lost);
       cut(c, Cluster::kBroker1, Cluster::kBroker2);
       c.run_for(seconds(20));
       c.world.end(filter);
       c.run_for(seconds(120));
     }},
};

}  // namespace

TEST_CASE("what the nodes hold shows a broken property without any note") {
  for (const DirectCase& one : kDirect) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Cluster::Options options;
      one.prepare(options);
      Cluster clean(options);
      run(one, clean);
      CHECK(clean.first() == "");
      options.off = one.off;
      Cluster broken(options);
      run(one, broken);
      CHECK(broken.found(one.id));
    }
  }
}

TEST_CASE("what never comes about is found at the end") {
  for (const DirectCase& one : kAtEnd) {
    DYNAMIC_SECTION(one.id << ": " << one.what) {
      Cluster::Options options;
      one.prepare(options);
      Cluster clean(options);
      one.happen(clean);
      clean.end();
      CHECK_FALSE(clean.found(one.id));
      options.off = one.off;
      Cluster broken(options);
      one.happen(broken);
      broken.end();
      CHECK(broken.found(one.id));
    }
  }
}

TEST_CASE("a reassignment whose target cannot read is found at the end, one that may be is not") {
  const bool apart[] = {false, true};
  for (const bool separated : apart) {
    DYNAMIC_SECTION((separated ? "brokers apart" : "brokers together")) {
      Cluster::Options options;
      options.topics = [](workload::AdminLoad& load) {
        load.topics = {{"orders", 1, 1, {}, {{NodeId(1)}}}};
      };
      Cluster cluster(options);
      cluster.run_for(seconds(8));
      if (separated) cut(cluster, Cluster::kBroker1, Cluster::kBroker2);
      cluster.ask(workload::reassign({"orders", PartitionIndex(0)}, std::vector{NodeId(2)}));
      cluster.run_for(seconds(150));
      cluster.end();
      CHECK(cluster.found("L10") == separated);
    }
  }
}
