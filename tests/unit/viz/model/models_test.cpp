#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "sim/world/types.hpp"
#include "tests/unit/viz/model/orders.hpp"
#include "viz/model/cluster.hpp"
#include "viz/model/replicas.hpp"
#include "viz/model/topics.hpp"

namespace logarium::viz {
namespace {

const std::vector<trace::NodeInfo> kNodes{{"broker-1", "broker", NodeId(1)},
                                          {"broker-2", "broker", NodeId(2)},
                                          {"broker-3", "broker", NodeId(3)},
                                          {"controller-1001", "controller", NodeId(1001)},
                                          {"producer-1", "client", NodeId(-1)}};

// b1 crashed as leader of epoch 0 with two records that b2, which leads epoch 1, never had.
trace::View after_failover() {
  trace::View view(kNodes);
  for (std::uint32_t i = 0; i < kNodes.size(); ++i) {
    view.nodes()[i].up = i != 0;
    view.nodes()[i].incarnation = Incarnation(1);
    view.nodes()[i].broker_state = note::BrokerState::kRunning;
    view.nodes()[i].fenced = i == 0;
  }
  view.nodes()[3].controls = QuorumEpoch(4);
  view.nodes()[3].quorum =
      trace::QuorumView{note::QuorumRole::kLeader, QuorumEpoch(4), NodeId(1001)};
  trace::PartitionView& partition = view.partition(kOrders0);
  partition.replicas = {NodeId(1), NodeId(2), NodeId(3)};
  partition.leader = NodeId(2);
  partition.leader_epoch = LeaderEpoch(1);
  partition.isr = ReplicaSet(6);
  const auto log = [&view](std::uint32_t node, std::int64_t hw, std::int64_t end) -> auto& {
    trace::LogView& out = view.log(node, kOrders0);
    out.open = node != 0;
    out.high_watermark = Offset(hw);
    out.log_end = out.synced_end = Offset(end);
    return out;
  };
  log(0, 8, 12).epochs = {{LeaderEpoch(0), Offset(0)}};
  trace::LogView& leader = log(1, 10, 15);
  leader.leading = true;
  leader.epochs = {{LeaderEpoch(0), Offset(0)}, {LeaderEpoch(1), Offset(10)}};
  // Another log may move those before it.
  const auto epochs = leader.epochs;
  log(2, 10, 13).epochs = epochs;
  view.nodes()[0].ended = note::EndCause::kCrash;
  view.nodes()[1].heard = {{2, Instant{68'000'000}}};
  view.apply(12, Instant{80'000'000}, 4, {});
  return view;
}

const Labels kLabels(kNodes, {{kOrders, "orders"}});

}  // namespace

TEST_CASE("labels are brief, and found again") {
  const trace::View view = after_failover();
  CHECK(kLabels.brief(1) == "b2");
  CHECK(kLabels.brief(3) == "c1001");
  CHECK(kLabels.brief_of(NodeId(9)) == "?9");
  CHECK(kLabels.partition(kOrders0) == "orders-0");
  CHECK(kLabels.find_partition("orders-0", view) == kOrders0);
  CHECK_FALSE(kLabels.find_partition("orders-1", view));
  CHECK(kLabels.find_node("b3") == 2U);
  CHECK(exact_time(Instant{12'480'000'500}) == "12.480000 s");
  CHECK(how_long(milliseconds(80)) == "80 ms");
  CHECK(how_long(milliseconds(1234)) == "1.2 s");
}

TEST_CASE("the cluster says who controls, who leads and who is down") {
  trace::View view = after_failover();
  const ClusterModel model = make_cluster(view, kLabels);
  CHECK(dump(model) ==
        "controller c1001 (epoch 4), 2 of 3 brokers serve\n"
        "b1       crashed 80 ms ago  [-]\n"
        "b2       leader of 1  [L]\n"
        "b3       leads nothing  [f]\n"
        "c1001    active controller\n"
        "quorum   c1001 leader epoch 4 log end 0 committed 0\n");
  trace::FaultView cut;
  cut.kind = static_cast<std::int32_t>(world::FaultKind::kCut);
  cut.nodes = {1, 2};
  view.faults().push_back(cut);
  const ClusterModel faulty = make_cluster(view, kLabels);
  REQUIRE(faulty.links.size() == 1);
  CHECK(faulty.links[0].harm == LinkHarm::kCut);
  CHECK(faulty.faults == std::vector<std::string>{"cut of b2,b3"});
}

TEST_CASE("replica lanes tell committed, uncommitted and diverging records apart") {
  const auto model = make_replicas(after_failover(), kLabels, kOrders0);
  REQUIRE(model);
  CHECK(
      dump(*model) ==
      "orders-0  leader b2, leader epoch 1, ISR b2 b3, ELR none\n"
      "b2     leader          start 0  HW 10  LEO 15  synced 15\n"
      "         epoch 0    [0, 10)  committed\n"
      "         epoch 1    [10, 15)  uncommitted\n"
      "b1     down            start 0  HW 8  LEO 12  synced 12  behind 3 records, 80 ms  HW behind "
      "2 records\n"
      "         epoch 0    [0, 8)  committed\n"
      "         epoch 0    [8, 10)  uncommitted\n"
      "         epoch 0    [10, 12)  to be cut\n"
      "b3     in sync         start 0  HW 10  LEO 13  synced 13  behind 2 records, 80 ms  fetched "
      "12 ms ago\n"
      "         epoch 0    [0, 10)  committed\n"
      "         epoch 1    [10, 13)  uncommitted\n");
  CHECK(model->from == Offset(0));
  CHECK(model->to == Offset(15));
  CHECK_FALSE(make_replicas(after_failover(), kLabels, {kOrders, PartitionIndex(5)}));
}

TEST_CASE("the topic overview puts the worst first") {
  trace::View view = after_failover();
  trace::PartitionView& other = view.partition({kOrders, PartitionIndex(1)});
  other.replicas = {NodeId(1)};
  const TopicsModel model = make_topics(view, kLabels, {{kOrders, 2}});
  CHECK(model.headline == "2 partitions: 1 without a leader, 1 under-replicated");
  REQUIRE(model.rows.size() == 2);
  CHECK(model.rows[0].health == Health::kLeaderless);
  CHECK(model.rows[1].name == "orders-0");
  CHECK(model.rows[1].behind == 3);
  CHECK(make_topics(view, kLabels, {{kOrders, 3}}).rows[1].health == Health::kUnderMinIsr);
  view.nodes()[1].up = false;  // b2, which leads
  CHECK(make_topics(view, kLabels, {{kOrders, 2}}).headline ==
        "2 partitions: 1 without a leader, 1 with a leader that is down");
}

TEST_CASE("faults of links are drawn between all pairs that they hit, one way where they are") {
  trace::View view = after_failover();
  trace::FaultView fault;
  fault.fault = 1;
  fault.kind = static_cast<std::int32_t>(world::FaultKind::kDelay);
  fault.nodes = {0};
  fault.from = {0};
  fault.one_way = true;
  view.faults().push_back(fault);
  const Labels labels(kNodes, {{kOrders, "orders"}}, {"cut", "+40 ms"});
  const ClusterModel model = make_cluster(view, labels);
  // From broker-1 to every other server; clients have no box.
  REQUIRE(model.links.size() == 3);
  for (const HarmedLink& link : model.links) {
    CHECK(link.a == 0);
    CHECK(link.one_way);
    CHECK(link.harm == LinkHarm::kSlow);
    CHECK(link.label == "+40 ms");
  }
  CHECK(model.faults == std::vector<std::string>{"delay (+40 ms) b1 -> all"});
}

TEST_CASE("an empty cluster has models too") {
  const trace::View nothing;
  const Labels nobody;
  CHECK(dump(make_cluster(nothing, nobody)) == "no active controller, 0 of 0 brokers serve\n");
  CHECK(dump(make_topics(nothing, nobody, {})) == "0 partitions\n");
  CHECK_FALSE(make_replicas(nothing, nobody, kOrders0));
}

TEST_CASE("a thousand partitions are a thousand rows, in order of trouble and number") {
  trace::View view(kNodes);
  view.nodes()[0].up = true;
  for (int i = 0; i < 1000; ++i) {
    trace::PartitionView& one = view.partition({kOrders, PartitionIndex(i)});
    one.replicas = {NodeId(1), NodeId(2), NodeId(3)};
    one.leader = i % 100 == 7 ? std::nullopt : std::optional(NodeId(1));
    one.isr = ReplicaSet(i % 10 == 3 ? 3 : 7);
  }
  const TopicsModel model = make_topics(view, kLabels, {{kOrders, 2}});
  CHECK(model.headline == "1000 partitions: 10 without a leader, 100 under-replicated");
  REQUIRE(model.rows.size() == 1000);
  CHECK(model.rows[0].name == "orders-7");
  CHECK(model.rows[9].name == "orders-907");
  CHECK(model.rows[10].name == "orders-3");
  CHECK(model.rows[999].name == "orders-999");
  const ClusterModel cluster = make_cluster(view, kLabels);
  CHECK(cluster.servers[0].replicas.size() == 1000);
}

TEST_CASE("offsets may be as large as they can") {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  trace::View view = after_failover();
  trace::LogView& leader = view.log(1, kOrders0);
  leader.log_end = leader.synced_end = Offset(kHuge);
  leader.high_watermark = Offset(kHuge - 1);
  leader.log_start = Offset(kHuge - 10);
  leader.epochs = {{LeaderEpoch(1), Offset(kHuge - 10)}};
  const auto model = make_replicas(view, kLabels, kOrders0);
  REQUIRE(model);
  CHECK(model->to == Offset(kHuge));
  REQUIRE(model->lanes[0].spans.size() == 2);
  CHECK(model->lanes[0].spans[0].to == Offset(kHuge - 1));
  CHECK(model->lanes[2].behind == kHuge - 13);
  CHECK_FALSE(dump(*model).empty());
}

TEST_CASE("what a power loss would take is told") {
  trace::View view = after_failover();
  view.log(1, kOrders0).synced_end = Offset(11);
  const auto model = make_replicas(view, kLabels, kOrders0);
  REQUIRE(model);
  CHECK(model->lanes[0].unsynced == 4);
  CHECK(dump(*model).find("synced 11  unsynced 4 records") != std::string::npos);
}

}  // namespace logarium::viz
