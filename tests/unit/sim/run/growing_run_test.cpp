#include "sim/run/growing_run.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "engine/base/state_visitor.hpp"
#include "sim/run/judge.hpp"
#include "sim/run/live_view.hpp"
#include "sim/scenario/scenario_file.hpp"
#include "sim/trace/cursor.hpp"

using namespace logarium;

namespace {

scenario::PlanRef leader_crash() {
  const scenario::ReadResult read = scenario::read_file("scenarios/failover/leader-crash.json");
  REQUIRE(read.ok());
  return std::make_shared<const scenario::Plan>(scenario::resolve(read.model, 42));
}

std::uint64_t hash_at(const trace::RunSource& source, std::uint64_t event) {
  trace::Cursor cursor(source);
  REQUIRE(cursor.seek(event).ok());
  return state_hash(cursor.view());
}

}  // namespace

TEST_CASE("what a growing run publishes never changes, and shows the run as it was then") {
  run::Run run(leader_crash());
  run::GrowingRun growing("");
  growing.watch(run);
  std::vector<run::GrowingRun::Published> published;
  std::vector<std::uint64_t> hashes;
  published.push_back(growing.publish());
  CHECK(published.back().source->info().events == 0);
  CHECK(published.back().source->chunks() == 0);
  hashes.push_back(hash_at(*published.back().source, 0));
  for (const std::uint64_t until : {1U, 100U, 4096U, 4097U, 12'000U}) {
    run.to_event(until);
    published.push_back(growing.publish());
    const trace::RunSource& source = *published.back().source;
    const std::uint64_t events = source.info().events;
    CHECK(events == run.world().events());
    CHECK(published.back().summary->events == events);
    hashes.push_back(hash_at(source, events));
    trace::Cursor cursor(source);
    REQUIRE(cursor.seek(events).ok());
    const trace::View live = run::live_view(cursor.view(), run.world());
    CHECK(state_hash(live) == hashes.back());
  }
  run.to_end();
  published.push_back(growing.publish(judge(run)));
  const trace::RunSource& whole = *published.back().source;
  CHECK(whole.info().verdict == "pass");
  CHECK(whole.info().topics.size() >= 1);
  for (std::size_t i = 0; i + 1 < published.size(); ++i) {
    const std::uint64_t events = published[i].source->info().events;
    CHECK(hash_at(*published[i].source, events) == hashes[i]);
    CHECK(hash_at(whole, events) == hashes[i]);
  }
  // Every event is found where it should be.
  for (std::uint64_t event = 1; event <= whole.info().events; event += 997) {
    const std::size_t chunk = whole.chunk_of(event);
    CHECK(whole.first_event(chunk) <= event);
    const auto events = whole.events(chunk);
    REQUIRE(events.ok());
    CHECK(events.value().back().number >= event);
    CHECK(whole.first_time(chunk) == events.value().front().time);
  }
}
