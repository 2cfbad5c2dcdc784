// The forms that read the nodes themselves, on a small cluster: silent after every event of a
// clean run, and loud when a node forgets a note.

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/sim/checkers/cluster.hpp"

using namespace logarium;
using namespace logarium::checkers;
using world::NodeIndex;

namespace {

template <class N>
bool is(const Note& note) {
  return std::holds_alternative<N>(note);
}

}  // namespace

TEST_CASE("after every event the nodes hold what their notes say, also across crashes") {
  Cluster cluster({});
  cluster.checks_every_event = true;
  cluster.run_for(seconds(8));
  CHECK(cluster.first() == "");
  CHECK(cluster.suite.state().counts().acked > 50);
  cluster.world.crash(NodeIndex(1));
  cluster.run_for(seconds(5));
  cluster.world.start(NodeIndex(1));
  cluster.run_for(seconds(5));
  cluster.world.power_loss(NodeIndex(2));
  cluster.run_for(seconds(5));
  cluster.world.start(NodeIndex(2));
  cluster.run_for(seconds(5));
  CHECK(cluster.first() == "");
  CHECK_FALSE(cluster.world.failure());
}

TEST_CASE("a node that forgets a note cannot hide it") {
  const Cluster::Forget forgetful[] = {
      [](NodeIndex node, const Note& note) {
        return node == NodeIndex(2) && is<note::Appended>(note);
      },
      [](NodeIndex node, const Note& note) {
        return node == NodeIndex(1) && is<note::HighWatermarkMoved>(note);
      },
      [](NodeIndex node, const Note& note) {
        return node == NodeIndex(1) && is<note::BecameFollower>(note);
      },
      [](NodeIndex node, const Note& note) {
        return node == NodeIndex(2) && is<note::ReplicaOpened>(note);
      },
  };
  int at = 0;
  for (const Cluster::Forget& forget : forgetful) {
    ++at;
    Cluster cluster({.forget = forget});
    cluster.run_for(seconds(8));
    cluster.suite.check_fully(cluster.world, cluster.moment());
    INFO("note " << at);
    CHECK(cluster.found("F1"));
  }
}

TEST_CASE(
    "an ISR change without an answer and a broker that cannot register are found at the end") {
  Cluster cluster({});
  cluster.run_for(seconds(8));
  cluster.world.crash(NodeIndex(0));
  cluster.world.crash(NodeIndex(2));
  cluster.run_for(seconds(150));
  cluster.world.start(NodeIndex(2));
  cluster.run_for(seconds(55));
  Moment moment = cluster.moment();
  moment.healed_since = Instant{0};  // as if the dead controller were none of the faults
  cluster.suite.at_end(cluster.world, moment);
  CHECK(cluster.found("L5"));
  CHECK(cluster.found("L9"));
}
