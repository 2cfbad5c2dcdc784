// Producers and consumers against a real cluster while brokers crash, connections reset and links
// are cut: what was acknowledged is read, once, in order.

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/workload/admin_application.hpp"
#include "sim/workload/consumer_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/world/world.hpp"
#include "tests/support/small_nodes.hpp"

namespace logarium::world {
namespace {

using test::add_client;
using test::add_server;
using workload::History;
using workload::Uid;

struct RetryCounter final : Observer {
  std::int64_t retries = 0;
  void on_event(const EventView& event) override {
    for (const Note& note : event.effects->notes) {
      const auto* sent = std::get_if<note::BatchSent>(&note);
      if (sent != nullptr && sent->attempt > 1) ++retries;
    }
  }
};

struct Story {
  explicit Story(std::uint64_t seed) : world(options(seed)), random(Random(seed).derive("story")) {
    server::ServerSetup shared;
    shared.cluster_id = "story";
    shared.config.topic_defaults.min_insync_replicas = 2;
    shared.empty_image = std::make_shared<const metadata::Image>();
    for (const std::int32_t id : {1001, 1002, 1003}) {
      shared.voters[NodeId(id)] = test::endpoint_of(id);
    }
    for (const std::int32_t id : {1001, 1002, 1003, 1, 2, 3}) {
      const NodeIndex server = add_server(world, id, shared);
      world.start(server);
      if (id <= 1000) brokers.push_back(server);
    }
    workload::AdminLoad load;
    load.brokers = 3;
    load.topics.push_back({"orders", 3, 3, {}, {}});
    admin = add_client(world, "admin", AdminConfig{},
                       std::make_unique<workload::AdminApplication>(load));
    world.start(admin);
    const auto ready = [&] {
      return dynamic_cast<const workload::AdminApplication&>(*world.application(admin)).ready();
    };
    while (!ready() && world.now() < Instant{seconds(60).ns} && world.step()) {
    }
    REQUIRE(ready());
  }

  static WorldOptions options(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.network.link.latency = Delay::exponential(milliseconds(1), {}, milliseconds(40));
    return options;
  }

  void add_producers(int count, Duration stop_after) {
    for (std::int32_t turn = 0; turn < count; ++turn) {
      workload::ProducerLoad load;
      load.application = static_cast<std::uint16_t>(turn + 1);
      load.topic = "orders";
      load.rate = 500;
      load.count = count;
      load.turn = turn;
      load.stop_after = stop_after;
      const std::string name = "p" + std::to_string(turn);
      producers.push_back(
          add_client(world, name, ProducerConfig{},
                     std::make_unique<workload::ProducerApplication>(load, random.derive(name))));
      world.start(producers.back());
    }
  }

  void add_consumer() {
    workload::ConsumerLoad load;
    for (std::int32_t p = 0; p < 3; ++p) load.partitions.push_back({"orders", PartitionIndex(p)});
    load.from.kind = client::SeekTarget::Kind::kBeginning;
    consumer = add_client(world, "c", ConsumerConfig{},
                          std::make_unique<workload::ConsumerApplication>(load, random));
    world.start(consumer);
  }

  void run_for(Duration time) { REQUIRE(world.run_until(world.now() + time)); }

  [[nodiscard]] const History& history(NodeIndex node) const {
    return *world.application(node)->history();
  }

  // One fault of a second or three, and its end.
  void hurt() {
    const NodeIndex broker = brokers[random.below(brokers.size())];
    const NodeIndex client = random.below(2) == 0 ? consumer : producers[0];
    const Duration time = milliseconds(random.between(500, 4000));
    switch (random.below(4)) {
      case 0:
        world.crash(broker);
        run_for(time);
        world.start(broker);
        run_for(seconds(8));  // back in the ISR before the next one goes
        break;
      case 1: {
        const FaultId cut = world.begin(LinkFault{.from = {broker}, .to = {client}});
        run_for(time);
        world.end(cut);
        break;
      }
      case 2:
        world.reset_connections(broker, client);
        break;
      default: {
        LinkFault lost{.kind = FaultKind::kFilter, .from = {broker}, .to = {client}};
        lost.ways = Ways::kOneWay;
        lost.ppm = 300'000;
        const FaultId filter = world.begin(lost);
        run_for(time);
        world.end(filter);
        break;
      }
    }
    run_for(seconds(1));
  }

  World world;
  Random random;
  NodeIndex admin, consumer;
  std::vector<NodeIndex> brokers, producers;
};

// What the consumer read, by partition and offset; every offset once and without a gap.
std::map<std::uint32_t, std::map<Offset, Uid>> read_log(const History& history) {
  std::map<std::uint32_t, std::map<Offset, Uid>> log;
  for (const workload::PollOp& poll : history.polls()) {
    REQUIRE(static_cast<std::uint32_t>(poll.next - poll.from) == poll.records);
    for (std::uint32_t i = 0; i < poll.records; ++i) {
      const Offset offset = poll.from + i;
      const auto [at, fresh] =
          log[poll.partition].emplace(offset, history.uids()[poll.first_uid + i]);
      CHECK(fresh);
    }
  }
  return log;
}

void check_story(const Story& story) {
  const History& read = story.history(story.consumer);
  CHECK(read.corrupt() == 0);
  const auto log = read_log(read);
  std::set<Uid> seen;
  for (const auto& [partition, records] : log) {
    std::map<std::uint16_t, Uid> last;
    Offset expected{0};
    for (const auto& [offset, uid] : records) {
      CHECK(offset == expected);
      expected = offset + 1;
      CHECK(seen.insert(uid).second);  // idempotence: once
      Uid& before = last[workload::application_of(uid)];
      CHECK((before == 0 || before < uid));  // in the order of sending
      before = uid;
    }
  }
  for (const NodeIndex producer : story.producers) {
    const History& sent = story.history(producer);
    CHECK(sent.unended() == 0);
    CHECK(sent.acked() > 5000);
    for (const workload::SendOp& op : sent.sends()) {
      if (op.outcome != workload::SendOutcome::kAcked) continue;
      CHECK(seen.contains(op.uid));
      if (!op.offset) continue;
      const PartitionRef ref = sent.partitions()[op.partition];
      for (const auto& [partition, records] : log) {
        if (read.partitions()[partition] != ref) continue;
        const auto at = records.find(*op.offset);
        CHECK((at != records.end() && at->second == op.uid));
      }
    }
  }
}

TEST_CASE("what was acknowledged is read once and in order, whatever happens to the brokers") {
  for (const std::uint64_t seed : {1U, 2U}) {
    INFO("seed " << seed);
    Story story(seed);
    RetryCounter counter;
    story.world.add_observer(counter);
    story.add_producers(1, seconds(30));
    story.add_consumer();
    const Instant end = story.world.now() + seconds(30);
    while (story.world.now() < end) story.hurt();
    story.run_for(seconds(30));
    check_story(story);
    CHECK(counter.retries > 0);
  }
}

}  // namespace
}  // namespace logarium::world
