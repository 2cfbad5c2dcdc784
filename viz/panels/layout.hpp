#pragma once
// Layout: where every panel lies in a window, by preset. Nothing overlaps, all is covered.

#include <array>

#include "viz/panels/state.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

struct Layout {
  Rect bar;
  std::array<Rect, kPanels> panels;  // by PanelId
  Rect legend;                       // empty while it is off

  [[nodiscard]] const Rect& of(PanelId panel) const {
    return panels[static_cast<std::size_t>(panel)];
  }
};

// `s` is the theme's scale.
[[nodiscard]] Layout lay_out(const Rect& screen, float s, const UiState& state);

}  // namespace logarium::viz
