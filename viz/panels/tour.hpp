#pragma once
// Tour: six captions, each beside the panel that it tells of. It shows by itself when the viewer's
// window is opened for the first time.

#include <string_view>

#include "viz/panels/layout.hpp"
#include "viz/panels/shown.hpp"

namespace logarium::viz {

struct TourCaption {
  PanelId panel;  // that it tells of
  std::string_view title;
  std::string_view text;
};
// REQUIRES: 0 <= step < kTourSteps.
[[nodiscard]] const TourCaption& tour_caption(int step);
// Within the window, over or beside its panel.
[[nodiscard]] Rect tour_place(const Layout& layout, float s, int step);
void draw_tour(Ui& ui, const Layout& layout, int step, Actions& out);

}  // namespace logarium::viz
