#include "sim/run/timeline.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <utility>

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

namespace {

// A copy costs as much as so many events, and so many bytes.
class CountingMeter final : public Meter {
 public:
  CountingMeter(std::int64_t events_per_copy, std::int64_t bytes_per_copy)
      : events_per_copy_(events_per_copy), bytes_per_copy_(bytes_per_copy) {}
  void watch(const Timeline& timeline) { timeline_ = &timeline; }
  std::int64_t work() override {
    if (timeline_ == nullptr) return 0;
    return static_cast<std::int64_t>(timeline_->at().world().events()) +
           copies() * events_per_copy_;
  }
  std::int64_t bytes() override { return copies() * bytes_per_copy_; }

 private:
  [[nodiscard]] std::int64_t copies() const {
    return timeline_ == nullptr ? 0 : static_cast<std::int64_t>(timeline_->copies());
  }
  std::int64_t events_per_copy_, bytes_per_copy_;
  const Timeline* timeline_ = nullptr;
};

struct Metered {
  CountingMeter* meter;
  Timeline timeline;
  Metered(std::unique_ptr<CountingMeter> made, const TimelineOptions& options)
      : meter(made.get()), timeline(plan(), {}, options, std::move(made)) {
    meter->watch(timeline);
  }
};

}  // namespace

TEST_CASE("copying takes at most a tenth of the run, however dear a copy is") {
  for (const std::int64_t cost : {1, 10, 20, 50}) {
    INFO("a copy costs as much as " << cost << " events");
    Metered one(std::make_unique<CountingMeter>(cost, 0), {.spacing = 10, .checkpoints_max = 1000});
    one.timeline.seek(2000);
    // The first copy is made before it is known what one costs.
    CHECK(static_cast<std::int64_t>(one.timeline.copies() - 1) * cost * 10 <= 2000);
    CHECK(one.timeline.copies() >= 2);
    CHECK(one.timeline.spacing() >= static_cast<std::uint64_t>(cost * 10));
  }
}

TEST_CASE("checkpoints stay within their share of memory") {
  Metered one(std::make_unique<CountingMeter>(0, 1000),
              {.spacing = 10, .checkpoints_max = 1000, .bytes_max = 9500});
  one.timeline.seek(2000);
  CHECK(one.timeline.copies() > 20);
  CHECK(one.timeline.checkpoints() <= 10);
  CHECK(one.timeline.checkpoints() >= 4);
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
