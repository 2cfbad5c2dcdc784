// The forms that read the nodes themselves, on a small cluster: silent after every event of a
// clean run, and loud when a node forgets a note.

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>
#include <string>

#include "engine/client/client_node.hpp"
#include "engine/server/server_node.hpp"
#include "sim/checkers/suite.hpp"
#include "sim/workload/admin_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/world/world.hpp"
#include "tests/unit/sim/checkers/stream.hpp"

using namespace logarium;
using namespace logarium::checkers;
using world::NodeIndex;
using world::World;

namespace {

// Two brokers and a controller, one topic of two partitions, a producer.
struct Cluster final : world::Observer {
  using Forget = std::function<bool(NodeIndex, const Note&)>;

  explicit Cluster(Forget forgets) : world(options()), forget(std::move(forgets)) {
    if (forget) suite = only_notes_agree();  // the others would say a lot about a missing note
    server::ServerSetup shared;
    shared.cluster_id = "full forms";
    shared.config.topic_defaults.min_insync_replicas = 1;
    shared.config.broker.broker_session_timeout_ms = 3000;
    shared.config.broker.broker_heartbeat_interval_ms = 500;
    shared.empty_image = std::make_shared<const metadata::Image>();
    shared.voters[NodeId(1001)] = Endpoint{"n1001", 9092};
    for (const std::int32_t id : {1001, 1, 2}) add_server(id, shared);
    workload::AdminLoad admin;
    admin.brokers = 2;
    admin.topics.push_back({"orders", 2, 2, {}, {}});
    add_client("admin", AdminConfig{}, std::make_unique<workload::AdminApplication>(admin));
    workload::ProducerLoad load;
    load.topic = "orders";
    load.rate = 50;
    add_client("producer", ProducerConfig{},
               std::make_unique<workload::ProducerApplication>(load, Random(1)));
    suite.start(world);
    world.add_observer(*this);
    for (std::uint32_t i = 0; i < world.size(); ++i) world.start(NodeIndex(i));
  }

  static Suite only_notes_agree() {
    std::vector<std::unique_ptr<Checker>> checkers;
    checkers.push_back(make_notes_agree());
    return Suite(std::move(checkers));
  }
  static world::WorldOptions options() {
    world::WorldOptions made;
    made.seed = 5;
    return made;
  }
  void add_server(std::int32_t id, const server::ServerSetup& shared) {
    auto setup = std::make_shared<server::ServerSetup>(shared);
    world::NodeOptions node;
    node.name = "n" + std::to_string(id);
    node.id = NodeId(id);
    node.kind = id > 1000 ? world::NodeKind::kController : world::NodeKind::kBroker;
    setup->node_id = node.id;
    setup->roles.controller = id > 1000;
    setup->roles.broker = id <= 1000;
    setup->listeners = server::only_listener({node.name, 9092}, setup->roles);
    node.prototype = std::make_shared<server::ServerNode>();
    node.setup = setup;
    world.add_node(node);
  }
  void add_client(const std::string& name, client::ClientConfigVariant config,
                  std::unique_ptr<workload::Application> application) {
    auto setup = std::make_shared<client::ClientSetup>();
    setup->config = std::move(config);
    setup->bootstrap = {{"n1", 9092}, {"n2", 9092}};
    world::NodeOptions node;
    node.name = name;
    node.kind = world::NodeKind::kClient;
    node.prototype = std::make_shared<client::ClientNode>();
    node.setup = setup;
    world.attach(world.add_node(node), std::move(application));
  }

  void on_event(const world::EventView& event) override {
    Effects told;
    for (const Note& note : event.effects->notes) {
      if (forget && forget(event.node, note)) continue;
      told.note(note);
    }
    world::EventView seen = event;
    seen.effects = &told;
    suite.on_event(world, seen);
    if (checks_every_event) suite.check_fully(world, moment());
  }
  [[nodiscard]] Moment moment() const {
    Moment now;
    now.event = world.events();
    now.time = world.now();
    return now;
  }
  void run_for(Duration duration) {
    const Instant end = world.now() + duration;
    while (world.now() < end && !world.failure() && world.step()) {
    }
  }
  [[nodiscard]] std::string first() const {
    const auto& found = suite.findings().violations();
    return found.empty() ? std::string()
                         : std::string(found[0].property.id) + ": " + found[0].explanation +
                               " expected " + found[0].expected + " seen " + found[0].seen;
  }
  [[nodiscard]] bool found(std::string_view id) const {
    for (const Violation& violation : suite.findings().violations()) {
      if (violation.property.id == id) return true;
    }
    return false;
  }

  World world;
  Forget forget;
  Suite suite;
  bool checks_every_event = false;
};

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
    Cluster cluster(forget);
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
