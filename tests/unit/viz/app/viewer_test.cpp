#include "viz/app/viewer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/viz/app/recorded.hpp"
#include "viz/app/reduce.hpp"

namespace logarium::viz {
namespace {

const std::string kPasses = "failover/leader-crash";

NotableSet any_election() {
  return set_of(NotableKind::kElection) | set_of(NotableKind::kController);
}

}  // namespace

TEST_CASE("a run that failed is first seen at its first violation, another at its end") {
  Show fails(kFails);
  CHECK(fails.state().event == fails.viewer.shown().violations.cards.front().event);
  CHECK(fails.viewer.shown().run.failed);
  Show passes(kPasses);
  CHECK(passes.state().event == passes.viewer.index().events());
  CHECK_FALSE(passes.viewer.shown().run.failed);
}

TEST_CASE("a step forward and one back show the same in every panel") {
  Show show(kFails);
  for (const std::uint64_t event : {1U, 700U, 6245U, 11'368U}) {
    show.viewer.act(action::Scrub{TimeAxis::kEvents, static_cast<std::int64_t>(event)});
    show.settle();
    const std::string before = show.dumps();
    show.click("bar/forward");
    CHECK(show.state().event == event + 1);
    show.click("bar/back");
    CHECK(show.state().event == event);
    CHECK(show.dumps() == before);
  }
}

TEST_CASE("nothing is made again while nothing changes") {
  Show show(kFails);
  const std::uint64_t made = show.viewer.made();
  for (int i = 0; i < 5; ++i) show.frame();
  CHECK(show.viewer.made() == made);
  CHECK_FALSE(show.viewer.busy());
}

TEST_CASE("keys go to the next fault, election, ISR change and violation, and back") {
  Show show(kFails);
  show.key(Key::kHome);
  CHECK(show.state().event == 0);
  const RunIndex& index = show.viewer.index();
  show.type("o");
  CHECK(show.state().event == index.next(0, any_election()));
  show.type("b");
  const std::uint64_t fault = show.state().event;
  CHECK(fault > 0);
  show.type("i");
  CHECK(show.state().event == index.next(fault, set_of(NotableKind::kIsrChange)));
  show.key(Key::kHome);
  show.type("v");
  CHECK(show.state().event == show.viewer.shown().violations.cards.front().event);
  show.type("v");
  CHECK(show.state().violation > 0);
  show.type("V");
  CHECK(show.state().violation == 0);
}

TEST_CASE("a click selects in all panels at once") {
  Show show(kFails);
  show.click("cluster/b2", 0.9F);
  const auto node = show.viewer.index().labels().find_node("b2");
  CHECK(show.state().selection.node == node);
  CHECK(show.state().focus == PanelId::kCluster);
  const PartitionRow row = show.viewer.shown().topics.rows.back();
  show.click("topics/" + row.name);
  CHECK(show.state().selection.partition == row.ref);
  CHECK(show.viewer.shown().replicas->partition == row.name);
  show.key(Key::kEscape);
  CHECK(show.state().selection == Selection{});
}

TEST_CASE("dragging the ruler moves the instant, the wheel zooms, the right button pans") {
  Show show(kFails);
  show.type("F");
  show.drag("timeline/ruler", 0.2F, 0.5F);
  const Instant end = show.viewer.index().end();
  CHECK(show.state().time.ns > end.ns * 2 / 5);
  CHECK(show.state().time.ns < end.ns * 3 / 5);
  const TimeWindow before = show.state().window;
  show.wheel("timeline/ruler", 4);
  const TimeWindow after = show.state().window;
  CHECK(after.to - after.from < before.to - before.from);
  show.drag("timeline/lanes", 0.4F, 0.6F, Button::kRight);
  CHECK(show.state().window.from < after.from);
  CHECK(show.state().window.to - show.state().window.from == after.to - after.from);
}

TEST_CASE("the filter is typed, tells of its mistakes, and is cleared") {
  Show show(kFails);
  show.type("/");
  CHECK(show.state().filtering);
  show.type("kind=ELECT");
  CHECK(show.state().filter == "kind=ELECT");
  show.key(Key::kEnter);
  CHECK_FALSE(show.state().filtering);
  for (const EventRow& row : show.viewer.shown().events.rows) CHECK(row.kind == EventKind::kElect);
  show.viewer.act(action::SetFilter{"kind=ELCT"});
  show.settle();
  REQUIRE(show.viewer.shown().filter_error);
  CHECK(show.viewer.shown().filter_error->suggestion == "ELECT");
  show.key(Key::kEscape);
  CHECK(show.state().filter.empty());
}

TEST_CASE("the palette carries out what is typed, the place to go to says what is wrong") {
  Show show(kFails);
  show.key(Key::kHome);
  show.key(Key::kP, {.ctrl = true});
  CHECK(show.state().overlay == Overlay::kPalette);
  show.type("next viol");
  show.key(Key::kEnter);
  CHECK(show.state().overlay == Overlay::kNone);
  CHECK(show.state().event == show.viewer.shown().violations.cards.front().event);
  show.type("g");
  show.type("#12x");
  show.key(Key::kEnter);
  CHECK(show.state().overlay == Overlay::kGoTo);
  CHECK_FALSE(show.viewer.overlay_text().problem.empty());
  show.key(Key::kEscape);
  show.type("g");
  show.type("5s");
  show.key(Key::kEnter);
  CHECK(show.state().time.ns <= 5'000'000'000);
  CHECK(show.state().time.ns > 4'000'000'000);
}

TEST_CASE("playing goes on at the chosen speed and stops at the end") {
  Show show(kFails);
  show.key(Key::kHome);
  show.type("5");
  CHECK(show.state().speed == 0);
  show.click("bar/play");
  for (int i = 0; i < 20; ++i) {
    show.viewer.pass(milliseconds(100));
    show.frame();
  }
  CHECK(show.state().playing);
  CHECK(show.state().time.ns == 2'000'000'000);
  show.type("0");
  for (int i = 0; i < 20; ++i) show.viewer.pass(milliseconds(100));
  CHECK_FALSE(show.state().playing);
  CHECK(show.state().event == show.viewer.index().events());
}

TEST_CASE("the keyboard alone walks the panels and what is in them") {
  Show show(kFails);
  show.key(Key::kF6);
  CHECK(show.state().focus == PanelId::kViolations);
  show.key(Key::kEnter);
  show.key(Key::kUp);
  const auto& causes = show.viewer.shown().violations.cards.front().causes;
  CHECK(show.state().event == causes[causes.size() - 2].event);
  show.key(Key::kF3);
  show.key(Key::kDown);
  CHECK(show.state().selection.partition);
  show.key(Key::kTab);
  CHECK(show.state().focus == PanelId::kTimeline);
  show.key(Key::kDown);
  CHECK_FALSE(show.state().lane.empty());
  const std::string lane = show.state().lane;
  show.type("p");
  CHECK(show.state().pinned_lanes == std::vector{lane});
  CHECK(show.viewer.shown().timeline.lanes.front().id == lane);
  show.type("h");
  CHECK(show.state().hidden_lanes == std::vector{lane});
  show.type("l?");
  CHECK(show.state().legend);
  CHECK(show.state().overlay == Overlay::kKeys);
}

TEST_CASE("the command that runs it again is copied") {
  Show show(kFails);
  show.type("y");
  const auto copied = show.viewer.take_copied();
  REQUIRE(copied);
  CHECK(*copied == show.viewer.shown().violations.commands.front());
  CHECK_FALSE(show.viewer.take_copied());
}

TEST_CASE("whatever is clicked, typed and turned, the viewer goes on") {
  Show show(kFails, {.width = 1280, .height = 720, .scale = 0.85F});
  std::uint64_t state = 99;
  const auto next = [&state](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % below;
  };
  constexpr int kActions = 10'000;
  for (int i = 0; i < kActions; ++i) {
    const auto what = next(10);
    if (what < 5) {
      const auto command = static_cast<Command>(next(commands().size()));
      if (command != Command::kQuit) show.viewer.act(command);
    } else if (what < 8) {
      const auto& hits = show.viewer.hits().entries();
      const ImVec2 at = hits[next(hits.size())].rect.centre();
      show.move(at);
      show.stage.give({.kind = InputEvent::Kind::kPress,
                       .button = static_cast<Button>(next(3)),
                       .modifiers = {.ctrl = next(4) == 0}});
      // Sometimes it is dragged somewhere.
      if (next(3) == 0) {
        show.move({static_cast<float>(next(1280)), static_cast<float>(next(720))});
      }
      show.stage.give({.kind = InputEvent::Kind::kRelease, .button = static_cast<Button>(next(3))});
    } else if (what == 8) {
      show.stage.give({.kind = InputEvent::Kind::kWheel, .wheel = static_cast<float>(next(9)) - 4});
    } else {
      show.stage.give({.kind = InputEvent::Kind::kCharacter,
                       .character = static_cast<char32_t>(32 + next(95))});
    }
    if (i % 10 == 0) show.settle();
    REQUIRE(valid(show.state()));
  }
  CHECK(show.viewer.shown().run.trouble.empty());
}

}  // namespace logarium::viz
