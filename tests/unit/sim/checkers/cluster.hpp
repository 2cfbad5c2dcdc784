#pragma once
// Cluster: a small cluster in a simulated world with checkers that watch it, for the forms that
// read the nodes themselves: two brokers and a controller, one topic of two partitions, a producer.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/checkers/properties.hpp"
#include "sim/checkers/suite.hpp"
#include "sim/workload/admin_actions.hpp"
#include "sim/workload/admin_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/world/world.hpp"
#include "tests/support/small_nodes.hpp"

namespace logarium::checkers {

struct Cluster final : world::Observer {
  static constexpr world::NodeIndex kController1001{0};
  static constexpr world::NodeIndex kBroker1{1};
  static constexpr world::NodeIndex kBroker2{2};
  static constexpr world::NodeIndex kAdmin{3};
  using Forget = std::function<bool(world::NodeIndex, const Note&)>;

  // What differs from one test to the next.
  struct Options {
    Forget forget{};          // notes that are kept from the checkers
    std::vector<Rule> off{};  // rules of all nodes
    std::function<void(server::ServerSetup&)> servers{};
    std::function<void(workload::AdminLoad&)> topics{};
    ProducerConfig producer{};
    std::optional<std::uint64_t> records_max{};
  };

  explicit Cluster(Options how) : world(options()), forget(std::move(how.forget)) {
    if (forget)
      suite = only(make_notes_agree());  // the others would say a lot about a missing note
    server::ServerSetup shared;
    shared.cluster_id = "full forms";
    shared.config.topic_defaults.min_insync_replicas = 1;
    shared.config.broker.broker_session_timeout_ms = 3000;
    shared.config.broker.broker_heartbeat_interval_ms = 500;
    for (const Rule rule : how.off) shared.rules.switch_off(rule);
    if (how.servers) how.servers(shared);
    shared.empty_image = std::make_shared<const metadata::Image>();
    shared.voters[NodeId(1001)] = test::endpoint_of(1001);
    for (const std::int32_t id : {1001, 1, 2}) test::add_server(world, id, shared);
    workload::AdminLoad admin;
    admin.brokers = 2;
    admin.topics.push_back({"orders", 2, 2, {}, {}});
    if (how.topics) how.topics(admin);
    test::add_client(world, "admin", AdminConfig{},
                     std::make_unique<workload::AdminApplication>(admin), 2, shared.rules);
    workload::ProducerLoad load;
    load.topic = "orders";
    load.rate = 50;
    load.records_max = how.records_max;
    test::add_client(world, "producer", how.producer,
                     std::make_unique<workload::ProducerApplication>(load, Random(1)), 2,
                     shared.rules);
    suite.start(world);
    world.add_observer(*this);
    for (std::uint32_t i = 0; i < world.size(); ++i) world.start(world::NodeIndex(i));
  }

  static Suite only(std::unique_ptr<Checker> checker) {
    std::vector<std::unique_ptr<Checker>> checkers;
    checkers.push_back(std::move(checker));
    return Suite(std::move(checkers));
  }
  static world::WorldOptions options() {
    world::WorldOptions made;
    made.seed = 5;
    return made;
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
  // A command of the test to the admin client.
  void ask(MessageRef request) {
    const CommandId id(workload::kFirstOwnerCommand + asked++);
    world.command(kAdmin, id, workload::admin_command(std::move(request)));
  }
  // The run ends here, as if all faults had ended at the start.
  void end() {
    Moment moment = this->moment();
    moment.healed_since = Instant{0};
    suite.at_end(world, moment);
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

  world::World world;
  Forget forget;
  Suite suite;
  bool checks_every_event = false;
  std::uint64_t asked = 0;
};

}  // namespace logarium::checkers
