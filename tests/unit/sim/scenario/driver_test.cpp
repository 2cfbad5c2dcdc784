#include "sim/scenario/driver.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/unit/sim/scenario/small_run.hpp"

using namespace logarium;
using namespace logarium::scenario;
using logarium::scenario::test::Run;
using logarium::scenario::test::small;

TEST_CASE("a run becomes ready, has its chaos, heals and is over at the deadline") {
  Run run(small(""));
  CHECK(run.driver.stage() == Stage::kStarting);
  run.to_the_end();
  CHECK(run.driver.failure().empty());
  REQUIRE(run.driver.ready_at());
  REQUIRE(run.driver.healed_at());
  CHECK(*run.driver.healed_at() - *run.driver.ready_at() == seconds(15));
  CHECK(run.built.world.now() == *run.driver.deadline());
  CHECK(run.driver.watch().find("t", 0)->isr.size() == 3);
}

TEST_CASE("a fault by event strikes the role that holds at that moment, and its label names it") {
  Run run(small(R"J({"label": "kill", "when": {"appended": "t-0", "on": "leader(t-0)", "nth": 20},
                    "crash": "leader(t-0)"},
                   {"after": "kill", "delay": "3s", "restart": "kill.target"})J"));
  run.to_the_end();
  CHECK(run.driver.outcomes()[0].applied == 1);
  CHECK(run.driver.outcomes()[1].applied == 1);
  REQUIRE(run.driver.realised().size() == 2);
  CHECK(run.driver.realised()[0].nodes == run.driver.realised()[1].nodes);
  CHECK(run.driver.realised()[1].at - run.driver.realised()[0].at == seconds(3));
  CHECK(run.driver.happened("kill"));
}

TEST_CASE("a fault that strikes nobody is counted as not applied") {
  Run run(small(R"J({"at": "1s", "restart": "broker(1)", "label": "x"},
                   {"at": "2s", "resume": "broker(2)"},
                   {"at": "3s", "crash": "follower(t-0)[7]"})J"));
  run.to_the_end();
  CHECK(run.driver.outcomes()[1].not_applied == 1);
  CHECK(run.driver.outcomes()[2].not_applied == 1);
}

TEST_CASE("a fault with a length ends by itself") {
  Run run(small(R"J({"at": "1s", "for": "2s", "crash": "broker(1)"})J"));
  while (!run.driver.ready_at()) run.driver.step(run.built.world);
  const Instant ready = *run.driver.ready_at();
  const world::NodeIndex node = run.driver.roster().brokers[0];
  while (run.built.world.now() < ready + milliseconds(2000)) run.driver.step(run.built.world);
  CHECK(run.built.world.state(node) == world::ProcessState::kDown);
  while (run.built.world.now() < ready + milliseconds(3500)) run.driver.step(run.built.world);
  CHECK(run.built.world.state(node) == world::ProcessState::kUp);
}

TEST_CASE("the budget leaves out a power loss that would take a second copy") {
  Model model = small(R"J({"at": "1s", "power loss": "broker(1)"},
                         {"at": "2s", "power loss": "broker(2)"})J");
  model.budget = BudgetKind::kKeep;
  Run run(model);
  run.to_the_end();
  CHECK(run.driver.outcomes()[0].applied == 1);
  CHECK(run.driver.outcomes()[1].over_budget == 1);
}

TEST_CASE("while a copy is lost the budget leaves out the crash of another") {
  // The crashed one would be distrusted (KIP-966), and the last known leader may be the one that
  // lost bytes.
  Model model = small(R"J({"at": "1s", "for": "10s", "power loss": "broker(1)"},
                         {"at": "2s", "crash": "broker(2)"},
                         {"at": "3s", "crash": "broker(1)"})J");
  model.budget = BudgetKind::kKeep;
  Run run(model);
  run.to_the_end();
  CHECK(run.driver.outcomes()[1].over_budget == 1);
  CHECK(run.driver.outcomes()[2].over_budget == 0);
}

TEST_CASE("a broker that runs again is distrusted until it is back in the ISR") {
  Model model = small(R"J({"at": "1s", "for": "50ms", "crash": "broker(2)"},
                         {"at": "1100ms", "power loss": "broker(1)"},
                         {"at": "14s", "power loss": "broker(1)"})J");
  model.budget = BudgetKind::kKeep;
  Run run(model);
  run.to_the_end();
  CHECK(run.driver.outcomes()[0].applied == 1);
  CHECK(run.driver.outcomes()[1].over_budget == 1);
  CHECK(run.driver.outcomes()[2].applied == 1);
}

TEST_CASE("while no copy is lost all brokers may crash") {
  Model model = small(R"J({"at": "1s", "for": "2s", "crash": "brokers"},
                         {"at": "2s", "power loss": "broker(1)"})J");
  model.budget = BudgetKind::kKeep;
  Run run(model);
  run.to_the_end();
  REQUIRE(run.driver.realised().size() == 1);
  CHECK(run.driver.realised()[0].nodes.size() == 3);
  CHECK(run.driver.outcomes()[1].over_budget == 1);
}

TEST_CASE("a rotten copy stays lost until its disk is replaced") {
  const auto run_with = [](const std::string& repair) {
    Model model = small(R"J({"at": "1s", "bit rot": {"target": "broker(1)", "path": "logs/t-0"}},
                           {"at": "2s", "for": "1s", )J" +
                        repair + R"J(: "broker(1)"}, {"at": "14s", "power loss": "broker(2)"})J");
    model.budget = BudgetKind::kKeep;
    auto run = std::make_unique<Run>(model);
    run->to_the_end();
    return run;
  };
  CHECK(run_with("\"crash\"")->driver.outcomes()[2].over_budget == 1);
  CHECK(run_with("\"wipe\"")->driver.outcomes()[2].applied == 1);
}

TEST_CASE("a copy of a run continues as the original does, and as if nothing had been copied") {
  const Model model = small(R"J({"at": "2s", "for": "3s", "crash": "random(broker)"},
                               {"every": {"exponential": "4s"}, "move leader": "t-0"})J");
  Run straight(model);
  straight.to_the_end();
  Run original(model);
  original.until_event(straight.built.world.events() / 2);
  auto copy = std::make_unique<Run>(original);
  copy->to_the_end();
  CHECK(copy->built.world.digest() == straight.built.world.digest());
  copy.reset();
  original.to_the_end();
  CHECK(original.built.world.digest() == straight.built.world.digest());
}

TEST_CASE("the schedule as it happened is a scenario that happens the same way") {
  const Model model = small(R"J(
      {"at": {"uniform": ["1s", "4s"]}, "for": "3s", "crash": "random(broker)"},
      {"every": {"exponential": "3s"}, "reset": {"from": "random(broker)"}})J");
  Run first(model, 9);
  first.to_the_end();
  const ReadResult again = read(write(first.driver.realised_model()), "realised");
  for (const Problem& problem : again.problems) UNSCOPED_INFO(to_string(problem));
  REQUIRE(again.ok());
  Run second(again.model, 9);
  second.to_the_end();
  REQUIRE(second.driver.realised().size() == first.driver.realised().size());
  for (std::size_t i = 0; i < first.driver.realised().size(); ++i) {
    CHECK(second.driver.realised()[i].nodes == first.driver.realised()[i].nodes);
    CHECK(second.driver.realised()[i].at == first.driver.realised()[i].at);
  }
}
