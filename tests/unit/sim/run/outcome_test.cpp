#include "sim/run/outcome.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace logarium;
using namespace logarium::run;

namespace {

Outcome failing() {
  Outcome outcome;
  outcome.scenario = "truncate-to-high-watermark";
  outcome.scenario_path = "scenarios/rules/cut.json";
  outcome.seed = 21;
  outcome.verdict = Verdict::kFail;
  outcome.expected = "pass";
  outcome.digest = 0x0123456789abcdef;
  outcome.events = 83155;
  outcome.simulated = milliseconds(56'362);
  outcome.wall = milliseconds(66);
  outcome.counts = {{"acked", 27499}, {"crash", 2}, {"events", 83155}, {"isr changes", 0}};
  outcome.fault_effects = {{"crash", 2}};
  outcome.violation_count = 1;
  outcome.node_names = {"broker-1", "broker-2", "broker-3"};
  checkers::Violation violation;
  violation.property = {"R20", "in-sync replicas do not cut committed records",
                        "A member of the ISR never truncates below what was committed."};
  violation.event = 11424;
  violation.time = Instant{milliseconds(12'345).ns};
  violation.node = world::NodeIndex(2);
  violation.explanation = "node 3, a member of the ISR, cut committed records of orders-0";
  violation.expected = "to keep everything below 1002";
  violation.seen = "truncated from 1002 to 999";
  violation.causes = {
      {6229, Instant{milliseconds(3547).ns}, world::NodeIndex(0), "node 1 stopped uncleanly"}};
  outcome.violations.push_back(violation);
  outcome.last_events = {{11420, Instant{milliseconds(12'344).ns}, "broker-2", "became leader"}};
  outcome.node_lines = {"broker-1         down, incarnation 1"};
  return outcome;
}

constexpr std::string_view kReport =
    R"(truncate-to-high-watermark: fail, expected pass
  seed 21, digest 0123456789abcdef, 83155 events, 56.362 simulated seconds in 0.066 s
  27499 acked
  effects of faults: crash 2

R20  in-sync replicas do not cut committed records
  A member of the ISR never truncates below what was committed.
  seed 21, 12.345 s, event 11424, broker-3
  node 3, a member of the ISR, cut committed records of orders-0
  expected: to keep everything below 1002
  seen:     truncated from 1002 to 999
  how it came about:
        3.547 s  event 6229     broker-1         node 1 stopped uncleanly

The last events before it:
     12.344 s  event 11420    broker-2         became leader

The nodes at the end:
  broker-1         down, incarnation 1

To see it again:   ./logarium run scenarios/rules/cut.json --seed 21
To record it:      ./logarium run scenarios/rules/cut.json --seed 21 --record failure.run
)";

}  // namespace

TEST_CASE("the report of a failing run fits a screen and says how to see it again") {
  CHECK(to_text(failing()) == kReport);
}

TEST_CASE("the JSON of a run has the names that scripts rely on") {
  const std::string json = to_json(failing());
  for (const char* name :
       {"\"scenario\"", "\"seed\"", "\"verdict\": \"fail\"", "\"as_expected\": false",
        "\"digest\": \"0123456789abcdef\"", "\"events\": 83155", "\"simulated_s\": 56.362",
        "\"wall_s\": 0.066", "\"counts\"", "\"acked\": 27499", "\"violations\"", "\"property\"",
        "\"id\": \"R20\"", "\"event\": 11424", "\"time_s\": 12.345", "\"explanation\""}) {
    INFO(name);
    CHECK(json.find(name) != std::string::npos);
  }
}

TEST_CASE("topics are named where a text says their ids") {
  const Uuid id{1, 2};
  const std::string text = "ids " + logarium::to_string(id) + "-0 and " + logarium::to_string(id);
  CHECK(with_topic_names(text, {{id, "orders"}}) == "ids orders-0 and orders");
}
