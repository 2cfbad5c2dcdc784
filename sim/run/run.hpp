#pragma once
// Run: one run of a plan from start to end: the world, the driver that carries it through its
// phases, the checkers that watch every event, and the look for rest after the heal. A value: a
// copy continues identically and shares what does not change; the original may be gone.
//
//   start -> ready -> chaos -> heal -> quiesce, until all is at rest or the deadline has passed.
//
// What it does not do: write (sim/trace), print, measure time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/checkers/suite.hpp"
#include "sim/run/rest.hpp"
#include "sim/scenario/driver.hpp"

namespace logarium::run {

using RunOptions = scenario::BuildOptions;

class Run {
 public:
  explicit Run(scenario::PlanRef plan, const RunOptions& options = {});
  Run(const Run& other);
  Run& operator=(const Run& other);
  Run(Run&&) noexcept = default;
  Run& operator=(Run&&) noexcept = default;
  ~Run() = default;

  // Lets one thing happen. False when the run is over; the checkers have then had their last word.
  bool step();
  void to_end();
  // Goes on until that many events have happened. False when the run was over before.
  bool to_event(std::uint64_t events);
  // Sees every event from now on: all of them before the first step(). Not owned; a copy has none.
  // REQUIRES: it outlives the run.
  void add_observer(world::Observer& observer);

  [[nodiscard]] bool over() const { return state_->over; }
  [[nodiscard]] const world::World& world() const { return state_->world; }
  // To try what a change of the world does to a run; ordinary runs are never touched.
  [[nodiscard]] world::World& world() { return state_->world; }
  [[nodiscard]] const scenario::Driver& driver() const { return state_->driver; }
  [[nodiscard]] const checkers::Suite& suite() const { return state_->suite; }
  [[nodiscard]] const scenario::Plan& plan() const { return state_->driver.plan(); }
  // Why the run did not come to rest; empty when it did. Meaningful when over.
  [[nodiscard]] const std::string& unrest() const { return state_->unrest; }
  // An ENSURE that failed outside of the world's steps, in the driver or in a checker's full form.
  [[nodiscard]] const std::optional<std::string>& broken() const { return state_->broken; }

 private:
  // Lives at one address: the world holds pointers to its observers.
  struct State final : world::Observer {
    State(scenario::Built built, const scenario::PlanRef& plan);
    State(const State& other);
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;
    ~State() override = default;
    // A node that broke off in the middle of a step is judged by that alone.
    void on_event(const world::EventView& event) override {
      if (!event.broken) suite.on_event(world, event);
    }
    void watch();

    world::World world;
    scenario::Driver driver;
    checkers::Suite suite;
    RestWatch rest;
    std::string unrest;
    std::optional<std::string> broken;
    bool started = false;
    bool over = false;
  };
  void finish();

  std::unique_ptr<State> state_;
};

}  // namespace logarium::run
