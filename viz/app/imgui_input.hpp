#pragma once
// Input events into Dear ImGui, whose interface for that changed in 1.87.

#include "viz/widgets/input.hpp"

namespace logarium::viz {

// Once per context: which of our keys its own widgets react to.
void map_keys();
// Tells the current context what happened, and notes in `frame` what panels react to.
void pass_on(const InputEvent& event, FrameInput& frame);

}  // namespace logarium::viz
