#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <set>

#include "engine/base/ensure.hpp"
#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

const Instant kEnd{milliseconds(3200).ns};  // eight turns

// Faults of many kinds, chosen by the number of the call.
void disturb(World& world, std::uint64_t step) {
  const NodeIndex a(0);
  const NodeIndex b(1);
  switch (step) {
    case 1: {
      LinkFault cut;
      cut.from = {a};
      cut.to = {b};
      cut.ways = Ways::kOneWay;
      world.begin(cut, {1});
      break;
    }
    case 2:
      world.end_all_faults();
      world.crash(b, {2});
      break;
    case 3:
      world.start(b);
      world.pause(a, {3});
      break;
    case 4:
      world.resume(a);
      world.set_drift(a, 200, {4});
      world.power_loss(b, {5});
      break;
    case 5: {
      world.start(b);
      LinkFault loss;
      loss.kind = FaultKind::kLoss;
      loss.ppm = 100'000;
      world.begin(loss, {6});
      DiskFault slow;
      world.begin(b, slow, {7});
      world.slow(a, 5, {8});
      break;
    }
    default:
      world.end_all_faults();
  }
}

// Steps to the end, or until so many events have been, with a disturbance every 400 ms.
void finish(World& world, std::uint64_t events = ~0ULL) {
  constexpr std::int64_t kTurn = 400'000'000;
  while (world.now() < kEnd && world.events() < events) {
    const std::int64_t turn = world.now().ns / kTurn + 1;
    if (world.next_time() <= Instant{turn * kTurn}) {
      if (!world.step()) return;
    } else {
      world.run_until(Instant{turn * kTurn});
      disturb(world, static_cast<std::uint64_t>(turn));
    }
  }
}

std::uint64_t digest_of(Twist twist, std::uint64_t seed = 7) {
  World world = toy_world(seed, twist);
  world.run_until(kEnd);
  return world.digest();
}

// Text through bytes; a fault drops the last byte of some messages.
struct TextCodec : WireCodec {
  bool drops = false;
  [[nodiscard]] Result<Frame> round_trip(const Frame& frame,
                                         std::vector<std::byte>& buffer) const override {
    frame.body->encode(buffer, frame.api_version);
    std::string text(text_of(buffer));
    if (drops && text == "ping 30") text.pop_back();
    Frame out = frame;
    out.body = std::make_shared<Text>(text, frame.body->api_key(), frame.body->direction());
    return out;
  }
};

TEST_CASE("the same seed gives the same digest, another seed another") {
  CHECK(digest_of(Twist::kNone) == digest_of(Twist::kNone));
  CHECK(digest_of(Twist::kNone, 7) != digest_of(Twist::kNone, 8));
}

TEST_CASE("the toys talk, write and draw") {
  World world = toy_world(7);
  world.run_until(kEnd);
  CHECK(dynamic_cast<const Toy&>(*world.node(NodeIndex(0))).answers() > 300);
  CHECK(world.counters().bytes_written > 1000);
  CHECK(world.files(NodeIndex(0)).used_bytes() > 1000);
  CHECK(!world.failure());
}

TEST_CASE("each small change of one event changes the digest") {
  std::set<std::uint64_t> digests;
  const Twist twists[] = {Twist::kNone, Twist::kPayloadByte, Twist::kTimer,
                          Twist::kDraw, Twist::kFileOp,      Twist::kNote};
  for (const Twist twist : twists) digests.insert(digest_of(twist));
  CHECK(digests.size() == std::size(twists));
}

TEST_CASE("a copy taken at any event continues identically, also after the original is destroyed") {
  World reference = toy_world(11);
  finish(reference);
  REQUIRE(!reference.failure());
  Random random(1);
  for (int i = 0; i < 20; ++i) {
    auto original = std::make_unique<World>(toy_world(11));
    const std::uint64_t at = random.below(1500);
    finish(*original, at);
    World copy = *original;
    if (i % 2 == 0) finish(*original);
    if (i % 2 == 0) CHECK(original->digest() == reference.digest());
    original.reset();
    finish(copy);
    CHECK(copy.digest() == reference.digest());
    CHECK(copy.events() == reference.events());
    CHECK(copy.fault_counts() == reference.fault_counts());
  }
}

