#pragma once
// Where the timeline's parts lie: known before its model, which is made for a width.

#include <cstddef>

#include "viz/model/timeline.hpp"
#include "viz/panels/state.hpp"
#include "viz/widgets/ui.hpp"

namespace logarium::viz {

struct TimelineGeometry {
  Rect minimap, labels, ruler, lanes;
  float lane_height = 20;
  std::size_t first_lane = 0;  // so many are scrolled away
  std::size_t lanes_shown = 0;
};

// `s` is the theme's scale. Without a model: for its width alone.
[[nodiscard]] TimelineGeometry timeline_geometry(const Rect& area, float s, const UiState& state,
                                                 const TimelineModel* model);

}  // namespace logarium::viz
