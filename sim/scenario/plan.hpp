#pragma once
// Plan: a scenario with every random choice made that a seed can make before the start: numbers,
// whether a fault takes place, and each instant of a repeated fault. What is left to the run is
// which node a role names, and when an event trigger fires.

#include <cstdint>
#include <memory>

#include "sim/scenario/model.hpp"

namespace logarium::scenario {

struct Plan {
  std::uint64_t seed = 1;
  // All numbers are constants, `every` has become single faults with `at`; only latencies, value
  // sizes and keys are still distributions, since they are drawn per message or record.
  Model model;
  Duration chaos;  // faults stop here, counted from ready
  HealKind heal = HealKind::kAll;
  Duration quiesce_within;  // after the heal
};
using PlanRef = std::shared_ptr<const Plan>;

// REQUIRES: a model that read() accepted.
[[nodiscard]] Plan resolve(const Model& model, std::uint64_t seed);

}  // namespace logarium::scenario
