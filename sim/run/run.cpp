#include "sim/run/run.hpp"

#include <utility>

#include "engine/base/ensure.hpp"

namespace logarium::run {

Run::State::State(scenario::Built built, const scenario::PlanRef& plan)
    : world(std::move(built.world)), driver(plan, std::move(built.roster)) {
  suite.start(world);
  watch();
}

Run::State::State(const State& other)
    : world::Observer(other),
      world(other.world),
      driver(other.driver),
      suite(other.suite),
      rest(other.rest),
      unrest(other.unrest),
      broken(other.broken),
      started(other.started),
      over(other.over) {
  watch();
}

// The checkers see an event first, then the driver, which may plan a fault because of it.
void Run::State::watch() {
  world.add_observer(*this);
  world.add_observer(driver);
}

Run::Run(scenario::PlanRef plan, const RunOptions& options)
    : state_(std::make_unique<State>(scenario::build(*plan, options), plan)) {}

Run::Run(const Run& other) : state_(std::make_unique<State>(*other.state_)) {}

Run& Run::operator=(const Run& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}

void Run::add_observer(world::Observer& observer) { state_->world.add_observer(observer); }

bool Run::step() {
  State& state = *state_;
  if (state.over) return false;
  try {
    // Not before the first step, so that whoever watches sees the first event too.
    if (!std::exchange(state.started, true)) state.driver.start(state.world);
    bool goes_on = state.driver.step(state.world);
    if (goes_on && state.driver.stage() == scenario::Stage::kQuiesce &&
        state.rest.due(state.world.now())) {
      goes_on = !state.rest.look(state.world, state.driver, state.suite.state());
    }
    if (!goes_on) finish();
  } catch (const EnsureFailure& failed) {
    state.broken = failed.what();
    state.over = true;
  }
  return !state.over;
}

void Run::to_end() {
  while (step()) {
  }
}

bool Run::to_event(std::uint64_t events) {
  while (world().events() < events) {
    if (!step()) break;
  }
  return world().events() >= events;
}

void Run::finish() {
  State& state = *state_;
  state.over = true;
  if (state.world.failure()) return;
  bool at_rest = false;
  if (!state.driver.failure().empty()) {
    state.unrest = state.driver.failure();
  } else if (state.driver.healed_at()) {
    at_rest = state.rest.look(state.world, state.driver, state.suite.state());
    state.unrest = state.rest.missing();
  } else {
    state.unrest = "nothing is left to happen";
  }
  state.suite.at_end(state.world,
                     {.event = state.world.events(),
                      .time = state.world.now(),
                      .quiescent = at_rest,
                      .healed_since = state.driver.healed_at(),
                      .healed_wholly = state.driver.plan().heal == scenario::HealKind::kAll});
}

}  // namespace logarium::run
