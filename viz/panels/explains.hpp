#pragma once
// What every panel says of itself: the tooltip of its title; with the legend its first sentence
// stands below the title, so that one alone must do.

#include <string_view>

#include "viz/panels/state.hpp"

namespace logarium::viz {

[[nodiscard]] std::string_view explains(PanelId panel);

}  // namespace logarium::viz
