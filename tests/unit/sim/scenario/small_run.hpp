#pragma once
// Small scenarios, run without checkers.

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "sim/scenario/driver.hpp"
#include "sim/scenario/scenario_file.hpp"

namespace logarium::scenario::test {

// A run from start to the quiesce deadline.
struct Run {
  Built built;
  Driver driver;

  explicit Run(const Model& model, std::uint64_t seed = 1)
      : Run(std::make_shared<const Plan>(resolve(model, seed))) {}
  explicit Run(const PlanRef& plan) : built(build(*plan)), driver(plan, built.roster) {
    built.world.add_observer(driver);
    driver.start(built.world);
  }
  Run(const Run& other) : built(other.built), driver(other.driver) {
    built.world.add_observer(driver);
  }
  Run& operator=(const Run&) = delete;
  ~Run() { built.world.remove_observer(driver); }

  void to_the_end() {
    while (driver.step(built.world)) {
    }
  }
  void until_event(std::uint64_t event) {
    while (built.world.events() < event && driver.step(built.world)) {
    }
  }
};

inline Model small(const std::string& faults) {
  const std::string text = R"J({"name": "small", "duration": "25s",
    "topics": [{"name": "t", "partitions": 1, "config": {"min.insync.replicas": 2}}],
    "clients": [{"producer": {"topic": "t", "rate": "50/s"}}],
    "phases": [{"chaos": "15s"}, {"heal": "all"}, {"quiesce": "10s"}],
    "faults": [)J" + faults +
                           "]}";
  const ReadResult result = read(text, "small");
  for (const Problem& problem : result.problems) UNSCOPED_INFO(to_string(problem));
  REQUIRE(result.ok());
  return result.model;
}

}  // namespace logarium::scenario::test
