// A scenario that runs while it is looked at. Under the thread sanitizer this also shows that the
// simulator's thread and the viewer's share nothing but what is published.

#include <catch2/catch_test_macros.hpp>

#include "sim/run/growing_run.hpp"
#include "tests/unit/viz/app/recorded.hpp"
#include "viz/app/live_session.hpp"
#include "viz/app/reduce.hpp"

namespace logarium::viz {
namespace {

const std::string kStory = "rules/truncate-to-high-watermark";

std::unique_ptr<Session> live(const LiveOptions& options = {}) {
  Result<std::unique_ptr<Session>> session = open_live("scenarios/" + kStory + ".json", options);
  if (!session) throw std::runtime_error(session.error().message);
  return std::move(session.value());
}

std::string cluster_at(const RunIndex& index, std::uint64_t event) {
  const Result<SnapshotRef> snapshot = index.at(event);
  if (!snapshot) throw std::runtime_error(snapshot.error().message);
  return dump(make_cluster(snapshot.value()->view, index.labels())) +
         dump(make_topics(snapshot.value()->view, index.labels(), index.min_isr()));
}

}  // namespace

TEST_CASE("a run that is looked at while it goes on shows what its record shows") {
  const Result<std::unique_ptr<Session>> record = open_recorded(recorded(kStory));
  REQUIRE(record);
  const RunIndex& whole = *record.value()->index();
  const std::unique_ptr<Session> session = live();
  session->want_event(~std::uint64_t{0});
  int indexes = 0;
  while (!session->over()) {
    session->wait_event(session->index()->events() + 1, milliseconds(100));
    if (!session->refresh()) continue;
    ++indexes;
    const RunIndex& index = *session->index();
    for (const std::uint64_t event : {index.events(), index.events() / 2}) {
      REQUIRE(cluster_at(index, event) == cluster_at(whole, event));
    }
  }
  CHECK(indexes > 1);
  CHECK(session->index()->info().digest == whole.info().digest);
  CHECK(session->index()->info().verdict == whole.info().verdict);
  CHECK(session->index()->notables().size() == whole.notables().size());
}

TEST_CASE("a run that goes on knows a topic's name from the event on that tells of it") {
  const scenario::ReadResult read = scenario::read_file("scenarios/" + kStory + ".json");
  REQUIRE(read.ok());
  const auto seed = static_cast<std::uint64_t>(read.model.seed);
  run::Run run(std::make_shared<const scenario::Plan>(scenario::resolve(read.model, seed)));
  run::GrowingRun growing("");
  growing.watch(run);
  int published = 0;
  while (published < 200 && run.step()) {
    const auto& partitions = run.driver().watch().partitions();
    if (partitions.empty()) continue;
    ++published;
    const run::GrowingRun::Published now = growing.publish();
    for (const auto& [ref, partition] : partitions) {
      INFO("event " << now.source->info().events);
      REQUIRE(now.source->info().topics.contains(ref.topic));
    }
  }
  CHECK(published == 200);
}

TEST_CASE("a live run makes no more than it was asked for") {
  Viewer viewer(live());
  const Stage::Draw draw = [&](const Theme& theme, const FrameInput& input) {
    viewer.frame(theme, input);
  };
  Stage stage({});
  viewer.act(action::Play{false});
  stage.settle(draw);
  CHECK(viewer.state().event == 0);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    viewer.act(Command::kStepForward);
    REQUIRE(viewer.state().event == i);
    stage.frame(draw);
  }
  CHECK(viewer.state().events < 100);
  CHECK(viewer.shown().run.live);
}

TEST_CASE("a live run goes on while it is played, at the speed that was chosen, and stops") {
  Viewer viewer(live());
  viewer.act(Command::kSpeed5);
  CHECK(viewer.state().following);
  for (int i = 0; i < 300 && viewer.state().time.ns < 1'000'000'000; ++i) {
    viewer.pass(milliseconds(20));
    viewer.session().wait_event(viewer.state().events + 1, milliseconds(20));
  }
  const Instant reached = viewer.state().time;
  CHECK(reached.ns >= 1'000'000'000);
  CHECK(reached.ns < 8'000'000'000);
  viewer.act(Command::kPlay);
  CHECK_FALSE(viewer.state().playing);
  viewer.act(Command::kStepBack);
  const std::uint64_t event = viewer.state().event;
  for (int i = 0; i < 5; ++i) viewer.pass(milliseconds(100));
  CHECK(viewer.state().event == event);
  viewer.act(Command::kFastest);
  viewer.act(Command::kToEnd);
  for (int i = 0; i < 3000 && !viewer.session().over(); ++i) {
    viewer.pass(milliseconds(100));
    viewer.session().wait_event(viewer.state().events + 1, milliseconds(100));
  }
  viewer.pass(milliseconds(1));
  CHECK(viewer.session().over());
  CHECK(viewer.state().event == viewer.index().events());
}

TEST_CASE("whatever is asked of a run that goes on, it and its viewer go on") {
  Viewer viewer(live());
  const Stage::Draw draw = [&](const Theme& theme, const FrameInput& input) {
    viewer.frame(theme, input);
  };
  Stage stage({.width = 1000, .height = 600});
  std::uint64_t random = 5;
  for (int i = 0; i < 400; ++i) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto command = static_cast<Command>((random >> 33) % commands().size());
    if (command != Command::kQuit) viewer.act(command);
    viewer.pass(milliseconds(10));
    stage.frame(draw);
    REQUIRE(valid(viewer.state()));
  }
  CHECK(viewer.shown().run.trouble.empty());
}

TEST_CASE("a scenario with a mistake is refused with its place") {
  const Result<std::unique_ptr<Session>> session = open_live("scenarios/schema.json");
  REQUIRE_FALSE(session);
  CHECK(session.error().message.find("scenarios/schema.json:") != std::string::npos);
}

}  // namespace logarium::viz
