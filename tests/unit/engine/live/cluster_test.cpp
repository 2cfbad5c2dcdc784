// Whole nodes on real sockets and files, as far as the tests of the program do not reach.

#include "engine/live/cluster.hpp"

#include <catch2/catch_test_macros.hpp>

namespace logarium::live {
namespace {

// A port that was free a moment ago.
std::uint16_t free_port(Loop& loop) {
  return Listener::open(loop, {"127.0.0.1", 0}).value()->endpoint().port;
}

struct Running {
  Running(Loop& loop, LogLines& log, ClusterPlan plan)
      : cluster(loop, log, std::move(plan),
                {[&loop] { loop.stop(); },
                 [this, &loop](bool clean) {
                   ended = true;
                   ended_clean = clean;
                   loop.stop();
                 }}) {
    REQUIRE(cluster.open().ok());
    cluster.start();
  }
  bool ended = false;
  bool ended_clean = false;
  Cluster cluster;
};

TEST_CASE("a broker whose controller is gone stops after its patience, and not before") {
  auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  Loop loop;
  LogLines log;
  const std::uint16_t port = free_port(loop);
  const std::map<NodeId, Endpoint> voters{{NodeId(1), {"127.0.0.1", port}}};
  const Result<ClusterPlan> made =
      plan_quick_cluster({.brokers = 1, .port = 0, .data = folder.value().path()});
  REQUIRE(made.ok());
  ClusterPlan controller = made.value();
  controller.durability = Durability::kPageCache;
  controller.voters = voters;
  controller.nodes[0].listeners.at(1).bind.port = port;
  ClusterPlan broker = controller;
  broker.stop_patience = std::chrono::milliseconds(300);
  NodePlan& node = broker.nodes[0];
  node.id = NodeId(2);
  node.roles = {.broker = true, .controller = false};
  node.directory = folder.value().path() + "/node-2";
  node.listeners.pop_back();

  auto one = std::make_unique<Running>(loop, log, std::move(controller));
  loop.run();
  loop.restart();
  Running two(loop, log, std::move(broker));
  loop.run();
  loop.restart();
  one.reset();  // as by kill -9
  const auto begun = std::chrono::steady_clock::now();
  two.cluster.stop();
  loop.run();
  const auto took = std::chrono::steady_clock::now() - begun;
  CHECK(two.ended);
  CHECK_FALSE(two.ended_clean);
  CHECK(took >= std::chrono::milliseconds(300));
}

}  // namespace
}  // namespace logarium::live
