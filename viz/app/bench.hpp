#pragma once
// Bench: how long it takes to open a run, to draw a frame, and to go to any instant of it.

#include "viz/app/options.hpp"

namespace logarium::viz {

// Measures the run file, or a run of a scenario that is made first, with a fixed plan of frames and
// jumps and prints one line per goal.
[[nodiscard]] ViewerExit bench(const ViewerOptions& options);

}  // namespace logarium::viz
