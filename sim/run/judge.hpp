#pragma once
// From a run that is over to its outcome: counts, the raw verdict, and how it compares with what
// the scenario expects.

#include "sim/run/outcome.hpp"
#include "sim/run/run.hpp"

namespace logarium::run {

// REQUIRES: the run is over. `wall` and `scenario_path` are left to the caller, and the lines that
// explain a failure to add_failure_context().
[[nodiscard]] Outcome judge(const Run& run);

// Adds the last events before the first violation and a line per node. It runs the plan once more
// up to that event, so it costs as much as the run did.
void add_failure_context(Outcome& outcome, const scenario::PlanRef& plan,
                         const RunOptions& options);

}  // namespace logarium::run
