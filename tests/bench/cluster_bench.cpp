// The reference cluster S0 on the simulated host, without checkers: 3 brokers, 3 controllers, one
// topic of 6 partitions with 3 replicas, 2 producers and 3 consumers, 1,000 records a second.
// Prints what an event costs. Arguments: `wire` sends every message as bytes, `counts` counts notes
// and inputs, `notes` prints every note, `chaos SEED` breaks something every two seconds, `copies
// SEED` checks that copies taken during chaos continue identically.

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "sim/workload/admin_application.hpp"
#include "sim/workload/consumer_application.hpp"
#include "sim/workload/producer_application.hpp"
#include "sim/world/protocol_wire.hpp"
#include "sim/world/world.hpp"
#include "tests/support/small_nodes.hpp"

namespace logarium::world {
namespace {

using test::add_client;
using test::add_server;

struct Printer : Observer {
  const World* world = nullptr;
  bool prints = false;
  std::map<std::string, std::uint64_t> notes;
  std::map<std::string, std::uint64_t> inputs;
  void on_event(const EventView& event) override {
    if (event.input != nullptr) {
      std::string kind = std::to_string(event.input->index());
      if (const auto* got = std::get_if<Received>(event.input)) {
        kind = "api " + std::to_string(got->frame.body->api_key()) +
               (got->frame.body->direction() == Message::Direction::kRequest ? " >" : " <");
      } else if (const auto* io = std::get_if<IoDone>(event.input)) {
        kind = "io " + std::to_string(static_cast<int>(io->kind));
      }
      ++inputs[kind];
    }
    for (const Note& note : event.effects->notes) {
      ++notes[std::string(note_name(note))];
      if (!prints) continue;
      std::printf("%8llu %12lld %-6s %s\n", static_cast<unsigned long long>(event.number),
                  static_cast<long long>(event.time.ns / 1000), world->name(event.node).c_str(),
                  to_string(note).c_str());
    }
  }
};

struct Cluster {
  explicit Cluster(const WorldOptions& options) : world(options) {}
  World world;
  NodeIndex admin;
  std::vector<NodeIndex> producers;
};

Cluster make(const WorldOptions& options) {
  Cluster cluster(options);
  World& world = cluster.world;
  server::ServerSetup shared;
  shared.cluster_id = "bench";
  shared.config.topic_defaults.min_insync_replicas = 2;
  shared.empty_image = std::make_shared<const metadata::Image>();
  for (const std::int32_t id : {1001, 1002, 1003}) {
    shared.voters[NodeId(id)] = test::endpoint_of(id);
  }
  for (const std::int32_t id : {1001, 1002, 1003, 1, 2, 3}) {
    world.start(add_server(world, id, shared));
  }
  workload::AdminLoad admin;
  admin.brokers = 3;
  admin.topics.push_back({"orders", 6, 3, {}, {}});
  cluster.admin = add_client(world, "admin", AdminConfig{},
                             std::make_unique<workload::AdminApplication>(admin));
  world.start(cluster.admin);
  for (std::int32_t turn = 0; turn < 2; ++turn) {
    workload::ProducerLoad load;
    load.application = static_cast<std::uint16_t>(turn + 1);
    load.topic = "orders";
    load.count = 2;
    load.turn = turn;
    const std::string name = "p" + std::to_string(turn);
    cluster.producers.push_back(
        add_client(world, name, ProducerConfig{},
                   std::make_unique<workload::ProducerApplication>(load, Random(1).derive(name))));
  }
  for (std::int32_t turn = 0; turn < 3; ++turn) {
    workload::ConsumerLoad load;
    for (std::int32_t p = 2 * turn; p < 2 * turn + 2; ++p) {
      load.partitions.push_back({"orders", PartitionIndex(p)});
    }
    load.from.kind = client::SeekTarget::Kind::kBeginning;
    const std::string name = "c" + std::to_string(turn);
    cluster.producers.push_back(
        add_client(world, name, ConsumerConfig{},
                   std::make_unique<workload::ConsumerApplication>(load, Random(1).derive(name))));
  }
  return cluster;
}

// One random fault of a random node, after the end of all earlier ones.
void disturb(World& world, Random& random) {
  world.end_all_faults();
  for (std::uint32_t i = 0; i < 6; ++i) world.start(NodeIndex(i));
  const NodeIndex node(static_cast<std::uint32_t>(random.below(6)));
  LinkFault link;
  link.from = {node};
  link.ways = random.below(2) == 0 ? Ways::kOneWay : Ways::kBoth;
  link.delay = Delay::uniform({}, milliseconds(300));
  link.ppm = 200'000;
  link.bytes_per_second = 20'000;
  DiskFault disk;
  disk.factor = 100;
  const FaultKind kinds[] = {FaultKind::kCut,     FaultKind::kLoss,      FaultKind::kDelay,
                             FaultKind::kReorder, FaultKind::kBandwidth, FaultKind::kFilter};
  switch (random.below(9)) {
    case 0:
      world.crash(node);
      break;
    case 1:
      world.power_loss(node);
      break;
    case 2:
      world.pause(node);
      break;
    case 3:
      world.slow(node, 50);
      break;
    case 4:
      world.begin(node, disk);
      break;
    case 5:
      world.set_drift(node, 100'000);
      break;
    case 6:
      world.request_shutdown(node);
      break;
    default:
      link.kind = kinds[random.below(std::size(kinds))];
      world.begin(link);
  }
}

// `keep` takes copies of the world, each with the state of the fault generator, amid the turns.
using Copies = std::vector<std::pair<World, Random>>;
void run_chaos(World& world, Random random, Instant end, Copies* keep = nullptr) {
  const Duration turn = seconds(2);
  while (world.now() + seconds(15) < end && !world.failure()) {
    // A copy is taken between two turns; a turn then begins with the same fault.
    if (keep != nullptr && keep->size() < 20) keep->emplace_back(world, random);
    disturb(world, random);
    world.run_until(world.now() + turn);
  }
  world.end_all_faults();
  for (std::uint32_t i = 0; i < 6; ++i) world.start(NodeIndex(i));
}

// Copies taken during chaos must end as the original did, which is destroyed first.
int check_copies(Cluster cluster, std::uint64_t seed, Instant end) {
  Copies copies;
  run_chaos(cluster.world, Random(seed), end, &copies);
  cluster.world.run_until(end);
  const std::uint64_t digest = cluster.world.digest();
  cluster = Cluster(WorldOptions());
  int different = 0;
  for (auto& [copy, random] : copies) {
    run_chaos(copy, random, end);
    copy.run_until(end);
    if (copy.digest() != digest) ++different;
  }
  std::printf("%zu copies, %d differ\n", copies.size(), different);
  return different;
}

struct Mode {
  bool copies = false;
  bool counts = false;
  bool prints = false;
  std::uint64_t chaos = 0;
  std::shared_ptr<const WireCodec> wire;
};

int run(const Mode& mode) {
  WorldOptions options;
  options.seed = 42 + mode.chaos;
  options.wire = mode.wire;
  options.network.link.latency = Delay::exponential(milliseconds(1), {}, milliseconds(40));
  Cluster cluster = make(options);
  World& world = cluster.world;
  Printer printer;
  printer.world = &world;
  printer.prints = mode.prints;
  if (mode.counts) world.add_observer(printer);
  const auto ready = [&] {
    return dynamic_cast<const workload::AdminApplication&>(*world.application(cluster.admin))
        .ready();
  };
  while (!ready() && world.now() < Instant{seconds(60).ns} && world.step()) {
  }
  std::printf("ready: %d at %lld us, %llu events\n", ready() ? 1 : 0,
              static_cast<long long>(world.now().ns / 1000),
              static_cast<unsigned long long>(world.events()));
  for (const NodeIndex node : cluster.producers) world.start(node);
  const Instant end = world.now() + seconds(60);
  const std::uint64_t before = world.events();
  const auto begin = std::chrono::steady_clock::now();
  if (mode.copies) return check_copies(cluster, mode.chaos, end);
  if (mode.chaos > 0) run_chaos(world, Random(mode.chaos), end);
  world.run_until(end);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - begin)
                        .count();
  const std::uint64_t events = world.events() - before;
  if (world.failure()) {
    std::printf("FAILED at event %llu on %s: %s\n",
                static_cast<unsigned long long>(world.failure()->event),
                world.name(world.failure()->node).c_str(), world.failure()->text.c_str());
  }
  std::printf("60 s: %llu events in %lld us, digest %016llx, %llu message bytes\n",
              static_cast<unsigned long long>(events), static_cast<long long>(took),
              static_cast<unsigned long long>(world.digest()),
              static_cast<unsigned long long>(world.counters().message_bytes));
  const auto copying = std::chrono::steady_clock::now();
  const World copy = world;
  const auto copied = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - copying)
                          .count();
  std::printf("copy: %lld us\n", static_cast<long long>(copied));
  for (const auto& [name, count] : printer.notes) {
    std::printf("  %-28s %llu\n", name.c_str(), static_cast<unsigned long long>(count));
  }
  for (const auto& [name, count] : printer.inputs) {
    std::printf("  input %-22s %llu\n", name.c_str(), static_cast<unsigned long long>(count));
  }
  return world.failure() ? 1 : 0;
}

}  // namespace
}  // namespace logarium::world

int main(int count, char** arguments) {
  const std::string name = count > 1 ? arguments[1] : "";
  logarium::world::Mode mode;
  mode.prints = name == "notes";
  mode.counts = mode.prints || name == "counts" || name == "chaos";
  mode.copies = name == "copies";
  if (name == "chaos" || mode.copies) mode.chaos = count > 2 ? std::stoull(arguments[2]) : 1;
  if (name == "wire") mode.wire = std::make_shared<logarium::world::ProtocolWire>();
  return logarium::world::run(mode);
}
