#pragma once
// Window: the viewer on a display, by GLFW and OpenGL 3. It is left out of builds without GLFW, and
// says so; everything else works without.

#include "viz/app/options.hpp"
#include "viz/app/viewer.hpp"

namespace logarium::viz {

// Until the window is closed. Fails without a display, with what works instead.
[[nodiscard]] Result<> show_window(Viewer& viewer, const ViewerOptions& options);

}  // namespace logarium::viz
