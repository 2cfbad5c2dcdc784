#pragma once
// goals: the simulator measured against what it aims for, on the reference cluster S0 (3 brokers,
// 3 controllers, one topic of 6 partitions with 3 replicas, 1,000 records of 100 bytes a second)
// and a grid of larger ones, all checkers on. Times are processor times of one core, medians.
//
//   G1 simulated seconds per second      G2 events per second
//   G4 what recording costs              G5 how the cost of an event grows with the cluster
//   G6 memory

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/model.hpp"

namespace logarium::explore {

struct GoalLine {
  std::string goal;  // "G1"
  std::string what;
  std::string unit;  // "x" for a ratio
  double measured = 0;
  double aim = 0;
  enum class Sense : std::uint8_t { kAtLeast, kAtMost } sense = Sense::kAtLeast;
  [[nodiscard]] bool met() const {
    return sense == Sense::kAtLeast ? measured >= aim : measured <= aim;
  }
};

struct GoalReport {
  std::vector<GoalLine> lines;
  std::string digest;  // of S0
  std::uint64_t events = 0;
};

// The names that `goals` may have.
[[nodiscard]] const std::vector<std::string>& goal_names();

struct GoalOptions {
  std::vector<std::string> goals;              // empty: all
  int runs = 3;                                // of each kind, the median counts
  std::function<void(const GoalLine&)> found;  // after each line; may be empty
};
// Empty when a run's process could not be started or died.
[[nodiscard]] std::optional<GoalReport> measure_goals(const scenario::Model& s0,
                                                      const GoalOptions& options);

}  // namespace logarium::explore