TEST_CASE("a copy taken amid faults continues identically") {
  World reference = toy_world(12);
  finish(reference);
  World original = toy_world(12);
  std::vector<World> copies;
  while (original.now() < kEnd) {
    const std::uint64_t turn = static_cast<std::uint64_t>(original.now().ns) / 400'000'000 + 1;
    original.run_until(Instant{static_cast<std::int64_t>(turn) * 400'000'000});
    disturb(original, turn);
    copies.push_back(original);
  }
  CHECK(original.digest() == reference.digest());
  for (World& copy : copies) {
    finish(copy);
    CHECK(copy.digest() == reference.digest());
  }
}

TEST_CASE("wire mode gives the same digest, and a codec fault another") {
  World wired = toy_world(7, Twist::kNone, std::make_shared<TextCodec>());
  wired.run_until(kEnd);
  CHECK(wired.digest() == digest_of(Twist::kNone));
  CHECK(wired.counters().message_bytes > 1000);
  auto faulty = std::make_shared<TextCodec>();
  faulty->drops = true;
  World broken = toy_world(7, Twist::kNone, faulty);
  broken.run_until(kEnd);
  CHECK(broken.digest() != wired.digest());
}

TEST_CASE("observers see every event in order and change nothing; a copy has none") {
  struct Watch : Observer {
    std::uint64_t last = 0;
    std::uint64_t notes = 0;
    bool in_order = true;
    void on_event(const EventView& event) override {
      in_order = in_order && event.number == last + 1;
      last = event.number;
      notes += event.effects->notes.size();
    }
  };
  Watch watch;
  World watched = toy_world(11);
  watched.add_observer(watch);
  watch.last = watched.events();
  World copy = watched;
  finish(watched);
  CHECK(watch.in_order);
  CHECK(watch.last == watched.events());
  CHECK(watch.notes > 100);
  finish(copy);
  CHECK(copy.digest() == watched.digest());
  CHECK(watch.last == watched.events());
}

TEST_CASE("a failed ENSURE in a step is reported with its event and ends the world") {
  struct Watch : Observer {
    std::uint64_t seen = 0;
    EventView last;
    void on_event(const EventView& event) override {
      ++seen;
      last = event;
    }
  };
  Bench bench;
  const NodeIndex a = bench.add("a");
  Watch watch;
  bench.world.add_observer(watch);
  const std::uint64_t before = bench.world.events();
  auto command = std::make_shared<Do>();
  command->fail = true;
  bench.world.command(a, CommandId(1), command);
  CHECK(!bench.world.run_until(Instant{1000}));
  // Observers get the event that broke the world, so that whoever keeps the run has all of it.
  CHECK(watch.seen == bench.world.events() - before);
  CHECK(watch.last.number == bench.world.events());
  CHECK(watch.last.broken);
  REQUIRE(bench.world.failure());
  CHECK(bench.world.failure()->node == a);
  CHECK(bench.world.failure()->event == bench.world.events());
  CHECK(bench.world.failure()->text.find("what.fail") != std::string::npos);
  CHECK(!bench.world.step());
}

TEST_CASE("an ENSURE that fails in one observer keeps the event from no other") {
  struct Fails : Observer {
    void on_event(const EventView&) override { ENSURE(false && "observer"); }
  };
  struct Watch : Observer {
    std::uint64_t last = 0;
    void on_event(const EventView& event) override { last = event.number; }
  };
  Bench bench;
  const NodeIndex a = bench.add("a");
  Fails fails;
  Watch watch;
  bench.world.add_observer(fails);
  bench.world.add_observer(watch);
  bench.world.command(a, CommandId(1), std::make_shared<Do>());
  CHECK(!bench.world.run_until(Instant{1000}));
  REQUIRE(bench.world.failure());
  CHECK(bench.world.failure()->event == bench.world.events());
  CHECK(watch.last == bench.world.events());
}

}  // namespace
}  // namespace logarium::world::test
