#pragma once
// Driver: carries a run from start to end: starts the servers, has the topics created, starts the
// clients when the cluster is ready, applies each fault when its trigger fires, heals, and says
// when the cluster should be at rest. A value: a copy continues identically (once it observes the
// copied world).
//
// It watches the world as an Observer and acts between events: a trigger fires after the host has
// taken over the event's effects and before the next event. Time in a plan counts from *ready*.
//
// Use:  Built built = build(plan);  Driver driver(plan, built.roster);
//       built.world.add_observer(driver);
//       driver.start(built.world);
//       while (driver.step(built.world)) { ... }
// What it does not do: judge. Whether all is at rest is for its user to find (sim/run), who then
// stops stepping; at the deadline step() returns false.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/scenario/apply.hpp"
#include "sim/scenario/budget.hpp"
#include "sim/scenario/build.hpp"
#include "sim/scenario/plan.hpp"
#include "sim/scenario/triggers.hpp"
#include "sim/scenario/watch.hpp"
#include "sim/world/world.hpp"

namespace logarium::scenario {

enum class Stage : std::uint8_t {
  kStarting,  // until brokers are unfenced and the topics have leaders
  kChaos,
  kQuiesce,  // healed; producers send no more
  kOver,     // the deadline has passed, ready never came, or a node failed an ENSURE
};
[[nodiscard]] std::string_view stage_name(Stage stage);

// What became of one fault of the plan.
struct FaultOutcome {
  std::uint64_t fired = 0;
  std::uint64_t applied = 0;      // took effect
  std::uint64_t not_applied = 0;  // its target named nothing, or was in no state for it
  std::uint64_t over_budget = 0;  // left out to keep the budget
};

// One fault as it was applied: enough to write it into a scenario file again.
struct Realised {
  std::size_t fault = 0;    // index into the plan's faults
  std::uint64_t event = 0;  // after which
  Duration at;              // since ready
  std::vector<world::NodeIndex> nodes, from, to;
  std::optional<Duration> lasted;  // of what was ended by an action
};

class Driver final : public world::Observer {
 public:
  // A cluster that is not ready after so long never will be.
  static constexpr Duration kReadyMax = seconds(120);

  Driver(PlanRef plan, RosterRef roster);

  // Starts the servers and the admin client. Call once, after add_observer.
  void start(world::World& world);
  // Lets one thing happen in the world, or performs what is due. False when the run is over.
  bool step(world::World& world);
  void on_event(const world::EventView& event) override;

  [[nodiscard]] Stage stage() const { return stage_; }
  // True time of ready and of the heal; empty before.
  [[nodiscard]] std::optional<Instant> ready_at() const { return ready_at_; }
  [[nodiscard]] std::optional<Instant> healed_at() const { return healed_at_; }
  // True time at which the run ends at the latest; empty before ready.
  [[nodiscard]] std::optional<Instant> deadline() const;
  // Why the cluster did not become ready; empty otherwise.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] const Roster& roster() const { return *roster_; }
  [[nodiscard]] const Plan& plan() const { return *plan_; }
  // By the plan's faults.
  [[nodiscard]] const std::vector<FaultOutcome>& outcomes() const { return outcomes_; }
  [[nodiscard]] std::uint64_t faults_applied() const { return realised_.size(); }
  // How often a note of this kind came (by its index), for expect.happened.
  [[nodiscard]] std::uint64_t notes_seen(std::size_t note) const { return notes_seen_[note]; }
  // Whether what `expect.happened` names did: a note by its name, or a fault by its label.
  [[nodiscard]] bool happened(const std::string& what) const;
  [[nodiscard]] const std::vector<Realised>& realised() const { return realised_; }
  // The schedule as it happened, as a scenario with explicit times and nodes.
  [[nodiscard]] Model realised_model() const;
  void describe(StateVisitor& v) const;

 private:
  struct Fire {
    std::size_t fault = 0;
  };
  struct End {
    std::size_t running = 0;  // key into running_
  };
  struct StartNode {
    world::NodeIndex node;
  };
  struct Heal {};
  struct Deadline {};
  using Due = std::variant<Fire, End, StartNode, Heal, Deadline>;
  struct Running {
    std::size_t fault = 0;
    std::size_t realised = 0;
    Hit hit;
  };

  void plan_for(Instant when, Due due);
  void perform(world::World& world, const Due& due);
  void check_ready(world::World& world);
  void become_ready(world::World& world);
  void learn_names(const world::World& world);

  // driver_faults.cpp
  void fire(world::World& world, std::size_t fault);
  void act(world::World& world, std::size_t index, Hit hit);
  [[nodiscard]] bool fill(std::size_t index, Hit& hit);
  void keep_budget(std::size_t index, Hit& hit);
  bool act_as_admin(world::World& world, const Action& action, const Hit& hit);
  bool end_labelled(world::World& world, const std::string& label);
  void end_running(world::World& world, std::size_t key);
  bool heal_nodes(world::World& world, const Hit& hit);
  void heal(world::World& world);
  void heal_quorum(world::World& world);
  void start_down_nodes(world::World& world, const std::set<world::NodeIndex>& spared);
  void applied(const world::World& world, std::size_t index, Hit hit);
  [[nodiscard]] Situation situation() const { return {*roster_, watch_, labels_}; }

  PlanRef plan_;
  RosterRef roster_;
  Watch watch_;
  Triggers triggers_;
  Budget budget_;
  Stage stage_ = Stage::kStarting;
  std::optional<Instant> ready_at_;
  std::optional<Instant> healed_at_;
  std::string failure_;
  // What is to be done, by time and order of planning.
  std::map<std::pair<Instant, std::uint64_t>, Due> agenda_;
  std::uint64_t next_order_ = 0;
  std::vector<Random> random_;  // of each fault
  std::vector<FaultOutcome> outcomes_;
  std::vector<Realised> realised_;
  std::map<std::size_t, Running> running_;
  std::size_t next_running_ = 0;
  std::map<std::string, std::vector<world::NodeIndex>> labels_;
  std::set<world::NodeIndex> to_restart_;  // when they have stopped
  std::array<std::uint64_t, std::variant_size_v<Note>> notes_seen_{};
  std::vector<std::size_t> fired_;
  std::uint64_t next_command_ = 0;
  bool admin_spoke_ = false;
};

}  // namespace logarium::scenario
