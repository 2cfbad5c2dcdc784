#include <catch2/catch_test_macros.hpp>

#include "sim/world/clock.hpp"
#include "tests/unit/sim/world/probe.hpp"

namespace logarium::world::test {
namespace {

Instant at_s(std::int64_t s) { return Instant{seconds(s).ns}; }

TEST_CASE("a drifting clock's inverse is exact both ways") {
  for (const std::int64_t ppm : {-500'000, -333, -1, 0, 1, 17, 999, 500'000}) {
    NodeClock clock(Instant{1000}, WallTime{5});
    clock.set_drift(Instant{12'345}, ppm);
    Random random(3);
    for (int i = 0; i < 2000; ++i) {
      const Instant deadline{random.between(1000, i % 2 == 0 ? 100'000 : 4'000'000'000'000'000)};
      const Instant when = clock.true_time_of(deadline);
      CHECK(clock.read(when).monotonic >= deadline);
      if (when > Instant{12'345}) CHECK(clock.read(when - nanoseconds(1)).monotonic < deadline);
    }
    CHECK(clock.true_time_of(kNever) == kNever);
  }
}

TEST_CASE("a change of drift moves no clock back and no clock forth") {
  NodeClock clock(Instant{0}, WallTime{0});
  clock.set_drift(at_s(10), 100'000);
  CHECK(clock.read(at_s(10)).monotonic == at_s(10));
  CHECK(clock.read(at_s(20)).monotonic == at_s(21));
  clock.set_drift(at_s(20), -100'000);
  CHECK(clock.read(at_s(20)).monotonic == at_s(21));
  CHECK(clock.read(at_s(30)).monotonic == at_s(30));
  clock.step_wall(seconds(-7));
  CHECK(clock.read(at_s(30)).wall == WallTime{seconds(23).ns});
  CHECK(clock.read(at_s(30)).monotonic == at_s(30));
}

TEST_CASE("timers fire by the node's own clock, early or late in true time") {
  Bench bench;
  const NodeIndex fast = bench.add("fast");
  const NodeIndex slow = bench.add("slow");
  const NodeIndex right = bench.add("right");
  bench.world.set_drift(fast, 100'000);
  bench.arm(fast, seconds(11));
  bench.arm(slow, seconds(9));
  bench.world.set_drift(slow, -100'000);  // the armed wake-up moves
  bench.arm(right, seconds(10));
  bench.run(milliseconds(9999));
  for (const NodeIndex node : {fast, slow, right}) CHECK(bench.story(node).empty());
  bench.run(milliseconds(1));
  for (const NodeIndex node : {fast, slow, right}) CHECK(bench.story(node).size() == 1);
  CHECK(bench.world.fault_counts().of(FaultKind::kClock) >= 2);
}

TEST_CASE("a wall step moves the wall clock only") {
  Bench bench;
  const NodeIndex a = bench.add("a");
  const Now before = bench.world.clock(a);
  bench.world.step_wall(a, seconds(-3600));
  CHECK(bench.world.clock(a).wall - before.wall == seconds(-3600));
  CHECK(bench.world.clock(a).monotonic == before.monotonic);
  bench.world.end_all_faults();
  CHECK(bench.world.clock(a).wall == before.wall);
}

TEST_CASE("a paused node takes its inputs and timers in order when it goes on") {
  Bench bench;
  const NodeIndex a = bench.add("a");
  const NodeIndex b = bench.add("b");
  bench.connect(a, "b");
  bench.arm(b, seconds(1));
  bench.world.pause(b);
  CHECK(!bench.world.pause(b));
  bench.send(a, 2, "one");
  bench.send(a, 2, "two");
  bench.run(seconds(5));
  CHECK(bench.story(b) == std::vector<std::string>{"accepted 1"});
  bench.world.resume(b);
  bench.run(milliseconds(1));
  const auto story = bench.story(b);
  REQUIRE(story.size() == 4);
  CHECK(std::find(story.begin(), story.end(), "received one") <
        std::find(story.begin(), story.end(), "received two"));
  CHECK(std::find(story.begin(), story.end(), "wake") != story.end());
  CHECK(bench.world.fault_counts().of(FaultKind::kPause) == 1);
  CHECK(bench.world.fault_counts().inputs_held == 2);
  CHECK(bench.world.fault_counts().wakes_held == 1);
}

TEST_CASE("a slow node handles one input after the other") {
  Bench bench;
  const NodeIndex a = bench.add("a");
  const NodeIndex b = bench.add("b");
  bench.connect(a, "b");
  bench.world.slow(b, 1000);  // 20 ms each
  for (int i = 0; i < 3; ++i) bench.send(a, 2, std::to_string(i));
  bench.run(milliseconds(1));
  CHECK(bench.story(b).size() == 2);
  bench.run(milliseconds(20));
  CHECK(bench.story(b).size() == 3);
  bench.run(milliseconds(20));
  CHECK(bench.story(b).size() == 4);
  CHECK(bench.story(b).back() == "received 2");
  CHECK(bench.world.fault_counts().of(FaultKind::kSlowNode) == 3);
}

TEST_CASE("each incarnation has its own number and seed, and timers die with the process") {
  Bench bench;
  struct Seeds : Observer {
    std::vector<std::uint64_t> seeds;
    std::vector<std::string> notes;
    void on_event(const EventView& event) override {
      if (event.input == nullptr) {
        for (const Note& note : event.effects->notes) notes.emplace_back(note_name(note));
      } else if (const auto* started = std::get_if<Started>(event.input)) {
        seeds.push_back(started->seed);
      }
    }
  } watch;
  bench.world.add_observer(watch);
  const NodeIndex a = bench.add("a");
  bench.arm(a, seconds(1));
  bench.world.crash(a);
  CHECK(!bench.world.crash(a));
  CHECK(bench.world.node(a) == nullptr);
  bench.world.start(a);
  bench.run(seconds(5));
  CHECK(bench.world.incarnation(a) == Incarnation(2));
  CHECK(bench.story(a).empty());
  REQUIRE(watch.seeds.size() == 2);
  CHECK(watch.seeds[0] == Random(1).derive("a", 1).fingerprint());
  CHECK(watch.seeds[1] == Random(1).derive("a", 2).fingerprint());
  CHECK(watch.notes == std::vector<std::string>{"process started", "fault began", "process ended",
                                                "process started"});
}

TEST_CASE("an orderly stop ends with the node's Exit") {
  Bench bench;
  const NodeIndex a = bench.add("a");
  CHECK(bench.world.request_shutdown(a));
  bench.run(milliseconds(1));
  CHECK(bench.world.state(a) == ProcessState::kDown);
  CHECK(!bench.world.request_shutdown(a));
}

}  // namespace
}  // namespace logarium::world::test
