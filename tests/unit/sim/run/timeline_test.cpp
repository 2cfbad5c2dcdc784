#include "sim/run/timeline.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "engine/base/state_visitor.hpp"
#include "sim/scenario/scenario_file.hpp"

using namespace logarium;
using namespace logarium::run;

namespace {

scenario::PlanRef plan() {
  const scenario::ReadResult read = scenario::read(
      R"json({ "name": "short", "story": "Short.", "duration": "22s",
        "topics": [ { "name": "orders" } ],
        "clients": [ { "producer": { "topic": "orders", "rate": "50/s" } } ],
        "phases": [ { "chaos": "2s" }, { "heal": "all" }, { "quiesce": { "within": "20s" } } ],
        "faults": [ { "at": "1s", "crash": "leader(orders-0)" } ] })json",
      "short.json");
  for (const scenario::Problem& problem : read.problems) FAIL(to_string(problem));
  return std::make_shared<const scenario::Plan>(scenario::resolve(read.model, 1));
}

std::uint64_t state_of(const Run& run) { return state_hash(run.world()); }

}  // namespace

TEST_CASE("a run is the same at an event from whichever side one comes") {
  Timeline timeline(plan(), {}, {.spacing = 100, .checkpoints_max = 8});
  std::map<std::uint64_t, std::uint64_t> seen;
  for (const std::uint64_t event : {50U, 400U, 1000U, 1500U, 2000U}) {
    seen[event] = state_of(timeline.seek(event));
    CHECK(timeline.at().world().events() >= event);
  }
  for (const std::uint64_t event : {1500U, 50U, 2000U, 400U, 1000U, 1000U}) {
    INFO(event);
    CHECK(state_of(timeline.seek(event)) == seen[event]);
  }
}

TEST_CASE("checkpoints thin out instead of growing with the run") {
  Timeline timeline(plan(), {}, {.spacing = 10, .checkpoints_max = 8});
  timeline.seek(2000);
  CHECK(timeline.checkpoints() <= 8);
  CHECK(timeline.spacing() >= 160);
}

TEST_CASE("beyond the last event lies the end of the run, and one can go back from there") {
  Timeline timeline(plan());
  Run straight(plan());
  straight.to_end();
  CHECK(timeline.seek(1'000'000'000).over());
  CHECK(timeline.at().world().digest() == straight.world().digest());
  CHECK_FALSE(timeline.seek(10).over());
  CHECK(timeline.seek(1'000'000'000).world().digest() == straight.world().digest());
}
