#pragma once
// What needs the whole model to judge: labels, topics and brokers that others name, causes that
// wait for each other, phases, and what this version does not support.

#include "sim/scenario/model.hpp"
#include "sim/scenario/reader.hpp"

namespace logarium::scenario {

// REQUIRES: the model was read without problems. Adds to the findings.
void check(const Model& model, Findings& findings);

// The chaos phase, and what follows it.
struct Course {
  Number chaos;
  HealKind heal = HealKind::kAll;
  Number quiesce_within;
};
// Without phases: chaos for all of `duration` but its last third (at most 20 s).
[[nodiscard]] Course course_of(const Model& model);

}  // namespace logarium::scenario
